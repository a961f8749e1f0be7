"""Who carries out a plan by a plan of their own."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.calendar import generate_periods
from activities.planning.children import Group, asking_plans, children_of, due_in
from activities.progress import State
from agencies.models import AgencyKind
from agencies.tests.factories import AgencyFactory, AgencyGroupFactory, GroupMembershipFactory
from plans.models import DutyKind, Plan, PlanStatus, Purpose
from plans.tests.factories import DutyFactory, PlanFactory, RequirementFactory

from .factories import AssignmentFactory
from .test_copying import ended

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

MAY = date(2026, 5, 4)
ASKED = "Ban hành kế hoạch của cơ quan trước ngày 31/01/2026 và tổ chức thực hiện."


def asking_plan(text=ASKED, agencies=(), group=None, **facts):
    plan = PlanFactory(**facts)
    duty = DutyFactory(plan=plan, kind=DutyKind.CASCADE_PLAN, text=text)
    duty.agencies.set(agencies)
    if group:
        duty.groups.add(group)
    return plan


def child(parent, agency, **facts):
    return PlanFactory(
        **{"locality": parent.locality, "parent": parent, "issuing_agency": agency, "coordinating_agency": agency}
        | facts
    )


def draft(parent, agency, **facts):
    return child(parent, agency, **{"status": PlanStatus.DRAFT, "number": "", "issued_on": None} | facts)


def test_the_states():
    plan = asking_plan()
    missing, drafting, late, done, free = AgencyFactory.create_batch(5, locality=plan.locality)
    plan.duties.get().agencies.set([missing, drafting, late, done])
    DutyFactory(plan=plan, kind=DutyKind.CASCADE_PLAN, text="Ban hành khi có điều kiện").agencies.add(free)
    RequirementFactory(plan=draft(plan, drafting))
    child(plan, late, issued_on=date(2026, 2, 2))
    child(plan, done, issued_on=date(2026, 1, 31))

    children = children_of(plan, MAY)

    assert [(row.agency, row.state, row.words) for row in children.rows] == [
        (missing, State.OVERDUE, "Not begun, 93 days overdue"),
        (drafting, State.OVERDUE, "Being drafted, 1 of 9 parts, 93 days overdue"),
        (free, State.NOT_STARTED, "Not begun"),
        (done, State.DONE, "Issued"),
        (late, State.LATE_DONE, "Issued late"),
    ]
    assert (children.issued, children.expected, children.overdue, children.is_asked) == (2, 5, 2, True)
    assert [row.agency for row in children.missing] == [missing, drafting, free]


def test_on_the_day_itself_nobody_is_late():
    agency = AgencyFactory()
    plan = asking_plan(agencies=[agency], locality=agency.locality)
    draft(plan, agency)

    [row] = children_of(plan, date(2026, 1, 31)).rows

    assert (row.state, row.words) == (State.IN_PROGRESS, "Being drafted, 0 of 9 parts")


def test_the_invited_are_never_late():
    agency = AgencyFactory(kind=AgencyKind.MASS_ORGANISATION)
    plan = asking_plan(agencies=[agency], locality=agency.locality)

    [row] = children_of(plan, MAY).rows

    assert (row.state, row.words) == (State.NOT_STARTED, "Not begun (invited)")


def test_groups_stand_for_their_members_on_the_day():
    plan = asking_plan(text="Ban hành kế hoạch")
    communes, departments = AgencyGroupFactory.create_batch(2, locality=plan.locality)
    kept = [GroupMembershipFactory(group=communes).agency for _n in range(3)]
    GroupMembershipFactory(group=communes, valid_to=date(2026, 3, 1))
    GroupMembershipFactory(group=communes, agency__valid_from=date(2026, 7, 1), agency__locality=plan.locality)
    GroupMembershipFactory(group=departments, agency=kept[0])
    department = GroupMembershipFactory(group=departments).agency
    plan.duties.get().groups.add(communes, departments)
    child(plan, department)
    child(plan, kept[1])

    children = children_of(plan, MAY)

    assert {row.agency for row in children.rows} == {*kept, department}
    assert sum(group.expected for group in children.groups) == 4
    assert children.groups[-1].issued >= 1
    assert all(isinstance(group, Group) for group in children.groups)


def test_the_issuer_itself_is_not_asked():
    plan = asking_plan()
    other = AgencyFactory(locality=plan.locality)
    plan.duties.get().agencies.set([plan.issuing_agency, other])

    assert [row.agency for row in children_of(plan, MAY).rows] == [other]


def test_a_plan_that_asks_nobody():
    plan = PlanFactory()
    lead = AssignmentFactory(activity__plan=plan)

    assert not children_of(plan, MAY).is_shown

    own = child(plan, lead.agency)
    stranger = child(plan, AgencyFactory(locality=plan.locality))
    children = children_of(plan, MAY)

    assert (children.is_asked, children.is_shown, children.others) == (False, True, (stranger,))
    assert [(row.agency, row.plan) for row in children.rows] == [(lead.agency, own)]


def test_templates_and_amendments_carry_out_nothing():
    agency = AgencyFactory()
    plan = asking_plan(agencies=[agency], locality=agency.locality)
    draft(plan, agency, purpose=Purpose.TEMPLATE)

    assert children_of(plan, MAY).rows[0].plan is None


def test_an_issued_plan_counts_before_a_new_draft():
    agency = AgencyFactory()
    plan = asking_plan(agencies=[agency], locality=agency.locality)
    draft(plan, agency)
    issued = child(plan, agency)

    assert children_of(plan, MAY).rows[0].plan == issued


def test_a_predecessors_plan_is_its_successors():
    before = AgencyFactory()
    after = AgencyFactory(locality=before.locality)
    plan = asking_plan(agencies=[before, after], locality=before.locality)
    own = child(plan, before)
    ended(before, after)

    assert [(row.agency, row.plan) for row in children_of(plan, date(2026, 6, 30)).rows][-1] == (before, own)
    assert [(row.agency, row.plan) for row in children_of(plan, date(2026, 9, 1)).rows] == [(after, own)]


def test_the_year_before_and_the_people():
    agency = AgencyFactory()
    earlier = PlanFactory(locality=agency.locality)
    child(earlier, agency)
    other = AgencyFactory(locality=agency.locality)
    plan = asking_plan(agencies=[agency, other], locality=agency.locality, origin=earlier)
    person = UserFactory(agency=agency)
    UserFactory(agency=agency, is_active=False)
    UserFactory(agency=agency, role=Role.LEADER)

    rows = {row.agency: row for row in children_of(plan, MAY).rows}

    assert (rows[agency].had_one, rows[agency].people) == (True, (person.full_name,))
    assert (rows[other].had_one, rows[other].people) == (False, ())


@pytest.mark.parametrize(
    "words, day",
    [
        (ASKED, date(2026, 1, 31)),
        ("Chậm nhất 15/02/2026 phải ban hành", date(2026, 2, 15)),
        ("Ban hành khi có điều kiện", None),
        ("Ban hành trước ngày 31/01/2026; gửi báo cáo trước ngày 15/12/2026", None),
        ("Ban hành trước ngày 31/9/2026", None),
        ("Theo Kế hoạch số 4/KH-UBND ngày 5/1/2026", None),
    ],
)
def test_the_day_a_duty_names(words, day):
    assert due_in(words, PlanFactory.build()) == day


def test_queries_do_not_grow():
    counts = []
    for size in (2, 40):
        plan = asking_plan(origin=PlanFactory())
        group = AgencyGroupFactory(locality=plan.locality)
        plan.duties.get().groups.add(group)
        for number in range(size):
            agency = GroupMembershipFactory(group=group).agency
            UserFactory(agency=agency)
            if number % 2:
                draft(plan, agency)
        draft(plan, AgencyFactory(locality=plan.locality))
        with CaptureQueriesContext(connection) as asked:
            children_of(Plan.objects.get(pk=plan.pk), MAY)
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 11


# What one's own agency is asked


def test_the_plans_that_ask_come_first():
    agency = AgencyFactory()
    locality = agency.locality
    silent = PlanFactory(locality=locality)
    asking = asking_plan(agencies=[agency], locality=locality)
    PlanFactory(locality=locality, status=PlanStatus.CLOSED)
    PlanFactory(locality=locality, period_end=date(2026, 5, 1))
    child(asking, AgencyFactory(locality=locality))
    PlanFactory(locality=locality, issuing_agency=agency)

    rows = asking_plans(Plan.objects.filter(locality=locality), agency, MAY)

    assert [row.plan for row in rows] == [asking, silent]
    assert rows[0].asked.due_on == date(2026, 1, 31)


def test_what_one_can_begin_ones_own_from():
    agency = AgencyFactory()
    earlier = PlanFactory(locality=agency.locality, status=PlanStatus.CLOSED)
    plan = asking_plan(agencies=[agency], locality=agency.locality, origin=earlier)
    last_year = {"period_start": date(2025, 1, 1), "period_end": date(2025, 12, 31)}
    PlanFactory(locality=agency.locality, issuing_agency=agency, **last_year)
    mine = child(earlier, agency, **last_year)

    [row] = asking_plans(Plan.objects.filter(locality=agency.locality), agency, MAY)
    assert (row.own, row.earlier) == (None, mine)

    own = draft(plan, agency)
    [row] = asking_plans(Plan.objects.filter(locality=agency.locality), agency, MAY)
    assert row.own == own


def test_a_plan_that_carries_out_another_has_no_periods_of_its_own():
    plan = PlanFactory()
    generate_periods(plan)
    assert plan.reporting_periods.count() == 4

    plan.parent = PlanFactory(locality=plan.locality)
    plan.save()
    generate_periods(plan)

    assert not plan.reporting_periods.exists()


# The page


@pytest.fixture
def may(clock):
    clock(MAY)


def page(user, plan, **query):
    return login(user).get(reverse("plans:children", args=[plan.pk]), query)


def test_the_page_shows_the_missing_first_and_leads_to_plans_one_may_read(may):
    agency, other, third = AgencyFactory.create_batch(3)
    agency, other, third = agency, AgencyFactory(locality=agency.locality), AgencyFactory(locality=agency.locality)
    plan = asking_plan(agencies=[agency, other, third], locality=agency.locality)
    drafted, issued = draft(plan, other), child(plan, third)
    leader, focal_point = UserFactory(agency=plan.issuing_agency, role=Role.LEADER), UserFactory(agency=agency)

    response = page(leader, plan)
    assert [row.agency for row in response.context["rows"]] == [agency, other]
    assert "1/3 agencies have issued their own plan" in response.text
    assert drafted.get_absolute_url() in response.text

    response = page(focal_point, plan)
    assert drafted.get_absolute_url() not in response.text
    assert reverse("plans:parents") in response.text

    response = page(focal_point, plan, show="issued")
    assert [row.plan for row in response.context["rows"]] == [issued]
    assert issued.get_absolute_url() in response.text


def test_what_a_plans_page_fetches(may):
    agencies = AgencyFactory.create_batch(8)
    plan = asking_plan(agencies=agencies[:1], locality=agencies[0].locality)
    plan.duties.get().agencies.add(*(AgencyFactory(locality=plan.locality) for _n in range(7)))
    browser = login(UserFactory(agency=plan.issuing_agency, role=Role.LEADER))

    part = browser.get(reverse("plans:children", args=[plan.pk]), headers={"hx-request": "true"}).text
    assert "0/8 agencies have issued" in part and "All 8 that have not issued theirs" in part
    assert "<html" not in part

    silent = PlanFactory(locality=plan.locality)
    part = browser.get(reverse("plans:children", args=[silent.pk]), headers={"hx-request": "true"}).text
    assert part.strip() == ""


def test_the_page_of_one_group(may):
    plan = asking_plan(text="Ban hành kế hoạch")
    groups = AgencyGroupFactory.create_batch(2, locality=plan.locality)
    members = [GroupMembershipFactory(group=group).agency for group in groups]
    plan.duties.get().groups.add(*groups)
    leader = UserFactory(agency=plan.issuing_agency, role=Role.LEADER)

    response = page(leader, plan, show="all", group=groups[0].name)
    assert [row.agency for row in response.context["rows"]] == [members[0]]

    assert "No agency here" in page(leader, plan, show="issued", group=groups[0].name).text


def test_the_page_of_a_plan_that_asks_nobody(may):
    plan = PlanFactory()

    response = page(UserFactory(agency=plan.issuing_agency, role=Role.LEADER), plan)

    assert "asks nobody" in response.text


def test_a_draft_is_not_for_others(may):
    plan = asking_plan(status=PlanStatus.DRAFT)

    assert page(UserFactory(agency__locality=plan.locality), plan).status_code == 403
    assert page(UserFactory(), plan).status_code == 404


def test_the_list_of_plans_tells_the_localitys_from_its_agencies(may):
    """A commune has no agency above it; what makes its plan an agency's is that it carries out another."""
    commune = AgencyFactory(kind=AgencyKind.COMMUNE_COMMITTEE)
    plan = asking_plan(agencies=[commune], locality=commune.locality)
    own = child(plan, commune)
    browser = login(UserFactory(agency=plan.issuing_agency, role=Role.LEADER))

    assert [row.plan for row in browser.get(reverse("plans:list")).context["rows"]] == [plan]
    below = browser.get(reverse("plans:list"), {"whose": "agencies"})
    assert [row.plan for row in below.context["rows"]] == [own]


def test_a_plan_and_the_list_lead_to_who_carries_it_out(may):
    plan = asking_plan()
    browser = login(UserFactory(agency=plan.issuing_agency, role=Role.LEADER))
    address = f'hx-get="{reverse("plans:children", args=[plan.pk])}"'

    assert address in browser.get(plan.get_absolute_url()).text
    assert address in browser.get(reverse("plans:list")).text
    assert address not in browser.get(reverse("plans:list"), {"text": plan.title}).text
