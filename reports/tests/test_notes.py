"""What a file says of itself above its rows."""

from datetime import date

import pytest

from activities.tests.factories import ReportingPeriodFactory
from plans.tests.factories import PlanFactory
from reports.notes import of_plans, seen_from

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_one_plan_or_several_are_named():
    one, other = PlanFactory(), PlanFactory()
    period = ReportingPeriodFactory(plan=one)

    assert of_plans(period, (one,)) == f"{period.title} of plan {one}"
    assert of_plans(period, (one, other)) == f"{period.title} of the plans {one}; {other}"


def test_an_earlier_day_is_said_and_today_is_not():
    (said,) = seen_from(date(2026, 6, 5))

    assert said.startswith("Only what had been sent by the end of 05/06/2026 counts")
    assert seen_from(None) == []
