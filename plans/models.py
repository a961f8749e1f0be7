"""What was decided: the plan and all its parts, in the order of the document."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy as _, pgettext_lazy

from agencies.models import Agency, AgencyGroup, Locality, tenant
from agencies.vietnamese import SearchField, SortField


class PlanKind(models.TextChoices):
    PLAN = "KH", _("Plan")
    PROGRAMME = "CTr", _("Programme")
    SCHEME = "ĐA", _("Scheme")


class PlanStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("plan", "Draft")
    ISSUED = "issued", _("Issued")
    AMENDED = "amended", _("Amended")
    CLOSED = "closed", _("Closed")
    REPLACED = "replaced", _("Replaced")


class SourceForm(models.TextChoices):
    FULL_TEXT = "full_text", _("Full text of the document")
    NEWS_SUMMARY = "news_summary", _("Summary in the press")
    PORTAL = "portal", _("Written in this portal")


class DutyKind(models.TextChoices):
    LEAD = "lead", _("Leads")
    IMPLEMENT = "implement", _("Carries out")
    COOPERATE = "cooperate", _("Cooperates")
    DIRECT = "direct", _("Directs")
    MONITOR = "monitor", _("Monitors")
    FOCAL_POINT = "focal_point", _("Is the focal point")
    REPORT = "report", _("Reports")
    BUDGET = "budget", _("Provides the budget")
    FEEDBACK = "feedback", _("Gives feedback")
    CASCADE_PLAN = "cascade_plan", _("Issues its own plan")


class Frequency(models.TextChoices):
    MONTHLY = "monthly", _("monthly")
    QUARTERLY = "quarterly", _("quarterly")
    HALF_YEARLY = "half_yearly", _("half-yearly")
    YEARLY = "yearly", _("yearly")


class Channel(models.Model):
    """A way to reach people, of the national catalogue; the same for every locality."""

    code = models.SlugField(_("code"), primary_key=True, max_length=40)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120)
    position = models.PositiveSmallIntegerField(_("position"))

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ["position"]

    def __str__(self):
        return self.name_en if get_language() == "en" else self.name


class Plan(models.Model):
    """A plan as issued. What its source does not say is empty, never guessed."""

    locality = models.ForeignKey(Locality, verbose_name=_("locality"), on_delete=models.PROTECT, related_name="plans")
    key = models.SlugField(_("key of the source"), max_length=120, blank=True)
    number = models.CharField(_("number and code"), max_length=60, blank=True)
    kind = models.CharField(_("type of document"), max_length=10, choices=PlanKind, default=PlanKind.PLAN)
    title = models.CharField(_("abstract"), max_length=500)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    place = models.CharField(_("place of issuance"), max_length=100, blank=True)
    issuing_agency = models.ForeignKey(
        Agency, verbose_name=_("issuing agency"), on_delete=models.PROTECT, related_name="issued_plans"
    )
    issuing_agency_name = models.CharField(_("issuing agency as named at issue"), max_length=300)
    coordinating_agency = models.ForeignKey(
        Agency,
        verbose_name=_("coordinating agency"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="coordinated_plans",
    )
    period_start = models.DateField(_("from"))
    period_end = models.DateField(_("to"))
    period_text = models.CharField(_("period as printed"), max_length=100, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=PlanStatus, default=PlanStatus.DRAFT)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("carries out the plan"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    signing_authority = models.CharField(_("signing authority"), max_length=200, blank=True)
    signatory_title = models.CharField(_("position of the signatory"), max_length=150, blank=True)
    signatory_name = models.CharField(_("name of the signatory"), max_length=150, blank=True)
    source_form = models.CharField(
        _("form of the source"), max_length=20, choices=SourceForm, default=SourceForm.PORTAL
    )
    source_title = models.CharField(_("title of the source"), max_length=300, blank=True)
    source_publisher = models.CharField(_("publisher of the source"), max_length=200, blank=True)
    source_published_on = models.DateField(_("source published on"), null=True, blank=True)
    source_author = models.CharField(_("author of the source"), max_length=200, blank=True)
    source_note = models.TextField(_("note on the source"), blank=True)
    title_search = SearchField("number", "title", "issuing_agency_name")
    title_sort = SortField("title", db_index=True)

    objects = tenant("locality")

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["-period_start", "title_sort", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(period_end__gte=F("period_start")),
                name="plan_period_end_after_start",
                violation_error_message=_("The plan's period must end after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=PlanStatus.values),
                name="plan_status_known",
                violation_error_message=_("Choose one of the listed statuses."),
            ),
            models.UniqueConstraint(
                fields=["issuing_agency", "number", "issued_on"],
                condition=~Q(number=""),
                name="plan_number_once",
                violation_error_message=_("This agency has already issued a plan with this number on this day."),
            ),
            models.UniqueConstraint(
                fields=["locality", "key"],
                condition=~Q(key=""),
                name="plan_key_once_in_locality",
                violation_error_message=_("This source has already been loaded."),
            ),
        ]

    def __str__(self):
        return self.number or self.title

    def get_absolute_url(self):
        return reverse("plans:detail", args=[self.pk])


class PlanPart(models.Model):
    """A row of a plan, at its place in the document."""

    plan = models.ForeignKey(Plan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="%(class)ss")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    text = models.TextField(_("text"), max_length=5000)

    objects = tenant("plan__locality")

    class Meta:
        abstract = True
        ordering = ["position", "pk"]

    def __str__(self):
        return self.text


class Audience(PlanPart):
    """Whom the plan speaks to ("người dân và doanh nghiệp")."""

    text = models.CharField(_("audience"), max_length=300)

    class Meta(PlanPart.Meta):
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "text"],
                name="audience_once_in_plan",
                violation_error_message=_("The plan already names this audience."),
            )
        ]


class LegalBasis(PlanPart):
    """A document the plan rests on ("Căn cứ ...")."""

    plan = models.ForeignKey(Plan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="legal_bases")
    kind = models.CharField(_("type of document"), max_length=60, blank=True)
    number = models.CharField(_("number and code"), max_length=60, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    issuing_agency_name = models.CharField(_("issuing agency"), max_length=200, blank=True)

    class Meta(PlanPart.Meta):
        verbose_name = _("legal basis")
        verbose_name_plural = _("legal bases")


class Objective(PlanPart):
    """What the plan wants to reach."""

    audiences = models.ManyToManyField(Audience, verbose_name=_("audiences"), blank=True, related_name="objectives")
    target = models.CharField(_("target"), max_length=300, blank=True)

    class Meta(PlanPart.Meta):
        verbose_name = _("objective")
        verbose_name_plural = _("objectives")


class Requirement(PlanPart):
    """How the work is to be done."""

    code = models.CharField(_("numbering in the document"), max_length=20, blank=True)

    class Meta(PlanPart.Meta):
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")


class ContentTheme(PlanPart):
    """What is to be said, to whom; themes form a tree."""

    plan = models.ForeignKey(Plan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="themes")
    code = models.CharField(_("numbering in the document"), max_length=20, blank=True)
    parent = models.ForeignKey(
        "self", verbose_name=_("part of"), null=True, blank=True, on_delete=models.RESTRICT, related_name="children"
    )
    audiences = models.ManyToManyField(Audience, verbose_name=_("audiences"), blank=True, related_name="themes")
    is_focus = models.BooleanField(_("focus of the plan"), default=False)

    class Meta(PlanPart.Meta):
        verbose_name = _("content theme")
        verbose_name_plural = _("content themes")

    def __str__(self):
        return f"{self.code} {self.text}".strip()


class PlanChannel(PlanPart):
    """A form of communication in the plan's own words, and the channels of the catalogue it means."""

    plan = models.ForeignKey(Plan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="plan_channels")
    code = models.CharField(_("numbering in the document"), max_length=20, blank=True)
    channels = models.ManyToManyField(
        Channel, verbose_name=_("channels of the catalogue"), blank=True, related_name="plan_channels"
    )

    class Meta(PlanPart.Meta):
        verbose_name = _("form of communication")
        verbose_name_plural = _("forms of communication")


