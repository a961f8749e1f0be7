"""A plan read once for a day, with all that the rules of the check look at."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from agencies.models import Agency, GroupMembership, ReorganisationStatus, Succession
from agencies.validity import is_in_force
from plans.document import PlanDocument, read_document
from plans.models import Plan

from ..models import Activity, AssignmentRole
from ..versions import activities_in_order


@dataclass
class Reading:
    """A plan with all that the rules look at, read in a constant number of queries.

    `members` of each group and `successors` of each agency named in the annex, by key; `absent` are the agencies that
    duties name and that do not exist on the day, by name.
    """

    plan: Plan
    day: date
    document: PlanDocument
    activities: list[Activity]
    members: dict[int, list] = field(default_factory=lambda: defaultdict(list))
    absent: dict[str, Agency] = field(default_factory=dict)
    successors: dict[int, list] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, plan, day):
        reading = cls(
            plan,
            day,
            read_document(plan),
            [each for each in activities_in_order(plan) if not each.cancelled_on],
        )
        parties = [party for activity in reading.activities for party in activity.assignments.all()]
        groups = {party.group_id for party in parties if party.group_id}
        for membership in GroupMembership.objects.filter(group__in=groups).select_related("agency"):
            if is_in_force(membership, day) and is_in_force(membership.agency, day):
                reading.members[membership.group_id].append(membership.agency)
        reading.absent = {agency.name: agency for agency in _named_in_parts(plan).filter(_not_there_on(day))}
        ended = {party.agency_id for party in parties if party.agency_id and not is_in_force(party.agency, day)}
        if ended:
            rows = Succession.objects.filter(predecessor__in=ended, successor__isnull=False).select_related("successor")
            for succession in rows.exclude(reorganisation__status=ReorganisationStatus.CANCELLED):
                reading.successors[succession.predecessor_id].append(succession.successor)
        return reading

    def parties(self, activity, role=None):
        return [
            each for each in activity.assignments.all() if not each.valid_to and (role is None or each.role == role)
        ]

    def leads(self, activity):
        """The leads that are agencies or groups of the locality."""
        return [each for each in self.parties(activity, AssignmentRole.LEAD) if each.is_identified]


def _named_in_parts(plan):
    """The agencies that duties and reporting duties of `plan` name."""
    return Agency.objects.filter(Q(duties__plan=plan) | Q(reporting_duties__plan=plan)).distinct()


def _not_there_on(day):
    return Q(valid_to__lt=day) | Q(valid_from__gt=day)
