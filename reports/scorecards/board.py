"""All agencies that owe a period of a plan: their three rates and their places within their groups.

Counted of what was sent; a draft is in no figure.

- Done: of the activities it leads, those that it last reported done.
- On time: of the periods shown, those it sent by the agencies' deadline; one neither sent nor due is not counted.
- Updated: of the activities it leads, those of which its update tells work; what was not sent, or returned, tells none.

A group is a kind of agency: communes are compared with communes, departments with departments. Places go by the share
of periods on time; where that is equal by that of activities updated, then by that of activities done; still equal
agencies share a place.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from statistics import median

from activities.matrix import FEW, shown_periods
from activities.models import ActivityProgress, ProgressState, ReportingPeriod
from activities.obligations import load_duties, obliged_agencies
from activities.progress import REPORTED
from activities.rates import Rates, rates_of
from activities.shares import share
from activities.submissions import Punctuality, Submission, by_todays_names, names_differ, submissions_of
from agencies.models import Agency, AgencyKind

NOTHING = Decimal(-1)  # a share of nothing: behind every share of something


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


@dataclass(frozen=True)
class Card:
    """One agency. `rows` are its duties over the periods shown, the period in question last, None where it owed none.

    `place` within its group, from 1; None while no period of it has been due or sent. `previous_place`: as the place
    was in the period before.
    """

    agency: Agency
    rows: tuple[Submission | None, ...]
    done: Score
    on_time: Score
    updated: Score
    place: int | None = None
    previous_place: int | None = None

    @property
    def current(self):
        return self.rows[-1]

    @property
    def kind(self):
        return AgencyKind(self.agency.kind)

    @property
    def is_ranked(self):
        return self.on_time.whole > 0

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
    """How many agencies of a group have this score; `share` of the largest bar, in percent."""

    score: Score
    count: int
    width: int


@dataclass(frozen=True)
class Group:
    """The agencies of one kind, worst first."""

    kind: AgencyKind
    cards: tuple[Card, ...]

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

    @cached_property
    def updated_by_period(self):
        """The group's activities updated in each of the periods shown: (Score, ...)."""
        return tuple(sum(map(updated_score, rows), Score(0, 0)) for rows in self._columns)

    @cached_property
    def on_time_by_period(self):
        """The group's agencies on time in each of the periods shown: (Score, ...)."""
        owed = ([row for row in rows if row] for rows in self._columns)
        return tuple(Score(sum(row.punctuality == Punctuality.ON_TIME for row in rows), len(rows)) for rows in owed)

    @property
    def _columns(self):
        return zip(*(card.rows for card in self.cards), strict=True)

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
    """All agencies that owe `period`, in their groups. `until`: the last day whose reports count."""

    period: ReportingPeriod
    periods: tuple[ReportingPeriod, ...]
    groups: tuple[Group, ...]
    rates: Rates
    names_differ: bool
    today: date

    @cached_property
    def cards(self):
        return tuple(card for group in self.groups for card in group.cards)

    @property
    def never_on_time(self):
        """Agencies that were on time in none of the periods that have been due."""
        return sum(card.is_ranked and not card.on_time.part for card in self.cards)

    def of(self, agency_id):
        """(Group, Card) of an agency; (None, None) where it owes nothing in the period."""
        for group in self.groups:
            for card in group.cards:
                if card.agency.pk == agency_id:
                    return group, card
        return None, None


def build_scorecards(period, periods, *, today, count=FEW, todays_names=False, duties=None):
    """The scorecards of the plan's agencies in `period`. Four queries, five where an agency has ended.

    Args:
        periods: any periods, of any plans: those of this plan up to `period` are shown, at most `count`.
        todays_names: agencies that have ended are read under those that carry on for them.
        duties: those of the plan, where they have been loaded already.
    """
    duties = duties or load_duties([period.plan_id])
    shown = shown_periods(period, periods, count + 1)
    rows = submissions_of(shown, duties, today=today)
    rates, differ = rates_of(rows[period]), any(names_differ(each, duties.successors) for each in rows.values())
    if differ and todays_names:
        rows = {each: by_todays_names(found, duties.successors) for each, found in rows.items()}
    reader = _Reader(duties, said_of(period), today if todays_names else None)
    cards = _placed(reader.cards(shown[-count:], rows))
    before = _placed(reader.cards(shown[:-1][-count:], rows)) if len(shown) > 1 else []
    places = {card.agency.pk: card.place for card in before}
    cards = [replace(card, previous_place=places.get(card.agency.pk)) for card in cards]
    return Scorecards(
        period=period,
        periods=tuple(shown[-count:]),
        groups=_groups(cards),
        rates=rates,
        names_differ=differ,
        today=today,
    )


