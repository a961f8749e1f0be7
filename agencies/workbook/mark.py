"""A person's own workbook back to them, its faulty cells marked, and a list of what to correct in front.

Cells are filled light red and bear a comment; the list, a sheet of its own, leads to each of them and keeps the fill a
cell had before, so that the next round takes our marks off again and leaves everything else as it was. openpyxl keeps
styles, widths, formulas, drop-downs, pictures and comments; it does not keep charts, drawn shapes and slicers.
"""

import json
from io import BytesIO

from django.conf import settings
from django.utils.translation import gettext_lazy as _, override
from openpyxl.comments import Comment
from openpyxl.styles import Color, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink

from .archive import safe_bytes
from .read import is_beyond, open_workbook, sparse_rows
from .write import HEADING, TEXT, let_rows_fit, put

AUTHOR = "ReformComms"
SAYS = f"{AUTHOR}: "
RED = PatternFill("solid", fgColor="FFFDC7C2")
TITLE = _("To correct")
HEADINGS = [_("Row"), _("Column"), _("What is wrong")]
FILL_COLUMN = 4  # of the list, hidden


def mark(file, table, faults, *, most_bytes=5_000_000):
    """The workbook with its faults marked, as bytes.

    Args:
        file: the same that `read_table` read.
        table: what it returned.
        faults: (row number, key of the column) to a sentence. A key the workbook lacks, or "", means the whole row:
            its first column is marked.
    """
    workbook = open_workbook(safe_bytes(file, most_bytes), rich_text=True)
    _unmark(workbook)
    page = workbook[table.sheet]
    entries = []
    for number, key in sorted(faults, key=lambda fault: (fault[0], table.places.get(fault[1], 0))):
        cell = _first_of_merged(page, number, table.places.get(key) or min(table.places.values()))
        entries.append((number, cell, str(faults[number, key]), _fill_words(cell)))
        _mark_cell(cell, str(faults[number, key]))
    if entries:
        _write_list(workbook, page, entries)
    for each in workbook.worksheets:
        let_rows_fit(each)
        _let_numbers_be_written(each)
    marked = BytesIO()
    workbook.save(marked)
    return marked.getvalue()


def _let_numbers_be_written(page):
    """A number that no workbook can hold stays as words."""
    for cell in page._cells.values():
        if is_beyond(cell.value):
            cell.value = str(cell.value)


def _first_of_merged(page, number, place):
    """The cell itself; inside a merged one, the corner that holds its value, fill and comment."""
    for span in page.merged_cells.ranges:
        if span.min_row <= number <= span.max_row and span.min_col <= place <= span.max_col:
            return page.cell(span.min_row, span.min_col)
    return page.cell(number, place)


def _mark_cell(cell, sentence):
    said = f"{cell.comment.text}\n" if cell.comment else ""
    author = cell.comment.author if cell.comment else AUTHOR
    text = f"{said}{SAYS}{sentence}"
    cell.comment = Comment(text, author, width=320, height=40 + 20 * (len(text) // 45 + text.count("\n")))
    cell.fill = RED


# The list


def _in_every_language(text):
    for language, _name in settings.LANGUAGES:
        with override(language):
            yield str(text)


def _write_list(workbook, page, entries):
    listed = workbook.create_sheet(str(TITLE), 0)
    for place, heading in enumerate(HEADINGS, 1):
        put(listed.cell(1, place), str(heading), HEADING)
    for line, (number, cell, sentence, fill) in enumerate(entries, 2):
        put(listed.cell(line, 1), number, TEXT)
        put(listed.cell(line, 2), get_column_letter(cell.column), TEXT)
        put(listed.cell(line, 3), sentence, TEXT)
        put(listed.cell(line, FILL_COLUMN), f"{cell.coordinate} {fill}", TEXT)
        listed.cell(line, 1).hyperlink = Hyperlink("", location=f"{quote_sheetname(page.title)}!{cell.coordinate}")
        listed.cell(line, 1).font = Font(name="Calibri", sz=11, u="single", color="FF0B4F9E")
    for letter, width in {"A": 8, "B": 8, "C": 90}.items():
        listed.column_dimensions[letter].width = width
    listed.column_dimensions[get_column_letter(FILL_COLUMN)].hidden = True
    listed.freeze_panes = "A2"
    workbook.active = 0
    for each in workbook.worksheets:
        each.sheet_view.tabSelected = each is listed


# The round before


def _unmark(workbook):
    """Take off what an earlier round marked, wherever sorting has moved it; what a person wrote stays."""
    before = {}
    for page in workbook.worksheets:
        if _is_list(page):
            before = _fills_before(page)
            workbook.remove(page)
            break
    for page in workbook.worksheets:
        for cells in sparse_rows(page).values():
            for cell in cells.values():
                _unmark_cell(cell, before)


def _is_list(page):
    what = HEADINGS[-1]
    return page.title in _in_every_language(TITLE) and page.cell(1, len(HEADINGS)).value in _in_every_language(what)


def _unmark_cell(cell, before):
    if cell.comment and SAYS in cell.comment.text:
        own = cell.comment.text.partition(SAYS)[0].strip()
        cell.comment = Comment(own, cell.comment.author) if own else None
    if cell.has_style and cell.fill.fill_type == "solid" and cell.fill.fgColor.rgb == RED.fgColor.rgb:
        cell.fill = before.get(cell.coordinate) or PatternFill()


def _fill_words(cell):
    """The cell's own fill in words, to be read by `_fills_before`; pattern fills of one colour only."""
    pattern = getattr(cell.fill, "patternType", None)
    if not pattern:
        return ""
    colour = cell.fill.fgColor
    return json.dumps({"pattern": pattern, colour.type: colour.value, "tint": colour.tint})


def _fills_before(page):
    fills = {}
    for (said,) in page.iter_rows(2, page.max_row, FILL_COLUMN, FILL_COLUMN, values_only=True):
        coordinate, _space, words = str(said or "").partition(" ")
        try:
            kept = json.loads(words)
            fills[coordinate] = PatternFill(kept.pop("pattern"), fgColor=Color(**kept))
        except (ValueError, TypeError, AttributeError, KeyError):
            continue
    return fills
