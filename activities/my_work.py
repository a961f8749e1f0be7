"""What is an agency's to do: its duty for each period of each plan, the most pressing first.

What an agency it carries on for left unsent is its too, under the name of that time.
"""

from collections import defaultdict
from dataclasses import dataclass

from agencies.models import Agency

from .models import QuarterlyUpdate, ReportingPeriod, Status, UpdateEvent
from .obligations import load_duties, reporting_agencies
from .submissions import Punctuality, Submission, own_updates, submission_of, with_filled


@dataclass(frozen=True)
class Work:
    """`returned` and `due` wait for the agency, `ahead` opens later, `done` has been sent; `invited` is free to do."""

    returned: tuple[tuple[Submission, UpdateEvent], ...]
    due: tuple[Submission, ...]
    ahead: tuple[Submission, ...]
    done: tuple[Submission, ...]
    invited: tuple[Submission, ...] = ()

    @property
    def waiting(self):
        return len(self.returned) + len(self.due)

    @property
    def done_on_time(self):
        return sum(row.punctuality == Punctuality.ON_TIME for row in self.done)


def build_work(agency, plans, *, today, own=None, duties=None):
    """The agency's duties in `plans` (a list or queryset) on `today`. Six queries.

    Args:
        own: keys of the agency and of those it carries on for (default: the agency alone).
        duties: the assignments of the plans, where they have been loaded.
    """
    own = {agency.pk} if own is None else own
    rows = list(_rows(agency, plans, own, today, duties or load_duties(plans)))
    returned = [row for row in rows if row.is_returned]
    waiting = [row for row in rows if row.update is None or row.status == Status.DRAFT]
    begun = [row for row in waiting if row.period.starts_on <= today]
    return Work(
        returned=tuple(_with_reason(returned)),
        due=tuple(sorted((row for row in begun if not row.is_invited), key=lambda row: row.period.agency_due_on)),
        ahead=tuple(row for row in waiting if row.period.starts_on > today and not row.is_invited),
        done=tuple(row for row in reversed(rows) if row.status in (Status.SUBMITTED, Status.APPROVED)),
        invited=tuple(row for row in begun if row.is_invited),
    )


def _rows(agency, plans, own, today, duties):
    """Every duty and every update of the agency and of those it carries on for, in order of the periods."""
    agencies = {agency.pk: agency} if own == {agency and agency.pk} else Agency.objects.in_bulk(own)
    updates = defaultdict(list)
    for update in with_filled(QuarterlyUpdate.objects.filter(agency__in=own, period__plan__in=plans)):
        updates[update.period_id].append(update)
    for period in ReportingPeriod.objects.filter(plan__in=plans).select_related("plan").order_by("starts_on", "pk"):
        led = {each.pk: activities for each, activities in reporting_agencies(period, duties).items()}
        mine = own_updates(updates[period.pk], duties.successors, period.ends_on)
        for key in sorted(own, key=lambda key: (key != agency.pk, key)):
            if key in led or key in mine:
                expected = len(led.get(key, ()))
                yield submission_of(period, agencies[key], mine.get(key), expected=expected, today=today)


def _with_reason(rows):
    """Each returned duty with the event that returned it."""
    events = {}
    if rows:
        returns = UpdateEvent.objects.filter(update__in=[row.update for row in rows], move="return")
        events = {event.update_id: event for event in returns.order_by("at", "pk")}
    return [(row, events.get(row.update.pk)) for row in rows]
