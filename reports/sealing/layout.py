"""The layout a report was made with, as it is sealed beside it: templates, style sheet and versions in one archive."""

import io
import json
import zipfile
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

from ..typesetting import TEMPLATE_VERSION, font_files

MADE_WITH = ("weasyprint", "python-docx", "openpyxl", "pypdf")
FOLDER = Path("templates", "reports", "pdf")
FOLDERS = ("word", "setting")
CODE = ("pdf.py", "typesetting.py", "annexes.py", "wording.py", "excel.py")
EPOCH = (1980, 1, 1, 0, 0, 0)  # the archive says nothing of the day it was made: the same layout is the same file


def layout_archive():
    """The archive as bytes: the same layout is the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in sorted(_contents()):
            archive.writestr(zipfile.ZipInfo(name, EPOCH), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _contents():
    base = Path(settings.BASE_DIR)
    for file in (base / FOLDER).iterdir():
        if file.is_file():
            yield f"pdf/{file.name}", file.read_bytes()
    folders = [file for name in FOLDERS for file in (base / "reports" / name).glob("*.py")]
    for file in [*folders, *(base / "reports" / name for name in CODE)]:
        yield f"code/{file.relative_to(base / 'reports').as_posix()}", file.read_bytes()
    yield "versions.json", json.dumps(versions(), sort_keys=True, indent=1).encode()


def versions():
    """{what: version} of everything that decides how a page looks."""
    return {
        "layout": TEMPLATE_VERSION,
        "fonts": [file.name for file in font_files()],
        **{name: version(name) for name in MADE_WITH},
    }
