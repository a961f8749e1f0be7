"""The dashboard, the list of reports, a report on screen and as PDF: who sees them, and what they show."""

import io
from datetime import date

import pypdf
import pytest
from django.urls import reverse

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import Activity, Status
from activities.tests.factories import (
    TODAY,
    ActivityFactory,
    AssignmentFactory,
    IndicatorFactory,
    ReportingPeriodFactory,
    make_world,
    moment,
)
from plans.tests.factories import ChannelFactory, PlanFactory
from reports.pdf import PdfBusyError
from reports.views import reports as views

from .rows import ReportFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

DASHBOARD, REPORTS = "/dashboard/", "/reports/"
READERS = (Role.COORDINATOR, Role.LEADER, Role.ADMINISTRATOR)
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


def detail(period):
    return reverse("reports:preview", args=[period.pk])


def pdf(period):
    return reverse("reports:preview_pdf", args=[period.pk])


@pytest.mark.parametrize("role", Role)
def test_who_reads_what(role):
    world = make_world(Status.APPROVED)
    browser = login(UserFactory(role=role, agency__locality=world.locality))
    answer = 200 if role in READERS else 403

    assert browser.get(DASHBOARD).status_code == answer
    assert browser.get(REPORTS).status_code == 200
    assert (detail(world.period) in browser.get(REPORTS).text) == (role in READERS)
    assert browser.get(detail(world.period)).status_code == answer
    if role not in READERS:
        assert browser.get(pdf(world.period)).status_code == 403
        assert "Reports are drafts" in browser.get(detail(world.period)).text


def test_once_a_report_has_been_begun_the_preview_leads_to_it():
    world = make_world(Status.APPROVED)
    first = ReportFactory(period=world.period, begun_by=world.coordinator, is_issued=True)
    second = ReportFactory(period=world.period, begun_by=world.coordinator, ordinal=2, replaces=first)

    for reader in (world.coordinator, world.leader):
        assert login(reader).get(detail(world.period)).url == second.get_absolute_url()
    assert login(world.leader).get(pdf(world.period)).status_code == 200


def test_a_locality_without_a_plan():
    browser = login(UserFactory(role=Role.LEADER))

    assert browser.get(DASHBOARD).context["board"] is None
    assert browser.get(REPORTS).context["periods"] == []


def test_a_plan_without_activities():
    period = ReportingPeriodFactory()
    browser = login(UserFactory(role=Role.LEADER, agency=period.plan.issuing_agency))

    for address in (DASHBOARD, detail(period)):
        assert browser.get(address).status_code == 200
    assert browser.get(DASHBOARD).context["board"].activity_count == 0


@pytest.mark.parametrize(
    "today", [date(2025, 1, 1), date(2026, 3, 15), date(2026, 6, 16), date(2026, 6, 17), date(2030, 1, 1)]
)
def test_the_dashboard_on_any_day(today, clock):
    clock(today)
    world = make_world(Status.SUBMITTED, quantity_done=3)
    channel = ChannelFactory()
    Activity.objects.update(target_quantity=10, indicator=IndicatorFactory(channels=[channel]))

    board = login(world.leader).get(DASHBOARD).context["board"]

    assert (board.period, board.today, board.activity_count) == (world.period, today, 1)


def test_the_dashboard_shows_the_period_chosen():
    world = make_world()
    autumn = ReportingPeriodFactory(plan=world.plan, ordinal=3)
    foreign = ReportingPeriodFactory(ordinal=3)
    browser = login(world.leader)

    assert browser.get(DASHBOARD, {"period": autumn.pk}).context["board"].period == autumn
    assert browser.get(DASHBOARD, {"period": foreign.pk}).context["board"].period == autumn


def test_two_plans_are_not_mixed():
    world = make_world(Status.SUBMITTED)
    other = make_world(Status.APPROVED, locality=world.locality, activities=3)

    board = login(world.leader).get(DASHBOARD, {"period": other.period.pk}).context["board"]

    assert {row.activity.plan for row in board.rows} == {other.plan}
    assert {row.agency for row in board.submissions} == {other.agency}


def test_counts_lead_to_what_they_count():
    """A number on the dashboard and the list behind it agree."""
    world = make_world(Status.SUBMITTED, activities=2)
    late = ActivityFactory(plan=world.plan, deadline=date(2026, 6, 1))
    AssignmentFactory(activity=late, agency=world.agency)
    ActivityFactory(plan=world.plan)
    ActivityFactory(plan=world.plan, cancelled_on=date(2026, 1, 1))
    browser = login(world.leader)

    board = browser.get(DASHBOARD).context["board"]

    assert sum(count for _state, count in board.counts) == 5
    for state, count in board.counts:
        page = browser.get("/activities/", {"plan": world.plan.pk, "state": state.value}).context["page"]
        assert len(page) == count, state
    on_track = browser.get("/activities/", {"plan": world.plan.pk, "state": "on-track"}).context["page"]
    assert len(on_track) == board.on_track == 2


