"""A worker: it runs what is in the queue, and beside it minds the clock and the workers that have died.

Any number of them on any number of machines, against the same database.
"""

import logging
import os
import signal
import socket
import threading
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import close_old_connections, connection
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker as DatabaseWorker
from django_tasks_db.models import DBTaskResult

from agencies import clock

from .jobs import WORKER, push, push_due, reap, renew
from .models import Job, JobState
from .models.job import LEASE
from .timetable import order_due

log = logging.getLogger(__name__)

BEAT = 15  # seconds between two signs of life, each of which renews the leases
TEND = 30  # seconds between two looks at the clock and at dead workers
PAUSE = 1  # seconds before an empty queue is looked at again
LONGEST = timedelta(hours=2)  # a job that goes on for longer has hung: its lease is not renewed any more


class Queue:
    """The queue in the database (django-tasks-db)."""

    def __init__(self):
        self.name = uuid.uuid4().hex
        self.worker = DatabaseWorker(
            queue_names=["default"],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=self.name,
            excluded_queue_names=[],
        )

    def run(self):
        """Run what is in the queue until it is empty, or one is told to stop."""
        self.worker.run()

    def stop(self):
        """End after the job at hand."""
        self.worker.running = False


class RedisQueue:
    """The queue in Redis (django-tasks-rq); a job runs in this process, as it does from the database."""

    def __init__(self):
        import django_rq
        from django_tasks_rq import Job as QueuedJob
        from rq import SimpleWorker

        class Quiet(SimpleWorker):
            def _install_signal_handlers(self):
                pass

        self.worker = django_rq.get_worker("default", job_class=QueuedJob, worker_class=Quiet)
        self.stopped = False

    def run(self):
        if not self.stopped:
            self.worker.work(burst=True, logging_level="WARNING")

    def stop(self):
        self.stopped = self.worker._stop_requested = True


def queue():
    return RedisQueue() if settings.QUEUE_URL else Queue()


def queued():
    """How many messages wait in the queue."""
    if settings.QUEUE_URL:
        import django_rq

        return django_rq.get_queue("default").count
    return DBTaskResult.objects.filter(status=TaskResultStatus.READY).count()


def tend(now):
    """What must happen from time to time, whichever worker sees to it: safe to do by all of them at once."""
    reap(now)
    bury()
    push_due(now)
    push_lost(now)
    order_due(now)


def bury():
    """Rows of the queue that a dead worker left running, whose job is not run by anybody, have failed."""
    live = set(Job.objects.filter(state=JobState.RUNNING).values_list("pk", flat=True))
    running = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING, started_at__lt=timezone.now() - LEASE)
    left = [row.pk for row in running if row.args_kwargs["args"][0] not in live]
    DBTaskResult.objects.filter(pk__in=left, status=TaskResultStatus.RUNNING).update(
        status=TaskResultStatus.FAILED, finished_at=timezone.now()
    )


def push_lost(now):
    """Jobs that wait although the queue is empty (Redis was away, or has lost its memory) are put in once more."""
    waiting = Job.objects.filter(
        state=JobState.WAITING, run_after__isnull=True, queued_at__lt=now - timedelta(minutes=1)
    )
    if waiting.exists() and not queued():
        for pk in waiting.order_by("queued_at").values_list("pk", flat=True)[:1000]:
            push(pk)


class Beat(threading.Thread):
    """Beside the work: signs of life, leases renewed, clock and dead workers minded."""

    def __init__(self, name):
        super().__init__(daemon=True, name="beat")
        self.key = f"{WORKER}:{name}"
        self.over = threading.Event()

    def run(self):
        since_tended = TEND
        while True:
            close_old_connections()
            try:
                sign_of_life(self.key)
                if since_tended >= TEND:
                    since_tended = 0
                    tend(clock.now())
            except Exception:
                log.exception("The worker could not look after the queue.")
            if self.over.wait(BEAT):
                break
            since_tended += BEAT
        connection.close()


def sign_of_life(key):
    """Renew the lease of the worker itself and of the job it runs."""
    moment = timezone.now()
    if not Job.objects.filter(key=key).update(leased_until=moment + LEASE):
        Job.objects.create(
            kind=WORKER,
            subject=f"{socket.gethostname()} {os.getpid()}",
            key=key,
            state=JobState.RUNNING,
            attempts=1,
            queued_at=clock.now(),
            started_at=clock.now(),
            leased_until=moment + LEASE,
        )
    Job.objects.filter(kind=WORKER, leased_until__lt=moment - timedelta(days=1)).delete()
    renew(LONGEST)


def workers():
    """The rows of the workers, the one last seen first."""
    return Job.objects.filter(kind=WORKER).order_by("-leased_until")


def last_seen(worker):
    return worker.leased_until - LEASE


def work(once=False):
    """Run jobs until told to stop (SIGTERM, SIGINT: after the job at hand); `once`: until nothing is left to do."""
    line = queue()
    if once:
        tend(clock.now())
        line.run()
        return
    stop = threading.Event()

    def stop_soon(_signal, _frame):
        stop.set()
        line.stop()

    signal.signal(signal.SIGTERM, stop_soon)
    signal.signal(signal.SIGINT, stop_soon)
    beat = Beat(uuid.uuid4().hex)
    beat.start()
    while not stop.is_set():
        close_old_connections()
        try:
            line.run()
        except Exception:
            log.exception("The queue does not answer; the worker tries again.")
            stop.wait(BEAT)
        stop.wait(PAUSE)
    beat.over.set()
    beat.join(BEAT)
    workers().filter(key=beat.key).delete()
