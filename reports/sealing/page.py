"""What the page of an issued report shows: the signature, the five sealed files, what differs, the versions."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe

from ..kept import DamagedError, is_whole
from ..models import FileKind, SigningWay
from ..permissions import can_confirm_signer, can_correct_report, can_sign_report
from ..quarterly.stored import from_json
from ..watching import damages_of, last_comparison
from .files import judged, sealed_bytes
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
    """A signed copy. `signers`: all names in it; `confirmed_by` is empty for the server's own and where nobody has."""

    key: int
    signers: str
    issuer: str
    at: datetime
    by_name: str
    by_server: bool
    is_test: bool
    lines: list
    url: str
    is_whole: bool | None
    confirmed_by: str


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
    """`damaged`: the sentence about sealed data that cannot be read. `compared_at`: when the files were compared.

    `signatures` are the copies that count, the newest first; `waiting` those whose signer nobody has confirmed, `aside`
    those somebody has said are not of who was to sign.
    """

    files: list
    signatures: list
    waiting: list
    aside: list
    refused: list
    versions: list
    differences: tuple
    damaged: str
    sealed_by: str
    check_url: str
    qr: str
    compared_at: datetime | None

    @property
    def signature(self):
        """The copy that counts."""
        return self.signatures[0] if self.signatures else None

    @property
    def earlier(self):
        return self.signatures[1:]

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


def sealed_context(report, user, now, *, compare=False, correction_form=None):
    """The context of `reports/report_sealed.html`: `report` is issued. Eight queries and what the person may do.

    `compare`: read every kept file and compare it with its SHA-256, which takes as long as reading them takes.
    `correction_form`: the CorrectionForm as it was sent, where it comes back.
    """
    page = _page(report, now if compare else None)
    can_sign = can_sign_report(user, report)
    seal = seal_of(report.agency, now) if can_sign else None
    return {
        "report": report,
        "page": page,
        "can_sign": can_sign,
        "can_confirm": can_confirm_signer(user, report),
        "can_correct": can_correct_report(user, report),
        "seal": seal if not (page.signature and page.signature.by_server) else None,
        "later": getattr(report, "replaced_by", None),
        "sign_form": SignedForm(auto_id="id_signed_%s"),
        "most_mb": MOST_MB,
        "correction_form": correction_form or CorrectionForm(auto_id="id_correction_%s"),
        "damages": damages_of(report),
        "watched": last_comparison(report.locality_id),
    }


def _page(report, compare):
    """`compare`: the moment of comparing the files, or None."""
    files = {row.kind: row for row in report.files.all()}
    rows = judged(report.signatures).annotate(confirmed_by=F("signer_check__by_name"))
    signatures = list(rows.order_by("-at", "-pk"))
    kept = [(row, _signature(report, row, files, compare)) for row in signatures if row.is_accepted]
    differences, damaged = _differences(report)
    url = check_url(report.code)
    return SealedPage(
        files=[_file(report, files[kind], compare) for kind in ORDER if kind in files],
        signatures=[shown for row, shown in kept if row.counts],
        waiting=[shown for row, shown in kept if row.waits],
        aside=[shown for row, shown in kept if not (row.counts or row.waits)],
        refused=_refused(signatures),
        versions=[_version(each, report) for each in versions_of(report)],
        differences=differences,
        damaged=damaged,
        sealed_by=_sealed_by(report),
        check_url=url,
        qr=mark_safe(check_qr(url)),  # made here of an address of our own
        compared_at=compare and timezone.localtime(compare),
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
    return ShownSignature(
        key=row.pk,
        signers="; ".join(each["signer"] for each in row.findings["signatures"]),
        issuer=row.issuer,
        at=timezone.localtime(row.at),
        by_name=row.by_name,
        confirmed_by=row.confirmed_by or "",
        by_server=row.way == SigningWay.SERVER,
        is_test=any(each["is_test"] for each in row.findings["signatures"]),
        lines=lines_of(row, files[FileKind.PDF].size),
        url=reverse("reports:signed_copy", args=[report.pk, row.pk]),
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
