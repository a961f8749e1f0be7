"""Workers as an office has them, in processes of their own on PostgreSQL: killed, frozen, told to stop, many."""

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts import jobs
from accounts.models import Job, JobState, Notification

from . import chores
from .factories import UserFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

PATIENCE = 60


@pytest.fixture(autouse=True)
def known(monkeypatch):
    monkeypatch.setattr(jobs, "WORK", dict(jobs.WORK))
    chores.register()
    return jobs.WORK


def until(answered, what):
    """Wait until `answered()` is true; no longer than PATIENCE seconds."""
    end = time.monotonic() + PATIENCE
    while not answered():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.02)


def database_url():
    facts = connection.settings_dict
    password = f":{facts['PASSWORD']}" if facts["PASSWORD"] else ""
    host = facts["HOST"].replace("/", "%2F")
    return f"postgres://{facts['USER']}{password}@{host}:{facts['PORT'] or 5432}/{facts['NAME']}"


@pytest.fixture
def start(tmp_path):
    """Start a process of `chores`; every one of them is gone afterwards."""
    started = []

    def run(*arguments, **environment):
        process = subprocess.Popen(
            [sys.executable, "-m", "accounts.tests.chores", *arguments],
            cwd=settings.BASE_DIR,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "reformcomms.settings",
                "DATABASE_URL": database_url(),
                "DATA_DIR": str(tmp_path),
                **environment,
            },
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()


def linger(folder, person=None):
    person = person or UserFactory()
    return jobs.order("linger", by=person, locality=person.agency.locality, folder=str(folder))


def begun(folder, attempt=1):
    until((folder / f"begun-{attempt}").exists, f"attempt {attempt}")


def let_the_lease_run_out():
    """Two minutes pass, for the job and for the queue's own row."""
    past = timezone.now() - timedelta(minutes=5)
    Job.objects.filter(state=JobState.RUNNING).update(leased_until=past)
    DBTaskResult.objects.filter(status="RUNNING").update(started_at=past)


def test_a_worker_is_killed_in_mid_job_and_another_finishes_it(start, tmp_path):
    person = UserFactory()
    job = linger(tmp_path, person)
    first = start("once")
    begun(tmp_path)

    first.send_signal(signal.SIGKILL)
    first.wait()
    (tmp_path / "go").touch()

    # Nobody takes what is still leased.
    assert start("once").wait(PATIENCE) == 0
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.RUNNING, 1)

    let_the_lease_run_out()
    second = start("once")
    assert second.wait(PATIENCE) == 0

    job.refresh_from_db()
    assert (job.state, job.attempts, job.outcome) == (JobState.DONE, 2, str(second.pid))
    [told] = Notification.objects.all()
    assert (told.person, told.facts["state"]) == (person, "done")
    assert not DBTaskResult.objects.filter(status__in=["READY", "RUNNING"]).exists()


def test_a_worker_that_was_frozen_has_no_say_when_it_wakes(start, tmp_path):
    job = linger(tmp_path)
    frozen = start("once")
    begun(tmp_path)
    frozen.send_signal(signal.SIGSTOP)

    let_the_lease_run_out()
    second = start("once")
    begun(tmp_path, attempt=2)
    (tmp_path / "go").touch()
    assert second.wait(PATIENCE) == 0
    frozen.send_signal(signal.SIGCONT)
    assert frozen.wait(PATIENCE) == 0

    job.refresh_from_db()
    assert (job.state, job.outcome) == (JobState.DONE, str(second.pid))
    assert Notification.objects.count() == 1


def test_a_worker_told_to_stop_ends_the_job_at_hand_and_begins_no_other(start, tmp_path):
    job, next_job = linger(tmp_path), linger(tmp_path)
    worker = start("on")
    begun(tmp_path)
    until(lambda: Job.objects.filter(kind="worker").exists(), "a sign of life")

    worker.send_signal(signal.SIGTERM)
    with pytest.raises(subprocess.TimeoutExpired):
        worker.wait(0.5)
    (tmp_path / "go").touch()
    assert worker.wait(PATIENCE) == 0

    job.refresh_from_db()
    next_job.refresh_from_db()
    assert (job.state, next_job.state) == (JobState.DONE, JobState.WAITING)
    assert not Job.objects.filter(kind="worker").exists()


def test_an_idle_worker_stops_at_once(start):
    worker = start("on")
    until(lambda: Job.objects.filter(kind="worker").exists(), "a sign of life")

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(PATIENCE) == 0


def test_four_workers_do_fifty_jobs_each_once(start, tmp_path):
    ordered = {jobs.order("count", by=None, locality=None, folder=str(tmp_path)).pk for _n in range(50)}

    workers = [start("once") for _n in range(4)]
    assert [worker.wait(PATIENCE) for worker in workers] == [0] * 4

    lines = [line.split() for line in (tmp_path / "done").read_text().splitlines()]
    assert sorted(int(pk) for pk, _process in lines) == sorted(ordered)
    counted = Job.objects.filter(kind="count").values_list("state", "attempts")
    assert list(counted) == [(JobState.DONE, 1)] * 50


def test_two_messages_for_one_job_run_it_once(start, tmp_path):
    job = jobs.order("count", by=None, locality=None, folder=str(tmp_path))
    for _n in range(9):
        jobs.push(job.pk)

    workers = [start("once") for _n in range(3)]
    assert [worker.wait(PATIENCE) for worker in workers] == [0] * 3

    assert len((tmp_path / "done").read_text().splitlines()) == 1


@pytest.fixture
def redis(tmp_path):
    """A Redis server of its own."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)], **quiet
    )

    def answers():
        with socket.socket() as asking:
            return asking.connect_ex(("127.0.0.1", port)) == 0

    until(answers, "redis-server")
    yield f"redis://127.0.0.1:{port}/0"
    server.kill()
    server.wait()


@pytest.mark.redis
def test_the_same_work_through_redis(start, tmp_path, redis):
    assert start("order", "20", str(tmp_path), QUEUE_URL=redis).wait(PATIENCE) == 0
    assert Job.objects.filter(kind="count", state=JobState.WAITING).count() == 20
    assert not DBTaskResult.objects.exists()

    workers = [start("once", QUEUE_URL=redis) for _n in range(2)]
    assert [worker.wait(PATIENCE) for worker in workers] == [0] * 2

    assert len((tmp_path / "done").read_text().splitlines()) == 20
    assert set(Job.objects.filter(kind="count").values_list("state", "attempts")) == {(JobState.DONE, 1)}


@pytest.mark.redis
def test_a_worker_on_redis_is_killed_and_another_finishes_its_job(start, tmp_path, redis, settings):
    job = linger(tmp_path)  # ordered while Redis was away: only the row is there
    DBTaskResult.objects.all().delete()
    Job.objects.update(queued_at=timezone.now() - timedelta(minutes=5))
    first = start("once", QUEUE_URL=redis)
    begun(tmp_path)
    first.kill()
    first.wait()
    (tmp_path / "go").touch()

    let_the_lease_run_out()
    assert start("once", QUEUE_URL=redis).wait(PATIENCE) == 0

    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.DONE, 2)
