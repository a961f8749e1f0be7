"""A longer period, read from the plan's reporting periods within it: what agencies sent is summed, not typed again.

Only approved updates count. Flows (articles, people) are summed; of a stock (followers) each agency's last value is
taken. Source: DOMAIN.md 5.3.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import get_language, gettext as _

from agencies.workbook import Column, Kind, Sheet, given_out, write_workbook

from .models import Activity, ConsolidatedPeriod, Indicator, OutputCount, ReportingPeriod, Status
from .obligations import load_duties
from .progress import APPROVED_ONLY, reported_lines, total
from .shares import share
from .submissions import submissions_of
from .versions import as_in_force


@dataclass(frozen=True)
class Part:
    """A reporting period within, and how complete it is: of `expected` agencies `sent` have sent, `approved` count."""

    period: ReportingPeriod
    expected: int
    sent: int
    approved: int

    @property
    def is_complete(self):
        return self.approved == self.expected


@dataclass(frozen=True)
class Sum:
    """A line: what was counted in each part (`cells`: its title, the number) and altogether, in `unit`.

    None means nobody counted, which is not 0.
    """

    code: str
    label: str
    url: str
    unit: str
    is_stock: bool
    cells: tuple[tuple[str, int | None], ...]
    total: int | None
    target: int | None = None

    @property
    def rule(self):
        """How the total comes about, in words."""
        return _("last value of each agency") if self.is_stock else _("sum of the periods")

    @property
    def target_percent(self):
        """Share of the target reached, may exceed 100; None without target or count."""
        return share(self.total, self.target)


@dataclass(frozen=True)
class Consolidation:
    """A consolidated period with all its figures."""

    period: ConsolidatedPeriod
    parts: tuple[Part, ...]
    figures: tuple[Sum, ...]
    targets: tuple[Sum, ...]

    @property
    def incomplete(self):
        return [part for part in self.parts if not part.is_complete]

    @property
    def is_covered(self):
        """Its parts make up the whole of it; not so where one was before the plan's time, or was taken out."""
        days = sum((part.period.ends_on - part.period.starts_on).days + 1 for part in self.parts)
        return days == (self.period.ends_on - self.period.starts_on).days + 1


def parts_of(consolidated, periods):
    """Those of `periods` that lie within, in order."""
    inside = [
        period
        for period in periods
        if consolidated.starts_on <= period.starts_on and period.ends_on <= consolidated.ends_on
    ]
    return sorted(inside, key=lambda period: period.starts_on)


def build_consolidation(consolidated, *, today):
    """The figures of `consolidated` (its plan selected with it). At most ten queries."""
    plan = consolidated.plan
    periods = parts_of(consolidated, plan.reporting_periods.select_related("plan"))
    duties = load_duties([plan])
    activities = Activity.objects.filter(plan=plan).select_related("plan", "indicator")
    in_force = as_in_force(list(activities), min(consolidated.ends_on, today))
    within = {period.pk for period in periods}
    lines = [line for line in reported_lines(in_force, statuses=APPROVED_ONLY) if line.update.period_id in within]
    return Consolidation(
        period=consolidated,
        parts=tuple(_part(period, rows) for period, rows in submissions_of(periods, duties, today=today).items()),
        figures=tuple(_figures(periods, in_force, lines, duties.successors)),
        targets=tuple(_targets(periods, in_force, lines, duties.successors)),
    )


def _part(period, rows):
    return Part(
        period=period,
        expected=len(rows),
        sent=sum(row.is_sent for row in rows),
        approved=sum(row.status == Status.APPROVED for row in rows),
    )


def _figures(periods, activities, lines, successors):
    """Indicators that were counted, or that an activity's target is counted in, in catalogue order."""
    values = _values_by_indicator(periods, activities, lines)
    in_english = get_language() == "en"
    for indicator in Indicator.objects.filter(pk__in=values).order_by("position"):
        rows = values[indicator.pk]
        yield Sum(
            code=indicator.code,
            label=indicator.name_en if in_english else indicator.name,
            url="",
            unit=indicator.unit_en if in_english else indicator.unit,
            is_stock=indicator.is_stock,
            **_summed(rows, periods, indicator.is_stock, successors),
        )


