"""Who has let a period's deadline pass, and how often they have been chased: for the page and the chasing letter."""

from dataclasses import dataclass
from datetime import timedelta

from ..locks import Extensions, last_day
from ..obligations import load_duties
from ..submissions import Punctuality, Submission, submissions_of
from .told import chased, told_in
from .working import working_day_in


@dataclass(frozen=True)
class Late:
    """One agency that has not sent; `chased` counts the days on which it was told so."""

    row: Submission
    chased: int

    @property
    def agency(self):
        return self.row.agency


@dataclass(frozen=True)
class Chase:
    """Whom a chasing letter goes to: `late`, in Vietnamese order. `excused`: how many more are overdue, but have been
    given more time. `is_for_one`: one agency of possibly several was asked for.
    """

    late: tuple[Late, ...]
    excused: int = 0
    is_for_one: bool = False


def chase(period, today, *, agency=None):
    """Whom the chasing letter for `period` goes to. Five queries.

    `agency` (a key): that agency alone, or those it carries on for.
    """
    duties = load_duties([period.plan_id])
    rows = submissions_of([period], duties, today=today)[period]
    if agency is not None:
        rows = [row for row in rows if agency in (row.agency.pk, duties.successors.now(row.agency).pk)]
    extensions = Extensions.of([period])
    late = late_of(rows, extensions, chased(told_in([period])), today)
    return Chase(tuple(late), excused_of(rows, late), is_for_one=agency is not None)


def late_agencies(period, today):
    """The agencies to be chased for `period`: [Late], in Vietnamese order. Five queries."""
    return list(chase(period, today).late)


def answer_by(period, today, working_day=None):
    """The day by which the late are asked to send: the next working day, but before the lock while that lies ahead.

    `working_day` (a function) saves the query for the locality's holidays.
    """
    next_day = (working_day or working_day_in(period.plan.locality_id))(today + timedelta(days=1))
    return min(next_day, last_day(period)) if today <= last_day(period) else next_day


def late_of(rows, extensions, times, today):
    """Those of `rows` that are overdue on `today` and have no more time by an extension: [Late]. No queries.

    `times`: how often each agency was chased, {agency_id: days}.
    """
    overdue = [row for row in rows if row.punctuality == Punctuality.MISSING]
    excused = {
        row.agency.pk
        for row in overdue
        if any(each.until >= today for each in extensions.given(row.period, row.agency.pk))
    }
    return [Late(row, times.get(row.agency.pk, 0)) for row in overdue if row.agency.pk not in excused]


def excused_of(rows, late):
    """How many of `rows` are overdue and not among `late`: an extension gives them more time. No queries."""
    return sum(row.punctuality == Punctuality.MISSING for row in rows) - len(late)
