"""Planned against reported, activity by activity: the plan's time beside what agencies have said of it.

What was planned runs from the start to the deadline; what was reported from the first period whose update tells of work
to the day of completion, or to the last data cut-off that told of it. Nobody's word is stretched to today.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.utils.translation import gettext as _, gettext_lazy, ngettext

from activities.models import ProgressState, ReportingPeriod, ScheduleKind
from activities.obligations import load_duties
from activities.progress import Standing, State, count_by_state, said_lines, standings_of, worst_first
from activities.readings import reading_of
from activities.versions import as_in_force
from agencies.workbook import Column, Kind, write_table

from .drawing import FINISHED, LATE, PLANNED, RUNNING, GanttChart, GanttRow, Piece

DAY = timedelta(days=1)
ROWS_OF_A_CHART = 14  # a sheet of A4 landscape
MONTHLY_UP_TO = 14  # months: a longer time is divided into years
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
    """The plan's activities over time, as on `as_of`; `rows` those shown, in the order shown."""

    period: ReportingPeriod
    rows: tuple[Span, ...]
    counts: tuple[tuple[State, int], ...]
    total: int
    as_of: date
    is_past: bool

    @property
    def unstated(self):
        """Rows of which the plan states no time."""
        return sum(row.planned_from is None for row in self.rows)

    @cached_property
    def charts(self):
        """The drawing, a sheet's rows each, all on one scale: (GanttChart, ...)."""
        rows = self.rows
        pages = [rows[first : first + ROWS_OF_A_CHART] for first in range(0, len(rows), ROWS_OF_A_CHART)]
        return tuple(_chart(self, page, *self._reach) for page in pages)

    @cached_property
    def _reach(self):
        """First and last day drawn: the plan's own time, and whatever reaches beyond it, in whole months."""
        plan = self.period.plan
        days = [
            day
            for row in self.rows
            for day in (row.planned_from, row.planned_to, row.begun_on, row.told_until)
            if day is not None
        ]
        days += [self.as_of for row in self.rows if row.state == State.OVERDUE][:1]
        first, last = min([plan.period_start, *days]), max([plan.period_end, *days])
        return first.replace(day=1), _month_after(last) - DAY


def build_timeline(period, periods, *, today, state="", by_state=False):
    """The timeline of the period's plan: today's, or a past period's as its report should have shown it.

    Args:
        periods: those of the frame, of any plans.
        state: show only the activities in this state; any other word shows all.
        by_state: what needs care first, not in the plan's order.

    Six queries, one more where an agency has ended and one where the plan was amended since.
    """
    plan = period.plan
    reading = reading_of(period, periods, today)
    duties = load_duties([plan.pk])
    found = list(plan.activities.select_related("plan", "indicator").order_by("position", "pk"))
    activities = as_in_force(found, reading.until or reading.day)
    lines = said_lines(activities, until=reading.until)
    standings = standings_of(activities, duties, lines, today=reading.day, until=reading.until)
    begins = {each.pk: each.starts_on for each in periods if each.plan_id == plan.pk}
    told = _told(lines, begins)
    ordered = worst_first(standings) if by_state else standings
    shown = {state} if state in set(State) else set(State)
    return Timeline(
        period=period,
        rows=tuple(_span(row, told.get(row.activity.pk), plan) for row in ordered if row.state in shown),
        counts=tuple((each, n) for each, n in count_by_state(standings).items() if n),
        total=len(standings),
        as_of=reading.day,
        is_past=reading.is_past,
    )


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


def _span(row, told, plan):
    activity = row.activity
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


def _chart(timeline, rows, first, last):
    return GanttChart(
        title=_("Activities over time"),
        description=_("%(plan)s on %(day)s: %(rows)s")
        % {
            "plan": timeline.period.plan,
            "day": f"{timeline.as_of:%d/%m/%Y}",
            "rows": "; ".join(f"{row.activity.number} {row.words}" for row in rows),
        },
        rows=tuple(_row(row, timeline.as_of) for row in rows),
        first=first,
        last=last,
        columns=tuple(_columns(first, last)),
        today=(timeline.as_of, f"{timeline.as_of:%d/%m/%Y}"),
        words_width=176,
    )


def _row(span, as_of):
    return GanttRow(
        label=f"{span.activity.number}. {shortened(span.activity.title)}",
        pieces=tuple(_pieces(span, as_of)),
        words=span.words,
        is_bad=span.state == State.OVERDUE,
    )


LONGEST = 80  # characters of a title in the drawing: two lines


def shortened(title):
    """The title, cut at a word where it is long; the table of numbers has it whole."""
    if len(title) <= LONGEST:
        return title
    return f"{title[:LONGEST].rsplit(' ', 1)[0].rstrip(',;:')}…"


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
    """The rows shown as an Excel file; `at`: the moment it is given out."""
    notes = [
        _("%(period)s of plan %(plan)s") % {"period": timeline.period.title, "plan": timeline.period.plan},
        _("As on %(day)s") % {"day": f"{timeline.as_of:%d/%m/%Y}"},
        _("Given out at %(time)s on %(day)s") % {"time": f"{at:%H:%M}", "day": f"{at:%d/%m/%Y}"},
    ]
    return write_table(_("Activities over time"), COLUMNS, map(_workbook_row, timeline.rows), notes=notes)


def _workbook_row(row):
    return {
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
