"""The dashboard: what plans looked at together have come to in a period, beside another one."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from activities.models import Activity, AssignmentRole
from activities.obligations import load_duties
from activities.progress import REPORTED, Standing, State, said_lines, standings_of, worst_first
from activities.readings import Reading, reading_of
from activities.scopes import corresponding, plans_then
from activities.stars import starred_first
from activities.submissions import (
    Punctuality,
    Submission,
    by_todays_names,
    names_differ,
    rows_together,
    submissions_of,
)
from activities.versions import as_in_force_on
from plans.models import Plan

from ..charts import target_bar, timeline
from ..counting import build_figures
from ..figures import Figure
from .glance import Glance
from .proofs import Coverage, coverage_of, together
from .totals import AgencyTrack, PeriodTotals, totals_of, tracks_of, year_share

PERIODS_SHOWN = 4
RED_SHOWN = 5  # of each kind: activities, agencies
UNREPORTED_SHOWN = 12  # numbers of activities


@dataclass(frozen=True)
class PlanLine:
    """One of the plans looked at together; `totals` None where no period of it goes with the one in question."""

    plan: Plan
    activity_count: int
    on_track: int
    to_handle: int
    totals: PeriodTotals | None


@dataclass(frozen=True)
class Dashboard:
    """Counts are activities or duties of agencies; `rows` are worst first, the starred before the others.

    `now` is the period in question, `then` the one it is compared with, or None. Activities stand as on `as_of`:
    today, or the day a past period's report was due. Submissions are as of `today`, which with `known_on` is an
    earlier day. Agencies bear the names of the period's time, or today's (`by_todays_names`), where that makes a
    difference (`names_differ`). `plans` has a line for each plan where several are looked at together.
    """

    now: Glance
    then: Glance | None
    trend: tuple[PeriodTotals, ...]
    tracks: tuple[AgencyTrack, ...]
    submissions: tuple[Submission, ...]
    figures: tuple[Figure, ...]
    year_share: int
    by_todays_names: bool
    names_differ: bool
    plans: tuple[PlanLine, ...] = ()
    starred: frozenset[int] = frozenset()

    # What is looked at

    @property
    def period(self):
        return self.now.period

    @property
    def reading(self) -> Reading:
        return self.now.reading

    @property
    def today(self) -> date:
        return self.reading.today

    @property
    def as_of(self) -> date:
        return self.reading.day

    @property
    def is_past(self):
        return self.reading.is_past

    @property
    def is_ahead(self):
        """The period has not begun."""
        return self.today < self.period.starts_on

    @property
    def is_running(self):
        """Agencies may still send in time; of several plans some may be late already."""
        return not self.is_ahead and not self.totals.is_due(self.today)

    # Activities

    @property
    def rows(self) -> tuple[Standing, ...]:
        return self.now.rows

    @property
    def counts(self):
        """(State, n) of the states there are, worst first."""
        return tuple((state, n) for state, n in self.now.by_state.items() if n)

    @property
    def activity_count(self):
        return self.now.activity_count

    @property
    def on_track(self):
        return self.now.on_track

    @property
    def done_on_time(self):
        return self.now.by_state[State.DONE]

    @property
    def done_late(self):
        return self.now.by_state[State.LATE_DONE]

    @property
    def overdue(self):
        return self.now.by_state[State.OVERDUE]

    @property
    def unassigned(self):
        return self.now.by_state[State.UNASSIGNED]

    @property
    def to_handle(self):
        return self.now.to_handle

    @property
    def unreported(self):
        return self.now.silent

    @property
    def unreported_shown(self):
        return self.unreported[:UNREPORTED_SHOWN]

    @property
    def unreported_hidden(self):
        return len(self.unreported) - len(self.unreported_shown)

    # Agencies

    @property
    def totals(self) -> PeriodTotals:
        return self.now.totals

    @property
    def previous(self):
        """The totals of the period compared with, or None."""
        return self.then.totals if self.then else None

    @property
    def coverage(self) -> Coverage:
        return self.now.coverage

    @property
    def agency_count(self):
        return len(self.submissions)

    @property
    def not_sent(self):
        """Agencies that have not sent, overdue ones first."""
        return tuple(row for row in self.submissions if not row.is_sent)

    @property
    def on_time_change(self):
        """On-time agencies more (or fewer) than in the period compared with; None while they cannot be compared."""
        if not self.previous or not self.previous.expected or not self.totals.is_due(self.today):
            return None
        return self.totals.on_time - self.previous.on_time

    # What has to be handled

    @property
    def red_activities(self):
        return self.to_handle[:RED_SHOWN]

    @property
    def red_agencies(self):
        return tuple(row for row in self.submissions if row.punctuality == Punctuality.MISSING)[:RED_SHOWN]

    @property
    def red_periods(self):
        """The periods before this one in which agencies still have not sent, latest first."""
        return tuple(totals for totals in reversed(self.trend[:-1]) if totals.missing)

    @property
    def activities_hidden(self):
        return len(self.to_handle) - len(self.red_activities)

    @property
    def agencies_hidden(self):
        return self.totals.missing - len(self.red_agencies)

    @property
    def red_hidden(self):
        """Activities and agencies to handle that are not shown; periods and silence have a row each."""
        return self.activities_hidden + self.agencies_hidden

    @property
    def has_red(self):
        return bool(self.to_handle or self.totals.missing or self.red_periods or self.unreported)

    # Outputs and drawings

    @property
    def behind(self):
        """Targets whose output is behind the time that has passed."""
        return sum((figure.target_percent or 0) < self.year_share for figure in self.figures)

    @property
    def keeping_pace(self):
        return len(self.figures) - self.behind

    @property
    def lowest_figure(self):
        """The counted figure furthest from its target, where it is behind the time."""
        counted = [figure for figure in self.figures if figure.target_percent is not None]
        return counted[0] if counted and counted[0].target_percent < self.year_share else None

    @cached_property
    def bars(self):
        """(Figure, TargetBar) pairs, lowest share first."""
        return tuple((figure, target_bar(figure.target_percent, self.year_share)) for figure in self.figures)

    @property
    def rated(self):
        """Of the periods shown those whose deadline has passed and that have a rate."""
        return tuple(each for each in self.trend if each.is_due(self.today) and each.on_time_rate is not None)

    @cached_property
    def timeline(self):
        plans = [row.activity.plan for row in self.rows] or [self.period.plan]
        first, last = min(plan.period_start for plan in plans), max(plan.period_end for plan in plans)
        return timeline(self.rows, starts_on=first, ends_on=last, today=self.as_of)


def build_dashboard(
    period, periods, *, today, todays_names=False, plans=None, against=None, known_on=None, starred=frozenset()
):
    """The state of `period`'s plan on `today`; of a past period (`is_past`) as its report should have shown it.

    Its activities stand as on the day the report was due, by the lines of periods that had ended.

    Args:
        period: ReportingPeriod with its plan loaded.
        periods: all reporting periods of the plans.
        todays_names: read agencies that have ended since under those that carry on for them.
        plans: the plans looked at together, each by the period that shares most days (default: the period's own).
        against: the period to compare with (default: the one before).
        known_on: an earlier day; only what had been sent by then counts.
        starred: keys of activities that come first.

    Nine queries, whatever the number of agencies, activities and plans; one more where an agency has ended, one where
    a plan has been amended since.
    """
    return _Builder(period, periods, today, known_on, plans or [period.plan]).build(against, todays_names, starred)


class _Builder:
    """What is read once for all that is asked of it."""

    def __init__(self, period, periods, today, known_on, plans):
        self.period, self.today, self.known_on, self.plans = period, today, known_on, plans
        keys = {plan.pk for plan in plans}
        self.periods = [each for each in periods if each.plan_id in keys]
        self.own = sorted((each for each in periods if each.plan_id == period.plan_id), key=lambda p: p.starts_on)
        self.duties = load_duties(list(keys))
        self.activities = self._activities({plan.pk: plan for plan in plans})
        self.lines = said_lines(self.activities, known_on=known_on, periods=self.periods)

    def _activities(self, plans):
        found = list(Activity.objects.filter(plan__in=list(plans)).select_related("indicator").order_by("position"))
        for activity in found:
            activity.plan = plans[activity.plan_id]
        return found

    def build(self, against, todays_names, starred):
        before = [each for each in self.own if each.starts_on <= self.period.starts_on]
        against = against or (before[-2] if len(before) > 1 else None)
        headed = {each: self._with(each) for each in [*before[-PERIODS_SHOWN:], *filter(None, [against])]}
        duties, differ = self._submissions(headed, todays_names)
        compared = [self.period, *filter(None, [against])]
        readings = [reading_of(each, self.own, self.today, self.known_on) for each in compared]
        activities = [
            self._of_plans_then(each, reading, then)
            for each, reading, then in zip(
                compared,
                readings,
                as_in_force_on(self.activities, *(each.until or each.day for each in readings)),
                strict=True,
            )
        ]
        covered = coverage_of([*headed[self.period], *headed.get(against, [])], self.known_on)
        now, *then = [
            Glance(
                period=each,
                reading=reading,
                rows=tuple(starred_first(worst_first(self._standings(then, reading, todays_names)), starred)),
                due=tuple(self.periods),
                totals=totals_of(each, duties[each]),
                coverage=together(covered, headed[each]),
            )
            for each, reading, then in zip(compared, readings, activities, strict=True)
        ]
        shown = before[-PERIODS_SHOWN:]
        share = year_share(self.period, now.reading.today, self.own)
        return Dashboard(
            now=now,
            then=then[0] if then else None,
            trend=tuple(totals_of(each, duties[each]) for each in shown),
            tracks=tracks_of(shown, duties),
            submissions=tuple(duties[self.period]),
            figures=self._figures(activities[0]),
            year_share=share,
            by_todays_names=todays_names,
            names_differ=differ,
            plans=self._plans(now, duties[self.period]) if len(self.plans) > 1 else (),
            starred=frozenset(starred),
        )

    def _of_plans_then(self, period, reading, activities):
        if len(self.plans) == 1:
            return activities
        keys = {plan.pk for plan in plans_then(self.plans, period, self.periods, reading)}
        return [each for each in activities if each.plan_id in keys]

    def _with(self, period):
        """`period` and those of the other plans that go with it; only of the plans looked at."""
        keys = {plan.pk for plan in self.plans}
        return [each for plan, each in corresponding(period, self.periods).items() if plan in keys]

    def _submissions(self, headed, todays_names):
        """({head: [Submission] of it and the periods with it, worst first}, whether names differ)."""
        periods = list({each for group in headed.values() for each in group})
        now = self.known_on or self.today
        found = submissions_of(periods, self.duties, today=now, known_on=self.known_on, facts_only=True)
        differ = any(names_differ(rows, self.duties.successors) for rows in found.values())
        if todays_names and self.duties.successors:
            found = {each: by_todays_names(rows, self.duties.successors) for each, rows in found.items()}
        return {head: rows_together({each: found[each] for each in group}) for head, group in headed.items()}, differ

    def _standings(self, activities, reading, todays_names):
        until = reading.until
        lines = self.lines[: bisect_right(self.lines, until, key=_told_on)] if until else self.lines
        rows = standings_of(activities, self.duties, lines, today=reading.day, until=until)
        if not (todays_names and self.duties.successors):
            return rows
        return [_by_todays_names(row, self.duties, until or reading.day) for row in rows]

    def _figures(self, activities):
        """Those with a target, lowest share first; each plan counts up to its period that goes with the one asked."""
        together = self._with(self.period)
        until = dict.fromkeys((plan.pk for plan in self.plans), self.period.ends_on)
        until |= {each.plan_id: each.ends_on for each in together}
        counted, _updates = build_figures(
            together,
            until,
            activities,
            self._told_in(self.period.year),
            self.duties.successors,
            year=self.period.year,
            statuses=REPORTED,
            known_on=self.known_on,
        )
        return tuple(sorted((each for each in counted if each.target), key=lambda figure: figure.target_percent or 0))

    def _told_in(self, year):
        """The lines of periods of the year, and what was told between them."""
        days = [each.ends_on for each in self.periods if each.year == year]
        first, last = min(days), max(days)
        return self.lines[bisect_left(self.lines, first, key=_told_on) : bisect_right(self.lines, last, key=_told_on)]

    def _plans(self, now, submissions):
        """A line for each plan, most to handle first."""
        rows, sent = defaultdict(list), defaultdict(list)
        for row in now.rows:
            rows[row.activity.plan_id].append(row)
        for row in submissions:
            sent[row.period.plan_id].append(row)
        lines = [_plan_line(plan, replace(now, rows=tuple(rows[plan.pk])), sent[plan.pk]) for plan in self.plans]
        return tuple(sorted(lines, key=lambda line: (-line.to_handle, -(line.totals.missing if line.totals else 0))))


def _plan_line(plan, glance, submissions):
    return PlanLine(
        plan=plan,
        activity_count=glance.activity_count,
        on_track=glance.on_track,
        to_handle=len(glance.to_handle),
        totals=totals_of(submissions[0].period, submissions) if submissions else None,
    )


def _told_on(line):
    return line.update.period.ends_on


def _by_todays_names(row, duties, day):
    """The activity's standing with the agencies that carry on today for those of the plan."""
    lead, cooperating = (
        duties.names(row.activity, role, day, now=True) for role in (AssignmentRole.LEAD, AssignmentRole.COOPERATING)
    )
    return replace(row, leads=lead, cooperating=cooperating)
