"""The annex to Excel and back: unchanged is unchanged, changes cell by cell, faults marked, all of it or nothing."""

import time
from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.catalogue import load_catalogues
from activities.loading import REAL, load_plan, read_plan
from activities.models import Activity
from activities.planning import drafting
from activities.planning.exchange import ActivityImporter, write_annex
from agencies.importing import Outcome
from agencies.tests.factories import AgencyFactory, AgencyGroupFactory
from plans.models import PlanStatus
from plans.tests.factories import ChannelFactory, ContentThemeFactory, PlanFactory

from .factories import moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
KEYS = {"number": 1, "title": 2, "lead": 3, "cooperating": 4, "schedule_text": 5, "product": 6}
KEYS |= {"channels": 7, "themes": 8, "group": 9, "details": 10, "key": 11}


@pytest.fixture
def plan():
    return PlanFactory(status=PlanStatus.DRAFT, title="Tuyên truyền")


@pytest.fixture
def who(plan):
    return {"by": UserFactory(agency=plan.coordinating_agency, role=Role.COORDINATOR), "at": moment()}


@pytest.fixture
def home(plan):
    return AgencyFactory(locality=plan.locality, name="Sở Nội vụ", symbol="SNV")


@pytest.fixture
def rows(plan, who, home):
    """Two activities in a group."""
    group = drafting.add_group(plan, "Báo chí", **who)
    communes = AgencyGroupFactory(locality=plan.locality, name="UBND các xã, phường")
    channel = ChannelFactory(name="Báo, đài", name_en="Press")
    theme = ContentThemeFactory(plan=plan, text="Thủ tục; hồ sơ, giấy tờ", code="II.1")
    states = [
        {
            "title": f"Chuyên mục {n}",
            "group_id": group.pk,
            "schedule_text": "quý II/2026",
            "schedule_kind": "one_off",
            "start": "2026-04-01",
            "deadline": "2026-06-30",
            "expected_product": "60 tin, bài",
            "target_quantity": 60,
            "target_unit": "tin, bài",
            "lead": [[home.pk, None, ""]],
            "cooperating": [[None, communes.pk, "Chủ tịch các xã, phường"], [None, None, "Hội nọ"]],
            "channels": [channel.pk],
            "themes": [theme.pk],
            "details": "Dòng một.\nDòng hai.",
        }
        for n in (1, 2)
    ]
    return drafting.add_activities(plan, states, **who)


def workbook_of(plan, change=None):
    """The plan's own workbook, perhaps with `change(sheet)`; as a file."""
    workbook = load_workbook(BytesIO(write_annex(plan)))
    if change:
        change(workbook.worksheets[0])
    file = BytesIO()
    workbook.save(file)
    file.seek(0)
    return file


def preview_of(plan, change=None):
    plan.refresh_from_db()
    return ActivityImporter(plan).preview(workbook_of(plan, change))


def put(row, **cells):
    """A change of the workbook: cells of one of its rows, by key."""

    def change(sheet):
        for key, value in cells.items():
            sheet.cell(row, KEYS[key]).value = value

    return change


def outcomes(preview):
    return [row.outcome.value for row in preview.rows]


# Out and in again


def test_what_was_exported_comes_back_unchanged(plan, rows):
    preview = preview_of(plan)

    assert outcomes(preview) == ["unchanged", "unchanged"]
    assert not preview.left


@pytest.mark.parametrize("name", [name for name in REAL if read_plan(name).get("activities")])
def test_the_real_plans_come_back_unchanged(name):
    load_catalogues()
    plan, _created = load_plan(read_plan(name))

    preview = preview_of(plan)

    assert {
        row.label: (row.outcome, row.faults, row.changed) for row in preview.rows if row.outcome != "unchanged"
    } == {}
    assert len(preview.rows) == plan.activities.count()


def test_the_fictional_province_comes_back_unchanged():
    load_catalogues()
    plan, _created = load_plan(read_plan("minh-hoa", year=2026))

    assert set(outcomes(preview_of(plan))) == {"unchanged"}


