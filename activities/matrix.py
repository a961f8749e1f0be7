"""Agencies by the periods of a plan: who has sent, who has not, how complete, on a day."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext

from agencies.models import Agency
from agencies.workbook import Column, Kind, write_table

from .locks import Extensions
from .models import ReportingPeriod, Status
from .obligations import load_duties
from .rates import Rates, rates_of
from .reminding.late import excused_of, late_of
from .submissions import Punctuality, Submission, by_todays_names, names_differ, only, submissions_of

FEW, MOST = 4, 12
COUNTS = (4, 8, 12)  # periods one may choose to see side by side
WORST = {Punctuality.MISSING: 0, Punctuality.LATE: 2, Punctuality.PENDING: 3, Punctuality.ON_TIME: 4}


@dataclass(frozen=True)
class Cell:
    """One agency's duty for one period; `row` None where it owed nothing.

    `extended_until`: the agency may write until then although the period is locked; `is_locked`: it may not any more.
    `is_chased`: overdue, and without more time: a chasing letter may go to it.
    """

    period: ReportingPeriod
    row: Submission | None
    is_locked: bool = False
    extended_until: date | None = None
    is_chased: bool = False

    @property
    def state(self):
        return self.row.punctuality

    @property
    def is_missing(self):
        return self.row is not None and not self.row.is_sent

    @property
    def words(self):
        """How it stands, in words; a returned one is said to be so, whatever its punctuality."""
        row = self.row
        if row.punctuality == Punctuality.MISSING:
            if self.is_locked:
                return pgettext("the period is locked", "not sent")
            return ngettext("%(n)s day over", "%(n)s days over", row.days_late) % {"n": row.days_late}
        if row.punctuality == Punctuality.LATE:
            return ngettext("%(n)s day late", "%(n)s days late", row.days_late) % {"n": row.days_late}
        if row.punctuality == Punctuality.PENDING:
            return _("not sent yet")
        return _("nothing to report") if row.is_nothing else _("on time")

    @property
    def facts(self):
        """The words with what else the cell shows, for the workbook and for a screen reader."""
        said = [self.words]
        if self.row.is_returned:
            said.append(Status.RETURNED.label.lower())
        if self.extended_until:
            said.append(_("extended until %(day)s") % {"day": f"{self.extended_until:%d/%m/%Y}"})
        return ", ".join(str(each) for each in said)


@dataclass(frozen=True)
class Line:
    """An agency and its cells, one for each period of the matrix, the period in question last."""

    agency: Agency
    cells: tuple[Cell, ...]
    is_abolished: bool = False

    @property
    def current(self):
        return self.cells[-1].row

    @cached_property
    def rates(self):
        return rates_of([cell.row for cell in self.cells if cell.row])

    @property
    def is_steady(self):
        """On time in every period, and nothing of it was returned."""
        rates = self.rates
        return rates.on_time == rates.expected and not any(cell.row and cell.row.is_returned for cell in self.cells)


@dataclass(frozen=True)
class Head:
    """A period's column and its totals."""

    period: ReportingPeriod
    rates: Rates
    is_locked: bool
    is_current: bool


@dataclass(frozen=True)
class Matrix:
    """Agencies by periods; `lines` in the order shown, the period in question in the last column.

    `names_differ`: some agencies have ended since, so that one may choose by which names to read.
    """

    period: ReportingPeriod
    heads: tuple[Head, ...]
    lines: tuple[Line, ...]
    names_differ: bool
    late: int  # agencies in the chasing letter of the period in question, whatever is filtered
    excused: int  # agencies overdue in it that are not in the letter: an extension gives them more time

    @property
    def rates(self):
        """Those of the period in question."""
        return self.heads[-1].rates

    @cached_property
    def troubled(self):
        return [line for line in self.lines if not line.is_steady]

    @cached_property
    def steady(self):
        return [line for line in self.lines if line.is_steady]

    def showing(self, show):
        """The lines whose duty in the period in question `show` (a key of SHOWN) names."""
        current = {row.agency.pk for row in only([line.current for line in self.lines if line.current], show)}
        return [line for line in self.lines if line.agency.pk in current]

    @property
    def is_many(self):
        return len(self.heads) > FEW


def shown_periods(period, periods, count):
    """The `count` periods of its plan that end with `period`, in order of time. `periods`: any, of any plan."""
    own = [each for each in periods if each.plan_id == period.plan_id and each.starts_on <= period.starts_on]
    return sorted(own, key=lambda each: (each.starts_on, each.pk))[-count:]


