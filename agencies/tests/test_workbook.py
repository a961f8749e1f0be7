"""Workbooks out, in and back marked: what is typed stays what it is, and no file can do harm."""

import unicodedata
import zipfile
from datetime import date, datetime, time
from io import BytesIO
from time import perf_counter

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _, override
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from agencies.workbook import Column, Kind, Sheet, mark, read_table, write_table, write_workbook
from agencies.workbook.archive import MOST_CELLS_NAMED, MOST_TAGS

pytestmark = pytest.mark.usefixtures("english")

COLUMNS = [
    Column("number", "TT", also=("STT",)),
    Column("title", _("Activity"), is_required=True, also=("Nội dung thực hiện",)),
    Column("target", "Chỉ tiêu", Kind.WHOLE),
    Column("deadline", "Hạn", Kind.DATE),
]
HEADINGS = ["TT", "Activity", "Chỉ tiêu", "Hạn"]
RED = "FFFDC7C2"
SHEET = "xl/worksheets/sheet1.xml"


def saved(workbook):
    file = BytesIO()
    workbook.save(file)
    return BytesIO(file.getvalue())


def filled(*rows, headings=HEADINGS):
    """An uploaded workbook of these rows, the headings first."""
    workbook = Workbook()
    for row in [headings, *rows]:
        workbook.active.append(row)
    return saved(workbook)


def cells(*rows, headings=HEADINGS):
    return [row.cells for row in read_table(filled(*rows, headings=headings), COLUMNS).rows]


def opened(data, **how):
    return load_workbook(BytesIO(data), **how)


def refusal(file, columns=COLUMNS, **limits):
    with pytest.raises(ValidationError) as refused:
        read_table(file, columns, **limits)
    [error] = refused.value.error_list
    return error.code, error.messages[0]


# Writing


def test_what_is_written_is_read_back():
    rows = [
        {"number": "1", "title": "Hội nghị\nquý II", "target": 12000, "deadline": date(2026, 12, 15)},
        {"number": "02", "title": "Tờ gấp", "target": None, "deadline": None},
    ]

    data = write_table("Hoạt động", COLUMNS, rows)

    assert [row.cells for row in read_table(BytesIO(data), COLUMNS).rows] == rows


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_is_never_a_formula(start):
    typed = f'{start}HYPERLINK("http://example.org")'

    page = opened(write_table("A", COLUMNS, [{"title": typed}])).active

    assert (page["B2"].data_type, page["B2"].quotePrefix) == ("s", True)
    assert page["B2"].value == typed


def test_headings_and_notes_are_no_formulas_either():
    workbook = opened(write_table("=1+1", [Column("a", "=1+1")], [], notes=["=1+1"]))

    assert {cell.data_type for page in workbook for row in page for cell in row} == {"s"}


def test_numbers_and_dates_are_real_ones():
    page = opened(write_table("A", COLUMNS, [{"title": "x", "target": 12000, "deadline": date(2026, 6, 5)}])).active

    assert (page["C2"].value, page["C2"].number_format) == (12000, "#,##0")
    assert (page["D2"].value, page["D2"].number_format) == (datetime(2026, 6, 5), "dd/mm/yyyy")


def test_the_sheet_is_ready_to_read_and_to_print():
    page = opened(write_table("Hoạt động", COLUMNS, [{"title": "x"}] * 3, hidden=["number"])).active

    assert page["B1"].font.bold
    assert page["B2"].alignment.wrap_text
    assert (page.freeze_panes, page.auto_filter.ref, page.print_title_rows) == ("A2", "A1:D4", "$1:$1")
    assert (page.page_setup.orientation, page.page_setup.paperSize, page.page_setup.fitToHeight) == (
        "landscape",
        9,
        0,
    )
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert (page.column_dimensions["A"].hidden, page.column_dimensions["B"].hidden) == (True, False)


