"""The report on paper, measured in the PDF itself against Nghị định 30/2020/NĐ-CP, annex I."""

import dataclasses
import gc
import re
import shutil
import subprocess
from io import BytesIO

import pdfplumber
import pytest
from pypdf import PdfReader

from reports import pdf
from reports.annexes import annexes
from reports.pdf import Drawable, _fetcher, quarterly_pdf
from reports.quarterly import Paragraph
from reports.typesetting import FONT_FACES, advances, balanced, font_files, reference_line

from .factories import (
    LONG_TITLE,
    make_activity,
    make_body,
    make_evidence,
    make_heading,
    make_report,
    make_sections,
    make_submission,
)

MM = 72 / 25.4
A4 = (210, 297)
MARGIN = {"top": (20, 25), "right": (15, 20), "bottom": (20, 25), "left": (30, 35)}
REGULAR, BOLD, ITALIC, BOLD_ITALIC = "Report", "Report-Bold", "Report-Italic", "Report-Bold-Italic"
HAIR = 0.3  # mm a letter may reach beyond its box
LETTERS = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵđ"
HOSTILE = "<script>alert(1)</script> & {{ report }} {% now 'Y' %} \"a\" </td><img src='file:///etc/passwd'>"


def opened(report):
    with pdfplumber.open(BytesIO(quarterly_pdf(report))) as pdf:
        for page in pdf.pages:
            page.chars  # noqa: B018  read before the file closes
        return pdf.pages


@pytest.fixture(scope="module")
def report():
    return make_report(submissions=60, evidence=12)


@pytest.fixture(scope="module")
def data(report):
    return quarterly_pdf(report)


@pytest.fixture(scope="module")
def pages(data):
    with pdfplumber.open(BytesIO(data)) as pdf:
        yield pdf.pages


@pytest.fixture(scope="module")
def body(pages):
    return [page for page in pages if not is_landscape(page)]


def is_landscape(page):
    return page.width > page.height


def by_annex(pages):
    """The pages of each annex; an annex begins where its word stands."""
    found = []
    for page in filter(is_landscape, pages):
        if page.extract_text().startswith("Phụ lục "):
            found.append([])
        found[-1].append(page)
    return found


def find(page, text):
    """Where `text` stands on `page`: its letters, which stand on one line."""
    return next(match["chars"] for match in page.search(text, regex=False) if match["text"].strip() == text)


def fonts(chars):
    return {char["fontname"].partition("+")[2] for char in chars if char["text"].strip()}


def size(chars):
    sizes = {round(char["size"], 1) for char in chars}
    assert len(sizes) == 1
    return sizes.pop()


def span(chars):
    return min(char["x0"] for char in chars), max(char["x1"] for char in chars)


def middle(chars):
    return sum(span(chars)) / 2


def rule_under(page, chars):
    """The first rule below `chars`."""
    bottom = max(char["bottom"] for char in chars)
    left, right = span(chars)
    rules = [
        rect
        for rect in page.rects
        if rect["height"] < 1 and rect["top"] > bottom - 3 and left - 1 <= rect["x0"] < rect["x1"] <= right + 1
    ]
    return min(rules, key=lambda rect: rect["top"])


def page_number(page):
    """(text, chars) of what stands in the top margin."""
    chars = [char for char in page.chars if char["bottom"] <= 20 * MM]
    return "".join(char["text"] for char in chars).strip(), chars


def words(text):
    return " ".join(text.split())


def running_text(texts):
    """The text of pages, one after the other, without their numbers."""
    return words(" ".join(re.sub(r"^\s*\d+\s*\n", "", text) for text in texts))


# The page


def test_body_is_a4_portrait_and_annexes_are_a4_landscape(pages):
    sizes = [(round(page.width / MM), round(page.height / MM)) for page in pages]

    assert sizes[:2] == [A4, A4]
    assert sizes == sorted(sizes)
    assert set(sizes) == {A4, A4[::-1]}
    assert len(by_annex(pages)) == 4


