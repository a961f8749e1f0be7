"""May this person look after accounts and background work? Used by the view, the button and the workflow alike."""

from .models import JobState


def can_manage_users(user):
    """The administrator of a locality: everybody's account in it, whatever their agency."""
    return user.is_administrator and user.agency_id is not None


def can_manage_user(user, person):
    return can_manage_users(user) and person.agency is not None and user.agency.locality_id == person.agency.locality_id


def can_lock(user, person):
    """Nobody locks the account they are using."""
    return can_manage_user(user, person) and person.is_active and user.pk != person.pk


def can_unlock(user, person):
    return can_manage_user(user, person) and not person.is_active


def can_invite(user, person):
    """A new link for whoever has not entered yet, or has forgotten the password."""
    return can_manage_user(user, person) and person.is_active and user.pk != person.pk


def can_see_health(user):
    """How the portal itself is doing: for whoever is called when it is not well."""
    return can_manage_users(user)


def can_see_job(user, job):
    """Whoever started it; the administrator every job of the locality."""
    return job.started_by_id == user.pk or (can_manage_users(user) and job.locality_id == user.agency.locality_id)


def can_retry_job(user, job):
    """A job that has failed, or that waits for its next try."""
    return can_see_job(user, job) and (job.state == JobState.FAILED or job.waits_to_be_tried_again)
