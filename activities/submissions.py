"""Who has sent an update for a period and who has not, on a day."""

import enum
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency

from .models import ProgressState, QuarterlyUpdate, ReportingPeriod, Status
from .obligations import obliged_agencies
from .readings import sent_by
from .shares import share


class Punctuality(enum.StrEnum):
    """How an agency stands with its duty to report, worst first; the value names the sign."""

    MISSING = "overdue"
    LATE = "late-done"
    PENDING = "not-started"
    ON_TIME = "done"

    @property
    def label(self):
        return LABELS[self]


LABELS = {
    Punctuality.MISSING: _("Not sent, overdue"),
    Punctuality.LATE: _("Sent late"),
    Punctuality.PENDING: _("Not sent yet"),
    Punctuality.ON_TIME: _("Sent on time"),
}


@dataclass(frozen=True)
class Submission:
    """One agency's duty for one period. `days_late` counts from the deadline to the sending, or to today.

    `filled` of `expected` activities have a line; `reported` of these lines tell of work, not that there was none.
    Read by today's names (`by_todays_names`), `read_from` are the rows of the agencies of that time, and
    `is_abolished` says that nobody carries on for the one there was.
    """

    period: ReportingPeriod
    agency: Agency
    update: "QuarterlyUpdate | UpdateFacts | None"
    punctuality: Punctuality
    days_late: int
    filled: int
    expected: int
    read_from: tuple["Submission", ...] = ()
    is_abolished: bool = False
    reported: int = 0

    @property
    def status(self):
        return self.update.status if self.update else None

    @property
    def is_sent(self):
        return self.punctuality in (Punctuality.LATE, Punctuality.ON_TIME)

    @property
    def is_returned(self):
        return self.status == Status.RETURNED

    @property
    def is_invited(self):
        return self.agency.is_invited

    @property
    def is_nothing(self):
        """The agency says that there was nothing to report."""
        return bool(self.update and self.update.nothing_to_report)

    @property
    def is_updated(self):
        """It was sent and tells of work."""
        return self.is_sent and self.reported > 0


def punctuality_of(due_on, first_submitted_on, today):
    """(Punctuality, days late): a returned update keeps the punctuality of its first sending."""
    if first_submitted_on:
        late = (first_submitted_on - due_on).days
        return (Punctuality.LATE, late) if late > 0 else (Punctuality.ON_TIME, 0)
    overdue = (today - due_on).days
    return (Punctuality.MISSING, overdue) if overdue > 0 else (Punctuality.PENDING, 0)


class UpdateFacts(NamedTuple):
    """What a duty says of an update: a province has six hundred in four periods, and most are only counted."""

    pk: int
    period_id: int
    agency_id: int
    status: str
    first_submitted_at: datetime | None
    nothing_to_report: bool
    filled: int
    reported: int

    def get_status_display(self):
        return Status(self.status).label

    def get_absolute_url(self):
        return reverse("activities:update", args=[self.pk])


def submission_of(period, agency, update, *, expected, today, zone=None):
    """How `agency` stands with `period`; `update` is its update (annotated with `filled`) or None.

    The invited are never late. `zone`: where days begin, for whoever asks of many.
    """
    first = update.first_submitted_at if update else None
    due_on = date.max if agency.is_invited else period.agency_due_on
    first_on = timezone.localtime(first, zone).date() if first else None
    punctuality, days = punctuality_of(due_on, first_on, today)
    filled, reported = (update.filled, update.reported) if update else (0, 0)
    if update and update.nothing_to_report:
        filled, reported = expected, 0  # said once for all lines
    return Submission(period, agency, update, punctuality, days, filled, expected, reported=reported)


SAYS_SOMETHING = ~Q(progress_rows__state="") | Q(progress_rows__nothing_in_period=True)
TELLS_OF_WORK = Q(
    progress_rows__state__in=[ProgressState.IN_PROGRESS, ProgressState.DONE], progress_rows__nothing_in_period=False
)
LONG_WORDS = ("results", "difficulties", "proposals", "nothing_reason", "on_behalf_reason")


def with_filled(updates):
    """Updates that know how many lines they have (`filled`), and how many of these tell of work (`reported`)."""
    return updates.annotate(
        filled=Count("progress_rows", filter=SAYS_SOMETHING), reported=Count("progress_rows", filter=TELLS_OF_WORK)
    )


def submissions_of(periods, duties, *, today, known_on=None, facts_only=False):
    """Every obliged agency's duty for each of `periods`: {period: [Submission]}, worst first. One query.

    Args:
        known_on: as it stood at the end of this earlier day; what had not been sent by then is not there.
        facts_only: the updates as UpdateFacts, which takes half the time.
    """
    rows = QuarterlyUpdate.objects.filter(period__in=periods)
    found = with_filled(sent_by(rows, known_on) if known_on else rows)
    updates, zone = defaultdict(list), timezone.get_current_timezone()
    for update in _facts_of(found, known_on) if facts_only else _as_known(found.defer(*LONG_WORDS), known_on):
        updates[update.period_id].append(update)
    return {
        period: sorted(
            (
                submission_of(period, agency, update, expected=len(activities), today=today, zone=zone)
                for agency, activities, update in _with_update(period, updates[period.pk], duties)
            ),
            key=_worst_first,
        )
        for period in periods
    }


