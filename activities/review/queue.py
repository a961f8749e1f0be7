"""The updates that wait for one person's decision, worst first."""

from collections import defaultdict
from dataclasses import dataclass, replace

from django.db.models import Exists, Max, OuterRef, Q, Subquery
from django.utils.translation import ngettext

from agencies.models import GroupMembership
from agencies.validity import is_in_force

from ..locks import last_day
from ..models import Contribution, Extension, QuarterlyUpdate, Status, UpdateEvent
from ..permissions import SENT_BY, has_sent
from ..reporting_rules import rules_of
from ..submissions import Punctuality, Submission, submission_of
from .changes import Changes, changes_between
from .checks import Check, checks_of
from .reading import Reading, ReportedLine


@dataclass(frozen=True)
class Waiting:
    """One update in the queue: how it stands, what it says, what changed since the round before, what looks wrong."""

    update: QuarterlyUpdate
    submission: Submission
    lines: tuple[ReportedLine, ...]
    checks: dict[int, tuple[Check, ...]]  # by activity
    is_own: bool
    sent: UpdateEvent | None = None
    changes: Changes | None = None

    @property
    def round(self):
        return self.sent.round if self.sent else 1

    @property
    def is_sent_again(self):
        return self.update.submitted_at != self.update.first_submitted_at

    @property
    def is_late(self):
        return self.submission.punctuality == Punctuality.LATE

    @property
    def warnings(self):
        return sum(len(found) for found in self.checks.values())

    @property
    def has_warnings(self):
        return bool(self.warnings)

    @property
    def warned_lines(self):
        """(the activity, the sentences of its warnings) of each line with some, in the plan's order."""
        found = [(line.activity, self.checks.get(line.activity.pk, ())) for line in self.lines]
        return [(activity, [check.sentence for check in checks]) for activity, checks in found if checks]

    @property
    def proofs(self):
        return [proof for line in self.lines for proof in line.proofs]

    @property
    def claimed(self):
        """The evidence that was sent with another update, too, under the same address."""
        return [proof for proof in self.proofs if proof.is_claimed_twice]

    @property
    def open_until(self):
        """The last day on which the agency may correct it."""
        day, extended = last_day(self.update.period), self.update.extended_until
        return max(day, extended) if extended else day

    @property
    def order(self):
        """Sent again, late, with warnings, then the oldest."""
        update = self.update
        return not self.is_sent_again, not self.is_late, not self.has_warnings, update.submitted_at, update.pk

    @property
    def notes(self):
        """What makes it stand out in the list, in words."""
        if self.changes:
            n = self.changes.total
            yield "", ngettext("%(n)s change", "%(n)s changes", n) % {"n": str(n)}
        if self.is_late:
            n = self.submission.days_late
            yield "c-warn", ngettext("%(n)s day late", "%(n)s days late", n) % {"n": str(n)}
        if self.has_warnings:
            n = self.warnings
            yield "c-warn", ngettext("%(n)s warning", "%(n)s warnings", n) % {"n": str(n)}


class Queue:
    """What waits, in order; `shown` is what the filters leave of it."""

    def __init__(self, rows, shown, groups, reading, events):
        self.rows, self.shown, self.groups, self.reading = rows, shown, groups, reading
        self._events = events

    def find(self, pk):
        return next((row for row in self.rows if row.update.pk == pk), None)

    def place(self, pk):
        """Its number among those shown, from 1; 0 where the filters hide it."""
        return next((n for n, row in enumerate(self.shown, start=1) if row.update.pk == pk), 0)

    def after(self, pk):
        """The one that opens next: below it, else the first that is left; None where nothing is left."""
        place = self.place(pk)
        rest = [*self.shown[place:], *self.shown[: max(place - 1, 0)]]
        return rest[0] if rest else None

    def before(self, pk):
        place = self.place(pk)
        return self.shown[place - 2] if place > 1 else None

    def events_of(self, update):
        """Its steps, oldest first; of an update sent only once, and not opened, none are read."""
        return self._events[update.pk]

    @property
    def clean(self):
        """Those shown that nothing speaks against."""
        return [row for row in self.shown if not row.has_warnings]

    @property
    def doubtful(self):
        """Those shown that have warnings."""
        return [row for row in self.shown if row.has_warnings]

    def tally(self, name):
        return sum(bool(getattr(row, name)) for row in self.shown)

    @property
    def sent_again(self):
        return self.tally("is_sent_again")

    @property
    def late(self):
        return self.tally("is_late")

    @property
    def warned(self):
        return self.tally("has_warnings")


