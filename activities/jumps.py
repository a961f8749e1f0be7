"""A number that jumps: far above the period before, or far below it.

The sheet hints at it; the review warns of it, but only where the numbers are large.

Small numbers are left alone: a step of a few pieces says nothing, however large the ratio.
"""

RATIO = 3  # so many times the period before, or so small a part of it
SMALL_STEP = 5  # a difference below this is not compared


def rises_far(value, previous):
    """More than three times the period before; of a number not given, or with none before, nothing is said."""
    return _are_compared(value, previous) and value > RATIO * previous


def falls_far(value, previous):
    """Less than a third of the period before."""
    return _are_compared(value, previous) and value * RATIO < previous


def _are_compared(value, previous):
    return value is not None and bool(previous) and abs(value - previous) >= SMALL_STEP
