"""What is an agency's to do: its duty for each period of each plan, the most pressing first.

What an agency it carries on for left unsent is its too, under the name of that time.
"""

from collections import defaultdict
from dataclasses import dataclass, fields, replace
from datetime import date

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency

from .contributions import parts_to_add
from .explaining import OPEN
from .locks import Extensions
from .models import (
    Explanation,
    ExplanationMessage,
    ExplanationStatus,
    MessageKind,
    QuarterlyUpdate,
    ReportingPeriod,
    Status,
    UpdateEvent,
)
from .obligations import load_duties, reporting_agencies
from .permissions import OVER, waits_unread
from .submissions import Punctuality, Submission, own_updates, submission_of, with_filled


@dataclass(frozen=True)
class Duty(Submission):
    """A duty as its agency meets it: `open_until` is the last day it may write, `extended` where that was granted.

    `returned_by` is the event that returned the update.
    """

    open_until: date | None = None
    extended: bool = False
    is_open: bool = True
    returned_by: UpdateEvent | None = None

    @property
    def due_on(self):
        """The day it is due; where the period was extended for the agency, the day until which."""
        return max(self.period.agency_due_on, self.open_until) if self.extended else self.period.agency_due_on

    @property
    def correct_by(self):
        """Of a returned update: the day the reviewer gave, else the last day it can be written."""
        return self.update.resend_by or self.open_until

    @property
    def can_recall(self):
        """It waits unread, and the period is open."""
        return self.is_open and self.update is not None and waits_unread(self.update)


@dataclass(frozen=True)
class Work:
    """`returned`, `asked` and `due` wait for the agency; `missed` is locked; `ahead` opens later; `done` has been sent;
    `answered` waits for a conclusion.

    `invited` and `parts` (of activities that others lead) are free to do.
    """

    returned: tuple[Duty, ...]
    due: tuple[Duty, ...]
    ahead: tuple[Duty, ...]
    done: tuple[Duty, ...]
    invited: tuple[Duty, ...] = ()
    missed: tuple[Duty, ...] = ()
    asked: tuple[Explanation, ...] = ()
    answered: tuple[Explanation, ...] = ()
    parts: tuple = ()

    @property
    def waiting(self):
        return len(self.returned) + len(self.asked) + len(self.due)

    @property
    def done_on_time(self):
        return on_time(self.done)

    @property
    def years(self):
        """The years of what has been sent, the latest first."""
        return sorted({row.period.year for row in self.done}, reverse=True)

    def done_in(self, year):
        return [row for row in self.done if row.period.year == year]


def on_time(rows):
    return sum(row.punctuality == Punctuality.ON_TIME for row in rows)


def build_work(agency, plans, *, today, own=None, duties=None):
    """All that is the agency's to do in `plans` (a list or queryset) on `today`. Nine queries.

    Args:
        own: keys of the agency and of those it carries on for (default: the agency alone).
        duties: the assignments of the plans, where they have been loaded.
    """
    own = {agency.pk} if own is None else own
    duties = duties or load_duties(plans)
    periods = ReportingPeriod.objects.filter(plan__in=plans).select_related("plan").order_by("starts_on", "pk")
    periods = list(periods)
    extensions = _extensions(periods, today)
    work = _sort(_rows(agency, periods, own, today, duties, extensions), today)
    explanations = explanations_open(own, plans)
    return replace(
        work,
        returned=tuple(_with_reason(work.returned)),
        asked=tuple(each for each in explanations if each.status == ExplanationStatus.ASKED),
        answered=tuple(each for each in explanations if each.status == ExplanationStatus.ANSWERED),
        parts=tuple(parts_to_add(agency, periods, duties, extensions, today=today)),
    )


def updates_to_send(agency, periods, duties, *, today, own=None):
    """The agency's updates alone, in `periods` as they have been read; of a returned one not why. Two queries."""
    own = {agency.pk} if own is None else own
    periods = sorted(periods, key=lambda period: (period.starts_on, period.pk))
    return _sort(_rows(agency, periods, own, today, duties, _extensions(periods, today)), today)


