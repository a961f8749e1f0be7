"""What has been said to whom, and what to nobody: themes and audiences."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from activities.frame import chosen_period
from agencies.access import require

from ..coverage import UNSAID, Reach, build_coverage, coverage_workbook
from ..permissions import can_view_dashboard
from .reading import file_answer
from .words import NOT_FOR_YOU


@require_safe
def coverage(request):
    found = _coverage(request)
    if found is None:
        return render(request, "reports/coverage.html", {"coverage": None})
    keys = {str(each.key): each for each in found.audiences}
    audience = keys.get(request.GET.get("audience", ""))
    show = UNSAID if request.GET.get("show") == UNSAID else ""
    context = {
        "coverage": found,
        "rows": found.showing(audience.key if audience else None, show),
        "audience": audience,
        "show": show,
        "reaches": list(Reach),
    }
    return render(request, "reports/coverage.html", context)


@require_safe
def coverage_xlsx(request):
    data = coverage_workbook(_coverage(request), at=request.now)
    name = f"noi-dung-doi-tuong-{request.today:%Y-%m-%d}.xlsx"
    return file_answer(data, name)


def _coverage(request):
    """Of the frame's period; None without one."""
    require(can_view_dashboard(request.user), NOT_FOR_YOU)
    period = chosen_period(request)
    return build_coverage(period, today=request.today) if period else None