def test_counts_of_agencies_lead_to_those_agencies(clock):
    clock(date(2026, 6, 18))
    world = make_world(Status.APPROVED, agencies=4)
    late, returned, unsent = (type(world.update).objects.filter(pk=each.pk) for each in world.all_updates[1:])
    late.update(first_submitted_at=moment(17), submitted_at=moment(17), status=Status.SUBMITTED)
    returned.update(status=Status.RETURNED)
    unsent.update(status=Status.DRAFT, first_submitted_at=None, submitted_at=None)
    browser = login(world.leader)

    totals = browser.get(DASHBOARD).context["board"].totals

    shown = {
        show: len(browser.get("/updates/", {"period": world.period.pk, "show": show}).context["rows"])
        for show in ("sent", "on_time", "late", "missing", "not_sent", "approved")
    }
    assert shown == {show: getattr(totals, show) for show in shown}
    assert shown == {"sent": 3, "on_time": 2, "late": 1, "missing": 1, "not_sent": 1, "approved": 1}


def test_reports_of_periods_that_have_begun():
    plan = PlanFactory()
    periods = [ReportingPeriodFactory(plan=plan, ordinal=ordinal) for ordinal in (1, 2, 3, 4)]

    shown = login(UserFactory(role=Role.LEADER, agency=plan.issuing_agency)).get(REPORTS)

    assert set(shown.context["periods"]) == set(periods[:3])
    assert detail(periods[3]) not in shown.text


def test_a_report_counts_what_was_approved():
    world = make_world(Status.APPROVED, agencies=2, words="Đã làm")
    type(world.update).objects.filter(pk=world.all_updates[1].pk).update(status=Status.SUBMITTED)

    report = login(world.coordinator).get(detail(world.period)).context["report"]

    assert (report.expected, report.sent, report.approved) == (2, 2, 1)
    assert report.is_draft


def test_the_draft_of_a_running_period_says_nothing_of_days_to_come(clock):
    clock(date(2026, 5, 2))
    world = make_world(Status.APPROVED)
    late = ActivityFactory(plan=world.plan, deadline=date(2026, 6, 1))
    AssignmentFactory(activity=late, agency=world.agency)

    response = login(world.coordinator).get(detail(world.period))

    report = response.context["report"]
    assert report.as_of == date(2026, 5, 2)
    assert not any(line.days_late for line in report.activities)
    assert "14 tháng 6" not in response.text


def test_a_report_does_not_promise_to_be_issued(clock):
    world = make_world(Status.APPROVED)
    browser = login(world.coordinator)

    for day, due in ((TODAY, "is due on 20/06/2026"), (date(2027, 1, 1), "was due on 20/06/2026")):
        clock(day)
        page = browser.get(detail(world.period)).text
        assert "Draft from approved updates; number and day are left open." in page
        assert due in page
        assert "issued" not in page + browser.get(REPORTS).text


def test_the_side_panel_speaks_the_readers_language_and_leads_to_its_rows():
    world = make_world(Status.APPROVED, agencies=2)
    type(world.update).objects.filter(pk=world.all_updates[1].pk).update(status=Status.RETURNED)

    page = login(world.coordinator).get(detail(world.period)).text
    panel = page[page.index("<aside") :]

    assert all(words in panel for words in ("Approved", "Returned", "In progress", "Sent on time"))
    assert not any(words in panel for words in ("Đã duyệt", "Đang thực hiện", "Đúng hạn", "ngày"))
    for show in ("sent", "on_time", "late", "approved"):
        assert f"/updates/?period={world.period.pk}&amp;show={show}" in panel
    assert 'href="#annex-II"' in panel


def test_the_report_on_paper():
    world = make_world(Status.APPROVED)

    response = login(world.coordinator).get(pdf(world.period))

    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'inline; filename="bao-cao-quy-2-2026.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(response.content)).pages)
    assert "BÁO CÁO" in text


def test_hostile_words_are_only_words():
    world = make_world(Status.APPROVED, words=HOSTILE)
    Activity.objects.update(title=HOSTILE)
    type(world.agency).objects.update(name=HOSTILE, short_name=HOSTILE)
    type(world.update).objects.update(results=HOSTILE, difficulties=HOSTILE, proposals=HOSTILE)
    browser = login(world.coordinator)

    for address in (DASHBOARD, REPORTS, detail(world.period)):
        assert HOSTILE not in browser.get(address).text
    assert browser.get(pdf(world.period)).content.startswith(b"%PDF-")


def test_a_period_that_is_not_there():
    world = make_world()

    assert login(world.coordinator).get("/reports/999999/").status_code == 404
    assert login(world.coordinator).get("/reports/999999.pdf").status_code == 404


def test_a_pdf_that_waited_too_long_leads_back_with_a_sentence(monkeypatch):
    def busy(report):
        raise PdfBusyError

    monkeypatch.setattr(views, "kept_pdf", busy)
    world = make_world(Status.APPROVED)

    response = login(world.leader).get(pdf(world.period), follow=True)

    assert response.redirect_chain == [(detail(world.period), 302)]
    assert "Other documents are being made just now" in response.text
