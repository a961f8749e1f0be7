"""People, and a browser in which one of them is logged in."""

from datetime import UTC, datetime

import factory
from django.test import Client
from factory.django import DjangoModelFactory

from accounts.models import Job, JobState, Notification, NotificationSettings, Role, SavedView, User, UserEvent
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


class JobFactory(DjangoModelFactory):
    """A job somebody has ordered; with `state` one that runs, has failed or is done."""

    class Meta:
        model = Job

    kind = "invitation"
    subject = factory.Sequence("thu{}@minhhoa.example".format)
    started_by = factory.SubFactory(UserFactory)
    locality = factory.SelfAttribute("started_by.agency.locality")
    queued_at = datetime(2026, 6, 15, 2, tzinfo=UTC)
    state = JobState.WAITING
    attempts = factory.LazyAttribute(lambda job: 0 if job.state == JobState.WAITING else 1)
    started_at = factory.LazyAttribute(lambda job: job.queued_at if job.attempts else None)
    leased_until = factory.LazyAttribute(lambda job: job.queued_at if job.state == JobState.RUNNING else None)
    finished_at = factory.LazyAttribute(
        lambda job: job.queued_at if job.state in (JobState.DONE, JobState.FAILED) else None
    )
    error = factory.LazyAttribute(lambda job: "Máy chủ thư không trả lời" if job.state == JobState.FAILED else "")


class NotificationFactory(DjangoModelFactory):
    class Meta:
        model = Notification

    person = factory.SubFactory(UserFactory)
    kind = "approved"
    facts = {"period": "Quý II/2026", "plan": "12/KH-UBND", "by": "Nguyễn Thị Hạnh"}
    url = "/updates/"
    key = factory.Sequence("thong-bao-{}".format)
    at = datetime(2026, 6, 15, 2, tzinfo=UTC)


class NotificationSettingsFactory(DjangoModelFactory):
    class Meta:
        model = NotificationSettings

    person = factory.SubFactory(UserFactory)


def login(user=None):
    """A browser that asks for English, logged in as `user`; without one, nobody is."""
    browser = Client(headers={"accept-language": "en"})
    if user:
        browser.force_login(user)
    return browser
