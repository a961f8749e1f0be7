"""The thread of a request for an explanation: who may take which step when, what is kept, who is told."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Notification, NotificationKind, Role
from accounts.tests.factories import UserFactory
from activities.attachment_forms import AttachmentForm
from activities.explaining import TRANSITIONS, ask, days_overdue, facts_of, move, open_moves, read_thread, usual_day
from activities.models import Explanation, ExplanationStatus, MessageKind
from activities.obligations import load_duties
from activities.progress import standings
from agencies.tests.factories import AgencyFactory

from .factories import ExplanationFactory, ExplanationMessageFactory, make_world, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

FRIDAY = date(2026, 6, 19)
ASKED, ANSWERED, CONCLUDED, WITHDRAWN = ExplanationStatus
PEOPLE = ("focal_point", "coordinator", "leader", "administrator", "other_focal_point", "other_coordinator", "stranger")
# (step, status): who may take it then; everybody else, and at any other time, nobody.
MAY = {
    ("answer", ASKED): {"focal_point"},
    ("ask_again", ANSWERED): {"leader", "coordinator"},
    ("conclude", ANSWERED): {"leader", "coordinator"},
    ("withdraw", ASKED): {"leader", "coordinator"},
    ("withdraw", ANSWERED): {"leader", "coordinator"},
}


@pytest.fixture
def world():
    world = make_world()
    world.other_focal_point = UserFactory(agency=AgencyFactory(locality=world.locality))
    world.other_coordinator = UserFactory(agency=world.other_focal_point.agency, role=Role.COORDINATOR)
    world.stranger = UserFactory(role=Role.COORDINATOR)
    return world


def asked_in(world, status=ASKED):
    return ExplanationFactory(activity=world.activity, agency=world.agency, asked_by=world.leader, status=status)


@pytest.mark.parametrize("status", ExplanationStatus)
@pytest.mark.parametrize("name", TRANSITIONS)
def test_who_may_take_which_step(world, name, status):
    explanation = asked_in(world, status)
    may = MAY.get((name, status), set())

    assert {who for who in PEOPLE if name in open_moves(getattr(world, who), explanation)} == may
    for who in set(PEOPLE) - may:
        with pytest.raises(PermissionDenied):
            move(explanation, name, by=getattr(world, who), at=moment(15), text="Lời", answer_by=FRIDAY)
    explanation.refresh_from_db()
    assert (explanation.status, explanation.messages.count()) == (status, 1)


@pytest.mark.parametrize("name, status", MAY)
def test_a_step_adds_its_word(world, name, status):
    explanation = asked_in(world, status)
    by = getattr(world, sorted(MAY[name, status])[0])

    moved = move(explanation, name, by=by, at=moment(15), text=" Lời. ", version=0, answer_by=FRIDAY)

    word = moved.messages.last()
    assert (moved.status, moved.version) == (TRANSITIONS[name].target, 1)
    assert (word.kind, word.text, word.by_name) == (TRANSITIONS[name].kind, "Lời.", by.full_name)
    assert (moved.closed_at is not None) == (name in ("conclude", "withdraw"))
    assert moved.answer_by == (FRIDAY if name == "ask_again" else explanation.answer_by)


@pytest.mark.parametrize("name, status", MAY)
def test_a_step_needs_words(world, name, status):
    explanation = asked_in(world, status)

    with pytest.raises(ValidationError) as refused:
        move(explanation, name, by=getattr(world, sorted(MAY[name, status])[0]), at=moment(15), text=" ")

    assert list(refused.value.message_dict) == ["text"]


def test_two_windows_do_not_decide_past_each_other(world):
    explanation = asked_in(world, ANSWERED)
    move(explanation, "ask_again", by=world.leader, at=moment(15), text="Nêu rõ ngày.", version=0, answer_by=FRIDAY)
    move(explanation, "answer", by=world.focal_point, at=moment(15), text="Ngày 20/6.", version=1)

    with pytest.raises(ValidationError, match="while you were writing"):
        move(explanation, "conclude", by=world.coordinator, at=moment(15), text="Đồng ý.", version=0)

    explanation.refresh_from_db()
    assert explanation.status == ANSWERED


def ask_in(world, **facts):
    usual = {"subject": "Vì sao chậm?", "text": "Nêu nguyên nhân.", "answer_by": FRIDAY}
    return ask(world.activity, world.agency, by=world.leader, at=moment(15), **usual | facts)


def test_asking_keeps_how_the_activity_stood(world):
    world.activity.target_quantity, world.activity.target_unit = 40, "tờ gấp"
    world.activity.deadline = date(2026, 6, 1)
    world.activity.save()
    [standing] = standings(
        type(world.activity).objects.filter(pk=world.activity.pk),
        load_duties([world.plan.pk]),
        today=date(2026, 6, 15),
    )

    explanation = ask_in(world, standing=standing, period=world.period)

    assert (explanation.status, explanation.state_then) == (ASKED, "overdue")
    assert explanation.facts_then == facts_of(standing)
    assert "–/40 tờ gấp" in explanation.facts_then
    assert "01/06/2026" in explanation.facts_then
    assert explanation.messages.get().answer_by == FRIDAY


@pytest.mark.parametrize("who", ["focal_point", "administrator", "other_coordinator", "other_focal_point"])
def test_who_may_not_ask(world, who):
    with pytest.raises(PermissionDenied):
        ask(
            world.activity,
            world.agency,
            by=getattr(world, who),
            at=moment(15),
            subject="Vì sao?",
            text="?",
            answer_by=FRIDAY,
        )

    assert not Explanation.objects.exists()


@pytest.mark.parametrize(
    "day", [None, date(2026, 6, 15), date(2026, 6, 20), date(2026, 9, 2)], ids=["none", "today", "Saturday", "2/9"]
)
def test_the_answer_is_due_on_a_working_day_after_today(world, day):
    with pytest.raises(ValidationError) as refused:
        ask_in(world, answer_by=day)

    assert list(refused.value.message_dict) == ["answer_by"]
    assert not Explanation.objects.exists()


def test_the_day_on_offer_is_three_working_days_ahead(world):
    assert usual_day(world.locality, date(2026, 6, 18)) == date(2026, 6, 23)


def test_an_agency_is_asked_once_at_a_time(world):
    first = ask_in(world)

    with pytest.raises(ValidationError, match="already being asked"):
        ask_in(world)

    move(first, "withdraw", by=world.leader, at=moment(15), text="Nhầm đơn vị.")
    assert ask_in(world).status == ASKED


def told(person, kind):
    return Notification.objects.filter(person=person, kind=kind).count()


def test_who_is_told(world):
    explanation = ask_in(world)
    assert (told(world.focal_point, NotificationKind.ASKED), told(world.other_focal_point, NotificationKind.ASKED)) == (
        1,
        0,
    )

    move(explanation, "answer", by=world.focal_point, at=moment(16), text="Do mưa.")
    assert [told(each, NotificationKind.ANSWERED) for each in (world.leader, world.coordinator, world.focal_point)] == [
        1,
        1,
        0,
    ]

    move(explanation, "ask_again", by=world.coordinator, at=moment(16), text="Khi nào xong?", answer_by=FRIDAY)
    assert told(world.focal_point, NotificationKind.ASKED) == 2

    move(explanation, "answer", by=world.focal_point, at=moment(17), text="Ngày 20/6.")
    move(explanation, "conclude", by=world.leader, at=moment(18), text="Đồng ý.")
    assert told(world.focal_point, NotificationKind.ANSWERED) == 1
    assert told(world.coordinator, NotificationKind.ANSWERED) == 2


def test_the_thread_numbers_answers_and_says_which_came_late(world):
    explanation = ask_in(world, answer_by=date(2026, 6, 16))
    move(explanation, "answer", by=world.focal_point, at=moment(16, 23), text="Do mưa.")
    move(explanation, "ask_again", by=world.leader, at=moment(17), text="Khi nào?", answer_by=date(2026, 6, 18))
    move(explanation, "answer", by=world.focal_point, at=moment(20), text="Ngày 20/6.")

    thread = read_thread(explanation)

    assert [(word.round, word.days_late) for word in thread.words] == [(0, 0), (1, 0), (0, 0), (2, 2)]
    assert len(thread.answers) == 2
    assert thread.is_open


def test_evidence_goes_with_its_answer(world):
    explanation = asked_in(world)
    form = AttachmentForm({"url": "https://minhhoa.example/tin-1", "caption": "Biên bản"})
    assert form.is_valid()

    move(explanation, "answer", by=world.focal_point, at=moment(15), text="Do mưa.", evidence=form)

    [word] = read_thread(explanation).answers
    assert [item.caption for item in word.evidence] == ["Biên bản"]


def test_an_answer_that_is_waited_for_is_overdue(world):
    explanation = asked_in(world)

    assert days_overdue(explanation, date(2026, 6, 16)) == 0
    assert days_overdue(explanation, date(2026, 6, 18)) == 2
    explanation.status = ANSWERED
    assert days_overdue(explanation, date(2026, 6, 18)) == 0


def test_another_word_is_no_answer():
    message = ExplanationMessageFactory(kind=MessageKind.CONCLUDE)

    [word] = read_thread(message.explanation).words

    assert not word.is_answer
    assert word.days_late == 0
