"""A plan that begins from another one, from a template, or to carry out a plan of the locality."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.access import require
from agencies.sending import posted
from agencies.vietnamese import MOST_WORDS, fold
from plans.filters import readable
from plans.models import Plan, PlanStatus, Purpose
from plans.permissions import can_begin_from, can_create_plan, can_edit_plan, can_keep_templates, can_view_plan

from ..planning.begin_form import BeginForm, TemplateForm
from ..planning.beginning import preview_of
from ..planning.children import asking_plans
from ..planning.copying import copy_plan

PAGE_SIZE = 50
ONLY_MAKERS = gettext_lazy("Plans are drafted by coordinators, and by focal points for their own agency.")
ONLY_KEEPERS = gettext_lazy("Coordinators and administrators keep templates.")


@require_safe
def plan_sources(request):
    """The plans one may begin from, one's own agency's first, then the newest."""
    user = request.user
    require(can_create_plan(user), ONLY_MAKERS)
    plans = readable(Plan.objects.visible_to(user).real(), user).annotate(
        activity_count=Count("activities", filter=Q(activities__cancelled_on=None)),
        is_own=Q(issuing_agency__in=user.own_agency_ids) | Q(coordinating_agency__in=user.own_agency_ids),
    )
    words = fold(request.GET.get("text", "")).split()[:MOST_WORDS]
    for word in words:
        plans = plans.filter(title_search__contains=word)
    if not words:  # the other agencies' own plans are found by their words
        plans = plans.filter(Q(parent=None) | Q(is_own=True))
    plans = plans.order_by("-is_own", "-period_start", "title_sort", "pk")
    return render(
        request,
        "plans/plan_sources.html",
        {
            "page": Paginator(plans, PAGE_SIZE).get_page(request.GET.get("page")),
            "text": request.GET.get("text", ""),
            "parent": parent_asked(request),
        },
    )


@require_safe
def plan_parents(request):
    """The plans that ask agencies for their own, and what one's own agency can begin its plan from."""
    require(can_create_plan(request.user), ONLY_MAKERS)
    return render(
        request,
        "plans/plan_parents.html",
        {"rows": asking_plans(Plan.objects.visible_to(request.user).real(), request.user.agency, request.today)},
    )


@require_http_methods(["GET", "POST"])
def plan_begin(request, pk):
    """Which time, which title, what is taken over: looked at first, then begun."""
    user = request.user
    source = get_object_or_404(
        Plan.objects.visible_to(user).exclude(purpose=Purpose.AMENDMENT).select_related("issuing_agency"), pk=pk
    )
    require(can_begin_from(user, source), ONLY_MAKERS)
    looked_at = request.GET if "period_start" in request.GET else None
    form = BeginForm(
        posted(request) or looked_at, source=source, user=user, today=request.today, parent=parent_asked(request)
    )
    if request.method == "POST" and form.is_valid():
        plan = copy_plan(source, purpose=Purpose.PLAN, by=user, at=request.now, **form.facts())
        messages.success(request, _("The draft is there. Go through its parts: some may still name the year before."))
        return redirect("plans:edit", plan.pk) if can_edit_plan(user, plan) else redirect(plan)
    return render(
        request, "plans/plan_begin.html", {"source": source, "form": form, "preview": preview_of(source, form.start)}
    )


def parent_asked(request):
    """The plan to be carried out (`?parent=`), where it is one that can be."""
    asked = request.GET.get("parent", "")
    if not asked.isdecimal() or len(asked) > 18:
        return None
    plans = readable(Plan.objects.visible_to(request.user).real(), request.user).exclude(status=PlanStatus.DRAFT)
    return plans.filter(pk=asked).first()


@require_safe
def template_list(request):
    user = request.user
    templates = list(
        Plan.objects.visible_to(user)
        .filter(purpose=Purpose.TEMPLATE)
        .annotate(activity_count=Count("activities"))
        .select_related("origin", "issuing_agency")
        .order_by("title_sort", "pk")
    )
    return render(
        request,
        "plans/template_list.html",
        {
            "templates": templates,
            "readable": {each.pk for each in templates if each.origin and can_view_plan(user, each.origin)},
            "editable": {each.pk for each in templates if can_edit_plan(user, each)},
            "can_create": can_create_plan(user),
            "can_keep": can_keep_templates(user),
            "parent": parent_asked(request),
        },
    )


@require_http_methods(["GET", "POST"])
def template_add(request, pk):
    """Keep a plan as a template of the locality, under a name."""
    plan = get_object_or_404(Plan.objects.visible_to(request.user).real(), pk=pk)
    require(
        can_keep_templates(request.user) and can_view_plan(request.user, plan),
        ONLY_KEEPERS,
    )
    form = TemplateForm(posted(request), initial={"title": plan.title})
    if form.is_valid():
        copy_plan(plan, purpose=Purpose.TEMPLATE, by=request.user, at=request.now, title=form.cleaned_data["title"])
        messages.success(request, _("Kept as a template."))
        return redirect("plans:templates")
    return render(request, "plans/template_form.html", {"plan": plan, "form": form})


def _template_to_keep(request, pk):
    template = get_object_or_404(Plan.objects.visible_to(request.user).filter(purpose=Purpose.TEMPLATE), pk=pk)
    require(can_keep_templates(request.user), ONLY_KEEPERS)
    return template


@require_http_methods(["GET", "POST"])
def template_rename(request, pk):
    template = _template_to_keep(request, pk)
    form = TemplateForm(posted(request), instance=template)
    if form.is_valid():
        form.save()
        messages.success(request, _("Template renamed."))
        return redirect("plans:templates")
    return render(request, "plans/template_form.html", {"template": template, "form": form})


@require_POST
def template_remove(request, pk):
    template = _template_to_keep(request, pk)
    title = template.title
    template.delete()
    messages.success(request, _("Template removed: %(title)s") % {"title": title})
    return redirect("plans:templates")
