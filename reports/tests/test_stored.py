"""The report object as kept data: it comes back as it was, older data is read, and two versions are compared."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from activities.progress import State
from activities.submissions import Punctuality
from reports.quarterly import Paragraph, Run
from reports.quarterly.report import Difference, Part, Sentence
from reports.quarterly.stored import FORMAT, differences, from_json, to_json

from .factories import make_activity, make_evidence, make_figure, make_report, make_submission


def make_parts(text="Đã họp."):
    paragraph = Paragraph(text, runs=(Run("Đã ", bold=True), Run("họp.")), sentences=(Sentence(text, (3, 5)),))
    return (Part("I", "CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH", (paragraph,)), Part("V", "KIẾN NGHỊ", ()))


def make_full(**changes):
    figures = {"parts": make_parts(), "values": (("count.sent", "52"),), "differences": (Difference("a", "1", "2"),)}
    return make_report(
        **figures,
        state_counts=((State.DONE, "Hoàn thành", 3), (State.OVERDUE, "Quá hạn", 1)),
        submissions=4,
        **changes,
    )


def test_a_report_comes_back_as_it_was():
    report = make_full()

    read = from_json(to_json(report))

    assert read == report
    assert type(read.activities[0].state) is State
    assert type(read.submissions[0].punctuality) is Punctuality
    assert type(read.activities[0].target_percent) is Decimal
    assert type(read.starts_on) is date
    assert type(read.parts[0].paragraphs[0].sentences[0]) is Sentence
    assert read.figures[0].target_percent == Decimal("50.0")


def test_the_same_report_is_the_same_bytes():
    data = to_json(make_full(activities=0))

    assert data == to_json(from_json(data)) == to_json(make_full(activities=0))
    assert data.startswith(b'{"format":1,"report":{"activities":[],"activity_count":0,"agencies":')
    assert "Sở Nội vụ".encode() in data


@given(st.integers(0, 10**12), st.none() | st.integers(0, 10**12), st.text(max_size=20), st.booleans())
def test_figures_come_back_whatever_they_are(in_period, target, name, is_stock):
    figure = make_figure(in_period=in_period, cumulative=None, target=target, name=name, is_stock=is_stock)
    report = make_report(figures=0, activities=0, submissions=0, evidence=0)

    assert from_json(to_json(replace(report, figures=(figure,)))).figures == (figure,)


def test_data_of_before_lacks_what_came_later_and_has_what_went():
    data = json.loads(to_json(make_full()))
    del data["report"]["parts"], data["report"]["evidence"][0]["sha256"]
    data["report"]["weather"] = "sunny"

    read = from_json(json.dumps(data))

    assert (read.parts, read.evidence[0].sha256) == ((), "")


@pytest.mark.parametrize(
    "change",
    [
        {"format": FORMAT + 1},
        {"format": None},
        {"report": {}},
        {"report": []},
        {"report": None},
    ],
)
def test_what_is_no_report_is_refused(change):
    data = json.loads(to_json(make_full())) | change

    with pytest.raises(ValueError):
        from_json(json.dumps(data))


@pytest.mark.parametrize(
    ("name", "value"),
    [("sent", "52"), ("starts_on", "yesterday"), ("figures", 3), ("heading", "x"), ("activities", [{"state": "odd"}])],
)
def test_a_value_of_another_kind_is_refused(name, value):
    data = json.loads(to_json(make_full()))
    data["report"][name] = value

    with pytest.raises(ValueError):
        from_json(json.dumps(data))


@pytest.mark.parametrize("data", [b"", b"[]", b"PDF", b"{}", b'"x"', b"\xff\xfe"])
def test_what_is_no_json_is_refused(data):
    with pytest.raises(ValueError):
        from_json(data)


def test_a_version_that_says_the_same_differs_in_nothing():
    assert differences(make_full(), make_full()) == ()


def test_a_changed_figure_is_told_as_printed():
    old = make_full()
    new = replace(old, sent=3, figures=(make_figure(0, in_period=1300, name="Tin"), *old.figures[1:]))

    told = differences(old, new)

    assert Difference("Số báo cáo đã gửi", "0", "3", "Số liệu") in told
    assert Difference("Tin (tin, bài): trong kỳ", "1.234", "1.300", "Số liệu") in told
    assert not [each for each in told if "lũy kế" in each.what]


def test_changed_rows_of_the_annexes_are_told_by_what_they_are_about():
    old = make_full()
    rows = (replace(old.activities[0], percent=60), *old.activities[1:])
    sent = (replace(old.submissions[0], status_words="Đã duyệt"), *old.submissions[1:])
    evidence = (*old.evidence, make_evidence(90, caption="Ảnh mới"))

    told = differences(old, replace(old, activities=rows, submissions=sent, evidence=evidence))

    [activity] = [each for each in told if each.place == "Phụ lục II"]
    assert (activity.before, activity.after) == ("Mức độ (%): 45", "Mức độ (%): 60")
    assert activity.what.startswith("1 · Tuyên truyền")
    [submission] = [each for each in told if each.place == "Phụ lục III"]
    assert (submission.what, submission.after) == (old.submissions[0].agency, "Kết quả duyệt: Đã duyệt")
    [proof] = [each for each in told if each.place == "Phụ lục IV"]
    assert (proof.before, "Ảnh mới" in proof.after) == ("–", True)


def test_a_row_that_went_and_one_that_came_do_not_change_those_between():
    old = make_report(submissions=0, evidence=0, activities=0)
    lines = tuple(make_submission(place) for place in range(6))
    old, new = replace(old, submissions=lines[:5]), replace(old, submissions=lines[1:])

    told = [(each.what, each.before == "–", each.after == "–") for each in differences(old, new)]

    assert (lines[0].agency, False, True) in told
    assert (lines[5].agency, True, False) in told
    assert len([each for each in differences(old, new) if each.place == "Phụ lục III"]) == 2


def test_changed_words_are_told_by_their_part():
    old = make_full()

    [difference] = differences(old, replace(old, parts=make_parts("Đã họp hai lần.")))

    assert difference == Difference("Nội dung", "Đã họp.", "Đã họp hai lần.", "Mục I")


def test_five_thousand_rows_are_kept_read_and_compared_within_seconds():
    report = make_report(activities=60, submissions=170, evidence=5000)

    read = from_json(to_json(report))

    assert read == report
    assert len(differences(report, replace(read, evidence=read.evidence[1:]))) == 2  # the row, and how many there are


def test_activities_of_two_plans_with_one_number_are_told_apart():
    rows = tuple(make_activity(0, plan_number=number) for number in ("12/KH-UBND", "15/KH-UBND"))
    old = make_report(activities=0, submissions=0, evidence=0, kind="locality")
    new = replace(old, activities=(rows[0], replace(rows[1], percent=60)))

    [told] = differences(replace(old, activities=rows), new)

    assert told.what.startswith("15/KH-UBND · 1 · ")
