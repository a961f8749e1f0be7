"""The state of a plan on a day, for leaders: one object with every figure, worst first."""

from dataclasses import dataclass, replace
from datetime import date

from activities.calendar import is_past
from activities.models import AssignmentRole, PeriodKind, ReportingPeriod, Status
from activities.models.period import ROMAN
from activities.obligations import load_duties
from activities.progress import (
    REPORTED,
    Standing,
    State,
    count_by_state,
    is_on_track,
    reported_lines,
    standings_of,
    worst_first,
)
from activities.submissions import Punctuality, Submission, by_todays_names, names_differ, rate, submissions_of
from activities.versions import as_in_force

from .charts import target_bar, timeline, trend_line
from .figures import Figure, build_figures

TO_HANDLE = (State.OVERDUE, State.UNASSIGNED)
PERIODS_SHOWN = 4
AGENCIES_SHOWN = 8
RED_SHOWN = 5  # of each kind: activities, agencies
UNREPORTED_SHOWN = 12  # numbers of activities


@dataclass(frozen=True)
class PeriodTotals:
    """How a period's submissions stand. `on_time_rate` is percent of those expected, one decimal, or None.

    `days_overdue`: since the deadline, where an agency is missing.
    """

    period: ReportingPeriod
    expected: int
    sent: int
    on_time: int
    late: int
    missing: int
    days_overdue: int
    pending: int
    returned: int
    waiting: int
    approved: int

    @property
    def on_time_rate(self):
        return rate(self.on_time, self.expected)

    @property
    def not_sent(self):
        return self.expected - self.sent

    @property
    def numeral(self):
        """'III', for the head of a narrow column."""
        return ROMAN[self.period.ordinal] if self.period.kind == PeriodKind.QUARTER else str(self.period.ordinal)

    @property
    def short(self):
        """'III/2026', under a point of a chart."""
        return f"{self.numeral}/{self.period.year}"

    def is_due(self, today):
        """The agencies' deadline has passed, so the rate is final but for late ones."""
        return self.period.agency_due_on < today


@dataclass(frozen=True)
class AgencyTrack:
    """One agency over the last periods, oldest first; None where it was not obliged."""

    agency_name: str
    submissions: tuple[Submission | None, ...]
    current: Submission


@dataclass(frozen=True)
class Dashboard:
    """Counts are activities or agencies; `rows` are worst first.

    Activities stand as on `as_of`: today, or the day a past period's report was due. Submissions are as of `today`.
    Agencies bear the names of the period's time, or today's (`by_todays_names`), where that makes a difference
    (`names_differ`).
    """

    period: ReportingPeriod
    rows: tuple[Standing, ...]
    counts: tuple[tuple[State, int], ...]
    activity_count: int
    on_track: int
    done_on_time: int
    done_late: int
    to_handle: tuple[Standing, ...]
    totals: PeriodTotals
    previous: PeriodTotals | None
    trend: tuple[PeriodTotals, ...]
    tracks: tuple[AgencyTrack, ...]
    agency_count: int
    submissions: tuple[Submission, ...]
    figures: tuple[Figure, ...]
    behind: int
    year_share: int
    unreported: tuple[Standing, ...]
    as_of: date
    is_past: bool
    by_todays_names: bool
    names_differ: bool
    today: date

    @property
    def not_sent(self):
        """Agencies that have not sent, overdue ones first."""
        return tuple(row for row in self.submissions if not row.is_sent)

    @property
    def is_ahead(self):
        """The period has not begun."""
        return self.today < self.period.starts_on

    @property
    def is_running(self):
        """Agencies may still send in time: nobody is late yet."""
        return not self.is_ahead and not self.totals.is_due(self.today)

    @property
    def overdue(self):
        return dict(self.counts).get(State.OVERDUE, 0)

    @property
    def unassigned(self):
        return dict(self.counts).get(State.UNASSIGNED, 0)

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
    def unreported_shown(self):
        return self.unreported[:UNREPORTED_SHOWN]

    @property
    def unreported_hidden(self):
        return len(self.unreported) - len(self.unreported_shown)

    @property
    def red_hidden(self):
        """Activities and agencies to handle that are not shown; periods and silence have a row each."""
        return len(self.to_handle) + self.totals.missing - len(self.red_activities) - len(self.red_agencies)

    @property
    def has_red(self):
        return bool(self.to_handle or self.totals.missing or self.red_periods or self.unreported)

    @property
    def on_time_change(self):
        """On-time agencies more (or fewer) than in the previous period; None while they cannot be compared."""
        if not self.previous or not self.previous.expected or not self.totals.is_due(self.today):
            return None
        return self.totals.on_time - self.previous.on_time

    @property
    def keeping_pace(self):
        """Targets whose output is not behind the time that has passed."""
        return len(self.figures) - self.behind

    @property
    def lowest_figure(self):
        """The counted figure furthest from its target, where it is behind the time."""
        counted = [figure for figure in self.figures if figure.target_percent is not None]
        return counted[0] if counted and counted[0].target_percent < self.year_share else None

    @property
    def bars(self):
        """(Figure, TargetBar) pairs, lowest share first."""
        return tuple((figure, target_bar(figure.target_percent, self.year_share)) for figure in self.figures)

    @property
    def trend_chart(self):
        """The on-time rates of the periods whose deadline has passed; None where there is none."""
        rates = [
            (totals.short, totals.on_time_rate)
            for totals in self.trend
            if totals.is_due(self.today) and totals.on_time_rate is not None
        ]
        return trend_line(rates) if rates else None

    @property
    def timeline(self):
        plan = self.period.plan
        return timeline(self.rows, starts_on=plan.period_start, ends_on=plan.period_end, today=self.as_of)