def test_the_workbook_offers_names_and_hides_the_keys(plan, rows, home):
    workbook = load_workbook(BytesIO(write_annex(plan)))
    sheet = workbook.worksheets[0]

    assert [cell.value for cell in sheet[2]][:6] == [
        "1",
        "Chuyên mục 1",
        "Sở Nội vụ",
        "Chủ tịch các xã, phường; Hội nọ",
        "quý II/2026",
        "60 tin, bài",
    ]
    assert sheet.column_dimensions["K"].hidden
    assert sheet["K2"].value == str(rows[0].pk)
    offered = str([list(rule.formula1) and rule.formula1 for rule in sheet.data_validations.dataValidation])
    lists = {cell.value for page in workbook.worksheets[1:] for row in page.iter_rows() for cell in row}
    assert "Sở Nội vụ" in lists or "Sở Nội vụ" in offered


def test_a_cell_that_looks_like_a_formula_is_words(plan, who):
    drafting.add_activities(plan, [{"title": "=1+1", "schedule_text": "@x"}], **who)

    sheet = load_workbook(BytesIO(write_annex(plan))).worksheets[0]

    assert (sheet["B2"].value, sheet["B2"].data_type) == ("=1+1", "s")
    assert outcomes(preview_of(plan)) == ["unchanged"]


# What changed


@pytest.mark.parametrize(
    "cells, changed, values",
    [
        ({"title": "Chuyên mục mới"}, ["title"], {"title": "Chuyên mục mới"}),
        (
            {"schedule_text": "quý III/2026"},
            ["schedule_text"],
            {"schedule_text": "quý III/2026", "start": "2026-07-01", "deadline": "2026-09-30"},
        ),
        (
            {"product": "80 tin, bài"},
            ["product"],
            {"expected_product": "80 tin, bài", "target_quantity": 80, "target_unit": "tin, bài"},
        ),
        ({"lead": "Hội nào đó"}, ["lead"], {"lead": [[None, None, "Hội nào đó"]]}),
        ({"channels": None}, ["channels"], {"channels": []}),
        ({"themes": None, "details": None}, ["themes", "details"], {"themes": [], "details": ""}),
        ({"group": "Nhóm mới"}, ["group"], {}),
        ({"number": "A.7"}, ["number"], {"number": "A.7"}),
    ],
)
def test_a_change_is_shown_and_read_cell_by_cell(plan, rows, cells, changed, values):
    first, second = preview_of(plan, put(2, **cells)).rows

    assert (first.outcome, first.changed) == (Outcome.CHANGED, changed)
    assert {name: first.values.values[name] for name in values} == values
    assert second.outcome == Outcome.UNCHANGED


@pytest.mark.parametrize(
    "cells",
    [
        {"lead": "snv"},
        {"lead": "SỞ NỘI VỤ"},
        {"number": "1."},
        {"number": 7},
        {"title": " Chuyên  mục 1 "},
        {"themes": "II.1"},
        {"themes": "thủ tục; hồ sơ, giấy tờ"},
        {"channels": "press"},
        {"key": None},
        {"key": "999999"},
    ],
)
def test_the_same_written_otherwise_is_no_change_of_the_row(plan, rows, cells):
    preview = preview_of(plan, put(2, **cells))

    assert preview.rows[0].values.activity == rows[0]
    assert preview.rows[0].outcome in (Outcome.UNCHANGED, Outcome.CHANGED)
    if "themes" not in cells and "channels" not in cells:
        assert preview.rows[0].outcome == Outcome.UNCHANGED


def test_a_new_row_and_a_copied_one(plan, rows):
    def change(sheet):
        put(4, title="Hội thi", lead="Sở Nội vụ", schedule_text="tháng 6", product="01 cuộc thi", group="Mới")(sheet)
        for key, place in KEYS.items():
            sheet.cell(5, place).value = sheet.cell(2, place).value if key != "title" else "Bản sao"

    preview = preview_of(plan, change)

    assert outcomes(preview) == ["unchanged", "unchanged", "added", "added"]


