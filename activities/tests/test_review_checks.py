"""What the portal finds in a line before a reviewer does, and what a new round changed."""

from datetime import date
from types import SimpleNamespace

import pytest

from activities.models import Activity, ReportingRules
from activities.review.changes import changes_between
from activities.review.checks import checks_of, numbers_before
from activities.review.reading import QUANTITY, Figure, Line, Proof, ReportedLine

pytestmark = pytest.mark.usefixtures("english")

PERIOD = SimpleNamespace(starts_on=date(2026, 3, 15), ends_on=date(2026, 6, 14))
RULES = ReportingRules()


def line(**facts):
    usual = {
        "pk": 1,
        "update_id": 1,
        "agency_id": 1,
        "period_id": 2,
        "activity_id": 1,
        "state": "in_progress",
        "percent": 40,
        "quantity_done": None,
        "quantity_not_applicable": False,
        "nothing_in_period": False,
        "completed_on": None,
        "words": "Đã phát thanh thường xuyên.",
        "no_evidence_reason": "",
    }
    return Line(**usual | facts)


def before(**facts):
    return line(**{"pk": 9, "update_id": 9, "period_id": 1, "words": "Lời của kỳ trước."} | facts)


def figure(value, previous=None, before=None, periods=1, **facts):
    usual = {"key": QUANTITY, "label": "Quantity done", "unit": "lượt", "not_applicable": False, "is_stock": False}
    return Figure(**usual | facts, value=value, previous=previous, before=before, periods_before=periods)


def proof(**facts):
    usual = dict.fromkeys(Proof._fields, "") | {"pk": 1, "caption": "Lịch phát", "kind": "file", "scan": "not_scanned"}
    return Proof(**usual | {"is_claimed_twice": False} | facts)


def found(mine=None, previous=None, figures=(), proofs=(), rules=RULES):
    reported = ReportedLine(None, mine or line(), previous, tuple(figures), tuple(proofs))
    return [check.sentence for check in checks_of(reported, PERIOD, rules)]


@pytest.mark.parametrize(
    "now, last, sentence",
    [
        (156, 50, "More than three times the period before (50)."),
        (150, 50, None),
        (33, 100, "Less than a third of the period before (100)."),
        (34, 100, None),
        (0, 300, "Fell to 0, from 300 the period before."),
        (0, 10, "Fell to 0, from 10 the period before."),
        (0, 9, None),
        (0, 0, None),
        (32, 5, None),
        (99, 1, None),
        (1, 51, None),
        (100, 5, "More than three times the period before (5)."),
        (1250, 1000, None),
        (99, None, None),
        (None, 50, None),
    ],
)
def test_a_figure_beside_the_period_before(now, last, sentence):
    assert found(figures=[figure(now, last)]) == ([sentence] if sentence else [])


@pytest.mark.parametrize(
    "now, last, total, periods, suspicious",
    [
        (110, 50, 50, 1, True),  # 50 and 60 more, after one period
        (99, 50, 50, 1, False),
        (155, 50, 100, 2, True),
        (100, 50, 100, 2, True),
        (99, 50, 100, 2, False),
        (155, 50, None, 0, False),
        (54, 26, 26, 1, False),  # small numbers swing by themselves
    ],
)
def test_the_years_total_typed_for_the_period(now, last, total, periods, suspicious):
    sentences = found(figures=[figure(now, last, before=total, periods=periods)])

    assert any(sentence.startswith("Perhaps the year's total was typed") for sentence in sentences) == suspicious


def test_a_stock_is_a_total_by_itself():
    assert found(figures=[figure(130, 100, is_stock=True)]) == []


def test_far_above_the_target():
    assert found(figures=[figure(151, target=100)]) == ["151 in all: far above the target of 100."]
    assert found(figures=[figure(150, target=100)]) == []
    assert found(figures=[figure(80, 80, before=80, target=100)]) == ["160 in all: far above the target of 100."]


@pytest.mark.parametrize(
    "words, unit, numbers",
    [
        ("Phát 56 lượt trên 12 cụm loa", "lượt", {56}),
        ("Đăng 1.250 tin, bài; 03 bài chuyên sâu", "tin, bài", {1250, 3}),
        ("Ngày 12/6/2026 lượt đầu", "lượt", set()),
        ("Tổng 12,5 lượt", "lượt", set()),
        ("56 lượt người", "lượt", {56}),
        ("56 lượtx", "lượt", set()),
        ("LƯỢT: 56", "lượt", set()),
        ("7 cuộc (hội nghị)", "cuộc (hội nghị)", {7}),
    ],
)
def test_numbers_that_stand_before_a_unit(words, unit, numbers):
    assert numbers_before(unit, words) == numbers


def test_words_that_say_another_number():
    assert found(line(words="Phát 156 lượt."), figures=[figure(56)]) == ["The words say 156 lượt, the figure says 56."]
    assert found(line(words="Phát 56 lượt, trong đó tháng 8 là 22 lượt."), figures=[figure(56)]) == []
    assert found(line(words="Lũy kế 108 lượt."), figures=[figure(56, 52, before=52)]) == []
    assert found(line(words="Phát thường xuyên, 12 cụm loa."), figures=[figure(56)]) == []
    two = [figure(56), figure(22, key="RADIO")]
    assert found(line(words="Phát 22 lượt."), figures=two) == []