def _values_by_indicator(periods, activities, lines):
    """{indicator: [(ends_on, agency_id, value)]}, in order of time.

    Of a stock stated twice on one day (two activities of an agency) the larger comes last, and counts.
    """
    values = defaultdict(list)
    counted = OutputCount.objects.filter(
        progress__update__status=Status.APPROVED,
        progress__update__nothing_to_report=False,
        progress__update__period__in=periods,
        value__isnull=False,
    )
    for code, *row in counted.values_list(
        "indicator", "progress__update__period__ends_on", "progress__update__agency", "value"
    ):
        values[code].append(tuple(row))
    indicator_of = {activity.pk: activity.indicator_id for activity in activities if activity.indicator_id}
    for line in lines:
        if line.activity_id in indicator_of and line.quantity_done is not None:
            values[indicator_of[line.activity_id]].append(_row(line))
    return {code: sorted(rows) for code, rows in values.items()}


def _targets(periods, activities, lines, successors):
    """Activities with a target, in the plan's order."""
    rows = defaultdict(list)
    for line in lines:
        if line.quantity_done is not None:
            rows[line.activity_id].append(_row(line))
    for activity in sorted(activities, key=lambda each: each.position):
        if activity.target_quantity and (rows[activity.pk] or not activity.cancelled_on):
            yield Sum(
                code=activity.number,
                label=activity.title,
                url=activity.get_absolute_url(),
                unit=activity.target_unit,
                is_stock=activity.counts_as_stock,
                target=activity.target_quantity,
                **_summed(sorted(rows[activity.pk]), periods, activity.counts_as_stock, successors),
            )


def _row(line):
    return line.update.period.ends_on, line.update.agency_id, line.quantity_done


def _summed(rows, periods, is_stock, successors):
    in_each = [(period, [row for row in rows if row[0] == period.ends_on]) for period in periods]
    return {
        "cells": tuple((period.title, total(each, is_stock, successors)) for period, each in in_each),
        "total": total(rows, is_stock, successors),
    }


# As a workbook


def consolidation_workbook(found, *, at):
    """The figures of a Consolidation, indicators and targets each on a sheet, and what they are made of."""
    notes = [
        f"{found.period.title}, {found.period.plan}",
        _("Summed from approved updates."),
        *(map(_part_words, found.parts)),
        given_out(timezone.localtime(at)),
    ]
    return write_workbook(
        [
            _sheet(_("Counts by indicator"), found.figures, found.parts, notes=notes),
            _sheet(_("Targets of the activities"), found.targets, found.parts, has_target=True),
        ]
    )


def _part_words(part):
    facts = {"period": part.period.title, "sent": part.sent, "approved": part.approved, "expected": part.expected}
    return _("%(period)s: %(sent)s of %(expected)s sent, %(approved)s approved") % facts


def _sheet(title, sums, parts, *, notes=(), has_target=False):
    columns = [
        *([Column("code", _("Number"), width=10)] if has_target else []),
        Column("label", _("Activity") if has_target else _("Indicator"), width=60),
        Column("unit", _("Unit"), width=16),
        *(Column(f"part{place}", part.period.title, Kind.WHOLE) for place, part in enumerate(parts)),
        Column("total", _("Total"), Kind.WHOLE),
        *([Column("target", _("Target"), Kind.WHOLE)] if has_target else []),
        Column("rule", _("How the total comes about"), width=30),
    ]
    return Sheet(title, columns, map(_row_of, sums), notes, {})


def _row_of(row):
    cells = {f"part{place}": value for place, (_title, value) in enumerate(row.cells)}
    facts = {name: getattr(row, name) for name in ("code", "label", "unit", "total", "target", "rule")}
    return facts | cells
