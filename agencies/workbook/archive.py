"""Is this file a workbook that is safe to open? Asked before openpyxl sees it, and answered in a sentence.

A workbook is a zip of XML: a small file may unfold to gigabytes, a reference of a few characters may stand for every
cell of a sheet, a document type may name files of the server.
"""

import zipfile
from io import BytesIO
from xml.parsers import expat

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from openpyxl.utils import range_boundaries

MOST_BYTES_UNPACKED = 60_000_000
MOST_PARTS = 500
MOST_TAGS = 800_000  # of all parts together; a filled cell has about six
MOST_SHEETS = 30
MOST_CELLS_NAMED = 200_000  # by the references of one part
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what Office wrote before 2007, and what it wraps a password in
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
REFERRING = {"mergeCell", "hyperlink", "comment"}  # openpyxl walks every cell these name


def safe_bytes(file, most_bytes):
    """The contents of an uploaded workbook.

    Raises:
        ValidationError: it is no workbook, has a password or macros, is damaged or too large.
    """
    file.seek(0)
    data = file.read(most_bytes + 1)
    if len(data) > most_bytes:
        most = number_format(most_bytes // 1_000_000)
        raise ValidationError(
            _("The workbook is larger than %(most)s MB: take out pictures and what is not needed.") % {"most": most},
            code="too_large",
        )
    if data.startswith(OLE):
        raise _of_the_old_kind(data)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check(archive)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise no_workbook() from error
    return data


def no_workbook():
    return ValidationError(
        _("This is not an Excel workbook. Open it in Excel or LibreOffice, save it as .xlsx and upload that."),
        code="no_workbook",
    )


def damaged():
    return ValidationError(
        _("The workbook cannot be read: it seems to be damaged. Open it in Excel, save it again and upload that."),
        code="damaged",
    )


def _of_the_old_kind(data):
    if ENCRYPTED in data:
        return ValidationError(
            _("The workbook is protected by a password: take the password off and upload it again."), code="password"
        )
    return ValidationError(
        _("This is the old format of Excel (.xls): save the workbook as .xlsx and upload that."), code="old_format"
    )


def too_large_inside():
    return ValidationError(
        _("The workbook is far larger inside than its rows need: copy the rows into a new workbook and upload that."),
        code="too_large_inside",
    )


def _check(archive):
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or "xl/workbook.bin" in names:
        raise no_workbook()
    if any(name.endswith("vbaProject.bin") for name in names):
        raise ValidationError(
            _("The workbook holds macros: save it as .xlsx, without them, and upload that."), code="macros"
        )
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES_UNPACKED:
        raise too_large_inside()
    weight = Weight()
    for part in parts:
        weight.add(archive.read(part))


class Weight:
    """What the parts of a workbook unfold to. Reading goes on until it is too much."""

    def __init__(self):
        self.tags = self.sheets = self.cells_named = 0

    def add(self, data):
        """Weigh one part; what is no XML (a picture) weighs nothing."""
        self.cells_named = 0
        reader = expat.ParserCreate(namespace_separator=" ")
        reader.StartElementHandler = self._element
        reader.StartDoctypeDeclHandler = self._doctype
        try:
            reader.Parse(data, True)
        except expat.ExpatError:
            return

    def _element(self, name, attributes):
        name = name.rpartition(" ")[2]
        self.tags += 1
        self.sheets += name == "sheet"
        if name in REFERRING:
            self.cells_named += _cells_in(attributes.get("ref", "A1"))
        if self.tags > MOST_TAGS or self.sheets > MOST_SHEETS or self.cells_named > MOST_CELLS_NAMED:
            raise too_large_inside()

    def _doctype(self, *_declaration):
        raise damaged()


def _cells_in(reference):
    try:
        first_column, first_row, last_column, last_row = range_boundaries(reference)
        return (last_column - first_column + 1) * (last_row - first_row + 1)
    except (ValueError, TypeError) as error:
        raise damaged() from error
