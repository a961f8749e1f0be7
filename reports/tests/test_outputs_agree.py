"""PDF, Word and Excel of one report say the same: every cell of every annex, every figure, read back from the files."""

import dataclasses
from decimal import Decimal
from io import BytesIO

import docx
import openpyxl
import pdfplumber
import pytest

from reports.annexes import annexes
from reports.excel import ministry_xlsx, report_xlsx
from reports.ministry import USUAL, numbers_of
from reports.pdf import quarterly_pdf
from reports.quarterly.report import Difference, Paragraph, Run, Section
from reports.word import report_docx
from reports.wording import number_vn, percent_vn, short_date

from .factories import LONG_TITLE, make_activity, make_figure, make_report, make_submission

CHANGED = Difference("Lượt phát thanh, trong kỳ", "2.164", "2.064", "mục II.2")
PRINTED = {"in_period": number_vn, "cumulative": number_vn, "target": number_vn, "percent": percent_vn}


def plain(text):
    """Words without the white space that a cell's width puts between them."""
    return "".join(str(text).split())


def rows_of_pdf(report):
    """[rows of cells] of each annex, in order; a heading repeated on the next page is left out."""
    found = {}
    with pdfplumber.open(BytesIO(quarterly_pdf(report))) as pdf:
        name = ""
        for page in pdf.pages:
            words = page.extract_text().split("\n")
            name = next((line for line in words[:2] if line.startswith("Phụ lục ")), name)
            for table in page.extract_tables() if name else []:
                found.setdefault(name, []).extend([plain(cell) for cell in row] for row in table)
    return [[row for place, row in enumerate(rows) if place == 0 or row != rows[0]] for rows in found.values()]


def rows_of_word(report):
    tables = docx.Document(BytesIO(report_docx(report))).tables
    bordered = [table for table in tables if len(table.columns) > 3]
    return [[[plain(cell.text) for cell in row.cells] for row in table.rows] for table in bordered]


def rows_of_excel(report):
    workbook = openpyxl.load_workbook(BytesIO(report_xlsx(report)))
    return {page.title: [[cell.value for cell in row] for row in page.iter_rows()] for page in workbook}


def submissions_in(in_excel):
    """The rows of annex III in the workbook, each in the words that paper has for it."""
    heads, *rows = in_excel["Phụ lục III"]
    lines = [dict(zip(heads, row, strict=True)) for row in rows]
    return [
        [
            plain(line["Cơ quan, đơn vị"]),
            *([plain(line["Kỳ báo cáo"])] if "Kỳ báo cáo" in heads else []),
            short_date(line["Hạn gửi"]),
            short_date(line["Ngày gửi"]) if line["Ngày gửi"] else "–",
            plain(line["Tình hình gửi báo cáo"]),
            number_vn(line["Số ngày chậm"]) if line["Số ngày chậm"] else "–",
            plain(line["Kết quả duyệt"] or "–"),
        ]
        for line in lines
    ]


@pytest.fixture(scope="module")
def report():
    """Two thousand figures that are all different, some of them missing; a correction."""
    figures = [
        make_figure(
            place,
            in_period=None if place == 3 else 1_000_000 + 37 * place,
            cumulative=2_000_000 + 41 * place,
            target=None if place % 5 == 0 else 4_000_000 + place,
        )
        for place in range(30)
    ]
    activities = [make_activity(place, quantity_in_period=place, quantity_done=1000 + place) for place in range(20)]
    return dataclasses.replace(
        make_report(submissions=40, evidence=60),
        figures=tuple(figures),
        activities=tuple(activities),
        expected=40,
        sent=20,
        on_time=10,
        late=10,
        replaces="Báo cáo số 06/BC-SNV",
        differences=(CHANGED,),
    )


@pytest.fixture(scope="module")
def in_pdf(report):
    return rows_of_pdf(report)


@pytest.fixture(scope="module")
def in_word(report):
    return rows_of_word(report)


@pytest.fixture(scope="module")
def in_excel(report):
    return rows_of_excel(report)


@pytest.fixture(scope="module")
def summed():
    """Two plans, each with the same two agencies in two periods; one of them had nothing to report."""
    plans = ("12/KH-UBND", "99/KH-UBND")
    periods = ("Quý I/2026", "Quý II/2026")
    submissions = [
        make_submission(place, plan_number=plan, period_label=period, is_nothing=place == 3)
        for plan in plans
        for period in periods
        for place in (0, 3)
    ]
    activities = [make_activity(place, plan_number=plan) for plan in plans for place in range(2)]
    return dataclasses.replace(
        make_report(figures=2, evidence=1, kind="locality", span="half_year"),
        activities=tuple(activities),
        submissions=tuple(submissions),
    )


