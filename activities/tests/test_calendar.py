"""The statutory calendar: quarters, cut-off and deadlines, and the period that matters today."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from activities.calendar import (
    current_period,
    generate_periods,
    quarters_of,
    statutory_quarter,
    working_day_on_or_after,
)
from activities.models import PeriodKind, ReportingPeriod
from plans.tests.factories import PlanFactory

from .factories import QuarterlyUpdateFactory, ReportingPeriodFactory

years = st.integers(2000, 2100)
quarters = st.builds(statutory_quarter, years, st.integers(1, 4))


@pytest.mark.parametrize(
    "year, ordinal, starts_on, ends_on, agency_due_on, consolidated_due_on",
    [
        (2012, 1, date(2011, 12, 15), date(2012, 3, 14), date(2012, 3, 16), date(2012, 3, 20)),
        (2012, 2, date(2012, 3, 15), date(2012, 6, 14), date(2012, 6, 18), date(2012, 6, 20)),
        (2012, 3, date(2012, 6, 15), date(2012, 9, 14), date(2012, 9, 17), date(2012, 9, 20)),
        (2012, 4, date(2012, 9, 15), date(2012, 12, 14), date(2012, 12, 17), date(2012, 12, 20)),
        (2024, 1, date(2023, 12, 15), date(2024, 3, 14), date(2024, 3, 18), date(2024, 3, 20)),
        (2026, 1, date(2025, 12, 15), date(2026, 3, 14), date(2026, 3, 16), date(2026, 3, 20)),
        (2026, 2, date(2026, 3, 15), date(2026, 6, 14), date(2026, 6, 16), date(2026, 6, 20)),
        (2026, 3, date(2026, 6, 15), date(2026, 9, 14), date(2026, 9, 16), date(2026, 9, 20)),
        (2026, 4, date(2026, 9, 15), date(2026, 12, 14), date(2026, 12, 16), date(2026, 12, 20)),
    ],
)
def test_quarters(year, ordinal, starts_on, ends_on, agency_due_on, consolidated_due_on):
    assert statutory_quarter(year, ordinal) == (year, ordinal, starts_on, ends_on, agency_due_on, consolidated_due_on)


def test_a_quarter_is_named_as_documents_do():
    assert [quarter.label for quarter in quarters_of(2026, 2026)] == [
        "Quý I/2026",
        "Quý II/2026",
        "Quý III/2026",
        "Quý IV/2026",
    ]


@given(years, st.integers(0, 5))
def test_quarters_adjoin_without_gap_or_overlap(year, more):
    quarters = quarters_of(year, year + more)

    assert len(quarters) == 4 * (more + 1)
    for before, after in itertools.pairwise(quarters):
        assert after.starts_on == before.ends_on + timedelta(days=1)


@given(quarters)
def test_agencies_have_a_working_day_after_the_cutoff(quarter):
    after = [quarter.ends_on + timedelta(days=n) for n in range(1, (quarter.agency_due_on - quarter.ends_on).days + 1)]

    assert quarter.agency_due_on > quarter.ends_on
    assert quarter.agency_due_on.weekday() < 5
    assert any(day.weekday() < 5 for day in after)
    assert len(after) <= 4


@given(quarters)
def test_the_coordinator_reports_after_the_agencies(quarter):
    assert quarter.consolidated_due_on >= quarter.agency_due_on
    assert quarter.consolidated_due_on.day == 20


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_working_day_is_the_day_itself_or_the_monday_after(day):
    found = working_day_on_or_after(day)

    assert found.weekday() < 5
    assert 0 <= (found - day).days <= 2
    assert found == day or found.weekday() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("first, last, number", [(2026, 2026, 4), (2017, 2020, 16)])
def test_a_plan_gets_a_period_for_each_quarter_of_its_years(first, last, number):
    plan = PlanFactory(period_start=date(first, 1, 1), period_end=date(last, 12, 31), issued_on=date(first, 1, 15))

    generate_periods(plan)

    periods = list(plan.reporting_periods.order_by("starts_on"))
    assert len(periods) == number
    assert {period.kind for period in periods} == {PeriodKind.QUARTER}
    assert [(period.year, period.ordinal) for period in periods] == [
        (year, ordinal) for year in range(first, last + 1) for ordinal in (1, 2, 3, 4)
    ]


@pytest.mark.django_db
def test_periods_a_plan_has_stay_as_they_are():
    kept = ReportingPeriodFactory(ordinal=3, agency_due_on=date(2026, 9, 18))

    generate_periods(kept.plan)
    generate_periods(kept.plan)

    kept.refresh_from_db()
    assert kept.agency_due_on == date(2026, 9, 18)
    assert ReportingPeriod.objects.count() == 4


def made(*quarters):
    return [
        ReportingPeriod(pk=place, **quarter._asdict(), label=quarter.label) for place, quarter in enumerate(quarters)
    ]


@pytest.mark.parametrize(
    "today, ordinal",
    [
        (date(2025, 1, 1), 1),  # before the first
        (date(2025, 12, 15), 1),
        (date(2026, 3, 14), 1),
        (date(2026, 3, 15), 1),  # the second has begun, but the first is being reported
        (date(2026, 3, 20), 1),  # the consolidated report is due
        (date(2026, 3, 21), 2),
        (date(2026, 6, 20), 2),
        (date(2026, 6, 21), 3),
        (date(2026, 12, 20), 4),
        (date(2030, 1, 1), 4),  # after the last
    ],
)
def test_the_period_that_matters(today, ordinal):
    assert current_period(made(*reversed(quarters_of(2026, 2026))), today).ordinal == ordinal


def test_between_two_plans_with_a_gap_the_last_one_begun_matters():
    periods = made(statutory_quarter(2020, 4), statutory_quarter(2026, 1))

    assert current_period(periods, date(2023, 1, 1)).year == 2020


def test_no_period_matters_where_there_is_none():
    assert current_period([], date(2026, 1, 1)) is None


@given(st.dates(date(1999, 1, 1), date(2105, 1, 1)))
def test_some_period_always_matters(today):
    periods = made(*quarters_of(2025, 2027))

    assert current_period(periods, today) in periods


@pytest.mark.django_db
def test_a_period_is_called_in_the_readers_language(english):
    period = ReportingPeriodFactory()
    own = ReportingPeriodFactory(kind=PeriodKind.OWN, label="Sơ kết 6 tháng")

    assert (str(period), period.label) == ("Quarter II/2026", "Quý II/2026")
    assert str(own) == "Sơ kết 6 tháng"


@pytest.mark.django_db
def test_a_quarter_that_was_due_before_the_plan_was_issued_is_not_reported():
    plan = PlanFactory(period_start=date(2013, 1, 1), period_end=date(2013, 12, 31), issued_on=date(2013, 4, 15))

    generate_periods(plan)

    assert [period.ordinal for period in plan.reporting_periods.order_by("starts_on")] == [2, 3, 4]


@pytest.mark.django_db
def test_a_shorter_plan_loses_the_periods_nobody_has_begun():
    plan = PlanFactory(period_start=date(2026, 1, 1), period_end=date(2027, 12, 31), issued_on=date(2026, 1, 15))
    generate_periods(plan)
    begun = QuarterlyUpdateFactory(period=plan.reporting_periods.get(year=2027, ordinal=2)).period
    plan.period_end = date(2026, 6, 30)
    plan.save()

    generate_periods(plan)

    kept = list(plan.reporting_periods.order_by("starts_on"))
    assert [(period.year, period.ordinal) for period in kept] == [(2026, 1), (2026, 2), (2026, 3), (2027, 2)]
    assert begun in kept
