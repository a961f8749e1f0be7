"""Evidence files: served through the same permission as their update, never by a path, never as a page."""

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.access import require

from ..evidence import remove_evidence
from ..models import Evidence, EvidenceKind
from ..permissions import can_edit_update, can_view_evidence, can_view_update
from ..saving import SENT
from .updates import NOT_YOURS


def _evidence_or_404(request, pk):
    rows = Evidence.objects.visible_to(request.user).select_related(
        "progress__update__period__plan", "progress__activity"
    )
    return get_object_or_404(rows, pk=pk)


@require_safe
def evidence_file(request, pk):
    """The file itself: images open in the page, everything else is downloaded."""
    item = _evidence_or_404(request, pk)
    require(can_view_evidence(request.user, item), NOT_YOURS)
    if item.kind == EvidenceKind.LINK:
        return redirect(item.progress.update)
    try:
        content = item.file.open("rb")
    except FileNotFoundError:  # a database restored without its uploads
        raise Http404 from None
    response = FileResponse(
        content, as_attachment=not item.is_image, filename=item.file_name, content_type=item.content_type
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_POST
def evidence_remove(request, pk):
    """Take a piece of evidence off an update that is still the agency's to edit."""
    item = _evidence_or_404(request, pk)
    if item.removed_at:
        raise Http404
    update = item.progress.update
    require(can_view_update(request.user, update), NOT_YOURS)
    require(can_edit_update(request.user, update), SENT)
    remove_evidence(item, by=request.user, at=request.now)
    messages.success(request, _("Evidence removed: %(name)s") % {"name": item})
    return redirect("activities:progress", update.pk, item.progress.activity_id)
