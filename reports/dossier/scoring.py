"""How points follow from what was measured: bands, floors, formulas. Pure arithmetic on whole numbers, no queries.

Points are hundredths. Shares are compared exactly, as part × 100 against percent × whole: 89,96 % is below a floor of
90 %, although it is written 90,0 %.

Source: the commune index of the field (criterion 4.1): 100 % of the plan the full point, from 90 % the share times
the most, below 90 % none. The text's own example gives 80 % 0,8 points: the floor says 0, and the floor counts.
"""

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import NamedTuple

from activities.shares import share

from ..models import Formula

TWO_PLACES = Decimal("0.01")


class Measured(NamedTuple):
    """`part` of `whole` (counts); `to_do`: what would add to the part, by its number ("7")."""

    part: int
    whole: int
    to_do: tuple[str, ...] = ()


class Step(NamedTuple):
    """From `at_least` percent on: `points`, or (`proportional`) the share times the most."""

    at_least: int
    points: int = 0
    proportional: bool = False


class ShownStep(NamedTuple):
    """A band as it counts, from `low` to below `high` percent (None: to the top); `is_here`: the measure is in it."""

    low: int
    high: int | None
    points: int
    proportional: bool
    is_here: bool


class Better(NamedTuple):
    """With `more` added to the part, `points` are reached."""

    more: int
    points: int


@dataclass(frozen=True)
class Rule:
    """How a criterion is scored: `most` points, `floor` in percent or None, `steps` from the highest down."""

    most: int
    formula: str
    floor: int | None = None
    steps: tuple[Step, ...] = ()


def rule_of(criterion, bands):
    """The rule of `criterion` with its `bands` (rows)."""
    steps = sorted((Step(band.at_least, band.points, band.proportional) for band in bands), reverse=True)
    return Rule(criterion.most, criterion.formula, criterion.floor, tuple(steps))


def reaches(measured, percent):
    """The share is at least `percent`, exactly."""
    return measured.part * 100 >= percent * measured.whole


def is_below_floor(rule, measured):
    return bool(measured and measured.whole and rule.floor is not None and not reaches(measured, rule.floor))


def points_of(rule, measured):
    """The points that follow from what was measured.

    Args:
        rule: a Rule by bands, or all or nothing (whose floor is what suffices).
        measured: a Measured; None, or of nothing, where nothing could be measured.

    Returns:
        Hundredths of a point, rounded half up; None where nothing could be measured, which is not 0.
    """
    if measured is None or not measured.whole or rule.formula not in (Formula.BANDS, Formula.ALL_OR_NOTHING):
        return None
    if is_below_floor(rule, measured):
        return 0
    if rule.formula == Formula.ALL_OR_NOTHING:
        return rule.most if reaches(measured, 100 if rule.floor is None else rule.floor) else 0
    return next((_worth(step, rule, measured) for step in rule.steps if reaches(measured, step.at_least)), 0)


def _worth(step, rule, measured):
    if not step.proportional:
        return step.points
    return int((Decimal(measured.part * rule.most) / measured.whole).quantize(Decimal(1), ROUND_HALF_UP))


def better_of(rule, measured):
    """The least that would raise the points, or None where nothing does: a Better."""
    now = points_of(rule, measured)
    if now is None:
        return None
    for more in range(1, measured.whole - measured.part + 1):
        points = points_of(rule, measured._replace(part=measured.part + more))
        if points > now:
            return Better(more, points)
    return None


def shown_steps(rule, measured=None):
    """The steps as they count beside the floor, from the top down to 0 percent, with the one the measure is in."""
    if rule.formula == Formula.ALL_OR_NOTHING:
        enough = 100 if rule.floor is None else rule.floor
        steps, floor = (Step(enough, rule.most),), enough
    elif rule.formula == Formula.BANDS:
        steps, floor = rule.steps, rule.floor or 0
    else:
        return ()
    rows, high = [], None
    for step in steps:
        low = max(step.at_least, floor)
        if high is None or low < high:
            rows.append((low, high, step.points, step.proportional))
            high = low
    if high is None or high > 0:
        rows.append((0, high, 0, False))
    return tuple(ShownStep(*row, is_here=_is_in(row, measured)) for row in rows)


def _is_in(row, measured):
    low, high, *_worth = row
    if not (measured and measured.whole) or not reaches(measured, low):
        return False
    return high is None or not reaches(measured, high)


def percent_of(rule, measured):
    """The share in percent as it is written: one decimal, but never one that rounds across a floor or a band."""
    rounded = share(measured.part, measured.whole)
    if rounded is None:
        return None
    borders = {rule.floor, 100, *(step.at_least for step in rule.steps)} - {None}
    if any((rounded >= border) != reaches(measured, border) for border in borders):
        return (100 * Decimal(measured.part) / measured.whole).quantize(TWO_PLACES, ROUND_DOWN)
    return rounded
