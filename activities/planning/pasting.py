"""Rows pasted from Word or Excel, read as rows of the annex: shown with what was understood before any is added."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, ngettext

from agencies.vietnamese import fold, nfc
from plans.parties import Named, Party

from ..models import Activity, ActivityGroup
from ..products import read_product
from .annex import Heard, heard_read, read_time_of
from .drafting import is_plain_number

MOST_ROWS = 300
HEADINGS = {
    "number": ("tt", "stt", "so tt", "no"),
    "title": ("noi dung", "nhiem vu", "hoat dong", "cong viec", "ten", "activity", "what"),
    "lead": ("chu tri", "lead"),
    "cooperating": ("phoi hop", "cooperat"),
    "schedule_text": ("thoi gian", "thoi han", "tien do", "time"),
    "product": ("san pham", "ket qua", "chi tieu", "product"),
}
LONGEST = {"title": 1000, "schedule_text": 300, "product": 300}
NUMBER = re.compile(r"(?:[ivxlc]+|[a-zđ]?\d+|[a-zđ])(?:[.\-/][\da-z]+)*[.)]?", re.IGNORECASE)
ROMAN = re.compile(r"[ivxl]+[.)]?", re.IGNORECASE)
BULLET = re.compile(r"^\s*(?:[-+•–*]|\d{1,3}[.)]|[a-zđ][.)])\s+", re.IGNORECASE)


@dataclass(frozen=True)
class PastedRow:
    """A row not yet added. `values`: part of an activity's state; `heading`: the group row it stood under, or "".

    `marks`: what is not in order with it, a sentence each; it can be added all the same.
    """

    values: Mapping
    leads: tuple[Named, ...]
    cooperating: tuple[Named, ...]
    time: Heard
    product: Heard
    heading: str
    marks: tuple[str, ...]

    @property
    def is_understood(self):
        return (
            not self.marks and not any(each.fault for each in (*self.leads, *self.cooperating)) and not self.time.tone
        )


@dataclass(frozen=True)
class Pasted:
    rows: tuple[PastedRow, ...]
    left_out: int = 0

    @property
    def understood(self):
        return sum(row.is_understood for row in self.rows)

    @property
    def sentence(self):
        doubtful = len(self.rows) - self.understood
        said = [
            ngettext("%(n)s row understood", "%(n)s rows understood", self.understood) % {"n": self.understood},
        ]
        if doubtful:
            said.append(ngettext("%(n)s row with a mark", "%(n)s rows with a mark", doubtful) % {"n": doubtful})
        if self.left_out:
            said.append(_("%(n)s beyond the first %(most)s left out") % {"n": self.left_out, "most": MOST_ROWS})
        return ", ".join(said)


def read_pasted(text, plan, directory, swaps=None):
    """What `text` (lines; cells separated by tabs) says as rows of the annex.

    Args:
        swaps: {key of an agency: key of the one to put in its place}.
    """
    cells = _cells(text)
    columns = _columns(cells, plan)
    if cells and _headings(cells[0]):
        cells = cells[1:]
    rows, heading = [], ""
    for row in cells:
        said = {name: row[place] for place, name in columns.items() if place < len(row)}
        if _is_group_row(said):
            heading = said["title"][: ActivityGroup._meta.get_field("title").max_length]
        elif any(said.values()):
            rows.append(_row(said, heading, plan, directory, swaps or {}))
    return Pasted(tuple(rows[:MOST_ROWS]), max(len(rows) - MOST_ROWS, 0))


def _cells(text):
    """The cells of each line that has any; a cell of a spreadsheet may hold several lines."""
    text = nfc(text.replace("\x00", "")).replace("\r\n", "\n").replace("\r", "\n")
    if "\t" not in text:
        return [[BULLET.sub("", line).strip()] for line in text.split("\n") if line.strip()]
    lines = csv.reader(StringIO(text, newline=""), delimiter="\t")
    try:
        rows = [[" ".join(cell.split()) for cell in row] for row in lines]
    except csv.Error:  # a stray quotation mark that swallows more than a cell can hold
        rows = [[" ".join(cell.split()) for cell in line.split("\t")] for line in text.split("\n")]
    return [row for row in rows if any(row)]


def _headings(row):
    """{place: column} where the row is a heading of the table; {} where it is a row."""
    found = {}
    for place, cell in enumerate(row):
        words = fold(cell)
        for name, forms in HEADINGS.items():
            is_named = words in forms if name == "number" else any(form in words for form in forms)
            if name not in found.values() and is_named and len(words) <= 40:
                found[place] = name
                break
    return found if len(found) > 1 and "title" in found.values() else {}


def _columns(cells, plan):
    """{place: column} of what was pasted: by its heading, else by what stands in the cells."""
    if not cells:
        return {}
    if named := _headings(cells[0]):
        return named
    width = max(map(len, cells))
    if width == 1:
        return {0: "title"}
    is_numbered = all(NUMBER.fullmatch(row[0]) or not row[0] for row in cells)
    columns = {0: "number", 1: "title"} if is_numbered else {0: "title"}
    rest = list(range(len(columns), width))
    for name, is_such in (
        ("schedule_text", lambda cell: _is_time(cell, plan)),
        ("product", lambda cell: read_product(cell).has_number),
    ):
        place = max(rest, key=lambda place: _share(cells, place, is_such), default=None)
        if place is not None and _share(cells, place, is_such) >= 0.5:
            columns[place] = name
            rest.remove(place)
    columns |= dict(zip(rest, (name for name in _left(columns)), strict=False))
    return columns


def _left(columns):
    return [name for name in ("lead", "cooperating", "schedule_text", "product") if name not in columns.values()]


def _is_time(cell, plan):
    return bool(cell) and read_time_of(plan, cell).is_understood


def _share(cells, place, is_such):
    filled = [row[place] for row in cells if place < len(row) and row[place]]
    return sum(map(is_such, filled)) / len(filled) if filled else 0


def _is_group_row(said):
    """ "II | Báo chí, cơ sở": a Roman number, words, and nothing else."""
    others = [words for name, words in said.items() if name not in ("number", "title")]
    return bool(is_roman(said.get("number", "")) and said.get("title") and not any(others))


def is_roman(number):
    return bool(ROMAN.fullmatch(number))


def _row(said, heading, plan, directory, swaps):
    marks = [mark for name, most in LONGEST.items() if (mark := _too_long(said.get(name, ""), most))]
    if not said.get("title"):
        marks.append(_("Write what is to be done."))
    words = {name: said.get(name, "")[:most] for name, most in LONGEST.items()}
    parties = {name: _parties(said.get(name, ""), directory, swaps, marks) for name in ("lead", "cooperating")}
    led = {party.key for party in parties["lead"]}
    parties["cooperating"] = [party for party in parties["cooperating"] if party.key not in led]
    time, product = read_time_of(plan, words["schedule_text"]), read_product(words["product"])
    values = {
        "number": _number(said.get("number", "")),
        "title": words["title"],
        "schedule_text": words["schedule_text"],
        "schedule_kind": str(time.kind),
        "start": time.start and time.start.isoformat(),
        "deadline": time.deadline and time.deadline.isoformat(),
        "expected_product": words["product"],
        "target_quantity": product.quantity,
        "target_unit": product.unit,
    }
    return PastedRow(
        values=values | {name: [[*party] for party in found] for name, found in parties.items()},
        leads=tuple(map(directory.named, parties["lead"])),
        cooperating=tuple(map(directory.named, parties["cooperating"])),
        time=heard_read(words["schedule_text"], time),
        product=Heard(words["product"], str(product.problem)),
        heading=heading,
        marks=tuple(marks),
    )


def _too_long(words, most):
    return _("Cut to %(most)s characters.") % {"most": most} if len(words) > most else ""


def _number(words):
    number = words.strip().rstrip(".)")[: Activity._meta.get_field("number").max_length]
    return "" if is_plain_number(number) else number


def _parties(words, directory, swaps, marks):
    """The parties of a cell; a name that fits several is kept as words, with a mark."""
    if words in ("-", "–", "—"):
        return []
    try:
        parties = directory.read(words)
    except ValidationError as error:
        marks.append(error.messages[0])
        parties = [Party(printed=words[:300])]
    return [
        Party(agency_id=new) if (new := swaps.get(each.agency_id)) in directory.agencies else each for each in parties
    ]
