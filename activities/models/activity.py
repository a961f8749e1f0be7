"""What is to be done, by whom, when, and how its output is counted."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy as _

from agencies.models import Agency, AgencyGroup, TenantQuerySet, tenant
from agencies.vietnamese import SearchField
from plans.models import Channel, ContentTheme, Edited, Plan, Purpose


class ScheduleKind(models.TextChoices):
    ONE_OFF = "one_off", _("One-off")
    WEEKLY = "weekly", _("Weekly")
    MONTHLY = "monthly", _("Monthly")
    QUARTERLY = "quarterly", _("Quarterly")
    YEARLY = "yearly", _("Yearly")
    CONTINUOUS = "continuous", _("Continuous")
    PERIODIC = "periodic", _("Periodic, interval not stated")
    NOT_STATED = "not_stated", _("Not stated")


class AssignmentRole(models.TextChoices):
    LEAD = "lead", _("Lead agency")
    COOPERATING = "cooperating", _("Cooperating agency")


class Indicator(models.Model):
    """A countable output of the national catalogue.

    A flow (articles, people attending) is summed over periods; a stock (followers) takes its last value.
    Source: the consolidated indicator list of the field.
    """

    code = models.CharField(_("code"), primary_key=True, max_length=20)
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200)
    unit = models.CharField(_("unit"), max_length=60)
    unit_en = models.CharField(_("unit in English"), max_length=60)
    channels = models.ManyToManyField(Channel, verbose_name=_("channels"), blank=True, related_name="indicators")
    is_stock = models.BooleanField(_("stock: the last value counts"), default=False)
    position = models.PositiveSmallIntegerField(_("position"))

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["position"]

    def __str__(self):
        return self.name_en if get_language() == "en" else self.name

    @property
    def unit_label(self):
        return self.unit_en if get_language() == "en" else self.unit


class ActivityGroup(models.Model):
    """A group row of the annex table (I, II, …) with its activities below."""

    plan = models.ForeignKey(Plan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="activity_groups")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    title = models.CharField(_("title"), max_length=300)
    origin = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="copies"
    )

    objects = tenant("plan__locality")

    class Meta:
        verbose_name = _("group of activities")
        verbose_name_plural = _("groups of activities")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "title"],
                name="activity_group_once_in_plan",
                violation_error_message=_("The plan already has a group with this title."),
            )
        ]

    def __str__(self):
        return self.title


class ActivityQuerySet(TenantQuerySet):
    LOCALITY = "plan__locality"

    def real(self):
        """Activities of plans alone: not of templates, not of amendments being drafted."""
        return self.filter(plan__purpose=Purpose.PLAN)


class Activity(Edited):
    """A task of a plan. Its time is kept as printed and, where the words allow, as dates."""

    plan = models.ForeignKey(Plan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="activities")
    group = models.ForeignKey(
        ActivityGroup,
        verbose_name=_("group of the annex"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="activities",
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    number = models.CharField(_("number in the plan"), max_length=20)
    title = models.TextField(_("title"), max_length=1000)
    details = models.TextField(_("details"), max_length=20000, blank=True)
    channels = models.ManyToManyField(Channel, verbose_name=_("channels"), blank=True, related_name="activities")
    themes = models.ManyToManyField(
        ContentTheme, verbose_name=_("content themes"), blank=True, related_name="activities"
    )
    schedule_kind = models.CharField(
        _("schedule"), max_length=20, choices=ScheduleKind, default=ScheduleKind.NOT_STATED
    )
    schedule_text = models.CharField(_("time as printed"), max_length=300, blank=True)
    start = models.DateField(_("start"), null=True, blank=True)
    deadline = models.DateField(_("deadline"), null=True, blank=True)
    target_quantity = models.PositiveBigIntegerField(_("target quantity"), null=True, blank=True)
    target_unit = models.CharField(_("unit of the target"), max_length=60, blank=True)
    indicator = models.ForeignKey(
        Indicator,
        verbose_name=_("indicator that counts the target"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="activities",
    )
    expected_product = models.CharField(_("expected product"), max_length=300, blank=True)
    note = models.TextField(_("note"), blank=True)
    cancelled_on = models.DateField(_("cancelled on"), null=True, blank=True)
    title_search = SearchField("number", "title")

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["plan", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "number"],
                name="activity_number_once_in_plan",
                violation_error_message=_("The plan already has an activity with this number."),
            ),
            models.CheckConstraint(
                condition=Q(start__isnull=True) | Q(deadline__isnull=True) | Q(deadline__gte=F("start")),
                name="activity_deadline_after_start",
                violation_error_message=_("The deadline must not be before the start."),
            ),
            models.CheckConstraint(
                condition=Q(target_quantity__isnull=True) | Q(target_quantity__gt=0),
                name="activity_target_positive",
                violation_error_message=_("A target is at least 1; leave it empty where the plan states none."),
            ),
            models.CheckConstraint(
                condition=Q(schedule_kind__in=ScheduleKind.values),
                name="activity_schedule_known",
                violation_error_message=_("Choose one of the listed schedules."),
            ),
        ]

    def __str__(self):
        return f"{self.number}. {self.title}"

    def get_absolute_url(self):
        return reverse("activities:detail", args=[self.pk])

    @property
    def counts_as_stock(self):
        """Quantities of this activity are not summed: the last one counts."""
        return bool(self.indicator and self.indicator.is_stock)


class Assignment(models.Model):
    """An agency or a group leads an activity, or cooperates in it.

    A name that belongs to no agency of the locality is kept literally (`name_as_printed` alone) and obliges nobody.

    What was assigned while the plan ran obliges from `valid_from` on, the plan's own assignments from its beginning;
    what was taken away while it ran obliged until `valid_to`, so that closed periods keep who owed them.
    """

    activity = models.ForeignKey(
        Activity, verbose_name=_("activity"), on_delete=models.CASCADE, related_name="assignments"
    )
    role = models.CharField(_("role"), max_length=12, choices=AssignmentRole)
    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), null=True, blank=True, on_delete=models.PROTECT, related_name="assignments"
    )
    group = models.ForeignKey(
        AgencyGroup,
        verbose_name=_("group"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="assignments",
    )
    name_as_printed = models.CharField(_("name as printed"), max_length=300, blank=True)
    valid_from = models.DateField(_("obliged from"), null=True, blank=True)
    valid_to = models.DateField(_("obliged until"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = tenant("activity__plan__locality")

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["role", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(agency__isnull=False, group__isnull=True)
                | Q(agency__isnull=True, group__isnull=False)
                | (Q(agency__isnull=True, group__isnull=True) & ~Q(name_as_printed="")),
                name="assignment_to_agency_or_group",
                violation_error_message=_("Assign an agency or a group, not both; or keep the name as printed."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=AssignmentRole.values),
                name="assignment_role_known",
                violation_error_message=_("An agency leads or cooperates."),
            ),
            models.UniqueConstraint(
                fields=["activity", "agency"],
                condition=Q(agency__isnull=False, valid_to__isnull=True),
                name="agency_once_in_activity",
                violation_error_message=_("The agency already has a part in this activity."),
            ),
            models.UniqueConstraint(
                fields=["activity", "group"],
                condition=Q(group__isnull=False, valid_to__isnull=True),
                name="group_once_in_activity",
                violation_error_message=_("The group already has a part in this activity."),
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="assignment_valid_to_after_from",
                violation_error_message=_("An assignment cannot end before it begins."),
            ),
        ]

    def __str__(self):
        return self.label

    @property
    def label(self):
        """The name as the plan prints it, else the agency's or group's own."""
        return self.name_as_printed or (self.agency.name if self.agency_id else self.group.name)

    @property
    def is_identified(self):
        """The name stands for an agency or a group of the locality."""
        return bool(self.agency_id or self.group_id)

    @property
    def is_invited(self):
        """A party body or front organisation: it takes part by invitation and owes no report."""
        return bool(self.agency_id and self.agency.is_invited)
