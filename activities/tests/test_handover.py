"""Handing over: what is open, to whom, and what is written down."""

import pytest
from django.core import mail
from django.urls import reverse

from accounts.jobs import run_waiting
from accounts.models import Role, User, UserAct
from accounts.tests.factories import PASSWORD, UserFactory, login
from activities.models import ReportingPeriod, Status
from activities.open_work import locality_plans, open_work
from plans.models import PlanStatus
from plans.tests.factories import PlanFactory

from .factories import TODAY, ExplanationFactory, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def world():
    world = make_world(Status.RETURNED, activities=2)
    world.administrator.set_password(PASSWORD)
    world.administrator.save()
    world.browser = login(world.administrator)
    world.address = reverse("accounts:hand_over", args=[world.focal_point.pk])
    return world


def open_of(world):
    plans = locality_plans(world.administrator)
    periods = ReportingPeriod.objects.filter(plan__in=plans).exclude(plan__status=PlanStatus.DRAFT)
    return open_work(world.agency, plans, periods, today=TODAY)


def post(world, **data):
    return world.browser.post(world.address, data)


def test_what_is_open_is_told_the_pressing_first(world):
    PlanFactory(locality=world.locality, issuing_agency=world.agency, status=PlanStatus.DRAFT)
    own = {"issuing_agency": world.agency, "coordinating_agency": world.agency}
    draft = PlanFactory(locality=world.locality, **own, status=PlanStatus.DRAFT)

    update, led, plan = open_of(world)

    assert update.what == f"Update {world.period.title}, {world.plan}"
    assert update.note == "Returned; 2 of 2 activities filled in"
    assert update.due_on == world.period.agency_due_on
    numbers = ", ".join(activity.number for activity in world.all_activities)
    assert led.what == f"Leads activities {numbers} of {world.plan}"
    assert (led.note, led.due_on) == ("2 activities not finished", world.activity.deadline)
    assert (plan.what, plan.url) == (f"Draft: {draft.title}", draft.get_absolute_url())


def test_what_is_over_is_not_open(world):
    world.activity.cancelled_on = TODAY
    world.activity.save()
    assert "1 activity not finished" in [line.note for line in open_of(world)]

    world.update.status = Status.APPROVED
    world.update.save()
    world.plan.status = PlanStatus.CLOSED
    world.plan.save()
    assert open_of(world) == []


def test_an_explanation_that_is_asked_for_is_open(world):
    asked = ExplanationFactory(activity=world.activity, agency=world.agency)
    ExplanationFactory(activity=world.activity, agency=world.agency, status="concluded")

    _update, explanation, _led = open_of(world)

    assert explanation.what == f"Explanation: {asked.subject}"
    assert explanation.note == f"on activity {world.activity.number} of {world.plan}"
    assert (explanation.due_on, explanation.url) == (asked.answer_by, asked.get_absolute_url())


def test_to_somebody_of_the_agency(world):
    successor = UserFactory(agency=world.agency)
    page = world.browser.get(world.address)
    assert str(successor) in page.text and f"Update {world.period.title}" in page.text

    response = post(world, to=successor.pk, lock="on")

    assert response.url == reverse("accounts:user", args=[successor.pk])
    assert [event.act for event in successor.events.all()] == [UserAct.HANDED_OVER]
    assert world.period.title in successor.events.get().note
    world.focal_point.refresh_from_db()
    assert not world.focal_point.is_active
    assert world.period.title in world.browser.get(response.url).text


def test_to_somebody_new(world):
    response = post(world, to="new", full_name="Vì Văn Thoại", email="thoai@mh.example")
    run_waiting()

    new = User.objects.get(username="thoai")
    assert (new.agency, new.role) == (world.agency, Role.FOCAL_POINT)
    assert response.url == reverse("accounts:user", args=[new.pk])
    assert mail.outbox[0].to == ["thoai@mh.example"]
    assert world.browser.get(response.url).context["link"]
    world.focal_point.refresh_from_db()
    assert world.focal_point.is_active


@pytest.mark.parametrize(
    "data, fields",
    [
        ({}, ["to"]),
        ({"to": "0"}, ["to"]),
        ({"to": "new"}, ["full_name"]),
        ({"to": "new", "full_name": "Vì Văn Thoại", "email": "x"}, ["email"]),
    ],
)
def test_what_is_missing_is_said_beside_its_field(world, data, fields):
    response = post(world, **data)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == fields
    assert world.focal_point.events.count() == 0


def test_an_address_somebody_has_invites_nobody(world):
    response = post(world, to="new", full_name="Vì Văn Thoại", email=world.coordinator.email)

    assert list(response.context["form"].errors) == ["email"]
    assert "Vì Văn Thoại" in response.text


@pytest.mark.parametrize("who", ["coordinator", "leader"])
def test_only_somebody_of_the_same_agency_and_role_takes_over(world, who):
    UserFactory(agency=world.agency, is_active=False)
    UserFactory(agency=world.agency, role=Role.LEADER)

    response = post(world, to=getattr(world, who).pk)

    assert list(response.context["form"].errors) == ["to"]
    assert list(response.context["form"].people) == []


def test_who_has_just_left_takes_nothing_over(world, monkeypatch):
    successor = UserFactory(agency=world.agency)
    monkeypatch.setattr("accounts.forms.HandoverForm.successor", lambda form: successor)
    User.objects.filter(pk=successor.pk).update(role=Role.FOCAL_POINT)

    def locked_meanwhile(person):
        return User(pk=person.pk, agency_id=person.agency_id, is_active=False, full_name=person.full_name)

    monkeypatch.setattr("accounts.workflow._locked_row", locked_meanwhile)
    response = post(world, to=successor.pk)

    assert response.status_code == 422
    assert "cannot take over any more" in response.text


@pytest.mark.parametrize("who", ["coordinator", "leader", "administrator"])
def test_only_focal_points_hand_over(world, who):
    address = reverse("accounts:hand_over", args=[getattr(world, who).pk])

    assert world.browser.get(address).status_code == 403


def test_a_locked_focal_point_has_nothing_to_hand_over(world):
    world.focal_point.is_active = False
    world.focal_point.save()

    assert world.browser.get(world.address).status_code == 403


def test_the_accounts_of_an_agency(world):
    UserFactory(agency=world.agency, is_active=False, full_name="Cà Văn Inh")

    page = world.browser.get(reverse("agencies:users", args=[world.agency.pk]))

    assert (page.context["active"], page.context["invited"], page.context["locked"]) == (1, 0, 1)
    assert "Cà Văn Inh" in page.text and world.address in page.text
    assert f"Update {world.period.title}" in page.text