def test_every_page_keeps_the_margins(pages):
    for page in pages:
        inside = [char for char in page.chars if char["top"] > 20 * MM - 1]
        left, right = (edge / MM for edge in span(inside))
        assert left >= MARGIN["left"][0] - HAIR
        assert page.width / MM - right >= MARGIN["right"][0] - HAIR
        assert min(char["top"] for char in inside) / MM >= MARGIN["top"][0] - HAIR
        assert (page.height - max(char["bottom"] for char in inside)) / MM >= MARGIN["bottom"][0] - HAIR


def test_text_fills_the_page_between_the_margins(pages, body):
    second = body[1]
    left, right = (edge / MM for edge in span(second.chars))
    assert MARGIN["left"][0] - HAIR <= left <= MARGIN["left"][1]
    assert MARGIN["right"][0] - HAIR <= second.width / MM - right <= MARGIN["right"][1]
    under_number = [char for char in second.chars if char["top"] > 20 * MM - 1]
    assert MARGIN["top"][0] <= min(char["top"] for char in under_number) / MM <= MARGIN["top"][1]
    for page in pages:
        table_edges = [edge for line in page.lines for edge in (line["x0"], line["x1"])]
        if table_edges:
            assert min(table_edges) / MM >= MARGIN["left"][0] - HAIR
            assert (page.width - max(table_edges)) / MM >= MARGIN["right"][0] - HAIR


def test_everything_is_black(pages):
    colours = {char["non_stroking_color"] for page in pages for char in page.chars}

    assert colours == {(0.0, 0.0, 0.0)}


def test_paragraphs_are_justified_indented_and_spaced(body):
    lines = body[1].extract_text_lines(return_chars=True)
    start = next(place for place, line in enumerate(lines) if line["text"].startswith("g) "))
    first, second, third, following = lines[start : start + 4]

    assert 10 <= (first["x0"] / MM - 30) <= 12.7 + HAIR
    assert abs(second["x0"] / MM - 30) <= HAIR
    assert abs(first["x1"] - second["x1"]) < 1
    assert third["x1"] < second["x1"] - 5  # the last line is not stretched
    pitch = second["bottom"] - first["bottom"]
    single = 1.15 * 14
    assert single <= pitch <= 1.5 * single
    assert following["bottom"] - third["bottom"] >= pitch + 6 - 0.1


# The components: (text, font, legal sizes)


@pytest.mark.parametrize(
    ("text", "font", "low", "high"),
    [
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", BOLD, 12, 13),
        ("Độc lập - Tự do - Hạnh phúc", BOLD, 13, 14),
        ("UBND TỈNH MINH HỌA", REGULAR, 12, 13),
        ("SỞ NỘI VỤ", BOLD, 12, 13),
        ("Số: 07/BC-SNV", REGULAR, 13, 13),
        ("Minh Họa, ngày 05 tháng 02 năm 2026", ITALIC, 13, 14),
        ("BÁO CÁO", BOLD, 13, 14),
        ("Kết quả quý II năm 2026 thực hiện Kế hoạch", BOLD, 13, 14),
        ("Kính gửi: Ủy ban nhân dân tỉnh Minh Họa", REGULAR, 13, 14),
        ("Thực hiện Kế hoạch số 12/KH-UBND ngày", REGULAR, 13, 14),
        ("I. CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH", BOLD, 13, 14),
        ("1. Theo nội dung tuyên truyền", BOLD, 13, 14),
        ("2. Theo kênh tuyên truyền", BOLD, 13, 14),
        ("1. Hoàn thành hoạt động 3.", REGULAR, 13, 14),
        ("1. Ưu điểm:", BOLD, 13, 14),
        ("Nơi nhận:", BOLD_ITALIC, 12, 12),
        ("- Như trên;", REGULAR, 11, 11),
        ("- Lưu: VT.", REGULAR, 11, 11),
        ("GIÁM ĐỐC", BOLD, 13, 14),
        ("Nguyễn Thị Thùy Dương", BOLD, 13, 14),
    ],
)
def test_component(pages, text, font, low, high):
    page = next(page for page in pages if page.search(text, regex=False))
    chars = find(page, text)

    assert fonts(chars) == {font}
    assert low <= size(chars) <= high


