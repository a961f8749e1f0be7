"""Who belongs to a group: many in, many out, and who is a member on a day."""

from django.db import transaction

from .models import AgencyGroup, GroupMembership
from .validity import is_in_force


@transaction.atomic
def join(group, agencies, *, day):
    """Make `agencies` members from `day` on (None: from the beginning); one that has left goes on as if it had not."""
    AgencyGroup.objects.select_for_update().get(pk=group.pk)
    known = {each.agency_id: each for each in group.memberships.filter(agency__in=agencies)}
    for membership in known.values():
        if membership.valid_from and (day is None or day < membership.valid_from):
            membership.valid_from = day
        membership.valid_to = None
        membership.save()
    new = [GroupMembership(group=group, agency=each, valid_from=day) for each in agencies if each.pk not in known]
    GroupMembership.objects.bulk_create(new)


@transaction.atomic
def leave(memberships, *, day, by_mistake=False):
    """End `memberships` with `day` as the last one; those entered by mistake go without trace."""
    for membership in memberships:
        if by_mistake:
            membership.delete()
        else:
            membership.valid_to = day
            membership.save()


def members_on(memberships, day):
    """Of `memberships` (with their agencies), those that count on `day`: a member that has ended counts no more."""
    return [each for each in memberships if is_in_force(each, day) and is_in_force(each.agency, day)]
