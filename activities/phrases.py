"""The time of an activity as plans write it ("trước ngày 15/12", "quý II, quý III/2027"), read into dates.

The words become tokens (phrase_words.LEXICON); the whole row of them is looked up in GRAMMAR, whose reader makes the
dates. What no row of the grammar covers from the first word to the last stays words: a sentence is never half read.

How the words are taken:
- "Trước ngày X" has the deadline X itself, as "chậm nhất X" has; "trước tháng 6" the last day of May.
- A day, month, quarter, part of a year or year has a start and a deadline. "Hoàn thành trong" it has the deadline
  only, and so has a month or quarter beside a deadline of its own ("quý III, hạn 30/9").
- Neighbours are one time ("quý II, quý III"); others are a deadline each.
- A year written once holds for all dates of the phrase. Where none is, it is the only year in which the dates meet the
  plan's period; where there are several, the phrase is not understood, but "hằng năm" has its dates in each of them.
- "Thường xuyên" and what recurs has dates only where the words set other limits than the plan's own. "Hằng ngày" is
  continuous, with a time for each day of the calendar.
- "Và các năm tiếp theo" goes on without an end: the dates are those of the first year, the later ones are not said.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple

from django.utils.translation import gettext, gettext_lazy as _, ngettext_lazy

from agencies.templatetags.look import number_vi

from .models.activity import ScheduleKind
from .phrase_words import IMPLAUSIBLE, YEARS, Misread, When, tidied, tokens_of

NO_YEAR = _("Write the year: the plan runs for more than one.")
SEVERAL_YEARS = _("Write the year of each date.")
OUT_OF_ORDER = _("A later time stands before an earlier one: put them in order or write the year of each.")
NOT_WITHIN = _("The deadline is not within the time written before it.")


@dataclass(frozen=True)
class TimeRead:
    """What the words of a time say.

    Attributes:
        deadlines: all of them in order; `deadline` is the last.
        times, each: how often in the time of the words, else of the plan; and in every day, week, month and so on.
        is_outside: a deadline is not in the plan's period.
        problem: a sentence for the field, where the words were a time but cannot be dates.
    """

    kind: ScheduleKind = ScheduleKind.NOT_STATED
    start: date | None = None
    deadline: date | None = None
    deadlines: tuple[date, ...] = ()
    times: int | None = None
    each: int | None = None
    is_understood: bool = True
    is_outside: bool = False
    problem: str = ""


def read_time(words, *, starts_on, ends_on):
    """`words` as a TimeRead; `starts_on`, `ends_on`: the plan's period, None while it is not known."""
    text = tidied(words or "")
    if not text:
        return TimeRead()
    period = Period(starts_on, ends_on) if starts_on and ends_on else None
    try:
        return _checked(_read(text, period), period)
    except Misread as misread:
        return TimeRead(is_understood=False, problem=misread.problem)


def _read(text, period):
    tokens = tokens_of(text)
    shape = "".join(f"{token.symbol}_year," if token.value == "year" else f"{token.symbol}," for token in tokens)
    for pattern, reader in READERS:
        if pattern.fullmatch(shape):
            return reader(tokens, period)
    raise Misread()


def _checked(read, period):
    if any(day.year not in YEARS for day in (read.start, *read.deadlines) if day):
        raise Misread(IMPLAUSIBLE)
    return replace(read, is_outside=bool(period) and period.is_left_by(read))


class Period(NamedTuple):
    """The time of the plan."""

    starts_on: date
    ends_on: date

    @property
    def years(self):
        return [year for year in range(self.starts_on.year, self.ends_on.year + 1) if year in YEARS]

    def meets(self, spans):
        first, last = min(span.earliest for span in spans), max(span.deadline for span in spans)
        return first <= self.ends_on and last >= self.starts_on

    def is_left_by(self, read):
        begins_late = bool(read.start) and read.start > self.ends_on
        return begins_late or any(not self.starts_on <= day <= self.ends_on for day in read.deadlines)


class Span(NamedTuple):
    start: date | None
    deadline: date

    @property
    def earliest(self):
        return self.start or self.deadline