def test_every_annex_says_the_same_on_paper_and_in_word(report, in_pdf, in_word):
    said = [
        [[plain(column.head) for column in annex.columns], *([plain(cell.text) for cell in row] for row in annex.rows)]
        for annex in annexes(report)
    ]

    assert [len(rows) for rows in said] == [31, 21, 41, 61, 2]
    assert in_pdf == said
    assert in_word == said


def test_every_figure_is_a_real_number_in_the_workbook(report, in_excel, in_pdf):
    heads, *rows = in_excel["Phụ lục I"]
    assert len(rows) == len(report.figures) == 30

    for figure, row, printed in zip(report.figures, rows, in_pdf[0][1:], strict=True):
        values = dict(zip(heads, row, strict=True))
        numbers = [values["Trong kỳ"], values["Lũy kế"], values["Chỉ tiêu năm"]]
        assert numbers == [figure.in_period, figure.cumulative, figure.target]
        percent = values["Tỷ lệ (%)"]
        assert percent == (None if figure.target_percent is None else float(figure.target_percent))
        assert [number_vn(each) for each in numbers] == printed[3:6]
        assert percent_vn(None if percent is None else Decimal(str(percent))) == printed[6]


def test_activities_and_submissions_are_numbers_and_days_in_the_workbook(report, in_excel, in_pdf):
    heads, *rows = in_excel["Phụ lục II"]
    for line, row, printed in zip(report.activities, rows, in_pdf[1][1:], strict=True):
        values = dict(zip(heads, row, strict=True))
        assert (values["Trong kỳ"], values["Lũy kế"], values["Chỉ tiêu"]) == (
            line.quantity_in_period,
            line.quantity_done,
            line.target,
        )
        assert printed[5] == number_vn(values["Trong kỳ"])
        assert printed[6] == plain(f"{number_vn(values['Lũy kế'])}/{number_vn(values['Chỉ tiêu'])} {line.unit}")
        assert plain(values["Trạng thái"]) in printed[8]

    assert submissions_in(in_excel) == [row[1:] for row in in_pdf[2][1:]]


def test_several_periods_and_plans_are_told_apart_everywhere(summed):
    in_excel, in_pdf = rows_of_excel(summed), rows_of_pdf(summed)[2]
    heads, *rows = in_excel["Phụ lục III"]
    said = [[plain(cell.text) for cell in row] for row in annexes(summed)[2].rows]
    of_agencies = [row for row in said if len(row) > 2]  # the others name the plan
    sent_nothing = sum(line.is_nothing and line.sent_on is not None for line in summed.submissions)

    assert heads[:4] == ["Kế hoạch", "TT", "Cơ quan, đơn vị", "Kỳ báo cáo"]
    assert [row[0] for row in rows] == ["12/KH-UBND"] * 4 + ["99/KH-UBND"] * 4
    assert [row[3] for row in rows] == ["Quý I/2026", "Quý I/2026", "Quý II/2026", "Quý II/2026"] * 2
    assert submissions_in(in_excel) == [row[1:] for row in of_agencies]
    assert [row for row in in_pdf[1:] if row[2] != "None"] == of_agencies
    assert sum(row[-1].endswith("(khôngphátsinh)") for row in of_agencies) == sent_nothing == 4


def test_evidence_and_changes_are_in_the_workbook(report, in_excel, in_pdf):
    heads, *rows = in_excel["Phụ lục IV"]
    assert [[plain(row[3]), plain(row[6])] for row in rows] == [[row[3], row[6]] for row in in_pdf[3][1:]]
    assert in_excel["Nội dung thay đổi"][1] == [CHANGED.what, CHANGED.place, CHANGED.before, CHANGED.after]
    facts = {row[0]: row[2] for row in in_excel["Báo cáo"][1:]}
    counts = ("Cơ quan, đơn vị phải báo cáo", "Đã gửi báo cáo", "Gửi đúng hạn", "Gửi chậm", "Minh chứng")
    assert [facts[name] for name in counts] == [40, 20, 10, 10, 60]


def test_headings_stay_in_sight_and_filters_are_set(report):
    workbook = openpyxl.load_workbook(BytesIO(report_xlsx(report)))

    assert workbook.sheetnames == [
        "Báo cáo",
        "Nội dung",
        *("Phụ lục I", "Phụ lục II", "Phụ lục III", "Phụ lục IV"),
        "Nội dung thay đổi",
    ]
    assert {page.freeze_panes for page in workbook} == {"A2"}
    assert all(page.auto_filter.ref for page in workbook)


