"""A file or a link that somebody puts forward as proof."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class EvidenceKind(models.TextChoices):
    FILE = "file", _("File")
    LINK = "link", _("Link")


class ScanState(models.TextChoices):
    """What the virus scan says of a file; `NOT_SCANNED` where no scanner is set up."""

    NOT_SCANNED = "not_scanned", _("Not scanned")
    WAITING = "waiting", _("Waiting for the virus scan")
    CLEAN = "clean", _("Scanned, clean")
    REFUSED = "refused", _("Refused by the virus scan")


def evidence_path(evidence, _filename):
    """Where a file lies: a name nobody can guess, without the person's own; never served by its path."""
    return f"evidence/{uuid.uuid4().hex}"


def thumbnail_path(evidence, _filename):
    return f"thumbnails/{uuid.uuid4().hex}"


class Attachment(models.Model):
    """A file or a link with its title, date and checksum. Files are private, and kept without what a camera adds.

    A file the scan has refused is deleted; its row stays and says so.
    """

    kind = models.CharField(_("kind"), max_length=4, choices=EvidenceKind)
    file = models.FileField(_("file"), upload_to=evidence_path, blank=True)
    thumbnail = models.FileField(_("thumbnail"), upload_to=thumbnail_path, blank=True)
    file_name = models.CharField(_("file name"), max_length=200, blank=True)
    content_type = models.CharField(_("content type"), max_length=100, blank=True)
    size = models.PositiveBigIntegerField(_("size (bytes)"), null=True, blank=True)
    url = models.URLField(_("link"), max_length=1000, blank=True)
    caption = models.CharField(_("caption"), max_length=200, blank=True)
    dated_on = models.DateField(_("date"), null=True, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    scan = models.CharField(_("virus scan"), max_length=12, choices=ScanState, default=ScanState.NOT_SCANNED)
    scan_note = models.CharField(_("what the scan found"), max_length=200, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("added by")
    )
    added_at = models.DateTimeField(_("added at"))
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["pk"]

    def __str__(self):
        return self.caption or self.file_name or self.url

    @property
    def is_image(self):
        return self.content_type.startswith("image/")

    @property
    def is_refused(self):
        return self.scan == ScanState.REFUSED


def file_or_link(name):
    """The constraint that an attachment is the one or the other; a refused file has no bytes any more."""
    return models.CheckConstraint(
        condition=(Q(kind=EvidenceKind.FILE, url="") & ~Q(sha256="") & (~Q(file="") | Q(scan=ScanState.REFUSED)))
        | (Q(kind=EvidenceKind.LINK, file="") & ~Q(url="")),
        name=name,
        violation_error_message=_("Evidence is a file or a link."),
    )


def scan_known(name):
    return models.CheckConstraint(
        condition=Q(scan__in=ScanState.values),
        name=name,
        violation_error_message=_("Choose one of the listed states."),
    )
