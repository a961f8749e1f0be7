"""A correction: the next version of an issued report, which says why it is there and what differs."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _, gettext_lazy

from agencies.access import require

from ..models import Report, ReportPart, ReportStatus
from ..permissions import can_correct_report
from ..workflow import locked, record

NOT_CORRECTED = gettext_lazy("An issued report is corrected once, by whoever writes it; look at its newest version.")
# What a version takes over from the one before; number, day and seal are its own.
TAKEN_OVER = (
    "kind",
    "locality_id",
    "plan_id",
    "agency_id",
    "period_id",
    "consolidated_id",
    "span",
    "year",
    "label",
    "starts_on",
    "ends_on",
    "due_on",
)


@transaction.atomic
def correct_report(report, *, by, at, reason):
    """Begin the version that replaces `report`, with its text; returns it.

    Raises:
        PermissionDenied: it is not this person's to correct, or it is being corrected already.
        ValidationError: no reason.
    """
    held = locked(report)
    require(can_correct_report(by, held), NOT_CORRECTED)
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Say what is wrong: the reason stands in the new version.")})
    correction = Report.objects.create(
        **{name: getattr(held, name) for name in TAKEN_OVER},
        ordinal=held.ordinal + 1,
        replaces=held,
        reason=reason,
        status=ReportStatus.DRAFT,
        begun_by=by,
        begun_at=at,
    )
    ReportPart.objects.bulk_create(_copied(part, correction) for part in held.parts.all())
    record(correction, "correct", by=by, at=at, reason=reason)
    return correction


def _copied(part, correction):
    """What somebody wrote is taken over; a part nobody touched is drafted anew from today's updates."""
    facts = {name: getattr(part, name) for name in ("code", "position", "body", "drafted", "sources")}
    return ReportPart(report=correction, edited_by=part.edited_by, edited_at=part.edited_at, **facts)
