"""When a plan reminds: the steps of its ladder as days. Nothing here asks the database.

A step that falls on a day on which offices are closed goes out on the next working day. Whoever was not reached on the
day of a step (the machine stood still, a new focal point) is told once, by the latest step that has come: steps that
were missed are not made up for one by one.
"""

from datetime import date, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _, ngettext

BEFORE, AFTER, WEEKLY, HEAD, AGAIN = "before", "after", "weekly", "head", "again"
DAY = timedelta(days=1)
AGAIN_DAYS = (-1, 0)  # of the day by which a returned update is to be sent again


class Step(NamedTuple):
    """One reminder: `key` as a Reminder keeps it, the working day `on` which it goes out, and to whom.

    `planned` is the day by the rule, before it was moved to a working day.
    """

    key: str
    on: date
    planned: date
    to_focal_points: bool = True
    to_head: bool = False

    @property
    def kind(self):
        return self.key.partition(":")[0]

    @property
    def number(self):
        return int(self.key.rpartition(":")[2])

    @property
    def is_chasing(self):
        return is_chasing(self.key)

    @property
    def label(self):
        """What the step is, in words."""
        return label_of(self.key)


def is_chasing(key):
    """The step `key` comes on the day of the deadline or after it: before, it only reminds."""
    kind, _colon, number = key.partition(":")
    return kind != BEFORE or number == "0"


def label_of(key):
    """The step `key` in words: '7 days before the deadline'."""
    kind, _colon, rest = key.partition(":")
    number = int(rest.rpartition(":")[2])
    if kind == BEFORE and number == 0:
        return _("On the day of the deadline")
    if kind == BEFORE:
        return ngettext("%(n)s day before the deadline", "%(n)s days before the deadline", number) % {"n": number}
    if kind == AFTER:
        return ngettext("%(n)s day overdue", "%(n)s days overdue", number) % {"n": number}
    if kind == HEAD:
        return _("To the head of the agency")
    return _("To be sent again") if kind == AGAIN else _("Every week")


def ladder(rules, due_on, last_day, working_day):
    """The steps of a period for whoever has not sent yet, in order: [Step].

    Args:
        rules: the plan's ReportingRules; without `reminds` there are no steps.
        due_on: the agencies' deadline.
        last_day: the last day on which they may write: reminding ends with it.
        working_day: (date) -> that day, or the next one on which offices are open.
    """
    if not rules.reminds:
        return []
    steps = [_step(BEFORE, days, due_on - days * DAY, working_day) for days in rules.days_before]
    steps += _after(rules, due_on, last_day, working_day)
    return sorted((step for step in steps if step.on <= last_day), key=lambda step: (step.planned, step.to_head))


def _step(kind, number, planned, working_day, **to):
    return Step(f"{kind}:{number}", working_day(planned), planned, **to)


def _after(rules, due_on, last_day, working_day):
    """The day after, then every so many days, to the head too once it has come to that."""
    first, head_on = due_on + rules.days_after * DAY, due_on + rules.head_after_days * DAY
    yield _step(AFTER, rules.days_after, first, working_day)
    yield _step(HEAD, 1, head_on, working_day, to_focal_points=False, to_head=True)
    planned, number = first + rules.every_days * DAY, 1
    while planned <= last_day:
        yield _step(WEEKLY, number, planned, working_day, to_head=planned > head_on)
        planned, number = planned + rules.every_days * DAY, number + 1


def ladder_again(rules, resend_by, last_day, working_day):
    """The steps of an update that was returned, until it is sent again: the day before, the day, the day after, weekly.

    The key names the day by which it is to come, so that each return has its own steps: 'again:20260918:0'.
    """
    if not rules.reminds or resend_by is None:
        return []
    days = [*AGAIN_DAYS, rules.days_after]
    while resend_by + (days[-1] + rules.every_days) * DAY <= last_day:
        days.append(days[-1] + rules.every_days)
    kind = f"{AGAIN}:{resend_by:%Y%m%d}"
    steps = [_step(kind, each, resend_by + each * DAY, working_day) for each in days]
    return [step for step in steps if step.on <= last_day]


def latest(steps, day, *, head=False):
    """The step that speaks on `day` to the focal points, or to the head: the last one that has come; None before."""
    mine = [step for step in steps if (step.to_head if head else step.to_focal_points) and step.on <= day]
    return mine[-1] if mine else None
