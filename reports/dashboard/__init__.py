"""The state of plans on a day, for leaders: one object with every figure, worst first."""

from .board import RED_SHOWN, UNREPORTED_SHOWN, Dashboard, build_dashboard
from .glance import Glance
from .totals import AgencyTrack, PeriodTotals, year_share

__all__ = [
    "RED_SHOWN",
    "UNREPORTED_SHOWN",
    "AgencyTrack",
    "Dashboard",
    "Glance",
    "PeriodTotals",
    "build_dashboard",
    "year_share",
]
