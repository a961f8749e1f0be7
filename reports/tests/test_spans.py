"""The span a report is on: its days, its words, and the reporting periods it is made of."""

from datetime import date

import pytest

from activities.models import ConsolidatedPeriod, PeriodKind, ReportingPeriod
from activities.tests.factories import ConsolidatedPeriodFactory, ReportingPeriodFactory
from plans.tests.factories import PlanFactory
from reports.models import Report
from reports.quarterly.heading import next_words, period_words
from reports.quarterly.spans import ordinal_of, span_of, span_of_report

from .rows import ReportFactory


@pytest.mark.parametrize(
    ("kind", "ordinal", "words", "next_one"),
    [
        ("month", 5, "tháng 5 năm 2026", "tháng tiếp theo"),
        ("quarter", 2, "quý II năm 2026", "quý tiếp theo"),
        ("quarter", 4, "quý IV năm 2026", "năm 2027"),
        ("half_year", 1, "6 tháng đầu năm 2026", "6 tháng cuối năm 2026"),
        ("half_year", 2, "6 tháng cuối năm 2026", "năm 2027"),
        ("nine_months", 1, "9 tháng đầu năm 2026", "quý IV năm 2026"),
        ("year", 1, "năm 2026", "năm 2027"),
        ("own", 1, "đợt cao điểm tháng 5", "kỳ tiếp theo"),
    ],
)
def test_a_period_in_words(kind, ordinal, words, next_one):
    window = ConsolidatedPeriod(kind=kind, year=2026, ordinal=ordinal, label="Đợt cao điểm tháng 5")

    assert (period_words(window), next_words(window)) == (words, next_one)


@pytest.mark.parametrize(
    ("kind", "ends_on", "ordinal"),
    [
        ("quarter", date(2026, 3, 14), 1),
        ("quarter", date(2026, 12, 14), 4),
        ("half_year", date(2026, 6, 14), 1),
        ("half_year", date(2026, 12, 14), 2),
        ("month", date(2026, 5, 14), 5),
        ("year", date(2026, 12, 14), 1),
    ],
)
def test_the_number_of_a_span_in_its_year(kind, ends_on, ordinal):
    assert ordinal_of(kind, ends_on) == ordinal


@pytest.fixture
def plan(db):
    """A plan with four quarters and its first half-year; another with quarters of its own dates."""
    plan = PlanFactory()
    for ordinal in (1, 2, 3, 4):
        ReportingPeriodFactory(plan=plan, ordinal=ordinal)
    ReportingPeriodFactory(ordinal=1)
    return plan


def test_a_reporting_period_is_its_own_span(plan):
    period = plan.reporting_periods.get(ordinal=2)

    span = span_of(period)

    assert (span.kind, span.label, span.periods, span.is_summed) == (
        PeriodKind.QUARTER,
        "Quý II/2026",
        (period,),
        False,
    )
    assert (span.starts_on, span.ends_on) == (period.starts_on, period.ends_on)
    assert (span.agency_due_on, span.due_on) == (period.agency_due_on, period.consolidated_due_on)


def test_a_half_year_is_made_of_its_two_quarters(plan, django_assert_num_queries):
    half = ConsolidatedPeriodFactory(plan=plan)

    with django_assert_num_queries(1):
        span = span_of(half)

    assert [period.ordinal for period in span.periods] == [1, 2]
    assert span.labels == ("Quý I/2026", "Quý II/2026")
    assert span.is_summed
    assert span.agency_due_on == date(2026, 6, 16)


def test_a_half_year_without_periods_is_due_when_it_is_due(plan):
    span = span_of(ConsolidatedPeriodFactory())

    assert (span.periods, span.agency_due_on, span.is_summed) == ((), date(2026, 6, 20), True)


def test_a_report_keeps_the_dates_it_was_born_with(plan):
    period = plan.reporting_periods.get(ordinal=2)
    report = ReportFactory(period=period)
    ReportingPeriod.objects.filter(pk=period.pk).update(ends_on=date(2026, 6, 13), label="Khác")

    span = span_of_report(Report.objects.get(pk=report.pk))

    assert (span.ends_on, span.label, len(span.periods)) == (date(2026, 6, 14), "Quý II/2026", 1)


def test_a_report_on_all_plans_takes_every_period_that_ends_within(plan):
    other = PlanFactory(locality=plan.locality)
    late = ReportingPeriodFactory(
        plan=other, ordinal=2, starts_on=date(2026, 3, 1), ends_on=date(2026, 6, 5), agency_due_on=date(2026, 6, 10)
    )
    own = {"kind": "locality", "plan": None, "period": None, "locality": plan.locality}
    report = ReportFactory(
        **own,
        agency=plan.coordinating_agency,
        span="half_year",
        year=2026,
        label="6 tháng đầu năm 2026",
        starts_on=date(2025, 12, 15),
        ends_on=date(2026, 6, 14),
        due_on=date(2026, 6, 20),
    )

    span = span_of_report(report, [plan, other])

    assert [(period.plan, period.ordinal) for period in span.periods] == [(plan, 1), (other, 2), (plan, 2)]
    assert late in span.periods
    assert (span.ordinal, span.kind, span.agency_due_on) == (1, "half_year", date(2026, 6, 16))
