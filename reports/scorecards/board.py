"""All agencies that owe a period of a plan: their three rates and their places within their groups.

Counted of what was sent; a draft is in no figure. Of several plans looked at together each counts by the periods that
go with those shown (`activities.scopes.corresponding`); a duty that goes with two of them counts once.

- Done: of the activities it leads, those that it last reported done.
- On time: of the duties shown, those it sent by the agencies' deadline; one neither sent nor due is not counted.
- Updated: of the activities it leads, those of which its update tells work; what was not sent, or returned, tells none.

A group is a kind of agency: communes are compared with communes, departments with departments. Places go by the share
of duties on time; where that is equal by that of activities updated, then by that of activities done; still equal
agencies share a place.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from statistics import median
from typing import NamedTuple

from activities.matrix import FEW, shown_periods
from activities.models import ActivityProgress, ProgressState, QuarterlyUpdate, ReportingPeriod
from activities.obligations import load_duties, obliged_agencies
from activities.progress import REPORTED
from activities.readings import keys_then
from activities.scopes import corresponding
from activities.shares import share
from activities.submissions import (
    SHOWN,
    Punctuality,
    Submission,
    by_todays_names,
    names_differ,
    rows_together,
    submissions_of,
)
from agencies.models import Agency, AgencyKind
from plans.models import Plan

NOTHING = Decimal(-1)  # a share of nothing: behind every share of something
OF_ALL = ("sent", "on_time")  # said of an agency where they hold for all it owes in the period; others for some of it


@dataclass(frozen=True)
class Score:
    """So many of so many: whole numbers; `percent` with one decimal, None of none."""

    part: int
    whole: int

    @property
    def percent(self):
        return share(self.part, self.whole)

    @property
    def order(self):
        """For sorting: nothing at all comes last."""
        return NOTHING if self.percent is None else self.percent

    def __add__(self, other):
        return Score(self.part + other.part, self.whole + other.whole)

    def __str__(self):
        return f"{self.part}/{self.whole}"


NONE_OF_NONE = Score(0, 0)


@dataclass(frozen=True)
class Duty:
    """What an agency owes for one period, and how much of what it leads then was updated in it."""

    row: Submission
    updated: Score

    @property
    def period(self):
        return self.row.period

    @property
    def is_on_time(self):
        return self.row.punctuality == Punctuality.ON_TIME

    @property
    def is_decided(self):
        """It is in the rate of punctuality: sent, or due."""
        return self.row.punctuality != Punctuality.PENDING


@dataclass(frozen=True)
class Card:
    """One agency. `columns` are its duties over the periods shown, the period in question last, each worst first.

    A column is empty where it owed nothing. `place` within its group, from 1; None while no period of it has been due
    or sent. `previous_place`: as the place was in the period before.
    """

    agency: Agency
    columns: tuple[tuple[Duty, ...], ...]
    done: Score
    place: int | None = None
    previous_place: int | None = None

    @property
    def now(self):
        """Its duties in the period in question."""
        return self.columns[-1]

    @property
    def current(self):
        """The worst of them."""
        return self.now[0].row

    @property
    def rows(self):
        """Of each column the worst Submission; None where it owed nothing."""
        return tuple(column[0].row if column else None for column in self.columns)

    @cached_property
    def duties(self):
        """Those of all columns, each once, in order of time."""
        found = {duty.period.pk: duty for column in self.columns for duty in column}
        return tuple(sorted(found.values(), key=lambda duty: (duty.period.starts_on, duty.period.pk)))

    @cached_property
    def on_time(self):
        decided = [duty for duty in self.duties if duty.is_decided]
        return Score(sum(duty.is_on_time for duty in decided), len(decided))

    @cached_property
    def updated(self):
        return updated_of(self.now)

    @property
    def sent(self):
        """Of what it owes in the period in question, what it has sent."""
        return Score(sum(duty.row.is_sent for duty in self.now), len(self.now))

    @property
    def kind(self):
        return AgencyKind(self.agency.kind)

    @property
    def is_ranked(self):
        return self.on_time.whole > 0

    @property
    def is_never_on_time(self):
        return self.is_ranked and not self.on_time.part

    @cached_property
    def merit(self):
        return self.on_time.order, self.updated.order, self.done.order

    @property
    def change(self):
        """Places gained since the period before (lost: below zero); None where one of them is unknown."""
        if self.place is None or self.previous_place is None:
            return None
        return self.previous_place - self.place


@dataclass(frozen=True)
class Bar:
    """How many agencies of a group have this score; `width` in percent of the largest bar."""

    score: Score
    count: int
    width: int


@dataclass(frozen=True)
class Group:
    """The agencies of one kind, worst first. Periods by their keys: of all of the kind who owed them (Score)."""

    kind: AgencyKind
    cards: tuple[Card, ...]
    on_time_in: dict[int, Score]
    updated_in: dict[int, Score]

    @property
    def label(self):
        return self.kind.label

    @property
    def size(self):
        return len(self.cards)

    @cached_property
    def ranked(self):
        """How many have a place."""
        return sum(card.place is not None for card in self.cards)

    @cached_property
    def distribution(self):
        """How often agencies were on time, best first: (Bar, ...)."""
        found = Counter(card.on_time for card in self.cards if card.is_ranked)
        most = max(found.values(), default=1)
        scores = sorted(found, key=lambda score: (-score.order, -score.whole))
        return tuple(Bar(score, found[score], round(100 * found[score] / most)) for score in scores)

    @cached_property
    def median_done(self):
        """The middle share of activities done, in percent; None where nobody has any."""
        shares = [card.done.percent for card in self.cards if card.done.whole]
        return median(shares) if shares else None

    def around(self, card, beside=1):
        """The cards next to `card` in order of their places, best first, itself among them; three where there are."""
        best_first = [each for each in reversed(self.cards) if each.place is not None]
        if card not in best_first:
            return ()
        at = best_first.index(card)
        first = max(0, min(at - beside, len(best_first) - 2 * beside - 1))
        return tuple(best_first[first : first + 2 * beside + 1])


@dataclass(frozen=True)
class Scorecards:
    """All agencies that owe `period`, or one of the other plans that goes with it, in their groups.

    `columns`: of each period shown, itself and those of the other plans that go with it.
    """

    period: ReportingPeriod
    columns: tuple[tuple[ReportingPeriod, ...], ...]
    plans: tuple[Plan, ...]
    groups: tuple[Group, ...]
    names_differ: bool
    today: date

    @property
    def is_many(self):
        """Several plans are looked at together."""
        return len(self.plans) > 1

    @property
    def periods(self):
        return tuple(column[0] for column in self.columns)

    @cached_property
    def cards(self):
        return tuple(card for group in self.groups for card in group.cards)

    @cached_property
    def counts(self):
        """How many agencies `showing` names, by its word."""
        return {show: len(showing(self.cards, show)) for show in ("sent", "on_time", "missing", "never")}

    def of(self, agency_id):
        """(Group, Card) of an agency; (None, None) where it owes nothing in the period."""
        for group in self.groups:
            for card in group.cards:
                if card.agency.pk == agency_id:
                    return group, card
        return None, None


def showing(cards, show):
    """The cards of agencies that stand in the period as `show` names (a key of SHOWN); all for any other word.

    "never": on time in none of the periods shown; "ranked": those that have a place.
    """
    if show == "never":
        return [card for card in cards if card.is_never_on_time]
    if show == "ranked":
        return [card for card in cards if card.is_ranked]
    if show not in SHOWN:
        return list(cards)
    holds = all if show in OF_ALL else any
    return [card for card in cards if holds(SHOWN[show](duty.row) for duty in card.now)]


def build_scorecards(period, periods, *, today, plans=None, known_on=None, count=FEW, todays_names=False, duties=None):
    """The scorecards of the plans' agencies in `period`. Four queries, five where an agency has ended.

    Args:
        periods: any periods, of any plans: those of this plan up to `period` are shown, at most `count`.
        plans: those looked at together, its own among them (default: its own).
        known_on: an earlier day, which counts as today; only what had been sent by its end counts.
        todays_names: agencies that have ended are read under those that carry on for them.
        duties: those of the plans, where they have been loaded already.
    """
    plans = tuple(plans or [period.plan])
    duties = duties or load_duties([plan.pk for plan in plans])
    columns = columns_of(period, periods, plans, count + 1)
    shown = list({each for column in columns for each in column})
    rows = submissions_of(shown, duties, today=known_on or today, known_on=known_on)
    differ = any(names_differ(each, duties.successors) for each in rows.values())
    if differ and todays_names:
        rows = {each: by_todays_names(found, duties.successors) for each, found in rows.items()}
    reader = _Reader(duties, said_of(shown, known_on), rows, todays_names)
    cards = _placed(reader.cards(columns[-count:]))
    before = _placed(reader.cards(columns[:-1][-count:])) if len(columns) > 1 else []
    places = {card.agency.pk: card.place for card in before}
    cards = [replace(card, previous_place=places.get(card.agency.pk)) for card in cards]
    return Scorecards(
        period=period,
        columns=tuple(columns[-count:]),
        plans=plans,
        groups=_groups(cards, reader, shown),
        names_differ=differ,
        today=known_on or today,
    )


def columns_of(period, periods, plans, count):
    """The `count` periods of its plan that end with `period`, each with those of the other plans that go with it."""
    keys = {plan.pk for plan in plans}
    own = [each for each in periods if each.plan_id in keys]
    return [tuple(corresponding(head, own).values()) for head in shown_periods(period, periods, count)]


class Said(NamedTuple):
    """A line that was sent: what an agency said of an activity in a period."""

    agency_id: int
    activity_id: int
    period_id: int
    day: date  # the last of the period
    state: str
    is_nothing: bool

    @property
    def tells_of_work(self):
        return tells_of_work(self.state, self.is_nothing)


def tells_of_work(state, is_nothing):
    return state != ProgressState.NOT_STARTED and not is_nothing


def said_of(periods, known_on=None):
    """What agencies sent of each activity up to the last of `periods` of its plan, in order of time: [Said]. One query.

    Args:
        known_on: only what had been sent, and not returned, at the end of this day.
    """
    until = {period.plan_id: period.ends_on for period in sorted(periods, key=lambda period: period.ends_on)}
    plans = list(until)
    lines = ActivityProgress.objects.filter(
        update__period__plan__in=plans,
        update__period__ends_on__lte=max(until.values()),
        update__nothing_to_report=False,
    ).exclude(state="")
    lines = sent_lines(lines, plans, known_on)
    fields = ("update__agency", "activity", "update__period", "update__period__ends_on", "state", "nothing_in_period")
    found = lines.order_by("update__period__ends_on", "pk").values_list(*fields, "update__period__plan")
    return [Said(*facts) for *facts, plan in found if facts[3] <= until[plan]]


def sent_lines(lines, plans, known_on):
    """Those of `lines` that count: sent and not returned since; with `known_on`, as it stood at the end of that day."""
    lines = lines.exclude(state=ProgressState.DONE, completed_on__isnull=True)  # of an activity taken from the agency
    if not known_on:
        return lines.filter(update__status__in=REPORTED)
    updates = QuarterlyUpdate.objects.filter(period__plan__in=plans)
    return lines.filter(update__in=keys_then(updates, known_on, REPORTED))


def led_in(period, duties, todays_names):
    """Who leads what and has to report it, by names: [(agency, agency of that time, [activity_id])]."""
    named = duties.successors.now if todays_names else lambda agency: agency
    return [(named(leader), leader, led) for leader, led in obliged_agencies(period, duties).items()]


class _Reader:
    """Reads cards of what is there: who led what (`duties`), what they said of it (`said`), how they sent (`rows`)."""

    def __init__(self, duties, said, rows, todays_names):
        self.duties, self.said, self.rows, self.todays_names = duties, said, rows, todays_names
        self._found = {}
        self._told = defaultdict(set)
        for line in said:
            if line.tells_of_work:
                by = duties.successors.on(line.agency_id, line.day)
                self._told[line.period_id].add((by, line.activity_id))

    def duties_in(self, period):
        """Every agency's duty for `period`, worst first: [Duty]."""
        if period.pk not in self._found:
            told = self._told[period.pk]
            updated = self._scores(period, lambda leader, activity: (leader, activity) in told)
            self._found[period.pk] = [Duty(row, updated[row.agency.pk]) for row in self.rows[period]]
        return self._found[period.pk]

    def cards(self, columns):
        """The unplaced cards of those who owe the last of `columns`: [Card]."""
        own = defaultdict(lambda: [[] for _column in columns])
        for place, periods in enumerate(columns):
            for duty in self._together(periods):
                own[duty.row.agency.pk][place].append(duty)
        done = sum_by_key(self._done(period) for period in columns[-1])
        return [
            Card(found[-1][0].row.agency, tuple(map(tuple, found)), done[pk]) for pk, found in own.items() if found[-1]
        ]

    def _together(self, periods):
        if len(periods) == 1:
            return self.duties_in(periods[0])
        by_row = {(duty.period.pk, duty.row.agency.pk): duty for each in periods for duty in self.duties_in(each)}
        rows = rows_together({each: self.rows[each] for each in periods})
        return [by_row[row.period.pk, row.agency.pk] for row in rows]

    def _done(self, period):
        """Of what each agency leads on the period's last day, what it last reported done: {agency_id: Score}."""
        successors, said = self.duties.successors, defaultdict(dict)
        for line in self.said:
            if line.day <= period.ends_on:
                by = successors.on(line.agency_id, period.ends_on)
                said[by, line.activity_id][line.agency_id] = line.day, line.state

        def is_counted(leader, activity):
            return (leader, activity) in said and is_done(said[leader, activity], successors)

        return self._scores(period, is_counted)

    def _scores(self, period, is_counted):
        found = defaultdict(lambda: NONE_OF_NONE)
        for agency, leader, led in led_in(period, self.duties, self.todays_names):
            found[agency.pk] += Score(sum(is_counted(leader.pk, activity) for activity in led), len(led))
        return found


