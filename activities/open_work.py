"""What lies open with an agency, line by line: what a new focal point takes over, what a locked account leaves."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _, ngettext

from plans.models import Plan, PlanStatus
from plans.permissions import IN_FORCE

from .models import Activity, Status
from .my_work import asked_of, updates_to_send
from .obligations import load_duties
from .progress import FINISHED, standings


@dataclass(frozen=True)
class OpenWork:
    """One thing that waits: what it is, more exactly, and by when (None: no date is set)."""

    what: str
    note: str
    due_on: date | None
    url: str = ""


def open_work(agency, plans, periods, *, today, own=None):
    """What the focal point of `agency` has open on `today`, the most pressing first.

    Args:
        plans: a queryset of the locality's real plans.
        periods: the reporting periods of those that are no drafts.
        own: keys of the agency and those it carries on for (default: the agency alone).
    """
    plans, own = list(plans), own or {agency.pk}
    out = [plan for plan in plans if plan.status != PlanStatus.DRAFT]
    duties = load_duties(out)
    work = updates_to_send(agency, periods, duties, today=today, own=own)
    updates = [*work.returned, *work.due]
    drafts = [plan for plan in plans if plan.status == PlanStatus.DRAFT and _is_its_own(plan, agency)]
    asked = map(_asked, asked_of(own, out))
    return [*map(_update, updates), *asked, *_led(agency, out, duties, today), *map(_draft, drafts)]


def _update(row):
    what = _("Update %(period)s, %(plan)s") % {"period": row.period.title, "plan": row.period.plan}
    status = row.update.get_status_display() if row.update else _("not begun")
    filled = _("%(filled)s of %(expected)s activities filled in") % {"filled": row.filled, "expected": row.expected}
    url = row.update.get_absolute_url() if row.status not in (None, Status.DRAFT) else ""
    return OpenWork(what, f"{status}; {filled}", row.period.agency_due_on, url)


def _asked(explanation):
    what = _("Explanation: %(subject)s") % {"subject": explanation.subject}
    named = {"number": explanation.activity.number, "plan": explanation.plan}
    note = _("on activity %(number)s of %(plan)s") % named
    return OpenWork(what, note, explanation.answer_by, explanation.get_absolute_url())


def led_now(agency, plans, duties, *, today):
    """How the activities stand that the agency leads in those of `plans` that run."""
    running = [plan for plan in plans if plan.status in IN_FORCE and plan.period_start <= today <= plan.period_end]
    keys = {key for plan in running for key in duties.led_by(agency, plan, today)}
    return standings(Activity.objects.filter(pk__in=keys), duties, today=today) if keys else []


def _led(agency, plans, duties, today):
    """A line for each plan of which the agency leads activities that are not over."""
    by_plan = defaultdict(list)
    for row in led_now(agency, plans, duties, today=today):
        if row.state not in FINISHED:
            by_plan[row.activity.plan].append(row.activity)
    for plan, activities in by_plan.items():
        numbers = ", ".join(activity.number for activity in activities)
        n = len(activities)
        what = ngettext("Leads activity %(numbers)s of %(plan)s", "Leads activities %(numbers)s of %(plan)s", n)
        deadlines = [activity.deadline for activity in activities if activity.deadline]
        note = ngettext("%(n)s activity not finished", "%(n)s activities not finished", n) % {"n": n}
        url = plan.get_absolute_url() + "#activities"
        yield OpenWork(what % {"numbers": numbers, "plan": plan}, note, min(deadlines, default=None), url)


def _is_its_own(plan, agency):
    """The agency issues the plan and nobody else coordinates it: its focal point drafts it."""
    return plan.issuing_agency_id == agency.pk and plan.coordinating_agency_id in (None, agency.pk)


def _draft(plan):
    return OpenWork(_("Draft: %(title)s") % {"title": plan.title}, _("not issued yet"), None, plan.get_absolute_url())


def locality_plans(user):
    """The real plans of the person's locality."""
    return Plan.objects.visible_to(user).real()
