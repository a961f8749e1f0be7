"""The list of plans, and the rows of a plan's parts."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, RestrictedError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.access import require
from agencies.sending import posted, saved

from .filters import PlanFilter
from .forms import PARTS
from .models import Plan, PlanStatus
from .permissions import can_create_plan, can_edit_plan

PAGE_SIZE = 50


@require_safe
def plan_list(request):
    plans = Plan.objects.visible_to(request.user).select_related("issuing_agency", "coordinating_agency")
    if request.user.is_focal_point:
        plans = plans.exclude(status=PlanStatus.DRAFT)
    chosen = PlanFilter(
        request.GET,
        queryset=plans.annotate(activity_count=Count("activities")).order_by(*Plan._meta.ordering),
        user=request.user,
    )
    page = Paginator(chosen.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "plans/plan_list.html",
        {
            "page": page,
            "filter": chosen,
            "is_filtered": any(request.GET.get(name) for name in chosen.filters),
            "can_create": can_create_plan(request.user),
        },
    )


def _part_or_404(part):
    if part not in PARTS:
        raise Http404
    return PARTS[part]


def _plan_to_edit(request, pk):
    plan = get_object_or_404(Plan.objects.visible_to(request.user).select_related("issuing_agency"), pk=pk)
    require(
        can_edit_plan(request.user, plan), _("Only the plan's coordinator edits it, and only while it is in force.")
    )
    return plan


@require_http_methods(["GET", "POST"])
def part_add(request, pk, part):
    model, form_class = _part_or_404(part)
    plan = _plan_to_edit(request, pk)
    form = form_class(posted(request), plan=plan, user=request.user)
    if form.is_valid() and saved(form):
        messages.success(request, _("Row added."))
        return redirect(f"{plan.get_absolute_url()}#{part}")
    return render(
        request, "plans/part_form.html", {"plan": plan, "form": form, "part": part, "noun": model._meta.verbose_name}
    )


@require_http_methods(["GET", "POST"])
def part_edit(request, pk, part, row_pk):
    model, form_class = _part_or_404(part)
    plan = _plan_to_edit(request, pk)
    row = get_object_or_404(model.objects.visible_to(request.user).filter(plan=plan), pk=row_pk)
    form = form_class(posted(request), instance=row, plan=plan, user=request.user)
    if form.is_valid() and saved(form):
        messages.success(request, _("Row saved."))
        return redirect(f"{plan.get_absolute_url()}#{part}")
    context = {"plan": plan, "form": form, "part": part, "row": row, "noun": model._meta.verbose_name}
    return render(request, "plans/part_form.html", context)


@require_POST
def part_remove(request, pk, part, row_pk):
    model, _form_class = _part_or_404(part)
    plan = _plan_to_edit(request, pk)
    row = get_object_or_404(model.objects.visible_to(request.user).filter(plan=plan), pk=row_pk)
    try:
        row.delete()
    except RestrictedError:
        messages.error(request, _("This theme has sub-themes: remove or move them first."))
    else:
        messages.success(request, _("Row removed: %(text)s") % {"text": row.text[:120]})
    return redirect(f"{plan.get_absolute_url()}#{part}")
