"""How activities stand on a day, from what was reported."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from activities.models import Activity, AssignmentRole, ProgressState, Status
from activities.obligations import load_duties
from activities.progress import (
    APPROVED_ONLY,
    REPORTED,
    State,
    count_by_state,
    is_on_track,
    reported_state,
    said_lines,
    standings,
    state_of,
    worst_first,
)
from agencies.tests.factories import AgencyFactory, AgencyGroupFactory, GroupMembershipFactory

from .factories import (
    ActivityFactory,
    ActivityProgressFactory,
    AssignmentFactory,
    IndicatorFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
)

pytestmark = pytest.mark.django_db

TODAY = date(2026, 6, 15)
days = st.dates(date(2024, 1, 1), date(2028, 1, 1))
states = st.sampled_from(ProgressState)
NOT_STARTED, IN_PROGRESS, DONE = ProgressState.NOT_STARTED, ProgressState.IN_PROGRESS, ProgressState.DONE


# Rules


@pytest.mark.parametrize(
    "said, leads, together",
    [
        ([], 0, None),
        ([], 3, None),
        ([DONE], 1, DONE),
        ([DONE], 2, IN_PROGRESS),
        ([DONE, DONE], 2, DONE),
        ([DONE, NOT_STARTED], 2, IN_PROGRESS),
        ([NOT_STARTED, NOT_STARTED], 2, NOT_STARTED),
        ([NOT_STARTED], 2, NOT_STARTED),
        ([NOT_STARTED, IN_PROGRESS], 2, IN_PROGRESS),
    ],
)
def test_what_the_leads_say_together(said, leads, together):
    assert reported_state(said, leads) == together


@given(st.lists(states, max_size=6), st.integers(0, 6))
def test_done_only_when_every_lead_says_so(said, leads):
    together = reported_state(said, leads)

    assert (together is None) == (not said)
    assert (together == DONE) == (bool(said) and set(said) == {DONE} and len(said) >= leads)
    assert reported_state(list(reversed(said)), leads) == together


@pytest.mark.parametrize(
    "facts, asked, state, late",
    [
        ({}, {}, State.NOT_STARTED, 0),
        ({}, {"has_lead": False}, State.UNASSIGNED, 0),
        ({}, {"reported": IN_PROGRESS}, State.IN_PROGRESS, 0),
        ({}, {"reported": NOT_STARTED}, State.NOT_STARTED, 0),
        ({"deadline": TODAY}, {}, State.NOT_STARTED, 0),
        ({"deadline": TODAY - timedelta(days=3)}, {}, State.OVERDUE, 3),
        ({"deadline": TODAY - timedelta(days=3)}, {"reported": IN_PROGRESS}, State.OVERDUE, 3),
        ({"deadline": TODAY - timedelta(days=3)}, {"has_lead": False}, State.UNASSIGNED, 0),
        ({"deadline": TODAY}, {"reported": DONE, "completed_on": TODAY}, State.DONE, 0),
        (
            {"deadline": TODAY - timedelta(days=5)},
            {"reported": DONE, "completed_on": TODAY - timedelta(days=3)},
            State.LATE_DONE,
            2,
        ),
        ({}, {"reported": DONE, "completed_on": TODAY}, State.DONE, 0),
        ({"cancelled_on": TODAY, "deadline": TODAY - timedelta(days=9)}, {}, State.CANCELLED, 0),
        ({"cancelled_on": TODAY + timedelta(days=1)}, {}, State.NOT_STARTED, 0),
    ],
)
def test_states(facts, asked, state, late):
    asked = {"has_lead": True, "reported": None, "completed_on": None, **asked}

    assert state_of(Activity(**facts), today=TODAY, **asked) == (state, late)


@given(st.none() | days, st.none() | days, st.booleans(), st.none() | states, days, days)
def test_every_activity_has_one_state(deadline, cancelled_on, has_lead, reported, completed_on, today):
    state, late = state_of(
        Activity(deadline=deadline, cancelled_on=cancelled_on),
        has_lead=has_lead,
        reported=reported,
        completed_on=completed_on if reported == DONE else None,
        today=today,
    )

    assert late >= 0
    assert (late > 0) == (state in (State.OVERDUE, State.LATE_DONE))
    assert (state == State.CANCELLED) == (cancelled_on is not None and cancelled_on <= today)
    if state in (State.OVERDUE, State.LATE_DONE):
        assert deadline is not None
    if reported == DONE and state != State.CANCELLED:
        assert state in (State.DONE, State.LATE_DONE)


# Counted from rows


@pytest.fixture
def activity():
    return ActivityFactory(target_quantity=100)


def report(activity, agency, ordinal=2, status=Status.APPROVED, year=2026, **line):
    """The agency's line about the activity in a quarter."""
    period = activity.plan.reporting_periods.filter(year=year, ordinal=ordinal).first()
    period = period or ReportingPeriodFactory(plan=activity.plan, year=year, ordinal=ordinal)
    update = QuarterlyUpdateFactory(period=period, agency=agency, status=status, leads=False)
    return ActivityProgressFactory(update=update, activity=activity, **line)


