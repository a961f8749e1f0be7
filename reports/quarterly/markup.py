r"""The markup of the narrative: one paragraph a line, `**bold**`, `*italic*`, `[[KEY]]` a figure; nothing else.

A figure is named by its key (`values`) and printed as the report object states it: nobody types it. A backslash takes
the meaning off the star, the bracket or the backslash after it. What is not well formed is text.
"""

import re
from functools import lru_cache

from .report import Paragraph, Run, Sentence

TOKEN = re.compile(r"\\(?P<escaped>[\\*\[])|\[\[(?P<key>[^\[\]\s]+)\]\]|(?P<mark>\*\*|\*)")
SPECIAL = re.compile(r"[\\*]|\[(?=\[)")
SPACE = re.compile(r"[\x00-\x09\x0b-\x20\x7f\x85\u2028\u2029]+")
STOP = re.compile(r"(?:;|[.!?…][*)”\"]*) ")
NO_STOP = re.compile(r"(?:^\W*(?:\d+|[a-zđ]{1,2}|[IVX]+)|\b(?:TP|TX|TT|P|Q|H|X|TS|ThS|PGS|GS|BS|Tp|Th))\.$")
# What is a number but no figure: dates and times, names of documents, references, the mark of a point.
DATE = r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{1,2}/\d{1,2}(?:/\d{4})?(?!\d*[/\w])|\d{1,2}(?:h|giờ)\d{0,2}|\d{1,2}/\d{4}"
NAMED = r"(?:ngày|tháng|quý|năm|giai đoạn|nhiệm kỳ|khóa)\s+\d+(?:\s*[-–]\s*\d+)?"
PERIODS = r"\d+ tháng (?:đầu|cuối) năm(?: \d{4})?"
DOCUMENT = r"(?:số\s+)?\d+(?:/\d{4})?/[A-ZĐ][\w-]*(?:/\w+)?"
REFERRED = r"(?:[Hh]oạt động|[Nn]hiệm vụ|[Pp]hụ lục|[Đđ]iều|[Kk]hoản|[Mm]ục|[Ss]ố)"
REFERENCE = rf"{REFERRED}\s+\d[\d.]*(?:(?:,| và|;)\s+\d[\d.]*)*"
QUOTED = r"“[^”]*”|\"[^\"]*\"|«[^»]*»"
NO_FIGURE = re.compile(
    rf"\[\[[^\[\]\s]+\]\]|{QUOTED}|{PERIODS}|{DOCUMENT}|{REFERENCE}|{NAMED}|{DATE}|^\W*\d+[.)]\s|[^\W\d_]\w*\d\w*"
)
NUMBER = re.compile(r"\d+(?:[.,]\d+)*\s?%?")
ALIKE = 0.5  # share of their words that two sentences have in common, where one was made of the other


def escaped(text):
    """`text` as markup that says exactly this."""
    return SPECIAL.sub(r"\\\g<0>", text)


def parse(body, values, sources=()):
    """The paragraphs of `body`, figures printed from `values` ({key: printed}); an unknown key stays as it is typed.

    Args:
        sources: what the portal drafted, (sentence, keys of updates) pairs (`sources_of`): a sentence that still
            stands, or one that was made of it, knows where it came from.
    """
    origins = _Origins(sources)
    return tuple(_paragraph(line, dict(values), origins) for line in _lines(body))


def write(paragraphs):
    """The paragraphs as markup, the inverse of `parse`."""
    return "\n".join(_written(paragraph) for paragraph in paragraphs)


def sources_of(paragraphs):
    """[[sentence, [keys of updates]], ...] of every sentence, as a part keeps it."""
    return [[each.text, list(each.sources)] for paragraph in paragraphs for each in paragraph.sentences]


def unknown_keys(body, values):
    """The keys in `body` that no figure has, each once."""
    values = dict(values)
    return tuple(dict.fromkeys(key for key in keys(body) if key not in values))


def keys(body):
    """The keys of the figures `body` prints, in order."""
    return tuple(match["key"] for match in TOKEN.finditer(body) if match["key"])


def sentences(body):
    """The sentences of `body` as markup, in order."""
    return tuple(sentence for line in _lines(body) for sentence in _split(line))


def typed_numbers(body, drafted=""):
    """Numbers typed by hand that no figure of the report stands behind, in order.

    Dates, names of documents, references and quotations are none; nor are numbers in the agencies' own words, that
    is in a sentence of `drafted`, or in one that was made of it.
    """
    before = {sentence: set(_numbers(sentence)) for sentence in sentences(drafted)}
    return tuple(
        number
        for sentence in sentences(body)
        if sentence not in before
        for number in _numbers(sentence)
        if number not in before.get(nearest(sentence, before), ())
    )


