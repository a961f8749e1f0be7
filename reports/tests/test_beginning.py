"""How a report is born: by one click, once, at once or in the background; by whom, and of what."""

import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from django.urls import reverse

from accounts.jobs import run_waiting
from accounts.models import Job, JobState, Notification, Role
from accounts.tests.factories import UserFactory, login
from activities.models import Status
from activities.tests.factories import (
    TODAY,
    ConsolidatedPeriodFactory,
    ReportingPeriodFactory,
    make_world,
    moment,
)
from reports import beginning
from reports.beginning import Subject, begin_report
from reports.models import Report, ReportEvent, ReportKind, ReportStatus

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

AT = moment(17)
BEGIN = "/reports/new/"
CODES = ["I", "II.1", "II.2", "II.3", "II.4", "III.1", "III.2", "III.3", "IV", "V"]


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


def test_another_localitys_period_is_no_choice():
    mine, theirs = make_world(Status.APPROVED), make_world(Status.APPROVED)

    for kind in ReportKind:
        answer = login(mine.coordinator).post(BEGIN, {"what": f"{kind}-p{theirs.period.pk}"})
        assert answer.status_code == 422
        assert theirs.plan.title not in answer.text
    assert not Report.objects.exists()


def test_one_click_drafts_the_parts_from_approved_updates():
    world = make_world(Status.APPROVED, words="Đã tổ chức 03 hội nghị tại 05 xã.")
    world.update.results = "Ban hành 02 văn bản chỉ đạo."
    world.update.save()

    answer = login(world.coordinator).post(BEGIN, {"what": f"plan-p{world.period.pk}"})

    report = Report.objects.get()
    assert answer.url == report.get_absolute_url()
    assert (report.kind, report.status, report.plan, report.period, report.agency) == (
        ReportKind.PLAN,
        ReportStatus.DRAFT,
        world.plan,
        world.period,
        world.plan.coordinating_agency,
    )
    assert (report.starts_on, report.ends_on, report.due_on, report.label) == (
        world.period.starts_on,
        world.period.ends_on,
        world.period.consolidated_due_on,
        world.period.label,
    )
    assert [part.code for part in report.parts.all()] == CODES
    first = report.parts.get(code="I")
    assert "Ban hành 02 văn bản chỉ đạo" in first.body and first.body == first.drafted
    assert "[[count.expected]]" in first.body  # figures are the report object's
    assert [world.update.pk] in [updates for sentence, updates in first.sources if "02 văn bản" in sentence]
    assert ReportEvent.objects.get().step == "begin"


def test_two_clicks_make_one():
    world = make_world(Status.APPROVED)
    browser = login(world.coordinator)

    first, second = (browser.post(BEGIN, {"what": f"plan-p{world.period.pk}"}) for _click in range(2))

    assert first.url == second.url == Report.objects.get().get_absolute_url()
    assert "begun already" in browser.get(second.url).text


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_make_one():
    world = make_world(Status.APPROVED)
    barrier, born = threading.Barrier(2), []

    def click():
        try:
            barrier.wait()
            born.append(begin_report(Subject(ReportKind.PLAN, world.period), by=world.coordinator, at=AT))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=click) for _each in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(is_new for _report, is_new in born) == [False, True]
    assert Report.objects.get().parts.count() == len(CODES)


def test_a_large_one_is_drafted_in_the_background(monkeypatch):
    monkeypatch.setattr(beginning, "AT_ONCE", 0)
    world = make_world(Status.APPROVED)
    browser = login(world.coordinator)

    answer = browser.post(BEGIN, {"what": f"plan-p{world.period.pk}"})

    report, job = Report.objects.get(), Job.objects.get()
    assert not report.parts.exists()
    page = browser.get(answer.url)
    assert "You may leave this page" in page.text and "waits for its turn" in page.text
    assert "being drafted in the background" in browser.get("/reports/").text
    assert run_waiting(AT) == 1
    assert [part.code for part in report.parts.all()] == CODES
    assert Job.objects.get(pk=job.pk).state == JobState.DONE
    assert Notification.objects.get(person=world.coordinator).facts["state"] == "done"
    assert "Submit to leadership" not in page.text and "Submit to leadership" in browser.get(answer.url).text


def test_it_says_how_far_the_draft_is_outside_of_what_it_writes(monkeypatch):
    monkeypatch.setattr(beginning, "AT_ONCE", 0)
    world, said = make_world(Status.APPROVED), []
    begin_report(Subject(ReportKind.PLAN, world.period), by=world.coordinator, at=AT)
    open_blocks = len(connection.savepoint_ids)
    monkeypatch.setattr(
        Job, "step", lambda _job, done, total: said.append((done, total, len(connection.savepoint_ids) - open_blocks))
    )

    run_waiting(AT)

    assert [done for done, _total, _blocks in said] == list(range(18))
    assert {(total, blocks) for _done, total, blocks in said} == {(17, 0)}


