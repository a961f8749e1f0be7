"""A plan with its activities: read whole, added, edited.

These views stand on this floor because a plan's page shows how its activities stand, and its periods are made here.
"""

from urllib.parse import urlsplit

from django.contrib import messages
from django.db import transaction
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.access import require
from agencies.sending import posted, saved
from plans.document import read_document
from plans.drafting import lock, read_only
from plans.forms import PARTS, FactsForm, PlanForm
from plans.models import Plan, PlanStatus
from plans.permissions import (
    can_amend_plan,
    can_create_plan,
    can_edit_plan,
    can_keep_file,
    can_keep_templates,
    can_view_plan,
    is_coordinator_of,
    is_drafter_of,
)
from plans.views import close_part, opened_at, says_why, show_part
from plans.workspace import opened

from ..calendar import current_period, generate_periods
from ..frame import periods_of
from ..obligations import load_duties
from ..planning.forms import PlanFileForm
from ..planning.readiness import Readiness
from ..planning.workflow import open_moves
from ..progress import count_by_state, gaps_of, next_deadlines, standings
from .beginning import parent_asked


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
    user = request.user
    return render(
        request,
        "plans/plan_detail.html",
        {
            "plan": plan,
            "versions": list(plan.versions.defer("content").order_by("-ordinal")),
            "events": list(plan.events.all()),
            "files": list(plan.files.filter(removed_at=None)),
            "amendment": plan.amendments_in_draft.first() if can_amend_plan(user, plan) else None,
            "moves": open_moves(user, plan),
            "can_keep_file": can_keep_file(user, plan),
            "can_keep_templates": can_keep_templates(user),
            "file_form": PlanFileForm(),
            "replaced": list(plan.replaces.all()),
            "replaced_by": list(plan.replaced_by.exclude(status=PlanStatus.DRAFT)),
            "document": read_document(plan),
            "rows": rows,
            "counts": [(state, n) for state, n in count_by_state(rows).items() if n],
            "periods": periods,
            "period": current_period(periods, request.today),
            "next_deadlines": next_deadlines(rows, request.today),
            "gaps": list(gaps_of(rows)),
            "can_edit": can_edit_plan(request.user, plan),
            "is_coordinator": is_coordinator_of(user, plan),
        },
    )


@require_http_methods(["GET", "POST"])
def plan_add(request):
    require(can_create_plan(request.user), _("Only coordinators add plans."))
    user, parent = request.user, parent_asked(request)
    is_own = user.is_focal_point or parent
    own = {
        "issuing_agency": (not is_own and user.agency.parent_id) or user.agency_id,
        "coordinating_agency": user.agency_id,
        "parent": parent,
    }
    form = PlanForm(posted(request), user=user, initial=own)
    if form.is_valid() and saved(form, then=generate_periods):
        plan = form.instance
        messages.success(request, _("Plan added. Now its parts and activities."))
        return redirect("plans:edit", plan.pk) if can_edit_plan(user, plan) else redirect(plan)
    return render(request, "plans/plan_form.html", {"form": form, "parent": parent})


@require_http_methods(["GET", "POST"])
@transaction.atomic
def plan_facts(request, pk):
    """The facts of a draft; held while they are saved, so that a plan issued meanwhile is not written on."""
    plan = get_object_or_404(Plan.objects.visible_to(request.user).select_related("issuing_agency"), pk=pk)
    require(can_edit_plan(request.user, plan), read_only(plan))
    if request.method == "POST":
        plan = lock(plan, request.user)
    form = FactsForm(posted(request), instance=plan, user=request.user)
    if form.is_valid() and saved(form, then=generate_periods):
        messages.success(request, _("Plan saved."))
        return redirect("plans:edit", pk)
    return render(
        request, "plans/plan_form.html", {"form": form, "plan": Plan.objects.visible_to(request.user).get(pk=pk)}
    )


def _draft(request, pk):
    related = ("issuing_agency", "coordinating_agency", "amends", "origin")
    return get_object_or_404(Plan.objects.visible_to(request.user).select_related(*related), pk=pk)


@require_safe
@says_why
def plan_edit(request, pk):
    """The workspace: the whole draft in the order of the document, one of its parts open for writing (`?part=`)."""
    plan = _draft(request, pk)
    if is_drafter_of(request.user, plan) and not can_edit_plan(request.user, plan) and not request.htmx:
        context = {"plan": plan, "sentence": read_only(plan), "can_amend": can_amend_plan(request.user, plan)}
        return render(request, "plans/plan_locked.html", context, status=403)
    require(can_edit_plan(request.user, plan), read_only(plan))
    part = request.GET.get("part", "")
    place = opened_at(request, plan, part)
    if request.htmx:
        return show_part(request, plan, part, **place) if part in PARTS else close_part(request, plan)
    readiness = Readiness.of(plan, now=request.now, part=part)
    section = next((each for each in readiness.sections if each.part == part), None)
    return render(
        request,
        "plans/plan_edit.html",
        {
            "plan": plan,
            "readiness": readiness,
            "opened": opened(request.user, plan, section, **place) if section else None,
        },
    )


@require_safe
def plan_readiness(request, pk):
    """What the draft lacks and its contents, for the page that shows them already."""
    plan = _draft(request, pk)
    require(can_edit_plan(request.user, plan), read_only(plan))
    shown = QueryDict(urlsplit(request.htmx.current_url or "").query)
    readiness = Readiness.of(plan, now=request.now, part=shown.get("part", ""))
    return render(request, "plans/_plan_missing_update.html", {"plan": plan, "readiness": readiness})
