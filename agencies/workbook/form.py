"""A workbook as a form to fill in: everything is protected but the cells to write in, which say what they take.

Two sheets: the form, and a hidden one with what the portal knows it by (`keys`). There is no password: the protection
keeps from slips, and what comes back is judged by the portal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from .archive import damaged, safe_bytes
from .columns import Kind
from .read import open_workbook, read_table
from .write import HEADING, LINE_HEIGHT, LISTS, LOOKS, TEXT, FittedRow, _free_title, _lines, _list_formula, put

KEYS = "_keys"
HIGHEST = 405  # points, the most Excel takes of a row
EDGE = Side("thin", color="FFC5CED7")
INPUT = {
    "fill": PatternFill("solid", fgColor="FFFFF8E1"),
    "border": Border(left=EDGE, right=EDGE, top=EDGE, bottom=EDGE),
    "protection": Protection(locked=False),
}
BOLD = {"font": Font(name="Calibri", sz=11, b=True)}
GREY = {"font": Font(name="Calibri", sz=11, color="FF4A5867")}
TITLE = {"font": Font(name="Calibri", sz=14, b=True), "alignment": Alignment(vertical="center")}
PLAIN = {**GREY, "alignment": Alignment(vertical="center")}


@dataclass(frozen=True)
class Rule:
    """What a cell takes: one of `choices`; a whole number or a day `between` two; text of at most `longest` letters.

    `prompt` stands beside the cell while somebody is in it, `refusal` comes up where they write something else.
    """

    choices: Sequence[str] = ()
    between: tuple | None = None
    longest: int = 0
    prompt: str = ""
    refusal: str = ""


@dataclass(frozen=True)
class Input:
    """A cell to write in, with what stands there already."""

    value: object = None
    rule: Rule = Rule()


@dataclass(frozen=True)
class FormRow:
    """A row of a form: key of a column to a value (protected) or an Input; `is_head` begins a block."""

    cells: Mapping
    is_head: bool = False


def write_form(title, columns, rows, *, lines=(), keys=None, hidden=(), frozen=0):
    """The form, as bytes.

    Args:
        lines: sentences between the title and the table.
        keys: what the portal knows the form by: names to text.
        hidden: keys of columns that are there and not shown.
        frozen: how many columns name the row and stay in sight.
    """
    workbook = Workbook()
    workbook.remove(workbook.active)
    page = workbook.create_sheet(_free_title(workbook, title))
    for number, line in enumerate([title, *lines], 1):
        put(page.cell(number, 1), line, PLAIN if number > 1 else TITLE)
    heading = len(lines) + 3
    for place, column in enumerate(columns, 1):
        put(page.cell(heading, place), str(column.heading), HEADING)
        dimension = page.column_dimensions[get_column_letter(place)]
        dimension.width, dimension.hidden = column.width, column.key in hidden
    _write_rows(page, columns, rows, heading + 1, frozen)
    _fit(page, columns, heading, hidden)
    _protect(page)
    _print(page, columns, heading, frozen)
    _write_keys(workbook, keys or {})
    file = BytesIO()
    workbook.save(file)
    return file.getvalue()


def _write_rows(page, columns, rows, first, labels):
    """`labels`: the first so many columns name the row; what else is not written in is there for comparison."""
    rules = {}
    for number, row in enumerate(rows, first):
        for place, column in enumerate(columns, 1):
            given, cell = row.cells.get(column.key), page.cell(number, place)
            if isinstance(given, Input):
                put(cell, given.value, LOOKS[column.kind] | INPUT)
                rules.setdefault((given.rule, column.kind), []).append(cell.coordinate)
            else:
                put(cell, given, LOOKS[column.kind] | _look(row, place <= labels))
    for (rule, kind), places in rules.items():
        _add_rule(page, rule, kind, places)


def _look(row, is_label):
    look = {"border": Border(top=EDGE)} if row.is_head else {}
    return look | ((BOLD if row.is_head else {}) if is_label else GREY)


def _add_rule(page, rule, kind, places):
    checks = _checks(page.parent, rule, kind)
    if not checks and not rule.prompt:
        return
    validation = DataValidation(allow_blank=True, **checks)
    validation.showErrorMessage = bool(checks)
    validation.error, validation.errorTitle = rule.refusal[:220] or None, None
    validation.showInputMessage, validation.prompt = bool(rule.prompt), rule.prompt[:220] or None
    for place in places:
        validation.add(place)
    page.add_data_validation(validation)


def _checks(workbook, rule, kind):
    if rule.choices:
        return {"type": "list", "formula1": _list_formula(workbook, list(rule.choices))}
    if rule.between:
        low, high = rule.between
        if kind is Kind.DATE:
            low, high = (f"DATE({day.year},{day.month},{day.day})" for day in (low, high))
        kinds = {Kind.DATE: "date", Kind.WHOLE: "whole"}
        return {"type": kinds[kind], "operator": "between", "formula1": str(low), "formula2": str(high)}
    if rule.longest:
        return {"type": "textLength", "operator": "lessThanOrEqual", "formula1": str(rule.longest)}
    return {}


def _fit(page, columns, heading, hidden):
    """Each row as high as its words ask for, and able to grow."""
    widths = {place: column.width for place, column in enumerate(columns, 1) if column.key not in hidden}
    for cells in page.iter_rows(min_row=heading):
        lines = max(_lines(cell, widths[cell.column]) for cell in cells if cell.column in widths)
        number = cells[0].row
        page.row_dimensions[number] = FittedRow(page, number, ht=min(LINE_HEIGHT * lines, HIGHEST))
    page.row_dimensions[1].height = 24


def _protect(page):
    """Nobody writes but where it is asked for; widths and heights are the person's own."""
    page.protection.sheet = True
    page.protection.formatColumns = page.protection.formatRows = False


def _print(page, columns, heading, frozen):
    page.freeze_panes = f"{get_column_letter(frozen + 1)}{heading + 1}"
    page.print_title_rows = f"{heading}:{heading}"
    page.sheet_view.showGridLines = False
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.oddFooter.right.text = "&P/&N"


def _write_keys(workbook, keys):
    page = workbook.create_sheet(KEYS)
    page.sheet_state = "hidden"
    for number, (name, value) in enumerate(keys.items(), 1):
        put(page.cell(number, 1), name, TEXT)
        put(page.cell(number, 2), str(value), TEXT)
    page.protection.sheet = True
    if LISTS in workbook.sheetnames:
        workbook[LISTS].protection.sheet = True


def read_form(file, columns, *, most_bytes=5_000_000):
    """(Table, keys) of a form that came back.

    Raises:
        ValidationError: it is no workbook, or not one that the portal made as a form.
    """
    keys = _read_keys(safe_bytes(file, most_bytes))
    file.seek(0)
    return read_table(file, columns, most_bytes=most_bytes), keys


def _read_keys(data):
    workbook = open_workbook(data, read_only=True)
    try:
        if KEYS not in workbook.sheetnames:
            raise ValidationError(
                _("This is not a form of the portal. Download the form, fill it in and upload that."), code="no_form"
            )
        return _rows_of(workbook[KEYS])
    finally:
        workbook.close()


def _rows_of(page):
    """Names to text. The sheet is read only here, and may be as broken as the workbook."""
    try:
        rows = page.iter_rows(max_row=2000, max_col=2, values_only=True)
        return {str(row[0]): str(row[1] or "") for row in rows if len(row) == 2 and row[0] is not None}
    except Exception as error:  # of openpyxl, lxml: whatever a broken sheet makes them raise
        raise damaged() from error
