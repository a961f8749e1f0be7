"""What each person of a locality has to do on a day, and what of it they have not been told yet.

Read for the whole locality at once: the number of queries does not grow with the agencies.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext as _, ngettext

from accounts.models import Role, User
from agencies.models import Agency
from plans.models import Plan
from plans.permissions import IN_FORCE

from ..locks import Extensions
from ..models import (
    Digest,
    Explanation,
    ExplanationStatus,
    QuarterlyUpdate,
    ReportingPeriod,
    Status,
    UpdateEvent,
)
from ..obligations import load_duties
from ..reporting_rules import rules_of
from ..submissions import Submission, submissions_of
from .ladder import Step, ladder, ladder_again, latest
from .told import told_in
from .working import working_day_in

AHEAD = timedelta(days=60)  # a deadline further away reminds nobody yet
QUOTED = 160  # letters of a reason
NAMED = 5  # agencies by name
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Recipient:
    """Whom a letter goes to: a person with an account, or the head of an agency without one."""

    key: str
    name: str
    agency: Agency
    address: str
    person: User | None = None
    title: str = ""

    @classmethod
    def of(cls, person):
        return cls(f"user:{person.pk}", str(person), person.agency, person.email, person)

    @classmethod
    def head_of(cls, agency):
        name = agency.head_name or _("The head of %(agency)s") % {"agency": agency.name}
        return cls(f"head:{agency.pk}", name[:150], agency, agency.head_email, title=agency.head_title)

    @cached_property
    def settings(self):
        return getattr(self.person, "notification_settings", None)

    @property
    def wants_mail(self):
        return self.settings is None or self.settings.by_mail


@dataclass(frozen=True)
class Task:
    """One thing to do: `what` and `note` in words, by when, and where.

    `is_new`: a reason to write today. `period`, `agency` and `step` are set where a step of the ladder is the reason.
    """

    what: str
    note: str
    url: str
    go: str
    due_on: date | None = None
    is_new: bool = False
    period: ReportingPeriod | None = None
    agency: Agency | None = None
    step: Step | None = None
    is_returned: bool = False

    @property
    def order(self):
        return self.due_on or date.max, self.what


@dataclass
class Letter:
    """Everything one person has to do, the most urgent first."""

    recipient: Recipient
    tasks: list[Task] = field(default_factory=list)

    @property
    def is_called_for(self):
        return any(task.is_new for task in self.tasks)

    def sort(self):
        self.tasks.sort(key=lambda task: task.order)


def letters_of(locality, day, *, working_day=None):
    """The letters that `locality` owes on `day`: [Letter]. None on a day on which its offices are closed.

    Whoever has had the letter of the day gets no other, and nobody is told the same step twice.
    """
    working_day = working_day or working_day_in(locality)
    return DayOfLetters(locality, day, working_day).letters() if working_day(day) == day else []


def reminded_plans(locality):
    """The plans in force of the locality, with their rules."""
    plans = Plan.objects.filter(locality=locality, status__in=IN_FORCE)
    return plans.select_related("reporting_rules", "coordinating_agency", "issuing_agency")


def open_periods(plans, day):
    """The periods of `plans` whose deadline is near or past and in which somebody may still write on `day`."""
    near = ReportingPeriod.objects.filter(plan__in=plans, agency_due_on__lte=day + AHEAD)
    still = near.filter(Q(locks_on__gt=day) | Q(extensions__until__gte=day)).distinct()
    return still.select_related("plan__reporting_rules", "plan__coordinating_agency", "plan__issuing_agency")


@dataclass(frozen=True)
class Owed:
    """A duty that has not been met on the day, with the steps that remind of it."""

    row: Submission
    steps: tuple[Step, ...]
    last_day: date

    @property
    def due_on(self):
        """By when it is to come: a returned one by the day it was given, or before the period is locked."""
        if self.row.is_returned:
            return self.row.update.resend_by or self.last_day
        return self.row.period.agency_due_on


def owed_in(period, rows, extensions, day, working_day):
    """Those of `rows` (Submissions of `period`) that are still to be sent on `day`: [Owed]. No queries."""
    rules, found, ladders = rules_of(period.plan), [], {}
    for row in rows:
        last_day = extensions.until(period, row.agency.pk)
        if row.status in (Status.SUBMITTED, Status.APPROVED) or day > last_day:
            continue
        if row.is_returned and row.update.resend_by:
            steps = ladder_again(rules, row.update.resend_by, last_day, working_day)
        else:
            if last_day not in ladders:
                ladders[last_day] = ladder(rules, period.agency_due_on, last_day, working_day)
            steps = ladders[last_day]
        found.append(Owed(row, tuple(steps), last_day))
    return found


class DayOfLetters:
    """Everything of a locality that the letters of `day` are made of, read as it stands `today`.

    A day ahead is a forecast: what its letters will say if nothing changes until then. `also`: periods of which nobody
    is told any more, to be read with the others.
    """

    def __init__(self, locality, day, working_day, *, today=None, also=()):
        self.locality, self.day, self.working_day, self.today = locality, day, working_day, today or day
        self.is_forecast = self.today < day
        self.plans = list(reminded_plans(locality))
        self.periods = list(open_periods(self.plans, self.today))
        self.every_period = list(dict.fromkeys([*self.periods, *also]))
        self.duties = load_duties({each.plan_id for each in self.every_period})
        self.extensions = Extensions.of(self.every_period)
        self.submissions = submissions_of(self.every_period, self.duties, today=self.today)
        self.found = {}

    def letters(self):
        if not self.plans:
            return []
        for period in self.periods:
            owed = owed_in(period, self.submissions[period], self.extensions, self.day, self.working_day)
            for each in owed:
                self._tell_agency(each)
            self._tell_coordinators(period, owed)
        self._tell_of_explanations()
        self._tell_of_reviews()
        written = set() if self.is_forecast else self.written_today
        letters = [each for key, each in self.found.items() if each.is_called_for and key not in written]
        for letter in letters:
            letter.sort()
        return letters

    # Who

    @cached_property
    def people(self):
        """The active people who may be written to, by role and agency."""
        found = defaultdict(list)
        wanted = User.objects.filter(
            agency__locality=self.locality, is_active=True, role__in=(Role.FOCAL_POINT, Role.COORDINATOR)
        )
        for person in wanted.select_related("agency__locality", "notification_settings").order_by("pk"):
            found[person.role, person.agency_id].append(person)
        return found

    def focal_points(self, agency):
        """Those of the agency and, where it has ended, of the one that carries on for it."""
        today = self.duties.successors.now(agency)
        ids = dict.fromkeys([agency.pk, today.pk])
        return [person for pk in ids for person in self.people[Role.FOCAL_POINT, pk]]

    def coordinators(self, plan):
        responsible = plan.coordinating_agency or plan.issuing_agency
        today = self.duties.successors.now(responsible)
        ids = dict.fromkeys([responsible.pk, today.pk])
        return [person for pk in ids for person in self.people[Role.COORDINATOR, pk]]

    def head(self, agency):
        """The head of the agency that stands today; a head with an account is that person, or they would hear twice."""
        today = self.duties.successors.now(agency)
        email = today.head_email.casefold()
        for person in self.focal_points(today) if email else ():
            if person.email.casefold() == email:
                return Recipient.of(person)
        return Recipient.head_of(today)

    # What has been told

    @cached_property
    def told(self):
        return told_in(self.every_period)

    @cached_property
    def told_to(self):
        return {(each.period, each.agency, each.step, each.recipient) for each in self.told}

    @cached_property
    def written_today(self):
        return set(Digest.objects.filter(locality=self.locality, day=self.day).values_list("recipient", flat=True))

    @cached_property
    def last_letters(self):
        return last_letters(self.locality, self.day - DAY)

    def is_told(self, recipient, owed, step):
        return (owed.row.period.pk, owed.row.agency.pk, step.key, recipient.key) in self.told_to

    # What there is to do

    def add(self, recipient, task):
        self.found.setdefault(recipient.key, Letter(recipient)).tasks.append(task)

    def _tell_agency(self, owed):
        """Remind the focal points, and the head by its own steps; the head of every step where nobody else is there."""
        agency = owed.row.agency
        if self.duties.successors.is_abolished(agency) or not latest_of_any(owed.steps, self.day):
            return
        focal_points = self.focal_points(agency)
        step = latest(owed.steps, self.day)
        for person in focal_points if step else ():
            self._remind(Recipient.of(person), owed, step)
        step = latest(owed.steps, self.day, head=True) if focal_points else latest_of_any(owed.steps, self.day)
        if step:
            self._remind(self.head(agency), owed, step)

    def _remind(self, recipient, owed, step):
        is_new = step.on == self.day if self.is_forecast else not self.is_told(recipient, owed, step)
        self.add(recipient, self._task(owed, step, is_new))

    def _task(self, owed, step, is_new):
        row = owed.row
        names = {"period": row.period.title, "plan": str(row.period.plan.number or row.period.plan)}
        if row.is_returned:
            what, go = _("Send the update for %(period)s again, %(plan)s") % names, _("Correct and send again")
        else:
            what, go = _("Update for %(period)s, %(plan)s") % names, _("Open the update")
        update = row.update
        return Task(
            what=what,
            note=self._note(owed),
            url=reverse("activities:sheet", args=[update.pk]) if update else reverse("activities:updates"),
            go=go,
            due_on=owed.due_on,
            is_new=is_new,
            period=row.period,
            agency=row.agency,
            step=step,
            is_returned=row.is_returned,
        )

    def _note(self, owed):
        row = owed.row
        parts = [_("Returned: “%(reason)s”") % {"reason": self.reason(row)}] if row.is_returned else [_filled(row)]
        if self.day > owed.due_on:
            parts.append(_("Locked after %(day)s.") % {"day": f"{owed.last_day:%d/%m/%Y}"})
        return " ".join(parts)

    @cached_property
    def reasons(self):
        """Why each returned update was returned last."""
        returned = [row.update.pk for each in self.periods for row in self.submissions[each] if row.is_returned]
        events = UpdateEvent.objects.filter(update__in=returned, move="return").defer("content").order_by("at", "pk")
        return {event.update_id: event.reason for event in events} if returned else {}

    def reason(self, row):
        return Truncator(" ".join(self.reasons.get(row.update.pk, "").split())).chars(QUOTED)

    def _tell_coordinators(self, period, owed):
        """Who is late, on the days on which the late ones are told so."""
        late = [each for each in owed if self.day > period.agency_due_on and not each.row.is_returned]
        steps = [step for each in late[:1] for step in each.steps if step.is_chasing]
        step = next((step for step in steps if step.on == self.day), None)
        if not late:
            return
        names = [each.row.agency.name for each in late]
        more = _(" and %(n)s more") % {"n": len(names) - NAMED} if len(names) > NAMED else ""
        words = {"n": len(late), "period": period.title, "plan": str(period.plan.number or period.plan)}
        what = ngettext(
            "%(n)s agency has not sent its update for %(period)s, %(plan)s",
            "%(n)s agencies have not sent their updates for %(period)s, %(plan)s",
            len(late),
        )
        task = Task(
            what=what % words,
            note=f"{', '.join(names[:NAMED])}{more}.",
            url=f"{reverse('plans:reminders', args=[period.plan_id])}?period={period.pk}",
            go=_("See who is missing"),
            due_on=period.consolidated_due_on,
            is_new=step is not None,
        )
        for person in self.coordinators(period.plan):
            self.add(Recipient.of(person), task)

    def _tell_of_explanations(self):
        asked = Explanation.objects.filter(plan__in=self.plans, status=ExplanationStatus.ASKED)
        for each in asked.select_related("agency", "asked_by__agency"):
            days = [self.working_day(each.answer_by + shift * DAY) for shift in (-1, 0, 1)]
            asker = each.asked_by.agency
            task = Task(
                what=_("Explain: %(subject)s") % {"subject": each.subject},
                note=_("Asked for by %(name)s.") % {"name": asker.name if asker else each.asked_by},
                url=each.get_absolute_url(),
                go=_("Answer"),
                due_on=each.answer_by,
            )
            for recipient in map(Recipient.of, self.focal_points(each.agency)):
                self.add(recipient, replace(task, is_new=self.is_told_anew(recipient, days)))

    def is_told_anew(self, recipient, days):
        """One of `days` has come since the recipient's last letter, in which everything stood."""
        if self.is_forecast:
            return self.day in days
        last = self.last_letters.get(recipient.key, date.min)
        return any(last < day <= self.day for day in days)

    def _tell_of_reviews(self):
        """How much waits for a coordinator; worth a letter when something came since their last one."""
        waiting = QuarterlyUpdate.objects.filter(period__plan__in=self.plans, status=Status.SUBMITTED)
        by_plan = defaultdict(list)
        for plan, sent_at in waiting.values_list("period__plan", "submitted_at"):
            by_plan[plan].append(timezone.localtime(sent_at).date())
        for plan in self.plans:
            days = by_plan[plan.pk]
            for person in self.coordinators(plan) if days else ():
                recipient = Recipient.of(person)
                last = self.last_letters.get(recipient.key)
                self.add(recipient, self._review(plan, days, last is None or max(days) >= last))

    def _review(self, plan, days, is_new):
        what = ngettext("%(n)s update waits for review, %(plan)s", "%(n)s updates wait for review, %(plan)s", len(days))
        return Task(
            what=what % {"n": len(days), "plan": str(plan.number or plan)},
            note=_("The oldest has waited since %(day)s.") % {"day": f"{min(days):%d/%m/%Y}"},
            url=reverse("activities:review"),
            go=_("Review"),
            is_new=is_new,
        )


def last_letters(locality, until):
    """The day of the last letter that each recipient got by `until`: {recipient: day}."""
    rows = Digest.objects.filter(locality=locality, day__lte=until).order_by()
    return dict(rows.values("recipient").annotate(last=Max("day")).values_list("recipient", "last"))


def latest_of_any(steps, day):
    """The last step that has come by `day`, whomever it is for; None before the first."""
    return next((step for step in reversed(steps) if step.on <= day), None)


def _filled(row):
    if not row.filled:
        return _("Nothing has been filled in yet.")
    return _("%(filled)s of %(expected)s lines filled in.") % {"filled": row.filled, "expected": row.expected}
