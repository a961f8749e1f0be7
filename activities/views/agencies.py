"""The locality's agencies and the page of one: they stand here because they show duties, activities and plans."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_safe

from accounts.filters import state_of
from accounts.forms import InviteForm
from accounts.invitations import expires_at
from accounts.models import User, UserEvent
from accounts.permissions import can_manage_users
from accounts.views.users import ONLY_ADMINISTRATORS
from agencies.access import require
from agencies.days import day_asked
from agencies.filters import AgencyFilter
from agencies.history import History
from agencies.lists import Listing
from agencies.models import Agency
from agencies.permissions import can_manage_agencies
from agencies.tree import build_tree
from plans.models import PlanStatus
from plans.permissions import can_view_plan

from ..directory import COLUMNS, FOCAL_POINTS, PERIOD_COLUMN, Entry, directory_lines
from ..frame import chosen_period, periods_of
from ..my_work import updates_to_send
from ..obligations import load_duties
from ..open_work import led_now, locality_plans, open_work
from ..permissions import can_view_progress
from ..progress import worst_first
from ..submissions import submissions_of

MOST_COMING = 2  # reorganisations drawn beside the tree


@require_safe
def agency_list(request):
    """As a tree where nothing is asked; filtered or sorted, as a list."""
    history = History.of(request.user)
    coming = history.coming(request.today)[:MOST_COMING]
    day = day_asked(request, others=[each.reorganisation.effective_on for each in coming])
    agencies = Agency.objects.visible_to(request.user).select_related("parent").prefetch_related(FOCAL_POINTS)
    chosen = AgencyFilter(request.GET, queryset=agencies.order_by("name_sort", "pk"), user=request.user, day=day.chosen)
    found = list(chosen.qs)
    period = chosen_period(request) if day.is_today and can_view_progress(request.user) else None
    entries = _entries([each for each in found if history.exists_on(each, day.chosen)], history, period, request.today)
    columns = [*COLUMNS, PERIOD_COLUMN] if period else COLUMNS
    listing = Listing(request, "agencies:list", columns, entries, chosen=chosen, first=gettext_lazy("as a tree"))
    if listing.wants_file:
        return listing.as_file(_("Agencies"))
    is_filtered = any(request.GET.get(name) for name in chosen.filters)
    is_tree = not (is_filtered or listing.sort)
    if is_tree:  # a tree is not cut into pages
        listing.page = Paginator(entries, max(len(entries), 1)).get_page(1)
    context = {
        "listing": listing,
        "page": listing.page,
        "filter": chosen,
        "is_filtered": is_filtered,
        "is_tree": is_tree,
        "day": day,
        "period": period,
        "count": len(entries),
        "coming": [(each, _count_on(history, found, each.reorganisation.effective_on)) for each in coming],
        "can_manage": can_manage_agencies(request.user),
    }
    if is_tree:
        tree = build_tree([entry.agency for entry in entries])
        context["lines"] = list(directory_lines(tree, {entry.agency.pk: entry for entry in entries}))
    return render(request, "agencies/agency_list.html", context)


def _entries(agencies, history, period, today):
    submissions = {}
    if period:
        rows = submissions_of([period], load_duties([period.plan_id]), today=today)[period]
        submissions = {row.agency.pk: row for row in rows}
    changing = {agency.pk for coming in history.coming(today) for agency in (*coming.before, *coming.after)}
    return [
        Entry(agency, tuple(history.notes(agency, today)), submissions.get(agency.pk), agency.pk in changing)
        for agency in agencies
    ]


def _count_on(history, agencies, day):
    return sum(history.exists_on(agency, day) for agency in agencies)


@require_safe
def agency_detail(request, pk):
    """One agency: what it has to do, what it leads, its plans; beside it who it is and who works for it."""
    user, today = request.user, request.today
    found = Agency.objects.visible_to(user).select_related("parent", "locality").prefetch_related(FOCAL_POINTS)
    agency = get_object_or_404(found, pk=pk)
    history = History.of(user)
    readable = [plan for plan in locality_plans(user).order_by("-period_start", "pk") if can_view_plan(user, plan)]
    plans = [plan for plan in readable if plan.status != PlanStatus.DRAFT]
    duties = load_duties(plans)
    periods = [period for period in periods_of(request) if period.plan in plans]
    may_see_duties = can_view_progress(user) or user.is_at(pk)
    return render(
        request,
        "agencies/agency_detail.html",
        {
            "agency": agency,
            "exists": history.exists_on(agency, today),
            "predecessors": history.predecessors(agency),
            "successors": history.successors(agency),
            "children": agency.children.order_by("name_sort"),
            "memberships": agency.memberships.select_related("group").order_by("group__name_sort"),
            "work": updates_to_send(agency, periods, duties, today=today) if may_see_duties else None,
            "led": worst_first(led_now(agency, plans, duties, today=today)),
            "issued": [plan for plan in readable if plan.issuing_agency_id == agency.pk],
            "can_manage": can_manage_agencies(user),
        },
    )


@require_safe
def agency_users(request, pk):
    """The accounts of an agency, what lies open with it, and an invitation."""
    agency = get_object_or_404(Agency.objects.visible_to(request.user), pk=pk)
    require(can_manage_users(request.user), ONLY_ADMINISTRATORS)
    people = User.people.visible_to(request.user).filter(agency=agency).order_by("-is_active", "full_name", "pk")
    rows = [(person, state_of(person), expires_at(person)) for person in people]
    states = [state for _person, state, _expires in rows]
    return render(
        request,
        "agencies/agency_users.html",
        {
            "agency": agency,
            "rows": rows,
            "active": states.count("active"),
            "invited": states.count("invited"),
            "locked": states.count("locked"),
            "open_work": open_work(agency, locality_plans(request.user), periods_of(request), today=request.today),
            "form": InviteForm(user=request.user, today=request.today, initial={"agency": agency.pk}),
            "events": UserEvent.objects.visible_to(request.user)
            .filter(user__agency=agency)
            .select_related("user")[:20],
        },
    )
