"""What the page of an issued report shows: the signature, the five sealed files, what differs, the versions."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe

from agencies import clock

from ..kept import DamagedError, is_whole
from ..models import FileKind, SigningWay
from ..permissions import can_correct_report, can_sign_report
from ..quarterly.stored import from_json
from .files import sealed_bytes
from .findings import lines_of, refusal_words, size_words
from .forms import CorrectionForm, SignedForm
from .office_seal import seal_of
from .qr import check_qr, check_url
from .signing import MOST_MB, versions_of

ORDER = (FileKind.PDF, FileKind.DOCX, FileKind.XLSX, FileKind.DATA, FileKind.TEMPLATE)
ICONS = {
    FileKind.PDF: "pdf",
    FileKind.DOCX: "word",
    FileKind.XLSX: "xls",
    FileKind.DATA: "table",
    FileKind.TEMPLATE: "report",
}
MOST_REFUSED, MOST_DIFFERENCES = 3, 40


class ShownFile(NamedTuple):
    """A sealed file as the page lists it; `is_whole` None where it was not compared this time."""

    kind: str
    label: str
    icon: str
    name: str
    size: str
    sha256: str
    url: str
    is_whole: bool | None


class ShownSignature(NamedTuple):
    signer: str
    at: datetime
    by_server: bool
    is_test: bool
    lines: list
    url: str
    is_whole: bool | None


class ShownRefusal(NamedTuple):
    name: str
    at: datetime
    by_name: str
    why: str
    where: str
    sha256: str


class ShownVersion(NamedTuple):
    """`url` is empty for the version that is being looked at."""

    number: str
    ordinal: int
    day: object
    is_issued: bool
    is_old: bool
    url: str


@dataclass(frozen=True)
class SealedPage:
    """`damaged`: the sentence about sealed data that cannot be read. `compared_at`: when the files were compared."""

    files: list
    signature: ShownSignature | None
    refused: list
    versions: list
    differences: tuple
    damaged: str
    sealed_by: str
    check_url: str
    qr: str
    compared_at: datetime | None

    @property
    def first_differences(self):
        return self.differences[:MOST_DIFFERENCES]

    @property
    def more_differences(self):
        return max(len(self.differences) - MOST_DIFFERENCES, 0)

    @property
    def whole(self):
        """How many of the files that were compared are as they were sealed."""
        return sum(bool(file.is_whole) for file in self.files)

    @property
    def broken(self):
        return [file for file in self.files if file.is_whole is False]


def sealed_context(report, user, today, *, compare=False):
    """The context of `reports/report_sealed.html`: `report` is issued. Six queries and what the person may do.

    `compare`: read every kept file and compare it with its SHA-256, which takes as long as reading them takes.
    """
    page = _page(report, compare)
    can_sign = can_sign_report(user, report)
    seal = seal_of(report.agency, clock.now()) if can_sign else None
    return {
        "report": report,
        "page": page,
        "can_sign": can_sign,
        "can_correct": can_correct_report(user, report),
        "seal": seal if not (page.signature and page.signature.by_server) else None,
        "later": getattr(report, "replaced_by", None),
        "sign_form": SignedForm(auto_id="id_signed_%s"),
        "most_mb": MOST_MB,
        "correction_form": CorrectionForm(auto_id="id_correction_%s"),
    }


def _page(report, compare):
    files = {row.kind: row for row in report.files.all()}
    signatures = list(report.signatures.order_by("-at", "-pk"))
    accepted = next((row for row in signatures if row.is_accepted), None)
    differences, damaged = _differences(report)
    url = check_url(report.code)
    return SealedPage(
        files=[_file(report, files[kind], compare) for kind in ORDER if kind in files],
        signature=_signature(report, accepted, files, compare),
        refused=_refused(signatures),
        versions=[_version(each, report) for each in versions_of(report)],
        differences=differences,
        damaged=damaged,
        sealed_by=_sealed_by(report),
        check_url=url,
        qr=mark_safe(check_qr(url)),  # made here of an address of our own
        compared_at=timezone.localtime(clock.now()) if compare else None,
    )


def _file(report, row, compare):
    return ShownFile(
        kind=row.kind,
        label=row.get_kind_display(),
        icon=ICONS[row.kind],
        name=row.file_name,
        size=size_words(row.size),
        sha256=in_eights(row.sha256),
        url=reverse("reports:sealed_file", args=[report.pk, row.kind]),
        is_whole=is_whole(row) if compare else None,
    )


def in_eights(sha256):
    """'83aaf701 7d5799e0 …', as people read it aloud."""
    return " ".join(sha256[start : start + 8] for start in range(0, len(sha256), 8))


def _signature(report, row, files, compare):
    if row is None:
        return None
    return ShownSignature(
        signer=row.signer,
        at=timezone.localtime(row.at),
        by_server=row.way == SigningWay.SERVER,
        is_test=any(each["is_test"] for each in row.findings["signatures"]),
        lines=lines_of(row, files[FileKind.PDF].size),
        url=reverse("reports:signed_pdf", args=[report.pk]),
        is_whole=is_whole(row) if compare else None,
    )


def _refused(signatures):
    """What was refused last."""
    rows = [row for row in signatures if not row.is_accepted]
    return [
        ShownRefusal(
            row.file_name, timezone.localtime(row.at), row.by_name, *refusal_words(row.findings), in_eights(row.sha256)
        )
        for row in rows[:MOST_REFUSED]
    ]


def _differences(report):
    """(what a correction differs in, "" or the sentence that the sealed data is damaged)."""
    if report.replaces_id is None:
        return (), ""
    try:
        return from_json(sealed_bytes(report, FileKind.DATA)).differences, ""
    except (DamagedError, ValueError) as error:
        return (), str(error)


def _version(version, seen):
    later = getattr(version, "replaced_by", None) if version.is_issued else None
    return ShownVersion(
        number=version.document_number,
        ordinal=version.ordinal,
        day=version.issued_on,
        is_issued=version.is_issued,
        is_old=bool(later and later.is_issued),
        url="" if version.pk == seen.pk else version.get_absolute_url(),
    )


def _sealed_by(report):
    event = report.events.filter(step="issue").order_by("-at").first()
    return event.by_name if event else ""
