"""Shares in percent, rounded as an official rounds them by hand."""

from decimal import ROUND_HALF_UP, Decimal

ONE_DECIMAL = Decimal("0.1")


def share(part, whole):
    """Share of `part` in `whole`.

    Args:
        part, whole: counts of one unit (whole numbers); None when nobody counted.

    Returns:
        Percent (Decimal), one decimal, half up: 390 of 480 is 81.3; it may exceed 100. None of nothing or of an
        unknown count, which is not 0.

    Source: rounding half up, as in arithmetic taught in school and in the figures of the field's reports.
    """
    if part is None or not whole:
        return None
    return (100 * Decimal(part) / Decimal(whole)).quantize(ONE_DECIMAL, ROUND_HALF_UP)
