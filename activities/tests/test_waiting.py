"""The count beside "My work" and beside "Review": what waits for the person now."""

from datetime import date, timedelta

import pytest

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import QuarterlyUpdate, Status
from agencies.tests.factories import AgencyFactory, AgencyGroupFactory, GroupMembershipFactory

from .factories import (
    AssignmentFactory,
    ExplanationFactory,
    ExtensionFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    make_world,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

DAY = timedelta(days=1)


@pytest.fixture
def world():
    """An agency that leads one activity and has begun nothing."""
    world = make_world()
    world.update.progress_rows.all().delete()
    world.update.delete()
    return world


@pytest.fixture
def count(world, clock):
    """The number beside the first place of the person's navigation."""

    def beside(user, today=None):
        clock(today or world.period.agency_due_on)
        return login(user).get("/agencies/").context["frame"]["nav"][0]["count"]

    return beside


@pytest.mark.parametrize("days, waits", [(-8, 0), (-7, 1), (0, 1), (1, 1)])
def test_what_is_due_within_a_week_or_overdue(days, waits, world, count):
    assert count(world.focal_point, world.period.agency_due_on + days * DAY) == waits


def test_what_is_locked_waits_no_more_unless_it_was_extended(world, count):
    locked = world.period.locks_on
    assert (count(world.focal_point, locked - DAY), count(world.focal_point, locked)) == (1, 0)

    ExtensionFactory(period=world.period, agency=world.agency, until=locked + DAY)

    assert [count(world.focal_point, locked + n * DAY) for n in (0, 1, 2)] == [1, 1, 0]


def test_who_was_given_weeks_is_not_pressed(world, count):
    until = world.period.agency_due_on + 30 * DAY
    ExtensionFactory(period=world.period, agency=world.agency, until=until)

    assert count(world.focal_point) == 0
    assert count(world.focal_point, until - 7 * DAY) == 1


def test_a_period_that_has_not_begun_does_not_wait(world, count):
    short = ReportingPeriodFactory(plan=world.plan, ordinal=3)
    short.starts_on = short.ends_on
    short.save()

    assert count(world.focal_point, short.starts_on - DAY) == 0


@pytest.mark.parametrize(
    "status, waits", [(Status.DRAFT, 1), (Status.SUBMITTED, 0), (Status.APPROVED, 0), (Status.RETURNED, 1)]
)
def test_what_was_sent_waits_only_when_it_comes_back(status, waits, world, count):
    QuarterlyUpdateFactory(period=world.period, agency=world.agency, status=status, leads=False)

    assert count(world.focal_point) == waits


@pytest.mark.parametrize("status, waits", [("asked", 1), ("answered", 0)])
def test_an_explanation_that_is_asked_for_waits(status, waits, world, count):
    ExplanationFactory(activity=world.activity, agency=world.agency, status=status)
    ExplanationFactory(activity=world.activity)

    assert count(world.focal_point, world.period.starts_on) == waits


@pytest.mark.parametrize("ends, waits", [(None, 1), (date(2026, 5, 1), 0)])
def test_a_member_of_a_group_that_leads(ends, waits, world, count):
    group = AgencyGroupFactory(locality=world.locality)
    member = AgencyFactory(locality=world.locality)
    GroupMembershipFactory(group=group, agency=member, valid_to=ends)
    AssignmentFactory(activity=world.activity, group=group)

    assert count(UserFactory(agency=member)) == waits


def test_who_leads_nothing_owes_nothing(world, count):
    idle, helping = AgencyFactory(locality=world.locality), AgencyFactory(locality=world.locality)
    AssignmentFactory(activity=world.activity, agency=helping, role="cooperating")

    assert [count(UserFactory(agency=agency)) for agency in (idle, helping)] == [0, 0]


def test_a_cancelled_activity_obliges_nobody(world, count):
    world.activity.cancelled_on = world.period.starts_on
    world.activity.save()

    assert count(world.focal_point) == 0


def test_the_invited_are_not_counted(world, count):
    union = AgencyFactory(locality=world.locality, kind="mass_organisation")
    AssignmentFactory(activity=world.activity, agency=union)

    assert count(UserFactory(agency=union)) == 0


def test_beside_the_review_is_what_this_person_coordinates(world, count):
    QuarterlyUpdateFactory(period=world.period, agency=world.agency, status=Status.SUBMITTED, leads=False)
    elsewhere = UserFactory(agency=AgencyFactory(locality=world.locality), role=Role.COORDINATOR)

    assert (count(world.coordinator), count(elsewhere)) == (1, 0)

    world.plan.coordinating_agency = None
    world.plan.save()
    assert count(world.coordinator) == int(world.plan.issuing_agency_id == world.coordinator.agency_id)


def test_drafts_wait_for_no_reviewer(world, count):
    QuarterlyUpdateFactory(period=world.period, agency=world.agency, leads=False)

    assert QuarterlyUpdate.objects.count() == 1
    assert count(world.coordinator) == 0
