"""The same link or file claimed twice: known however it is written, and shown only once it has been sent."""

import pytest
from django.core.files.base import ContentFile

from activities import duplicates
from activities.links import clean_link, spellings
from activities.models import ScanState, Status
from agencies.tests.factories import AgencyFactory

from .factories import (
    PDF,
    ActivityProgressFactory,
    EvidenceFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    make_world,
    moment,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

PAGE = "https://minhhoa.example/tin/1"


@pytest.fixture
def world():
    """Two agencies that have sent their updates."""
    return make_world(Status.SUBMITTED, agencies=2)


def first_and_second(world, **facts):
    """The same facts as evidence of the first agency and of the second."""
    lines = [update.progress_rows.get() for update in world.all_updates]
    return [EvidenceFactory(progress=line, **facts) for line in lines]


def test_two_agencies_claim_the_same_page(world):
    mine, other = first_and_second(world, url=PAGE)

    [claim] = duplicates.of(world.update)[mine.pk]

    assert (claim.evidence, claim.agency, claim.period) == (other, world.all_updates[1].agency, world.period)
    assert claim.activity == world.activity
    assert claim.url == world.all_updates[1].get_absolute_url()


def test_two_agencies_claim_the_same_file(world):
    mine, other = first_and_second(world, is_file=True, sha256="a" * 64)
    EvidenceFactory(progress=other.progress, is_file=True, sha256="b" * 64)

    assert [claim.evidence for claim in duplicates.of(world.update)[mine.pk]] == [other]


def test_one_agency_claims_the_same_for_two_periods(world):
    before = QuarterlyUpdateFactory(
        period=ReportingPeriodFactory(plan=world.plan, ordinal=1),
        agency=world.agency,
        status=Status.APPROVED,
        leads=False,
    )
    earlier = EvidenceFactory(progress=ActivityProgressFactory(update=before, activity=world.activity), url=PAGE)
    mine = EvidenceFactory(progress=world.line, url=PAGE)

    [claim] = duplicates.of(world.update)[mine.pk]

    assert (claim.evidence, claim.agency, claim.period.ordinal) == (earlier, world.agency, 1)


def test_twice_in_one_update_is_nobody_else_s_claim():
    world = make_world(Status.SUBMITTED, activities=2)
    for line in world.update.progress_rows.all():
        EvidenceFactory(progress=line, url=PAGE)

    assert duplicates.of(world.update) == {}


@pytest.mark.parametrize(
    "facts", [{"removed_at": moment()}, {"scan": ScanState.REFUSED, "is_file": True, "sha256": "a" * 64}]
)
def test_what_was_taken_off_or_refused_is_no_claim(world, facts):
    common = {"is_file": True, "sha256": "a" * 64} if "scan" in facts else {"url": PAGE}
    mine, other = first_and_second(world, **common)
    for name, value in facts.items():
        if name != "is_file":
            setattr(other, name, value)
    other.save()

    assert duplicates.of(world.update) == {}
    assert duplicates.of(world.all_updates[1]) == {}


@pytest.mark.parametrize("status, seen", [(Status.DRAFT, False), (Status.RETURNED, False), (Status.APPROVED, True)])
def test_what_has_not_been_sent_is_not_shown(world, status, seen):
    first_and_second(world, url=PAGE, added_at=moment(16))
    other = world.all_updates[1]
    other.status = status
    other.save()

    assert bool(duplicates.of(world.update)) == seen


def test_what_a_returned_update_was_sent_with_is_shown(world):
    first_and_second(world, url=PAGE, added_at=moment(14))
    other = world.all_updates[1]
    other.status = Status.RETURNED
    other.save()

    assert duplicates.of(world.update)


def test_another_locality_s_claim_stays_its_own(world):
    EvidenceFactory(progress=world.line, url=PAGE)
    EvidenceFactory(progress=make_world(Status.SUBMITTED).line, url=PAGE)

    assert duplicates.of(world.update) == {}


def test_two_queries_however_many(world, django_assert_max_num_queries):
    for number in range(5):
        first_and_second(world, url=f"{PAGE}{number}")
        content = ContentFile(PDF, "a.pdf")
        first_and_second(world, is_file=True, sha256=str(number) * 64, file=content)

    with django_assert_max_num_queries(2):
        claims = duplicates.of(world.update)
        assert {claim.agency.name for each in claims.values() for claim in each}
        assert {claim.url for each in claims.values() for claim in each}

    assert len(claims) == 10


def test_an_update_without_evidence_asks_once(django_assert_num_queries):
    update = QuarterlyUpdateFactory(agency=AgencyFactory())

    with django_assert_num_queries(1):
        assert duplicates.of(update) == {}


# How addresses are written


@pytest.mark.parametrize(
    "typed, kept",
    [
        ("https://Minhhoa.EXAMPLE/Tin", "https://minhhoa.example/Tin"),
        ("http://minhhoa.example:80", "http://minhhoa.example/"),
        ("https://minhhoa.example:8443/a", "https://minhhoa.example:8443/a"),
        ("https://a.example/?utm_source=zalo&id=7&fbclid=x", "https://a.example/?id=7"),
        ("https://a.example/tin?a=1&a=&b", "https://a.example/tin?a=1&a=&b"),
        ("https://a.example/tin#binh-luan", "https://a.example/tin"),
        ("https://a.example/#/tin/5", "https://a.example/#/tin/5"),
        ("https://a.example/#!tin", "https://a.example/#!tin"),
        ("https://a.example:99999/", "https://a.example:99999/"),
    ],
)
def test_an_address_is_kept_without_what_does_not_belong_to_it(typed, kept):
    assert clean_link(typed) == kept
    assert clean_link(kept) == kept


@pytest.mark.parametrize(
    "first, second",
    [
        ("https://a.example/tin/", "http://a.example/tin"),
        ("https://www.a.example/tin?id=1", "https://a.example/tin/?id=1"),
        ("https://m.a.example", "https://a.example/"),
        ("https://a.example/tin?utm_medium=x", "https://a.example/tin"),
    ],
)
def test_one_page_is_known_under_every_spelling(first, second):
    assert clean_link(second) in spellings(first)
    assert clean_link(first) in spellings(second)


@pytest.mark.parametrize(
    "first, second",
    [
        ("https://a.example/tin?id=1", "https://a.example/tin?id=2"),
        ("https://a.example/tin", "https://b.example/tin"),
        ("https://a.example/tin", "https://a.example/Tin"),
        ("https://a.example/#/tin/5", "https://a.example/#/tin/6"),
    ],
)
def test_two_pages_are_two(first, second):
    assert clean_link(second) not in spellings(first)
