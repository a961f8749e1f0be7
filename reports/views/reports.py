"""The list of reports, and the report of a period as it would be written today."""

import itertools
from collections import defaultdict

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from activities.frame import periods_of
from activities.models import ConsolidatedPeriod
from agencies.access import require

from ..annexes import annexes
from ..pdf import PdfBusyError, kept_pdf
from ..permissions import can_view_preview
from ..quarterly import build_quarterly_report
from .words import BUSY, DRAFTS_ONLY


@require_safe
def report_list(request):
    """Every period of every plan with its report; a focal point reads no draft."""
    can_view = can_view_preview(request.user)
    periods = [each for each in periods_of(request) if each.starts_on <= request.today] if can_view else []
    context = {"periods": periods, "by_plan": _by_plan(request.user, periods), "can_view": can_view}
    return render(request, "reports/report_list.html", context)


def _by_plan(user, periods):
    """[(plan, its periods, what sums them)]; one query where there is a period."""
    sums = defaultdict(list)
    if periods:
        rows = ConsolidatedPeriod.objects.visible_to(user).filter(plan__in={each.plan_id for each in periods})
        for row in rows.order_by("-ends_on", "starts_on"):
            sums[row.plan_id].append(row)
    return [
        (plan, list(rows), sums[plan.pk]) for plan, rows in itertools.groupby(periods, key=lambda period: period.plan)
    ]


def _report(request, pk):
    """(period, its report): the period is one of those the frame has already read for this person."""
    period = next((each for each in periods_of(request) if each.pk == pk), None)
    if period is None:
        raise Http404
    require(can_view_preview(request.user), DRAFTS_ONLY)
    return period, build_quarterly_report(period, today=request.today)


@require_safe
def preview(request, pk):
    period, report = _report(request, pk)
    return render(
        request, "reports/report_preview.html", {"period": period, "report": report, "annexes": annexes(report)}
    )


@require_safe
def preview_pdf(request, pk):
    period, report = _report(request, pk)
    try:
        response = HttpResponse(kept_pdf(report), content_type="application/pdf")
    except PdfBusyError:
        messages.error(request, BUSY)
        return redirect("reports:preview", period.pk)
    name = f"bao-cao-quy-{period.ordinal}-{period.year}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
