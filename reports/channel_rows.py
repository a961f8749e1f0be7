"""What outputs are counted from: every number of the plans' year up to a period, read once."""

from collections import defaultdict
from datetime import date

from activities.models import Activity, Indicator
from activities.obligations import load_duties
from activities.progress import REPORTED, said_lines
from activities.readings import reading_of
from activities.scopes import corresponding
from activities.versions import as_in_force
from plans.models import Channel

from .counting import counts_of, sum_of
from .dashboard import year_share


class ChannelRows:
    """Everything read from the database: the numbers (`counting.Count`) by indicator, and what they hang on.

    `steps`: the periods of the year of `period`'s own plan, each with the keys of the periods of all plans that are
    counted in it; each of these once, in the last step it goes with.
    """

    def __init__(self, period, periods, today, plans=None, known_on=None):
        self.period, self.known_on = period, known_on
        self.plans = tuple(plans or [period.plan])
        self._keys = [plan.pk for plan in self.plans]
        self._periods = sorted((each for each in periods if each.plan_id in self._keys), key=lambda p: p.starts_on)
        own = [each for each in self._periods if each.plan_id == period.plan_id]
        self.reading = reading_of(period, own, today, known_on)
        self.day = self.reading.until or self.reading.day
        self.share = year_share(period, self.reading.today, own)
        self.periods = tuple(p for p in own if p.year == period.year and p.ends_on <= period.ends_on)
        self.steps = self._steps()
        self.stepped = frozenset().union(*(keys for _period, keys in self.steps))
        self.duties = load_duties(self._keys)
        self._read_activities()
        self.rows = self._counts({each.plan_id: each for each in self._with(period)}, period.year, period.ends_on)
        last = {each.plan_id: each for each in self._periods if each.year == period.year - 1}
        self.before = last.get(period.plan_id) or max(last.values(), key=lambda each: each.ends_on, default=None)
        self.rows_before = self._counts(last, period.year - 1, date.min) if last else {}
        self._read_channels()

    def _with(self, period):
        """`period` and those of the other plans that go with it."""
        return corresponding(period, self._periods).values()

    def _steps(self):
        taken, steps = set(), []
        for period in reversed(self.periods):
            keys = {each.pk for each in self._with(period)} - taken
            taken |= keys
            steps.append((period, frozenset(keys)))
        return tuple(reversed(steps))

    def _read_activities(self):
        found = Activity.objects.filter(plan__in=self._keys).select_related("indicator").order_by("position", "pk")
        found = list(found.only("plan", "target_quantity", "cancelled_on", "indicator__is_stock"))
        self._lines = said_lines(found, known_on=self.known_on)
        self.activities = as_in_force(found, self.day)
        day = self.reading.day
        self.standing = [each for each in self.activities if not (each.cancelled_on and each.cancelled_on <= day)]

    def _counts(self, last, year, otherwise):
        """{indicator: [Count]} of `year`; of each plan up to its period in `last`, else up to the day `otherwise`."""
        until = dict.fromkeys(self._keys, otherwise) | {plan: each.ends_on for plan, each in last.items()}
        return counts_of(until, self.activities, self._lines, year=year, statuses=REPORTED, known_on=self.known_on)

    def _read_channels(self):
        self.channels = {channel.pk: channel for channel in Channel.objects.all()}
        self.of_activity = _channels_of(Activity, "activity", activity__plan__in=self._keys)
        self.of_indicator = _channels_of(Indicator, "indicator")
        used = {*self.rows} | {each.indicator_id for each in self.activities if each.indicator_id}
        self.indicators = list(Indicator.objects.filter(pk__in=used).order_by("position"))

    def belongs(self, code, activity_id):
        """The channels a count of indicator `code` for the activity belongs to: {code}."""
        listed = self.of_indicator[code]
        return listed & self.of_activity[activity_id] or listed

    def values(self, code, channel):
        """The numbers of the year, in order of time; of one channel, or of all where `channel` is empty."""
        return self._of_channel(self.rows.get(code, []), code, channel)

    def values_before(self, code, channel):
        """Those of the year before."""
        return self._of_channel(self.rows_before.get(code, []), code, channel)

    def _of_channel(self, rows, code, channel):
        return [row for row in rows if not channel or channel in self.belongs(code, row.activity)]

    def total(self, rows, is_stock):
        return sum_of(rows, is_stock, self.duties.successors)

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
