"""What each channel has brought: its outputs in the period and cumulative against target, and who brought them.

A count belongs to the channels of its activity that its indicator is listed under; where the activity names none of
these, to all of the indicator's. Numbers are those of the dashboard (`counting`), of one plan or several together.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from activities.models import ReportingPeriod
from activities.readings import Reading
from activities.shares import share
from agencies.models import Agency
from agencies.templatetags.look import number_vi
from plans.models import Channel, Plan

from .channel_rows import ChannelRows
from .charts import coordinate
from .counting import target_of
from .figures import Figure


@dataclass(frozen=True)
class Step:
    """One period of the year (and those of other plans that go with it): what was counted in it, and up to it.

    `change` since the period before; `is_before`: the last period of the year before, from which a stock is carried
    on and a flow is not.
    """

    period: ReportingPeriod
    in_period: int | None
    cumulative: int | None
    change: int | None
    is_before: bool = False


@dataclass(frozen=True)
class Output:
    """One indicator of a channel, period by period; `shared_with`: other channels whose pages show the same numbers.

    `rest`: what of a flow was counted in periods of other plans that go with none of the steps.
    """

    figure: Figure
    steps: tuple[Step, ...]
    shared_with: tuple[str, ...]
    share: int
    has_agencies: int
    rest: int = 0

    @property
    def code(self):
        return self.figure.code

    @property
    def last(self):
        return self.steps[-1]

    @property
    def previous(self):
        return self.steps[-2] if len(self.steps) > 1 else None

    @property
    def of_year(self):
        """The steps of this year."""
        return tuple(step for step in self.steps if not step.is_before)

    @property
    def wrong_sum(self):
        """What adding the periods of a stock would give, where that differs from the right number; else None."""
        given = [step.in_period for step in self.of_year if step.in_period is not None]
        wrong = sum(given)
        return wrong if self.figure.is_stock and len(given) > 1 and wrong != self.figure.cumulative else None

    @property
    def is_behind(self):
        """Less of its target than of the time that has passed."""
        return self.figure.target is not None and (self.figure.target_percent or 0) < self.share

    @property
    def width(self):
        """Of the bar of its share, in a box of 100."""
        return coordinate(min(self.figure.target_percent or 0, 100))

    @property
    def sum_words(self):
        """'41 + 47 + 52': how the cumulative number of a flow comes about."""
        parts = [step.in_period or 0 for step in self.of_year] + ([self.rest] if self.rest else [])
        return " + ".join(number_vi(part) for part in parts)

    @property
    def change_words(self):
        return signed(self.last.change)

    @property
    def full(self):
        """The right end of the scale: the target, or whatever exceeds it."""
        return max(self.figure.target or 0, *(step.cumulative or 0 for step in self.steps), 1)

    @property
    def mark(self):
        """The target at the time mark; None without target."""
        return Decimal(self.figure.target) * self.share / 100 if self.figure.target else None

    @property
    def missing(self):
        """How much of the target is still to come; None without target, 0 once it is reached."""
        return max(self.figure.target - (self.figure.cumulative or 0), 0) if self.figure.target else None

    @property
    def pace(self):
        """`missing` in times of what the last period brought, one decimal; None where that says nothing."""
        gained = self.last.change if self.figure.is_stock else self.last.in_period
        if not self.missing or not gained or gained < 0:
            return None
        return (Decimal(self.missing) / gained).quantize(Decimal("0.1"))


@dataclass(frozen=True)
class ChannelState:
    """A channel the plan uses; its outputs worst first, those with a target before those without."""

    channel: Channel
    outputs: tuple[Output, ...]
    activity_count: int

    @property
    def worst(self):
        """The output furthest from its target; None where none has one."""
        return self.outputs[0] if self.outputs and self.outputs[0].figure.target else None

    @property
    def percent(self):
        return self.worst.figure.target_percent if self.worst else None

    @property
    def is_behind(self):
        return bool(self.worst and self.worst.is_behind)


@dataclass(frozen=True)
class Giver:
    """An agency and what it counted of one indicator in each period of the year (None: it said nothing).

    `target` is its own: of activities that it leads alone; a target that several share is not divided among them.
    """

    agency: Agency
    by_period: tuple[tuple[ReportingPeriod, int | None], ...]
    cumulative: int | None
    target: int | None
    share: int

    @property
    def percent(self):
        return share(self.cumulative, self.target)

    @property
    def width(self):
        """Of the bar of its share, in a box of 100."""
        return coordinate(min(self.percent or 0, 100))

    @property
    def is_behind(self):
        """It should have counted and has not, or has less of its own target than of the time that has passed."""
        if self.cumulative is None:
            return self.share > 0
        return self.target is not None and self.percent < self.share


def signed(change):
    """+1.450, −20, 0; nothing where nothing is known."""
    if change is None:
        return ""
    return f"{'+' if change > 0 else '−' if change < 0 else ''}{number_vi(abs(change))}"


@dataclass(frozen=True)
class Channels:
    """The channels of `plans`, worst first; `share`: how much of the year's time has passed, in percent."""

    period: ReportingPeriod
    plans: tuple[Plan, ...]
    reading: Reading
    share: int
    states: tuple[ChannelState, ...]

    @property
    def mark(self):
        """Where the time mark stands in a box of 100."""
        return coordinate(self.share)

    @property
    def outputs(self):
        """(ChannelState, Output) pairs."""
        return tuple((state, output) for state in self.states for output in state.outputs)

    @property
    def against_targets(self):
        """(ChannelState, Output) pairs of outputs with a target, worst first."""
        pairs = [pair for pair in self.outputs if pair[1].figure.target]
        return tuple(sorted(pairs, key=lambda pair: pair[1].figure.target_percent or 0))

    @property
    def beside_targets(self):
        """The other pairs, channel by channel."""
        return tuple(pair for pair in self.outputs if not pair[1].figure.target)

    @property
    def silent(self):
        """Channels with no output to show."""
        return tuple(state for state in self.states if not state.outputs)

    @property
    def with_target(self):
        return tuple(output for _state, output in self.against_targets)

    @property
    def behind(self):
        return sum(output.is_behind for output in self.with_target)

    def state_of(self, code):
        """The state of the channel with this code; None where the plan does not use it."""
        return next((state for state in self.states if state.channel.code == code), None)


