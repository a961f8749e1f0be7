"""The calendar of a plan as a page: its periods year by year, who has sent, and what sums them."""

from dataclasses import dataclass

from .consolidating import parts_of
from .locks import Stage, stage_of
from .models import ConsolidatedPeriod, ReportingPeriod
from .obligations import load_duties
from .submissions import Submission, submissions_of


@dataclass(frozen=True)
class PeriodRow:
    """A period on a day: of `expected` agencies `sent` have sent; `own`: how the reader's agencies stand with it."""

    period: ReportingPeriod
    stage: Stage
    expected: int
    sent: int
    own: tuple[Submission, ...]


@dataclass(frozen=True)
class SumRow:
    """A consolidated period and the names of what it sums."""

    period: ConsolidatedPeriod
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Year:
    number: int
    rows: tuple[PeriodRow, ...]
    sums: tuple[SumRow, ...]


def years_of(plan, user, today):
    """The plan's calendar: [Year], in order. At most six queries."""
    periods = list(plan.reporting_periods.select_related("plan").order_by("starts_on"))
    submissions = submissions_of(periods, load_duties([plan]), today=today)
    rows, sums = {}, {}
    for period in periods:
        rows.setdefault(period.year, []).append(_row(period, submissions[period], user, today))
    for consolidated in plan.consolidated_periods.order_by("ends_on", "-starts_on"):
        parts = tuple(period.title for period in parts_of(consolidated, periods))
        sums.setdefault(consolidated.year, []).append(SumRow(consolidated, parts))
    years = sorted({*rows, *sums})
    return [Year(year, tuple(rows.get(year, ())), tuple(sums.get(year, ()))) for year in years]


def _row(period, submissions, user, today):
    own = user.own_agency_ids if user.is_focal_point else ()
    return PeriodRow(
        period=period,
        stage=stage_of(period, today),
        expected=len(submissions),
        sent=sum(row.is_sent for row in submissions),
        own=tuple(row for row in submissions if row.agency.pk in own),
    )
