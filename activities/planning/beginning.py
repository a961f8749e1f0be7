"""How a plan begins from another: for which time, what it takes over, and what a person has to look at afterwards."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from agencies.models import Agency
from plans.models import Duty, LegalBasis, Purpose, ReportingDuty

from ..models import Activity, QuarterlyUpdate
from .copying import read_content
from .moving import move_day, named_years

NEXT_YEAR_FROM = 9  # the month from which one plans the next year
AROUND = 70  # characters shown on each side of a year


@dataclass(frozen=True)
class Words:
    """Words of the copy and where they stand; `year` is one of those they name, as it will read."""

    place: str
    text: str
    year: int

    @property
    def excerpt(self):
        """The words around the year."""
        at = self.text.find(str(self.year))
        start, end = max(0, at - AROUND), at + 4 + AROUND
        return f"{'…' * (start > 0)}{self.text[start:end].strip()}{'…' * (end < len(self.text))}"


@dataclass(frozen=True)
class Preview:
    """What a plan begun from another will take over, moved by `years`, and what stays behind.

    `renewed` are (agency, who carries on for it); `ended` are agencies that are no more and have no one successor.
    `stays` are words that still name the years before; a person decides about them.
    """

    years: int
    activities: int
    cancelled: int
    dates: int
    parts: tuple[tuple[str, int], ...]
    moved: tuple[Words, ...]
    stays: tuple[Words, ...]
    renewed: tuple[tuple[Agency, Agency], ...]
    ended: tuple[Agency, ...]
    periods: int
    updates: int
    versions: int


def years_ahead(source, today):
    """By how many years the dates of `source` move unless a person says otherwise.

    A plan of one year is followed by the next, at least by this year's (from September on: by next year's); one of
    several years by as many. A template is set to the year being planned.
    """
    planned = today.year + (today.month >= NEXT_YEAR_FROM)
    length = source.period_end.year - source.period_start.year + 1
    if source.purpose == Purpose.TEMPLATE:
        return planned - source.period_start.year
    return length if length > 1 else max(1, planned - source.period_start.year)


def moved_period(source, years):
    """The period of `source`, `years` later: (start, end)."""
    return move_day(source.period_start, years), move_day(source.period_end, years)


def preview_of(source, start):
    """What a plan begun from `source` takes over when it begins on `start`. A constant number of queries."""
    content = read_content(source, years=start.year - source.period_start.year, is_renewed=True)
    moved, stays = _words_of(content) if content.years else ((), ())
    renewed, ended = _agencies_of(content, start)
    return Preview(
        years=content.years,
        activities=len(content.rows[Activity]),
        cancelled=source.activities.exclude(cancelled_on=None).count(),
        dates=sum(bool(row.start or row.deadline) for row in content.rows[Activity]) if content.years else 0,
        parts=tuple(
            (model._meta.verbose_name_plural, len(rows))
            for model, rows in content.rows.items()
            if rows and model is not Activity
        ),
        moved=tuple(moved),
        stays=tuple(stays),
        renewed=renewed,
        ended=ended,
        periods=source.reporting_periods.count(),
        updates=QuarterlyUpdate.objects.filter(period__plan=source).count(),
        versions=source.versions.count(),
    )


def _words_of(content):
    """The words whose years move, and those that go on naming a year of the source: ([Words], [Words])."""
    plan = content.plan
    was = {*range(plan.period_start.year, plan.period_end.year + 1)}
    moved, stays = [], []
    for model, rows in content.rows.items():
        names = content.words_of(model)
        for row in rows:
            for name in names or ("text",) * (model is LegalBasis):
                before = getattr(row, name)
                after = content.moved(row, name) if names else before
                kept = sorted(named_years(before) & named_years(after) & was)
                if after != before:
                    moved.append(
                        Words(
                            _place_of(row), after, min(named_years(after) - named_years(before) or named_years(after))
                        )
                    )
                elif kept:
                    stays.append(Words(_place_of(row), after, kept[0]))
    return moved, stays


def _place_of(row):
    if isinstance(row, Activity):
        return _("Activity %(number)s") % {"number": row.number}
    return f"{row._meta.verbose_name} {getattr(row, 'code', '') or row.position}"


def _agencies_of(content, start):
    """(those that others carry on for, with these; those that are no more on `start` and have no one successor)."""
    keys = {each.agency_id for each in content.assignments} | {content.plan.issuing_agency_id}
    keys |= {target for model, name, _row, target in content.links if (model, name) == (Duty, "agencies")}
    keys |= {row.reporter_id for row in content.rows[ReportingDuty]} | {content.plan.coordinating_agency_id}
    agencies = Agency.objects.in_bulk(keys - {None})
    named = sorted(agencies.values(), key=lambda agency: agency.name_sort)
    renewed = [(each, content.successors.now(each)) for each in named if content.agency_now(each.pk) != each.pk]
    gone = [each for each in named if each.valid_to and each.valid_to < start]
    return tuple(renewed), tuple(each for each in gone if content.agency_now(each.pk) == each.pk)
