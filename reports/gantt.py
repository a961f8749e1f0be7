"""Planned against reported, activity by activity: the plan's time beside what agencies have said of it.

What was planned runs from the start to the deadline; what was reported from the first period whose update tells of work
to the day of completion, or to the last data cut-off that told of it. Nobody's word is stretched to today.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import groupby

from django.utils.translation import gettext as _, gettext_lazy, ngettext

from activities.models import Activity, ProgressState, ReportingPeriod, ScheduleKind
from activities.obligations import load_duties
from activities.progress import Standing, State, count_by_state, said_lines, standings_of, worst_first
from activities.readings import Reading, reading_of
from activities.stars import starred_first
from activities.versions import as_in_force
from agencies.workbook import Column, Kind, given_out, write_table
from plans.models import Plan

from .drawing import FINISHED, LATE, PLANNED, RUNNING, GanttChart, GanttRow, Piece
from .notes import of_plans, plan_names, seen_from

DAY = timedelta(days=1)
ROWS_OF_A_CHART = 14  # a sheet of A4 landscape
MONTHLY_UP_TO = 14  # months: a longer time is divided into years
NO_TIME = "no-time"  # beside the states: rows of which the plan states no time
CONTINUING = (ScheduleKind.NOT_STATED, ScheduleKind.ONE_OFF)  # without dates these say nothing of their time


@dataclass(frozen=True)
class Span:
    """An activity over time; a day that is not known is None. `begun_on`, `told_until`: what was reported."""

    standing: Standing
    planned_from: date | None
    planned_to: date | None
    begun_on: date | None
    told_until: date | None

    @property
    def activity(self):
        return self.standing.activity

    @property
    def plan(self):
        return self.standing.activity.plan

    @property
    def state(self):
        return self.standing.state

    @property
    def words(self):
        """The state, said exactly."""
        row = self.standing
        if row.state == State.OVERDUE:
            return ngettext("Overdue %(n)s day", "Overdue %(n)s days", row.days_late) % {"n": row.days_late}
        if row.state == State.LATE_DONE:
            return ngettext("Done %(n)s day late", "Done %(n)s days late", row.days_late) % {"n": row.days_late}
        return str(row.state.label)


@dataclass(frozen=True)
class Timeline:
    """The activities of `plans` over time, seen from `reading`; `rows` those shown, in the order shown.

    `counts`, `total` and `unstated` (activities of which the plan states no time) are of all of them.
    """

    period: ReportingPeriod
    plans: tuple[Plan, ...]
    reading: Reading
    rows: tuple[Span, ...]
    counts: tuple[tuple[State, int], ...]
    total: int
    unstated: int
    by_state: bool = False
    has_starred: bool = False

    @property
    def as_of(self):
        return self.reading.day

    @property
    def is_past(self):
        return self.reading.is_past

    @property
    def known_on(self):
        """The earlier day it is seen from, or None."""
        return self.reading.known_on

    @property
    def is_many(self):
        return len(self.plans) > 1

    @cached_property
    def charts(self):
        """The drawing, a sheet's rows each, all on one scale: (GanttChart, ...)."""
        return tuple(_chart(self, rows, *self._reach) for rows in _sheets(self))

    @cached_property
    def _reach(self):
        """First and last day drawn: the time of the plans shown, and whatever reaches beyond it, in whole months."""
        days = [
            day
            for row in self.rows
            for day in (row.planned_from, row.planned_to, row.begun_on, row.told_until)
            if day is not None
        ]
        days += [self.as_of for row in self.rows if row.state == State.OVERDUE][:1]
        plans = {row.plan for row in self.rows}
        first = min([*(plan.period_start for plan in plans), *days])
        last = max([*(plan.period_end for plan in plans), *days])
        return first.replace(day=1), _month_after(last) - DAY


