"""When a plan reminds, what each person is told on a day, and that nobody is told anything twice."""

from datetime import date, timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.jobs import run_waiting
from accounts.models import Job, JobState, Notification, NotificationKind, NotificationSettings, Role
from accounts.notifying import sentence
from accounts.tests.factories import UserFactory
from activities.models import (
    Digest,
    Explanation,
    Extension,
    LetterState,
    QuarterlyUpdate,
    Reminder,
    ReportingRules,
    Status,
)
from activities.reminding.due import letters_of
from activities.reminding.ladder import ladder, ladder_again, latest
from activities.reminding.late import late_agencies
from activities.reminding.sending import send_reminders
from activities.reminding.told import chased, told_in
from agencies.holidays import WorkingDays
from agencies.models import Agency, AgencyKind, Holiday
from agencies.tests.factories import AgencyFactory, SuccessionFactory
from plans.models import Plan, PlanStatus

from .factories import (
    AssignmentFactory,
    ReminderFactory,
    UpdateEventFactory,
    make_world,
    moment,
)

DUE = date(2026, 6, 16)  # a Tuesday
LAST = date(2026, 6, 30)
MONDAY_TO_FRIDAY = WorkingDays().on_or_after
TOLD_ON = [date(2026, 6, 9), date(2026, 6, 15), date(2026, 6, 16), date(2026, 6, 17), date(2026, 6, 24)]


@pytest.fixture(autouse=True)
def in_english(settings, english):
    settings.LANGUAGE_CODE = "en"


def days_of(steps):
    return {step.key: (step.on.day, step.on.month) for step in steps}


def send(world, day, at=None):
    return send_reminders(world.locality, day, at or moment(day.day, 7, day.month))


# The ladder


def test_the_ladder_by_default():
    steps = ladder(ReportingRules(), DUE, LAST, MONDAY_TO_FRIDAY)

    assert days_of(steps) == {
        "before:7": (9, 6),
        "before:2": (15, 6),  # the 14th is a Sunday
        "before:0": (16, 6),
        "after:1": (17, 6),
        "weekly:1": (24, 6),
        "head:1": (29, 6),  # the 28th is a Sunday
    }
    assert [step.key for step in steps if step.to_head] == ["head:1"]


def test_a_holiday_moves_a_step_to_the_next_working_day():
    closed = WorkingDays([Holiday(day=date(2026, 6, 17)), Holiday(day=date(2026, 6, 18))])

    steps = ladder(ReportingRules(), DUE, LAST, closed.on_or_after)

    assert days_of(steps)["after:1"] == (19, 6)


def test_a_ladder_of_ones_own():
    rules = ReportingRules(days_before=[3], days_after=2, every_days=5, head_after_days=6)

    steps = ladder(rules, DUE, LAST, lambda day: day)

    assert days_of(steps) == {
        "before:3": (13, 6),
        "after:2": (18, 6),
        "head:1": (22, 6),
        "weekly:1": (23, 6),
        "weekly:2": (28, 6),
    }
    assert [step.key for step in steps if step.to_head] == ["head:1", "weekly:1", "weekly:2"]


def test_reminding_ends_with_the_lock_or_the_extension():
    def last(last_day):
        return ladder(ReportingRules(), DUE, last_day, MONDAY_TO_FRIDAY)[-1].key

    assert last(date(2026, 6, 23)) == "after:1"
    assert last(LAST) == "head:1"
    assert last(date(2026, 7, 10)) == "weekly:3"


def test_a_plan_may_send_no_reminders():
    assert ladder(ReportingRules(reminds=False), DUE, LAST, MONDAY_TO_FRIDAY) == []
    assert ladder_again(ReportingRules(reminds=False), DUE, LAST, MONDAY_TO_FRIDAY) == []


