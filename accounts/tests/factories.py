"""People, and a browser in which one of them is logged in."""

from datetime import UTC, datetime

import factory
from django.test import Client
from factory.django import DjangoModelFactory

from accounts.models import Role, SavedView, User, UserEvent
from agencies.tests.factories import AgencyFactory

PASSWORD = "mot-mat-khau-kho-doan"


class UserFactory(DjangoModelFactory):
    """A focal point; `agency__locality` says where."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence("nguoi.dung.{}".format)
    full_name = factory.Sequence("Nguyễn Văn {}".format)
    email = factory.LazyAttribute("{0.username}@minhhoa.example".format)
    agency = factory.SubFactory(AgencyFactory)
    role = Role.FOCAL_POINT


class SavedViewFactory(DjangoModelFactory):
    class Meta:
        model = SavedView

    user = factory.SubFactory(UserFactory)
    page = "plans"
    name = factory.Sequence("Đang làm {}".format)
    query = "status=draft"


class UserEventFactory(DjangoModelFactory):
    class Meta:
        model = UserEvent

    user = factory.SubFactory(UserFactory)
    act = "changed"
    by = factory.SelfAttribute("user")
    by_name = factory.SelfAttribute("by.full_name")
    at = datetime(2026, 6, 15, 2, tzinfo=UTC)


def login(user=None):
    """A browser that asks for English, logged in as `user`; without one, nobody is."""
    browser = Client(headers={"accept-language": "en"})
    if user:
        browser.force_login(user)
    return browser
