"""How an update moves: a table that reads like the rule, and `move()`, the only way its status changes."""

from collections.abc import Callable
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy

from accounts.models import NotificationKind
from accounts.notifying import tell
from agencies.access import require

from .completeness import missing_in
from .locks import PASSED, Extensions, is_open
from .models import QuarterlyUpdate, Status, UpdateEvent, writing_at
from .permissions import (
    OVER,
    PLAN_OVER,
    can_approve_update,
    can_begin_review,
    can_recall_update,
    can_return_update,
    can_submit_update,
    can_view_update,
    is_own_update,
)
from .snapshot import content_of
from .workmates import coordinators_of, people_of


class Transition(NamedTuple):
    """One step: where it leads, who may take it (user, update, day), and what it asks for.

    `target` None: to where it was before it was sent; SAME: it stays where it is.
    """

    target: Status | str | None
    allowed: Callable
    needs_reason: bool = False
    needs_complete: bool = False


SAME = "same"
TRANSITIONS = {
    "submit": Transition(Status.SUBMITTED, allowed=can_submit_update, needs_complete=True),
    "recall": Transition(None, allowed=can_recall_update),
    "begin": Transition(SAME, allowed=can_begin_review),
    "return": Transition(Status.RETURNED, allowed=can_return_update, needs_reason=True),
    "approve": Transition(Status.APPROVED, allowed=can_approve_update),
}
DECISIONS = ("return", "approve")


def open_moves(user, update, day):
    """Names of the steps this person may take on `day`."""
    return [name for name, step in TRANSITIONS.items() if step.allowed(user, update, day)]


@transaction.atomic
def move(update, name, *, by, at, reason="", version=None, resend_by=None):
    """Take `update` one step and record it; returns the update as stored.

    Args:
        name: a key of TRANSITIONS.
        by, at: who takes the step, and when (aware datetime).
        version: the version the person looked at, when they looked at one.
        resend_by: with "return", the day by which the agency should send it again.

    Raises:
        PermissionDenied: the step is not this person's, or not now.
        ValidationError: the reason is missing, the update is incomplete, or it changed meanwhile.
    """
    locked = QuarterlyUpdate.objects.select_for_update(of=("self",)).select_related(
        "period__plan__reporting_rules", "agency"
    )
    update = locked.get(pk=update.pk)
    step = TRANSITIONS[name]
    day = timezone.localtime(at).date()
    require_step(update, name, by, day)
    if name == "begin" and update.review_began_at:
        return update  # begun once; who looks again changes nothing
    if version is not None and version != update.version:
        raise ValidationError(_("The update changed while you were looking at it. Read it again, then decide."))
    reason = reason.strip()
    if step.needs_reason and not reason:
        raise ValidationError({"reason": _("Say why the update is returned: the agency reads these words.")})
    if name == "return":
        _check_resend_by(update, resend_by, day)
    if step.needs_complete and (missing := missing_in(update)):
        raise ValidationError([ValidationError(sentence, code="missing") for _activity, sentence in missing])
    with writing_at(at):
        TAKEN[name](update, by, at, resend_by)
        update.version += step.target != SAME  # looking at it changes nothing that another page shows
        update.save()
    event = record(update, name, by=by, at=at, reason=reason)
    _tell(event)
    return update


OWN = gettext_lazy("You have sent this update yourself, so a colleague approves it. The plan's rules can allow it.")
LOCKED_FOR_AGENCY = gettext_lazy(
    "The period is locked for this agency, so it could not correct anything: extend the period for it first."
)


def require_step(update, name, by, day):
    """Raises PermissionDenied, with the reason, where the step is not this person's, or not on `day`."""
    require(TRANSITIONS[name].allowed(by, update, day), _refusal(update, name, by, day))


def _refusal(update, name, by, day):
    """Why the step is not open, said as exactly as the person may know."""
    if can_begin_review(by, update):
        if name == "approve":
            return OWN
        if name == "return" and update.period.plan.status in OVER:
            return PLAN_OVER
        if name == "return" and not is_open(update.period, update.agency_id, day):
            return LOCKED_FOR_AGENCY
    if name == "recall" and update.review_began_at and can_view_update(by, update):
        return _("The review has begun, so the update can no longer be taken back. The reviewer can return it to you.")
    return _("This step is not open to you, or the update has already moved on.")