def build_matrix(period, periods, *, today, todays_names=False, agencies=None, by_name=False):
    """The matrix of `periods` (of one plan, in order, `period` last). Four queries, five where an agency has ended.

    Args:
        todays_names: agencies that have ended are read under those that carry on for them.
        agencies: keys of the agencies to show (default: all that owe an update in one of the periods).
        by_name: in Vietnamese order, not worst first.
    """
    duties = load_duties([period.plan_id])
    extensions = Extensions.of(periods)
    of_period = submissions_of(periods, duties, today=today)
    late = late_of(of_period[period], extensions, {}, today)
    excused = excused_of(of_period[period], late)
    differ = any(names_differ(rows, duties.successors) for rows in of_period.values())
    if differ and todays_names:
        of_period = {each: by_todays_names(rows, duties.successors) for each, rows in of_period.items()}
    if agencies is not None:
        of_period = {each: [row for row in rows if row.agency.pk in agencies] for each, rows in of_period.items()}
    lines = _lines(periods, of_period, extensions, today)
    return Matrix(
        period=period,
        heads=tuple(
            Head(each, rates_of(of_period[each]), is_locked=each.locks_on <= today, is_current=each == period)
            for each in periods
        ),
        lines=tuple(sorted(lines, key=_by_name if by_name else _worst_first)),
        names_differ=differ,
        late=len(late),
        excused=excused,
    )


def _lines(periods, of_period, extensions, today):
    agencies, found = {}, defaultdict(dict)
    for period in periods:
        for row in of_period[period]:
            agencies[row.agency.pk] = row
            found[row.agency.pk][period.pk] = row
    for pk, row in agencies.items():
        cells = tuple(_cell(period, found[pk].get(period.pk), extensions, today) for period in periods)
        yield Line(row.agency, cells, row.is_abolished)


def _cell(period, row, extensions, today):
    if row is None:
        return Cell(period, None)
    given = extensions.given(period, row.agency.pk)
    until = max((each.until for each in given), default=None)
    is_open = extensions.is_open(period, row.agency.pk, today)
    is_chased = row.punctuality == Punctuality.MISSING and (until is None or until < today)
    return Cell(period, row, is_locked=not is_open, extended_until=until, is_chased=is_chased)


def _by_name(line):
    return line.agency.name_sort, line.agency.pk


def _worst_first(line):
    """By the period in question, then by how often it was not on time; whoever owes nothing in it comes last."""
    row, rates = line.current, line.rates
    bad = -(rates.missing * 2 + rates.late)
    if row is None:
        return 9, 0, bad, line.agency.name_sort
    order = 1 if row.is_returned else WORST[row.punctuality]
    return order, -row.days_late if order != 1 else 0, bad, line.agency.name_sort


# As a workbook

LEGEND = (
    gettext_lazy("not sent: the period is locked and no update was sent"),
    gettext_lazy("days over: not sent, days since the agencies' deadline"),
    gettext_lazy("days late: first sent so many days after the agencies' deadline"),
    gettext_lazy("4/5: activities that say something, of those to be reported"),
    gettext_lazy("Completeness: received / expected. Timeliness: received on time / expected (as DHIS2 counts them)."),
)


def matrix_workbook(matrix, lines, *, notes):
    """The lines shown as an Excel file: states in words, and what the words mean."""
    columns = [
        Column("agency", _("Agency"), width=38),
        Column("kind", _("Kind"), width=24),
        *(column for head in matrix.heads for column in _columns(head)),
        Column("decision", _("Decision, %(period)s") % {"period": matrix.period.title}, width=16),
        Column("on_time", _("On time"), Kind.WHOLE),
        Column("expected", _("Owed"), Kind.WHOLE),
    ]
    totals = [_total_words(head) for head in matrix.heads]
    rows = map(_workbook_row, lines)
    return write_table(_("Submissions"), columns, rows, notes=[*notes, *totals, *map(str, LEGEND)])


def _columns(head):
    yield Column(f"state{head.period.pk}", head.period.title, width=20)
    yield Column(f"filled{head.period.pk}", _("%(period)s, activities with figures") % {"period": head.period.title})


def _workbook_row(line):
    said = {}
    for cell in line.cells:
        said[f"state{cell.period.pk}"] = cell.facts if cell.row else ""
        said[f"filled{cell.period.pk}"] = f"{cell.row.filled}/{cell.row.expected}" if cell.row else ""
    current = line.current
    return said | {
        "agency": line.agency.name,
        "kind": line.agency.get_kind_display(),
        "decision": current.update.get_status_display() if current and current.is_sent else _("not sent"),
        "on_time": line.rates.on_time,
        "expected": line.rates.expected,
    }


def _total_words(head):
    rates = head.rates
    return _(
        "%(period)s: expected %(expected)s, received %(received)s, on time %(on_time)s, approved %(approved)s,"
        " updated %(updated)s"
    ) % {
        "period": head.period.title,
        "expected": rates.expected,
        "received": rates.received,
        "on_time": rates.on_time,
        "approved": rates.approved,
        "updated": rates.updated,
    }
