"""A table in print: its head stands on every page, a row stays together where it can.

As in the stylesheet of the body: 12 pt, lines 1.2 apart. Lengths are in pt.
"""

from typing import NamedTuple

from ..typesetting import BOLD, REGULAR
from .drawing import RULE, Text
from .sheet import LEADING, TOP

CELL = 12
PADDING = (2.5, 4)  # of a cell: above and below, left and right
SIGN, SIGN_GAP, SIGN_DROP = 0.85, 0.35, 0.1  # shares of the size
FEWEST = 3  # lines of a row that is too long for a page which may stand before a break
ROUNDING = 0.001
CENTRED, RIGHTMOST = 0.5, 1
ALIGNED = {"num": RIGHTMOST, "mid": CENTRED}
COLUMN_HEAD = b"/A<</O/Table/Scope/Column>>"


class Set(NamedTuple):
    """A cell broken into lines: from column `first` to before `end`, `align` the share of the free room before it."""

    first: int
    end: int
    lines: tuple
    face: int
    align: float
    sign: str
    url: str

    @property
    def indent(self):
        """What the sign takes of the first line."""
        return (SIGN + SIGN_GAP) * CELL if self.sign else 0


class Row(NamedTuple):
    cells: tuple
    count: int  # lines of its longest cell
    leads: bool  # a heading within the table: it stays with the row below

    @property
    def height(self):
        return _height(self.count)


def _height(count):
    """Of a row with so many lines, with the rule above it."""
    return count * CELL * LEADING + 2 * PADDING[0] + RULE


def _row_of(cells, leads=False):
    return Row(tuple(cells), max((len(cell.lines) for cell in cells), default=1), leads)


def set_table(sheet, columns, rows):
    """Draw `rows` of Cells below `columns` (as in an Annex) on `sheet` and as many pages more as they need."""
    _Table(sheet, columns).draw(rows)


