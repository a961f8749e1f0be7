"""The rows of a plan's parts: added, edited, removed by the plan's coordinator and by nobody else."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory
from django.urls import reverse

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from plans import views
from plans.forms import PARTS, PlanForm
from plans.models import ContentTheme, PlanStatus

from .factories import PART_FACTORIES, ContentThemeFactory, PlanFactory
from .test_forms import ROW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

HOSTILE = "<script>alert(1)</script>\"'&{{ 7|add:7 }}"


@pytest.fixture
def plan():
    return PlanFactory()


@pytest.fixture
def coordinator(plan):
    return UserFactory(agency=plan.coordinating_agency, role=Role.COORDINATOR)


def address(name, plan, part, row=None):
    return reverse(f"plans:part_{name}", args=[plan.pk, part, *([row.pk] if row else [])])


@pytest.mark.parametrize("part", PARTS)
def test_a_row_of_each_part_is_added_edited_and_removed(part, plan, coordinator):
    browser = login(coordinator)
    model = PARTS[part][0]

    assert browser.get(address("add", plan, part)).status_code == 200
    added = browser.post(address("add", plan, part), ROW[part])
    assert added.url == f"{plan.get_absolute_url()}#{part}"
    row = model.objects.get(plan=plan)
    assert ROW[part]["text"] in browser.get(added.url).text

    shown = browser.get(address("edit", plan, part, row))
    assert ROW[part]["text"] in shown.text
    browser.post(address("edit", plan, part, row), {**ROW[part], "text": "Nội dung sửa"})
    row.refresh_from_db()
    assert (row.text, row.position) == ("Nội dung sửa", 1)

    removed = browser.post(address("remove", plan, part, row))
    assert removed.url == f"{plan.get_absolute_url()}#{part}"
    assert not model.objects.exists()
    assert "Row removed: Nội dung sửa" in browser.get(removed.url).text


@pytest.mark.parametrize("part", PARTS)
def test_a_refused_row_comes_back_with_what_was_typed(part, plan, coordinator):
    data = {**ROW[part], "text": "", "code": HOSTILE[:20], "bearer_as_printed": HOSTILE, "target": HOSTILE}

    response = login(coordinator).post(address("add", plan, part), data)

    assert response.status_code == 200
    assert "This field is required." in response.text
    assert "<script>alert(1)" not in response.text
    assert not PARTS[part][0].objects.exists()


def test_hostile_words_are_only_words(plan, coordinator):
    for part in PARTS:
        form = PARTS[part][1]({**ROW[part], "text": HOSTILE}, plan=plan, user=coordinator)
        assert form.is_valid(), form.errors
        assert form.save().text == HOSTILE

    page = login(coordinator).get(plan.get_absolute_url()).text

    assert "<script>alert(1)" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;&amp;{{ 7|add:7 }}") >= len(PARTS)


@pytest.mark.parametrize("who", ["focal_point", "leader", "administrator", "another coordinator"])
def test_nobody_else_edits_a_plan(who, plan):
    if who == "another coordinator":
        person = UserFactory(agency__locality=plan.locality, role=Role.COORDINATOR)
    else:
        person = UserFactory(agency=plan.coordinating_agency, role=who)
    browser = login(person)
    row = PART_FACTORIES["audiences"](plan=plan)

    for name in ("add", "edit", "remove"):
        response = browser.post(address(name, plan, "audiences", None if name == "add" else row), ROW["audiences"])

        assert response.status_code == 403
        assert "Only the plan&#x27;s coordinator edits it" in response.text
    assert list(plan.audiences.values_list("text", flat=True)) == [row.text]


@pytest.mark.parametrize("part", PARTS)
def test_no_part_is_open_to_others(part, plan):
    row = PART_FACTORIES[part](plan=plan)
    request = RequestFactory().post("/", ROW[part])
    request.user = UserFactory(agency=plan.coordinating_agency)

    for view, more in ((views.part_add, ()), (views.part_edit, (row.pk,)), (views.part_remove, (row.pk,))):
        with pytest.raises(PermissionDenied):
            view(request, plan.pk, part, *more)


@pytest.mark.parametrize("status", [PlanStatus.CLOSED, PlanStatus.REPLACED])
@pytest.mark.parametrize("name", ["add", "edit", "remove"])
def test_a_plan_no_longer_in_force_stays_as_it_is(status, name, plan, coordinator):
    row = None if name == "add" else PART_FACTORIES["audiences"](plan=plan)
    type(plan).objects.filter(pk=plan.pk).update(status=status)

    assert login(coordinator).post(address(name, plan, "audiences", row), ROW["audiences"]).status_code == 403
    assert "part_add" not in login(coordinator).get(plan.get_absolute_url()).text


@pytest.mark.parametrize("part", ["activities_", "plans", "x"])
def test_a_part_nobody_knows_is_not_found(part, plan, coordinator):
    browser = login(coordinator)

    assert browser.get(address("add", plan, part)).status_code == 404
    assert browser.get(reverse("plans:part_edit", args=[plan.pk, part, 1])).status_code == 404
    assert browser.post(reverse("plans:part_remove", args=[plan.pk, part, 1])).status_code == 404


def test_a_row_of_another_plan_is_not_found(plan, coordinator):
    browser = login(coordinator)
    other = PlanFactory(locality=plan.locality)

    for part, factory in PART_FACTORIES.items():
        sibling = factory(plan=other)
        assert browser.get(address("edit", plan, part, sibling)).status_code == 404, part
        assert browser.post(address("remove", plan, part, sibling)).status_code == 404, part


def test_removing_is_a_post(plan, coordinator):
    row = PART_FACTORIES["duties"](plan=plan)

    assert login(coordinator).get(address("remove", plan, "duties", row)).status_code == 405
    assert type(row).objects.exists()


def test_tools_are_shown_to_those_who_may_use_them(plan, coordinator):
    row = PART_FACTORIES["requirements"](plan=plan)
    tool = address("edit", plan, "requirements", row)

    assert tool in login(coordinator).get(plan.get_absolute_url()).text
    assert tool not in login(UserFactory(agency=plan.coordinating_agency)).get(plan.get_absolute_url()).text


def test_the_list_offers_a_new_plan_to_coordinators(plan, coordinator):
    assert reverse("plans:add") in login(coordinator).get(reverse("plans:list")).text
    assert reverse("plans:add") not in login(UserFactory(agency=coordinator.agency)).get(reverse("plans:list")).text


def test_a_theme_with_sub_themes_is_not_removed(plan, coordinator):
    above = ContentThemeFactory(plan=plan)
    below = ContentThemeFactory(plan=plan, parent=above)
    browser = login(coordinator)

    response = browser.post(address("remove", plan, "themes", above), follow=True)

    assert "This theme has sub-themes" in response.text
    assert set(plan.themes.all()) == {above, below}


def test_two_plans_do_not_carry_out_each_other(plan, coordinator):
    child = PlanFactory(locality=plan.locality, issuing_agency=plan.issuing_agency, parent=plan)
    form = PlanForm({"parent": child.pk}, instance=plan, user=coordinator)

    assert "carries out this one" in form.errors["parent"][0]


def test_a_plan_with_its_parts_can_be_deleted_whole(plan):
    ContentThemeFactory(plan=plan, parent=ContentThemeFactory(plan=plan))

    plan.delete()

    assert not ContentTheme.objects.exists()