def nearest(sentence, among):
    """The sentence of `among` that `sentence` was most likely made of, or None."""
    words = _words(sentence)
    likeness = {other: _likeness(words, _words(other)) for other in among}
    best = max(likeness, key=likeness.get, default=None)
    return best if best is not None and likeness[best] >= ALIKE else None


@lru_cache(maxsize=4096)
def _words(sentence):
    return frozenset(sentence.lower().split())


def _likeness(words, others):
    return 2 * len(words & others) / (len(words) + len(others))


def _lines(body):
    lines = (SPACE.sub(" ", line).strip(" ") for line in body.replace("\r\n", "\n").split("\n"))
    return [line for line in lines if line]


class _Origins:
    """Where sentences came from: (sentence, keys) pairs in the order in which they were drafted.

    Agencies say the same: a sentence that stands more than once is known by the one before it, else it may be of any.
    """

    def __init__(self, pairs):
        self.following, self.known = {}, {}
        before = None
        for sentence, keys in pairs:
            for found, key in ((self.following, (before, sentence)), (self.known, sentence)):
                found[key] = tuple(dict.fromkeys((*found.get(key, ()), *keys)))
            before = sentence

    def of(self, sentence, before):
        if (before, sentence) in self.following:
            return self.following[before, sentence]
        if sentence in self.known:
            return self.known[sentence]
        return self.known.get(nearest(sentence, self.known), ())


def _paragraph(line, values, origins):
    runs = _runs(line, values)
    said = _split(line)
    said = tuple(Sentence(text, origins.of(text, before)) for before, text in zip((None, *said), said, strict=False))
    is_plain = not any(run.bold or run.italic for run in runs)
    return Paragraph("".join(run.text for run in runs), runs=() if is_plain else runs, sentences=said)


def _runs(line, values):
    """The words of a line in their faces; a star that has no partner is a star."""
    lone = _lone_marks(line)
    face = {"**": False, "*": False}
    pieces, place = [], 0
    for match in TOKEN.finditer(line):
        pieces.append((line[place : match.start()], *face.values()))
        place = match.end()
        if match["mark"] and match.start() not in lone:
            face[match["mark"]] = not face[match["mark"]]
        else:
            pieces.append((_plain(match, values), *face.values()))
    return _joined([*pieces, (line[place:], *face.values())])


def _lone_marks(line):
    """Where a mark stands that opens nothing: the last of an odd number."""
    places = {"**": [], "*": []}
    for match in TOKEN.finditer(line):
        if match["mark"]:
            places[match["mark"]].append(match.start())
    return {found[-1] for found in places.values() if len(found) % 2}


def _plain(match, values):
    if match["key"]:
        return values.get(match["key"], match[0])
    return match["escaped"] or match[0]


def _joined(pieces):
    """Runs of the pieces: neighbours in one face are one run, empty ones are none."""
    runs = []
    for text, bold, italic in pieces:
        if runs and (runs[-1].bold, runs[-1].italic) == (bold, italic):
            runs[-1] = runs[-1]._replace(text=runs[-1].text + text)
        elif text:
            runs.append(Run(text, bold, italic))
    return tuple(runs)


def _written(paragraph):
    if paragraph.sentences:
        return " ".join(sentence.text for sentence in paragraph.sentences)
    if not paragraph.runs:
        return escaped(paragraph.text)
    written, bold, italic = "", False, False
    for run in (*paragraph.runs, Run("")):
        written += "**" * (run.bold != bold) + "*" * (run.italic != italic) + escaped(run.text)
        bold, italic = run.bold, run.italic
    return written


def _split(line):
    """The sentences of a line, and what ';' parts in them; joined by a space they are the line again."""
    found, start = [], 0
    for match in STOP.finditer(line):
        here = line[start : match.end() - 1]
        if match[0] == "; " or (not NO_STOP.search(here) and _begins(line[match.end() :])):
            found.append(here)
            start = match.end()
    return [*found, line[start:]]


def _begins(rest):
    """A sentence may begin here: with a capital, a digit or a figure."""
    first = rest.lstrip('*“"(')[:1]
    return first.isupper() or first.isdigit() or first == "["


def _numbers(sentence):
    bare = NO_FIGURE.sub(" ", sentence)
    return [match[0].strip() for match in NUMBER.finditer(bare)]
