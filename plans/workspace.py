"""What the workspace shows of a plan: its parts in the order of the document, read or open for writing."""

import re
import secrets
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _, gettext_lazy

from .document import read_document
from .drafting import last_act
from .forms import PARTS, PartForm
from .models import DutyKind, RowAction

# In the order of the document; the activities stand between the forms of communication and the duties.
TITLES = {
    "legal_bases": gettext_lazy("Legal basis"),
    "objectives": gettext_lazy("Objectives"),
    "requirements": gettext_lazy("Requirements"),
    "audiences": gettext_lazy("Audiences"),
    "themes": gettext_lazy("Content themes"),
    "channels": gettext_lazy("Forms of communication"),
    "duties": gettext_lazy("Organisation of the work"),
    "reporting_duties": gettext_lazy("Reporting"),
    "budget_lines": gettext_lazy("Budget"),
    "recipients": gettext_lazy("Recipients"),
}
BEFORE_ACTIVITIES = ("legal_bases", "objectives", "requirements", "audiences", "themes", "channels")
# Where Enter ends the row: parts in which people type one short paragraph after the other.
ONE_LINE = {"legal_bases", "objectives", "requirements", "audiences", "themes", "channels", "recipients"}
LETTERS = "abcdđeghiklmnopqrstuvxy"


@dataclass(frozen=True)
class Row:
    """A row as it is read. `label`: its number as printed, else that of its place; `parent` 0: of the first level."""

    part: str
    pk: int
    label: str
    text: str
    notes: tuple[str, ...]
    version: int
    code: str = ""
    parent: int = 0
    is_focus: bool = False

    @property
    def anchor(self):
        return f"{self.part}-{self.pk}"

    @property
    def key(self):
        """The primary key as addresses write it: without thousands' dots."""
        return str(self.pk)


@dataclass(frozen=True)
class Section:
    """A part of the plan with its rows, sub-rows behind the row they belong to."""

    part: str
    title: str
    rows: tuple[Row, ...]
    saved: str

    @property
    def count(self):
        return len(self.rows)

    @property
    def tops(self):
        """How many rows stand on the first level."""
        return sum(not row.parent for row in self.rows)

    @property
    def is_one_line(self):
        return self.part in ONE_LINE


def sections(document, today):
    """All parts of a plan's document, in order."""
    return [_section(part, getattr(document, part), today) for part in TITLES]


def section_of(plan, part, today):
    return _section(part, getattr(read_document(plan), part), today)


def _section(part, rows, today):
    last = max((row.edited_at for row in rows if row.edited_at), default=None)
    return Section(part, str(TITLES[part]), tuple(_shown(part, rows)), saved_words(last, today) if last else "")


def _shown(part, rows):
    tops = [row for row in rows if not row.parent]
    for place, top in enumerate(tops, start=1):
        yield _row(part, top, label_at(part, place))
        below = [row for row in rows if row.parent == top.pk]
        for place_below, row in enumerate(below):
            yield _row(part, row, lettered(place_below))


def _row(part, row, label):
    code = row.code if part in ("requirements", "themes", "channels") else ""
    notes = tuple(_notes(part, row))
    return Row(part, row.pk, code or label, row.text, notes, row.version, code, row.parent, row.is_focus)


def label_at(part, place):
    """What stands before the `place`-th row (from 1) of a part, where the document gives it no number of its own."""
    if part in ("legal_bases", "recipients"):
        return "–"
    return lettered(place - 1) if part in ("objectives", "requirements") else f"{place}."


def lettered(place):
    """a) b) c) d) đ) e) g) …, as Vietnamese documents count; beyond y) with a figure."""
    again, letter = divmod(place, len(LETTERS))
    return f"{LETTERS[letter]}{again or ''})"


def _notes(part, row):
    """What else the row says, in words."""
    if part == "duties":
        yield f"{DutyKind(row.note).label}: {row.extra or '; '.join(row.names) or _('not stated')}"
    elif part == "budget_lines":
        amount = f"{number_format(row.amount, force_grouping=True)} đồng" if row.amount is not None else ""
        yield from filter(None, (row.extra, amount))
    elif part == "reporting_duties":
        yield f"{row.note or _('not stated')} → {row.extra or _('not stated')}"
        yield from filter(None, (", ".join(map(str, row.frequencies)), "; ".join(row.dates)))
    else:
        yield from filter(None, ("; ".join(row.names),))
        if part == "objectives" and row.note:
            yield _("Target: %(target)s") % {"target": row.note}


