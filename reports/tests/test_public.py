"""The page of a plan that anybody may read: off until opened, approved things alone, no names of persons."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import Status
from activities.tests.factories import (
    TODAY,
    ActivityFactory,
    AssignmentFactory,
    IndicatorFactory,
    UpdateEventFactory,
    make_world,
    moment,
)
from agencies.sending import saved
from plans.models import Plan
from plans.tests.factories import ChannelFactory, ObjectiveFactory
from reports.models import PublicPage, Report
from reports.public_form import PublicPageForm

from .rows import PublicPageFactory, ReportFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)
    cache.clear()
    yield
    cache.clear()


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

    browser.post(settings_of(world.plan), {"words": "", "contact": "", "seen": seen_in(browser, world.plan)})
    assert Client().get(page_of(world.plan)).status_code == 404


def seen_in(browser, plan):
    """What the form says it has seen."""
    return browser.get(settings_of(plan)).context["form"]["seen"].value()


def test_an_old_tab_does_not_open_what_was_closed_meanwhile(world):
    browser = login(world.coordinator)
    browser.post(settings_of(world.plan), {"is_open": "on"})
    old = seen_in(browser, world.plan)
    browser.post(settings_of(world.plan), {"seen": old})

    answer = browser.post(settings_of(world.plan), {"is_open": "on", "contact": "0200 3812 999", "seen": old})
    assert Client().get(page_of(world.plan)).status_code == 404
    assert "it is closed now" in answer.text and "0200 3812 999" in answer.text

    again = {"is_open": "on", "contact": "0200 3812 999", "seen": answer.context["form"]["seen"].value()}
    assert browser.post(settings_of(world.plan), again).status_code == 302
    assert Client().get(page_of(world.plan)).status_code == 200


def test_of_two_at_the_same_moment_one_decides(world):
    page = PublicPageFactory(plan=world.plan, is_open=True)
    first, second = (form_for(world, page, at=moment(20, hour)) for hour in (8, 9))

    assert first.is_valid() and second.is_valid()
    assert saved(first)
    assert not saved(second)
    assert "at this very moment" in second.non_field_errors()[0]
    page.refresh_from_db()
    assert page.at == moment(20, 8)


def form_for(world, page, *, at):
    data = {"is_open": "on", "seen": PublicPage.objects.get(pk=page.pk).at.isoformat()}
    return PublicPageForm(data, plan=world.plan, by=world.coordinator, at=at)


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


# Kept for some minutes


def queries_of(plan, browser=None):
    """(the answer to a reader, the queries it took)."""
    with CaptureQueriesContext(connection) as asked:
        answer = (browser or reader()).get(page_of(plan))
    return answer, [each["sql"] for each in asked.captured_queries]


def test_a_second_reader_costs_one_query(world):
    PublicPageFactory(plan=world.plan)
    ReportFactory(period=world.period, is_issued=True, number=7)
    first, asked = queries_of(world.plan)
    assert len(asked) > 5

    second, asked = queries_of(world.plan)

    assert len(asked) == 1
    assert body_of(second) == body_of(first)


def body_of(answer):
    """The page without the form that changes the language, whose token is new each time."""
    return answer.text.partition("<main")[2]


def test_what_is_read_of_activities_and_updates_has_no_long_texts(world):
    world.activity.details, world.line.words = "Chi tiết dài", "Lời dài"
    world.activity.save()
    PublicPageFactory(plan=world.plan)

    _answer, asked = queries_of(world.plan)

    joined = " ".join(asked)
    assert '"details"' not in joined and '"words"' not in joined.replace('"reports_publicpage"."words"', "")
    assert '"source_note"' not in joined


def test_what_is_switched_off_is_gone_at_once_and_new_words_are_there_at_once(world):
    page = PublicPageFactory(plan=world.plan, words="Lời cũ")
    browser = reader()
    assert "Lời cũ" in browser.get(page_of(world.plan)).text

    PublicPage.objects.filter(pk=page.pk).update(words="Lời mới")
    assert "Lời mới" in browser.get(page_of(world.plan)).text
    PublicPage.objects.filter(pk=page.pk).update(is_open=False)
    assert browser.get(page_of(world.plan)).status_code == 404
    PublicPage.objects.filter(pk=page.pk).update(is_open=True)
    Plan.objects.filter(pk=world.plan.pk).update(status="draft")
    assert browser.get(page_of(world.plan)).status_code == 404


def test_what_is_decided_is_read_at_once_and_other_changes_in_some_minutes(world, clock):
    PublicPageFactory(plan=world.plan)
    assert "Done" in reader().get(page_of(world.plan)).text

    world.activity.title = "Tên mới"
    world.activity.save()
    assert "Tên mới" not in reader().get(page_of(world.plan)).text
    Plan.objects.filter(pk=world.plan.pk).update(version=99)
    assert "Tên mới" in reader().get(page_of(world.plan)).text

    world.update.status = Status.RETURNED
    world.update.save()
    UpdateEventFactory(update=world.update, move="return", reason="Thiếu số liệu")
    assert "Done" not in reader().get(page_of(world.plan)).text


def test_each_day_and_each_language_has_its_own(world, clock):
    world.activity.deadline = TODAY
    world.activity.save()
    world.line.state, world.line.completed_on = "in_progress", None
    world.line.save()
    PublicPageFactory(plan=world.plan)
    assert "In progress" in reader().get(page_of(world.plan)).text
    assert "Đang thực hiện" in Client(headers={"accept-language": "vi"}).get(page_of(world.plan)).text

    clock(TODAY + timedelta(days=1))
    assert "Overdue" in reader().get(page_of(world.plan)).text