def test_rows_that_are_not_in_the_workbook_stay(plan, rows, who):
    preview = preview_of(plan, lambda sheet: sheet.delete_rows(2))

    assert preview.left == ["1. Chuyên mục 1"]
    assert plan.activities.count() == 2


def test_a_workbook_of_ones_own_with_group_rows(plan, rows, who):
    from agencies.workbook import Column, write_table

    columns = [Column(*each) for each in (("tt", "TT"), ("nd", "Nội dung"), ("ct", "Cơ quan chủ trì"))]
    lines = [
        {"tt": "I", "nd": "Tập huấn"},
        {"tt": "1", "nd": "Lớp một", "ct": "Sở Nội vụ"},
        {"tt": "2", "nd": "chuyên mục 2"},
    ]
    preview = ActivityImporter(plan).preview(BytesIO(write_table("x", columns, lines)))

    assert [(row.outcome.value, row.words["group"]) for row in preview.rows] == [
        ("added", "Tập huấn"),
        ("changed", "Tập huấn"),
    ]


# What is wrong


@pytest.mark.parametrize(
    "cells, key, sentence",
    [
        ({"title": None}, "title", "Write what is to be done."),
        ({"title": "x" * 1001}, "title", "At most 1000 characters; these are 1001."),
        ({"schedule_text": "trước ngày 31/9/2026"}, "schedule_text", "Month 9 has only 30 days."),
        ({"product": "bốn chuyên đề"}, "product", "Write the number in digits"),
        ({"lead": "Sở Cũ"}, "lead", "Sở Cũ: No longer since 01/03/2025."),
        ({"cooperating": "Sở Nội vụ"}, "cooperating", "Sở Nội vụ cannot both lead and cooperate."),
        ({"channels": "Khói tín hiệu"}, "channels", "There is no channel “Khói tín hiệu”."),
        ({"themes": "III.9"}, "themes", "The plan has no theme “III.9”."),
        ({"number": "A.7", "details": "=1/0"}, "details", "formula"),
    ],
)
def test_a_faulty_cell_says_what_is_wrong(plan, rows, cells, key, sentence):
    AgencyFactory(locality=plan.locality, name="Sở Cũ", valid_to=date(2025, 2, 28))

    preview = preview_of(plan, put(2, **cells))

    assert preview.rows[0].outcome == Outcome.FAULTY
    assert sentence in preview.rows[0].faults[key]
    assert not preview.can_write


def test_the_same_code_twice_in_a_workbook(plan, rows):
    def change(sheet):
        put(2, number="A.7")(sheet)
        put(3, number="A.7")(sheet)

    assert outcomes(preview_of(plan, change)) == ["changed", "faulty"]


def test_what_the_draft_has_already_is_no_fault_of_the_workbook(plan, who):
    state = {"title": "A", "schedule_text": "trước ngày 31/9/2026", "expected_product": "bốn bài"}
    old = AgencyFactory(locality=plan.locality, name="Sở Cũ", valid_to=date(2025, 2, 28))
    drafting.add_activities(plan, [state | {"lead": [[old.pk, None, ""]]}], **who)

    assert outcomes(preview_of(plan)) == ["unchanged"]


# Through the browser


def address(plan):
    return reverse("activities:import", args=[plan.pk])


def upload(desk, plan, file):
    sent = SimpleUploadedFile("hoat-dong.xlsx", file.read())
    return desk.post(address(plan), {"file": sent}, follow=True)


@pytest.fixture
def desk(who):
    return login(who["by"])


