"""The spans a year is reported in: their windows, data cut-off, deadlines and lock, from a rule.

Source: Nghị định 09/2019/NĐ-CP Art. 12 (a period runs from the day after the cut-off of the one before to its own
cut-off, the 15th to the 14th), Art. 8 cl. 5 (at least one working day between cut-off and deadline).
"""

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

from agencies.holidays import WorkingDays

from .models import PeriodKind, ReportingPeriod
from .models.period import ROMAN, ReportingRules

DAY = timedelta(days=1)
MONTHS = {
    PeriodKind.MONTH: 1,
    PeriodKind.QUARTER: 3,
    PeriodKind.HALF_YEAR: 6,
    PeriodKind.NINE_MONTHS: 9,
    PeriodKind.YEAR: 12,
}
USUAL = ReportingRules()  # the defaults
WEEKENDS = WorkingDays()


class Window(NamedTuple):
    """A span of the reporting year; `ends_on` is the data cut-off."""

    kind: PeriodKind
    year: int
    ordinal: int
    label: str
    starts_on: date
    ends_on: date
    agency_due_on: date
    locks_on: date
    consolidated_due_on: date

    @property
    def key(self):
        return self.kind, self.year, self.ordinal

    @property
    def title(self):
        """As its row will be called, in the reader's language."""
        return ReportingPeriod(kind=self.kind, year=self.year, ordinal=self.ordinal, label=self.label).title


def label_of(kind, year, ordinal):
    """As documents print it."""
    match kind:
        case PeriodKind.MONTH:
            return f"Tháng {ordinal}/{year}"
        case PeriodKind.QUARTER:
            return f"Quý {ROMAN[ordinal]}/{year}"
        case PeriodKind.HALF_YEAR:
            return f"6 tháng {'đầu' if ordinal == 1 else 'cuối'} năm {year}"
        case PeriodKind.NINE_MONTHS:
            return f"9 tháng đầu năm {year}"
    return f"Năm {year}"


def window_of(kind, year, ordinal, rules=USUAL, days=WEEKENDS):
    """Span `ordinal` of the reporting year: that of January begins in December of the year before.

    Agencies get at least one working day after the cut-off, and their deadline is one. The consolidated report is
    never due before it. A day of the month that is not after the cut-off is one of the month after.
    """
    kind = PeriodKind(kind)
    last_month = ordinal * MONTHS[kind]
    ends_on = _day_of(year, last_month, rules.cutoff_day)
    due = days.on_or_after(max(_after(ends_on, rules.agency_due_day), days.next_after(ends_on)))
    return Window(
        kind=kind,
        year=year,
        ordinal=ordinal,
        label=label_of(kind, year, ordinal),
        starts_on=_day_of(year, last_month - MONTHS[kind], rules.cutoff_day) + DAY,
        ends_on=ends_on,
        agency_due_on=due,
        locks_on=due + (rules.grace_days + 1) * DAY,
        consolidated_due_on=max(_after(ends_on, rules.consolidated_due_day), due),
    )


def windows_of(kind, years, rules=USUAL, days=WEEKENDS):
    """Every span of `kind` of the years, in order; the plan's own dates follow no rule."""
    if kind not in MONTHS:
        return []
    ordinals = range(1, 2 if kind == PeriodKind.NINE_MONTHS else 12 // MONTHS[kind] + 1)
    return [window_of(kind, year, ordinal, rules, days) for year in years for ordinal in ordinals]


def consolidated_kinds(rules):
    """The kinds the plan consolidates, shortest first: those that are whole numbers of base periods."""
    base = MONTHS.get(rules.base)
    kinds = [PeriodKind(kind) for kind in rules.consolidated if kind in MONTHS]
    return sorted(
        (kind for kind in kinds if base is None or (MONTHS[kind] > base and MONTHS[kind] % base == 0)), key=MONTHS.get
    )


def overlaps(one, other):
    return one.starts_on <= other.ends_on and other.starts_on <= one.ends_on


def _day_of(year, month, day):
    """That day of the month, or its last; month 0 is December of the year before, 13 January of the next."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, min(day, monthrange(year, month)[1]))


def _after(ends_on, day):
    """The `day` of the month after the cut-off."""
    found = _day_of(ends_on.year, ends_on.month, day)
    return found if found > ends_on else _day_of(ends_on.year, ends_on.month + 1, day)
