"""What falls on which day, for one person: deadlines and beginnings of activities, the dates of reporting periods,
reorganisations.

A focal point sees what their agency leads or cooperates in and what it owes; the rest of the staff what the locality
does, its agencies' own plans aside. Only plans in force have dates: a draft's may still change.
"""

from calendar import Calendar
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _, ngettext

from agencies.models import GroupMembership, Reorganisation, ReorganisationStatus
from agencies.permissions import can_manage_agencies
from plans.filters import readable
from plans.models import Plan
from plans.permissions import IN_FORCE

from .calendar import is_reported
from .models import Activity, Assignment, ConsolidatedPeriod, ReportingPeriod, Status
from .obligations import load_duties
from .progress import FINISHED, State, standings
from .submissions import submissions_of

SPAN = timedelta(days=400)  # how far back and ahead the feed reaches
WEEK = timedelta(days=7)
ORDER = {state: place for place, state in enumerate(State)}
MOST_NAMES = 3


@dataclass(frozen=True)
class Event:
    """Something on a day. `short` fits a cell of the month, `title` and `detail` are for the list and the feed.

    `key` stays the same whatever becomes of it; `days_late` counts to the day of asking; `waits`: the day is not what
    it waits for, but the person.
    """

    key: str
    day: date
    state: State
    short: str
    title: str
    detail: str
    url: str
    days_late: int = 0
    waits: bool = False

    @property
    def is_overdue(self):
        return self.state == State.OVERDUE

    @property
    def late(self):
        """How late it is, in words; empty where it is not."""
        return ngettext("%(n)s day overdue", "%(n)s days overdue", self.days_late) % {"n": self.days_late}


def plans_of(user):
    """The plans whose dates concern the person."""
    plans = readable(Plan.objects.visible_to(user).real(), user).filter(status__in=IN_FORCE)
    if not user.is_focal_point:
        own = Q(issuing_agency__in=user.own_agency_ids) | Q(coordinating_agency__in=user.own_agency_ids)
        plans = plans.filter(Q(parent=None) | own)
    return plans.order_by(*Plan._meta.ordering)


def events_of(user, plans, *, first, last, today):
    """What falls on the days from `first` to `last`: [Event], by day, the worst first.

    Args:
        plans: a list of those of `plans_of(user)` that are asked for.

    At most eleven queries, whatever their number.
    """
    duties = load_duties(plans)
    events = [
        *_of_activities(user, plans, duties, first, last, today),
        *_of_periods(user, plans, duties, first, last, today),
        *_of_consolidated_periods(user, plans, first, last, today),
        *_of_reorganisations(user, first, last, today),
    ]
    return sorted(
        (event for event in events if first <= event.day <= last),
        key=lambda event: (event.day, ORDER[event.state], event.key),
    )


def _of_activities(user, plans, duties, first, last, today):
    activities = Activity.objects.visible_to(user).filter(
        Q(deadline__range=(first, last)) | Q(start__range=(first, last)), plan__in=plans
    )
    if user.is_focal_point:
        activities = activities.filter(Exists(_own_part(user, today)))
    for row in standings(activities, duties, today=today):
        activity = row.activity
        facts = {"number": activity.number, "title": Truncator(activity.title).chars(90)}
        common = {
            "detail": "; ".join(filter(None, [", ".join(row.leads), str(activity.plan)])),
            "url": activity.get_absolute_url(),
        }
        if activity.deadline:
            state, late = _at_deadline(row)
            yield Event(
                key=f"activity-{activity.pk}-deadline",
                day=activity.deadline,
                state=state,
                days_late=late,
                short=_("Activity %(number)s due") % facts,
                title=_("Activity %(number)s due: %(title)s") % facts,
                **common,
            )
        if activity.start and activity.start != activity.deadline:
            yield Event(
                key=f"activity-{activity.pk}-start",
                day=activity.start,
                state=_at_start(row, today),
                short=_("Activity %(number)s begins") % facts,
                title=_("Activity %(number)s begins: %(title)s") % facts,
                **common,
            )


def _own_part(user, day):
    """Assignments that give the person's agencies a part in the activity, by name or as members of a group."""
    groups = GroupMembership.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=day),
        Q(valid_to=None) | Q(valid_to__gte=day),
        agency__in=user.own_agency_ids,
    )
    return Assignment.objects.filter(
        Q(agency__in=user.own_agency_ids) | Q(group__in=groups.values("group")),
        Q(valid_to=None) | Q(valid_to__gte=day),
        activity=OuterRef("pk"),
    )


def _at_deadline(row):
    """(State, days late) of a deadline; a plan that carries out another is not reported, so silence is no delay."""
    if row.state == State.OVERDUE and not is_reported(row.activity.plan):
        return State.NOT_STARTED, 0
    return row.state, row.days_late if row.state == State.OVERDUE else 0


