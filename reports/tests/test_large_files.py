"""A report too long to wait for: ordered once, set in the background, fetched by whoever asked."""

from io import BytesIO

import docx
import openpyxl
import pytest
from django.urls import reverse
from pypdf import PdfReader

from accounts.jobs import run_waiting
from accounts.models import Job, JobState
from accounts.tests.factories import login
from activities.models import Status
from activities.tests.factories import TODAY, EvidenceFactory, make_world, moment
from agencies.tests.factories import LocalityFactory
from reports import large_files
from reports.excel import report_xlsx
from reports.large_files import is_large, order_file, rows_of, tidied
from reports.pdf import PdfBusyError, quarterly_pdf
from reports.quarterly import build_quarterly_report
from reports.quarterly.building import build_report
from reports.sealing.files import make_files
from reports.word import report_docx

from .factories import make_report
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


def order_for(world, subject=None, kind="pdf"):
    subject = subject or world.period
    build = build_report if hasattr(subject, "is_issued") else build_quarterly_report
    return order_file(subject, build(subject, today=TODAY), kind, by=world.coordinator, today=TODAY)


def words_in(data, kind):
    """All that a file says."""
    if kind == "pdf":
        return "".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)
    if kind == "docx":
        return " ".join(
            cell.text for table in docx.Document(BytesIO(data)).tables for row in table.rows for cell in row.cells
        )
    sheets = openpyxl.load_workbook(BytesIO(data))
    return " ".join(str(cell.value) for sheet in sheets for row in sheet for cell in row)


def test_a_report_is_large_by_the_rows_of_its_annexes():
    assert not is_large(make_report(evidence=1900))
    assert is_large(make_report(evidence=2001))
    assert rows_of(make_report(figures=1, activities=2, submissions=3, evidence=4)) == 10


@pytest.mark.parametrize("kind", ["pdf", "docx", "xlsx"])
@pytest.mark.parametrize("what", ["period", "report"])
def test_it_is_made_and_fetched_by_whoever_asked(world, what, kind):
    subject = world.period if what == "period" else ReportFactory(period=world.period)
    job = order_for(world, subject, kind)
    run_waiting(moment(hour=10))
    job.refresh_from_db()

    file = b"".join(login(world.coordinator).get(reverse("accounts:job_file", args=[job.pk])).streaming_content)

    assert (job.state, job.done, job.total) == (JobState.DONE, 4, 4)
    assert job.file_name == f"bao-cao-{job.pk}.{kind}"
    assert "Tin trên trang" in words_in(file, kind)
    assert login(world.leader).get(reverse("accounts:job_file", args=[job.pk])).status_code == 403


def test_asked_for_again_it_is_the_same_job_until_it_says_something_else(world):
    first, second = order_for(world), order_for(world)
    world.line.words = "Đã tổ chức 2 lần."
    world.line.save()

    assert first == second
    assert order_for(world) != first
    assert Job.objects.filter(kind="report_pdf").count() == 2


def test_ordered_again_once_its_file_is_gone_from_the_disk(world):
    first = order_for(world)
    run_waiting(moment(hour=10))
    first.refresh_from_db()
    first.file.storage.delete(first.file.name)

    page = login(world.coordinator).get(reverse("accounts:jobs"))
    assert page.status_code == 200
    assert reverse("accounts:job_file", args=[first.pk]) not in page.text
    assert "order it again" in login(world.coordinator).get(reverse("accounts:job", args=[first.pk])).text
    second = order_for(world)
    assert second != first
    assert order_for(world) == second


def test_everybody_orders_their_own(world):
    built = build_quarterly_report(world.period, today=TODAY)

    jobs = [
        order_file(world.period, built, kind, by=by, today=TODAY)
        for by in (world.coordinator, world.leader)
        for kind in ("pdf", "docx")
    ]

    assert len({job.pk for job in jobs}) == 4


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

    monkeypatch.setattr(large_files, "quarterly_pdf", busy)
    job = order_for(world)
    run_waiting(moment(hour=10))
    job.refresh_from_db()

    assert job.state == JobState.WAITING
    assert job.waits_to_be_tried_again


KINDS = pytest.mark.parametrize("kind", ["pdf", "docx", "xlsx"])


@KINDS
def test_a_preview_that_is_large_leads_to_its_job(world, monkeypatch, kind):
    monkeypatch.setattr(large_files, "AT_ONCE", 0)
    browser = login(world.coordinator)

    answers = [browser.get(reverse(f"reports:preview_{kind}", args=[world.period.pk])) for _time in range(2)]

    job = Job.objects.get(kind=f"report_{kind}")
    assert {answer.url for answer in answers} == {reverse("accounts:job", args=[job.pk])}


@KINDS
def test_a_draft_that_is_large_leads_to_its_job(world, monkeypatch, kind):
    monkeypatch.setattr(large_files, "AT_ONCE", 0)
    report = ReportFactory(period=world.period, begun_by=world.coordinator)

    answer = login(world.coordinator).get(reverse(f"reports:{kind}", args=[report.pk]))

    assert answer.url == reverse("accounts:job", args=[Job.objects.get(kind=f"report_{kind}").pk])


@pytest.mark.parametrize("make", [quarterly_pdf, report_docx, report_xlsx])
def test_what_is_made_in_the_background_says_how_far_it_is_and_is_the_same(make):
    report, said = make_report(figures=1, activities=2, submissions=3, evidence=4), []

    made = tidied(make, report, step=said.append)

    assert said == sorted(said) and said[-1] == 10 and len(said) >= 4
    if make is not report_xlsx:  # a workbook says when it was written
        assert made == make(report)


def test_sealing_a_long_one_says_how_many_rows_of_it_are_drawn():
    built, said = make_report(figures=1, activities=2, submissions=3, evidence=4), []

    make_files(built, "240/BC-SNV", lambda done, total: said.append((done, total)))

    assert {total for _done, total in said} == {16}  # ten rows, five files and the sealing
    assert [done for done, _total in said] == list(range(1, 16))
