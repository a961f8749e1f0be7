"""Who logs in, for which agency and in what role."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("Administrator of the locality")
    COORDINATOR = "coordinator", _("Coordinator")
    FOCAL_POINT = "focal_point", _("Focal point")
    LEADER = "leader", _("Leader")


class User(AbstractUser):
    """A person at one agency in one role. A technical superuser has no agency and sees no tenant's rows."""

    first_name = last_name = None
    full_name = models.CharField(_("full name"), max_length=150)
    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), null=True, blank=True, on_delete=models.PROTECT, related_name="users"
    )
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.FOCAL_POINT)

    REQUIRED_FIELDS = ["email", "full_name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=Role.values),
                name="user_role_known",
                violation_error_message=_("Choose one of the listed roles."),
            ),
            models.CheckConstraint(
                condition=Q(agency__isnull=False) | Q(is_superuser=True),
                name="user_has_agency",
                violation_error_message=_("Every user belongs to an agency."),
            ),
        ]

    def __str__(self):
        return self.full_name or self.username

    def get_full_name(self):
        return str(self)

    def get_short_name(self):
        return str(self)

    @property
    def is_administrator(self):
        return self.role == Role.ADMINISTRATOR

    @property
    def is_coordinator(self):
        return self.role == Role.COORDINATOR

    @property
    def is_focal_point(self):
        return self.role == Role.FOCAL_POINT

    @property
    def is_leader(self):
        return self.role == Role.LEADER
