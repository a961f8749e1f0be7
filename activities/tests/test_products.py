"""The product of an activity, read into a number and its unit, or kept as words."""

import pytest
from hypothesis import given, strategies as st

from activities.models import Activity
from activities.products import LARGEST, LONGEST_UNIT, describe_product, printed_product, read_product
from activities.tests.factories import ActivityFactory

pytestmark = pytest.mark.usefixtures("english")


@pytest.mark.parametrize(
    "words, quantity, unit",
    [
        ("60 tin, bài", 60, "tin, bài"),
        ("01 văn bản", 1, "văn bản"),
        ("8.112 lượt phát", 8112, "lượt phát"),
        ("1.200.000 tờ rơi", 1_200_000, "tờ rơi"),
        ("06 lớp", 6, "lớp"),
        ("  04  chuyên đề. ", 4, "chuyên đề"),
        ("06 lớp tập huấn; tài liệu tập huấn", 6, "lớp tập huấn"),
        ("1.200 phiếu khảo sát; báo cáo kết quả", 1200, "phiếu khảo sát"),
        ("12video", 12, "video"),
    ],
)
def test_a_number_and_what_it_counts(words, quantity, unit):
    read = read_product(words)

    assert (read.quantity, read.unit, read.problem) == (quantity, unit, "")


@pytest.mark.parametrize(
    "words",
    [
        "",
        "Danh mục niêm yết đầy đủ",
        "02 hội nghị và 3 bài",
        "25.000 người quan tâm đến hết năm 2027",
        "01 hội nghị; 3 bài",
        "60",
        "0 bài",
        "12,5 giờ",
        "1.2 tin",
        "100%",
        "Một cửa",
        "một số bài",
        f"5 {'x' * (LONGEST_UNIT + 1)}",
        f"{LARGEST + 1} bài",
        "9" * 5000 + " bài",
    ],
)
def test_what_has_no_single_number_stays_words(words):
    assert read_product(words).quantity is None
    assert not read_product(words).problem


@pytest.mark.parametrize("words", ["bốn chuyên đề", "Hai hội nghị", "MƯỜI bài"])
def test_a_number_in_letters_is_a_fault_that_can_be_mended(words):
    assert read_product(words).problem == "Write the number in digits, for example 04."


@given(st.text(max_size=400))
def test_no_words_raise(words):
    read = read_product(words)

    assert read.quantity is None or 0 < read.quantity <= LARGEST
    assert len(read.unit) <= LONGEST_UNIT


@given(st.integers(1, LARGEST), st.sampled_from(["tin, bài", "lượt phát", "buổi"]))
def test_what_the_portal_writes_it_reads_again(quantity, unit):
    assert read_product(describe_product(quantity, unit)).quantity == quantity


@pytest.mark.django_db
@pytest.mark.parametrize(
    "facts, shown",
    [
        ({"expected_product": "Văn bản"}, "Văn bản"),
        ({"target_quantity": 8112, "target_unit": "lượt phát"}, "8.112 lượt phát"),
        ({"target_quantity": 3, "expected_product": "03 lớp"}, "03 lớp"),
        ({}, ""),
    ],
)
def test_the_annex_shows_the_words_else_the_target(facts, shown):
    ActivityFactory(**facts)

    assert printed_product(Activity.objects.get()) == shown
