"""The list of plans. It stands on this floor because it says how the activities of each stand."""

from django.shortcuts import render
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_safe

from agencies.lists import ListColumn, Listing
from agencies.vietnamese import sort_key
from agencies.workbook import Kind
from plans.filters import WHOSE, PlanFilter, readable
from plans.models import Plan, PlanStatus
from plans.permissions import IN_FORCE, can_create_plan

from ..frame import periods_of
from ..plan_overview import by_year, is_over, plan_rows, with_relations


def _order_of_number(plan):
    return sort_key(plan.number) if plan.number else None


def _order_of_status(plan):
    return PlanStatus.values.index(plan.status)


# `value` speaks of a PlanRow, `order` of its plan: only the rows of one page are counted.
COLUMNS = [
    ListColumn(
        "title", gettext_lazy("Plan"), width=50, value=lambda row: row.plan.title, order=lambda plan: plan.title_sort
    ),
    ListColumn("number", gettext_lazy("Number"), value=lambda row: row.plan.number, order=_order_of_number),
    ListColumn(
        "issued_on",
        gettext_lazy("Issued on"),
        Kind.DATE,
        value=lambda row: row.plan.issued_on,
        order=lambda plan: plan.issued_on,
        on_page=False,
    ),
    ListColumn("from", gettext_lazy("From"), Kind.DATE, value=lambda row: row.plan.period_start, on_page=False),
    ListColumn("to", gettext_lazy("To"), Kind.DATE, value=lambda row: row.plan.period_end, on_page=False),
    ListColumn(
        "issuer",
        gettext_lazy("Issued by"),
        width=30,
        value=lambda row: row.plan.issuing_agency_name,
        order=lambda plan: sort_key(plan.issuing_agency_name),
        on_page=False,
    ),
    ListColumn(
        "status",
        gettext_lazy("Status"),
        value=lambda row: row.plan.get_status_display(),
        order=_order_of_status,
    ),
    ListColumn("amended", gettext_lazy("Amended by"), value=lambda row: row.plan.amended_by_number, on_page=False),
    ListColumn("replaced", gettext_lazy("Replaced by"), value=lambda row: row.plan.replaced_by_number, on_page=False),
    ListColumn("activities", gettext_lazy("Activities"), Kind.WHOLE, value=lambda row: row.activities),
    ListColumn("on_track", gettext_lazy("On track"), Kind.WHOLE, value=lambda row: row.on_track, on_page=False),
    ListColumn("done", gettext_lazy("Done"), Kind.WHOLE, value=lambda row: row.done, on_page=False),
    ListColumn("overdue", gettext_lazy("Overdue"), Kind.WHOLE, value=lambda row: row.overdue, on_page=False),
    ListColumn(
        "carried_out",
        gettext_lazy("Agencies' plans"),
        Kind.WHOLE,
        value=lambda row: row.plan.carried_out_by,
        order=lambda plan: plan.carried_out_by,
    ),
]


@require_safe
def plan_list(request):
    plans = readable(Plan.objects.visible_to(request.user).real(), request.user)
    chosen = PlanFilter(request.GET, queryset=plans, user=request.user)
    found = by_year(with_relations(chosen.qs), request.today)
    listing = Listing(request, "plans:list", COLUMNS, found, chosen=chosen, first=_("by year, drafts first"))
    if listing.wants_file:
        return listing.as_file(_("Plans"), plan_rows(listing.rows, periods_of(request), request.today))
    rows = plan_rows(listing.page.object_list, periods_of(request), request.today)
    return render(
        request,
        "plans/plan_list.html",
        {
            "listing": listing,
            "page": listing.page,
            "rows": rows,
            "filter": chosen,
            "whose": [(each, label, chosen.counts[each], each == chosen.shows) for each, label in WHOSE],
            "has_whose": all(chosen.counts.values()),
            "parent": dict(chosen.filters["parent"].extra["choices"]).get(chosen.asked.get("parent")),
            "at_work": sum(not is_over(plan, request.today) and plan.status != PlanStatus.DRAFT for plan in found),
            "drafts": sum(plan.status == PlanStatus.DRAFT for plan in found),
            "is_filtered": any(request.GET.get(name) for name in chosen.filters),
            "can_create": can_create_plan(request.user),
            "followed": _followed(rows),
        },
    )


def _followed(rows):
    """The plan at work of which the page says who has issued a plan of their own: the one most carry out."""
    at_work = [row.plan for row in rows if not row.is_over and row.plan.status in IN_FORCE and not row.plan.parent_id]
    return max(at_work, key=lambda plan: plan.carried_out_by, default=None)
