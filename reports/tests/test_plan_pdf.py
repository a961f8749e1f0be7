"""The plan on paper, measured in the PDF itself against Nghị định 30/2020/NĐ-CP, annex I."""

from datetime import date
from io import BytesIO

import pdfplumber
import pytest
from pypdf import PdfReader

from plans.models import PlanStatus
from reports import pdf
from reports.pdf import kept_plan_pdf, plan_pdf

from .factories import make_content, make_full_content, make_paper, make_task, rows
from .test_pdf import (
    A4,
    BOLD,
    BOLD_ITALIC,
    HAIR,
    HOSTILE,
    ITALIC,
    MARGIN,
    MM,
    REGULAR,
    embedded_fonts,
    find,
    fonts,
    is_landscape,
    middle,
    page_number,
    rule_under,
    running_text,
    size,
    span,
    table_rows,
    words,
)

DRAFT = PlanStatus.DRAFT


def opened(paper):
    with pdfplumber.open(BytesIO(plan_pdf(paper))) as opened:
        for page in opened.pages:
            page.chars  # noqa: B018  read before the file closes
        return opened.pages


@pytest.fixture(scope="module")
def paper():
    return make_paper()


@pytest.fixture(scope="module")
def data(paper):
    return plan_pdf(paper)


@pytest.fixture(scope="module")
def pages(data):
    with pdfplumber.open(BytesIO(data)) as opened:
        yield opened.pages


@pytest.fixture(scope="module")
def body(pages):
    return [page for page in pages if not is_landscape(page)]


@pytest.fixture(scope="module")
def annex(pages):
    return [page for page in pages if is_landscape(page)]


# The page


def test_the_body_is_portrait_and_the_annex_landscape(pages, body, annex):
    assert pages == [*body, *annex]
    assert {(round(page.width / MM), round(page.height / MM)) for page in body} == {A4}
    assert {(round(page.width / MM), round(page.height / MM)) for page in annex} == {A4[::-1]}
    assert len(body) > 2 and len(annex) > 2


def test_every_page_keeps_the_margins(pages):
    for page in pages:
        inside = [char for char in page.chars if char["top"] > 20 * MM - 1]
        left, right = (edge / MM for edge in span(inside))
        assert left >= MARGIN["left"][0] - HAIR
        assert page.width / MM - right >= MARGIN["right"][0] - HAIR
        assert min(char["top"] for char in inside) / MM >= MARGIN["top"][0] - HAIR
        assert (page.height - max(char["bottom"] for char in inside)) / MM >= MARGIN["bottom"][0] - HAIR


def test_body_and_annex_are_numbered_each_from_its_second_page(body, annex):
    for part in (body, annex):
        assert [page_number(page)[0] for page in part] == ["", *(str(place) for place in range(2, len(part) + 1))]
        _text, chars = page_number(part[1])
        assert fonts(chars) == {REGULAR}
        assert 13 <= size(chars) <= 14
        assert middle(chars) == pytest.approx((30 * MM + part[1].width - 15 * MM) / 2, abs=1)


# The components: (text, font, legal sizes)


@pytest.mark.parametrize(
    ("text", "font", "low", "high"),
    [
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", BOLD, 12, 13),
        ("Độc lập - Tự do - Hạnh phúc", BOLD, 13, 14),
        ("ỦY BAN NHÂN DÂN", BOLD, 12, 13),
        ("TỈNH MINH HỌA", BOLD, 12, 13),
        ("Số: 12/KH-UBND", REGULAR, 13, 13),
        ("Minh Họa, ngày 05 tháng 02 năm 2026", ITALIC, 13, 14),
        ("KẾ HOẠCH", BOLD, 13, 14),
        ("Thông tin, tuyên truyền cải cách hành chính năm 2026", BOLD, 13, 14),
        ("Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;", ITALIC, 13, 14),
        ("Theo đề nghị của Giám đốc Sở Nội vụ.", ITALIC, 13, 14),
        ("I. MỤC ĐÍCH, YÊU CẦU", BOLD, 13, 14),
        ("1. Mục đích", BOLD, 13, 14),
        ("a) Bộ thủ tục hành chính đã công bố (nội dung trọng tâm);", REGULAR, 13, 14),
        ("V. TỔ CHỨC THỰC HIỆN", BOLD, 13, 14),
        ("Nơi nhận:", BOLD_ITALIC, 12, 12),
        ("- Bộ Nội vụ;", REGULAR, 11, 11),
        ("- Lưu: VT, NC.", REGULAR, 11, 11),
        ("TM. ỦY BAN NHÂN DÂN", BOLD, 13, 14),
        ("KT. CHỦ TỊCH", BOLD, 13, 14),
        ("PHÓ CHỦ TỊCH", BOLD, 13, 14),
        ("Đặng Văn Sơn", BOLD, 13, 14),
        ("DANH MỤC HOẠT ĐỘNG VÀ PHÂN CÔNG THỰC HIỆN", BOLD, 13, 14),
        (
            "(Kèm theo Kế hoạch số 12/KH-UBND ngày 05 tháng 02 năm 2026 của Ủy ban nhân dân tỉnh Minh Họa)",
            ITALIC,
            13,
            14,
        ),
        ("Chỉ đạo, công khai", BOLD, 12, 12),
    ],
)
def test_component(pages, text, font, low, high):
    page = next(
        page for page in pages if any(match["text"].strip() == text for match in page.search(text, regex=False))
    )
    chars = find(page, text)

    assert fonts(chars) == {font}
    assert low <= size(chars) <= high


