"""The working days that reminders keep to."""

from agencies.holidays import WorkingDays
from agencies.models import Holiday


def working_day_in(locality):
    """A function (date) -> that day, or the next one on which the offices of `locality` are open. One query."""
    return WorkingDays(Holiday.objects.filter(locality=locality)).on_or_after