def _facts_of(updates, known_on):
    names = ["status_then" if known_on and name == "status" else name for name in UpdateFacts._fields]
    return [UpdateFacts(*row) for row in updates.order_by().values_list(*names)]


def _as_known(updates, known_on):
    for update in updates:
        update.status = update.status_then if known_on else update.status
        yield update


def rows_together(by_period):
    """The duties of all the periods (`submissions_of`) as one list, worst first."""
    return sorted((row for rows in by_period.values() for row in rows), key=_worst_first)


def _with_update(period, updates, duties):
    """(obliged agency, what it must report, its update or None) of `period`."""
    own = own_updates(updates, duties.successors, period.ends_on)
    for agency, activities in obliged_agencies(period, duties).items():
        yield agency, activities, own.get(agency.pk)


def own_updates(updates, successors, day):
    """One update for each agency: {agency_id: update}.

    Where an agency has none of its own, what an agency it carries on for by `day` has sent, or begun, counts as its.
    """
    inherited = sorted(updates, key=lambda each: each.first_submitted_at.timestamp() if each.first_submitted_at else 0)
    found = {successors.on(each.agency_id, day): each for each in inherited}
    return found | {each.agency_id: each for each in updates}


def names_differ(rows, successors):
    """Read by today's names, some of the rows would look otherwise."""
    return any(successors.now(row.agency) != row.agency or successors.is_abolished(row.agency) for row in rows)


def by_todays_names(rows, successors):
    """The rows under the agencies that carry on today, those of merged agencies as one: the worst of them speaks."""
    groups = defaultdict(list)
    for row in rows:
        groups[successors.now(row.agency)].append(row)
    return sorted((_under(agency, each, successors) for agency, each in groups.items()), key=_worst_first)


def _under(agency, rows, successors):
    worst = min(rows, key=_worst_first)
    is_abolished = successors.is_abolished(agency)
    if len(rows) == 1 and worst.agency == agency:
        return replace(worst, is_abolished=is_abolished)
    return replace(
        worst,
        agency=agency,
        filled=sum(row.filled for row in rows),
        expected=sum(row.expected for row in rows),
        reported=sum(row.reported for row in rows),
        read_from=tuple(sorted(rows, key=_worst_first)),
        is_abolished=is_abolished,
    )


SHOWN = {
    "on_time": lambda row: row.punctuality == Punctuality.ON_TIME,
    "late": lambda row: row.punctuality == Punctuality.LATE,
    "missing": lambda row: row.punctuality == Punctuality.MISSING,
    "pending": lambda row: row.punctuality == Punctuality.PENDING,
    "not_sent": lambda row: not row.is_sent,
    "sent": lambda row: row.is_sent,
    "updated": lambda row: row.is_updated,
    "returned": lambda row: row.status == Status.RETURNED,
    "waiting": lambda row: row.status == Status.SUBMITTED,
    "approved": lambda row: row.status == Status.APPROVED,
}
SHOWN_LABELS = {
    "on_time": _("Sent on time"),
    "late": _("Sent late"),
    "missing": _("Not sent, overdue"),
    "pending": _("Not sent yet"),
    "not_sent": _("Not sent"),
    "sent": _("Sent"),
    "updated": _("Sent, tells of work"),
    "returned": _("Returned"),
    "waiting": _("Waiting for review"),
    "approved": _("Approved"),
}


def only(rows, show):
    """The rows that `show` (a key of SHOWN) names; all of them for any other word."""
    return [row for row in rows if SHOWN[show](row)] if show in SHOWN else rows


def waiting_for_review(updates, *, today):
    """The submitted ones of `updates` as duties: sent again first, then late ones, then the oldest. One query."""
    waiting = with_filled(updates.filter(status=Status.SUBMITTED)).select_related("agency", "period__plan")
    rows = [submission_of(each.period, each.agency, each, expected=each.filled, today=today) for each in waiting]
    return sorted(rows, key=_queue_order)


def _queue_order(row):
    sent_again = row.update.submitted_at != row.update.first_submitted_at
    return not sent_again, row.punctuality != Punctuality.LATE, row.update.submitted_at, row.update.pk


PLACES = {punctuality: place for place, punctuality in enumerate(Punctuality)}


def _worst_first(row):
    order = 0.5 if row.is_returned else PLACES[row.punctuality]
    return order, -row.days_late, row.agency.name_sort


def rate(part, whole):
    """Share in percent, 0 to 100, one decimal, half up; None of nothing, which is not 0.

    Raises:
        ValueError: a count is below zero, or the part exceeds the whole.
    """
    if part < 0 or whole < 0 or part > whole:
        raise ValueError(f"{part} of {whole} is no share")
    return share(part, whole)
