"""Workbooks as people fill them in, for tests of what is imported."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook


def workbook(headings, *rows, name="danh-sach.xlsx"):
    """An uploaded workbook of one sheet: its headings in row 1, the rows from 2 on."""
    book = Workbook()
    for line in (headings, *rows):
        book.active.append(list(line))
    file = BytesIO()
    book.save(file)
    return SimpleUploadedFile(name, file.getvalue())


def changed(content, change, name="danh-sach.xlsx"):
    """A workbook (bytes) after `change` has been done to its first sheet, ready to be uploaded."""
    book = load_workbook(BytesIO(content))
    change(book.worksheets[0])
    file = BytesIO()
    book.save(file)
    return SimpleUploadedFile(name, file.getvalue())


def read(content):
    return load_workbook(BytesIO(content))
