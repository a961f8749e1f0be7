"""Localities, agencies and groups: what the database refuses, who sees which rows, what is valid when."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from hypothesis import given, strategies as st

from accounts.models import User
from accounts.tests.factories import UserFactory
from agencies.access import require
from agencies.models import Agency, AgencyGroup, GroupMembership, Holiday, Locality, Reorganisation, Succession

from .factories import (
    AgencyFactory,
    AgencyGroupFactory,
    GroupMembershipFactory,
    HolidayFactory,
    LocalityFactory,
    ReorganisationFactory,
    SuccessionFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

LATER, EARLIER = date(2026, 7, 1), date(2026, 6, 30)
REFUSED = {
    "agency_slug_once_in_locality": lambda: AgencyFactory(**_same(AgencyFactory())),
    "agency_valid_to_after_from": lambda: AgencyFactory(valid_from=LATER, valid_to=EARLIER),
    "agency_kind_known": lambda: AgencyFactory(kind="club"),
    "group_slug_once_in_locality": lambda: AgencyGroupFactory(**_same(AgencyGroupFactory())),
    "agency_once_in_group": lambda: _twice(GroupMembershipFactory()),
    "holiday_once": lambda: HolidayFactory(locality=HolidayFactory().locality),
    "membership_valid_to_after_from": lambda: GroupMembershipFactory(valid_from=LATER, valid_to=EARLIER),
    "reorganisation_kind_known": lambda: ReorganisationFactory(kind="dissolve"),
    "reorganisation_status_known": lambda: ReorganisationFactory(status="lost"),
    "reorganisation_applied_has_time": lambda: ReorganisationFactory(status="applied"),
    "reorganisation_set_key_once": lambda: ReorganisationFactory(
        locality=ReorganisationFactory(set_key="so-noi-vu").locality, set_key="so-noi-vu"
    ),
    "succession_once": lambda: _again(SuccessionFactory()),
    "succession_to_another": lambda: _to_itself(SuccessionFactory()),
}


def _again(succession):
    SuccessionFactory(
        reorganisation=succession.reorganisation,
        predecessor=succession.predecessor,
        successor=succession.successor,
    )


def _to_itself(succession):
    succession.successor = succession.predecessor
    succession.save()


def _same(row):
    return {"locality": row.locality, "slug": row.slug}


def _twice(membership):
    GroupMembershipFactory(group=membership.group, agency=membership.agency)


@pytest.mark.parametrize("name", REFUSED)
def test_the_database_refuses(name):
    with pytest.raises(IntegrityError), transaction.atomic():
        REFUSED[name]()


def test_every_constraint_has_a_case():
    models = (Locality, Agency, AgencyGroup, GroupMembership, Holiday, Reorganisation, Succession)

    assert {constraint.name for model in models for constraint in model._meta.constraints} == set(REFUSED)


def test_a_locality_has_its_own_address_name():
    with pytest.raises(IntegrityError), transaction.atomic():
        LocalityFactory(slug=LocalityFactory().slug)


def test_what_the_database_refuses_is_said_in_words():
    agency = AgencyFactory.build(locality=LocalityFactory(), valid_from=LATER, valid_to=EARLIER)

    with pytest.raises(ValidationError, match="An agency cannot end before it begins."):
        agency.full_clean()


def test_a_day_is_enough_to_be_valid():
    assert AgencyFactory(valid_from=LATER, valid_to=LATER).pk


def test_an_agency_with_people_stays():
    person = UserFactory()

    with pytest.raises(ProtectedError):
        person.agency.delete()


@pytest.mark.parametrize("factory", [AgencyFactory, AgencyGroupFactory, GroupMembershipFactory])
def test_rows_are_seen_by_their_own_locality_only(factory):
    row = factory()
    locality = row.group.locality if factory is GroupMembershipFactory else row.locality
    mine, stranger = UserFactory(agency__locality=locality), UserFactory()
    technician = User.objects.create_superuser("may-chu", full_name="Kỹ thuật")
    rows = type(row).objects

    assert row in rows.visible_to(mine)
    assert row not in rows.visible_to(stranger)
    assert list(rows.visible_to(technician)) == []
    assert list(rows.visible_to(AnonymousUser())) == []


days = st.dates(date(2020, 1, 1), date(2030, 1, 1))
spans = st.tuples(st.none() | days, st.none() | days).filter(lambda span: None in span or span[0] <= span[1])


@given(spans, days)
def test_in_force_in_the_query_is_in_force_in_memory(span, day):
    from activities.obligations import is_in_force

    agency = AgencyFactory.build(valid_from=span[0], valid_to=span[1])
    begun, not_ended = (span[0] or date.min) <= day, day <= (span[1] or date.max)

    assert is_in_force(agency, day) == (begun and not_ended)


def test_names():
    membership = GroupMembershipFactory(agency__name="Sở Nội vụ", group__name="Các sở")

    assert str(membership) == "Sở Nội vụ · Các sở"
    assert str(membership.group.locality) == membership.group.locality.name


def test_require():
    require(True, "never said")

    with pytest.raises(PermissionDenied, match="Not yours."):
        require(False, "Not yours.")