def test_heading_of_an_annex(report, pages):
    reference = "(Kèm theo Báo cáo số 07/BC-SNV ngày 05 tháng 02 năm 2026 của Sở Nội vụ)"

    for annex, (page, *_rest) in zip(annexes(report), by_annex(pages), strict=True):
        number, title, line = (find(page, text) for text in (f"Phụ lục {annex.numeral}", annex.title, reference))
        assert (fonts(number), size(number)) == ({BOLD}, 14)
        assert fonts(title) == {BOLD} and 13 <= size(title) <= 14
        assert fonts(line) == {ITALIC} and 13 <= size(line) <= 14
        assert number[0]["top"] < title[0]["top"] < line[0]["top"]
        for chars in (number, title, line):
            assert middle(chars) == pytest.approx((30 * MM + page.width - 15 * MM) / 2, abs=1)


def test_a_legal_basis_is_italic():
    page = opened(make_body(heading=make_heading(legal_bases=("Căn cứ Luật A;", "Căn cứ Luật B."))))[0]

    assert fonts(find(page, "Căn cứ Luật A;")) == fonts(find(page, "Căn cứ Luật B.")) == {ITALIC}
    assert 13 <= size(find(page, "Căn cứ Luật B.")) <= 14


def test_heading_stands_in_two_columns(body):
    page = body[0]
    left = [middle(find(page, text)) for text in ("UBND TỈNH MINH HỌA", "SỞ NỘI VỤ", "Số: 07/BC-SNV")]
    right = [
        middle(find(page, text))
        for text in (
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            "Minh Họa, ngày 05 tháng 02 năm 2026",
        )
    ]

    assert max(left) - min(left) < 1
    assert max(right) - min(right) < 1
    assert max(left) < page.width / 2 < min(right)
    number, day = find(page, "Số: 07/BC-SNV"), find(page, "Minh Họa, ngày 05 tháng 02 năm 2026")
    assert abs(number[0]["bottom"] - day[0]["bottom"]) < 0.5


def test_title_is_centred_on_the_text(body):
    page = body[0]
    centre = (30 * MM + page.width - 15 * MM) / 2

    for text in ("BÁO CÁO", "Kính gửi: Ủy ban nhân dân tỉnh Minh Họa"):
        assert abs(middle(find(page, text)) - centre) < 1


def test_signature_stands_right_and_level_with_the_recipients(body):
    page = body[-1]
    label, position = find(page, "Nơi nhận:"), find(page, "GIÁM ĐỐC")

    assert abs(label[0]["top"] - position[0]["top"]) < 4
    assert span(label)[0] / MM == pytest.approx(30, abs=HAIR)
    assert middle(position) == pytest.approx(middle(find(page, "Nguyễn Thị Thùy Dương")), abs=1)
    assert span(position)[0] > page.width / 2


