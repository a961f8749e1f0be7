"""How each agency does: its scorecard, its rank within its group."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import slugify
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_safe

from activities.directory import FOCAL_POINTS
from activities.frame import NOW, THEN, periods_of, reads_todays_names
from activities.matrix import COUNTS, FEW
from activities.permissions import can_ask_explanation, can_view_progress
from agencies.access import require
from agencies.lists import Listing
from agencies.models import Agency
from agencies.vietnamese import fold

from ..asking import first_day
from ..dashboard.links import activities_of
from ..drawing import bars
from ..notes import of_plans, seen_from
from ..permissions import can_view_scorecard
from ..scorecards import build_scorecard, build_scorecards
from ..scorecards.chart import updated_chart
from ..scorecards.listing import COLUMNS, NAME, ScorecardFilter
from ..scorecards.workbook import scorecard_workbook
from .asking import asked_by, asked_in, looked_at
from .charts import chart
from .reading import file_answer

OWN_ONLY = gettext_lazy(
    "An agency reads its own scorecard; those of all are for the coordinator, leaders and administrators."
)


@require_safe
def scorecards(request):
    """All agencies of the plans in their groups, worst first."""
    asked = asked_by(request)
    around = looked_at(request, asked, "scorecards")
    agencies = Agency.objects.visible_to(request.user)
    chosen = ScorecardFilter(request.GET, queryset=agencies, user=request.user, day=request.today)
    if asked is None:
        return render(request, "reports/scorecards.html", {"board": None, **around})
    todays_names = reads_todays_names(request, asked.period)
    board = build_scorecards(
        asked.period,
        periods_of(request),
        today=request.today,
        plans=asked.plans,
        known_on=asked.known_on,
        count=chosen.periods,
        todays_names=todays_names,
    )
    first = gettext_lazy("worst first in each group")
    seen = _seen(asked)
    listing = Listing(request, NAME, COLUMNS, chosen.keep(board.cards), chosen=chosen, first=first, seen=seen)
    if listing.wants_file:
        return listing.as_file(_("Scorecards"))
    kept = asked.query | _names(board.names_differ, todays_names)
    query = kept | _count(chosen.periods)
    context = {
        "board": board,
        "listing": listing,
        "page": listing.page,
        "filter": chosen,
        "is_filtered": any(request.GET.get(name) for name in chosen.filters),
        "todays_names": todays_names,
        "kept": list(map(_as_text, kept.items())),
        "kept_query": urlencode(kept),
        "card_query": urlencode(query),
        "counts": {show: (f"?{urlencode({**query, 'show': show})}", n) for show, n in board.counts.items()},
        "all_url": f"?{urlencode(query)}",
    }
    return render(request, "reports/scorecards.html", around | context)


def _as_text(item):
    name, value = item
    return name, str(value)


def _seen(asked):
    """In words from where a file looks."""
    return [of_plans(asked.period, asked.plans), *seen_from(asked.known_on)]


def _names(names_differ, todays_names):
    """By which names agencies are read, for an address; nothing where it makes no difference."""
    return {"names": NOW if todays_names else THEN} if names_differ else {}


def _count(count):
    return {"count": count} if count != FEW else {}


@require_safe
def scorecard(request, pk):
    agency, asked, found = _scorecard(request, pk)
    is_staff = can_view_progress(request.user)
    context = {"agency": agency, "found": found, "card": None, "is_staff": is_staff, "asked": asked}
    context |= looked_at(request, asked, "")
    if found is None or found.card is None:
        return render(request, "reports/scorecard.html", context)
    show = request.GET.get("show", "")
    day_and_names = {key: value for key, value in asked.query.items() if key == "as_of"} | _names_of(request, found)
    query = urlencode(asked.query | _names_of(request, found) | _count(_count_asked(request)))
    context |= {
        "card": found.card,
        "group": found.group,
        "show": show,
        "activities": found.showing(show),
        "periods": [
            (line, _line_links(line, found.group, asked, day_and_names)) for line in found.periods_showing(show)
        ],
        "explanations": found.explanations_showing(show),
        "reminders": found.reminders(),
        "reminded": found.reminders(request.GET.get("of", "")),
        "chart": bars(updated_chart(found)),
        "is_own": request.user.is_focal_point,
        "can_ask": _can_ask(request.user, found),
        "card_query": query,
        "activities_url": activities_of(
            asked.word or found.period.plan_id, found.reading, found.period, lead=found.agency.pk
        ),
    }
    return render(request, "reports/scorecard.html", context)


def _can_ask(user, found):
    """There is something to ask about, and one looks from today."""
    row = found.to_explain if found.reading.known_on is None else None
    return row is not None and can_ask_explanation(user, row.activity.plan)


def _names_of(request, found):
    return _names(found.names_differ, reads_todays_names(request, found.period))


def _line_links(line, group, asked, day_and_names):
    """Addresses of the agency's own card and of its group's in the period alone; none where that plan had not begun."""
    first = first_day((line.period.plan,))
    if asked.known_on and first and asked.known_on < first:
        return {}
    query = {"period": line.period.pk, **day_and_names}
    return {
        "card": f"?{urlencode(query)}",
        "group": f"{reverse(NAME)}?{urlencode({**query, 'kind': group.kind.value})}",
    }


@require_safe
def scorecard_xlsx(request, pk):
    agency, asked, found = _scorecard(request, pk)
    data = scorecard_workbook(agency, found, seen=_seen(asked) if asked else [], at=request.now)
    name = f"phieu-diem-{slugify(fold(agency.short_name))}-{request.today:%Y-%m-%d}.xlsx"
    return file_answer(data, name)


def _scorecard(request, pk):
    """(the agency, what was asked for (Asked), its Scorecard; both None without a period)."""
    user = request.user
    found = Agency.objects.visible_to(user).select_related("parent").prefetch_related(FOCAL_POINTS)
    agency = get_object_or_404(found, pk=pk)
    require(can_view_scorecard(user, agency), OWN_ONLY)
    asked = asked_in(request)
    if asked is None:
        return agency, None, None
    card = build_scorecard(
        agency,
        asked.period,
        periods_of(request),
        today=request.today,
        plans=asked.plans,
        known_on=asked.known_on,
        count=_count_asked(request),
        todays_names=reads_todays_names(request, asked.period),
        sees_draft=user.is_focal_point,
    )
    return agency, asked, card


def _count_asked(request):
    """Over how many periods."""
    return next((count for count in COUNTS if str(count) == request.GET.get("count")), FEW)


@chart("scorecard")
def scorecard_chart(request):
    """Activities updated by the agency `?agency=`, period by period."""
    named = request.GET.get("agency", "")
    if not (named.isdecimal() and len(named) < 10):
        return None
    _agency, _asked, found = _scorecard(request, int(named))
    return updated_chart(found) if found and found.card else None
