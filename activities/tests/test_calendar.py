"""The statutory calendar: quarters, cut-off and deadlines, and the period that matters today."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from activities.calendar import (
    current_period,
    generate_periods,
    outlook,
    quarters_of,
    statutory_quarter,
)
from activities.models import ConsolidatedPeriod, PeriodKind, ReportingPeriod, ReportingRules
from activities.windows import MONTHS, consolidated_kinds, overlaps, window_of, windows_of
from agencies.holidays import WorkingDays
from agencies.models import Holiday
from agencies.tests.factories import HolidayFactory
from plans.tests.factories import PlanFactory

from .factories import (
    ExtensionFactory,
    PeriodEventFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    ReportingRulesFactory,
)

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
    locks_on = agency_due_on + timedelta(days=15)

    assert statutory_quarter(year, ordinal) == (
        year,
        ordinal,
        starts_on,
        ends_on,
        agency_due_on,
        locks_on,
        consolidated_due_on,
    )


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


# Windows of every kind, by any rules

BASES = [PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.HALF_YEAR, PeriodKind.YEAR]
rules_of_any_kind = st.builds(
    ReportingRules,
    base=st.sampled_from(BASES),
    cutoff_day=st.integers(1, 31),
    agency_due_day=st.integers(1, 31),
    consolidated_due_day=st.integers(1, 31),
    grace_days=st.integers(0, 60),
)


def days_off(days):
    return WorkingDays([Holiday(day=day, is_worked=day.weekday() > 4) for day in days])


working = st.builds(days_off, st.sets(st.dates(date(2025, 12, 1), date(2027, 2, 28)), max_size=40))


@pytest.mark.parametrize(
    "kind, ordinal, starts_on, ends_on",
    [
        ("month", 1, date(2025, 12, 15), date(2026, 1, 14)),
        ("month", 3, date(2026, 2, 15), date(2026, 3, 14)),
        ("quarter", 1, date(2025, 12, 15), date(2026, 3, 14)),
        ("half_year", 1, date(2025, 12, 15), date(2026, 6, 14)),
        ("half_year", 2, date(2026, 6, 15), date(2026, 12, 14)),
        ("nine_months", 1, date(2025, 12, 15), date(2026, 9, 14)),
        ("year", 1, date(2025, 12, 15), date(2026, 12, 14)),
    ],
)
def test_windows_as_the_decree_has_them(kind, ordinal, starts_on, ends_on):
    window = window_of(kind, 2026, ordinal)

    assert (window.starts_on, window.ends_on) == (starts_on, ends_on)


def test_windows_of_the_calendar_month():
    rules = ReportingRules(cutoff_day=31, agency_due_day=5, consolidated_due_day=10, grace_days=0)
    window = window_of("month", 2028, 2, rules)

    assert (window.starts_on, window.ends_on) == (date(2028, 2, 1), date(2028, 2, 29))
    assert (window.agency_due_on, window.consolidated_due_on) == (date(2028, 3, 6), date(2028, 3, 10))
    assert window.locks_on == date(2028, 3, 7)


@given(rules_of_any_kind, working)
def test_windows_adjoin_and_leave_a_working_day(rules, days):
    windows = windows_of(rules.base, [2026], rules, days)

    assert len(windows) == 12 // MONTHS[rules.base]
    for before, after in itertools.pairwise(windows):
        assert after.starts_on == before.ends_on + timedelta(days=1)
    for window in windows:
        assert days.is_worked(window.agency_due_on)
        assert days.between(window.ends_on, window.agency_due_on) >= 1
        assert window.consolidated_due_on >= window.agency_due_on
        assert window.locks_on == window.agency_due_on + timedelta(days=rules.grace_days + 1)


@given(rules_of_any_kind)
def test_longer_windows_are_made_of_whole_base_windows(rules):
    rules.consolidated = ["quarter", "half_year", "nine_months", "year"]
    base = windows_of(rules.base, [2026], rules)

    for kind in consolidated_kinds(rules):
        assert MONTHS[kind] > MONTHS[rules.base]
        for window in windows_of(kind, [2026], rules):
            inside = [each for each in base if each.starts_on >= window.starts_on and each.ends_on <= window.ends_on]
            assert len(inside) * MONTHS[rules.base] == MONTHS[kind]
            assert (inside[0].starts_on, inside[-1].ends_on) == (window.starts_on, window.ends_on)


def test_no_sum_of_half_years_is_nine_months():
    rules = ReportingRules(base="half_year", consolidated=["quarter", "half_year", "nine_months", "year"])

    assert consolidated_kinds(rules) == [PeriodKind.YEAR]


# Rows


@pytest.fixture
def plan(db):
    return PlanFactory(period_start=date(2026, 1, 1), period_end=date(2026, 12, 31), issued_on=date(2026, 1, 15))


def rows_of(plan):
    return list(plan.reporting_periods.order_by("starts_on"))


def test_tet_pushes_the_deadline_on(plan):
    """16/2/2026 is the eve of the new year; work begins again on 23/2."""
    ReportingRulesFactory(plan=plan, base="month")

    generate_periods(plan)

    february = plan.reporting_periods.get(ordinal=2)
    assert february.agency_due_on == date(2026, 2, 23)
    assert february.consolidated_due_on == date(2026, 2, 23)
    assert february.locks_on == date(2026, 3, 10)


def test_a_localitys_own_day_off_counts(plan):
    HolidayFactory(locality=plan.locality, day=date(2026, 6, 16), name="Ngày của tỉnh")

    generate_periods(plan)

    assert plan.reporting_periods.get(ordinal=2).agency_due_on == date(2026, 6, 17)


def test_the_holidays_of_the_years_are_filled_in(plan):
    generate_periods(plan)

    assert plan.locality.holidays.filter(day=date(2026, 9, 2)).exists()


def test_half_years_and_the_year_are_summed(plan):
    generate_periods(plan)

    found = list(plan.consolidated_periods.order_by("ends_on", "-starts_on").values_list("kind", "ordinal", "label"))
    assert found == [
        ("half_year", 1, "6 tháng đầu năm 2026"),
        ("half_year", 2, "6 tháng cuối năm 2026"),
        ("year", 1, "Năm 2026"),
    ]
    assert plan.consolidated_periods.get(kind="year").consolidated_due_on == date(2026, 12, 20)


def test_what_nothing_lies_in_is_not_consolidated(plan):
    plan.issued_on = date(2026, 7, 1)

    generate_periods(plan)

    assert list(plan.consolidated_periods.order_by("kind").values_list("kind", "ordinal")) == [
        ("half_year", 2),
        ("year", 1),
    ]


def test_other_rules_change_what_nobody_has_touched(plan):
    generate_periods(plan)
    begun = QuarterlyUpdateFactory(period=rows_of(plan)[1], leads=False).period
    ReportingRulesFactory(plan=plan, base="month")

    done = generate_periods(plan, today=date(2026, 5, 4))

    assert [row.label for row in rows_of(plan)] == [
        "Quý I/2026",
        "Quý II/2026",
        *(f"Tháng {month}/2026" for month in range(7, 13)),
    ]
    assert begun in rows_of(plan)
    assert len(done.removed) == 2
    assert len(done.added) == 6


def test_other_dates_reach_what_is_still_to_come(plan):
    generate_periods(plan)
    plan.reporting_periods.filter(ordinal=3).update(is_edited=True)
    ExtensionFactory(period=plan.reporting_periods.get(ordinal=2))
    ReportingRulesFactory(plan=plan, agency_due_day=18, grace_days=2)

    generate_periods(plan, today=date(2026, 5, 4))

    assert [(row.agency_due_on, row.locks_on) for row in rows_of(plan)] == [
        (date(2026, 3, 16), date(2026, 3, 31)),  # its deadline has passed
        (date(2026, 6, 16), date(2026, 7, 1)),  # extended for somebody
        (date(2026, 9, 16), date(2026, 10, 1)),  # changed by hand
        (date(2026, 12, 18), date(2026, 12, 21)),
    ]


def test_what_the_rules_would_change_says_why_it_stays(plan, english):
    generate_periods(plan)
    QuarterlyUpdateFactory(period=plan.reporting_periods.get(ordinal=4), leads=False)
    ExtensionFactory(period=plan.reporting_periods.get(ordinal=2))
    plan.reporting_periods.filter(ordinal=3).update(is_edited=True)
    monthly, same = ReportingRules(plan=plan, base="month"), ReportingRules(plan=plan)

    found = outlook(plan, monthly, today=date(2026, 5, 4))

    assert [(each.period.ordinal, each.why) for each in found.held] == [
        (1, "its deadline has passed"),
        (2, "an agency has added its part or been given more time"),
        (3, "its dates were changed by hand"),
        (4, "1 agency has begun to report on it"),
    ]
    assert outlook(plan, same, today=date(2026, 5, 4)).held == ()


def test_looking_changes_nothing(plan):
    generate_periods(plan)
    before = rows_of(plan)

    found = outlook(plan, ReportingRules(plan=plan, base="month"), today=date(2026, 1, 20))

    assert found.changes == 15  # four quarters go, eleven months come: January is over
    assert rows_of(plan) == before


def test_what_was_taken_out_by_hand_stays_out(plan):
    generate_periods(plan)
    period = plan.reporting_periods.get(ordinal=3)
    PeriodEventFactory(plan=plan, period=None, about="x", act="removed", before=period.starts_on, after=period.ends_on)
    period.delete()

    generate_periods(plan)

    assert [row.ordinal for row in rows_of(plan)] == [1, 2, 4]


def test_a_new_cut_off_leaves_no_gap_and_no_overlap(plan):
    generate_periods(plan)
    QuarterlyUpdateFactory(period=rows_of(plan)[1], leads=False)
    ReportingRulesFactory(plan=plan, cutoff_day=25, agency_due_day=28)

    generate_periods(plan, today=date(2026, 5, 4))

    assert [(row.starts_on, row.ends_on) for row in rows_of(plan)] == [
        (date(2025, 12, 15), date(2026, 3, 14)),
        (date(2026, 3, 15), date(2026, 6, 14)),
        (date(2026, 6, 15), date(2026, 9, 25)),
        (date(2026, 9, 26), date(2026, 12, 25)),
    ]


@given(st.lists(rules_of_any_kind, min_size=2, max_size=3), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
@pytest.mark.django_db
def test_however_rules_change_periods_never_overlap(several, today):
    plan = PlanFactory(period_start=date(2026, 1, 1), period_end=date(2026, 12, 31), issued_on=date(2026, 1, 1))

    for rules in several:
        rules.plan = plan
        ReportingRules.objects.filter(plan=plan).delete()
        rules.pk = None
        rules.save(force_insert=True)
        plan.reporting_rules = rules
        generate_periods(plan, today=today)
        for one, other in itertools.combinations(rows_of(plan), 2):
            assert not overlaps(one, other)


def test_the_plans_own_dates_come_by_hand(plan):
    ReportingRulesFactory(plan=plan, base="own")
    ReportingPeriodFactory(plan=plan, kind="own", label="Tháng cao điểm", is_edited=True)

    generate_periods(plan)

    assert [row.label for row in rows_of(plan)] == ["Tháng cao điểm"]
    assert ConsolidatedPeriod.objects.count() == 2
