"""Who was reminded of what, when, and what became of the letter."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from agencies.models import Agency, Locality, tenant

from .period import ReportingPeriod


class LetterState(models.TextChoices):
    QUEUED = "queued", _("On its way")
    SENT = "sent", pgettext_lazy("letter", "Sent")
    FAILED = "failed", _("Could not be delivered")
    NO_ADDRESS = "no_address", _("No e-mail address")


class Digest(models.Model):
    """The one letter a person gets on a day, with everything they have to do. Written once for the day, never again.

    `recipient` is `user:<key>` or, for a head without an account, `head:<key of the agency>`. `subject` and `text` are
    what was sent.
    """

    locality = models.ForeignKey(Locality, verbose_name=_("locality"), on_delete=models.CASCADE, related_name="digests")
    day = models.DateField(_("day"))
    recipient = models.CharField(_("recipient"), max_length=40)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="digests"
    )
    agency = models.ForeignKey(Agency, verbose_name=_("agency"), on_delete=models.PROTECT, related_name="digests")
    name = models.CharField(_("name at that time"), max_length=150)
    address = models.CharField(_("e-mail"), max_length=254, blank=True)
    subject = models.CharField(_("subject"), max_length=300)
    text = models.TextField(_("text"))
    html = models.TextField(_("text as HTML"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=LetterState, default=LetterState.QUEUED)
    error = models.CharField(_("what went wrong"), max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    written_at = models.DateTimeField(_("written at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    message_state = models.CharField(_("message to the telephone"), max_length=10, choices=LetterState, blank=True)

    objects = tenant("locality")

    class Meta:
        verbose_name = _("daily letter")
        verbose_name_plural = _("daily letters")
        ordering = ["-day", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "day"],
                name="digest_once_a_day",
                violation_error_message=_("This person has had the letter of this day."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=LetterState.values),
                name="digest_state_known",
                violation_error_message=_("Choose one of the listed states."),
            ),
        ]

    def __str__(self):
        return f"{self.day:%d/%m/%Y} · {self.name}"


class Reminder(models.Model):
    """One step of a plan's ladder for one agency and period, told to one recipient; never twice.

    `step` is `before:7`, `before:2`, `before:0`, `after:1`, `weekly:1`, `weekly:2` … or `head:1` …
    """

    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, related_name="reminders")
    period = models.ForeignKey(ReportingPeriod, on_delete=models.CASCADE, related_name="reminders")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="reminders")
    recipient = models.CharField(_("recipient"), max_length=40)
    step = models.CharField(_("step"), max_length=20)
    day = models.DateField(_("day"))

    objects = tenant("period__plan__locality")

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["day", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "agency", "step", "recipient"],
                name="reminder_never_twice",
                violation_error_message=_("This reminder has been sent already."),
            )
        ]

    def __str__(self):
        return f"{self.agency} · {self.step}"