def test_what_was_returned_has_steps_of_its_own_until_it_is_to_come_again():
    steps = ladder_again(ReportingRules(), date(2026, 6, 19), LAST, MONDAY_TO_FRIDAY)

    assert days_of(steps) == {
        "again:20260619:-1": (18, 6),
        "again:20260619:0": (19, 6),
        "again:20260619:1": (22, 6),  # the 20th is a Saturday
        "again:20260619:8": (29, 6),  # the 27th is a Saturday
    }


def test_the_latest_step_speaks():
    steps = ladder(ReportingRules(), DUE, LAST, MONDAY_TO_FRIDAY)

    assert latest(steps, date(2026, 6, 8)) is None
    assert latest(steps, date(2026, 6, 14)).key == "before:7"
    assert latest(steps, date(2026, 6, 23)).key == "after:1"
    assert latest(steps, date(2026, 6, 29)).key == "weekly:1"
    assert latest(steps, date(2026, 6, 28), head=True) is None
    assert latest(steps, date(2026, 6, 29), head=True).key == "head:1"


# Whom, and when


@pytest.fixture
def world(db):
    world = make_world()
    world.coordinator.is_active = False  # agencies alone, unless a test says otherwise
    world.coordinator.save()
    return world


def recipients(world, day):
    return sorted(letter.recipient.key for letter in letters_of(world.locality, day))


def user(person):
    return f"user:{person.pk}"


def head(agency):
    return f"head:{agency.pk}"


def test_a_focal_point_hears_on_the_days_of_the_ladder_and_on_no_other(world):
    day, heard = date(2026, 6, 1), []
    while day <= date(2026, 7, 10):
        if any(row.recipient == user(world.focal_point) for row in sent_on(world, day)):
            heard.append(day)
        day += timedelta(days=1)

    assert heard == TOLD_ON
    assert list(Reminder.objects.filter(recipient=user(world.focal_point)).values_list("step", flat=True)) == [
        "before:7",
        "before:2",
        "before:0",
        "after:1",
        "weekly:1",
    ]


def sent_on(world, day):
    send(world, day)
    return Digest.objects.filter(day=day)


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.APPROVED])
def test_reminding_stops_when_the_update_is_sent(db, status):
    world = make_world(status)

    assert user(world.focal_point) not in recipients(world, date(2026, 6, 17))


def test_days_that_were_missed_are_made_up_for_once(world):
    send(world, date(2026, 6, 9))

    assert send(world, date(2026, 6, 18)) == 1
    assert Reminder.objects.order_by("-pk").first().step == "after:1"
    assert send(world, date(2026, 6, 19)) == 0


def test_nothing_goes_out_on_a_sunday(world):
    assert send(world, date(2026, 6, 14)) == 0
    assert send(world, date(2026, 6, 15)) == 1


def test_the_head_is_told_after_twelve_days(world):
    Agency.objects.filter(pk=world.agency.pk).update(head_name="Hoàng Văn Páo", head_email="pao@minhhoa.example")
    send(world, date(2026, 6, 24))

    [letter] = sent_on(world, date(2026, 6, 29))

    assert (letter.recipient, letter.name, letter.address) == (
        head(world.agency),
        "Hoàng Văn Páo",
        "pao@minhhoa.example",
    )
    assert letter.reminders.get().step == "head:1"


def test_a_head_who_is_the_focal_point_gets_one_letter(world):
    Agency.objects.filter(pk=world.agency.pk).update(head_email=world.focal_point.email.upper())

    assert recipients(world, date(2026, 6, 29)) == [user(world.focal_point)]


def test_without_a_focal_point_the_head_hears_every_step(world):
    world.focal_point.is_active = False
    world.focal_point.save()
    Agency.objects.filter(pk=world.agency.pk).update(head_email="pao@minhhoa.example")

    assert [day for day in TOLD_ON if send(world, day)] == TOLD_ON
    assert set(Reminder.objects.values_list("recipient", flat=True)) == {head(world.agency)}


