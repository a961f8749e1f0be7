"""The locality's agencies as a tree and as a list, and the page of one."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import Status
from agencies.models import AgencyKind
from agencies.scheduling import Change, Link, schedule
from agencies.tests.factories import AgencyFactory, AgencyGroupFactory, GroupMembershipFactory
from agencies.tests.workbooks import read
from plans.models import PlanStatus
from plans.tests.factories import PlanFactory

from .factories import TODAY, AssignmentFactory, make_world, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

LIST = reverse("agencies:list")


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def world():
    world = make_world(Status.SUBMITTED, agencies=3)
    world.browser = login(world.administrator)
    return world


def agencies_of(page):
    lines = page.context["lines"] if page.context["is_tree"] else page.context["page"]
    entries = [line.entry if page.context["is_tree"] else line for line in lines]
    return [entry.agency for entry in entries if entry]


# The list


def test_without_a_question_it_is_a_tree_of_everybody(world):
    page = world.browser.get(LIST)

    assert page.context["is_tree"]
    assert len(agencies_of(page)) == page.context["count"] == 5
    [heading] = [line for line in page.context["lines"] if line.node.heading]
    assert (str(heading.node.heading), heading.count) == ("Departments and boards", 4)
    assert (heading.asked, heading.sent, heading.late) == (3, 3, 0)


@pytest.mark.parametrize("query", ["text=x1", "sort=name", "kind=department", "focal=with"])
def test_a_question_makes_it_a_list(world, query):
    assert not world.browser.get(f"{LIST}?{query}").context["is_tree"]


@pytest.mark.parametrize(
    "query, found",
    [
        ("text=so cong thuong", True),
        ("text=CÔNG THƯƠNG", True),
        ("text=y te", False),
        ("kind=press", True),
        ("kind=department", False),
        ("focal=with", True),
        ("focal=without", False),
    ],
)
def test_agencies_are_found(world, query, found):
    agency = AgencyFactory(locality=world.locality, name="Sở Công Thương", kind=AgencyKind.PRESS)
    UserFactory(agency=agency)

    assert (agency in agencies_of(world.browser.get(f"{LIST}?{query}"))) == found


def test_members_of_a_group_on_the_day(world):
    group = AgencyGroupFactory(locality=world.locality)
    member = GroupMembershipFactory(group=group, valid_from=date(2026, 7, 1)).agency

    assert agencies_of(world.browser.get(LIST, {"group": group.pk})) == []
    assert agencies_of(world.browser.get(LIST, {"group": group.pk, "on": "01/7/2026"})) == [member]


def test_a_locked_focal_point_is_none(world):
    agency = AgencyFactory(locality=world.locality)
    UserFactory(agency=agency, is_active=False)

    assert agency in agencies_of(world.browser.get(f"{LIST}?focal=without"))


def test_agencies_as_of_a_day(world):
    old = AgencyFactory(locality=world.locality, valid_to=date(2025, 2, 28))
    coming = AgencyFactory(locality=world.locality, valid_from=date(2026, 7, 1))

    assert not {old, coming} & set(agencies_of(world.browser.get(LIST)))
    past = world.browser.get(LIST, {"on": "28/02/2025"})
    assert old in agencies_of(past) and coming not in agencies_of(past)
    assert past.context["period"] is None
    assert coming in agencies_of(world.browser.get(LIST, {"on": "2026-07-01"}))


def test_what_is_no_day_is_said_and_today_is_shown(world):
    page = world.browser.get(LIST, {"on": "31/9/2026"})

    assert page.context["count"] == 5
    assert 'value="31/9/2026"' in page.text and "There is no such day. Write it as dd/mm/yyyy." in page.text


def test_a_reorganisation_to_come_is_drawn_and_counted(world):
    one, two, _three = (update.agency for update in world.all_updates)
    new = AgencyFactory.build(locality=world.locality, name="Sở Mới", slug="")
    links = (Link(one, new), Link(two, new))
    change = Change("merge", date(2026, 7, 1), links, "88/NQ-HĐND", date(2026, 5, 20))
    schedule(change, locality=world.locality, by=world.administrator, at=moment())

    page = world.browser.get(LIST)
    [(coming, count)] = page.context["coming"]

    assert (page.context["count"], count) == (5, 4)
    assert ([*coming.before], [*coming.after], coming.eve) == ([one, two], [new], date(2026, 6, 30))
    assert "4 from 01/07/2026 on." in page.text and "88/NQ-HĐND" in page.text
    assert "becomes Sở Mới on 01/07/2026" in page.text
    after = agencies_of(world.browser.get(LIST, {"on": "2026-07-01"}))
    assert new in after and one not in after and two not in after
    assert one in agencies_of(world.browser.get(LIST, {"on": "2026-06-30"}))


def test_the_period_is_for_those_who_see_the_whole_locality(world):
    assert "Sent on time" in world.browser.get(LIST).text
    page = login(world.focal_point).get(LIST)
    assert page.context["period"] is None and "Sent on time" not in page.text


def test_sorting_puts_what_needs_care_first(world):
    late = world.all_updates[2]
    late.delete()

    [first, *_rest] = world.browser.get(f"{LIST}?sort=period").context["page"]

    assert first.agency == late.agency


def test_the_list_as_a_workbook(world):
    file = world.browser.get(f"{LIST}?export=xlsx")

    rows = list(read(file.content).worksheets[0].values)
    assert rows[0][0] == "Agency" and rows[0][-1] == "Reporting period"
    assert len(rows) == 6


@pytest.mark.parametrize("role", Role)
def test_everybody_of_the_locality_reads_and_only_administrators_find_buttons(world, role):
    page = login(UserFactory(role=role, agency=world.agency)).get(LIST)

    assert world.agency.name in page.text
    assert (reverse("agencies:add") in page.text) == (role == Role.ADMINISTRATOR)


# One agency


def page_of(world, agency, who=None):
    return login(who or world.administrator).get(reverse("agencies:detail", args=[agency.pk]))


def test_the_page_of_an_agency_says_what_it_has_to_do(world):
    world.update.delete()

    page = page_of(world, world.agency)

    assert page.context["work"].waiting == 1
    assert [row.activity for row in page.context["led"]] == [world.activity]
    assert world.period.title in page.text and world.activity.title in page.text


@pytest.mark.parametrize("who, sees", [("leader", True), ("coordinator", True), ("focal_point", True)])
def test_its_own_people_and_the_locality_see_its_duties(world, who, sees):
    assert bool(page_of(world, world.agency, getattr(world, who)).context["work"]) == sees


def test_other_agencies_see_no_duties_and_no_drafts(world):
    stranger = UserFactory(agency=AgencyFactory(locality=world.locality))
    own = {"issuing_agency": world.agency, "coordinating_agency": world.agency}
    PlanFactory(locality=world.locality, **own, status=PlanStatus.DRAFT, title="Dự thảo kín")

    page = page_of(world, world.agency, stranger)

    assert page.context["work"] is None and page.context["issued"] == []
    assert "Dự thảo kín" not in page.text
    assert "Dự thảo kín" in page_of(world, world.agency, world.focal_point).text


def test_an_agency_that_ended_says_so_and_leads_to_who_carries_on(world):
    agency = AgencyFactory(locality=world.locality, valid_to=date(2025, 2, 28), parent=world.agency)

    page = page_of(world, agency)

    assert "It ended on 28/02/2025." in page.text
    assert world.agency.name in page.text
    assert (
        "It begins on 01/07/2026."
        in page_of(world, AgencyFactory(locality=world.locality, valid_from=date(2026, 7, 1))).text
    )


def test_what_a_group_leads_its_members_lead(world):
    member = GroupMembershipFactory(group__locality=world.locality)
    assignment = AssignmentFactory(activity__plan=world.plan, group=member.group)

    assert [row.activity for row in page_of(world, member.agency).context["led"]] == [assignment.activity]


def test_an_agency_lists_its_groups_and_those_below(world):
    member = GroupMembershipFactory(group__locality=world.locality, agency=world.agency, valid_to=date(2026, 12, 31))
    below = AgencyFactory(locality=world.locality, parent=world.agency)

    text = page_of(world, world.agency).text

    assert member.group.name in text and "until 31/12/2026" in text and below.name in text
