"""Geometry of the dashboard's drawings: where bars, points and lines lie; no colours, no words.

Coordinates are strings with a point: a template would write the number 12.5 as 12,5, which SVG does not read.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from activities.models import ScheduleKind
from activities.progress import Standing, State

MONTH = 30  # width of a month on the timeline; all months are equally wide, so the heads stand on their columns
MONTHLY_UP_TO = 14  # months: a longer timeline is divided into years
ROW_HEIGHT = 26


def coordinate(value):
    """12.5 as '12.5', 30.0 as '30'."""
    return f"{value:.1f}".removesuffix(".0")


@dataclass(frozen=True)
class TargetBar:
    """Share of a target in a box of 100 x 16; `mark` is the time that has passed, on the same scale."""

    width: str
    mark: str
    is_far_behind: bool


def target_bar(percent, time_percent):
    """The bar of `percent` (None: nobody counted) beside the time mark; far behind is less than half of it."""
    is_far_behind = percent is not None and 2 * percent < time_percent
    return TargetBar(coordinate(min(percent or 0, 100)), coordinate(time_percent), is_far_behind)


@dataclass(frozen=True)
class Segment:
    """A piece of an activity's bar; `opacity` is empty where it is full."""

    x: str
    width: str
    is_tall: bool = False
    is_dashed: bool = False
    opacity: str = ""


@dataclass(frozen=True)
class TimelineRow:
    """An activity and its bar; no segments where the plan states no time for it."""

    standing: Standing
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Timeline:
    """Rows over equal columns (`labels`); `today_x` is empty where today lies outside."""

    width: str
    labels: tuple[str, ...]
    grid: str
    today_x: str
    rows: tuple[TimelineRow, ...]


def timeline(standings, *, starts_on, ends_on, today):
    """The bars of `standings`, in their order, over the plan's time and whatever reaches beyond it."""
    days = [day for row in standings for day in (row.activity.start, row.activity.deadline, row.completed_on) if day]
    axis = _Axis(min([starts_on, *days]), max([ends_on, *days]))
    return Timeline(
        width=coordinate(axis.width),
        labels=axis.labels,
        grid="".join(f"M{coordinate(x)} 0V{ROW_HEIGHT}" for x in axis.ticks),
        today_x=coordinate(axis.at(today)) if axis.first <= today <= axis.last else "",
        rows=tuple(TimelineRow(row, tuple(_segments(row, axis, starts_on, ends_on, today))) for row in standings),
    )


class _Axis:
    """Days to distances, from the first of a month (or year) to the end of one."""

    def __init__(self, first, last):
        months = _month_number(last) - _month_number(first) + 1
        self.step = 1 if months <= MONTHLY_UP_TO else 12
        self.first = first.replace(day=1) if self.step == 1 else date(first.year, 1, 1)
        self.last = _month_end(last) if self.step == 1 else date(last.year, 12, 31)
        self.columns = (_month_number(self.last) - _month_number(self.first) + 1) // self.step
        self.width = self.columns * self.step * MONTH

    @property
    def ticks(self):
        return [column * self.step * MONTH for column in range(self.columns)]

    @property
    def labels(self):
        if self.step == 12:
            return tuple(str(self.first.year + column) for column in range(self.columns))
        return tuple(str((self.first.month - 1 + column) % 12 + 1) for column in range(self.columns))

    def at(self, day):
        """Where `day` begins; days outside lie at the nearest end."""
        if day > self.last:
            return self.width
        day = max(day, self.first)
        share = (day.day - 1) / monthrange(day.year, day.month)[1]
        return MONTH * (_month_number(day) - _month_number(self.first) + share)

    def segment(self, begins, ends, **kind):
        """From the start of `begins` to the end of `ends`."""
        x = self.at(begins)
        return Segment(coordinate(x), coordinate(max(self.at(ends + timedelta(days=1)) - x, 1)), **kind)


def _month_end(day):
    return day.replace(day=monthrange(day.year, day.month)[1])


def _month_number(day):
    return 12 * day.year + day.month


def _segments(row, axis, starts_on, ends_on, today):
    activity = row.activity
    if not (activity.start or activity.deadline) and activity.schedule_kind in (
        ScheduleKind.NOT_STATED,
        ScheduleKind.ONE_OFF,
    ):
        return
    start = activity.start or min(starts_on, activity.deadline or starts_on)
    end = activity.deadline or max(ends_on, start)
    match row.state:
        case State.OVERDUE:
            yield axis.segment(start, end, opacity=".35")
            yield axis.segment(end, today, is_tall=True)
        case State.LATE_DONE:
            yield axis.segment(start, end, opacity=".45")
            yield axis.segment(end, row.completed_on)
        case State.DONE:
            yield axis.segment(min(start, row.completed_on), row.completed_on)
        case State.IN_PROGRESS:
            if start < today:
                yield axis.segment(start, min(today - timedelta(days=1), end))
            if today <= end:
                yield axis.segment(max(today, start), end, opacity=".28")
        case State.CANCELLED:
            yield axis.segment(start, end, opacity=".35")
        case _:
            yield axis.segment(start, end, is_dashed=True)
