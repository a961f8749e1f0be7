"""What the page of reminders shows of a period: the ladder with its numbers, the letters, and what came after them."""

from dataclasses import dataclass

from django.utils.translation import gettext as _, gettext_lazy

from accounts.models import Job, JobState

from ..locks import last_day
from ..models import Digest, LetterState, Reminder
from ..reporting_rules import rules_of
from ..submissions import Submission
from .digest import WEEKDAYS
from .ladder import HEAD, Step, ladder

PAST, NOW, NEXT = "past", "now", "next"
UNDELIVERED = (LetterState.FAILED, LetterState.NO_ADDRESS)
TRIED = (LetterState.QUEUED, LetterState.FAILED)


@dataclass(frozen=True)
class Rung:
    """A step of the ladder on the page: how many agencies it reminded, or will remind if nothing is sent until then."""

    step: Step
    state: str
    agencies: int

    @property
    def weekday(self):
        return _("today") if self.state == NOW else WEEKDAYS[self.step.on.weekday()]()

    @property
    def note(self):
        if self.state == NEXT:
            return _("if still not sent")
        if not self.agencies:
            return _("no letter went out")
        return _("the head was told") if self.step.kind == HEAD else _("focal points were reminded")


def rungs_of(period, waiting, counts, day, working_day):
    """The ladder of `period`: [Rung].

    Args:
        waiting: how many agencies have not sent yet.
        counts: {step key: agencies reminded by it}.
    """
    steps = ladder(rules_of(period.plan), period.agency_due_on, last_day(period), working_day)
    return [_rung(step, waiting, counts, day) for step in steps]


def _rung(step, waiting, counts, day):
    told = counts.get(step.key, 0)
    if step.on > day or (step.on == day and not told):
        return Rung(step, NEXT, waiting)
    return Rung(step, NOW if step.on == day else PAST, told)


@dataclass(frozen=True)
class Sent:
    """One letter about one agency, and how the agency stands now."""

    digest: Digest
    agency: object
    step: str
    row: Submission | None

    @property
    def is_undelivered(self):
        return self.digest.state in UNDELIVERED

    @property
    def sent_after(self):
        """When the agency sent its update, if after the letter; None where it has not, or had before."""
        update = self.row.update if self.row else None
        sent = update.submitted_at if update and self.row.is_sent and not self.row.is_returned else None
        return sent if sent and sent >= self.digest.written_at else None

    @property
    def is_waiting(self):
        return self.row is not None and (not self.row.is_sent or self.row.is_returned)

    @property
    def entered_at(self):
        """When the person came in after the letter; None where they have not, or have no account."""
        person = self.digest.person
        seen = person.last_login if person else None
        return seen if seen and seen >= self.digest.written_at else None

    @property
    def order(self):
        is_returned = self.row is not None and self.row.is_returned
        return not self.is_undelivered, not self.is_waiting, is_returned, self.agency.name_sort


def letters_on(period, day, rows):
    """The letters of `day` that reminded of `period`, undelivered ones first: [Sent]. One query, one more for those
    whose sending has failed so far.
    """
    told = list(Reminder.objects.filter(period=period, day=day).select_related("digest__person", "agency"))
    standing = {row.agency.pk: row for row in rows}
    with_next_try([each.digest for each in told])
    found = [Sent(each.digest, each.agency, each.step, standing.get(each.agency_id)) for each in told]
    return sorted(found, key=lambda each: each.order)


def letters_about(period):
    """Every letter that reminded of `period`, newest first."""
    return (
        Digest.objects.filter(reminders__period=period)
        .distinct()
        .select_related("agency")
        .defer("text", "html")
        .order_by("-day", "name", "pk")
    )


def with_next_try(digests):
    """Set `again_at` on each: when a letter that could not be sent is tried again; None for the others.

    No query where no letter has failed.
    """
    failed = {letter_key(each) for each in digests if each.error and each.state in TRIED}
    waiting = Job.objects.filter(key__in=failed, state=JobState.WAITING, run_after__isnull=False)
    again = dict(waiting.values_list("key", "run_after")) if failed else {}
    for each in digests:
        each.again_at = again.get(letter_key(each))
    return digests


def letter_key(digest):
    """The key of the job that sends a letter; a letter has one."""
    return f"letter:{digest.pk}"


MAIL_RULES = (
    ("mail", gettext_lazy("At most one letter a person and day, with everything they have to do")),
    ("ok", gettext_lazy("Once the report is sent, reminding stops; no letter goes out twice")),
    ("cal", gettext_lazy("What falls on a Saturday, Sunday or public holiday goes out on the next working day")),
    ("user", gettext_lazy("Where there is no focal point, the head of the agency is told")),
)