@pytest.mark.parametrize(
    "title, kept",
    [
        ("Kế hoạch 12/KH-UBND: [dự thảo]", "Kế hoạch 12 KH-UBND dự thảo"),
        ("x" * 40, "x" * 31),
        ("", "1"),
        ("'", "1"),
    ],
)
def test_the_title_of_a_sheet_is_one_excel_takes(title, kept):
    assert opened(write_table(title, COLUMNS, [])).sheetnames == [kept]


def test_a_row_is_as_high_as_its_words_and_goes_on_fitting_itself():
    data = write_table("A", [Column("a", "A", width=11)], [{"a": "x" * 25}, {"a": "1\n2\n3\n4"}, {"a": "x"}])

    with zipfile.ZipFile(BytesIO(data)) as archive:
        sheet = archive.read(SHEET)
    assert [b'<row r="%d" ht="%d">' % (n, height) in sheet for n, height in ((2, 45), (3, 60), (4, 15))] == [True] * 3


def test_several_sheets_keep_apart():
    data = write_workbook([Sheet("A", COLUMNS, [{"title": "1"}], notes=["Ghi chú"]), Sheet("a", COLUMNS, [])])

    assert opened(data).sheetnames == ["A", "a 2", "Notes"]


def test_control_characters_and_two_forms_of_a_letter_do_no_harm():
    typed = unicodedata.normalize("NFD", "Bảo Lộc") + "\x00\x0b\ud800\ufffe\uffff"

    page = opened(write_table("A", COLUMNS, [{"title": typed}])).active

    assert page["B2"].value == "Bảo Lộc"


@pytest.mark.parametrize(
    "offered, formula",
    [
        (["Sở Nội vụ", "Sở Tài chính"], '"Sở Nội vụ,Sở Tài chính"'),
        (["Sở Văn hóa, Thể thao và Du lịch"], "list_1"),
        ([f"Cơ quan {n}" for n in range(60)], "list_1"),
    ],
)
def test_a_drop_down_offers_its_list_and_forbids_nothing(offered, formula):
    workbook = opened(write_table("A", COLUMNS, [{"title": "x"}], choices={"title": offered}))

    [rule] = workbook.active.data_validations.dataValidation
    assert (rule.formula1, rule.showErrorMessage, str(rule.sqref)) == (formula, False, "B2:B1002")
    if formula == "list_1":
        assert workbook["_lists"].sheet_state == "hidden"
        assert [row[0].value for row in workbook["_lists"]] == offered
        assert workbook.defined_names["list_1"].attr_text == f"'_lists'!$A$1:$A${len(offered)}"


def test_two_long_lists_stand_side_by_side():
    long = [f"Cơ quan, đơn vị {n}" for n in range(3)]

    workbook = opened(write_table("A", COLUMNS, [], choices={"title": long, "number": long[:1]}))

    assert [[cell.value for cell in row] for row in workbook["_lists"]] == [
        [long[0], long[0]],
        [long[1], None],
        [long[2], None],
    ]
    assert [rule.formula1 for rule in workbook["A"].data_validations.dataValidation] == ["list_1", "list_2"]


# Reading: the table


def test_columns_are_found_by_their_words_in_any_order():
    [read] = cells([20, "x", "Hội nghị", 5], headings=["CHỈ TIÊU (*)", "Ghi chú", "noi dung  thuc hien", "Stt"])

    assert read == {"target": 20, "title": "Hội nghị", "number": "5"}


def test_headings_are_known_in_every_language():
    with override("vi"):
        data = write_table("A", COLUMNS, [{"title": "Hội nghị"}])

    assert opened(data).active["B1"].value == "Hoạt động"
    assert read_table(BytesIO(data), COLUMNS).rows[0].cells["title"] == "Hội nghị"


def test_the_table_may_begin_further_down_and_on_a_later_sheet():
    workbook = Workbook()
    workbook.active.append(["Activity of the year"])
    page = workbook.create_sheet("Phụ lục")
    for row in [["PHỤ LỤC"], [], HEADINGS, ["(1)", "(2)", "(3)", "(4)"], ["1", "Hội nghị"], [None, "  "], ["2", "Thi"]]:
        page.append(row)

    table = read_table(saved(workbook), COLUMNS)

    assert table.sheet == "Phụ lục"
    assert [(row.number, row.cells["title"]) for row in table.rows] == [(5, "Hội nghị"), (7, "Thi")]


