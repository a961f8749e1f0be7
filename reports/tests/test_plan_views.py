"""A plan leaves as PDF and Word: who gets it, which version, under what name."""

from datetime import date
from io import BytesIO

import docx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.catalogue import load_catalogues
from activities.loading import REAL, load_plan, read_plan
from activities.models import ActivityGroup
from activities.tests.factories import ActivityFactory, AssignmentFactory, moment
from activities.versions import keep_version
from plans.models import PlanStatus, Purpose
from plans.tests.factories import (
    PART_FACTORIES,
    LegalBasisFactory,
    ObjectiveFactory,
    PlanFactory,
    ReportingDutyFactory,
)
from reports.pdf import PdfBusyError
from reports.views import papers as views

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PAPERS = ("pdf", "docx")


def address(plan, paper, version=None):
    query = f"?version={version}" if version is not None else ""
    return reverse(f"plans:{paper}", args=[plan.pk]) + query


def reader_of(plan, role=Role.COORDINATOR):
    agency = plan.coordinating_agency or plan.issuing_agency
    return login(UserFactory(role=role, agency=agency))


def words_of(response):
    """The words of a PDF or a Word file, one after the other."""
    if response["Content-Type"] == WORD:
        paper = docx.Document(BytesIO(response.content))
        texts = "".join(element.text or "" for element in paper.element.body.iter("{*}t", "{*}p"))
    else:
        texts = " ".join(page.extract_text() for page in PdfReader(BytesIO(response.content)).pages)
    return " ".join(texts.split())


@pytest.mark.parametrize("paper", PAPERS)
def test_the_addresses_end_as_their_files_do(paper):
    plan = PlanFactory()

    assert address(plan, paper) == f"/plans/{plan.pk}.{paper}"


@pytest.mark.parametrize("role", Role)
def test_everybody_of_the_locality_reads_a_plan_in_force(role):
    plan = PlanFactory(number="12/KH-UBND", title="Tuyên truyền năm 2026")
    browser = login(UserFactory(role=role, agency__locality=plan.locality))

    as_pdf, as_word = (browser.get(address(plan, paper)) for paper in PAPERS)

    assert as_pdf["Content-Type"] == "application/pdf"
    assert as_pdf["Content-Disposition"] == 'inline; filename="ke-hoach-12-KH-UBND.pdf"'
    assert as_word["Content-Type"] == WORD
    assert as_word["Content-Disposition"] == 'attachment; filename="ke-hoach-12-KH-UBND.docx"'
    for response in (as_pdf, as_word):
        assert "Tuyên truyền năm 2026" in words_of(response)
        assert "DỰ THẢO" not in words_of(response)


@pytest.mark.parametrize("paper", PAPERS)
def test_a_draft_is_read_by_those_who_make_it_and_says_that_it_is_one(paper):
    plan = PlanFactory(status=PlanStatus.DRAFT, number="", issued_on=None)
    stranger = login(UserFactory(role=Role.FOCAL_POINT, agency__locality=plan.locality))

    refused, read = stranger.get(address(plan, paper)), reader_of(plan).get(address(plan, paper))

    assert refused.status_code == 403
    assert "This plan is a draft" in refused.text
    assert "DỰ THẢO" in words_of(read)
    assert f'filename="du-thao-ke-hoach-2026-{plan.pk}.{paper}"' in read["Content-Disposition"]


@pytest.mark.parametrize("paper", PAPERS)
def test_nobody_else_is_given_it(paper):
    plan = PlanFactory()

    assert login(UserFactory(role=Role.COORDINATOR)).get(address(plan, paper)).status_code == 404
    assert login().get(address(plan, paper)).status_code == 302
    assert reader_of(plan).post(address(plan, paper)).status_code == 405
    assert reader_of(plan).get(f"/plans/999999.{paper}").status_code == 404


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("purpose", [Purpose.AMENDMENT, Purpose.TEMPLATE])
def test_templates_and_amendments_in_draft_print_too(purpose, paper):
    plan = PlanFactory()
    amends = plan if purpose == Purpose.AMENDMENT else None
    copy = PlanFactory(
        purpose=purpose,
        amends=amends,
        status=PlanStatus.DRAFT,
        number="",
        locality=plan.locality,
        issuing_agency=plan.issuing_agency,
        coordinating_agency=plan.coordinating_agency,
    )

    assert "DỰ THẢO" in words_of(reader_of(plan).get(address(copy, paper)))