def _at_start(row, today):
    """A beginning is never late; until it has come nothing has begun."""
    if row.state == State.CANCELLED:
        return row.state
    if row.activity.start > today or row.state == State.OVERDUE:
        return State.NOT_STARTED
    return row.state


def _of_periods(user, plans, duties, first, last, today):
    periods = list(
        ReportingPeriod.objects.visible_to(user)
        .filter(Q(consolidated_due_on__gte=first) | Q(locks_on__gte=first), plan__in=plans, ends_on__lte=last)
        .select_related("plan")
    )
    for period, rows in submissions_of(periods, duties, today=today).items():
        if user.is_focal_point:
            rows = [row for row in rows if row.agency.pk in user.own_agency_ids]
            if rows:
                yield _cut_off(period, today)
                yield _own_update_due(period, rows[0])
                yield _locked(period, today)
        elif rows:
            yield _cut_off(period, today)
            yield _updates_due(period, rows, today)
            yield _consolidated_due(period, rows, today)
            yield _locked(period, today)


def _cut_off(period, today):
    return Event(
        key=f"period-{period.pk}-cutoff",
        day=period.ends_on,
        state=State.DONE if period.ends_on < today else State.NOT_STARTED,
        short=_("Data cut-off, %(period)s") % {"period": period.title},
        title=_("Data cut-off of %(period)s") % {"period": period.title},
        detail=str(period.plan),
        url=period.plan.get_absolute_url(),
    )


def _locked(period, today):
    """From this day on nobody writes, but who was given more time."""
    return Event(
        key=f"period-{period.pk}-lock",
        day=period.locks_on,
        state=State.DONE if period.locks_on <= today else State.NOT_STARTED,
        short=_("%(period)s locked") % {"period": period.title},
        title=_("%(period)s is locked: last day to write is the day before") % {"period": period.title},
        detail=str(period.plan),
        url=reverse("activities:period", args=[period.pk]),
    )


def _of_consolidated_periods(user, plans, first, last, today):
    """Half-years and years that are reported from their periods: a matter of those who consolidate."""
    if user.is_focal_point:
        return
    rows = ConsolidatedPeriod.objects.visible_to(user).filter(plan__in=plans, consolidated_due_on__range=(first, last))
    for period in rows.select_related("plan"):
        yield Event(
            key=f"consolidated-{period.pk}",
            day=period.consolidated_due_on,
            state=State.IN_PROGRESS if period.ends_on < today else State.NOT_STARTED,
            short=_("Report of %(period)s due") % {"period": period.title},
            title=_("Consolidated report of %(period)s due") % {"period": period.title},
            detail=str(period.plan),
            url=reverse("activities:consolidated", args=[period.pk]),
        )


def _own_update_due(period, row):
    """The agency's own duty; a returned update waits for it again."""
    has_begun = row.update and row.punctuality == State.NOT_STARTED
    said = _("returned, to be sent again") if row.is_returned else row.punctuality.label
    return Event(
        key=f"period-{period.pk}-agency",
        day=period.agency_due_on,
        state=State.IN_PROGRESS if row.is_returned or has_begun else State(row.punctuality),
        waits=row.is_returned,
        days_late=0 if row.is_sent else row.days_late,
        short=_("%(period)s to be sent") % {"period": period.title},
        title=_("Update of %(period)s due") % {"period": period.title},
        detail=f"{said}; {period.plan}",
        url=row.update.get_absolute_url() if row.update else reverse("activities:updates"),
    )


def _updates_due(period, rows, today):
    """The day on which all updates are due: who is missing."""
    missing = [row.agency.short_name for row in rows if not row.is_sent]
    is_over = period.agency_due_on < today
    begun = State.IN_PROGRESS if period.ends_on < today else State.NOT_STARTED
    said = _("all %(n)s have sent it") % {"n": len(rows)}
    if missing:
        names = ", ".join(missing[:MOST_NAMES]) + (" …" if len(missing) > MOST_NAMES else "")
        said = ngettext(
            "%(n)s agency has not sent it: %(names)s", "%(n)s agencies have not sent it: %(names)s", len(missing)
        )
        said %= {"n": len(missing), "names": names}
    return Event(
        key=f"period-{period.pk}-agency",
        day=period.agency_due_on,
        state=State.DONE if not missing else State.OVERDUE if is_over else begun,
        days_late=(today - period.agency_due_on).days if missing and is_over else 0,
        short=_("%(period)s to be sent") % {"period": period.title},
        title=_("Updates of %(period)s due") % {"period": period.title},
        detail=f"{said}; {period.plan}",
        url=f"{reverse('activities:updates')}?period={period.pk}",
    )