def test_authority_stands_above_the_position():
    heading = make_heading(signing_authority="TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH", signatory_title="PHÓ CHỦ TỊCH")
    page = [page for page in opened(make_body(heading=heading)) if not is_landscape(page)][-1]
    tops = [find(page, text)[0]["top"] for text in ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")]

    assert tops == sorted(set(tops))


def test_nobody_is_addressed_where_nobody_stands_above():
    text = opened(make_body(heading=make_heading(addressee="", parent_agency="")))[0].extract_text()

    assert "Kính gửi" not in text
    assert text.startswith("SỞ NỘI VỤ CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")


# Rules


def test_the_rule_under_the_motto_is_as_long_as_the_motto(body):
    chars = find(body[0], "Độc lập - Tự do - Hạnh phúc")
    rule = rule_under(body[0], chars)

    assert rule["width"] == pytest.approx(span(chars)[1] - span(chars)[0], abs=1)


@pytest.mark.parametrize(
    "agency",
    [
        "SỞ NỘI VỤ",
        "ỦY BAN NHÂN DÂN THÀNH PHỐ BẢO LỘC",
        "SỞ THÔNG TIN VÀ TRUYỀN THÔNG",
        "BAN QUẢN LÝ CÁC KHU CÔNG NGHIỆP",
        "SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG",
        "TRUNG TÂM NGHIÊN CỨU ỨNG DỤNG VÀ TRUYỀN THÔNG KHOA HỌC, CÔNG NGHỆ VÀ ĐỔI MỚI SÁNG TẠO TỈNH MINH HỌA",
        "VĂN PHÒNG ĐOÀN ĐẠI BIỂU QUỐC HỘI VÀ HỘI ĐỒNG NHÂN DÂN TỈNH " * 4,
    ],
)
def test_the_rule_under_the_agency_is_a_third_to_a_half_of_its_name(agency):
    page = opened(make_body(heading=make_heading(agency=agency.strip())))[0]
    name = [char for char in page.chars if fonts([char]) == {BOLD} and char["x1"] < 100 * MM and char["size"] < 12.5]
    rule = rule_under(page, name)

    assert 1 / 3 <= rule["width"] / (span(name)[1] - span(name)[0]) <= 1 / 2
    assert (rule["x0"] + rule["x1"]) / 2 == pytest.approx((30 + 68 / 2) * MM, abs=1)
    assert max(char["bottom"] for char in name) < rule["top"] + 3
    assert rule["bottom"] < find(page, "Số: 07/BC-SNV")[0]["top"]
    assert words("".join(char["text"] for char in name)).replace(" ", "") == agency.replace(" ", "")


@pytest.mark.parametrize(
    "abstract", ["Kết quả quý II năm 2026", make_heading().abstract, f"Kết quả quý II: {LONG_TITLE}"]
)
def test_the_rule_under_the_abstract_is_a_third_to_a_half_of_it(abstract):
    page = opened(make_body(heading=make_heading(abstract=abstract)))[0]
    below = find(page, "BÁO CÁO")[0]["bottom"]
    above = find(page, "Kính gửi: Ủy ban nhân dân tỉnh Minh Họa")[0]["top"]
    chars = [char for char in page.chars if below - 1 < char["top"] < above - 5 and fonts([char]) == {BOLD}]
    rule = rule_under(page, chars)

    assert 1 / 3 <= rule["width"] / (span(chars)[1] - span(chars)[0]) <= 1 / 2
    assert max(char["bottom"] for char in chars) < rule["top"] + 3


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", ""),
        ("SỞ NỘI VỤ", "SỞ NỘI VỤ"),
        ("ỦY BAN NHÂN DÂN TỈNH SÓC TRĂNG", "ỦY BAN NHÂN DÂN\nTỈNH SÓC TRĂNG"),
        ("SỞ THÔNG TIN VÀ TRUYỀN THÔNG", "SỞ THÔNG TIN VÀ\nTRUYỀN THÔNG"),
        ("X" * 60, "X" * 60),
    ],
)
def test_lines_of_a_name_are_about_as_long(text, lines):
    assert balanced(text, 67 * MM, advances(font_files()[1], 12)) == lines


# Page numbers


def test_body_is_numbered_from_its_second_page(body):
    assert [page_number(page)[0] for page in body] == ["", *(str(place) for place in range(2, len(body) + 1))]


def test_each_annex_is_numbered_anew_from_its_second_page(pages):
    for annex in by_annex(pages):
        assert [page_number(page)[0] for page in annex] == ["", *(str(place) for place in range(2, len(annex) + 1))]
    assert max(len(annex) for annex in by_annex(pages)) > 1


def test_page_number_is_upright_in_the_middle_of_the_top_margin(pages, body):
    for page in (body[1], next(annex[1] for annex in by_annex(pages) if len(annex) > 1)):
        _text, chars = page_number(page)
        assert fonts(chars) == {REGULAR}
        assert 13 <= size(chars) <= 14
        assert middle(chars) == pytest.approx((30 * MM + page.width - 15 * MM) / 2, abs=1)


# Fonts


def embedded_fonts(data):
    """{name: is embedded} of every font of the file."""
    found = {}
    for page in PdfReader(BytesIO(data)).pages:
        for font in page["/Resources"].get("/Font", {}).values():
            font = font.get_object()
            descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            found[font["/BaseFont"]] = any(key.startswith("/FontFile") for key in descriptor)
    return found


