"""The markup of the narrative: what it means, that it comes back as it went, and which numbers were typed by hand."""

import pytest
from hypothesis import given, strategies as st

from reports.quarterly import Paragraph, Run
from reports.quarterly.markup import (
    escaped,
    keys,
    nearest,
    parse,
    sentences,
    sources_of,
    typed_numbers,
    unknown_keys,
    write,
)

VALUES = {"count.sent": "52", "WEB-1.in_period": "1.234"}
TEXT = st.text(st.sampled_from("aĐb*[]\\.;(“ 9"), max_size=12)


def runs(body, values=VALUES):
    [paragraph] = parse(body, values)
    return paragraph.runs or (Run(paragraph.text),)


@pytest.mark.parametrize(
    ("body", "faces"),
    [
        ("đã họp", [("đã họp", "")]),
        ("đã **họp** *đủ*", [("đã ", ""), ("họp", "b"), (" ", ""), ("đủ", "i")]),
        ("***cả hai***", [("cả hai", "bi")]),
        ("**đậm *và nghiêng***", [("đậm ", "b"), ("và nghiêng", "bi")]),
        ("5 * 3 và **chưa đóng", [("5 * 3 và **chưa đóng", "")]),
        (r"5 \* 3 \* 2", [("5 * 3 * 2", "")]),
        (r"C:\Users\\x", [(r"C:\Users\x", "")]),
        ("gửi [[count.sent]] báo cáo", [("gửi 52 báo cáo", "")]),
        ("**[[WEB-1.in_period]]** tin", [("1.234", "b"), (" tin", "")]),
        (r"\[[count.sent]] và [x] và [[]]", [("[[count.sent]] và [x] và [[]]", "")]),
        ("[[không.có]]", [("[[không.có]]", "")]),
        ("<b>đậm</b> & # _x_ `y`", [("<b>đậm</b> & # _x_ `y`", "")]),
    ],
)
def test_what_the_markup_means(body, faces):
    assert [(run.text, "b" * run.bold + "i" * run.italic) for run in runs(body)] == faces


def test_a_paragraph_a_line_and_nothing_of_empty_ones():
    paragraphs = parse("một\r\n\r\n  hai   ba \n\x00\u2028bốn\tnăm\n \n", {})

    assert [paragraph.text for paragraph in paragraphs] == ["một", "hai ba", "bốn năm"]
    assert parse(" \n", {}) == ()


@given(TEXT)
def test_escaped_text_says_itself(text):
    assert "".join(paragraph.text for paragraph in parse(escaped(text), VALUES)) == " ".join(text.split())


@given(st.text(st.sampled_from("ab*[]\\ .;k1\n"), max_size=30))
def test_what_is_read_is_written_back(body):
    once = parse(body, {"k1": "7"})

    assert parse(write(once), {"k1": "7"}) == once
    assert write(parse(write(once), {})) == write(once)


@given(st.lists(st.tuples(st.text(st.sampled_from("ab*[\\]"), min_size=1, max_size=4), st.booleans(), st.booleans())))
def test_runs_come_back_as_they_went(pieces):
    joined = []
    for text, bold, italic in pieces:
        if joined and joined[-1][1:] == (bold, italic):
            joined[-1] = Run(joined[-1].text + text, bold, italic)
        else:
            joined.append(Run(text, bold, italic))
    said = Paragraph("".join(run.text for run in joined), runs=tuple(joined))

    read = parse(write([said]), {})

    assert [run for paragraph in read for run in (paragraph.runs or (Run(paragraph.text),))] == joined


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("Đã họp. Đã in 5 mẫu.", ("Đã họp.", "Đã in 5 mẫu.")),
        ("1. Tiếp tục. 2. Thôi.", ("1. Tiếp tục.", "2. Thôi.")),
        ("a) Một; b) hai.", ("a) Một;", "b) hai.")),
        ("Tại TP. Hồ Chí Minh có ThS. Lan… và 3 người", ("Tại TP. Hồ Chí Minh có ThS. Lan… và 3 người",)),
        ("**Đậm.** Nhạt. [[count.sent]] tin", ("**Đậm.**", "Nhạt.", "[[count.sent]] tin")),
        ("Một\nHai", ("Một", "Hai")),
    ],
)
def test_sentences(body, said):
    assert sentences(body) == said


@given(TEXT)
def test_sentences_joined_are_the_line(text):
    assert " ".join(sentences(text)) == write(parse(text, {}))


def test_keys_and_those_that_no_figure_has():
    body = r"[[count.sent]]/[[x.y]] \[[z]] [[x.y]]"

    assert keys(body) == ("count.sent", "x.y", "x.y")
    assert unknown_keys(body, VALUES) == ("x.y",)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("Đã mở 12 lớp, đạt 80,5% chỉ tiêu, 1.250 người", ["12", "80,5%", "1.250"]),
        ("Từ ngày 15 tháng 3 năm 2026 đến 14/6/2026, quý II, trước 15/7, lúc 8h30", []),
        ("Kế hoạch số 12/KH-UBND, Nghị định 30/2020/NĐ-CP, Công văn số 214", []),
        ("Hoạt động 3, 4 và 5; Điều 7; Phụ lục 2; 6 tháng đầu năm 2026; giai đoạn 2021-2030", []),
        ("Chủ đề “3 không, 5 sẵn sàng”", []),
        ("1. Giao việc\n2) Thêm [[count.sent]] và 7", ["7"]),
        ("IOC2, [[WEB-1.in_period]]", []),
    ],
)
def test_numbers_typed_by_hand(body, found):
    assert list(typed_numbers(body)) == found


def test_numbers_in_the_agencies_own_words_are_theirs():
    drafted = "Sở Y tế: Mở 12 lớp cho báo cáo viên của phường. Đã gửi [[count.sent]] báo cáo."

    assert typed_numbers(drafted, drafted) == ()
    assert typed_numbers("Sở Y tế mở 12 lớp cho báo cáo viên của các phường.", drafted) == ()
    assert typed_numbers("Sở Y tế mở 13 lớp cho báo cáo viên của các phường.", drafted) == ("13",)


def test_a_sentence_knows_where_it_came_from_also_when_it_was_changed():
    drafted = [
        ["Mở các lớp cho báo cáo viên của phường.", [7]],
        ["Đã họp.", [8, 9]],
        ["Câu dẫn chung cho mục này.", []],
    ]
    body = "Đã họp. Mở nhiều lớp cho báo cáo viên của phường. Hoàn toàn khác. Câu dẫn chung cho mục này."

    [paragraph] = parse(body, {}, drafted)

    assert [each.sources for each in paragraph.sentences] == [(8, 9), (7,), (), ()]
    assert sources_of([paragraph])[0] == ["Đã họp.", [8, 9]]


def test_the_same_words_of_two_agencies_are_told_apart_by_what_stands_before_them():
    drafted = [["Sở A: Họp;", [1]], ["mở lớp.", [1]], ["Sở B: Đi;", [2]], ["mở lớp.", [2]]]

    paragraphs = parse("Sở B: Đi; mở lớp.\nSở A: Họp; mở lớp.", {}, drafted)

    assert [[each.sources for each in told.sentences] for told in paragraphs] == [[(2,), (2,)], [(1,), (1,)]]
    assert parse("mở lớp.", {}, drafted)[0].sentences[0].sources == (1, 2)


def test_nothing_resembles_nothing():
    assert nearest("Đã họp.", []) is None
    assert nearest("Đã họp.", ["Mưa to."]) is None
