"""What was decided: the plan and all its parts, in the order of the document."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy as _, pgettext_lazy

from agencies.models import Agency, AgencyGroup, Locality, TenantQuerySet, tenant
from agencies.vietnamese import SearchField, SortField


class PlanKind(models.TextChoices):
    PLAN = "KH", _("Plan")
    PROGRAMME = "CTr", _("Programme")
    SCHEME = "ĐA", _("Scheme")


class Purpose(models.TextChoices):
    """What a row of `Plan` is for: only a plan counts, is reported on and listed."""

    PLAN = "plan", _("Plan")
    AMENDMENT = "amendment", _("Amendment being drafted")
    TEMPLATE = "template", _("Template")


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


class PlanQuerySet(TenantQuerySet):
    def real(self):
        """Plans alone: no templates, no amendments being drafted."""
        return self.filter(purpose=Purpose.PLAN)


class Plan(models.Model):
    """A plan as it is in force. What its source does not say is empty, never guessed.

    An amendment is drafted on a copy of the whole plan (`purpose` amendment, `amends` the plan); number, day and
    signatory of the copy are the amendment's own. Issuing it carries its rows onto the plan's.
    """

    locality = models.ForeignKey(Locality, verbose_name=_("locality"), on_delete=models.PROTECT, related_name="plans")
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose, default=Purpose.PLAN)
    amends = models.ForeignKey(
        "self",
        verbose_name=_("amends the plan"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="amendments_in_draft",
    )
    origin = models.ForeignKey(
        "self", verbose_name=_("begun from"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    replaces = models.ManyToManyField(
        "self", verbose_name=_("replaces"), blank=True, symmetrical=False, related_name="replaced_by"
    )
    version = models.PositiveIntegerField(_("times saved"), default=1)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
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

    objects = PlanQuerySet.as_manager()

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
            models.CheckConstraint(
                condition=Q(purpose__in=Purpose.values),
                name="plan_purpose_known",
                violation_error_message=_("A plan, an amendment being drafted or a template."),
            ),
            models.CheckConstraint(
                condition=Q(purpose=Purpose.AMENDMENT, amends__isnull=False)
                | (~Q(purpose=Purpose.AMENDMENT) & Q(amends__isnull=True)),
                name="plan_amendment_amends",
                violation_error_message=_("An amendment, and only an amendment, names the plan it amends."),
            ),
            models.CheckConstraint(
                condition=Q(purpose=Purpose.PLAN) | Q(status=PlanStatus.DRAFT),
                name="plan_only_plans_are_issued",
                violation_error_message=_("Only a plan is issued; amendments and templates stay drafts."),
            ),
            models.UniqueConstraint(
                fields=["amends"],
                name="plan_one_amendment_in_draft",
                violation_error_message=_("An amendment of this plan is being drafted already."),
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

    @property
    def with_issuer(self):
        """Its number and who issued it: the same number is borne by plans of many agencies."""
        return f"{self} · {self.issuing_agency_name}"


class Edited(models.Model):
    """A row that people draft together: who saved it last, how often, and which row it was copied from."""

    version = models.PositiveIntegerField(_("times saved"), default=1)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    edited_at = models.DateTimeField(_("saved at"), null=True, blank=True, editable=False)
    origin = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="copies"
    )

    class Meta:
        abstract = True


class PlanPart(Edited):
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


class PlanVersion(models.Model):
    """The plan's whole content as issued, and again as each amendment made it; in force from its day of issue.

    `content` is what `activities.versions.content_of` writes: facts, parts, groups and activities.
    """

    plan = models.ForeignKey(Plan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="versions")
    ordinal = models.PositiveSmallIntegerField(_("version"))
    number = models.CharField(_("number and code"), max_length=60, blank=True)
    title = models.CharField(_("abstract"), max_length=500)
    issued_on = models.DateField(_("issued on"))
    signing_authority = models.CharField(_("signing authority"), max_length=200, blank=True)
    signatory_title = models.CharField(_("position of the signatory"), max_length=150, blank=True)
    signatory_name = models.CharField(_("name of the signatory"), max_length=150, blank=True)
    content = models.JSONField(_("content"))
    kept_at = models.DateTimeField(_("kept at"))

    objects = tenant("plan__locality")

    class Meta:
        verbose_name = _("version of a plan")
        verbose_name_plural = _("versions of a plan")
        ordering = ["plan", "ordinal"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "ordinal"],
                name="version_ordinal_once_in_plan",
                violation_error_message=_("The plan already has this version."),
            ),
            models.CheckConstraint(
                condition=Q(ordinal__gt=0),
                name="version_ordinal_from_one",
                violation_error_message=_("Versions are counted from 1."),
            ),
        ]

    def __str__(self):
        return self.number or self.title


class PlanEvent(models.Model):
    """A step a plan took: who, when, why. Never changed."""

    plan = models.ForeignKey(Plan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="events")
    version = models.ForeignKey(PlanVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="events")
    move = models.CharField(_("step"), max_length=20)
    status = models.CharField(_("status after it"), max_length=10, choices=PlanStatus)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="plan_events")
    role = models.CharField(_("role"), max_length=20)
    by_name = models.CharField(_("name at that time"), max_length=150)
    by_agency_name = models.CharField(_("agency at that time"), max_length=300)
    at = models.DateTimeField(_("at"))
    reason = models.TextField(_("reason"), blank=True)

    objects = tenant("plan__locality")

    class Meta:
        verbose_name = _("event of a plan")
        verbose_name_plural = _("events of a plan")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=PlanStatus.values),
                name="plan_event_status_known",
                violation_error_message=_("Choose one of the listed statuses."),
            ),
        ]

    def __str__(self):
        return f"{self.plan} · {self.move}"


class FileKind(models.TextChoices):
    SIGNED = "signed", _("Signed document")
    WORD = "word", _("Word file")
    OTHER = "other", _("Other file")


def plan_file_path(plan_file, name):
    """Where a plan's source file is kept: by its content, so that no two collide."""
    return f"plans/{plan_file.plan_id}/{plan_file.sha256[:16]}{plan_file.suffix}"


