"""Is this uploaded file what its name says, and may it be kept?"""

import hashlib
import re
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image

from agencies.vietnamese import nfc

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
}
OFFICE_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
IMAGE_FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}
SAME_TYPE = {"jpeg": "jpg"}
# What an office package may hold, far above what anybody writes.
MOST_PARTS = 5000
MOST_BYTES_UNPACKED = 500_000_000
MOST_BYTES_OF_TYPES = 2_000_000
# Pictures of telephones and films of QuickTime are packed as MP4 is, and are none.
OTHER_BRANDS = (
    b"heic",
    b"heix",
    b"hevc",
    b"heim",
    b"mif1",
    b"msf1",
    b"avif",
    b"avis",
    b"crx ",
    b"qt  ",
    b"jp2 ",
    b"jpx ",
)
ACCEPT = ",".join(f".{extension}" for extension in [*CONTENT_TYPES, *SAME_TYPE])


class CheckedFile(NamedTuple):
    """What is kept of a file besides its bytes. `size` in bytes."""

    name: str
    content_type: str
    size: int
    sha256: str


def check_file(upload, max_mb):
    """Read `upload` (an UploadedFile) once and say what it is.

    `max_mb` None: as large as it is.

    Raises:
        ValidationError: empty, larger than `max_mb`, of a kind not accepted, or not what its name says.
    """
    name = clean_name(upload.name)
    extension = PurePosixPath(name).suffix.lower().lstrip(".")
    extension = SAME_TYPE.get(extension, extension)
    if extension not in CONTENT_TYPES:
        kinds = ", ".join(CONTENT_TYPES)
        raise ValidationError(
            _("“%(name)s” is not of an accepted kind. Accepted: %(kinds)s.") % {"name": name, "kinds": kinds}
        )
    if max_mb is not None and upload.size > max_mb * 1024 * 1024:
        raise ValidationError(
            _("“%(name)s” is larger than %(max)s MB. Send a smaller copy, or a link to it.")
            % {"name": name, "max": max_mb}
        )
    if not upload.size:
        raise ValidationError(_("“%(name)s” is empty.") % {"name": name})
    if not is_what_it_says(upload, extension):
        raise ValidationError(
            _("The content of “%(name)s” is not a %(kind)s file. Check the file and choose it again.")
            % {"name": name, "kind": extension.upper()}
        )
    digest = hashlib.sha256()
    upload.seek(0)
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return CheckedFile(name, CONTENT_TYPES[extension], upload.size, digest.hexdigest())


def clean_name(name):
    """The file's own name without folders, control characters or quotes; at most 150 characters."""
    name = nfc(name).replace("\\", "/").rsplit("/", 1)[-1]
    name = re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\"<>|:*?;]+", "_", name).strip(". ") or "file"
    stem, dot, extension = name.rpartition(".")
    return f"{stem[:140]}{dot}{extension[:9]}" if dot else name[:150]


def is_what_it_says(upload, extension):
    """The bytes are of the kind the extension names."""
    upload.seek(0)
    head = upload.read(16)
    upload.seek(0)
    if extension == "pdf":
        return head.startswith(b"%PDF-")
    if extension in OFFICE_PARTS:
        return _is_office(upload, extension)
    if extension in IMAGE_FORMATS:
        return _is_image(upload, IMAGE_FORMATS[extension])
    if extension == "mp3":
        return head.startswith(b"ID3") or (
            head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE6 in (0xE2, 0xE4, 0xE6)
        )
    return head[4:8] == b"ftyp" and head[8:12] not in OTHER_BRANDS


def _is_office(upload, extension):
    """A package of the kind, without macros, that does not unfold to more than anybody writes."""
    try:
        with zipfile.ZipFile(upload) as package:
            parts = package.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES_UNPACKED:
                return False
            with package.open("[Content_Types].xml") as listed:
                types = listed.read(MOST_BYTES_OF_TYPES)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, KeyError, OSError, EOFError):
        return False
    names = {part.filename for part in parts}
    has_macros = b"macroEnabled" in types or any("vbaproject" in name.lower() for name in names)
    return OFFICE_PARTS[extension] in names and not has_macros


def _is_image(upload, expected):
    """Only `expected` is tried; a telephone's JPEG with a second picture in it (MPO) is a JPEG."""
    try:
        with Image.open(upload, formats=[expected]) as image:
            image.verify()
            return True
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return True  # a picture, though one of too many pixels: `pictures` says so
    except Exception:  # Pillow lets through whatever a damaged file leads to
        return False
