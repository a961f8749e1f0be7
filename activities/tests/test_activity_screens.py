"""The list of activities and one activity, as each role meets them."""

import pytest
from django.urls import reverse

from accounts.models import Role, User
from activities.catalogue import load_catalogues
from activities.loading import load_plan, read_plan
from activities.models import Activity
from activities.progress import State
from plans.models import PlanStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    load_catalogues()
    return load_plan(read_plan("bao-loc"))[0]


@pytest.fixture
def coordinator(plan):
    agency = plan.coordinating_agency or plan.issuing_agency
    return User.objects.create(username="hanh", full_name="Hạnh", agency=agency, role=Role.COORDINATOR)


@pytest.fixture
def page(client, coordinator):
    client.force_login(coordinator)
    return lambda **chosen: client.get(reverse("activities:list"), chosen)


def test_counts_by_state_stay_when_one_state_is_chosen(page, plan):
    everything, one = page().context, page(state=State.DONE.value).context

    assert (one["total"], one["counts"]) == (everything["total"], everything["counts"])
    assert one["page"].paginator.count == 0
    assert one["is_narrowed"]


def test_a_plan_chosen_alone_does_not_count_as_narrowed(page, plan):
    response = page(plan=plan.pk)

    assert (response.context["plan"], response.context["is_narrowed"]) == (plan, False)
    assert response.context["can_add"] == (plan.status == PlanStatus.DRAFT)


@pytest.mark.parametrize("chosen", [{}, {"text": "không có"}, {"plan": "x"}, {"state": "x"}, {"page": "99"}])
def test_the_list_shows_whatever_is_asked(page, chosen):
    assert page(**chosen).status_code == 200


def test_a_plan_without_activities(page, plan):
    Activity.objects.all().delete()

    assert page(plan=plan.pk).status_code == 200
    assert page().status_code == 200


def test_every_activity_has_its_page(client, coordinator, plan):
    client.force_login(coordinator)

    for activity in plan.activities.all():
        assert client.get(activity.get_absolute_url()).status_code == 200