def test_words_of_the_period_before():
    same = before(words="Đã phát thanh, thường xuyên")

    assert found(line(words="Đã  phát thanh thường xuyên."), same) == ["The words are those of the period before."]
    assert found(line(words=""), before(words="")) == []


@pytest.mark.parametrize(
    "facts, was, sentence",
    [
        ({"state": "done", "percent": 100}, None, "Done, but the day of completion is missing."),
        (
            {"state": "done", "percent": 100, "completed_on": date(2026, 3, 1)},
            None,
            "Completed on 01/03/2026, which is outside the period.",
        ),
        ({"state": "done", "percent": 100, "completed_on": date(2026, 3, 1)}, {"state": "done", "percent": 100}, None),
        ({"state": "done", "percent": 100, "completed_on": date(2026, 6, 14)}, None, None),
        ({}, {"state": "done", "percent": 100}, "Reported as done the period before, now not any more."),
        ({"percent": 40}, {"percent": 60}, "Fell from 60% to 40%."),
        ({"percent": 60}, {"percent": 60}, None),
        ({"percent": None}, {"percent": 60}, None),
    ],
)
def test_state_and_completion(facts, was, sentence):
    previous = before(**was) if was else None

    assert found(line(**facts), previous, proofs=[proof()]) == ([sentence] if sentence else [])


DONE = {"state": "done", "percent": 100, "completed_on": date(2026, 6, 1)}


def test_done_without_evidence():
    assert found(line(**DONE)) == ["Done without evidence."]
    assert found(line(**DONE, no_evidence_reason="Báo giấy")) == ["Done without evidence. The agency says: Báo giấy"]
    assert found(line(**DONE), proofs=[proof()]) == []
    assert found(line(**DONE), rules=ReportingRules(evidence_required=False)) == []
    assert "Done without evidence." in found(line(**DONE), proofs=[proof(scan="refused")])


def test_doubtful_evidence():
    assert found(proofs=[proof(is_claimed_twice=True)]) == ["“Lịch phát” is also claimed in another update."]
    assert found(proofs=[proof(scan="waiting")]) == ["“Lịch phát” is still waiting for the virus scan."]
    assert found(proofs=[proof(scan="refused")]) == ["“Lịch phát” was refused by the virus scan."]


def test_nothing_in_the_period_is_not_compared():
    assert found(line(nothing_in_period=True, words=""), before(words=""), [figure(0, 300)]) == []


# Rounds


def content(**line):
    usual = {
        "number": "5",
        "title": "Truyền thanh cơ sở",
        "state": "in_progress",
        "percent": 40,
        "completed_on": None,
        "quantity_done": 156,
        "quantity_not_applicable": False,
        "nothing_in_period": False,
        "words": "Phát 156 lượt.",
        "no_evidence_reason": "",
        "counts": [{"code": "RADIO", "value": 3, "not_applicable": False}],
        "evidence": [{"id": 1, "caption": "Sổ phát thanh"}],
    }
    return {"activities": [usual | line], "results": "", "difficulties": "", "proposals": ""}


def test_the_same_again_changes_nothing():
    assert changes_between(content(), content(), round=1).total == 0


def test_what_changed_is_counted_once_each():
    now = content(
        quantity_done=56,
        words="Phát 56 lượt.",
        counts=[{"code": "RADIO", "value": None, "not_applicable": True}, {"code": "WEB", "value": 1}],
        evidence=[{"id": 2, "caption": "Lịch phát"}],
    )

    changes = changes_between(content(), now, round=1)

    [changed] = changes.lines.values()
    assert changed.fields == {"quantity_done", "words"}
    assert changed.counts == {"RADIO", "WEB"}
    assert changed.new_evidence == {2}
    assert [each["caption"] for each in changed.removed] == ["Sổ phát thanh"]
    assert changes.total == 6


def test_state_and_percent_are_one_change():
    assert changes_between(content(), content(state="done", percent=100, completed_on="2026-06-01"), round=1).total == 1


def test_a_line_that_was_not_there_is_a_change():
    assert changes_between(content(number="4"), content(), round=1).total == 1


def test_an_activity_that_was_renumbered_is_the_same_activity():
    """As the page of two rounds side by side has it."""
    was = content(activity=7, number="4")

    changes = changes_between(was, content(activity=7, number="5", words="Phát 56 lượt."), round=1)

    assert changes.of(Activity(pk=7, number="5")).fields == {"words"}
    assert changes.of(Activity(pk=8, number="4")) is None


def test_rounds_kept_without_their_activities_are_told_by_number():
    changes = changes_between(content(number="4"), content(activity=7, number="4", percent=60), round=1)

    assert changes.of(Activity(pk=7, number="4")).fields == {"percent"}


def test_words_in_general_change_too():
    assert changes_between(content(), content() | {"proposals": "Cấp thêm loa"}, round=1).total == 1
