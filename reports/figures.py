"""An output count as dashboards and reports print it: in a span, cumulative in the reporting year, against the target.

What is counted: `counting`.
"""

from dataclasses import dataclass

from django.utils.translation import get_language

from activities.shares import share


@dataclass(frozen=True)
class Figure:
    """One indicator. Counts are whole numbers in `unit`; None means nobody counted it, which is not 0.

    A flow's `cumulative` is the sum of the year's periods, a stock's the last value of each agency. Documents print
    the Vietnamese `name` and `unit`, a screen `label` and `unit_label`, in its reader's language.
    """

    code: str
    name: str
    name_en: str
    unit: str
    unit_en: str
    channel: str
    is_stock: bool
    in_period: int | None
    cumulative: int | None
    target: int | None

    @property
    def target_percent(self):
        """Share of the target reached, may exceed 100; None without target or count."""
        return share(self.cumulative, self.target)

    @property
    def label(self):
        return self.name_en if get_language() == "en" else self.name

    @property
    def unit_label(self):
        return self.unit_en if get_language() == "en" else self.unit
