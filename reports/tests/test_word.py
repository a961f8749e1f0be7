"""The plan as a Word file, read back by python-docx and printed by LibreOffice: the same words as the PDF."""

import dataclasses
import shutil
import subprocess
import time
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import docx
import pdfplumber
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from plans.models import PlanStatus
from reports.pdf import plan_pdf
from reports.word import FONT, LOOKS, plan_docx
from reports.wording import POINTS

from .factories import LONG_TITLE, make_content, make_full_content, make_paper, make_task, rows
from .test_pdf import HOSTILE, MM, is_landscape, page_number, running_text, words

BODY_STYLES = {"basis", "body", "section", "khoan"}


@pytest.fixture(scope="module")
def paper():
    return make_paper()


@pytest.fixture(scope="module")
def written(paper):
    return docx.Document(BytesIO(plan_docx(paper)))


def opened(paper):
    return docx.Document(BytesIO(plan_docx(paper)))


def blocks(written):
    return list(written.iter_inner_content())


def style_of(paragraph):
    return paragraph._p.pPr.pStyle.val


def texts(written, *styles):
    """The words of the paragraphs of the body with these styles, line ends as spaces."""
    return [words(each.text) for each in written.paragraphs if style_of(each) in styles]


def everywhere(written):
    """Every paragraph, those in tables too."""
    for block in blocks(written):
        if isinstance(block, Paragraph):
            yield block
        else:
            yield from (Paragraph(element, block) for cell in block._tbl.iter_tcs() for element in cell.p_lst)


def shown(paragraph):
    """(pt, bold, italic) as the style has it; no run says otherwise."""
    assert not paragraph._p.xpath("./w:r/w:rPr[not(w:bdr)]")
    font = paragraph.style.font
    return font.size.pt, font.bold, font.italic


# Paper


def test_the_body_is_portrait_and_the_annex_landscape(written):
    body, annex = written.sections

    assert (body.orientation, annex.orientation) == (WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE)
    assert (round(body.page_width.mm), round(body.page_height.mm)) == (210, 297)
    assert (round(annex.page_width.mm), round(annex.page_height.mm)) == (297, 210)
    for section in written.sections:
        margins = (section.top_margin, section.right_margin, section.bottom_margin, section.left_margin)
        assert [round(margin.mm) for margin in margins] == [20, 15, 20, 30]


def test_pages_are_numbered_in_the_top_margin_but_the_first(written):
    body, annex = written.sections
    [paragraph] = body.header.paragraphs

    assert paragraph._p.xpath("./w:fldSimple/@w:instr") == [" PAGE "]
    assert shown(paragraph) == (14, False, False)
    assert paragraph.style.paragraph_format.alignment == 1
    assert annex.header.is_linked_to_previous
    for section in written.sections:
        assert section.different_first_page_header_footer
        assert not "".join(each.text for each in section.first_page_header.paragraphs)
        assert section._sectPr.xpath("./w:pgNumType/@w:start") == ["1"]
        assert section.header_distance.mm < 20


def test_everything_is_times_new_roman_and_vietnamese(written):
    defaults = written.styles.element.find(qn("w:docDefaults"))
    used = {style_of(each) for each in everywhere(written)}
    fonts = [next(defaults.iter(qn("w:rFonts"))), *(written.styles[LOOKS[key].name].element.rPr.rFonts for key in used)]

    for element in fonts:
        assert {element.get(qn(f"w:{name}")) for name in ("ascii", "hAnsi", "eastAsia", "cs")} == {FONT}
        assert not [name for name in element.attrib if "heme" in name]
    assert used <= set(LOOKS)
    assert next(defaults.iter(qn("w:lang"))).get(qn("w:val")) == "vi-VN"


# The components: style, (size, bold, italic)


@pytest.mark.parametrize(
    ("key", "look"),
    [
        ("parent", (12, False, False)),
        ("agency", (12, True, False)),
        ("nation", (12, True, False)),
        ("motto", (13, True, False)),
        ("number", (13, False, False)),
        ("day", (13, False, True)),
        ("kind", (14, True, False)),
        ("abstract", (14, True, False)),
        ("basis", (14, False, True)),
        ("body", (14, False, False)),
        ("section", (14, True, False)),
        ("khoan", (14, True, False)),
        ("label", (12, True, True)),
        ("recipient", (11, False, False)),
        ("position", (14, True, False)),
        ("signatory", (14, True, False)),
        ("annex", (14, True, False)),
        ("annex_title", (14, True, False)),
        ("reference", (14, False, True)),
        ("head", (12, True, False)),
        ("group", (12, True, False)),
        ("cell", (12, False, False)),
    ],
)
def test_component(key, look):
    facts = {"issuing_agency_name": "Sở Nội vụ"}
    paper = make_paper(make_full_content(**facts))
    written = opened(paper.__class__(**{**vars(paper), "heading": with_parent(paper.heading)}))
    found = [each for each in everywhere(written) if style_of(each) == key]

    assert found
    assert {shown(each) for each in found} == {look}