def _extensions(periods, today):
    return Extensions.of([period for period in periods if period.starts_on <= today])


def _sort(rows, today):
    rows = list(rows)
    waiting = [row for row in rows if row.update is None or row.status == Status.DRAFT]
    begun = [row for row in waiting if row.period.starts_on <= today]
    due = [row for row in begun if row.is_open and not row.is_invited]
    missed = [row for row in reversed(begun) if not row.is_open and not row.is_invited]
    return Work(
        returned=tuple(row for row in rows if row.is_returned),
        due=tuple(sorted(due, key=lambda row: row.due_on)),
        ahead=tuple(row for row in waiting if row.period.starts_on > today and not row.is_invited),
        done=tuple(row for row in reversed(rows) if row.status in (Status.SUBMITTED, Status.APPROVED)),
        invited=tuple(row for row in begun if row.is_open and row.is_invited),
        missed=tuple(missed),
    )


def _rows(agency, periods, own, today, duties, extensions):
    """Every duty and every update of the agency and of those it carries on for, in order of the periods."""
    agencies = {agency.pk: agency} if own == {agency and agency.pk} else Agency.objects.in_bulk(own)
    updates = defaultdict(list)
    for update in with_filled(QuarterlyUpdate.objects.filter(agency__in=own, period__in=periods)):
        updates[update.period_id].append(update)
    for period in periods:
        led = {each.pk: activities for each, activities in reporting_agencies(period, duties).items()}
        mine = own_updates(updates[period.pk], duties.successors, period.ends_on)
        for key in sorted(own, key=lambda key: (key != agency.pk, key)):
            if key in led or key in mine:
                expected = len(led.get(key, ()))
                row = submission_of(period, agencies[key], mine.get(key), expected=expected, today=today)
                yield _duty(row, extensions, today)


def _duty(row, extensions, today):
    agency_id = row.update.agency_id if row.update else row.agency.pk
    facts = {field.name: getattr(row, field.name) for field in fields(row)}
    return Duty(
        **facts,
        open_until=extensions.until(row.period, agency_id),
        extended=bool(extensions.given(row.period, agency_id)),
        is_open=row.period.plan.status not in OVER and extensions.is_open(row.period, agency_id, today),
    )


def _with_reason(rows):
    """Each returned duty with the event that returned it."""
    events = {}
    if rows:
        returns = UpdateEvent.objects.filter(update__in=[row.update for row in rows], move="return")
        events = {event.update_id: event for event in returns.order_by("at", "pk")}
    return [replace(row, returned_by=events.get(row.update.pk)) for row in rows]


def asked_of(own, plans):
    """The explanations that are still to be given, the nearest first."""
    return [each for each in explanations_open(own, plans) if each.status == ExplanationStatus.ASKED]


def explanations_open(own, plans):
    """The explanations that are still to be given or concluded, the nearest first; of each who asked last, what, when.

    One query.
    """
    questions = ExplanationMessage.objects.filter(
        explanation=OuterRef("pk"), kind__in=(MessageKind.ASK, MessageKind.ASK_AGAIN)
    ).order_by("-at", "-pk")
    found = Explanation.objects.filter(agency__in=own, plan__in=plans, status__in=OPEN).annotate(
        **{f"last_{name}": Subquery(questions.values(name)[:1]) for name in ("kind", "by_name", "at", "text")}
    )
    return found.select_related("activity", "plan").order_by("answer_by", "pk")


def milestones(period, today):
    """The dates of a period in order: (day, what it is, whether it has passed). Its lock is one of them."""
    days = [
        (period.ends_on, _("Data cut-off")),
        (period.agency_due_on, _("Agencies send their update")),
        (period.consolidated_due_on, _("Consolidated report")),
        (period.locks_on, _("Figures are locked")),
    ]
    return [(day, label, day < today) for day, label in sorted(days, key=lambda each: each[0])]
