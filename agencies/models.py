"""Who there is: localities, their agencies and groups of agencies, each valid for a span of time."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .vietnamese import SearchField, SortField


class Level(models.TextChoices):
    PROVINCE = "province", _("Province")
    DISTRICT = "district", _("District (until 30/6/2025)")
    COMMUNE = "commune", _("Commune")


class AgencyKind(models.TextChoices):
    PEOPLES_COMMITTEE = "peoples_committee", _("People's Committee")
    PC_OFFICE = "pc_office", _("Office of the People's Committee")
    DEPARTMENT = "department", _("Department")
    COMMUNE_COMMITTEE = "commune_committee", _("Commune-level People's Committee")
    PUBLIC_SERVICE_UNIT = "public_service_unit", _("Public service unit")
    PRESS = "press", _("Press or broadcaster")
    PARTY_BODY = "party_body", _("Party body")
    MASS_ORGANISATION = "mass_organisation", _("Front or mass organisation")
    ENTERPRISE = "enterprise", _("Enterprise")


# Party bodies and front organisations are not under the People's Committee: plans invite them, they owe no report.
INVITED_KINDS = (AgencyKind.PARTY_BODY, AgencyKind.MASS_ORGANISATION)


class TenantQuerySet(models.QuerySet):
    """Rows of a locality. `LOCALITY` is the path from the row to its locality."""

    LOCALITY = "locality"

    def visible_to(self, user):
        """The rows of the person's own locality; nobody, not even a superuser, looks across."""
        if user.is_anonymous or not user.agency_id:
            return self.none()
        return self.filter(**{self.LOCALITY: user.agency.locality_id})


def tenant(path):
    """A manager whose rows belong to the locality found along `path`."""
    return type("ScopedQuerySet", (TenantQuerySet,), {"LOCALITY": path}).as_manager()


