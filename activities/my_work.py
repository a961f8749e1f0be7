"""What is an agency's to do: its duty for each period of each plan, the most pressing first."""

from dataclasses import dataclass

from .models import QuarterlyUpdate, ReportingPeriod, Status, UpdateEvent
from .obligations import load_duties, obliged_agencies
from .submissions import Punctuality, Submission, submission_of, with_filled


@dataclass(frozen=True)
class Work:
    """`returned` and `due` wait for the agency, `ahead` opens later, `done` has been sent."""

    returned: tuple[tuple[Submission, UpdateEvent], ...]
    due: tuple[Submission, ...]
    ahead: tuple[Submission, ...]
    done: tuple[Submission, ...]

    @property
    def waiting(self):
        return len(self.returned) + len(self.due)

    @property
    def done_on_time(self):
        return sum(row.punctuality == Punctuality.ON_TIME for row in self.done)


def build_work(agency, plans, *, today):
    """The agency's duties in `plans` (a list or queryset) on `today`. Five queries."""
    duties = load_duties(plans)
    periods = ReportingPeriod.objects.filter(plan__in=plans).select_related("plan").order_by("starts_on", "pk")
    updates = {
        update.period_id: update
        for update in with_filled(QuarterlyUpdate.objects.filter(agency=agency, period__plan__in=plans))
    }
    rows = []
    for period in periods:
        led = obliged_agencies(period, duties).get(agency)
        update = updates.get(period.pk)
        if led or update:
            rows.append(submission_of(period, agency, update, expected=len(led or ()), today=today))
    returned = [row for row in rows if row.is_returned]
    waiting = [row for row in rows if row.update is None or row.status == Status.DRAFT]
    return Work(
        returned=tuple(_with_reason(returned)),
        due=tuple(sorted((r for r in waiting if r.period.starts_on <= today), key=lambda r: r.period.agency_due_on)),
        ahead=tuple(row for row in waiting if row.period.starts_on > today),
        done=tuple(row for row in reversed(rows) if row.status in (Status.SUBMITTED, Status.APPROVED)),
    )


def _with_reason(rows):
    """Each returned duty with the event that returned it."""
    events = {}
    if rows:
        returns = UpdateEvent.objects.filter(update__in=[row.update for row in rows], move="return")
        events = {event.update_id: event for event in returns.order_by("at", "pk")}
    return [(row, events.get(row.update.pk)) for row in rows]
