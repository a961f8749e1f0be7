"""Completeness and timeliness as DHIS2 counts them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from accounts.tests.factories import login
from activities.models import ProgressState, Status
from activities.obligations import load_duties
from activities.rates import Rates, rates_of
from activities.submissions import submissions_of
from agencies.models import AgencyKind
from agencies.tests.factories import AgencyFactory

from .factories import AssignmentFactory, ExtensionFactory, QuarterlyUpdateFactory, make_world, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

AFTER = date(2026, 6, 18)


def rates_in(world, today=AFTER):
    return rates_of(submissions_of([world.period], load_duties([world.plan.pk]), today=today)[world.period])


def agency_in(world, **facts):
    agency = AgencyFactory(locality=world.locality, **facts)
    AssignmentFactory(activity=world.activity, agency=agency)
    return agency


def sent_by(world, agency, **facts):
    return QuarterlyUpdateFactory(period=world.period, agency=agency, **{"status": Status.SUBMITTED, **facts})


def test_four_agencies():
    """On time and approved, late, returned, nothing sent."""
    world = make_world(Status.APPROVED)
    sent_by(world, agency_in(world), submitted_at=moment(17))
    sent_by(world, agency_in(world), status=Status.RETURNED)
    agency_in(world)

    rates = rates_in(world)

    assert rates == Rates(expected=4, received=3, on_time=2, approved=1, updated=1, missing=1)
    assert (rates.completeness, rates.timeliness) == (Decimal("75.0"), Decimal("50.0"))
    assert (rates.late, rates.outstanding) == (1, 1)


def test_before_the_deadline_nobody_is_missing():
    world = make_world()

    assert rates_in(world, date(2026, 6, 16)) == Rates(1, 0, 0, 0, 0, 0)


def test_nothing_to_report_is_received_and_on_time_and_no_update_of_the_period():
    world = make_world(Status.SUBMITTED)
    world.update.nothing_to_report, world.update.nothing_reason = True, "Không phát sinh."
    world.update.save()

    rates = rates_in(world)

    assert (rates.received, rates.on_time, rates.updated) == (1, 1, 0)


@pytest.mark.parametrize(
    "line, updated",
    [
        ({"state": ProgressState.IN_PROGRESS}, 1),
        ({"state": ProgressState.DONE}, 1),
        ({"state": ProgressState.NOT_STARTED}, 0),
        ({"state": ProgressState.IN_PROGRESS, "nothing_in_period": True}, 0),
    ],
)
def test_updated_this_period_asks_for_work(line, updated):
    assert rates_in(make_world(Status.SUBMITTED, **line)).updated == updated


def test_a_draft_is_not_received():
    rates = rates_in(make_world(Status.DRAFT))

    assert (rates.received, rates.updated, rates.missing) == (0, 0, 1)


@pytest.mark.parametrize("kind", [AgencyKind.PARTY_BODY, AgencyKind.MASS_ORGANISATION])
def test_the_invited_are_in_neither(kind):
    world = make_world()
    invited = agency_in(world, kind=kind)
    sent_by(world, invited)

    assert rates_in(world).expected == 1
    assert rates_in(world).received == 0


def test_an_extension_does_not_make_it_punctual():
    world = make_world()
    late = agency_in(world)
    ExtensionFactory(period=world.period, agency=late, until=date(2026, 7, 30))
    sent_by(world, late, submitted_at=moment(20))

    assert (rates_in(world).received, rates_in(world).on_time) == (1, 0)


def test_of_nothing_there_is_no_rate():
    assert (rates_of([]).completeness, rates_of([]).timeliness) == (None, None)


@given(st.integers(1, 200), st.data())
def test_rates_are_shares(expected, data):
    received = data.draw(st.integers(0, expected))
    on_time = data.draw(st.integers(0, received))

    rates = Rates(expected, received, on_time, 0, 0, 0)

    assert 0 <= rates.timeliness <= rates.completeness <= 100
    assert rates.late + rates.on_time + rates.outstanding == expected


def test_the_list_says_them_in_figures_and_words(clock):
    clock(AFTER)
    world = make_world(Status.SUBMITTED, agencies=2)
    agency_in(world)

    page = login(world.coordinator).get("/updates/")

    assert page.context["rates"] == rates_in(world)
    assert "66,7%" in page.text
    assert "DHIS2: reporting rate on time" in page.text
