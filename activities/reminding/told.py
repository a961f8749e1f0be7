"""What has been told already: the steps of some periods, read once."""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from ..models import Reminder
from .ladder import is_chasing


class Told(NamedTuple):
    """A step told to one recipient; `period`, `agency` and `digest` are keys."""

    period: int
    agency: int
    step: str
    recipient: str
    day: date
    digest: int


def told_in(periods):
    """Every step told of `periods`: [Told]. One query."""
    rows = Reminder.objects.filter(period__in=periods).order_by("day", "pk")
    return [Told(*row) for row in rows.values_list(*Told._fields)]


def chased(told):
    """On how many days each agency was chased: {agency_id: count}."""
    days = defaultdict(set)
    for each in told:
        if is_chasing(each.step):
            days[each.agency].add(each.day)
    return {agency: len(each) for agency, each in days.items()}


def counts(told):
    """How many agencies each step reminded: {step key: number}."""
    agencies = defaultdict(set)
    for each in told:
        agencies[each.step].add(each.agency)
    return {step: len(each) for step, each in agencies.items()}
