"""What the channels of a plan are counted from: every number of its year, read once."""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from activities.calendar import is_past
from activities.models import Activity, Indicator, OutputCount
from activities.obligations import load_duties
from activities.progress import REPORTED, reported_lines
from activities.versions import as_in_force
from plans.models import Channel

from .dashboard import year_share


class Counted(NamedTuple):
    """A number of an indicator that an agency gave for an activity in the period that ends on `ends_on`."""

    code: str
    ends_on: date
    agency_id: int
    value: int
    activity_id: int


def counted(period, activities, lines):
    """Every number of the reporting year up to `period`: output counts, and quantities of countable targets.

    Args:
        activities: all activities of the plan.
        lines: their reported lines (`reported_lines`).

    One query.
    """
    rows = OutputCount.objects.filter(
        progress__update__status__in=REPORTED,
        progress__update__nothing_to_report=False,
        progress__update__period__plan=period.plan_id,
        progress__update__period__year=period.year,
        progress__update__period__ends_on__lte=period.ends_on,
        value__isnull=False,
    ).values_list(
        "indicator", "progress__update__period__ends_on", "progress__update__agency", "value", "progress__activity"
    )
    found = [Counted(*row) for row in rows]
    counts_target = {activity.pk: activity.indicator_id for activity in activities if activity.indicator_id}
    for line in lines:
        when, code = line.update.period, counts_target.get(line.activity_id)
        if code and line.quantity_done is not None and when.year == period.year and when.ends_on <= period.ends_on:
            found.append(Counted(code, when.ends_on, line.update.agency_id, line.quantity_done, line.activity_id))
    return found


class ChannelRows:
    """Everything read from the database: the numbers of a plan's year up to a period, and what they hang on."""

    def __init__(self, period, periods, today):
        plan = period.plan
        self.period, self.share = period, year_share(period, today)
        until = period.ends_on if is_past(period, periods, today) else None
        self.duties = load_duties([plan.pk])
        self.day = until or today
        self.activities = as_in_force(list(plan.activities.select_related("plan", "indicator")), self.day)
        lines = reported_lines(self.activities, until=until)
        ordered = sorted(periods, key=lambda each: each.starts_on)
        self.periods = tuple(p for p in ordered if p.year == period.year and p.ends_on <= period.ends_on)
        self.before = next((each for each in reversed(ordered) if each.year == period.year - 1), None)
        self.rows = counted(period, self.activities, lines)
        self.rows_before = counted(self.before, self.activities, lines) if self.before else []
        self.channels = {channel.pk: channel for channel in Channel.objects.all()}
        self.of_activity = _channels_of(Activity, "activity", activity__plan=plan)
        self.of_indicator = _channels_of(Indicator, "indicator")
        used = {row.code for row in self.rows} | {each.indicator_id for each in self.activities if each.indicator_id}
        self.indicators = list(Indicator.objects.filter(pk__in=used).order_by("position"))

    def belongs(self, code, activity_id):
        """The channels a count of indicator `code` for the activity belongs to: {code}."""
        listed = self.of_indicator[code]
        return listed & self.of_activity[activity_id] or listed

    def values(self, code, channel, rows):
        """[(day, agency_id, value)] in order of time."""
        return sorted(
            (row.ends_on, row.agency_id, row.value)
            for row in rows
            if row.code == code and channel in self.belongs(code, row.activity_id)
        )

    def targets(self, code, channel):
        """The activities that have a target of the indicator in the channel."""
        return [
            activity
            for activity in self.activities
            if activity.indicator_id == code
            and activity.target_quantity
            and not activity.cancelled_on
            and channel in self.belongs(code, activity.pk)
        ]


def _channels_of(model, key, **only):
    """{key of a row: the codes of its channels}, in one query."""
    found = defaultdict(set)
    for row, channel in model.channels.through.objects.filter(**only).values_list(f"{key}_id", "channel_id"):
        found[row].add(channel)
    return found
