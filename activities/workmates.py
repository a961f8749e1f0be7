"""Whom to tell: the people of an agency, of a plan."""

from accounts.models import Role, User
from agencies.models import Agency
from agencies.successions import Successors


def people_of(agency_ids):
    """The active focal points of the agencies, and of those that carry on for the ones that have ended."""
    return User.objects.filter(is_active=True, role=Role.FOCAL_POINT, agency__in=_with_successors(agency_ids))


def coordinators_of(plan):
    """The active coordinators at the agency that coordinates the plan, or that has issued it."""
    responsible = plan.coordinating_agency_id or plan.issuing_agency_id
    return User.objects.filter(is_active=True, role=Role.COORDINATOR, agency__in=_with_successors([responsible]))


def reviews_alone(user, plan):
    """Nobody but this person coordinates the plan: what they send on behalf no colleague could approve."""
    return not coordinators_of(plan).exclude(pk=user.pk).exists()


def _with_successors(agency_ids):
    """Keys of the agencies and of today's agencies that carry on for them. A query; more where one has ended."""
    ids = set(agency_ids)
    for ended in Agency.objects.filter(pk__in=ids, valid_to__isnull=False):
        ids.add(Successors.of(ended.locality_id).now(ended).pk)
    return ids