def with_parent(heading):
    return heading.__class__(**{**vars(heading), "parent_agency": "UBND TỈNH MINH HỌA"})


def test_paragraphs_are_justified_indented_and_spaced(written):
    for key in ("basis", "body"):
        form = written.styles[LOOKS[key].name].paragraph_format
        assert form.alignment == 3
        assert round(form.first_line_indent.mm, 1) == 12.7
        assert form.space_after.pt == 6
        assert 1 <= form.line_spacing <= 1.5


def test_a_heading_stands_with_what_follows(written):
    last = [each for each in written.paragraphs if style_of(each) == "body"][-1]

    for key in ("section", "khoan", "group"):
        assert written.styles[LOOKS[key].name].paragraph_format.keep_with_next
    assert last.paragraph_format.keep_with_next
    assert written.styles[LOOKS["section"].name].element.xpath("./w:pPr/w:outlineLvl/@w:val") == ["0"]


# Heading and signature


def test_heading_and_signature_are_tables_without_borders(written):
    heading, end, _annex = written.tables

    for table in (heading, end):
        assert [column.width.mm for column in table.columns] == pytest.approx([68, 97], abs=0.1)
        assert table._tbl.xpath("./w:tblPr/w:tblBorders/*") == []
        assert len(table._tbl.xpath(".//w:cantSplit")) == len(table.rows)
    assert [[words(cell.text) for cell in row.cells] for row in heading.rows] == [
        ["ỦY BAN NHÂN DÂN TỈNH MINH HỌA", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc"],
        ["Số: 12/KH-UBND", "Minh Họa, ngày 05 tháng 02 năm 2026"],
    ]
    assert [[cell.text.split("\n") for cell in row.cells] for row in end.rows] == [
        [
            ["Nơi nhận:", "- Bộ Nội vụ;", "- UBND các xã, phường;", "- Lưu: VT, NC."],
            ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Đặng Văn Sơn"],
        ]
    ]


def ruled(paragraph, width):
    """How long the rule is that an empty paragraph draws, in pt."""
    assert paragraph._p.xpath("./w:pPr/w:pBdr/w:top/@w:val") == ["single"]
    form = paragraph.paragraph_format
    assert form.left_indent == form.right_indent
    return width * MM - form.left_indent.pt - form.right_indent.pt


def longest(page, *lines):
    spans = [next(match for match in page.search(line, regex=False)) for line in lines]
    return max(match["x1"] - match["x0"] for match in spans)


def test_rules_are_as_long_as_the_form_says(paper, written):
    heading = written.tables[0]
    agency, motto = (heading.rows[0].cells[place].paragraphs[-1] for place in (0, 1))
    abstract = next(each for each in written.paragraphs if style_of(each) == "rule")
    with pdfplumber.open(BytesIO(plan_pdf(paper))) as pages:
        page = pages.pages[0]
        of_motto = longest(page, "Độc lập - Tự do - Hạnh phúc")
        of_agency = longest(page, "ỦY BAN NHÂN DÂN", "TỈNH MINH HỌA")
        of_abstract = longest(page, paper.heading.abstract)

    assert ruled(motto, 97) == pytest.approx(of_motto, abs=1)
    assert 1 / 3 <= ruled(agency, 68) / of_agency <= 1 / 2
    assert 1 / 3 <= ruled(abstract, 165) / of_abstract <= 1 / 2


def test_only_a_draft_says_so():
    content = make_content(objectives=rows("Một"))

    for status in PlanStatus:
        said = [each for each in everywhere(opened(make_paper(content, status))) if style_of(each) == "draft"]
        assert [each.text for each in said] == (["DỰ THẢO"] if status == PlanStatus.DRAFT else [])
        assert all(each._p.xpath("./w:r/w:rPr/w:bdr") for each in said)


def test_who_is_not_known_takes_no_place():
    facts = {"signing_authority": "", "signatory_title": "", "signatory_name": ""}
    _heading, end = opened(make_paper(make_content(facts=facts))).tables

    assert [cell.text for cell in end.rows[0].cells] == ["", ""]


def test_an_amended_plan_says_by_what_under_its_abstract():
    written = opened(make_paper(amendments=[("31/KH-UBND", date(2026, 4, 20))]))

    assert texts(written, "note") == ["(Đã được sửa đổi, bổ sung theo Kế hoạch số 31/KH-UBND ngày 20 tháng 4 năm 2026)"]


# Words


def said(paper):
    """The paragraphs of the body as the document has them."""
    yield from paper.heading.legal_bases
    yield paper.opening
    for section in paper.sections:
        yield f"{section.numeral}. {section.title}"
        yield from (each.text or each.lead for each in section.paragraphs)


def test_every_paragraph_is_the_documents(paper, written):
    assert texts(written, *BODY_STYLES) == [words(text) for text in said(paper)]
    assert texts(written, "kind", "abstract") == [paper.heading.kind, paper.heading.abstract]


def test_every_cell_of_the_annex_is_the_documents(paper, written):
    table = written.tables[2]
    [annex] = paper.annexes
    read = [["\n".join(Paragraph(p, table).text for p in tc.p_lst) for tc in tr.tc_lst] for tr in table._tbl.tr_lst]

    assert read[0] == [column.head for column in annex.columns]
    assert read[1:] == [[cell.text for cell in cells] for cells in annex.rows]
    assert texts(written, "annex", "annex_title", "reference") == [
        "Phụ lục",
        annex.title,
        "(Kèm theo Kế hoạch số 12/KH-UBND ngày 05 tháng 02 năm 2026 của Ủy ban nhân dân tỉnh Minh Họa)",
    ]


def test_word_and_pdf_say_the_same(paper, written):
    with pdfplumber.open(BytesIO(plan_pdf(paper))) as pages:
        text = running_text([page.extract_text() for page in pages.pages if not is_landscape(page)])

    assert " ".join(texts(written, *BODY_STYLES)) in text


# The annex


def test_the_head_of_the_table_is_repeated_and_rows_stay_whole(written):
    table = written.tables[2]

    assert len(table._tbl.xpath("./w:tr/w:trPr/w:tblHeader")) == 1
    assert table._tbl.tr_lst[0].xpath("./w:trPr/w:tblHeader")
    assert len(table._tbl.xpath("./w:tr/w:trPr/w:cantSplit")) == len(table._tbl.tr_lst)


def test_widths_are_fixed_and_fill_the_page(paper, written):
    table = written.tables[2]
    widths = [column.width.mm for column in table.columns]

    assert table.autofit is False
    assert sum(widths) == pytest.approx(252, abs=0.2)
    assert widths == pytest.approx([252 * column.width / 100 for column in paper.annexes[0].columns], abs=0.1)


def test_a_group_heads_its_rows_over_the_whole_table(written):
    [first, second] = [tr for tr in written.tables[2]._tbl.tr_lst if len(tr.tc_lst) == 2]

    assert [cell.p_lst[0].r_lst[0].text for cell in first.tc_lst] == ["I", "Chỉ đạo, công khai"]
    assert [cell.grid_span for cell in second.tc_lst] == [1, 5]


def test_a_plan_without_activities_has_no_annex():
    written = opened(make_paper(make_content(objectives=rows("Một"))))

    assert len(written.sections) == 1
    assert len(written.tables) == 2


def test_two_hundred_activities_take_no_time():
    paper = make_paper(make_full_content(200))
    plan_docx(paper)
    begun = time.process_time()

    data = plan_docx(paper)

    assert time.process_time() - begun < 1
    assert len(docx.Document(BytesIO(data)).tables[2]._tbl.tr_lst) == 203


# The file


def test_the_file_tells_its_title_author_and_language(paper):
    properties = opened(paper).core_properties

    assert properties.title == "Kế hoạch thông tin, tuyên truyền cải cách hành chính năm 2026"
    assert properties.author == properties.last_modified_by == "Ủy ban nhân dân tỉnh Minh Họa"
    assert properties.language == "vi-VN"
    assert properties.comments == ""
    assert not [name for name in ZipFile(BytesIO(plan_docx(paper))).namelist() if "thumbnail" in name]


ORDER = "pStyle keepNext keepLines pageBreakBefore widowControl pBdr spacing ind jc outlineLvl sectPr".split()


def test_elements_stand_in_the_order_word_asks_for(written):
    for form in written.element.xpath("//w:pPr") + written.styles.element.xpath("//w:style[@w:customStyle]/w:pPr"):
        places = [ORDER.index(child.tag.partition("}")[2]) for child in form]
        assert places == sorted(places)


def test_hostile_words_are_words():
    hostile = f"{HOSTILE} \x00\x0b\x1f\ud83d\ufffe ]]> &amp; z"
    facts = {"title": hostile, "issuing_agency_name": hostile, "signatory_name": hostile, "number": hostile}
    content = make_content(
        facts=facts,
        groups=(hostile,),
        objectives=rows(hostile),
        legal_bases=rows(hostile),
        recipients=rows(hostile),
        activities=[make_task(group=1, title=hostile, details=hostile)],
    )
    written = opened(make_paper(content))

    shown = words(f"{HOSTILE} ]]> &amp; z")
    assert f"Căn cứ {shown}." in texts(written, "basis")
    assert written.tables[2]._tbl.tr_lst[2].tc_lst[1].p_lst[0].r_lst[0].text == HOSTILE


def test_every_letter_is_kept():
    apart = "Tru\u031bo\u031b\u0300ng hơ\u0323p"

    assert "Trường hợp./." in texts(opened(make_paper(make_content(objectives=rows(apart)))), "body")


# Printed by LibreOffice


@pytest.fixture(scope="module")
def print_out(tmp_path_factory):
    """Print a document with LibreOffice: the pages of the PDF it makes."""
    folder = tmp_path_factory.mktemp("libreoffice")

    def pages_of(paper):
        (folder / "plan.docx").write_bytes(plan_docx(paper))
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = [shutil.which("soffice"), "--headless", profile, "--convert-to", "pdf", "--outdir", folder]
        subprocess.run([*command, folder / "plan.docx"], check=True, capture_output=True, timeout=120)
        with pdfplumber.open(folder / "plan.pdf") as opened:
            for page in opened.pages:
                page.chars  # noqa: B018  read before the file closes
            return opened.pages

    return pages_of


@pytest.mark.libreoffice
def test_libreoffice_prints_every_part(paper, print_out):
    pages = print_out(paper)
    body = [page for page in pages if not is_landscape(page)]
    annex = [page for page in pages if is_landscape(page)]
    text = running_text([page.extract_text() for page in body])

    assert pages == [*body, *annex]
    assert " ".join(words(each) for each in said(paper)) in text
    for words_of_end in (*paper.heading.recipients, "PHÓ CHỦ TỊCH", "Đặng Văn Sơn"):
        assert words_of_end in body[-1].extract_text()
    for part in (body, annex):
        assert [page_number(page)[0] for page in part] == ["", *(str(place) for place in range(2, len(part) + 1))]
    heads = [page.extract_tables()[0][0] for page in annex]
    assert {tuple(words(cell) for cell in head) for head in heads} == {
        tuple(column.head for column in paper.annexes[0].columns)
    }
    numbers = [line[0] for page in annex for line in page.extract_tables()[0][1:]]
    assert numbers == [cells[0].text for cells in paper.annexes[0].rows]


@pytest.mark.libreoffice
def test_libreoffice_prints_pages_like_the_pdf(paper, print_out):
    with pdfplumber.open(BytesIO(plan_pdf(paper))) as pages:
        ours = [is_landscape(page) for page in pages.pages]
    theirs = [is_landscape(page) for page in print_out(paper)]

    assert abs(ours.count(False) - theirs.count(False)) <= 1
    assert abs(ours.count(True) - theirs.count(True)) <= 1


@pytest.mark.libreoffice
def test_libreoffice_loses_nothing_of_a_row_longer_than_a_page(print_out):
    details = "\n".join(f"{LONG_TITLE} {mark}." for mark in POINTS * 3)
    content = make_content(activities=[make_task(details=details), make_task(2, title="Sau cùng")])
    text = words(" ".join(page.extract_text() for page in print_out(make_paper(content))))

    assert text.count("trên địa bàn tỉnh") >= 3 * len(POINTS)
    assert "Sau cùng" in text


def test_what_xml_cannot_hold_is_left_out():
    """Kept before it was refused."""
    spoilt = "Họp\x01 báo\ufffe\uffff"
    content = make_content(activities=[make_task(title=spoilt, details=f"{spoilt}\n{spoilt}")])
    content["facts"] |= {"title": spoilt, "issuing_agency_name": spoilt, "signatory_name": spoilt}
    paper = dataclasses.replace(make_paper(content), opening=spoilt)

    written = "\n".join(each.text for each in everywhere(opened(paper)))

    assert written.count("Họp báo") >= 4
