"""A period's reminders as the page shows them: where it stands, what has gone out, what goes out next."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import cached_property

from accounts.timetable import IN_EACH_LOCALITY

from .due import DayOfLetters, Letter, last_letters
from .late import Chase, answer_by, excused_of, late_of
from .log import NEXT, Rung, Sent, letters_on, rungs_of
from .told import chased, counts
from .working import working_day_in

DAY = timedelta(days=1)
SHOWN = 8  # of the next letters, by name
PRINTED = 15  # late agencies whose letter is shown as paper
GOES_OUT_AT = IN_EACH_LOCALITY["reminders"]


@dataclass(frozen=True)
class Overview:
    """`waiting` of the `expected` agencies have not sent; `chase` says which of them are late.

    `letters` are those of `letters_day`, the last one.

    `letters_in_all` counts those of the period. `forecast` are the letters of `forecast_day`: today, where its letters
    have not been written yet (`is_for_today`), or the next day. `is_working_day`: today letters may go out.
    """

    expected: int
    waiting: int
    chase: Chase
    answer_by: date
    rungs: tuple[Rung, ...]
    letters_day: date | None
    letters: tuple[Sent, ...]
    letters_in_all: int
    forecast_day: date
    forecast: tuple[Letter, ...]
    is_for_today: bool
    is_working_day: bool

    goes_out_at = GOES_OUT_AT

    @property
    def late(self):
        return self.chase.late

    @property
    def chased(self):
        """By how many steps the late ones have been chased."""
        return sum(rung.state != NEXT and rung.step.is_chasing and rung.agencies > 0 for rung in self.rungs)

    @property
    def is_printed(self):
        """The late ones are few enough for the chasing letter itself to stand on the page."""
        return len(self.late) <= PRINTED

    @property
    def next_rung(self):
        return next((rung for rung in self.rungs if rung.state == NEXT), None)

    @property
    def shown(self):
        return self.forecast[:SHOWN]

    @property
    def more(self):
        return len(self.forecast) - len(self.shown)

    @cached_property
    def first_letter(self):
        """One of the letters, to be read as it went out."""
        return next((each.digest for each in self.letters if not each.is_undelivered), None)


def build_overview(period, locality, today):
    """The page's figures for `period`; the number of queries does not grow with the agencies."""
    working_day = working_day_in(locality)
    last = last_letters(locality, today)
    is_working_day = working_day(today) == today
    is_for_today = is_working_day and today not in last.values()
    forecast_day = today if is_for_today else working_day(today + DAY)
    # Closed for writing, or far away, nobody is told of the period any more: it is read with those that are open.
    coming = DayOfLetters(locality, forecast_day, working_day, today=today, also=[period])
    coming.last_letters, coming.written_today = last, set()  # none of today's where it is for today
    told = [each for each in coming.told if each.period == period.pk]
    rows = coming.submissions[period]
    waiting = sum(not row.is_sent for row in rows)
    late = late_of(rows, coming.extensions, chased(told), today)
    letters_day = max((each.day for each in told if each.day <= today), default=None)
    return Overview(
        expected=len(rows),
        waiting=waiting,
        chase=Chase(tuple(late), excused_of(rows, late)),
        answer_by=answer_by(period, today, working_day),
        rungs=tuple(rungs_of(period, waiting, counts(told), today, working_day)),
        letters_day=letters_day,
        letters=tuple(letters_on(period, letters_day, rows)) if letters_day else (),
        letters_in_all=len({each.digest for each in told}),
        forecast_day=forecast_day,
        forecast=tuple(coming.letters()),
        is_for_today=is_for_today,
        is_working_day=is_working_day,
    )
