"""What a reviewer says about an update, line by line."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import tenant

from .activity import Activity
from .update import QuarterlyUpdate


class ReviewComment(models.Model):
    """A remark on an update: on the whole, on an activity, or on one of its figures (`field`).

    `is_internal`: a note among reviewers, which the agency never sees; the others it reads with the decision.
    """

    update = models.ForeignKey(QuarterlyUpdate, on_delete=models.CASCADE, related_name="comments")
    activity = models.ForeignKey(Activity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    field = models.CharField(_("figure"), max_length=40, blank=True)
    text = models.TextField(_("remark"))
    is_internal = models.BooleanField(_("internal note"), default=False)
    round = models.PositiveSmallIntegerField(_("round"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="review_comments")
    by_name = models.CharField(_("name at that time"), max_length=150)
    at = models.DateTimeField(_("at"))

    objects = tenant("update__period__plan__locality")

    class Meta:
        verbose_name = _("remark of a reviewer")
        verbose_name_plural = _("remarks of reviewers")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""), name="comment_says_something", violation_error_message=_("Write the remark.")
            )
        ]

    def __str__(self):
        return self.text[:60]
