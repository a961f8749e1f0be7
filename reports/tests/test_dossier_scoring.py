"""Points that follow from a share: bands, floors, formulas, and what would raise them."""

import pytest

from reports.dossier.points import points_typed, points_written
from reports.dossier.scoring import (
    Better,
    Measured,
    Rule,
    Step,
    better_of,
    percent_of,
    points_of,
    shown_steps,
)

PLAN_DONE = Rule(100, "bands", 90, (Step(100, 100), Step(90, proportional=True)))


@pytest.mark.parametrize(
    "part, whole, points",
    [
        (5, 5, 100),
        (4, 5, 0),  # the text's own example says 0,8: 80 percent is below its floor of 90
        (9, 10, 90),
        (19, 20, 95),
        (899, 1000, 0),
        (8996, 10000, 0),  # 89,96 percent is written 90,0 and is below the floor all the same
        (11, 12, 92),  # 91,67: half up
        (0, 5, 0),
    ],
)
def test_the_share_of_the_plan_that_was_done(part, whole, points):
    assert points_of(PLAN_DONE, Measured(part, whole)) == points


def test_nothing_measured_is_not_zero():
    assert points_of(PLAN_DONE, None) is None
    assert points_of(PLAN_DONE, Measured(0, 0)) is None


def test_half_a_hundredth_is_rounded_up():
    assert points_of(Rule(25, "bands", None, (Step(0, proportional=True),)), Measured(1, 2)) == 13


def test_the_highest_band_that_is_reached_counts():
    rule = Rule(100, "bands", None, (Step(80, 100), Step(50, 40), Step(20, 10)))

    assert [points_of(rule, Measured(n, 100)) for n in (19, 20, 49, 50, 79, 80, 100)] == [0, 10, 10, 40, 40, 100, 100]


@pytest.mark.parametrize("floor, enough, too_few", [(None, 10, 9), (70, 7, 6)])
def test_all_points_or_none(floor, enough, too_few):
    rule = Rule(25, "all_or_nothing", floor)

    assert points_of(rule, Measured(enough, 10)) == 25
    assert points_of(rule, Measured(too_few, 10)) == 0


@pytest.mark.parametrize("formula", ["by_hand", "sum"])
def test_what_is_not_measured_has_no_points_of_its_own(formula):
    assert points_of(Rule(25, formula), Measured(1, 1)) is None


def test_what_would_raise_the_score():
    assert better_of(PLAN_DONE, Measured(4, 5, ("7",))) == Better(1, 100)
    assert better_of(PLAN_DONE, Measured(10, 20)) == Better(8, 90)
    assert better_of(PLAN_DONE, Measured(5, 5)) is None
    assert better_of(PLAN_DONE, Measured(0, 0)) is None


def test_the_bands_as_they_count_beside_the_floor():
    rows = shown_steps(PLAN_DONE, Measured(4, 5))

    assert [(row.low, row.high, row.points, row.proportional) for row in rows] == [
        (100, None, 100, False),
        (90, 100, 0, True),
        (0, 90, 0, False),
    ]
    assert [row.is_here for row in rows] == [False, False, True]


def test_a_floor_inside_a_band_cuts_it():
    rule = Rule(50, "bands", 60, (Step(80, 50), Step(0, proportional=True)))

    assert [(row.low, row.high) for row in shown_steps(rule)] == [(80, None), (60, 80), (0, 60)]


def test_exactly_one_band_holds_every_share():
    for part in range(0, 1001):
        assert sum(row.is_here for row in shown_steps(PLAN_DONE, Measured(part, 1000))) == 1


def test_a_share_is_never_written_across_the_floor_it_misses():
    assert str(percent_of(PLAN_DONE, Measured(4, 5))) == "80.0"
    assert str(percent_of(PLAN_DONE, Measured(8996, 10000))) == "89.96"
    assert str(percent_of(PLAN_DONE, Measured(9999, 10000))) == "99.99"


@pytest.mark.parametrize(
    "points, text", [(0, "0"), (25, "0,25"), (50, "0,5"), (100, "1,0"), (175, "1,75"), (None, "–")]
)
def test_points_as_they_are_written(points, text):
    assert points_written(points) == text


@pytest.mark.parametrize("text, points", [("0,25", 25), ("0.25", 25), ("1", 100), ("1,5", 150), (" 3,0 ", 300)])
def test_points_as_they_are_typed(text, points):
    assert points_typed(text) == points


@pytest.mark.parametrize("text", ["", "0,255", "-1", "1e2", "một", "1,", "٣"])
def test_what_is_no_number_of_points(text):
    with pytest.raises(ValueError):
        points_typed(text)
