"""What every paper has in common: its font, and how its heading is broken into lines, measured in that font."""

from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from agencies.vietnamese import nfc

from .wording import first_lower

# Of the layout as a whole: raised when a document of the same object would print differently.
TEMPLATE_VERSION = "1"

FONT_PACKAGE = "rinoh-typeface-texgyretermes"
# (weight, style, the package's file, the file of an office's own Times New Roman)
FONT_FACES = (
    ("normal", "normal", "rinoh_typeface_texgyretermes/texgyretermes-regular.otf", "times.ttf"),
    ("bold", "normal", "rinoh_typeface_texgyretermes/texgyretermes-bold.otf", "timesbd.ttf"),
    ("normal", "italic", "rinoh_typeface_texgyretermes/texgyretermes-italic.otf", "timesi.ttf"),
    ("bold", "italic", "rinoh_typeface_texgyretermes/texgyretermes-bolditalic.otf", "timesbi.ttf"),
)
REGULAR, BOLD, ITALIC = 0, 1, 2
MM = 72 / 25.4
LEFT_COLUMN, RIGHT_COLUMN = 68, 97  # mm, of the heading and of the signature
LEFT_WIDTH = (LEFT_COLUMN - 1) * MM
ABSTRACT_WIDTH = 150 * MM


class HeadingLines(NamedTuple):
    """What stands in the middle of a heading, broken by line ends into lines about as long."""

    parent: str
    agency: str
    abstract: str
    note: str


def heading_lines(heading, fonts):
    return HeadingLines(
        parent=balanced(heading.parent_agency, LEFT_WIDTH, advances(fonts[REGULAR], 12)),
        agency=balanced(heading.agency, LEFT_WIDTH, advances(fonts[BOLD], 12)),
        abstract=balanced(heading.abstract, ABSTRACT_WIDTH, advances(fonts[BOLD], 14)),
        note=balanced(heading.note, ABSTRACT_WIDTH, advances(fonts[ITALIC], 14)),
    )


def subject_lines(text, fonts):
    """The subject of a công văn as it stands under its number, broken into lines about as long."""
    return balanced(text, LEFT_WIDTH, advances(fonts[REGULAR], 12))


def document_title(heading):
    """The document's name in a sentence: 'Báo cáo kết quả quý II năm 2026'."""
    return f"{heading.kind.capitalize()} {first_lower(heading.abstract)}"


def reference_line(heading):
    """'(Kèm theo Báo cáo số 07/BC-SNV ngày 05 tháng 02 năm 2026 của Sở Nội vụ)', open where the heading is open."""
    number = heading.number.removeprefix("Số:").lstrip(" ")
    day = heading.place_and_date.rpartition(", ")[2]
    return f"(Kèm theo {heading.kind.capitalize()} số {number} {day} của {heading.agency_name or heading.agency})"


def balanced(text, width, advances):
    """`text` broken into as few lines as `width` (pt) allows, all about as long: no last line of one word.

    Args:
        advances: {character: its width in pt}.
    """
    words = nfc(text).split()
    few = len(_wrapped(words, width, advances))
    narrow, wide = 0, width
    while wide - narrow > 1:
        middle = (narrow + wide) / 2
        if len(_wrapped(words, middle, advances)) > few:
            narrow = middle
        else:
            wide = middle
    return "\n".join(_wrapped(words, wide, advances))


def _wrapped(words, width, advances):
    lines, room = [], 0
    for word in words:
        length = length_of(word, advances)
        if lines and advances[" "] + length <= room:
            lines[-1] += f" {word}"
            room -= advances[" "] + length
        else:
            lines.append(word)
            room = width - length
    return lines


def length_of(text, advances):
    """How long `text` is on one line, in pt."""
    return sum(advances.get(char, advances["n"]) for char in text)


@cache
def advances(file, size):
    """{character: its width in pt} of a font file at `size` pt."""
    from fontTools.ttLib import TTFont

    with TTFont(file, lazy=True) as font:
        scale = size / font["head"].unitsPerEm
        return {chr(code): font["hmtx"][glyph][0] * scale for code, glyph in font.getBestCmap().items()}


def font_files():
    """The files of FONT_FACES, in their order.

    Raises:
        OSError: one is missing; the message names it.
    """
    if settings.REPORT_FONT_DIR:
        return tuple(Path(settings.REPORT_FONT_DIR, own).resolve(strict=True) for *_face, own in FONT_FACES)
    package = distribution(FONT_PACKAGE)
    return tuple(Path(package.locate_file(file)).resolve(strict=True) for _weight, _style, file, _own in FONT_FACES)