def test_the_narrative_is_the_same_words_in_their_faces():
    runs = (
        Run("Đã đăng "),
        Run("1.234 tin, bài", bold=True),
        Run(" theo chủ đề "),
        Run("một cửa", italic=True),
        Run("."),
    )
    said = Paragraph("".join(run.text for run in runs), runs=runs)
    sections = (Section("I", "CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH", (said, Paragraph("", lead="1. Ưu điểm", level=1))),)
    report = make_report(figures=0, activities=0, submissions=0, evidence=0, sections=sections)

    with pdfplumber.open(BytesIO(quarterly_pdf(report))) as pdf:
        assert plain(said.text) in plain(pdf.pages[0].extract_text())
        faces = {word["text"]: word["fontname"] for word in pdf.pages[0].extract_words(extra_attrs=["fontname"])}
    assert faces["1.234"] == faces["CÔNG"] != faces["đăng"]  # a heading is bold
    assert faces["một"] not in (faces["CÔNG"], faces["đăng"])

    written = docx.Document(BytesIO(report_docx(report)))
    [paragraph] = [each for each in written.paragraphs if each.text == said.text]
    assert [(run.text, bool(run.bold), bool(run.italic)) for run in paragraph.runs] == [tuple(run) for run in runs]

    workbook = openpyxl.load_workbook(BytesIO(report_xlsx(report)))
    assert [cell.value for cell in workbook["Nội dung"]["B"]] == ["Nội dung", said.text]


def test_what_was_typed_is_no_formula():
    report = make_report(evidence=0, activities=0)
    line = dataclasses.replace(report.submissions[0], agency="=HYPERLINK(1)")
    workbook = openpyxl.load_workbook(BytesIO(report_xlsx(dataclasses.replace(report, submissions=(line,)))))

    cell = workbook["Phụ lục III"]["B2"]
    assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")


def test_plans_have_a_column_where_the_report_is_on_all_of_them():
    line = make_activity(plan_number="12/KH-UBND")
    workbook = openpyxl.load_workbook(BytesIO(report_xlsx(dataclasses.replace(make_report(), activities=(line,)))))

    assert [cell.value for cell in workbook["Phụ lục II"]["A"]] == ["Kế hoạch", "12/KH-UBND"]


def test_the_ministrys_form_is_one_row_of_numbers(report):
    code = report.figures[1].code
    columns = [
        ("Tin, bài", f"{code}.in_period"),
        ("Tỷ lệ", f"{code}.percent"),
        ("Để trống", ""),
        ("Lạ", "XYZ-9.target"),
    ]

    page = openpyxl.load_workbook(BytesIO(ministry_xlsx(report, [*columns, ("Đúng hạn", "rate.on_time")]))).active

    heads, row = [[cell.value for cell in line] for line in page.iter_rows()]
    assert heads == ["Đơn vị báo cáo", "Kỳ báo cáo", "Tin, bài", "Tỷ lệ", "Để trống", "Lạ", "Đúng hạn"]
    figure = report.figures[1]
    assert row == ["Sở Nội vụ", "Quý II/2026", figure.in_period, float(figure.target_percent), None, None, 25]


def test_the_usual_form_asks_for_figures_that_reports_have(report):
    counts = [key for _head, key in USUAL if key.startswith(("count.", "rate."))]

    assert counts
    assert set(counts) <= set(numbers_of(report))


def test_the_same_object_is_the_same_word_file():
    report = make_report(check_code="MH24-07K2-FX", check_url="http://portal/check/MH24-07K2-FX/")

    assert report_docx(report) == report_docx(report)


def test_the_last_page_in_word_has_the_code_and_its_picture():
    written = docx.Document(BytesIO(report_docx(make_report(check_code="MH24", check_url="http://portal/check/MH24/"))))

    assert written.paragraphs[-1].text == "Mã văn bản: MH24. Tra cứu tại http://portal/check/MH24/"
    assert len(written.inline_shapes) == 1
    assert not docx.Document(BytesIO(report_docx(make_report()))).inline_shapes


def test_a_title_as_long_as_they_get_stays_in_its_sheet(report):
    assert LONG_TITLE in [row[1].value for row in openpyxl.load_workbook(BytesIO(report_xlsx(report)))["Phụ lục II"]]
