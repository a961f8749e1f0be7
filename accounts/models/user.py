"""Who logs in, for which agency and in what role."""

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, tenant
from agencies.successions import Successors


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
    calendar_token = models.CharField(_("secret of the calendar's address"), max_length=64, blank=True)
    page_size = models.PositiveSmallIntegerField(_("rows on a page"), null=True, blank=True)
    invited_at = models.DateTimeField(_("invited at"), null=True, blank=True)

    REQUIRED_FIELDS = ["email", "full_name"]

    objects = UserManager()
    people = tenant("agency__locality")

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
            models.UniqueConstraint(
                fields=["calendar_token"],
                condition=~Q(calendar_token=""),
                name="user_calendar_token_once",
                violation_error_message=_("This calendar address is taken."),
            ),
        ]

    def __str__(self):
        return self.full_name or self.username

    @cached_property
    def own_agency_ids(self):
        """Keys of the person's agency and of those it carries on for: what these left open is the person's too.

        A query only where the session (`AgencyBackend`) has not seen that the agency carries on for nobody.
        """
        if not self.agency_id or not getattr(self, "has_predecessors", self.pk):
            return frozenset({self.agency_id} - {None})
        return Successors.of(self.agency.locality_id).with_predecessors(self.agency_id)

    def is_at(self, agency_id):
        """The agency is the person's, or one that theirs carries on for."""
        return self.agency_id == agency_id or agency_id in self.own_agency_ids

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


class SavedView(models.Model):
    """A list's filters and order that a person keeps under a name."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    page = models.CharField(_("list"), max_length=40)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("filters and order"), max_length=2000, blank=True)

    objects = tenant("user__agency__locality")

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "page", "name"],
                name="saved_view_name_once",
                violation_error_message=_("You already have a view with this name."),
            )
        ]

    def __str__(self):
        return self.name


class UserAct(models.TextChoices):
    INVITED = "invited", _("Invited")
    ENTERED = "entered", _("Took up the invitation")
    CHANGED = "changed", _("Changed")
    DEACTIVATED = "deactivated", _("Deactivated")
    ACTIVATED = "activated", _("Activated again")
    HANDED_OVER = "handed_over", _("Handed over open work")
    MOVED = "moved", _("Moved to another agency")


class UserEvent(models.Model):
    """What was done to an account, by whom. Never changed."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="events")
    act = models.CharField(_("what was done"), max_length=15, choices=UserAct)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="acts")
    by_name = models.CharField(_("name at that time"), max_length=150)
    at = models.DateTimeField(_("at"))
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = tenant("user__agency__locality")

    class Meta:
        verbose_name = _("event of an account")
        verbose_name_plural = _("events of an account")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(act__in=UserAct.values),
                name="user_event_act_known",
                violation_error_message=_("Choose one of the listed acts."),
            )
        ]

    def __str__(self):
        return f"{self.user} · {self.act}"
