"""Paper: the quarterly report as PDF, set out as Nghị định 30/2020/NĐ-CP asks. The one door of WeasyPrint.

WeasyPrint loads pango when it is imported, so it is imported where it is used: a machine without pango can still show
every page of the portal.
"""

import gc
import threading
import unicodedata
from base64 import b64encode
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from importlib.metadata import distribution
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils.html import format_html

from agencies.vietnamese import nfc

from .annexes import annexes
from .wording import first_lower

FONT_PACKAGE = "rinoh-typeface-texgyretermes"
# (weight, style, the package's file, the file of an office's own Times New Roman)
FONT_FACES = (
    ("normal", "normal", "rinoh_typeface_texgyretermes/texgyretermes-regular.otf", "times.ttf"),
    ("bold", "normal", "rinoh_typeface_texgyretermes/texgyretermes-bold.otf", "timesbd.ttf"),
    ("normal", "italic", "rinoh_typeface_texgyretermes/texgyretermes-italic.otf", "timesi.ttf"),
    ("bold", "italic", "rinoh_typeface_texgyretermes/texgyretermes-bolditalic.otf", "timesbi.ttf"),
)
REGULAR, BOLD = 0, 1
MM = 72 / 25.4
LEFT_WIDTH = 67 * MM  # of the left column of the heading, less a little
ABSTRACT_WIDTH = 150 * MM
SVG = "{http://www.w3.org/2000/svg}"
TAGGED = "pdf/ua-1"  # tags and a title: what a screen reader needs

PATIENCE = 20  # seconds

_one_at_a_time = threading.Lock()


class PdfBusyError(Exception):
    """Other documents are being set and this one waited long enough."""


def kept_pdf(report):
    """`quarterly_pdf`, set once and kept while the report says the same.

    Raises:
        PdfBusyError, OSError: as `quarterly_pdf`.
    """
    key = sha256(f"{settings.REPORT_FONT_DIR}{report!r}".encode()).hexdigest()
    kept = caches["documents"].get(key)
    if kept is None:
        kept = quarterly_pdf(report)
        caches["documents"].set(key, kept)
    return kept


def quarterly_pdf(report):
    """`report` (a QuarterlyReport) as PDF bytes: the body portrait, then its annexes landscape, each numbered from 1.

    Text is printed in NFC. A character the font does not have is drawn in no other font: symbols are left out,
    letters become "?" (see `Drawable`).

    Raises:
        OSError: pango or a font file is missing; the message names it.
        PdfBusyError: another document has been in the way for `PATIENCE` seconds.
    """
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError

    fonts = _font_files()
    fetcher = _fetcher(fonts)
    drawable = Drawable(fonts)
    font_configuration = FontConfiguration()
    with _alone(), _without_garbage_collection():
        try:
            css = CSS(string=_stylesheet(fonts), font_config=font_configuration, url_fetcher=fetcher)
            documents = [
                HTML(string=nfc(html).translate(drawable), url_fetcher=fetcher).render(
                    stylesheets=[css], font_config=font_configuration, pdf_variant=TAGGED
                )
                for html in _pages(report, fonts)
            ]
            pages = [page for document in documents for page in document.pages]
            return documents[0].copy(pages).write_pdf(pdf_variant=TAGGED)
        except FatalURLFetchingError as error:  # a BaseException, which no view would catch
            raise OSError(str(error)) from error


def _pages(report, fonts):
    """The HTML of the body and of each annex: page numbers restart because each is a document of its own."""
    heading = report.heading
    context = {
        "report": report,
        "heading": heading,
        "title": f"Báo cáo {first_lower(heading.abstract)}",
        "reference": reference_line(heading),
        "parent": balanced(heading.parent_agency, LEFT_WIDTH, _advances(fonts[REGULAR], 12)),
        "agency": balanced(heading.agency, LEFT_WIDTH, _advances(fonts[BOLD], 12)),
        "abstract": balanced(heading.abstract, ABSTRACT_WIDTH, _advances(fonts[BOLD], 14)),
    }
    yield render_to_string("reports/pdf/body.html", context)
    for annex in annexes(report):
        yield render_to_string("reports/pdf/annex.html", {**context, "annex": annex})


def reference_line(heading):
    """'(Kèm theo Báo cáo số 07/BC-SNV ngày 05 tháng 02 năm 2026 của Sở Nội vụ)', open where the heading is open."""
    number = heading.number.removeprefix("Số:").lstrip(" ")
    day = heading.place_and_date.rpartition(", ")[2]
    return f"(Kèm theo Báo cáo số {number} {day} của {heading.agency_name or heading.agency})"


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
        length = sum(advances.get(char, advances["n"]) for char in word)
        if lines and advances[" "] + length <= room:
            lines[-1] += f" {word}"
            room -= advances[" "] + length
        else:
            lines.append(word)
            room = width - length
    return lines


