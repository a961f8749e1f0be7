"""How activities stand on a day, computed from what was reported; nothing of this is stored."""

import enum
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext, gettext_lazy as _

from agencies.successions import NONE

from .models import Activity, ActivityProgress, AssignmentRole, ProgressState, QuarterlyUpdate, ScheduleKind, Status
from .readings import keys_then
from .shares import share
from .versions import as_in_force

REPORTED = (Status.SUBMITTED, Status.APPROVED)
APPROVED_ONLY = (Status.APPROVED,)


class State(enum.StrEnum):
    """The seven states of an activity, worst first; the value names the sign."""

    OVERDUE = "overdue"
    UNASSIGNED = "unassigned"
    NOT_STARTED = "not-started"
    IN_PROGRESS = "in-progress"
    LATE_DONE = "late-done"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def label(self):
        return LABELS[self]


LABELS = {
    State.OVERDUE: _("Overdue"),
    State.UNASSIGNED: _("No lead assigned"),
    State.NOT_STARTED: _("Not started"),
    State.IN_PROGRESS: _("In progress"),
    State.LATE_DONE: _("Done late"),
    State.DONE: _("Done"),
    State.CANCELLED: _("Cancelled"),
}
FINISHED = (State.DONE, State.LATE_DONE, State.CANCELLED)
TO_HANDLE = (State.OVERDUE, State.UNASSIGNED)


@dataclass(frozen=True)
class Standing:
    """An activity on a day.

    `reporters` of `obliged` leads have reported it; `quantity_done` is in the activity's target unit, summed over
    periods (a stock: the last value of each agency); `percent` is the leads' mean, done ones counting 100.
    `is_invited`: nobody leads it but by invitation, so it is never late.
    """

    activity: Activity
    state: State
    reported: ProgressState | None
    percent: int | None
    quantity_done: int | None
    completed_on: date | None
    days_late: int
    leads: tuple[str, ...]
    cooperating: tuple[str, ...]
    reporters: int
    obliged: int
    is_invited: bool = False

    @property
    def target_percent(self):
        """Share of the target reached, may exceed 100; None without a target or a figure."""
        return share(self.quantity_done, self.activity.target_quantity)


def reported_state(states, obliged):
    """What the leads' latest lines say together.

    Args:
        states: the latest ProgressState of each lead that has reported.
        obliged: how many leads there are.

    Returns:
        None when nobody reported; DONE only when every lead says so.
    """
    if not states:
        return None
    if len(states) >= obliged and all(state == ProgressState.DONE for state in states):
        return ProgressState.DONE
    if any(state != ProgressState.NOT_STARTED for state in states):
        return ProgressState.IN_PROGRESS
    return ProgressState.NOT_STARTED


def state_of(activity, *, has_lead, reported, completed_on, today, never_late=False):
    """The state on `today`, and how many days late it is or was: (State, days); some never are."""
    deadline = None if never_late else activity.deadline
    if activity.cancelled_on and activity.cancelled_on <= today:
        return State.CANCELLED, 0
    if reported == ProgressState.DONE:
        late = (completed_on - deadline).days if deadline else 0
        return (State.LATE_DONE, late) if late > 0 else (State.DONE, 0)
    if not has_lead:
        return State.UNASSIGNED, 0
    if deadline and today > deadline:
        return State.OVERDUE, (today - deadline).days
    if reported == ProgressState.IN_PROGRESS:
        return State.IN_PROGRESS, 0
    return State.NOT_STARTED, 0


def is_on_track(standing, *, today, a_period_is_due):
    """Nothing about the activity is wrong or unknown on `today`; an overdue, late, unassigned or cancelled one is not.

    One that has not started is on track while nothing could be known of it: its start is still to come, or no
    agency had to report yet (`a_period_is_due`: a reporting period of its plan has passed the agencies' deadline).
    After that only where somebody reported that it has not started; silence is no progress. Who leads by invitation
    may be silent until the deadline.
    """
    activity = standing.activity
    if standing.is_invited and standing.state != State.DONE and activity.deadline and today > activity.deadline:
        return False
    if standing.state in (State.DONE, State.IN_PROGRESS):
        return True
    if standing.state != State.NOT_STARTED:
        return False
    start = activity.start
    return standing.is_invited or bool(start and start > today) or not a_period_is_due or standing.reported is not None