# Addresses and sentences


def place_in(plan, part, **query):
    """The workspace's address with `part` open: at a row (`row=pk`) or at a new one (`new=pk` of the row above)."""
    address = f"{reverse('plans:edit', args=[plan.pk])}?part={part}"
    address += "".join(f"&{name}={value}" for name, value in query.items() if value)
    row = query.get("row") or query.get("new")
    return f"{address}#{part}-{row}" if row and row != "end" else f"{address}#{part}"


def saved_words(moment, today):
    """ "Saved at 10:42", or on which day."""
    local = timezone.localtime(moment)
    if local.date() == today:
        return _("Saved at %(time)s") % {"time": f"{local:%H:%M}"}
    return _("Saved on %(day)s") % {"day": f"{local:%d/%m/%Y}"}


def act_words(act):
    """What would be undone, in words: “row removed: Tăng cường lực lượng …”."""
    edit = act[0]
    words = Truncator((edit.before or edit.after)["text"]).chars(60)
    if len(act) > 1 and edit.action == RowAction.ADD:
        return _("%(n)s rows added") % {"n": len(act)}
    sentences = {
        RowAction.ADD: _("row added: %(words)s"),
        RowAction.CHANGE: _("row changed: %(words)s"),
        RowAction.REMOVE: _("row removed: %(words)s"),
        RowAction.MOVE: _("row moved: %(words)s"),
    }
    return sentences[edit.action] % {"words": words}


# A part open for writing


def row_form(user, plan, part, *, data=None, row=None, initial=None):
    """The form of a row, or of a new one; its ids name the row, as several may be open."""
    fields = PARTS[part][1].base_fields
    form = PARTS[part][1](
        data,
        plan=plan,
        user=user,
        initial={name: value for name, value in (initial or {}).items() if name in fields},
        **({"instance": row} if row else {}),
    )
    form.auto_id = f"{part}-{row.pk if row else 'new'}-%s"
    return form


def _initial(section, new):
    """What a new row begins with: the level of the row above, and, at the end of that level, the number after it."""
    above = next((row for row in section.rows if row.key == new), section.rows[-1] if section.rows else None)
    if section.part == "duties":
        return {"kind": DutyKind.IMPLEMENT}
    if above is None:
        return {}
    last = [row for row in section.rows if row.parent == above.parent][-1]
    code = next_code(above.code) if above is last else ""
    return {"parent": above.parent or None, "code": code}


def next_code(code):
    """The number after a document's own: II.6 → II.7, III.1.d → III.1.đ; "" where it does not count on."""
    stem, last = re.fullmatch(r"(.*?)(\d{1,3}|[a-zđ]|)", code).groups()
    if last.isdecimal():
        return f"{stem}{int(last) + 1}"
    place = LETTERS.find(last) + 1 if last else 0
    return f"{stem}{LETTERS[place]}" if 0 < place < len(LETTERS) else ""


@dataclass(frozen=True)
class Opened:
    """A part while it is written on: which row, or where a new one (`new`: pk of the row above, or "end").

    `conflict` and `gone` stand in the place of the row's form; `paste` is what was pasted and how it is understood.
    """

    form: PartForm | None = None
    row: int | None = None
    new: str = ""
    version: int = 0
    key: str = ""
    conflict: dict | None = None
    gone: dict | None = None
    paste: dict | None = None
    act: list | None = None

    @property
    def undo(self):
        """What may be undone: its edit and its words; None for nothing."""
        return {"edit": str(self.act[0].pk), "words": act_words(self.act)} if self.act else None

    @property
    def has_just_removed(self):
        """The last act took something away: it is said in full, with the way back."""
        return bool(self.act) and self.act[0].action == RowAction.REMOVE


def opened(user, plan, section, *, row=None, new="", **more):
    """`section` open for writing, at `row` (a model's row) or at a new one; an empty part begins with a new one."""
    part = section.part
    if new and new not in {each.key for each in section.rows} or not (section.rows or row or more):
        new = "end"
    if "form" not in more and (row or new):
        more["form"] = row_form(user, plan, part, row=row, initial=None if row else _initial(section, new))
    return Opened(
        row=row.pk if row else None,
        new=new,
        act=last_act(plan, part, user),
        **({"version": row.version} if row else {"key": secrets.token_hex(8)}) | more,
    )
