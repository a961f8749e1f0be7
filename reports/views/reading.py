"""The report somebody asks for, if they may read it; and the file they are given."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy

from activities.files import CONTENT_TYPES
from activities.frame import periods_of
from agencies.access import require

from ..models import Report
from ..permissions import can_view_preview, can_view_report
from ..quarterly.building import RELATIONS
from .words import DRAFTS_ONLY

NOT_YOURS = gettext_lazy("A draft is read by those who write it and those who decide on it.")


def report_or_403(request, pk, *, related=RELATIONS, parts=False):
    """The report with the rows `related` to it, and its parts where asked for, for who may read it."""
    rows = Report.objects.visible_to(request.user).select_related(*related)
    report = get_object_or_404(rows.prefetch_related("parts") if parts else rows, pk=pk)
    require(can_view_report(request.user, report), NOT_YOURS)
    return report


def period_or_403(request, pk):
    """The period: one of those the frame has already read for this person, who reads drafts."""
    period = next((each for each in periods_of(request) if each.pk == pk), None)
    if period is None:
        raise Http404
    require(can_view_preview(request.user), DRAFTS_ONLY)
    return period


def file_answer(data, name, *, inline=False):
    """`data` (bytes) as a file called `name`, whose extension says of what kind it is."""
    kind = CONTENT_TYPES[name.rpartition(".")[2]]
    return HttpResponse(
        data, content_type=kind, headers={"Content-Disposition": content_disposition_header(not inline, name)}
    )