def test_nobody_to_write_to_is_on_record(world):
    world.focal_point.is_active = False
    world.focal_point.save()

    assert send(world, date(2026, 6, 17)) == 0
    assert Digest.objects.get().state == LetterState.NO_ADDRESS
    assert not Job.objects.filter(kind="letter").exists()


def test_the_invited_owe_nothing(world):
    Agency.objects.filter(pk=world.agency.pk).update(kind=AgencyKind.PARTY_BODY)

    assert recipients(world, date(2026, 6, 17)) == []


@pytest.mark.parametrize("status", [PlanStatus.DRAFT, PlanStatus.CLOSED, PlanStatus.REPLACED])
def test_a_plan_that_is_not_in_force_reminds_nobody(world, status):
    Plan.objects.filter(pk=world.plan.pk).update(status=status)

    assert recipients(world, date(2026, 6, 17)) == []


def test_a_plan_whose_reminders_are_off(world):
    ReportingRules.objects.create(plan=world.plan, reminds=False)

    assert recipients(world, date(2026, 6, 17)) == []


def test_after_the_lock_only_those_with_an_extension_hear(world):
    other = AgencyFactory(locality=world.locality)
    AssignmentFactory(activity=world.activity, agency=other)
    colleague = UserFactory(agency=other)
    Extension.objects.create(
        period=world.period,
        agency=other,
        until=date(2026, 7, 10),
        reason="Máy chủ hỏng",
        by=world.coordinator,
        by_name="Hạnh",
        at=moment(25),
    )
    send(world, date(2026, 6, 29))

    assert user(colleague) in recipients(world, date(2026, 7, 1))  # weekly:2
    assert user(world.focal_point) not in recipients(world, date(2026, 7, 1))
    assert recipients(world, date(2026, 7, 13)) == []


def test_the_people_of_whoever_carries_on_hear(world):
    successor = AgencyFactory(locality=world.locality)
    colleague = UserFactory(agency=successor)
    world.focal_point.is_active = False
    world.focal_point.save()
    SuccessionFactory(
        predecessor=world.agency,
        successor=successor,
        reorganisation__locality=world.locality,
        reorganisation__status="applied",
        reorganisation__effective_on=date(2026, 6, 16),
        reorganisation__applied_at=moment(16),
    )
    Agency.objects.filter(pk=world.agency.pk).update(valid_to=date(2026, 6, 15))

    assert recipients(world, date(2026, 6, 17)) == [user(colleague)]


# Returned, asked, waiting


@pytest.fixture
def returned(db):
    world = make_world(Status.RETURNED)
    world.coordinator.is_active = False
    world.coordinator.save()
    QuarterlyUpdate.objects.filter(pk=world.update.pk).update(resend_by=date(2026, 6, 19))
    UpdateEventFactory(
        update=world.update,
        move="return",
        status=Status.RETURNED,
        reason="Số liệu hoạt động 5 sai.",
        by=world.leader,
    )
    return world


def test_what_was_returned_is_reminded_of_until_it_is_sent_again(returned):
    assert [day for day in range(15, 31) if send(returned, date(2026, 6, day))] == [18, 19, 22, 29]

    letter = Digest.objects.get(day=date(2026, 6, 18))
    assert "Send the update" in letter.text and "Số liệu hoạt động 5 sai." in letter.text


def test_an_explanation_is_reminded_of_before_on_and_after_its_day(world):
    QuarterlyUpdate.objects.update(status=Status.APPROVED, submitted_at=moment(), first_submitted_at=moment())
    Explanation.objects.create(
        plan=world.plan,
        activity=world.activity,
        agency=world.agency,
        subject="Vì sao chậm",
        answer_by=date(2026, 6, 18),
        asked_by=world.leader,
        asked_at=moment(15),
    )

    assert [day for day in range(15, 31) if send(world, date(2026, 6, day))] == [17, 18, 19]
    assert "Vì sao chậm" in Digest.objects.first().text


