"""Annexes as `reports.setting` draws them, beside WeasyPrint's setting of the same table, and read by a machine."""

import dataclasses
import os
import re
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pdfplumber
import pytest
from django.conf import settings as project
from django.template import Context, Engine
from fontpkg_be_vietnam_pro import __file__ as font_package
from hypothesis import given, strategies as st
from pypdf import PdfReader

from reports import pdf
from reports.annexes import Annex, Cell, Column, annexes
from reports.pdf import quarterly_pdf
from reports.quarterly import Paragraph
from reports.quarterly.report import Difference, Run
from reports.sealing.qr import check_matrix
from reports.setting.faces import face
from reports.setting.lines import PIECES, Breaker
from reports.typesetting import FONT_FACES, font_files, reference_line

from .factories import LONG_TITLE, make_body, make_evidence, make_heading, make_report, make_sections

MM = 72 / 25.4
CLOSE = 0.1  # pt
URL = "https://minhhoa.example/check/7K2F-9QXM-4TRD/"
LONG_AGENCY = "Trung tâm Nghiên cứu ứng dụng và Truyền thông khoa học, công nghệ và đổi mới sáng tạo tỉnh Minh Họa"


def set_with_weasyprint(report, tables):
    """The pages of the annexes as WeasyPrint sets them from HTML, each annex a document of its own."""
    from weasyprint import HTML

    fonts = font_files()
    template = Engine().from_string(Path(project.BASE_DIR, "setup/bench/annex.html").read_text())
    style = f"<style>{pdf._stylesheet(fonts)}</style>"
    for annex in tables:
        table = template.render(Context({"annex": annex, "reference": reference_line(report.heading)}))
        html = f'<!DOCTYPE html><html lang="vi"><title>-</title>{style}{table}</html>'
        yield from pages_of(HTML(string=html, url_fetcher=pdf._fetcher(fonts)).write_pdf())


def pages_of(data):
    with pdfplumber.open(BytesIO(data)) as opened:
        for page in opened.pages:
            yield page, page.extract_words(keep_blank_chars=False)


def annex_pages(data):
    return [(page, words) for page, words in pages_of(data) if page.width > page.height]


def a_plain_table(rows):
    columns = (Column("TT", 10, "mid"), Column("Nội dung", 90))
    return Annex("", "DANH MỤC", columns, tuple(rows), "Không có.")


@dataclasses.dataclass(frozen=True)
class Paper:
    """A document whose annexes are made by the test."""

    annexes: tuple
    heading: object = dataclasses.field(default_factory=make_heading)
    sections: tuple = ()
    opening: str = ""
    is_draft: bool = False


def opened(*tables):
    return [page for page, _words in annex_pages(pdf.plan_pdf(Paper(tables)))]


# Beside WeasyPrint


def a_bit_of_everything():
    """Tables with all that a table may have: headings, spans, lines, signs, links, numbers, words without a break."""
    groups = Annex(
        "V",
        f"NHIỆM VỤ CỦA {LONG_AGENCY.upper()} VÀ CÁC ĐƠN VỊ CÓ LIÊN QUAN",
        (Column("TT", 6, "mid"), Column("Nội dung", 40, "lines"), Column("Chủ trì", 30), Column("Số", 24, "num nw")),
        tuple(
            row
            for place in range(30)
            for row in (
                (Cell("I", css="mid group"), Cell(f"Nhóm {place}: {LONG_TITLE}", css="group", span=3)),
                (Cell("1"), Cell(f"{LONG_TITLE}.\nDòng thứ hai - AVATAR, Vị Tò"), Cell("x" * 90), Cell("1.234.567,5")),
                (Cell("2"), Cell("một/hai/ba a-b c–d 50%/năm (2026-2030)"), Cell(LONG_AGENCY), Cell("1" * 20)),
            )
        ),
        "",
    )
    report = make_report(submissions=60, evidence=40)
    return report, (*annexes(report), groups, a_plain_table(()))


def test_every_word_stands_where_weasyprint_sets_it():
    report, tables = a_bit_of_everything()

    ours = annex_pages(pdf.plan_pdf(Paper(tables)))
    theirs = list(set_with_weasyprint(report, tables))

    assert len(ours) == len(theirs) > 20
    for (page, mine), (_page, words) in zip(ours, theirs, strict=True):
        mine, words = (
            sorted((w for w in found if w["top"] > 19 * MM), key=lambda w: (round(w["bottom"]), round(w["x0"])))
            for found in (mine, words)
        )
        assert [word["text"] for word in mine] == [word["text"] for word in words], page.page_number
        for one, other in zip(mine, words, strict=True):
            assert one["x0"] == pytest.approx(other["x0"], abs=CLOSE), one["text"]
            assert one["bottom"] == pytest.approx(other["bottom"], abs=CLOSE), one["text"]


