"""Several rows pasted at once, one a line: what stands before the words is understood, and what is there already."""

import re
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from agencies.vietnamese import nfc

from .forms import PARTS
from .models import DutyKind
from .workspace import label_at, lettered

MOST_LINES = 300
# What people and word processors put before a row, most particular first. Only a compound number (II.1, 2.1.a) says
# where the row stands in its document; everything else is decoration.
MARKERS = (
    ("compound", re.compile(r"((?:[IVXLC]{1,6}|\d{1,2})(?:\.[0-9a-zđ]{1,2})+)(?:[.)]+\s*|\s+(?=[^\W\d_a-zđ]))")),
    ("roman", re.compile(r"()\(?[IVXLC]{1,6}[.)]\s+")),
    ("number", re.compile(r"()(?:\d{1,3}[.)]\s+|\(\d{1,3}\)\s*)")),
    ("letter", re.compile(r"()(?:[a-zđA-ZĐ][.)]\s+|[a-zđ]\)|\([a-zđ]\)\s*)")),
    ("plus", re.compile(r"()\++\s*")),
    ("dash", re.compile(r"()(?:[-–—]+\s+|[-–—]+(?=[^\W\d])|[*•●○▪■◦·\uf000-\uf0ff]+\s*|o\s{2,})")),
)


@dataclass(frozen=True)
class Line:
    """A pasted row. `place`: its line, from 1; `repeats`: what it says again; `problem`: why it cannot be a row."""

    place: int
    text: str
    marker: str = ""
    code: str = ""
    label: str = ""
    is_sub: bool = False
    repeats: str = ""
    problem: str = ""
    is_wanted: bool = True

    @property
    def is_new(self):
        return self.is_wanted and not self.problem


def read_lines(text):
    """The rows of a pasted text, without their bullets and numbers; empty lines say nothing."""
    text = nfc(text.replace("\x00", ""))
    lines = [_line(place, " ".join(words.split())) for place, words in enumerate(text.splitlines(), start=1)]
    return [line for line in lines if re.search(r"\w", line.text)]


def _line(place, words):
    for marker, pattern in MARKERS:
        if found := pattern.match(words):
            return Line(place, words[found.end() :].strip(), marker, found[1])
    return Line(place, words)


def understood(section, text, anyway=()):
    """The lines as they would become rows behind those of `section`.

    Args:
        anyway: places of lines to be added although they repeat a row.
    """
    seen = {_sameness(row.text): _("row %(label)s") % {"label": row.label} for row in section.rows}
    lines = []
    for line in _levelled(section.part, read_lines(text)):
        repeats = seen.get(_sameness(line.text), "")
        seen.setdefault(_sameness(line.text), _("line %(place)s") % {"place": line.place})
        is_wanted = not repeats or (line.place in anyway and section.part != "audiences")
        problem = _problem(section.part, line, len(lines))
        lines.append(replace(line, repeats=repeats, is_wanted=is_wanted, problem=problem))
    return list(_labelled(section, lines))


def _labelled(section, lines):
    """Each line with the number it will get: its own, else the next."""
    place, below = section.tops, 0
    for line in lines:
        if line.is_new:
            place, below = (place, below + 1) if line.is_sub and place else (place + 1, 0)
        label = lettered(below - 1) if below else label_at(section.part, max(place, 1))
        yield replace(line, label=line.code if line.code and has_code(section.part) else label)


def has_code(part):
    """Rows of the part keep the number their document gives them."""
    return "code" in PARTS[part][1].base_fields


def _levelled(part, lines):
    """In a part with sub-rows: a line marked otherwise than the first belongs to the last line marked as the first."""
    if part != "themes" or not lines:
        return lines
    return [replace(line, is_sub=line.marker != lines[0].marker) for line in lines]


def _sameness(text):
    return text.casefold().rstrip(" .;,:")


def _problem(part, line, count):
    longest = PARTS[part][0]._meta.get_field("text").max_length
    if len(line.text) > longest:
        return _("longer than %(longest)s characters") % {"longest": longest}
    if count >= MOST_LINES:
        return _("at most %(most)s rows at a time") % {"most": MOST_LINES}
    return ""


def as_rows(part, lines, **facts):
    """The wanted lines as unsaved rows, sub-rows tied to the row above them."""
    model = PARTS[part][0]
    rows, above = [], None
    for line in lines:
        if not line.is_new:
            continue
        row = model(text=line.text, **facts, **({"code": line.code[:20]} if has_code(part) else {}))
        if line.is_sub and above is not None:
            row.parent = above
        else:
            above = row
        rows.append(row)
    return rows


def read_paste(posted, section):
    """What was pasted into the box of a part: its words, how they are understood, and what all rows share."""
    anyway = {int(place) for place in posted.getlist("anyway") if place.isdecimal() and len(place) < 6}
    text = posted.get("lines", "")
    lines = understood(section, text, anyway)
    kind = posted.get("kind", DutyKind.IMPLEMENT)
    return {
        "text": text,
        "lines": lines,
        "new": sum(line.is_new for line in lines),
        "repeated": sum(bool(line.repeats) and not line.is_wanted for line in lines),
        "kind": kind if kind in DutyKind.values else DutyKind.IMPLEMENT,
        "kinds": DutyKind.choices,
    }


def pasted_rows(part, paste):
    """The wanted lines of a paste as unsaved rows."""
    return as_rows(part, paste["lines"], **({"kind": paste["kind"]} if part == "duties" else {}))
