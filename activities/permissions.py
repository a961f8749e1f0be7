"""May this person do this to that activity, period or update? Used by view, button and workflow alike."""

from plans.permissions import can_edit_plan, is_coordinator_of

from .models import Status

OPEN_TO_THE_AGENCY = (Status.DRAFT, Status.RETURNED)


def can_edit_activity(user, activity):
    return can_edit_plan(user, activity.plan)


def is_own_update(user, update):
    """Of the person's agency, or of one that it carries on for."""
    return user.is_focal_point and user.is_at(update.agency_id)


def can_view_update(user, update):
    """Its own agency always; the rest of the locality's staff once it has been submitted; other agencies never."""
    if is_own_update(user, update):
        return True
    return not user.is_focal_point and update.status != Status.DRAFT


def can_view_evidence(user, item):
    """As its update; while that is being corrected, others do not see what has not been sent."""
    update = item.progress.update
    if not can_view_update(user, update):
        return False
    unsent = update.status == Status.RETURNED and item.added_at > update.submitted_at
    return is_own_update(user, update) or not unsent


def can_edit_update(user, update):
    return is_own_update(user, update) and update.status in OPEN_TO_THE_AGENCY


def can_submit_update(user, update):
    return can_edit_update(user, update)


def can_review_update(user, update):
    """The plan's coordinator, on an update that waits for a decision."""
    return update.status == Status.SUBMITTED and is_coordinator_of(user, update.period.plan)


def can_view_progress(user):
    """The whole locality's state: everyone who is not the focal point of one agency."""
    return not user.is_focal_point
