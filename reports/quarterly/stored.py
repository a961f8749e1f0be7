"""The report object as data that is kept: canonical JSON and back, and what differs between two versions.

The data says in which `format` it is. A field that came later takes its default when older data is read; a field that
has gone is left out.
"""

import json
from dataclasses import asdict, fields, is_dataclass
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from enum import Enum
from functools import cache
from types import UnionType
from typing import get_args, get_origin, get_type_hints

from ..annexes import annexes
from .report import Difference, QuarterlyReport
from .values import label_of, names_of, values_of

FORMAT = 1
LONGEST = 400  # characters of a passage as the list of differences prints it


def to_json(report):
    """The report as canonical JSON (bytes): sorted keys, UTF-8, the same for the same report."""
    data = {"format": FORMAT, "report": asdict(report)}
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain).encode()


def from_json(data):
    """The report that `to_json` wrote.

    Raises:
        ValueError: it is no report, or in a format that is not known here.
    """
    try:
        read = json.loads(data)
        if read["format"] != FORMAT:
            raise ValueError(f"format {read['format']} is not known")
        return _read(QuarterlyReport, read["report"])
    except (AttributeError, KeyError, TypeError, ArithmeticError) as error:
        raise ValueError(f"this is no report: {error}") from error


def _plain(value):
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a report")


def _read(kind, value):
    """`value` of the JSON as the `kind` that the object's field says."""
    if get_origin(kind) is UnionType:
        return None if value is None else _read(next(each for each in get_args(kind) if each is not type(None)), value)
    if get_origin(kind) is tuple:
        return _read_tuple(get_args(kind), value)
    if is_dataclass(kind):
        return kind(**{name: _read(of, value[name]) for name, of in _fields(kind) if name in value})
    if hasattr(kind, "_fields"):
        return kind(*(_read(of, each) for of, each in zip(_hints(kind).values(), value, strict=False)))
    if issubclass(kind, Enum):
        return kind(value)
    if kind is date:
        return date.fromisoformat(value)
    if kind is Decimal:
        return Decimal(str(value))
    return _checked(kind, value)


def _read_tuple(kinds, values):
    if kinds[1:] == (...,):
        return tuple(_read(kinds[0], each) for each in values)
    return tuple(_read(kind, each) for kind, each in zip(kinds, values, strict=True))


def _checked(kind, value):
    if not isinstance(value, kind):
        raise ValueError(f"{value!r} is no {kind.__name__}")
    return value


@cache
def _fields(kind):
    hints = _hints(kind)
    return tuple((field.name, hints[field.name]) for field in fields(kind))


@cache
def _hints(kind):
    return get_type_hints(kind)


# What differs


def differences(old, new):
    """What `new` says otherwise than `old`, both reports: figures, rows of the annexes, passages of the narrative."""
    return (*_of_figures(old, new), *_of_annexes(old, new), *_of_narrative(old, new))


def _of_figures(old, new):
    before, after = values_of(old), values_of(new)
    names = names_of(old) | names_of(new)
    return [
        Difference(label_of(key, names), before.get(key, "–"), after.get(key, "–"), "Số liệu")
        for key in dict.fromkeys((*before, *after))
        if before.get(key, "–") != after.get(key, "–") and not key.startswith("activity.")
    ]


def _of_annexes(old, new):
    """Rows by what they are about; figures of annex I are told by their keys already."""
    return [
        difference
        for before, after in list(zip(annexes(old), annexes(new), strict=False))[1:4]
        for difference in _of_rows(before, after)
    ]


def _of_rows(before, after):
    head = [column.head for column in after.columns]
    there, here = _by_name(before), _by_name(after)
    for name in dict.fromkeys((*there, *here)):
        if there.get(name) != here.get(name):
            was, now = _told(head, there.get(name), here.get(name))
            yield Difference(name, was, now, after.name)


def _by_name(annex):
    """The rows of an annex by what names them; a running number is no part of a row, the plan above it is."""
    rows, plan = {}, ""
    for row in annex.rows:
        cells = tuple(cell.text for cell in row)
        if len(cells) < len(annex.columns):
            plan = cells[-1]
            continue
        name = " · ".join(filter(None, (plan, *(cells[place] for place in annex.named_by))))
        rows.setdefault(name, []).append(cells if 0 in annex.named_by else ("", *cells[1:]))
    return rows


def _told(head, was, now):
    """What a row said and says: of rows on both sides the cells that differ, else the whole row."""
    if was is None or now is None or len(was) != len(now):
        return _rows_words(was), _rows_words(now)
    changed = [
        (f"{name}: {one}", f"{name}: {other}")
        for before, after in zip(was, now, strict=True)
        for name, one, other in zip(head, before, after, strict=False)
        if one != other
    ]
    return "; ".join(one for one, _other in changed), "; ".join(other for _one, other in changed)


def _rows_words(rows):
    return "; ".join(" · ".join(filter(None, cells)) for cells in rows or ()) or "–"


def _of_narrative(old, new):
    before = {part.code: part for part in old.parts}
    for part in new.parts:
        was = before.pop(part.code, None)
        yield from _of_passages(f"Mục {part.code}", was.paragraphs if was else (), part.paragraphs)
    for code, part in before.items():
        yield from _of_passages(f"Mục {code}", part.paragraphs, ())


def _of_passages(place, before, after):
    was, now = [each.text for each in before], [each.text for each in after]
    for change, *ends in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if change != "equal":
            start, end, other_start, other_end = ends
            yield Difference("Nội dung", _cut(was[start:end]), _cut(now[other_start:other_end]), place)


def _cut(texts):
    text = " ".join(texts) or "–"
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}…"
