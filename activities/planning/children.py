"""Who carries out a plan by a plan of their own: whom it asks to, who has issued theirs, and who has not.

A plan asks the agencies and groups that its duties of kind "issues its own plan" name; one without such a duty asks
nobody, and its obliged agencies are shown once somebody names it. Groups count as on the day within the plan's time.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _, ngettext

from accounts.models import Role, User
from agencies.models import Agency, GroupMembership
from agencies.successions import Successors
from agencies.validity import is_in_force
from plans.models import Duty, DutyKind, Plan, PlanStatus
from plans.permissions import IN_FORCE

from ..obligations import load_duties
from ..phrases import read_time
from ..progress import State

# What a plan consists of when it is complete: the relations of its parts.
PARTS = (
    "legal_bases",
    "objectives",
    "requirements",
    "themes",
    "plan_channels",
    "activities",
    "budget_lines",
    "duties",
    "recipients",
)
_LIMIT = re.compile(r"\b(?:trước|chậm nhất|không muộn hơn)\b[^.;]*?\d{4}", re.IGNORECASE)
ORDER = (State.OVERDUE, State.NOT_STARTED, State.IN_PROGRESS, State.LATE_DONE, State.DONE)


@dataclass(frozen=True)
class Asked:
    """A plan asks this agency for its own plan: as one of a group, by a day where the duty names one."""

    group: str
    due_on: date | None = None


@dataclass(frozen=True)
class Child:
    """An agency's own plan, or that it has none yet. `parts` of `most_parts` of a draft have something in them."""

    agency: Agency
    asked: Asked
    plan: Plan | None
    state: State
    days_late: int = 0
    parts: int = 0
    most_parts: int = len(PARTS)
    had_one: bool = False
    people: tuple[str, ...] = ()

    @property
    def is_issued(self):
        return self.state in (State.DONE, State.LATE_DONE)

    @property
    def words(self):
        """The state in words: what is there, and how late it is."""
        if self.is_issued:
            return _("Issued late") if self.state == State.LATE_DONE else _("Issued")
        said = (
            _("Being drafted, %(parts)s of %(most)s parts") % {"parts": self.parts, "most": self.most_parts}
            if self.plan
            else _("Not begun")
        )
        if self.days_late:
            late = ngettext("%(n)s day overdue", "%(n)s days overdue", self.days_late) % {"n": self.days_late}
            return f"{said}, {late}"
        return _("%(name)s (invited)") % {"name": said} if self.agency.is_invited else said


@dataclass(frozen=True)
class Group:
    """How many of a group have issued theirs."""

    name: str
    issued: int
    expected: int


@dataclass(frozen=True)
class Children:
    """Who carries out `plan` by a plan of their own, the missing first; `others` name it without being asked."""

    plan: Plan
    is_asked: bool
    rows: tuple[Child, ...] = ()
    others: tuple[Plan, ...] = ()
    groups: tuple[Group, ...] = field(default=())

    @property
    def issued(self):
        return sum(row.is_issued for row in self.rows)

    @property
    def expected(self):
        return len(self.rows)

    @property
    def missing(self):
        return [row for row in self.rows if not row.is_issued]

    @property
    def done(self):
        return [row for row in self.rows if row.is_issued]

    @property
    def overdue(self):
        return sum(row.state == State.OVERDUE for row in self.rows)

    @property
    def is_shown(self):
        """The plan asks for other plans, or somebody has named it."""
        return self.is_asked or bool(self.others) or any(row.plan for row in self.rows)


@dataclass(frozen=True)
class Asking:
    """A plan in force as one agency sees it: whether and how it asks, the agency's own plan for it, an earlier one."""

    plan: Plan
    asked: Asked | None
    own: Plan | None
    earlier: Plan | None


def children_of(plan, today):
    """The plans that carry out `plan`, on `today`. At most 11 queries, whatever the number of agencies."""
    day = _day_of(plan, today)
    asked = asked_of([plan], today)[plan.pk]
    is_asked = bool(asked)
    own = _own_plans(plan)
    if not is_asked and not own:
        return Children(plan, is_asked=False)
    asked = asked or {agency: Asked(agency.get_kind_display()) for agency in load_duties([plan]).led_on(plan, day)}
    asked.pop(plan.issuing_agency, None)
    had_one, people = _issuers_before(plan), _focal_points(asked)
    by_agency, others = _by_agency(own, asked, plan, day)
    rows = [
        _child(agency, asked[agency], by_agency.get(agency.pk), agency.pk in had_one, people[agency.pk], today)
        for agency in asked
    ]
    return Children(
        plan,
        is_asked=is_asked,
        rows=tuple(sorted(rows, key=_missing_first)),
        others=tuple(others),
        groups=tuple(_groups(rows)),
    )


def asking_plans(plans, agency, today):
    """The plans in force that `agency` may carry out by one of its own, those that ask it first: [Asking].

    `plans`: a queryset to look in. Six queries.
    """
    in_force = plans.filter(status__in=IN_FORCE, parent=None, period_end__gte=today).exclude(issuing_agency=agency)
    in_force = list(in_force.select_related("issuing_agency").order_by("-period_start", "title_sort", "pk"))
    asked = asked_of(in_force, today)
    own = list(plans.filter(issuing_agency=agency).order_by("-period_start", "pk"))
    rows = [_asking(plan, asked[plan.pk].get(agency), own) for plan in in_force]
    return sorted(rows, key=lambda row: (row.asked is None, row.own is not None))


