"""An update as a sheet to fill in or to read: every activity with its line, last period's, and the running totals."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import F

from .completeness import activities_of, missing_fields
from .evidence import KEPT_EVIDENCE
from .models import Activity, ActivityProgress, Indicator
from .obligations import load_duties
from .progress import REPORTED, total_quantity


@dataclass(frozen=True)
class CountLine:
    """One indicator of an activity: this period's number, last period's, the year's total before and with this one."""

    indicator: Indicator
    value: int | None
    previous: int | None
    cumulative_before: int | None
    cumulative: int | None


@dataclass(frozen=True)
class SheetRow:
    """One activity of an update; `missing` are (field, sentence) pairs that still keep it from being sent."""

    activity: Activity
    progress: ActivityProgress | None
    previous: ActivityProgress | None
    quantity_before: int | None
    quantity_total: int | None
    counts: tuple[CountLine, ...]
    evidence: tuple
    target_is_shared: bool
    missing: tuple[tuple[str, str], ...]

    @property
    def shown_counts(self):
        """The indicators counted now or in the period before."""
        return tuple(line for line in self.counts if line.value is not None or line.previous is not None)

    @property
    def is_complete(self):
        return not self.missing


def build_sheet(update):
    """The rows of `update` (with period__plan and agency loaded), in the plan's order. Seven queries."""
    duties = load_duties([update.period.plan_id])
    activities = activities_of(update, duties)
    indicators = indicators_of(activities)
    mine, before = _lines(update, activities, duties.successors)
    shared = {each.pk for each in activities if len(duties.leads_on(each, update.period.ends_on)) > 1}
    return [
        _row(
            activity,
            mine.get(activity.pk),
            before[activity.pk],
            indicators[activity.pk],
            year=update.period.year,
            is_shared=activity.pk in shared,
            successors=duties.successors,
        )
        for activity in activities
    ]


def indicators_of(activities):
    """What may be counted for each activity: its channels' indicators but the one its target already counts."""
    own = {activity.pk: activity.indicator_id for activity in activities}
    found = defaultdict(list)
    rows = Indicator.objects.filter(channels__activities__in=own).annotate(for_activity=F("channels__activities"))
    for indicator in rows.order_by("position"):
        kept = found[indicator.for_activity]
        if indicator.for_activity in own and indicator.pk != own[indicator.for_activity] and indicator not in kept:
            kept.append(indicator)
    return found


def _lines(update, activities, successors):
    """(this update's lines by activity, earlier reported lines by activity, oldest first).

    The earlier ones are the agency's, and those of the agencies it carries on for.
    """
    rows = (
        ActivityProgress.objects.filter(
            activity__in=activities,
            update__agency__in=successors.with_predecessors(update.agency_id),
            update__period__plan=update.period.plan_id,
            update__period__ends_on__lte=update.period.ends_on,
        )
        .select_related("update__period", "activity")
        .prefetch_related("output_counts", KEPT_EVIDENCE)
        .order_by("update__period__ends_on")
    )
    mine, before = {}, defaultdict(list)
    for row in rows:
        if row.update_id == update.pk:
            mine[row.activity_id] = row
        elif row.update.status in REPORTED:
            before[row.activity_id].append(row)
    return mine, before


def _row(activity, progress, earlier, indicators, *, year, is_shared, successors):
    previous = _previous(earlier)
    in_year = [row for row in earlier if row.update.period.year == year]
    counts = tuple(_count(indicator, progress, previous, in_year, successors) for indicator in indicators)
    with_this = [*earlier, *([progress] if progress else [])]
    return SheetRow(
        activity=activity,
        progress=progress,
        previous=previous,
        quantity_before=total_quantity(earlier, activity.counts_as_stock, successors),
        quantity_total=total_quantity(with_this, activity.counts_as_stock, successors),
        counts=counts,
        evidence=tuple(progress.evidence.all()) if progress else (),
        target_is_shared=is_shared,
        missing=tuple(missing_fields(activity, progress)),
    )


def _previous(earlier):
    """The line of the last period; None where several agencies that are one now wrote one each."""
    last = [row for row in earlier if row.update.period_id == earlier[-1].update.period_id]
    return last[0] if len(last) == 1 else None


def _count(indicator, progress, previous, in_year, successors):
    value = _value(progress, indicator)
    before = [(row.update, number) for row in in_year if (number := _value(row, indicator)) is not None]
    with_this = [*before, *([(progress.update, value)] if value is not None else [])]
    return CountLine(
        indicator,
        value,
        _value(previous, indicator),
        _total(before, indicator, successors),
        _total(with_this, indicator, successors),
    )


def _total(values, indicator, successors):
    """The year's total: a flow is summed, of a stock the last value counts; None where nothing was counted."""
    if not values:
        return None
    if not indicator.is_stock:
        return sum(value for _update, value in values)
    last = {update.agency_id: (update.period.ends_on, value) for update, value in values}
    over = successors.superseded({agency: day for agency, (day, _number) in last.items()})
    return sum(value for agency, (_day, value) in last.items() if agency not in over)


def _value(row, indicator):
    if row is None:
        return None
    return next((count.value for count in row.output_counts.all() if count.indicator_id == indicator.pk), None)
