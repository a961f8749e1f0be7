"""Work in the background: the one door of the queue.

    @work("reminders", label=_("Reminders of the day"))
    def remind(job, *, day): ...        # returns the outcome in words, or None

    order("reminders", by=None, locality=locality, key=f"reminders:{day}", day=day.isoformat())
    order_many("letter", [{"key": …, "digest": 1}, …], by=None, locality=locality)

`order` belongs into the transaction of what it is about: the job exists when that is saved, and not otherwise.

Inside the function: `job.step(done, total)` says how far it is, `job.keep(name, data)` leaves a file to be fetched,
`raise CannotDo(sentence)` says to people what went wrong. The queue (`settings.TASKS`) carries only "run job N"; what
is true of a job stands in its row. A worker that dies loses its lease, and another takes the job up again: the function
may be called twice for one job. In tests jobs run when `run_waiting(now)` is called.
"""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, override
from django_tasks import task
from django_tasks_db.models import DBTaskResult, get_date_max

from agencies import clock

from .models import Job, JobState, NotificationKind, Role, User
from .models.job import LEASE, LeaseLost

log = logging.getLogger(__name__)

# After the first, the second … failure the job waits so many minutes.
BACK_OFF = (1, 5, 15, 60)


class CannotDo(Exception):
    """The work cannot be done; the message says why to the person who started it. `final`: no use in trying again."""

    def __init__(self, sentence, *, final=False):
        super().__init__(sentence)
        self.final = final


class Work(NamedTuple):
    """What a kind of job does: `run(job, **arguments)`, how it is called on screen, how often it is tried.

    `says_done`: the person who started it hears of its end even where it left no file. `small`: one of many, such as
    a letter: once done it is counted, not listed.
    """

    run: Callable
    label: str
    tries: int
    says_done: bool
    small: bool


WORK = {}


def work(kind, *, label, tries=3, says_done=False, small=False):
    """Register a function as what jobs of `kind` do. It may be called again for the same job: it must not mind."""

    def register(function):
        WORK[kind] = Work(function, label, tries, says_done, small)
        return function

    return register


def label_of(kind):
    """How jobs of `kind` are called on screen."""
    return WORK[kind].label if kind in WORK else kind


def order(kind, *, by, locality, subject="", key="", run_after=None, **arguments):
    """Order a job of `kind` (started by a person, or None for the clock); returns it, or None if `key` is taken.

    `arguments` are JSON-ready. `run_after`: not before that moment.
    """
    job = _job(kind, by, locality, subject=subject, key=key, run_after=run_after, **arguments)
    try:
        with transaction.atomic():
            job.save()
            if run_after is None:
                push(job.pk)
    except IntegrityError:
        return None
    return job


def order_many(kind, jobs, *, by, locality):
    """Order many jobs of `kind` in four queries: [Job], without those whose key is taken.

    `jobs`: for each a dict of what `order` is given for one: subject, key, run_after and the arguments.
    """
    rows = _with_free_keys([_job(kind, by, locality, **each) for each in jobs])
    try:
        with transaction.atomic():
            Job.objects.bulk_create(rows)
            push(*(row.pk for row in rows if row.run_after is None))
    except IntegrityError:  # somebody was quicker with one of the keys
        return [job for each in jobs if (job := order(kind, by=by, locality=locality, **each))]
    return rows


def _job(kind, by, locality, *, subject="", key="", run_after=None, **arguments):
    return Job(
        kind=kind,
        started_by=by,
        locality=locality,
        subject=subject,
        key=key,
        run_after=run_after,
        arguments=arguments,
        max_attempts=WORK[kind].tries,
        queued_at=clock.now(),
    )


def _with_free_keys(rows):
    """Those of `rows` whose key nobody has, the first of each key."""
    keys = {row.key for row in rows} - {""}
    taken = set(Job.objects.filter(key__in=keys).values_list("key", flat=True)) if keys else set()
    free = []
    for row in rows:
        if row.key not in taken:
            free.append(row)
            taken |= {row.key} - {""}
    return free


