"""When a plan is reported: the rules its calendar follows, and its periods, each a row with its dates."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy

from agencies.models import Agency, tenant
from plans.models import Plan

ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}


class PeriodKind(models.TextChoices):
    MONTH = "month", _("Month")
    QUARTER = "quarter", _("Quarter")
    HALF_YEAR = "half_year", _("Half-year")
    NINE_MONTHS = "nine_months", _("Nine months")
    YEAR = "year", _("Year")
    OWN = "own", _("The plan's own dates")


BASE_KINDS = (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.HALF_YEAR, PeriodKind.YEAR, PeriodKind.OWN)
CONSOLIDATED_KINDS = (PeriodKind.QUARTER, PeriodKind.HALF_YEAR, PeriodKind.NINE_MONTHS, PeriodKind.YEAR)

LONGEST_GRACE = 366  # days
MOST_EXTENSIONS = 20


def usual_consolidated():
    """Half-year and year: the four reports a year of the home-affairs sector."""
    return [PeriodKind.HALF_YEAR.value, PeriodKind.YEAR.value]


def usual_days_before():
    return [7, 2, 0]


class ReportingRules(models.Model):
    """How a plan is reported: what its periods are generated from, how strict it is, and when it reminds.

    Days of the month are those of a period's last month. A plan without a row follows the defaults (`rules_of`).
    """

    plan = models.OneToOneField(Plan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="reporting_rules")
    base = models.CharField(_("agencies report by"), max_length=12, choices=PeriodKind, default=PeriodKind.QUARTER)
    consolidated = models.JSONField(_("consolidated reports"), default=usual_consolidated, blank=True)
    cutoff_day = models.PositiveSmallIntegerField(_("data cut-off (day of the month)"), default=14)
    agency_due_day = models.PositiveSmallIntegerField(_("agencies submit by (day of the month)"), default=16)
    consolidated_due_day = models.PositiveSmallIntegerField(_("consolidated report due (day of the month)"), default=20)
    grace_days = models.PositiveSmallIntegerField(_("days of grace before a period is locked"), default=14)
    extensions_per_period = models.PositiveSmallIntegerField(_("extensions for one agency in a period"), default=1)
    evidence_required = models.BooleanField(_("what is done needs evidence, or a reason"), default=True)
    may_approve_own = models.BooleanField(_("a reviewer may approve what they submitted on behalf"), default=False)
    reminds = models.BooleanField(_("reminders go out"), default=True)
    days_before = models.JSONField(_("reminders, days before the deadline"), default=usual_days_before, blank=True)
    days_after = models.PositiveSmallIntegerField(_("first reminder after the deadline (days)"), default=1)
    every_days = models.PositiveSmallIntegerField(_("then every (days)"), default=7)
    head_after_days = models.PositiveSmallIntegerField(_("to the head of the agency after (days)"), default=12)
    version = models.PositiveIntegerField(_("times saved"), default=0)

    objects = tenant("plan__locality")

    class Meta:
        verbose_name = _("rules of reporting")
        verbose_name_plural = _("rules of reporting")
        constraints = [
            models.CheckConstraint(
                condition=Q(base__in=[kind.value for kind in BASE_KINDS]),
                name="rules_base_known",
                violation_error_message=_("Choose one of the listed kinds of period."),
            ),
            models.CheckConstraint(
                condition=Q(cutoff_day__gte=1, cutoff_day__lte=31),
                name="rules_cutoff_is_a_day",
                violation_error_message=_("A day of the month is between 1 and 31."),
            ),
            models.CheckConstraint(
                condition=Q(agency_due_day__gte=1, agency_due_day__lte=31),
                name="rules_agency_due_is_a_day",
                violation_error_message=_("A day of the month is between 1 and 31."),
            ),
            models.CheckConstraint(
                condition=Q(consolidated_due_day__gte=1, consolidated_due_day__lte=31),
                name="rules_consolidated_due_is_a_day",
                violation_error_message=_("A day of the month is between 1 and 31."),
            ),
            models.CheckConstraint(
                condition=Q(grace_days__lte=LONGEST_GRACE),
                name="rules_grace_at_most_a_year",
                violation_error_message=_("A period is locked at most 366 days after the deadline."),
            ),
            models.CheckConstraint(
                condition=Q(extensions_per_period__lte=MOST_EXTENSIONS),
                name="rules_extensions_at_most_twenty",
                violation_error_message=_("At most 20 extensions for one agency in a period."),
            ),
            models.CheckConstraint(
                condition=Q(every_days__gte=1),
                name="rules_every_day_at_most",
                violation_error_message=_("At most one reminder a day."),
            ),
        ]

    def __str__(self):
        return str(self.plan)


class Window(models.Model):
    """A named span of a plan's time."""

    year = models.PositiveSmallIntegerField(_("year"))
    ordinal = models.PositiveSmallIntegerField(_("number in the year"))
    label = models.CharField(_("label as printed"), max_length=60)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to (data cut-off)"))
    consolidated_due_on = models.DateField(_("consolidated report due"))

    class Meta:
        abstract = True

    def __str__(self):
        return self.title

    @property
    def title(self):
        """The label in the reader's language; documents print `label`."""
        numbers = {"number": ROMAN.get(self.ordinal, self.ordinal), "year": str(self.year)}
        match self.kind:
            case PeriodKind.MONTH:
                return gettext("Month %(number)s/%(year)s") % {"number": self.ordinal, "year": str(self.year)}
            case PeriodKind.QUARTER:
                return gettext("Quarter %(quarter)s/%(year)s") % {"quarter": numbers["number"], "year": str(self.year)}
            case PeriodKind.HALF_YEAR if self.ordinal == 1:
                return gettext("First half of %(year)s") % numbers
            case PeriodKind.HALF_YEAR:
                return gettext("Second half of %(year)s") % numbers
            case PeriodKind.NINE_MONTHS:
                return gettext("First nine months of %(year)s") % numbers
            case PeriodKind.YEAR:
                return gettext("Year %(year)s") % numbers
        return self.label


