"""The list of reports, and the report of a period as it would be written today."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from activities.frame import periods_of
from activities.models import ConsolidatedPeriod

from ..annexes import annexes
from ..filters import ReportFilter
from ..forms import subjects_for
from ..large_files import is_large, order_file
from ..listing import build_list, readable
from ..models import Report, ReportKind
from ..pdf import PdfBusyError, kept_pdf
from ..permissions import can_view_preview, can_view_report
from ..quarterly import build_quarterly_report
from .papers_of_reports import preview_name
from .reading import file_answer, period_or_403
from .words import BUSY


@require_safe
def report_list(request):
    """Reports in work, issued, and the periods whose report has not been begun."""
    can_view = can_view_preview(request.user)
    periods = [each for each in periods_of(request) if each.starts_on <= request.today]
    sums = sums_of(request, periods)
    reports = readable(request.user)
    plans = list({period.plan_id: period.plan for period in periods}.values())
    years = sorted({each.year for each in [*periods, *sums]}, reverse=True)
    chosen = ReportFilter(request.GET, queryset=reports, user=request.user, plans=plans, years=years)
    context = {
        "periods": periods if can_view else [],
        "list": build_list(request.user, chosen, periods, sums),
        "filter": chosen,
        "is_filtered": bool(chosen.asked),
        "can_view": can_view,
        "can_begin": request.user.is_coordinator or request.user.is_focal_point,
    }
    return render(request, "reports/report_list.html", context)


def sums_of(request, periods):
    """What sums the periods of the plans of `periods`, begun by today; one query where there is a plan."""
    if not periods:
        return []
    plans = {each.plan_id: each.plan for each in periods}
    rows = ConsolidatedPeriod.objects.visible_to(request.user).filter(plan__in=plans, starts_on__lte=request.today)
    found = list(rows.order_by("-ends_on", "starts_on"))
    for row in found:
        row.plan = plans[row.plan_id]
    return found


def beginnable(request):
    """All that this person may begin a report on."""
    periods = [each for each in periods_of(request) if each.starts_on <= request.today]
    return subjects_for(request.user, periods, sums_of(request, periods))


def _begun(user, period):
    """The newest version of the plan's report on `period` that this person reads, or None."""
    rows = Report.objects.visible_to(user).filter(kind=ReportKind.PLAN, period=period).select_related("plan")
    return next((row for row in rows.order_by("-ordinal") if can_view_report(user, row)), None)


@require_safe
def preview(request, pk):
    """The report as it would be written today; once one has been begun, that one."""
    period = period_or_403(request, pk)
    if begun := _begun(request.user, period):
        return redirect(begun)
    report = build_quarterly_report(period, today=request.today)
    context = {
        "period": period,
        "report": report,
        "annexes": annexes(report),
        "may_begin": f"plan-p{period.pk}" in {each.code for each in beginnable_of(request, period)},
    }
    return render(request, "reports/report_preview.html", context)


def beginnable_of(request, period):
    return subjects_for(request.user, [period] if period.starts_on <= request.today else [], [])


@require_safe
def preview_pdf(request, pk):
    period = period_or_403(request, pk)
    report = build_quarterly_report(period, today=request.today)
    if is_large(report):
        return redirect("accounts:job", order_file(period, report, "pdf", by=request.user, today=request.today).pk)
    try:
        data = kept_pdf(report)
    except PdfBusyError:
        messages.error(request, BUSY)
        return redirect("reports:preview", period.pk)
    return file_answer(data, preview_name(period, "pdf"), inline=True)
