"""What a reorganisation will do, in numbers, before anybody confirms it: what moves, what stays, what stands open."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _, ngettext

from accounts.models import Role, User
from agencies.models import Agency, AgencyKind, GroupMembership
from agencies.validity import is_in_force
from plans.models import Plan, PlanStatus

from .models import Activity, Assignment, AssignmentRole, QuarterlyUpdate, Status
from .obligations import Duties, load_duties, obliged_agencies
from .progress import FINISHED, standings
from .reorganising import living_plans
from .submissions import own_updates

MOST_TARGETS = 4
MOST_GROUPS = 3
MOST_PLANS = 3


@dataclass(frozen=True)
class Row:
    """One thing that moves: how many each agency has (in the preview's `columns`), how many there will be, and why."""

    label: str
    values: tuple[int, ...]
    after: int
    note: str = ""


@dataclass(frozen=True)
class Tally:
    """A figure of the whole locality on the eve and on the day."""

    label: str
    before: int
    after: int


@dataclass(frozen=True)
class Concern:
    """What is left open; `state` names the sign. Nothing of it stands in the way of confirming."""

    state: str
    sentence: str


@dataclass(frozen=True)
class Preview:
    """`columns`: the agencies that end, then those that go on and take over; `focal_points`: names by agency."""

    columns: tuple[Agency, ...]
    rows: tuple[Row, ...]
    tallies: tuple[Tally, ...]
    kept: tuple[str, ...]
    concerns: tuple[Concern, ...]
    focal_points: dict[int, tuple[str, ...]]

    @property
    def cells(self):
        """The rows as a table prints them: `values` are (agency, number) pairs."""
        return tuple({**vars(row), "values": tuple(zip(self.columns, row.values, strict=True))} for row in self.rows)

    @property
    def people(self):
        """(agency, names of its focal points) of each column."""
        return tuple((agency, self.focal_points.get(agency.pk, ())) for agency in self.columns)


def preview(change, *, locality, periods, today):
    """What `change` (agencies.scheduling.Change) will do from its day on. Twelve queries at most.

    Args:
        periods: the reporting periods of the locality's plans, with their plans.
    """
    return _Reading(change, locality, periods, today).preview()


def plans_naming(agencies):
    """The issued plans that name each of the agencies: {agency_id: {plan_id}}, one query."""
    keys = [agency.pk for agency in agencies]
    plans = Plan.objects.real().exclude(status=PlanStatus.DRAFT).order_by()
    paths = ("coordinating_agency", "issuing_agency", "activities__assignments__agency", "duties__agencies")
    first, *others = [plans.filter(**{f"{path}__in": keys}).values_list(path, "pk") for path in paths]
    naming = defaultdict(set)
    for agency_id, plan_id in first.union(*others):
        naming[agency_id].add(plan_id)
    return naming


class _Reading:
    """Everything the preview is made of, read once."""

    def __init__(self, change, locality, periods, today):
        self.change, self.today = change, today
        self.day, self.eve = change.effective_on, change.eve
        self.ending = change.ending
        self.going_on = tuple(each for each in change.successors if each.pk and is_in_force(each, change.eve))
        self.columns = (*change.predecessors, *self.going_on)
        self.keys = {agency.pk for agency in self.columns}
        self.plans = list(living_plans(self.day).filter(locality=locality))
        self.duties = load_duties(self.plans) if self.plans else Duties((), ())
        self.open = self._open_activities()
        self.led = self._led()
        self.people = self._people()
        self.memberships = list(
            GroupMembership.objects.filter(group__locality=locality).select_related("group", "agency")
        )
        living = {plan.pk for plan in self.plans}
        self.periods = [period for period in periods if period.plan_id in living]
        self.agencies = list(Agency.objects.filter(locality=locality))
        self.updates = list(QuarterlyUpdate.objects.filter(period__in=self.periods, agency__in=self.keys))

    def preview(self):
        return Preview(
            columns=self.columns,
            rows=tuple(row for row in self._rows() if any((*row.values, row.after))),
            tallies=tuple(self._tallies()),
            kept=tuple(self._kept()),
            concerns=tuple(self._concerns()),
            focal_points={
                agency.pk: tuple(str(person) for person in self.people[agency.pk] if person.role == Role.FOCAL_POINT)
                for agency in self.columns
            },
        )

    # What there is

    def _open_activities(self):
        """{activity_id: Activity}, what is neither done nor cancelled on the day."""
        if not self.plans:
            return {}
        activities = Activity.objects.filter(plan__in=self.plans)
        rows = standings(activities, self.duties, today=max(self.day, self.today))
        return {row.activity.pk: row.activity for row in rows if row.state not in FINISHED}

    def _led(self):
        """What each agency leads on the eve, by itself or as a member of a group: {agency_id: {activity_id}}."""
        led = defaultdict(set)
        for activity in self.open.values():
            for agency in self.duties.leads_on(activity, self.eve):
                if agency.pk in self.keys:
                    led[agency.pk].add(activity.pk)
        return led

    def _people(self):
        people = defaultdict(list)
        for person in User.objects.filter(agency__in=self.keys, is_active=True).order_by("full_name", "pk"):
            people[person.agency_id].append(person)
        return people

    def _is_in_group(self, agency, day):
        return [m for m in self.memberships if m.agency_id == agency.pk and is_in_force(m, day)]

    # What moves

    def _rows(self):
        if not self.ending:  # only a part of the work is handed over: no person and no duty goes with it
            return
        yield self._activity_row()
        yield from self._target_rows()
        yield from self._update_rows()
        yield self._people_row()
        issued = Counter(plan.issuing_agency_id for plan in self.plans)
        yield self._counted(_("Own plans in force"), issued, _("keep the name of their issue"))
        coordinated = Counter(plan.coordinating_agency_id for plan in self.plans)
        yield self._counted(_("Plans it coordinates"), coordinated, _("coordinated by the successor"))
        yield self._drafts_row()
        yield self._groups_row()
        below = Counter(agency.parent_id for agency in self.agencies if is_in_force(agency, self.day))
        yield self._counted(_("Agencies below it"), below, _("get the successor as their parent"))

    def _activity_row(self):
        values = tuple(len(self.led[agency.pk]) for agency in self.columns)
        after = len(set().union(*(self.led[agency.pk] for agency in self.columns))) if self._has_heir else 0
        twice = sum(values) - after
        note = ""
        if not self._has_heir:
            note = _("end, nobody carries on")
        elif twice:
            note = ngettext(
                "%(n)s activity that two of them lead becomes one", "%(n)s that several of them lead become one", twice
            ) % {"n": twice}
        return Row(_("Open activities they lead"), values, after, note)

    @property
    def _has_heir(self):
        return self.change.main_successor is not None

    def _target_rows(self):
        """Each agency's even share of a target that several leads share; a target of one's own is one's whole."""
        with_target = [each for each in self.open.values() if each.target_quantity]
        with_target.sort(key=lambda each: (each.plan_id, each.position))
        shown = 0
        numbers = {plan.pk: str(plan) for plan in self.plans}
        has_several = len({each.plan_id for each in with_target}) > 1
        for activity in with_target:
            if shown == MOST_TARGETS or not any(activity.pk in self.led[agency.pk] for agency in self.columns):
                continue
            shown += 1
            leads = len([each for each in self.duties.leads_on(activity, self.eve) if not each.is_invited])
            share = round(activity.target_quantity / max(leads, 1))
            values = tuple(share if activity.pk in self.led[agency.pk] else 0 for agency in self.columns)
            named = {"number": activity.number, "unit": activity.target_unit}
            if leads > 1:
                label = _("Activity %(number)s: even share of the target, %(unit)s") % named
            else:
                label = _("Activity %(number)s: target, %(unit)s") % named
            if has_several:
                label = f"{label.removesuffix(', ')}, {numbers[activity.plan_id]}"
            after = sum(values) if leads > 1 else max(values)
            note = _("summed") if leads > 1 and sum(map(bool, values)) > 1 else ""
            yield Row(label.removesuffix(", "), values, after if self._has_heir else 0, note)

    def _next_periods(self):
        """For each plan in force the first period that ends under the new names."""
        for plan in self.plans:
            ahead = [each for each in self.periods if each.plan_id == plan.pk and each.ends_on >= self.day]
            if ahead:
                yield min(ahead, key=lambda period: period.ends_on)

    def _update_rows(self):
        for period in self._next_periods():
            before, after = self._obliged(period)
            values = tuple(int(agency.pk in before) for agency in self.columns)
            named = {"period": period.title, "plan": period.plan}
            yield Row(
                _("Updates for %(period)s, %(plan)s") % named,
                values,
                len(after - (before - self.keys)),
                _("due on %(day)s") % {"day": f"{period.agency_due_on:%d/%m/%Y}"},
            )

    def _obliged(self, period):
        """Who owes the period's update as things stand, and after the change: two sets of keys.

        A new agency has no key yet: it is counted under the name "new".
        """
        before = {agency.pk: led for agency, led in obliged_agencies(period, self.duties).items()}
        ending = {agency.pk for agency in self.ending}
        after = set(before) - ending
        for link in self.change.links:
            old = link.predecessor
            if old.pk not in ending or old.pk not in before or link.successor is None:
                continue
            if self._passes_on(old, before[old.pk], link) and not link.successor.is_invited:
                after.add(link.successor.pk or id(link.successor))
        return set(before), after

    def _passes_on(self, old, led, link):
        """The successor owes what `old` led: all that is open, or, where it only takes a part, what the groups lead."""
        through_groups = {
            activity_id for activity_id in led if any(party.group_id for party in self._leads_of(activity_id, old))
        }
        return bool(through_groups or (link.is_main and set(led) & set(self.open)))

    def _leads_of(self, activity_id, agency):
        activity = self.open.get(activity_id)
        if activity is None:
            return []
        groups = {membership.group_id for membership in self._is_in_group(agency, self.eve)}
        return [
            party for party in self.duties.parties(activity, AssignmentRole.LEAD, self.eve) if party.group_id in groups
        ]

    def _people_row(self):
        values = tuple(len(self.people[agency.pk]) for agency in self.columns)
        if self._has_heir:
            return Row(_("Accounts"), values, sum(values), _("stay, under the new agency"))
        return Row(_("Accounts"), values, 0, _("stay with the abolished agency"))

    def _drafts_row(self):
        drafts = Assignment.objects.filter(activity__plan__status=PlanStatus.DRAFT, valid_to__isnull=True)
        named = drafts.filter(agency__in=self.keys).values_list("agency", "activity").distinct().order_by()
        counts = Counter(agency_id for agency_id, _activity in named)
        return self._counted(_("Activities in drafts"), counts, _("name the successor from then on"))

    def _groups_row(self):
        values = tuple(len(self._is_in_group(agency, self.eve)) for agency in self.columns)
        groups = {m.group_id for agency in self.columns for m in self._is_in_group(agency, self.eve)}
        return Row(_("Groups they belong to"), values, len(groups) if self._has_heir else 0)

    def _counted(self, label, counts, note):
        values = tuple(counts[agency.pk] for agency in self.columns)
        return Row(label, values, sum(values) if self._has_heir else 0, note if self._has_heir else "")

    # Before and after

    def _tallies(self):
        yield self._tally(_("Agencies of the locality"), self.agencies)
        kinds = {agency.kind for agency in self.columns}
        if len(kinds) == 1:
            kind = AgencyKind(kinds.pop())
            yield self._tally(kind.label, [agency for agency in self.agencies if agency.kind == kind])
        yield from self._group_tallies()
        for period in self._next_periods():
            before, after = self._obliged(period)
            yield Tally(_("Updates owed for %(period)s") % {"period": period.title}, len(before), len(after))

    def _tally(self, label, agencies):
        ending = {agency.pk for agency in self.ending}
        founded = {agency.pk for agency in self.change.successors if agency.valid_from == self.day}
        before = [each for each in agencies if is_in_force(each, self.eve) or each.pk in ending]
        after = [each for each in before if each.pk not in ending and is_in_force(each, self.day)]
        kinds = {agency.kind for agency in agencies}
        new = [each for each in self.change.successors if each.kind in kinds and (not each.pk or each.pk in founded)]
        return Tally(label, len(before), len(after) + len(new))

    def _group_tallies(self):
        ending = {agency.pk for agency in self.ending}
        groups = {m.group for agency in self.ending for m in self._is_in_group(agency, self.eve)}
        for group in sorted(groups, key=lambda group: (group.name_sort, group.pk))[:MOST_GROUPS]:
            members = {m.agency_id for m in self.memberships if m.group_id == group.pk and is_in_force(m, self.eve)}
            heirs = {
                link.successor.pk or id(link.successor)
                for link in self.change.links
                if link.successor and link.predecessor.pk in members & ending
            }
            yield Tally(group.name, len(members), len((members - ending) | heirs))

    # What stays, what is open

    def _kept(self):
        past = [period for period in self.periods if period.ends_on < self.day]
        if past:
            last = max(past, key=lambda period: period.ends_on)
            yield _("Reports and figures up to %(period)s") % {"period": last.title}
        numbers = [plan.number or plan.title for plan in self.plans if self._names(plan)]
        if numbers:
            yield _("The signed text of %(plans)s") % {"plans": ", ".join(numbers[:MOST_PLANS])}
        yield _("Evidence, and who sent it")
        yield _("The record of edits, approvals and returns")

    def _names(self, plan):
        """The plan is one of the agencies', or has them lead an activity."""
        led = {self.open[key].plan_id for activities in self.led.values() for key in activities}
        return plan.pk in led or {plan.issuing_agency_id, plan.coordinating_agency_id} & self.keys

    def _concerns(self):
        if self.day <= self.today:
            yield Concern("late-done", _("The day has passed: everything moves as soon as you confirm."))
            if self._has_heir:
                yield from self._sent_since()
        yield from self._unsent()
        yield from self._without_people()
        if not self._has_heir:
            yield from self._orphans()

    def _sent_since(self):
        """Updates that were sent under the old name for periods that ended after the day."""
        for period in self.periods:
            if self.day <= period.ends_on < self.today:
                sent = [u for u in self.updates if u.period_id == period.pk and u.status != Status.DRAFT]
                if sent:
                    sentence = ngettext(
                        "%(n)s update already sent for %(period)s will count for the successor.",
                        "%(n)s updates already sent for %(period)s will count for the successor, as one.",
                        len(sent),
                    )
                    yield Concern("not-started", sentence % {"n": len(sent), "period": period.title})

    def _unsent(self):
        ending = {agency.pk: agency for agency in self.ending}
        for period in sorted(self.periods, key=lambda period: period.starts_on, reverse=True):
            if period.ends_on >= min(self.day, self.today):
                continue
            of_period = [update for update in self.updates if update.period_id == period.pk]
            own = own_updates(of_period, self.duties.successors, period.ends_on)
            for agency in obliged_agencies(period, self.duties):
                update = own.get(agency.pk)
                if agency.pk in ending and (update is None or update.status == Status.DRAFT):
                    sentence = _("%(agency)s has not sent %(period)s. That update keeps the old name, sent or not.")
                    state = "overdue" if period.agency_due_on < self.today else "not-started"
                    yield Concern(state, sentence % {"agency": agency.name, "period": period.title})

    def _without_people(self):
        successor = self.change.main_successor
        if successor is None or successor.is_invited:
            return
        if not any(person.role == Role.FOCAL_POINT for people in self.people.values() for person in people):
            yield Concern("unassigned", _("%(agency)s has no focal point yet.") % {"agency": successor.name})

    def _orphans(self):
        led = {key for agency in self.ending for key in self.led[agency.pk]}
        others = {key for key in led if self.duties.leads_on(self.open[key], self.eve) - set(self.ending)}
        if alone := len(led - others):
            sentence = ngettext(
                "%(n)s open activity will have no lead: assign one.",
                "%(n)s open activities will have no lead: assign one to each.",
                alone,
            )
            yield Concern("unassigned", sentence % {"n": alone})
        if coordinated := sum(plan.coordinating_agency_id in self.keys for plan in self.plans):
            sentence = ngettext(
                "%(n)s plan in force loses the agency that coordinates it.",
                "%(n)s plans in force lose the agency that coordinates them.",
                coordinated,
            )
            yield Concern("unassigned", sentence % {"n": coordinated})
        if people := sum(len(self.people[agency.pk]) for agency in self.ending):
            sentence = ngettext(
                "%(n)s account stays with the abolished agency: move it or close it.",
                "%(n)s accounts stay with the abolished agency: move them or close them.",
                people,
            )
            yield Concern("unassigned", sentence % {"n": people})
