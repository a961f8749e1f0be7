"""Who there is: localities, their agencies and groups of agencies, each valid for a span of time."""

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
