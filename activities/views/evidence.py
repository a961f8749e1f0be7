"""Evidence files: served through the same permission as their update, never by a path, never as a page."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.access import require
from agencies.refusals import is_autosave, says_why

from ..attachments import send_file
from ..evidence import remove_evidence
from ..models import Evidence, EvidenceKind
from ..permissions import can_view_evidence, can_view_update
from ..saving import require_writing
from .updates import NOT_YOURS


def evidence_or_404(request, pk):
    """The piece of evidence with its line, in the person's locality."""
    rows = Evidence.objects.visible_to(request.user).select_related(
        "progress__update__period__plan", "progress__activity", "added_by"
    )
    return get_object_or_404(rows, pk=pk)


def evidence_to_edit(request, pk):
    """It stands on its line, and the update is the person's to edit."""
    item = evidence_or_404(request, pk)
    if item.removed_at:
        raise Http404
    update = item.progress.update
    require(can_view_update(request.user, update), NOT_YOURS)
    require_writing(request.user, update, request.today)
    return item


@require_safe
def evidence_file(request, pk):
    """The file itself: images open in the page, everything else is downloaded."""
    item = evidence_or_404(request, pk)
    require(can_view_evidence(request.user, item), NOT_YOURS)
    if item.kind == EvidenceKind.LINK:
        return redirect(item.progress.update)
    return send_file(item, request)


@says_why
@require_POST
def evidence_remove(request, pk):
    """Take a piece of evidence off an update that is still the agency's to edit."""
    item = evidence_to_edit(request, pk)
    try:
        remove_evidence(item, by=request.user, at=request.now)
    except Evidence.DoesNotExist:
        raise Http404 from None
    if is_autosave(request):
        return HttpResponse(status=204)
    messages.success(request, _("Evidence removed: %(name)s") % {"name": item})
    return redirect(back_to_line(item.progress.update_id, item.progress.activity_id))


def back_to_line(update_pk, activity_pk):
    """The activity on the page on which its update is filled in."""
    return f"{reverse('activities:sheet', args=[update_pk])}#activity-{activity_pk}"
