"""Output counts of a plan by indicator: in a period, cumulative in the reporting year, against the target."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import F
from django.utils.translation import get_language

from activities.models import Indicator, OutputCount
from activities.progress import total
from activities.shares import share
from agencies.successions import NONE


@dataclass(frozen=True)
class Figure:
    """One indicator. Counts are whole numbers in `unit`; None means nobody counted it, which is not 0.

    A flow's `cumulative` is the sum of the year's periods, a stock's the last value of each agency. Documents print
    the Vietnamese `name` and `unit`, a screen `label` and `unit_label`, in its reader's language.
    """

    code: str
    name: str
    name_en: str
    unit: str
    unit_en: str
    channel: str
    is_stock: bool
    in_period: int | None
    cumulative: int | None
    target: int | None

    @property
    def target_percent(self):
        """Share of the target reached, may exceed 100; None without target or count."""
        return share(self.cumulative, self.target)

    @property
    def label(self):
        return self.name_en if get_language() == "en" else self.name

    @property
    def unit_label(self):
        return self.unit_en if get_language() == "en" else self.unit


def build_figures(period, activities, lines, statuses, successors=NONE):
    """The plan's figures for `period`: indicators that were counted or have a target, in catalogue order.

    Args:
        activities: all activities of the plan.
        lines: their reported lines (`reported_lines`) of the updates in `statuses`.
        successors: who carries on for agencies that have ended (`Duties.successors`).

    Two queries.
    """
    targets = defaultdict(int)
    for activity in activities:
        if activity.indicator_id and activity.target_quantity and not activity.cancelled_on:
            targets[activity.indicator_id] += activity.target_quantity
    values = _values_by_indicator(period, activities, lines, statuses)
    return tuple(
        _figure(indicator, channels, values.get(indicator.pk, []), targets.get(indicator.pk), period, successors)
        for indicator, channels in _indicators({*targets, *values})
    )


def _indicators(codes):
    """(Indicator, names of its channels) in catalogue order, in one query."""
    found = {}
    rows = Indicator.objects.filter(pk__in=codes).annotate(channel_name=F("channels__name"))
    for indicator in rows.order_by("position", "channels__position"):
        found.setdefault(indicator, []).append(indicator.channel_name)
    return [(indicator, [name for name in names if name]) for indicator, names in found.items()]


def _values_by_indicator(period, activities, lines, statuses):
    """{indicator: [(ends_on, agency_id, value)]} of the reporting year up to `period`, in order of time."""
    values = defaultdict(list)
    counted = OutputCount.objects.filter(
        progress__update__status__in=statuses,
        progress__update__nothing_to_report=False,
        progress__update__period__plan=period.plan_id,
        progress__update__period__year=period.year,
        progress__update__period__ends_on__lte=period.ends_on,
        value__isnull=False,
    )
    for code, *row in counted.values_list(
        "indicator", "progress__update__period__ends_on", "progress__update__agency", "value"
    ):
        values[code].append(tuple(row))
    counts_target = {activity.pk: activity.indicator_id for activity in activities if activity.indicator_id}
    for line in lines:
        when = line.update.period
        if line.activity_id in counts_target and line.quantity_done is not None:
            if when.year == period.year and when.ends_on <= period.ends_on:
                row = (when.ends_on, line.update.agency_id, line.quantity_done)
                values[counts_target[line.activity_id]].append(row)
    return {code: sorted(rows) for code, rows in values.items()}


def _figure(indicator, channels, values, target, period, successors):
    return Figure(
        code=indicator.code,
        name=indicator.name,
        name_en=indicator.name_en,
        unit=indicator.unit,
        unit_en=indicator.unit_en,
        channel=", ".join(channels),
        is_stock=indicator.is_stock,
        in_period=total([row for row in values if row[0] == period.ends_on], indicator.is_stock, successors),
        cumulative=total(values, indicator.is_stock, successors),
        target=target,
    )
