"""The letters of a day are written, once, and sent by jobs.

One transaction writes all letters of a locality with what they remind of, their place at the bell and the jobs that
send them: either a letter is written and will be sent, or it is not there at all. Who runs at the same time waits, and
then finds everything written; the unique keys of Digest and Reminder stand below that.
"""

from datetime import date

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy, ngettext, override

from accounts.delivering import send
from accounts.jobs import CannotDo, is_tried_again, order_many, work
from accounts.models import NotificationKind
from accounts.notifying import tell
from agencies import clock
from agencies.holidays import working_days
from agencies.models import Locality

from ..models import Digest, LetterState, Reminder
from .digest import write
from .due import letters_of
from .log import letter_key

WORDS_OF_ERROR = 300


@transaction.atomic
def send_reminders(locality, day, at):
    """Write the letters that `locality` owes on `day` and order their sending; returns how many leave.

    Args:
        at: the moment of writing (aware datetime).
    """
    # Not `FOR UPDATE`: new rows that point to the locality need not wait.
    Locality.objects.select_for_update(no_key=True).get(pk=locality.pk)
    working_day = working_days(locality, sorted({day.year, at.year})).on_or_after
    with override(settings.LANGUAGE_CODE):
        letters = letters_of(locality, day, working_day=working_day)
        digests = Digest.objects.bulk_create([digest_of(letter, locality, day, at) for letter in letters])
        Reminder.objects.bulk_create(
            [each for digest, letter in zip(digests, letters, strict=True) for each in reminders_of(digest, letter)]
        )
        leaving = [digest for digest in digests if digest.state == LetterState.QUEUED]
        order_many("letter", [letter_job(digest) for digest in leaving], by=None, locality=locality)
        _tell_at_the_bell(letters, day, at)
    return len(leaving)


def digest_of(letter, locality, day, at):
    recipient, written = letter.recipient, write(letter, locality, day)
    state, error = LetterState.QUEUED, ""
    if not recipient.wants_mail:
        state, error = LetterState.NO_ADDRESS, _("This person wants no daily e-mail; the bell says it.")
    elif not recipient.address:
        state = LetterState.NO_ADDRESS
    return Digest(
        locality=locality,
        day=day,
        recipient=recipient.key,
        person=recipient.person,
        agency=recipient.agency,
        name=recipient.name,
        address=recipient.address,
        subject=written.subject[:300],
        text=written.text,
        html=written.html,
        state=state,
        error=error,
        written_at=at,
    )


def reminders_of(digest, letter):
    """A row for each step that the letter tells for the first time."""
    return [
        Reminder(
            digest=digest,
            period=task.period,
            agency=task.agency,
            recipient=digest.recipient,
            step=task.step.key,
            day=digest.day,
        )
        for task in letter.tasks
        if task.step and task.is_new
    ]


def letter_job(digest):
    """The job that sends a letter; a letter has one."""
    return {
        "subject": f"{digest.name}: {digest.subject}"[:300],
        "key": letter_key(digest),
        "digest": digest.pk,
    }


@work("letter", label=gettext_lazy("Daily letter"), tries=5, small=True)
def send_letter(job, *, digest):
    """Send the letter once; what became of it stands in its row."""
    row = Digest.objects.get(pk=digest)
    if row.state == LetterState.SENT:
        return None
    letter = EmailMultiAlternatives(row.subject, row.text, to=[row.address])
    letter.attach_alternative(row.html, "text/html")
    kept = Digest.objects.filter(pk=digest)
    try:
        send(letter)
    except CannotDo as error:
        state = LetterState.QUEUED if is_tried_again(job, error) else LetterState.FAILED
        kept.update(state=state, error=str(error)[:WORDS_OF_ERROR], attempts=F("attempts") + 1)
        raise
    kept.update(state=LetterState.SENT, error="", sent_at=clock.now(), attempts=F("attempts") + 1)
    return None


def _tell_at_the_bell(letters, day, at):
    """Each new step of a period at the bell of whom it concerns, all of the same words at once."""
    told = {}
    for letter in letters:
        for task in letter.tasks:
            if task.step and task.is_new and letter.recipient.person:
                days = (task.due_on - day).days
                same = task.period, task.step.key, days, task.is_returned
                told.setdefault(same, {})[letter.recipient.key] = letter.recipient.person
    for (period, step, days, is_returned), people in told.items():
        tell(
            list(people.values()),
            NotificationKind.REMINDER,
            key=f"reminder:{period.pk}:{step}",
            url=reverse("activities:updates"),
            at=at,
            period=period.title,
            plan=str(period.plan.number or period.plan),
            days=days,
            **({"again": True} if is_returned else {}),
        )


@work("reminders", label=gettext_lazy("Reminders of the day"), says_done=True)
def remind(job, *, day):
    """Write and order the letters of `day` (ISO) of the job's locality."""
    sent = send_reminders(job.locality, date.fromisoformat(day), clock.now())
    if not sent:
        return _("No letter to send: whoever is to be reminded today has been.")
    return ngettext(
        "%(n)s letter written; it goes out by itself", "%(n)s letters written; each goes out by itself", sent
    ) % {"n": sent}