def build_dashboard(period, periods, *, today, todays_names=False):
    """The state of `period`'s plan on `today`; of a past period (`is_past`) as its report should have shown it.

    Its activities stand as on the day the report was due, by the lines of periods that had ended.

    Args:
        period: ReportingPeriod with its plan loaded.
        periods: all reporting periods of the plan.
        todays_names: read agencies that have ended since under those that carry on for them.

    Eight queries, whatever the number of agencies and activities; one more where an agency has ended.
    """
    plan = period.plan
    duties = load_duties([plan.pk])
    past = is_past(period, periods, today)
    as_of = period.consolidated_due_on if past else today
    until = period.ends_on if past else None
    activities = as_in_force(list(plan.activities.select_related("plan", "indicator")), until or today)
    lines = reported_lines(activities, until=until)
    rows = worst_first(standings_of(activities, duties, lines, today=as_of, until=until))
    if todays_names and duties.successors:
        rows = [_by_todays_names(row, duties, until or today) for row in rows]
    a_period_is_due = past or any(each.agency_due_on < today for each in periods)
    off_track = [row for row in rows if not is_on_track(row, today=as_of, a_period_is_due=a_period_is_due)]
    shown = sorted((p for p in periods if p.starts_on <= period.starts_on), key=lambda p: p.starts_on)[-PERIODS_SHOWN:]
    by_period = submissions_of(shown, duties, today=today)
    differ = any(names_differ(each, duties.successors) for each in by_period.values())
    if todays_names and duties.successors:
        by_period = {each: by_todays_names(rows, duties.successors) for each, rows in by_period.items()}
    trend = tuple(_totals(each, by_period[each]) for each in shown)
    counts = count_by_state(rows)
    alive = len(rows) - counts[State.CANCELLED]
    counted = build_figures(period, activities, lines, REPORTED, duties.successors)
    figures = tuple(figure for figure in counted if figure.target)
    share = year_share(period, today)
    return Dashboard(
        period=period,
        rows=tuple(rows),
        counts=tuple((state, n) for state, n in counts.items() if n),
        activity_count=alive,
        on_track=len(rows) - len(off_track),
        done_on_time=counts[State.DONE],
        done_late=counts[State.LATE_DONE],
        to_handle=tuple(row for row in rows if row.state in TO_HANDLE),
        totals=trend[-1],
        previous=trend[-2] if len(trend) > 1 else None,
        trend=trend,
        tracks=_tracks(shown, by_period),
        agency_count=len(by_period[period]),
        submissions=tuple(by_period[period]),
        figures=tuple(sorted(figures, key=lambda figure: figure.target_percent or 0)),
        behind=sum((figure.target_percent or 0) < share for figure in figures),
        year_share=share,
        unreported=tuple(row for row in off_track if row.state == State.NOT_STARTED and not row.is_invited),
        as_of=as_of,
        is_past=past,
        by_todays_names=todays_names,
        names_differ=differ,
        today=today,
    )


def _by_todays_names(row, duties, day):
    """The activity's standing with the agencies that carry on today for those of the plan."""
    lead, cooperating = (
        duties.names(row.activity, role, day, now=True) for role in (AssignmentRole.LEAD, AssignmentRole.COOPERATING)
    )
    return replace(row, leads=lead, cooperating=cooperating)


def year_share(period, today):
    """How much of the reporting year agencies must have reported by `today`, in percent: 0, 25, 50, 75 or 100.

    A period counts once its deadline has passed: outputs of a running one cannot be behind yet.
    """
    return min(25 * (period.ordinal if period.agency_due_on < today else period.ordinal - 1), 100)


def _totals(period, rows):
    kinds = {kind: sum(row.punctuality == kind for row in rows) for kind in Punctuality}
    statuses = {status: sum(row.status == status for row in rows) for status in Status}
    return PeriodTotals(
        period=period,
        expected=len(rows),
        sent=kinds[Punctuality.ON_TIME] + kinds[Punctuality.LATE],
        on_time=kinds[Punctuality.ON_TIME],
        late=kinds[Punctuality.LATE],
        missing=kinds[Punctuality.MISSING],
        days_overdue=max((row.days_late for row in rows if row.punctuality == Punctuality.MISSING), default=0),
        pending=kinds[Punctuality.PENDING],
        returned=statuses[Status.RETURNED],
        waiting=statuses[Status.SUBMITTED],
        approved=statuses[Status.APPROVED],
    )


def _tracks(periods, by_period):
    """The agencies with the worst record over the shown periods; those with a clean one are left out."""
    of_agency = {period: {row.agency.pk: row for row in rows} for period, rows in by_period.items()}
    tracks = []
    for current in by_period[periods[-1]]:
        rows = tuple(of_agency[period].get(current.agency.pk) for period in periods)
        if current.is_returned or any(
            row and row.punctuality in (Punctuality.MISSING, Punctuality.LATE) for row in rows
        ):
            tracks.append(AgencyTrack(current.agency.short_name, rows, current))
    return tuple(sorted(tracks, key=_record)[:AGENCIES_SHOWN])


def _record(track):
    missing = sum(row is not None and row.punctuality == Punctuality.MISSING for row in track.submissions)
    late = sum(row is not None and row.punctuality == Punctuality.LATE for row in track.submissions)
    return track.current.punctuality != Punctuality.MISSING, -missing, -late, track.agency_name