class ReportingPeriod(Window):
    """A span of a plan whose results agencies report together.

    `ends_on` is the data cut-off (chốt số liệu), `agency_due_on` the day by which agencies send their update (hạn
    gửi), `locks_on` the day from which nothing can be written any more (khóa số liệu), `consolidated_due_on` the day
    by which the coordinator sends the consolidated report. A row that a person has changed is `is_edited`: the rule
    leaves it alone.
    """

    plan = models.ForeignKey(Plan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="reporting_periods")
    kind = models.CharField(_("kind of period"), max_length=12, choices=PeriodKind, default=PeriodKind.QUARTER)
    agency_due_on = models.DateField(_("agencies submit by"))
    locks_on = models.DateField(_("locked from"))
    is_edited = models.BooleanField(_("changed by hand"), default=False)
    version = models.PositiveIntegerField(_("times saved"), default=0)

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
                condition=Q(kind__in=PeriodKind.values),
                name="period_kind_known",
                violation_error_message=_("Choose one of the listed kinds of period."),
            ),
            models.CheckConstraint(
                condition=Q(agency_due_on__gt=F("ends_on")),
                name="period_due_after_cutoff",
                violation_error_message=_("The agencies' deadline must come after the data cut-off."),
            ),
            models.CheckConstraint(
                condition=Q(locks_on__gt=F("agency_due_on")),
                name="period_locks_after_due",
                violation_error_message=_("A period can be locked only after the agencies' deadline."),
            ),
            models.CheckConstraint(
                condition=Q(consolidated_due_on__gte=F("agency_due_on")),
                name="period_consolidated_after_agency_due",
                violation_error_message=_("The consolidated report cannot be due before the agencies' updates."),
            ),
        ]


