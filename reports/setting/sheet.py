"""The pages of an annex: margins, page numbers, and lines of text one below the other.

Lengths are in pt from the top left corner of the page.
"""

import re

from ..typesetting import MM, REGULAR
from .drawing import Text

LANDSCAPE = (297 * MM, 210 * MM)
TOP, RIGHT, BOTTOM, LEFT = 20 * MM, 15 * MM, 20 * MM, 30 * MM
HEADING, LEADING = 14, 1.2
INDENT = 12.7 * MM
SPACES = re.compile(r"[ \t\r\n]+")


class Sheet:
    """The page that is drawn on: `y` is how far down it is full, `number` its number.

    `plain`: text -> what the faces can draw of it.
    """

    def __init__(self, pen, breaker, plain):
        self.pen, self.breaker, self.plain = pen, breaker, plain
        self.left, self.width, self.foot = LEFT, pen.width - LEFT - RIGHT, pen.height - BOTTOM
        self.number, self.y = 0, 0

    def first_page(self):
        """Begin to number anew; the first page shows no number."""
        self.number, self.y = 1, TOP
        self.pen.begin_page()

    def next_page(self):
        self.number, self.y = self.number + 1, TOP
        self.pen.begin_page()
        self._show_number(str(self.number))

    def _show_number(self, number):
        left = self.left + (self.width - self.length(number, REGULAR, HEADING)) / 2
        y = TOP / 2 + self.rise(REGULAR, HEADING)
        self.pen.artifact([Text(left, y, number, REGULAR, HEADING)])

    def face(self, place):
        return self.pen.faces[place]

    def length(self, text, face, size):
        return self.face(face).length(text) * size / 1000

    def rise(self, face, size):
        """From the middle of a line down to its foot line."""
        face = self.face(face)
        return (face.ascent - face.descent) / 2 * size / 1000

    def clean(self, text, keeps_lines=False):
        """What is printed of a text; white space counts as one space, as on a page of the web."""
        text = self.plain(text)
        if keeps_lines:
            return "\n".join(SPACES.sub(" ", line).strip(" ") for line in text.split("\n"))
        return SPACES.sub(" ", text).strip(" ")

    def paragraph(self, tag, words, face=REGULAR, size=HEADING, *, left=0, indent=0, align=0, url=""):
        """Set `words` from `left` of the margin to the right one; `align` is the share of the free room before them."""
        width = self.width - left
        lines = self.breaker.lines(self.clean(words), width, self.face(face), size, indent)
        texts = []
        for place, line in enumerate(lines):
            offset = 0 if place else indent
            x = self.left + left + offset + (width - offset - line.length) * align
            texts.append(Text(x, self._next_line(face, size), line.text, face, size))
        element = self.pen.element(tag)
        if url:
            element = self.pen.element(b"Link", element)
            self.pen.link(element, url, self.box(texts))
        self.pen.words(element, texts)

    def box(self, texts):
        """(left, top, right, bottom) of lines of text in one face and size."""
        face, size = texts[0].face, texts[0].size
        right = max(text.x + self.length(text.text, face, size) for text in texts)
        rise, half = self.rise(face, size), size * LEADING / 2
        return min(text.x for text in texts), texts[0].y - rise - half, right, texts[-1].y - rise + half

    def _next_line(self, face, size):
        self.y += size * LEADING
        return self.y - size * LEADING / 2 + self.rise(face, size)
