"""The reporting calendar of a plan: its periods are rows, generated from its rules and editable by hand.

Source: Nghị định 09/2019/NĐ-CP Art. 12 (quarters run from the 15th to the 14th) and the quarterly reporting practice
of the home-affairs sector (consolidated report by the 20th of the last month). The arithmetic stands in `windows`.
"""

from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, Exists, OuterRef
from django.utils.translation import gettext as _, ngettext

from agencies.holidays import working_days
from plans.models import Purpose

from .models import (
    ConsolidatedPeriod,
    Contribution,
    Extension,
    PeriodAct,
    PeriodEvent,
    PeriodKind,
    ReportingPeriod,
)
from .reporting_rules import rules_of
from .windows import DAY, Window, consolidated_kinds, overlaps, window_of, windows_of

DATES = ("starts_on", "ends_on", "agency_due_on", "locks_on", "consolidated_due_on")
CONSOLIDATED_DATES = ("starts_on", "ends_on", "consolidated_due_on")


class Quarter(NamedTuple):
    """A statutory quarter: `ends_on` is the data cut-off."""

    year: int
    ordinal: int
    starts_on: date
    ends_on: date
    agency_due_on: date
    locks_on: date
    consolidated_due_on: date

    @property
    def label(self):
        return window_of(PeriodKind.QUARTER, self.year, self.ordinal).label


def statutory_quarter(year, ordinal):
    """Quarter `ordinal` (1 to 4) of reporting year `year` by the usual rules, no holiday in its way."""
    window = window_of(PeriodKind.QUARTER, year, ordinal)
    return Quarter(*(getattr(window, name) for name in Quarter._fields))


def quarters_of(first_year, last_year):
    """Every statutory quarter of the years, in order."""
    return [statutory_quarter(year, ordinal) for year in range(first_year, last_year + 1) for ordinal in (1, 2, 3, 4)]


def is_reported(plan):
    """The plan is reported for itself; otherwise whoever carries it out would owe the same twice."""
    return plan.purpose == Purpose.PLAN and not plan.parent_id


# From the rules to the rows


@dataclass(frozen=True)
class Shift:
    """A row and the dates that the rules give it now."""

    period: ReportingPeriod
    window: Window

    @property
    def moved(self):
        """[(what, before, after)] of the dates that change."""
        return [
            (ReportingPeriod._meta.get_field(name).verbose_name, getattr(self.period, name), getattr(self.window, name))
            for name in DATES
            if getattr(self.period, name) != getattr(self.window, name)
        ]


@dataclass(frozen=True)
class Held:
    """A row that the rules would treat otherwise and that stays as it is, and why."""

    period: ReportingPeriod
    why: str


@dataclass(frozen=True)
class Outlook:
    """What generating the calendar would do: rows kept as they are, given other dates, taken out, and new windows.

    `held` are those of `kept` that the rules would change.
    """

    kept: tuple[ReportingPeriod, ...]
    shifted: tuple[Shift, ...]
    removed: tuple[ReportingPeriod, ...]
    added: tuple[Window, ...]
    consolidated: tuple[Window, ...]
    held: tuple[Held, ...] = ()

    @property
    def changes(self):
        return len(self.shifted) + len(self.removed) + len(self.added)


def outlook(plan, rules=None, *, today=None):
    """What the rules make of the plan's calendar.

    What has been reported on, extended, changed by hand or taken out by hand stays as it is; nothing new is laid over
    it. With `today` (the rules were changed) so does what agencies had to send before it, and what nobody has
    touched yet gets the dates of the rules, and nothing comes that nobody could send in time any more; without it
    (the plan was changed) rows keep their dates.
    """
    rules = rules or rules_of(plan)
    wanted = {window.key: window for window in _wanted(plan, rules)}
    kept, loose, removed, held = [], [], [], []
    for period in _with_touch(plan):
        if why := _why_kept(period, today):
            kept.append(period)
            if today and _differs(period, wanted.get(key_of(period))):
                held.append(Held(period, why))
        elif key_of(period) in wanted:
            (loose if today else kept).append(period)
        else:
            (kept if period.kind == PeriodKind.OWN else removed).append(period)
    placed = {window.key: window for window in _beside(kept, wanted)}
    shifts = [Shift(period, placed.pop(key_of(period))) for period in loose if key_of(period) in placed]
    removed += [period for period in loose if period not in {shift.period for shift in shifts}]
    kept += [shift.period for shift in shifts if not shift.moved]
    added = [window for window in placed.values() if not (today and window.agency_due_on < today)]
    return Outlook(
        kept=tuple(sorted(kept, key=attrgetter("starts_on"))),
        shifted=tuple(shift for shift in shifts if shift.moved),
        removed=tuple(sorted(removed, key=attrgetter("starts_on"))),
        added=tuple(added),
        consolidated=tuple(_consolidated(plan, rules, [*kept, *(each.window for each in shifts), *added])),
        held=tuple(held),
    )


def _why_kept(period, today):
    """Why the row stays whatever the rules say; empty where it does not."""
    if today and period.agency_due_on < today:
        return _("its deadline has passed")
    if period.begun:
        return ngettext(
            "%(n)s agency has begun to report on it", "%(n)s agencies have begun to report on it", period.begun
        ) % {"n": period.begun}
    if period.is_touched:
        return _("an agency has added its part or been given more time")
    return _("its dates were changed by hand") if period.is_edited else ""


