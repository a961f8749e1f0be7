"""A report on its way: drafted from approved updates, submitted, approved, issued. Once issued it never changes."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import ExtractYear
from django.urls import reverse
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from activities.models import ConsolidatedPeriod, PeriodKind, ReportingPeriod
from agencies.models import Agency, Locality, tenant
from plans.models import Plan

from .unchanging import Unchanging, unchanging


class ReportKind(models.TextChoices):
    """Whose report it is: of a plan, of one agency on its part in a plan, of all plans of a locality."""

    PLAN = "plan", _("Report on a plan")
    AGENCY = "agency", _("An agency's own report")
    LOCALITY = "locality", _("Report on all plans")


class ReportStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("report", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("report", "Submitted to leadership")
    RETURNED = "returned", pgettext_lazy("report", "Returned")
    APPROVED = "approved", pgettext_lazy("report", "Approved")
    ISSUED = "issued", pgettext_lazy("report", "Issued")


class Report(Unchanging, models.Model):
    """One report and its version (`ordinal`): the first has no `replaces`, a correction replaces the one before.

    The span is a fact of the report, taken at birth from `period` or `consolidated`; that of all plans has neither.
    `agency` is who reports and signs. `number` to `sealed_at` are there once it is issued, `code` is printed on its
    last page and answers at the public check page.
    """

    kind = models.CharField(_("kind of report"), max_length=10, choices=ReportKind, default=ReportKind.PLAN)
    locality = models.ForeignKey(Locality, verbose_name=_("locality"), on_delete=models.PROTECT, related_name="reports")
    plan = models.ForeignKey(
        Plan, verbose_name=_("plan"), null=True, blank=True, on_delete=models.PROTECT, related_name="reports"
    )
    agency = models.ForeignKey(
        Agency, verbose_name=_("reporting agency"), on_delete=models.PROTECT, related_name="reports"
    )
    period = models.ForeignKey(ReportingPeriod, null=True, blank=True, on_delete=models.PROTECT, related_name="reports")
    consolidated = models.ForeignKey(
        ConsolidatedPeriod, null=True, blank=True, on_delete=models.PROTECT, related_name="reports"
    )
    span = models.CharField(_("kind of period"), max_length=12, choices=PeriodKind)
    year = models.PositiveSmallIntegerField(_("year"))
    label = models.CharField(_("label as printed"), max_length=60)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to (data cut-off)"))
    due_on = models.DateField(_("due"))

    ordinal = models.PositiveSmallIntegerField(_("version"), default=1)
    replaces = models.OneToOneField(
        "self",
        verbose_name=_("replaces"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="replaced_by",
    )
    reason = models.TextField(_("why it is corrected"), blank=True)
    status = models.CharField(_("status"), max_length=10, choices=ReportStatus, default=ReportStatus.DRAFT)
    version = models.PositiveIntegerField(_("times changed"), default=0)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reports_begun")
    begun_at = models.DateTimeField(_("begun at"))

    number = models.PositiveIntegerField(_("number"), null=True, blank=True)
    symbol = models.CharField(_("symbol"), max_length=40, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    signing_authority = models.CharField(_("signed in whose name"), max_length=200, blank=True)
    signatory_title = models.CharField(_("position of the signatory"), max_length=150, blank=True)
    signatory_name = models.CharField(_("signatory"), max_length=150, blank=True)
    code = models.CharField(_("check code"), max_length=20, blank=True)
    sealed_at = models.DateTimeField(_("sealed at"), null=True, blank=True)

    objects = unchanging("locality", sealed=Q(status="issued"))

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-ends_on", "-starts_on", "plan", "-ordinal"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "starts_on", "ends_on", "ordinal"],
                condition=Q(kind="plan"),
                name="report_of_plan_once",
                violation_error_message=_("There is a report on this plan and period already."),
            ),
            models.UniqueConstraint(
                fields=["plan", "agency", "starts_on", "ends_on", "ordinal"],
                condition=Q(kind="agency"),
                name="report_of_agency_once",
                violation_error_message=_("This agency has a report on this period already."),
            ),
            models.UniqueConstraint(
                fields=["locality", "starts_on", "ends_on", "ordinal"],
                condition=Q(kind="locality"),
                name="report_of_locality_once",
                violation_error_message=_("There is a report on all plans for this period already."),
            ),
            models.UniqueConstraint(
                fields=["code"],
                condition=~Q(code=""),
                name="report_code_once",
                violation_error_message=_("This check code is taken."),
            ),
            models.UniqueConstraint(
                F("agency"),
                F("number"),
                F("symbol"),
                ExtractYear("issued_on"),
                name="report_number_once_a_year",
                condition=Q(number__isnull=False),
                violation_error_message=_("The agency has issued another report under this number this year."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ReportKind.values),
                name="report_kind_known",
                violation_error_message=_("Choose one of the listed kinds of report."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=ReportStatus.values),
                name="report_status_known",
                violation_error_message=_("Choose one of the listed statuses."),
            ),
            models.CheckConstraint(
                condition=Q(span__in=PeriodKind.values),
                name="report_span_known",
                violation_error_message=_("Choose one of the listed kinds of period."),
            ),
            models.CheckConstraint(
                condition=Q(kind="locality", plan__isnull=True) | (~Q(kind="locality") & Q(plan__isnull=False)),
                name="report_has_its_plan",
                violation_error_message=_("A report is on one plan, or on all plans of the locality."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="report_ends_after_start",
                violation_error_message=_("A reporting period must end after it begins."),
            ),
            models.CheckConstraint(
                condition=~Q(status="issued")
                | (
                    Q(number__isnull=False, issued_on__isnull=False, sealed_at__isnull=False)
                    & ~Q(code="")
                    & ~Q(symbol="")
                ),
                name="report_issued_is_sealed",
                violation_error_message=_("An issued report has a number, a day, a check code and its seal."),
            ),
            models.CheckConstraint(
                condition=Q(ordinal=1, replaces__isnull=True) | Q(ordinal__gt=1, replaces__isnull=False),
                name="report_correction_replaces",
                violation_error_message=_("A correction replaces the version before it."),
            ),
        ]

    def __str__(self):
        return f"{self.label} · {self.plan or self.locality}"

    def get_absolute_url(self):
        return reverse("reports:detail", args=[self.pk])

    @property
    def is_issued(self):
        return self.status == ReportStatus.ISSUED

    @property
    def document_number(self):
        """'07/BC-SNV', empty before it is issued."""
        return f"{self.number:02d}/{self.symbol}" if self.number is not None else ""


class ReportPart(models.Model):
    """A part of the narrative: 'I', 'II.1' … 'V'. `body` is what it says (markup of `quarterly.markup`).

    `drafted` is what the portal drafted from the updates and `sources` which updates each sentence came from; a part
    nobody has touched (`edited_at` empty) is drafted anew as updates are approved.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="parts")
    code = models.CharField(_("part"), max_length=10)
    position = models.PositiveSmallIntegerField(_("position"))
    body = models.TextField(_("text"), blank=True)
    drafted = models.TextField(_("as drafted"), blank=True)
    sources = models.JSONField(_("where each sentence comes from"), default=list, blank=True)
    version = models.PositiveIntegerField(_("times saved"), default=0)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True)

    objects = tenant("report__locality")

    class Meta:
        verbose_name = _("part of a report")
        verbose_name_plural = _("parts of reports")
        ordering = ["report", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "code"],
                name="report_part_once",
                violation_error_message=_("The report has this part already."),
            )
        ]

    def __str__(self):
        return f"{self.report} · {self.code}"


