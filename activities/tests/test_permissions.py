"""Who may do what to an update: every step, role, place, status, lock and sender, against a table written by hand."""

from datetime import date, timedelta
from itertools import product
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import Role
from accounts.tests.factories import UserFactory
from activities.models import QuarterlyUpdate, Status, UpdateEvent
from activities.permissions import (
    can_act_on_behalf,
    can_begin_review,
    can_contribute,
    can_edit_activity,
    can_edit_update,
    can_extend,
    can_submit_update,
    can_take_over,
    can_view_contribution,
    can_view_progress,
    can_view_update,
)
from activities.workflow import TRANSITIONS, move, open_moves
from agencies.models import Agency, Locality
from plans.models import Plan, PlanStatus
from plans.permissions import IN_FORCE

from .factories import ContributionFactory, ExtensionFactory, make_world, moment

PLACES = ["own", "coordinating", "issuing", "another", "abroad"]
EVERYONE = [(role, place) for role in Role for place in PLACES]

# The table. Who may take which step, on an update in which status, while its period is how, sent (or being filled in)
# by whom: "agency", "me" (the person asked, on behalf) or "colleague" (another coordinator, on behalf). Nothing that
# is not written here is allowed.
TABLE = """
step     role         place         status          period            by
submit   focal_point  own           draft,returned  open,extended     agency,me,colleague
submit   coordinator  coordinating  draft,returned  open,extended     me,colleague
recall   focal_point  own           submitted       open,extended     agency,me,colleague
recall   coordinator  coordinating  submitted       open,extended     me,colleague
begin    coordinator  coordinating  submitted       open,extended,locked  agency,me,colleague
return   coordinator  coordinating  submitted       open,extended     agency,me,colleague
approve  coordinator  coordinating  submitted       open,extended,locked  agency,colleague
"""
ALLOWED = {
    cell for line in TABLE.strip().splitlines()[1:] for cell in product(*(column.split(",") for column in line.split()))
}
PERIODS = {"open": moment(20), "locked": moment(5, month=7), "extended": moment(8, month=7)}
SENDERS = ("agency", "me", "colleague")


@pytest.fixture
def world():
    """Locked from 1/7; extended for the agency from 8/7 (see `extended`) until 10/7."""
    return make_world()


def person(world, role, place):
    where = {
        "own": {"agency": world.agency},
        "coordinating": {"agency": world.plan.coordinating_agency},
        "issuing": {"agency": world.plan.issuing_agency},
        "another": {"agency__locality": world.locality},
        "abroad": {},
    }
    return UserFactory(role=role, **where[place])


def put(world, status, period, sender):
    """The update in this status, sent or filled in by `sender`; the period extended where it is to be."""
    sent_at = None if status == Status.DRAFT else moment()
    facts = {"on_behalf_by": sender, "on_behalf_name": "Lê Minh Tuấn", "on_behalf_reason": "Mất mạng"}
    QuarterlyUpdate.objects.update(
        status=status, submitted_at=sent_at, first_submitted_at=sent_at, **(facts if sender else {})
    )
    if period == "extended":
        ExtensionFactory(period=world.period, agency=world.agency, until=date(2026, 7, 10))
    return QuarterlyUpdate.objects.select_related("period__plan", "agency").get()


@pytest.mark.django_db
@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("status", Status)
def test_every_step_by_everybody(world, status, period):
    """What is allowed is done and what is not is refused, the button says the same, and a refusal changes nothing."""
    at = PERIODS[period]
    colleague = UserFactory(role=Role.COORDINATOR, agency=world.plan.coordinating_agency)
    seen = set()
    for role, place in EVERYONE:
        user = person(world, role, place)
        for sender in SENDERS:
            for step in TRANSITIONS:
                expected = (step, str(role), place, str(status), period, sender) in ALLOWED
                seen.add((step, str(role), place, str(status), period, sender))
                with transaction.atomic():
                    by = {"agency": None, "me": user, "colleague": colleague}[sender]
                    update = put(world, status, period, by)
                    assert (step in open_moves(user, update, at.date())) == expected, (step, role, place, sender)
                    assert is_done(update, step, user, at) == expected, (step, role, place, sender)
                    assert UpdateEvent.objects.count() == expected
                    if not expected:
                        assert QuarterlyUpdate.objects.get().status == status
                    transaction.set_rollback(True)
    assert {cell for cell in ALLOWED if cell[3:5] == (str(status), period)} <= seen, "the table names nobody else"


def is_done(update, step, user, at):
    try:
        move(update, step, by=user, at=at, reason="Thiếu số liệu")
    except PermissionDenied:
        return False
    return True


@pytest.mark.django_db
@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("status", Status)
def test_who_sees_and_who_writes(world, status, period):
    """Its agency always sees it, whoever fills it in on behalf too, the staff what has been sent, nobody else ever."""
    day = PERIODS[period].date()
    colleague = UserFactory(role=Role.COORDINATOR, agency=world.plan.coordinating_agency)
    for role, place in EVERYONE:
        user = person(world, role, place)
        for sender in (None, colleague):
            with transaction.atomic():
                update = put(world, status, period, sender)
                is_own = (role, place) == (Role.FOCAL_POINT, "own")
                fills_in = sender is not None and (role, place) == (Role.COORDINATOR, "coordinating")
                is_staff = role != Role.FOCAL_POINT
                is_written = status in (Status.DRAFT, Status.RETURNED) and period != "locked"

                assert can_view_update(user, update) == (is_own or fills_in or (is_staff and status != Status.DRAFT))
                assert can_edit_update(user, update, day) == (is_written and (is_own or fills_in))
                assert can_submit_update(user, update, day) == can_edit_update(user, update, day)
                transaction.set_rollback(True)


