"""What happens to an account, and what may not."""

from datetime import datetime
from threading import Barrier, Thread

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts import workflow
from accounts.models import Role, User, UserAct
from agencies.tests.factories import AgencyFactory

from .factories import PASSWORD, UserFactory, login

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

AT = timezone.make_aware(datetime(2026, 9, 17, 10, 42))


def with_password(**more):
    person = UserFactory(**more)
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.fixture
def admin():
    return with_password(role=Role.ADMINISTRATOR)


@pytest.fixture
def person(admin):
    return with_password(agency__locality=admin.agency.locality)


def acts(person):
    return list(person.events.order_by("pk").values_list("act", flat=True))


def new(admin, **more):
    return User(username="thoaivv", full_name="Vì Văn Thoại", agency=admin.agency, **more)


def test_an_invited_person_has_no_password_yet(admin):
    invited = workflow.invite(new(admin, email="thoai@muonglai.example"), by=admin, at=AT)

    assert not invited.has_usable_password()
    assert (invited.invited_at, invited.is_active) == (AT, True)
    [event] = invited.events.all()
    assert (event.act, event.by, event.by_name, event.note) == ("invited", admin, str(admin), "thoai@muonglai.example")


def test_entering_uses_the_invitation_up(admin):
    invited = workflow.invite(new(admin), by=admin, at=AT)
    invited.set_password(PASSWORD)

    workflow.enter(invited, at=AT)

    invited.refresh_from_db()
    assert invited.invited_at is None and invited.check_password(PASSWORD)
    assert acts(invited) == [UserAct.INVITED, UserAct.ENTERED]


def test_what_was_changed_is_written_down(admin, person):
    old, agency = person.agency, AgencyFactory(locality=admin.agency.locality)
    person.role, person.agency = Role.LEADER, agency

    workflow.change(person, by=admin, at=AT)

    [event] = person.events.all()
    assert event.act == UserAct.MOVED
    assert old.short_name in event.note and agency.short_name in event.note


def test_a_change_within_the_agency_is_no_move(admin, person):
    person.full_name = "Lò Thị Duyên"

    workflow.change(person, by=admin, at=AT)

    [event] = person.events.all()
    assert (event.act, "Lò Thị Duyên" in event.note) == (UserAct.CHANGED, True)


def test_nothing_changed_is_nothing_written(admin, person):
    workflow.change(person, by=admin, at=AT)

    assert acts(person) == []


def test_a_long_note_is_cut(admin, person):
    assert workflow.record(person, UserAct.CHANGED, by=admin, at=AT, note="x" * 400).note == "x" * 299 + "…"


def test_a_locked_account_is_out_at_once_and_its_sessions_do_not_come_back(admin, person):
    browser, others = login(person), login(admin)
    browser.get(reverse("plans:list"))

    workflow.deactivate(person, by=admin, at=AT)
    assert browser.get(reverse("plans:list")).status_code == 302
    workflow.activate(person, by=admin, at=AT)

    assert browser.get(reverse("plans:list")).status_code == 302
    assert others.get(reverse("plans:list")).status_code == 200
    assert Session.objects.count() == 1
    assert acts(person) == [UserAct.DEACTIVATED, UserAct.ACTIVATED]
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_whoever_never_entered_is_invited_anew_when_unlocked(admin):
    invited = workflow.invite(new(admin), by=admin, at=AT)
    workflow.deactivate(invited, by=admin, at=AT)
    invited.refresh_from_db()
    assert invited.invited_at is None

    workflow.activate(invited, by=admin, at=AT)

    invited.refresh_from_db()
    assert invited.invited_at == AT


@pytest.mark.parametrize("name", workflow.MOVES)
def test_nobody_does_it_to_themselves(name, admin):
    with pytest.raises(PermissionDenied):
        workflow.MOVES[name](admin, by=admin, at=AT)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.FOCAL_POINT, Role.LEADER])
@pytest.mark.parametrize("name", workflow.MOVES)
def test_only_administrators_do_it(role, name, person):
    colleague = UserFactory(role=role, agency=person.agency)

    with pytest.raises(PermissionDenied):
        workflow.MOVES[name](person, by=colleague, at=AT)


