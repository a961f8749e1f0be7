"""A table somebody filled in: found by the words of its headings, read as plain values."""

import re
import warnings
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time
from io import BytesIO

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from ..vietnamese import nfc
from .archive import damaged, safe_bytes, too_large_inside
from .columns import Kind, heading_form

HEADING_WITHIN = 40  # rows from the top
MOST_LETTERS = 32_767  # of a cell, as Excel has it
MOST_LETTERS_IN_ALL = 5_000_000  # one text of a few bytes may stand in every cell
MOST_ZEROS = 20  # that a number is shown with
MOST_FORMAT = 255  # characters, as Excel has it
LARGEST = 1e18  # no number that anybody reports; and not every computer can hold a larger one
DATE_WORDS = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})")
GROUPED = re.compile(r"\d{1,3}(?:([.,\s])\d{3})(?:\1\d{3})*")


@dataclass(frozen=True)
class Row:
    """`number` is the workbook's own, so that a person finds it; `cells` has the keys of the columns that are there.

    An empty cell is "" in a column of text, None in one of numbers or dates. What is no number or no date stays words.
    """

    number: int
    cells: dict


@dataclass
class Table:
    """What was read. `faults` are cells that hold no value (a broken formula): (row number, key) to the reason."""

    sheet: str
    places: dict  # key: number of the column
    rows: list = field(default_factory=list)
    faults: dict = field(default_factory=dict)


def read_table(file, columns, *, most_rows=1000, most_bytes=5_000_000):
    """The rows of an uploaded workbook, by the keys of `columns`.

    The headings are looked for in every visible sheet, in any order and without accents; other columns are ignored.

    Raises:
        ValidationError: it is no workbook, it is too large, a required column is missing, it has no rows.
    """
    data = safe_bytes(file, most_bytes)
    workbook = open_workbook(data)
    _weigh(workbook)
    table, first_row = _find_table(workbook, columns)
    cells = _own_cells(workbook[table.sheet], first_row, set(table.places.values()))
    if len(cells) > most_rows:
        raise ValidationError(
            _("The workbook has more than %(most)s rows: upload it in parts.") % {"most": number_format(most_rows)},
            code="too_many_rows",
        )
    if not cells:
        raise ValidationError(_("The workbook has no rows below its headings."), code="no_rows")
    _fill_merged(workbook[table.sheet], cells)
    _take_results(data, table, cells)
    _read_rows(table, cells, columns)
    return table