def standings(activities, duties, *, today, statuses=REPORTED, until=None, known_on=None):
    """How each of `activities` (a queryset) stands on `today`. Three queries, whatever their number.

    Each counts as the version of its plan in force on that day said it; one that came later does not stand yet.

    Args:
        duties: the assignments of their plans (`load_duties`).
        statuses: the updates that count (all submitted ones for a dashboard, approved ones for a report).
        until: count only periods that end on or before this day (default: all).
        known_on: count only what had been sent by the end of this day (default: all).
    """
    activities = as_in_force(list(activities.select_related("plan", "indicator")), until or today)
    lines = said_lines(activities, statuses=statuses, until=until, known_on=known_on)
    return standings_of(activities, duties, lines, today=today, until=until)


def reported_lines(activities, *, statuses=REPORTED, until=None):
    """What counts of the activities: their lines in order of the periods. One query.

    An update that says there is nothing to report stands for all its lines: what was typed before counts no more.
    """
    lines = _counting(activities, until).filter(update__status__in=statuses)
    return list(lines.select_related("update__period", "update__agency"))


def _counting(activities, until):
    """The lines that may count, in order of the periods, whatever became of their updates."""
    lines = ActivityProgress.objects.filter(activity__in=activities).exclude(state="")
    lines = lines.filter(update__nothing_to_report=False)
    lines = lines.exclude(state=ProgressState.DONE, completed_on__isnull=True)  # of an activity taken from the agency
    if until:
        lines = lines.filter(update__period__ends_on__lte=until)
    return lines.order_by("update__period__ends_on", "pk")


class SaidIn(NamedTuple):
    """The period an update reports on."""

    pk: int
    ends_on: date
    year: int


class SaidBy(NamedTuple):
    """The update a line stands in."""

    pk: int
    agency_id: int
    period_id: int
    period: SaidIn


class Said(NamedTuple):
    """A line without its words: what states and sums are computed from."""

    pk: int
    activity_id: int
    state: str
    percent: int | None
    quantity_done: int | None
    completed_on: date | None
    nothing_in_period: bool
    update: SaidBy


SAID = ("pk", "activity_id", "state", "percent", "quantity_done", "completed_on", "nothing_in_period")
SAID_BY = ("update_id", "update__agency_id", "update__period_id")
SAID_IN = ("update__period__ends_on", "update__period__year")


def said_lines(activities, *, statuses=REPORTED, until=None, known_on=None, periods=()):
    """As `reported_lines`, without the words: a province has ten thousand. One query.

    Args:
        known_on: only lines of updates that had been sent, and stood in `statuses`, at the end of this day.
        periods: all reporting periods of their plans, where one has them: they need not come with every line, and
            only their lines are read.
    """
    lines = _counting(activities, until)
    if known_on:
        plans = {activity.plan_id for activity in activities}
        written = QuarterlyUpdate.objects.filter(period__plan__in=plans)
        lines = lines.filter(update__in=keys_then(written, known_on, statuses))
    else:
        lines = lines.filter(update__status__in=statuses)
    known = {each.pk: SaidIn(each.pk, each.ends_on, each.year) for each in periods}
    if known:
        lines = lines.filter(update__period__in=list(known))
    updates, told_on, first = {}, defaultdict(list), len(SAID)
    for row in lines.order_by().values_list(*SAID, *SAID_BY, *(() if known else SAID_IN)):
        update = updates.get(row[first])
        if update is None:
            pk, agency, period, *rest = row[first:]
            update = updates[pk] = SaidBy(pk, agency, period, SaidIn(period, *rest) if rest else known[period])
        told_on[update.period.ends_on].append(Said._make((*row[:first], update)))
    return [line for day in sorted(told_on) for line in sorted(told_on[day])]


def standings_of(activities, duties, lines, *, today, until=None):
    """How each activity stands on `today` by its `lines` (`reported_lines`); duties as of `until` or today."""
    of_activity = defaultdict(list)
    for line in lines:
        of_activity[line.activity_id].append(line)
    return [_standing(activity, duties, of_activity[activity.pk], until or today, today) for activity in activities]


