"""Background work: ordered once, run once at a time, tried again, seen by whoever started it."""

from datetime import date, time, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts import jobs, timetable, workers
from accounts.jobs import CannotDo, order, order_many, reap, retry, run, run_waiting, work
from accounts.models import Job, JobState, Notification, Role
from accounts.models.job import LEASE, LeaseLost
from agencies import clock as portal_clock

from .factories import JobFactory, UserFactory, login

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def chores(monkeypatch):
    """Kinds of work that exist in this test alone; `done` lists what was done."""
    monkeypatch.setattr(jobs, "WORK", dict(jobs.WORK))
    monkeypatch.setattr(timetable, "WORK", jobs.WORK)
    monkeypatch.setattr(workers, "order_due", lambda now: 0)
    # A worker gives old connections back; the test's own has its transaction open.
    monkeypatch.setattr("django_tasks_db.management.commands.db_worker.close_old_connections", lambda: None)
    done = []

    @work("sweep", label="Sweeping", tries=3, says_done=True)
    def sweep(job, *, room):
        done.append(room)
        return f"{room} is clean"

    @work("break", label="Breaking", tries=2)
    def breaking(job, **_arguments):
        done.append("broken")
        raise ZeroDivisionError

    @work("refuse", label="Refusing", tries=3)
    def refuse(job, *, final):
        raise CannotDo("The broom is gone.", final=final)

    return done


@pytest.fixture
def person():
    return UserFactory()


def ordered(person, kind="sweep", **arguments):
    return order(kind, by=person, locality=person.agency.locality, **arguments)


def after(minutes):
    return portal_clock.now() + timedelta(minutes=minutes)


# Ordering and running


def test_a_job_is_ordered_put_into_the_queue_and_run(chores, person):
    job = ordered(person, room="hall", subject="The hall")

    [message] = DBTaskResult.objects.all()
    assert message.args_kwargs == {"args": [job.pk], "kwargs": {}}
    assert (job.state, job.attempts, chores) == (JobState.WAITING, 0, [])

    assert run_waiting() == 1

    job.refresh_from_db()
    assert chores == ["hall"]
    assert (job.state, job.outcome, job.attempts, job.leased_until) == (JobState.DONE, "hall is clean", 1, None)
    assert job.started_at <= job.finished_at


def test_a_key_is_ordered_once(chores, person):
    first = ordered(person, room="hall", key="sweep:today")

    assert ordered(person, room="hall", key="sweep:today") is None
    assert [first] == list(Job.objects.all())


def test_a_job_exists_only_with_what_it_is_about(chores, person):
    with pytest.raises(RuntimeError), transaction.atomic():
        ordered(person, room="hall")
        raise RuntimeError

    assert (Job.objects.count(), DBTaskResult.objects.count()) == (0, 0)


def order_rooms(person, *rooms, **more):
    jobs = [{"room": room, "key": f"sweep:{room}", **more} for room in rooms]
    return order_many("sweep", jobs, by=person, locality=person.agency.locality)


def alike(rows, *own):
    """What rows have in common, all but their `own` columns: one set of facts where they are alike."""
    return {str({name: value for name, value in row.items() if name not in own}) for row in rows.values()}


def test_many_jobs_are_ordered_at_once_just_as_one(chores, person, django_assert_num_queries):
    ordered(person, room="hall", key="sweep:hall")
    with django_assert_num_queries(5):  # the keys, both tables, and the savepoint around them
        many = order_rooms(person, "stairs", "cellar", "loft")

    assert [job.arguments for job in many] == [{"room": "stairs"}, {"room": "cellar"}, {"room": "loft"}]
    assert len(alike(Job.objects, "id", "key", "arguments", "queued_at")) == 1
    assert len(alike(DBTaskResult.objects, "id", "args_kwargs", "enqueued_at")) == 1
    assert run_waiting() == 4
    assert chores == ["hall", "stairs", "cellar", "loft"]


def test_the_messages_of_many_jobs_are_run_by_a_worker(chores, person):
    order_rooms(person, "hall", "stairs")

    workers.work(once=True)

    assert sorted(chores) == ["hall", "stairs"]
    assert {message.status for message in DBTaskResult.objects.all()} == {"SUCCESSFUL"}


