"""The slip of an explanation: what it says, on screen, as PDF and as Word."""

from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from docx import Document
from pypdf import PdfReader

from accounts.tests.factories import login
from activities.explaining import move, read_thread
from activities.tests.factories import ExplanationEvidenceFactory, ExplanationFactory, make_world, moment
from reports.explanation_slip import build_explanation_slip

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

AT = moment(20, 10)


@pytest.fixture
def world(clock):
    clock(date(2026, 6, 20))
    world = make_world()
    world.explanation = ExplanationFactory(
        activity=world.activity,
        agency=world.agency,
        asked_by=world.leader,
        state_then="overdue",
        facts_then="12/40 tờ gấp (30,0%)",
    )
    return world


def answered(world):
    move(world.explanation, "answer", by=world.focal_point, at=moment(17), text="Do mưa.\n\n  In lại.  ")
    message = world.explanation.messages.last()
    ExplanationEvidenceFactory(message=message, is_file=True, caption="Biên bản sửa mẫu", dated_on=date(2026, 6, 5))
    ExplanationEvidenceFactory(message=message, url="https://minhhoa.example/tin-9", caption="Tin")


def slip_of(world):
    world.explanation.refresh_from_db()
    return build_explanation_slip(read_thread(world.explanation), at=AT)


def test_what_it_says(world):
    answered(world)

    slip = slip_of(world)

    assert slip.heading.kind == "PHIẾU GIẢI TRÌNH"
    assert slip.heading.abstract.startswith(f"Hoạt động {world.activity.number}, Kế hoạch số {world.plan.number}")
    assert slip.heading.agency == world.leader.agency.name.upper()
    assert world.agency.name in slip.opening
    assert "Tình hình tại ngày 12 tháng 6 năm 2026: 12/40 tờ gấp (30,0%)." in slip.opening
    ask, answer, conclusion = slip.entries
    assert (conclusion.lead, conclusion.text) == ("Kết luận:", "chưa có")
    assert ask.lead == f"Hỏi ({world.leader.full_name}, {world.leader.agency.name}):"
    assert ask.note == "Hạn trả lời: 16/06/2026."
    assert answer.lead.startswith("Trả lời lần 1 (")
    assert answer.text == "Do mưa.\nIn lại."
    assert answer.note == "Trả lời chậm 1 ngày. Minh chứng: 02 mục."
    assert [(proof.number, proof.title, proof.check) for proof in slip.proofs] == [
        ("1", "Biên bản sửa mẫu, ngày 05/06/2026", f"SHA-256: {'0' * 64}"),
        ("2", "Tin", "https://minhhoa.example/tin-9"),
    ]
    assert slip.is_open
    assert slip.printed == "In từ hệ thống lúc 10:00 ngày 20/06/2026. Phiếu nội bộ, không đóng dấu."


def test_the_conclusion_ends_it(world):
    answered(world)
    move(world.explanation, "conclude", by=world.coordinator, at=moment(18), text="Đồng ý.")

    slip = slip_of(world)

    assert not slip.is_open
    assert slip.entries[-1].lead.startswith(f"Kết luận ({world.coordinator.full_name}")
    assert slip.entries[-1].text == "Đồng ý."


def test_the_agency_that_asked_keeps_its_name_of_then(world):
    world.leader.agency.name = "Ủy ban nhân dân tỉnh Mới"
    world.leader.agency.save()

    assert "MỚI" not in slip_of(world).heading.agency


def pdf_of(world, who="focal_point"):
    response = login(getattr(world, who)).get(reverse("reports:explanation_pdf", args=[world.explanation.pk]))
    assert response["Content-Disposition"] == f'inline; filename="phieu-giai-trinh-{world.explanation.pk}.pdf"'
    return PdfReader(BytesIO(response.content))


def test_as_pdf(world):
    answered(world)

    reader = pdf_of(world)
    text = " ".join("".join(page.extract_text() for page in reader.pages).split())

    for words in (
        "PHIẾU GIẢI TRÌNH",
        "Trả lời lần 1",
        "Do mưa.",
        "Biên bản sửa mẫu",
        "Kết luận: chưa có",
        "không đóng dấu",
    ):
        assert words in text
    assert "0" * 30 in text.replace(" ", "")
    assert "Nơi nhận" not in text


def test_a_long_thread_goes_on_over_pages(world):
    world.explanation.messages.update(text="Nguyên nhân chậm. " * 250)
    answered(world)

    pages = [" ".join(page.extract_text().split()) for page in pdf_of(world).pages]
    assert len(pages) > 1
    assert all("In từ hệ thống lúc" in page for page in pages), "it stands at the foot of each, never alone on one"


def test_as_word(world):
    answered(world)

    response = login(world.leader).get(reverse("reports:explanation_docx", args=[world.explanation.pk]))
    document = Document(BytesIO(response.content))
    words = "\n".join(node.text or "" for node in document.element.body.iter() if node.tag.endswith("}t"))

    for each in ("PHIẾU GIẢI TRÌNH", "Do mưa.", "In lại.", "Biên bản sửa mẫu", "Kết luận:", "chưa có", "SHA-256"):
        assert each in words
    [section] = document.sections
    for footer in (section.first_page_footer, section.footer):
        assert footer.paragraphs[0].text.startswith("In từ hệ thống lúc")


def test_the_screen_shows_the_same(world):
    answered(world)

    page = login(world.leader).get(world.explanation.get_absolute_url()).text

    for entry in slip_of(world).entries:
        assert entry.lead in page
    assert "không đóng dấu" in page


def test_what_word_cannot_hold_is_left_out(world):
    answered(world)
    world.explanation.messages.update(text="Do\x01 mưa\ufffe.\uffff")

    for name in ("reports:explanation_docx", "reports:explanation_pdf"):
        assert login(world.leader).get(reverse(name, args=[world.explanation.pk])).status_code == 200
