"""A day's letter as it is sent: subject, plain text and its twin in HTML, in the language of the portal.

The HTML carries its one stylesheet itself, no picture and nothing from elsewhere: a mail program loads nothing.
"""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext, override

from .due import Task

SOON = 2  # days: as the deadlines of every page
WEEKDAYS = (
    lambda: _("Monday"),
    lambda: _("Tuesday"),
    lambda: _("Wednesday"),
    lambda: _("Thursday"),
    lambda: _("Friday"),
    lambda: _("Saturday"),
    lambda: _("Sunday"),
)


@dataclass(frozen=True)
class Line:
    """A task as the letter says it."""

    task: Task
    when: str
    url: str
    is_pressing: bool


@dataclass(frozen=True)
class Written:
    subject: str
    text: str
    html: str


def write(letter, locality, day):
    """What `letter` (a due.Letter), of `locality`, says on `day`."""
    with override(settings.LANGUAGE_CODE):
        recipient = letter.recipient
        subject = _subject(letter, day)
        context = {
            "subject": subject,
            "language": settings.LANGUAGE_CODE,
            "day": f"{weekday(day)} {day:%d/%m/%Y}",
            "recipient": recipient,
            "locality": locality,
            "lines": [_line(task, day) for task in letter.tasks],
            "support": _support(letter),
            "settings_url": f"{settings.PORTAL_URL}{reverse('accounts:notification_settings')}",
        }
        return Written(
            subject=subject,
            text=f"{render_to_string('mail/digest.txt', context).strip()}\n",
            html=render_to_string("mail/digest.html", context),
        )


def _subject(letter, day):
    count = len(letter.tasks)
    said = ngettext("%(n)s thing to do at %(agency)s", "%(n)s things to do at %(agency)s", count)
    said = said % {"n": count, "agency": letter.recipient.agency.short_name or letter.recipient.agency.name}
    first = letter.tasks[0]
    if first.due_on is None:
        return said
    return _("%(things)s, most urgent: %(when)s") % {"things": said, "when": short_when(first.due_on, day)}


def _line(task, day):
    return Line(
        task=task,
        when=when(task.due_on, day) if task.due_on else _("No day set"),
        url=f"{settings.PORTAL_URL}{task.url}",
        is_pressing=task.due_on is not None and (task.due_on - day).days <= SOON,
    )


def _support(letter):
    """The telephone of whoever coordinates the first plan named; empty where none is known."""
    plans = (task.period.plan for task in letter.tasks if task.period)
    return next((plan.coordinating_agency.phone for plan in plans if plan.coordinating_agency), "")


def short_when(due_on, day):
    """'due today', '3 days left', '2 days overdue'."""
    days = (due_on - day).days
    if days < 0:
        return ngettext("%(n)s day overdue", "%(n)s days overdue", -days) % {"n": -days}
    if days == 0:
        return _("due today")
    return ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days}


def when(due_on, day):
    """'Friday 18/09/2026, due today'."""
    return f"{weekday(due_on)} {due_on:%d/%m/%Y}, {short_when(due_on, day)}"


def weekday(day: date):
    return WEEKDAYS[day.weekday()]()
