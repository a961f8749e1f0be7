"""`manage.py send_reminders`: asked twice, or by two at once, it sends every letter once; and what its page shows."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import StringIO
from threading import Barrier

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.jobs import run_waiting
from accounts.models import Job, Notification, Role
from accounts.tests.factories import UserFactory, login
from activities.models import Assignment, Digest, LetterState, QuarterlyUpdate, Reminder, ReportingRules, Status
from activities.reminding.sending import send_reminders
from agencies.models import Agency

from .factories import DigestFactory, ReminderFactory, make_world, moment

WEDNESDAY = date(2026, 6, 17)


def sent(*arguments):
    said = StringIO()
    call_command("send_reminders", *arguments, stdout=said)
    return said.getvalue().strip()


# The command


@pytest.mark.django_db
def test_a_second_run_of_a_day_sends_nothing():
    make_world(agencies=3)
    make_world()

    assert sent("--on", "2026-06-17") == "sent 4"  # two focal points, two coordinators: the others have nobody
    assert sent("--on", "2026-06-17") == "sent 0"


@pytest.mark.django_db
def test_one_locality_alone():
    world, other = make_world(), make_world()

    assert sent("--on", "2026-06-17", "--locality", world.locality.slug) == "sent 2"
    assert sent("--on", "2026-06-17", "--locality", other.locality.slug) == "sent 2"
    assert sent("--on", "2026-06-17") == "sent 0"


@pytest.mark.django_db
def test_without_a_day_it_is_today(clock):
    make_world()
    clock(date(2026, 6, 9))

    assert sent() == "sent 1"
    assert Digest.objects.get().day == date(2026, 6, 9)


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [("--on", "17/6/2026"), ("--locality", "atlantis")])
def test_what_it_does_not_understand(arguments):
    with pytest.raises(CommandError):
        sent(*arguments)


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow_with_the_letters():
    def asked(agencies):
        world = make_world(agencies=agencies)
        for update in world.all_updates[1:]:
            UserFactory(agency=update.agency)
        with CaptureQueriesContext(connection) as queries:
            assert send_reminders(world.locality, WEDNESDAY, moment(17, 7)) == agencies + 1
        return len(queries)

    assert asked(9) == asked(3) <= 26


def at_once(count, job):
    barrier = Barrier(count)

    def run(_place):
        barrier.wait()
        try:
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_runs_at_the_same_moment_send_every_letter_once():
    world = make_world(agencies=12)
    for update in world.all_updates[1:]:
        UserFactory(agency=update.agency)

    counts = at_once(4, lambda: send_reminders(world.locality, WEDNESDAY, moment(17, 7)))

    assert sorted(counts) == [0, 0, 0, 13]  # twelve focal points and the coordinator
    assert Digest.objects.count() == Job.objects.filter(kind="letter").count() == 13
    assert Reminder.objects.count() == 12


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_run_that_breaks_off_leaves_nothing_half_done(monkeypatch):
    world = make_world(agencies=2)

    def fail(*_arguments):
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("activities.reminding.sending._tell_at_the_bell", fail)
        with pytest.raises(RuntimeError):
            send_reminders(world.locality, WEDNESDAY, moment(17, 7))
    assert not Digest.objects.exists() and not Reminder.objects.exists() and not Job.objects.exists()

    assert send_reminders(world.locality, WEDNESDAY, moment(17, 7)) == 2


# The page


@pytest.fixture
def world(db, clock, english):
    clock(WEDNESDAY)
    return make_world()


def page(world, person=None, query=""):
    return login(person or world.coordinator).get(reverse("plans:reminders", args=[world.plan.pk]) + query)


@pytest.mark.parametrize("role", ["coordinator", "leader", "administrator"])
def test_those_who_see_the_whole_locality_follow_its_reminders(world, role):
    assert page(world, getattr(world, role)).status_code == 200


def test_a_focal_point_does_not(world):
    assert page(world, world.focal_point).status_code == 403


def test_the_page_shows_what_went_out_and_what_comes(world):
    send_reminders(world.locality, WEDNESDAY, moment(17, 7))
    run_waiting(moment(17, 7))

    overview = page(world).context["overview"]

    assert [(rung.step.key, rung.state, rung.agencies) for rung in overview.rungs] == [
        ("before:7", "past", 0),
        ("before:2", "past", 0),
        ("before:0", "past", 0),
        ("after:1", "now", 1),
        ("weekly:1", "next", 1),
        ("head:1", "next", 1),
    ]
    [letter] = overview.letters
    assert (letter.agency, letter.digest.state) == (world.agency, LetterState.SENT)
    assert (overview.waiting, len(overview.late), overview.chased) == (1, 1, 1)
    assert overview.forecast_day == date(2026, 6, 18) and not overview.is_for_today


def test_undelivered_letters_come_first_with_a_telephone_number(world):
    Agency.objects.update(phone="0200 3812 377")
    world.focal_point.last_login = moment(17, 8)
    world.focal_point.save()
    good = DigestFactory(agency=world.agency, person=world.focal_point)
    bad = DigestFactory(agency=world.agency, state=LetterState.FAILED, error="552 mailbox full")
    for digest in (good, bad):
        ReminderFactory(period=world.period, agency=world.agency, digest=digest)

    answer = page(world)

    assert [each.digest for each in answer.context["overview"].letters] == [bad, good]
    assert 'href="tel:02003812377"' in answer.text and "552 mailbox full" in answer.text
    assert "came in 08:00" in answer.text


def test_an_agency_that_sent_after_the_letter(world):
    ReminderFactory(period=world.period, agency=world.agency)
    QuarterlyUpdate.objects.update(
        status=Status.SUBMITTED, submitted_at=moment(17, 8), first_submitted_at=moment(17, 8)
    )

    answer = page(world)

    assert "Sent 08:00" in answer.text
    assert answer.context["overview"].late == ()
    assert "chasing-letter" not in answer.text


def test_sending_now_is_a_job_and_happens_once(world):
    browser, address = login(world.coordinator), reverse("plans:reminders_send", args=[world.plan.pk])

    browser.post(address)
    browser.post(address)
    run_waiting(moment(17))

    assert Digest.objects.count() == 2
    assert page(world).context["overview"].is_for_today is False


BUTTON = "Send today's reminders now"


def test_the_button_stands_there_before_and_after_the_letters_of_the_day(world):
    assert page(world).text.count(BUTTON) == 1
    send_reminders(world.locality, WEDNESDAY, moment(17, 7))
    assert page(world).text.count(BUTTON) == 1


@pytest.mark.parametrize("role", ["leader", "administrator"])
def test_no_button_for_whoever_may_not_send(world, role):
    assert BUTTON not in page(world, getattr(world, role)).text


def test_no_button_on_a_day_without_letters(world, clock):
    clock(date(2026, 6, 20))  # a Saturday

    assert BUTTON not in page(world).text


def outcome_of(world):
    login(world.coordinator).post(reverse("plans:reminders_send", args=[world.plan.pk]))
    run_waiting(moment(17), kind="reminders")
    job = Job.objects.filter(kind="reminders").latest("pk")
    Job.objects.update(key="")  # as if asked a minute later
    return job


def test_the_job_says_what_it_wrote_and_that_nothing_was_left(world, settings):
    settings.LANGUAGE_CODE = "en"  # in which the outcome is written down
    assert outcome_of(world).outcome == "2 letters written; each goes out by itself"

    job = outcome_of(world)
    assert job.outcome == "No letter to send: whoever is to be reminded today has been."
    told = Notification.objects.filter(person=world.coordinator, kind="job")
    assert told.count() == 2  # whoever pressed the button hears what came of it


# A letter that the mail server does not take


@pytest.fixture
def letter(world, monkeypatch, settings):
    """The focal point's letter of the day, tried once in vain."""
    settings.LANGUAGE_CODE = "en"
    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    send_reminders(world.locality, WEDNESDAY, moment(17, 7))
    run_waiting(moment(17, 7))
    return Digest.objects.get(person=world.focal_point)


