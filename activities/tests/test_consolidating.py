"""Half-years and years: the sums of what was approved for their periods."""

from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.tests.factories import login
from activities.consolidating import build_consolidation, parts_of
from activities.models import Status
from activities.progress import total
from agencies.tests.factories import AgencyFactory

from .factories import (
    ActivityProgressFactory,
    AssignmentFactory,
    ConsolidatedPeriodFactory,
    IndicatorFactory,
    OutputCountFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    make_world,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

TODAY = date(2026, 6, 25)


@pytest.fixture
def world():
    """Both quarters of the half-year, approved for two agencies."""
    world = make_world(Status.APPROVED, agencies=2)
    world.first = ReportingPeriodFactory(plan=world.plan, ordinal=1)
    ReportingPeriodFactory(plan=world.plan, ordinal=3)
    world.half = ConsolidatedPeriodFactory(plan=world.plan)
    world.articles, world.followers = IndicatorFactory(position=1), IndicatorFactory(position=2, is_stock=True)
    world.lines = {}
    for place, update in enumerate(world.all_updates):
        earlier = QuarterlyUpdateFactory(period=world.first, agency=update.agency, status=Status.APPROVED)
        world.lines[place, 1] = ActivityProgressFactory(update=earlier, activity=world.activity)
        world.lines[place, 2] = update.progress_rows.get()
    return world


def count(world, indicator, numbers):
    """`numbers`: {(agency, quarter): value}."""
    for key, value in numbers.items():
        OutputCountFactory(progress=world.lines[key], indicator=indicator, value=value)


def figures(world, today=TODAY):
    return {each.code: each for each in build_consolidation(world.half, today=today).figures}


def values(each):
    return [value for _title, value in each.cells]


def test_flows_are_summed(world):
    count(world, world.articles, {(0, 1): 5, (1, 1): 2, (0, 2): 7, (1, 2): 0})

    found = figures(world)[world.articles.code]

    assert found.cells == (("Quarter I/2026", 7), ("Quarter II/2026", 7))
    assert (found.total, found.rule) == (14, "sum of the periods")


def test_of_a_stock_the_last_value_of_each_agency_counts(world):
    count(world, world.followers, {(0, 1): 100, (1, 1): 50, (0, 2): 120})

    found = figures(world)[world.followers.code]

    assert values(found) == [150, 120]
    assert (found.total, found.rule) == (170, "last value of each agency")


def test_nothing_counted_is_not_zero(world):
    count(world, world.articles, {(0, 1): 0})

    assert values(figures(world)[world.articles.code]) == [0, None]
    assert figures(world)[world.articles.code].total == 0
    assert world.followers.code not in figures(world)


def test_not_applicable_is_no_number(world):
    OutputCountFactory(progress=world.lines[0, 1], indicator=world.articles, value=None, not_applicable=True)
    count(world, world.articles, {(0, 2): 4})

    assert values(figures(world)[world.articles.code]) == [None, 4]


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED, Status.RETURNED])
def test_only_what_was_approved_counts(world, status):
    count(world, world.articles, {(0, 1): 5, (0, 2): 7})
    world.update.status = status
    world.update.save()

    assert figures(world)[world.articles.code].total == 5


def test_targets_of_activities(world):
    world.activity.target_quantity, world.activity.target_unit = 20, "lớp"
    world.activity.save()
    for key, quantity in {(0, 1): 3, (1, 1): 4, (0, 2): 5}.items():
        world.lines[key].quantity_done = quantity
        world.lines[key].save()

    [found] = build_consolidation(world.half, today=TODAY).targets

    assert (values(found), found.total, found.target, found.target_percent) == ([7, 5], 12, 20, 60)
    assert (found.unit, found.url) == ("lớp", world.activity.get_absolute_url())


def test_how_complete_its_parts_are(world):
    world.update.status = Status.SUBMITTED
    world.update.save()
    AssignmentFactory(activity=world.activity, agency=AgencyFactory(locality=world.locality))

    first, second = build_consolidation(world.half, today=TODAY).parts

    assert (first.period, first.expected, first.sent, first.approved) == (world.first, 3, 2, 2)
    assert (second.period, second.expected, second.sent, second.approved) == (world.period, 3, 2, 1)
    assert not first.is_complete


def test_it_is_covered_only_by_all_of_its_periods(world):
    assert build_consolidation(world.half, today=TODAY).is_covered

    world.half.starts_on = date(2025, 9, 15)
    assert not build_consolidation(world.half, today=TODAY).is_covered


def test_what_lies_across_its_end_is_not_in_it(world):
    world.half.ends_on = date(2026, 6, 13)

    assert parts_of(world.half, world.plan.reporting_periods.all()) == [world.first]


def test_the_sum_of_nothing():
    assert total([], is_stock=False) is None
    assert total([], is_stock=True) is None


# The page


def test_the_page_says_the_rule_beside_the_total(world, clock):
    clock(TODAY)
    count(world, world.articles, {(0, 1): 1200, (0, 2): 34})

    page = login(world.leader).get(reverse("activities:consolidated", args=[world.half.pk])).text

    assert "1.234" in page
    assert "sum of the periods" in page
    assert "complete: every update is approved" in page


def test_the_figures_as_a_workbook(world, clock):
    clock(TODAY)
    count(world, world.articles, {(0, 1): 1200, (0, 2): 34})

    response = login(world.leader).get(reverse("activities:consolidated_xlsx", args=[world.half.pk]))

    book = load_workbook(BytesIO(response.content))
    row = [cell.value for cell in book["Counts by indicator"][2]]
    assert 1234 in row and "sum of the periods" in row
    assert reverse("activities:consolidated_xlsx", args=[world.half.pk]) in (
        login(world.leader).get(reverse("activities:consolidated", args=[world.half.pk])).text
    )
    assert reverse("activities:consolidated", args=[world.half.pk]) in login(world.leader).get("/reports/").text


def test_a_half_year_without_anything_says_so(world, clock):
    clock(TODAY)
    empty = ConsolidatedPeriodFactory(
        plan=world.plan,
        ordinal=2,
        starts_on=date(2027, 1, 1),
        ends_on=date(2027, 6, 1),
        consolidated_due_on=date(2027, 6, 20),
    )

    page = login(world.focal_point).get(reverse("activities:consolidated", args=[empty.pk])).text

    assert "No reporting period lies within it." in page
    assert "No indicator has been counted in an approved update yet." in page
