"""One agency's scorecard: its rates and its place, what it leads, its periods, what it was asked to explain."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils import timezone

from activities.calendar import is_past
from activities.matrix import FEW
from activities.models import (
    Activity,
    ActivityProgress,
    Explanation,
    ExplanationMessage,
    ExplanationStatus,
    MessageKind,
    ProgressState,
    Reminder,
    ReportingPeriod,
    Status,
)
from activities.obligations import load_duties
from activities.progress import REPORTED, State, reported_state, state_of, total
from activities.shares import share
from activities.submissions import Punctuality, Submission
from activities.versions import as_in_force
from agencies.models import Agency

from .board import Card, Group, Score, build_scorecards, updated_score

STATE_ORDER = {state: place for place, state in enumerate(State)}


@dataclass(frozen=True)
class OwnActivity:
    """An activity as the agency itself stands with it.

    `in_period` is what it sent for the period, `drafted` what stands in its draft: that enters no sum. `target` is the
    plan's only where the agency leads alone; where several do, the target is theirs together (`leads`).
    """

    activity: Activity
    state: State
    days_late: int
    percent: int | None
    in_period: int | None
    drafted: int | None
    cumulative: int | None
    leads: int
    is_done: bool
    is_updated: bool
    words: str

    @property
    def target(self):
        return self.activity.target_quantity if self.leads == 1 else None

    @property
    def target_percent(self):
        return share(self.cumulative, self.target)

    @property
    def order(self):
        return STATE_ORDER[self.state], -self.days_late, self.activity.position, self.activity.pk


@dataclass(frozen=True)
class PeriodLine:
    """The agency in one period; `row` None where it owed nothing. `reminders`: days on which it was reminded."""

    period: ReportingPeriod
    row: Submission | None
    updated: Score
    reminders: int
    group_on_time: Score
    group_updated: Score

    @property
    def is_on_time(self):
        return self.row is not None and self.row.punctuality == Punctuality.ON_TIME

    @property
    def is_counted(self):
        """It is in the rate of punctuality: sent, or due."""
        return self.row is not None and self.row.punctuality != Punctuality.PENDING


@dataclass(frozen=True)
class Asked:
    """A request for an explanation: what the agency said last, and in how many rounds."""

    explanation: Explanation
    answer: str
    answered_on: date | None
    rounds: int

    @property
    def is_late(self):
        return self.answered_on is not None and self.answered_on > self.explanation.answer_by

    @property
    def is_accepted(self):
        return self.explanation.status == ExplanationStatus.CONCLUDED


@dataclass(frozen=True)
class Scorecard:
    """Everything of one agency in `period`; `card` and `group` None where it owes nothing in it.

    Activities stand as on `as_of`: today, or the day a past period's report was due. `of` is how many have a place.
    """

    agency: Agency
    period: ReportingPeriod
    card: Card | None
    group: Group | None
    activities: tuple[OwnActivity, ...]
    periods: tuple[PeriodLine, ...]
    explanations: tuple[Asked, ...]
    as_of: date
    today: date

    @property
    def current(self):
        return self.card.current

    @property
    def has_draft(self):
        """It is being written: what stands in it has not been sent."""
        return self.current.status == Status.DRAFT

    @property
    def reminders(self):
        """Days on which it was reminded of this period."""
        return self.periods[-1].reminders

    @cached_property
    def accepted(self):
        return sum(each.is_accepted for each in self.explanations)

    @cached_property
    def neighbours(self):
        return self.group.around(self.card)

    @cached_property
    def to_explain(self):
        """The worst activity that is not finished: the one to ask about first; None where all are done."""
        return next((each for each in self.activities if not each.is_done), None)

    def showing(self, show):
        """The activities that `show` names ("done", "updated"), all for any other word."""
        kept = {"done": lambda row: row.is_done, "updated": lambda row: row.is_updated}.get(show)
        return [row for row in self.activities if kept(row)] if kept else list(self.activities)

    def periods_showing(self, show):
        """The periods sent on time, for "on_time"; newest first."""
        return [line for line in reversed(self.periods) if show != "on_time" or line.is_on_time]


def build_scorecard(agency, period, periods, *, today, count=FEW, todays_names=False, sees_draft=False):
    """The scorecard of `agency` in `period`. Eleven queries at most, whatever the number of agencies and activities.

    Args:
        periods: the periods of the frame, of any plans.
        sees_draft: the reader may see what the agency has not sent yet: it is their own.
    """
    duties = load_duties([period.plan_id])
    board = build_scorecards(period, periods, today=today, count=count, todays_names=todays_names, duties=duties)
    group, card = board.of(agency.pk)
    past = is_past(period, [each for each in periods if each.plan_id == period.plan_id], today)
    as_of = period.consolidated_due_on if past else today
    own = duties.successors.with_predecessors(agency.pk)
    activities = ()
    if card:
        activities = _activities(agency, period, own, duties, as_of=as_of, todays_names=todays_names, draft=sees_draft)
    return Scorecard(
        agency=agency,
        period=period,
        card=card,
        group=group,
        activities=tuple(sorted(activities, key=lambda row: row.order)),
        periods=tuple(_period_lines(board.periods, card, group, own)) if card else (),
        explanations=tuple(_asked(period, own)),
        as_of=as_of,
        today=today,
    )


def _period_lines(periods, card, group, own):
    reminded = _reminders(periods, own)
    together = zip(periods, card.rows, group.on_time_by_period, group.updated_by_period, strict=True)
    for period, row, on_time, updated in together:
        yield PeriodLine(period, row, updated_score(row), reminded[period.pk], on_time, updated)


def _reminders(periods, own):
    """{period_id: days on which one of the agencies was reminded}. One query."""
    days = defaultdict(int)
    rows = Reminder.objects.filter(period__in=periods, agency__in=own).order_by()
    for period_id, _day in rows.values_list("period", "day").distinct():
        days[period_id] += 1
    return days


def _asked(period, own):
    """What the agency was asked to explain of the plan, the latest first. Two queries."""
    found = list(
        Explanation.objects.filter(plan=period.plan_id, agency__in=own)
        .exclude(status=ExplanationStatus.WITHDRAWN)
        .select_related("activity")
        .order_by("-asked_at", "-pk")
    )
    answers = defaultdict(list)
    rows = ExplanationMessage.objects.filter(explanation__in=found, kind=MessageKind.ANSWER).order_by("at", "pk")
    for message in rows if found else ():
        answers[message.explanation_id].append(message)
    for explanation in found:
        said = answers[explanation.pk]
        last = said[-1] if said else None
        yield Asked(
            explanation, last.text if last else "", timezone.localtime(last.at).date() if last else None, len(said)
        )


def _activities(agency, period, own, duties, *, as_of, todays_names, draft):
    """The activities the agency leads on the period's last day. Three queries, four where the plan was amended."""
    named = duties.successors.now if todays_names else lambda each: each
    led_on_its_last_day = duties.led_on(period.plan, period.ends_on).items()
    led = [pk for leader, keys in led_on_its_last_day if named(leader) == agency for pk in keys]
    rows = list(Activity.objects.filter(pk__in=led).select_related("plan", "indicator"))
    as_then = {activity.pk: activity for activity in as_in_force(rows, period.ends_on)}
    lines, drafted = _lines(period, own, draft=draft)
    for row in rows:
        activity = as_then.get(row.pk, row)
        yield _own(activity, period, lines[row.pk], drafted.get(row.pk), duties, as_of, agency)


