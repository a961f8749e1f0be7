"""From when one looks: as things stand, as a past period's report had them, or by what was known on an earlier day.

What is known of an earlier day: which updates had been sent by its end, what had been decided of each, which evidence
was on its lines, and what the plan said. Lines and counts are those an agency sent last: a later correction is in them.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.dateparse import parse_date

from .calendar import is_past
from .models import ScanState, UpdateEvent

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Reading:
    """States are those on `day`, by periods that had ended by `until` (None: all).

    `today` is the day that counts as today, `known_on` the same where it is an earlier one: only what had been sent
    by then counts.
    """

    today: date
    day: date
    until: date | None = None
    known_on: date | None = None

    @property
    def is_past(self):
        return self.until is not None


def day_asked(asked, today):
    """The day that `?as_of=` names; None where it names none, or none before `today`."""
    try:
        day = parse_date(asked.get("as_of", ""))
    except ValueError:
        return None
    return day if day and day < today else None


def reading_on(today, known_on=None):
    """Everything that was reported, as on `today` or on the earlier day `known_on`."""
    now = known_on or today
    return Reading(now, now, known_on=known_on)


def reading_of(period, periods, today, known_on=None):
    """How `period` is read: a past one as its report, when it was due, should have shown it.

    Args:
        periods: all reporting periods of its plan, or of any plans.
    """
    now = known_on or today
    own = [each for each in periods if each.plan_id == period.plan_id]
    if not is_past(period, own, now):
        return Reading(now, now, known_on=known_on)
    return Reading(now, period.consolidated_due_on, until=period.ends_on, known_on=known_on)


def end_of(day):
    """The first moment after `day`."""
    return timezone.make_aware(datetime(day.year, day.month, day.day)) + DAY


def sent_by(updates, day):
    """`updates` that had been sent by the end of `day`, each with the status it had then (`status_then`)."""
    steps = UpdateEvent.objects.filter(update=OuterRef("pk"), at__lt=end_of(day)).order_by("-at", "-pk")
    then = Coalesce(Subquery(steps.values("status")[:1]), F("status"))
    return updates.filter(first_submitted_at__lt=end_of(day)).annotate(status_then=then)


def keys_then(updates, day, statuses):
    """A subquery: keys of those of `updates` that had been sent, and stood in `statuses`, at the end of `day`."""
    return sent_by(updates, day).filter(status_then__in=statuses).order_by().values("pk")


def live_on(day):
    """Evidence that proves its line; with `day` that was there at its end. What the virus scan refused is none."""
    kept = Q(removed_at__isnull=True)
    if day is not None:
        kept = Q(added_at__lt=end_of(day)) & (kept | Q(removed_at__gte=end_of(day)))
    return kept & ~Q(scan=ScanState.REFUSED)
