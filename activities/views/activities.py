"""The list of activities, one activity, and its form."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.access import require
from agencies.sending import posted, saved
from plans.models import Plan, PlanStatus
from plans.permissions import can_edit_plan, can_view_plan

from ..evidence import KEPT_EVIDENCE
from ..filters import ActivityFilter
from ..forms import ActivityForm
from ..frame import periods_of
from ..models import Activity, ActivityProgress
from ..obligations import load_duties, obliged_from
from ..permissions import can_edit_activity, can_view_progress
from ..progress import REPORTED, count_by_state, standings, worst_first

PAGE_SIZE = 50


@require_safe
def activity_list(request):
    activities = Activity.objects.visible_to(request.user)
    if request.user.is_focal_point:
        activities = activities.exclude(plan__status=PlanStatus.DRAFT)
    chosen = ActivityFilter(request.GET, queryset=activities, user=request.user)
    plans = Plan.objects.visible_to(request.user)
    rows = standings(chosen.qs, load_duties(plans), today=request.today)
    shown = worst_first(chosen.keep_state(rows, periods_of(request), request.today))
    given = {key for key, value in request.GET.items() if value and key in chosen.filters}
    plan = chosen.form.cleaned_data.get("plan") if chosen.form.is_valid() else None
    return render(
        request,
        "activities/activity_list.html",
        {
            "page": Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page")),
            "filter": chosen,
            "plan": plan,
            "state": request.GET.get("state", ""),
            "total": len(rows),
            "counts": [(state, n) for state, n in count_by_state(rows).items() if n],
            "is_filtered": bool(given),
            "is_narrowed": bool(given - {"plan"}),
            "can_add": plan is not None and can_edit_plan(request.user, plan),
        },
    )


@require_safe
def activity_detail(request, pk):
    activity = get_object_or_404(
        Activity.objects.visible_to(request.user).select_related("plan__issuing_agency", "indicator"), pk=pk
    )
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
        },
    )


def reported_lines(activity, user):
    """What was reported of the activity, newest period first; a focal point sees only its own agency's lines."""
    lines = ActivityProgress.objects.visible_to(user).filter(activity=activity, update__status__in=REPORTED)
    if not can_view_progress(user):
        lines = lines.filter(update__agency=user.agency_id)
    return (
        lines.select_related("update__period__plan", "update__agency")
        .prefetch_related(KEPT_EVIDENCE, "output_counts__indicator")
        .order_by("-update__period__ends_on", "update__agency__name_sort")
    )


@require_http_methods(["GET", "POST"])
def activity_add(request, plan_pk):
    plan = get_object_or_404(Plan.objects.visible_to(request.user), pk=plan_pk)
    require(
        can_edit_plan(request.user, plan), _("Only the plan's coordinator edits it, and only while it is in force.")
    )
    since = obliged_from(plan, periods_of(request), request.today)
    form = ActivityForm(posted(request), plan=plan, user=request.user, obliged_from=since)
    if form.is_valid() and saved(form):
        messages.success(request, _("Activity added."))
        return redirect(f"{plan.get_absolute_url()}#activities")
    return render(request, "activities/activity_form.html", {"form": form, "plan": plan})


@require_http_methods(["GET", "POST"])
def activity_edit(request, pk):
    activity = get_object_or_404(Activity.objects.visible_to(request.user).select_related("plan"), pk=pk)
    require(
        can_edit_activity(request.user, activity),
        _("Only the plan's coordinator edits it, and only while it is in force."),
    )
    title = str(activity)
    since = obliged_from(activity.plan, periods_of(request), request.today)
    form = ActivityForm(posted(request), instance=activity, plan=activity.plan, user=request.user, obliged_from=since)
    if form.is_valid() and saved(form):
        messages.success(request, _("Activity saved."))
        return redirect(activity)
    return render(
        request,
        "activities/activity_form.html",
        {"form": form, "plan": activity.plan, "activity": activity, "title": title},
    )
