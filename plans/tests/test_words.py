"""The way from one wording to another."""

import time

import pytest
from hypothesis import given, strategies as st

from plans import words
from plans.words import Effort, one_page, word_diff

WORDS = st.lists(st.sampled_from(["nền", "tảng", "số", ",", "từng", "ngành", ".", "2026", "–"]), max_size=30)


@pytest.mark.parametrize(
    "before, after, expected",
    [
        ("", "", []),
        ("Nhân dân", "Nhân dân", [("same", "Nhân dân")]),
        ("", "Nhân dân", [("ins", "Nhân dân")]),
        ("Nhân dân", "", [("del", "Nhân dân")]),
        (
            "Kết hợp với ứng dụng công nghệ thông tin nhằm hiệu quả.",
            "Kết hợp với ứng dụng trí tuệ nhân tạo và công nghệ thông tin nhằm hiệu quả.",
            [
                ("same", "Kết hợp với ứng dụng "),
                ("ins", "trí tuệ nhân tạo và"),
                ("same", " công nghệ thông tin nhằm hiệu quả."),
            ],
        ),
        (
            "pano, áp phích tại phường",
            "tờ gấp, băng rôn tại phường",
            [("del", "pano, áp phích"), ("ins", "tờ gấp, băng rôn"), ("same", " tại phường")],
        ),
        ("trước 30/6", "trước 31/8", [("same", "trước "), ("del", "30/6"), ("ins", "31/8")]),
        ("a  b", "a b", [("same", "a b")]),
        ("hiệu quả", "hiệu quả.", [("same", "hiệu quả"), ("ins", ".")]),
    ],
)
def test_what_changed(before, after, expected):
    assert word_diff(before, after) == expected


@given(WORDS, WORDS)
def test_both_wordings_can_be_read_from_it(before, after):
    before, after = " ".join(before), " ".join(after)

    steps = word_diff(before, after)

    assert "".join(text for op, text in steps if op != "del") == after
    assert "".join(text for op, text in steps if op != "ins").split() == before.split()
    assert all(text for _op, text in steps)


def test_neighbours_are_never_of_one_kind():
    steps = [op for op, _text in word_diff("một hai ba bốn năm", "một 2 ba 4 năm sáu")]

    assert all(left != right for left, right in zip(steps, steps[1:], strict=False))


def test_long_texts_are_compared_in_time():
    before = "Tuyên truyền cải cách hành chính. " * 2000
    begun = time.process_time()

    assert word_diff(before, before + "Hết.")[0][0] == "del"
    assert word_diff(before, before) == [("same", before)]
    word_diff(before[:9000], before[5:9005])
    assert time.process_time() - begun < 2


ENDLESS = "a b " * 900, "b a a " * 500


def test_words_that_repeat_without_end_are_shown_one_after_the_other(monkeypatch):
    with one_page() as page:
        assert word_diff(*ENDLESS) == [("del", ENDLESS[0]), ("ins", ENDLESS[1])]

    assert words.MOST_STEPS_OF_A_PAGE - page.left <= words.MOST_STEPS


def test_a_page_of_many_comparisons_ends():
    before = " ".join(str(number) for number in range(400))
    after = before.replace("99", "chín mươi chín")

    with one_page(Effort(2000)) as page:
        first, second = word_diff(before, after), word_diff(before, after)

    assert page.left < 800
    assert len(first) > 2
    assert second == [("del", before), ("ins", after)]
    assert word_diff(before, after) == first  # the next page begins anew


def test_a_long_text_with_small_changes_is_compared_word_by_word():
    before = " ".join(f"từ{number % 300}" for number in range(1200))
    after = before.replace("từ7 ", "chữ7 ")

    assert len(word_diff(before, after)) > 8