@cache
def _advances(file, size):
    from fontTools.ttLib import TTFont

    with TTFont(file, lazy=True) as font:
        scale = size / font["head"].unitsPerEm
        return {chr(code): font["hmtx"][glyph][0] * scale for code, glyph in font.getBestCmap().items()}


@contextmanager
def _alone():
    """One layout at a time in a process; whoever waits gives up before the browser does."""
    if not _one_at_a_time.acquire(timeout=PATIENCE):
        raise PdfBusyError
    try:
        yield
    finally:
        _one_at_a_time.release()


@contextmanager
def _without_garbage_collection():
    """A layout makes many objects and no rubbish: looking for rubbish meanwhile costs a quarter of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _font_files():
    """The files of FONT_FACES, in their order."""
    if settings.REPORT_FONT_DIR:
        return tuple(Path(settings.REPORT_FONT_DIR, own).resolve(strict=True) for *_face, own in FONT_FACES)
    package = distribution(FONT_PACKAGE)
    return tuple(Path(package.locate_file(file)).resolve(strict=True) for _weight, _style, file, _own in FONT_FACES)


def _stylesheet(fonts):
    faces = [
        {"weight": weight, "style": style, "url": file.as_uri()}
        for (weight, style, *_names), file in zip(FONT_FACES, fonts, strict=True)
    ]
    return render_to_string("reports/pdf/paper.css", {"faces": faces, "signs": _signs()})


@cache
def _signs():
    """The signs of the states as data: addresses, from the one file that draws them: ((name, address), ...)."""
    ElementTree.register_namespace("", SVG.strip("{}"))
    symbols = ElementTree.parse(finders.find("signs.svg")).iter(f"{SVG}symbol")
    return tuple((symbol.get("id").removeprefix("s-"), _data_address(symbol)) for symbol in symbols)


def _data_address(symbol):
    drawing = ElementTree.Element(f"{SVG}svg", viewBox=symbol.get("viewBox"))
    drawing.extend(symbol)
    return f"data:image/svg+xml;base64,{b64encode(ElementTree.tostring(drawing)).decode()}"


def _fetcher(fonts):
    """Lets WeasyPrint read the font files and data: addresses, nothing else of this machine or the network.

    Whatever else is asked for, or a font that cannot be read, stops the report: WeasyPrint would go on without.
    """
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    class FontsOnly(URLFetcher):
        def fetch(self, url, headers=None):
            parts = urlsplit(url)
            if parts.scheme == "data" or (parts.scheme == "file" and Path(unquote(parts.path)).resolve() in fonts):
                return super().fetch(url, headers)
            raise FatalURLFetchingError(f"{url} is neither a font of the report nor data")

    return FontsOnly(allowed_protocols={"data", "file"}, allow_redirects=False, fail_on_errors=True)


class Drawable(dict):
    """A table for str.translate: each character to what the four faces can draw.

    Without it a missing glyph is taken from whatever font the machine has. Wide spaces become no-break spaces of
    their width; a character with a simpler equal form takes that form; a letter or punctuation mark without one
    becomes "?", so that the loss is seen; symbols (emoji), marks and invisible characters are left out.
    """

    SPACES = {"\u2003": "\u00a0" * 4, "\u2002": "\u00a0" * 2}
    LOOK_ALIKES = {"●": "•", "■": "•", "▪": "•", "◦": "•", "○": "•", "′": "'", "″": '"', "✓": "x", "☐": "–"}

    def __init__(self, fonts):
        super().__init__({ord("\n"): "\n", ord("\t"): " ", ord("\r"): " "})
        self.characters = _characters(fonts)

    def __missing__(self, code):
        self[code] = drawn = self._drawn(chr(code))
        return drawn

    def _drawn(self, char):
        if ord(char) in self.characters:
            return char
        if char in self.SPACES or char in self.LOOK_ALIKES:
            return self.SPACES.get(char) or self.LOOK_ALIKES[char]
        plain = unicodedata.normalize("NFKC", char)
        if plain != char and all(ord(each) in self.characters for each in plain):
            # Full-width "<" must not become markup.
            return format_html("{}", plain)
        kind = unicodedata.category(char)
        return "" if kind in ("So", "Sk") or kind[0] in "CM" else "?"


@cache
def _characters(fonts):
    """Code points that all four faces have."""
    from fontTools.ttLib import TTFont

    maps = []
    for file in fonts:
        with TTFont(file, lazy=True) as font:
            maps.append(frozenset(font.getBestCmap()))
    return frozenset.intersection(*maps)