def _consolidated_due(period, rows, today):
    """The consolidated report goes out when all updates have been approved; whether it went is not known here."""
    approved = sum(row.status == Status.APPROVED for row in rows)
    begun = State.IN_PROGRESS if period.ends_on < today else State.NOT_STARTED
    said = _("%(n)s of %(all)s updates approved") % {"n": approved, "all": len(rows)}
    return Event(
        key=f"period-{period.pk}-consolidated",
        day=period.consolidated_due_on,
        state=State.DONE if approved == len(rows) else begun,
        short=_("Report of %(period)s due") % {"period": period.title},
        title=_("Consolidated report of %(period)s due") % {"period": period.title},
        detail=f"{said}; {period.plan}",
        url=reverse("reports:preview", args=[period.pk]),
    )


def _of_reorganisations(user, first, last, today):
    changes = Reorganisation.objects.visible_to(user).exclude(status=ReorganisationStatus.CANCELLED)
    changes = changes.filter(effective_on__range=(first, last))
    if user.is_focal_point:
        own = Q(successions__predecessor__in=user.own_agency_ids) | Q(successions__successor__in=user.own_agency_ids)
        changes = changes.filter(own).distinct()
    for change in changes.prefetch_related("successions__predecessor", "successions__successor"):
        rows = change.successions.all()
        before = list(dict.fromkeys(row.predecessor.name for row in rows))
        after = list(dict.fromkeys(row.successor.name for row in rows if row.successor))
        is_applied = change.status == ReorganisationStatus.APPLIED
        yield Event(
            key=f"reorganisation-{change.pk}",
            day=change.effective_on,
            state=State.DONE
            if is_applied
            else State.NOT_STARTED
            if change.effective_on >= today
            else State.IN_PROGRESS,
            short=_("%(kind)s of agencies") % {"kind": change.get_kind_display()},
            title=f"{change.get_kind_display()}: {', '.join(before)}",
            detail="; ".join(filter(None, [", ".join(after), change.decision_number])),
            url=_address_of(change, user),
        )


def _address_of(change, user):
    if can_manage_agencies(user):
        return reverse("agencies:reorganisation", args=[change.pk])
    return reverse("agencies:list")


# The month, and the list beside it


@dataclass(frozen=True)
class Day:
    """A cell of the month."""

    date: date
    is_in_month: bool
    is_today: bool
    holiday: str
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Section:
    """A part of the list beside the month."""

    title: str
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Month:
    """A month as a grid of weeks, Monday first, and what is to be done as a list, the worst first."""

    first: date
    weeks: tuple[tuple[Day, ...], ...]
    sections: tuple[Section, ...]
    count: int
    overdue: int
    soon: tuple[Event, ...]

    @property
    def previous(self):
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def next(self):
        return (self.first + timedelta(days=31)).replace(day=1)


def days_of(month):
    """The first and the last day that the grid of `month` (its first day) shows."""
    days = list(Calendar().itermonthdates(month.year, month.month))
    return days[0], days[-1]


def span_of(month, today):
    """The days that a page of `month` needs: what it shows, what is overdue, and the weeks to come."""
    first, last = days_of(month)
    return min(first, today - SPAN), max(last, today + timedelta(days=30))


def build_month(month, events, today, holidays):
    """The page of `month` (its first day) from the events of `span_of` and the names of its holidays."""
    of_day = {}
    for event in events:
        of_day.setdefault(event.day, []).append(event)
    weeks = Calendar().monthdatescalendar(month.year, month.month)
    inside = [event for event in events if (event.day.year, event.day.month) == (month.year, month.month)]
    soon = [event for event in events if _is_open(event, today) and event.day < today + WEEK]
    is_now = (month.year, month.month) == (today.year, today.month)
    sections = _sections_now(events, soon, days_of(month)[1], today) if is_now else _sections_then(inside)
    return Month(
        first=month,
        weeks=tuple(
            tuple(
                Day(day, day.month == month.month, day == today, holidays.get(day, ""), tuple(of_day.get(day, ())))
                for day in week
            )
            for week in weeks
        ),
        sections=tuple(Section(title, tuple(rows)) for title, rows in sections if rows),
        count=len(inside),
        overdue=sum(event.is_overdue for event in (events if is_now else inside)),
        soon=tuple(soon),
    )


def _sections_now(events, soon, last, today):
    end = max(last, today + timedelta(days=30))
    later = [event for event in events if _is_open(event, today) and today + WEEK <= event.day <= end]
    overdue = [event for event in events if event.is_overdue]
    waiting = [event for event in events if event.waits]
    return [
        (_("Overdue"), overdue),
        (_("Waiting for you"), waiting),
        (_("The next seven days"), soon),
        (_("Later"), later),
    ]


def _is_open(event, today):
    """Its day is still to come, and it is neither done nor listed before."""
    return event.day >= today and event.state not in FINISHED and not event.waits


def _sections_then(inside):
    overdue = [event for event in inside if event.is_overdue]
    return [(_("Overdue"), overdue), (_("In this month"), [event for event in inside if not event.is_overdue])]
