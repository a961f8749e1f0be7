"""The coordinator fills in for an agency: both names are kept, both may write, a colleague approves."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.models import Notification, Role
from accounts.tests.factories import UserFactory, login
from activities.models import QuarterlyUpdate, ReportingRules, Status, UpdateEvent
from activities.on_behalf import take_over
from activities.permissions import can_edit_update, can_view_update
from activities.workflow import move

from .factories import TODAY, AssignmentFactory, ExtensionFactory, ReportingPeriodFactory, make_world, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

SAID = {"name": "Lê Minh Tuấn, đầu mối", "reason": "Xã mất mạng ba ngày"}


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def world():
    return make_world()


def address(world, agency=None):
    return reverse("activities:on_behalf", args=[world.period.pk, (agency or world.agency).pk])


def sheet(update):
    return reverse("activities:sheet", args=[update.pk])


def test_an_update_is_begun_for_the_agency(world):
    QuarterlyUpdate.objects.all().delete()
    browser = login(world.coordinator)
    assert "Who at the agency gave you the figures" in browser.get(address(world)).text

    response = browser.post(address(world), SAID)

    update = QuarterlyUpdate.objects.get()
    assert response.url == sheet(update)
    assert (update.agency, update.period, update.status) == (world.agency, world.period, Status.DRAFT)
    assert (update.on_behalf_by, update.on_behalf_name, update.on_behalf_reason) == (world.coordinator, *SAID.values())
    event = UpdateEvent.objects.get()
    assert (event.move, event.status, event.round) == ("on_behalf", Status.DRAFT, 0)
    assert (event.by, event.on_behalf_of, event.reason) == (world.coordinator, *SAID.values())


def test_who_reviews_alone_is_warned_before_they_begin(world):
    alone = "Nobody but you reviews this plan"
    rules = reverse("plans:period_rules", args=[world.plan.pk])
    browser = login(world.coordinator)
    page = browser.get(address(world)).text
    assert alone in page and rules in page

    colleague = UserFactory(role=Role.COORDINATOR, agency=world.plan.coordinating_agency)
    assert alone not in browser.get(address(world)).text

    colleague.delete()
    ReportingRules.objects.create(plan=world.plan, may_approve_own=True)
    assert alone not in browser.get(address(world)).text


def test_an_agency_that_is_quicker_is_read_instead(world, monkeypatch):
    QuarterlyUpdate.objects.all().delete()

    def sent_meanwhile(*_period_and_agency, **_facts):
        raise ValidationError("The agency has sent its update meanwhile")

    monkeypatch.setattr("activities.views.on_behalf.take_over", sent_meanwhile)

    assert login(world.coordinator).post(address(world), SAID).url == address(world)


@pytest.mark.parametrize("status", [Status.DRAFT, Status.RETURNED])
def test_what_the_agency_has_written_is_gone_on_with(status):
    world = make_world(status, words="Đã viết một nửa")

    login(world.coordinator).post(address(world), SAID)

    update = QuarterlyUpdate.objects.get()
    assert (update.status, update.version) == (status, 1)
    assert update.progress_rows.get().words == "Đã viết một nửa"
    for person in (world.coordinator, world.focal_point):
        assert can_view_update(person, update) and can_edit_update(person, update, TODAY)
    assert not can_view_update(world.leader, update) or status == Status.RETURNED


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.APPROVED])
def test_what_has_been_sent_is_only_read(status):
    world = make_world(status)
    browser = login(world.coordinator)

    for response in (browser.get(address(world)), browser.post(address(world), SAID)):
        assert response.url == world.update.get_absolute_url()
    assert QuarterlyUpdate.objects.get().on_behalf_by is None


def test_sent_meanwhile(world):
    QuarterlyUpdate.objects.update(status=Status.SUBMITTED, submitted_at=moment(), first_submitted_at=moment())

    with pytest.raises(ValidationError, match="The agency has sent its update meanwhile"):
        take_over(world.period, world.agency, by=world.coordinator, at=moment(), **SAID)
    assert not UpdateEvent.objects.exists()


@pytest.mark.parametrize(
    "typed, sentence",
    [
        ({"name": ""}, "Name the person at the agency for whom you fill it in."),
        ({"reason": "  "}, "Say why you fill it in on behalf of the agency."),
        ({"name": "x" * 151}, "at most 150 characters"),
    ],
)
def test_both_are_said(world, typed, sentence):
    response = login(world.coordinator).post(address(world), SAID | typed)

    assert response.status_code == 422
    assert sentence in response.text
    assert QuarterlyUpdate.objects.get().on_behalf_by is None


def test_a_locked_period_is_extended_first(world, clock):
    clock(world.period.locks_on)
    browser = login(world.coordinator)

    page = browser.get(address(world)).text
    assert "The period is locked for this agency" in page
    assert reverse("activities:extend", args=[world.period.pk, world.agency.pk]) in page
    assert browser.post(address(world), SAID).status_code == 403

    ExtensionFactory(period=world.period, agency=world.agency, until=world.period.locks_on)
    assert browser.post(address(world), SAID).url == sheet(world.update)


def test_who_does_not(world):
    colleague = UserFactory(role=Role.COORDINATOR, agency__locality=world.locality)
    for person in (world.focal_point, world.leader, world.administrator, colleague):
        assert login(person).get(address(world)).status_code == 403
        assert login(person).post(address(world), SAID).status_code == 403
        with pytest.raises(PermissionDenied):
            take_over(world.period, world.agency, by=person, at=moment(), **SAID)
    assert not UpdateEvent.objects.exists()


def test_an_agency_that_leads_nothing_is_not_reported_for(world):
    idle = AssignmentFactory(activity__plan=world.plan, role="cooperating").agency

    response = login(world.coordinator).post(address(world, idle), SAID)

    assert response.status_code == 403
    assert "This agency leads no activity of the plan in this period." in response.text


def test_a_period_to_come_is_not_begun(world):
    world.period = ReportingPeriodFactory(plan=world.plan, ordinal=4)

    assert "This period has not begun." in login(world.coordinator).post(address(world), SAID).text


def test_both_names_stand_wherever_it_is_shown(world):
    login(world.coordinator).post(address(world), SAID)
    sent = move(QuarterlyUpdate.objects.get(), "submit", by=world.coordinator, at=moment(16))

    event = sent.events.get(move="submit")
    assert (event.by, event.on_behalf_of) == (world.coordinator, SAID["name"])
    for person in (world.focal_point, world.coordinator, world.leader):
        page = login(person).get(sent.get_absolute_url()).text
        assert f"{world.coordinator} sent it on behalf of {SAID['name']}: {SAID['reason']}" in page
    assert f"sent by the coordinator for {SAID['name']}" in login(world.focal_point).get("/updates/").text
    assert Notification.objects.filter(person=world.focal_point, kind="submitted").exists()
    assert not Notification.objects.filter(person=world.coordinator).exists()


def test_what_the_agency_sends_itself_is_its_own_again(world):
    update = take_over(world.period, world.agency, by=world.coordinator, at=moment(), **SAID)

    sent = move(update, "submit", by=world.focal_point, at=moment(16))

    assert (sent.on_behalf_by, sent.on_behalf_name, sent.on_behalf_reason) == (None, "", "")
    assert sent.events.get(move="submit").on_behalf_of == ""
    assert not can_view_update(world.coordinator, QuarterlyUpdate(status=Status.DRAFT, period=world.period))


def test_the_coordinator_takes_back_what_they_sent(world):
    update = take_over(world.period, world.agency, by=world.coordinator, at=moment(), **SAID)
    move(update, "submit", by=world.coordinator, at=moment(16))
    browser = login(world.coordinator)

    response = browser.post(reverse("activities:move", args=[update.pk, "recall"]), {"version": "2"})

    assert response.url == sheet(update)
    update.refresh_from_db()
    assert (update.status, update.on_behalf_by) == (Status.DRAFT, world.coordinator)


def test_the_agency_is_told_on_its_page(world):
    take_over(world.period, world.agency, by=world.coordinator, at=moment(), **SAID)

    page = login(world.focal_point).get("/updates/").text

    assert f"The coordinator fills it in for {SAID['name']}; you see and may change it, too." in page


def test_the_lock_stands_below_the_page(world):
    assert world.period.locks_on == date(2026, 7, 1)

    with pytest.raises(PermissionDenied):
        take_over(world.period, world.agency, by=world.coordinator, at=moment(1, month=7), **SAID)
    assert QuarterlyUpdate.objects.get().on_behalf_by is None
