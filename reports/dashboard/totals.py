"""How the duties of periods stand together, and the agencies with the worst record."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from activities.models import PeriodKind, ReportingPeriod, Status
from activities.models.period import ROMAN
from activities.rates import Rates, rates_of
from activities.submissions import Punctuality, Submission
from activities.windows import MONTHS

AGENCIES_SHOWN = 8


@dataclass(frozen=True)
class PeriodTotals:
    """How the duties of a period stand: of its plan's agencies, or with those of the periods that go with it.

    `due_on`: the last of the agencies' deadlines. `days_overdue`: since the deadline, where an agency is missing.
    """

    period: ReportingPeriod
    due_on: date
    rates: Rates
    days_overdue: int
    pending: int
    returned: int
    waiting: int

    @property
    def expected(self):
        return self.rates.expected

    @property
    def sent(self):
        return self.rates.received

    @property
    def on_time(self):
        return self.rates.on_time

    @property
    def late(self):
        return self.rates.late

    @property
    def missing(self):
        return self.rates.missing

    @property
    def approved(self):
        return self.rates.approved

    @property
    def not_sent(self):
        return self.rates.outstanding

    @property
    def on_time_rate(self):
        """Percent of those expected, one decimal; None where nothing was."""
        return self.rates.timeliness

    @property
    def sent_rate(self):
        return self.rates.completeness

    @property
    def numeral(self):
        """'III', for the head of a narrow column."""
        return ROMAN[self.period.ordinal] if self.period.kind == PeriodKind.QUARTER else str(self.period.ordinal)

    @property
    def short(self):
        """'III/2026', under a point of a chart."""
        return f"{self.numeral}/{self.period.year}"

    def is_due(self, today):
        """The agencies' deadlines have all passed, so the rate is final but for late ones."""
        return self.due_on < today


def totals_of(period, rows):
    """The totals of `rows` (Submissions), headed by `period`."""
    return PeriodTotals(
        period=period,
        due_on=max((row.period.agency_due_on for row in rows if not row.is_invited), default=period.agency_due_on),
        rates=rates_of(rows),
        days_overdue=max((row.days_late for row in rows if row.punctuality == Punctuality.MISSING), default=0),
        pending=sum(row.punctuality == Punctuality.PENDING for row in rows),
        returned=sum(row.status == Status.RETURNED for row in rows),
        waiting=sum(row.status == Status.SUBMITTED for row in rows),
    )


def year_share(period, today, periods=()):
    """How much of the reporting year up to `period` agencies must have reported by `today`, in whole percent.

    A period counts once its deadline has passed: outputs of a running one cannot be behind yet. Where periods have
    the plan's own dates, the share of the plan's days.

    Args:
        periods: those of the plan; on an earlier day one before `period` may not have been due either.
    """
    before = [each for each in periods if (each.kind, each.year) == (period.kind, period.year)]
    before = [each for each in before if each.starts_on < period.starts_on]
    coming = [each for each in (*before, period) if each.agency_due_on >= today]
    next_due = min(coming, key=lambda each: each.starts_on, default=None)
    if period.kind in MONTHS:
        months = MONTHS[period.kind] * (next_due.ordinal - 1 if next_due else period.ordinal)
        return min(round(100 * months / 12), 100)
    first, last = period.plan.period_start, period.plan.period_end
    passed = (next_due.starts_on - first).days if next_due else (period.ends_on - first).days + 1
    return max(min(round(100 * passed / ((last - first).days + 1)), 100), 0)


@dataclass(frozen=True)
class AgencyTrack:
    """One agency over the last periods, oldest first; None where it was not obliged.

    `owed`: how many updates it owed in each, one for each plan it leads something in.
    """

    agency_name: str
    submissions: tuple[Submission | None, ...]
    current: Submission
    owed: tuple[int, ...] = ()


def tracks_of(periods, by_period):
    """The agencies with the worst record over `periods`; those with a clean one are left out.

    `by_period`: {period: [Submission], worst first}; an agency that owes several stands there by its worst.
    """
    of_agency = {period: {row.agency.pk: row for row in reversed(by_period[period])} for period in periods}
    owed = {period: Counter(row.agency.pk for row in by_period[period]) for period in periods}
    tracks = []
    for key, current in of_agency[periods[-1]].items():
        rows = tuple(of_agency[period].get(key) for period in periods)
        if current.is_returned or any(
            row and row.punctuality in (Punctuality.MISSING, Punctuality.LATE) for row in rows
        ):
            owing = tuple(owed[period][key] for period in periods)
            tracks.append(AgencyTrack(current.agency.short_name, rows, current, owing))
    return tuple(sorted(tracks, key=_record)[:AGENCIES_SHOWN])


def _record(track):
    missing = sum(row is not None and row.punctuality == Punctuality.MISSING for row in track.submissions)
    late = sum(row is not None and row.punctuality == Punctuality.LATE for row in track.submissions)
    return track.current.punctuality != Punctuality.MISSING, -missing, -late, track.agency_name
