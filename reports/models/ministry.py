"""The columns of the Ministry's form, in its order: which figure stands in each. Kept by the administrator."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Locality, tenant


class MinistryColumn(models.Model):
    """A column of the one-row sheet: its head as the form prints it, and the key of the report's figure in it.

    `source` is a key of `quarterly.values` ('WEB-1.in_period', 'count.sent'); empty: the column stays empty.
    """

    locality = models.ForeignKey(
        Locality, verbose_name=_("locality"), on_delete=models.CASCADE, related_name="ministry_columns"
    )
    position = models.PositiveSmallIntegerField(_("position"))
    head = models.CharField(_("head of the column"), max_length=200)
    source = models.CharField(_("figure"), max_length=60, blank=True)

    objects = tenant("locality")

    class Meta:
        verbose_name = _("column of the Ministry's form")
        verbose_name_plural = _("columns of the Ministry's form")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(head=""),
                name="ministry_column_has_head",
                violation_error_message=_("Write the head of the column."),
            )
        ]

    def __str__(self):
        return self.head
