"""What the portal tells a person: at the bell, by e-mail, and what of it they want."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import tenant

from .user import User


class NotificationKind(models.TextChoices):
    """What a notification is about; each can be switched off, but for what only this person can act on."""

    RETURNED = "returned", _("An update was returned")
    APPROVED = "approved", _("An update was approved")
    SUBMITTED = "submitted", _("An update was sent")
    REMINDER = "reminder", _("A deadline comes or has passed")
    EXTENDED = "extended", _("A deadline was extended or a period opened again")
    ASKED = "asked", _("An explanation is asked for")
    ANSWERED = "answered", _("An explanation was given or concluded")
    CONTRIBUTED = "contributed", _("A cooperating agency added its part")
    REFUSED_FILE = "refused_file", _("A file was refused by the virus scan")
    REPORT = "report", _("A report was submitted, returned, approved or issued")
    JOB = "job", _("Work in the background ended or failed")


class Notification(models.Model):
    """One thing told to one person, once (`key`); `facts` fill the sentence of its kind, in the reader's language."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(_("kind"), max_length=15, choices=NotificationKind)
    facts = models.JSONField(_("facts"), default=dict, blank=True)
    url = models.CharField(_("leads to"), max_length=300, blank=True)
    key = models.CharField(_("key"), max_length=160)
    at = models.DateTimeField(_("at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    objects = tenant("person__agency__locality")

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["person", "read_at"], name="notification_person_read")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "key"],
                name="notification_once",
                violation_error_message=_("The person has been told already."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=NotificationKind.values),
                name="notification_kind_known",
                violation_error_message=_("Choose one of the listed kinds."),
            ),
        ]

    def __str__(self):
        return f"{self.person} · {self.kind}"


class NotificationSettings(models.Model):
    """What a person wants to hear, and where. Without a row: e-mail, and everything at the bell."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="notification_settings")
    by_mail = models.BooleanField(_("daily e-mail"), default=True)
    by_message = models.BooleanField(_("message to my telephone"), default=False)
    phone = models.CharField(_("telephone number"), max_length=20, blank=True)
    muted = models.JSONField(_("not at the bell"), default=list, blank=True)

    objects = tenant("person__agency__locality")

    class Meta:
        verbose_name = _("notification settings")
        verbose_name_plural = _("notification settings")
        constraints = [
            models.CheckConstraint(
                condition=Q(by_message=False) | ~Q(phone=""),
                name="notification_message_needs_phone",
                violation_error_message=_("Messages need a telephone number."),
            )
        ]

    def __str__(self):
        return str(self.person)