# Lines


@given(
    words=st.lists(st.text("aăâbcdđeêgàạựƯỷ/-–?.,;:()123", min_size=1, max_size=30), min_size=1, max_size=12),
    width=st.integers(8, 300),
)
def test_lines_are_no_longer_than_they_may_be_and_lose_no_letter(words, width):
    text, letters = " ".join(words), face(font_files()[0], "Report")
    lines = Breaker().lines(text, width, letters, 12)

    assert "".join(line.text for line in lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        assert line.length <= width + 0.01 or len(line.text) == 1


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("an toàn  dân", ["an ", "toàn  ", "dân"]),
        ("https://a.vn/b-c?d=1", ["https://", "a.vn/", "b-", "c?", "d=1"]),
        ("2026-2030 12/50 (a/b) 1–2", ["2026-2030 ", "12/50 ", "(a/", "b) ", "1–2"]),
        ("a-", ["a-"]),
        ("", []),
    ],
)
def test_where_a_line_may_end(text, pieces):
    assert PIECES.findall(text) == pieces


# Rows and pages


def test_a_heading_within_a_table_is_never_the_last_row_of_a_page():
    for before in range(20, 32):
        rows = [(Cell("1"), Cell("một dòng"))] * before
        rows += [(Cell("II", css="mid group"), Cell("Nhóm", css="group")), (Cell("1"), Cell("việc cuối"))]
        last = opened(a_plain_table(rows))[-1].extract_text()
        if "Nhóm" in last:
            assert "việc cuối" in last.split("Nhóm")[1]
        else:
            assert "việc cuối" not in last


def test_a_row_longer_than_two_pages_is_there_from_its_first_word_to_its_last():
    words = [f"từ{place}" for place in range(3000)]
    pages = opened(
        a_plain_table([(Cell("1"), Cell("trước")), (Cell("2"), Cell(" ".join(words))), (Cell("3"), Cell("sau"))])
    )

    read = re.findall(r"từ\d+|trước|sau", " ".join(page.extract_text() for page in pages))
    assert read == ["trước", *words, "sau"]
    assert len(pages) > 2
    for page in pages:
        assert "Nội dung" in page.extract_text()
        assert max(char["bottom"] for char in page.chars) <= page.height - 20 * MM + CLOSE


def test_a_row_begins_on_the_first_page_even_where_it_ends_on_the_next():
    first = opened(a_plain_table([(Cell("1"), Cell(" ".join([LONG_TITLE] * 60)))]))[0]

    assert max(char["bottom"] for char in first.chars) > first.height - 30 * MM


def test_the_rules_close_every_cell_of_every_page():
    for page in opened(a_bit_of_everything()[1][4]):
        assert all(line["stroking_color"] == (0, 0, 0) for line in page.lines)
        table = page.find_tables()[0]
        assert (table.bbox[0] / MM, (page.width - table.bbox[2]) / MM) == pytest.approx((30, 15), abs=0.2)
        assert len(table.rows) > 1


def test_a_spanning_cell_has_no_rule_inside():
    page = opened(a_bit_of_everything()[1][4])[1]
    heading = next(word for word in page.extract_words() if word["text"] == "Nhóm")
    middle = (heading["top"] + heading["bottom"]) / 2

    crossing = [line for line in page.lines if line["width"] < 1 and line["top"] < middle < line["bottom"]]
    assert len({round(line["x0"]) for line in crossing}) == 3


# The structure


def structure(data):
    """(reader, [(tag, element, path of tags above it)])."""
    reader = PdfReader(BytesIO(data))
    found = []

    def walk(element, above):
        element = element.get_object()
        if not hasattr(element, "get") or "/S" not in element:
            return
        found.append((element["/S"], element, above))
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, list) else [kids]:
            walk(kid, (*above, element["/S"]))

    walk(reader.trailer["/Root"]["/StructTreeRoot"]["/K"][0], ())
    return reader, found


@pytest.fixture(scope="module")
def tagged():
    return structure(quarterly_pdf(make_report(submissions=40, evidence=30, check_code="7K2F", check_url=URL)))