def said_of(period):
    """What agencies last sent of each activity up to `period`, in order of time. One query.

    Returns:
        [(agency_id, activity_id, last day of the period, ProgressState)].
    """
    lines = ActivityProgress.objects.filter(
        update__period__plan=period.plan_id,
        update__period__ends_on__lte=period.ends_on,
        update__status__in=REPORTED,
        update__nothing_to_report=False,
    ).exclude(state="")
    lines = lines.exclude(state=ProgressState.DONE, completed_on__isnull=True)  # of an activity taken from the agency
    fields = ("update__agency", "activity", "update__period__ends_on", "state")
    return list(lines.order_by("update__period__ends_on", "pk").values_list(*fields))


class _Reader:
    """Reads cards of what is there: who led what, what they said of it; by today's names where `named_on` is a day."""

    def __init__(self, duties, said, named_on):
        self.duties, self.said, self.named_on = duties, said, named_on

    def cards(self, periods, rows):
        """The unplaced cards of those who owe the last of `periods`: [Card]."""
        period = periods[-1]
        found = {each: {row.agency.pk: row for row in rows[each]} for each in periods}
        done = self._done(period)
        cards = []
        for row in rows[period]:
            own = tuple(found[each].get(row.agency.pk) for each in periods)
            cards.append(
                Card(
                    agency=row.agency,
                    rows=own,
                    done=Score(done[row.agency.pk], row.expected),
                    on_time=_on_time(own),
                    updated=updated_score(row),
                )
            )
        return cards

    def _done(self, period):
        """How many of what each agency leads on the period's last day it last reported done: Counter."""
        successors, said = self.duties.successors, defaultdict(dict)
        for agency_id, activity_id, day, state in self.said:
            if day <= period.ends_on:
                said[successors.on(agency_id, period.ends_on), activity_id][agency_id] = day, state
        done = Counter()
        for agency, led in obliged_agencies(period, self.duties).items():
            words = (said[agency.pk, activity_id] for activity_id in led if (agency.pk, activity_id) in said)
            done[self._named(agency)] += sum(is_done(last, successors) for last in words)
        return done

    def _named(self, agency):
        return self.duties.successors.now(agency).pk if self.named_on else agency.pk


def is_done(last, successors):
    """An agency has done an activity: its own last word says so, or that of all it carries on for.

    Args:
        last: {agency_id: (last day of the period, ProgressState)}.
    """
    over = successors.superseded({agency_id: day for agency_id, (day, _state) in last.items()})
    return all(state == ProgressState.DONE for agency_id, (_day, state) in last.items() if agency_id not in over)


def updated_score(row):
    """Of a duty's activities those that what was sent tells work of; (0, 0) where nothing was owed.

    What was returned tells nothing until it is sent again.
    """
    if row is None:
        return Score(0, 0)
    is_told = row.is_sent and not row.is_returned
    return Score(min(row.reported, row.expected) if is_told else 0, row.expected)


def _on_time(rows):
    decided = [row for row in rows if row and row.punctuality != Punctuality.PENDING]
    return Score(sum(row.punctuality == Punctuality.ON_TIME for row in decided), len(decided))


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


def _groups(cards):
    of_kind = defaultdict(list)
    for card in cards:
        of_kind[card.agency.kind].append(card)
    return tuple(
        Group(AgencyKind(kind), tuple(sorted(of_kind[kind], key=_worst_first)))
        for kind in AgencyKind.values
        if kind in of_kind
    )


def _worst_first(card):
    """By the place from the last on; those without one come last."""
    return card.place is None, -(card.place or 0), card.agency.name_sort, card.agency.pk