def test_a_hidden_sheet_is_not_read():
    workbook = Workbook()
    workbook.active.append(HEADINGS)
    workbook.active.append(["1", "cũ"])
    workbook.active.sheet_state = "hidden"
    page = workbook.create_sheet("Mới")
    for row in [HEADINGS, ["1", "mới"]]:
        page.append(row)
    workbook.active = 1

    assert read_table(saved(workbook), COLUMNS).rows[0].cells["title"] == "mới"


def test_cells_merged_downwards_say_the_same_in_each_row():
    workbook = load_workbook(filled(["1", "Hội nghị"], ["2", None], ["3", None], [None, None], ["II", None]))
    workbook.active.merge_cells("B2:B5")
    workbook.active.merge_cells("A6:D6")

    read = read_table(saved(workbook), COLUMNS).rows

    assert [(row.number, row.cells["number"], row.cells["title"]) for row in read] == [
        (2, "1", "Hội nghị"),
        (3, "2", "Hội nghị"),
        (4, "3", "Hội nghị"),
        (6, "II", ""),
    ]


def test_a_lone_cell_at_the_end_of_the_sheet_is_one_more_row():
    workbook = load_workbook(filled(["1", "Hội nghị"]))
    workbook.active["B1048576"] = "cuối"

    assert [row.number for row in read_table(saved(workbook), COLUMNS).rows] == [2, 1048576]


# Reading: the values


@pytest.mark.parametrize(
    "typed, words",
    [
        (60.0, "60"),
        (1.1, "1.1"),
        (0.1 + 0.2, "0.3"),
        (84912345678, "84912345678"),
        (True, "TRUE"),
        (time(7, 30), "07:30"),
        ("  hai   chữ  ", "hai chữ"),
        ("dòng 1_x000D_\ndòng 2", "dòng 1\ndòng 2"),
        ("\xa0Sở\xa0Nội vụ\u200b", "Sở Nội vụ"),
        (unicodedata.normalize("NFD", "Đắk Lắk"), "Đắk Lắk"),
    ],
)
def test_text_is_what_a_person_sees(typed, words):
    assert cells(["1", typed])[0]["title"] == words


@pytest.mark.parametrize(
    "number_format, words",
    [
        ("dd/mm/yyyy", "01/12/2026"),
        ("mm-dd-yy", "01/12/2026"),
        ('[$-42A]d "tháng" m, yyyy', "01/12/2026"),
        ("mmm-yy", "12/2026"),
        ("d-mmm", "01/12"),
    ],
)
def test_a_time_that_excel_took_for_a_day_is_read_as_typed(number_format, words):
    workbook = load_workbook(filled(["1", date(2026, 12, 1)]))
    workbook.active["B2"].number_format = number_format

    assert read_table(saved(workbook), COLUMNS).rows[0].cells["title"] == words


@pytest.mark.parametrize("value, number_format, words", [(4, "00", "04"), (0.95, "0%", "95%"), (7, "General", "7")])
def test_a_number_is_read_as_shown(value, number_format, words):
    workbook = load_workbook(filled(["1", value]))
    workbook.active["B2"].number_format = number_format

    assert read_table(saved(workbook), COLUMNS).rows[0].cells["title"] == words


@pytest.mark.parametrize(
    "typed, read",
    [
        (60, 60),
        (60.0, 60),
        ("12.000", 12000),
        ("1,234,567", 1234567),
        ("12 000", 12000),
        ("04", 4),
        (None, None),
        ("  ", None),
        (2.5, "2.5"),
        ("bốn", "bốn"),
        ("1.00", "1.00"),
        ("²", "²"),
        ("9" * 30, "9" * 30),
        (True, "TRUE"),
    ],
)
def test_a_whole_number_or_the_words(typed, read):
    assert cells(["1", "x", typed])[0]["target"] == read