def lead(activity, **more):
    return AssignmentFactory(activity=activity, **more).agency


def standing(activity, today=TODAY, **asked):
    [row] = standings(Activity.objects.filter(pk=activity.pk), load_duties([activity.plan_id]), today=today, **asked)
    return row


@pytest.mark.parametrize(
    "status, counted, in_a_report",
    [
        (Status.DRAFT, None, None),
        (Status.RETURNED, None, None),
        (Status.SUBMITTED, 7, None),
        (Status.APPROVED, 7, 7),
    ],
)
def test_only_what_was_sent_counts_and_only_what_was_approved_in_a_report(activity, status, counted, in_a_report):
    report(activity, lead(activity), status=status, quantity_done=7)

    assert standing(activity, statuses=REPORTED).quantity_done == counted
    assert standing(activity, statuses=APPROVED_ONLY).quantity_done == in_a_report
    assert standing(activity).reporters == (counted is not None)


def test_a_flow_is_summed_over_agencies_and_periods(activity):
    first, second = lead(activity), lead(activity)
    report(activity, first, 1, quantity_done=10)
    report(activity, first, 2, quantity_done=5)
    report(activity, second, 2, quantity_done=0)
    report(activity, second, 1, quantity_done=None)

    assert standing(activity).quantity_done == 15
    assert standing(activity).target_percent == 15.0


def test_a_stock_takes_each_agencys_last_value():
    activity = ActivityFactory(target_quantity=100, indicator=IndicatorFactory(is_stock=True))
    first, second = lead(activity), lead(activity)
    report(activity, first, 2, quantity_done=30)
    report(activity, first, 1, quantity_done=50)
    report(activity, second, 1, quantity_done=7)
    report(activity, second, 2, quantity_done=None)

    assert standing(activity).quantity_done == 37


def test_nothing_counted_is_not_zero(activity):
    agency = lead(activity)
    report(activity, agency, quantity_done=None)
    assert (standing(activity).quantity_done, standing(activity).target_percent) == (None, None)

    report(activity, agency, 1, quantity_done=0)
    assert (standing(activity).quantity_done, standing(activity).target_percent) == (0, 0.0)


def test_a_target_may_be_exceeded_and_may_be_missing(activity):
    report(activity, lead(activity), quantity_done=250)
    assert standing(activity).target_percent == 250.0

    activity.target_quantity = None
    activity.save()
    assert standing(activity).target_percent is None


@pytest.mark.parametrize("state", [state for state in State if state != State.NOT_STARTED])
def test_what_runs_or_is_done_in_time_is_on_track(activity, state):
    row = replace(standing(activity), state=state)

    for is_due in (True, False):
        assert is_on_track(row, today=TODAY, a_period_is_due=is_due) == (state in (State.DONE, State.IN_PROGRESS))


@pytest.mark.parametrize(
    "start, reported, is_due, on_track",
    [
        (None, None, True, False),
        (TODAY, None, True, False),
        (TODAY + timedelta(days=1), None, True, True),
        (None, None, False, True),
        (None, NOT_STARTED, True, True),
    ],
)
def test_what_has_not_started_is_on_track_only_while_silence_is_no_fault(start, reported, is_due, on_track):
    activity = ActivityFactory(start=start, deadline=TODAY + timedelta(days=30))
    agency = lead(activity)
    if reported:
        report(activity, agency, state=reported)

    assert is_on_track(standing(activity), today=TODAY, a_period_is_due=is_due) == on_track


def test_the_latest_line_says_how_it_stands(activity):
    agency = lead(activity)
    report(activity, agency, 2, state=DONE, completed_on=date(2026, 6, 1))
    report(activity, agency, 1, state=IN_PROGRESS, percent=30)

    assert (standing(activity).state, standing(activity).percent) == (State.DONE, 100)
    assert standing(activity, until=date(2026, 3, 14)).state == State.IN_PROGRESS
    assert standing(activity, until=date(2026, 3, 14)).percent == 30


def test_the_percent_is_the_leads_mean(activity):
    first, second, _third = lead(activity), lead(activity), lead(activity)
    report(activity, first, state=DONE)
    report(activity, second, state=IN_PROGRESS, percent=50)

    row = standing(activity)

    assert (row.percent, row.reporters, row.obliged, row.state) == (50, 2, 3, State.IN_PROGRESS)


