"""The list of activities, and one activity."""

from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_safe

from agencies.access import require
from agencies.lists import ListColumn, Listing
from agencies.vietnamese import sort_key
from agencies.workbook import Kind
from plans.filters import readable
from plans.models import Plan, PlanStatus
from plans.permissions import can_edit_plan, can_view_plan

from ..evidence import KEPT_EVIDENCE
from ..filters import ActivityFilter
from ..frame import periods_of
from ..models import Activity, ActivityProgress
from ..obligations import load_duties
from ..permissions import can_ask_explanation, can_edit_activity, can_view_progress
from ..progress import FINISHED, REPORTED, State, count_by_state, standings, worst_first
from ..stars import starred_first, with_star
from .explanations import explanations_of

STATE_ORDER = {state: place for place, state in enumerate(State)}
# Rows are Standings, in memory: their states are computed.
COLUMNS = [
    ListColumn("number", gettext_lazy("No."), value=lambda row: row.activity.number, on_page=False),
    ListColumn(
        "title",
        gettext_lazy("Activity"),
        width=50,
        value=lambda row: row.activity.title,
        order=lambda row: sort_key(row.activity.title),
    ),
    ListColumn("plan", gettext_lazy("Plan"), value=lambda row: str(row.activity.plan), on_page=False),
    ListColumn(
        "state",
        gettext_lazy("State"),
        value=lambda row: row.state.label,
        order=lambda row: (STATE_ORDER[row.state], -row.days_late),
    ),
    ListColumn(
        "days_late", gettext_lazy("Days late"), Kind.WHOLE, value=lambda row: row.days_late or None, on_page=False
    ),
    ListColumn(
        "lead",
        gettext_lazy("Lead agency"),
        width=30,
        value=lambda row: "; ".join(row.leads),
        order=lambda row: sort_key(row.leads[0]) if row.leads else None,
    ),
    ListColumn(
        "cooperating",
        gettext_lazy("Cooperating agencies"),
        width=30,
        value=lambda row: "; ".join(row.cooperating),
        on_page=False,
    ),
    ListColumn(
        "deadline",
        gettext_lazy("Implementation period"),
        value=lambda row: row.activity.schedule_text,
        order=lambda row: row.activity.deadline,
    ),
    ListColumn("due_on", gettext_lazy("Deadline"), Kind.DATE, value=lambda row: row.activity.deadline, on_page=False),
    ListColumn(
        "completed_on", gettext_lazy("Completed on"), Kind.DATE, value=lambda row: row.completed_on, on_page=False
    ),
    ListColumn(
        "done",
        gettext_lazy("Done / target"),
        order=lambda row: row.percent if row.target_percent is None else row.target_percent,
        in_file=False,
    ),
    ListColumn("quantity_done", gettext_lazy("Result"), Kind.WHOLE, value=lambda row: row.quantity_done, on_page=False),
    ListColumn(
        "target", gettext_lazy("Target"), Kind.WHOLE, value=lambda row: row.activity.target_quantity, on_page=False
    ),
    ListColumn("unit", gettext_lazy("Unit"), value=lambda row: row.activity.target_unit, on_page=False),
    ListColumn("percent", gettext_lazy("Percent done"), Kind.WHOLE, value=lambda row: row.percent, on_page=False),
]


@require_safe
def activity_list(request):
    activities = readable(Activity.objects.visible_to(request.user).real(), request.user, "plan__")
    plans = list(readable(Plan.objects.visible_to(request.user).real(), request.user))
    duties = load_duties([plan.pk for plan in plans])
    chosen = ActivityFilter(
        request.GET,
        queryset=activities,
        plans=plans,
        leads=duties.every_lead(),
        today=request.today,
        periods=periods_of(request),
    )
    found = chosen.qs
    if not chosen.chosen_plan:
        found = found.exclude(plan__status=PlanStatus.DRAFT)
    reading = chosen.reading
    found = with_star(found, request.user)
    rows = standings(found, duties, today=reading.day, until=reading.until, known_on=reading.known_on)
    rows = chosen.keep_counted(chosen.keep_serving(chosen.keep_due(rows)))
    starred = {row.activity.pk for row in rows if row.activity.is_starred}
    shown = starred_first(worst_first(chosen.keep_state(rows)), starred)
    first = _("starred first, then what needs care") if starred else _("what needs care first")
    listing = Listing(request, "activities:list", COLUMNS, shown, chosen=chosen, first=first)
    if listing.wants_file:
        return listing.as_file(_("Activities"))
    given = {key for key, value in request.GET.items() if value and key in chosen.filters}
    plan = chosen.chosen_plan
    return render(
        request,
        "activities/activity_list.html",
        {
            "listing": listing,
            "page": listing.page,
            "filter": chosen,
            "plan": plan,
            "state": request.GET.get("state", ""),
            "total": len(rows),
            "counts": [(state, n) for state, n in count_by_state(rows).items() if n],
            "is_filtered": bool(given),
            "is_narrowed": bool(given - {"plan"}),
            "can_add": plan is not None and can_edit_plan(request.user, plan),
            "starred": starred,
            "reading": reading,
        },
    )


@require_safe
def activity_detail(request, pk):
    rows = Activity.objects.visible_to(request.user).select_related("plan__issuing_agency", "indicator")
    activity = get_object_or_404(with_star(rows, request.user), pk=pk)
    require(
        can_view_plan(request.user, activity.plan), _("This plan is a draft: its coordinator is still working on it.")
    )
    found = Activity.objects.visible_to(request.user).filter(pk=pk)
    [standing] = standings(found, load_duties([activity.plan_id]), today=request.today)
    return render(
        request,
        "activities/activity_detail.html",
        {
            "activity": activity,
            "standing": standing,
            "channels": activity.channels.all(),
            "themes": activity.themes.all(),
            "lines": reported_lines(activity, request.user),
            "can_edit": can_edit_activity(request.user, activity),
            "can_ask": can_ask_explanation(request.user, activity.plan)
            and activity.plan.status != PlanStatus.DRAFT
            and standing.state not in FINISHED,
            "threads": explanations_of(request.user).filter(activity=activity),
            "is_starred": activity.is_starred,
        },
    )


def reported_lines(activity, user):
    """What was reported of the activity, newest period first; a focal point sees only its own agency's lines."""
    lines = ActivityProgress.objects.visible_to(user).filter(activity=activity, update__status__in=REPORTED)
    lines = lines.filter(update__nothing_to_report=False)
    if not can_view_progress(user):
        lines = lines.filter(update__agency__in=user.own_agency_ids)
    return (
        lines.select_related("update__period__plan", "update__agency")
        .prefetch_related(KEPT_EVIDENCE, "output_counts__indicator")
        .order_by("-update__period__ends_on", "update__agency__name_sort")
    )