def test_the_only_annex_has_no_numeral(annex):
    chars = annex[0].extract_text_lines(return_chars=True)[0]["chars"]

    assert "".join(char["text"] for char in chars) == "Phụlục"
    assert (fonts(chars), size(chars)) == ({BOLD}, 14)


def test_rules_are_as_long_as_the_form_says(body):
    page = body[0]
    motto = find(page, "Độc lập - Tự do - Hạnh phúc")
    agency = [*find(page, "ỦY BAN NHÂN DÂN"), *find(page, "TỈNH MINH HỌA")]
    abstract = find(page, "Thông tin, tuyên truyền cải cách hành chính năm 2026")

    assert rule_under(page, motto)["width"] == pytest.approx(span(motto)[1] - span(motto)[0], abs=1)
    for chars in (agency, abstract):
        assert 1 / 3 <= rule_under(page, chars)["width"] / (span(chars)[1] - span(chars)[0]) <= 1 / 2


def test_nobody_is_addressed(body):
    assert "Kính gửi" not in body[0].extract_text()


def test_a_group_heads_its_rows_over_the_whole_table(annex):
    chars = find(annex[0], "Chỉ đạo, công khai")
    lines = [edge for line in annex[0].lines for edge in (line["x0"], line["x1"])]

    row = [
        rect
        for rect in annex[0].find_tables()[0].rows
        if rect.bbox[1] < chars[0]["top"] and chars[0]["bottom"] < rect.bbox[3]
    ]
    assert len([cell for cell in row[0].cells if cell]) == 2
    assert max(lines) == pytest.approx(row[0].bbox[2], abs=1)


@pytest.mark.parametrize("activities", range(6, 14))
def test_a_group_never_stands_at_the_foot_of_a_page(activities):
    tasks = [make_task(place, group=1 if place <= activities else 2) for place in range(1, activities + 3)]
    content = make_content(activities=tasks, groups=("Một", "Hai"))
    for page in opened(make_paper(content)):
        for table in page.extract_tables():
            assert table[-1][0] not in ("I", "II")


# Words


def test_every_word_reads_back_letter_for_letter(paper, body):
    text = running_text([page.extract_text() for page in body])

    assert words(paper.opening) in text
    for section in paper.sections:
        assert f"{section.numeral}. {section.title}" in text
        for paragraph in section.paragraphs:
            assert words(f"{paragraph.lead} {paragraph.text}") in text
    for line in (*paper.heading.legal_bases, *paper.heading.recipients):
        assert line in text


def test_every_cell_of_the_annex_reads_back(paper, annex):
    rows, heads = table_rows(annex)
    printed = [[cell.text for cell in cells] for cells in paper.annexes[0].rows]

    assert heads == len(annex)
    assert [[words(cell).replace(" ", "") for cell in row if cell] for row in rows] == [
        [words(text).replace(" ", "") for text in cells if text] for cells in printed
    ]


def test_details_stand_on_lines_of_their_own(annex):
    [line] = [line for line in annex[0].extract_text_lines() if "Mỗi quý một buổi." in line["text"]][:1]

    assert find(annex[0], "Mỗi quý một buổi.")[0]["x0"] > 30 * MM
    assert "việc 1" not in line["text"]


