"""The page of a plan that anybody may read: off until opened, approved things alone, no names of persons."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import Status
from activities.tests.factories import (
    TODAY,
    ActivityFactory,
    AssignmentFactory,
    IndicatorFactory,
    make_world,
    moment,
)
from plans.models import Plan
from plans.tests.factories import ChannelFactory, ObjectiveFactory
from reports.models import PublicPage, Report

from .rows import PublicPageFactory, ReportFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def world():
    return make_world(Status.APPROVED, state="done", quantity_done=7, completed_on=date(2026, 6, 1))


def reader():
    """Somebody without an account, who reads English."""
    return Client(headers={"accept-language": "en"})


def page_of(plan):
    return reverse("reports:public_plan", args=[plan.pk])


def settings_of(plan):
    return reverse("plans:public", args=[plan.pk])


def test_nobody_reads_a_plan_that_was_not_opened(world):
    assert Client().get(page_of(world.plan)).status_code == 404
    PublicPageFactory(plan=world.plan, is_open=False)
    assert Client().get(page_of(world.plan)).status_code == 404
    assert Client().get(reverse("reports:public_plan", args=[987654])).status_code == 404


def test_a_draft_is_never_public(world):
    PublicPageFactory(plan=world.plan)
    Plan.objects.filter(pk=world.plan.pk).update(status="draft")

    assert Client().get(page_of(world.plan)).status_code == 404


def test_the_coordinator_opens_and_closes_it(world):
    browser = login(world.coordinator)
    assert "Public page" in browser.get(settings_of(world.plan)).text
    assert not PublicPage.objects.exists()

    browser.post(settings_of(world.plan), {"is_open": "on", "words": "Để bà con biết", "contact": "0200 3812 345"})
    answer = Client().get(page_of(world.plan))
    assert answer.status_code == 200
    assert "Để bà con biết" in answer.text and "0200 3812 345" in answer.text

    browser.post(settings_of(world.plan), {"words": "", "contact": ""})
    assert Client().get(page_of(world.plan)).status_code == 404


@pytest.mark.parametrize("role", [Role.LEADER, Role.ADMINISTRATOR, Role.FOCAL_POINT])
def test_nobody_else_opens_it(world, role):
    browser = login(UserFactory(role=role, agency__locality=world.locality))

    assert browser.post(settings_of(world.plan), {"is_open": "on"}).status_code == 403
    assert not PublicPage.objects.exists()


def test_it_shows_what_was_approved_and_where_it_stands(world):
    channel = ChannelFactory(code="contest")
    ahead = ActivityFactory(plan=world.plan, title="Thi trực tuyến", deadline=date(2026, 11, 15))
    ahead.channels.add(channel)
    AssignmentFactory(activity=ahead, agency=world.agency)
    indicator = IndicatorFactory(name="Tin, bài", name_en="Articles")
    world.activity.indicator, world.activity.target_quantity, world.activity.target_unit = indicator, 10, "tin, bài"
    world.activity.save()
    ObjectiveFactory(plan=world.plan, text="Người dân hiểu rõ cải cách hành chính")
    ReportFactory(period=world.period, is_issued=True, number=7)
    PublicPageFactory(plan=world.plan)

    text = reader().get(page_of(world.plan)).text

    for said in ("Thi trực tuyến", "Người dân hiểu rõ", "7 / 10", "07/BC-SNV", world.agency.short_name, "Done"):
        assert said in text, said
    assert text.count("Thi trực tuyến") == 2  # to take part in, and in the list


def test_a_correction_being_written_leaves_the_issued_report_in_force(world):
    issued = ReportFactory(period=world.period, is_issued=True, number=7)
    correction = ReportFactory(period=world.period, ordinal=2, replaces=issued, reason="Sửa 3 số.")
    PublicPageFactory(plan=world.plan)

    assert "07/BC-SNV" in reader().get(page_of(world.plan)).text

    sealed = {"status": "issued", "number": 8, "symbol": "BC-SNV", "issued_on": date(2026, 6, 25), "code": "MOI"}
    Report.objects.filter(pk=correction.pk).update(**sealed, sealed_at=moment(25))
    text = reader().get(page_of(world.plan)).text
    assert "08/BC-SNV" in text and "07/BC-SNV" not in text


def test_what_is_under_review_is_not_said():
    world = make_world(Status.SUBMITTED, state="done", completed_on=date(2026, 6, 1), words="Chưa ai duyệt")
    PublicPageFactory(plan=world.plan)

    text = reader().get(page_of(world.plan)).text

    assert "Not started" in text and "Chưa ai duyệt" not in text
    assert "Done" not in text


def test_no_person_is_named(world):
    named = [world.coordinator, world.focal_point, world.leader, world.administrator]
    for place, person in enumerate(named):
        person.full_name = f"Người Thứ {place}"
        person.save()
    ReportFactory(period=world.period, is_issued=True, signatory_name="Đinh Quang Vinh", begun_by=world.coordinator)
    PublicPageFactory(plan=world.plan, by=world.coordinator)

    text = reader().get(page_of(world.plan)).text

    assert "Người Thứ" not in text and "Đinh Quang Vinh" not in text
    assert not any(person.username in text for person in named)


def test_hostile_words_stay_words(world):
    PublicPageFactory(plan=world.plan, words="<script>alert(1)</script>", contact="<b>x</b>")

    text = reader().get(page_of(world.plan)).text

    assert "<script>alert(1)" not in text and "<b>x</b>" not in text


def test_words_that_are_too_long_come_back_with_what_was_typed(world):
    answer = login(world.coordinator).post(settings_of(world.plan), {"is_open": "on", "words": "a" * 601})

    assert "a" * 601 in answer.text
    assert "600" in answer.text
    assert not PublicPage.objects.exists()
