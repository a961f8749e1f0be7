"""Who must report what: leads on the period's last day, groups as they were that day."""

from datetime import date

import pytest
from hypothesis import given, strategies as st

from activities.models import AssignmentRole
from activities.obligations import is_in_force, load_duties, obliged_agencies
from agencies.models import Agency
from agencies.tests.factories import AgencyFactory, AgencyGroupFactory, GroupMembershipFactory

from .factories import ActivityFactory, AssignmentFactory, ReportingPeriodFactory

pytestmark = pytest.mark.django_db

CUTOFF = date(2026, 6, 14)
BEFORE, AFTER = date(2026, 6, 13), date(2026, 6, 15)


@pytest.fixture
def period():
    return ReportingPeriodFactory()


@pytest.fixture
def activity(period):
    return ActivityFactory(plan=period.plan)


def obliged(period):
    return obliged_agencies(period, load_duties([period.plan_id]))


def test_a_lead_reports_and_who_cooperates_does_not(period, activity):
    lead = AssignmentFactory(activity=activity)
    AssignmentFactory(activity=activity, role=AssignmentRole.COOPERATING)

    assert obliged(period) == {lead.agency: [activity.pk]}


def test_what_a_group_leads_its_members_report(period, activity):
    group = AgencyGroupFactory(locality=period.plan.locality)
    members = [GroupMembershipFactory(group=group).agency for _ in range(3)]
    AgencyFactory(locality=period.plan.locality)
    AssignmentFactory(activity=activity, group=group)

    assert obliged(period) == {member: [activity.pk] for member in members}


def test_a_cooperating_group_is_not_obliged(period, activity):
    group = GroupMembershipFactory(group__locality=period.plan.locality).group
    AssignmentFactory(activity=activity, group=group, role=AssignmentRole.COOPERATING)

    assert obliged(period) == {}
    assert not load_duties([period.plan_id]).has_lead(activity, CUTOFF)


@pytest.mark.parametrize(
    "span, is_member",
    [
        ({}, True),
        ({"valid_from": CUTOFF}, True),
        ({"valid_to": CUTOFF}, True),
        ({"valid_from": AFTER}, False),
        ({"valid_to": BEFORE}, False),
        ({"valid_from": date(2020, 1, 1), "valid_to": date(2030, 1, 1)}, True),
    ],
)
def test_memberships_and_agencies_count_as_of_the_cutoff(span, is_member, period, activity):
    group = AgencyGroupFactory(locality=period.plan.locality)
    membership = GroupMembershipFactory(group=group, **span)
    other = GroupMembershipFactory(
        group=group, agency=AgencyFactory(locality=period.plan.locality, slug="khac", **span)
    )
    alone = AssignmentFactory(activity=activity, agency=AgencyFactory(locality=period.plan.locality, **span)).agency
    AssignmentFactory(activity=activity, group=group)

    assert set(obliged(period)) == ({membership.agency, other.agency, alone} if is_member else set())


def test_a_group_is_the_same_group_with_other_members_later():
    spring, autumn = ReportingPeriodFactory(ordinal=2), None
    autumn = ReportingPeriodFactory(plan=spring.plan, ordinal=4)
    group = AgencyGroupFactory(locality=spring.plan.locality)
    old = GroupMembershipFactory(group=group, valid_to=date(2026, 6, 30)).agency
    new = GroupMembershipFactory(group=group, valid_from=date(2026, 7, 1)).agency
    AssignmentFactory(activity__plan=spring.plan, group=group)

    assert list(obliged(spring)) == [old]
    assert list(obliged(autumn)) == [new]


@pytest.mark.parametrize("cancelled_on, counts", [(None, True), (BEFORE, False), (CUTOFF, False), (AFTER, True)])
def test_a_cancelled_activity_is_no_duty(cancelled_on, counts, period, activity):
    AssignmentFactory(activity=activity)
    activity.cancelled_on = cancelled_on
    activity.save()

    assert bool(obliged(period)) == counts


def test_an_agency_named_twice_has_one_duty(period, activity):
    """By itself and as a member of two groups."""
    agency = AgencyFactory(locality=period.plan.locality)
    AssignmentFactory(activity=activity, agency=agency)
    for _ in range(2):
        group = AgencyGroupFactory(locality=period.plan.locality)
        GroupMembershipFactory(group=group, agency=agency)
        AssignmentFactory(activity=activity, group=group)

    assert obliged(period) == {agency: [activity.pk]}
    assert load_duties([period.plan_id]).leads_on(activity, CUTOFF) == {agency}


def test_another_plan_is_another_duty(period, activity):
    AssignmentFactory(activity=activity)
    other = AssignmentFactory(activity__plan__locality=period.plan.locality)
    both = load_duties([period.plan_id, other.activity.plan_id])

    assert other.agency not in obliged_agencies(period, both)
    assert list(both.led_on(other.activity.plan, CUTOFF)) == [other.agency]


def test_agencies_stand_in_vietnamese_order(period, activity):
    for name in ("Đài PT-TH", "Dân tộc", "Ban Quản lý", "ánh"):
        AssignmentFactory(activity=activity, agency=AgencyFactory(locality=period.plan.locality, name=name))

    assert [agency.name for agency in obliged(period)] == ["ánh", "Ban Quản lý", "Dân tộc", "Đài PT-TH"]


@pytest.mark.parametrize("agencies", [2, 40])
def test_two_queries_whatever_the_number(agencies, period, activity, django_assert_num_queries):
    group = AgencyGroupFactory(locality=period.plan.locality)
    GroupMembershipFactory.create_batch(agencies, group=group)
    AssignmentFactory(activity=activity, group=group)
    AssignmentFactory(activity=activity)

    with django_assert_num_queries(2):
        assert len(obliged(period)) == agencies + 1


def test_no_plans_no_duties():
    assert load_duties([]).leads_on(ActivityFactory.build(pk=1), CUTOFF) == set()


days = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@given(st.none() | days, st.none() | days, days)
def test_in_force_counts_both_ends(first, last, day):
    assert is_in_force(Agency(valid_from=first, valid_to=last), day) == (
        (first is None or day >= first) and (last is None or day <= last)
    )


@pytest.mark.parametrize("start, is_due", [(None, True), (CUTOFF, True), (AFTER, False)])
def test_an_activity_that_begins_later_is_not_reported_yet(start, is_due, period):
    activity = ActivityFactory(plan=period.plan, start=start, deadline=None)
    lead = AssignmentFactory(activity=activity)

    assert obliged(period) == ({lead.agency: [activity.pk]} if is_due else {})


@pytest.mark.parametrize("since, is_due", [(None, True), (CUTOFF, True), (AFTER, False)])
def test_who_is_assigned_while_the_plan_runs_does_not_owe_the_past(since, is_due, period, activity):
    lead = AssignmentFactory(activity=activity, valid_from=since)

    assert obliged(period) == ({lead.agency: [activity.pk]} if is_due else {})
    assert load_duties([period.plan_id]).has_lead(activity, CUTOFF)


def test_who_is_taken_away_still_owes_the_closed_periods(period, activity):
    lead = AssignmentFactory(activity=activity, valid_to=CUTOFF)
    later = ReportingPeriodFactory(plan=period.plan, ordinal=3)

    assert obliged(period) == {lead.agency: [activity.pk]}
    assert obliged(later) == {}
    assert not load_duties([period.plan_id]).has_lead(activity, AFTER)