def test_an_explanation_is_caught_up_with_once_after_the_machine_stood_still(world):
    QuarterlyUpdate.objects.update(status=Status.APPROVED, submitted_at=moment(), first_submitted_at=moment())
    Explanation.objects.create(
        plan=world.plan,
        activity=world.activity,
        agency=world.agency,
        subject="Vì sao chậm",
        answer_by=date(2026, 6, 18),
        asked_by=world.leader,
        asked_at=moment(15),
    )

    assert [day for day in (17, 22, 23, 24, 25) if send(world, date(2026, 6, day))] == [17, 22]


def test_a_coordinator_hears_what_waits_and_who_is_missing(db):
    world = make_world(Status.SUBMITTED, agencies=2)
    QuarterlyUpdate.objects.filter(pk=world.update.pk).delete()

    [letter] = [
        each for each in letters_of(world.locality, date(2026, 6, 17)) if each.recipient.person == world.coordinator
    ]

    missing, waiting = letter.tasks
    assert "1 agency has not sent" in missing.what and world.agency.name in missing.note
    assert waiting.what.startswith("1 update waits for review")


def test_a_coordinator_is_not_written_to_when_nothing_is_new(db):
    world = make_world(Status.SUBMITTED)

    assert send(world, date(2026, 6, 17)) == 1
    assert send(world, date(2026, 6, 18)) == 0


# One letter a day


def test_one_letter_has_everything_the_most_urgent_first(returned):
    other = make_world(locality=returned.locality)
    AssignmentFactory(activity=other.activity, agency=returned.agency)

    letter = next(
        each
        for each in letters_of(returned.locality, date(2026, 6, 18))
        if each.recipient.person == returned.focal_point
    )
    send(returned, date(2026, 6, 18))
    written = Digest.objects.get(person=returned.focal_point)

    assert [task.due_on for task in letter.tasks] == [date(2026, 6, 16), date(2026, 6, 19)]
    assert written.subject == f"2 things to do at {returned.agency.short_name}, most urgent: 2 days overdue"
    assert written.reminders.count() == 2


def test_the_letter_says_the_same_in_text_and_in_html(world, settings):
    settings.PORTAL_URL = "https://cchc.minhhoa.example"
    send(world, date(2026, 6, 17))
    letter = Digest.objects.get()

    for said in (letter.subject, world.period.title, world.plan.number, settings.PORTAL_URL, world.locality.name):
        assert said in letter.text and said in letter.html
    assert "<script" not in letter.html and "<img" not in letter.html and "style=" not in letter.html
    assert letter.html.count("<style>") == 1


def test_what_people_wrote_is_text_in_the_html(returned):
    returned.update.events.update(reason="<b>sai</b> & thiếu")
    send(returned, date(2026, 6, 18))
    letter = Digest.objects.get()

    assert "&lt;b&gt;sai&lt;/b&gt; &amp; thiếu" in letter.html
    assert "<b>sai</b> & thiếu" in letter.text


def test_a_second_run_sends_nothing(world):
    assert send(world, date(2026, 6, 17)) == 1
    assert send(world, date(2026, 6, 17)) == 0
    assert send(world, date(2026, 6, 17), at=moment(17, 16)) == 0

    assert Digest.objects.count() == Reminder.objects.count() == Job.objects.filter(kind="letter").count() == 1


def test_another_localitys_letters_are_its_own(world):
    other = make_world()

    assert send(world, date(2026, 6, 17)) == 1
    assert set(Digest.objects.values_list("locality", flat=True)) == {world.locality.pk}
    assert user(other.focal_point) in recipients(other, date(2026, 6, 17))


# Sending, the bell, wishes


def test_the_letter_leaves_by_job(world):
    send(world, date(2026, 6, 17))
    assert mail.outbox == []

    run_waiting(moment(17))

    [sent] = mail.outbox
    letter = Digest.objects.get()
    assert (sent.to, sent.subject, sent.body) == ([world.focal_point.email], letter.subject, letter.text)
    assert sent.alternatives[0].content == letter.html
    assert letter.state == LetterState.SENT and letter.sent_at


