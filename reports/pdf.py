"""Paper: the quarterly report and the plan as PDF, set out as Nghị định 30/2020/NĐ-CP asks. The one door of WeasyPrint.

WeasyPrint loads pango when it is imported, so it is imported where it is used: a machine without pango can still show
every page of the portal.
"""

import gc
import re
import threading
import unicodedata
from base64 import b64encode
from contextlib import contextmanager
from functools import cache, partial
from hashlib import sha256
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
from .drawing import SCREEN_FACES, draw
from .setting.faces import face
from .setting.joining import add_annexes
from .typesetting import FONT_FACES, document_title, font_files, heading_lines, reference_line, subject_lines

SVG = "{http://www.w3.org/2000/svg}"
FACE_NAMES = ("Report", "Report-Bold", "Report-Italic")  # of FONT_FACES
ISSUED_ON = re.compile(r"ngày (\d+) tháng (\d+) năm (\d+)$")
TAGGED = "pdf/ua-1"  # tags and a title: what a screen reader needs

# In a word this long a line may end after every so many letters: to look for a place in it takes a minute otherwise.
LONG_WORD, MAY_END_AFTER = 400, 10
MAY_END = "\u200b"
FACES = "</?[bi]>"  # within a word
TEXT = re.compile(rf">(?:[^<]|{FACES})+")
LETTER = r"(?:&#?\w+;|[^\s<&])"
WORD = re.compile(rf"(?:{LETTER}|{FACES}){{{LONG_WORD},}}")
LETTERS = re.compile(rf"(?:(?:{FACES})*{LETTER}[\u0300-\u036f]*){{{MAY_END_AFTER}}}")

PATIENCE = 20  # seconds

_one_at_a_time = threading.Lock()


class PdfBusyError(Exception):
    """Other documents are being set and this one waited long enough."""


def kept_pdf(report):
    """`quarterly_pdf`, set once and kept while the report says the same.

    Raises:
        PdfBusyError, OSError: as `quarterly_pdf`.
    """
    return _kept(report, quarterly_pdf)


def kept_plan_pdf(document):
    """`plan_pdf`, set once and kept while the plan says the same.

    Raises:
        PdfBusyError, OSError: as `plan_pdf`.
    """
    return _kept(document, plan_pdf)


def _kept(document, typeset):
    key = sha256(f"{settings.REPORT_FONT_DIR}{document!r}".encode()).hexdigest()
    kept = caches["documents"].get(key)
    if kept is None:
        kept = typeset(document)
        caches["documents"].set(key, kept)
    return kept


def quarterly_pdf(report, step=None):
    """`report` (a QuarterlyReport) with its annexes as PDF bytes: see `_typeset`."""
    return _typeset(report, annexes(report), step=step)


def plan_pdf(document):
    """`document` (a PlanPaper) with its annex as PDF bytes: see `_typeset`."""
    return _typeset(document, document.annexes)


def kept_explanation_pdf(slip):
    """`explanation_pdf`, set once and kept while the slip says the same.

    Raises:
        PdfBusyError, OSError: as `explanation_pdf`.
    """
    return _kept(slip, explanation_pdf)


def explanation_pdf(slip):
    """`slip` (an ExplanationSlip) as PDF bytes: see `_typeset`."""
    return _typeset(slip, (), body="reports/pdf/explanation_slip.html")


def kept_chasing_pdf(letter):
    """`chasing_pdf`, set once and kept while the letter says the same.

    Raises:
        PdfBusyError, OSError: as `chasing_pdf`.
    """
    return _kept(letter, chasing_pdf)


def chasing_pdf(letter):
    """`letter` (a ChasingLetter) as PDF bytes: see `_typeset`."""
    return _typeset(letter, (), body="reports/pdf/chasing_letter.html")


def kept_dossier_pdf(paper):
    """`dossier_pdf`, set once and kept while the dossier says the same.

    Raises:
        PdfBusyError, OSError: as `dossier_pdf`.
    """
    return _kept(paper, dossier_pdf)


def dossier_pdf(paper):
    """`paper` (a DossierPaper) with its annexes as PDF bytes: see `_typeset`."""
    return _typeset(paper, paper.annexes, body="reports/pdf/dossier.html")


def _typeset(document, tables, *, body="reports/pdf/body.html", step=None):
    """A document as PDF bytes: the body portrait, then its annexes landscape, each numbered from 1.

    WeasyPrint sets the body, `setting` the annexes. Text is printed in NFC. A character the font does not have is
    drawn in no other font: symbols are left out, letters become "?" (see `Drawable`). The same document gives the
    same bytes. `step` hears how many rows of the annexes are drawn.

    Raises:
        OSError: pango or a font file is missing; the message names it.
        PdfBusyError: another document has been in the way for `PATIENCE` seconds.
    """
    fonts = font_files()
    html = render_to_string(body, _context(document, fonts))
    return _set(html, _stylesheet(fonts), fonts, finisher=partial(_add_tables, document, tables, fonts, step))