def test_of_many_jobs_a_key_is_ordered_once(chores, person):
    order_rooms(person, "hall")

    assert [job.key for job in order_rooms(person, "hall", "stairs", "stairs")] == ["sweep:stairs"]
    assert order_rooms(person, "hall") == []
    assert len(order_many("sweep", [{"room": "loft"}] * 2, by=None, locality=None)) == 2  # without a key
    assert Job.objects.count() == DBTaskResult.objects.count() == 4


def test_a_key_taken_while_many_are_ordered_costs_the_others_nothing(chores, person, monkeypatch):
    order_rooms(person, "hall")
    monkeypatch.setattr(jobs, "_with_free_keys", lambda rows: rows)  # what it read is old by now

    assert [job.key for job in order_rooms(person, "hall", "stairs")] == ["sweep:stairs"]
    assert Job.objects.count() == DBTaskResult.objects.count() == 2


def test_many_jobs_that_wait_are_put_into_the_queue_together(chores, person):
    order_rooms(person, "hall", "stairs", run_after=after(10))

    assert DBTaskResult.objects.count() == 0
    assert jobs.push_due(after(11)) == 2
    assert DBTaskResult.objects.count() == 2


def test_with_redis_many_jobs_are_put_into_the_queue_after_the_transaction(
    chores, person, settings, monkeypatch, django_capture_on_commit_callbacks
):
    settings.QUEUE_URL = "redis://queue"
    queued = []
    monkeypatch.setattr(jobs.run_job.__class__, "enqueue", lambda task, pk: queued.append(pk))

    with django_capture_on_commit_callbacks(execute=True):
        many = order_rooms(person, "hall", "stairs")
        assert queued == []

    assert queued == [job.pk for job in many]


def test_a_job_waits_for_its_time(chores, person):
    ordered(person, room="hall", run_after=after(10))

    assert run_waiting() == 0
    assert DBTaskResult.objects.count() == 0
    assert jobs.push_due(after(9)) == 0
    assert jobs.push_due(after(11)) == 1
    assert DBTaskResult.objects.count() == 1
    assert run_waiting() == 1


def test_what_a_job_orders_is_run_too(chores, person):
    @work("chief", label="Chief")
    def chief(job):
        for room in ("hall", "stairs"):
            order("sweep", by=None, locality=job.locality, room=room)

    ordered(person, "chief")

    assert run_waiting() == 3
    assert chores == ["hall", "stairs"]


def test_only_what_waits_is_run(chores, person):
    job = ordered(person, room="hall")
    run(job.pk)

    assert not run(job.pk)
    assert not run(987654)
    assert chores == ["hall"]


def test_a_queued_message_runs_its_job(chores, person):
    ordered(person, room="hall")

    workers.work(once=True)

    assert chores == ["hall"]
    assert DBTaskResult.objects.get().status == "SUCCESSFUL"


# Failing


def test_a_failure_is_tried_again_later_and_then_told(chores, person, caplog):
    job = ordered(person, "break")

    run_waiting()
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.WAITING, 1)
    assert job.error and "ZeroDivisionError" not in job.error
    assert timedelta(seconds=50) < job.run_after - portal_clock.now() < timedelta(seconds=70)
    assert run_waiting() == 0

    run_waiting(after(2))
    job.refresh_from_db()
    assert (job.state, job.attempts, job.run_after) == (JobState.FAILED, 2, None)
    assert chores == ["broken"] * 2
    assert "ZeroDivisionError" in caplog.text
    [told] = Notification.objects.all()
    assert (told.person, told.kind, told.url) == (person, "job", f"/jobs/{job.pk}/")
    assert told.facts == {"label": "Breaking", "subject": "", "state": "failed"}


def test_back_off_grows(chores, person):
    job = JobFactory(kind="break", attempts=2, max_attempts=9, state=JobState.WAITING, started_by=person)

    run_waiting()

    job.refresh_from_db()
    assert timedelta(minutes=14) < job.run_after - portal_clock.now() < timedelta(minutes=16)


@pytest.mark.parametrize("final, state", [(True, JobState.FAILED), (False, JobState.WAITING)])
def test_people_are_told_in_words_why(chores, person, final, state):
    job = ordered(person, "refuse", final=final)

    run_waiting()

    job.refresh_from_db()
    assert (job.state, job.error) == (state, "The broom is gone.")