def _asking(plan, asked, own):
    before = [each for each in own if each.period_start < plan.period_start]
    carried_out_last = [each for each in before if plan.origin_id and each.parent_id == plan.origin_id]
    return Asking(
        plan=plan,
        asked=asked,
        own=next((each for each in own if each.parent_id == plan.pk), None),
        earlier=next(iter(carried_out_last or before), None),
    )


def asked_of(plans, today):
    """Whom each of `plans` asks for a plan by its duties, the first that names an agency counting. Four queries.

    Returns:
        {plan key: {Agency: Asked}}, groups counted on `today` or the day of the plan's time that is nearest.
    """
    duties = list(
        Duty.objects.filter(plan__in=plans, kind=DutyKind.CASCADE_PLAN).prefetch_related("agencies", "groups")
    )
    members = _members({group.pk for duty in duties for group in duty.groups.all()})
    asked = {plan.pk: {} for plan in plans}
    of_key = {plan.pk: plan for plan in plans}
    for duty in duties:
        plan, mine = of_key[duty.plan_id], asked[duty.plan_id]
        due_on, day = due_in(duty.text, plan), _day_of(plan, today)
        for group in duty.groups.all():
            for each in members[group.pk]:
                if is_in_force(each, day) and is_in_force(each.agency, day):
                    mine.setdefault(each.agency, Asked(group.name, due_on))
        for agency in duty.agencies.all():
            if is_in_force(agency, day):
                mine.setdefault(agency, Asked(agency.get_kind_display(), due_on))
    return asked


def _members(groups):
    members = defaultdict(list)
    if groups:
        for each in GroupMembership.objects.filter(group__in=groups).select_related("agency"):
            members[each.group_id].append(each)
    return members


def _day_of(plan, today):
    """The day of the plan's time that is nearest to `today`."""
    return min(max(today, plan.period_start), plan.period_end)


def due_in(words, plan):
    """The day by which a duty is to be done, where its words name just one ("trước ngày 31/01/2026"); else None."""
    limits = _LIMIT.findall(words)
    if len(limits) != 1:
        return None
    read = read_time(limits[0], starts_on=plan.period_start, ends_on=plan.period_end)
    return read.deadline if read.is_understood else None


def _own_plans(plan):
    """The plans that name `plan`, issued ones first, drafts knowing how many of their parts have something."""
    filled = {
        f"has_{name}": Exists(Plan._meta.get_field(name).related_model._default_manager.filter(plan=OuterRef("pk")))
        for name in PARTS
    }
    plans = Plan.objects.real().filter(parent=plan).select_related("issuing_agency").annotate(**filled)
    return sorted(plans, key=lambda each: (each.status == PlanStatus.DRAFT, each.issued_on or date.max, each.pk))


def _by_agency(own, asked, plan, day):
    """({agency key: its plan}, the plans of agencies that were not asked); a predecessor's plan is its successor's."""
    keys = {agency.pk for agency in asked}
    strangers = [each for each in own if each.issuing_agency_id not in keys]
    successors = Successors.of(plan.locality_id) if strangers else None
    of_agency, others = {}, []
    for each in own:
        agency = each.issuing_agency_id
        if agency not in keys:
            agency = successors.on(agency, day)
        if agency in keys:
            of_agency.setdefault(agency, each)
        else:
            others.append(each)
    return of_agency, others


def _issuers_before(plan):
    """Keys of the agencies that issued a plan of their own for the plan that this one was begun from."""
    if not plan.origin_id:
        return set()
    earlier = Plan.objects.real().filter(parent=plan.origin_id).exclude(status=PlanStatus.DRAFT)
    return set(earlier.values_list("issuing_agency", flat=True))


def _focal_points(agencies):
    """{agency key: names of its focal points}."""
    people = defaultdict(tuple)
    users = User.objects.filter(agency__in=agencies, role=Role.FOCAL_POINT, is_active=True)
    for agency_id, name in users.order_by("pk").values_list("agency", "full_name"):
        people[agency_id] += (name,)
    return people


def _child(agency, asked, plan, had_one, people, today):
    is_draft = plan is not None and plan.status == PlanStatus.DRAFT
    state, days = _state_of(agency, asked.due_on, plan, is_draft, today)
    return Child(
        agency=agency,
        asked=asked,
        plan=plan,
        state=state,
        days_late=days,
        parts=sum(getattr(plan, f"has_{name}") for name in PARTS) if is_draft else 0,
        had_one=had_one,
        people=people,
    )


def _state_of(agency, due_on, plan, is_draft, today):
    """(State, days late): the invited are never late, nor is anybody whom the plan sets no day."""
    due_on = None if agency.is_invited else due_on
    if plan and not is_draft:
        issued_on = plan.issued_on or plan.period_start
        return (State.LATE_DONE if due_on and issued_on > due_on else State.DONE), 0
    if due_on and today > due_on:
        return State.OVERDUE, (today - due_on).days
    return (State.IN_PROGRESS if is_draft else State.NOT_STARTED), 0


def _missing_first(row):
    issued_on = (row.plan and row.plan.issued_on) or date.min
    return ORDER.index(row.state) if not row.is_issued else len(ORDER), -row.days_late, issued_on, row.agency.name_sort


def _groups(rows):
    """How many of each group have issued theirs, the least complete first."""
    of_group = defaultdict(list)
    for row in rows:
        of_group[row.asked.group].append(row.is_issued)
    groups = [Group(name, sum(issued), len(issued)) for name, issued in of_group.items()]
    return sorted(groups, key=lambda group: group.issued / group.expected)
