"""The state of plans for leaders: the dashboard of a plan, of several, of the locality."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from activities.filters import ON_TRACK
from activities.frame import chosen_period, periods_of, reads_todays_names
from agencies.access import require

from ..dashboard import build_dashboard
from ..permissions import can_view_dashboard
from .words import NOT_FOR_YOU


@require_safe
def dashboard(request):
    require(can_view_dashboard(request.user), NOT_FOR_YOU)
    period = chosen_period(request)
    if period is None:
        return render(request, "reports/dashboard.html", {"board": None})
    periods = [each for each in periods_of(request) if each.plan_id == period.plan_id]
    todays_names = reads_todays_names(request, period)
    board = build_dashboard(period, periods, today=request.today, todays_names=todays_names)
    return render(request, "reports/dashboard.html", {"board": board, "on_track_url": _on_track_url(board)})


def _on_track_url(board):
    """Where the activities on track are listed; those of a past period are on the page itself, as they stood then."""
    if board.is_past:
        return "#time"
    return f"{reverse('activities:list')}?{urlencode({'plan': board.period.plan_id, 'state': ON_TRACK})}"


def dashboard_xlsx(request, **_asked):
    raise Http404  # TO BE WRITTEN
