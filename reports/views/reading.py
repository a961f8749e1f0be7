"""The report somebody asks for, if they may read it; and the file they are given."""

from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _, gettext_lazy

from activities.files import CONTENT_TYPES
from activities.frame import periods_of
from agencies.access import require
from agencies.vietnamese import fold

from ..models import Report
from ..permissions import can_view_preview, can_view_report
from ..quarterly.building import RELATIONS
from ..workflow import taken_already
from .words import DRAFTS_ONLY

NOT_YOURS = gettext_lazy("A draft is read by those who write it and those who decide on it.")


def report_or_403(request, pk, *, related=RELATIONS, also=()):
    """The report with the rows `related` to it, and what it has several of where asked for, for who may read it."""
    rows = Report.objects.visible_to(request.user).select_related(*related)
    report = get_object_or_404(rows.prefetch_related(*also), pk=pk)
    require(can_view_report(request.user, report), NOT_YOURS)
    return report


def says_done(step=""):
    """A view that takes a report a step (its argument `name`, else `step`): where the step has been taken already, and
    the person could have taken it, that is said on the page of the report, and nobody is refused.
    """

    def decorate(view):
        @wraps(view)
        def answer(request, pk, **arguments):
            try:
                return view(request, pk, **arguments)
            except PermissionDenied:
                report = Report.objects.visible_to(request.user).select_related(*RELATIONS).filter(pk=pk).first()
                event = taken_already(request.user, report, arguments.get("name", step)) if report else None
                if event is None:
                    raise
            messages.info(request, done_words(event))
            return redirect(report)

        return answer

    return decorate


def done_words(event):
    at = timezone.localtime(event.at)
    said = {"name": event.by_name, "time": f"{at:%H:%M}", "day": f"{at:%d/%m/%Y}"}
    return _("This has been done already: by %(name)s at %(time)s on %(day)s.") % said


def period_or_403(request, pk):
    """The period: one of those the frame has already read for this person, who reads drafts."""
    period = next((each for each in periods_of(request) if each.pk == pk), None)
    if period is None:
        raise Http404
    require(can_view_preview(request.user), DRAFTS_ONLY)
    return period


def workbook_answer(request, period, name, data):
    """A workbook (bytes) of `period`; its name says of what (`name`), of which period and of which day it is."""
    label = slugify(fold(period.label.replace("/", "-")))
    return file_answer(data, f"{name}-{label}-{request.today:%Y-%m-%d}.xlsx")


def file_answer(data, name, *, inline=False, kind=""):
    """`data` (bytes) as a file called `name`, whose extension says of what `kind` (a content type) it is."""
    kind = kind or CONTENT_TYPES[name.rpartition(".")[2]]
    return HttpResponse(
        data, content_type=kind, headers={"Content-Disposition": content_disposition_header(not inline, name)}
    )
