"""The timeline as it prints: sheets of A4 landscape, each with its part of the drawing, then the table of numbers.

Texts are Vietnamese: it is a paper. The drawing is the one of the page.
"""

from dataclasses import dataclass
from datetime import date

from django.utils import translation

from .drawing import GanttChart
from .gantt import Timeline
from .wording import short_date


@dataclass(frozen=True)
class TimelineLine:
    """A row of the table of numbers, all in words."""

    number: str
    title: str
    leads: str
    planned: str
    reported: str
    state: str
    state_words: str


@dataclass(frozen=True)
class TimelinePaper:
    """`counts` are (state, its word, number of activities)."""

    issuer: str
    plan: str
    plan_title: str
    period: str
    as_of: date
    counts: tuple[tuple[str, str, int], ...]
    charts: tuple[GanttChart, ...]
    lines: tuple[TimelineLine, ...]


def timeline_paper(timeline: Timeline):
    """The paper of a Timeline."""
    plan = timeline.period.plan
    with translation.override("vi"):
        return TimelinePaper(
            issuer=plan.issuing_agency_name or plan.issuing_agency.name,
            plan=plan.number,
            plan_title=plan.title,
            period=timeline.period.label,
            as_of=timeline.as_of,
            counts=tuple((str(state), str(state.label), n) for state, n in timeline.counts),
            charts=tuple(timeline.charts),
            lines=tuple(map(_line, timeline.rows)),
        )


def _line(row):
    return TimelineLine(
        number=row.activity.number,
        title=row.activity.title,
        leads="; ".join(row.standing.leads) or "chưa giao",
        planned=_from_to(row.planned_from, row.planned_to, "chưa nêu"),
        reported=_from_to(row.begun_on, row.told_until, "chưa có báo cáo"),
        state=str(row.state),
        state_words=row.words,
    )


def _from_to(first, last, otherwise):
    return f"{short_date(first)} – {short_date(last)}" if first and last else otherwise
