"""How a plan moves: who may take which step in which status, what each asks for and leaves behind."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Role
from accounts.tests.factories import UserFactory
from activities.planning.workflow import TRANSITIONS, move, open_moves
from plans.models import PlanStatus, Purpose
from plans.tests.factories import PlanFactory

from .factories import ActivityFactory, AssignmentFactory, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

FROM = {
    "issue": {PlanStatus.DRAFT},
    "amend": {PlanStatus.ISSUED, PlanStatus.AMENDED},
    "close": {PlanStatus.ISSUED, PlanStatus.AMENDED},
    "reopen": {PlanStatus.CLOSED},
    "replace": {PlanStatus.ISSUED, PlanStatus.AMENDED, PlanStatus.CLOSED},
}


def ready_plan(**facts):
    """A plan that may be issued: nothing open, number, day and signatory stated."""
    plan = PlanFactory(**({"status": PlanStatus.DRAFT, "place": "Minh Họa", "signatory_name": "Đặng Văn Sơn"} | facts))
    activity = ActivityFactory(plan=plan, target_quantity=10, target_unit="tin, bài", deadline=date(2026, 10, 15))
    AssignmentFactory(activity=activity)
    return plan


def coordinator_of(plan):
    return UserFactory(agency=plan.coordinating_agency, role=Role.COORDINATOR)


def people_of(plan):
    locality = plan.locality
    return {
        "coordinator": coordinator_of(plan),
        "issuer's focal point": UserFactory(agency=plan.issuing_agency),
        "other coordinator": UserFactory(agency__locality=locality, role=Role.COORDINATOR),
        "focal point": UserFactory(agency__locality=locality),
        "leader": UserFactory(agency=plan.coordinating_agency, role=Role.LEADER),
        "administrator": UserFactory(agency=plan.coordinating_agency, role=Role.ADMINISTRATOR),
        "stranger": UserFactory(role=Role.COORDINATOR),
    }


@pytest.mark.parametrize("status", PlanStatus)
def test_who_may_do_what(status):
    plan = ready_plan(status=status)

    for who, person in people_of(plan).items():
        drafts = who == "coordinator"
        expected = [name for name in TRANSITIONS if drafts and status in FROM[name]]
        assert open_moves(person, plan) == expected, (who, status)


@pytest.mark.parametrize("name", TRANSITIONS)
@pytest.mark.parametrize("status", PlanStatus)
def test_a_step_not_open_changes_nothing(name, status):
    plan = ready_plan(status=status)
    people = people_of(plan)
    if status in FROM[name]:
        people = {who: each for who, each in people.items() if who != "coordinator"}

    for person in people.values():
        with pytest.raises(PermissionDenied):
            move(plan, name, by=person, at=moment(), reason="vì thế")

    plan.refresh_from_db()
    assert plan.status == status
    assert not plan.events.exists()


def test_issuing_keeps_a_version_an_event_and_makes_periods():
    plan = ready_plan()
    by = coordinator_of(plan)

    issued = move(plan, "issue", by=by, at=moment())

    assert issued.status == PlanStatus.ISSUED
    [version] = issued.versions.all()
    assert (version.ordinal, version.number, version.issued_on) == (1, plan.number, plan.issued_on)
    assert [row["number"] for row in version.content["activities"]] == [plan.activities.get().number]
    [event] = issued.events.all()
    assert (event.move, event.status, event.by, event.role) == ("issue", "issued", by, "coordinator")
    assert event.version == version
    assert issued.reporting_periods.count() == 4


@pytest.mark.parametrize(
    "facts, field",
    [
        ({"number": ""}, "number"),
        ({"issued_on": None}, "issued_on"),
        ({"issued_on": date(2026, 6, 16)}, "issued_on"),
        ({"signatory_name": " "}, "signatory_name"),
        ({"place": ""}, "__all__"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_issued(facts, field):
    plan = ready_plan(**facts)

    with pytest.raises(ValidationError) as refused:
        move(plan, "issue", by=coordinator_of(plan), at=moment())

    assert field in refused.value.message_dict
    plan.refresh_from_db()
    assert plan.status == PlanStatus.DRAFT
    assert not plan.versions.exists()


def test_a_number_is_given_once_a_year():
    plan = ready_plan()
    PlanFactory(
        locality=plan.locality, issuing_agency=plan.issuing_agency, number=plan.number, issued_on=date(2026, 3, 1)
    )

    with pytest.raises(ValidationError) as refused:
        move(plan, "issue", by=coordinator_of(plan), at=moment())

    assert "number" in refused.value.message_dict


def test_templates_are_never_issued():
    plan = ready_plan(purpose=Purpose.TEMPLATE)

    with pytest.raises(PermissionDenied):
        move(plan, "issue", by=coordinator_of(plan), at=moment())


def test_a_plan_replaces_several_earlier_ones():
    plan = ready_plan()
    same = {"locality": plan.locality, "issuing_agency": plan.issuing_agency}
    earlier = [
        PlanFactory(**same, coordinating_agency=plan.coordinating_agency, issued_on=date(2025, month, 1), status=status)
        for month, status in ((1, "issued"), (2, "amended"), (3, "closed"))
    ]
    plan.replaces.set(earlier)

    move(plan, "issue", by=coordinator_of(plan), at=moment())

    for each in earlier:
        each.refresh_from_db()
        assert each.status == PlanStatus.REPLACED
        assert plan.number in each.events.get(move="replace").reason


def test_closing_and_opening_again_need_a_reason():
    plan = ready_plan(status=PlanStatus.ISSUED)
    by = coordinator_of(plan)

    with pytest.raises(ValidationError):
        move(plan, "close", by=by, at=moment(), reason=" ")
    closed = move(plan, "close", by=by, at=moment(), reason="Đã tổng kết")
    assert (closed.status, closed.closed_on) == (PlanStatus.CLOSED, date(2026, 6, 15))

    opened = move(plan, "reopen", by=by, at=moment(day=16), reason="Nhầm")
    assert (opened.status, opened.closed_on) == (PlanStatus.ISSUED, None)
    assert [event.reason for event in plan.events.all()] == ["Đã tổng kết", "Nhầm"]
