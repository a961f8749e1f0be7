"""When a period is closed for writing: `agency_due_on` is the deadline (hạn gửi), `locks_on` the lock (khóa số liệu).

What stops a write stands below everything, in `models.guard`; here is what pages say of it.
"""

import enum
from collections import defaultdict
from datetime import timedelta

from django.utils.translation import gettext_lazy as _, pgettext_lazy

from .models import Extension

PASSED = _("This day has passed. Choose today or a later one.")


class Stage(enum.StrEnum):
    """Where a period stands on a day; the value names the icon."""

    AHEAD = "wait"
    RUNNING = "cal"
    DUE = "send"
    LATE = "warn"
    LOCKED = "lock"

    @property
    def label(self):
        return LABELS[self]


LABELS = {
    Stage.AHEAD: pgettext_lazy("period", "not begun"),
    Stage.RUNNING: _("running"),
    Stage.DUE: _("to be sent"),
    Stage.LATE: _("deadline passed, still open"),
    Stage.LOCKED: _("locked"),
}


def stage_of(period, day):
    """Where the period stands on `day`; an extension of one agency does not change it."""
    if day >= period.locks_on:
        return Stage.LOCKED
    if day > period.agency_due_on:
        return Stage.LATE
    if day > period.ends_on:
        return Stage.DUE
    return Stage.RUNNING if day >= period.starts_on else Stage.AHEAD


class Extensions:
    """The extensions of some periods, read once: until when each agency may write."""

    def __init__(self, extensions=()):
        self._of = defaultdict(list)
        for each in extensions:
            self._of[each.period_id, each.agency_id].append(each)

    @classmethod
    def of(cls, periods):
        """One query."""
        return cls(Extension.objects.filter(period__in=periods).order_by("ordinal"))

    def given(self, period, agency_id):
        """Those of the agency in the period, in the order they were given."""
        return self._of[period.pk, agency_id]

    def until(self, period, agency_id):
        """The last day on which the agency may write in the period."""
        return max([last_day(period), *(each.until for each in self.given(period, agency_id))])

    def is_open(self, period, agency_id, day):
        return day <= self.until(period, agency_id)


def last_day(period):
    """The last day on which everybody may write in the period."""
    return period.locks_on - timedelta(days=1)


def is_open(period, agency_id, day):
    """The agency may write in the period on `day`. A query only where the period itself is locked."""
    return day < period.locks_on or Extensions.of([period]).is_open(period, agency_id, day)
