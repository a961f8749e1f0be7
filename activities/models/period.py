"""When a plan is reported: each period is a row with its data cut-off and its deadlines."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, gettext_lazy as _

from agencies.models import tenant
from plans.models import Plan

ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}


class PeriodKind(models.TextChoices):
    QUARTER = "quarter", _("Quarter")
    OWN = "own", _("The plan's own dates")


class ReportingPeriod(models.Model):
    """A span of a plan whose results are reported together.

    `ends_on` is the data cut-off (chốt số liệu), `agency_due_on` the day by which agencies send their update,
    `consolidated_due_on` the day by which the coordinator sends the consolidated report.
    """

    plan = models.ForeignKey(Plan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="reporting_periods")
    kind = models.CharField(_("kind of period"), max_length=10, choices=PeriodKind, default=PeriodKind.QUARTER)
    year = models.PositiveSmallIntegerField(_("year"))
    ordinal = models.PositiveSmallIntegerField(_("number in the year"))
    label = models.CharField(_("label as printed"), max_length=60)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to (data cut-off)"))
    agency_due_on = models.DateField(_("agencies submit by"))
    consolidated_due_on = models.DateField(_("consolidated report due"))

    objects = tenant("plan__locality")

    class Meta:
        verbose_name = _("reporting period")
        verbose_name_plural = _("reporting periods")
        ordering = ["plan", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "starts_on", "ends_on"],
                name="period_once_in_plan",
                violation_error_message=_("The plan already has this reporting period."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="period_ends_after_start",
                violation_error_message=_("A reporting period must end after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(agency_due_on__gt=F("ends_on")),
                name="period_due_after_cutoff",
                violation_error_message=_("The agencies' deadline must come after the data cut-off."),
            ),
            models.CheckConstraint(
                condition=Q(consolidated_due_on__gte=F("agency_due_on")),
                name="period_consolidated_after_agency_due",
                violation_error_message=_("The consolidated report cannot be due before the agencies' updates."),
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def title(self):
        """The label in the reader's language; documents print `label`."""
        if self.kind == PeriodKind.QUARTER:
            return gettext("Quarter %(quarter)s/%(year)s") % {"quarter": ROMAN[self.ordinal], "year": str(self.year)}
        return self.label
