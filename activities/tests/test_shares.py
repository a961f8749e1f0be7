"""Shares in percent, as an official rounds them."""

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from activities.shares import share


@pytest.mark.parametrize(
    "part, whole, percent",
    [
        (390, 480, "81.3"),  # 81.25: half up, where round() says 81.2
        (1, 3, "33.3"),
        (2, 3, "66.7"),
        (0, 7, "0"),
        (7, 7, "100"),
        (250, 100, "250"),
    ],
)
def test_a_share_is_rounded_half_up(part, whole, percent):
    assert share(part, whole) == Decimal(percent)


@pytest.mark.parametrize("part, whole", [(None, 10), (3, None), (3, 0), (0, 0), (None, None)])
def test_of_nothing_or_of_an_unknown_count_there_is_no_share(part, whole):
    assert share(part, whole) is None


@given(st.integers(0, 10**12), st.integers(1, 10**12))
def test_a_share_is_never_off_by_more_than_half_a_tenth(part, whole):
    found = share(part, whole)

    assert found.as_tuple().exponent == -1
    assert -whole <= 20 * (found * whole - 100 * part) <= whole