def test_a_failed_draft_says_so_and_can_be_tried_again(monkeypatch):
    monkeypatch.setattr(beginning, "AT_ONCE", 0)
    world = make_world(Status.APPROVED)
    browser = login(world.coordinator)
    address = browser.post(BEGIN, {"what": f"plan-p{world.period.pk}"}).url
    Job.objects.update(state=JobState.FAILED, error="Hết bộ nhớ.")

    page = browser.get(address).text

    assert "Hết bộ nhớ." in page
    assert reverse("accounts:job", args=[Job.objects.get().pk]) in page


def test_the_job_called_twice_drafts_once(monkeypatch):
    monkeypatch.setattr(beginning, "AT_ONCE", 0)
    world = make_world(Status.APPROVED)
    report, _is_new = begin_report(Subject(ReportKind.PLAN, world.period), by=world.coordinator, at=AT)

    for _time in range(2):
        beginning.draft_parts(report, today=TODAY)

    assert report.parts.count() == len(CODES)


def test_an_agency_begins_its_own_report():
    world = make_world(Status.APPROVED, agencies=2)

    report, is_new = begin_report(Subject(ReportKind.AGENCY, world.period), by=world.focal_point, at=AT)

    assert is_new and (report.agency, report.due_on) == (world.agency, world.period.agency_due_on)
    assert report.parts.exists()
    other, is_new = begin_report(
        Subject(ReportKind.AGENCY, world.period), by=UserFactory(agency=world.all_updates[1].agency), at=AT
    )
    assert is_new and other != report


def test_an_agency_without_a_duty_has_nothing_to_report():
    world = make_world(Status.APPROVED)

    with pytest.raises(PermissionDenied):
        begin_report(Subject(ReportKind.AGENCY, world.period), by=UserFactory(agency__locality=world.locality), at=AT)


def test_a_half_year_and_all_plans():
    world = make_world(Status.APPROVED)
    half = ConsolidatedPeriodFactory(plan=world.plan)

    report, _is_new = begin_report(Subject(ReportKind.PLAN, half), by=world.coordinator, at=AT)
    everything, _is_new = begin_report(Subject(ReportKind.LOCALITY, half), by=world.coordinator, at=AT)

    assert (report.consolidated, report.period, report.span) == (half, None, "half_year")
    assert (everything.plan, everything.consolidated, everything.starts_on, everything.agency) == (
        None,
        None,
        half.starts_on,
        world.coordinator.agency,
    )
    assert [each.parts.count() for each in (report, everything)] == [len(CODES)] * 2
    again, is_new = begin_report(Subject(ReportKind.LOCALITY, half), by=world.coordinator, at=AT)
    assert (again, is_new) == (everything, False)


@pytest.mark.parametrize(
    "role, kinds",
    [
        (Role.COORDINATOR, {"plan", "locality"}),
        (Role.FOCAL_POINT, {"agency"}),
        (Role.LEADER, set()),
        (Role.ADMINISTRATOR, set()),
    ],
)
def test_who_begins_what(role, kinds):
    world = make_world(Status.APPROVED)
    ReportingPeriodFactory(plan=world.plan, ordinal=3)  # it has begun with the day of the test
    later = ReportingPeriodFactory(plan=world.plan, ordinal=4)
    person = {"coordinator": world.coordinator, "focal_point": world.focal_point}.get(
        role, UserFactory(agency=world.plan.coordinating_agency, role=role)
    )
    browser = login(person)

    answer = browser.get(BEGIN)

    assert answer.status_code == (200 if kinds else 403)
    if kinds:
        codes = set(answer.context["form"].subjects)
        assert {code.split("-")[0] for code in codes} == kinds
        assert not any(code.endswith(f"-p{later.pk}") for code in codes)


@pytest.mark.parametrize("what", ["", "plan", "plan-p0", "plan-p1' or 1=1", "planet-p1", "plan-p99999999999999999999"])
def test_what_is_no_choice_is_refused(what):
    world = make_world(Status.APPROVED)

    answer = login(world.coordinator).post(BEGIN, {"what": what})

    assert answer.status_code == 422 and not Report.objects.exists()


def test_a_draft_thrown_away_can_be_begun_again():
    world = make_world(Status.APPROVED)
    browser = login(world.coordinator)
    browser.post(BEGIN, {"what": f"plan-p{world.period.pk}"})
    first = Report.objects.get()

    assert browser.post(reverse("reports:discard", args=[first.pk])).url == reverse("reports:list")
    assert not Report.objects.exists()
    browser.post(BEGIN, {"what": f"plan-p{world.period.pk}"})
    second = Report.objects.get()
    Report.objects.filter(pk=second.pk).update(status=ReportStatus.SUBMITTED)

    assert browser.post(reverse("reports:discard", args=[second.pk])).status_code == 403
    assert Report.objects.get() == second