@pytest.mark.parametrize("name", workflow.MOVES)
def test_an_administrator_of_another_locality_does_nothing(name, person):
    stranger = UserFactory(role=Role.ADMINISTRATOR)

    for act in (
        lambda: workflow.MOVES[name](person, by=stranger, at=AT),
        lambda: workflow.change(person, by=stranger, at=AT),
        lambda: workflow.invite(new(person), by=stranger, at=AT),
        lambda: workflow.hand_over(person, to=person, work=[], lock=False, by=stranger, at=AT),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert acts(person) == []


def test_what_is_locked_or_open_already(admin, person):
    with pytest.raises(PermissionDenied):
        workflow.activate(person, by=admin, at=AT)
    workflow.deactivate(person, by=admin, at=AT)
    with pytest.raises(PermissionDenied):
        workflow.deactivate(person, by=admin, at=AT)


@pytest.mark.parametrize("act", ["lock", "demote"])
@pytest.mark.parametrize(
    "others, left",
    [([], False), ([{"is_active": False}], False), ([{"password": "!"}], False), ([{}], True)],
)
def test_the_last_administrator_who_can_log_in_stays(act, others, left):
    """Whoever acts may themselves be somebody who is being taken away: here, one whose password is not set."""
    last = with_password(role=Role.ADMINISTRATOR)
    by = UserFactory(role=Role.ADMINISTRATOR, agency=last.agency, password="!")
    for other in others:
        with_password(role=Role.ADMINISTRATOR, agency=last.agency)
        User.objects.filter(pk=User.objects.latest("pk").pk).update(**other)

    def take_away():
        if act == "lock":
            return workflow.deactivate(last, by=by, at=AT)
        last.role = Role.LEADER
        return workflow.change(last, by=by, at=AT)

    if left:
        take_away()
        return
    with pytest.raises(ValidationError, match="only administrator"):
        take_away()
    last.refresh_from_db()
    assert last.is_active and last.role == Role.ADMINISTRATOR


def test_an_administrator_of_another_locality_is_no_help(admin):
    with_password(role=Role.ADMINISTRATOR)
    by = UserFactory(role=Role.ADMINISTRATOR, agency=admin.agency, password="!")

    with pytest.raises(ValidationError):
        workflow.deactivate(admin, by=by, at=AT)


def test_handing_over_is_written_down_for_both(admin, person):
    successor = UserFactory(agency=person.agency)

    to, is_new = workflow.hand_over(person, to=successor, work=["Quý III"], lock=True, by=admin, at=AT)

    assert (to, is_new) == (successor, False)
    assert acts(person) == [UserAct.HANDED_OVER, UserAct.DEACTIVATED]
    assert acts(successor) == [UserAct.HANDED_OVER]
    for note in (person.events.last().note, successor.events.get().note):
        assert "Quý III" in note
    assert str(successor) in person.events.filter(act=UserAct.HANDED_OVER).get().note


def test_handing_over_to_somebody_new_invites_them(admin, person):
    unsaved = User(username="thoaivv", full_name="Vì Văn Thoại", agency=person.agency)

    to, is_new = workflow.hand_over(person, to=unsaved, work=[], lock=False, by=admin, at=AT)

    assert is_new and to.invited_at == AT
    assert acts(to) == [UserAct.INVITED, UserAct.HANDED_OVER]
    person.refresh_from_db()
    assert person.is_active


@pytest.mark.parametrize("gone", [{"is_active": False}, {"agency": "another"}])
def test_nobody_hands_over_to_somebody_who_has_gone(admin, person, gone):
    successor = UserFactory(agency=person.agency)
    if "agency" in gone:
        gone = {"agency": AgencyFactory(locality=admin.agency.locality)}
    User.objects.filter(pk=successor.pk).update(**gone)

    with pytest.raises(ValidationError):
        workflow.hand_over(person, to=successor, work=[], lock=True, by=admin, at=AT)
    assert acts(person) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_lock_each_other_out_at_the_same_moment():
    one = with_password(role=Role.ADMINISTRATOR)
    two = with_password(role=Role.ADMINISTRATOR, agency=one.agency)
    together, refused = Barrier(2), []

    def lock(person, by):
        together.wait()
        try:
            workflow.deactivate(person, by=by, at=AT)
        except ValidationError as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [Thread(target=lock, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).count() == 1
