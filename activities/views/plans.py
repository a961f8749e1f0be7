"""A plan with its activities: read whole, added, edited.

These views stand on this floor because a plan's page shows how its activities stand, and its periods are made here.
"""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.access import require
from agencies.sending import posted, saved
from plans.document import read_document
from plans.forms import PlanForm
from plans.models import Plan
from plans.permissions import can_create_plan, can_edit_plan, can_view_plan

from ..calendar import current_period, generate_periods
from ..frame import periods_of
from ..obligations import load_duties
from ..progress import count_by_state, gaps_of, next_deadlines, standings


@require_safe
def plan_detail(request, pk):
    plan = get_object_or_404(
        Plan.objects.visible_to(request.user).select_related("issuing_agency", "coordinating_agency", "parent"), pk=pk
    )
    require(can_view_plan(request.user, plan), _("This plan is a draft: its coordinator is still working on it."))
    rows = standings(
        plan.activities.prefetch_related("channels", "themes"), load_duties([plan.pk]), today=request.today
    )
    periods = sorted((p for p in periods_of(request) if p.plan_id == plan.pk), key=lambda p: p.starts_on)
    return render(
        request,
        "plans/plan_detail.html",
        {
            "plan": plan,
            "document": read_document(plan),
            "rows": rows,
            "counts": [(state, n) for state, n in count_by_state(rows).items() if n],
            "periods": periods,
            "period": current_period(periods, request.today),
            "next_deadlines": next_deadlines(rows, request.today),
            "gaps": list(gaps_of(rows)),
            "can_edit": can_edit_plan(request.user, plan),
        },
    )


@require_http_methods(["GET", "POST"])
def plan_add(request):
    require(can_create_plan(request.user), _("Only coordinators add plans."))
    own = {
        "issuing_agency": request.user.agency.parent_id or request.user.agency_id,
        "coordinating_agency": request.user.agency_id,
    }
    form = PlanForm(posted(request), user=request.user, initial=own)
    if form.is_valid() and saved(form, then=generate_periods):
        return _saved(request, form, _("Plan added. Now its parts and activities."))
    return render(request, "plans/plan_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
def plan_edit(request, pk):
    plan = get_object_or_404(Plan.objects.visible_to(request.user).select_related("issuing_agency"), pk=pk)
    require(
        can_edit_plan(request.user, plan), _("Only the plan's coordinator edits it, and only while it is in force.")
    )
    form = PlanForm(posted(request), instance=plan, user=request.user)
    if form.is_valid() and saved(form, then=generate_periods):
        return _saved(request, form, _("Plan saved."))
    return render(
        request, "plans/plan_form.html", {"form": form, "plan": Plan.objects.visible_to(request.user).get(pk=pk)}
    )


def _saved(request, form, sentence):
    messages.success(request, sentence)
    return redirect(form.instance)