def test_the_clocks_failures_are_told_to_the_administrators(chores, person):
    administrator = UserFactory(agency=person.agency, role=Role.ADMINISTRATOR)
    UserFactory(role=Role.ADMINISTRATOR)
    UserFactory(agency=person.agency, role=Role.ADMINISTRATOR, is_active=False)
    order("refuse", by=None, locality=person.agency.locality, final=True)

    run_waiting()

    assert [told.person for told in Notification.objects.all()] == [administrator]


def test_work_nobody_knows_fails(chores, person):
    job = JobFactory(kind="forgotten", started_by=person)

    run_waiting()

    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert retry(job)


def test_retrying_begins_anew(chores, person):
    job = ordered(person, "refuse", final=True)
    run_waiting()
    job.refresh_from_db()

    assert retry(job)

    assert not retry(job)
    run_waiting()
    job.refresh_from_db()
    assert (job.state, job.attempts, job.max_attempts) == (JobState.FAILED, 2, 4)
    assert Notification.objects.count() == 2


# What is told of the end


def test_whoever_started_it_hears_of_the_end(chores, person):
    ordered(person, room="hall", subject="The hall")
    order("sweep", by=None, locality=person.agency.locality, room="stairs")

    run_waiting()

    [told] = Notification.objects.all()
    assert (told.person, told.facts["state"], told.facts["subject"]) == (person, "done", "The hall")


def test_a_file_is_told_and_fetched(chores, person, clock):
    @work("export", label="Export")
    def export(job):
        job.keep("kết quả.xlsx", b"rows")

    job = ordered(person, "export")
    run_waiting()
    job.refresh_from_db()
    address = reverse("accounts:job_file", args=[job.pk])

    answer = login(person).get(address)
    assert answer.getvalue() == b"rows"
    assert "filename*=utf-8''k%E1%BA%BFt%20qu%E1%BA%A3.xlsx" in answer["Content-Disposition"]
    assert Notification.objects.get().person == person
    assert job.keep_until == portal_clock.today() + timedelta(days=30)

    assert login(UserFactory(agency=person.agency)).get(address).status_code == 403
    administrator = UserFactory(agency=person.agency, role=Role.ADMINISTRATOR)
    assert login(administrator).get(address).getvalue() == b"rows"
    clock(job.keep_until + timedelta(days=1))
    assert login(person).get(address).status_code == 404


# Leases


def test_a_step_is_seen_and_renews_the_lease(chores, person):
    seen = []

    @work("long", label="Long")
    def long(job):
        Job.objects.update(leased_until=timezone.now())
        job.step(3, 10)
        job.step(4, 10)
        seen.append(Job.objects.values_list("done", "total", "leased_until").get())
        job.step(10, 10)

    job = ordered(person, "long")
    run_waiting()

    [(done, total, leased_until)] = seen
    assert (done, total) == (3, 10)
    assert leased_until > timezone.now() + LEASE / 2
    job.refresh_from_db()
    assert (job.done, job.state) == (10, JobState.DONE)


def test_whoever_lost_the_lease_has_no_say(chores, person):
    @work("slow", label="Slow")
    def slow(job):
        Job.objects.update(attempts=2, outcome="")  # another worker has taken it up
        chores.append("slow")
        try:
            job.step(1, 2)
        except LeaseLost:
            chores.append("lost")
            raise

    job = ordered(person, "slow")
    run_waiting()

    job.refresh_from_db()
    assert chores == ["slow", "lost"]
    assert (job.state, job.attempts) == (JobState.RUNNING, 2)


def test_the_end_of_a_lost_run_is_not_written(chores, person):
    @work("slow", label="Slow", says_done=True)
    def slow(job):
        Job.objects.update(attempts=2)
        return "mine"

    job = ordered(person, "slow")
    run_waiting()

    job.refresh_from_db()
    assert (job.state, job.outcome) == (JobState.RUNNING, "")
    assert Notification.objects.count() == 0


