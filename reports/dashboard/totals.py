"""How the duties of periods stand together, and the agencies with the worst record."""

from dataclasses import dataclass

from activities.models import PeriodKind, ReportingPeriod, Status
from activities.models.period import ROMAN
from activities.rates import Rates, rates_of
from activities.submissions import Punctuality, Submission
from activities.windows import MONTHS

AGENCIES_SHOWN = 8


@dataclass(frozen=True)
class PeriodTotals:
    """How the duties of a period stand: of its plan's agencies, or with those of the periods that go with it.

    `days_overdue`: since the deadline, where an agency is missing.
    """

    period: ReportingPeriod
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
        """The agencies' deadline has passed, so the rate is final but for late ones."""
        return self.period.agency_due_on < today


def totals_of(period, rows):
    """The totals of `rows` (Submissions), headed by `period`."""
    return PeriodTotals(
        period=period,
        rates=rates_of(rows),
        days_overdue=max((row.days_late for row in rows if row.punctuality == Punctuality.MISSING), default=0),
        pending=sum(row.punctuality == Punctuality.PENDING for row in rows),
        returned=sum(row.status == Status.RETURNED for row in rows),
        waiting=sum(row.status == Status.SUBMITTED for row in rows),
    )


def year_share(period, today):
    """How much of the reporting year agencies must have reported by `today`, in whole percent.

    A period counts once its deadline has passed: outputs of a running one cannot be behind yet. Where periods have
    the plan's own dates, the share of the plan's days.
    """
    is_due = period.agency_due_on < today
    if period.kind in MONTHS:
        months = MONTHS[period.kind] * (period.ordinal if is_due else period.ordinal - 1)
        return min(round(100 * months / 12), 100)
    first, last = period.plan.period_start, period.plan.period_end
    passed = (period.ends_on - first).days + 1 if is_due else (period.starts_on - first).days
    return max(min(round(100 * passed / ((last - first).days + 1)), 100), 0)


@dataclass(frozen=True)
class AgencyTrack:
    """One agency over the last periods, oldest first; None where it was not obliged."""

    agency_name: str
    submissions: tuple[Submission | None, ...]
    current: Submission


def tracks_of(periods, by_period):
    """The agencies with the worst record over `periods`; those with a clean one are left out.

    `by_period`: {period: [Submission], worst first}; an agency that owes several stands there by its worst.
    """
    of_agency = {period: {row.agency.pk: row for row in reversed(by_period[period])} for period in periods}
    tracks = []
    for key, current in of_agency[periods[-1]].items():
        rows = tuple(of_agency[period].get(key) for period in periods)
        if current.is_returned or any(
            row and row.punctuality in (Punctuality.MISSING, Punctuality.LATE) for row in rows
        ):
            tracks.append(AgencyTrack(current.agency.short_name, rows, current))
    return tuple(sorted(tracks, key=_record)[:AGENCIES_SHOWN])


def _record(track):
    missing = sum(row is not None and row.punctuality == Punctuality.MISSING for row in track.submissions)
    late = sum(row is not None and row.punctuality == Punctuality.LATE for row in track.submissions)
    return track.current.punctuality != Punctuality.MISSING, -missing, -late, track.agency_name
