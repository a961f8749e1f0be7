"""Vietnamese as documents print it."""

from datetime import date

import pytest
from hypothesis import given, strategies as st

from reports.wording import (
    POINTS,
    about,
    document_number,
    first_lower,
    in_capitals,
    legal_bases,
    long_date,
    number_vn,
    one_line,
    percent_vn,
    place_and_date,
    point,
    recipients,
    sentence,
    short_date,
    some,
    unended,
)

words = st.text(st.sampled_from("aăâbcđeêốờựỵ ABCĐ-+•.;:,…!?\n0123456789"), max_size=60)


@pytest.mark.parametrize(
    ("day", "printed"),
    [
        (date(2026, 2, 5), "ngày 05 tháng 02 năm 2026"),
        (date(2026, 1, 31), "ngày 31 tháng 01 năm 2026"),
        (date(2026, 3, 9), "ngày 09 tháng 3 năm 2026"),
        (date(2026, 12, 10), "ngày 10 tháng 12 năm 2026"),
    ],
)
def test_long_date(day, printed):
    assert long_date(day) == printed


@given(st.dates())
def test_every_long_date_reads_back(day):
    _ngay, day_of_month, _thang, month, _nam, year = long_date(day).split()

    assert date(int(year), int(month), int(day_of_month)) == day
    assert len(day_of_month) == 2
    assert month.startswith("0") == (day.month in (1, 2))


def test_short_date():
    assert short_date(date(2012, 2, 4)) == "04/02/2012"


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (None, "–"),
        (0, "0"),
        (999, "999"),
        (1234567, "1.234.567"),
        (1234.5, "1.234,5"),
        (0.05, "0,1"),
    ],
)
def test_number(value, printed):
    assert number_vn(value) == printed


@given(st.integers())
def test_every_whole_number_reads_back(value):
    printed = number_vn(value)

    assert int(printed.replace(".", "")) == value
    assert all(len(group) == 3 for group in printed.split(".")[1:])


@given(st.floats(min_value=0, max_value=10**9))
def test_every_decimal_has_one_comma_and_one_place(value):
    whole, comma, places = number_vn(value).partition(",")

    assert comma == ","
    assert len(places) == 1
    assert abs(float(f"{whole.replace('.', '')}.{places}") - value) <= 0.05 + 1e-6


@pytest.mark.parametrize(
    ("value", "printed"),
    [(None, "–"), (0.0, "0%"), (90.2, "90,2%"), (80, "80,0%"), (100.0, "100%"), (5800.0, "5.800,0%")],
)
def test_percent(value, printed):
    assert percent_vn(value) == printed


def test_points_follow_the_vietnamese_alphabet():
    assert [point(place) for place in range(8)] == ["a)", "b)", "c)", "d)", "đ)", "e)", "g)", "h)"]
    assert "f" not in POINTS and "j" not in POINTS and "w" not in POINTS and "z" not in POINTS
    assert point(len(POINTS)) == "aa)"


@given(st.integers(0, len(POINTS) * (len(POINTS) + 1) - 1), st.integers(0, len(POINTS) * (len(POINTS) + 1) - 1))
def test_no_two_points_have_one_mark(first, second):
    assert (point(first) == point(second)) == (first == second)


@pytest.mark.parametrize(
    ("number", "printed"),
    [(7, "Số: 07/BC-SNV"), (123, "Số: 123/BC-SNV"), (None, "Số: \u2003\u2003/BC-SNV")],
)
def test_document_number(number, printed):
    assert document_number(number, "BC", "SNV") == printed


def test_a_draft_leaves_the_day_open():
    day = date(2026, 2, 5)

    assert place_and_date("Bảo Lộc", day, issued=True) == "Bảo Lộc, ngày 05 tháng 02 năm 2026"
    assert place_and_date("Bảo Lộc", day, issued=False) == "Bảo Lộc, ngày\u2003\u2003tháng 02 năm 2026"


def test_the_committee_is_abbreviated_where_it_stands_above():
    assert in_capitals("Ủy ban nhân dân thành phố Bảo Lộc") == "UBND THÀNH PHỐ BẢO LỘC"


def test_legal_bases_end_with_semicolons_and_the_last_with_a_stop():
    assert legal_bases(["Luật A;", "Căn cứ Nghị định B.", "Theo đề nghị của C"]) == (
        "Căn cứ Luật A;",
        "Căn cứ Nghị định B;",
        "Theo đề nghị của C.",
    )


def test_the_archive_comes_last_among_recipients():
    assert recipients(["Lưu: VT, PNV", "Như trên;", "Các sở"]) == ("- Như trên;", "- Các sở;", "- Lưu: VT, PNV.")
    assert recipients([]) == ("- Lưu: VT.",)


@pytest.mark.parametrize(
    ("text", "lowered"),
    [
        ("Tuyên truyền cải cách", "tuyên truyền cải cách"),
        ("Tuyên truyền CCHC", "tuyên truyền CCHC"),
        ("Về CCHC", "về CCHC"),
        ("UBND các xã", "UBND các xã"),
        ("Bộ Nội vụ", "Bộ Nội vụ"),
        ("Đã hoàn thành", "đã hoàn thành"),
        ("", ""),
    ],
)
def test_first_lower_spares_names(text, lowered):
    assert first_lower(text) == lowered


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Tuyên truyền cải cách hành chính năm 2012", "tuyên truyền cải cách hành chính năm 2012"),
        ("Về việc tuyên truyền", "tuyên truyền"),
        ("Kế hoạch truyền thông", "truyền thông"),
        ("Kế hoạch về việc tuyên truyền", "tuyên truyền"),
        ("Về", "về"),
    ],
)
def test_a_title_after_about(title, said):
    assert about(title) == said


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("- Đăng tin\n- Phát thanh hằng tuần.", "Đăng tin; phát thanh hằng tuần."),
        ("• Một;\n\n•Hai", "Một; hai"),
        ("Đã họp.\nĐã gửi.", "Đã họp. Đã gửi."),
        ("-5 độ", "-5 độ"),
        ("  \n ", ""),
    ],
)
def test_lines_become_one(typed, line):
    assert one_line(typed) == line


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("đã họp", "Đã họp."),
        ("đã họp./.", "Đã họp."),
        ("họp, phát loa, ...", "Họp, phát loa, ..."),
        ("tin, bài, v.v.", "Tin, bài, v.v."),
        ("xong!", "Xong!"),
        (" ;. ", ""),
    ],
)
def test_sentence(typed, said):
    assert sentence(typed) == said


@given(words)
def test_a_sentence_is_one_line_with_one_end(text):
    said = sentence(text)

    assert "\n" not in said and "  " not in said
    assert not said or said[-1] in ".…!?"
    assert not said.endswith((";.", ",.", " .", "./."))
    assert sentence(said) == said


@given(words)
def test_unended_never_ends_with_a_stop(text):
    said = unended(text)

    assert said.endswith("...") or not said.endswith((".", ";", ",", " "))


def test_some_names_the_first_and_counts_the_rest():
    assert some(["A", "B"]) == "A, B"
    assert some(["A", "B", "C", "D", "E", "F"]) == "A, B, C, D và 2 đơn vị khác"
