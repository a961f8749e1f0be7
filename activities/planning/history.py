"""Where an activity comes from: who changed it in the draft, and the rows of earlier plans it was taken from."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from plans.models import RowAction, RowEdit

from ..models import Activity, AssignmentRole
from ..products import printed_product
from .conflicts import PIECES
from .drafting import PART, said

MOST_EDITS, MOST_EARLIER = 8, 3
SHOWN = {"title": "title", "time": "schedule_text", "product": "expected_product"}


@dataclass(frozen=True)
class Line:
    at: datetime
    words: str


@dataclass(frozen=True)
class Earlier:
    """A row of an earlier plan that this one was taken from; `leads`: who led it."""

    activity: Activity
    leads: tuple[str, ...]
    product: str


def history_of(activity):
    """What was done to the row, newest first. One query."""
    edits = RowEdit.objects.filter(plan=activity.plan, part=PART, row_id=activity.pk).order_by("-pk")[:MOST_EDITS]
    return [Line(edit.at, words) for edit in edits if (words := _words(edit))]


def _words(edit):
    by = {"name": edit.by_name}
    if edit.action == RowAction.CHANGE:
        changed = _changed(edit)
        if not changed:
            return ""
        was = edit.before[SHOWN[changed[0]]] if len(changed) == 1 and changed[0] in SHOWN else ""
        pieces = ", ".join(str(PIECES[piece][0]).lower() for piece in changed)
        if was:
            return _("%(name)s changed %(pieces)s; it was “%(was)s”") % (by | {"pieces": pieces, "was": was[:120]})
        return _("%(name)s changed %(pieces)s") % (by | {"pieces": pieces})
    if edit.action == RowAction.MOVE:
        return _("%(name)s moved it") % by
    return _("%(name)s brought it back") % by if edit.undoes_id else _("%(name)s added it") % by


def _changed(edit):
    before, after = said(edit.before), said(edit.after)
    return [piece for piece, (_label, keys) in PIECES.items() if any(before.get(key) != after.get(key) for key in keys)]


def earlier_of(activity):
    """The rows it was taken from, the nearest first. A query or two for each."""
    found, origin = [], activity.origin_id
    while origin and len(found) < MOST_EARLIER:
        row = Activity.objects.filter(pk=origin).select_related("plan").first()
        if row is None:
            break
        leads = row.assignments.filter(role=AssignmentRole.LEAD, valid_to=None).select_related("agency", "group")
        found.append(Earlier(row, tuple(each.label for each in leads), printed_product(row)))
        origin = row.origin_id
    return found
