"""How each agency does: its scorecard, its rank within its group."""

from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_safe

from activities.directory import FOCAL_POINTS
from activities.frame import chosen_period, periods_of, reads_todays_names
from activities.permissions import can_ask_explanation, can_view_progress
from agencies.access import require
from agencies.lists import Listing
from agencies.models import Agency
from agencies.vietnamese import fold

from ..drawing import bars
from ..permissions import can_view_dashboard, can_view_scorecard
from ..scorecards import build_scorecard, build_scorecards
from ..scorecards.chart import updated_chart
from ..scorecards.listing import COLUMNS, NAME, ScorecardFilter
from ..scorecards.workbook import scorecard_workbook
from .charts import chart
from .reading import file_answer
from .words import NOT_FOR_YOU

OWN_ONLY = gettext_lazy(
    "An agency reads its own scorecard; those of all are for the coordinator, leaders and administrators."
)


@require_safe
def scorecards(request):
    """All agencies of the plan in their groups, worst first."""
    require(can_view_dashboard(request.user), NOT_FOR_YOU)
    period = chosen_period(request)
    agencies = Agency.objects.visible_to(request.user)
    chosen = ScorecardFilter(request.GET, queryset=agencies, user=request.user, day=request.today)
    if period is None:
        return render(request, "reports/scorecards.html", {"board": None})
    todays_names = reads_todays_names(request, period)
    board = build_scorecards(
        period, periods_of(request), today=request.today, count=chosen.periods, todays_names=todays_names
    )
    first = gettext_lazy("worst first in each group")
    listing = Listing(request, NAME, COLUMNS, chosen.keep(board.cards), chosen=chosen, first=first)
    if listing.wants_file:
        return listing.as_file(_("Scorecards"))
    context = {
        "board": board,
        "listing": listing,
        "page": listing.page,
        "filter": chosen,
        "is_filtered": any(request.GET.get(name) for name in chosen.filters),
        "todays_names": todays_names,
    }
    return render(request, "reports/scorecards.html", context)


@require_safe
def scorecard(request, pk):
    agency, found = _scorecard(request, pk)
    if found is None or found.card is None:
        return render(request, "reports/scorecard.html", {"agency": agency, "card": None, "found": found})
    show = request.GET.get("show", "")
    context = {
        "agency": agency,
        "found": found,
        "card": found.card,
        "group": found.group,
        "show": show,
        "activities": found.showing(show),
        "periods": found.periods_showing(show),
        "chart": bars(updated_chart(found)),
        "is_staff": can_view_progress(request.user),
        "is_own": request.user.is_focal_point,
        "can_ask": found.to_explain and can_ask_explanation(request.user, found.period.plan),
    }
    return render(request, "reports/scorecard.html", context)


@require_safe
def scorecard_xlsx(request, pk):
    agency, found = _scorecard(request, pk)
    data = scorecard_workbook(agency, found, at=request.now)
    name = f"phieu-diem-{slugify(fold(agency.short_name))}-{request.today:%Y-%m-%d}.xlsx"
    return file_answer(data, name)


def _scorecard(request, pk):
    """(the agency, its Scorecard in the period of the frame; None without a period)."""
    user = request.user
    found = Agency.objects.visible_to(user).select_related("parent").prefetch_related(FOCAL_POINTS)
    agency = get_object_or_404(found, pk=pk)
    require(can_view_scorecard(user, agency), OWN_ONLY)
    period = chosen_period(request)
    if period is None:
        return agency, None
    return agency, build_scorecard(
        agency,
        period,
        periods_of(request),
        today=request.today,
        todays_names=reads_todays_names(request, period),
        sees_draft=user.is_focal_point,
    )


@chart("scorecard")
def scorecard_chart(request):
    """Activities updated by the agency `?agency=`, period by period."""
    asked = request.GET.get("agency", "")
    if not (asked.isdecimal() and len(asked) < 10):
        return None
    _agency, found = _scorecard(request, int(asked))
    return updated_chart(found) if found and found.card else None
