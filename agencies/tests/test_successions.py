"""Who carries on for whom, forwards and backwards."""

from datetime import UTC, date, datetime

import pytest

from accounts.tests.factories import UserFactory
from agencies.successions import NONE, Successors

from .factories import AgencyFactory, LocalityFactory, SuccessionFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SPRING, AUTUMN = date(2026, 4, 1), date(2026, 10, 1)
Q1, Q2, Q3, Q4 = date(2026, 3, 14), date(2026, 6, 14), date(2026, 9, 14), date(2026, 12, 14)


def succeed(old, new, day=SPRING, *, status="applied", is_main=True):
    return SuccessionFactory(
        reorganisation__locality=old.locality,
        reorganisation__effective_on=day,
        reorganisation__status=status,
        reorganisation__applied_at=NOW if status == "applied" else None,
        predecessor=old,
        successor=new,
        is_main=is_main,
    )


@pytest.fixture
def chain():
    """A and B become C in spring, C becomes D in autumn."""
    locality = LocalityFactory()
    a, b, c, d = AgencyFactory.create_batch(4, locality=locality)
    succeed(a, c)
    succeed(b, c)
    succeed(c, d, AUTUMN)
    return a, b, c, d, Successors.of(locality)


def test_today(chain, django_assert_num_queries):
    a, b, c, d, _successors = chain

    with django_assert_num_queries(1):
        found = Successors.of(a.locality_id)
        assert [found.now(each) for each in chain[:4]] == [d, d, d, d]


def test_on_a_day(chain):
    a, _b, c, d, successors = chain

    assert [successors.on(a.pk, day) for day in (Q1, Q2, Q3, AUTUMN)] == [a.pk, c.pk, c.pk, d.pk]


def test_backwards(chain):
    a, b, c, d, successors = chain

    assert successors.with_predecessors(d.pk) == {a.pk, b.pk, c.pk, d.pk}
    assert successors.with_predecessors(c.pk) == {a.pk, b.pk, c.pk}
    assert successors.with_predecessors(a.pk) == {a.pk}


@pytest.mark.parametrize(
    "said, gone",
    [
        ({"a": Q1, "b": Q1}, ""),
        ({"a": Q1, "b": Q1, "c": Q2}, "ab"),
        ({"a": Q1, "c": Q1}, ""),
        ({"a": Q1, "c": Q2, "d": Q4}, "ac"),
        ({"a": Q1, "d": Q4}, "a"),
        ({"c": Q4, "d": Q4}, ""),
        ({"a": Q2, "c": Q2}, ""),
    ],
)
def test_a_last_word_counts_until_the_successor_speaks(chain, said, gone):
    keys = dict(zip("abcd", (each.pk for each in chain[:4]), strict=True))

    assert chain[-1].superseded({keys[name]: day for name, day in said.items()}) == {keys[name] for name in gone}


def test_nobody_carries_on_for_the_abolished():
    old = AgencyFactory()
    succeed(old, None)
    successors = Successors.of(old.locality)

    assert (successors.now(old), successors.is_abolished(old), successors.on(old.pk, Q4)) == (old, True, old.pk)
    assert not successors.is_abolished(AgencyFactory(locality=old.locality))


@pytest.mark.parametrize("more", [{"status": "scheduled"}, {"status": "cancelled"}, {"is_main": False}])
def test_what_has_not_happened_or_is_only_a_part_is_not_followed(more):
    old, new = AgencyFactory.create_batch(2, locality=LocalityFactory())
    succeed(old, new, **more)

    assert not Successors.of(old.locality)


def test_another_localitys_agencies_are_not_followed(chain):
    assert not Successors.of(LocalityFactory())
    assert NONE.now(chain[0]) == chain[0]


def test_the_persons_own_agencies(chain):
    a, b, c, d, _successors = chain

    assert UserFactory(agency=d).own_agency_ids == {a.pk, b.pk, c.pk, d.pk}
    assert UserFactory(agency=a).own_agency_ids == {a.pk}
    assert UserFactory(agency=d).is_at(b.pk)
    assert not UserFactory(agency=b).is_at(d.pk)
