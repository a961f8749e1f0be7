"""How an update moves: who takes which step, what it asks for, what it leaves behind; two people at once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings, strategies as st

from accounts.models import Notification, Role
from accounts.tests.factories import UserFactory, login
from activities.models import ProgressState, QuarterlyUpdate, ScanState, Status, UpdateEvent, lock_lifted
from activities.on_behalf import take_over
from activities.submissions import Punctuality, punctuality_of
from activities.workflow import TRANSITIONS, move

from .factories import (
    TODAY,
    ActivityFactory,
    ActivityProgressFactory,
    AssignmentFactory,
    EvidenceFactory,
    ExtensionFactory,
    IndicatorFactory,
    OutputCountFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    ReportingRulesFactory,
    make_world,
    moment,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

STEPS = {  # name: (from, taken by, leads to)
    "submit": (Status.DRAFT, "focal_point", Status.SUBMITTED),
    "recall": (Status.SUBMITTED, "focal_point", Status.DRAFT),
    "begin": (Status.SUBMITTED, "coordinator", Status.SUBMITTED),
    "return": (Status.SUBMITTED, "coordinator", Status.RETURNED),
    "approve": (Status.SUBMITTED, "coordinator", Status.APPROVED),
}


@pytest.fixture
def world():
    return make_world()


@pytest.mark.parametrize("name", TRANSITIONS)
def test_each_step_leads_where_the_table_says(name):
    before, who, after = STEPS[name]
    world = make_world(before)

    moved = move(world.update, name, by=getattr(world, who), at=moment(16), reason="Thiếu số liệu hoạt động 1")

    assert moved.status == after
    assert QuarterlyUpdate.objects.get(pk=moved.pk).status == moved.status
    assert moved.version == (name != "begin"), "looking at an update makes no other page out of date"
    event = UpdateEvent.objects.get()
    assert (event.move, event.status, event.round) == (name, after, name == "submit")


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
        {"state": ProgressState.DONE, "words": "Xong", "quantity_done": 0, "no_evidence_reason": "Họp trực tiếp"},
        {"state": ProgressState.IN_PROGRESS, "words": "Đang làm", "quantity_not_applicable": True},
        {"state": ProgressState.IN_PROGRESS, "words": "", "nothing_in_period": True},
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
        "nothing_to_report": False,
        "nothing_reason": "",
        "activities": [
            {
                "activity": world.activity.pk,
                "number": world.activity.number,
                "title": world.activity.title,
                "state": "in_progress",
                "percent": 40,
                "quantity_done": 3,
                "quantity_not_applicable": False,
                "nothing_in_period": False,
                "no_evidence_reason": "",
                "unit": "hội nghị",
                "completed_on": None,
                "words": "Lần một",
                "counts": [{"code": "WEB-1", "name": "Tin", "unit": "tin", "value": 7, "not_applicable": False}],
                "evidence": [
                    {
                        "id": link.pk,
                        "caption": "Ảnh",
                        "kind": "link",
                        "url": link.url,
                        "file_name": "",
                        "content_type": "",
                        "size": None,
                        "dated_on": None,
                        "sha256": "",
                    }
                ],
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


def test_done_without_evidence_is_not_sent_unless_it_says_why():
    world = make_world(state=ProgressState.DONE, words="Xong")

    with pytest.raises(ValidationError, match="add evidence that it is done, or say why there is none"):
        move(world.update, "submit", by=world.focal_point, at=moment())

    EvidenceFactory(progress=world.line)
    assert move(world.update, "submit", by=world.focal_point, at=moment()).status == Status.SUBMITTED


def test_a_file_the_scan_refused_proves_nothing():
    world = make_world(state=ProgressState.DONE, words="Xong")
    EvidenceFactory(progress=world.line, is_file=True, scan=ScanState.REFUSED)

    with pytest.raises(ValidationError, match="add evidence that it is done"):
        move(world.update, "submit", by=world.focal_point, at=moment())


def test_nothing_to_report_is_sent_without_a_single_line(world):
    world.line.delete()
    QuarterlyUpdate.objects.update(nothing_to_report=True, nothing_reason="Hoạt động bắt đầu từ quý III.")

    sent = move(world.update, "submit", by=world.focal_point, at=moment(16))

    assert (sent.status, sent.first_submitted_at) == (Status.SUBMITTED, moment(16))
    content = UpdateEvent.objects.get().content
    assert (content["nothing_to_report"], content["nothing_reason"]) == (True, "Hoạt động bắt đầu từ quý III.")


# Taking back


def test_a_first_sending_that_was_taken_back_was_never_on_time(world):
    move(world.update, "submit", by=world.focal_point, at=moment(15))
    back = move(world.update, "recall", by=world.focal_point, at=moment(16))

    assert (back.status, back.submitted_at, back.first_submitted_at) == (Status.DRAFT, None, None)

    again = move(world.update, "submit", by=world.focal_point, at=moment(18))
    assert (again.first_submitted_at, again.submitted_at) == (moment(18), moment(18))
    assert UpdateEvent.objects.last().round == 2


def test_a_second_sending_that_was_taken_back_leaves_the_first(world):
    by = world.focal_point
    move(world.update, "submit", by=by, at=moment(14))
    move(world.update, "recall", by=by, at=moment(14, 10))
    move(world.update, "submit", by=by, at=moment(15))
    move(world.update, "return", by=world.coordinator, at=moment(16), reason="Thiếu", resend_by=moment(20).date())
    sent = move(world.update, "submit", by=by, at=moment(17))
    assert sent.resend_by is None

    back = move(world.update, "recall", by=by, at=moment(18))

    assert (back.status, back.first_submitted_at, back.submitted_at) == (Status.RETURNED, moment(15), moment(15))
    assert back.resend_by == moment(20).date()


def test_once_the_review_has_begun_nothing_is_taken_back(world):
    move(world.update, "submit", by=world.focal_point, at=moment(15))
    first = move(world.update, "begin", by=world.coordinator, at=moment(15, 10))

    with pytest.raises(PermissionDenied, match="The review has begun"):
        move(world.update, "recall", by=world.focal_point, at=moment(15, 11))
    again = move(world.update, "begin", by=world.coordinator, at=moment(15, 12))

    assert (again.review_began_at, again.reviewer) == (first.review_began_at, world.coordinator)
    assert UpdateEvent.objects.filter(move="begin").count() == 1


def test_what_is_sent_again_waits_for_a_review_of_its_own(world):
    move(world.update, "submit", by=world.focal_point, at=moment(15))
    move(world.update, "begin", by=world.coordinator, at=moment(15, 10))
    move(world.update, "return", by=world.coordinator, at=moment(16), reason="Thiếu")
    again = move(world.update, "submit", by=world.focal_point, at=moment(17))

    assert (again.review_began_at, again.reviewer) == (None, None)
    assert move(world.update, "recall", by=world.focal_point, at=moment(17, 10)).status == Status.RETURNED


# The lock


@pytest.mark.locked
def test_a_locked_period_is_approved_but_not_returned():
    """Locked from 1/7; an extension opens it again for the one agency."""
    with lock_lifted():
        world = make_world(Status.SUBMITTED)
    late = moment(2, month=7)

    with pytest.raises(PermissionDenied, match="extend the period for it first"):
        move(world.update, "return", by=world.coordinator, at=late, reason="Thiếu")
    ExtensionFactory(period=world.period, agency=world.agency, until=late.date())
    assert move(world.update, "return", by=world.coordinator, at=late, reason="Thiếu").status == Status.RETURNED
    assert move(world.update, "submit", by=world.focal_point, at=late).status == Status.SUBMITTED
    after = moment(3, month=7)
    with pytest.raises(PermissionDenied):
        move(world.update, "recall", by=world.focal_point, at=after)
    assert move(world.update, "approve", by=world.coordinator, at=after).status == Status.APPROVED


@pytest.mark.parametrize(
    "resend_by, sentence",
    [(16, "This day has passed"), (30, ""), (17, "")],
)
def test_the_day_to_send_it_again_lies_ahead(resend_by, sentence):
    world = make_world(Status.SUBMITTED)
    day = moment(resend_by).date()
    step = {"by": world.coordinator, "at": moment(17), "reason": "Thiếu", "resend_by": day}

    if sentence:
        with pytest.raises(ValidationError, match=sentence):
            move(world.update, "return", **step)
    else:
        assert move(world.update, "return", **step).resend_by == day
        assert UpdateEvent.objects.get().resend_by == day


def test_the_day_to_send_it_again_is_one_on_which_the_agency_can_write():
    world = make_world(Status.SUBMITTED)
    beyond = moment(1, month=7).date()
    step = {"by": world.coordinator, "at": moment(17), "reason": "Thiếu", "resend_by": beyond}

    with pytest.raises(ValidationError, match="The agency can write until 30/06/2026"):
        move(world.update, "return", **step)
    ExtensionFactory(period=world.period, agency=world.agency, until=beyond)
    assert move(world.update, "return", **step).resend_by == beyond


# One's own


@pytest.mark.parametrize("may", [False, True])
def test_nobody_approves_what_they_sent_on_behalf_unless_the_rules_allow_it(may):
    world = make_world()
    ReportingRulesFactory(plan=world.plan, may_approve_own=may)
    colleague = UserFactory(agency=world.coordinator.agency, role=Role.COORDINATOR)
    update = take_over(
        world.period, world.agency, name="Lê Minh Tuấn", reason="Mất mạng", by=world.coordinator, at=moment()
    )
    move(update, "submit", by=world.coordinator, at=moment())

    if may:
        assert move(update, "approve", by=world.coordinator, at=moment()).status == Status.APPROVED
    else:
        with pytest.raises(PermissionDenied, match="a colleague approves it"):
            move(update, "approve", by=world.coordinator, at=moment())
        assert move(update, "approve", by=colleague, at=moment()).status == Status.APPROVED


def test_nor_what_they_sent_when_they_were_at_the_agency(world):
    sender = world.focal_point
    move(world.update, "submit", by=sender, at=moment())
    sender.role, sender.agency = Role.COORDINATOR, world.plan.coordinating_agency
    sender.save()

    with pytest.raises(PermissionDenied, match="a colleague approves it"):
        move(world.update, "approve", by=sender, at=moment())
    assert move(world.update, "return", by=sender, at=moment(), reason="Thiếu").status == Status.RETURNED


# Who is told


def told():
    return sorted(Notification.objects.values_list("person__username", "kind", "key"))


def test_a_sending_is_told_to_the_reviewers_and_a_decision_to_the_agency(world):
    elsewhere = [
        UserFactory(agency=world.agency, role=Role.LEADER),
        UserFactory(agency=world.agency, is_active=False),
        UserFactory(agency__locality=world.locality),
        UserFactory(agency__locality=world.locality, role=Role.COORDINATOR),
    ]
    move(world.update, "submit", by=world.focal_point, at=moment(15))
    move(world.update, "return", by=world.coordinator, at=moment(16), reason="Thiếu ảnh")
    move(world.update, "submit", by=world.focal_point, at=moment(17))
    move(world.update, "approve", by=world.coordinator, at=moment(18))

    reviewer, agencys, pk = world.coordinator.username, world.focal_point.username, world.update.pk
    assert told() == sorted(
        [
            (reviewer, "submitted", f"update-{pk}-1-submit"),
            (agencys, "returned", f"update-{pk}-1-return"),
            (reviewer, "submitted", f"update-{pk}-2-submit"),
            (agencys, "approved", f"update-{pk}-2-approve"),
        ]
    )
    returned = Notification.objects.get(kind="returned")
    assert (returned.facts["reason"], returned.facts["by"]) == ("Thiếu ảnh", world.coordinator.full_name)
    assert returned.url == world.update.get_absolute_url()
    assert not Notification.objects.filter(person__in=elsewhere).exists()


def test_a_step_that_was_refused_tells_nobody(world):
    with pytest.raises(PermissionDenied):
        move(world.update, "approve", by=world.coordinator, at=moment())

    assert told() == []


# Any number of steps, in any order


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(list(TRANSITIONS)), st.integers(0, 3)), max_size=14))
def test_whatever_people_do_the_facts_agree_with_the_events(steps):
    """Each step comes some hours after the one before; whoever may take it tries; what is refused leaves no trace."""
    with transaction.atomic():
        world = make_world()
        at = moment(10)
        for name, days in steps:
            at += timedelta(days=days, hours=1)
            by = world.focal_point if name in ("submit", "recall") else world.coordinator
            with suppress(PermissionDenied):
                move(world.update, name, by=by, at=at, reason="Thiếu")
            agree(QuarterlyUpdate.objects.get(pk=world.update.pk))
        transaction.set_rollback(True)


def agree(update):
    """The update's facts are those of the sendings that stand; the rounds count every sending once."""
    events = list(update.events.order_by("at", "pk"))
    standing, sent = [], 0
    for event in events:
        sent += event.move == "submit"
        assert event.round == sent
        if event.move == "submit":
            standing.append(event)
        elif event.move == "recall":
            standing.pop()
    assert update.status == (events[-1].status if events else Status.DRAFT)
    assert update.first_submitted_at == (standing[0].at if standing else None)
    assert update.submitted_at == (standing[-1].at if standing else None)
    assert (update.status == Status.DRAFT) == (not standing)
    assert update.version == sum(event.move != "begin" for event in events)
    assert bool(update.review_began_at) <= bool(standing)
    if update.first_submitted_at:
        due = update.period.agency_due_on
        on_time = punctuality_of(due, timezone.localdate(update.first_submitted_at), TODAY)[0] == Punctuality.ON_TIME
        assert on_time == (timezone.localdate(standing[0].at) <= due)


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
