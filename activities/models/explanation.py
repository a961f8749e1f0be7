"""A leader or coordinator asks one agency to explain one activity by a day (yêu cầu giải trình)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from agencies.models import Agency, tenant

from .activity import Activity
from .attachment import Attachment, file_or_link, scan_known
from .period import ReportingPeriod


class ExplanationStatus(models.TextChoices):
    ASKED = "asked", _("Waiting for the answer")
    ANSWERED = "answered", _("Answered, waiting for a conclusion")
    CONCLUDED = "concluded", _("Concluded")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class MessageKind(models.TextChoices):
    ASK = "ask", _("asks")
    ANSWER = "answer", _("answers")
    ASK_AGAIN = "ask_again", _("asks again")
    CONCLUDE = "conclude", _("concludes")
    WITHDRAW = "withdraw", _("withdraws")


class Explanation(models.Model):
    """A request for an explanation and the thread that answers it.

    `state_then` and `facts_then` are how the activity stood when it was asked, as shown then.
    """

    plan = models.ForeignKey("plans.Plan", on_delete=models.PROTECT, related_name="explanations")
    activity = models.ForeignKey(
        Activity, verbose_name=_("activity"), on_delete=models.PROTECT, related_name="explanations"
    )
    agency = models.ForeignKey(Agency, verbose_name=_("agency"), on_delete=models.PROTECT, related_name="explanations")
    period = models.ForeignKey(
        ReportingPeriod, null=True, blank=True, on_delete=models.SET_NULL, related_name="explanations"
    )
    subject = models.CharField(_("what is to be explained"), max_length=200)
    status = models.CharField(_("status"), max_length=10, choices=ExplanationStatus, default=ExplanationStatus.ASKED)
    state_then = models.CharField(_("state when asked"), max_length=20, blank=True)
    facts_then = models.CharField(_("figures when asked"), max_length=300, blank=True)
    answer_by = models.DateField(_("answer by"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="explanations_asked")
    asked_at = models.DateTimeField(_("asked at"))
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    version = models.PositiveIntegerField(_("times saved"), default=0)

    objects = tenant("plan__locality")

    class Meta:
        verbose_name = _("request for an explanation")
        verbose_name_plural = _("requests for explanations")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ExplanationStatus.values),
                name="explanation_status_known",
                violation_error_message=_("Choose one of the listed statuses."),
            ),
            models.UniqueConstraint(
                fields=["activity", "agency"],
                condition=Q(status__in=["asked", "answered"]),
                name="explanation_one_open",
                violation_error_message=_("This agency is already being asked about this activity."),
            ),
        ]

    def __str__(self):
        return self.subject

    def get_absolute_url(self):
        return reverse("activities:explanation", args=[self.pk])


class ExplanationMessage(models.Model):
    """One word in the thread: who said what, in what role, when. Never changed."""

    explanation = models.ForeignKey(Explanation, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(_("kind"), max_length=10, choices=MessageKind)
    text = models.TextField(_("text"))
    answer_by = models.DateField(_("answer by"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(pgettext_lazy("person", "name"), max_length=150)
    by_agency_name = models.CharField(_("agency"), max_length=300)
    at = models.DateTimeField(_("at"))

    objects = tenant("explanation__plan__locality")

    class Meta:
        verbose_name = _("message of an explanation")
        verbose_name_plural = _("messages of explanations")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=MessageKind.values),
                name="explanation_message_kind_known",
                violation_error_message=_("Choose one of the listed kinds."),
            ),
            models.CheckConstraint(
                condition=~Q(text=""),
                name="explanation_message_says_something",
                violation_error_message=_("A message needs its words."),
            ),
        ]

    def __str__(self):
        return f"{self.kind} · {self.by_name}"


class ExplanationEvidence(Attachment):
    """Proof that goes with an answer."""

    message = models.ForeignKey(ExplanationMessage, on_delete=models.CASCADE, related_name="evidence")

    objects = tenant("message__explanation__plan__locality")

    class Meta(Attachment.Meta):
        verbose_name = _("evidence of an explanation")
        verbose_name_plural = _("evidence of explanations")
        constraints = [
            file_or_link("explanation_evidence_is_file_or_link"),
            scan_known("explanation_evidence_scan_known"),
        ]

    def get_absolute_url(self):
        return reverse("activities:explanation_evidence", args=[self.pk])
