"""Who has issued a plan of their own that carries out this one."""

from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_safe

from agencies.access import require
from plans.models import Plan
from plans.permissions import can_create_plan, can_view_plan

from ..planning.children import children_of

SHOWN = {
    "missing": (gettext_lazy("Not issued yet"), lambda children: children.missing),
    "issued": (gettext_lazy("Issued"), lambda children: children.done),
    "all": (gettext_lazy("All"), lambda children: list(children.rows)),
}


@require_safe
def plan_children(request, pk):
    plans = Plan.objects.visible_to(request.user).real()
    plan = get_object_or_404(plans.select_related("issuing_agency", "coordinating_agency", "origin"), pk=pk)
    require(can_view_plan(request.user, plan), _("This plan is a draft: its coordinator is still working on it."))
    children = children_of(plan, request.today)
    if request.htmx:
        return render(request, "plans/_children_summary.html", {"children": children})
    show = request.GET.get("show", "")
    show = show if show in SHOWN else "missing" if children.missing else "all"
    group = request.GET.get("group", "")
    rows = [row for row in SHOWN[show][1](children) if group in ("", row.asked.group)]
    return render(
        request,
        "plans/plan_children.html",
        {
            "plan": plan,
            "children": children,
            "rows": rows,
            "readable": {row.plan.pk for row in rows if row.plan and can_view_plan(request.user, row.plan)},
            "others": [each for each in children.others if can_view_plan(request.user, each)],
            "choices": [(each, label, len(pick(children)), each == show) for each, (label, pick) in SHOWN.items()],
            "group": group,
            "can_begin": can_create_plan(request.user) and request.user.agency_id != plan.issuing_agency_id,
        },
    )
