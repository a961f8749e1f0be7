"""May this person do this to that plan? Used by the view, the button and the workflow alike."""

from .models import PlanStatus, Purpose


def is_coordinator_of(user, plan):
    """The person coordinates this plan: at its coordinating agency, or, where none is stated, at its issuer."""
    responsible = plan.coordinating_agency_id or plan.issuing_agency_id
    return user.is_coordinator and user.is_at(responsible)


def is_drafter_of(user, plan):
    """The person drafts this plan and issues it: its coordinator, or a focal point for their own agency's own plan."""
    if is_coordinator_of(user, plan):
        return True
    coordinator = plan.coordinating_agency_id or plan.issuing_agency_id
    return user.is_focal_point and user.is_at(plan.issuing_agency_id) and user.is_at(coordinator)


def can_view_plan(user, plan):
    """A draft is read by those who make and decide it; agencies see the plan when it has been issued."""
    return not (user.is_focal_point and plan.status == PlanStatus.DRAFT) or is_drafter_of(user, plan)


def can_create_plan(user):
    """Coordinators draft the locality's plans, focal points their own agency's."""
    return (user.is_coordinator or user.is_focal_point) and user.agency_id is not None


def can_edit_plan(user, plan):
    """Only a draft is written on; an issued plan changes by an amendment."""
    return is_drafter_of(user, plan) and plan.status == PlanStatus.DRAFT


IN_FORCE = (PlanStatus.ISSUED, PlanStatus.AMENDED)


def can_issue_plan(user, plan):
    """A plan or an amendment in draft; templates are never issued."""
    return can_edit_plan(user, plan) and plan.purpose != Purpose.TEMPLATE


def can_amend_plan(user, plan):
    return is_drafter_of(user, plan) and plan.status in IN_FORCE


def can_close_plan(user, plan):
    return is_drafter_of(user, plan) and plan.status in IN_FORCE


def can_reopen_plan(user, plan):
    return is_drafter_of(user, plan) and plan.status == PlanStatus.CLOSED


def can_replace_plan(user, plan):
    """A plan that was issued, by whoever issues the plan that takes its place."""
    return is_drafter_of(user, plan) and plan.status in (*IN_FORCE, PlanStatus.CLOSED)


def can_keep_file(user, plan):
    """Source files are kept with a plan by those who draft it, whatever its status."""
    return is_drafter_of(user, plan)


def can_begin_from(user, plan):
    """A plan one may read, or a template, which is there for everybody who makes plans."""
    return can_create_plan(user) and (plan.purpose == Purpose.TEMPLATE or can_view_plan(user, plan))


def can_keep_templates(user):
    """Templates belong to the locality: its coordinators and administrators keep, name and remove them."""
    return user.is_coordinator or user.is_administrator
