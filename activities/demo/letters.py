"""The reminders that went out for the newest quarter that is over, on their days, to whoever had not sent by then."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from agencies.holidays import working_days

from ..locks import last_day
from ..models import Digest, LetterState, Reminder
from ..reminding.due import DayOfLetters
from ..reminding.ladder import ladder
from ..reminding.sending import digest_of, reminders_of
from ..reporting_rules import rules_of

HOUR, TOOK = time(7, 30), timedelta(minutes=2)


class ThatMorning(DayOfLetters):
    """The letters of a morning that has passed: whoever had sent by then owes nothing, the others everything."""

    def __init__(self, locality, at, working_day):
        super().__init__(locality, at.date(), working_day)
        for period, rows in self.submissions.items():
            self.submissions[period] = [replace(row, update=None, filled=0) for row in rows if not _had_sent(row, at)]

    def _tell_coordinators(self, period, owed):
        """What waited for them that morning nobody knows any more."""

    def _tell_of_explanations(self):
        """As above."""

    def _tell_of_reviews(self):
        """As above."""


def _had_sent(row, at):
    return row.update is not None and row.update.first_submitted_at is not None and row.update.first_submitted_at <= at


def remind_as_then(period, now):
    """Write the letters of the mornings of `period`'s ladder until `now` (aware datetime); returns how many."""
    locality = period.plan.locality
    days = working_days(locality, {period.agency_due_on.year, period.agency_due_on.year + 1})
    steps = ladder(rules_of(period.plan), period.agency_due_on, last_day(period), days.on_or_after)
    mornings = sorted({timezone.make_aware(datetime.combine(step.on, HOUR)) for step in steps})
    return sum(_write(locality, at, days.on_or_after) for at in mornings if at <= now)


def _write(locality, at, working_day):
    with override(settings.LANGUAGE_CODE):
        letters = ThatMorning(locality, at, working_day).letters()
        digests = [digest_of(letter, locality, at.date(), at) for letter in letters]
    for digest in digests:
        if digest.state == LetterState.QUEUED:
            digest.state, digest.sent_at, digest.attempts = LetterState.SENT, at + TOOK, 1
    Digest.objects.bulk_create(digests)
    Reminder.objects.bulk_create(
        each for digest, letter in zip(digests, letters, strict=True) for each in reminders_of(digest, letter)
    )
    return len(digests)
