"""Addresses of the lists behind the figures of a dashboard: the same rows, by the same filter, from the same day."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode

from activities.frame import NOW, THEN

from .glance import Glance


@dataclass(frozen=True)
class Links:
    """Of a Glance at `plans`: the key of one, or the word for several (`activities.scopes`).

    `names`: by which names agencies are read, where that makes a difference; else empty.
    """

    glance: Glance
    plans: str
    is_many: bool = False
    names: str = ""

    @classmethod
    def of(cls, board, word, glance=None):
        """Those of `board`, or of what it is compared with (`glance`); `word` empty: of one plan."""
        names = (NOW if board.by_todays_names else THEN) if board.names_differ else ""
        return cls(glance or board.now, word or str(board.period.plan_id), bool(word), names)

    def activities(self, **chosen):
        """The list of activities: `state`, `due` as it knows them."""
        reading = self.glance.reading
        past = {"of": self.glance.period.pk} if reading.is_past else {}
        return _address("activities:list", {"plan": self.plans, **chosen, **past, **self._day})

    def updates(self, show, period=None):
        """The list of submissions of the period, or of another one."""
        key = (period or self.glance.period).pk
        return _address("activities:updates", {"period": key, "show": show, **self._plans, **self._names, **self._day})

    def evidence(self, show):
        """The list of the period's lines that tell of work."""
        return _address("reports:evidence", {"period": self.glance.period.pk, "show": show, **self._plans, **self._day})

    @property
    def _plans(self):
        return {"plan": self.plans} if self.is_many else {}

    @property
    def _names(self):
        return {"names": self.names} if self.names else {}

    @property
    def _day(self):
        known_on = self.glance.reading.known_on
        return {"as_of": f"{known_on:%Y-%m-%d}"} if known_on else {}


def _address(name, asked):
    return f"{reverse(name)}?{urlencode({key: value for key, value in asked.items() if value})}"