def test_a_job_run_again_sends_nothing(world):
    send(world, date(2026, 6, 17))
    run_waiting(moment(17))
    Job.objects.filter(kind="letter").update(state=JobState.WAITING)

    run_waiting(moment(17, 12))

    assert len(mail.outbox) == 1


def test_a_letter_that_cannot_be_delivered_says_why(world, monkeypatch):
    def refuse(letter):
        raise SMTPRecipientsRefused({"x": (552, b"mailbox full")})

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
    send(world, date(2026, 6, 17))

    run_waiting(moment(17))

    letter = Digest.objects.get()
    assert letter.state == LetterState.FAILED and letter.attempts == 1
    assert "mailbox full" in letter.error


def test_the_bell_says_it_too(world):
    send(world, date(2026, 6, 17))
    send(world, date(2026, 6, 17))

    told = Notification.objects.get(person=world.focal_point)
    assert told.kind == NotificationKind.REMINDER
    assert told.facts == {"period": world.period.title, "plan": world.plan.number, "days": -1}


def test_of_what_was_returned_the_bell_counts_to_sending_it_again(world, english):
    world.update.status, world.update.resend_by = Status.RETURNED, date(2026, 6, 18)
    world.update.submitted_at = world.update.first_submitted_at = moment(10)
    world.update.save()

    send(world, date(2026, 6, 17))

    told = Notification.objects.get(person=world.focal_point)
    assert (told.facts["days"], told.facts["again"]) == (1, True)
    assert sentence(told.kind, told.facts)[0] == "Quarter II/2026: 1 day left to send it again"


def test_whoever_wants_no_mail_has_the_bell(world):
    NotificationSettings.objects.create(person=world.focal_point, by_mail=False)

    assert send(world, date(2026, 6, 17)) == 0
    run_waiting(moment(17))

    assert mail.outbox == []
    assert Notification.objects.filter(person=world.focal_point).count() == 1
    assert Digest.objects.get().error


def test_people_who_have_left_are_not_written_to(world):
    world.focal_point.is_active = False
    world.focal_point.save()
    colleague = UserFactory(agency=world.agency)
    UserFactory(agency=world.agency, role=Role.LEADER)

    assert recipients(world, date(2026, 6, 17)) == [user(colleague)]


# Late


def test_who_is_late_and_how_often_they_were_chased(world):
    for step, day in [("before:7", 9), ("before:0", 16), ("after:1", 17)]:
        ReminderFactory(period=world.period, agency=world.agency, step=step, digest__day=date(2026, 6, day))
    other = UserFactory(agency=world.agency)
    ReminderFactory(period=world.period, agency=world.agency, digest__person=other, digest__day=date(2026, 6, 17))

    [late] = late_agencies(world.period, date(2026, 6, 18))

    assert (late.agency, late.row.days_late, late.chased) == (world.agency, 2, 2)
    assert chased(told_in([world.period])) == {world.agency.pk: 2}
    assert late_agencies(world.period, DUE) == []


def test_whoever_has_an_extension_is_not_chased(world):
    Extension.objects.create(
        period=world.period,
        agency=world.agency,
        until=date(2026, 6, 19),
        reason="Bão",
        by=world.coordinator,
        by_name="Hạnh",
        at=moment(16),
    )

    assert late_agencies(world.period, date(2026, 6, 19)) == []
    assert len(late_agencies(world.period, date(2026, 6, 20))) == 1


# How much it asks


@pytest.mark.parametrize("day", [date(2026, 6, 17), date(2026, 6, 29)])
def test_the_letters_of_many_agencies_are_read_in_as_many_queries(db, day):
    def asked(agencies):
        world = make_world(Status.RETURNED, agencies=agencies)
        for update in world.all_updates:
            UserFactory(agency=update.agency)
        with CaptureQueriesContext(connection) as queries:
            assert len(letters_of(world.locality, day)) >= agencies
        return len(queries)

    assert asked(12) == asked(2)
