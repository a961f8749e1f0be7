"""A report's files: what a draft would be now, what an issued one was, and the Ministry's form."""

from datetime import date, datetime
from io import BytesIO
from urllib.parse import quote

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import Status
from activities.tests.factories import TODAY, IndicatorFactory, make_world
from reports.beginning import Subject, begin_report
from reports.models import MinistryColumn, ReportKind, SealedFile
from reports.sealing.sealing import Facts, issue_report
from reports.views.papers_of_reports import file_name
from reports.views.reading import file_answer
from reports.workflow import move

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

AT = timezone.make_aware(datetime(2026, 6, 18, 9))
FACTS = Facts(7, "BC-SNV", date(2026, 6, 18), "", "GIÁM ĐỐC", "Nguyễn Thị Hạnh")
BEGINS = {"pdf": b"%PDF", "docx": b"PK", "xlsx": b"PK"}


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def world():
    return make_world(Status.APPROVED, state="done", quantity_done=3, completed_on=date(2026, 6, 1))


@pytest.fixture
def report(world):
    return begin_report(Subject(ReportKind.PLAN, world.period), by=world.coordinator, at=AT)[0]


def issued(report, world):
    move(report, "submit", by=world.coordinator, at=AT)
    move(report, "approve", by=world.leader, at=AT)
    return issue_report(type(report).objects.get(pk=report.pk), FACTS, by=world.coordinator, at=AT)


def address(report, extension):
    return reverse(f"reports:{extension}", args=[report.pk])


@pytest.mark.parametrize("extension", BEGINS)
def test_a_draft_is_handed_out_as_it_would_be_now(world, report, extension):
    answer = login(world.leader).get(address(report, extension))

    assert answer.content.startswith(BEGINS[extension])
    assert f"bao-cao-quy-{world.period.ordinal}-2026-du-thao.{extension}" in answer["Content-Disposition"]


@pytest.mark.parametrize("extension", BEGINS)
def test_an_issued_one_is_handed_out_byte_for_byte(world, report, extension):
    report = issued(report, world)
    kept = SealedFile.objects.get(report=report, kind=extension)

    answer = login(world.focal_point).get(address(report, extension))  # it is meant for them

    with kept.file.open() as file:
        assert answer.content == file.read()
    assert f"07-BC-SNV.{extension}" in answer["Content-Disposition"]


@pytest.mark.parametrize(
    "span, named",
    [
        ("month", "thang-2-"),
        ("quarter", "quy-2-"),
        ("half_year", "6-thang-2-"),
        ("nine_months", "9-thang-"),
        ("year", "nam-"),
        ("own", "ky-2-"),
    ],
)
def test_the_name_says_the_span_in_vietnamese(report, span, named):
    report.span, report.period.ordinal = span, 2

    assert file_name(report, "pdf") == f"bao-cao-{named}2026-du-thao.pdf"


def test_the_preview_of_a_month_is_not_named_a_quarter(world):
    type(world.period).objects.filter(pk=world.period.pk).update(kind="month")
    named = f"bao-cao-thang-{world.period.ordinal}-2026"
    browser = login(world.coordinator)

    for name in ("preview_pdf", "preview_docx"):
        answer = browser.get(reverse(f"reports:{name}", args=[world.period.pk]))
        assert f'"{named}.{name.removeprefix("preview_")}"' in answer["Content-Disposition"], name


def test_a_name_that_is_not_ascii_is_percent_encoded(report):
    report.number, report.symbol = 7, 'BC-UBNDĐ "A"; é'

    said = file_answer(b"", file_name(report, "pdf"))["Content-Disposition"]

    assert said.isascii()
    assert said == "attachment; filename*=utf-8''" + quote(file_name(report, "pdf"))


def test_another_agency_reads_no_draft(world, report):
    for extension in BEGINS:
        assert login(world.focal_point).get(address(report, extension)).status_code == 403


@pytest.mark.parametrize("name", ["pdf", "docx", "xlsx", "ministry"])
def test_a_damaged_file_is_said_and_not_handed_out(world, report, name):
    report = issued(report, world)
    kept = SealedFile.objects.get(report=report, kind="data" if name == "ministry" else name)
    with kept.file.storage.open(kept.file.name, "wb") as file:
        file.write(b"something else")

    answer = login(world.leader).get(address(report, name), follow=True)

    assert answer.redirect_chain
    assert "SHA-256 differs" in answer.text


def test_the_ministrys_form_of_an_issued_report_is_what_was_sealed(world, report):
    report = issued(report, world)
    world.all_updates[0].__class__.objects.update(status=Status.RETURNED)  # a later correction

    page = openpyxl.load_workbook(BytesIO(login(world.leader).get(address(report, "ministry")).content)).active

    heads, row = [[cell.value for cell in line] for line in page.iter_rows()]
    assert dict(zip(heads, row, strict=True))["Số đơn vị đã báo cáo"] == 1


def typed(*columns):
    """A posted form of (head, what, part) columns."""
    data = {"c-TOTAL_FORMS": len(columns), "c-INITIAL_FORMS": 0}
    for place, column in enumerate(columns):
        data |= {f"c-{place}-{name}": value for name, value in zip(("head", "what", "part"), column, strict=True)}
    return data


def test_the_form_keeps_its_columns_in_their_order(world):
    code = IndicatorFactory().code
    browser = login(world.administrator)
    address = reverse("reports:ministry_form")
    assert "Số đơn vị phải báo cáo" in browser.get(address).text  # the usual one, to begin with

    browser.post(address, typed(("Tin, bài", code, "cumulative"), ("", "", ""), ("Gửi", "count.sent", "in_period")))

    columns = MinistryColumn.objects.filter(locality=world.locality).values_list("head", "source")
    assert list(columns) == [("Tin, bài", f"{code}.cumulative"), ("Gửi", "count.sent")]
    assert "Tin, bài" in browser.get(address).text


def test_a_figure_without_a_head_is_said_beside_it_and_nothing_typed_is_lost(world):
    browser = login(world.administrator)

    answer = browser.post(reverse("reports:ministry_form"), typed(("", "count.sent", ""), ("Cột hai", "", "")))

    assert "Write what the form prints above this figure" in answer.text
    assert "Cột hai" in answer.text
    assert not MinistryColumn.objects.exists()


@pytest.mark.parametrize("role", [Role.LEADER, Role.FOCAL_POINT])
def test_who_does_not_keep_the_form_does_not_write_it(world, role):
    browser = login(UserFactory(role=role, agency__locality=world.locality))

    assert browser.post(reverse("reports:ministry_form"), typed(("A", "", ""))).status_code == 403
    assert not MinistryColumn.objects.exists()


def test_the_form_is_the_localitys_own(world):
    stranger = UserFactory(role=Role.ADMINISTRATOR)
    login(stranger).post(reverse("reports:ministry_form"), typed(("Của tỉnh khác", "count.sent", "")))

    assert "Của tỉnh khác" not in login(world.administrator).get(reverse("reports:ministry_form")).text
