"""What a table draws with: pages, words in marked content, rules, links, bookmarks, written into a pydyf.PDF.

Every word belongs to an element of the structure (PDF/UA): a reader of the screen goes through the table cell by cell.
What only decorates or repeats (rules, signs, the head of the table on its further pages, page numbers) is an artifact.
"""

from itertools import groupby
from typing import NamedTuple

import pydyf

from .fonts import embed
from .signs import sign_shapes

RULE = 0.5  # pt
BLACK = b"0 0 0 rg 0 0 0 RG"


class Text(NamedTuple):
    """A line of text: where it begins, in pt from the left and from the top of the page to its foot line."""

    x: float
    y: float
    text: str
    face: int
    size: float


class Raw(pydyf.Object):
    """An object already written."""

    def __init__(self, data=b""):
        super().__init__()
        self.data = data

    data = b""


class Element:
    """An element of the structure: its tag, what it belongs to, and what it holds."""

    __slots__ = ("attributes", "kids", "number", "page", "parent", "tag")

    def __init__(self, tag, parent, number, attributes):
        self.tag, self.parent, self.number, self.attributes = tag, parent, number, attributes
        self.kids, self.page = [], None

    @property
    def reference(self):
        return b"%d 0 R" % self.number


class Pen:
    """Draws pages of `size` (width and height in pt) with `faces` into `pdf`, beginning after the pages it has.

    `structure`: the element of the PDF under which everything stands; `first_key`: the first free key of its parent
    tree, to which `parents` {key: who owns it} are to be added in the order of their keys.
    """

    def __init__(self, pdf, faces, size, *, structure, first_key):
        self.pdf, self.faces, (self.width, self.height) = pdf, faces, size
        self.structure, self.next_key = structure, first_key
        self.used = [{} for _face in faces]
        self.written = {}
        self.parents = {}
        self.pages, self.bookmarks, self.elements = [], [], []
        self.resources = pydyf.Dictionary()
        pdf.add_object(self.resources)
        self.page = None

    # Pages

    def begin_page(self):
        self.end_page()
        stream = pydyf.Stream(compress=True)
        stream.stream.append(BLACK)
        self.pdf.add_object(stream)
        self.page = pydyf.Dictionary(
            {
                "Type": "/Page",
                "Parent": self.pdf.pages.reference,
                "MediaBox": pydyf.Array([0, 0, self.width, self.height]),
                "TrimBox": pydyf.Array([0, 0, self.width, self.height]),
                "Contents": stream.reference,
                "Resources": self.resources.reference,
                "Tabs": "/S",
                "StructParents": self.next_key,
            }
        )
        self.pdf.add_object(self.page)
        self.pages.append(self.page)
        self.stream, self.marked, self.annotations, self.page_key = stream.stream, [], [], self.next_key
        self.next_key += 1

    def end_page(self):
        if self.page is None:
            return
        self.parents[self.page_key] = b"[" + b" ".join(self.marked) + b"]"
        if self.annotations:
            self.page["Annots"] = pydyf.Array(self.annotations)
        self.page = None

    # Structure

    def element(self, tag, parent=None, attributes=b""):
        """A new element below `parent`, or directly below the document."""
        placeholder = Raw()
        self.pdf.add_object(placeholder)
        element = Element(tag, parent, placeholder.number, attributes)
        self.elements.append((element, placeholder))
        if parent is not None:
            parent.kids.append(element.reference)
        return element

    def words(self, element, texts):
        """Draw `texts` as what `element` holds; more may follow on the next page."""
        self._begin_marked(element)
        self._draw(texts)
        self.stream.append(b"EMC")

    def _begin_marked(self, element):
        mark = len(self.marked)
        if element.page is None:
            element.page = self.page.reference
        if element.page == self.page.reference:
            element.kids.append(b"%d" % mark)
        else:
            element.kids.append(b"<</Type/MCR/Pg %b/MCID %d>>" % (self.page.reference, mark))
        self.marked.append(element.reference)
        self.stream.append(b"/%b <</MCID %d>> BDC" % (element.tag, mark))

    def link(self, element, address, texts_box):
        """Make a rectangle (left, top, right, bottom) of the page a link; `element` is its /Link."""
        left, top, right, bottom = texts_box
        written = pydyf.String(address).data
        annotation = Raw(
            b"<</Type/Annot/Subtype/Link/Rect[%.2f %.2f %.2f %.2f]/BS<</W 0>>/Contents %b/StructParent %d"
            b"/A<</Type/Action/S/URI/URI %b>>>>"
            % (left, self.height - bottom, right, self.height - top, written, self.next_key, written)
        )
        self.pdf.add_object(annotation)
        self.annotations.append(annotation.reference)
        self.parents[self.next_key] = element.reference
        self.next_key += 1
        element.kids.append(b"<</Type/OBJR/Obj %b/Pg %b>>" % (annotation.reference, self.page.reference))

    def bookmark(self, title, y):
        self.bookmarks.append((title, self.page.reference, self.height - y))

    # Drawings

    def figure(self, alternative, box):
        """The attributes of a /Figure in a box (left, top, right, bottom): what it says, where it stands."""
        left, top, right, bottom = box
        layout = b"/A<</O/Layout/BBox[%.2f %.2f %.2f %.2f]>>" % (left, self.height - bottom, right, self.height - top)
        return b"/Alt %b%b" % (pydyf.String(alternative).data, layout)

    def squares(self, figure, matrix, box, border):
        """Draw the dark squares of a matrix in a square box, `border` of its squares from the edge."""
        left, top, right, _bottom = box
        side = (right - left) / (len(matrix) + 2 * border)
        self._begin_marked(figure)
        for down, row in enumerate(matrix, start=border + 1):
            y = self.height - top - down * side
            self.stream += [
                b"%.3f %.3f %.3f %.3f re" % (left + across * side, y, length * side, side)
                for across, length in _runs(row, border)
            ]
        self.stream += [b"f", b"EMC"]

    # What is no part of the text

    def artifact(self, texts=(), rules=()):
        """Draw words that only repeat and rules (x, y, x, y)."""
        self.stream.append(b"/Artifact BMC")
        if texts:
            self._draw(texts)
        if rules:
            self.stream.append(b"%.2f w" % RULE)
            self.stream += [
                b"%.2f %.2f m %.2f %.2f l" % (left, self.height - top, right, self.height - bottom)
                for left, top, right, bottom in rules
            ]
            self.stream.append(b"S")
        self.stream.append(b"EMC")

    def sign(self, name, left, bottom, size):
        """Draw the sign of a state as a square of `size` pt."""
        drawn = sign_shapes().get(name)
        if drawn is None:
            return
        scale = size / drawn.side
        matrix = b"q %.5f 0 0 %.5f %.2f %.2f cm" % (scale, -scale, left, self.height - bottom + size)
        self.stream += [b"/Artifact BMC", matrix, drawn.operators, b"Q", b"EMC"]

    # Words

    def _draw(self, texts):
        face, size = None, None
        self.stream.append(b"BT")
        for text in texts:
            if (text.face, text.size) != (face, size):
                face, size = text.face, text.size
                self.stream.append(b"/F%d %g Tf" % (face, size))
            self.stream.append(
                b"1 0 0 1 %.2f %.2f Tm %b TJ" % (text.x, self.height - text.y, self._glyphs(text.text, text.face))
            )
        self.stream.append(b"ET")

    def _glyphs(self, text, place):
        """A text as numbers of glyphs, between which stands how much closer two of them go."""
        key = (text, place)
        if key not in self.written:
            face, used = self.faces[place], self.used[place]
            shown, kerned = [], zip(text, [0, *map(face.kern, text, text[1:])], strict=True)
            for char, kern in kerned:
                number = face.numbers.get(char, 0)
                used.setdefault(number, char)
                shown.append(f">{-kern:g}<{number:04x}" if kern else f"{number:04x}")
            self.written[key] = f"[<{''.join(shown)}>]".encode()
        return self.written[key]

    # The end

    def close(self):
        """Write what could not be written before everything was drawn."""
        self.end_page()
        for element, placeholder in self.elements:
            parent = self.structure.reference if element.parent is None else element.parent.reference
            page = b"/Pg %b" % element.page if element.page else b""
            placeholder.data = b"<</Type/StructElem/S/%b/P %b%b%b/K[%b]>>" % (
                element.tag,
                parent,
                page,
                element.attributes,
                b" ".join(element.kids),
            )
        fonts = {
            f"F{place}": embed(self.pdf, face, used)
            for place, (face, used) in enumerate(zip(self.faces, self.used, strict=True))
            if used
        }
        self.resources["Font"] = pydyf.Dictionary({name: font.reference for name, font in fonts.items()})

    @property
    def top_elements(self):
        """References to what stands directly below the document, in order."""
        return [element.reference for element, _placeholder in self.elements if element.parent is None]


def _runs(row, start):
    """(place, length) of the dark squares of a row that stand in a row."""
    place = start
    for dark, squares in groupby(row):
        length = len(list(squares))
        if dark:
            yield place, length
        place += length
