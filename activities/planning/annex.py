"""The annex table of a plan: group rows and activities in its six columns, with what was understood of the words.

Read in a constant number of queries; a row is ready to be printed, and says what has to be mended in it.
"""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _, ngettext

from plans.parties import Directory, Named, party_of

from ..models import Activity, ActivityGroup, AssignmentRole, ScheduleKind
from ..phrases import TimeRead, describe, read_time
from ..products import describe_product, printed_product, read_product
from .drafting import by_group, groups_of, read_activities

NUMERALS = (("L", 50), ("XL", 40), ("X", 10), ("IX", 9), ("V", 5), ("IV", 4), ("I", 1))
BAD, UNKNOWN = "bad", "unk"
MOST_SAID = 4  # rows to mend that are named in a sentence


@dataclass(frozen=True, slots=True)
class Heard:
    """Words as written and what they were taken for; `tone`: "" where understood, BAD a mistake, UNKNOWN kept as is."""

    words: str
    understood: str = ""
    tone: str = ""
    is_by_hand: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class AnnexRow:
    """An activity as the table shows it. `mend`: what has to be mended, in a few words each."""

    activity: Activity
    leads: tuple[Named, ...]
    cooperating: tuple[Named, ...]
    channels: tuple
    themes: tuple
    time: Heard
    product: Heard
    mend: tuple[str, ...]

    @property
    def has_lead(self):
        return any(lead.party.is_identified for lead in self.leads)

    @property
    def parties(self):
        return (*self.leads, *self.cooperating)


@dataclass(frozen=True)
class Section:
    """A group row with the rows below it; the first of a table may have none of its own (`group` None)."""

    numeral: str
    group: ActivityGroup | None
    rows: tuple[AnnexRow, ...]


@dataclass(frozen=True)
class Annex:
    sections: tuple[Section, ...]

    @property
    def rows(self):
        return [row for section in self.sections for row in section.rows]

    @property
    def groups(self):
        return [section.group for section in self.sections if section.group]

    @property
    def to_mend(self):
        return [row for row in self.rows if row.mend]

    def only(self, is_wanted):
        """The annex with the rows for which `is_wanted`, and the groups that then have any."""
        kept = [replace(each, rows=tuple(row for row in each.rows if is_wanted(row))) for each in self.sections]
        return Annex(tuple(each for each in kept if each.rows))


def read_annex(plan, directory=None):
    """The whole table of `plan`; at most nine queries."""
    directory, groups = directory or Directory(plan), groups_of(plan)
    shown = read_activities(plan).filter(cancelled_on=None).order_by("position", "pk")
    rows = [row_of(activity, plan, directory) for activity in by_group(shown, groups)]
    sections = [
        Section(roman(place) if group else "", group, tuple(row for row in rows if row.activity.group_id == key))
        for place, (key, group) in enumerate([(None, None), *((group.pk, group) for group in groups)])
    ]
    return Annex(tuple(each for each in sections if each.group or each.rows))


def row_of(activity, plan, directory):
    """One row; `activity` with its assignments, channels and themes read."""
    parties = sorted(activity.assignments.all(), key=lambda each: (each.position, each.pk))
    leads, cooperating = (
        tuple(directory.named(party_of(each)) for each in parties if each.role == role and not each.valid_to)
        for role in (AssignmentRole.LEAD, AssignmentRole.COOPERATING)
    )
    time, product = heard_time(activity, plan), heard_product(activity)
    return AnnexRow(
        activity=activity,
        leads=leads,
        cooperating=cooperating,
        channels=tuple(activity.channels.all()),
        themes=tuple(activity.themes.all()),
        time=time,
        product=product,
        mend=tuple(_to_mend(leads, cooperating, time)),
    )


def _to_mend(leads, cooperating, time):
    if not any(lead.party.is_identified for lead in leads):
        yield _("no lead agency")
    if time.tone == UNKNOWN:
        yield _("time not understood") if time.words else _("no time")
    if time.tone == BAD:
        yield _("deadline outside the plan's period")
    for each in (*leads, *cooperating):
        if each.fault:
            yield f"{each.name}: {each.fault}"


def read_time_of(plan, words):
    return read_time(words, starts_on=plan.period_start, ends_on=plan.period_end)


def stated_time(activity):
    """The schedule and dates that are stored, as a TimeRead."""
    dates = (activity.deadline,) if activity.deadline else ()
    return TimeRead(activity.schedule_kind, activity.start, activity.deadline, dates)


def is_by_hand(activity, plan):
    """The schedule or the dates were entered apart from the words: the words do not say them."""
    return not _says(read_time_of(plan, activity.schedule_text), stated_time(activity))


def _says(read, stated):
    return (read.kind, read.start, read.deadline) == (stated.kind, stated.start, stated.deadline)


def heard_time(activity, plan):
    """The time of an activity as the table shows it."""
    words, stated = activity.schedule_text, stated_time(activity)
    read = read_time_of(plan, words)
    if _says(read, stated):
        return heard_read(words, read)
    has_left = any(not plan.period_start <= day <= plan.period_end for day in stated.deadlines)
    dates = describe(replace(stated, kind=ScheduleKind.ONE_OFF, is_outside=has_left))
    recurs = "" if stated.kind in (ScheduleKind.ONE_OFF, ScheduleKind.NOT_STATED) else ScheduleKind(stated.kind).label
    said = ", ".join(str(each) for each in (recurs, dates) if each)
    return Heard(words, said, BAD if has_left else "", is_by_hand=True, note=_("(entered by hand)"))


def heard_read(words, read):
    """What was just read of words of a time, for the table."""
    if not words:
        return Heard("", _("no time"), UNKNOWN)
    if not read.is_understood:
        return Heard(words, read.problem or describe(read), UNKNOWN)
    return Heard(words, describe(read), BAD if read.is_outside else "")


def heard_product(activity):
    """The product of an activity as the table shows it: its target is said where the words do not."""
    words, quantity = printed_product(activity), activity.target_quantity
    if not quantity:
        return Heard(words, describe_product(None, ""), UNKNOWN) if words else Heard("")
    read = read_product(words)
    is_said = read.quantity == quantity
    return Heard(words, "" if is_said else describe_product(quantity, activity.target_unit), is_by_hand=not is_said)


def mend_sentence(annex):
    """[(row, what to mend)] of the first rows, and how many there are beyond."""
    rows = annex.to_mend
    return [(row, ", ".join(row.mend)) for row in rows[:MOST_SAID]], max(len(rows) - MOST_SAID, 0)


def count_sentence(annex):
    """ "14 activities in 5 groups"."""
    rows, groups = len(annex.rows), len(annex.groups)
    said = ngettext("%(n)s activity", "%(n)s activities", rows) % {"n": rows}
    if not groups:
        return said
    return _("%(activities)s in %(groups)s") % {
        "activities": said,
        "groups": ngettext("%(n)s group", "%(n)s groups", groups) % {"n": groups},
    }


def roman(number):
    """I, II, III, IV, … as plans number their groups; "" for 0."""
    written = ""
    for letters, value in NUMERALS:
        written += letters * (number // value)
        number %= value
    return written
