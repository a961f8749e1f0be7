"""A page asks the database at most fifteen times, whatever the number of agencies and activities."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tests.factories import PASSWORD, login
from activities.models import Status
from plans.tests.factories import PART_FACTORIES, ChannelFactory

from .factories import TODAY, EvidenceFactory, IndicatorFactory, OutputCountFactory, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

MOST = 15


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


def furnished(agencies, activities, status):
    """A world with something to count and to show on every line."""
    world = make_world(status, agencies=agencies, activities=activities, quantity_done=3)
    channel = ChannelFactory()
    indicators = IndicatorFactory.create_batch(2, channels=[channel])
    for activity in world.all_activities:
        activity.channels.add(channel)
        activity.target_quantity, activity.indicator = 10, indicators[0]
        activity.save()
    for update in world.all_updates[:20]:
        for line in update.progress_rows.all():
            OutputCountFactory(progress=line, indicator=indicators[1])
            EvidenceFactory(progress=line, added_by=world.focal_point)
    for factory in PART_FACTORIES.values():
        factory.create_batch(activities, plan=world.plan)
    return world


# page: (who, status of the updates, its address in a world)
PAGES = {
    "home": ("focal_point", Status.SUBMITTED, lambda world: reverse("accounts:home")),
    "plans": ("coordinator", Status.SUBMITTED, lambda world: reverse("plans:list")),
    "plans, filtered": ("coordinator", Status.SUBMITTED, lambda world: "/plans/?year=2026&text=tuyen&status=issued"),
    "plan": ("coordinator", Status.SUBMITTED, lambda world: world.plan.get_absolute_url()),
    "plan form": ("coordinator", Status.SUBMITTED, lambda world: reverse("plans:edit", args=[world.plan.pk])),
    "part form": ("coordinator", Status.DRAFT, lambda world: reverse("plans:part_add", args=[world.plan.pk, "duties"])),
    "activities": ("coordinator", Status.SUBMITTED, lambda world: reverse("activities:list")),
    "activities, filtered": ("leader", Status.SUBMITTED, lambda world: f"/activities/?lead={world.agency.pk}"),
    "activity": ("coordinator", Status.SUBMITTED, lambda world: world.activity.get_absolute_url()),
    "activity form": ("coordinator", Status.DRAFT, lambda world: reverse("activities:edit", args=[world.activity.pk])),
    "my work": ("focal_point", Status.DRAFT, lambda world: reverse("activities:updates")),
    "my work, returned": ("focal_point", Status.RETURNED, lambda world: reverse("activities:updates")),
    "submissions": ("coordinator", Status.SUBMITTED, lambda world: reverse("activities:updates")),
    "own update": ("focal_point", Status.DRAFT, lambda world: world.update.get_absolute_url()),
    "update to review": ("coordinator", Status.SUBMITTED, lambda world: world.update.get_absolute_url()),
    "line": (
        "focal_point",
        Status.DRAFT,
        lambda world: reverse("activities:progress", args=[world.update.pk, world.activity.pk]),
    ),
    "words": ("focal_point", Status.RETURNED, lambda world: reverse("activities:words", args=[world.update.pk])),
    "dashboard": ("leader", Status.SUBMITTED, lambda world: reverse("reports:dashboard")),
    "reports": ("leader", Status.APPROVED, lambda world: reverse("reports:list")),
    "report": ("coordinator", Status.APPROVED, lambda world: reverse("reports:detail", args=[world.period.pk])),
}


def queries_of(worlds, page):
    who, _status, address = PAGES[page]
    counts = []
    for world in worlds:
        browser = login(getattr(world, who))
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(address(world)).status_code in (200, 302)
        counts.append(len(asked))
    return counts


@pytest.mark.parametrize("agencies, activities", [(60, 1), (2, 30)], ids=["60 agencies", "30 activities"])
@pytest.mark.parametrize("status", Status)
def test_pages(status, agencies, activities):
    worlds = furnished(2, 3, status), furnished(agencies, activities, status)

    counts = {page: queries_of(worlds, page) for page, (_who, of, _address) in PAGES.items() if of == status}

    assert {page: count for page, count in counts.items() if max(count) > MOST} == {}
    # What is not there at all need not be read; more rows never mean more queries.
    assert {page: count for page, count in counts.items() if count[1] > count[0] + 1} == {}


def test_logging_in():
    world = make_world()
    world.focal_point.set_password(PASSWORD)
    world.focal_point.save()
    browser = login()

    with CaptureQueriesContext(connection) as shown:
        browser.get("/")
    with CaptureQueriesContext(connection) as entered:
        browser.post("/", {"username": world.focal_point.username, "password": PASSWORD})

    assert len(shown) == 0
    assert len(entered) <= MOST