def _lines(period, own, *, draft):
    """(what the agency sent of each activity in order of time, the period's quantities in its draft). One query."""
    statuses = [*REPORTED, Status.DRAFT, Status.RETURNED] if draft else REPORTED
    found = ActivityProgress.objects.filter(
        update__agency__in=own,
        update__period__plan=period.plan_id,
        update__period__ends_on__lte=period.ends_on,
        update__status__in=statuses,
        update__nothing_to_report=False,
    ).exclude(state="")
    found = found.exclude(state=ProgressState.DONE, completed_on__isnull=True)
    sent, drafted = defaultdict(list), {}
    for line in found.select_related("update__period").order_by("update__period__ends_on", "pk"):
        if line.update.status in REPORTED:
            sent[line.activity_id].append(line)
        elif line.update.period_id == period.pk and line.quantity_done is not None:
            drafted[line.activity_id] = line.quantity_done
    return sent, drafted


def _last(lines, successors):
    """What counts of the agency, or of those it carries on for: the last line of each that still speaks."""
    last = {line.update.agency_id: line for line in lines}
    over = successors.superseded({agency: line.update.period.ends_on for agency, line in last.items()})
    return [line for agency, line in last.items() if agency not in over]


def _own(activity, period, lines, drafted, duties, as_of, agency):
    last = _last(lines, duties.successors)
    reported = reported_state([line.state for line in last], 1)
    is_done = reported == ProgressState.DONE
    state, days = state_of(
        activity,
        has_lead=True,
        reported=reported,
        completed_on=max(line.completed_on for line in last) if is_done else None,
        today=as_of,
        never_late=agency.is_invited or activity.plan.parent_id is not None,
    )
    now = [line for line in lines if line.update.period_id == period.pk]
    given = [line for line in lines if line.quantity_done is not None]
    counted = [(line.update.period.ends_on, line.update.agency_id, line.quantity_done) for line in given]
    in_period = [row for row in counted if row[0] == period.ends_on]
    newest = lines[-1] if lines else None
    return OwnActivity(
        activity=activity,
        state=state,
        days_late=days,
        percent=newest.percent if newest else None,
        in_period=total(in_period, activity.counts_as_stock, duties.successors),
        drafted=drafted,
        cumulative=total(counted, activity.counts_as_stock, duties.successors),
        leads=len(duties.leads_on(activity, period.ends_on)),
        is_done=is_done,
        is_updated=any(line.state != ProgressState.NOT_STARTED and not line.nothing_in_period for line in now),
        words=now[-1].words if now else "",
    )
