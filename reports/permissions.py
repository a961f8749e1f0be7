"""May this person see the state of the whole locality, and its reports?"""

from activities.permissions import can_view_progress


def can_view_dashboard(user):
    return can_view_progress(user)


def can_view_report(user):
    """Reports are drafts: the coordinator, leaders and administrators read them."""
    return can_view_progress(user)