@pytest.mark.parametrize(
    "typed, read",
    [
        (date(2026, 9, 30), date(2026, 9, 30)),
        (datetime(2026, 9, 30, 10, 5), date(2026, 9, 30)),
        ("30/9/2026", date(2026, 9, 30)),
        ("30-09-2026", date(2026, 9, 30)),
        ("31/9/2026", "31/9/2026"),
        ("quý III", "quý III"),
        (None, None),
    ],
)
def test_a_date_or_the_words(typed, read):
    assert cells(["1", "x", None, typed])[0]["deadline"] == read


def test_a_formula_is_read_as_the_result_saved_with_it():
    """openpyxl saves none, so the result is put into the file by hand."""
    file = filled(["1", "x", "=40+2"])
    with_result = rewritten(file, SHEET, b"<f>40+2</f><v></v>", b"<f>40+2</f><v>42</v>")

    assert read_table(with_result, COLUMNS).rows[0].cells["target"] == 42


def test_a_formula_without_a_result_is_a_fault_of_its_cell():
    table = read_table(filled(["1", "x", "=40+2"]), COLUMNS)

    assert list(table.faults) == [(2, "target")]
    assert "no result" in table.faults[2, "target"]
    assert table.rows[0].cells["target"] is None


def test_a_formula_with_an_error_is_a_fault_of_its_cell():
    table = read_table(filled(["1", "#REF!"]), COLUMNS)

    assert table.faults == {
        (2, "title"): "The formula here has an error (#REF!): correct it, or type the value itself."
    }


# Reading: what is refused


def rewritten(file, name, old, new):
    """The same workbook with `old` in one of its parts replaced."""
    result = BytesIO()
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            data = source.read(part)
            if part == name:
                assert old in data
                data = data.replace(old, new)
            target.writestr(part, data)
    return result


def zipped(parts):
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file


