"""The page of a plan that anybody may read."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import tenant
from plans.models import Plan


class PublicPage(models.Model):
    """Whether a plan's page is open to the public: off until its coordinator opens it, and closed as easily."""

    plan = models.OneToOneField(Plan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="public_page")
    is_open = models.BooleanField(_("open to the public"), default=False)
    words = models.TextField(_("words above the page"), blank=True)
    contact = models.CharField(_("where to ask (an office, never a person)"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(_("name at that time"), max_length=150)
    at = models.DateTimeField(_("at"))

    objects = tenant("plan__locality")

    class Meta:
        verbose_name = _("public page of a plan")
        verbose_name_plural = _("public pages of plans")

    def __str__(self):
        return str(self.plan)
