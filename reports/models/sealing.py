"""The seal: what was issued, byte for byte, and who signed it afterwards. Rows are written once and never changed."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .report import Report
from .unchanging import Unchanging, unchanging


class FileKind(models.TextChoices):
    DATA = "data", _("Data (JSON)")
    PDF = "pdf", _("PDF")
    DOCX = "docx", _("Word")
    XLSX = "xlsx", _("Excel")
    TEMPLATE = "template", _("Layout")


def sealed_path(row, _filename):
    """Where a sealed file lies: a name nobody can guess."""
    return f"sealed/{uuid.uuid4().hex}"


class SealedFile(Unchanging, models.Model):
    """A file of an issued report as it was sealed: its bytes, their SHA-256 (hexadecimal) and size."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(_("kind of file"), max_length=10, choices=FileKind)
    file = models.FileField(_("file"), upload_to=sealed_path)
    file_name = models.CharField(_("file name"), max_length=200)
    size = models.PositiveBigIntegerField(_("size (bytes)"))
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)

    objects = unchanging("report__locality")

    class Meta:
        verbose_name = _("sealed file")
        verbose_name_plural = _("sealed files")
        ordering = ["report", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "kind"],
                name="sealed_file_once",
                violation_error_message=_("This file has been sealed already."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=FileKind.values),
                name="sealed_file_kind_known",
                violation_error_message=_("Choose one of the listed kinds of file."),
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
                name="sealed_file_has_hash",
                violation_error_message=_("A SHA-256 has 64 hexadecimal digits."),
            ),
        ]

    def __str__(self):
        return self.file_name


class SigningWay(models.TextChoices):
    UPLOADED = "uploaded", _("Signed outside and uploaded")
    SERVER = "server", _("Sealed on the server")


class Signature(Unchanging, models.Model):
    """The signed PDF, or the attempt to bring one (`is_accepted` false: the file was refused and is not kept).

    `signer` and `signed_at` are what the signature itself says; `findings` is what was checked and what was not, in
    the terms of `sealing.judging`.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="signatures")
    way = models.CharField(_("how it was signed"), max_length=10, choices=SigningWay)
    is_accepted = models.BooleanField(_("accepted"))
    file = models.FileField(_("file"), upload_to=sealed_path, blank=True)
    file_name = models.CharField(_("file name"), max_length=200)
    size = models.PositiveBigIntegerField(_("size (bytes)"))
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    signer = models.CharField(_("signer"), max_length=300, blank=True)
    issuer = models.CharField(_("issuer of the certificate"), max_length=300, blank=True)
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    valid_until = models.DateTimeField(_("certificate valid until"), null=True, blank=True)
    findings = models.JSONField(_("what was checked"), default=dict, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(_("name at that time"), max_length=150)
    at = models.DateTimeField(_("at"))

    objects = unchanging("report__locality")

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(way__in=SigningWay.values),
                name="signature_way_known",
                violation_error_message=_("Choose one of the listed ways of signing."),
            ),
            models.CheckConstraint(
                condition=Q(is_accepted=True) & ~Q(file="") | Q(is_accepted=False, file=""),
                name="signature_kept_when_accepted",
                violation_error_message=_("A signed file is kept where it was accepted, and only there."),
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
                name="signature_has_hash",
                violation_error_message=_("A SHA-256 has 64 hexadecimal digits."),
            ),
        ]

    def __str__(self):
        return f"{self.report} · {self.signer or self.file_name}"


class SignerCheck(Unchanging, models.Model):
    """Somebody has compared the name in an uploaded signature with who was to sign, and said whether it is theirs.

    Whom a certificate belongs to is not checked by the portal: an accepted copy counts once a person has said so.
    """

    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, related_name="signer_check")
    is_theirs = models.BooleanField(_("signed by who was to sign"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(_("name at that time"), max_length=150)
    at = models.DateTimeField(_("at"))

    objects = unchanging("signature__report__locality")

    class Meta:
        verbose_name = _("check of a signer")
        verbose_name_plural = _("checks of signers")
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.signature} · {self.by_name}"


# Signatures that count: the server's own seal, and uploaded ones whose signer somebody has confirmed.
CONFIRMED = Q(is_accepted=True) & (Q(way=SigningWay.SERVER) | Q(signer_check__is_theirs=True))
UNCONFIRMED = Q(is_accepted=True, way=SigningWay.UPLOADED, signer_check=None)
