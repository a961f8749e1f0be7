"""An update as a sheet to fill in or to read: every activity with its line, last period's, and the running totals."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import F
from django.utils.translation import gettext as _

from agencies.templatetags.look import number_vi

from .completeness import activities_of, missing_fields
from .evidence import KEPT_EVIDENCE
from .jumps import falls_far, rises_far
from .models import Activity, ActivityProgress, Indicator
from .obligations import load_duties
from .progress import REPORTED, total, total_quantity
from .reporting_rules import rules_of


@dataclass(frozen=True)
class CountLine:
    """One indicator of an activity: this period's number, last period's, the year's total before and with this one."""

    indicator: Indicator
    value: int | None
    previous: int | None
    cumulative_before: int | None
    cumulative: int | None
    not_applicable: bool = False

    @property
    def hint(self):
        return oddity(self.value, self.previous)


def oddity(value, previous):
    """A sentence where a number is far from the last period's (`jumps`); else ""."""
    named = {"value": number_vi(value), "previous": number_vi(previous)}
    if rises_far(value, previous):
        return _("%(value)s is more than three times the %(previous)s of the period before. Is it right?") % named
    if falls_far(value, previous):
        return _("%(value)s is less than a third of the %(previous)s of the period before. Is it right?") % named
    return ""


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
    def is_empty(self):
        """Nobody has written anything on the line yet."""
        line = self.progress
        if line is None:
            return True
        numbers = [line.quantity_done, *(count.value for count in self.counts)]
        marks = [line.nothing_in_period, line.quantity_not_applicable, *(count.not_applicable for count in self.counts)]
        return not (line.state or line.words or any(marks)) and all(number is None for number in numbers)

    def was_not_applicable(self, indicator):
        """The period before said that the indicator does not apply."""
        return _is_not_applicable(self.previous, indicator)

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
            rules=rules_of(update.period.plan),
            nothing=update.nothing_to_report,
        )
        for activity in activities
    ]


def words_before(sheet):
    """The update of the period before, for its own words, where the agency sent one; no query."""
    return next((row.previous.update for row in sheet if row.previous), None)


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
        elif row.update.status in REPORTED and not row.update.nothing_to_report:
            before[row.activity_id].append(row)
    return mine, before


def _row(activity, progress, earlier, indicators, *, year, is_shared, successors, rules, nothing):
    previous = _previous(earlier)
    proofs = sum(not item.is_refused for item in progress.evidence.all()) if progress else 0
    in_year = [row for row in earlier if row.update.period.year == year]
    counts = tuple(_count(indicator, progress, previous, in_year, successors, nothing) for indicator in indicators)
    with_this = [*earlier, *([progress] if progress and not nothing else [])]
    return SheetRow(
        activity=activity,
        progress=progress,
        previous=previous,
        quantity_before=total_quantity(earlier, activity.counts_as_stock, successors),
        quantity_total=total_quantity(with_this, activity.counts_as_stock, successors),
        counts=counts,
        evidence=tuple(progress.evidence.all()) if progress else (),
        target_is_shared=is_shared,
        missing=() if nothing else tuple(missing_fields(activity, progress, proofs=proofs, rules=rules)),
    )


def _previous(earlier):
    """The line of the last period; None where several agencies that are one now wrote one each."""
    last = [row for row in earlier if row.update.period_id == earlier[-1].update.period_id]
    return last[0] if len(last) == 1 else None


def _count(indicator, progress, previous, in_year, successors, nothing):
    value = _value(progress, indicator)
    before = [_said(row, number) for row in in_year if (number := _value(row, indicator)) is not None]
    with_this = [*before, *([_said(progress, value)] if value is not None and not nothing else [])]
    return CountLine(
        indicator,
        value,
        _value(previous, indicator),
        total(before, indicator.is_stock, successors),
        total(with_this, indicator.is_stock, successors),
        not_applicable=_is_not_applicable(progress, indicator),
    )


def _said(line, number):
    return line.update.period.ends_on, line.update.agency_id, number


def _is_not_applicable(row, indicator):
    counts = row.output_counts.all() if row else ()
    return any(count.not_applicable for count in counts if count.indicator_id == indicator.pk)


def _value(row, indicator):
    if row is None:
        return None
    return next((count.value for count in row.output_counts.all() if count.indicator_id == indicator.pk), None)
