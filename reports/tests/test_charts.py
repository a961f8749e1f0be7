"""Where bars, points and lines lie."""

from datetime import date

import pytest
from hypothesis import given, strategies as st

from activities.models import Activity, ScheduleKind
from activities.progress import Standing, State
from reports.charts import coordinate, target_bar, timeline

TODAY = date(2026, 9, 16)
YEAR = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
DAYS = st.dates(date(2025, 6, 1), date(2027, 6, 30))


def standing(state, *, start=None, deadline=None, completed_on=None, kind=ScheduleKind.CONTINUOUS):
    return Standing(
        activity=Activity(number="1", start=start, deadline=deadline, schedule_kind=kind),
        state=state,
        reported=None,
        percent=None,
        quantity_done=None,
        completed_on=completed_on,
        days_late=0,
        leads=(),
        cooperating=(),
        reporters=0,
        obliged=1,
    )


def pieces(row, today=TODAY):
    [drawn] = timeline([row], today=today, **YEAR).rows
    return [(piece.x, piece.width) for piece in drawn.segments]


@pytest.mark.parametrize(("value", "written"), [(0, "0"), (12.5, "12.5"), (30.0, "30"), (100, "100"), (8.04, "8")])
def test_a_coordinate_never_has_a_comma(value, written):
    assert coordinate(value) == written


@pytest.mark.parametrize(
    ("percent", "width", "is_far_behind"),
    [(30.0, "30", True), (37.5, "37.5", False), (73.3, "73.3", False), (140.0, "100", False), (None, "0", False)],
)
def test_a_bar_of_a_target(percent, width, is_far_behind):
    bar = target_bar(percent, 75)

    assert (bar.width, bar.mark, bar.is_far_behind) == (width, "75", is_far_behind)


def test_a_year_has_twelve_equal_columns():
    chart = timeline([], today=TODAY, **YEAR)

    assert (chart.width, chart.labels) == ("360", tuple(map(str, range(1, 13))))
    assert chart.grid.startswith("M0 0V26M30 0V26M60 0V26")
    assert chart.today_x == "255"


def test_several_years_are_columns_of_years():
    chart = timeline([], starts_on=date(2017, 3, 1), ends_on=date(2020, 12, 31), today=TODAY)

    assert (chart.width, chart.labels) == ("1440", ("2017", "2018", "2019", "2020"))
    assert chart.today_x == ""


def test_the_time_reaches_as_far_as_the_activities():
    row = standing(State.LATE_DONE, deadline=date(2026, 12, 15), completed_on=date(2027, 1, 10))

    assert timeline([row], today=TODAY, **YEAR).labels[-2:] == ("12", "1")


def test_the_bar_of_each_state():
    april, august = date(2026, 4, 1), date(2026, 8, 31)

    assert pieces(standing(State.OVERDUE, start=april, deadline=august)) == [("90", "150"), ("239", "17")]
    assert pieces(standing(State.IN_PROGRESS)) == [("0", "255"), ("255", "105")]
    assert pieces(standing(State.IN_PROGRESS, start=date(2026, 10, 1))) == [("270", "90")]
    assert pieces(standing(State.NOT_STARTED, deadline=august)) == [("0", "240")]
    assert pieces(standing(State.DONE, start=april, deadline=august, completed_on=date(2026, 6, 30))) == [("90", "90")]
    assert pieces(standing(State.LATE_DONE, start=april, deadline=date(2026, 6, 30), completed_on=august)) == [
        ("90", "90"),
        ("179", "61"),
    ]


@pytest.mark.parametrize("kind", [ScheduleKind.NOT_STATED, ScheduleKind.ONE_OFF])
@pytest.mark.parametrize("state", [State.UNASSIGNED, State.NOT_STARTED, State.IN_PROGRESS])
def test_a_time_that_is_not_stated_has_no_bar(kind, state):
    assert pieces(standing(state, kind=kind)) == []


@given(
    state=st.sampled_from(State),
    start=st.none() | DAYS,
    deadline=st.none() | DAYS,
    completed_on=DAYS,
    today=DAYS,
)
def test_every_bar_lies_within_the_time(state, start, deadline, completed_on, today):
    if start and deadline and deadline < start:
        start, deadline = deadline, start
    done = state in (State.DONE, State.LATE_DONE)
    if state in (State.OVERDUE, State.LATE_DONE):
        deadline = deadline or date(2026, 6, 30)
        start = None if start and start > deadline else start
        completed_on = max(completed_on, deadline)
        today = max(today, deadline)
    row = standing(state, start=start, deadline=deadline, completed_on=completed_on if done else None)

    chart = timeline([row], today=today, **YEAR)

    for piece in chart.rows[0].segments:
        assert float(piece.width) > 0
        assert 0 <= float(piece.x) < float(piece.x) + float(piece.width) <= float(chart.width) + 1
