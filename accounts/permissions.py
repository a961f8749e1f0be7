"""May this person look after accounts? Used by the view, the button and the workflow alike."""


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
