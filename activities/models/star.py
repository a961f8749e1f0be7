"""What a person keeps an eye on."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import tenant

from .activity import Activity


class Star(models.Model):
    """An activity that a person has starred: it comes first in their lists."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="stars")
    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="stars")
    at = models.DateTimeField(_("at"))

    objects = tenant("activity__plan__locality")

    class Meta:
        verbose_name = _("starred activity")
        verbose_name_plural = _("starred activities")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "activity"],
                name="star_once",
                violation_error_message=_("You have starred this activity already."),
            )
        ]

    def __str__(self):
        return f"{self.person} · {self.activity}"
