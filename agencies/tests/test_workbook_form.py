"""A workbook as a form: what may be written where, what comes back."""

import io
import re
import zipfile
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from openpyxl import Workbook, load_workbook

from agencies.workbook import Column, FormRow, Input, Kind, Rule, mark, read_form, write_form, write_table
from agencies.workbook.form import HIGHEST

pytestmark = pytest.mark.usefixtures("english")

COLUMNS = (
    Column("name", "Name", width=20, is_required=True),
    Column("state", "State", width=12),
    Column("percent", "Percent", kind=Kind.WHOLE, width=10),
    Column("day", "Day", kind=Kind.DATE, width=12),
    Column("words", "Words", width=30),
    Column("key", "Key", width=8),
)


def made(*rows, **options):
    return write_form("Biểu mẫu", COLUMNS, rows, keys={"id": 7}, hidden=("key",), frozen=1, **options)


def page_of(data):
    return load_workbook(io.BytesIO(data)).worksheets[0]


def row(**cells):
    return FormRow({"name": "Một", "key": "a1", **cells})


def test_what_is_written_is_read():
    data = made(
        row(state=Input("Xong"), percent=Input(40), day=Input(date(2026, 6, 1)), words=Input("=1+1\nhai dòng")),
        lines=["Đơn vị", "Hạn gửi"],
    )

    table, keys = read_form(io.BytesIO(data), COLUMNS)

    assert keys == {"id": "7"}
    [read] = table.rows
    assert read.number == 6
    assert read.cells == {
        "name": "Một",
        "state": "Xong",
        "percent": 40,
        "day": date(2026, 6, 1),
        "words": "=1+1\nhai dòng",
        "key": "a1",
    }


def test_only_inputs_are_open():
    page = page_of(made(row(percent=Input())))

    assert page.protection.sheet
    opened = {cell.coordinate for cells in page.iter_rows() for cell in cells if not cell.protection.locked}
    assert opened == {"C4"}
    assert page["C4"].fill.fgColor.rgb == "FFFFF8E1"


def test_cells_of_one_rule_share_it():
    rule = Rule(between=(0, 100), prompt="Từ 0 đến 100", refusal="Số từ 0 đến 100")
    page = page_of(
        made(row(percent=Input(1, rule)), row(percent=Input(2, rule)), row(state=Input("", Rule(("A", "B")))))
    )

    whole, listed = page.data_validations.dataValidation
    assert (str(whole.sqref), whole.formula1, whole.formula2, whole.error) == ("C4 C5", "0", "100", "Số từ 0 đến 100")
    assert whole.prompt == "Từ 0 đến 100" and whole.showInputMessage and whole.showErrorMessage
    assert (str(listed.sqref), listed.formula1) == ("B6", '"A,B"')


def test_a_long_list_stands_on_a_hidden_protected_sheet():
    choices = tuple(f"Lựa chọn dài số {number}" for number in range(60))

    workbook = load_workbook(io.BytesIO(made(row(state=Input("", Rule(choices))))))

    assert workbook["_lists"].sheet_state == "hidden"
    assert workbook["_lists"].protection.sheet and workbook["_keys"].protection.sheet
    assert workbook["_lists"]["A60"].value == choices[-1]


def test_a_row_is_never_higher_than_excel_takes():
    page = page_of(made(row(words=Input("dòng\n" * 100))))

    assert page.row_dimensions[4].height == HIGHEST


def test_its_faults_are_marked_and_the_protection_stays():
    data = made(row(percent=Input("nhiều")))
    table, _keys = read_form(io.BytesIO(data), COLUMNS)

    marked = mark(io.BytesIO(data), table, {(4, "percent"): "Không phải số"})

    workbook = load_workbook(io.BytesIO(marked))
    page = workbook["Biểu mẫu"]
    assert "Không phải số" in page["C4"].comment.text
    assert page.protection.sheet and not page["C4"].protection.locked
    assert read_form(io.BytesIO(marked), COLUMNS)[1] == {"id": "7"}


def test_a_workbook_without_keys_is_no_form():
    with pytest.raises(ValidationError, match="not a form of the portal"):
        read_form(io.BytesIO(write_table("x", COLUMNS, [{"name": "a"}])), COLUMNS)


@pytest.mark.parametrize("value, words", [(0.4, "40%"), (1, "100%"), (0, "0%"), (0.125, "12.5%")])
def test_a_share_is_read_as_it_is_shown(value, words):
    """A person types 100 % and Excel keeps 1."""
    workbook = Workbook()
    page = workbook.active
    page.append(["Name", "Percent"])
    page.append(["a", value])
    page["B2"].number_format = "0%"
    workbook.create_sheet("_keys")
    file = io.BytesIO()
    workbook.save(file)

    table, _keys = read_form(file, COLUMNS)

    assert table.rows[0].cells["percent"] == words


KEYS_SHEET = "xl/worksheets/sheet2.xml"


@pytest.mark.parametrize(
    "cell",
    [
        b'<c r="B1" t="inlineStr"><<<',
        b'<c r="B1"><v>abc</v></c>',
        b'<c r="B1" t="s"><v>9999</v></c>',
        b'<c r="B1" t="d"><v>zzz</v></c>',
        b'<c r="ZZZZZ3"><v>1</v></c>',
        b'</row><row r="x"><c r="B1"><v>1</v></c>',
    ],
)
def test_a_broken_sheet_of_keys_is_a_damaged_workbook(cell):
    spoilt = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made(row()))) as old, zipfile.ZipFile(spoilt, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == KEYS_SHEET:
                content, changes = re.subn(rb'<c r="B1".*?</c>', cell, content)
                assert changes == 1
            new.writestr(name, content)

    with pytest.raises(ValidationError) as refused:
        read_form(spoilt, COLUMNS)

    assert refused.value.error_list[0].code == "damaged"


def test_a_sheet_of_keys_that_is_a_chart_is_a_damaged_workbook():
    book = load_workbook(io.BytesIO(made(row())))
    book.remove(book["_keys"])
    book.create_chartsheet("_keys")
    file = io.BytesIO()
    book.save(file)

    with pytest.raises(ValidationError):
        read_form(file, COLUMNS)
