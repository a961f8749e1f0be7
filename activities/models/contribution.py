"""What a cooperating agency adds to an activity that another leads."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency

from .activity import Activity
from .attachment import Attachment, file_or_link, scan_known
from .guard import GuardedByPeriod, guarded_by_period
from .period import ReportingPeriod


class Contribution(GuardedByPeriod):
    """A cooperating agency's part in an activity in a period: the lead sees it and counts it in its own line.

    It obliges nobody and adds to no figure by itself.
    """

    period = models.ForeignKey(
        ReportingPeriod, verbose_name=_("reporting period"), on_delete=models.PROTECT, related_name="contributions"
    )
    activity = models.ForeignKey(
        Activity, verbose_name=_("activity"), on_delete=models.PROTECT, related_name="contributions"
    )
    agency = models.ForeignKey(
        Agency, verbose_name=_("cooperating agency"), on_delete=models.PROTECT, related_name="contributions"
    )
    words = models.TextField(_("our part, in words"))
    quantity = models.PositiveBigIntegerField(_("of it, number of outputs"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(_("name at that time"), max_length=150)
    agency_name = models.CharField(_("agency as named then"), max_length=300)
    saved_at = models.DateTimeField(_("saved at"))
    version = models.PositiveIntegerField(_("times saved"), default=1)

    objects = guarded_by_period("period__plan__locality")

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        ordering = ["activity", "agency"]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "activity", "agency"],
                name="contribution_once",
                violation_error_message=_("The agency has already added its part in this period."),
            ),
            models.CheckConstraint(
                condition=~Q(words=""),
                name="contribution_says_something",
                violation_error_message=_("Say in words what your part was."),
            ),
        ]

    def __str__(self):
        return f"{self.agency} · {self.activity}"

    def written_in(self):
        return self.period, self.agency_id


class ContributionEvidence(GuardedByPeriod, Attachment):
    """Proof of a cooperating agency's part."""

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="evidence")

    objects = guarded_by_period("contribution__period__plan__locality")

    class Meta(Attachment.Meta):
        verbose_name = _("evidence of a contribution")
        verbose_name_plural = _("evidence of contributions")
        constraints = [
            file_or_link("contribution_evidence_is_file_or_link"),
            scan_known("contribution_evidence_scan_known"),
        ]

    def get_absolute_url(self):
        return reverse("activities:contribution_evidence", args=[self.pk])

    def written_in(self):
        return self.contribution.period, self.contribution.agency_id
