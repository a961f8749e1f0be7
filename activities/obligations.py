"""Who must report what: lead assignments, with groups expanded to their members on a date.

Whoever only cooperates is not obliged. All of it is read in two queries and asked in memory.
"""

from collections import defaultdict

from agencies.models import GroupMembership
from plans.models import PlanStatus

from .calendar import current_period
from .models import Assignment, AssignmentRole


def is_in_force(row, day):
    """The agency, membership or assignment is valid on `day`."""
    return (not row.valid_from or row.valid_from <= day) and (not row.valid_to or row.valid_to >= day)


def is_on(activity, day):
    """The activity has begun by `day` and has not been cancelled."""
    return not (activity.start and activity.start > day) and not (
        activity.cancelled_on and activity.cancelled_on <= day
    )


class Duties:
    """The assignments of some plans, and the members of the groups they name."""

    def __init__(self, assignments, memberships):
        self._by_activity = defaultdict(list)
        for assignment in assignments:
            self._by_activity[assignment.activity_id].append(assignment)
        self._members = defaultdict(list)
        for membership in memberships:
            self._members[membership.group_id].append(membership)

    def parties(self, activity, role, day):
        """The activity's assignments in `role` that have not ended by `day`, in the plan's order."""
        return [
            each
            for each in self._by_activity[activity.pk]
            if each.role == role and not (each.valid_to and each.valid_to < day)
        ]

    def has_lead(self, activity, day):
        return bool(self.parties(activity, AssignmentRole.LEAD, day))

    def leads_on(self, activity, day):
        """The agencies that lead the activity on `day`, groups expanded: {Agency}."""
        return {
            agency for lead in self.parties(activity, AssignmentRole.LEAD, day) for agency in self._agencies(lead, day)
        }

    def led_on(self, plan, day):
        """What each agency leads in `plan` on `day`: {Agency: [activity_id]}, agencies in Vietnamese order."""
        led = defaultdict(list)
        for activity_id, assignments in self._by_activity.items():
            for lead in assignments:
                if lead.role == AssignmentRole.LEAD and lead.activity.plan_id == plan.pk and is_on(lead.activity, day):
                    for agency in self._agencies(lead, day):
                        if activity_id not in led[agency]:
                            led[agency].append(activity_id)
        return dict(sorted(led.items(), key=lambda item: (item[0].name_sort, item[0].pk)))

    def _agencies(self, assignment, day):
        if not is_in_force(assignment, day):
            return []
        if assignment.agency_id:
            return [assignment.agency] if is_in_force(assignment.agency, day) else []
        return [
            membership.agency
            for membership in self._members[assignment.group_id]
            if is_in_force(membership, day) and is_in_force(membership.agency, day)
        ]


def load_duties(plans):
    """The duties of `plans` (a list or queryset). Two queries."""
    assignments = list(
        Assignment.objects.filter(activity__plan__in=plans).select_related("activity", "agency", "group")
    )
    groups = {assignment.group_id for assignment in assignments if assignment.group_id}
    memberships = GroupMembership.objects.filter(group__in=groups).select_related("agency") if groups else []
    return Duties(assignments, memberships)


def obliged_from(plan, periods, today):
    """The first day of the period that runs on `today`: who is assigned now reports from it on, not for the past.

    None for a draft: what it says holds from the plan's beginning. `periods` may be of other plans too.
    """
    if plan.status == PlanStatus.DRAFT:
        return None
    period = current_period([each for each in periods if each.plan_id == plan.pk], today)
    return period.starts_on if period else None


def obliged_agencies(period, duties):
    """The agencies that must send an update for `period`: {Agency: [activity_id]}, counted on its last day."""
    return duties.led_on(period.plan, period.ends_on)