def test_every_font_is_ours_and_embedded(data):
    found = embedded_fonts(data)

    assert {name.partition("+")[2] for name in found} == {REGULAR, BOLD, ITALIC, BOLD_ITALIC}
    assert all(found.values())


def test_missing_letters_bring_in_no_other_font():
    title = "🎉 Hội thi 漢字 ● ﬁ ₀ \u200b ✅ Ω\u0338 \u202eabc\u202c"
    data = quarterly_pdf(make_body(heading=make_heading(abstract=title)))

    assert {name.partition("+")[2] for name in embedded_fonts(data)} == {REGULAR, BOLD, ITALIC, BOLD_ITALIC}


def test_an_office_may_use_its_own_font_files(settings, tmp_path):
    folder = tmp_path / "Phông chữ & 'của' cơ quan"
    folder.mkdir()
    for file, (_weight, _style, _packaged, own) in zip(font_files(), FONT_FACES, strict=True):
        shutil.copy(file, folder / own)
    settings.REPORT_FONT_DIR = str(folder)

    assert font_files() == tuple(folder / own for *_face, own in FONT_FACES)
    assert {name.partition("+")[2] for name in embedded_fonts(quarterly_pdf(make_report()))} == {
        REGULAR,
        BOLD,
        ITALIC,
        BOLD_ITALIC,
    }


def test_a_missing_font_file_is_named(settings, tmp_path):
    settings.REPORT_FONT_DIR = str(tmp_path)

    with pytest.raises(OSError, match=r"times\.ttf"):
        quarterly_pdf(make_body())


def test_nothing_but_fonts_and_data_is_fetched(tmp_path):
    fetch = _fetcher(font_files()).fetch
    secret = tmp_path / "secret"
    secret.write_text("1")

    assert fetch("data:text/plain,a").read() == b"a"
    font = fetch(font_files()[0].as_uri())
    assert font.read(4) == b"OTTO"
    font.close()
    for url in (secret.as_uri(), "https://example.org/", "ftp://example.org/", f"{font_files()[0].as_uri()}/../x"):
        with pytest.raises(BaseException, match="neither a font"):
            fetch(url)


def test_letters_without_a_drawing():
    table = Drawable(font_files())

    assert "Đề án ﬁ ＜b＞ ₀".translate(table) == "Đề án ﬁ &lt;b&gt; 0"
    assert "漢 ● a\u200bb\ud83d\x00".translate(table) == "? • ab"
    assert "ngày\u2003\u2003tháng".translate(table) == "ngày" + "\u00a0" * 8 + "tháng"
    assert (LETTERS + LETTERS.upper() + "₫–…“”").translate(table) == LETTERS + LETTERS.upper() + "₫–…“”"


# Words


def by_pypdf(data):
    return [page.extract_text() for page in PdfReader(BytesIO(data)).pages]


def by_pdfplumber(data):
    with pdfplumber.open(BytesIO(data)) as pdf:
        return [page.extract_text() for page in pdf.pages]


def by_pdftotext(data):
    run = subprocess.run(["pdftotext", "-layout", "-", "-"], input=data, capture_output=True, check=True)
    return run.stdout.decode().split("\f")


READERS = [by_pypdf, by_pdfplumber, *([by_pdftotext] if shutil.which("pdftotext") else [])]


@pytest.mark.parametrize("read", READERS)
def test_every_sentence_reads_back_letter_for_letter(report, data, read):
    text = running_text(read(data))

    assert words(report.opening) in text
    for section in report.sections:
        assert words(f"{section.numeral}. {section.title}") in text
        for paragraph in section.paragraphs:
            assert words(f"{paragraph.lead} {paragraph.text}") in text


@pytest.mark.parametrize("read", READERS)
def test_all_vietnamese_letters_read_back(read):
    alphabet = " ".join(f"th{letter}ng" for letter in LETTERS + LETTERS.upper())
    sections = (dataclasses.replace(make_sections()[0], paragraphs=(Paragraph(alphabet, lead=alphabet),)),)
    text = running_text(read(quarterly_pdf(make_body(sections=sections))))

    assert f"{alphabet} {alphabet}" in text


