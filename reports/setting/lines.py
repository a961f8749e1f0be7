"""Text broken into lines where Unicode lets a line end, or anywhere where a word is longer than its line."""

import re
from typing import NamedTuple

# A line may end behind a space, and behind these marks unless a digit or a closing mark follows (UAX 14).
PIECES = re.compile(r"[^ ]*?[-–/?!|](?=[^\s\d)\]}!?,.:;/»”\"'%–-])|[^ ]* +|[^ ]+$")
ROUNDING = 0.01  # thousandths of the size


class Line(NamedTuple):
    """`text` of one line and its `length` in pt."""

    text: str
    length: float


class Breaker:
    """Breaks texts into lines; the same text in the same width is broken once."""

    def __init__(self):
        self.known = {}
        self.lengths = {}

    def lines(self, text, width, face, size, indent=0):
        """The lines of `text` (its own line ends count), each at most `width` pt, the first `indent` pt less."""
        key = (text, width, face, size, indent)
        if key not in self.known:
            self.known[key] = tuple(self._broken(*key))
        return self.known[key]

    def _broken(self, text, width, face, size, indent):
        for paragraph in text.split("\n"):
            yield from self._paragraph(paragraph, width * 1000 / size, face, size, indent * 1000 / size)
            indent = 0

    def _paragraph(self, text, width, face, size, indent):
        line, length, room = "", 0, width - indent
        for piece in self._pieces(text, width, face):
            joined = length + (face.kern(line[-1], piece[0]) if line else 0)
            if line and joined + self._length(piece.rstrip(" "), face) > room + ROUNDING:
                yield _line(line, face, size)
                line, joined, room = "", 0, width
            line, length = line + piece, joined + self._length(piece, face)
        yield _line(line, face, size)

    def _pieces(self, text, width, face):
        """The parts of a text between which a line may end."""
        for piece in PIECES.findall(text):
            if self._length(piece.rstrip(" "), face) <= width:
                yield piece
            else:
                yield from _torn(piece, width, face)

    def _length(self, piece, face):
        key = (piece, face)
        if key not in self.lengths:
            self.lengths[key] = face.length(piece)
        return self.lengths[key]


def _torn(word, width, face):
    """A word longer than a line, in pieces as long as one."""
    start, length = 0, 0
    for place, char in enumerate(word):
        advance = face.advances.get(char, 0)
        if char != " " and place > start and length + advance > width:
            yield word[start:place]
            start, length = place, 0
        length += advance
    yield word[start:]


def _line(text, face, size):
    text = text.rstrip(" ")
    return Line(text, face.length(text) * size / 1000)
