"""Who belongs to a group, on a day."""

from datetime import date

import pytest

from agencies.groups import join, leave, members_on

from .factories import AgencyFactory, AgencyGroupFactory, GroupMembershipFactory

pytestmark = pytest.mark.django_db

MARCH, JUNE = date(2026, 3, 1), date(2026, 6, 30)


@pytest.fixture
def group():
    return AgencyGroupFactory()


def spans(group):
    return list(group.memberships.order_by("agency").values_list("agency", "valid_from", "valid_to"))


def test_many_join_at_once(group):
    agencies = AgencyFactory.create_batch(3, locality=group.locality)

    join(group, agencies, day=MARCH)

    assert spans(group) == [(agency.pk, MARCH, None) for agency in agencies]


def test_joining_again_goes_on_as_if_one_had_not_left(group):
    left = GroupMembershipFactory(group=group, valid_from=MARCH, valid_to=JUNE)

    join(group, [left.agency], day=date(2026, 7, 1))

    assert spans(group) == [(left.agency_id, MARCH, None)]


def test_joining_earlier_moves_the_first_day_back(group):
    member = GroupMembershipFactory(group=group, valid_from=MARCH)

    join(group, [member.agency], day=None)

    assert spans(group) == [(member.agency_id, None, None)]


def test_leaving_keeps_what_was(group):
    member = GroupMembershipFactory(group=group)

    leave([member], day=JUNE)

    assert spans(group) == [(member.agency_id, None, JUNE)]


def test_a_mistake_leaves_no_trace(group):
    leave([GroupMembershipFactory(group=group)], day=None, by_mistake=True)

    assert spans(group) == []


@pytest.mark.parametrize(
    "agency, membership, counts",
    [
        ({}, {}, True),
        ({"valid_to": JUNE}, {}, True),
        ({"valid_to": date(2026, 3, 31)}, {}, False),
        ({}, {"valid_from": JUNE}, False),
        ({}, {"valid_to": date(2026, 3, 31)}, False),
        ({}, {"valid_from": date(2026, 4, 1), "valid_to": date(2026, 4, 1)}, True),
    ],
)
def test_members_on_a_day(group, agency, membership, counts):
    member = GroupMembershipFactory(group=group, agency=AgencyFactory(locality=group.locality, **agency), **membership)

    assert (members_on([member], date(2026, 4, 1)) == [member]) == counts
