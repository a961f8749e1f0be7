"""Planned against reported, activity by activity, as a Gantt chart that prints."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from activities.frame import chosen_period, periods_of
from agencies.access import require

from ..drawing import gantt
from ..gantt import build_timeline, timeline_workbook
from ..pdf import PdfBusyError, kept_gantt_pdf
from ..permissions import can_view_dashboard
from ..timeline_paper import timeline_paper
from .charts import chart
from .reading import file_answer
from .words import BUSY, NOT_FOR_YOU

BY_STATE = "state"


@require_safe
def timeline(request):
    found = _timeline(request)
    if found is None:
        return render(request, "reports/timeline.html", {"timeline": None})
    if request.GET.get("export") == "xlsx":
        return _as_workbook(request, found)
    context = {
        "timeline": found,
        "charts": [gantt(each) for each in found.charts],
        "state": request.GET.get("state", ""),
        "by_state": request.GET.get("sort") == BY_STATE,
    }
    return render(request, "reports/timeline.html", context)


@require_safe
def timeline_pdf(request):
    """The rows shown, on A4 landscape."""
    found = _timeline(request)
    if found is None:
        return redirect("reports:timeline")
    try:
        data = kept_gantt_pdf(timeline_paper(found))
    except PdfBusyError:
        messages.error(request, BUSY)
        return redirect("reports:timeline")
    name = f"tien-do-hoat-dong-{found.as_of:%Y-%m-%d}.pdf"
    return file_answer(data, name, inline="download" not in request.GET)


def _as_workbook(request, found):
    name = f"tien-do-hoat-dong-{found.as_of:%Y-%m-%d}.xlsx"
    return file_answer(timeline_workbook(found, at=request.now), name)


def _timeline(request):
    """Of the frame's period, narrowed and ordered as the address asks; None without a period."""
    require(can_view_dashboard(request.user), NOT_FOR_YOU)
    period = chosen_period(request)
    if period is None:
        return None
    state, by_state = request.GET.get("state", ""), request.GET.get("sort") == BY_STATE
    return build_timeline(period, periods_of(request), today=request.today, state=state, by_state=by_state)


@chart("gantt")
def gantt_chart(request):
    """The page's drawing; of several the one that `?part=` counts from 1."""
    found = _timeline(request)
    part = request.GET.get("part", "1")
    place = int(part) - 1 if part.isdecimal() and len(part) < 5 else -1
    return found.charts[place] if found and 0 <= place < len(found.charts) else None
