"""Planned against reported, activity by activity, as a Gantt chart that prints."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from activities.frame import periods_of
from activities.stars import starred_by

from ..drawing import gantt
from ..gantt import NO_TIME, build_timeline, timeline_workbook
from ..pdf import PdfBusyError, kept_gantt_pdf
from ..timeline_paper import timeline_paper
from .asking import asked_by, asked_or_404, looked_at
from .charts import chart
from .reading import file_answer
from .words import BUSY

BY_STATE = "state"


@require_safe
def timeline(request):
    asked = asked_by(request)
    if asked is None:
        return render(request, "reports/timeline.html", {"timeline": None} | looked_at(request, None, "timeline"))
    found = _timeline(request, asked)
    if request.GET.get("export") == "xlsx":
        return _as_workbook(request, found)
    context = looked_at(request, asked, "timeline") | {
        "timeline": found,
        "charts": [gantt(each) for each in found.charts],
        "state": request.GET.get("state", ""),
        "by_state": found.by_state,
        "states": [(state, n, _address(request, asked, state=state)) for state, n in found.counts],
        "urls": {
            "all": _address(request, asked, state=""),
            "unstated": _address(request, asked, state=NO_TIME),
            "by_plan": _address(request, asked, sort=""),
            "by_state": _address(request, asked, sort=BY_STATE),
        },
        "same": urlencode(_shown(request, asked)),
    }
    return render(request, "reports/timeline.html", context)


@require_safe
def timeline_pdf(request):
    """The rows shown, on A4 landscape."""
    asked = asked_by(request)
    if asked is None:
        return redirect("reports:timeline")
    found = _timeline(request, asked)
    try:
        data = kept_gantt_pdf(timeline_paper(found, printed_on=request.today))
    except PdfBusyError:
        messages.error(request, BUSY)
        return redirect(_address(request, asked))
    name = f"tien-do-hoat-dong-{found.as_of:%Y-%m-%d}.pdf"
    return file_answer(data, name, inline="download" not in request.GET)


def _as_workbook(request, found):
    name = f"tien-do-hoat-dong-{found.as_of:%Y-%m-%d}.xlsx"
    return file_answer(timeline_workbook(found, at=request.now), name)


def _timeline(request, asked):
    """What `asked` means, narrowed and ordered as the address says."""
    by_state = request.GET.get("sort") == BY_STATE
    return build_timeline(
        asked.period,
        periods_of(request),
        today=request.today,
        plans=asked.plans,
        known_on=asked.known_on,
        state=request.GET.get("state", ""),
        by_state=by_state,
        starred=starred_by(request.user) if by_state else frozenset(),
    )


def _shown(request, asked, **changed):
    """The query of the rows shown; or `changed`: of others, empty to leave a part out."""
    narrowed = {name: request.GET.get(name, "") for name in ("state", "sort")} | changed
    return asked.query | {name: value for name, value in narrowed.items() if value}


def _address(request, asked, **changed):
    return f"{reverse('reports:timeline')}?{urlencode(_shown(request, asked, **changed))}"


@chart("gantt")
def gantt_chart(request):
    """The page's drawing; of several the one that `?part=` counts from 1."""
    found = _timeline(request, asked_or_404(request))
    part = request.GET.get("part", "1")
    place = int(part) - 1 if part.isdecimal() and len(part) < 5 else -1
    return found.charts[place] if 0 <= place < len(found.charts) else None
