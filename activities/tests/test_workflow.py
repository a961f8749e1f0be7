"""How an update moves: who takes which step, what it asks for, what it leaves behind; two people at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import ProgressState, QuarterlyUpdate, Status, UpdateEvent
from activities.workflow import TRANSITIONS, move

from .factories import (
    ActivityFactory,
    ActivityProgressFactory,
    AssignmentFactory,
    EvidenceFactory,
    IndicatorFactory,
    OutputCountFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    make_world,
    moment,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

WHO = {
    ("submit", Status.DRAFT): "own focal_point",
    ("submit", Status.RETURNED): "own focal_point",
    ("return", Status.SUBMITTED): "coordinating coordinator",
    ("approve", Status.SUBMITTED): "coordinating coordinator",
}


@pytest.fixture
def world():
    return make_world()


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("name", TRANSITIONS)
def test_everyone_else_is_refused(name, status):
    world = make_world(status)
    places = {
        "own": {"agency": world.agency},
        "coordinating": {"agency": world.plan.coordinating_agency},
        "issuing": {"agency": world.plan.issuing_agency},
        "another": {"agency__locality": world.locality},
        "abroad": {},
    }
    for place, where in places.items():
        for role in Role:
            if WHO.get((name, status)) == f"{place} {role}":
                continue
            with pytest.raises(PermissionDenied):
                move(world.update, name, by=UserFactory(role=role, **where), at=moment(), reason="Thiếu số liệu")

    world.update.refresh_from_db()
    assert (world.update.status, world.update.version) == (status, 0)
    assert not UpdateEvent.objects.exists()


@pytest.mark.parametrize("name, status", WHO)
def test_each_step_leads_where_the_table_says(name, status):
    world = make_world(status)
    by = world.focal_point if name == "submit" else world.coordinator

    moved = move(world.update, name, by=by, at=moment(16), reason="Thiếu số liệu hoạt động 1")

    assert moved.status == TRANSITIONS[name].target
    assert QuarterlyUpdate.objects.get(pk=moved.pk).status == moved.status
    assert moved.version == 1


def test_a_step_leaves_its_event():
    world = make_world(Status.SUBMITTED)

    move(world.update, "return", by=world.coordinator, at=moment(17), reason="  Thiếu số liệu  ")

    event = UpdateEvent.objects.get()
    assert (event.update, event.move, event.status) == (world.update, "return", Status.RETURNED)
    assert (event.by, event.role, event.by_name) == (world.coordinator, Role.COORDINATOR, world.coordinator.full_name)
    assert event.by_agency_name == world.plan.coordinating_agency.name
    assert (event.at, event.reason, event.content) == (moment(17), "Thiếu số liệu", None)


def test_who_took_a_step_stays_though_the_person_moves_on(world):
    move(world.update, "submit", by=world.focal_point, at=moment())
    person = world.focal_point
    person.role, person.full_name = Role.LEADER, "Tên khác"
    person.save()

    event = UpdateEvent.objects.get()
    assert (event.role, event.by_name == "Tên khác") == (Role.FOCAL_POINT, False)


@pytest.mark.parametrize("reason", ["", "   ", "\n\t"])
def test_a_return_says_why(reason):
    world = make_world(Status.SUBMITTED)

    with pytest.raises(ValidationError) as refused:
        move(world.update, "return", by=world.coordinator, at=moment(), reason=reason)

    assert refused.value.message_dict == {"reason": ["Say why the update is returned: the agency reads these words."]}
    world.update.refresh_from_db()
    assert world.update.status == Status.SUBMITTED
    assert not UpdateEvent.objects.exists()


def test_an_incomplete_update_is_not_sent():
    period = ReportingPeriodFactory()
    update = QuarterlyUpdateFactory(period=period, leads=False)
    for number, target in (("1", None), ("2", 10), ("3", None)):
        activity = ActivityFactory(plan=period.plan, number=number, target_quantity=target)
        AssignmentFactory(activity=activity, agency=update.agency)
        if number != "1":
            ActivityProgressFactory(update=update, activity=activity, words="" if number == "3" else "Đã làm")

    with pytest.raises(ValidationError) as refused:
        move(update, "submit", by=UserFactory(agency=update.agency), at=moment())

    assert refused.value.messages == [
        "Activity 1: state its progress.",
        "Activity 2: give the quantity done in the period (0 if none).",
        "Activity 3: say in words what was done.",
    ]
    update.refresh_from_db()
    assert (update.status, update.submitted_at) == (Status.DRAFT, None)


@pytest.mark.parametrize(
    "line",
    [
        {"state": ProgressState.NOT_STARTED, "words": ""},
        {"state": ProgressState.DONE, "words": "Xong", "quantity_done": 0},
        {"state": ProgressState.IN_PROGRESS, "words": "Đang làm", "quantity_done": 0},
    ],
)
def test_nothing_done_is_complete_when_it_is_said(line):
    world = make_world(**line)
    world.activity.target_quantity = 10
    world.activity.save()

    assert move(world.update, "submit", by=world.focal_point, at=moment()).status == Status.SUBMITTED


def test_the_first_sending_decides_punctuality(world):
    move(world.update, "submit", by=world.focal_point, at=moment(15))
    move(world.update, "return", by=world.coordinator, at=moment(17), reason="Thiếu")
    again = move(world.update, "submit", by=world.focal_point, at=moment(19))

    assert again.first_submitted_at == moment(15)
    assert again.submitted_at == moment(19)
    assert again.version == 3
    assert list(again.events.values_list("move", "round", "status")) == [
        ("submit", 1, "submitted"),
        ("return", 1, "returned"),
        ("submit", 2, "submitted"),
    ]


def test_the_agency_is_kept_as_named_at_submission(world):
    moved = move(world.update, "submit", by=world.focal_point, at=moment())
    world.agency.name = "Sở sau hợp nhất"
    world.agency.save()

    moved.refresh_from_db()
    assert moved.agency_name != "Sở sau hợp nhất"
    assert moved.agency_name


def test_each_round_is_kept_as_it_was_sent(world):
    world.activity.target_quantity, world.activity.target_unit = 10, "hội nghị"
    world.activity.save()
    world.line.quantity_done, world.line.words = 3, "Lần một"
    world.line.save()
    OutputCountFactory(progress=world.line, indicator=IndicatorFactory(code="WEB-1", name="Tin", unit="tin"), value=7)
    link = EvidenceFactory(progress=world.line, caption="Ảnh")
    EvidenceFactory(progress=world.line, removed_at=moment())
    QuarterlyUpdate.objects.update(results="Đã chỉ đạo", difficulties="Thiếu kinh phí", proposals="Bổ sung")

    move(world.update, "submit", by=world.focal_point, at=moment(15))
    move(world.update, "return", by=world.coordinator, at=moment(16), reason="Sai")
    world.line.words = "Lần hai"
    world.line.save()
    move(world.update, "submit", by=world.focal_point, at=moment(17))

    first, second = UpdateEvent.objects.filter(move="submit")
    assert first.content == {
        "agency": world.agency.name,
        "period": "Quý II/2026",
        "results": "Đã chỉ đạo",
        "difficulties": "Thiếu kinh phí",
        "proposals": "Bổ sung",
        "activities": [
            {
                "number": world.activity.number,
                "title": world.activity.title,
                "state": "in_progress",
                "percent": 40,
                "quantity_done": 3,
                "unit": "hội nghị",
                "completed_on": None,
                "words": "Lần một",
                "counts": [{"code": "WEB-1", "name": "Tin", "unit": "tin", "value": 7}],
                "evidence": [{"id": link.pk, "caption": "Ảnh", "kind": "link", "url": link.url, "sha256": ""}],
            }
        ],
    }
    assert second.content["activities"][0]["words"] == "Lần hai"


@pytest.mark.parametrize("name", ["return", "approve"])
def test_a_decision_on_another_version_is_refused(name):
    world = make_world(Status.SUBMITTED)
    QuarterlyUpdate.objects.update(version=4)

    with pytest.raises(ValidationError, match="The update changed while you were looking at it"):
        move(world.update, name, by=world.coordinator, at=moment(), reason="x", version=3)

    assert move(world.update, name, by=world.coordinator, at=moment(), reason="x", version=4).version == 5


def test_sending_twice_is_one_event(world):
    move(world.update, "submit", by=world.focal_point, at=moment())

    with pytest.raises(PermissionDenied):
        move(world.update, "submit", by=world.focal_point, at=moment())

    assert UpdateEvent.objects.count() == 1


# Two people at once: only PostgreSQL locks rows.


def at_once(*jobs):
    """Run the jobs in threads that start together; what each returned or raised."""
    barrier = Barrier(len(jobs))

    def run(job):
        barrier.wait(timeout=20)
        try:
            return job()
        except Exception as error:  # noqa: BLE001  (told, not hidden)
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as threads:
        return list(threads.map(run, jobs))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_reviewers_at_once_take_one_decision():
    world = make_world(Status.SUBMITTED)
    colleague = UserFactory(agency=world.coordinator.agency, role=Role.COORDINATOR)

    results = at_once(
        lambda: move(world.update, "approve", by=world.coordinator, at=moment(), version=0),
        lambda: move(world.update, "return", by=colleague, at=moment(), reason="Sai", version=0),
    )

    assert [type(each) for each in results if isinstance(each, Exception)] == [PermissionDenied]
    world.update.refresh_from_db()
    [event] = UpdateEvent.objects.all()
    assert event.status == world.update.status
    assert world.update.version == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_same_update_sent_twice_at_once_is_one_event():
    world = make_world()

    results = at_once(*[lambda: move(world.update, "submit", by=world.focal_point, at=moment())] * 2)

    assert [type(each) for each in results if isinstance(each, Exception)] == [PermissionDenied]
    assert UpdateEvent.objects.get().round == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_ten_focal_points_start_and_send_at_once(clock):
    clock(moment().date())
    world = make_world(agencies=10)
    QuarterlyUpdate.objects.all().delete()
    people = [UserFactory(agency=update.agency) for update in world.all_updates]
    starting = [login(person) for person in people for _twice in range(2)]
    address = reverse("activities:start", args=[world.period.pk])

    started = at_once(*[lambda browser=browser: browser.post(address).status_code for browser in starting])

    assert started == [302] * 20
    updates = list(QuarterlyUpdate.objects.order_by("agency_id"))
    assert {update.agency_id for update in updates} == {person.agency_id for person in people}
    assert len(updates) == 10

    for update in updates:
        ActivityProgressFactory(update=update, activity=world.activity)
    browsers = {person.agency_id: login(person) for person in people}
    sent = at_once(
        *[
            lambda update=update: (
                browsers[update.agency_id].post(f"{update.get_absolute_url()}submit/", {"version": "0"}).status_code
            )
            for update in updates
        ]
    )

    assert sent == [302] * 10
    assert UpdateEvent.objects.filter(move="submit", round=1).count() == 10
    assert set(QuarterlyUpdate.objects.values_list("status", flat=True)) == {Status.SUBMITTED}