def test_the_last_lead_to_finish_decides_whether_it_was_late(activity):
    activity.deadline = date(2026, 5, 31)
    activity.save()
    report(activity, lead(activity), state=DONE, completed_on=date(2026, 5, 1))
    report(activity, lead(activity), state=DONE, completed_on=date(2026, 6, 2))

    row = standing(activity)

    assert (row.state, row.days_late, row.completed_on) == (State.LATE_DONE, 2, date(2026, 6, 2))


def test_a_group_leads_through_its_members_of_the_day(activity):
    group = AgencyGroupFactory(locality=activity.plan.locality)
    first = GroupMembershipFactory(group=group).agency
    second = GroupMembershipFactory(group=group).agency
    GroupMembershipFactory(group=group, valid_to=date(2026, 5, 31))
    AssignmentFactory(activity=activity, group=group, name_as_printed="Các sở")
    report(activity, first, state=DONE)

    assert standing(activity).state == State.IN_PROGRESS
    report(activity, second, state=DONE)

    row = standing(activity)
    assert (row.state, row.reporters, row.obliged, row.leads) == (State.DONE, 2, 2, ("Các sở",))


def test_an_agency_that_leads_no_longer_does_not_speak_for_those_who_do(activity):
    """What it counted stays counted."""
    former, present = AgencyFactory(locality=activity.plan.locality), lead(activity)
    report(activity, former, 1, state=DONE, completed_on=date(2026, 3, 1), quantity_done=4)

    row = standing(activity)
    assert (row.state, row.percent, row.reporters, row.obliged) == (State.NOT_STARTED, None, 0, 1)
    assert row.quantity_done == 4

    report(activity, present, 2, state=DONE, quantity_done=6)
    row = standing(activity)
    assert (row.state, row.percent, row.reporters, row.quantity_done) == (State.DONE, 100, 1, 10)


def test_where_no_lead_is_left_those_who_reported_speak(activity):
    agency = lead(activity, agency__valid_to=date(2026, 4, 30), agency__locality=activity.plan.locality)
    report(activity, agency, 1, state=DONE, completed_on=date(2026, 3, 1))

    row = standing(activity)

    assert (row.state, row.percent, row.obliged) == (State.DONE, 100, 0)


def test_who_leads_and_who_cooperates_in_the_plans_words(activity):
    lead(activity, agency__name="Sở Nội vụ", name_as_printed="")
    AssignmentFactory(activity=activity, role=AssignmentRole.COOPERATING, name_as_printed="Các đơn vị liên quan")

    row = standing(activity)

    assert (row.leads, row.cooperating) == (("Sở Nội vụ",), ("Các đơn vị liên quan",))


def test_counted_by_state_and_the_worst_first():
    plan = ActivityFactory(deadline=None, position=1, number="1").plan
    for place, deadline in ((2, date(2026, 6, 10)), (3, date(2026, 6, 1)), (4, date(2026, 12, 31))):
        AssignmentFactory(activity__plan=plan, activity__deadline=deadline, activity__position=place)

    rows = standings(plan.activities.all(), load_duties([plan.pk]), today=TODAY)

    assert [row.activity.position for row in worst_first(rows)] == [3, 2, 1, 4]
    counts = count_by_state(rows)
    assert list(counts) == list(State)
    assert (counts[State.OVERDUE], counts[State.UNASSIGNED], counts[State.NOT_STARTED]) == (2, 1, 1)
    assert sum(counts.values()) == 4


@pytest.mark.parametrize("number", [1, 20])
def test_three_queries_whatever_the_number_of_activities(number, django_assert_num_queries):
    plan = ActivityFactory().plan
    for activity in ActivityFactory.create_batch(number, plan=plan):
        report(activity, lead(activity), quantity_done=1)
    duties = load_duties([plan.pk])

    with django_assert_num_queries(3):
        assert len(standings(plan.activities.all(), duties, today=TODAY)) == number + 1


def test_every_state_has_its_words(english):
    assert all(str(state.label) for state in State)
    assert str(State.OVERDUE.label) == "Overdue"


def test_of_periods_that_are_given_only_the_lines_are_read():
    """A period may have come between reading the periods and reading the lines."""
    first = ReportingPeriodFactory(ordinal=1)
    later = ReportingPeriodFactory(plan=first.plan, ordinal=2)
    activity = ActivityFactory(plan=first.plan)
    told = [
        ActivityProgressFactory(update=QuarterlyUpdateFactory(period=each, status=REPORTED[0]), activity=activity)
        for each in (first, later)
    ]

    some, every = said_lines([activity], periods=[first]), said_lines([activity])

    assert [line.pk for line in some] == [told[0].pk]
    assert some[0].update.period == every[0].update.period == (first.pk, first.ends_on, first.year)
    assert [line.pk for line in every] == [line.pk for line in told]
    assert said_lines([activity], periods=[first, later]) == every