def build_timeline(period, periods, *, today, plans=None, known_on=None, state="", by_state=False, starred=frozenset()):
    """The timeline of plans: today's, or a past period's as its report should have shown it.

    Args:
        period: from which the plans are read; its own plan is meant where no `plans` are given.
        periods: those of the frame, of any plans.
        known_on: an earlier day; only what had been sent by then counts.
        state: show only the activities in this state, or of which the plan states no time (NO_TIME); any other word
            shows all.
        by_state: what needs care first, not in the plans' order; the activities whose keys are `starred` before all.

    At most six queries, whatever the number of plans; one more where an agency has ended, and where one was amended.
    """
    plans = tuple(plans or [period.plan])
    reading = reading_of(period, periods, today, known_on)
    duties = load_duties([plan.pk for plan in plans])
    activities = as_in_force(_activities(plans), reading.until or reading.day)
    lines = said_lines(activities, until=reading.until, known_on=known_on)
    standings = standings_of(activities, duties, lines, today=reading.day, until=reading.until)
    told = _told(lines, {each.pk: each.starts_on for each in periods})
    ordered = starred_first(worst_first(standings), starred) if by_state else standings
    spans = [_span(row, told.get(row.activity.pk)) for row in ordered]
    return Timeline(
        period=period,
        plans=plans,
        reading=reading,
        rows=tuple(row for row in spans if _is_shown(row, state)),
        counts=tuple((each, n) for each, n in count_by_state(standings).items() if n),
        total=len(standings),
        unstated=sum(row.planned_from is None for row in spans),
        by_state=by_state,
        has_starred=by_state and any(row.activity.pk in starred for row in standings),
    )


def _activities(plans):
    """In the plans' order, plan by plan."""
    order = {plan.pk: place for place, plan in enumerate(plans)}
    found = list(Activity.objects.filter(plan__in=plans).select_related("indicator").order_by("position", "pk"))
    for activity in found:
        activity.plan = plans[order[activity.plan_id]]
    return sorted(found, key=lambda activity: order[activity.plan_id])


def _is_shown(row, state):
    if state == NO_TIME:
        return row.planned_from is None
    return row.state == state or state not in set(State)


def _told(lines, begins):
    """{activity id: (first day, last day) of the periods whose updates tell of work}."""
    told = {}
    for line in lines:
        if line.state == ProgressState.NOT_STARTED or line.nothing_in_period:
            continue
        when = line.update.period
        first, last = told.get(line.activity_id, (begins.get(when.pk, when.ends_on), when.ends_on))
        told[line.activity_id] = first, max(last, when.ends_on)
    return told


def _span(row, told):
    activity = row.activity
    plan = activity.plan
    planned_from, planned_to = activity.start, activity.deadline
    if not (planned_from or planned_to) and activity.schedule_kind not in CONTINUING:
        planned_from, planned_to = plan.period_start, plan.period_end
    elif planned_from or planned_to:
        planned_from = planned_from or min(plan.period_start, planned_to)
        planned_to = planned_to or max(plan.period_end, planned_from)
    begun_on, told_until = told or (None, None)
    if told:
        told_until = row.completed_on or told_until
        begun_on = min(max(begun_on, planned_from or begun_on), told_until)
    return Span(row, planned_from, planned_to, begun_on, told_until)


# As drawings


def _sheets(timeline):
    """The rows, a sheet's each; where plans are under headings, each heading takes the room of a row."""
    sheets, room, last = [], 0, None
    for row in timeline.rows:
        needed = 1 + (_has_headings(timeline) and row.plan != last)
        if room < needed:
            sheets.append([])
            room, needed = ROWS_OF_A_CHART, 1 + _has_headings(timeline)
        sheets[-1].append(row)
        room, last = room - needed, row.plan
    return sheets


def _has_headings(timeline):
    """Plan by plan; in the order of states each row says its plan."""
    return timeline.is_many and not timeline.by_state


def _chart(timeline, rows, first, last):
    return GanttChart(
        title=_("Activities over time"),
        description=_("%(plan)s on %(day)s: %(rows)s")
        % {
            "plan": plan_names(timeline.plans),
            "day": f"{timeline.as_of:%d/%m/%Y}",
            "rows": "; ".join(_said(timeline, row) for row in rows),
        },
        rows=tuple(_rows(timeline, rows)),
        first=first,
        last=last,
        columns=tuple(_columns(first, last)),
        today=(timeline.as_of, f"{timeline.as_of:%d/%m/%Y}"),
        words_width=176,
    )


