"""What the query string of the list of plans means, and the order of the list."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.urls import reverse

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from agencies.tests.factories import AgencyFactory
from plans.filters import PlanFilter, facts_of, issuers_of, readable, years_of
from plans.models import Plan
from plans.permissions import can_view_plan

from .factories import PlanFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def three():
    """Plans of 2026, of 2025 to 2027 (a draft, of another agency), and of 2012 (closed)."""
    now = PlanFactory(title="Tuyên truyền cải cách hành chính", number="12/KH-UBND")
    locality = now.locality
    issuer = AgencyFactory(locality=locality, name="UBND thành phố Đà Lạt")
    long = PlanFactory(
        locality=locality,
        title="TUYÊN TRUYỀN dịch vụ công",
        number="",
        status="draft",
        issuing_agency=issuer,
        period_start=date(2025, 1, 1),
        period_end=date(2027, 12, 31),
    )
    old = PlanFactory(
        locality=locality,
        title="Phổ biến pháp luật",
        number="271/KH-UBND",
        status="closed",
        issuing_agency=now.issuing_agency,
        period_start=date(2012, 1, 1),
        period_end=date(2012, 12, 31),
    )
    PlanFactory(title="Tuyên truyền của tỉnh khác")
    return SimpleNamespace(
        now=now, long=long, old=old, issuer=issuer, user=UserFactory(agency__locality=locality, role=Role.LEADER)
    )


def found(three, **asked):
    plans = Plan.objects.visible_to(three.user)
    return list(PlanFilter(asked, queryset=plans, user=three.user).qs)


@pytest.mark.parametrize(
    "asked, names",
    [
        ({}, ["now", "long", "old"]),
        ({"text": "tuyen truyen"}, ["now", "long"]),
        ({"text": "TUYÊN   truyền  chính"}, ["now"]),
        ({"text": "truyền tuyên"}, ["now", "long"]),
        ({"text": "271/kh"}, ["old"]),
        ({"text": "da lat"}, ["long"]),
        ({"text": "không có"}, []),
        ({"text": "%"}, []),
        ({"text": "\x00"}, ["now", "long", "old"]),
        ({"year": "2026"}, ["now", "long"]),
        ({"year": "2025"}, ["long"]),
        ({"year": "2012"}, ["old"]),
        ({"year": "2026", "text": "hanh chinh"}, ["now"]),
        ({"status": "draft"}, ["long"]),
        ({"status": "closed"}, ["old"]),
        ({"status": "lost"}, ["now", "long", "old"]),
        ({"year": "1066"}, ["now", "long", "old"]),
        ({"year": "nam"}, ["now", "long", "old"]),
    ],
)
def test_filters(three, asked, names):
    assert set(found(three, **asked)) == {getattr(three, name) for name in names}


def test_by_issuing_agency(three):
    assert found(three, issuing_agency=str(three.issuer.pk)) == [three.long]


def test_another_localitys_agency_is_no_choice(three):
    other = Plan.objects.exclude(locality=three.now.locality).get().issuing_agency
    chosen = PlanFilter({"issuing_agency": other.pk}, queryset=Plan.objects.visible_to(three.user), user=three.user)

    assert str(other.pk) not in dict(chosen.form.fields["issuing_agency"].choices)
    assert "issuing_agency" in chosen.form.errors


def test_two_people_are_offered_their_own_agencies(three):
    stranger = UserFactory(agency__locality=Plan.objects.exclude(locality=three.now.locality).get().locality)
    offered = [
        {
            key
            for key, _name in PlanFilter({}, queryset=Plan.objects.visible_to(user), user=user)
            .filters["issuing_agency"]
            .extra["choices"]
        }
        for user in (three.user, stranger, three.user)
    ]

    assert offered[0] == offered[2] == {str(three.now.issuing_agency_id), str(three.issuer.pk)}
    assert not offered[0] & offered[1]


def test_the_choices_are_the_plans_own(three):
    facts = facts_of(Plan.objects.visible_to(three.user))

    assert years_of(facts) == [2027, 2026, 2025, 2012]
    assert [name for _key, name in issuers_of(facts)] == [three.now.issuing_agency.name, "UBND thành phố Đà Lạt"]


@pytest.fixture
def of_an_agency(three):
    """A department's own plan, which carries out the locality's."""
    department = AgencyFactory(locality=three.now.locality, parent=three.now.issuing_agency, name="Sở Nội vụ")
    return PlanFactory(
        locality=three.now.locality, issuing_agency=department, parent=three.now, title="Tuyên truyền của Sở Nội vụ"
    )


@pytest.mark.parametrize(
    "asked, names",
    [
        ({}, ["now", "long", "old"]),
        ({"whose": "own"}, ["now", "long", "old"]),
        ({"whose": "agencies"}, ["of_an_agency"]),
        ({"whose": "all"}, ["now", "long", "old", "of_an_agency"]),
        ({"whose": "mine"}, ["now", "long", "old"]),
        ({"text": "tuyen truyen"}, ["now", "long", "of_an_agency"]),
        ({"text": "tuyen truyen", "whose": "own"}, ["now", "long"]),
    ],
)
def test_whose_plans(three, of_an_agency, asked, names):
    three.of_an_agency = of_an_agency

    assert set(found(three, **asked)) == {getattr(three, name) for name in names}


def test_the_plans_that_carry_one_out(three, of_an_agency):
    assert found(three, parent=str(three.now.pk)) == [of_an_agency]
    assert found(three, issuing_agency=str(of_an_agency.issuing_agency_id)) == [of_an_agency]


def test_a_focal_point_sees_the_own_agencys_plans_among_the_localitys(three, of_an_agency):
    three.user = UserFactory(agency=of_an_agency.issuing_agency)

    assert of_an_agency in found(three)
    assert found(three, whose="agencies") == []


def test_where_only_agencies_have_plans_all_are_shown(of_an_agency):
    Plan.objects.exclude(pk=of_an_agency.pk).update(issuing_agency=of_an_agency.issuing_agency)
    user = UserFactory(agency=of_an_agency.coordinating_agency, role=Role.LEADER)

    assert PlanFilter({}, queryset=Plan.objects.visible_to(user), user=user).shows == "all"


@pytest.mark.parametrize("role, reads", [(Role.LEADER, True), (Role.COORDINATOR, True), (Role.FOCAL_POINT, False)])
def test_drafts_of_others_are_not_a_focal_points_to_read(three, of_an_agency, role, reads):
    agency = of_an_agency.issuing_agency
    Plan.objects.filter(pk=of_an_agency.pk).update(status="draft", coordinating_agency=agency)
    others = PlanFactory(issuing_agency=agency, locality=agency.locality, status="draft")
    user = UserFactory(agency=agency, role=role)

    seen = readable(Plan.objects.visible_to(user), user)

    assert [plan in seen for plan in (three.long, others, of_an_agency)] == [reads, reads, True]
    assert all(can_view_plan(user, plan) for plan in seen)


@pytest.mark.parametrize(
    "query, sentence",
    [
        ({"text": "không có"}, "No plan matches"),
        ({"text": "<script>alert(1)</script>"}, "&lt;script&gt;alert(1)"),
        ({"status": "lost"}, "Select a valid choice"),
        ({"page": "99999"}, "3 plans"),
        ({"page": "hai"}, "3 plans"),
        ({"text": "\x00"}, "Null characters are not allowed."),
    ],
)
def test_the_page_answers_every_question(three, query, sentence):
    response = login(three.user).get(reverse("plans:list"), query)

    assert response.status_code == 200
    assert sentence in response.text


def test_there_is_no_plan_yet():
    assert "There is no plan yet" in login(UserFactory()).get(reverse("plans:list")).text


def test_long_lists_have_pages(three):
    PlanFactory.create_batch(55, locality=three.now.locality, issuing_agency=three.issuer)
    browser = login(three.user)

    first, second = (browser.get(reverse("plans:list"), {"page": page, "text": "tuyen"}) for page in (1, 2))

    assert len(first.context["page"]) == 50
    assert len(second.context["page"]) == 7
    assert "?text=tuyen&amp;page=2" in first.text or "?page=2&amp;text=tuyen" in first.text


def test_words_of_an_activity_find_its_plan(client):
    from activities.tests.factories import ActivityFactory

    activity = ActivityFactory(title="Rà soát thủ tục hành chính")
    other = PlanFactory(locality=activity.plan.locality)
    user = UserFactory(agency=activity.plan.coordinating_agency)

    found = PlanFilter({"text": "ra soat"}, queryset=Plan.objects.visible_to(user), user=user).qs

    assert list(found) == [activity.plan]
    assert other not in found