@pytest.fixture
def amended():
    """A plan with an objective, changed by one amendment."""
    plan = PlanFactory(number="12/KH-UBND", issued_on=date(2026, 1, 15), status=PlanStatus.AMENDED)
    objective = ObjectiveFactory(plan=plan, text="Lời ban đầu.")
    keep_version(plan, issued_on=date(2026, 1, 15), at=moment())
    objective.text = "Lời sau sửa đổi."
    objective.save()
    amendment = PlanFactory.build(number="31/KH-UBND", issuing_agency=plan.issuing_agency, locality=plan.locality)
    keep_version(plan, issued_on=date(2026, 4, 20), at=moment(), signed=amendment)
    return plan


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize(
    ("version", "said", "unsaid", "name"),
    [
        (None, ["Lời sau sửa đổi.", "theo Kế hoạch số 31/KH-UBND ngày 20 tháng 4 năm 2026"], "ban đầu", ""),
        ("", ["Lời sau sửa đổi."], "ban đầu", ""),
        (1, ["Lời ban đầu."], "sửa đổi", "-ban-1"),
        (2, ["Lời sau sửa đổi.", "theo Kế hoạch số 31/KH-UBND ngày 20 tháng 4 năm 2026"], "ban đầu", "-ban-2"),
    ],
)
def test_a_version_prints_as_it_was(amended, version, said, unsaid, name, paper):
    response = reader_of(amended).get(address(amended, paper, version))
    words = words_of(response)

    assert all(each.rstrip(".") in words for each in said)
    assert unsaid not in words
    assert "Số: 12/KH-UBND" in words
    assert f'filename="ke-hoach-12-KH-UBND{name}.{paper}"' in response["Content-Disposition"]


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("version", ["0", "3", "x", "-1", "1.0", "²", "9" * 40])
def test_a_version_that_is_not_there(amended, version, paper):
    assert reader_of(amended).get(address(amended, paper, version)).status_code == 404


def test_a_pdf_that_waited_too_long_leads_back_with_a_sentence(monkeypatch):
    def busy(document):
        raise PdfBusyError

    monkeypatch.setattr(views, "kept_plan_pdf", busy)
    plan = PlanFactory()

    response = reader_of(plan).get(address(plan, "pdf"), follow=True)

    assert response.redirect_chain == [(plan.get_absolute_url(), 302)]
    assert "Other documents are being made just now" in response.text


@pytest.mark.parametrize("paper", PAPERS)
def test_the_document_is_vietnamese_whoever_reads_it(paper):
    plan = PlanFactory()
    LegalBasisFactory(plan=plan, text="Luật A")
    ReportingDutyFactory(plan=plan, text="Báo cáo.", frequencies=["quarterly", "yearly"])

    words = words_of(reader_of(plan).get(address(plan, paper)))

    assert "(định kỳ hằng quý, hằng năm)" in words
    assert "Căn cứ Luật A." in words


def furnished(rows):
    plan = PlanFactory(coordinating_agency=None)
    for factory in PART_FACTORIES.values():
        factory.create_batch(rows, plan=plan)
    group = ActivityGroup.objects.create(plan=plan, title="Một")
    for activity in ActivityFactory.create_batch(rows, plan=plan, group=group):
        AssignmentFactory(activity=activity)
    keep_version(plan, issued_on=plan.issued_on, at=moment())
    return plan


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("version", [None, 1])
def test_more_rows_ask_no_more(paper, version):
    counts = []
    for rows in (2, 30):
        plan = furnished(rows)
        browser = reader_of(plan)
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(address(plan, paper, version)).status_code == 200
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 15


@pytest.mark.parametrize("name", [*REAL, "minh-hoa"])
def test_the_plans_there_are_print_alike_in_both(name):
    load_catalogues()
    plan, _created = load_plan(read_plan(name, 2026 if name == "minh-hoa" else None))
    browser = reader_of(plan)

    on_paper, in_word = (words_of(browser.get(address(plan, paper))) for paper in PAPERS)

    for words in (on_paper, in_word):
        assert plan.title.split(" ", 1)[0] in words
    for activity in plan.activities.all():
        assert "".join(activity.title.split()) in "".join(in_word.split())
        assert "".join(activity.title.split()) in "".join(on_paper.split())
