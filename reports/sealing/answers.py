"""What anybody may ask: is this the issued text? Answered for a check code or a SHA-256, without a name of a person."""

import json
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from ..models import FileKind, Report, SealedFile, Signature
from ..wording import first_lower
from .codes import Asked
from .files import DamagedError, judged, sealed_bytes

SIGNED = "signed"


class Document(NamedTuple):
    """An issued report as strangers may know it."""

    number: str
    issued_on: date
    abstract: str
    agency: str
    ordinal: int
    code: str


class Answer(NamedTuple):
    """`verdict`: "ok" it is the issued text, "old" it was and has been replaced, "no" nothing is known of it,
    "unconfirmed" it is a signed copy of it and nobody has confirmed who signed.

    `file`: which of its files a SHA-256 is of, "" for a code; `size` in bytes. `is_signed`: one copy counts;
    `waits_for_signer`: of one nobody has confirmed the signer.
    """

    verdict: str
    asked: Asked
    document: Document | None = None
    replaced_by: Document | None = None
    replaces: Document | None = None
    file: str = ""
    size: int | None = None
    sha256: str = ""
    is_signed: bool = False
    waits_for_signer: bool = False


def answer(asked):
    """The Answer to what was `asked` (Asked)."""
    if asked.code:
        report = _issued().filter(code=asked.code).first()
        return _of(asked, report) if report else Answer("no", asked)
    if asked.sha256:
        return _of_hash(asked)
    return Answer("no", asked)


def _issued():
    beside = ("plan__locality", "agency__locality", "locality", "period", "consolidated", "replaces__agency__locality")
    return Report.objects.filter(status="issued").select_related(*beside, "replaced_by__agency__locality")


def _of_hash(asked):
    row = SealedFile.objects.filter(sha256=asked.sha256).exclude(kind=FileKind.TEMPLATE).first()
    if row:
        return _of_file(asked, row, row.kind)
    copies = judged(Signature.objects.filter(sha256=asked.sha256))
    if row := copies.filter(counts=True).first():
        return _of_file(asked, row, SIGNED)
    if row := copies.filter(waits=True).first():
        return _of_file(asked, row, SIGNED)._replace(verdict="unconfirmed")
    return Answer("no", asked)


def _of_file(asked, row, kind):
    return _of(asked, _issued().get(pk=row.report_id), file=kind, size=row.size, sha256=row.sha256)


def _of(asked, report, **file):
    later = getattr(report, "replaced_by", None)
    later = later if later and later.is_issued else None  # a correction being written replaces nothing yet
    copies = list(judged(report.signatures))
    return Answer(
        "old" if later else "ok",
        asked,
        document_of(report),
        replaced_by=document_of(later) if later else None,
        replaces=document_of(report.replaces) if report.replaces else None,
        is_signed=any(copy.counts for copy in copies),
        waits_for_signer=any(copy.waits for copy in copies),
        **file,
    )


def document_of(report):
    """What strangers may know of an issued report."""
    return Document(
        number=report.document_number,
        issued_on=report.issued_on,
        abstract=abstract_of(report),
        agency=_whole_name(report.agency),
        ordinal=report.ordinal,
        code=report.code,
    )


def _whole_name(agency):
    """'Sở Nội vụ tỉnh Minh Họa': a stranger does not know whose 'Sở Nội vụ' it is."""
    place = agency.locality
    return agency.name if place.place_name in agency.name else f"{agency.name} {place.name[:1].lower()}{place.name[1:]}"


def abstract_of(report):
    """What it is a report on, as its sealed heading says it; a plan may be called otherwise by now."""
    try:
        heading = json.loads(sealed_bytes(report, FileKind.DATA))["report"]["heading"]
        return f"{heading['kind'].capitalize()} {first_lower(heading['abstract'])}"
    except (DamagedError, KeyError, ValueError):
        return report.label


FILES = {
    FileKind.PDF: lambda: _("PDF as issued"),
    FileKind.DOCX: lambda: _("Word file"),
    FileKind.XLSX: lambda: _("Excel file"),
    FileKind.DATA: lambda: _("Data (JSON)"),
    SIGNED: lambda: _("Signed PDF"),
}


def file_words(answer):
    """Which of the files it is, in words."""
    return FILES[answer.file]() if answer.file else ""


def fault_words(asked):
    """What is wrong with what was typed, in words; "" where nothing is."""
    match asked.fault:
        case "length":
            return _("A check code has 12 characters, in three groups; %(n)s were typed.") % {"n": asked.about}
        case "characters":
            about = {"characters": " ".join(asked.about)}
            return (
                _("A check code has digits and capital letters without 0, 1, I, L and O; not: %(characters)s.") % about
            )
        case "mistyped":
            return _("One character is wrong, or two have changed places: compare it with the last page once more.")
        case "hash_length":
            return _("A SHA-256 has 64 characters; %(n)s were typed.") % {"n": asked.about}
        case "large":
            return _("The file is larger than any report that is issued here.")
        case "empty":
            return _("Nothing was typed and no file chosen.")
    return ""
