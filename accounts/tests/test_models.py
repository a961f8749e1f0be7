"""People: roles, agencies, what the database refuses."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.backends import AgencyBackend
from accounts.models import Job, Notification, NotificationSettings, Role, SavedView, User, UserEvent

from .factories import (
    JobFactory,
    NotificationFactory,
    NotificationSettingsFactory,
    SavedViewFactory,
    UserEventFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

REFUSED = {
    "user_role_known": lambda: UserFactory(role="king"),
    "user_has_agency": lambda: UserFactory(agency=None),
    "user_calendar_token_once": lambda: [UserFactory(calendar_token="bi-mat") for _ in range(2)],
    "saved_view_name_once": lambda: SavedViewFactory(**_same(SavedViewFactory())),
    "user_event_act_known": lambda: UserEventFactory(act="sang"),
    "job_state_known": lambda: JobFactory(state="asleep"),
    "job_key_once": lambda: [JobFactory(key="nhac:2026-06-15") for _ in range(2)],
    "job_running_has_lease": lambda: JobFactory(state="running", leased_until=None),
    "job_attempts_within_limit": lambda: JobFactory(attempts=4, max_attempts=3),
    "notification_once": lambda: NotificationFactory(**_told(NotificationFactory())),
    "notification_kind_known": lambda: NotificationFactory(kind="gossip"),
    "notification_message_needs_phone": lambda: NotificationSettingsFactory(by_message=True, phone=""),
}


def _told(notification):
    return {"person": notification.person, "key": notification.key}


def _same(view):
    return {"user": view.user, "page": view.page, "name": view.name}


@pytest.mark.parametrize("name", REFUSED)
def test_the_database_refuses(name):
    with pytest.raises(IntegrityError), transaction.atomic():
        REFUSED[name]()


def test_every_constraint_has_a_case():
    models = (User, SavedView, UserEvent, Job, Notification, NotificationSettings)

    assert {constraint.name for model in models for constraint in model._meta.constraints} == set(REFUSED)


def test_an_agency_is_asked_for_in_words():
    with pytest.raises(ValidationError, match="Every user belongs to an agency."):
        UserFactory.build(agency=None, password="!").full_clean()


def test_a_technical_superuser_needs_no_agency():
    assert User.objects.create_superuser("may-chu", full_name="Kỹ thuật").agency is None


@pytest.mark.parametrize("role", Role)
def test_a_person_has_one_role(role):
    person = UserFactory.build(role=role)
    roles = {
        Role.ADMINISTRATOR: person.is_administrator,
        Role.COORDINATOR: person.is_coordinator,
        Role.FOCAL_POINT: person.is_focal_point,
        Role.LEADER: person.is_leader,
    }

    assert [name for name, has in roles.items() if has] == [role]


def test_a_person_is_called_by_the_full_name():
    person = UserFactory.build(full_name="Nguyễn Thị Hạnh")

    assert str(person) == person.get_full_name() == person.get_short_name() == "Nguyễn Thị Hạnh"
    assert str(UserFactory.build(full_name="", username="hanh")) == "hanh"


def test_the_session_brings_agency_and_locality_in_one_query(django_assert_num_queries):
    person = UserFactory()

    with django_assert_num_queries(1):
        assert AgencyBackend().get_user(person.pk).agency.locality.name


def test_a_closed_account_is_nobody():
    assert AgencyBackend().get_user(UserFactory(is_active=False).pk) is None
    assert AgencyBackend().get_user(0) is None
