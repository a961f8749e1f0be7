"""May this person do this to that plan? Used by the view, the button and the workflow alike."""

from .models import PlanStatus


def is_coordinator_of(user, plan):
    """The person coordinates this plan: at its coordinating agency, or, where none is stated, at its issuer."""
    responsible = plan.coordinating_agency_id or plan.issuing_agency_id
    return user.is_coordinator and user.agency_id == responsible


def can_view_plan(user, plan):
    """A draft is read by those who make and decide it; agencies see the plan when it has been issued."""
    return not (user.is_focal_point and plan.status == PlanStatus.DRAFT)


def can_create_plan(user):
    return user.is_coordinator and user.agency_id is not None


def can_edit_plan(user, plan):
    return is_coordinator_of(user, plan) and plan.status not in (PlanStatus.CLOSED, PlanStatus.REPLACED)