class ConsolidatedPeriod(Window):
    """A longer span that sums the plan's reporting periods within it: nobody reports for it, nothing is typed twice."""

    plan = models.ForeignKey(
        Plan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="consolidated_periods"
    )
    kind = models.CharField(_("kind of period"), max_length=12, choices=PeriodKind)
    is_edited = models.BooleanField(_("changed by hand"), default=False)

    objects = tenant("plan__locality")

    class Meta:
        verbose_name = _("consolidated period")
        verbose_name_plural = _("consolidated periods")
        ordering = ["plan", "ends_on", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "kind", "starts_on", "ends_on"],
                name="consolidated_once_in_plan",
                violation_error_message=_("The plan already has this consolidated period."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in CONSOLIDATED_KINDS]),
                name="consolidated_kind_known",
                violation_error_message=_("Choose one of the listed kinds of period."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="consolidated_ends_after_start",
                violation_error_message=_("A reporting period must end after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(consolidated_due_on__gt=F("ends_on")),
                name="consolidated_due_after_cutoff",
                violation_error_message=_("The consolidated report is due after the data cut-off."),
            ),
        ]


class Extension(models.Model):
    """One agency may write in one period until the end of `until`, by name and for a reason."""

    period = models.ForeignKey(
        ReportingPeriod, verbose_name=_("reporting period"), on_delete=models.CASCADE, related_name="extensions"
    )
    agency = models.ForeignKey(Agency, verbose_name=_("agency"), on_delete=models.PROTECT, related_name="extensions")
    ordinal = models.PositiveSmallIntegerField(_("number"), default=1)
    until = models.DateField(_("until the end of"))
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="extensions")
    by_name = models.CharField(_("name at that time"), max_length=150)
    at = models.DateTimeField(_("at"))

    objects = tenant("period__plan__locality")

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering = ["period", "agency", "ordinal"]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "agency", "ordinal"],
                name="extension_counted_once",
                violation_error_message=_("This extension has been given already."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="extension_has_reason",
                violation_error_message=_("An extension needs a reason."),
            ),
        ]

    def __str__(self):
        return f"{self.agency} · {self.until:%d/%m/%Y}"


class PeriodAct(models.TextChoices):
    CHANGED = "changed", pgettext_lazy("period", "Changed")
    ADDED = "added", pgettext_lazy("period", "Added")
    REMOVED = "removed", pgettext_lazy("period", "Removed")
    GENERATED = "generated", _("Generated from the rule")
    UNLOCKED = "unlocked", _("Opened again")
    LOCKED = "locked", _("Locked before its day")
    EXTENDED = "extended", _("Extended for an agency")


class PeriodEvent(models.Model):
    """What was done to the calendar of a plan, by whom and why. Never changed."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="period_events")
    period = models.ForeignKey(ReportingPeriod, null=True, on_delete=models.SET_NULL, related_name="events")
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(_("what was done"), max_length=10, choices=PeriodAct)
    about = models.CharField(_("about"), max_length=300, blank=True)
    before = models.DateField(_("before"), null=True, blank=True)
    after = models.DateField(_("after"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="period_events")
    by_name = models.CharField(_("name at that time"), max_length=150)
    at = models.DateTimeField(_("at"))

    objects = tenant("plan__locality")

    class Meta:
        verbose_name = _("event of a reporting period")
        verbose_name_plural = _("events of reporting periods")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(act__in=PeriodAct.values),
                name="period_event_act_known",
                violation_error_message=_("Choose one of the listed acts."),
            ),
            models.CheckConstraint(
                condition=~Q(act__in=["unlocked", "locked", "extended"]) | ~Q(reason=""),
                name="period_event_has_reason",
                violation_error_message=_("Opening or locking a period needs a reason."),
            ),
        ]

    def __str__(self):
        return f"{self.act} · {self.about}"
