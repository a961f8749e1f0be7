"""How an update moves: a table that reads like the rule, and `move()`, the only way its status changes."""

from collections.abc import Callable
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from agencies.access import require

from .completeness import missing_in
from .models import QuarterlyUpdate, Status, UpdateEvent
from .permissions import can_review_update, can_submit_update
from .snapshot import content_of


class Transition(NamedTuple):
    """One step: where it leads, who may take it (user, update), and what it asks for."""

    target: Status
    allowed: Callable
    needs_reason: bool = False
    needs_complete: bool = False


TRANSITIONS = {
    "submit": Transition(Status.SUBMITTED, allowed=can_submit_update, needs_complete=True),
    "return": Transition(Status.RETURNED, allowed=can_review_update, needs_reason=True),
    "approve": Transition(Status.APPROVED, allowed=can_review_update),
}


def open_moves(user, update):
    """Names of the steps this person may take now."""
    return [name for name, step in TRANSITIONS.items() if step.allowed(user, update)]


@transaction.atomic
def move(update, name, *, by, at, reason="", version=None):
    """Take `update` one step and record it; returns the update as stored.

    Args:
        name: a key of TRANSITIONS.
        by, at: who takes the step, and when (aware datetime).
        version: the version the person looked at, when they looked at one.

    Raises:
        PermissionDenied: the step is not this person's, or not now.
        ValidationError: the reason is missing, the update is incomplete, or it changed meanwhile.
    """
    locked = QuarterlyUpdate.objects.select_for_update(of=("self",)).select_related("period__plan", "agency")
    update = locked.get(pk=update.pk)
    step = TRANSITIONS[name]
    require(step.allowed(by, update), _("This step is not open to you, or the update has already moved on."))
    if version is not None and version != update.version:
        raise ValidationError(_("The update changed while you were looking at it. Read it again, then decide."))
    reason = reason.strip()
    if step.needs_reason and not reason:
        raise ValidationError({"reason": _("Say why the update is returned: the agency reads these words.")})
    if step.needs_complete and (missing := missing_in(update)):
        raise ValidationError([ValidationError(sentence, code="missing") for _activity, sentence in missing])
    update.status = step.target
    if name == "submit":
        update.first_submitted_at = update.first_submitted_at or at
        update.submitted_at = at
        update.agency_name = update.agency.name
    update.version = F("version") + 1
    update.save()
    update.refresh_from_db(fields=["version"])
    record(update, name, by=by, at=at, reason=reason)
    return update


def record(update, name, *, by, at, reason=""):
    """Write the event row of a step; at a submission with the content as it was sent."""
    submitted = name == "submit"
    rounds = update.events.filter(move="submit").count()
    UpdateEvent.objects.create(
        update=update,
        move=name,
        status=update.status,
        round=rounds + 1 if submitted else rounds,
        by=by,
        role=by.role,
        by_name=str(by),
        by_agency_name=by.agency.name if by.agency_id else "",
        at=at,
        reason=reason,
        content=content_of(update) if submitted else None,
    )