def _set(html, style, fonts, finisher=None):
    """A page of the web as PDF bytes: NFC, in the faces of `fonts` alone, tagged; `finisher` as WeasyPrint has it.

    Raises:
        OSError: pango or a font file is missing; the message names it.
        PdfBusyError: another document has been in the way for `PATIENCE` seconds.
    """
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError

    fetcher, faces = _fetcher(fonts), FontConfiguration()
    page = HTML(string=breakable(nfc(html).translate(Drawable(fonts))), url_fetcher=fetcher)
    with _alone(), _without_garbage_collection():
        try:
            css = CSS(string=style, font_config=faces, url_fetcher=fetcher)
            return page.write_pdf(
                stylesheets=[css], font_config=faces, finisher=finisher, pdf_variant=TAGGED, pdf_identifier=True
            )
        except FatalURLFetchingError as error:  # a BaseException, which no view would catch
            raise OSError(str(error)) from error


def breakable(html):
    """The page with marks, which nobody sees, in its over-long words: a line may end there."""
    return TEXT.sub(lambda text: WORD.sub(lambda word: LETTERS.sub(rf"\g<0>{MAY_END}", word[0]), text[0]), html)


def _context(document, fonts):
    heading = document.heading
    return {
        "document": document,
        "heading": heading,
        "title": document_title(heading),
        "about": reference_line(heading)[len("(Kèm theo ") : -1],
        "issued_on": _issued_on(heading),
        "lines": heading_lines(heading, fonts),
        "subject": subject_lines(getattr(document, "subject", ""), fonts),
    }


def _issued_on(heading):
    """The day the document bears, as the file tells it: '2026-02-05'; empty where the day is still open."""
    day = ISSUED_ON.search(heading.place_and_date)
    return "{2}-{1:0>2}-{0:0>2}".format(*day.groups()) if day else ""


def _add_tables(document, tables, fonts, step, _set_body, pdf):
    """Draw the annexes into `pdf`, which WeasyPrint is about to write."""
    if not tables:
        return
    drawable = Drawable(fonts, markup=False)
    code = getattr(document, "check_code", "")
    add_annexes(
        pdf,
        tables,
        reference_line(document.heading),
        faces=[face(file, name) for file, name in zip(fonts, FACE_NAMES, strict=False)],
        plain=lambda text: nfc(text).translate(drawable),
        check=(code, document.check_url) if code else None,
        step=step,
    )


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


def _stylesheet(fonts):
    faces = [
        {"weight": weight, "style": style, "url": file.as_uri()}
        for (weight, style, *_names), file in zip(FONT_FACES, fonts, strict=True)
    ]
    return render_to_string("reports/pdf/paper.css", {"faces": faces})


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

    def __init__(self, fonts, markup=True):
        super().__init__({ord("\n"): "\n", ord("\t"): " ", ord("\r"): " "})
        self.characters = _characters(fonts)
        self.markup = markup

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
            return format_html("{}", plain) if self.markup else plain
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


# The summary: one sheet in the portal's own face, set by the stylesheet of its page


def kept_summary_pdf(summary):
    """`summary_pdf`, set once and kept while the sheet says the same.

    Raises:
        PdfBusyError, OSError: as `summary_pdf`.
    """
    return _kept(summary, summary_pdf)


def summary_pdf(summary):
    """`summary` (a Summary) as PDF bytes: one A4 page.

    Raises:
        OSError: pango or a font file is missing; the message names it.
        PdfBusyError: another document has been in the way for `PATIENCE` seconds.
    """
    fonts = tuple(Path(file).resolve(strict=True) for file in SCREEN_FACES.values())
    html = render_to_string("reports/pdf/summary.html", {"summary": summary, "on_paper": True})
    return _set(html, _summary_stylesheet(fonts), fonts)


def _summary_stylesheet(fonts):
    faces = [{"weight": weight, "url": file.as_uri()} for weight, file in zip(SCREEN_FACES, fonts, strict=True)]
    sheets = [Path(finders.find(f"css/{name}.css")).read_text("utf-8") for name in ("tokens", "brief")]
    return render_to_string("reports/pdf/summary.css", {"faces": faces, "signs": _signs(), "sheets": sheets})


# The timeline: sheets of A4 landscape in the portal's own face


def kept_gantt_pdf(paper):
    """`gantt_pdf`, set once and kept while the paper says the same.

    Raises:
        PdfBusyError, OSError: as `gantt_pdf`.
    """
    return _kept(paper, gantt_pdf)


def gantt_pdf(paper):
    """`paper` (a TimelinePaper) as PDF bytes.

    Raises:
        OSError: pango or a font file is missing; the message names it.
        PdfBusyError: another document has been in the way for `PATIENCE` seconds.
    """
    fonts = tuple(Path(file).resolve(strict=True) for file in SCREEN_FACES.values())
    faces = [{"weight": weight, "url": file.as_uri()} for weight, file in zip(SCREEN_FACES, fonts, strict=True)]
    drawings = [draw(chart) for chart in paper.charts]
    style = render_to_string("reports/pdf/timeline.css", {"faces": faces, "signs": _signs()})
    return _set(render_to_string("reports/pdf/timeline.html", {"paper": paper, "drawings": drawings}), style, fonts)
