"""What an agency reports for a period: the update, its rows, its evidence, and every step it took."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from agencies.models import Agency, tenant

from .activity import Activity, Indicator
from .period import ReportingPeriod


class Status(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned")
    APPROVED = "approved", _("Approved")


class ProgressState(models.TextChoices):
    NOT_STARTED = "not_started", _("Not started")
    IN_PROGRESS = "in_progress", _("In progress")
    DONE = "done", _("Done")


class EvidenceKind(models.TextChoices):
    FILE = "file", _("File")
    LINK = "link", _("Link")


class QuarterlyUpdate(models.Model):
    """One agency's report on one period of one plan.

    `first_submitted_at` decides whether it was on time, whatever happens later; `version` grows with every save
    and tells two browsers apart.
    """

    period = models.ForeignKey(
        ReportingPeriod, verbose_name=_("reporting period"), on_delete=models.PROTECT, related_name="updates"
    )
    agency = models.ForeignKey(Agency, verbose_name=_("agency"), on_delete=models.PROTECT, related_name="updates")
    agency_name = models.CharField(_("agency as named at submission"), max_length=300, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    results = models.TextField(_("results in general"), blank=True)
    difficulties = models.TextField(_("difficulties and causes"), blank=True)
    proposals = models.TextField(_("proposals"), blank=True)
    first_submitted_at = models.DateTimeField(_("first submitted at"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("last submitted at"), null=True, blank=True)
    saved_at = models.DateTimeField(_("saved at"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=0)

    objects = tenant("period__plan__locality")

    class Meta:
        verbose_name = _("quarterly update")
        verbose_name_plural = _("quarterly updates")
        ordering = ["period", "agency"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "period"],
                name="update_once_per_agency_and_period",
                violation_error_message=_("The agency already has an update for this period."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values),
                name="update_status_known",
                violation_error_message=_("Choose one of the listed statuses."),
            ),
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT) | Q(submitted_at__isnull=False, first_submitted_at__isnull=False),
                name="update_submitted_has_time",
                violation_error_message=_("A submitted update has the time of its submission."),
            ),
        ]

    def __str__(self):
        return f"{self.agency} · {self.period}"

    def get_absolute_url(self):
        return reverse("activities:update", args=[self.pk])


class ActivityProgress(models.Model):
    """How one activity stands in one update. A draft may leave the state, the percent or the day open."""

    update = models.ForeignKey(QuarterlyUpdate, on_delete=models.CASCADE, related_name="progress_rows")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="progress_rows")
    state = models.CharField(_("state"), max_length=12, choices=ProgressState, blank=True)
    percent = models.PositiveSmallIntegerField(_("percent done"), null=True, blank=True)
    quantity_done = models.PositiveBigIntegerField(_("quantity done in the period"), null=True, blank=True)
    completed_on = models.DateField(_("completed on"), null=True, blank=True)
    words = models.TextField(_("results in words"), blank=True)

    objects = tenant("update__period__plan__locality")

    class Meta:
        verbose_name = _("progress of an activity")
        verbose_name_plural = _("progress of activities")
        ordering = ["update", "activity__position"]
        constraints = [
            models.UniqueConstraint(
                fields=["update", "activity"],
                name="progress_once_per_activity",
                violation_error_message=_("The update already has a line for this activity."),
            ),
            models.CheckConstraint(
                condition=Q(percent__lte=100),
                name="progress_percent_at_most_100",
                violation_error_message=_("Percent done is between 0 and 100."),
            ),
            models.CheckConstraint(
                condition=Q(state=ProgressState.DONE, percent=100)
                | (~Q(state=ProgressState.DONE) & Q(completed_on__isnull=True)),
                name="progress_done_is_100_percent",
                violation_error_message=_("Done means 100 percent; only what is done has a day of completion."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[*ProgressState.values, ""]),
                name="progress_state_known",
                violation_error_message=_("Choose one of the listed states."),
            ),
        ]

    def __str__(self):
        return f"{self.activity}: {self.get_state_display()}"


class OutputCount(models.Model):
    """How many of an indicator an activity produced in the period; no row means not counted, 0 means none."""

    progress = models.ForeignKey(ActivityProgress, on_delete=models.CASCADE, related_name="output_counts")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="output_counts")
    value = models.PositiveBigIntegerField(_("number"))

    objects = tenant("progress__update__period__plan__locality")

    class Meta:
        verbose_name = _("output count")
        verbose_name_plural = _("output counts")
        ordering = ["indicator__position"]
        constraints = [
            models.UniqueConstraint(
                fields=["progress", "indicator"],
                name="count_once_per_indicator",
                violation_error_message=_("The indicator is already counted for this activity."),
            )
        ]

    def __str__(self):
        return f"{self.indicator_id}: {self.value}"


def evidence_path(evidence, _filename):
    """Where a file lies: a name nobody can guess, without the person's own; never served by its path."""
    return f"evidence/{uuid.uuid4().hex}"


class Evidence(models.Model):
    """A file or a link that proves a line of progress. Files are private to those who may read the update.

    What a sent round names is never deleted: taken off later, it is only marked (`removed_at`).
    """

    progress = models.ForeignKey(ActivityProgress, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(_("kind"), max_length=4, choices=EvidenceKind)
    file = models.FileField(_("file"), upload_to=evidence_path, blank=True)
    file_name = models.CharField(_("file name"), max_length=200, blank=True)
    content_type = models.CharField(_("content type"), max_length=100, blank=True)
    size = models.PositiveBigIntegerField(_("size (bytes)"), null=True, blank=True)
    url = models.URLField(_("link"), max_length=1000, blank=True)
    caption = models.CharField(_("caption"), max_length=200, blank=True)
    dated_on = models.DateField(_("date"), null=True, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="added_evidence", verbose_name=_("added by")
    )
    added_at = models.DateTimeField(_("added at"))
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    objects = tenant("progress__update__period__plan__locality")

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind=EvidenceKind.FILE, url="") & ~Q(file="") & ~Q(sha256=""))
                | (Q(kind=EvidenceKind.LINK, file="") & ~Q(url="")),
                name="evidence_is_file_or_link",
                violation_error_message=_("Evidence is a file or a link."),
            )
        ]

    def __str__(self):
        return self.caption or self.file_name or self.url

    def get_absolute_url(self):
        return reverse("activities:evidence", args=[self.pk])

    @property
    def is_image(self):
        return self.content_type.startswith("image/")


class UpdateEvent(models.Model):
    """A step an update took: who, in what role, when, what and why. Never changed, never deleted.

    `content` is kept at each submission: the update as it was sent, so that every round can be read again.
    """

    update = models.ForeignKey(QuarterlyUpdate, on_delete=models.PROTECT, related_name="events")
    move = models.CharField(_("step"), max_length=20)
    status = models.CharField(_("status after the step"), max_length=10, choices=Status)
    round = models.PositiveSmallIntegerField(_("round"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="update_events")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    by_name = models.CharField(_("name"), max_length=150)
    by_agency_name = models.CharField(_("agency"), max_length=300)
    at = models.DateTimeField(_("at"))
    reason = models.TextField(_("reason"), blank=True)
    content = models.JSONField(_("content as submitted"), null=True, blank=True)

    objects = tenant("update__period__plan__locality")

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.move} · {self.at:%d/%m/%Y %H:%M}"
