"""Rows into a workbook that prints well and cannot carry a formula from what somebody typed."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.dimensions import RowDimension

from ..vietnamese import nfc, without_controls
from .columns import Kind

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
DATE_FORMAT = "dd/mm/yyyy"
NARROWEST, WIDEST = 6, 60  # characters
LINE_HEIGHT = 15  # points
MOST_INLINE = 255  # characters of a drop-down list that stands in the cell's own rule
ROWS_TO_ADD = 1000  # below the last one, where the drop-downs already work
LISTS = "_lists"
HEADING = {
    "font": Font(name="Calibri", sz=11, b=True),
    "fill": PatternFill("solid", fgColor="FFE7EFF9"),
    "alignment": Alignment(wrap_text=True, vertical="center"),
    "border": Border(bottom=Side("thin", color="FF7B8896")),
}
TEXT = {"alignment": Alignment(wrap_text=True, vertical="top"), "number_format": "@"}
LOOKS = {
    Kind.TEXT: TEXT,
    Kind.WHOLE: {"alignment": Alignment(vertical="top", horizontal="right", indent=1), "number_format": "#,##0"},
    Kind.PERCENT: {"alignment": Alignment(vertical="top", horizontal="right", indent=1), "number_format": '0.0"%"'},
    Kind.DATE: {"alignment": Alignment(vertical="top", horizontal="left"), "number_format": DATE_FORMAT},
}


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook.

    Args:
        rows: mappings from a column's key to its value; a missing key leaves the cell empty.
        notes: sentences for the reader; they stand on a sheet of their own, so that the table begins in A1.
        choices: key of a column: what its drop-down offers. It suggests and never forbids.
        hidden: keys of columns that are there and not shown.
    """

    title: str
    columns: Sequence
    rows: Iterable[Mapping]
    notes: Sequence[str] = ()
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    hidden: Collection[str] = ()


def write_table(title, columns, rows, *, notes=(), choices=None, hidden=()):
    """A workbook of one table, as bytes."""
    return write_workbook([Sheet(title, columns, rows, notes, choices or {}, hidden)])