def refuse(_letter):
    raise ConnectionRefusedError(111, "Connection refused")


def test_a_letter_that_is_tried_again_says_when(world, letter):
    assert (letter.state, letter.attempts) == (LetterState.QUEUED, 1)

    for answer in (page(world), login(world.focal_point).get(reverse("activities:digest", args=[letter.pk]))):
        assert "will be sent again at 07:01 17/06" in answer.text
        assert "it refuses the connection" in answer.text and "Errno" not in answer.text
        assert "Could not be delivered" not in answer.text


def test_a_letter_given_up_could_not_be_delivered(world, letter):
    for hour in range(8, 12):
        run_waiting(moment(17, hour))
    letter.refresh_from_db()

    assert (letter.state, letter.attempts) == (LetterState.FAILED, 5)
    assert "Could not be delivered" in page(world).text and "will be sent again" not in page(world).text


def test_a_letter_sent_at_the_second_try_has_no_error(world, letter, monkeypatch):
    monkeypatch.undo()
    run_waiting(moment(17, 8))
    letter.refresh_from_db()

    assert (letter.state, letter.attempts, letter.error) == (LetterState.SENT, 2, "")
    assert "will be sent again" not in page(world).text


@pytest.mark.parametrize("role", ["leader", "administrator", "focal_point"])
def test_only_the_coordinator_sends_them(world, role):
    address = reverse("plans:reminders_send", args=[world.plan.pk])

    assert login(getattr(world, role)).post(address).status_code == 403
    assert not Job.objects.exists()


