"""How a report moves: who may take which step from which status, who hears of it, what is recorded."""

import itertools

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.models import Notification, NotificationKind, Role
from accounts.notifying import news_of
from accounts.tests.factories import UserFactory
from activities.models import Status
from activities.tests.factories import make_world, moment
from reports.models import Report, ReportEvent, ReportKind, ReportStatus
from reports.tests.rows import ReportFactory
from reports.workflow import TRANSITIONS, move, open_moves

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

AT = moment(17)
PLAN, AGENCY, LOCALITY = ReportKind
DRAFT, SUBMITTED, RETURNED, APPROVED, ISSUED = ReportStatus
BY_COORDINATOR = {
    (DRAFT, "submit"),
    (RETURNED, "submit"),
    (SUBMITTED, "withdraw"),
    (APPROVED, "reopen"),
    (APPROVED, "issue"),
}
BY_LEADER = {(SUBMITTED, "return"), (SUBMITTED, "approve")}
# (role, kind): what is open, as (status, step); everything else is closed.
OPEN = {
    ("coordinator", PLAN): BY_COORDINATOR,
    ("coordinator", LOCALITY): BY_COORDINATOR,
    ("leader", PLAN): BY_LEADER,
    ("leader", LOCALITY): BY_LEADER,
    ("focal_point", AGENCY): {(DRAFT, "issue"), (RETURNED, "issue"), (SUBMITTED, "withdraw"), (APPROVED, "reopen")},
}
SEALED = {
    "number": 7,
    "symbol": "BC-SNV",
    "issued_on": "2026-06-20",
    "code": "K7M2-9QXD",
    "sealed_at": moment(20),
}


def report_of(world, kind, status):
    """A report of `kind` in `status`, with what the database wants of an issued one."""
    whose = {
        PLAN: {"agency": world.plan.coordinating_agency},
        AGENCY: {"agency": world.agency},
        LOCALITY: {"agency": world.plan.coordinating_agency, "plan": None, "locality": world.locality},
    }[kind]
    # An agency's own report never goes to leadership; the status stands here to see that nothing opens by it.
    return ReportFactory(period=world.period, kind=kind, status=status, begun_by=world.coordinator, **SEALED, **whose)


def people_of(world):
    return {
        "coordinator": world.coordinator,
        "leader": world.leader,
        "administrator": world.administrator,
        "focal_point": world.focal_point,
        "another coordinator": UserFactory(agency__locality=world.locality, role=Role.COORDINATOR),
        "another focal_point": UserFactory(agency__locality=world.locality),
        "stranger": make_world().coordinator,
    }


@pytest.mark.parametrize("kind, status", [*itertools.product(ReportKind, ReportStatus)])
def test_every_step_of_everybody(kind, status):
    world = make_world(Status.APPROVED)
    report = report_of(world, kind, status)

    opened = {
        (who, name)
        for who, person in people_of(world).items()
        for name in TRANSITIONS
        if _takes(report, name, person) != status
    }

    expected = {(who, name) for (who, of), steps in OPEN.items() if of == kind for at, name in steps if at == status}
    assert opened == expected


def _takes(report, name, person):
    """The status after `person` has tried the step; it is undone."""
    stands = Report.objects.get(pk=report.pk).status
    with transaction.atomic():
        try:
            move(report, name, by=person, at=AT, reason="Bổ sung mục III.")
            after = Report.objects.get(pk=report.pk).status
            assert (after, after != stands) == (TRANSITIONS[name].target, True)
        except PermissionDenied:
            after = stands
            assert Report.objects.get(pk=report.pk).status == stands
        transaction.set_rollback(True)
    return after


