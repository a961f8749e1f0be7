"""What the nightly comparison found of the files that were sealed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Locality, tenant

from .report import Report
from .sealing import SealedFile, Signature


class Comparison(models.Model):
    """All that a locality has sealed, read once and compared: `files` in number, `damaged` of them not whole."""

    locality = models.ForeignKey(Locality, on_delete=models.CASCADE, related_name="comparisons")
    at = models.DateTimeField(_("at"))
    files = models.PositiveIntegerField(_("files compared"))
    damaged = models.PositiveIntegerField(_("of them not as they were sealed"))

    objects = tenant("locality")

    class Meta:
        verbose_name = _("comparison of sealed files")
        verbose_name_plural = _("comparisons of sealed files")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(damaged__lte=models.F("files")),
                name="comparison_damaged_within_files",
                violation_error_message=_("No more files can be damaged than were compared."),
            )
        ]

    def __str__(self):
        return f"{self.locality} · {self.at:%d/%m/%Y}"


class DamageKind(models.TextChoices):
    MISSING = "missing", _("not in the store any more")
    ALTERED = "altered", _("no longer what was sealed")
    UNREADABLE = "unreadable", _("cannot be read")


class Damage(models.Model):
    """A kept file found other than it was sealed, from `found_at` until it was found whole again (`over_at`)."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="damages")
    sealed_file = models.ForeignKey(SealedFile, null=True, blank=True, on_delete=models.PROTECT, related_name="damages")
    signature = models.ForeignKey(Signature, null=True, blank=True, on_delete=models.PROTECT, related_name="damages")
    kind = models.CharField(_("what was found"), max_length=10, choices=DamageKind)
    found_at = models.DateTimeField(_("found at"))
    over_at = models.DateTimeField(_("found whole again at"), null=True, blank=True)

    objects = tenant("report__locality")

    class Meta:
        verbose_name = _("damage to a sealed file")
        verbose_name_plural = _("damage to sealed files")
        ordering = ["found_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sealed_file__isnull=True) ^ Q(signature__isnull=True),
                name="damage_of_one_file",
                violation_error_message=_("Damage is of a sealed file or of a signed copy."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=DamageKind.values),
                name="damage_kind_known",
                violation_error_message=_("Choose one of the listed kinds."),
            ),
            models.CheckConstraint(
                condition=Q(over_at__isnull=True) | Q(over_at__gte=models.F("found_at")),
                name="damage_over_after_found",
                violation_error_message=_("A file cannot be found whole again before it was found damaged."),
            ),
            models.UniqueConstraint(
                fields=["sealed_file"],
                condition=Q(over_at__isnull=True, sealed_file__isnull=False),
                name="damage_open_once_of_file",
                violation_error_message=_("This damage is known already."),
            ),
            models.UniqueConstraint(
                fields=["signature"],
                condition=Q(over_at__isnull=True, signature__isnull=False),
                name="damage_open_once_of_signature",
                violation_error_message=_("This damage is known already."),
            ),
        ]

    def __str__(self):
        return f"{self.file_name}: {self.get_kind_display()}"

    @classmethod
    def found(cls, row, kind, at):
        """The damage (not stored yet) of a SealedFile or Signature, whose report it is of."""
        name = "sealed_file" if isinstance(row, SealedFile) else "signature"
        return cls(report_id=row.report_id, kind=kind, found_at=at, **{name: row})

    @property
    def of(self):
        """The file that is not whole: a SealedFile or a Signature."""
        return self.sealed_file or self.signature

    @property
    def file_name(self):
        return self.of.file_name
