"""The list of activities, one activity and its form, as each role meets them."""

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
    assert response.context["can_add"] == (plan.status != PlanStatus.CLOSED)


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


def test_the_form_offers_every_agency_and_marks_the_chosen(client, coordinator, plan):
    plan.status = PlanStatus.ISSUED
    plan.save()
    activity = plan.activities.filter(assignments__agency__isnull=False).first()
    chosen = activity.assignments.filter(agency__isnull=False).first()
    client.force_login(coordinator)

    html = client.get(reverse("activities:edit", args=[activity.pk])).content.decode()

    name = f"{chosen.role}_agencies" if chosen.role == "lead" else "cooperating_agencies"
    assert f'name="{name}" value="{chosen.agency_id}"' in html
    assert html.count(f'name="{name}"') == plan.locality.agencies.count()


def test_what_was_ticked_is_saved(client, coordinator, plan):
    plan.status = PlanStatus.ISSUED
    plan.save()
    client.force_login(coordinator)
    lead, other = plan.locality.agencies.all()[:2]

    response = client.post(
        reverse("activities:add", args=[plan.pk]),
        {
            "number": "99",
            "title": "Hội thi",
            "schedule_kind": "one_off",
            "lead_agencies": [lead.pk],
            "cooperating_agencies": [other.pk],
        },
    )

    added = plan.activities.get(number="99")
    assert response.status_code == 302
    assert {(each.role, each.agency) for each in added.assignments.all()} == {("lead", lead), ("cooperating", other)}


def test_a_form_with_errors_comes_back_with_its_choices(client, coordinator, plan):
    plan.status = PlanStatus.ISSUED
    plan.save()
    client.force_login(coordinator)
    lead = plan.locality.agencies.first()

    response = client.post(
        reverse("activities:add", args=[plan.pk]),
        {"title": "", "lead_agencies": [lead.pk], "cooperating_agencies": [lead.pk]},
    )

    assert response.status_code == 200
    assert {"number", "title", "cooperating_agencies"} <= set(response.context["form"].errors)
    assert f'value="{lead.pk}" id="id_lead_agencies_' in response.content.decode()