def write_workbook(sheets):
    """A workbook of several tables, as bytes."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    for sheet in sheets:
        _write_sheet(workbook, sheet)
    _write_notes(workbook, [sheet for sheet in sheets if sheet.notes])
    file = BytesIO()
    workbook.save(file)
    return file.getvalue()


def _write_sheet(workbook, sheet):
    page = workbook.create_sheet(_free_title(workbook, sheet.title))
    for place, column in enumerate(sheet.columns, 1):
        put(page.cell(1, place), str(column.heading), HEADING)
    for number, row in enumerate(sheet.rows, 2):
        for place, column in enumerate(sheet.columns, 1):
            put(page.cell(number, place), row.get(column.key), LOOKS[column.kind])
    _set_columns(page, sheet)
    _set_rows(page)
    _set_up_print(page, sheet)
    for key, offered in sheet.choices.items():
        _offer(page, [column.key for column in sheet.columns].index(key) + 1, offered)


def put(cell, value, look):
    """Write `value` into `cell` as what it is; a text stays a text whatever it begins with."""
    value = plain(value)
    cell.value = value
    for name, style in look.items():
        setattr(cell, name, style)
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        cell.data_type = "s"
        cell.quotePrefix = True


def plain(value):
    """`value` as a workbook keeps it: a number, a day without time zone, else words without control characters."""
    if value is None or isinstance(value, int | float | Decimal | date) and not isinstance(value, bool | datetime):
        return value
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
    return nfc(without_controls(str(value))).replace("\r\n", "\n") or None


def _free_title(workbook, title):
    """At most 31 characters, none that Excel forbids, and once in the workbook."""
    clean = " ".join(re.sub(r"[\[\]:*?/\\]", " ", plain(title) or "").split()).strip("'")[:31].strip() or "1"
    taken = {name.casefold() for name in workbook.sheetnames}
    free, number = clean, 1
    while free.casefold() in taken:
        number += 1
        free = f"{clean[:27]} {number}"
    return free


def _set_columns(page, sheet):
    for place, column in enumerate(sheet.columns, 1):
        dimension = page.column_dimensions[get_column_letter(place)]
        dimension.width = column.width or _asked_width(page, place, column)
        dimension.hidden = column.key in sheet.hidden


def _asked_width(page, place, column):
    """Wide enough for the longest line of nine rows in ten, within bounds."""
    lengths = sorted(
        max(map(len, str(cell.value).splitlines()), default=0)
        for [cell] in page.iter_rows(min_row=2, min_col=place, max_col=place)
        if cell.value is not None
    )
    usual = lengths[int(len(lengths) * 0.9)] if lengths else 0
    usual = max(usual, len(DATE_FORMAT)) if column.kind is Kind.DATE else usual
    return max(NARROWEST, min(WIDEST, max(usual, len(str(column.heading)) // 2 + 2) + 2))


class FittedRow(RowDimension):
    """A row as high as its words need now, which goes on fitting itself when somebody writes into it."""

    customHeight = False


def _set_rows(page):
    widths = {place: page.column_dimensions[get_column_letter(place)].width for place in range(1, page.max_column + 1)}
    for cells in page.iter_rows():
        lines = max(_lines(cell, widths[cell.column]) for cell in cells)
        number = cells[0].row
        page.row_dimensions[number] = FittedRow(page, number, ht=LINE_HEIGHT * lines)


def let_rows_fit(page):
    """Rows that were read keep their height and go on fitting themselves; openpyxl would fix them."""
    for row in page.row_dimensions.values():
        row.__class__ = FittedRow


def _lines(cell, width):
    """Lines the cell's words take, broken at `width`."""
    return sum(-(-len(line) // max(int(width) - 1, 1)) or 1 for line in str(cell.value or "").split("\n"))


def _set_up_print(page, sheet):
    last = get_column_letter(len(sheet.columns))
    page.freeze_panes = "A2"
    page.auto_filter.ref = f"A1:{last}{page.max_row}"
    page.print_title_rows = "1:1"
    page.print_options.gridLines = True
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.oddHeader.center.text = (plain(sheet.title) or page.title).replace("&", "&&")
    page.oddFooter.right.text = "&P/&N"


def _offer(page, place, offered):
    offered = [plain(each) for each in offered]
    letter = get_column_letter(place)
    rule = DataValidation(type="list", formula1=_list_formula(page.parent, offered), allow_blank=True)
    rule.showErrorMessage = False
    rule.add(f"{letter}2:{letter}{page.max_row + ROWS_TO_ADD}")
    page.add_data_validation(rule)


def _list_formula(workbook, offered):
    """The list itself where it is short, else the name of a column of a hidden sheet: names survive being saved."""
    inline = ",".join(offered)
    if len(inline) <= MOST_INLINE - 2 and not any(mark in each for each in offered for mark in ',"'):
        return f'"{inline}"'
    if LISTS not in workbook.sheetnames:
        workbook.create_sheet(LISTS).sheet_state = "hidden"
    lists = workbook[LISTS]
    place = lists.max_column + (lists.max_row > 1)
    for number, each in enumerate(offered, 1):
        put(lists.cell(number, place), each, TEXT)
    letter, name = get_column_letter(place), f"list_{place}"
    cells = f"{quote_sheetname(LISTS)}!${letter}$1:${letter}${len(offered)}"
    workbook.defined_names[name] = DefinedName(name, attr_text=cells)
    return name


def _write_notes(workbook, sheets):
    if not sheets:
        return
    page = workbook.create_sheet(_free_title(workbook, _("Notes")))
    page.column_dimensions["A"].width = 100
    for sheet in sheets:
        for number, note in enumerate([sheet.title, *sheet.notes]):
            line = page.max_row + (page["A1"].value is not None)
            put(page.cell(line, 1), note, TEXT if number else {**TEXT, "font": HEADING["font"]})
