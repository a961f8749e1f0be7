"""The dashboard, the list of quarterly reports, a report on screen and as PDF."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_safe

from activities.filters import ON_TRACK
from activities.frame import chosen_period, periods_of
from agencies.access import require

from .annexes import annexes
from .dashboard import build_dashboard
from .pdf import PdfBusyError, kept_pdf
from .permissions import can_view_dashboard, can_view_report
from .quarterly import build_quarterly_report

NOT_FOR_YOU = gettext_lazy("The state of the whole locality is for its coordinator, leaders and administrators.")
DRAFTS_ONLY = gettext_lazy("Reports are drafts: only the coordinator, leaders and administrators read them.")


@require_safe
def dashboard(request):
    require(can_view_dashboard(request.user), NOT_FOR_YOU)
    period = chosen_period(request)
    if period is None:
        return render(request, "reports/dashboard.html", {"board": None})
    periods = [each for each in periods_of(request) if each.plan_id == period.plan_id]
    board = build_dashboard(period, periods, today=request.today)
    return render(request, "reports/dashboard.html", {"board": board, "on_track_url": _on_track_url(board)})


def _on_track_url(board):
    """Where the activities on track are listed; those of a past period are on the page itself, as they stood then."""
    if board.is_past:
        return "#time"
    return f"{reverse('activities:list')}?{urlencode({'plan': board.period.plan_id, 'state': ON_TRACK})}"


@require_safe
def report_list(request):
    """Every period of every plan with its report; a focal point reads no draft."""
    can_view = can_view_report(request.user)
    periods = [each for each in periods_of(request) if each.starts_on <= request.today] if can_view else []
    return render(request, "reports/report_list.html", {"periods": periods, "can_view": can_view})


def _report(request, pk):
    """(period, its report): the period is one of those the frame has already read for this person."""
    period = next((each for each in periods_of(request) if each.pk == pk), None)
    if period is None:
        raise Http404
    require(can_view_report(request.user), DRAFTS_ONLY)
    return period, build_quarterly_report(period, today=request.today)


@require_safe
def report_detail(request, pk):
    period, report = _report(request, pk)
    return render(
        request, "reports/report_detail.html", {"period": period, "report": report, "annexes": annexes(report)}
    )


@require_safe
def report_pdf(request, pk):
    period, report = _report(request, pk)
    try:
        response = HttpResponse(kept_pdf(report), content_type="application/pdf")
    except PdfBusyError:
        messages.error(request, _("Other documents are being made just now. Please ask for the PDF again in a minute."))
        return redirect("reports:detail", period.pk)
    name = f"bao-cao-quy-{period.ordinal}-{period.year}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
