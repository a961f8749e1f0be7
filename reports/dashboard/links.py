"""Addresses of the lists behind the figures of a dashboard: the same rows, by the same filter, from the same day."""

from dataclasses import dataclass, replace
from functools import cache

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
        return activities_of(self.plans, self.glance.reading, self.glance.period, **chosen)

    def updates(self, show, period=None, agency=None):
        """The list of submissions of the period, or of another one; all of them, or those of an agency."""
        asked = {"period": (period or self.glance.period).pk, "show": show, "agency": agency and agency.pk}
        return _address("activities:updates", {**asked, **self._plans, **self.names_asked, **self._day})

    def duty(self, row):
        """The list of submissions with this one (a Submission) alone."""
        return replace(self, is_many=False).updates("", row.period, row.agency)

    def outputs(self, code):
        """The lines of the year up to the period that the indicator is counted from."""
        asked = {"indicator": code, "plan": self.plans, "period": self.glance.period.pk, "in": "year", **self._day}
        return _address("reports:output_lines", asked)

    def aims(self, code):
        """The activities whose targets the indicator counts."""
        return self.activities(indicator=code)

    def of_plan(self, plan):
        """Those of one of the plans looked at together."""
        return replace(self, plans=str(plan.pk), is_many=False)

    def evidence(self, show):
        """The list of the period's lines that tell of work."""
        return _address("reports:evidence", {"period": self.glance.period.pk, "show": show, **self._plans, **self._day})

    @property
    def _plans(self):
        return {"plan": self.plans} if self.is_many else {}

    @property
    def names_asked(self):
        return {"names": self.names} if self.names else {}

    @property
    def _day(self):
        return _day_of(self.glance.reading)


def activities_of(plans, reading, period, **chosen):
    """The list of the activities of `plans` (as of `Links`), read as `reading` of `period` reads them."""
    return _address("activities:list", {"plan": plans, **chosen, **read_as(reading, period)})


def read_as(reading, period):
    """What the list of activities is asked for, so that it is read as `reading` (a Reading) of `period` reads."""
    past = {"of": period.pk} if reading.is_past else {}
    return past | _day_of(reading)


def _day_of(reading):
    return {"as_of": f"{reading.known_on:%Y-%m-%d}"} if reading.known_on else {}


_place = cache(reverse)  # a page has a hundred of them


def _address(name, asked):
    return f"{_place(name)}?{urlencode({key: value for key, value in asked.items() if value})}"