class PartVersion(models.Model):
    """What a part said after somebody saved it."""

    part = models.ForeignKey(ReportPart, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField(_("version"))
    body = models.TextField(_("text"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(_("name at that time"), max_length=150)
    at = models.DateTimeField(_("at"))

    objects = tenant("part__report__locality")

    class Meta:
        verbose_name = _("version of a part")
        verbose_name_plural = _("versions of parts")
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["part", "version"],
                name="part_version_once",
                violation_error_message=_("This version has been kept already."),
            )
        ]

    def __str__(self):
        return f"{self.part} · {self.version}"


class ReportEvent(models.Model):
    """A step the report took: who, when, from where to where, why. Never changed."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="events")
    step = models.CharField(_("step"), max_length=20)
    before = models.CharField(_("before"), max_length=10, blank=True)
    after = models.CharField(_("after"), max_length=10, choices=ReportStatus)
    reason = models.TextField(_("reason"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="report_events")
    by_name = models.CharField(_("name at that time"), max_length=150)
    at = models.DateTimeField(_("at"))

    objects = tenant("report__locality")

    class Meta:
        verbose_name = _("event of a report")
        verbose_name_plural = _("events of reports")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(after__in=ReportStatus.values),
                name="report_event_after_known",
                violation_error_message=_("Choose one of the listed statuses."),
            ),
            models.CheckConstraint(
                condition=~Q(step="return") | ~Q(reason=""),
                name="report_return_has_reason",
                violation_error_message=_("Say why the report is returned."),
            ),
        ]

    def __str__(self):
        return f"{self.report} · {self.step}"


class Confirmation(models.Model):
    """Somebody has looked at a finding of the check before issuing and stands by it."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="confirmations")
    rule = models.CharField(_("rule"), max_length=40)
    subject = models.CharField(_("about"), max_length=200, blank=True)
    words = models.TextField(_("what was confirmed"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(_("name at that time"), max_length=150)
    at = models.DateTimeField(_("at"))

    objects = tenant("report__locality")

    class Meta:
        verbose_name = _("confirmed finding")
        verbose_name_plural = _("confirmed findings")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "rule", "subject"],
                name="confirmation_once",
                violation_error_message=_("This finding has been confirmed already."),
            )
        ]

    def __str__(self):
        return f"{self.report} · {self.rule}"
