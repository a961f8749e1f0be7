"""Output counts of a plan by indicator: in a period, cumulative in the reporting year, against the target."""

from collections import defaultdict
from dataclasses import dataclass

from activities.models import Activity, ActivityProgress, Indicator, OutputCount


@dataclass(frozen=True)
class Figure:
    """One indicator. Counts are whole numbers in `unit`; None means nobody counted it, which is not 0.

    A flow's `cumulative` is the sum of the year's periods, a stock's the last value of each agency.
    """

    code: str
    name: str
    unit: str
    channel: str
    is_stock: bool
    in_period: int | None
    cumulative: int | None
    target: int | None

    @property
    def target_percent(self):
        """Share of the target reached, one decimal, may exceed 100; None without target or count."""
        if not self.target or self.cumulative is None:
            return None
        return round(100 * self.cumulative / self.target, 1)


def build_figures(period, statuses):
    """The plan's figures for `period`: indicators that were counted or have a target, in catalogue order.

    Args:
        statuses: the updates that count.

    Names and units are the catalogue's Vietnamese ones: these are figures of documents. Five queries.
    """
    targets = defaultdict(int)
    for code, target in Activity.objects.filter(
        plan=period.plan_id, indicator__isnull=False, target_quantity__isnull=False, cancelled_on__isnull=True
    ).values_list("indicator", "target_quantity"):
        targets[code] += target
    values = _values_by_indicator(period, statuses)
    indicators = Indicator.objects.filter(pk__in={*targets, *values}).prefetch_related("channels")
    return tuple(
        _figure(indicator, values.get(indicator.pk, []), targets.get(indicator.pk), period) for indicator in indicators
    )


def _values_by_indicator(period, statuses):
    """{indicator: [(ends_on, agency_id, value)]} of the reporting year up to `period`, in order of time."""
    in_year = {
        "update__status__in": statuses,
        "update__period__plan": period.plan_id,
        "update__period__year": period.year,
        "update__period__ends_on__lte": period.ends_on,
    }
    values = defaultdict(list)
    counted = OutputCount.objects.filter(**{f"progress__{path}": value for path, value in in_year.items()})
    for code, *row in counted.values_list(
        "indicator", "progress__update__period__ends_on", "progress__update__agency", "value"
    ):
        values[code].append(tuple(row))
    targeted = ActivityProgress.objects.filter(
        activity__indicator__isnull=False, quantity_done__isnull=False, **in_year
    )
    for code, *row in targeted.values_list(
        "activity__indicator", "update__period__ends_on", "update__agency", "quantity_done"
    ):
        values[code].append(tuple(row))
    return {code: sorted(rows) for code, rows in values.items()}


def _figure(indicator, values, target, period):
    return Figure(
        code=indicator.code,
        name=indicator.name,
        unit=indicator.unit,
        channel=", ".join(channel.name for channel in indicator.channels.all()),
        is_stock=indicator.is_stock,
        in_period=total([row for row in values if row[0] == period.ends_on], indicator.is_stock),
        cumulative=total(values, indicator.is_stock),
        target=target,
    )


def total(values, is_stock):
    """The sum of (day, agency, value) rows in order of time; of a stock each agency's last one; None of no rows."""
    if not values:
        return None
    if is_stock:
        return sum({agency: value for _day, agency, value in values}.values())
    return sum(value for _day, _agency, value in values)