class Locality(models.Model):
    """A tenant: a province, a former district or a commune, with everything below it."""

    slug = models.SlugField(_("short address name"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    place_name = models.CharField(_("place name as printed"), max_length=100)
    level = models.CharField(_("level"), max_length=20, choices=Level)
    parent = models.ForeignKey(
        "self", verbose_name=_("part of"), null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )

    class Meta:
        verbose_name = _("locality")
        verbose_name_plural = _("localities")
        ordering = ["slug"]

    def __str__(self):
        return self.name


class Agency(models.Model):
    """A body that can be given a task or asked to report."""

    locality = models.ForeignKey(
        Locality, verbose_name=_("locality"), on_delete=models.PROTECT, related_name="agencies"
    )
    slug = models.SlugField(_("short address name"), max_length=120)
    name = models.CharField(_("official name"), max_length=300)
    short_name = models.CharField(_("short name"), max_length=150)
    symbol = models.CharField(_("symbol in document numbers"), max_length=30, blank=True)
    kind = models.CharField(_("kind"), max_length=30, choices=AgencyKind)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent agency"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    head_name = models.CharField(_("head of the agency"), max_length=150, blank=True)
    head_title = models.CharField(_("position of the head"), max_length=150, blank=True)
    head_email = models.EmailField(_("e-mail of the head"), blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    name_search = SearchField("name", "short_name")
    name_sort = SortField("name", db_index=True)

    objects = tenant("locality")

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering = ["name_sort", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["locality", "slug"],
                name="agency_slug_once_in_locality",
                violation_error_message=_("The locality already has an agency with this address name."),
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="agency_valid_to_after_from",
                violation_error_message=_("An agency cannot end before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=AgencyKind.values),
                name="agency_kind_known",
                violation_error_message=_("Choose one of the listed kinds of agency."),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_invited(self):
        """Invited to take part, not assigned: it owes no report and is never late."""
        return self.kind in INVITED_KINDS


class AgencyGroup(models.Model):
    """A collective name in plans ("các sở, ban, ngành"); it stands for its members on a date."""

    locality = models.ForeignKey(
        Locality, verbose_name=_("locality"), on_delete=models.PROTECT, related_name="agency_groups"
    )
    slug = models.SlugField(_("short address name"), max_length=120)
    name = models.CharField(_("name"), max_length=300)
    note = models.TextField(_("note"), blank=True)
    members = models.ManyToManyField(Agency, through="GroupMembership", related_name="groups")
    name_sort = SortField("name")

    objects = tenant("locality")

    class Meta:
        verbose_name = _("agency group")
        verbose_name_plural = _("agency groups")
        ordering = ["name_sort", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["locality", "slug"],
                name="group_slug_once_in_locality",
                violation_error_message=_("The locality already has a group with this address name."),
            )
        ]

    def __str__(self):
        return self.name


class GroupMembership(models.Model):
    """An agency belongs to a group for a span of time."""

    group = models.ForeignKey(AgencyGroup, on_delete=models.CASCADE, related_name="memberships")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="memberships")
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = tenant("group__locality")

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["group", "agency"],
                name="agency_once_in_group",
                violation_error_message=_("The agency is already a member of this group."),
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="membership_valid_to_after_from",
                violation_error_message=_("A membership cannot end before it begins."),
            ),
        ]

    def __str__(self):
        return f"{self.agency} · {self.group}"


class ReorganisationKind(models.TextChoices):
    RENAME = "rename", _("Rename")
    MERGE = "merge", _("Merge")
    SPLIT = "split", _("Split")
    ABOLISH = "abolish", _("Abolish")


class ReorganisationStatus(models.TextChoices):
    SCHEDULED = "scheduled", _("Scheduled")
    APPLIED = "applied", _("Applied")
    CANCELLED = "cancelled", _("Called off")


class Reorganisation(models.Model):
    """Agencies renamed, merged, split or abolished by a decision, from a day on. Before that day nothing moves."""

    locality = models.ForeignKey(
        Locality, verbose_name=_("locality"), on_delete=models.PROTECT, related_name="reorganisations"
    )
    kind = models.CharField(_("kind of change"), max_length=10, choices=ReorganisationKind)
    decision_number = models.CharField(_("number of the decision"), max_length=60)
    decided_on = models.DateField(_("day of the decision"), null=True, blank=True)
    effective_on = models.DateField(_("in effect from"))
    status = models.CharField(
        _("status"), max_length=10, choices=ReorganisationStatus, default=ReorganisationStatus.SCHEDULED
    )
    set_key = models.SlugField(_("change of a ready-made set"), max_length=80, blank=True)
    note = models.TextField(_("note"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reorganisations")
    by_name = models.CharField(_("name at that time"), max_length=150)
    created_at = models.DateTimeField(_("entered at"))
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)

    objects = tenant("locality")

    class Meta:
        verbose_name = _("reorganisation")
        verbose_name_plural = _("reorganisations")
        ordering = ["-effective_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=ReorganisationKind.values),
                name="reorganisation_kind_known",
                violation_error_message=_("Choose one of the listed kinds of change."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=ReorganisationStatus.values),
                name="reorganisation_status_known",
                violation_error_message=_("Choose one of the listed statuses."),
            ),
            models.CheckConstraint(
                condition=Q(status=ReorganisationStatus.APPLIED, applied_at__isnull=False)
                | (~Q(status=ReorganisationStatus.APPLIED) & Q(applied_at__isnull=True)),
                name="reorganisation_applied_has_time",
                violation_error_message=_("What has been applied says when, and nothing else does."),
            ),
            models.UniqueConstraint(
                fields=["locality", "set_key"],
                condition=~Q(set_key="") & ~Q(status=ReorganisationStatus.CANCELLED),
                name="reorganisation_set_key_once",
                violation_error_message=_("This change of the set has been taken over already."),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} · {self.decision_number}"


class Succession(models.Model):
    """Which agency carries on for which; none where an agency is abolished without a successor.

    `is_main` marks the successor that takes over people and open work where an agency is split.
    """

    reorganisation = models.ForeignKey(
        Reorganisation, verbose_name=_("reorganisation"), on_delete=models.CASCADE, related_name="successions"
    )
    predecessor = models.ForeignKey(
        Agency, verbose_name=_("before"), on_delete=models.PROTECT, related_name="successions"
    )
    successor = models.ForeignKey(
        Agency,
        verbose_name=_("after"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="predecessions",
    )
    is_main = models.BooleanField(_("takes over people and open work"), default=True)

    objects = tenant("reorganisation__locality")

    class Meta:
        verbose_name = _("succession")
        verbose_name_plural = _("successions")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reorganisation", "predecessor", "successor"],
                name="succession_once",
                violation_error_message=_("This succession is stated already."),
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | ~Q(successor=F("predecessor")),
                name="succession_to_another",
                violation_error_message=_("An agency does not succeed itself."),
            ),
        ]

    def __str__(self):
        return f"{self.predecessor} → {self.successor or '–'}"


class Holiday(models.Model):
    """A day on which a locality's offices are closed although it is no weekend, or open although it is one."""

    locality = models.ForeignKey(
        Locality, verbose_name=_("locality"), on_delete=models.CASCADE, related_name="holidays"
    )
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=150)
    is_worked = models.BooleanField(_("worked, to make up for another day"), default=False)

    objects = tenant("locality")

    class Meta:
        verbose_name = _("public holiday")
        verbose_name_plural = _("public holidays")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(
                fields=["locality", "day"],
                name="holiday_once",
                violation_error_message=_("This day is in the list already."),
            )
        ]

    def __str__(self):
        return f"{self.day:%d/%m/%Y} {self.name}"