def test_a_preview_then_all_at_once(plan, rows, desk):
    def change(sheet):
        put(2, product="80 tin, bài", group="Nhóm mới")(sheet)
        put(4, title="Hội thi", lead="Sở Nội vụ")(sheet)

    page = upload(desk, plan, workbook_of(plan, change))
    assert "2 of 3 rows would change something" in page.text
    assert plan.activities.count() == 2

    context = page.context
    done = desk.post(address(plan), {"upload": context["upload"].token, "seen": context["preview"].digest}, follow=True)

    assert "1 row added; 1 row changed." in done.text
    assert [(row.group and row.group.title, row.number, row.title) for row in plan.activities.order_by("position")] == [
        (None, "1", "Hội thi"),
        ("Báo chí", "2", "Chuyên mục 2"),
        ("Nhóm mới", "3", "Chuyên mục 1"),
    ]
    assert Activity.objects.get(title="Chuyên mục 1").target_quantity == 80


def test_with_a_fault_nothing_is_written_and_the_workbook_comes_back_marked(plan, rows, desk):
    def change(sheet):
        put(2, product="80 tin, bài")(sheet)
        put(3, schedule_text="trước ngày 31/9/2026")(sheet)
        sheet["M3"] = "ghi chú của tôi"

    page = upload(desk, plan, workbook_of(plan, change))
    context = page.context
    refused = desk.post(address(plan), {"upload": context["upload"].token, "seen": context["preview"].digest})
    marked = desk.get(address(plan), {"upload": context["upload"].token, "marked": ""})
    cells = [
        cell for sheet in load_workbook(BytesIO(marked.content)).worksheets for row in sheet.iter_rows() for cell in row
    ]
    faulty = [cell for cell in cells if cell.comment]

    assert refused.status_code == 422
    assert not Activity.objects.filter(target_quantity=80).exists()
    assert ["Month 9 has only 30 days." in cell.comment.text for cell in faulty] == [True]
    assert any(cell.value == "ghi chú của tôi" for cell in cells)


def test_what_changed_since_the_preview_is_looked_at_again(plan, rows, desk, who):
    context = upload(desk, plan, workbook_of(plan, put(2, product="80 tin, bài"))).context
    drafting.change_activity(rows[0], {"title": "Tên khác"}, version=1, **who)

    again = desk.post(address(plan), {"upload": context["upload"].token, "seen": context["preview"].digest})

    assert (again.status_code, Activity.objects.filter(target_quantity=80).exists()) == (422, False)


def test_an_issued_plan_takes_no_workbook(plan, rows, desk):
    file = workbook_of(plan)
    plan.status = PlanStatus.ISSUED
    plan.save()

    assert upload(desk, plan, file).status_code == 403
    assert desk.get(reverse("plans:xlsx", args=[plan.pk])).status_code == 200


def test_the_plans_page_leads_to_a_workbook(plan, rows, desk):
    answer = desk.get(f"/plans/{plan.pk}.xlsx")

    assert answer["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert ".xlsx" in answer["Content-Disposition"]


def test_a_thousand_rows_in_ten_seconds(plan, who, desk, home):
    """Half of them new, half changed: the preview and the writing each within the promised ten seconds."""
    agencies = AgencyFactory.create_batch(40, locality=plan.locality)
    drafting.add_activities(
        plan,
        [{"title": f"Có sẵn {n}", "lead": [[agencies[n % 40].pk, None, ""]]} for n in range(500)],
        **who,
    )

    def change(sheet):
        for row in range(2, 1002):
            put(
                row,
                title=f"Hoạt động {row}",
                lead=f"{agencies[row % 40].name}; Sở Nội vụ",
                schedule_text="quý II, quý III/2026",
                product=f"{row} tin, bài",
            )(sheet)

    file = workbook_of(plan, change)
    began = time.perf_counter()
    context = upload(desk, plan, file).context
    shown = time.perf_counter()
    desk.post(address(plan), {"upload": context["upload"].token, "seen": context["preview"].digest})
    written = time.perf_counter()

    assert plan.activities.count() == 1000
    assert plan.activities.filter(target_unit="tin, bài").count() == 1000
    assert shown - began < 10, "uploaded, read twice and shown"
    assert written - shown < 10
