"""The numbers behind an output: which lines of which agencies' updates make up its sum."""

from dataclasses import dataclass

from django.utils.translation import gettext as _, gettext_lazy

from activities.models import ActivityProgress, Indicator, ReportingPeriod
from agencies.workbook import Column, Kind, Sheet, write_workbook

from .channel_rows import ChannelRows
from .counting import that_count
from .dashboard.proofs import pieces_on

PERIOD, YEAR = "period", "year"
COLUMNS = (
    Column("plan", gettext_lazy("Plan")),
    Column("number", gettext_lazy("No.")),
    Column("activity", gettext_lazy("Activity"), width=50),
    Column("agency", gettext_lazy("Agency"), width=36),
    Column("period", gettext_lazy("Reporting period")),
    Column("value", gettext_lazy("Quantity"), Kind.WHOLE),
    Column("evidence", gettext_lazy("Pieces of evidence"), Kind.WHOLE),
)


@dataclass(frozen=True)
class OutputLines:
    """The numbers of `indicator` that count, largest first: each a `counting.Count`.

    `inside`: PERIOD, YEAR (up to the period), or the key of another period. `of_period` and `of_year`: the sums beside.
    """

    indicator: Indicator
    inside: str
    rows: tuple
    of_period: int | None
    of_year: int | None
    other: ReportingPeriod | None = None

    @property
    def total(self):
        return sum(row.value for row in self.rows) if self.rows else None


@dataclass(frozen=True)
class OutputLine:
    """A number with the line it stands in; `evidence`: how many pieces are on the line."""

    line: ActivityProgress
    value: int

    @property
    def evidence(self):
        return self.line.pieces


def build_output_lines(
    period, periods, code, *, today, plans=None, known_on=None, inside=PERIOD, channel="", agency=None
):
    """The numbers of the indicator `code` that the overview and the channels sum; None where it is not known.

    Args: as `build_channels`;
        inside: PERIOD, YEAR, the key of an earlier period of the year, or of a stock of the last one of the year
            before; anything else is PERIOD.
        channel: code of the channel they belong to; empty for any.
        agency: key of the agency that gave them; None for all.
    """
    indicator = Indicator.objects.in_bulk().get(code)
    if indicator is None:
        return None
    source = ChannelRows(period, periods, today, plans, known_on)
    inside, other, keys = _span(source, inside, indicator.is_stock)
    of_year = source.values(code, channel)
    of_last = [row for row in of_year if row.period in source.steps[-1][1]]
    spanned = of_year if keys is None else [row for row in of_year if row.period in keys]
    if other and other == source.before:
        spanned = source.values_before(code, channel)
    spanned, of_year, of_last = (
        [row for row in rows if agency in (None, row.agency)] for rows in (spanned, of_year, of_last)
    )
    rows = that_count(spanned, indicator.is_stock, source.duties.successors)
    return OutputLines(
        indicator=indicator,
        inside=inside,
        rows=tuple(sorted(rows, key=lambda row: (-row.value, row.day, row.line))),
        of_period=source.total(of_last, indicator.is_stock),
        of_year=source.total(of_year, indicator.is_stock),
        other=other,
    )


def _span(source, inside, is_stock):
    """(the span, the period where it is none of PERIOD and YEAR, the keys of the periods in it; None for all)."""
    if inside == YEAR:
        return YEAR, None, None
    for period, keys in source.steps[:-1]:
        if str(period.pk) == inside:
            return inside, period, keys
    if is_stock and source.before and str(source.before.pk) == inside:
        return inside, source.before, frozenset()
    return PERIOD, None, source.steps[-1][1]


def with_words(rows, lines, known_on=None):
    """`rows` (`counting.Count`) as OutputLines' lines to print, read from `lines` (a queryset)."""
    lines = lines.select_related("activity__plan", "update__agency", "update__period")
    found = (
        lines.annotate(pieces=pieces_on(known_on))
        .only(
            "activity__number",
            "activity__title",
            "activity__plan__number",
            "activity__plan__title",
            "update__agency__name",
            "update__period__label",
            "update__period__kind",
            "update__period__year",
            "update__period__ordinal",
        )
        .in_bulk({row.line for row in rows})
    )
    return [OutputLine(found[row.line], row.value) for row in rows]


def output_lines_workbook(found, lines, *, notes):
    """`found` (OutputLines), its `lines` in words, as bytes; the last row is their sum."""
    rows = [
        {
            "plan": str(each.line.activity.plan),
            "number": each.line.activity.number,
            "activity": each.line.activity.title,
            "agency": each.line.update.agency.name,
            "period": each.line.update.period.title,
            "value": each.value,
            "evidence": each.evidence,
        }
        for each in lines
    ]
    total = {"agency": _("Total"), "value": found.total}
    return write_workbook([Sheet(str(found.indicator), COLUMNS, [*rows, total], notes)])