@pytest.mark.django_db
def test_the_lock_is_on_the_day_it_says(world):
    last, lock = date(2026, 6, 30), date(2026, 7, 1)
    assert world.period.locks_on == lock

    assert can_edit_update(world.focal_point, world.update, last)
    assert not can_edit_update(world.focal_point, world.update, lock)
    ExtensionFactory(period=world.period, agency=UserFactory(agency__locality=world.locality).agency, until=lock)
    assert not can_edit_update(world.focal_point, world.update, lock), "extended for another agency"
    ExtensionFactory(period=world.period, agency=world.agency, until=lock)
    assert can_edit_update(world.focal_point, world.update, lock)
    assert not can_edit_update(world.focal_point, world.update, lock + timedelta(days=1))


@pytest.mark.django_db
@pytest.mark.parametrize("plan_status", [PlanStatus.CLOSED, PlanStatus.REPLACED])
@pytest.mark.parametrize("status", Status)
def test_of_a_plan_that_is_over_nothing_is_written(world, status, plan_status):
    """What was sent in time is still decided; but nothing goes back, for nobody could correct it."""
    world.plan.status = plan_status
    world.plan.save()
    day = date(2026, 6, 15)
    for role, place in EVERYONE:
        user = person(world, role, place)
        with transaction.atomic():
            update = put(world, status, "open", None)
            assert not can_edit_update(user, update, day)
            assert {*open_moves(user, update, day)} <= {"begin", "approve"}
            assert not can_extend(user, update.period)
            assert not can_contribute(user, update.period, world.agency.pk, day)
            transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("plan_status", PlanStatus)
def test_who_fills_in_on_behalf(world, plan_status):
    world.plan.status = plan_status
    world.period.plan = world.plan
    for role, place in EVERYONE:
        user = person(world, role, place)
        expected = (role, place) == (Role.COORDINATOR, "coordinating") and plan_status in IN_FORCE
        assert can_act_on_behalf(user, world.period) == expected
        for status in Status:
            update = QuarterlyUpdate(period=world.period, agency=world.agency, status=status)
            assert can_take_over(user, update) == (expected and status in (Status.DRAFT, Status.RETURNED))


@pytest.mark.django_db
def test_who_adds_a_part_and_who_reads_it(world):
    part = ContributionFactory(period=world.period, activity=world.activity)
    for role, place in EVERYONE:
        user = person(world, role, place)
        is_lead = (role, place) == (Role.FOCAL_POINT, "own")
        reads = is_lead or (role != Role.FOCAL_POINT)
        assert can_view_contribution(user, part, [world.agency]) == reads
        assert not can_contribute(user, world.period, part.agency_id, date(2026, 6, 15))
    own = UserFactory(agency=part.agency)
    assert can_view_contribution(own, part, [world.agency])
    for day, is_open in ((date(2026, 6, 30), True), (date(2026, 7, 1), False)):
        assert can_contribute(own, world.period, part.agency_id, day) == is_open


# What asks nothing of the database

MINE, THEIRS = Locality(pk=1), Locality(pk=2)
AGENCIES = {
    "own": Agency(pk=11, locality=MINE),
    "coordinating": Agency(pk=12, locality=MINE),
    "issuing": Agency(pk=13, locality=MINE),
    "another": Agency(pk=14, locality=MINE),
    "abroad": Agency(pk=21, locality=THEIRS),
}


def somebody(role, place):
    return UserFactory.build(role=role, agency=AGENCIES[place])


def plan_of(coordinating="coordinating"):
    return Plan(
        issuing_agency=AGENCIES["issuing"], coordinating_agency=coordinating and AGENCIES[coordinating], locality=MINE
    )


@pytest.mark.parametrize("role, place", EVERYONE)
def test_without_a_coordinating_agency_the_issuer_reviews(role, place):
    update = SimpleNamespace(
        agency_id=AGENCIES["own"].pk, status=Status.SUBMITTED, period=SimpleNamespace(plan=plan_of(None))
    )

    assert can_begin_review(somebody(role, place), update) == (role == Role.COORDINATOR and place == "issuing")


@pytest.mark.parametrize("role", Role)
def test_the_state_of_the_locality_is_for_all_but_focal_points(role):
    assert can_view_progress(somebody(role, "another")) == (role != Role.FOCAL_POINT)


@pytest.mark.parametrize("status", PlanStatus)
@pytest.mark.parametrize("role, place", EVERYONE)
def test_an_activity_is_edited_by_who_drafts_its_plan_while_it_is_a_draft(role, place, status):
    plan = plan_of()
    plan.status = status
    drafts = role == Role.COORDINATOR and place == "coordinating"

    assert can_edit_activity(somebody(role, place), SimpleNamespace(plan=plan)) == (
        drafts and status == PlanStatus.DRAFT
    )