def test_apart_typed_accents_are_printed_as_one_letter():
    apart = "Tru\u031bo\u031b\u0300ng hơ\u0323p"
    sections = (dataclasses.replace(make_sections()[0], paragraphs=(Paragraph(apart),)),)

    assert "Trường hợp" in opened(make_body(sections=sections))[0].extract_text()


def table_rows(pages):
    """The cells of a table that goes on over pages, and how often its head stood."""
    rows = [[words(cell or "") for cell in row] for page in pages for table in page.extract_tables() for row in table]
    return [row for row in rows if row != rows[0]], rows.count(rows[0])


@pytest.mark.parametrize("place", range(4))
def test_every_cell_of_an_annex_reads_back(report, pages, place):
    annex, paper = annexes(report)[place], by_annex(pages)[place]
    rows, heads = table_rows(paper)
    printed = [[cell.text.replace(" ", "") for cell in row] for row in annex.rows]

    assert [[cell.replace(" ", "") for cell in row] for row in rows] == printed
    assert heads == len(paper)
    assert annex.title in paper[0].extract_text()


def test_widths_of_an_annex_fill_the_page(report):
    assert [sum(column.width for column in annex.columns) for annex in annexes(report)] == [100] * 4


def test_a_sign_stands_before_the_word_of_a_state(report, pages):
    for place in (1, 2):
        words_with_sign = sum(bool(cell.sign) for row in annexes(report)[place].rows for cell in row)
        drawn = sum(len({round(curve["top"]) for curve in page.curves}) for page in by_annex(pages)[place])
        assert words_with_sign
        assert drawn >= words_with_sign


def test_reference_line_is_open_where_the_draft_is():
    draft = make_heading(number="Số: \u2003\u2003/BC-SNV", place_and_date="Minh Họa, ngày\u2003\u2003tháng 6 năm 2026")

    assert reference_line(draft) == (
        "(Kèm theo Báo cáo số \u2003\u2003/BC-SNV ngày\u2003\u2003tháng 6 năm 2026 của Sở Nội vụ)"
    )
    assert reference_line(make_heading(agency_name="")).endswith("năm 2026 của SỞ NỘI VỤ)")


def test_a_draft_says_so():
    draft = opened(make_body(is_draft=True))[0]
    number, word = find(draft, "Số: 07/BC-SNV"), find(draft, "DỰ THẢO")

    assert word[0]["top"] > number[0]["bottom"] - 1
    assert middle(word) == pytest.approx(middle(number), abs=1)
    assert "DỰ THẢO" not in opened(make_body())[0].extract_text()


# The file


def test_the_file_tells_its_title_language_and_parts(report, data):
    reader = PdfReader(BytesIO(data))
    root = reader.trailer["/Root"]

    assert reader.metadata.title == (
        "Báo cáo kết quả quý II năm 2026 thực hiện Kế hoạch thông tin, tuyên truyền cải cách hành chính năm 2026"
    )
    assert reader.metadata.author == "Sở Nội vụ"
    assert root["/Lang"] == "vi"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert b"pdfuaid:part" in reader.xmp_metadata.stream.get_data()


def test_bookmarks_lead_to_sections_and_annexes(report, data):
    def titles(items):
        return [title for item in items for title in (titles(item) if isinstance(item, list) else [item.title])]

    found = titles(PdfReader(BytesIO(data)).outline)

    assert [title for title in found if title.startswith("Phụ lục")] == [
        f"Phụ lục {annex.numeral}. {annex.title}" for annex in annexes(report)
    ]
    assert [f"{section.numeral}. {section.title}" for section in report.sections] == [
        title for title in found if re.match(r"[IV]+\. ", title)
    ]


def test_garbage_is_collected_again_afterwards():
    quarterly_pdf(make_body())

    assert gc.isenabled()


# What a year of use will bring


def test_an_empty_report_says_what_there_is_not():
    pages = opened(make_body(sections=()))
    texts = [words(page.extract_text()) for page in pages if is_landscape(page)]

    assert len(texts) == 4
    for text, annex in zip(texts, annexes(make_report(figures=0)), strict=True):
        assert f"Phụ lục {annex.numeral} {annex.title}" in text
        assert text.endswith(annex.empty)


