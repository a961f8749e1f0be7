"""A report too long to wait for: ordered once, set in the background, fetched by whoever asked."""

from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from accounts.jobs import run_waiting
from accounts.models import Job, JobState
from accounts.tests.factories import login
from activities.models import Status
from activities.tests.factories import TODAY, EvidenceFactory, make_world, moment
from agencies.tests.factories import LocalityFactory
from reports import large_pdf
from reports.large_pdf import is_large, order_pdf, rows_of, set_pdf
from reports.pdf import PdfBusyError
from reports.quarterly import build_quarterly_report
from reports.quarterly.building import build_report
from reports.sealing.files import make_files

from .factories import make_body, make_report
from .rows import ReportFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def world():
    world = make_world(Status.APPROVED, words="Đã tổ chức.")
    EvidenceFactory(progress=world.line, caption="Tin trên trang", url="https://minhhoa.example/tin")
    return world


def order_for(world, subject=None):
    subject = subject or world.period
    build = build_report if hasattr(subject, "is_issued") else build_quarterly_report
    return order_pdf(subject, build(subject, today=TODAY), by=world.coordinator)


def test_a_report_is_large_by_the_rows_of_its_annexes():
    assert not is_large(make_report(evidence=1900))
    assert is_large(make_report(evidence=2001))
    assert rows_of(make_report(figures=1, activities=2, submissions=3, evidence=4)) == 10


@pytest.mark.parametrize("kind", ["period", "report"])
def test_it_is_made_and_fetched_by_whoever_asked(world, kind):
    subject = world.period if kind == "period" else ReportFactory(period=world.period)
    job = order_for(world, subject)
    run_waiting(moment(hour=10))
    job.refresh_from_db()

    file = b"".join(login(world.coordinator).get(reverse("accounts:job_file", args=[job.pk])).streaming_content)

    assert (job.state, job.done, job.total) == (JobState.DONE, 4, 4)
    assert "Tin trên trang" in PdfReader(BytesIO(file)).pages[-1].extract_text()
    assert login(world.leader).get(reverse("accounts:job_file", args=[job.pk])).status_code == 403


def test_asked_for_again_it_is_the_same_job_until_it_says_something_else(world):
    first, second = order_for(world), order_for(world)
    world.line.words = "Đã tổ chức 2 lần."
    world.line.save()

    assert first == second
    assert order_for(world) != first
    assert Job.objects.filter(kind="report_pdf").count() == 2


def test_everybody_orders_their_own(world):
    built = build_quarterly_report(world.period, today=TODAY)

    assert order_pdf(world.period, built, by=world.coordinator) != order_pdf(world.period, built, by=world.leader)


def test_a_job_of_another_locality_sets_nothing(world):
    job = order_for(world)
    Job.objects.filter(pk=job.pk).update(locality=LocalityFactory())
    run_waiting(moment(hour=10))
    job.refresh_from_db()

    assert job.state == JobState.FAILED
    assert not job.file


def test_where_another_document_is_being_set_it_is_tried_again(world, monkeypatch):
    def busy(*_args, **_kwargs):
        raise PdfBusyError

    monkeypatch.setattr(large_pdf, "quarterly_pdf", busy)
    job = order_for(world)
    run_waiting(moment(hour=10))
    job.refresh_from_db()

    assert job.state == JobState.WAITING
    assert job.waits_to_be_tried_again


def test_a_preview_that_is_large_leads_to_its_job(world, monkeypatch):
    monkeypatch.setattr(large_pdf, "AT_ONCE", 0)
    browser = login(world.coordinator)

    answers = [browser.get(reverse("reports:preview_pdf", args=[world.period.pk])) for _time in range(2)]

    job = Job.objects.get(kind="report_pdf")
    assert {answer.url for answer in answers} == {reverse("accounts:job", args=[job.pk])}


def test_a_draft_that_is_large_leads_to_its_job(world, monkeypatch):
    monkeypatch.setattr(large_pdf, "AT_ONCE", 0)
    report = ReportFactory(period=world.period, begun_by=world.coordinator)

    answer = login(world.coordinator).get(reverse("reports:pdf", args=[report.pk]))

    assert answer.url == reverse("accounts:job", args=[Job.objects.get(kind="report_pdf").pk])


def test_what_is_set_in_the_background_is_what_is_set_at_once():
    from reports.pdf import quarterly_pdf

    assert set_pdf(make_body()) == quarterly_pdf(make_body())


def test_sealing_a_long_one_says_how_many_rows_of_it_are_drawn():
    built, said = make_report(figures=1, activities=2, submissions=3, evidence=4), []

    make_files(built, "240/BC-SNV", lambda done, total: said.append((done, total)))

    assert {total for _done, total in said} == {16}  # ten rows, five files and the sealing
    assert [done for done, _total in said] == list(range(1, 16))
