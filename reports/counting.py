"""Output counts by indicator over a span: of one plan or several, of all agencies or one. DOMAIN.md 5.3.

A flow (articles, people attending) is summed over periods, plans and agencies. A stock (followers) is never summed
over time: each agency's last value counts, once, in however many plans it is stated.
"""

from collections import defaultdict
from typing import NamedTuple

from django.db.models import F

from activities.models import Indicator, OutputCount, QuarterlyUpdate
from activities.progress import total
from activities.readings import keys_then

from .figures import Figure


class Count(NamedTuple):
    """What an agency counted for a period that ended on `day`: the update that says so, its line and the activity."""

    day: object
    agency: int
    value: int
    period: int
    update: int
    line: int
    activity: int


def build_figures(
    periods,
    until,
    activities,
    lines,
    successors,
    *,
    year,
    statuses,
    known_on=None,
    agencies=None,
    without_target=(),
):
    """(Figures in catalogue order, {indicator: keys of the updates it was counted from in `periods`}). Two queries.

    Args:
        periods: the reporting periods that are counted together, of one plan or several.
        until: the plans by their keys, each with the day up to which its periods of `year` count as cumulative.
        lines: the activities' reported lines (`reported_lines`, `said_lines`) of the updates in `statuses`.
        successors: who carries on for agencies that have ended (`Duties.successors`).
        known_on: count only what had been sent by the end of this day (default: all).
        agencies: keys of those whose counts alone are taken; None for all.
        without_target: keys of activities whose targets do not count.
    """
    targets = _targets([activity for activity in activities if activity.pk not in without_target])
    counts = counts_of(until, activities, lines, year=year, statuses=statuses, known_on=known_on, agencies=agencies)
    within = {period.pk for period in periods}
    in_span = {code: [row for row in rows if row.period in within] for code, rows in counts.items()}
    figures = tuple(
        _figure(indicator, names, in_span.get(indicator.pk, []), counts.get(indicator.pk, []), targets, successors)
        for indicator, names in indicators_of({*targets, *counts})
    )
    return figures, {code: tuple(sorted({row.update for row in rows})) for code, rows in in_span.items()}


def _figure(indicator, channels, in_span, in_year, targets, successors):
    return Figure(
        code=indicator.code,
        name=indicator.name,
        name_en=indicator.name_en,
        unit=indicator.unit,
        unit_en=indicator.unit_en,
        channel=", ".join(channels),
        is_stock=indicator.is_stock,
        in_period=sum_of(in_span, indicator.is_stock, successors),
        cumulative=sum_of(in_year, indicator.is_stock, successors),
        target=_target(targets.get(indicator.pk), indicator.is_stock),
    )


def indicators_of(codes):
    """(Indicator, names of its channels) in catalogue order, in one query."""
    found = {}
    rows = Indicator.objects.filter(pk__in=codes).annotate(channel_name=F("channels__name"))
    for indicator in rows.order_by("position", "channels__position"):
        found.setdefault(indicator, []).append(indicator.channel_name)
    return [(indicator, [name for name in names if name]) for indicator, names in found.items()]


def that_count(counts, is_stock, successors):
    """Those of `counts` (in order of time) that are summed: all of a flow, of a stock each agency's last one."""
    if not is_stock:
        return list(counts)
    last = {row.agency: row for row in counts}
    over = successors.superseded({agency: row.day for agency, row in last.items()})
    return [row for agency, row in last.items() if agency not in over]


def sum_of(counts, is_stock, successors):
    """The counts (in order of time) as one number; None of no counts."""
    return total([(row.day, row.agency, row.value) for row in counts], is_stock, successors)


def _targets(activities):
    """{indicator: targets, one a plan, summed over its activities}."""
    of_plan = defaultdict(lambda: defaultdict(int))
    for activity in activities:
        if activity.indicator_id and activity.target_quantity and not activity.cancelled_on:
            of_plan[activity.indicator_id][activity.plan_id] += activity.target_quantity
    return {code: tuple(sums.values()) for code, sums in of_plan.items()}


def target_of(activities, is_stock):
    """The target of one indicator from its activities, of one plan or several; None where none has one."""
    [sums] = _targets(activities).values() or [()]
    return _target(sums, is_stock)


def _target(sums, is_stock):
    """The target of an indicator from those of the plans; None where no plan has one."""
    if not sums:
        return None
    return max(sums) if is_stock else sum(sums)


def counts_of(until, activities, lines, *, year, statuses, known_on=None, agencies=None):
    """{indicator: [Count]} of the year up to the days in `until`, in order of time. One query. Args: `build_figures`.

    Of a stock stated twice on one day (two activities of an agency) the larger comes last, and counts.
    """
    counts = defaultdict(list)
    for code, plan, *row in _counted(until, year, statuses, known_on, agencies):
        count = Count(*row)
        if count.day <= until[plan]:
            counts[code].append(count)
    counts_in = {each.pk: (each.indicator_id, until[each.plan_id]) for each in activities if each.indicator_id}
    for line in lines:
        if line.activity_id not in counts_in or line.quantity_done is None:
            continue
        update, period = line.update, line.update.period
        code, last = counts_in[line.activity_id]
        if period.year == year and period.ends_on <= last:
            counts[code].append(
                Count(
                    period.ends_on,
                    update.agency_id,
                    line.quantity_done,
                    period.pk,
                    update.pk,
                    line.pk,
                    line.activity_id,
                )
            )
    return {code: sorted(rows) for code, rows in counts.items()}


def _counted(until, year, statuses, known_on, agencies):
    """What agencies counted beside the activities: (indicator, plan, *Count). One query."""
    if not until:
        return []
    found = OutputCount.objects.filter(
        progress__update__nothing_to_report=False,
        progress__update__period__plan__in=list(until),
        progress__update__period__year=year,
        progress__update__period__ends_on__lte=max(until.values()),
        value__isnull=False,
    )
    if known_on:
        written = QuarterlyUpdate.objects.filter(period__plan__in=list(until))
        found = found.filter(progress__update__in=keys_then(written, known_on, statuses))
    else:
        found = found.filter(progress__update__status__in=statuses)
    if agencies is not None:
        found = found.filter(progress__update__agency__in=agencies)
    found = found.order_by()  # they are put in order of time
    update, period = "progress__update", "progress__update__period"
    return found.values_list(
        "indicator",
        f"{period}__plan",
        f"{period}__ends_on",
        f"{update}__agency",
        "value",
        period,
        update,
        "progress",
        "progress__activity",
    )
