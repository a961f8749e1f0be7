"""One agency's scorecard: its rates and its place, what it leads, its periods, what it was asked to explain."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils import timezone

from activities.explaining import TRANSITIONS
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
from activities.progress import State, reported_state, state_of, total
from activities.readings import Reading, end_of, reading_of
from activities.shares import share
from activities.submissions import Submission
from activities.versions import as_in_force_on
from agencies.models import Agency
from plans.models import Plan

from .board import NONE_OF_NONE, Card, Group, Score, build_scorecards, led_in, sent_lines, tells_of_work, updated_of

STATE_ORDER = {state: place for place, state in enumerate(State)}
STATUS_AFTER = {step.kind: step.target for step in TRANSITIONS.values()} | {MessageKind.ASK: ExplanationStatus.ASKED}


@dataclass(frozen=True)
class OwnActivity:
    """An activity as the agency itself stands with it.

    `in_period` is what it sent for the period, `drafted` what stands in its draft: that enters no sum. `target` is the
    plan's only where the agency leads alone; where several do, the target is theirs together (`leads`). `leader` is the
    agency of that time: read by today's names, what two led that are one today stands there twice.
    """

    activity: Activity
    leader: Agency
    period: ReportingPeriod
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
    """The agency in one period; `row` None where it owed nothing. `reminders`: days on which it was reminded.

    `group_on_time`: of all of its kind who owed the period. `is_now`: it is the period in question, or goes with it.
    """

    period: ReportingPeriod
    row: Submission | None
    updated: Score
    reminders: tuple[date, ...]
    group_on_time: Score
    is_now: bool
    is_on_time: bool = False
    is_decided: bool = False

    @property
    def is_sent(self):
        return self.row is not None and self.row.is_sent


@dataclass(frozen=True)
class Step:
    """Activities updated in a period, with those of the other plans that go with it; beside all of the kind."""

    period: ReportingPeriod
    updated: Score
    group_updated: Score


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


SHOWN_PERIODS = {
    "on_time": lambda line: line.is_on_time,
    "decided": lambda line: line.is_decided,
    "now": lambda line: line.is_now,
    "sent": lambda line: line.is_now and line.is_sent,
}


@dataclass(frozen=True)
class Scorecard:
    """Everything of one agency in `period`, of `plans`; `card` and `group` None where it owes nothing in it.

    Activities stand as `reading` says: as on its day, today or the day a past period's report was due.
    """

    agency: Agency
    period: ReportingPeriod
    plans: tuple[Plan, ...]
    card: Card | None
    group: Group | None
    activities: tuple[OwnActivity, ...]
    periods: tuple[PeriodLine, ...]
    trend: tuple[Step, ...]
    explanations: tuple[Asked, ...]
    reading: Reading
    names_differ: bool

    @property
    def as_of(self):
        return self.reading.day

    @property
    def today(self):
        return self.reading.today

    @property
    def is_many(self):
        """Several plans are looked at together."""
        return len(self.plans) > 1

    @property
    def current(self):
        return self.card.current

    @property
    def drafts(self):
        """Its duties that are being written: what stands in them has not been sent."""
        return [duty.row for duty in self.card.now if duty.row.status == Status.DRAFT]

    @property
    def drafted(self):
        """Of the activities of its drafts those that are filled in."""
        return sum((Score(row.filled, row.expected) for row in self.drafts), NONE_OF_NONE)

    def reminders(self, period_key=""):
        """[(day, periods)]: when it was reminded of one of its periods, or of those in question; in order of time."""
        days = defaultdict(list)
        for line in self.periods:
            if str(line.period.pk) == period_key or (line.is_now and not period_key):
                for day in line.reminders:
                    days[day].append(line.period)
        return sorted(days.items())

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
        """The periods that `show` (a key of SHOWN_PERIODS) names, all for any other word; newest first."""
        kept = SHOWN_PERIODS.get(show)
        return [line for line in reversed(self.periods) if kept is None or kept(line)]

    def explanations_showing(self, show):
        """The requests that have been concluded, for "concluded"; all for any other word."""
        return [each for each in self.explanations if show != "concluded" or each.is_accepted]


def build_scorecard(
    agency, period, periods, *, today, plans=None, known_on=None, count=FEW, todays_names=False, sees_draft=False
):
    """The scorecard of `agency` in `period`. Eleven queries at most, whatever the number of agencies and activities.

    Args:
        periods, plans, known_on, count, todays_names: as of `build_scorecards`.
        sees_draft: the reader may see what the agency has not sent yet: it is their own.
    """
    plans = tuple(plans or [period.plan])
    duties = load_duties([plan.pk for plan in plans])
    board = build_scorecards(
        period,
        periods,
        today=today,
        plans=plans,
        known_on=known_on,
        count=count,
        todays_names=todays_names,
        duties=duties,
    )
    group, card = board.of(agency.pk)
    reading = reading_of(period, periods, today, known_on)
    own = duties.successors.with_predecessors(agency.pk)
    activities = ()
    if card:
        reader = _Reader(agency, board.columns[-1], own, duties, reading, todays_names)
        activities = reader.activities(sees_draft and not known_on)
    return Scorecard(
        agency=agency,
        period=period,
        plans=plans,
        card=card,
        group=group,
        activities=tuple(sorted(activities, key=lambda row: row.order)),
        periods=tuple(_period_lines(board, card, group, own, known_on)) if card else (),
        trend=tuple(_steps(board, card, group)) if card else (),
        explanations=tuple(_asked(plans, own, known_on)),
        reading=reading,
        names_differ=board.names_differ,
    )


def _period_lines(board, card, group, own, known_on):
    """In order of time; of several plans only what it owed."""
    duties = {duty.period.pk: duty for duty in card.duties}
    shown = {period.pk: period for column in board.columns for period in column}
    kept = [each for each in shown.values() if each.pk in duties or not board.is_many]
    reminded = _reminders(kept, own, known_on)
    for period in sorted(kept, key=lambda period: (period.starts_on, period.pk)):
        duty = duties.get(period.pk)
        yield PeriodLine(
            period=period,
            row=duty.row if duty else None,
            updated=duty.updated if duty else NONE_OF_NONE,
            reminders=tuple(reminded[period.pk]),
            group_on_time=group.on_time_in[period.pk],
            is_now=period in board.columns[-1],
            is_on_time=bool(duty and duty.is_on_time),
            is_decided=bool(duty and duty.is_decided),
        )


def _steps(board, card, group):
    for periods, duties in zip(board.columns, card.columns, strict=True):
        together = sum((group.updated_in[period.pk] for period in periods), NONE_OF_NONE)
        yield Step(periods[0], updated_of(duties), together)


def _reminders(periods, own, known_on):
    """{period_id: days on which one of the agencies was reminded, up to `known_on`}. One query."""
    days = defaultdict(list)
    rows = Reminder.objects.filter(period__in=periods, agency__in=own)
    rows = rows.filter(day__lte=known_on) if known_on else rows
    for period_id, day in rows.order_by("day").values_list("period", "day").distinct():
        days[period_id].append(day)
    return days


def _asked(plans, own, known_on):
    """What the agency was asked to explain of the plans, the latest first. Two queries."""
    found = Explanation.objects.filter(plan__in=plans, agency__in=own)
    found = found.filter(asked_at__lt=end_of(known_on)) if known_on else found
    found = list(found.select_related("activity").order_by("-asked_at", "-pk"))
    said = defaultdict(list)
    words = ExplanationMessage.objects.filter(explanation__in=found).order_by("at", "pk")
    words = words.filter(at__lt=end_of(known_on)) if known_on else words.filter(kind=MessageKind.ANSWER)
    for word in words if found else ():
        said[word.explanation_id].append(word)
    for explanation in found:
        if known_on:
            _as_then(explanation, said[explanation.pk])
        if explanation.status != ExplanationStatus.WITHDRAWN:
            yield _with_answers(explanation, [word for word in said[explanation.pk] if word.kind == MessageKind.ANSWER])


def _as_then(explanation, words):
    """Make the request what it was when `words` had been said."""
    explanation.status = STATUS_AFTER[words[-1].kind] if words else ExplanationStatus.ASKED
    days = [word.answer_by for word in words if word.answer_by]
    explanation.answer_by = days[-1] if days else explanation.answer_by


def _with_answers(explanation, answers):
    last = answers[-1] if answers else None
    on = timezone.localtime(last.at).date() if last else None
    return Asked(explanation, last.text if last else "", on, len(answers))


class _Reader:
    """Reads how an agency stands with what it leads in some periods, one of each plan, on their last days."""

    def __init__(self, agency, periods, own, duties, reading, todays_names):
        self.agency, self.own, self.duties, self.reading = agency, own, duties, reading
        self.periods = {period.plan_id: period for period in periods}
        self.led = [
            (leader, period, pk)
            for period in periods
            for named, leader, led in led_in(period, duties, todays_names)
            if named == agency
            for pk in led
        ]

    def activities(self, sees_draft):
        """[OwnActivity]. Three queries, four where a plan was amended."""
        keys = {pk for _leader, _period, pk in self.led}
        found = list(Activity.objects.filter(pk__in=keys).select_related("plan", "indicator"))
        found = {activity.pk: activity for activity in found} | self._as_then(found)
        sent, drafted = self._lines(sees_draft)
        return [
            self._own(leader, period, found[pk], sent[leader.pk, pk], drafted.get((leader.pk, pk)))
            for leader, period, pk in self.led
        ]

    def _as_then(self, activities):
        """{pk: Activity} by the version of its plan in force when its period ended, or when it is looked at before."""
        days = {plan_id: min(period.ends_on, self.reading.day) for plan_id, period in self.periods.items()}
        then = zip(days, as_in_force_on(activities, *days.values()), strict=True)
        return {each.pk: each for plan_id, rows in then for each in rows if each.plan_id == plan_id}

    def _lines(self, sees_draft):
        """What was sent, and the quantities in drafts, by who speaks for it on the period's last day. One query.

        Returns:
            ({(agency_id, activity_id): [ActivityProgress]} in order of time, {(agency_id, activity_id): quantity}).
        """
        lines = ActivityProgress.objects.filter(
            update__agency__in=self.own, update__period__plan__in=self.periods, update__nothing_to_report=False
        ).exclude(state="")
        counting = sent_lines(lines, list(self.periods), self.reading.known_on)
        drafts = lines.filter(update__status__in=[Status.DRAFT, Status.RETURNED], update__period__in=self._keys)
        drafts = drafts.exclude(state=ProgressState.DONE, completed_on__isnull=True)
        found = counting | drafts if sees_draft else counting
        sent, drafted = defaultdict(list), {}
        for line in found.select_related("update__period").order_by("update__period__ends_on", "pk"):
            period = self.periods[line.update.period.plan_id]
            key = self.duties.successors.on(line.update.agency_id, period.ends_on), line.activity_id
            if line.update.status in (Status.DRAFT, Status.RETURNED) and sees_draft:
                drafted |= {key: line.quantity_done} if line.quantity_done is not None else {}
            elif line.update.period.ends_on <= period.ends_on:
                sent[key].append(line)
        return sent, drafted

    @property
    def _keys(self):
        return [period.pk for period in self.periods.values()]

    def _own(self, leader, period, activity, lines, drafted):
        last = self._last(lines)
        reported = reported_state([line.state for line in last], 1)
        is_done = reported == ProgressState.DONE
        state, days = state_of(
            activity,
            has_lead=True,
            reported=reported,
            completed_on=max(line.completed_on for line in last) if is_done else None,
            today=self.reading.day,
            never_late=self.agency.is_invited or activity.plan.parent_id is not None,
        )
        now = [line for line in lines if line.update.period_id == period.pk]
        given = [line for line in lines if line.quantity_done is not None]
        counted = [(line.update.period.ends_on, line.update.agency_id, line.quantity_done) for line in given]
        in_period = [row for row in counted if row[0] == period.ends_on]
        newest = lines[-1] if lines else None
        return OwnActivity(
            activity=activity,
            leader=leader,
            period=period,
            state=state,
            days_late=days,
            percent=newest.percent if newest else None,
            in_period=total(in_period, activity.counts_as_stock, self.duties.successors),
            drafted=drafted,
            cumulative=total(counted, activity.counts_as_stock, self.duties.successors),
            leads=len(self.duties.leads_on(activity, period.ends_on)),
            is_done=is_done,
            is_updated=any(tells_of_work(line.state, line.nothing_in_period) for line in now),
            words=now[-1].words if now else "",
        )

    def _last(self, lines):
        """What counts of the leader, or of those it carries on for: the last line of each that still speaks."""
        last = {line.update.agency_id: line for line in lines}
        days = {agency: line.update.period.ends_on for agency, line in last.items()}
        over = self.duties.successors.superseded(days)
        return [line for agency, line in last.items() if agency not in over]
