"""What is valid for a span of time: agencies, memberships, assignments."""


def is_in_force(row, day):
    """The agency, membership or assignment is valid on `day`."""
    return (not row.valid_from or row.valid_from <= day) and (not row.valid_to or row.valid_to >= day)