class Clause(NamedTuple):
    """A time, or two from the one to the other, and whether it is meant as at it, by it or before it."""

    mode: str
    first: When
    last: When

    def span(self, open_year):
        if self.mode == "at":
            return Span(self.first.first(open_year), self.last.last(open_year))
        if self.mode == "before" and self.last.unit != "day":
            return Span(None, self.last.first(open_year) - timedelta(days=1))
        return Span(None, self.last.last(open_year))


MODES = {"by": "by", "before": "before", "to": "by", "done": "by"}


def _clauses(tokens):
    """The times of a phrase; "đến" and a dash after a time join the next to it, "trước" holds for all that follow."""
    clauses, mode, after_time, joins = [], "at", False, False
    for symbol, value in tokens:
        is_time = isinstance(value, When)
        if is_time and joins:
            clauses[-1] = clauses[-1]._replace(last=value)
        elif is_time:
            clauses.append(Clause(mode, value, value))
        joins = after_time and symbol in ("to", "dash")
        if not joins:
            mode = MODES.get(symbol, mode)
        after_time = is_time
    return clauses


def _years(clauses, period):
    """Every year that the dates left open can lie in; the year that is written, where one is."""
    whens = [when for clause in clauses for when in (clause.first, clause.last)]
    written = {when.year for when in whens}
    if None in written and len(written) > 2:
        raise Misread(SEVERAL_YEARS)
    if written != {None}:
        return [min(written - {None})]
    years = period.years if period else []
    meeting = [year for year in years if period.meets([clause.span(year) for clause in clauses])]
    return meeting or (years if len(years) == 1 else [])


def _year(clauses, period):
    years = _years(clauses, period)
    if len(years) != 1:
        raise Misread(NO_YEAR)
    return years[0]


def _spans(clauses, year):
    """The spans of the clauses, neighbours joined. Raises Misread where they are not in order."""
    joined = []
    for span in (clause.span(year) for clause in clauses):
        if span.earliest > span.deadline or (joined and span.earliest <= joined[-1].deadline):
            raise Misread(OUT_OF_ORDER)
        if joined and span.start and span.start == joined[-1].deadline + timedelta(days=1):
            joined[-1] = Span(joined[-1].start, span.deadline)
        else:
            joined.append(span)
    return joined


# Readers: (tokens, period) -> TimeRead


def _one_off(tokens, period):
    clauses = _clauses(tokens)
    return _dated(ScheduleKind.ONE_OFF, _spans(clauses, _year(clauses, period)))


def _due_within(tokens, period):
    """ "Quý III, hạn 30/9": the deadline is what is due."""
    clauses = _clauses(tokens)
    year = _year(clauses, period)
    around, due = (clause.span(year) for clause in clauses)
    if not around.start <= due.deadline <= around.deadline:
        raise Misread(NOT_WITHIN)
    return _dated(ScheduleKind.ONE_OFF, [due])


def _yearly(tokens, period):
    """Dates that come back each year: those of every year of the plan, or of the one year that is written."""
    clauses = _clauses(tokens)
    years = _years(clauses, period)
    if not years:
        raise Misread(NO_YEAR)
    spans = [_spans(clauses, year) for year in years]
    count = _value(tokens, "count")
    if count == 0 or (count and 1 < len(spans[0]) != count):
        raise Misread()
    each = count or len(spans[0])
    last_year = max(years[-1], period.ends_on.year) if period and len(years) == 1 else years[-1]
    times = each * (last_year - years[0] + 1)
    return _dated(ScheduleKind.YEARLY, [span for of_year in spans for span in of_year], times=times, each=each)


def _yearly_after(tokens, period):
    _year(_clauses(tokens), period)
    return _yearly(tokens, period)


def _dated(kind, spans, **more):
    deadlines = tuple(span.deadline for span in spans)
    return TimeRead(kind, start=spans[0].start, deadline=deadlines[-1], deadlines=deadlines, **more)


def _steady(kind, tokens, period):
    """What goes on or comes back without dates of its own, for the plan's time or that of the words."""
    limits = _limits(_clauses(tokens), period)
    if _has(tokens, "after", "onward"):
        return TimeRead(kind, start=limits.start) if limits else TimeRead(kind)
    if limits and not (period and limits.start <= period.starts_on and limits.deadline >= period.ends_on):
        return _dated(kind, [limits])
    return TimeRead(kind)