def test_a_lease_that_has_run_out_is_taken_up_again(chores, person):
    lost = {"kind": "sweep", "arguments": {"room": "hall"}, "state": JobState.RUNNING, "started_by": person}
    dead = JobFactory(**lost, leased_until=timezone.now() - timedelta(seconds=1))
    alive = JobFactory(**lost, leased_until=timezone.now() + LEASE)

    assert reap(portal_clock.now()) == 1

    dead.refresh_from_db()
    alive.refresh_from_db()
    assert (dead.state, alive.state) == (JobState.WAITING, JobState.RUNNING)
    assert run_waiting() == 1
    dead.refresh_from_db()
    assert (dead.state, dead.attempts) == (JobState.DONE, 2)


def test_work_that_kills_its_worker_every_time_fails(chores, person):
    job = JobFactory(
        kind="sweep", state="running", attempts=3, started_by=person, leased_until=timezone.now() - timedelta(1)
    )

    reap(portal_clock.now())

    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert Notification.objects.get().person == person


def test_the_queues_own_rows_of_dead_workers_are_closed(chores, person):
    job = ordered(person, room="hall")
    DBTaskResult.objects.update(status="RUNNING", started_at=timezone.now() - 2 * LEASE)
    Job.objects.update(state="running", attempts=1, leased_until=timezone.now() + LEASE)
    workers.bury()
    assert DBTaskResult.objects.get().status == "RUNNING"

    Job.objects.update(leased_until=timezone.now() - LEASE)
    workers.work(once=True)

    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert sorted(DBTaskResult.objects.values_list("status", flat=True)) == ["FAILED", "SUCCESSFUL"]


def test_a_message_that_was_lost_is_sent_again(chores, person):
    ordered(person, room="hall")
    DBTaskResult.objects.all().delete()

    workers.push_lost(portal_clock.now())
    assert DBTaskResult.objects.count() == 0
    workers.push_lost(after(2))
    workers.push_lost(after(2))
    assert DBTaskResult.objects.count() == 1


def test_signs_of_life():
    workers.sign_of_life("worker:a")
    workers.sign_of_life("worker:a")

    [row] = workers.workers()
    assert timezone.now() - workers.last_seen(row) < timedelta(seconds=5)
    Job.objects.update(leased_until=timezone.now() - timedelta(days=2))
    assert reap(portal_clock.now()) == 0
    workers.sign_of_life("worker:b")
    assert [row.key for row in workers.workers()] == ["worker:b"]


def test_leases_are_renewed_beside_the_work(chores, person):
    @work("quiet", label="Quiet")
    def quiet(job):
        for longest in (timedelta(0), timedelta(hours=1)):
            Job.objects.update(leased_until=timezone.now())
            jobs.renew(longest)
            chores.append(Job.objects.get().leased_until > timezone.now() + LEASE / 2)

    ordered(person, "quiet")
    run_waiting()

    assert chores == [False, True]
    assert jobs.AT_WORK == {}


# The clock


def local(hour, minute=0):
    return portal_clock.now().replace(hour=hour, minute=minute)


def test_what_is_due_is_ordered_once_a_day(chores, clock, monkeypatch):
    clock(date(2026, 6, 15))
    for kind in ("reminders", "sealed_files", "sealed_left_behind"):
        jobs.WORK.pop(kind, None)
    monkeypatch.setitem(timetable.FOR_THE_PORTAL, "prune", time(2))
    monkeypatch.setitem(timetable.IN_EACH_LOCALITY, "sweep", time(7, 30))
    here, there = UserFactory().agency.locality, UserFactory().agency.locality

    assert timetable.order_due(local(1, 59)) == 0
    assert timetable.order_due(local(2)) == 1
    assert timetable.order_due(local(7, 29)) == 0
    assert timetable.order_due(local(7, 30)) == 2
    assert timetable.order_due(local(23)) == 0

    ordered = Job.objects.order_by("pk").values_list("kind", "locality", "arguments", "started_by")
    day = {"day": "2026-06-15"}
    assert list(ordered) == [
        ("prune", None, day, None),
        ("sweep", here.pk, day, None),
        ("sweep", there.pk, day, None),
    ]


