"""The evidence dossier of a year: criteria as data, evidence tagged to them, the self-score and its explanation.

Points are whole numbers of hundredths: 0,25 points are 25.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from activities.models import Attachment, Evidence
from activities.models.attachment import file_or_link, scan_known
from agencies.models import Locality, tenant
from plans.models import Channel, Plan


class CriteriaSet(models.Model):
    """The criteria of a year as somebody typed them in: a version once used is not changed, the next one is made.

    `checked_note`: against which text of the Ministry it was compared; empty: it was not, and every page says so.
    """

    locality = models.ForeignKey(
        Locality, verbose_name=_("locality"), on_delete=models.CASCADE, related_name="criteria_sets"
    )
    year = models.PositiveSmallIntegerField(_("year"))
    ordinal = models.PositiveSmallIntegerField(_("version"), default=1)
    title = models.CharField(_("title"), max_length=200)
    source = models.TextField(_("where the criteria come from"), blank=True)
    checked_note = models.CharField(_("compared with"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(_("name at that time"), max_length=150, blank=True)
    at = models.DateTimeField(_("at"))

    objects = tenant("locality")

    class Meta:
        verbose_name = _("set of criteria")
        verbose_name_plural = _("sets of criteria")
        ordering = ["-year", "-ordinal"]
        constraints = [
            models.UniqueConstraint(
                fields=["locality", "year", "ordinal"],
                name="criteria_set_once",
                violation_error_message=_("This version of the year's criteria is there already."),
            )
        ]

    def __str__(self):
        return self.title


class Measure(models.TextChoices):
    """What is measured by itself; everything else is scored by hand."""

    NONE = "", _("Scored by hand")
    ACTIVITIES_DONE = "activities_done", _("Activities done of those due")
    TARGETS_REACHED = "targets_reached", _("Targets reached of those set")
    REPORTED_ON_TIME = "reported_on_time", _("Updates sent on time of those expected")
    EVIDENCE_THERE = "evidence_there", _("There is evidence for it")


class Formula(models.TextChoices):
    SUM = "sum", _("Sum of its sub-criteria")
    BANDS = "bands", _("By bands of the measure")
    ALL_OR_NOTHING = "all_or_nothing", _("All points or none")
    BY_HAND = "by_hand", _("Scored by hand")


class Criterion(models.Model):
    """A criterion or sub-criterion: its most points, how they are computed, and which channels' evidence proves it."""

    set = models.ForeignKey(CriteriaSet, on_delete=models.CASCADE, related_name="criteria")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="children")
    position = models.PositiveSmallIntegerField(_("position"))
    code = models.CharField(_("number"), max_length=20)
    title = models.CharField(_("criterion"), max_length=400)
    most = models.PositiveIntegerField(_("most points (hundredths)"))
    formula = models.CharField(_("how it is scored"), max_length=20, choices=Formula, default=Formula.BY_HAND)
    measure = models.CharField(_("measured by"), max_length=20, choices=Measure, default=Measure.NONE, blank=True)
    floor = models.PositiveSmallIntegerField(_("floor (percent)"), null=True, blank=True)
    needs_evidence = models.BooleanField(_("needs evidence"), default=True)
    evidence_wanted = models.TextField(_("what proves it, one a line"), blank=True)
    wants_plan = models.BooleanField(_("the signed plan proves it"), default=False)
    wants_reports = models.BooleanField(_("the issued reports of the year prove it"), default=False)
    channels = models.ManyToManyField(Channel, verbose_name=_("channels whose evidence belongs here"), blank=True)

    objects = tenant("set__locality")

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["set", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["set", "code"],
                name="criterion_once_in_set",
                violation_error_message=_("The set already has a criterion with this number."),
            ),
            models.CheckConstraint(
                condition=Q(formula__in=Formula.values),
                name="criterion_formula_known",
                violation_error_message=_("Choose one of the listed ways of scoring."),
            ),
            models.CheckConstraint(
                condition=Q(measure__in=Measure.values),
                name="criterion_measure_known",
                violation_error_message=_("Choose one of the listed measures."),
            ),
            models.CheckConstraint(
                condition=Q(floor__isnull=True) | Q(floor__lte=100),
                name="criterion_floor_is_percent",
                violation_error_message=_("A floor is between 0 and 100 percent."),
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.title}"