def sum_by_key(scores):
    """Dictionaries of scores as one."""
    found = defaultdict(lambda: NONE_OF_NONE)
    for each in scores:
        for key, score in each.items():
            found[key] += score
    return found


def is_done(last, successors):
    """An agency has done an activity: its own last word says so, or that of all it carries on for.

    Args:
        last: {agency_id: (last day of the period, ProgressState)}.
    """
    over = successors.superseded({agency_id: day for agency_id, (day, _state) in last.items()})
    return all(state == ProgressState.DONE for agency_id, (_day, state) in last.items() if agency_id not in over)


def updated_of(duties):
    """The activities of some duties that were updated: Score."""
    return sum((duty.updated for duty in duties), NONE_OF_NONE)


def _placed(cards):
    """The cards with their places within their groups; equal merit, equal place."""
    of_kind = defaultdict(list)
    for card in cards:
        if card.is_ranked:
            of_kind[card.agency.kind].append(card.merit)
    places = {
        (kind, merit): place
        for kind, merits in of_kind.items()
        for place, merit in reversed(list(enumerate(sorted(merits, reverse=True), start=1)))
    }
    return [replace(card, place=places[card.agency.kind, card.merit]) if card.is_ranked else card for card in cards]


def _groups(cards, reader, periods):
    of_kind = defaultdict(list)
    for card in cards:
        of_kind[card.agency.kind].append(card)
    on_time, updated = _by_kind(reader, periods)
    return tuple(
        Group(AgencyKind(kind), tuple(sorted(of_kind[kind], key=_worst_first)), on_time[kind], updated[kind])
        for kind in AgencyKind.values
        if kind in of_kind
    )


def _by_kind(reader, periods):
    """({kind: {period_id: Score of agencies on time}}, {kind: {period_id: Score of activities updated}})."""
    on_time, updated = (defaultdict(lambda: defaultdict(lambda: NONE_OF_NONE)) for _rate in range(2))
    for period in periods:
        for duty in reader.duties_in(period):
            kind = duty.row.agency.kind
            on_time[kind][period.pk] += Score(int(duty.is_on_time), 1)
            updated[kind][period.pk] += duty.updated
    return on_time, updated


def _worst_first(card):
    """By the place from the last on; those without one come last."""
    return card.place is None, -(card.place or 0), card.agency.name_sort, card.agency.pk
