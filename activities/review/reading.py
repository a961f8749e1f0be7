"""What waiting updates say, line by line, beside the period before and the year so far; few queries for many."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from typing import NamedTuple

from django.db.models import F, Q, Value
from django.db.models.functions import Replace
from django.utils.translation import get_language, gettext as _

from agencies.successions import NONE, Successors

from ..links import spellings
from ..models import ActivityProgress, Evidence, OutputCount, ScanState, Status
from ..progress import REPORTED


class Line(NamedTuple):
    """A line as it is stored."""

    pk: int
    update_id: int
    agency_id: int
    period_id: int
    activity_id: int
    state: str
    percent: int | None
    quantity_done: int | None
    quantity_not_applicable: bool
    nothing_in_period: bool
    completed_on: date | None
    words: str
    no_evidence_reason: str


LINE = (
    "pk",
    "update_id",
    "update__agency_id",
    "update__period_id",
    "activity_id",
    "state",
    "percent",
    "quantity_done",
    "quantity_not_applicable",
    "nothing_in_period",
    "completed_on",
    "words",
    "no_evidence_reason",
)


class Task(NamedTuple):
    """The activity that a line reports on, as far as a reviewer needs it."""

    pk: int
    number: str
    title: str
    position: int
    target_quantity: int | None
    target_unit: str
    counts_as_stock: bool | None


TASK = tuple(f"activity__{name}" for name in (*Task._fields[:-1], "indicator__is_stock"))


class Proof(NamedTuple):
    """A piece of evidence; `is_claimed_twice`: another update of the locality names the same file or link."""

    pk: int
    progress_id: int
    kind: str
    caption: str
    file_name: str
    url: str
    content_type: str
    size: int | None
    dated_on: date | None
    added_at: datetime
    scan: str
    thumbnail: str
    sha256: str
    is_claimed_twice: bool

    def __str__(self):
        return self.caption or self.file_name or self.url

    @property
    def is_waiting(self):
        return self.scan == ScanState.WAITING

    @property
    def is_refused(self):
        return self.scan == ScanState.REFUSED


STORED = Proof._fields[:-1]
BARE = reduce(
    lambda url, part: Replace(url, Value(part)), ("https://", "http://", "www.", "m.", "/"), F("url")
)  # the same of every spelling of an address, and of hardly any other: what is alike is told by `links.spellings`
OF_ITS_UPDATE = ("bare", "progress__update", "progress__update__status", "progress__update__submitted_at")


@dataclass(frozen=True)
class Figure:
    """A number of a line: the quantity (`key` "quantity") or an indicator's count (its code).

    `before` is the year's total up to the period before, over `periods_before` periods; None of a stock, which is not
    summed.
    """

    key: str
    label: str
    unit: str
    value: int | None
    not_applicable: bool
    previous: int | None
    before: int | None
    periods_before: int
    is_stock: bool
    target: int | None = None


@dataclass(frozen=True)
class ReportedLine:
    """One activity of a waiting update, with the line of the period before and its evidence."""

    activity: Task
    line: Line
    previous: Line | None
    figures: tuple[Figure, ...]
    proofs: tuple[Proof, ...]


QUANTITY = "quantity"


class Reading:
    """All that is stored about some waiting updates; `lines_of` an update are in the plan's order. Four queries.

    One or two more where an agency is younger than the periods it is compared with: it may carry on for another.
    """

    def __init__(self, updates, periods, locality):
        """`updates` with agency and period; `periods`: every reporting period of their plans."""
        self._earlier = {each.period_id: earlier_periods(each.period, periods) for each in updates}
        successors = self._read_successors(updates, locality)
        self._forebears = {each.pk: successors.with_predecessors(each.agency_id) for each in updates}
        self._lines, self._then = defaultdict(list), defaultdict(list)
        self._activities, self._counts, self._proofs = {}, {}, {}
        if updates:
            self._read(updates, locality)

    def previous_period(self, update):
        """The period before the update's; None where it is the plan's first."""
        return next(iter(self._earlier[update.period_id]), None)

    def lines_of(self, update):
        found = [self._reported(update, line) for line in self._lines[update.pk]]
        return sorted(found, key=lambda each: (each.activity.position, each.activity.pk))

    def _read(self, updates, locality):
        asked = self._asked(updates)
        silent = {each.pk for each in updates if each.nothing_to_report}
        for row in ActivityProgress.objects.filter(asked("")).values_list(*LINE, *TASK):
            line, task = Line(*row[: len(LINE)]), Task(*row[len(LINE) :])
            self._activities[task.pk] = task
            if line.update_id not in silent:
                self._then[line.agency_id, line.period_id, line.activity_id].append(line)
            self._lines[line.update_id].append(line)
        self._counts = _counts(OutputCount.objects.filter(asked("progress__")))
        self._proofs = _proofs(updates, locality)

    def _asked(self, updates):
        """The condition, along a prefix, for the updates' own lines and for those they are compared with."""
        agencies = {key for each in updates for key in self._forebears[each.pk]}
        earlier = {period.pk for each in updates for period in self._compared(each)}

        def asked(prefix):
            own = Q(**{f"{prefix}update__in": updates})
            before = {
                f"{prefix}update__status__in": REPORTED,
                f"{prefix}update__nothing_to_report": False,
                f"{prefix}update__agency__in": agencies,
                f"{prefix}update__period__in": earlier,
            }
            return own | Q(**before)

        return asked

    def _compared(self, update):
        """The period before, and the earlier ones of the year."""
        earlier = self._earlier[update.period_id]
        return [each for place, each in enumerate(earlier) if place == 0 or each.year == update.period.year]

    def _read_successors(self, updates, locality):
        first = min((period.starts_on for earlier in self._earlier.values() for period in earlier), default=None)
        is_young = any(first and each.agency.valid_from and each.agency.valid_from > first for each in updates)
        return Successors.of(locality) if is_young else NONE

    def _earlier_lines(self, update, line, period):
        return [
            each
            for agency in self._forebears[update.pk]
            for each in self._then[agency, period.pk, line.activity_id]
            if each.update_id != update.pk
        ]

    def _reported(self, update, line):
        activity = self._activities[line.activity_id]
        before = self.previous_period(update)
        last = self._earlier_lines(update, line, before) if before else []
        previous = last[0] if len(last) == 1 else None  # of several agencies that are one now, none stands for all
        in_year = [
            each
            for period in self._compared(update)
            if period.year == update.period.year
            for each in self._earlier_lines(update, line, period)
        ]
        figures = (*_quantity(activity, line, previous, in_year), *self._indicators(line, previous, in_year))
        return ReportedLine(activity, line, previous, figures, tuple(self._proofs.get(line.pk, ())))

    def _indicators(self, line, previous, in_year):
        """A figure for each indicator counted now or in the period before, in catalogue order."""
        now, then = self._counts.get(line.pk, {}), self._counts.get(previous.pk, {}) if previous else {}
        for code, count in sorted((then | now).items(), key=lambda item: item[1].position):
            counted = [self._counts.get(each.pk, {}).get(code) for each in in_year]
            values = [each.value for each in counted if each and each.value is not None]
            mine, last = now.get(code), then.get(code)
            yield Figure(
                key=code,
                label=count.label,
                unit=count.unit_label,
                value=mine.value if mine else None,
                not_applicable=bool(mine and mine.not_applicable),
                previous=last.value if last else None,
                before=None if count.is_stock or not values else sum(values),
                periods_before=len(values),
                is_stock=count.is_stock,
            )


