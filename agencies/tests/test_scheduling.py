"""What stands against a reorganisation, entering it, calling it off."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.tests.factories import UserFactory
from agencies.models import Agency, Reorganisation, ReorganisationStatus, Succession
from agencies.scheduling import Change, Link, call_off, faults, said, schedule

from .factories import AgencyFactory, LocalityFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

DAY = date(2026, 10, 1)
NOW = "2026-09-17T10:42:00+07:00"


@pytest.fixture
def locality():
    return LocalityFactory()


def agency(locality, name, **more):
    return AgencyFactory(locality=locality, name=name, **more)


def new(name="Xã Suối Đá", **more):
    return Agency(name=name, short_name=name, kind="commune_committee", **more)


def merge(*before, into, day=DAY, **more):
    return Change(kind="merge", effective_on=day, links=tuple(Link(each, into) for each in before), **more)


def enter(change, locality, **more):
    return schedule(change, locality=locality, by=UserFactory(agency__locality=locality), at=NOW, **more)


def sentences(change):
    return list(faults(change))


def test_a_new_agency_begins_on_the_day_and_the_old_ones_stay(locality):
    first, second = agency(locality, "Xã Bản Mới"), agency(locality, "Xã Suối Đá", slug="xa-suoi-da")
    into = new()

    reorganisation = enter(merge(first, second, into=into, decision_number="88/NQ"), locality)

    into.refresh_from_db()
    assert (into.valid_from, into.slug, into.locality) == (DAY, "xa-suoi-da-2", locality)
    assert (reorganisation.status, reorganisation.applied_at) == (ReorganisationStatus.SCHEDULED, None)
    first.refresh_from_db()
    assert first.valid_to is None
    assert Change.of(reorganisation).links == (Link(first, into, True), Link(second, into, True))


@pytest.mark.parametrize(
    "span, sentence",
    [
        ({"valid_from": DAY}, "begins only on 01/10/2026"),
        ({"valid_to": DAY - timedelta(days=2)}, "has already ended on 29/09/2026"),
        ({"valid_to": DAY - timedelta(days=1)}, None),
        ({"valid_from": DAY - timedelta(days=1)}, None),
    ],
)
def test_an_agency_must_be_there_to_end(span, sentence, locality):
    found = sentences(merge(agency(locality, "Xã Bản Mới", **span), into=new()))

    assert [field for field, _words in found] == ([] if sentence is None else ["predecessors"])
    assert sentence is None or sentence in found[0][1]


@pytest.mark.parametrize(
    "span, sentence",
    [
        ({"valid_from": DAY + timedelta(days=1)}, "begins only on 02/10/2026"),
        ({"valid_to": DAY - timedelta(days=1)}, "has already ended on 30/09/2026"),
        ({"valid_from": DAY, "valid_to": DAY}, None),
    ],
)
def test_whoever_carries_on_must_be_there_on_the_day(span, sentence, locality):
    found = sentences(merge(agency(locality, "Sở A"), into=agency(locality, "Sở B", **span)))

    assert [field for field, _words in found] == ([] if sentence is None else ["successor"])
    assert sentence is None or sentence in found[0][1]


def test_nobody_carries_on_for_itself(locality):
    one = agency(locality, "Sở A")

    assert sentences(merge(one, into=one)) == [("successor", "Sở A cannot carry on for itself.")]


@pytest.mark.parametrize("day", [DAY, DAY - timedelta(days=30), DAY + timedelta(days=30)])
def test_an_agency_is_reorganised_once(day, locality):
    one = agency(locality, "Sở A")
    enter(merge(one, into=new("Sở B"), decision_number="88/NQ"), locality)

    assert sentences(merge(one, into=new("Sở C"), day=day)) == [
        ("predecessors", "Sở A is already reorganised on 01/10/2026 (88/NQ).")
    ]


def test_what_was_called_off_stands_in_nobodys_way(locality):
    one = agency(locality, "Sở A")
    call_off(enter(merge(one, into=new("Sở B")), locality), today=DAY - timedelta(days=1))

    assert sentences(merge(one, into=new("Sở C"))) == []


def test_two_agencies_do_not_go_into_each_other(locality):
    first, second = agency(locality, "Sở A"), agency(locality, "Sở B")
    enter(merge(first, into=second, decision_number="88/NQ"), locality)

    assert sentences(merge(second, into=first)) == [("successor", "Sở A itself ends on 01/10/2026 (88/NQ).")]
    assert sentences(merge(second, into=new("Sở C"))) == [
        ("predecessors", "Sở B takes over from another agency only on 01/10/2026 (88/NQ).")
    ]


def test_a_chain_over_time_is_no_circle(locality):
    first, second, third = (agency(locality, f"Sở {letter}") for letter in "ABC")
    enter(merge(first, into=second), locality)

    assert sentences(merge(second, into=third, day=DAY + timedelta(days=1))) == []
    assert [field for field, _ in sentences(merge(second, into=third, day=DAY - timedelta(days=1)))] == ["predecessors"]


def test_what_stands_against_it_is_refused_and_leaves_nothing(locality):
    one = agency(locality, "Sở A", valid_to=date(2020, 1, 1))

    with pytest.raises(ValidationError) as refused:
        enter(merge(one, into=new("Sở B")), locality)

    assert list(refused.value.message_dict) == ["predecessors"]
    assert not Reorganisation.objects.exists()
    assert not Agency.objects.filter(name="Sở B").exists()


def test_calling_off_takes_the_new_agency_back_and_says_what_was_meant(locality):
    one = agency(locality, "Sở A")
    reorganisation = enter(merge(one, into=new("Sở B")), locality)

    assert call_off(reorganisation, today=DAY - timedelta(days=1))

    reorganisation.refresh_from_db()
    assert (reorganisation.status, reorganisation.note) == (ReorganisationStatus.CANCELLED, "Sở A → Sở B")
    assert not Agency.objects.filter(name="Sở B").exists()
    assert not Succession.objects.exists()


def test_calling_off_leaves_agencies_that_were_there(locality):
    one, other = agency(locality, "Sở A"), agency(locality, "Sở B")

    call_off(enter(merge(one, into=other), locality), today=DAY - timedelta(days=1))

    assert set(Agency.objects.filter(locality=locality)) >= {one, other}


def test_a_new_agency_somebody_has_built_on_stays(locality):
    into = new("Sở B")
    reorganisation = enter(merge(agency(locality, "Sở A"), into=into), locality)
    UserFactory(agency=into)

    assert call_off(reorganisation, today=DAY - timedelta(days=1))
    assert Agency.objects.filter(pk=into.pk).exists()


@pytest.mark.parametrize("today", [DAY, DAY + timedelta(days=1)])
def test_on_the_day_it_is_too_late_to_call_off(today, locality):
    reorganisation = enter(merge(agency(locality, "Sở A"), into=new("Sở B")), locality)

    assert not call_off(reorganisation, today=today)
    reorganisation.refresh_from_db()
    assert reorganisation.status == ReorganisationStatus.SCHEDULED


def test_only_a_part_of_the_work_ends_nobody(locality):
    whole, part = agency(locality, "Sở A"), agency(locality, "Sở B")
    change = Change(kind="split", effective_on=DAY, links=(Link(whole, part, is_main=False),))

    assert (change.ending, change.predecessors, change.main_successor) == ((), (whole,), None)
    assert sentences(change) == []


def test_a_change_as_a_line(locality):
    first, second = agency(locality, "Xã A"), agency(locality, "Xã B")

    assert said(merge(first, second, into=new("Xã C"))) == "Xã A; Xã B → Xã C"
    assert said(Change(kind="abolish", effective_on=DAY, links=(Link(first, None),))) == "Xã A → –"
