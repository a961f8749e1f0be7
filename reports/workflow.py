"""How a report moves: a table that reads like the rule, and `move()`, the only way its status changes.

draft → submitted → approved → issued; back by a return, a withdrawal, a reopening. What an issue keeps, and how it is
sealed, is the business of `sealing`: it sets number, day and code and takes the step in one transaction.
"""

import copy
from collections.abc import Callable
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _, gettext_lazy

from accounts.models import NotificationKind, Role, User
from accounts.notifying import tell
from activities.models import QuarterlyUpdate
from activities.workmates import coordinators_of, people_of
from agencies.access import require

from .models import Report, ReportEvent, ReportKind, ReportStatus
from .permissions import (
    can_decide_report,
    can_issue_report,
    can_reopen_report,
    can_submit_report,
    can_view_report,
    can_withdraw_report,
)


class Transition(NamedTuple):
    """One step: where it leads, who may take it (user, report), and whether it asks for a reason."""

    target: ReportStatus
    allowed: Callable
    needs_reason: bool = False


TRANSITIONS = {
    "submit": Transition(ReportStatus.SUBMITTED, allowed=can_submit_report),
    "withdraw": Transition(ReportStatus.DRAFT, allowed=can_withdraw_report),
    "return": Transition(ReportStatus.RETURNED, allowed=can_decide_report, needs_reason=True),
    "approve": Transition(ReportStatus.APPROVED, allowed=can_decide_report),
    "reopen": Transition(ReportStatus.DRAFT, allowed=can_reopen_report),
    "issue": Transition(ReportStatus.ISSUED, allowed=can_issue_report),
}
BY_HAND = ("submit", "withdraw", "return", "approve", "reopen")  # "issue" is taken by the sealing alone
TO_DRAFTERS = ("return", "approve")  # whoever writes it hears of it; of other steps leadership

NOT_NOW = gettext_lazy("This step is not open to you, or the report has already moved on.")


def open_moves(user, report):
    """Names of the steps this person may take now."""
    return [name for name, step in TRANSITIONS.items() if step.allowed(user, report)]


def locked(report):
    """The report as stored, held until the transaction ends; 403 when it was thrown away meanwhile."""
    rows = Report.objects.select_for_update(of=("self",)).select_related("plan", "agency", "locality")
    held = rows.filter(pk=report.pk).first()
    require(held, NOT_NOW)
    return held


@transaction.atomic
def move(report, name, *, by, at, reason="", version=None):
    """Take `report` one step and record it; returns the report as stored.

    Args:
        name: a key of TRANSITIONS.
        by, at: who takes the step, and when (aware datetime).
        version: the version the person looked at, when they looked at one.

    Raises:
        PermissionDenied: the step is not this person's, or not now.
        ValidationError: the reason is missing, or the report changed meanwhile.
    """
    report = locked(report)
    step = TRANSITIONS[name]
    require(can_view_report(by, report) and step.allowed(by, report), NOT_NOW)
    if version is not None and version != report.version:
        raise ValidationError(_("The report changed while you were looking at it. Read it again, then decide."))
    reason = reason.strip()
    if step.needs_reason and not reason:
        raise ValidationError({"reason": _("Say why the report is returned: whoever writes it reads these words.")})
    before, report.status = report.status, step.target
    report.version += 1
    report.save()
    _tell(record(report, name, before=before, by=by, at=at, reason=reason))
    return report


def taken_already(user, report, name):
    """The event by which the report came to stand where the step leads, which this person could have taken; or None.

    Whoever clicks twice, or a moment after a colleague, is told so instead of being refused.
    """
    last = report.events.exclude(before="").last()
    if last is None or last.step != name or report.status != TRANSITIONS[name].target:
        return None
    return last if TRANSITIONS[name].allowed(user, _as_it_stood(report, last.before)) else None


def _as_it_stood(report, status):
    """A copy to ask predicates about, never to be saved: the report as it was in `status`."""
    earlier = copy.copy(report)
    earlier.status = status
    return earlier


def record(report, step, *, by, at, before="", reason=""):
    """Write the event row of a step; without `before` it is none of the status (begun, drafted anew)."""
    return ReportEvent.objects.create(
        report=report, step=step, before=before, after=report.status, reason=reason, by=by, by_name=str(by), at=at
    )


def drafters_of(report):
    """The active people who write the report."""
    if report.kind == ReportKind.AGENCY:
        return people_of([report.agency_id])
    if report.kind == ReportKind.PLAN:
        return coordinators_of(report.plan)
    return User.objects.filter(is_active=True, role=Role.COORDINATOR, agency=report.agency_id)


def leaders_of(report):
    return User.objects.filter(is_active=True, role=Role.LEADER, agency__locality=report.locality_id)


def _tell(event):
    """A decision to whoever writes it, every other step to leadership; an issued one to the agencies in it as well."""
    report = event.report
    people = drafters_of(report) if event.step in TO_DRAFTERS else leaders_of(report)
    told = {person.pk: person for person in people}
    if event.step == "issue":
        told |= {person.pk: person for person in [*drafters_of(report), *_reporting(report)]}
    told.pop(event.by_id, None)
    tell(
        told.values(),
        NotificationKind.REPORT,
        key=f"report-{report.pk}-{report.version}",
        url=report.get_absolute_url(),
        at=event.at,
        step=event.step,
        label=report.label,
        plan=str(report.plan or report.locality),
        by=event.by_name,
        reason=event.reason,
        number=report.document_number,
    )


def _reporting(report):
    """The focal points of the agencies whose updates are in a plan's report."""
    if report.kind != ReportKind.PLAN:
        return []
    inside = QuarterlyUpdate.objects.filter(
        period__plan=report.plan_id, period__starts_on__gte=report.starts_on, period__ends_on__lte=report.ends_on
    )
    return people_of(inside.values_list("agency", flat=True))