def _standing(activity, duties, lines, duty_day, today):
    leads = duties.leads_on(activity, duty_day)
    obliged = {agency.pk for agency in leads if not agency.is_invited}
    said = _latest(lines, duties.successors, duty_day)
    if leads:  # whoever led before no longer speaks for those who do
        leading = {lead.pk for lead in leads}
        said = {agency: latest for agency, latest in said.items() if agency in leading}
    # Of the invited those count who speak; where nobody else leads, all of them.
    expected = len(obliged | {*said} if obliged else leads)
    reported = reported_state([_together(latest) for latest in said.values()], expected)
    done = reported == ProgressState.DONE
    completed_on = max(line.completed_on for latest in said.values() for line in latest) if done else None
    is_invited = bool(leads) and not obliged
    state, days = state_of(
        activity,
        has_lead=duties.has_lead(activity, duty_day),
        reported=reported,
        completed_on=completed_on,
        today=today,
        never_late=is_invited or activity.plan.parent_id is not None,  # reported through the plan it carries out
    )
    return Standing(
        activity=activity,
        state=state,
        reported=reported,
        percent=round(sum(map(_percent, said.values())) / (expected or len(said))) if said else None,
        quantity_done=total_quantity(lines, activity.counts_as_stock, duties.successors),
        completed_on=completed_on,
        days_late=days,
        leads=duties.names(activity, AssignmentRole.LEAD, duty_day),
        cooperating=duties.names(activity, AssignmentRole.COOPERATING, duty_day),
        reporters=len(obliged & {*said} if obliged else said),
        obliged=len(obliged),
        is_invited=is_invited,
    )


def _latest(lines, successors, day):
    """What each agency said last, and of those it carries on for until it spoke itself: {agency_id: [line]}."""
    last = {line.update.agency_id: line for line in lines}
    over = successors.superseded({agency: line.update.period.ends_on for agency, line in last.items()})
    said = defaultdict(list)
    for agency, line in last.items():
        if agency not in over:
            said[successors.on(agency, day)].append(line)
    return said


def _together(lines):
    """The state of one lead: its own line's, or of those it carries on for together."""
    return reported_state([line.state for line in lines], 1)


def _percent(lines):
    return sum(line.percent or 0 for line in lines) / len(lines)


def total_quantity(lines, is_stock, successors=NONE):
    """Quantity over the periods: a flow is summed, a stock takes each agency's last value; None when none given.

    `lines` are in order of their periods.
    """
    given = [line for line in lines if line.quantity_done is not None]
    if given and not is_stock:
        return sum(line.quantity_done for line in given)
    return total(
        [(line.update.period.ends_on, line.update.agency_id, line.quantity_done) for line in given],
        is_stock,
        successors,
    )


def total(values, is_stock, successors=NONE):
    """The sum of (day, agency, value) rows in order of time; of a stock each agency's last one; None of no rows.

    The stock of an agency that ended counts until its successor states one.
    """
    if not values:
        return None
    if not is_stock:
        return sum(value for _day, _agency, value in values)
    last = {agency: (day, value) for day, agency, value in values}
    over = successors.superseded({agency: day for agency, (day, _value) in last.items()})
    return sum(value for agency, (_day, value) in last.items() if agency not in over)


def count_by_state(rows):
    """How many activities are in each state, worst first: {State: n}, zeros included."""
    counts = dict.fromkeys(State, 0)
    for row in rows:
        counts[row.state] += 1
    return counts


def worst_first(rows):
    """Standings in the order an official must look at them."""
    order = {state: place for place, state in enumerate(State)}
    return sorted(rows, key=lambda row: (order[row.state], -row.days_late, row.activity.position))


def next_deadlines(rows, today, limit=4):
    """Standings whose deadline is still to come, nearest first."""
    ahead = [
        row
        for row in rows
        if row.activity.deadline
        and row.activity.deadline >= today
        and row.state not in (State.DONE, State.LATE_DONE, State.CANCELLED)
    ]
    return sorted(ahead, key=lambda row: row.activity.deadline)[:limit]


def gaps_of(rows):
    """What the plan does not say of its activities: (standing, sentence) pairs."""
    for row in rows:
        if row.state == State.CANCELLED:
            continue
        if row.state == State.UNASSIGNED or not row.leads:
            yield row, gettext("Activity %(number)s has no lead agency") % {"number": row.activity.number}
        if row.activity.schedule_kind == ScheduleKind.NOT_STATED and not row.activity.deadline:
            yield row, gettext("Activity %(number)s has no time") % {"number": row.activity.number}