@dataclass(frozen=True)
class ChannelPage:
    """A channel, and who brought what of the chosen output: `givers`, worst first."""

    state: ChannelState
    chosen: Output | None
    periods: tuple[ReportingPeriod, ...]
    givers: tuple[Giver, ...]

    @property
    def behind(self):
        return sum(giver.is_behind for giver in self.givers)

    @property
    def has_own_targets(self):
        return any(giver.target for giver in self.givers)

    @property
    def beside_the_most(self):
        """(Giver, width of its bar of 100 beside that of whoever brought most)."""
        most = max((giver.cumulative or 0 for giver in self.givers), default=0) or 1
        return tuple((giver, coordinate(100 * (giver.cumulative or 0) / most)) for giver in self.givers)

    @property
    def judged(self):
        """Agencies that have a target of their own, or owe a count they have not given."""
        return sum(giver.target is not None or giver.cumulative is None for giver in self.givers)


def build_channels(period, periods, *, today, plans=None, known_on=None):
    """The channels of `plans` together, as on `today`; of a past period as they stood when it ended.

    Args:
        period: ReportingPeriod with its plan loaded.
        periods: all reporting periods of the plans.
        plans: default: the period's own.
        known_on: an earlier day; only what had been sent by then counts.

    Twelve queries at most, whatever the number of agencies, activities and plans; one more where an agency has ended,
    one where a plan has been amended since.
    """
    return _channels(ChannelRows(period, periods, today, plans, known_on))


def build_channel(period, periods, code, indicator="", *, today, plans=None, known_on=None):
    """(Channels, ChannelPage of the channel `code`); the page is None where there is no such channel.

    Args: as `build_channels`;
        indicator: code of the output whose agencies are shown; otherwise the one that most agencies count.
    """
    source = ChannelRows(period, periods, today, plans, known_on)
    channels = _channels(source)
    if code not in source.channels:
        return channels, None
    state = channels.state_of(code) or ChannelState(source.channels[code], (), 0)
    chosen = next((each for each in state.outputs if each.code == indicator), None) or _most_counted(state.outputs)
    givers = _givers(source, code, chosen) if chosen else ()
    return channels, ChannelPage(state, chosen, source.periods, givers)


def _most_counted(outputs):
    return max(outputs, key=lambda output: output.has_agencies, default=None)