def test_three_hundred_submissions():
    report = make_body(submissions=300)
    paper = by_annex(opened(report))[2]
    rows, heads = table_rows(paper)

    assert [row[1] for row in rows] == [line.agency for line in report.submissions]
    assert heads == len(paper) > 5


def test_a_row_stands_on_one_page():
    title = " ".join([LONG_TITLE] * 4)
    activities = tuple(make_activity(place, title=title) for place in range(6))
    rows, _heads = table_rows(by_annex(opened(dataclasses.replace(make_body(), activities=activities)))[1])

    assert [row[1] for row in rows] == [title] * 6


def test_a_row_longer_than_a_page_is_not_lost():
    title = " ".join([LONG_TITLE] * 15)
    report = dataclasses.replace(make_body(), activities=(make_activity(title=title),))
    paper = by_annex(opened(report))[1]

    assert len(paper) > 1
    assert all(page.chars for page in paper)


@pytest.mark.parametrize("number", range(4, 22, 2))
def test_the_signature_never_stands_alone(number):
    sections = (
        dataclasses.replace(
            make_sections()[0],
            paragraphs=tuple(Paragraph(f"{place}. {LONG_TITLE}.") for place in range(number)),
        ),
    )
    report = make_body(sections=sections)
    last = [page for page in opened(report) if not is_landscape(page)][-1]

    assert "GIÁM ĐỐC" in last.extract_text()
    assert "doanh nghiệp" in last.extract_text().partition("Nơi nhận:")[0]


def test_hostile_words_are_printed_as_words():
    report = make_body(
        heading=make_heading(abstract=HOSTILE, addressee=HOSTILE, agency_name=HOSTILE),
        opening=HOSTILE,
    )
    report = dataclasses.replace(
        report,
        activities=(make_activity(title=HOSTILE, leads=HOSTILE),),
        submissions=(make_submission(agency=HOSTILE),),
        evidence=(make_evidence(caption=HOSTILE, reference="javascript:alert(1)"),),
    )
    data = quarterly_pdf(report)
    pages = by_pdfplumber(data)

    assert words(HOSTILE) in running_text(pages[:1])
    assert b"javascript:" not in b"".join(
        str(annotation.get_object()).encode()
        for page in PdfReader(BytesIO(data)).pages
        for annotation in page.get("/Annots", [])
    )
    with pdfplumber.open(BytesIO(data)) as pdf:
        rows, _heads = table_rows(by_annex(pdf.pages)[1])
    assert rows[0][1].replace(" ", "") == HOSTILE.replace(" ", "")


def test_a_link_leads_where_it_says(data):
    annotations = [
        annotation.get_object() for page in PdfReader(BytesIO(data)).pages for annotation in page.get("/Annots", [])
    ]

    assert {annotation["/A"]["/URI"] for annotation in annotations} == {
        make_evidence(place).reference for place in range(12)
    }


def test_a_link_without_a_break_stays_in_its_cell():
    address = "https://minhhoa.gov.vn/" + "a" * 400
    report = dataclasses.replace(make_body(), evidence=(make_evidence(reference=address),))
    page = by_annex(opened(report))[3][0]

    assert page.width - max(char["x1"] for char in page.chars) >= 15 * MM - 1
    assert table_rows([page])[0][0][-1].replace(" ", "") == address


def test_a_report_is_set_once_while_it_says_the_same(monkeypatch):
    made = []
    monkeypatch.setattr(pdf, "quarterly_pdf", lambda report: made.append(report) or b"%PDF")
    first, other = make_body(plan_number="101/KH-UBND"), make_body(plan_number="102/KH-UBND")

    assert [pdf.kept_pdf(each) for each in (first, first, other)] == [b"%PDF"] * 3
    assert made == [first, other]


def test_a_document_gives_up_waiting(monkeypatch):
    monkeypatch.setattr(pdf, "PATIENCE", 0.01)

    with pdf._one_at_a_time, pytest.raises(pdf.PdfBusyError):
        pdf.quarterly_pdf(make_body())