def test_what_is_old_is_cleared_away(chores, person, settings):
    now = portal_clock.now()

    @work("export", label="Export")
    def export(job):
        job.keep("x.xlsx", b"rows")

    old, fresh = ordered(person, "export"), ordered(person, "export")
    run_waiting()
    Job.objects.filter(pk=old.pk).update(keep_until=now.date() - timedelta(1))
    gone = JobFactory(state="done", finished_at=now - timedelta(days=91))
    Notification.objects.update(at=now - timedelta(days=181))
    DBTaskResult.objects.update(status="SUCCESSFUL", finished_at=timezone.now() - timedelta(days=3))

    order("prune", by=None, locality=None, day="2026-06-15")
    run_waiting()

    assert [path.name for path in (settings.MEDIA_ROOT / "jobs").iterdir()] == [
        Job.objects.get(pk=fresh.pk).file.name.removeprefix("jobs/")
    ]
    assert not Job.objects.get(pk=old.pk).file
    assert not Job.objects.filter(pk=gone.pk).exists()
    assert Notification.objects.count() == 0
    assert list(DBTaskResult.objects.values_list("status", flat=True)) == ["READY"]


# The pages


def board(user, query=""):
    return login(user).get(reverse("accounts:jobs") + query)


def test_everybody_sees_their_own_the_administrator_the_localitys(person, clock):
    clock(date(2026, 6, 15))
    colleague = UserFactory(agency=person.agency, role=Role.ADMINISTRATOR)
    mine, theirs = JobFactory(started_by=person, subject="cua-toi"), JobFactory(started_by=colleague, subject="cua-ho")
    JobFactory(subject="noi-khac")

    own, whole = board(person), board(colleague)

    assert [each.job for each in own.context["board"].waiting] == [mine]
    assert [each.job for each in whole.context["board"].waiting] == [mine, theirs]
    assert "noi-khac" not in whole.text
    assert "How the portal is doing" in whole.text
    assert "How the portal is doing" not in own.text


def test_the_board_says_what_failed_runs_and_is_done(person, clock):
    clock(date(2026, 6, 15))
    at = portal_clock.now()
    JobFactory(state="failed", started_by=person, done=31, total=37)
    JobFactory(state="running", started_by=person, kind="prune", done=1, total=4, started_at=at - timedelta(minutes=2))
    JobFactory(state="done", started_by=person, kind="prune", outcome="12 tệp", started_at=at, finished_at=at)
    JobFactory(state="done", started_by=person, kind="invitation", finished_at=at)
    JobFactory(state="done", started_by=person, kind="prune", finished_at=at - timedelta(days=5))

    page = board(person)

    assert "1 job has failed" in page.text
    assert "31 of 37 were done; what is done stays." in page.text
    assert "1/4, about 6 minutes left" in page.text
    assert [each.job.outcome for each in page.context["done"]] == ["12 tệp"]
    assert len(board(person, "?days=30").context["done"]) == 2


def test_an_empty_board_says_so(person):
    page = board(person)

    assert "Nothing runs at the moment." in page.text
    assert "Nothing has been done in the background today." in page.text


def test_the_moving_part_is_asked_for_while_something_moves(person):
    job = JobFactory(started_by=person)
    assert 'hx-trigger="every 4s"' in board(person).text

    asked = {"headers": {"HX-Request": "true"}}
    part = login(person).get("/jobs/?part=now", **asked)
    assert part.text.startswith("{#") is False and "<html" not in part.text and job.subject in part.text

    Job.objects.update(state="done", finished_at=portal_clock.now())
    assert login(person).get("/jobs/?part=now", **asked)["HX-Refresh"] == "true"
    assert 'hx-trigger="every' not in board(person).text


def test_a_failed_job_is_tried_again_by_whoever_started_it(chores, person):
    job = ordered(person, "refuse", final=True)
    run_waiting()
    address = reverse("accounts:job_retry", args=[job.pk])

    assert login(UserFactory(agency=person.agency)).post(address).status_code == 403
    assert login(person).post(address).status_code == 302
    job.refresh_from_db()
    assert job.state == JobState.WAITING
    assert login(person).post(address).status_code == 403


def test_a_job_that_waits_for_its_next_try_is_tried_at_once(chores, person):
    job = ordered(person, "refuse", final=False)
    run_waiting()
    DBTaskResult.objects.all().delete()
    address = reverse("accounts:job_retry", args=[job.pk])

    for page in (board(person), login(person).get(reverse("accounts:job", args=[job.pk]))):
        assert "Try again now" in page.text and address in page.text
    assert login(UserFactory(agency=person.agency)).post(address).status_code == 403
    assert login(person).post(address).status_code == 302

    job.refresh_from_db()
    assert (job.state, job.run_after, job.attempts, job.max_attempts) == (JobState.WAITING, None, 1, 3)
    assert DBTaskResult.objects.count() == 1
    assert login(person).post(address).status_code == 403
    assert run_waiting() == 1