class Duty(PlanPart):
    """A responsibility the plan lays on agencies or groups (tổ chức thực hiện)."""

    plan = models.ForeignKey(Plan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="duties")
    kind = models.CharField(_("kind of duty"), max_length=20, choices=DutyKind)
    agencies = models.ManyToManyField(Agency, verbose_name=_("agencies"), blank=True, related_name="duties")
    groups = models.ManyToManyField(AgencyGroup, verbose_name=_("groups"), blank=True, related_name="duties")
    bearer_as_printed = models.CharField(_("bearer as printed"), max_length=400, blank=True)

    class Meta(PlanPart.Meta):
        verbose_name = _("duty")
        verbose_name_plural = _("duties")


class BudgetLine(PlanPart):
    """Where the money comes from; amounts in whole đồng."""

    plan = models.ForeignKey(Plan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="budget_lines")
    bearer_as_printed = models.CharField(_("bearer as printed"), max_length=400, blank=True)
    amount = models.PositiveBigIntegerField(_("amount (đồng)"), null=True, blank=True)

    class Meta(PlanPart.Meta):
        verbose_name = _("budget line")
        verbose_name_plural = _("budget lines")


class ReportingDuty(PlanPart):
    """Who reports to whom, how often."""

    plan = models.ForeignKey(Plan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="reporting_duties")
    reporter = models.ForeignKey(
        Agency,
        verbose_name=_("reporter"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reporting_duties",
    )
    recipient_as_printed = models.CharField(_("reports to"), max_length=300, blank=True)
    frequencies = models.JSONField(_("how often"), default=list, blank=True)
    cutoff_text = models.CharField(_("data cut-off as printed"), max_length=200, blank=True)
    due_text = models.CharField(_("deadline as printed"), max_length=200, blank=True)

    class Meta(PlanPart.Meta):
        verbose_name = _("reporting duty")
        verbose_name_plural = _("reporting duties")


class Recipient(PlanPart):
    """A line of "Nơi nhận"; the archive line ("Lưu: ...") is the last."""

    text = models.CharField(_("recipient"), max_length=300)

    class Meta(PlanPart.Meta):
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")
