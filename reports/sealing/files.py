"""What is kept of an issued report: made from the report object, written under a name nobody guesses, read whole."""

import hashlib
from typing import NamedTuple

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from ..excel import report_xlsx
from ..kept import DamagedError, verified
from ..large_files import rows_of as annex_rows_of
from ..models import CONFIRMED, UNCONFIRMED, FileKind, SealedFile, Signature
from ..models.sealing import sealed_path
from ..pdf import quarterly_pdf
from ..quarterly.stored import to_json
from ..word import report_docx
from .layout import layout_archive

EXTENSIONS = {
    FileKind.PDF: "pdf",
    FileKind.DOCX: "docx",
    FileKind.XLSX: "xlsx",
    FileKind.DATA: "json",
    FileKind.TEMPLATE: "zip",
}
CONTENT_TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.DATA: "application/json",
    FileKind.TEMPLATE: "application/zip",
}
MAKERS = {
    FileKind.PDF: quarterly_pdf,
    FileKind.DOCX: report_docx,
    FileKind.XLSX: report_xlsx,
    FileKind.DATA: to_json,
    FileKind.TEMPLATE: lambda _report: layout_archive(),
}


class MadeFile(NamedTuple):
    """A file about to be sealed; `stored`: its name in the storage, once it is written."""

    kind: str
    name: str
    data: bytes
    stored: str = ""

    @property
    def sha256(self):
        return hashlib.sha256(self.data).hexdigest()


def make_files(built, number, step=None):
    """The five files of the report object `built`, as MadeFile.

    `step(done, total)` is told how far it is: the rows of the PDF as they are drawn, then each file that is made; the
    last step is whoever seals them's.
    """
    rows, files = annex_rows_of(built), []
    total = rows + len(MAKERS) + 1
    told = {FileKind.PDF: {"step": lambda drawn: step(drawn, total)}} if step else {}
    for kind, make in MAKERS.items():
        files.append(MadeFile(kind, file_name(number, kind), make(built, **told.get(kind, {}))))
        if step:
            step(rows + len(files), total)
    return files


def file_name(number, kind):
    """'240-BC-SNV.pdf' of the document number '240/BC-SNV'."""
    stem = number.replace("/", "-").replace(" ", "-")
    return f"{stem}-mau-trinh-bay.zip" if kind == FileKind.TEMPLATE else f"{stem}.{EXTENSIONS[kind]}"


def write(data):
    """Put `data` into the storage; its name there."""
    return default_storage.save(sealed_path(None, ""), ContentFile(data))


def written(files):
    """The files with their bytes in the storage: all of them, or none and the error."""
    done = []
    try:
        for file in files:
            done.append(file._replace(stored=write(file.data)))
    except BaseException:
        take_away(done)
        raise
    return done


def take_away(files):
    """Delete what was written for a seal that did not come about."""
    for file in files:
        default_storage.delete(file.stored)


def rows_of(report, files):
    """Write down the files of a report that is issued in this very transaction."""
    SealedFile.objects.bulk_create(
        SealedFile(
            report=report,
            kind=file.kind,
            file=file.stored,
            file_name=file.name,
            size=len(file.data),
            sha256=file.sha256,
        )
        for file in files
    )


def sealed_bytes(report, kind):
    """The bytes of an issued report's file of a FileKind, exactly as they were sealed.

    Raises:
        DamagedError: they are gone, or no longer those.
    """
    row = SealedFile.objects.filter(report=report, kind=kind).first()
    if row is None:
        raise DamagedError(_("The report has no sealed file of this kind."))
    return verified(row)


def judged(signatures):
    """Signatures (queryset) that know whether they count, or wait for somebody to confirm their signer."""
    return signatures.annotate(counts=CONFIRMED, waits=UNCONFIRMED)


def newest_signature(report):
    """The signed copy that counts: brought last, and its signer confirmed; or None."""
    return Signature.objects.filter(CONFIRMED, report=report).order_by("-at", "-pk").first()