def test_a_job_that_waits_for_its_first_try_is_not_hurried(chores, person):
    job = ordered(person, room="hall", run_after=after(10))

    assert not retry(job)
    assert "Try again" not in board(person).text


def test_what_waits_stands_under_its_own_heading(person):
    waiting = JobFactory(started_by=person, subject="cho-chay")

    page = board(person)

    running, _heading, rest = page.text.partition('id="waiting-h"')
    assert "Nothing runs at the moment." in running and waiting.subject not in running
    assert waiting.subject in rest
    Job.objects.update(state="running", leased_until=timezone.now() + LEASE, started_at=portal_clock.now())
    assert 'id="waiting-h"' not in board(person).text


@pytest.mark.parametrize("state", JobState)
def test_the_page_of_a_job(person, state):
    job = JobFactory(started_by=person, state=state)

    page = login(person).get(reverse("accounts:job", args=[job.pk]))

    assert page.status_code == 200
    assert ("Try again" in page.text) == (state == JobState.FAILED)


def test_the_administrators_navigation_counts_what_failed(person):
    administrator = UserFactory(agency=person.agency, role=Role.ADMINISTRATOR)
    JobFactory.create_batch(2, started_by=person, state="failed")
    JobFactory(state="failed")
    JobFactory(started_by=person)

    [place] = [
        place for place in board(administrator).context["frame"]["nav"] if place["url"] == reverse("accounts:jobs")
    ]

    assert place["count"] == 2
    assert reverse("accounts:jobs") not in [place["url"] for place in board(person).context["frame"]["nav"]]


def test_health_puts_first_what_is_not_well(person, settings):
    settings.CLAMD_ADDRESS, settings.EMAIL_BACKEND = "", "django.core.mail.backends.smtp.EmailBackend"
    administrator = UserFactory(agency=person.agency, role=Role.ADMINISTRATOR)
    JobFactory(started_by=person, state="failed", finished_at=portal_clock.now())
    JobFactory(started_by=person, queued_at=portal_clock.now() - timedelta(hours=1))

    signs = {sign.name: sign for sign in board(administrator).context["signs"]}
    assert [name for name, sign in signs.items() if not sign.is_well] == ["Workers", "Queue", "E-mail", "Virus scan"]
    assert (signs["E-mail"].value, signs["Queue"].value) == ("1 not sent", "1 job waits")

    workers.sign_of_life("worker:a")
    settings.CLAMD_ADDRESS = "tcp://127.0.0.1:3310"
    Job.objects.exclude(kind="worker").delete()
    assert board(administrator).context["unwell"] == 0


def test_health_counts_what_waits_for_its_next_try(person, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    administrator = UserFactory(agency=person.agency, role=Role.ADMINISTRATOR)
    JobFactory.create_batch(2, kind="letter", started_by=person, attempts=1, run_after=after(5))

    signs = {sign.name: sign for sign in board(administrator).context["signs"]}
    assert signs["Queue"][1:] == ("2 jobs wait", "2 for a later time", True)
    assert signs["E-mail"][1:] == ("2 to be sent again", "0 letters today", False)

    JobFactory(started_by=person, queued_at=portal_clock.now() - timedelta(minutes=5))
    signs = {sign.name: sign for sign in board(administrator).context["signs"]}
    assert signs["Queue"][1:] == ("3 jobs wait", "the oldest for 5 minutes, 2 for a later time", True)


def test_the_session_brings_the_counts_of_the_frame(person, django_assert_num_queries):
    from accounts.backends import AgencyBackend

    JobFactory(started_by=person, state="failed")
    with django_assert_num_queries(1):
        found = AgencyBackend().get_user(person.pk)

    assert (found.unread, found.failed_jobs) == (0, 0)
    get_user_model().objects.update(role=Role.ADMINISTRATOR)
    assert AgencyBackend().get_user(person.pk).failed_jobs == 1