@pytest.mark.parametrize("status", PlanStatus)
def test_only_a_draft_says_so(status):
    first = opened(make_paper(make_content(objectives=rows("Một")), status))[0]

    assert ("DỰ THẢO" in first.extract_text()) == (status == DRAFT)


def test_a_draft_leaves_number_and_day_open():
    paper = make_paper(make_content(facts={"number": "", "issued_on": None}, activities=[make_task()]), DRAFT)
    first, annex = opened(paper)

    assert "Số: /KH-UBND" in words(first.extract_text())
    assert "Minh Họa, ngày tháng năm" in words(first.extract_text())
    assert "(Kèm theo Kế hoạch số /KH-UBND ngày tháng năm của" in words(annex.extract_text())


def test_an_amended_plan_says_by_what_under_its_abstract():
    page = opened(make_paper(amendments=[("31/KH-UBND", date(2026, 4, 20))]))[0]
    note = find(page, "(Đã được sửa đổi, bổ sung theo Kế hoạch")

    assert "số 31/KH-UBND ngày 20 tháng 4 năm 2026)" in words(page.extract_text())
    assert (fonts(note), size(note)) == ({ITALIC}, 14)
    assert note[0]["top"] > find(page, "KẾ HOẠCH")[0]["bottom"]


def test_who_is_not_known_takes_no_place():
    facts = {"signing_authority": "", "signatory_title": "", "signatory_name": ""}
    [page] = opened(make_paper(make_content(facts=facts, objectives=rows("Một"))))

    assert "Nơi nhận" not in page.extract_text()
    assert page.extract_text().rstrip().endswith("Một./.")


def test_an_empty_draft_is_a_page():
    [page] = opened(make_paper(make_content(), DRAFT))

    assert "KẾ HOẠCH" in page.extract_text()
    assert "- Lưu: VT." in page.extract_text()


# The file


def test_fonts_are_ours_and_embedded(data):
    found = embedded_fonts(data)

    assert {name.partition("+")[2] for name in found} == {REGULAR, BOLD, ITALIC, BOLD_ITALIC}
    assert all(found.values())


def test_the_file_tells_its_title_author_and_parts(data):
    reader = PdfReader(BytesIO(data))
    titles = [item.title for item in reader.outline if not isinstance(item, list)]

    assert reader.metadata.title == "Kế hoạch thông tin, tuyên truyền cải cách hành chính năm 2026"
    assert reader.metadata.author == "Ủy ban nhân dân tỉnh Minh Họa"
    assert reader.trailer["/Root"]["/Lang"] == "vi"
    assert titles[-1] == "Phụ lục. DANH MỤC HOẠT ĐỘNG VÀ PHÂN CÔNG THỰC HIỆN"


def test_hostile_words_are_printed_as_words():
    facts = {"title": HOSTILE, "issuing_agency_name": HOSTILE, "signatory_name": HOSTILE}
    content = make_content(
        facts=facts,
        groups=(HOSTILE,),
        objectives=rows(HOSTILE),
        recipients=rows(HOSTILE),
        activities=[make_task(group=1, title=HOSTILE, expected_product=HOSTILE)],
    )
    pages = opened(make_paper(content))
    annex = [page for page in pages if is_landscape(page)]

    assert f"{words(HOSTILE)} như sau:" in words(pages[0].extract_text())
    assert table_rows(annex)[0][0][1].replace(" ", "") == HOSTILE.replace(" ", "")


def test_two_hundred_activities():
    content = make_full_content(200)
    pages = [page for page in opened(make_paper(content)) if is_landscape(page)]
    rows, heads = table_rows(pages)

    assert heads == len(pages)
    assert [row[0] for row in rows if row[0] and row[0].isdecimal()] == [str(place) for place in range(1, 201)]


def test_a_plan_is_set_once_while_it_says_the_same(monkeypatch):
    made = []
    monkeypatch.setattr(pdf, "plan_pdf", lambda document: made.append(document) or b"%PDF")
    first, other = (make_paper(make_content(facts={"title": title})) for title in ("Kế hoạch một", "Kế hoạch hai"))

    assert [kept_plan_pdf(each) for each in (first, first, other)] == [b"%PDF"] * 3
    assert made == [first, other]
