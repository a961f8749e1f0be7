"""Who must report what: lead assignments, with groups expanded to their members on a date.

Whoever only cooperates is not obliged; party bodies and front organisations lead by invitation and owe nothing; a
name that stands for no agency obliges nobody. All of it is read in two queries, a third where an agency has ended.
"""

from collections import defaultdict

from django.utils.translation import gettext as _

from agencies.models import GroupMembership
from agencies.successions import NONE, Successors
from agencies.validity import is_in_force

from .models import Assignment, AssignmentRole


def is_on(activity, day):
    """The activity has begun by `day` and has not been cancelled."""
    return not (activity.start and activity.start > day) and not (
        activity.cancelled_on and activity.cancelled_on <= day
    )


class Duties:
    """The assignments of some plans, the members of the groups they name, and who carries on for those that ended."""

    def __init__(self, assignments, memberships, successors=NONE):
        self.successors = successors
        self._by_activity = defaultdict(list)
        for assignment in assignments:
            self._by_activity[assignment.activity_id].append(assignment)
        self._members = defaultdict(list)
        self._expanded = {}
        for membership in memberships:
            self._members[membership.group_id].append(membership)

    def parties(self, activity, role, day):
        """The activity's assignments in `role` that have not ended by `day`, in the plan's order.

        One to come counts already, but not while the agency it takes over from still has its part.
        """
        open_ones = [
            each
            for each in self._by_activity[activity.pk]
            if each.role == role and not (each.valid_to and each.valid_to < day)
        ]
        return [each for each in open_ones if not self._is_still_anothers(each, open_ones, day)]

    def names(self, activity, role, day, *, now=False):
        """Who has a part in `role`, as the plan prints it, the invited marked; `now`: by today's names, once each."""
        return tuple(dict.fromkeys(self._name(each, now) for each in self.parties(activity, role, day)))

    def has_lead(self, activity, day):
        """Somebody leads it by `day`: an agency or a group, not merely a name."""
        return any(lead.is_identified for lead in self.parties(activity, AssignmentRole.LEAD, day))

    def every_lead(self):
        """Each agency that leads or led something, itself or as member of a group, in Vietnamese order."""
        leads = [each for parties in self._by_activity.values() for each in parties if each.role == AssignmentRole.LEAD]
        own = {each.agency for each in leads if each.agency_id}
        members = {
            membership.agency for group in {each.group_id for each in leads} for membership in self._members[group]
        }
        return sorted(own | members, key=lambda agency: (agency.name_sort, agency.pk))

    def leads_on(self, activity, day):
        """The agencies that lead the activity on `day`, groups expanded: {Agency}."""
        return {
            agency for lead in self.parties(activity, AssignmentRole.LEAD, day) for agency in self._agencies(lead, day)
        }

    def led_on(self, plan, day):
        """What each agency leads in `plan` on `day`: {Agency: [activity_id]}, agencies in Vietnamese order."""
        led, agencies = defaultdict(dict), {}  # by keys: a province asks for thousands
        for activity_id, assignments in self._by_activity.items():
            for lead in assignments:
                if lead.role == AssignmentRole.LEAD and lead.activity.plan_id == plan.pk and is_on(lead.activity, day):
                    for agency in self._agencies(lead, day):
                        agencies[agency.id] = agency
                        led[agency.id][activity_id] = None
        ordered = sorted(agencies.values(), key=lambda agency: (agency.name_sort, agency.id))
        return {agency: list(led[agency.id]) for agency in ordered}

    def cooperates_on(self, activity, day):
        """The agencies that cooperate in the activity on `day` and do not lead it, groups expanded: {Agency}."""
        helping = self._parts(activity.pk, AssignmentRole.COOPERATING, day)
        return helping - self._parts(activity.pk, AssignmentRole.LEAD, day)

    def helped_by(self, agency, plan, day):
        """The activities of `plan` in which `agency` cooperates on `day`, in the plan's order: [Activity]."""
        activities = [assignments[0].activity for assignments in self._by_activity.values() if assignments]
        return sorted(
            (
                activity
                for activity in activities
                if activity.plan_id == plan.pk and is_on(activity, day) and agency in self.cooperates_on(activity, day)
            ),
            key=lambda activity: (activity.position, activity.pk),
        )

    def _parts(self, activity_id, role, day):
        rows = [each for each in self._by_activity[activity_id] if each.role == role]
        return {agency for each in rows for agency in self._agencies(each, day)}

    def led_by(self, agency, plan, day):
        """Keys of the activities of `plan` that `agency` leads on `day`, or that whoever carries on for it leads."""
        led = {other.pk: activities for other, activities in self.led_on(plan, day).items()}
        return led.get(agency.pk) or led.get(self.successors.on(agency.pk, day), [])

    def _is_still_anothers(self, assignment, others, day):
        if not (assignment.valid_from and assignment.valid_from > day):
            return False
        return any(
            self.successors.on(other.agency_id, assignment.valid_from) == assignment.agency_id
            for other in others
            if other.agency_id and other is not assignment
        )

    def _name(self, assignment, now):
        label = assignment.label
        if now and assignment.agency_id:
            today = self.successors.now(assignment.agency)
            label = today.name if today != assignment.agency else label
        return _("%(name)s (invited)") % {"name": label} if assignment.is_invited else label

    def _agencies(self, assignment, day):
        if not (assignment.is_identified and is_in_force(assignment, day)):
            return []
        if assignment.agency_id:
            return [assignment.agency] if is_in_force(assignment.agency, day) else []
        return self._members_on(assignment.group_id, day)

    def _members_on(self, group_id, day):
        """The group's members on `day`; a province asks for the same ones for every activity."""
        if (group_id, day) not in self._expanded:
            self._expanded[group_id, day] = [
                membership.agency
                for membership in self._members[group_id]
                if is_in_force(membership, day) and is_in_force(membership.agency, day)
            ]
        return self._expanded[group_id, day]


def load_duties(plans):
    """The duties of `plans` (a list or queryset). Two queries, three where an agency they name has ended."""
    found = Assignment.objects.filter(activity__plan__in=plans).select_related("activity", "agency", "group")
    assignments = list(found.defer("activity__details", "activity__note"))
    groups = {assignment.group_id for assignment in assignments if assignment.group_id}
    memberships = list(GroupMembership.objects.filter(group__in=groups).select_related("agency")) if groups else []
    ended = [each.agency.locality_id for each in [*assignments, *memberships] if each.agency and each.agency.valid_to]
    return Duties(assignments, memberships, Successors.of(ended[0]) if ended else NONE)


def reporting_agencies(period, duties):
    """The agencies that may send an update for `period`: {Agency: [activity_id]}, counted on its last day."""
    return duties.led_on(period.plan, period.ends_on)


def obliged_agencies(period, duties):
    """Those of them that must: all but the invited."""
    return {agency: led for agency, led in reporting_agencies(period, duties).items() if not agency.is_invited}