@pytest.mark.parametrize("kind, status", [*itertools.product(ReportKind, ReportStatus)])
def test_a_button_is_there_where_the_step_is(kind, status):
    world = make_world(Status.APPROVED)
    report = report_of(world, kind, status)

    for who, person in people_of(world).items():
        shown = set(open_moves(person, report)) if who != "stranger" else set()
        taken = {name for name in TRANSITIONS if _takes(report, name, person) != status}
        if (who, kind) != ("leader", AGENCY):  # never submitted: its page is not shown to leaders either
            assert shown == taken, who


def test_a_round_is_recorded_and_told():
    world = make_world(Status.APPROVED)
    report = report_of(world, PLAN, DRAFT)
    colleague = UserFactory(agency=world.plan.coordinating_agency, role=Role.COORDINATOR)

    move(report, "submit", by=world.coordinator, at=AT)
    move(report, "return", by=world.leader, at=AT, reason="  Bổ sung danh sách 7 đơn vị.  ")
    move(report, "submit", by=world.coordinator, at=AT)
    report = move(report, "approve", by=world.leader, at=AT)

    assert (report.status, report.version) == (APPROVED, 4)
    events = ReportEvent.objects.values_list("step", "before", "after", "reason", "by_name")
    assert list(events) == [
        ("submit", "draft", "submitted", "", str(world.coordinator)),
        ("return", "submitted", "returned", "Bổ sung danh sách 7 đơn vị.", str(world.leader)),
        ("submit", "returned", "submitted", "", str(world.coordinator)),
        ("approve", "submitted", "approved", "", str(world.leader)),
    ]
    told = Notification.objects.filter(kind=NotificationKind.REPORT)
    assert {each.person for each in told} == {world.leader, world.coordinator, colleague}
    news = news_of(told.filter(person=colleague).order_by("pk"))
    assert [each.headline for each in news] == [
        f"The report on {report.label} was returned to you by {world.leader}",
        f"The report on {report.label} was approved by {world.leader}",
    ]
    assert news[0].detail == "“Bổ sung danh sách 7 đơn vị.”"
    assert told.filter(person=world.leader).count() == 2
    assert {each.url for each in told} == {report.get_absolute_url()}


def test_an_issue_is_told_to_all_who_read_it():
    world = make_world(Status.APPROVED, agencies=2)
    report = report_of(world, PLAN, APPROVED)
    other = make_world(Status.APPROVED, locality=world.locality)

    move(report, "issue", by=world.coordinator, at=AT)

    told = {each.person for each in Notification.objects.filter(kind=NotificationKind.REPORT)}
    assert told == {world.leader, other.leader, world.focal_point}
    [news] = news_of(Notification.objects.filter(person=world.focal_point))
    assert news.headline == f"The report on {report.label} was issued: 07/BC-SNV"


def test_a_return_needs_a_reason():
    world = make_world(Status.APPROVED)
    report = report_of(world, PLAN, SUBMITTED)

    with pytest.raises(ValidationError, match="Say why"):
        move(report, "return", by=world.leader, at=AT, reason="  \n")

    report.refresh_from_db()
    assert (report.status, ReportEvent.objects.count()) == (SUBMITTED, 0)


def test_what_was_looked_at_is_what_is_decided():
    """Between the leader's look and the decision the report was taken back, changed and submitted again."""
    world = make_world(Status.APPROVED)
    report = move(report_of(world, PLAN, DRAFT), "submit", by=world.coordinator, at=AT)
    seen = report.version
    move(report, "withdraw", by=world.coordinator, at=AT)
    move(report, "submit", by=world.coordinator, at=AT)

    with pytest.raises(ValidationError, match="changed while you were looking"):
        move(report, "approve", by=world.leader, at=AT, version=seen)

    report.refresh_from_db()
    assert report.status == SUBMITTED


def test_a_report_thrown_away_moves_no_more():
    world = make_world(Status.APPROVED)
    report = report_of(world, PLAN, DRAFT)
    Report.objects.filter(pk=report.pk).delete()

    with pytest.raises(PermissionDenied):
        move(report, "submit", by=world.coordinator, at=AT)