def test_a_plan_that_does_not_remind_sends_nothing(world):
    ReportingRules.objects.create(plan=world.plan, reminds=False)

    assert login(world.coordinator).post(reverse("plans:reminders_send", args=[world.plan.pk])).status_code == 403
    assert "switched off" in page(world).text


def test_a_plan_without_periods_says_so(world):
    world.update.progress_rows.all().delete()
    world.update.delete()
    world.period.delete()

    assert "The plan has no reporting period" in page(world).text


# A letter by itself


def test_a_letter_is_read_by_whoever_got_it_and_by_the_coordinator(world):
    letter = DigestFactory(agency=world.agency, person=world.focal_point)
    colleague = UserFactory(agency=world.agency)

    for name in ("activities:digest", "activities:digest_html"):
        answers = [
            login(person).get(reverse(name, args=[letter.pk])).status_code
            for person in (world.focal_point, world.coordinator, colleague, UserFactory(role=Role.COORDINATOR))
        ]
        assert answers == [200, 200, 403, 404]


def test_a_letters_page_runs_and_loads_nothing(world):
    letter = DigestFactory(agency=world.agency, person=world.focal_point)

    answer = login(world.focal_point).get(reverse("activities:digest_html", args=[letter.pk]))

    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "sandbox" in policy and "frame-ancestors 'self'" in policy
    assert "allow-scripts" not in policy and "allow-same-origin" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer.text == letter.html


@pytest.mark.parametrize("name", ["plans:reminders", "activities:digest"])
def test_the_portal_frames_a_letters_page_and_lets_nobody_frame_its_own(world, name):
    letter = ReminderFactory(
        period=world.period, agency=world.agency, digest=DigestFactory(agency=world.agency, person=world.focal_point)
    ).digest

    answer = login(world.coordinator).get(reverse(name, args=[letter.pk if "digest" in name else world.plan.pk]))

    policy = dict(each.split(" ", 1) for each in answer["Content-Security-Policy"].split("; "))
    assert f'src="{reverse("activities:digest_html", args=[letter.pk])}" sandbox' in answer.text
    assert policy.get("frame-src", policy["default-src"]) == "'self'"
    assert (policy["frame-ancestors"], answer["X-Frame-Options"]) == ("'none'", "DENY")


def test_where_nobody_has_to_report_nobody_is_said_to_have_sent(world):
    Assignment.objects.all().delete()

    text = page(world).text

    assert "no agency has to report." in text
    assert "every agency has sent its update." not in text
