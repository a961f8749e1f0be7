"""A number far from the period before: the one rule that the sheet and the review ask."""

import pytest

from activities.jumps import falls_far, rises_far


@pytest.mark.parametrize(
    "value, previous, rises, falls",
    [
        (31, 10, True, False),
        (30, 10, False, False),
        (3, 10, False, True),
        (4, 10, False, False),
        (6, 1, True, False),
        (5, 1, False, False),  # four more say nothing
        (0, 4, False, False),
        (0, 5, False, True),
        (10, 10, False, False),
        (None, 10, False, False),
        (10, None, False, False),
        (10, 0, False, False),
    ],
)
def test_a_number_far_from_the_last(value, previous, rises, falls):
    assert (rises_far(value, previous), falls_far(value, previous)) == (rises, falls)
