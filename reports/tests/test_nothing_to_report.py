"""An update that says there is nothing to report: what was typed before counts nowhere, on no page and in no report."""

from datetime import date

import pytest

from accounts.tests.factories import login
from activities.consolidating import build_consolidation
from activities.exporting import _add, last_sent
from activities.models import QuarterlyUpdate, ReportingPeriod, Status
from activities.obligations import load_duties
from activities.progress import State, standings
from activities.review.narrowing import Narrowing
from activities.review.queue import build_queue
from activities.sheet import build_sheet
from activities.tests.factories import (
    ActivityProgressFactory,
    ConsolidatedPeriodFactory,
    IndicatorFactory,
    OutputCountFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    make_world,
    moment,
)
from activities.workflow import move
from plans.tests.factories import ChannelFactory
from reports.dashboard import build_dashboard
from reports.quarterly import build_quarterly_report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

TODAY = date(2026, 6, 25)
FALSE_WORDS = "Số liệu gõ trước khi báo không phát sinh"


@pytest.fixture
def world():
    """Two agencies approved in both quarters with 5 each and 100 each; one then says of the second: nothing."""
    world = make_world(Status.APPROVED, agencies=2, quantity_done=5)
    world.activity.target_quantity, world.activity.target_unit = 40, "hội nghị"
    world.activity.indicator = IndicatorFactory(position=1)
    world.activity.save()
    world.news = IndicatorFactory(name="Tin", name_en="Items", position=2)
    channel = ChannelFactory()
    channel.indicators.add(world.news)
    world.activity.channels.add(channel)
    world.first = ReportingPeriodFactory(plan=world.plan, ordinal=1)
    world.half = ConsolidatedPeriodFactory(plan=world.plan)
    for update in world.all_updates:
        earlier = QuarterlyUpdateFactory(period=world.first, agency=update.agency, status=Status.APPROVED)
        ActivityProgressFactory(update=earlier, activity=world.activity, quantity_done=5)
        for line in (*earlier.progress_rows.all(), *update.progress_rows.all()):
            OutputCountFactory(progress=line, indicator=world.news, value=100)
    world.line.words, world.line.state, world.line.percent = FALSE_WORDS, "done", 100
    world.line.completed_on = date(2026, 6, 1)
    world.line.save()
    world.third = QuarterlyUpdateFactory(period=ReportingPeriodFactory(plan=world.plan, ordinal=3), agency=world.agency)
    return world


def say_nothing(world, **more):
    QuarterlyUpdate.objects.filter(pk=world.update.pk).update(
        nothing_to_report=True, nothing_reason="Không phát sinh.", **more
    )
    world.update.refresh_from_db()


def totals(world):
    """The same two sums, (quantity, items), wherever they are added up."""
    period = ReportingPeriod.objects.select_related(
        "plan__issuing_agency", "plan__coordinating_agency__parent", "plan__locality"
    ).get(pk=world.period.pk)
    dashboard = build_dashboard(period, [world.first, period], today=TODAY)
    report = build_quarterly_report(period, today=TODAY)
    half = build_consolidation(world.half, today=TODAY)
    [standing] = standings(type(world.activity).objects.all(), load_duties([world.plan.pk]), today=TODAY)
    [row] = build_sheet(world.third)
    [items] = row.counts
    return {
        "activity": standing.quantity_done,
        "dashboard": [figure.cumulative for figure in dashboard.figures],
        "report": [figure.cumulative for figure in report.figures],
        "report, activity": [line.quantity_done for line in report.activities],
        "half-year": [each.total for each in half.figures],
        "half-year, target": [each.total for each in half.targets],
        "sheet of the agency": (row.quantity_before, items.cumulative_before),
    }


def test_every_sum_leaves_it_out(world):
    before = totals(world)
    say_nothing(world)
    after = totals(world)

    assert before == {
        "activity": 20,
        "dashboard": [20],
        "report": [20, 400],
        "report, activity": [20],
        "half-year": [20, 400],
        "half-year, target": [20],
        "sheet of the agency": (10, 200),
    }
    assert after == {
        "activity": 15,
        "dashboard": [15],
        "report": [15, 300],
        "report, activity": [15],
        "half-year": [15, 300],
        "half-year, target": [15],
        "sheet of the agency": (5, 100),
    }


def test_its_state_is_that_of_the_period_before(world):
    say_nothing(world)

    [standing] = standings(type(world.activity).objects.all(), load_duties([world.plan.pk]), today=TODAY)

    assert standing.state != State.DONE and standing.percent == 40


def test_its_own_sheet_does_not_count_it_either(world):
    say_nothing(world)

    [row] = build_sheet(world.update)

    assert (row.quantity_before, row.quantity_total) == (5, 5)
    assert (row.counts[0].cumulative_before, row.counts[0].cumulative) == (100, 100)


def test_neither_the_activity_nor_the_report_repeats_its_words(world):
    browser = login(world.leader)
    pages = (world.activity.get_absolute_url(),)
    assert all(FALSE_WORDS in browser.get(page).text for page in pages)

    say_nothing(world)

    assert not any(FALSE_WORDS in browser.get(page).text for page in pages)
    period = ReportingPeriod.objects.select_related("plan__issuing_agency", "plan__coordinating_agency__parent").get(
        pk=world.period.pk
    )
    assert FALSE_WORDS not in str(build_quarterly_report(period, today=TODAY))


@pytest.mark.parametrize("status", [Status.APPROVED, Status.SUBMITTED])
def test_the_reviewer_compares_with_the_period_before(world, status):
    """Also where that update waits itself."""
    say_nothing(world, status=status)
    ActivityProgressFactory(update=world.third, activity=world.activity, quantity_done=7)
    QuarterlyUpdate.objects.filter(pk=world.third.pk).update(
        status=Status.SUBMITTED, submitted_at=moment(), first_submitted_at=moment()
    )
    periods = list(world.plan.reporting_periods.all())

    queue = build_queue(QuarterlyUpdate.objects.all(), world.coordinator, periods, Narrowing(), today=TODAY)

    [line] = queue.find(world.third.pk).lines
    [quantity] = [figure for figure in line.figures if figure.key == "quantity"]
    assert (quantity.before, quantity.previous) == (5, None)


def test_the_workbook_of_a_period_has_no_lines_of_it(world):
    say_nothing(world, status=Status.DRAFT, submitted_at=None, first_submitted_at=None)
    move(world.update, "submit", by=world.focal_point, at=moment())
    [event] = last_sent(world.period)
    tables = {"updates": [], "lines": [], "counts": [], "evidence": []}

    _add(tables, event)

    assert tables["updates"][0]["nothing"] == "Không phát sinh."
    assert (tables["lines"], tables["counts"], tables["evidence"]) == ([], [], [])