def waiting_of(updates, user):
    """Those of `updates` that wait for this person: of the plans they coordinate."""
    own = user.own_agency_ids
    coordinated = Q(period__plan__coordinating_agency__in=own) | Q(
        period__plan__coordinating_agency__isnull=True, period__plan__issuing_agency__in=own
    )
    return updates.filter(coordinated, status=Status.SUBMITTED)


def build_queue(updates, user, periods, narrowing, *, today, open_pk=None):
    """The queue of `user`. Seven queries, whatever waits.

    Args:
        updates: the updates that may be the person's.
        periods: every reporting period of their plans.
        narrowing: a Narrowing.
        open_pk: the update on the page, whose steps are read whatever its round; None: the first that is shown.
    """
    waiting = list(
        waiting_of(updates, user)
        .select_related("agency", "on_behalf_by", "period__plan__reporting_rules")
        .annotate(extended_until=Subquery(EXTENDED), has_contributions=Exists(CONTRIBUTED), sent_by=Subquery(SENT_BY))
    )
    reading = Reading(waiting, periods, user.agency.locality_id)
    groups = _groups(waiting, today)
    rows = sorted((_row(each, user, reading, today) for each in waiting), key=lambda row: row.order)
    shown = [row for row in rows if narrowing.lets_pass(row, groups)]
    events = _events(rows, open_pk or (shown[0].update.pk if shown else None))
    said = {row.update.pk: _with_events(row, events[row.update.pk]) for row in rows}
    return Queue([said[row.update.pk] for row in rows], [said[row.update.pk] for row in shown], groups, reading, events)


EXTENDED = (
    Extension.objects.filter(period=OuterRef("period"), agency=OuterRef("agency"))
    .order_by()
    .values("agency")
    .annotate(until=Max("until"))
    .values("until")
)


CONTRIBUTED = Contribution.objects.filter(
    period=OuterRef("period"), activity__progress_rows__update=OuterRef("pk")
).order_by()


def _row(update, user, reading, today):
    lines = tuple(reading.lines_of(update))
    update.filled = update.reported = len(lines)
    rules = rules_of(update.period.plan)
    checked = [] if update.nothing_to_report else lines
    return Waiting(
        update=update,
        submission=submission_of(update.period, update.agency, update, expected=update.filled, today=today),
        lines=lines,
        checks={line.activity.pk: tuple(checks_of(line, update.period, rules)) for line in checked},
        is_own=has_sent(user, update),
    )


def _events(rows, open_pk):
    """The steps of those sent more than once, and of the one that is open: {update_id: [UpdateEvent]}."""
    wanted = {row.update.pk for row in rows if row.is_sent_again} | {open_pk}
    found = defaultdict(list)
    for event in UpdateEvent.objects.filter(update__in=wanted - {None}).order_by("at", "pk"):
        found[event.update_id].append(event)
    return found


def _with_events(row, events):
    sent = [each for each in events if each.move == "submit"]
    return replace(row, sent=sent[-1] if sent else None, changes=_changes(events))


def _changes(events):
    """The last sending against the one that was returned last; None where nothing was returned."""
    back = max((place for place, each in enumerate(events) if each.move == "return"), default=0)
    was = [each for each in events[:back] if each.content]
    now = [each for each in events[back:] if each.content]
    return changes_between(was[-1].content, now[-1].content, round=was[-1].round) if was and now else None


def _groups(waiting, today):
    """The groups that hold agencies of the queue: {AgencyGroup: {agency_id}}, by name."""
    found = defaultdict(set)
    memberships = GroupMembership.objects.filter(agency__in={each.agency_id for each in waiting})
    for membership in memberships.select_related("group").order_by("group__name_sort"):
        if is_in_force(membership, today):
            found[membership.group].add(membership.agency_id)
    return found