def _recurring(tokens, period):
    unit = next(value for symbol, value in tokens if symbol in ("each", "slash", "per"))
    each = _value(tokens, "count", 1)
    if not each:
        raise Misread()
    read = _steady(KINDS[unit], tokens, period)
    first = read.start or (period and period.starts_on)
    last = read.deadline or (period and period.ends_on)
    times = each * UNITS_IN[unit](first, last) if first and last and first <= last else None
    return replace(read, times=times, each=each)


def _limits(clauses, period):
    """The one span of `clauses`; None where there is none, or "trong năm" can be any year of the plan."""
    if not clauses:
        return None
    years = _years(clauses, period)
    if len(years) != 1 and clauses[0].first.unit == "year":
        return None
    (span,) = _spans(clauses, _year(clauses, period))
    return span


def _has(tokens, *symbols):
    return any(token.symbol in symbols for token in tokens)


def _value(tokens, symbol, default=None):
    return next((token.value for token in tokens if token.symbol == symbol), default)


def _months_in(first, last, size=1):
    """How many months, or runs of `size` months of the calendar, the days touch."""
    return (12 * last.year + last.month - 1) // size - (12 * first.year + first.month - 1) // size + 1


KINDS = {
    "day": ScheduleKind.CONTINUOUS,
    "week": ScheduleKind.WEEKLY,
    "month": ScheduleKind.MONTHLY,
    "quarter": ScheduleKind.QUARTERLY,
    "year": ScheduleKind.YEARLY,
}
UNITS_IN = {
    "day": lambda first, last: (last - first).days + 1,
    "week": lambda first, last: max(((last - first).days + 1) // 7, 1),
    "month": _months_in,
    "quarter": partial(_months_in, size=3),
    "year": partial(_months_in, size=12),
}

# Rows of tokens, as patterns whose words are symbols of the lexicon; `each_year` is the `each` of a year.

SEP = "(comma|sep)"
DUE = "(by|before|to)"
AT = f"in? (day ({SEP} in? day)* | span ({SEP} in? span)*)"
BY = f"done? ({DUE} day ({SEP} {DUE}? day)* | {DUE} span ({SEP} {DUE}? span)*)"
FROM_TO = "in? (from? (day|span) to (day|span) | from? day dash day | from? span dash span)"
DATES = f"({AT} | {BY} | {FROM_TO} | done in? (day|span))"
THROUGH = "(in | in? whole in?)"
YEARS_TO = "stage? from? year (to|dash) year"
LIMITS_OF_YEARS = f"({THROUGH}? (year | {YEARS_TO}) | {THROUGH} this_year)"
LIMITS = f"({LIMITS_OF_YEARS} | in span | {FROM_TO})"
RATE = "(periodic comma?)? (each (comma? count)? | count (each|slash|per) | per count)"
YEARLY = re.sub("each|slash|per(?!i)", r"\g<0>_year", RATE)

GRAMMAR = (
    # quý III/2026; trước 15/7 và trước 15/12/2027; từ 01/10 đến 15/11; hoàn thành trong tháng 6
    (DATES, _one_off),
    # năm 2026; giai đoạn 2026-2030; trước năm 2027; trong năm
    (f"in? year ({SEP} in? year)* | in? {YEARS_TO} | done? {DUE} year | done in? year", _one_off),
    ("(in | done in?) this_year", _one_off),
    # quý III/2026, hạn 30/9/2026
    ("in? (span|year) comma (by|before) day", _due_within),
    # trước 15/12 hằng năm; mỗi năm một lần, trước 15/7
    (f"{DATES} comma? ({YEARLY})", _yearly),
    (f"({YEARLY}) comma? {DATES}", _yearly),
    (f"{DATES} after", _yearly_after),
    # hằng tuần trong năm 2026; 2 lần/tháng; mỗi quý 1 số
    (f"(({RATE}) (comma? {LIMITS})? | ({YEARLY}) (comma? {LIMITS_OF_YEARS})?) after?", _recurring),
    # thường xuyên trong năm; cả năm 2026; định kỳ
    (f"always (comma? {LIMITS} | each_year)? after?", partial(_steady, ScheduleKind.CONTINUOUS)),
    (f"in? whole (in? year | this_year | {YEARS_TO})", partial(_steady, ScheduleKind.CONTINUOUS)),
    (f"in? (year | {YEARS_TO}) after", partial(_steady, ScheduleKind.CONTINUOUS)),
    ("from (day|span|year) onward", partial(_steady, ScheduleKind.CONTINUOUS)),
    (f"periodic (comma? {LIMITS})?", partial(_steady, ScheduleKind.PERIODIC)),
)
READERS = tuple(
    (re.compile(re.sub(r"[a-z_]+", r"(?:\g<0>,)", f"(do)? ({pattern})"), re.VERBOSE), reader)
    for pattern, reader in GRAMMAR
)


# What was understood, for the screen

RECURS = {
    ScheduleKind.CONTINUOUS: (
        ngettext_lazy("%(times)s time, daily", "%(times)s times, daily", "count"),
        _("%(times)s times, %(each)s a day"),
    ),
    ScheduleKind.WEEKLY: (
        ngettext_lazy("%(times)s time, weekly", "%(times)s times, weekly", "count"),
        _("%(times)s times, %(each)s a week"),
    ),
    ScheduleKind.MONTHLY: (
        ngettext_lazy("%(times)s time, monthly", "%(times)s times, monthly", "count"),
        _("%(times)s times, %(each)s a month"),
    ),
    ScheduleKind.QUARTERLY: (
        ngettext_lazy("%(times)s time, quarterly", "%(times)s times, quarterly", "count"),
        _("%(times)s times, %(each)s a quarter"),
    ),
    ScheduleKind.YEARLY: (
        ngettext_lazy("%(times)s time, yearly", "%(times)s times, yearly", "count"),
        _("%(times)s times, %(each)s a year"),
    ),
}
MOST_SHOWN = 6  # deadlines


def describe(read):
    """What was understood, in a few words: "hạn 15/02/2027", "52 lần, mỗi tuần một lần"; "" where nothing is stated."""
    if not read.is_understood:
        return gettext("not understood: kept as written")
    said = "; ".join(words for words in (_how_often(read), _on_what_days(read)) if words)
    return gettext("%(time)s, outside the plan's period") % {"time": said} if read.is_outside else said


def _how_often(read):
    if read.kind in (ScheduleKind.ONE_OFF, ScheduleKind.NOT_STATED):
        return ""
    if read.kind == ScheduleKind.PERIODIC:
        return gettext("periodic, interval not stated")
    if not read.each:
        is_narrowed = read.start or read.deadline
        return gettext("continuous, figures by quarter") if is_narrowed else gettext("all year, figures by quarter")
    if not read.times:
        return str(read.kind.label)
    once, often = RECURS[read.kind]
    return (once if read.each == 1 else often) % {
        "count": read.times,
        "times": number_vi(read.times),
        "each": number_vi(read.each),
    }


def _on_what_days(read):
    match read:
        case TimeRead(deadlines=[_, _, *_] as days):
            shown = ", ".join(map(_printed, days[:MOST_SHOWN])) + (", …" if len(days) > MOST_SHOWN else "")
            return gettext("%(count)s deadlines: %(days)s") % {"count": number_vi(len(days)), "days": shown}
        case TimeRead(start=date() as start, deadline=date() as deadline):
            return _from_to(start, deadline)
        case TimeRead(deadline=date() as deadline):
            return gettext("deadline %(day)s") % {"day": _printed(deadline)}
        case TimeRead(start=date() as start):
            return gettext("from %(day)s on") % {"day": _printed(start)}
    return ""


def _from_to(start, deadline):
    """01/04–30/06/2027: the year of both once."""
    if start == deadline:
        return _printed(deadline)
    begins = f"{start:%d/%m}" if start.year == deadline.year else _printed(start)
    return f"{begins}–{_printed(deadline)}"


def _printed(day):
    return f"{day:%d/%m/%Y}"