def _said(timeline, row):
    plan = f"{row.plan}, " if timeline.is_many else ""
    return f"{plan}{row.activity.number} {row.words}"


def _rows(timeline, rows):
    for plan, own in groupby(rows, key=lambda row: row.plan):
        if _has_headings(timeline):
            yield GanttRow(label=shortened(str(plan)), pieces=(), is_heading=True)
        for row in own:
            yield _row(row, timeline)


def _row(span, timeline):
    label = f"{span.activity.number}. {shortened(span.activity.title)}"
    if timeline.is_many and timeline.by_state:
        label = f"{label} ({shortened(str(span.plan), LONGEST // 2)})"
    return GanttRow(
        label=label,
        pieces=tuple(_pieces(span, timeline.as_of)),
        words=span.words,
        is_bad=span.state == State.OVERDUE,
    )


LONGEST = 80  # characters of a title in the drawing: two lines


def shortened(title, longest=LONGEST):
    """The title, cut at a word where it is long; the table of numbers has it whole."""
    if len(title) <= longest:
        return title
    return f"{title[:longest].rsplit(' ', 1)[0].rstrip(',;:')}…"


def _pieces(span, as_of):
    if span.state == State.CANCELLED:
        return
    if span.planned_from:
        yield Piece(PLANNED, span.planned_from, span.planned_to)
    if span.begun_on:
        kind = FINISHED if span.standing.completed_on else RUNNING
        yield Piece(kind, span.begun_on, span.told_until)
    if span.state in (State.OVERDUE, State.LATE_DONE):
        until = span.standing.completed_on or as_of
        yield Piece(LATE, span.planned_to + DAY, until)


def _columns(first, last):
    """Months, or years where there are many months; a January bears its year."""
    months = 12 * (last.year - first.year) + last.month - first.month + 1
    day = first if months <= MONTHLY_UP_TO else date(first.year + (first.month > 1), 1, 1)
    while day <= last:
        if months > MONTHLY_UP_TO:
            yield day, str(day.year)
            day = date(day.year + 1, 1, 1)
        else:
            yield day, f"{day.month}/{day:%y}" if day.month == 1 or day == first else str(day.month)
            day = _month_after(day)


def _month_after(day):
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


# As a workbook

PLAN = Column("plan", gettext_lazy("Plan"), width=24)
COLUMNS = [
    Column("number", gettext_lazy("No.")),
    Column("title", gettext_lazy("Activity"), width=50),
    Column("leads", gettext_lazy("Lead agency"), width=30),
    Column("planned_from", gettext_lazy("Planned from"), Kind.DATE),
    Column("planned_to", gettext_lazy("Planned to"), Kind.DATE),
    Column("begun_on", gettext_lazy("Reported from"), Kind.DATE),
    Column("told_until", gettext_lazy("Reported to"), Kind.DATE),
    Column("completed_on", gettext_lazy("Completed on"), Kind.DATE),
    Column("state", gettext_lazy("State"), width=20),
    Column("days", gettext_lazy("Days late"), Kind.WHOLE),
]


def timeline_workbook(timeline, *, at):
    """The rows shown as an Excel file, each with its plan where there are several; `at`: when it is given out."""
    notes = [
        of_plans(timeline.period, timeline.plans),
        _("As on %(day)s") % {"day": f"{timeline.as_of:%d/%m/%Y}"},
        *seen_from(timeline.known_on),
        given_out(at),
    ]
    columns = [PLAN, *COLUMNS] if timeline.is_many else COLUMNS
    return write_table(_("Activities over time"), columns, map(_workbook_row, timeline.rows), notes=notes)


def _workbook_row(row):
    return {
        "plan": str(row.plan),
        "number": row.activity.number,
        "title": row.activity.title,
        "leads": "; ".join(row.standing.leads),
        "planned_from": row.planned_from,
        "planned_to": row.planned_to,
        "begun_on": row.begun_on,
        "told_until": row.told_until,
        "completed_on": row.standing.completed_on,
        "state": row.state.label,
        "days": row.standing.days_late or None,
    }
