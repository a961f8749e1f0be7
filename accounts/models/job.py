"""Work in the background: what was asked for, how far it is, what came of it."""

import time
import uuid
from datetime import timedelta

from django.core.files.base import ContentFile
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from agencies.models import Locality, tenant

from .user import User

LEASE = timedelta(minutes=2)  # in real time, whatever the demo's clock says
KEPT = timedelta(days=30)  # how long a file waits to be fetched


class LeaseLost(Exception):
    """Another worker has taken the job over: this one has no say in it any more."""


class JobState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", pgettext_lazy("job", "Running")
    DONE = "done", pgettext_lazy("job", "Done")
    FAILED = "failed", _("Failed")


def result_path(job, _filename):
    """Where the file a job made lies: a name nobody can guess."""
    return f"jobs/{uuid.uuid4().hex}"


class Job(models.Model):
    """One piece of work for a worker, started by a person or by the clock (`started_by` empty).

    `kind` names the function, `arguments` are what it is called with. A running job holds a lease (`leased_until`);
    one whose lease has run out has lost its worker and is taken up again, at most `max_attempts` times in all. `key`,
    where there is one, keeps the same work from being ordered twice.
    """

    locality = models.ForeignKey(
        Locality, verbose_name=_("locality"), null=True, blank=True, on_delete=models.CASCADE, related_name="jobs"
    )
    kind = models.CharField(_("kind of work"), max_length=40)
    subject = models.CharField(_("about"), max_length=300, blank=True)
    arguments = models.JSONField(_("called with"), default=dict, blank=True)
    key = models.CharField(_("key"), max_length=160, blank=True)
    started_by = models.ForeignKey(
        User, verbose_name=_("started by"), null=True, blank=True, on_delete=models.PROTECT, related_name="jobs"
    )
    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    max_attempts = models.PositiveSmallIntegerField(_("attempts at most"), default=3)
    run_after = models.DateTimeField(_("not before"), null=True, blank=True)
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    done = models.PositiveIntegerField(_("steps done"), default=0)
    total = models.PositiveIntegerField(_("steps in all"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=300, blank=True)
    error = models.TextField(_("what went wrong"), blank=True)
    file = models.FileField(_("file"), upload_to=result_path, blank=True)
    file_name = models.CharField(_("file name"), max_length=200, blank=True)
    keep_until = models.DateField(_("file kept until"), null=True, blank=True)
    queued_at = models.DateTimeField(_("queued at"))
    started_at = models.DateTimeField(_("begun at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = tenant("locality")

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-queued_at", "-pk"]
        indexes = [models.Index(fields=["state", "run_after"], name="job_state_run_after")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=JobState.values),
                name="job_state_known",
                violation_error_message=_("Choose one of the listed states."),
            ),
            models.UniqueConstraint(
                fields=["key"],
                condition=~Q(key=""),
                name="job_key_once",
                violation_error_message=_("This work has been ordered already."),
            ),
            models.CheckConstraint(
                condition=Q(state=JobState.RUNNING, leased_until__isnull=False)
                | (~Q(state=JobState.RUNNING) & Q(leased_until__isnull=True)),
                name="job_running_has_lease",
                violation_error_message=_("Only a running job has a lease."),
            ),
            models.CheckConstraint(
                condition=Q(attempts__lte=F("max_attempts")),
                name="job_attempts_within_limit",
                violation_error_message=_("The job has been tried as often as it may be."),
            ),
        ]

    def __str__(self):
        return f"{self.kind} · {self.subject}"

    @property
    def waits_to_be_tried_again(self):
        """It has been tried, did not succeed, and waits until `run_after`."""
        return self.state == JobState.WAITING and self.attempts > 0 and self.run_after is not None

    def mine(self):
        """The row, as long as the run this object stands for has the lease."""
        return Job.objects.filter(pk=self.pk, state=JobState.RUNNING, attempts=self.attempts)

    def step(self, done, total):
        """Say that `done` of `total` steps are done, and renew the lease. Raises LeaseLost.

        To be called outside a transaction, else nobody sees it before the end. Cheap to call often: between the first
        and the last step it writes once a second.
        """
        moment = time.monotonic()
        if 0 < done < total and moment - getattr(self, "stepped_at", 0) < 1:
            return
        self.stepped_at, self.done, self.total = moment, done, total
        if not self.mine().update(done=done, total=total, leased_until=timezone.now() + LEASE):
            raise LeaseLost

    def keep(self, name, data):
        """Leave a file (bytes) called `name` to whoever started the job, for 30 days from its beginning."""
        self.keep_file(name, ContentFile(data))

    def keep_file(self, name, file):
        """As `keep`, of an open File: it is copied in pieces, or moved where it lies on disk; never read whole."""
        if self.file:
            self.file.delete(save=False)
        self.file.save(name, file, save=False)
        self.file_name, self.keep_until = name, timezone.localdate(self.started_at) + KEPT
        if not self.mine().update(file=self.file.name, file_name=name, keep_until=self.keep_until):
            self.file.delete(save=False)
            raise LeaseLost