def push(*keys):
    """Put "run job N" into the queue for each: with the transaction where the queue is the database, else after it."""
    if settings.QUEUE_URL:
        for pk in keys:
            transaction.on_commit(partial(run_job.enqueue, pk), robust=True)
    elif len(keys) == 1:
        run_job.enqueue(keys[0])
    else:
        _push_at_once(keys)


def _push_at_once(keys):
    """What `enqueue` writes into the table for one, for all of them in one query: the library has no way for many."""
    DBTaskResult.objects.bulk_create(
        DBTaskResult(
            args_kwargs={"args": [pk], "kwargs": {}},
            priority=run_job.priority,
            task_path=run_job.module_path,
            queue_name=run_job.queue_name,
            run_after=get_date_max(),  # at once
            backend_name=run_job.backend,
        )
        for pk in keys
    )


@task()
def run_job(pk):
    run(pk)


# Jobs at work in this process, and since when (seconds of time.monotonic).
AT_WORK = {}


def renew(longest):
    """Renew the leases of the jobs at work in this process, but of none that has been at it for `longest`."""
    for job, since in list(AT_WORK.items()):
        if time.monotonic() - since < longest.total_seconds():
            job.mine().update(leased_until=timezone.now() + LEASE)


def run(pk, now=None):
    """Run job `pk` if it waits and nobody else runs it; True if it was run, whatever came of it.

    `now` (aware datetime): the moment it is run at; the clock's without it.
    """
    job = _taken(pk, now or clock.now())
    if job is None:
        return False
    AT_WORK[job] = time.monotonic()
    with override(settings.LANGUAGE_CODE):
        try:
            if job.kind not in WORK:
                raise CannotDo(_("This version of the portal does not know this work."), final=True)
            outcome = WORK[job.kind].run(job, **job.arguments)
        except LeaseLost:
            log.warning("Job %s was stopped, or taken over by another worker.", pk)
        except CannotDo as error:
            _failed(job, str(error), now or clock.now(), is_final=error.final)
        except Exception:
            log.exception("Job %s (%s) failed.", pk, job.kind)
            unexpected = _("The work stopped at an unexpected error. The administrator finds it in the log.")
            _failed(job, unexpected, now or clock.now())
        else:
            _done(job, outcome or "", now or clock.now())
        finally:
            AT_WORK.pop(job, None)
    return True


def _taken(pk, now):
    """The job, leased to this worker; None where it does not wait, or another was quicker: one UPDATE decides."""
    waiting = Job.objects.filter(pk=pk, state=JobState.WAITING, attempts__lt=F("max_attempts"))
    taken = waiting.filter(Q(run_after__isnull=True) | Q(run_after__lte=now)).update(
        state=JobState.RUNNING,
        attempts=F("attempts") + 1,
        leased_until=timezone.now() + LEASE,
        run_after=None,
        started_at=now,
        finished_at=None,
    )
    return Job.objects.select_related("started_by", "locality").get(pk=pk) if taken else None


def _end(job, **facts):
    """Write how a run ended, unless the lease was lost meanwhile; True if it was written."""
    for name, value in facts.items():
        setattr(job, name, value)
    job.leased_until = None
    return bool(job.mine().update(leased_until=None, **facts))


@transaction.atomic
def _done(job, outcome, now):
    if _end(job, state=JobState.DONE, outcome=outcome[:300], error="", finished_at=now):
        if job.file or WORK[job.kind].says_done:
            _tell(job, [job.started_by] if job.started_by else [], now)


@transaction.atomic
def _failed(job, error, now, is_final=False):
    """Wait and try again, or give up and say so."""
    if not is_final and has_tries_left(job):
        pause = BACK_OFF[min(job.attempts, len(BACK_OFF)) - 1]
        _end(job, state=JobState.WAITING, error=error, run_after=now + timedelta(minutes=pause))
    elif _end(job, state=JobState.FAILED, error=error, finished_at=now):
        _tell(job, _told_of_failure(job), now)


def has_tries_left(job):
    return job.attempts < job.max_attempts


def is_tried_again(job, error):
    """Whether a job that stops at `error` (CannotDo) is put back to wait, or has failed for good."""
    return not error.final and has_tries_left(job)


def _told_of_failure(job):
    """Whoever started it; the administrators of the locality where the clock did."""
    if job.started_by:
        return [job.started_by]
    administrators = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True)
    return list(administrators.filter(agency__locality=job.locality_id)) if job.locality_id else []


def _tell(job, people, now):
    from .notifying import tell  # which orders jobs itself

    with override(None):
        label = str(label_of(job.kind))
    tell(
        people,
        NotificationKind.JOB,
        key=f"job:{job.pk}:{job.attempts}",
        url=reverse("accounts:job", args=[job.pk]),
        at=now,
        label=label,
        subject=job.subject,
        state=str(job.state),
    )


@transaction.atomic
def retry(job):
    """Let a job that has failed be tried again, as often as at first; one that waits for its next try goes at once.

    False where it neither has failed nor waits so.
    """
    tries = WORK[job.kind].tries if job.kind in WORK else 1
    changed = Job.objects.filter(pk=job.pk, state=JobState.FAILED).update(
        state=JobState.WAITING, max_attempts=F("attempts") + tries, run_after=None, finished_at=None
    )
    if not changed:
        changed = Job.objects.filter(pk=job.pk, state=JobState.WAITING, attempts__gt=0, run_after__isnull=False).update(
            run_after=None
        )
    if changed:
        push(job.pk)
    return bool(changed)


@transaction.atomic
def stop(job):
    """Take back a job that waits or runs: whoever runs it notices at its next step, and leaves nothing behind.

    False where it has ended.
    """
    mine = Job.objects.filter(pk=job.pk, state__in=(JobState.WAITING, JobState.RUNNING))
    held = mine.select_for_update(of=("self",)).first()
    if held is None:
        return False
    if held.file:
        transaction.on_commit(partial(held.file.storage.delete, held.file.name))
    mine.delete()
    return True


@transaction.atomic
def reap(now):
    """Take up again what a worker left behind when it died: its lease has run out. Returns how many jobs."""
    lost = list(
        Job.objects.filter(state=JobState.RUNNING, leased_until__lt=timezone.now())
        .exclude(kind=WORKER)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("started_by", "locality")
    )
    for job in lost:
        if job.attempts < job.max_attempts:
            _end(job, state=JobState.WAITING)
            push(job.pk)
        else:
            with override(settings.LANGUAGE_CODE):
                _failed(job, _("The worker stopped in the middle of the work, every time it was tried."), now)
    return len(lost)


@transaction.atomic
def push_due(now):
    """Put into the queue what was to wait until `now`. Returns how many jobs."""
    due = Job.objects.filter(state=JobState.WAITING, run_after__lte=now).select_for_update(skip_locked=True)
    keys = list(due.values_list("pk", flat=True))
    Job.objects.filter(pk__in=keys).update(run_after=None)
    push(*keys)
    return len(keys)


# A worker itself stands in the table as a running job without a locality, whose lease it renews while it lives.
WORKER = "worker"


def waiting(now, kind=""):
    """Keys of the jobs (of `kind`) that may run at `now`, the oldest first."""
    due = Job.objects.filter(state=JobState.WAITING).filter(Q(run_after__isnull=True) | Q(run_after__lte=now))
    if kind:
        due = due.filter(kind=kind)
    return list(due.order_by("queued_at", "pk").values_list("pk", flat=True))


def run_waiting(now=None, *, kind=""):
    """Run in this process what waits and is due, and what these jobs order; returns how many ran.

    For tests and the demo. `now`: the clock's without it; `kind`: only such jobs.
    """
    ran, seen = 0, set()
    while fresh := [pk for pk in waiting(now or clock.now(), kind) if pk not in seen]:
        seen.update(fresh)
        ran += sum(run(pk, now) for pk in fresh)
    return ran