def with_part(name, data):
    file = filled(["1", "x"])
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return file


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
NOT_READ = {
    "no file": (lambda: BytesIO(), "no_workbook"),
    "text": (lambda: BytesIO("TT;Nội dung\n1;Hội nghị".encode()), "no_workbook"),
    "a picture": (lambda: BytesIO(b"\x89PNG\r\n\x1a\n" + b"\x00" * 100), "no_workbook"),
    "half a workbook": (lambda: BytesIO(filled(["1", "x"]).getvalue()[:2000]), "no_workbook"),
    "any zip": (lambda: zipped({"a.txt": "x"}), "no_workbook"),
    "a binary workbook": (lambda: with_part("xl/workbook.bin", b"x"), "no_workbook"),
    "a Word file": (lambda: zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<d/>"}), "damaged"),
    "the old format": (lambda: BytesIO(OLE), "old_format"),
    "a password": (lambda: BytesIO(OLE + "EncryptedPackage".encode("utf-16-le")), "password"),
    "macros": (lambda: with_part("xl/vbaProject.bin", b"x"), "macros"),
    "no sheet": (
        lambda: rewritten(filled(["1", "x"]), SHEET, b"<row", b"<row><row"),
        "damaged",
    ),
    "no string of that number": (
        lambda: rewritten(filled([1, "x"]), SHEET, b't="n"><v>1</v>', b't="s"><v>999</v>'),
        "damaged",
    ),
    "no rows": (lambda: filled(), "no_rows"),
    "blank rows": (lambda: filled([None, " "], ["", "\xa0"]), "no_rows"),
    "no headings": (lambda: filled(["1", "x"], headings=["a", "b"]), "no_headings"),
    "a column lacking": (lambda: filled(["1", 3], headings=["TT", "Chỉ tiêu"]), "lacks_columns"),
    "a column twice": (
        lambda: filled(["1", "x", "y"], headings=["TT", "Activity", "Nội dung thực hiện"]),
        "columns_twice",
    ),
}


@pytest.mark.parametrize("case", NOT_READ)
def test_what_cannot_be_read_is_answered_in_a_sentence(case):
    file, expected = NOT_READ[case]

    code, sentence = refusal(file())

    assert code == expected
    assert sentence.endswith(".")


def test_the_sentence_names_the_columns():
    assert "Activity" in refusal(filled(["1"], headings=["TT"]))[1]
    assert "Activity" in refusal(filled(["1"], headings=["x"]))[1]


def test_limits_of_size_and_rows():
    file = filled(*[["1", "x"]] * 11)

    assert refusal(file, most_rows=10) == ("too_many_rows", "The workbook has more than 10 rows: upload it in parts.")
    assert refusal(file, most_bytes=1000)[0] == "too_large"
    assert len(read_table(file, COLUMNS, most_rows=11).rows) == 11


BOMBS = {
    "gigabytes of zeros": lambda: with_part("xl/media/a.bin", b"\0" * 70_000_000),
    "a thousand parts": lambda: zipped({"[Content_Types].xml": "", **{f"{n}.xml": "" for n in range(1000)}}),
    "a million empty cells": lambda: rewritten(
        filled(["1"]), SHEET, b"</sheetData>", b"<c/>" * MOST_TAGS + b"</sheetData>"
    ),
    "one sheet a hundred times": lambda: rewritten(
        filled(["1"]), "xl/workbook.xml", b"</sheets>", b'<sheet name="a" sheetId="1"/>' * 100 + b"</sheets>"
    ),
    "everything merged": lambda: rewritten(
        filled(["1"]), SHEET, b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    ),
    "everything linked": lambda: rewritten(
        filled(["1"]),
        SHEET,
        b"</sheetData>",
        b'</sheetData><hyperlinks><hyperlink tooltip=">" ref="&#65;1:XFD1048576"/></hyperlinks>',
    ),
    "many large merges": lambda: rewritten(
        filled(["1"]),
        SHEET,
        b"</sheetData>",
        b"</sheetData><mergeCells>" + b'<mergeCell ref="A1:Z999"/>' * (MOST_CELLS_NAMED // 25_000) + b"</mergeCells>",
    ),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_does_not_go_off(bomb):
    file = BOMBS[bomb]()
    start = perf_counter()

    assert refusal(file)[0] == "too_large_inside"
    assert perf_counter() - start < 5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE worksheet [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE worksheet SYSTEM "http://127.0.0.1:9/a.dtd">',
    ],
)
def test_a_document_type_is_refused(doctype, encoding):
    with zipfile.ZipFile(filled(["1", "x"])) as source:
        sheet = source.read(SHEET).decode()
        parts = {name: source.read(name) for name in source.namelist()}
    parts[SHEET] = f'<?xml version="1.0" encoding="{encoding}"?>{doctype}{sheet}'.encode(encoding)

    assert refusal(zipped(parts))[0] == "damaged"


def test_a_reference_that_is_none_is_refused():
    file = rewritten(
        filled(["1"]), SHEET, b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="??"/></mergeCells>'
    )

    assert refusal(file)[0] == "damaged"


# Marking


def marked(file, faults):
    return mark(file, read_table(file, COLUMNS), faults)


def test_faults_are_marked_in_the_persons_own_workbook():
    workbook = load_workbook(filled(["1", "Hội nghị", "bốn"], ["2", "Thi", 3]))
    page = workbook.active
    page.title = "Phụ lục"
    page["A2"].font, page["A2"].fill = Font(bold=True), PatternFill("solid", fgColor="FFCCEECC")
    page["E2"] = "=1+1"
    page.row_dimensions[2].height, page.row_dimensions[3].hidden = 44, True
    page.column_dimensions["B"].width = 71

    again = opened(marked(saved(workbook), {(2, "target"): "Write it in figures.", (3, "title"): "Too short."}))

    page = again["Phụ lục"]
    assert (page["C2"].fill.fgColor.rgb, page["B3"].fill.fgColor.rgb) == (RED, RED)
    assert (page["C2"].comment.text, page["C2"].comment.author) == ("ReformComms: Write it in figures.", "ReformComms")
    assert (page["A2"].font.bold, page["A2"].fill.fgColor.rgb) == (True, "FFCCEECC")
    assert (page["E2"].value, page.column_dimensions["B"].width) == ("=1+1", 71)
    assert [cell.value for cell in page["A"]] == ["TT", "1", "2"]
    assert (page.row_dimensions[2].height, page.row_dimensions[3].hidden) == (44, True)


def test_a_list_in_front_leads_to_each_fault():
    again = opened(marked(filled(["1", "x", "bốn"]), {(2, "target"): "Write it in figures.", (2, "title"): "=Short"}))

    listed = again.worksheets[0]
    assert (listed.title, again.active.title) == ("To correct", "To correct")
    assert [[cell.value for cell in row][:3] for row in listed] == [
        ["Row", "Column", "What is wrong"],
        [2, "B", "=Short"],
        [2, "C", "Write it in figures."],
    ]
    assert listed["C2"].data_type == "s"
    assert listed["A3"].hyperlink.location == "'Sheet'!C2"
    assert listed.column_dimensions["D"].hidden
    assert [page.sheet_view.tabSelected for page in again] == [True, False]


def test_the_next_round_takes_our_marks_off_and_nothing_else():
    workbook = load_workbook(filled(["1", "x", "bốn"], ["2", "y", "năm"]))
    page = workbook.active
    page["C2"].fill = PatternFill("solid", fgColor="FFCCEECC")
    page["C2"].comment = Comment("Hỏi lại Sở Nội vụ", "An")
    page["B3"].comment = Comment("Của tôi", "An")

    first = BytesIO(marked(saved(workbook), {(2, "target"): "Figures.", (3, "target"): "Figures."}))
    assert opened(first.getvalue())["Sheet"]["C2"].comment.text == "Hỏi lại Sở Nội vụ\nReformComms: Figures."
    second = opened(marked(first, {(3, "target"): "Still not."}))

    page = second["Sheet"]
    assert second.sheetnames == ["To correct", "Sheet"]
    assert (page["C2"].fill.fgColor.rgb, page["C2"].comment.text) == ("FFCCEECC", "Hỏi lại Sở Nội vụ")
    assert (page["C3"].fill.fgColor.rgb, page["C3"].comment.text) == (RED, "ReformComms: Still not.")
    assert page["B3"].comment.text == "Của tôi"
    third = opened(marked(BytesIO(marked(first, {(3, "target"): "Still not."})), {}))
    assert third.sheetnames == ["Sheet"]
    assert (third.active["C3"].fill.fill_type, third.active["C3"].comment) == (None, None)


def test_marks_of_the_other_language_come_off_too():
    with override("vi"):
        first = BytesIO(marked(filled(["1", "x"]), {(2, "title"): "Quá ngắn."}))

    assert len(opened(first.getvalue()).sheetnames) == 2
    assert opened(marked(first, {})).sheetnames == ["Sheet"]


def test_a_sheet_of_the_same_name_that_is_not_ours_stays():
    workbook = load_workbook(filled(["1", "x"]))
    workbook.create_sheet("To correct")["A1"] = "Việc của tôi"

    assert opened(marked(saved(workbook), {})).sheetnames == ["Sheet", "To correct"]


@pytest.mark.parametrize("key", ["", "deadline"])
def test_a_fault_of_a_whole_row_marks_its_first_cell(key):
    file = filled(["1", "x"], headings=HEADINGS[:2])

    page = opened(marked(file, {(2, key): "Twice."}))["Sheet"]

    assert page["A2"].comment.text == "ReformComms: Twice."


def test_a_fault_inside_a_merged_cell_marks_its_corner():
    workbook = load_workbook(filled(["1", "x"], ["2", None]))
    workbook.active.merge_cells("B2:B3")

    page = opened(marked(saved(workbook), {(3, "title"): "Twice."}))["Sheet"]

    assert page["B2"].fill.fgColor.rgb == RED


def test_words_in_two_fonts_keep_both():
    from openpyxl.cell.rich_text import CellRichText, TextBlock
    from openpyxl.cell.text import InlineFont

    workbook = load_workbook(filled(["1", "x"]))
    workbook.active["B2"] = CellRichText("Hội ", TextBlock(InlineFont(b=True), "nghị"))

    again = opened(marked(saved(workbook), {(2, "title"): "Quá ngắn."}), rich_text=True)

    assert isinstance(again["Sheet"]["B2"].value, CellRichText)
    assert str(again["Sheet"]["B2"].value) == "Hội nghị"


def test_a_thousand_rows_are_read_and_marked_in_time():
    columns = [*COLUMNS, *(Column(f"c{n}", f"Cột {n} a") for n in range(8))]
    row = {column.key: "Sở Văn hóa, Thể thao và Du lịch" for column in columns if column.kind is Kind.TEXT}
    file = BytesIO(write_table("A", columns, [{**row, "target": n} for n in range(1000)]))
    start = perf_counter()

    table = read_table(file, columns)
    mark(file, table, {(row.number, "title"): "Quá ngắn." for row in table.rows})

    assert len(table.rows) == 1000
    assert perf_counter() - start < 10


# Hostile numbers and texts


def spoilt(replacements, file, **parts):
    """The workbook with `replacements` ({part: [(old, new)]}) made in it, and `parts` added."""
    made = BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            for before, after in replacements.get(name, ()):
                assert before in content
                content = content.replace(before, after)
            new.writestr(name, content)
        for name, content in parts.items():
            new.writestr(name, content)
    return made


def with_one_text(text, formula, rows=20):
    """A workbook whose cells all name one text, or whose formulas all have it as their result."""
    cell = b"<f>1+1</f><v>0</v>" if formula else b"<v>0</v>"
    title = b't="inlineStr"><is><t>T</t></is>'
    listed = b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    return spoilt(
        {
            SHEET: [(title, b't="s">' + cell)],
            "[Content_Types].xml": [(b"</Types>", listed + b'spreadsheetml.sharedStrings+xml"/></Types>')],
        },
        filled(*(["1", "T", None, None] for _row in range(rows))),
        **{
            "xl/sharedStrings.xml": "<sst xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><si><t>"
            f"{text}</t></si></sst>"
        },
    )


@pytest.mark.parametrize("digits", [b"1E999", b"-1E999", b"9" * 400, b"1E300", b"9" * 19])
@pytest.mark.parametrize("number_format", ["General", "0%", "000"])
def test_a_number_nobody_can_count_with_is_a_fault_of_its_cell(digits, number_format):
    book = Workbook()
    for line in [HEADINGS, ["1", "Họp báo", 7, None], [8, "Hội nghị", None, None]]:
        book.active.append(line)
    book.active["C2"].number_format = book.active["A3"].number_format = number_format
    values = [(b"<v>7</v>", b"<v>" + digits + b"</v>"), (b"<v>8</v>", b"<v>" + digits + b"</v>")]
    file = spoilt({SHEET: values}, saved(book))

    table = read_table(file, COLUMNS)

    assert table.faults == dict.fromkeys(
        [(2, "target"), (3, "number")], "This number is too large to be read: check it."
    )
    assert mark(file, table, table.faults)


def test_a_number_format_does_not_swell_its_numbers():
    book = Workbook()
    for line in [HEADINGS, *([7, "Họp báo", None, None] for _row in range(600))]:
        book.active.append(line)
    for row in range(2, 602):
        book.active.cell(row, 1).number_format = "0" * 1_000_000

    table = read_table(saved(book), COLUMNS)

    assert {row.cells["number"] for row in table.rows} == {"7"}


@pytest.mark.parametrize("formula", [False, True])
def test_one_long_text_in_every_cell_is_too_large_inside(formula):
    assert cells_of(with_one_text("Họp báo", formula)) == {"Họp báo"}
    assert refusal(with_one_text("a" * 600_000, formula))[0] == "too_large_inside"


def cells_of(file):
    return {row.cells["title"] for row in read_table(file, COLUMNS).rows}


def test_of_an_endless_text_a_cell_holds_what_excel_holds():
    file = filled(["1", "a" * 40_000, None, None])

    assert len(read_table(file, COLUMNS).rows[0].cells["title"]) == 32_767
