"""Vietnamese text that behaves the same on every database: one form, search without accents, dictionary order.

SQLite folds only ASCII, PostgreSQL sorts by the locale it was made with; so what is searched and sorted is computed
here and stored beside the words (`SearchField`, `SortField`).
"""

import re
import sys
import unicodedata
from functools import cache

from django.db import models

MOST_WORDS = 20  # of a search: more narrow nothing, and a database has a limit to what one question may hold
TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}  # huyền hỏi ngã sắc nặng
LETTERS = {letter: place for place, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}


NOT_IN_XML = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MOST_MARKS = 30  # on one letter, as Unicode's stream-safe text has it; sorting more takes the square of their number


def nfc(text):
    """`text` in composed form: 'Bảo Lộc' typed on any keyboard is one string. A letter has at most MOST_MARKS."""
    return unicodedata.normalize("NFC", _with_few_marks(text))


def without_controls(text):
    """`text` without the characters that no XML can hold, and so no workbook and no Word file."""
    return NOT_IN_XML.sub("", text)


def _with_few_marks(text):
    return text if len(text) <= MOST_MARKS or text.isascii() else _many_marks().sub(r"\1", text)


@cache
def _many_marks():
    """Finds more than MOST_MARKS marks in a row, the first of them as group 1."""
    marks = [chr(code) for code in range(sys.maxunicode + 1) if _is_mark(chr(code))]
    return re.compile(f"([{''.join(marks)}]{{{MOST_MARKS}}})[{''.join(marks)}]+")


def _is_mark(char):
    """It goes on the letter before it, as it is or taken apart."""
    return unicodedata.combining(unicodedata.normalize("NFD", char)[0]) > 0


def fold(text):
    """Search form: lower case, no accents, đ as d, single spaces."""
    marks_apart = unicodedata.normalize("NFD", _with_few_marks(text).replace("\x00", "").casefold()).replace("đ", "d")
    return " ".join("".join(char for char in marks_apart if not unicodedata.combining(char)).split())


def sort_key(text):
    """ASCII string whose byte order is the Vietnamese dictionary order: letters, then tones, then case.

    Runs of digits compare by their value, so 'Phường 2' comes before 'Phường 11'.
    """
    letters, tones, cases = [], [], []
    digits = ""
    for char in [*nfc(text).strip(), ""]:
        if char.isdecimal():
            digits += char
            continue
        if digits:
            letters.append(f"{int(digits):08d}")
            tones.append("0")
            cases.append("0")
            digits = ""
        if char:
            letter, tone, case = _sort_weights(char)
            letters.append(letter)
            tones.append(tone)
            cases.append(case)
    return "\x1f".join(["".join(letters), "".join(tones).rstrip("0"), "".join(cases).rstrip("0")])


def _sort_weights(char):
    parts = unicodedata.normalize("NFD", char)
    tone = next((TONES[part] for part in parts if part in TONES), "0")
    base = unicodedata.normalize("NFC", "".join(part for part in parts if part not in TONES))
    place = LETTERS.get(base.lower())
    if place is not None:
        return chr(0x40 + place), tone, "1" if base != base.lower() else "0"
    return (" " if char == " " else "!"), "0", "0"


class ComputedField(models.TextField):
    """Text computed from other fields of its row at every save() and bulk_create().

    `QuerySet.update()` and `bulk_update()` of a source field do not recompute it; nothing in the house does that.
    """

    compute = None

    def __init__(self, *sources, **kwargs):
        self.sources = sources
        super().__init__(**{"default": "", "editable": False, **kwargs})

    def deconstruct(self):
        name, path, _args, kwargs = super().deconstruct()
        return name, path, list(self.sources), kwargs

    def pre_save(self, instance, add):
        words = " ".join(str(getattr(instance, source) or "") for source in self.sources)
        value = type(self).compute(words)
        setattr(instance, self.attname, value)
        return value


class SearchField(ComputedField):
    """The accent-free search form of the named fields; ask it with `search__contains=fold(typed)`."""

    compute = staticmethod(fold)


class SortField(ComputedField):
    """The dictionary order of the named field, the same on both databases."""

    compute = staticmethod(sort_key)

    def db_parameters(self, connection):
        parameters = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters
