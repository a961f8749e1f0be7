"""The jobs a person may see, as the page shows them: what failed first, then what runs, then what is ready."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, ngettext

from .jobs import WORK, label_of
from .models import Job, JobState
from .permissions import can_manage_users, can_retry_job

MOST_OPEN = 100  # failed, running and waiting jobs shown at once
MOST_TODAY = 50
DAYS = 30


@dataclass(frozen=True)
class ShownJob:
    """A job with everything the page says about it, at `now`."""

    job: Job
    now: datetime
    can_retry: bool = False

    @property
    def label(self):
        return label_of(self.job.kind)

    @property
    def who(self):
        return str(self.job.started_by) if self.job.started_by else _("by the clock")

    @property
    def percent(self):
        """Whole percent; None where the job does not say how far it is."""
        return self.job.done * 100 // self.job.total if self.job.total else None

    @property
    def left(self):
        """About how long it still takes, in words; empty where that cannot be told."""
        job = self.job
        if not job.total or not job.done or not job.started_at:
            return ""
        so_far = (self.now - job.started_at).total_seconds()
        return how_long(so_far * (job.total - job.done) / job.done)

    @property
    def took(self):
        return how_long((self.job.finished_at - self.job.started_at).total_seconds()) if self.job.started_at else ""

    @cached_property
    def file_is_there(self):
        """Kept as long as was said, unless somebody took it from the disk."""
        file = self.job.file
        return bool(file) and self.now.date() <= self.job.keep_until and file.storage.exists(file.name)


def how_long(seconds):
    """A span in the largest whole unit that says enough."""
    seconds = max(round(seconds), 1)
    if seconds < 60:
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
    minutes = round(seconds / 60)
    if minutes < 60:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}


@dataclass(frozen=True)
class Board:
    """`failed`, `running`, `waiting` (lists of ShownJob) and `ended`, the rows behind the list of what is done."""

    open_jobs: list
    ended: object
    now: datetime

    @cached_property
    def failed(self):
        return [shown for shown in self.open_jobs if shown.job.state == JobState.FAILED]

    @cached_property
    def running(self):
        return [shown for shown in self.open_jobs if shown.job.state == JobState.RUNNING]

    @cached_property
    def waiting(self):
        """Those that may run now, and those that wait for their time."""
        return [shown for shown in self.open_jobs if shown.job.state == JobState.WAITING]

    @property
    def is_moving(self):
        """Something will be different in a moment: worth looking again."""
        return bool(self.running or any(shown.job.run_after is None for shown in self.waiting))

    def done(self, rows):
        return [ShownJob(job, self.now) for job in rows]


def jobs_of(user):
    """The locality's jobs for its administrator, their own for everybody else."""
    jobs = Job.objects.visible_to(user).select_related("started_by")
    return jobs if can_manage_users(user) else jobs.filter(started_by=user)


def build_board(user, now, *, since):
    """The board of `user` at `now`; `since` (a day): from when on what is done is listed."""
    jobs = jobs_of(user)
    still = jobs.exclude(state=JobState.DONE).order_by(F("finished_at").desc(nulls_last=True), "queued_at", "pk")
    counted = [kind for kind, work in WORK.items() if work.small]
    ended = jobs.filter(state=JobState.DONE, finished_at__gte=_begin_of(since)).exclude(kind__in=counted)
    return Board(
        open_jobs=[ShownJob(job, now, can_retry_job(user, job)) for job in still[:MOST_OPEN]],
        ended=ended.order_by("-finished_at", "-pk"),
        now=now,
    )


def _begin_of(day: date):
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def first_day(today, is_long):
    return today - timedelta(days=DAYS) if is_long else today
