"""An update as a sheet: its activities, last period's figures, the running totals, what is missing."""

from datetime import date

import pytest

from activities.completeness import activities_of, missing_in
from activities.models import AssignmentRole, ProgressState, Status
from activities.sheet import build_sheet, indicators_of
from plans.tests.factories import ChannelFactory, PlanFactory

from .factories import (
    ActivityFactory,
    ActivityProgressFactory,
    AssignmentFactory,
    EvidenceFactory,
    IndicatorFactory,
    OutputCountFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    make_world,
    moment,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def channel():
    return ChannelFactory()


@pytest.fixture
def several_years():
    return PlanFactory(period_start=date(2025, 1, 1))


def counted(update, activity, indicator=None, value=None, **line):
    row = ActivityProgressFactory(update=update, activity=activity, **line)
    if indicator:
        OutputCountFactory(progress=row, indicator=indicator, value=value)
    return row


def updates_of(plan, agency, *quarters, status=Status.APPROVED):
    return [
        QuarterlyUpdateFactory(
            period=ReportingPeriodFactory(plan=plan, year=year, ordinal=ordinal),
            agency=agency,
            status=status,
            leads=False,
        )
        for year, ordinal in quarters
    ]


def test_the_sheet_has_what_the_agency_leads_in_the_plans_order():
    update = QuarterlyUpdateFactory(leads=False)
    plan, agency = update.period.plan, update.agency
    last = AssignmentFactory(activity__plan=plan, activity__position=11, agency=agency).activity
    first = AssignmentFactory(activity__plan=plan, activity__position=2, agency=agency).activity
    AssignmentFactory(activity__plan=plan, agency=agency, role=AssignmentRole.COOPERATING)
    AssignmentFactory(activity__plan=plan)
    AssignmentFactory(activity__plan=plan, activity__cancelled_on=date(2026, 4, 1), agency=agency)

    assert [row.activity for row in build_sheet(update)] == activities_of(update) == [first, last]


def test_an_agency_without_duties_has_an_empty_sheet():
    assert build_sheet(QuarterlyUpdateFactory(leads=False)) == []


def test_the_indicators_of_the_channels_but_the_targets_own(channel):
    first, own, second = (IndicatorFactory(channels=[channel]) for _ in range(3))
    IndicatorFactory(channels=[ChannelFactory()])
    both = IndicatorFactory(channels=[channel, ChannelFactory()])
    activity = ActivityFactory(indicator=own, channels=[channel, both.channels.exclude(pk=channel.pk).get()])
    bare = ActivityFactory()

    found = indicators_of([activity, bare])

    assert found[activity.pk] == [first, second, both]
    assert found[bare.pk] == []


@pytest.mark.parametrize(
    "is_stock, previous, before, total", [(False, 5, 15, 22), (True, 5, 5, 7)], ids=["flow", "stock"]
)
def test_running_totals_of_an_indicator(channel, is_stock, previous, before, total):
    world = make_world()
    indicator = IndicatorFactory(channels=[channel], is_stock=is_stock)
    world.activity.channels.add(channel)
    earlier = QuarterlyUpdateFactory(
        period=ReportingPeriodFactory(plan=world.plan, ordinal=1), agency=world.agency, status=Status.APPROVED
    )
    third = QuarterlyUpdateFactory(period=ReportingPeriodFactory(plan=world.plan, ordinal=3), agency=world.agency)
    counted(earlier, world.activity, indicator, 10)
    OutputCountFactory(progress=world.line, indicator=indicator, value=5)
    type(world.update).objects.filter(pk=world.update.pk).update(
        status=Status.SUBMITTED, submitted_at=moment(), first_submitted_at=moment()
    )
    counted(third, world.activity, indicator, 7)

    [row] = build_sheet(third)
    [line] = row.counts

    assert (line.value, line.previous, line.cumulative_before, line.cumulative) == (7, previous, before, total)


def test_drafts_and_returned_updates_are_not_history(channel):
    world = make_world()
    indicator = IndicatorFactory(channels=[channel])
    world.activity.channels.add(channel)
    OutputCountFactory(progress=world.line, indicator=indicator, value=5)
    third = QuarterlyUpdateFactory(period=ReportingPeriodFactory(plan=world.plan, ordinal=3), agency=world.agency)

    [row] = build_sheet(third)

    assert (row.previous, row.counts[0].cumulative_before) == (None, None)


def test_another_agencys_figures_are_its_own():
    world = make_world(Status.APPROVED, agencies=2, quantity_done=4)
    third = QuarterlyUpdateFactory(period=ReportingPeriodFactory(plan=world.plan, ordinal=3), agency=world.agency)

    [row] = build_sheet(third)

    assert (row.quantity_before, row.quantity_total) == (4, 4)


@pytest.mark.parametrize("begun", [True, False])
def test_counts_are_totalled_by_year_and_the_target_over_the_whole_plan(several_years, channel, begun):
    activity = ActivityFactory(plan=several_years, channels=[channel], target_quantity=100)
    agency = AssignmentFactory(activity=activity).agency
    indicator = IndicatorFactory(channels=[channel])
    last_year, this_year, now = updates_of(several_years, agency, (2025, 4), (2026, 1), (2026, 2))
    counted(last_year, activity, indicator, 100, quantity_done=40)
    counted(this_year, activity, indicator, 3, quantity_done=5)
    if begun:
        counted(now, activity, indicator, 2, quantity_done=6)

    [row] = build_sheet(now)

    assert row.counts[0].cumulative_before == 3
    assert row.counts[0].cumulative == (5 if begun else 3)
    assert (row.quantity_before, row.quantity_total) == (45, 51 if begun else 45)


def test_evidence_taken_off_is_not_on_the_sheet():
    kept = EvidenceFactory()
    EvidenceFactory(progress=kept.progress, removed_at=moment())

    [row] = build_sheet(kept.progress.update)

    assert row.evidence == (kept,)


@pytest.mark.parametrize(
    "line, missing",
    [
        (None, ["state"]),
        ({"state": ProgressState.NOT_STARTED, "words": ""}, []),
        ({"words": "  "}, ["words", "quantity_done"]),
        ({"words": "Đã làm", "quantity_done": 0}, []),
        ({"state": ProgressState.DONE, "words": "Đã làm"}, ["quantity_done", "no_evidence_reason"]),
        ({"state": ProgressState.DONE, "words": "Đã làm", "no_evidence_reason": "Mất"}, ["quantity_done"]),
        ({"words": "Đã làm", "quantity_not_applicable": True}, []),
        ({"state": ProgressState.IN_PROGRESS, "words": "", "nothing_in_period": True}, []),
    ],
)
def test_what_is_missing(line, missing):
    update = QuarterlyUpdateFactory()
    activity = activities_of(update)[0]
    activity.target_quantity = 5
    activity.save()
    if line is not None:
        ActivityProgressFactory(update=update, **line)

    [row] = build_sheet(update)

    assert [field for field, _sentence in row.missing] == missing
    assert row.is_complete == (not missing)
    assert [sentence for _activity, sentence in missing_in(update)] == [sentence for _field, sentence in row.missing]


@pytest.mark.parametrize("activities", [1, 15])
def test_seven_queries_whatever_the_number_of_activities(activities, django_assert_max_num_queries, channel):
    world = make_world(activities=activities)
    for activity in world.all_activities:
        activity.channels.add(channel)
    IndicatorFactory.create_batch(3, channels=[channel])

    with django_assert_max_num_queries(7):
        assert len(build_sheet(world.update)) == activities
