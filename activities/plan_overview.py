"""The plans of a locality in a row each: which are at work, how their activities stand, which are over."""

from dataclasses import dataclass

from django.db.models import CharField, Count, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from plans.models import Plan, PlanStatus, PlanVersion, Purpose

from .models import Activity
from .obligations import load_duties
from .progress import State, is_on_track, standings

OVER = (PlanStatus.CLOSED, PlanStatus.REPLACED)
DONE = (State.DONE, State.LATE_DONE)


@dataclass(frozen=True)
class PlanRow:
    """A plan in the list; cancelled activities are in none of the numbers. `group` is the heading it stands under."""

    plan: Plan
    group: str
    is_over: bool
    activities: int
    on_track: int
    done: int
    overdue: int


def with_relations(plans):
    """What a row says of the plans beside it: own plans that carry it out, its last amendment, what replaces it."""
    issued = Q(children__purpose=Purpose.PLAN) & ~Q(children__status=PlanStatus.DRAFT)
    amended = PlanVersion.objects.filter(plan=OuterRef("pk"), ordinal__gt=1).order_by("-ordinal").values("number")[:1]
    later = Plan.objects.filter(replaces=OuterRef("pk")).real().exclude(status=PlanStatus.DRAFT)
    return plans.select_related("issuing_agency", "coordinating_agency").annotate(
        carried_out_by=Count("children", filter=issued),
        amended_by_number=Subquery(amended, output_field=CharField()),
        replaced_by_number=Subquery(later.order_by("-issued_on", "pk").values("number")[:1], output_field=CharField()),
    )


def is_over(plan, today):
    """Closed, replaced, or issued for a time that has passed."""
    return plan.status in OVER or (plan.status != PlanStatus.DRAFT and plan.period_end < today)


def by_year(plans, today):
    """Plans at work by year, newest first, drafts before the others; then those that are over."""
    ordered = sorted(plans, key=lambda plan: (plan.issued_on or plan.period_start, plan.title_sort, plan.pk))
    ordered.sort(key=lambda plan: plan.issuing_agency.parent_id is not None)
    ordered.sort(key=lambda plan: plan.status != PlanStatus.DRAFT)
    ordered.sort(key=lambda plan: _years(plan), reverse=True)
    return sorted(ordered, key=lambda plan: is_over(plan, today))


def _years(plan):
    return plan.period_start.year, plan.period_end.year


def _group(plan, today):
    first, last = _years(plan)
    if is_over(plan, today):
        return _("Earlier years")
    if first == last:
        return _("Year %(year)s") % {"year": first}
    return _("Years %(first)s–%(last)s") % {"first": first, "last": last}


def plan_rows(plans, periods, today):
    """A row for each of `plans`, in their order. Four queries, whatever their number.

    Args:
        periods: of all the locality's plans; one is due when its agencies had to report.
    """
    keys = [plan.pk for plan in plans]
    due = {period.plan_id for period in periods if period.agency_due_on < today}
    counted = {key: [] for key in keys}
    for row in standings(Activity.objects.filter(plan__in=keys), load_duties(keys), today=today):
        if row.state != State.CANCELLED:
            counted[row.activity.plan_id].append(row)
    return [_row(plan, counted[plan.pk], plan.pk in due, today) for plan in plans]


def _row(plan, rows, a_period_is_due, today):
    return PlanRow(
        plan=plan,
        group=_group(plan, today),
        is_over=is_over(plan, today),
        activities=len(rows),
        on_track=sum(is_on_track(row, today=today, a_period_is_due=a_period_is_due) for row in rows),
        done=sum(row.state in DONE for row in rows),
        overdue=sum(row.state == State.OVERDUE for row in rows),
    )
