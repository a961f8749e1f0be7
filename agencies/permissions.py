"""May this person keep the locality's agencies in order? Used by the view, the button and the workflow alike."""


def can_manage_agencies(user):
    """The administrator of a locality; everybody else reads."""
    return user.is_administrator and user.agency_id is not None
