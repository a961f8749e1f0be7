"""Words and days moved by whole years."""

from datetime import date

import pytest
from hypothesis import given, strategies as st

from activities.planning.moving import move_dates, move_day, move_words, named_years

DAYS = st.dates(date(1995, 1, 1), date(2100, 12, 31))

MOVED = [
    ("trước ngày 15/02/2026", "trước ngày 15/02/2027"),
    ("Chậm nhất trước 15/12/2026", "Chậm nhất trước 15/12/2027"),
    ("ngày 5.9.2026", "ngày 5.9.2027"),
    ("ngày 05 tháng 9 năm 2026", "ngày 05 tháng 9 năm 2027"),
    ("Từ ngày 01/10 đến ngày 15/11/2026", "Từ ngày 01/10 đến ngày 15/11/2027"),
    ("trước 15/7 và trước 15/12/2026", "trước 15/7 và trước 15/12/2027"),
    ("Quý III/2026, hạn 30/9/2026", "Quý III/2027, hạn 30/9/2027"),
    ("quý II, quý III/2026", "quý II, quý III/2027"),
    ("Quý 3 năm 2026", "Quý 3 năm 2027"),
    ("tháng 6, 7/2026", "tháng 6, 7/2027"),
    ("Thường xuyên trong năm 2026", "Thường xuyên trong năm 2027"),
    ("các năm 2026, 2027 và 2028", "các năm 2027, 2028 và 2029"),
    ("năm 2026 và các năm tiếp theo", "năm 2027 và các năm tiếp theo"),
    ("giai đoạn 2026-2030", "giai đoạn 2027-2031"),
    ("từ năm 2026 đến năm 2030", "từ năm 2027 đến năm 2031"),
    ("2026", "2027"),
    (
        "Kế hoạch năm 2026, thay Kế hoạch số 8/KH-UBND năm 2025",
        "Kế hoạch năm 2027, thay Kế hoạch số 8/KH-UBND năm 2025",
    ),
]
UNMOVED = [
    "",
    "Hằng tuần",
    "theo Kế hoạch số 45/KH-UBND ngày 12/01/2026",
    "Nghị định 09/2019/NĐ-CP",
    "Quyết định số 2518/QĐ-UBND ngày 22 tháng 12 năm 2025",
    "công văn số 12/2026",
    "Luật Tổ chức chính quyền địa phương năm 2025",
    "2026 tin, bài",
    "mỗi năm 2026 tờ gấp",
    "1.200 phiếu",
    "15/13/20261",
]


@pytest.mark.parametrize("words, moved", MOVED)
def test_years_move(words, moved):
    assert move_words(words, 1) == moved
    assert move_words(moved, -1) == words


@pytest.mark.parametrize("words", UNMOVED)
def test_what_is_no_year_of_the_plan_stays(words):
    assert move_words(words, 1) == words
    assert named_years(words) == set()


def test_only_the_plans_own_years():
    own = range(2026, 2028)

    assert move_words("Chương trình giai đoạn 2021-2030; kế hoạch năm 2026", 1, only=own) == (
        "Chương trình giai đoạn 2021-2030; kế hoạch năm 2027"
    )
    assert move_words("Đề án giai đoạn 2026-2030", 1, only=own) == "Đề án giai đoạn 2026-2030"
    assert move_words("Xây dựng kế hoạch năm 2027", 1, only=own) == "Xây dựng kế hoạch năm 2028"


def test_the_day_that_only_leap_years_have():
    assert move_dates("trước ngày 29/02/2028", date(2028, 2, 1), date(2028, 2, 29), 1) == (
        "trước ngày 28/02/2029",
        date(2029, 2, 1),
        date(2029, 2, 28),
    )
    assert move_day(date(2028, 2, 29), 4) == date(2032, 2, 29)
    assert move_words("ngày 29 tháng 02 năm 2028", 1) == "ngày 28 tháng 02 năm 2029"


def test_nothing_moves_by_no_years():
    assert move_dates("trước ngày 15/02/2026", None, date(2026, 2, 15), 0) == (
        "trước ngày 15/02/2026",
        None,
        date(2026, 2, 15),
    )


def test_which_years_are_named():
    assert named_years("giai đoạn 2021-2030, trước 15/12/2026, số 3/KH-UBND ngày 1/1/2019") == {2021, 2030, 2026}


@given(DAYS, st.integers(-5, 9), st.sampled_from(["{:%d/%m/%Y}", "{0.day}/{0.month}/{0.year}", "{:%d-%m-%Y}"]))
def test_words_and_dates_move_alike(day, years, form):
    words, _start, deadline = move_dates(f"trước ngày {form.format(day)}", None, day, years)

    assert words == f"trước ngày {form.format(deadline)}"


@given(st.text(max_size=300), st.integers(-9, 9))
def test_any_text_is_only_moved(text, years):
    assert len(move_words(text, years)) == len(text)


def test_long_words_are_read_quickly():
    for part in ("năm 2026, ", "Luật ", "12/", "2026 - ", "mỗi năm ", "1"):
        move_words(part * (20_000 // len(part)), 1)
