"""What an agency reports for a period: the update, its rows, its evidence, and every step it took."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from agencies.models import Agency, tenant

from .activity import Activity, Indicator
from .attachment import Attachment, evidence_path, file_or_link, scan_known
from .guard import AGENCYS_OWN, Guarded, check_open, guarded
from .period import ReportingPeriod

__all__ = ["evidence_path"]  # the first migration looks for it here


class Status(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned")
    APPROVED = "approved", _("Approved")


class ProgressState(models.TextChoices):
    NOT_STARTED = "not_started", _("Not started")
    IN_PROGRESS = "in_progress", _("In progress")
    DONE = "done", _("Done")


class QuarterlyUpdate(models.Model):
    """One agency's report on one period of one plan.

    `first_submitted_at` decides whether it was on time, whatever happens later (a sending that was recalled does not
    count); `version` grows with every save and tells two browsers apart. `nothing_to_report` with its reason stands
    for all lines. While `on_behalf_by` is set the coordinator fills it in for the agency, after what `on_behalf_name`
    there said. `review_began_at`: from then on the agency can no longer recall it.
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
    nothing_to_report = models.BooleanField(_("nothing to report this period"), default=False)
    nothing_reason = models.TextField(_("why there is nothing to report"), blank=True)
    resend_by = models.DateField(_("send again by"), null=True, blank=True)
    review_began_at = models.DateTimeField(_("review began at"), null=True, blank=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    on_behalf_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    on_behalf_name = models.CharField(_("filled in for"), max_length=150, blank=True)
    on_behalf_reason = models.TextField(_("why it is filled in on behalf"), blank=True)

    objects = guarded("period__plan__locality", "pk")

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
            models.CheckConstraint(
                condition=Q(nothing_to_report=False) | ~Q(nothing_reason=""),
                name="update_nothing_has_reason",
                violation_error_message=_("Say why there is nothing to report."),
            ),
            models.CheckConstraint(
                condition=Q(on_behalf_by__isnull=True) | (~Q(on_behalf_name="") & ~Q(on_behalf_reason="")),
                name="update_on_behalf_is_explained",
                violation_error_message=_("Say for whom at the agency it is filled in, and why."),
            ),
        ]

    def __str__(self):
        return f"{self.agency} · {self.period}"

    def save(self, *args, **kwargs):
        written = getattr(self, "_written", None)
        is_new = written is None or self._state.adding
        if is_new or any(self.__dict__.get(name) != value for name, value in written.items()):
            check_open(self.period, self.agency_id)
        super().save(*args, **kwargs)
        self._written = {name: self.__dict__.get(name) for name in AGENCYS_OWN}

    def get_absolute_url(self):
        return reverse("activities:update", args=[self.pk])

    @classmethod
    def from_db(cls, db, field_names, values):
        """Remembers what the agency wrote: only a change of that is stopped by the lock, not a reviewer's decision."""
        update = super().from_db(db, field_names, values)
        update._written = {name: update.__dict__.get(name) for name in AGENCYS_OWN}
        return update

    def delete(self, *args, **kwargs):
        check_open(self.period, self.agency_id)
        return super().delete(*args, **kwargs)


class ActivityProgress(Guarded):
    """How one activity stands in one update. A draft may leave the state, the percent or the day open.

    A number may be blank (not counted yet), 0 (none) or not applicable; `nothing_in_period` says that nothing was done
    in this period. What is done needs evidence, or `no_evidence_reason`.
    """

    update = models.ForeignKey(QuarterlyUpdate, on_delete=models.CASCADE, related_name="progress_rows")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="progress_rows")
    state = models.CharField(_("state"), max_length=12, choices=ProgressState, blank=True)
    percent = models.PositiveSmallIntegerField(_("percent done"), null=True, blank=True)
    quantity_done = models.PositiveBigIntegerField(_("quantity done in the period"), null=True, blank=True)
    completed_on = models.DateField(_("completed on"), null=True, blank=True)
    words = models.TextField(_("results in words"), blank=True)
    quantity_not_applicable = models.BooleanField(_("quantity not applicable"), default=False)
    nothing_in_period = models.BooleanField(_("nothing in this period"), default=False)
    no_evidence_reason = models.TextField(_("why there is no evidence"), blank=True)
    saved_at = models.DateTimeField(_("saved at"), null=True, blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(_("times saved"), default=0)

    objects = guarded("update__period__plan__locality", "update")

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
            models.CheckConstraint(
                condition=Q(quantity_not_applicable=False) | Q(quantity_done__isnull=True),
                name="progress_quantity_or_not_applicable",
                violation_error_message=_("A quantity is a number or not applicable, not both."),
            ),
        ]

    def __str__(self):
        return f"{self.activity}: {self.get_state_display()}"

    def written_update(self):
        return self.update_id


class OutputCount(Guarded):
    """How many of an indicator an activity produced in the period.

    No row means not counted yet, 0 means none, `not_applicable` that the indicator says nothing of this agency.
    """

    progress = models.ForeignKey(ActivityProgress, on_delete=models.CASCADE, related_name="output_counts")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="output_counts")
    value = models.PositiveBigIntegerField(_("number"), null=True, blank=True)
    not_applicable = models.BooleanField(_("not applicable"), default=False)

    objects = guarded("progress__update__period__plan__locality", "progress__update")

    class Meta:
        verbose_name = _("output count")
        verbose_name_plural = _("output counts")
        ordering = ["indicator__position"]
        constraints = [
            models.UniqueConstraint(
                fields=["progress", "indicator"],
                name="count_once_per_indicator",
                violation_error_message=_("The indicator is already counted for this activity."),
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True, not_applicable=True) | Q(value__isnull=False, not_applicable=False),
                name="count_is_number_or_not_applicable",
                violation_error_message=_("A count is a number or not applicable, not both."),
            ),
        ]

    def __str__(self):
        return f"{self.indicator_id}: {self.value}"

    def written_update(self):
        return self.progress.update_id


class Evidence(Guarded, Attachment):
    """A file or a link that proves a line of progress. Files are private to those who may read the update.

    What a sent round names is never deleted: taken off later, it is only marked (`removed_at`).
    """

    progress = models.ForeignKey(ActivityProgress, on_delete=models.CASCADE, related_name="evidence")

    objects = guarded("progress__update__period__plan__locality", "progress__update")

    class Meta(Attachment.Meta):
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        indexes = [
            models.Index(fields=["sha256"], name="evidence_sha256"),
            models.Index(fields=["url"], name="evidence_url"),
        ]
        constraints = [file_or_link("evidence_is_file_or_link"), scan_known("evidence_scan_known")]

    def get_absolute_url(self):
        return reverse("activities:evidence", args=[self.pk])

    def written_update(self):
        return self.progress.update_id


class UpdateEvent(models.Model):
    """A step an update took: who, in what role, when, what and why. Never changed, never deleted.

    `content` is kept at each submission: the update as it was sent, so that every round can be read again.
    `on_behalf_of`: the person at the agency for whom somebody else took the step.
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
    on_behalf_of = models.CharField(_("on behalf of"), max_length=150, blank=True)
    resend_by = models.DateField(_("send again by"), null=True, blank=True)
    content = models.JSONField(_("content as submitted"), null=True, blank=True)

    objects = tenant("update__period__plan__locality")

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(move="return") | ~Q(reason=""),
                name="update_event_return_has_reason",
                violation_error_message=_("Say why the update is returned: the agency reads these words."),
            )
        ]

    def __str__(self):
        return f"{self.move} · {self.at:%d/%m/%Y %H:%M}"