def _channels(source):
    used = {code for each in source.standing for code in source.of_activity[each.pk]}
    counted_in = {
        channel for code, rows in source.rows.items() for row in rows for channel in source.belongs(code, row.activity)
    }
    states = [_state(source, channel) for code, channel in source.channels.items() if code in used | counted_in]
    states.sort(key=lambda state: (state.worst is None, state.percent or 0, state.channel.position))
    return Channels(source.period, source.plans, source.reading, source.share, tuple(states))


def _state(source, channel):
    outputs = []
    for indicator in source.indicators:
        if channel.pk in source.of_indicator[indicator.pk]:
            output = _output(source, channel, indicator)
            if output.figure.target or output.figure.cumulative is not None:
                outputs.append(output)
    outputs.sort(key=lambda output: (output.figure.target is None, output.figure.target_percent or 0))
    count = sum(channel.pk in source.of_activity[each.pk] for each in source.standing)
    return ChannelState(channel, tuple(outputs), count)


def _output(source, channel, indicator):
    values = source.values(indicator.pk, channel.pk)
    steps = _steps(source, indicator, channel, values)
    figure = Figure(
        code=indicator.code,
        name=indicator.name,
        name_en=indicator.name_en,
        unit=indicator.unit,
        unit_en=indicator.unit_en,
        channel=channel.name,
        is_stock=indicator.is_stock,
        in_period=steps[-1].in_period,
        cumulative=source.total(values, indicator.is_stock),
        target=target_of(source.targets(indicator.pk, channel.pk), indicator.is_stock),
    )
    others = {code for row in values for code in source.belongs(indicator.pk, row.activity)} - {channel.pk}
    rest = 0 if indicator.is_stock else sum(row.value for row in values if row.period not in source.stepped)
    return Output(
        figure=figure,
        steps=steps,
        shared_with=tuple(str(each) for code, each in source.channels.items() if code in others),
        share=source.share,
        has_agencies=len({row.agency for row in values}),
        rest=rest,
    )


def _steps(source, indicator, channel, values):
    """The year before where it has numbers of a stock, then each period of the year."""
    is_stock = indicator.is_stock
    before = source.values_before(indicator.pk, channel.pk) if is_stock else []
    steps, done = [], set()
    if before:
        carried = source.total(before, True)
        steps.append(Step(source.before, carried, carried, None, is_before=True))
    for period, keys in source.steps:
        done |= keys
        in_period = source.total([row for row in values if row.period in keys], is_stock)
        cumulative = source.total([row for row in values if _is_reached(source, row, period, done)], is_stock)
        earlier = steps[-1].cumulative if steps else None
        change = cumulative - earlier if None not in (cumulative, earlier) else None
        steps.append(Step(period, in_period, cumulative, change if is_stock else in_period))
    return tuple(steps)


def _is_reached(source, row, period, done):
    """It was counted up to `period`, whose periods and those before are `done`."""
    in_none = row.period not in source.stepped
    return period == source.period or row.period in done or (in_none and row.day <= period.ends_on)


def _givers(source, channel, output):
    """Who counted `output`, and who leads a target of it and has not; worst first."""
    code, is_stock = output.code, output.figure.is_stock
    by_agency = defaultdict(list)
    for row in source.values(code, channel):
        by_agency[row.agency].append(row)
    own, owing = defaultdict(list), {}
    for activity in source.targets(code, channel):
        leads = {each for each in source.duties.leads_on(activity, source.day) if not each.is_invited}
        owing |= {agency.pk: agency for agency in leads}
        if len(leads) == 1:
            own[next(iter(leads)).pk].append(activity)
    agencies = owing | {each.pk: each for each in Agency.objects.filter(pk__in=by_agency.keys() - owing.keys())}
    givers = [
        _giver(source, agency, by_agency[pk], target_of(own[pk], is_stock), is_stock) for pk, agency in agencies.items()
    ]
    return tuple(sorted(givers, key=_worst))


def _giver(source, agency, rows, target, is_stock):
    by_period = tuple(
        (period, source.total([row for row in rows if row.period in keys], is_stock)) for period, keys in source.steps
    )
    return Giver(agency, by_period, source.total(rows, is_stock), target, source.share)


def _worst(giver):
    silent = giver.cumulative is not None
    return silent, giver.percent is None, giver.percent or 0, giver.cumulative or 0, giver.agency.name_sort