class _Table:
    def __init__(self, sheet, columns):
        self.sheet, self.pen = sheet, sheet.pen
        self.columns = columns
        self.edges = self._edges()
        self.head = _row_of(
            [
                self._broken(place, place + 1, sheet.clean(column.head), BOLD, CENTRED)
                for place, column in enumerate(columns)
            ]
        )
        self.on_page = []  # (top, bottom, edges) of the rows drawn on this page
        self.element = self.pen.element(b"Table")
        self.body = None

    def _edges(self):
        """The middles of the upright rules, from left to right; all of them stand between the margins."""
        total = sum(column.width for column in self.columns)
        edges = [self.sheet.left + RULE / 2]
        for column in self.columns:
            edges.append(edges[-1] + (self.sheet.width - RULE) * column.width / total)
        return edges

    def draw(self, rows):
        for row, following in _with_following(map(self._row, rows)):
            self._make_room(row, following)
            self._draw_row(row)
        self._end_page()

    # Breaking

    def _row(self, cells):
        broken = []
        for place, cell in enumerate(cells):
            css = (cell.css or self.columns[place].css).split()
            end = min(place + cell.span, len(self.columns))
            align = next((ALIGNED[name] for name in css if name in ALIGNED), 0)
            face = BOLD if "group" in css else REGULAR
            words = self.sheet.clean(cell.text, "lines" in css)
            broken.append(self._broken(place, end, words, face, align, cell.sign, cell.url))
        return _row_of(broken, leads=any("group" in cell.css for cell in cells))

    def _broken(self, first, end, words, face, align, sign="", url=""):
        cell, letters = Set(first, end, (), face, align, sign, url), self.sheet.face(face)
        return cell._replace(lines=self.sheet.breaker.lines(words, self._room(cell), letters, CELL, cell.indent))

    def _room(self, cell):
        return self.edges[cell.end] - self.edges[cell.first] - 2 * PADDING[1] - RULE

    # Pages

    def _make_room(self, row, following):
        """A new page where `row` (a heading: with the row below it) does not fit on this one."""
        fresh = self.sheet.foot - TOP - RULE - self.head.height
        needed = row.height + (following.height if row.leads and following else 0)
        if needed > fresh:
            needed = min(row.height, _height(FEWEST))
        if not self.on_page:
            needed += self.head.height
        if self.sheet.y + needed > self.sheet.foot - RULE + ROUNDING:
            self._end_page()
            self.sheet.next_page()
        if not self.on_page:
            self._draw_head()

    def _draw_head(self):
        """The head: words of the table where it stands first, later only seen."""
        first = self.body is None
        parent = self.pen.element(b"TR", self.pen.element(b"THead", self.element)) if first else None
        for cell in self.head.cells:
            texts = self._texts(cell, cell.lines, lines_above=(self.head.count - len(cell.lines)) / 2)
            if first:
                self.pen.words(self.pen.element(b"TH", parent, COLUMN_HEAD), texts)
            else:
                self.pen.artifact(texts)
        if first:
            self.body = self.pen.element(b"TBody", self.element)
        self._below(self.head, self.head.count)

    def _draw_row(self, row):
        """A row; one that is longer than what is left goes on over the next pages."""
        parent = self.pen.element(b"TR", self.body)
        elements = [self.pen.element(b"TD", parent, _attributes(cell)) for cell in row.cells]
        done = 0
        while True:
            count = min(row.count - done, self._lines_left())
            for cell, element in zip(row.cells, elements, strict=True):
                self._draw_cell(cell, element, done, count)
            self._below(row, count)
            done += count
            if done >= row.count:
                return
            self._end_page()
            self.sheet.next_page()
            self._draw_head()

    def _lines_left(self):
        left = self.sheet.foot - self.sheet.y - 2 * PADDING[0] - 2 * RULE
        return max(int(left / (CELL * LEADING) + ROUNDING), 1)

    # Cells

    def _draw_cell(self, cell, element, done, count):
        """The lines of a cell from `done` on, `count` of them."""
        texts = self._texts(cell, cell.lines[done : done + count], begins=not done)
        if not any(text.text for text in texts):
            return
        if cell.sign and not done:
            self.pen.sign(cell.sign, texts[0].x - cell.indent, texts[0].y + SIGN_DROP * CELL, SIGN * CELL)
        if cell.url:
            element = self.pen.element(b"Link", element)
            self.pen.link(element, cell.url, self.sheet.box(texts))
        self.pen.words(element, texts)

    def _texts(self, cell, lines, *, begins=True, lines_above=0):
        """Where `lines` of a cell stand in a row that is drawn here."""
        left, room = self.edges[cell.first] + PADDING[1] + RULE / 2, self._room(cell)
        y = self.sheet.y + RULE + PADDING[0] + (lines_above + 0.5) * CELL * LEADING
        y += self.sheet.rise(cell.face, CELL)
        texts = []
        for place, line in enumerate(lines):
            indent = cell.indent if begins and not place else 0
            x = left + indent + (room - indent - line.length) * cell.align
            texts.append(Text(x, y + place * CELL * LEADING, line.text, cell.face, CELL))
        return texts

    # Rules

    def _below(self, row, count):
        """Go below a row that has been drawn with `count` lines, and note where its rules stand."""
        top = self.sheet.y
        self.sheet.y += _height(count)
        ends = {cell.end for cell in row.cells} | {0, len(self.columns)}
        self.on_page.append((top, self.sheet.y, ends))

    def _end_page(self):
        """Draw the rules of the rows on this page, each upright one as long as it can be."""
        if not self.on_page:
            return
        left, right, half = self.edges[0] - RULE / 2, self.edges[-1] + RULE / 2, RULE / 2
        tops = [self.on_page[0][0], *(bottom for _top, bottom, _ends in self.on_page)]
        rules = [(left, y + half, right, y + half) for y in tops]
        for place, edge in enumerate(self.edges):
            rules += [(edge, top, edge, bottom + RULE) for top, bottom in self._stretches(place)]
        self.pen.artifact(rules=rules)
        self.sheet.y += RULE
        self.on_page = []

    def _stretches(self, place):
        """(top, bottom) of the rows one below the other in which a cell ends at this edge."""
        found = []
        for top, bottom, ends in self.on_page:
            if place not in ends:
                continue
            if found and found[-1][1] == top:
                found[-1][1] = bottom
            else:
                found.append([top, bottom])
        return found


def _with_following(rows):
    """(row, the next one or None) for each of `rows`."""
    row = next(rows)
    for following in rows:
        yield row, following
        row = following
    yield row, None


def _attributes(cell):
    span = cell.end - cell.first
    return b"/A<</O/Table/ColSpan %d>>" % span if span > 1 else b""
