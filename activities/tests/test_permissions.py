"""Who may do what to an update: every role, status, agency and locality."""

from types import SimpleNamespace

import pytest

from accounts.models import Role
from accounts.tests.factories import UserFactory
from activities.models import Status
from activities.permissions import (
    can_edit_activity,
    can_edit_update,
    can_review_update,
    can_submit_update,
    can_view_progress,
    can_view_update,
)
from activities.workflow import TRANSITIONS, open_moves
from agencies.models import Agency, Locality
from plans.models import Plan, PlanStatus

PLACES = ["own", "coordinating", "issuing", "another", "abroad"]
MINE, THEIRS = Locality(pk=1), Locality(pk=2)
AGENCIES = {
    "own": Agency(pk=11, locality=MINE),
    "coordinating": Agency(pk=12, locality=MINE),
    "issuing": Agency(pk=13, locality=MINE),
    "another": Agency(pk=14, locality=MINE),
    "abroad": Agency(pk=21, locality=THEIRS),
}
EVERYONE = [(role, place) for role in Role for place in PLACES]


def person(role, place):
    return UserFactory.build(role=role, agency=AGENCIES[place])


def update_of(status, coordinating="coordinating"):
    """As much of an update as a permission may ask for: nothing here asks the database."""
    plan = Plan(
        issuing_agency=AGENCIES["issuing"], coordinating_agency=coordinating and AGENCIES[coordinating], locality=MINE
    )
    return SimpleNamespace(agency_id=AGENCIES["own"].pk, status=status, period=SimpleNamespace(plan=plan))


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("role, place", EVERYONE)
def test_the_whole_matrix(role, place, status):
    user, update = person(role, place), update_of(status)
    is_own = role == Role.FOCAL_POINT and place == "own"
    is_reviewer = role == Role.COORDINATOR and place == "coordinating"
    is_open = status in (Status.DRAFT, Status.RETURNED)

    assert can_view_update(user, update) == (is_own or (role != Role.FOCAL_POINT and status != Status.DRAFT))
    assert can_edit_update(user, update) == (is_own and is_open)
    assert can_submit_update(user, update) == (is_own and is_open)
    assert can_review_update(user, update) == (is_reviewer and status == Status.SUBMITTED)
    assert set(open_moves(user, update)) == (
        {"submit"} if is_own and is_open else {"return", "approve"} if is_reviewer and status == "submitted" else set()
    )


@pytest.mark.parametrize("role, place", EVERYONE)
def test_without_a_coordinating_agency_the_issuer_reviews(role, place):
    allowed = can_review_update(person(role, place), update_of(Status.SUBMITTED, coordinating=None))

    assert allowed == (role == Role.COORDINATOR and place == "issuing")


@pytest.mark.parametrize("name", TRANSITIONS)
def test_an_approved_update_is_final(name):
    people = [person(*each) for each in EVERYONE]

    assert not any(TRANSITIONS[name].allowed(user, update_of(Status.APPROVED)) for user in people)


@pytest.mark.parametrize("status", Status)
def test_nobody_both_sends_and_reviews(status):
    for each in EVERYONE:
        user = person(*each)
        assert not (can_submit_update(user, update_of(status)) and can_review_update(user, update_of(status)))


@pytest.mark.parametrize("role", Role)
def test_the_state_of_the_locality_is_for_all_but_focal_points(role):
    assert can_view_progress(person(role, "another")) == (role != Role.FOCAL_POINT)


@pytest.mark.parametrize("status", PlanStatus)
@pytest.mark.parametrize("role, place", EVERYONE)
def test_an_activity_is_edited_by_who_drafts_its_plan_while_it_is_a_draft(role, place, status):
    plan = update_of(Status.DRAFT).period.plan
    plan.status = status
    drafts = role == Role.COORDINATOR and place == "coordinating"

    assert can_edit_activity(person(role, place), SimpleNamespace(plan=plan)) == (drafts and status == PlanStatus.DRAFT)
