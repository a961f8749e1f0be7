"""The span of time a report is on: one reporting period, or the reporting periods a longer one is made of."""

from dataclasses import dataclass, replace
from datetime import date

from activities.consolidating import parts_of
from activities.models import PeriodKind, ReportingPeriod


@dataclass(frozen=True)
class Span:
    """From `starts_on` to `ends_on` (the data cut-off), in `year`; `label` as printed.

    `due_on`: the report itself is due; `agency_due_on`: the last of the agencies' updates it sums is. `periods` are
    the reporting periods within, of one plan or of several, in order of time.
    """

    kind: PeriodKind
    year: int
    ordinal: int
    label: str
    starts_on: date
    ends_on: date
    due_on: date
    agency_due_on: date
    periods: tuple[ReportingPeriod, ...]

    @property
    def is_summed(self):
        """It is made of several reporting periods, or of none at all: nobody reports for it as such."""
        return len({(period.starts_on, period.ends_on) for period in self.periods}) != 1

    @property
    def labels(self):
        """The labels of its reporting periods, each once, in order of time."""
        return tuple(dict.fromkeys(period.label for period in self.periods))


def span_of(window):
    """The span of a ReportingPeriod, or of a ConsolidatedPeriod (one query) with the reporting periods within it."""
    if isinstance(window, ReportingPeriod):
        return _span(window, [window])
    return _span(window, parts_of(window, window.plan.reporting_periods.select_related("plan")))


def span_of_report(report, plans=()):
    """The span of a Report row, in one query at most; that of all plans is made of the periods of `plans`.

    Its dates are those the report was born with, whatever became of the period since.
    """
    born = {
        "label": report.label,
        "starts_on": report.starts_on,
        "ends_on": report.ends_on,
        "due_on": report.due_on,
        "kind": PeriodKind(report.span),
        "year": report.year,
    }
    window = report.period or report.consolidated
    if window:
        return replace(span_of(window), **born)
    periods = periods_within(plans, report.starts_on, report.ends_on)
    ordinal = ordinal_of(report.span, report.ends_on)
    return Span(**born, ordinal=ordinal, agency_due_on=_last_due(periods, report.due_on), periods=tuple(periods))


def periods_within(plans, starts_on, ends_on):
    """The reporting periods of `plans` that end between the two days: each counts in exactly one of adjoining spans."""
    periods = ReportingPeriod.objects.filter(plan__in=plans, ends_on__gte=starts_on, ends_on__lte=ends_on)
    return list(periods.select_related("plan").order_by("ends_on", "starts_on", "plan"))


def ordinal_of(kind, ends_on):
    """The number in its year of a span of `kind` that ends on that day: the half-year to 14 June is the first."""
    month = ends_on.month
    return {PeriodKind.MONTH: month, PeriodKind.QUARTER: (month + 2) // 3, PeriodKind.HALF_YEAR: (month + 5) // 6}.get(
        kind, 1
    )


def _span(window, periods):
    return Span(
        kind=PeriodKind(window.kind),
        year=window.year,
        ordinal=window.ordinal,
        label=window.label,
        starts_on=window.starts_on,
        ends_on=window.ends_on,
        due_on=window.consolidated_due_on,
        agency_due_on=_last_due(periods, window.consolidated_due_on),
        periods=tuple(periods),
    )


def _last_due(periods, otherwise):
    return max((period.agency_due_on for period in periods), default=otherwise)
