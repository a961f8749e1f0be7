"""A person's stars: their own, first in their lists, and nobody else's business."""

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory, login
from activities.models import Star, Status
from activities.tests.factories import TODAY, ActivityFactory, make_world, with_draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


def star(person, activity, **typed):
    return login(person).post(reverse("reports:star", args=[activity.pk]), typed)


def test_a_stranger_stars_nothing():
    world, stranger = make_world(), make_world()

    assert star(stranger.leader, world.activity).status_code == 404
    assert not Star.objects.exists()


def test_an_activity_of_a_draft_is_not_for_an_agency():
    world = with_draft(make_world())
    activity = ActivityFactory(plan=world.draft)

    assert star(world.focal_point, activity).status_code == 403
    assert star(world.coordinator, activity).status_code == 302


def test_starred_once_and_taken_off():
    world = make_world()

    answers = [star(world.leader, world.activity).status_code for _time in range(2)]
    assert (answers, Star.objects.get().person) == ([302, 302], world.leader)

    star(world.leader, world.activity, off="1")
    assert not Star.objects.exists()


@pytest.mark.parametrize(
    "back, leads_to",
    [("/activities/?page=2#activity-1", "/activities/?page=2#activity-1"), ("https://evil.example/", None), ("", None)],
)
def test_back_to_where_one_was(back, leads_to):
    world = make_world()

    response = star(world.leader, world.activity, back=back)

    assert response.url == (leads_to or world.activity.get_absolute_url())


def test_starred_ones_come_first_for_whoever_starred_them():
    world = make_world(Status.SUBMITTED, activities=3)
    last = world.all_activities[2]
    star(world.leader, last)

    for person, first in ((world.leader, last), (world.coordinator, world.all_activities[0])):
        page = login(person).get(reverse("activities:list"), {"plan": world.plan.pk})
        assert page.context["page"].object_list[0].activity == first
        assert ("Starred: it comes first" in page.text) == (first == last)


def test_what_one_sorts_is_sorted_whatever_is_starred():
    world = make_world(Status.SUBMITTED, activities=3)
    star(world.leader, world.all_activities[2])

    page = login(world.leader).get(reverse("activities:list"), {"sort": "title"}).context["page"]

    assert [row.activity for row in page] == world.all_activities


def test_starred_red_things_come_first_on_the_overview():
    world = make_world(Status.SUBMITTED)
    first, second = ActivityFactory.create_batch(2, plan=world.plan)  # without a lead
    browser = login(world.leader)

    before = browser.get("/dashboard/").context["board"].red_activities
    star(world.leader, second)
    after = browser.get("/dashboard/").context["board"].red_activities

    assert [row.activity for row in before] == [first, second]
    assert [row.activity for row in after] == [second, first]


def test_somebody_elses_star_is_not_shown():
    world = make_world(Status.SUBMITTED)
    star(UserFactory(agency=world.plan.issuing_agency), world.activity)

    assert login(world.leader).get(world.activity.get_absolute_url()).context["is_starred"] is False
