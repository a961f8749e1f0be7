"""Whom to tell: active people in the right role, at the right agency or at whoever carries on for it."""

from datetime import date

import pytest

from accounts.models import Role
from accounts.tests.factories import UserFactory
from activities.workmates import coordinators_of, people_of
from agencies.models import ReorganisationStatus
from agencies.tests.factories import SuccessionFactory

from .factories import make_world, moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


def test_people_are_the_active_focal_points_of_the_agency(world):
    colleague = UserFactory(agency=world.agency)
    UserFactory(agency=world.agency, is_active=False)
    UserFactory(agency=world.agency, role=Role.LEADER)
    UserFactory(agency__locality=world.locality)

    assert set(people_of([world.agency.pk])) == {world.focal_point, colleague}
    assert not people_of([]).exists()


def test_who_carries_on_for_an_agency_is_told_in_its_place(world):
    done = SuccessionFactory(
        reorganisation__locality=world.locality,
        reorganisation__by=world.administrator,
        reorganisation__status=ReorganisationStatus.APPLIED,
        reorganisation__applied_at=moment(1),
        predecessor=world.agency,
    )
    world.agency.valid_to = date(2026, 5, 31)
    world.agency.save()
    heir = UserFactory(agency=done.successor)

    assert heir in people_of([world.agency.pk])


def test_coordinators_are_those_of_the_plan(world):
    UserFactory(role=Role.COORDINATOR, agency__locality=world.locality)
    UserFactory(role=Role.COORDINATOR, agency=world.plan.coordinating_agency, is_active=False)
    assert set(coordinators_of(world.plan)) == {world.coordinator}

    world.plan.coordinating_agency = None
    issuers = UserFactory(role=Role.COORDINATOR, agency=world.plan.issuing_agency)
    assert set(coordinators_of(world.plan)) == {issuers}