def open_workbook(data, **how):
    """openpyxl's workbook of `data`, without what it would print about features it leaves out."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load_workbook(BytesIO(data), **how)
    except Exception as error:  # of openpyxl, lxml, zipfile, Pillow: whatever a broken file makes them raise
        raise damaged() from error


def _weigh(workbook):
    """Raises where the cells say far more than anybody writes."""
    texts = (cell.value for page in workbook.worksheets for cell in page._cells.values())
    if sum(len(text) for text in texts if isinstance(text, str)) > MOST_LETTERS_IN_ALL:
        raise too_large_inside()


def sparse_rows(page):
    """The cells that exist, row by row, top to bottom; a lone cell in the last row does not make a million rows."""
    rows = defaultdict(dict)
    for number, place in sorted(page._cells):
        rows[number][place] = page._cells[number, place]
    return rows


def _find_table(workbook, columns):
    """The place of the table (with no rows yet) and the number of its first row."""
    best = ([], None, 0)
    meaning = _meanings(columns)
    for page in workbook.worksheets:
        rows = sparse_rows(page) if page.sheet_state == "visible" else {}
        for number, cells in list(rows.items())[:HEADING_WITHIN]:
            found = [
                (meaning[form], place)
                for place, cell in cells.items()
                if isinstance(cell.value, str) and (form := heading_form(cell.value)) in meaning
            ]
            best = max(best, (found, page.title, number), key=lambda each: len({key for key, _place in each[0]}))
    found, sheet, number = best
    _check_headings(found, columns)
    return Table(sheet, dict(found)), number + 1


def _meanings(columns):
    """Heading: key. Where two columns share a word, it means the first."""
    return {form: column.key for column in reversed(columns) for form in column.forms()}


def _check_headings(found, columns):
    keys = [key for key, _place in found]
    missing = [str(column.heading) for column in columns if column.is_required and column.key not in keys]
    twice = [str(column.heading) for column in columns if keys.count(column.key) > 1]
    if not keys:
        wanted = ", ".join(str(column.heading) for column in columns if column.is_required) or columns[0].heading
        raise ValidationError(
            _("No row of the workbook names the columns. It needs a row with these headings: %(columns)s.")
            % {"columns": wanted},
            code="no_headings",
        )
    if missing:
        raise ValidationError(
            _("The workbook lacks these columns: %(columns)s.") % {"columns": ", ".join(missing)}, code="lacks_columns"
        )
    if twice:
        raise ValidationError(
            _("These columns stand in the workbook twice: %(columns)s. Keep one of each.")
            % {"columns": ", ".join(twice)},
            code="columns_twice",
        )


def _own_cells(page, first_row, places):
    """Row number: place: cell, of the rows that say something; a line "(1) (2) (3)" below the headings does not."""
    rows = {}
    for number, cells in sparse_rows(page).items():
        if number < first_row:
            continue
        cells = {place: cell for place, cell in cells.items() if place in places}
        said = [words for cell in cells.values() if (words := _words(cell))]
        if said and not (not rows and _counts_columns(said)):
            rows[number] = cells
    return rows


def _counts_columns(said):
    return len(said) > 2 and [re.sub(r"\D", "", words) for words in said] == [str(n + 1) for n in range(len(said))]


def _fill_merged(page, rows):
    """A cell merged downwards says the same in each of its rows; across, it belongs to its first column."""
    for span in page.merged_cells.ranges:
        first = rows.get(span.min_row, {}).get(span.min_col)
        for number in range(span.min_row + 1, span.max_row + 1):
            if first is not None and number in rows:
                rows[number][span.min_col] = first


def _take_results(data, table, rows):
    """Formulas give way to the results Excel saved with them; one without a result is a fault."""
    keys = {place: key for key, place in table.places.items()}
    formulas = [
        (number, place) for number, cells in rows.items() for place, cell in cells.items() if cell.data_type == "f"
    ]
    if not formulas:
        return
    workbook = open_workbook(data, data_only=True)
    _weigh(workbook)
    results = workbook[table.sheet]
    for number, place in formulas:
        result = results.cell(rows[number][place].row, place)
        rows[number][place] = result
        if result.value is None:
            table.faults[number, keys[place]] = _(
                "This formula has no result: open the workbook in Excel and save it, or type the value itself."
            )


def _read_rows(table, rows, columns):
    kinds = {column.key: column.kind for column in columns}
    for number, cells in rows.items():
        read = {}
        for key, place in table.places.items():
            cell = cells.get(place)
            read[key] = READERS[kinds[key]](cell)
            if cell is not None and is_beyond(cell.value):
                table.faults[number, key] = _("This number is too large to be read: check it.")
            if cell is not None and cell.data_type == "e":
                table.faults[number, key] = _(
                    "The formula here has an error (%(error)s): correct it, or type the value itself."
                ) % {"error": cell.value}
        table.rows.append(Row(number, read))


def _words(cell):
    """What a person sees in the cell, as text."""
    value = cell.value if cell is not None else None
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return _number_words(value, cell.number_format)
    if isinstance(value, datetime | date):
        return value.strftime(_date_pattern(cell.number_format))
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return _clean(str(value))


def is_beyond(value):
    """A number that cannot be counted with."""
    return isinstance(value, int | float) and not abs(value) <= LARGEST


def _clean(text):
    text = nfc(text[:MOST_LETTERS]).replace("_x000D_", "").replace("\r\n", "\n")
    text = text.replace("\xa0", " ").replace("\u200b", "")
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()


def _number_words(value, number_format):
    """60.0 is "60"; what is shown with leading zeros or as a share of a hundred is read so."""
    if is_beyond(value):
        return str(value)[:MOST_ZEROS]
    if number_format.endswith("%"):
        return f"{value * 100:.10g}%"
    words = f"{value:.15g}" if isinstance(value, float) and abs(value) < 1e15 else str(int(value))
    zeros = len(number_format) if len(number_format) <= MOST_ZEROS and set(number_format) == {"0"} else 0
    return words.zfill(zeros)


def _date_pattern(number_format):
    """Excel makes days of "12/2026" and "15/12"; its format still says which part was typed."""
    letters = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", number_format[:MOST_FORMAT].lower())
    if "y" not in letters:
        return "%d/%m"
    return "%d/%m/%Y" if "d" in letters else "%m/%Y"


def _whole(cell):
    """A whole number, typed as one or as words ("12.000", "04"); else the words."""
    value = cell.value if cell is not None else None
    if isinstance(value, int | float) and not isinstance(value, bool) and not is_beyond(value):
        is_share = cell.number_format.endswith("%")
        return int(value) if value == int(value) and not is_share else _number_words(value, cell.number_format)
    words = _words(cell)
    if GROUPED.fullmatch(words):
        words = re.sub(r"[.,\s]", "", words)
    return int(words) if words.isascii() and words.isdigit() and len(words) < 19 else words or None


def _day(cell):
    """A date, as one or as words ("15/12/2026"); else the words."""
    value = cell.value if cell is not None else None
    if isinstance(value, datetime | date):
        return value.date() if isinstance(value, datetime) else value
    words = _words(cell)
    if found := DATE_WORDS.fullmatch(words):
        day, month, year = map(int, found.groups())
        try:
            return date(year, month, day)
        except ValueError:
            return words
    return words or None


READERS = {Kind.TEXT: _words, Kind.WHOLE: _whole, Kind.DATE: _day}