class Band(models.Model):
    """From `at_least` percent of the measure on: so many points, or (`proportional`) the measure times the most."""

    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="bands")
    at_least = models.PositiveSmallIntegerField(_("from (percent)"))
    points = models.PositiveIntegerField(_("points (hundredths)"), default=0)
    proportional = models.BooleanField(_("measure × most points"), default=False)

    objects = tenant("criterion__set__locality")

    class Meta:
        verbose_name = _("band")
        verbose_name_plural = _("bands")
        ordering = ["criterion", "-at_least"]
        constraints = [
            models.UniqueConstraint(
                fields=["criterion", "at_least"],
                name="band_once_in_criterion",
                violation_error_message=_("Two bands cannot begin at the same percentage."),
            ),
            models.CheckConstraint(
                condition=Q(at_least__lte=100),
                name="band_is_percent",
                violation_error_message=_("A band begins between 0 and 100 percent."),
            ),
        ]

    def __str__(self):
        return f"{self.criterion} ≥ {self.at_least}%"


class DossierState(models.TextChoices):
    OPEN = "open", pgettext_lazy("dossier", "Open")
    CLOSED = "closed", pgettext_lazy("dossier", "Closed")


class Dossier(models.Model):
    """The evidence dossier of a plan for a year, scored by a set of criteria. Closed, it is only read.

    `measured` is what was measured when it was closed, so that its score stays what it was.
    """

    plan = models.ForeignKey(Plan, verbose_name=_("plan"), on_delete=models.PROTECT, related_name="dossiers")
    year = models.PositiveSmallIntegerField(_("year"))
    criteria = models.ForeignKey(CriteriaSet, on_delete=models.PROTECT, related_name="dossiers")
    state = models.CharField(_("state"), max_length=10, choices=DossierState, default=DossierState.OPEN)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(_("begun at"))
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    measured = models.JSONField(_("as measured when it was closed"), null=True, blank=True)

    objects = tenant("plan__locality")

    class Meta:
        verbose_name = _("evidence dossier")
        verbose_name_plural = _("evidence dossiers")
        ordering = ["-year", "plan"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "year"],
                name="dossier_once_a_year",
                violation_error_message=_("The plan has a dossier for this year already."),
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True) | Q(state="closed", closed_at__isnull=False),
                name="dossier_closed_when",
                violation_error_message=_("A closed dossier says when it was closed."),
            ),
        ]

    def __str__(self):
        return f"{self.plan} · {self.year}"


class EvidenceTag(models.Model):
    """A piece of evidence put under a criterion of a dossier. `is_left_out`: it was proposed, and somebody said no.

    `proves` is the line of what the criterion wants that it stands for; empty: none in particular.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="tags")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="tags")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="dossier_tags")
    is_left_out = models.BooleanField(_("left out"), default=False)
    proves = models.CharField(_("what it proves"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    objects = tenant("dossier__plan__locality")

    class Meta:
        verbose_name = _("evidence of a criterion")
        verbose_name_plural = _("evidence of criteria")
        ordering = ["criterion", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "criterion", "evidence"],
                name="evidence_tag_once",
                violation_error_message=_("This evidence stands under the criterion already."),
            )
        ]

    def __str__(self):
        return f"{self.criterion} · {self.evidence}"


class DossierDocument(Attachment):
    """A file or a link put under a criterion of a dossier itself: proof that no update brought.

    `proves` as in EvidenceTag.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="documents")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="documents")
    proves = models.CharField(_("what it proves"), max_length=300, blank=True)

    objects = tenant("dossier__plan__locality")

    class Meta(Attachment.Meta):
        verbose_name = _("document of a dossier")
        verbose_name_plural = _("documents of dossiers")
        constraints = [
            file_or_link("dossier_document_is_file_or_link"),
            scan_known("dossier_document_scan_known"),
        ]

    def get_absolute_url(self):
        return reverse("reports:dossier_document", args=[self.pk])

    @property
    def proved(self):
        """What it is to prove, as it is called."""
        return self.criterion


class SelfScore(models.Model):
    """What the office says of itself under a criterion: points by hand, why, and why evidence is missing.

    `missing_lines` are the lines of wanted evidence that `missing_reason` explains: one that is missing later is not.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="scores")
    points = models.PositiveIntegerField(_("points (hundredths)"), null=True, blank=True)
    explanation = models.TextField(_("explanation"), blank=True)
    missing_reason = models.TextField(_("why evidence is missing"), blank=True)
    missing_lines = models.JSONField(_("which evidence that explains"), default=list, blank=True)
    version = models.PositiveIntegerField(_("times saved"), default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(_("name at that time"), max_length=150)
    at = models.DateTimeField(_("at"))

    objects = tenant("dossier__plan__locality")

    class Meta:
        verbose_name = _("self-score")
        verbose_name_plural = _("self-scores")
        ordering = ["dossier", "criterion"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "criterion"],
                name="self_score_once",
                violation_error_message=_("This criterion has been scored already."),
            ),
            models.CheckConstraint(
                condition=Q(points__isnull=True) | ~Q(explanation=""),
                name="self_score_by_hand_is_explained",
                violation_error_message=_("Points given by hand need an explanation."),
            ),
        ]

    def __str__(self):
        return f"{self.dossier} · {self.criterion}"
