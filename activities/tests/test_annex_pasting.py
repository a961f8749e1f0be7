"""Rows pasted from Word and Excel: which column is which, what was understood, what comes of them."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from accounts.models import Role
from accounts.tests.factories import UserFactory
from activities.planning import drafting
from activities.planning.pasting import MOST_ROWS, read_pasted
from agencies.tests.factories import AgencyFactory, AgencyGroupFactory
from plans.models import PlanStatus
from plans.parties import Directory
from plans.tests.factories import PlanFactory

from .factories import moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def plan():
    plan = PlanFactory(status=PlanStatus.DRAFT)
    AgencyFactory(locality=plan.locality, name="Sở Nội vụ", symbol="SNV")
    AgencyFactory(locality=plan.locality, name="Sở Tài chính")
    AgencyGroupFactory(locality=plan.locality, name="UBND các xã, phường")
    return plan


def pasted(plan, text, swaps=None):
    return read_pasted(text, plan, Directory(plan), swaps)


def cells(row):
    return (
        row.values["title"],
        "; ".join(each.name for each in row.leads),
        "; ".join(each.name for each in row.cooperating),
        row.values["schedule_text"],
        row.values["expected_product"],
    )


FULL = ("Tọa đàm", "Sở Nội vụ", "UBND các xã, phường", "quý II/2026", "04 số")


@pytest.mark.parametrize(
    "text",
    [
        "15\tTọa đàm\tSở Nội vụ\tUBND các xã, phường\tquý II/2026\t04 số",
        "Tọa đàm\tsở nội vụ\tUBND các xã, phường\tquý II/2026\t04 số",
        "15.\tTọa đàm\tSNV\tUBND các xã, phường\tquý II/2026\t04 số\t\t",
        "1\tTọa đàm\tquý II/2026\tSở Nội vụ\tUBND các xã, phường\t04 số",
        "TT\tNội dung\tThời gian hoàn thành\tCơ quan chủ trì\tĐơn vị phối hợp\tSản phẩm\n"
        "1\tTọa đàm\tquý II/2026\tSở Nội vụ\tUBND các xã, phường\t04 số",
        '1\t"Tọa\nđàm"\t"Sở Nội vụ"\tUBND các xã, phường\tquý II/2026\t04 số\r\n',
    ],
)
def test_the_columns_are_found(plan, text):
    [row] = pasted(plan, text).rows

    assert cells(row) == FULL
    assert (row.values["start"], row.values["deadline"], row.values["target_quantity"], row.values["target_unit"]) == (
        "2026-04-01",
        "2026-06-30",
        4,
        "số",
    )
    assert row.is_understood


@pytest.mark.parametrize("bullet", ["", "- ", "+ ", "1. ", "a) ", "• "])
def test_lines_of_one_column_are_titles(plan, bullet):
    rows = pasted(plan, f"{bullet}Tọa đàm về 12 xã\n\n{bullet}Hội thi\n").rows

    assert [row.values["title"] for row in rows] == ["Tọa đàm về 12 xã", "Hội thi"]


def test_codes_stay_and_plain_numbers_do_not(plan):
    rows = pasted(plan, "IV.1\tA\tSở Nội vụ\nIV.2\tB\tSở Nội vụ\n3\tC\tSở Nội vụ").rows

    assert [row.values["number"] for row in rows] == ["IV.1", "IV.2", ""]


def test_group_rows_head_those_below(plan):
    rows = pasted(plan, "I\tChỉ đạo\t\n1\tA\tSở Nội vụ\nII\tBáo chí\t\n2\tB\tSở Nội vụ\n3\tC\tSNV").rows

    assert [(row.heading, row.values["title"]) for row in rows] == [
        ("Chỉ đạo", "A"),
        ("Báo chí", "B"),
        ("Báo chí", "C"),
    ]


def test_what_is_not_understood_is_marked_and_kept(plan):
    [row] = pasted(plan, "1\tA\tSở Lạ\tSở Nội vụ, Sở Tài chính\tkhi có dịp\tbốn số").rows

    assert [each.fault for each in row.leads] == ["agency not identified"]
    assert [each.name for each in row.cooperating] == ["Sở Nội vụ", "Sở Tài chính"]
    assert (row.time.tone, row.product.understood) == ("unk", "Write the number in digits, for example 04.")
    assert not row.is_understood


def test_an_agency_that_is_no_more_and_its_successor(plan):
    old = AgencyFactory(locality=plan.locality, name="Sở Cũ", valid_to=date(2025, 2, 28))
    new = plan.locality.agencies.get(name="Sở Nội vụ")
    text = "1\tA\tSở Cũ\thằng tuần"

    assert pasted(plan, text).rows[0].leads[0].fault == "No longer since 01/03/2025"
    assert pasted(plan, text, {old.pk: new.pk}).rows[0].leads[0].name == "Sở Nội vụ"


def test_another_localitys_successor_is_not_put_in(plan):
    old = AgencyFactory(locality=plan.locality, name="Sở Cũ", valid_to=date(2025, 2, 28))

    [row] = pasted(plan, "1\tA\tSở Cũ", {old.pk: AgencyFactory().pk}).rows

    assert row.leads[0].name == "Sở Cũ"


def test_who_leads_does_not_cooperate_as_well(plan):
    [row] = pasted(plan, "1\tA\tSở Nội vụ\tSở Nội vụ; Sở Tài chính\thằng tuần").rows

    assert [each.name for each in row.cooperating] == ["Sở Tài chính"]


def test_a_name_of_several_is_kept_as_words_with_a_mark(plan):
    for name in ("UBND phường A", "UBND phường B"):
        AgencyFactory(locality=plan.locality, name=name, short_name="UBND phường")

    [row] = pasted(plan, "1\tA\tUBND phường\thằng tuần").rows

    assert "can be UBND phường A / UBND phường B" in row.marks[0]
    assert row.leads[0].name == "UBND phường"


def test_too_long_and_too_many(plan):
    found = pasted(plan, f"1\t{'x' * 1200}\tSNV\n2\t\tSNV\n" + "3\tC\tSNV\n" * MOST_ROWS)

    assert found.rows[0].marks == ("Cut to 1000 characters.",)
    assert found.rows[1].marks == ("Write what is to be done.",)
    assert (len(found.rows), found.left_out) == (MOST_ROWS, 2)
    assert "2 beyond the first 300 left out" in found.sentence


def test_pasted_rows_are_added_under_their_groups(plan):
    who = {"by": UserFactory(agency=plan.coordinating_agency, role=Role.COORDINATOR), "at": moment()}
    there = drafting.add_group(plan, "Báo chí", **who)
    rows = pasted(plan, "0\tO\tSNV\nI\tChỉ đạo\t\n1\tA\tSNV\nII\tBáo chí\t\nA.1\tB\tSNV\nA.1\tC\tSNV").rows

    drafting.add_pasted(plan, rows, there.pk, **who)

    assert [(row.group.title, row.number, row.title) for row in plan.activities.order_by("position")] == [
        ("Báo chí", "1", "O"),
        ("Báo chí", "A.1", "B"),
        ("Báo chí", "3", "C"),
        ("Chỉ đạo", "4", "A"),
    ]
    assert all(row.assignments.count() == 1 for row in plan.activities.all())


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet=st.sampled_from('ab1I.\t\n";,-–đ\r\x00 '), max_size=120))
def test_no_text_raises(plan, text):
    found = pasted(plan, text)

    assert all(len(row.values["title"]) <= 1000 for row in found.rows)
