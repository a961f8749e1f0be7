"""How a plan moves: a table that reads like the rule, and `move()`, the only way its status changes.

draft → issued → amended → closed, and replaced by a later plan. An issued plan is read only: it changes by an
amendment, which is drafted on a copy (see `amending`).
"""

from collections.abc import Callable
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _, gettext_lazy

from agencies.access import require
from plans.drafting import NO_LONGER_THERE
from plans.models import Plan, PlanEvent, PlanStatus, Purpose
from plans.permissions import (
    can_amend_plan,
    can_close_plan,
    can_issue_plan,
    can_reopen_plan,
    can_replace_plan,
)

from ..calendar import generate_periods
from ..versions import content_as_amended, content_of, keep_version
from .amending import carry_over
from .check import check_plan
from .comparing import compare
from .numbers import number_taken, number_used


class Transition(NamedTuple):
    """One step: where it leads, who may take it (user, plan), and what it asks for."""

    target: PlanStatus
    allowed: Callable
    needs_reason: bool = False


TRANSITIONS = {
    "issue": Transition(PlanStatus.ISSUED, allowed=can_issue_plan),
    "amend": Transition(PlanStatus.AMENDED, allowed=can_amend_plan),
    "close": Transition(PlanStatus.CLOSED, allowed=can_close_plan, needs_reason=True),
    "reopen": Transition(PlanStatus.ISSUED, allowed=can_reopen_plan, needs_reason=True),
    "replace": Transition(PlanStatus.REPLACED, allowed=can_replace_plan),
}
NOT_NOW = gettext_lazy("This step is not open to you, or the plan has already moved on.")


def open_moves(user, plan):
    """Names of the steps this person may take now."""
    return [name for name, step in TRANSITIONS.items() if step.allowed(user, plan)]


def locked(plan):
    """The plan as stored, held until the transaction ends; 403 when it went meanwhile."""
    rows = Plan.objects.select_for_update(of=("self",))
    held = rows.select_related("issuing_agency", "coordinating_agency", "locality").filter(pk=plan.pk).first()
    require(held, NO_LONGER_THERE)
    return held


@transaction.atomic
def move(plan, name, *, by, at, reason=""):
    """Take `plan` one step and record it; returns the plan as stored.

    Args:
        name: a key of TRANSITIONS.
        by, at: who takes the step, and when (aware datetime).

    Raises:
        PermissionDenied: the step is not this person's, or not now.
        ValidationError: a reason or a fact is missing, or the check has open findings.
    """
    plan = locked(plan)
    step = TRANSITIONS[name]
    require(step.allowed(by, plan), NOT_NOW)
    reason = reason.strip()
    if step.needs_reason and not reason:
        raise ValidationError({"reason": _("Say why: these words stay with the plan.")})
    kept = _issued(plan, at=at) if name == "issue" else None
    _take(plan, name, by=by, at=at, reason=reason, version=kept)
    if name == "issue":
        generate_periods(plan)
        _replace_earlier(plan, by=by, at=at)
    return plan


def _take(plan, name, *, by, at, reason="", version=None):
    """Set the status the step leads to, and record it with the version it made."""
    plan.status = _target(plan, TRANSITIONS[name])
    if name in ("close", "reopen"):
        plan.closed_on = at.date() if name == "close" else None
    plan.version += 1
    plan.save()
    record(plan, name, by=by, at=at, reason=reason, version=version)


def _target(plan, step):
    """Where the step leads; a plan that was amended before it was closed is amended again when reopened."""
    if step.target == PlanStatus.ISSUED and plan.versions.filter(ordinal__gt=1).exists():
        return PlanStatus.AMENDED
    return step.target


def _issued(plan, *, at):
    """The first version of a plan that may be issued."""
    refuse_incomplete(plan, today=at.date())
    return keep_version(plan, issued_on=plan.issued_on, at=at)


def refuse_incomplete(plan, *, today):
    """Raise ValidationError naming what still stands in the way of issuing `plan`, or the amendment that it is."""
    errors = {}
    if not plan.number.strip():
        errors["number"] = _("A plan is issued with its number, for example 12/KH-UBND.")
    if not plan.issued_on:
        errors["issued_on"] = _("A plan is issued on a day.")
    elif plan.issued_on > today:
        errors["issued_on"] = _("The day of issue is still to come.")
    if not plan.signatory_name.strip():
        errors["signatory_name"] = _("Say who signed it.")
    if plan.number and plan.issued_on and number_used(plan, plan.number, plan.issued_on.year):
        errors["number"] = number_taken(plan.issued_on.year)
    check = check_plan(plan, today=today)
    if not check.is_ready:
        errors["__all__"] = _("The check still has %(errors)s errors and %(warnings)s warnings to be answered.") % {
            "errors": len(check.errors),
            "warnings": len(check.warnings),
        }
    if errors:
        raise ValidationError(errors)


def _replace_earlier(plan, *, by, at):
    """The plans that `plan` names as replaced are replaced from now on."""
    for earlier in plan.replaces.exclude(status=PlanStatus.REPLACED):
        move(earlier, "replace", by=by, at=at, reason=_("Replaced by %(plan)s") % {"plan": plan})


@transaction.atomic
def issue_amendment(amendment, *, by, at):
    """Issue `amendment` (a plan with purpose amendment): the plan it amends takes its rows from the day of issue.

    Returns the plan as amended; the amendment's copy is gone, its content and signature are a version of the plan.

    Raises:
        PermissionDenied, ValidationError: as `move`.
    """
    amendment = locked(amendment)
    plan = locked(amendment.amends)
    require(can_issue_plan(by, amendment) and can_amend_plan(by, plan), NOT_NOW)
    refuse_incomplete(amendment, today=at.date())
    _refuse_disorder(plan, amendment)
    _refuse_unchanged(plan, amendment)
    if not plan.versions.exists():
        keep_version(plan, issued_on=plan.issued_on or plan.period_start, at=at)
    carry_over(amendment, plan)
    kept = keep_version(plan, issued_on=amendment.issued_on, at=at, signed=amendment)
    amendment.files.update(plan=plan, version=kept)
    reason = amendment.title
    Plan.objects.filter(pk=amendment.pk, purpose=Purpose.AMENDMENT).delete()
    _take(plan, "amend", by=by, at=at, reason=reason, version=kept)
    generate_periods(plan)
    return plan


def _refuse_disorder(plan, amendment):
    """An amendment comes after what it amends."""
    last = plan.versions.order_by("ordinal").last()
    before = last.issued_on if last else plan.issued_on
    if before and amendment.issued_on < before:
        raise ValidationError(
            {
                "issued_on": _("An amendment cannot be issued before what it amends, %(day)s.")
                % {"day": f"{before:%d/%m/%Y}"}
            }
        )


def _refuse_unchanged(plan, amendment):
    if not compare(content_of(plan), content_as_amended(amendment)):
        raise ValidationError(_("The amendment changes nothing yet: there is nothing to issue."))


def record(plan, name, *, by, at, reason="", version=None):
    """Write the event row of a step."""
    PlanEvent.objects.create(
        plan=plan,
        version=version,
        move=name,
        status=plan.status,
        by=by,
        role=by.role,
        by_name=str(by),
        by_agency_name=by.agency.name if by.agency_id else "",
        at=at,
        reason=reason,
    )
