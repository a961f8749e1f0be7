"""What a break test found, so that it stays mended: empty posts, races, forged cookies, dates nobody can mean."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.forms import ActivityForm
from activities.models import Activity, ActivityProgress, Evidence, QuarterlyUpdate, Status
from plans.models import Plan, PlanStatus
from plans.tests.factories import PlanFactory

from .factories import PDF, TODAY, ActivityFactory, EvidenceFactory, make_world, with_draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def world():
    return with_draft(make_world())


def line_address(world):
    return reverse("activities:progress", args=[world.update.pk, world.activity.pk])


def test_an_empty_post_is_answered_and_changes_nothing(world):
    before = ActivityProgress.objects.values().get()

    response = login(world.focal_point).post(line_address(world), {})

    assert response.status_code == 422
    assert "The page came back incomplete" in response.text
    assert ActivityProgress.objects.values().get() == before


@pytest.mark.parametrize("name", ["plans:add", "activities:add", "plans:part_add"])
def test_an_empty_post_is_a_form_with_errors(name, world):
    args = {"plans:add": [], "activities:add": [world.draft.pk], "plans:part_add": [world.draft.pk, "themes"]}[name]

    response = login(world.coordinator).post(reverse(name, args=args), {})

    assert response.context["form"].errors


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_ten_people_adding_the_same_number_make_one_activity(world):
    browsers = [login(world.coordinator) for _ in range(10)]
    typed = {"number": "IV.99", "title": "Họp báo"}

    def add(browser):
        try:
            return browser.post(reverse("activities:add", args=[world.draft.pk]), typed).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as people:
        answers = list(people.map(add, browsers))

    assert sorted(answers) == [200] * 9 + [302]
    assert Activity.objects.filter(number="IV.99").count() == 1


def test_the_login_page_is_nowhere_to_go_back_to(world):
    assert login(world.focal_point).get("/", {"next": "/"}).url == reverse("accounts:home")


def test_who_posts_without_a_session_comes_back_to_a_page(world):
    address = reverse("activities:move", args=[world.update.pk, "submit"])
    page = world.update.get_absolute_url()

    assert f"next={page}" in Client().post(address, headers={"referer": f"http://testserver{page}"}).url
    assert f"next={reverse('accounts:home')}" in Client().post(address, headers={"referer": "https://evil/x"}).url
    assert login(world.focal_point).get(address).url == page


@pytest.mark.parametrize("key", ["abc\x00defghij", "x" * 200, "'; drop table", "éééééééé"])
def test_a_forged_session_cookie_is_nobody(key, client):
    client.cookies["sessionid"] = key

    assert client.get(reverse("accounts:home")).status_code == 302


@pytest.mark.parametrize("name", ["plans:list", "activities:list"])
def test_a_search_of_very_many_words(name, world):
    response = login(world.coordinator).get(reverse(name), {"text": "a " * 1500})

    assert response.status_code == 200


@pytest.mark.parametrize("name", ["plans:list", "plans:sources", "activities:list"])
def test_a_search_that_no_database_takes(name, world):
    assert login(world.coordinator).get(reverse(name), {"text": "a\x00b"}).status_code == 200


def test_a_key_longer_than_any_number(world):
    for name, query in (("plans:add", "parent"), ("plans:templates", "parent")):
        assert login(world.coordinator).get(reverse(name), {query: "9" * 5000}).status_code == 200
    assert login(world.administrator).get(reverse("accounts:invite"), {"agency": "9" * 5000}).status_code == 200


def test_a_row_that_no_database_takes_is_added_without_what_it_cannot_keep(world):
    browser = login(world.coordinator)
    browser.post(reverse("activities:row_add", args=[world.draft.pk]), {"title": "Họp\x00 báo\uffff"})
    browser.post(reverse("plans:acknowledge", args=[world.draft.pk]), {"undo": "lead|a\x00"})

    assert world.draft.activities.filter(title="Họp báo\uffff").exists()
    assert browser.get(reverse("plans:xlsx", args=[world.draft.pk])).status_code == 200


@pytest.mark.parametrize("field", ["start", "deadline"])
@pytest.mark.parametrize("day", ["31/12/9999", "01/01/0001", "31/12/1999"])
def test_a_date_nobody_can_mean(field, day, world):
    typed = {"title": "Họp báo", field: day}
    form = ActivityForm(typed, plan=world.draft, user=world.coordinator)

    assert "Check the year" in form.errors[field][0]


def test_one_endless_word_is_refused(world):
    typed = {"title": "W" * 1001}

    assert "title" in ActivityForm(typed, plan=world.draft, user=world.coordinator).errors


def test_the_same_file_is_kept_once(world):
    from django.core.files.uploadedfile import SimpleUploadedFile

    browser = login(world.focal_point)
    for _time in range(2):
        file = SimpleUploadedFile("bien-ban.pdf", PDF)
        address = reverse("activities:evidence_add", args=[world.update.pk, world.activity.pk])
        browser.post(address, {"files": [file], "url": "https://a.example/1"})

    assert Evidence.objects.count() == 2


def test_evidence_taken_off_stays_taken_off(world):
    item = EvidenceFactory(progress=world.line, removed_at="2026-06-01T08:00+07:00")

    response = login(world.focal_point).post(reverse("activities:evidence_remove", args=[item.pk]))

    assert response.status_code == 404


@pytest.mark.parametrize("role", Role)
def test_agencies_do_not_read_drafts(role, world):
    draft = PlanFactory(locality=world.locality, issuing_agency=world.plan.issuing_agency, status=PlanStatus.DRAFT)
    activity = ActivityFactory(plan=draft)
    browser = login(UserFactory(agency=world.agency, role=role))
    expected = 403 if role == Role.FOCAL_POINT else 200

    assert browser.get(draft.get_absolute_url()).status_code == expected
    assert browser.get(activity.get_absolute_url()).status_code == expected
    assert (draft in browser.get(reverse("plans:list")).context["page"]) == (expected == 200)


def test_an_issued_plan_does_not_become_a_draft(world):
    browser = login(world.coordinator)
    response = browser.post(reverse("plans:facts", args=[world.plan.pk]), {"status": "draft"})

    assert response.status_code == 403
    assert Plan.objects.get(pk=world.plan.pk).status == PlanStatus.ISSUED


def test_a_person_s_pages_are_not_kept_by_caches(world):
    world.update.status = Status.SUBMITTED

    assert login(world.leader).get("/plans/").headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("digits", [10, 4400, 5000])
def test_an_agency_longer_than_any_number(digits, world):
    ask = reverse("activities:ask", args=[world.activity.pk])
    start = reverse("activities:start", args=[world.period.pk])

    assert login(world.leader).get(ask, {"agency": "9" * digits}).status_code == 200
    assert login(world.focal_point).post(start, {"agency": "9" * digits}).status_code == 302


def test_a_period_that_is_removed_while_somebody_begins_its_update(world, monkeypatch):
    world.update.delete()

    def remove_first(**_facts):
        raise IntegrityError("the period is gone")

    monkeypatch.setattr(QuarterlyUpdate.objects, "create", remove_first)

    response = login(world.focal_point).post(reverse("activities:start", args=[world.period.pk]))

    assert response.status_code == 404


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_many_people_at_one_piece_of_evidence(world):
    """Whoever comes after it was taken off finds nothing there."""
    item = EvidenceFactory(progress=world.update.progress_rows.get())
    removal = reverse("activities:evidence_remove", args=[item.pk]), {}
    correction = reverse("activities:evidence_edit", args=[item.pk]), {"caption": "Tin", "dated_on": ""}
    acts = [(login(world.focal_point), *act) for act in [removal, correction] * 5]

    def do(act):
        browser, address, typed = act
        try:
            return browser.post(address, typed).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as people:
        answers = list(people.map(do, acts))

    assert {*answers} == {302, 404}
    assert answers[::2].count(302) == 1, "taken off once"
    assert not Evidence.objects.exists()
