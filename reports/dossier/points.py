"""Points, kept as hundredths, as they are written and typed: 25 is "0,25", 100 is "1,0", nothing is "0"."""

import re
from decimal import Decimal

WRITTEN = re.compile(r"[0-9]{1,4}([.,][0-9]{1,2})?")


def points_written(points):
    """'1,75' of 175, '1,0' of 100, '0' of 0; an en dash where there are none, which is not 0."""
    if points is None:
        return "–"
    if not points:
        return "0"
    text = f"{Decimal(points) / 100:.2f}"
    return text.removesuffix("0").replace(".", ",")


def points_typed(text):
    """Hundredths of what somebody typed: '0,25' or '0.25'.

    Raises:
        ValueError: it is not a number of points, or has more than two decimals.
    """
    text = text.strip()
    if not WRITTEN.fullmatch(text):
        raise ValueError(text)
    return int(Decimal(text.replace(",", ".")) * 100)
