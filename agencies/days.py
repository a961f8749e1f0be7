"""The day a page is read for: today, or the one its address names."""

import re
from dataclasses import dataclass
from datetime import date

WRITTEN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
NOT_KEPT = {"on", "page", "export"}


@dataclass(frozen=True)
class DayAsked:
    """`chosen` is today where nothing was asked, or nothing that is a day: `words` then keeps what was typed.

    `kept`: what else the address says, so that another day does not lose the filters.
    """

    chosen: date
    today: date
    words: str = ""
    others: tuple[date, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()

    @property
    def is_today(self):
        return self.chosen == self.today

    @property
    def is_other(self):
        """Neither today nor one of the days on offer."""
        return self.chosen not in (self.today, *self.others)

    @property
    def typed(self):
        return "" if self.is_today else f"{self.chosen:%d/%m/%Y}"


def day_asked(request, *, others=()):
    """`?on=2026-10-01` of a link, or `?on=01/10/2026` of a person; `others`: the days on offer beside today."""
    words = request.GET.get("on", "").strip()[:40]
    day = read_day(words)
    kept = tuple((key, value) for key, value in request.GET.items() if key not in NOT_KEPT)
    return DayAsked(day or request.today, request.today, "" if day else words, tuple(others), kept)


def read_day(words):
    """The day that `words` write; None where they write none."""
    written = WRITTEN.fullmatch(words)
    try:
        return date(*map(int, written.groups()[::-1])) if written else date.fromisoformat(words)
    except ValueError:
        return None