def _check_resend_by(update, resend_by, day):
    if resend_by is None:
        return
    last = Extensions.of([update.period]).until(update.period, update.agency_id)
    if refusal := resend_refusal(resend_by, today=day, last=last):
        raise ValidationError({"resend_by": refusal})


def resend_refusal(resend_by, *, today, last):
    """Why the agency cannot be asked to send again by this day, where it may write until `last`; "" where it can."""
    if resend_by < today:
        return PASSED
    if resend_by > last:
        return _("The agency can write until %(day)s: choose an earlier day, or extend the period first.") % {
            "day": f"{last:%d/%m/%Y}"
        }
    return ""


def _submitted(update, by, at, resend_by):
    update.status = Status.SUBMITTED
    update.first_submitted_at = update.first_submitted_at or at
    update.submitted_at = at
    update.agency_name = update.agency.name
    update.review_began_at = update.reviewer = update.resend_by = None
    if is_own_update(by, update):
        update.on_behalf_by, update.on_behalf_name, update.on_behalf_reason = None, "", ""
    else:
        update.on_behalf_by = by


def _recalled(update, by, at, resend_by):
    """As if it had not been sent: a first sending that was recalled does not count as being on time."""
    rounds = [each for each in update.events.filter(move__in=("submit", "recall", "return")).order_by("at", "pk")]
    standing = []
    for event in rounds:
        if event.move == "submit":
            standing.append(event)
        elif event.move == "recall" and standing:
            standing.pop()
    standing = standing[:-1]  # the one being recalled now
    update.status = Status.RETURNED if standing else Status.DRAFT
    update.submitted_at = standing[-1].at if standing else None
    update.first_submitted_at = standing[0].at if standing else None
    if standing:
        update.resend_by = next((each.resend_by for each in reversed(rounds) if each.move == "return"), None)


def _begun(update, by, at, resend_by):
    update.review_began_at, update.reviewer = at, by


def _returned(update, by, at, resend_by):
    _decided(update, by, at)
    update.status, update.resend_by = Status.RETURNED, resend_by


def _approved(update, by, at, resend_by):
    _decided(update, by, at)
    update.status = Status.APPROVED


def _decided(update, by, at):
    update.review_began_at = update.review_began_at or at
    update.reviewer = by


TAKEN = {"submit": _submitted, "recall": _recalled, "begin": _begun, "return": _returned, "approve": _approved}


def record(update, name, *, by, at, reason=""):
    """Write the event row of a step; at a submission with the content as it was sent."""
    submitted = name == "submit"
    rounds = update.events.filter(move="submit").count()
    return UpdateEvent.objects.create(
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
        on_behalf_of=update.on_behalf_name if name in SAYS_FOR_WHOM and by.pk == update.on_behalf_by_id else "",
        resend_by=update.resend_by if name == "return" else None,
        content=content_of(update) if submitted else None,
    )


ON_BEHALF = "on_behalf"  # an event that is no step: the status stays
SAYS_FOR_WHOM = ("submit", ON_BEHALF)


def _tell(event):
    """What the step means to whom: a sending to the reviewers, a decision to the agency."""
    update, period = event.update, event.update.period
    facts = {"period": period.label, "plan": str(period.plan)}
    told = {"key": f"update-{update.pk}-{event.round}-{event.move}", "at": event.at}
    agencys = people_of([update.agency_id]).exclude(pk=event.by_id)
    own_page = update.get_absolute_url()
    match event.move:
        case "submit":
            facts["agency"] = update.agency_name
            reviewers = coordinators_of(period.plan).exclude(pk=event.by_id)
            review = reverse("activities:review_update", args=[update.pk])
            tell(reviewers, NotificationKind.SUBMITTED, url=review, **told, **facts)
            if event.on_behalf_of:
                tell(agencys, NotificationKind.SUBMITTED, url=own_page, **told, **facts)
        case "return":
            facts |= {"by": event.by_name, "reason": event.reason}
            tell(agencys, NotificationKind.RETURNED, url=own_page, **told, **facts)
        case "approve":
            facts |= {"by": event.by_name}
            tell(agencys, NotificationKind.APPROVED, url=own_page, **told, **facts)
