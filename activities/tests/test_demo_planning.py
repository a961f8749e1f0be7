"""Planning in the fictional province, as far as the day has come."""

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from activities.catalogue import load_catalogues
from activities.demo import load_minh_hoa
from activities.demo.planning import load_planning
from activities.planning.children import children_of
from activities.progress import State
from plans.models import Plan, PlanEvent, PlanStatus, PlanVersion, Purpose

pytestmark = pytest.mark.django_db

SEPTEMBER = date(2026, 9, 17)


def show_on(day):
    load_catalogues()
    load_minh_hoa(day, timezone.make_aware(datetime.combine(day, time(10, 42))))
    return load_planning(day)


def the_plan(year=2026):
    return Plan.objects.get(key=f"minh-hoa-12-kh-ubnd-{year}")


def test_in_september_next_years_draft_has_been_begun():
    show_on(SEPTEMBER)

    draft = Plan.objects.real().get(origin=the_plan())

    assert (draft.status, draft.period_start, draft.title[-4:]) == (PlanStatus.DRAFT, date(2027, 1, 1), "2027")
    assert draft.activities.count() == the_plan().activities.filter(cancelled_on=None).count()
    assert {each.deadline.year for each in draft.activities.exclude(deadline=None)} == {2027}
    assert not draft.reporting_periods.exists()
    assert draft.coordinating_agency.slug == "so-noi-vu"


def test_a_template_is_kept():
    show_on(SEPTEMBER)

    template = Plan.objects.get(purpose=Purpose.TEMPLATE)

    assert (template.origin, template.locality) == (the_plan(), the_plan().locality)


def test_some_have_issued_their_own_plan_and_some_draft_it():
    show_on(SEPTEMBER)

    children = children_of(the_plan(), SEPTEMBER)
    states = {state: sum(row.state == state for row in children.rows) for state in State}

    assert children.expected == 55
    assert 25 <= children.issued <= 40
    assert states[State.IN_PROGRESS] >= 3 and states[State.NOT_STARTED] >= 10 and states[State.LATE_DONE] >= 1
    assert [group.issued for group in children.groups if group.name == "Các sở, ban, ngành"] == [15]
    issued = the_plan().children.exclude(status=PlanStatus.DRAFT)
    assert {each.issued_on.weekday() for each in issued} <= {0, 1, 2, 3, 4}
    assert PlanVersion.objects.filter(plan__in=issued).count() == PlanEvent.objects.filter(plan__in=issued).count()
    assert PlanVersion.objects.filter(plan__in=issued).count() == issued.count()
    assert not any(plan.reporting_periods.exists() for plan in the_plan().children.all())


@pytest.mark.parametrize("day", [date(2026, 1, 20), date(2026, 3, 2), date(2026, 8, 31), date(2027, 1, 20)])
def test_nothing_lies_after_the_day(day):
    show_on(day)

    plans = Plan.objects.filter(locality__slug="minh-hoa", parent__isnull=False)
    assert all(plan.issued_on < day for plan in plans.exclude(status=PlanStatus.DRAFT))
    assert Plan.objects.filter(purpose=Purpose.TEMPLATE).exists() == (day.month > 2)
    assert not Plan.objects.real().filter(status=PlanStatus.DRAFT, parent=None).exists()


def test_loading_again_changes_nothing():
    assert show_on(SEPTEMBER) > 0
    assert show_on(SEPTEMBER) == 0


def test_a_later_load_adds_what_has_begun_since():
    show_on(date(2026, 3, 2))
    before = set(the_plan().children.values_list("pk", flat=True))

    show_on(SEPTEMBER + timedelta(days=40))

    assert before < set(the_plan().children.values_list("pk", flat=True))


def test_without_the_province_nothing_is_planned():
    assert load_planning(SEPTEMBER) == 0