class PlanFile(models.Model):
    """A source file kept with the plan or with one of its amendments."""

    plan = models.ForeignKey(Plan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="files")
    version = models.ForeignKey(
        PlanVersion,
        verbose_name=_("version"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="files",
    )
    kind = models.CharField(_("kind of file"), max_length=10, choices=FileKind, default=FileKind.SIGNED)
    file = models.FileField(_("file"), upload_to=plan_file_path, max_length=255)
    file_name = models.CharField(_("file name"), max_length=255)
    content_type = models.CharField(_("content type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="plan_files")
    added_at = models.DateTimeField(_("added at"))
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    objects = tenant("plan__locality")

    class Meta:
        verbose_name = _("source file")
        verbose_name_plural = _("source files")
        ordering = ["added_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=FileKind.values),
                name="plan_file_kind_known",
                violation_error_message=_("Choose one of the listed kinds of file."),
            ),
        ]

    def __str__(self):
        return self.file_name

    @property
    def suffix(self):
        """The ending of the file's name, with its dot."""
        _stem, dot, ending = self.file_name.rpartition(".")
        return f"{dot}{ending.lower()}"


class Acknowledgement(models.Model):
    """A warning of the check that somebody has seen and lets stand."""

    plan = models.ForeignKey(Plan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="acknowledgements")
    rule = models.CharField(_("rule"), max_length=40)
    subject = models.CharField(_("what it is about"), max_length=200)
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="acknowledgements")
    by_name = models.CharField(_("name at that time"), max_length=150)
    at = models.DateTimeField(_("at"))

    objects = tenant("plan__locality")

    class Meta:
        verbose_name = _("acknowledged warning")
        verbose_name_plural = _("acknowledged warnings")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "rule", "subject"],
                name="acknowledgement_once",
                violation_error_message=_("This warning has been acknowledged already."),
            ),
        ]

    def __str__(self):
        return f"{self.rule}: {self.subject}"


class RowAction(models.TextChoices):
    ADD = "add", _("Added")
    CHANGE = "change", _("Changed")
    REMOVE = "remove", _("Removed")
    MOVE = "move", _("Moved")


class RowEdit(models.Model):
    """What was done to a row while the plan was drafted: nothing typed is ever lost."""

    plan = models.ForeignKey(Plan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="row_edits")
    part = models.CharField(_("part"), max_length=40)
    row_id = models.PositiveBigIntegerField(_("row"))
    action = models.CharField(_("what was done"), max_length=10, choices=RowAction)
    before = models.JSONField(_("before"), null=True, blank=True)
    after = models.JSONField(_("after"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="row_edits")
    by_name = models.CharField(_("name at that time"), max_length=150)
    at = models.DateTimeField(_("at"))
    undoes = models.ForeignKey(
        "self",
        verbose_name=_("undoes"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="undone_by",
    )

    objects = tenant("plan__locality")

    class Meta:
        verbose_name = _("edit of a row")
        verbose_name_plural = _("edits of rows")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["plan", "part", "row_id"], name="row_edit_of_row")]
        constraints = [
            models.CheckConstraint(
                condition=Q(action__in=RowAction.values),
                name="row_edit_action_known",
                violation_error_message=_("A row is added, changed, removed or moved."),
            ),
        ]

    def __str__(self):
        return f"{self.part} {self.row_id} · {self.action}"