class Count(NamedTuple):
    """A count with what its indicator is called."""

    progress_id: int
    code: str
    value: int | None
    not_applicable: bool
    name: str
    name_en: str
    unit: str
    unit_en: str
    is_stock: bool
    position: int

    @property
    def label(self):
        return self.name_en if get_language() == "en" else self.name

    @property
    def unit_label(self):
        return self.unit_en if get_language() == "en" else self.unit


COUNT = ("progress_id", "indicator_id", "value", "not_applicable") + tuple(
    f"indicator__{name}" for name in ("name", "name_en", "unit", "unit_en", "is_stock", "position")
)


def _counts(rows):
    """{line: {code: Count}}"""
    found = defaultdict(dict)
    for row in rows.values_list(*COUNT):
        count = Count(*row)
        found[count.progress_id][count.code] = count
    return found


def _proofs(updates, locality):
    """The evidence of the updates: {line: [Proof]}. One query, which brings what others claim of it, too."""
    standing = Evidence.objects.filter(progress__update__period__plan__locality=locality, removed_at__isnull=True)
    standing = standing.annotate(bare=BARE)
    own = standing.filter(progress__update__in=updates)
    alike = Q(sha256__in=own.exclude(sha256="").values("sha256")) | Q(bare__in=own.exclude(url="").values("bare"))
    rows = standing.filter(Q(progress__update__in=updates) | alike).order_by("pk").values_list(*STORED, *OF_ITS_UPDATE)
    mine, read, claims = {each.pk for each in updates}, [], defaultdict(set)
    for *stored, bare, update, status, submitted_at in rows:
        proof = Proof(*stored, is_claimed_twice=False)
        if _is_claimed(proof, status, submitted_at):
            claims[proof.sha256 or bare].add((proof.url, update))
        if update in mine:
            read.append((proof, bare, update))
    found = defaultdict(list)
    for proof, bare, update in read:
        elsewhere = {url for url, claimant in claims[proof.sha256 or bare] if claimant != update}
        twice = not elsewhere.isdisjoint(spellings(proof.url) if proof.url else {""}) if elsewhere else False
        found[proof.progress_id].append(proof._replace(is_claimed_twice=twice))
    return found


def _is_claimed(proof, status, submitted_at):
    """It has been sent with its update, and stands."""
    unsent = status == Status.DRAFT or (status == Status.RETURNED and proof.added_at > submitted_at)
    return not unsent and not proof.is_refused


def _quantity(activity, line, previous, in_year):
    """The figure of the activity's own target, where it has one or was given one."""
    if not (activity.target_quantity or line.quantity_done is not None):
        return
    values = [each.quantity_done for each in in_year if each.quantity_done is not None]
    yield Figure(
        key=QUANTITY,
        label=_("Quantity done"),
        unit=activity.target_unit,
        value=line.quantity_done,
        not_applicable=line.quantity_not_applicable,
        previous=previous.quantity_done if previous else None,
        before=None if activity.counts_as_stock or not values else sum(values),
        periods_before=len(values),
        is_stock=activity.counts_as_stock,
        target=activity.target_quantity,
    )


def earlier_periods(period, periods):
    """The periods of the plan that came before, newest first."""
    own = [each for each in periods if each.plan_id == period.plan_id and each.ends_on < period.ends_on]
    return sorted(own, key=lambda each: each.ends_on, reverse=True)
