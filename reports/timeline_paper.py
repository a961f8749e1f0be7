"""The timeline as it prints: sheets of A4 landscape, each with its part of the drawing, then the table of numbers.

Texts are Vietnamese: it is a paper. The drawing is the one of the page.
"""

from dataclasses import dataclass
from datetime import date

from django.utils import translation

from .drawing import GanttChart
from .gantt import Timeline
from .notes import plan_names
from .wording import short_date


@dataclass(frozen=True)
class TimelineLine:
    """A row of the table of numbers, all in words; `plan` is empty where all are of one."""

    number: str
    title: str
    plan: str
    leads: str
    planned: str
    reported: str
    state: str
    state_words: str


@dataclass(frozen=True)
class TimelinePaper:
    """`counts` are (state, its word, number of activities); `plans` names several, else empty.

    `known_on` is the earlier day it is seen from, or None.
    """

    issuer: str
    plan: str
    plans: str
    period: str
    as_of: date
    known_on: date | None
    printed_on: date
    counts: tuple[tuple[str, str, int], ...]
    charts: tuple[GanttChart, ...]
    lines: tuple[TimelineLine, ...]


def timeline_paper(timeline: Timeline, *, printed_on):
    """The paper of a Timeline."""
    plan = timeline.period.plan
    with translation.override("vi"):
        return TimelinePaper(
            issuer=_issuer(timeline),
            plan=f"{len(timeline.plans)} kế hoạch" if timeline.is_many else plan.number or plan.title,
            plans=plan_names(timeline.plans) if timeline.is_many else "",
            period=timeline.period.label,
            as_of=timeline.as_of,
            known_on=timeline.known_on,
            printed_on=printed_on,
            counts=tuple((str(state), str(state.label), n) for state, n in timeline.counts),
            charts=tuple(timeline.charts),
            lines=tuple(_line(row, timeline.is_many) for row in timeline.rows),
        )


def _issuer(timeline):
    """Who issued the plans; of several by different issuers, the locality."""
    plan = timeline.period.plan
    issuers = {each.issuing_agency_name or each.issuing_agency.name for each in timeline.plans}
    return issuers.pop() if len(issuers) == 1 else plan.locality.name


def _line(row, is_many):
    return TimelineLine(
        number=row.activity.number,
        title=row.activity.title,
        plan=str(row.plan) if is_many else "",
        leads="; ".join(row.standing.leads) or "chưa giao",
        planned=_from_to(row.planned_from, row.planned_to, "chưa nêu"),
        reported=_from_to(row.begun_on, row.told_until, "chưa có báo cáo"),
        state=str(row.state),
        state_words=row.words,
    )


def _from_to(first, last, otherwise):
    return f"{short_date(first)} – {short_date(last)}" if first and last else otherwise