def _differs(period, window):
    """The rules would take the row out or give it other dates; of the plan's own dates they say nothing."""
    if window is None:
        return period.kind != PeriodKind.OWN
    return any(getattr(period, name) != getattr(window, name) for name in DATES)


def key_of(row):
    return row.kind, row.year, row.ordinal


def _beside(kept, wanted):
    """The wanted windows that find room beside the rows that stay: they begin where such a row ends."""
    ends = {key_of(row): row.ends_on for row in kept}
    stretched = {
        window.ends_on + DAY: ends[key] + DAY
        for key, window in wanted.items()
        if key in ends and window.starts_on <= ends[key] < window.ends_on
    }
    for key, window in wanted.items():
        if key in ends:
            continue
        window = window._replace(starts_on=stretched.get(window.starts_on, window.starts_on))
        in_the_way = [row.ends_on for row in kept if overlaps(row, window)]
        if not in_the_way:
            yield window
        elif max(in_the_way) < window.ends_on:
            yield window._replace(starts_on=max(in_the_way) + DAY)


def _wanted(plan, rules):
    """The windows the rules give the plan's time.

    A plan that carries out another is reported through that one, an amendment or a template not at all. A period
    whose update was due before the plan was issued has nothing to report.
    """
    if not is_reported(plan):
        return []
    gone = set(plan.period_events.filter(act=PeriodAct.REMOVED).values_list("before", "after"))
    return [
        window
        for window in windows_of(rules.base, _years(plan), rules, _days(plan))
        if window.starts_on <= plan.period_end
        and window.ends_on >= plan.period_start
        and window.agency_due_on >= (plan.issued_on or plan.period_start)
        and (window.starts_on, window.ends_on) not in gone
    ]


def _years(plan):
    return range(plan.period_start.year, plan.period_end.year + 1)


def _days(plan):
    years = _years(plan)
    return working_days(plan.locality, range(years[0], years[-1] + 2))  # the last deadline may fall into January


def _with_touch(plan):
    """The plan's rows; `begun` counts their updates, `is_touched`: a contribution or an extension hangs on it."""
    touched = [Exists(model.objects.filter(period=OuterRef("pk"))) for model in (Contribution, Extension)]
    rows = plan.reporting_periods.annotate(begun=Count("updates"), is_touched=touched[0] | touched[1])
    return rows.order_by("starts_on")


def _consolidated(plan, rules, rows):
    """Longer spans that sum at least one of `rows`, due when the agencies of the last of them have sent."""
    for kind in consolidated_kinds(rules) if is_reported(plan) else ():
        for window in windows_of(kind, _years(plan), rules):
            inside = [row for row in rows if window.starts_on <= row.starts_on and row.ends_on <= window.ends_on]
            if inside:
                due = max(window.consolidated_due_on, *(row.agency_due_on for row in inside))
                yield window._replace(consolidated_due_on=due)


@transaction.atomic
def generate_periods(plan, *, today=None, by=None, at=None):
    """Bring the plan's rows in line with its rules (`outlook`); returns what was done.

    Args:
        today: the day the rules were changed on; without it rows that are there keep their dates.
        by, at: who changed them, and when; kept as an event.
    """
    found = outlook(plan, today=today)
    for period in found.removed:
        period.delete()
    for shift in found.shifted:
        for name in DATES:
            setattr(shift.period, name, getattr(shift.window, name))
        shift.period.save(update_fields=DATES)
    ReportingPeriod.objects.bulk_create(
        [ReportingPeriod(plan=plan, **window._asdict()) for window in found.added], ignore_conflicts=True
    )
    _generate_consolidated(plan, found.consolidated)
    if by and found.changes:
        PeriodEvent.objects.create(plan=plan, act=PeriodAct.GENERATED, by=by, by_name=by.full_name, at=at)
    return found


def _generate_consolidated(plan, windows):
    wanted = {window.key: window for window in windows}
    for row in plan.consolidated_periods.all():
        window = wanted.pop(key_of(row), None)
        if row.is_edited:
            continue
        if window is None:
            row.delete()
        elif any(getattr(row, name) != getattr(window, name) for name in CONSOLIDATED_DATES):
            for name in CONSOLIDATED_DATES:
                setattr(row, name, getattr(window, name))
            row.save(update_fields=CONSOLIDATED_DATES)
    facts = ("kind", "year", "ordinal", "label", *CONSOLIDATED_DATES)
    ConsolidatedPeriod.objects.bulk_create(
        [
            ConsolidatedPeriod(plan=plan, **{name: getattr(window, name) for name in facts})
            for window in wanted.values()
        ],
        ignore_conflicts=True,
    )


# The period that matters


def current_period(periods, today):
    """The period that matters on `today`: the last one begun whose consolidated report is not yet out.

    Between a quarter's cut-off and its consolidated deadline two periods run: the one being reported comes first.
    Before the first period it is the first; after the last, the last. None for no periods.
    """
    periods = sorted(periods, key=lambda period: (period.starts_on, period.pk or 0))
    begun = [period for period in periods if period.starts_on <= today]
    if not begun:
        return periods[0] if periods else None
    pending = [period for period in begun if period.consolidated_due_on >= today]
    return pending[0] if pending else begun[-1]


def is_past(period, periods, today):
    """Its consolidated report was due before `today`, and another of `periods` matters now."""
    return period.consolidated_due_on < today and period != current_period(periods, today)