def test_every_cell_is_a_cell_of_a_row_of_a_table(tagged):
    report = make_report(submissions=40, evidence=30)
    _reader, found = tagged
    cells = [above for tag, _element, above in found if tag == "/TD"]

    assert len(cells) == sum(len(row) for annex in annexes(report) for row in annex.rows)
    assert {above[-3:] for above in cells} == {("/Table", "/TBody", "/TR")}
    heads = [element for tag, element, above in found if tag == "/TH"]
    assert len(heads) == sum(len(annex.columns) for annex in annexes(report))
    assert {element["/A"]["/Scope"] for element in heads} == {"/Column"}
    assert [tag for tag, _element, _above in found].count("/H1") == 5  # the document and its annexes


def test_every_mark_of_a_page_belongs_to_the_element_that_names_it(tagged):
    reader, _found = tagged
    numbers = reader.trailer["/Root"]["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    keys = list(numbers[::2])
    owners = dict(zip(keys, numbers[1::2], strict=True))

    assert keys == sorted(set(keys))
    for page in reader.pages:
        marks = re.findall(rb"/MCID (\d+)", page.get_contents().get_data())
        elements = owners[page["/StructParents"]].get_object()
        assert sorted(map(int, marks)) == list(range(len(elements)))
        if page.mediabox.width > page.mediabox.height:
            for mark, element in enumerate(elements):
                assert mark in _marks(element.get_object(), page)


def _marks(element, page):
    own = element["/Pg"].get_object() == page.get_object()
    for kid in element["/K"]:
        kid = kid.get_object() if hasattr(kid, "get_object") else kid
        if isinstance(kid, int) and own:
            yield kid
        elif hasattr(kid, "get") and kid.get("/Type") == "/MCR" and kid["/Pg"].get_object() == page.get_object():
            yield kid["/MCID"]


def test_everything_drawn_is_marked_as_text_or_as_ornament(tagged):
    reader, _found = tagged
    for page in reader.pages:
        if page.mediabox.width > page.mediabox.height:
            content = page.get_contents().get_data()
            depth = 0
            for operator in re.findall(rb"\b(BDC|BMC|EMC|TJ|S|f|re)\b", content):
                depth += {b"BDC": 1, b"BMC": 1, b"EMC": -1}.get(operator, 0)
                assert depth == 1 or operator == b"EMC"
            assert depth == 0


def test_a_link_belongs_to_its_words(tagged):
    reader, found = tagged
    links = [element for tag, element, above in found if tag == "/Link" and above[-1] == "/TD"]
    targets = [kid["/Obj"]["/A"]["/URI"] for link in links for kid in link["/K"] if hasattr(kid, "get")]

    assert targets == [make_evidence(place).reference for place in range(30)]
    assert all(len(link["/K"]) == 2 for link in links)  # the annotation and the words


def test_a_link_is_where_its_words_are():
    page = annex_pages(quarterly_pdf(make_report(evidence=3)))[-1][0]

    for annotation in page.annots:
        inside = [
            char["text"]
            for char in page.chars
            if annotation["x0"] <= (char["x0"] + char["x1"]) / 2 <= annotation["x1"]
            and annotation["top"] <= (char["top"] + char["bottom"]) / 2 <= annotation["bottom"]
        ]
        assert "".join(inside) == annotation["uri"]


# The check block


def check_page(**rows):
    report = make_report(check_code="7K2F-9QXM-4TRD", check_url=URL, **rows)
    return annex_pages(quarterly_pdf(report))


@pytest.mark.parametrize("evidence", range(0, 24, 3))
def test_the_last_page_says_where_the_document_is_checked(evidence):
    pages = [page for page, _words in check_page(evidence=evidence)]
    text = pages[-1].extract_text()

    assert "Mã kiểm tra: 7K2F-9QXM-4TRD" in text
    assert URL in {annotation["uri"] for annotation in pages[-1].annots}
    assert f"Tra cứu tại: {URL}" in text
    assert all("Mã kiểm tra" not in page.extract_text() for page in pages[:-1])
    squares = min(rect["top"] for rect in pages[-1].rects)
    others = [line for line in pages[-1].lines if line["top"] > squares]
    assert others == []
    assert max(char["bottom"] for char in pages[-1].chars) <= pages[-1].height - 20 * MM


def test_the_squares_are_those_of_the_code():
    page = check_page(evidence=2)[-1][0]
    matrix = check_matrix(URL)
    side = 26 * MM / (len(matrix) + 8)
    left, top = 30 * MM + 4 * side, page.height - 20 * MM - 26 * MM + 4 * side
    dark = [
        [
            any(
                rect["x0"] < left + (across + 0.5) * side < rect["x1"]
                and rect["top"] < top + (down + 0.5) * side < rect["bottom"]
                for rect in page.rects
            )
            for across in range(len(matrix))
        ]
        for down in range(len(matrix))
    ]

    assert dark == [list(row) for row in matrix]
    assert side >= 0.6 * MM  # can be read from a photocopy


def test_the_code_says_in_words_where_it_leads(tagged):
    _reader, found = tagged
    figures = [element for tag, element, _above in found if tag == "/Figure"]

    assert [figure["/Alt"] for figure in figures] == [f"Mã QR dẫn đến trang kiểm tra văn bản: {URL}"]


def test_a_draft_has_nothing_to_check():
    assert "kiểm tra" not in annex_pages(quarterly_pdf(make_report()))[-1][0].extract_text()


# Faces, corrections, the file


def test_words_of_a_paragraph_stand_in_their_faces():
    runs = (Run("Thẳng, "), Run("đậm, ", bold=True), Run("nghiêng, ", italic=True), Run("cả hai.", True, True))
    paragraph = Paragraph("Thẳng, đậm, nghiêng, cả hai.", runs=runs)
    sections = (dataclasses.replace(make_sections()[0], paragraphs=(paragraph,)),)
    page = next(pages_of(quarterly_pdf(make_body(sections=sections))))[0]

    faces = {
        word: page.search(word, regex=False)[0]["chars"][0]["fontname"].partition("+")[2]
        for word in ("Thẳng", "đậm,", "nghiêng", "cả hai")
    }
    assert faces == {
        "Thẳng": "Report",
        "đậm,": "Report-Bold",
        "nghiêng": "Report-Italic",
        "cả hai": "Report-Bold-Italic",
    }


def test_a_correction_says_what_it_changes():
    changes = (Difference("Lượt phát thanh Quý II", "2.164", "2.064", "mục II.2, Phụ lục I"),)
    report = make_body(differences=changes, replaces="Báo cáo số 231/BC-SNV ngày 19 tháng 6 năm 2026")
    text = " ".join(annex_pages(quarterly_pdf(report))[-1][0].extract_text().split())

    assert "NỘI DUNG THAY ĐỔI SO VỚI BÁO CÁO SỐ 231/BC-SNV" in text
    assert "2.164 2.064" in text


def test_the_file_tells_what_it_is_and_the_day_it_bears():
    issued = PdfReader(BytesIO(quarterly_pdf(make_body()))).metadata
    heading = make_heading(number="Số:     /BC-SNV", place_and_date="Minh Họa, ngày    tháng 6 năm 2026")
    draft = PdfReader(BytesIO(quarterly_pdf(make_body(heading=heading)))).metadata

    assert issued.subject == "Báo cáo số 07/BC-SNV ngày 05 tháng 02 năm 2026 của Sở Nội vụ"
    assert issued.creation_date.date().isoformat() == "2026-02-05"
    assert draft.creation_date is None


def test_the_same_report_is_the_same_bytes():
    report = make_report(check_code="7K2F", check_url=URL)

    assert quarterly_pdf(report) == quarterly_pdf(report)


MADE_ELSEWHERE = """
import hashlib, django; django.setup()
from reports.pdf import quarterly_pdf
from reports.tests.factories import make_report
print(hashlib.sha256(quarterly_pdf(make_report(evidence=3))).hexdigest())
"""


def test_the_same_report_is_the_same_bytes_in_another_process():
    made = {
        subprocess.run(
            [sys.executable, "-c", MADE_ELSEWHERE],
            env={**os.environ, "PYTHONHASHSEED": seed, "DJANGO_SETTINGS_MODULE": "reformcomms.tests.settings"},
            cwd=project.BASE_DIR,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(made) == 1


def test_annexes_are_set_in_truetype_too(settings, tmp_path):
    faces = ("Regular", "Bold", "Italic", "BoldItalic")
    for name, (_weight, _style, _packaged, own) in zip(faces, FONT_FACES, strict=True):
        shutil.copy(Path(font_package).parent / "files" / f"BeVietnamPro-{name}.ttf", tmp_path / own)
    settings.REPORT_FONT_DIR = str(tmp_path)

    page, words = annex_pages(quarterly_pdf(make_report(evidence=2)))[-1]

    assert set(make_evidence(1).caption.split()) <= {word["text"] for word in words}
    assert {char["fontname"].partition("+")[2] for char in page.chars} == {"Report", "Report-Bold", "Report-Italic"}


def test_work_in_the_background_hears_how_far_it_is():
    heard = []
    quarterly_pdf(make_report(figures=2, activities=1, submissions=1, evidence=3), step=heard.append)

    assert heard == list(range(1, 8))
