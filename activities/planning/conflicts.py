"""Two people on one activity: what each of them changed, word by word, and how both are kept.

Both versions are compared with their common ancestor, piece by piece; the machine prefers neither.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from plans.models import Channel, ContentTheme
from plans.parties import Party
from plans.words import word_diff

from ..models import ActivityGroup, Indicator
from ..products import describe_product
from .drafting import said

PIECES = {
    "number": (_("Number in the plan"), ("number",)),
    "title": (_("What is to be done"), ("title",)),
    "details": (_("Details"), ("details",)),
    "group": (_("Group in the annex"), ("group_id",)),
    "lead": (_("Lead agencies"), ("lead",)),
    "cooperating": (_("Cooperating agencies"), ("cooperating",)),
    "time": (_("Time of completion"), ("schedule_text", "schedule_kind", "start", "deadline")),
    "product": (_("Expected product"), ("expected_product", "target_quantity", "target_unit")),
    "indicator": (_("Indicator that counts the target"), ("indicator_id",)),
    "channels": (_("Channels"), ("channels",)),
    "themes": (_("Content themes"), ("themes",)),
}


@dataclass(frozen=True)
class Difference:
    """A piece that somebody changed: both wordings as [(same, del or ins, text)] against the ancestor."""

    label: str
    theirs: list
    mine: list


def whole(values, base, theirs):
    """The state that `values` (what was typed, perhaps only some pieces) makes of what the person began with."""
    return (base or theirs) | values


def kept_mine(values, base, theirs):
    """What to write so that the person's changes win, and what they did not touch stays as the other left it."""
    mine, before = whole(values, base, theirs), base or theirs
    return {
        name: mine[name]
        for _label, names in PIECES.values()
        if any(mine.get(name) != before.get(name) for name in names)
        for name in names
        if name in mine
    }


def differences(values, base, theirs, directory):
    """Where the two versions differ; at least one of them changed the piece since `base`."""
    mine, before = whole(values, base, theirs), base or theirs
    names = _names_of(before, mine, theirs)
    return [
        Difference(
            label,
            word_diff(_words(piece, before, names, directory), _words(piece, theirs, names, directory)),
            word_diff(_words(piece, before, names, directory), _words(piece, mine, names, directory)),
        )
        for piece, (label, keys) in PIECES.items()
        if any(said(mine).get(key) != said(theirs).get(key) for key in keys)
    ]


def _names_of(*states):
    """{key: name} of the channels, themes, groups and indicators that the states refer to."""
    sources = {
        "channels": (Channel, [key for state in states for key in state.get("channels", [])]),
        "themes": (ContentTheme, [key for state in states for key in state.get("themes", [])]),
        "group": (ActivityGroup, [state["group_id"] for state in states if state.get("group_id")]),
        "indicator": (Indicator, [state["indicator_id"] for state in states if state.get("indicator_id")]),
    }
    return {
        piece: {row.pk: str(row) for row in model.objects.filter(pk__in=keys)}
        for piece, (model, keys) in sources.items()
    }


def _words(piece, state, names, directory):
    """A piece of a state as one line of words."""
    if piece in ("lead", "cooperating"):
        return "; ".join(directory.named(Party(*each)).name for each in state.get(piece, []))
    if piece in ("channels", "themes"):
        return "; ".join(names[piece][key] for key in state.get(piece, []) if key in names[piece])
    if piece in ("group", "indicator"):
        return names[piece].get(state.get(f"{piece}_id"), "")
    if piece == "time":
        dates = "–".join(_day(state[name]) for name in ("start", "deadline") if state[name])
        return f"{state['schedule_text']} ({dates})" if dates else state["schedule_text"]
    if piece == "product":
        target = describe_product(state["target_quantity"], state["target_unit"]) if state["target_quantity"] else ""
        return f"{state['expected_product']} ({target})" if target else state["expected_product"]
    return state.get(piece) or ""


def _day(iso):
    return f"{date.fromisoformat(iso):%d/%m/%Y}"
