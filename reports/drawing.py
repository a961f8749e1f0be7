"""Charts as SVG, the same on screen and on paper. The one door of vl-convert (Vega-Lite without a browser).

A chart is a frozen object whose words are already written, Vietnamese numbers too; here they only get their places.
What is told by colour is told by shape, sign or place as well. Colours are presentation attributes in the light tokens
(right on paper and in a file); each also has a class (`f-accent`, `s-line` …) through which static/css/drawn.css gives
it the token of the page's theme.

The first drawing of a process starts Vega's engine (0.4 to 0.6 s, about 100 MB), one more takes 20 to 40 ms: what has
been drawn is kept.
"""

import json
import threading
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, singledispatch
from hashlib import sha256
from importlib.metadata import distribution
from itertools import groupby
from xml.etree import ElementTree

from django.core.cache import caches
from django.utils.safestring import mark_safe

from .typesetting import advances, balanced

SCREEN, PAPER = "Be Vietnam Pro", "Report"  # faces: the portal's, and the one reports/pdf.py declares
FONTS = distribution("fontpkg-be-vietnam-pro").locate_file("fontpkg_be_vietnam_pro/files")
SCREEN_FACES = {  # by weight
    400: FONTS / "BeVietnamPro-Regular.ttf",
    500: FONTS / "BeVietnamPro-Medium.ttf",
    600: FONTS / "BeVietnamPro-SemiBold.ttf",
}
VERSION = 1  # of the drawing: another one lets what is kept be drawn anew
SCALE = 2  # dots of a PNG for each unit of the drawing

COLOURS = {
    "accent": "#0b4f9e",
    "ink": "#17212b",
    "dim": "#465361",
    "line": "#dfe5eb",
    "edge": "#7b8896",
    "track": "#e3e9ef",
    "bad": "#b01e18",
    "warn": "#875200",
    "done": "#1b6b3a",
    "unassigned": "#68399b",
    "paper": "#ffffff",
}
WIDTH = 360  # units of a chart; on a phone one unit is a pixel
TEXT, LINE = 13, 17  # size of words and distance of their lines
SVG = "http://www.w3.org/2000/svg"

_one_at_a_time = threading.Lock()


# What a chart is


@dataclass(frozen=True)
class Bar:
    """A row: its bar from `begins` to `value` (None: not counted), what came before `begins` pale.

    `words` stand at its end, `note` before them; `is_behind`: in the colour of warning, with a triangle.
    """

    label: str
    value: int | Decimal | None
    words: str
    begins: int | Decimal = 0
    note: str = ""
    is_behind: bool = False


@dataclass(frozen=True)
class BarChart:
    """Rows on one scale from 0 to `full`; `mark` is a rule across all of them (a target, the time that has passed).

    `description` says in words what the drawing shows, for whoever does not see it; `width` in units.
    """

    title: str
    description: str
    bars: tuple[Bar, ...]
    full: int | Decimal
    mark: int | Decimal | None = None
    width: int = WIDTH
    label_width: int = 84
    note_width: int = 0
    words_width: int = 64
    most_lines: int = 0  # of a label, the rest is cut off; 0: as many as it takes


@dataclass(frozen=True)
class Point:
    """A value over `label`; None interrupts the line: it is not 0."""

    label: str
    value: int | Decimal | None
    words: str = ""


@dataclass(frozen=True)
class Series:
    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class LineChart:
    """Lines over the same labels, at most four; each has its own sign and dash, and bears its name at its end.

    `ticks` are (value, words) of the rules across, lowest first; `target` one of a dashed rule.
    """

    title: str
    description: str
    series: tuple[Series, ...]
    ticks: tuple[tuple[int | Decimal, str], ...]
    target: tuple[int | Decimal, str] | None = None
    width: int = WIDTH
    height: int = 190


PLANNED, RUNNING, FINISHED, LATE = "planned", "running", "finished", "late"


@dataclass(frozen=True)
class Piece:
    """A stretch of time, both days included: planned is hollow, running half as high, finished full, late dashed."""

    kind: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class GanttRow:
    """An activity; `words` say its state at the end of the row, `is_bad` in the colour of what is overdue.

    `is_heading`: what the rows under it belong to.
    """

    label: str
    pieces: tuple[Piece, ...]
    words: str = ""
    is_bad: bool = False
    is_heading: bool = False


@dataclass(frozen=True)
class GanttChart:
    """Rows over time from `first` to `last`, divided at `columns`: (day, its words); `today` is a rule with words."""

    title: str
    description: str
    rows: tuple[GanttRow, ...]
    first: date
    last: date
    columns: tuple[tuple[date, str], ...]
    today: tuple[date, str] | None = None
    width: int = 960
    label_width: int = 300
    words_width: int = 130


# Drawing


def bars(chart, *, face=SCREEN):
    """A BarChart as SVG: see `draw`."""
    return draw(chart, face=face)


def lines(chart, *, face=SCREEN):
    """A LineChart as SVG: see `draw`."""
    return draw(chart, face=face)


def gantt(chart, *, face=SCREEN):
    """A GanttChart as SVG: see `draw`."""
    return draw(chart, face=face)


def draw(chart, *, face=SCREEN):
    """`chart` as SVG text that may stand in a page as it is; drawn once and kept while it says the same."""
    return kept(chart, face=face) or _drawn(chart, face)


def kept(chart, *, face=SCREEN):
    """The SVG of `chart` where it has been drawn before, else None: a page that must not wait asks for this."""
    svg = caches["charts"].get(_key(chart, face))
    return mark_safe(svg) if svg else None


def png_of(svg):
    """`svg` as PNG bytes on white, twice as many dots as units; like the drawings themselves it is kept."""
    key = f"png{sha256(svg.encode()).hexdigest()}"
    png = caches["charts"].get(key)
    if png is None:
        with _one_at_a_time:
            png = _engine().svg_to_png(_on_white(svg), scale=SCALE)
        caches["charts"].set(key, png)
    return png


def _drawn(chart, face):
    spec = json.dumps(_spec(chart, face), default=float)
    with _one_at_a_time:
        svg = _engine().vegalite_to_svg(spec)
    svg = _cleaned(svg, chart)
    caches["charts"].set(_key(chart, face), svg)
    return mark_safe(svg)


def _key(chart, face):
    return sha256(f"{VERSION}{face}{chart!r}".encode()).hexdigest()


@cache
def _engine():
    """vl-convert, with the portal's font; imported here because its engine belongs to the process that starts it."""
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))
    return vl_convert


# From Vega's drawing to ours


def _cleaned(svg, chart):
    """One picture with one name; no roles within; each colour with its class."""
    ElementTree.register_namespace("", SVG)
    root = ElementTree.fromstring(svg)
    for element in root.iter():
        for name in [name for name in element.attrib if name == "role" or name.startswith("aria-")]:
            del element.attrib[name]
        _class_colours(element)
    _without_empty(root)
    width, height = root.attrib.pop("width"), root.attrib.pop("height")
    root.attrib.update({"class": "drawn", "role": "img", "aria-label": f"{chart.title}. {chart.description}"})
    root.attrib.update({"width": width, "height": height})
    title = ElementTree.Element(f"{{{SVG}}}title")
    title.text = chart.title
    root.insert(0, title)
    return ElementTree.tostring(root, encoding="unicode")


def _class_colours(element):
    names = {colour: name for name, colour in COLOURS.items()}
    classes = [
        f"{attribute[0]}-{names[element.get(attribute)]}"
        for attribute in ("fill", "stroke")
        if element.get(attribute) in names
    ]
    element.attrib.pop("class", None)
    if classes:
        element.set("class", " ".join(classes))


def _without_empty(parent):
    """Vega leaves groups and paths that draw nothing."""
    for child in list(parent):
        _without_empty(child)
        tag = child.tag.rpartition("}")[2]
        unpainted = tag == "path" and not (child.get("fill") or child.get("stroke"))
        if unpainted or (tag == "g" and not len(child)):
            parent.remove(child)


def _on_white(svg):
    start = svg.index(">", svg.index("<svg")) + 1
    return f'{svg[:start]}<rect width="100%" height="100%" fill="#ffffff"/>{svg[start:]}'


# Words in their places


def _wrapped(text, width, most_lines=0):
    """`text` in lines no wider than `width` units, as the portal's font sets it; "…" where some are cut off."""
    widths = advances(SCREEN_FACES[400], TEXT)
    wrapped = balanced(text, width, widths)
    if not most_lines or wrapped.count("\n") < most_lines:
        return wrapped
    words = text.split()
    while len(words) > 1:
        words.pop()
        wrapped = balanced(f"{' '.join(words).rstrip(',;:')}…", width, widths)
        if wrapped.count("\n") < most_lines:
            break
    return wrapped


def _text(rows, *, x, colour="ink", align="left", bold=False, size=TEXT):
    """Words of `rows` ({y, words}) at the distance `x`, or where each says itself (`x=None`)."""
    mark = {
        "type": "text",
        "align": align,
        "baseline": "middle",
        "color": COLOURS[colour],
        "fontSize": size,
        "fontWeight": 600 if bold else 400,
        "lineBreak": "\n",
        "lineHeight": LINE,
    }
    place = _pixel("x") if x is None else {"value": x}
    return _layer(mark, rows, x=place, y=_pixel("y"), text={"field": "words", "type": "nominal"})


def _labels(rows):
    """The words at the head of each row; several lines lie around its middle."""
    return [{"y": row["y"] - LINE / 2 * row["label"].count("\n"), "words": row["label"]} for row in rows]


def _layer(mark, rows, **encoding):
    return {"data": {"values": rows}, "mark": mark, "encoding": encoding}


def _pixel(field):
    return {"field": field, "type": "quantitative", "scale": None, "axis": None}


def _whole(chart, face, height, layers):
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": chart.width,
        "height": height,
        "padding": 0,
        "autosize": "none",
        "background": None,
        "config": {"font": face, "view": {"stroke": None, "fill": None}},
        "layer": [layer for layer in layers if layer["data"]["values"]],
    }


@singledispatch
def _spec(chart, face):
    raise TypeError(f"{type(chart).__name__} is no chart")


# Bars


@_spec.register
def _bars(chart: BarChart, face):
    left, right = chart.label_width, chart.width - chart.words_width - chart.note_width
    rows, height = _bar_rows(chart)

    def across(field):
        return {
            "field": field,
            "type": "quantitative",
            "axis": None,
            "scale": {"domain": [0, chart.full or 1], "range": [left, right], "clamp": True},
        }

    def pieces(chosen, start, end, colour, **look):
        mark = {"type": "rect", "color": COLOURS[colour], **look}
        return _layer(mark, chosen, x=across(start), x2={"field": end}, y=_pixel("top"), y2={"field": "bottom"})

    counted = [row for row in rows if row["value"] is not None]
    behind = [row for row in counted if row["is_behind"]]
    signed = [row for row in rows if row["is_behind"]]
    ahead = [row for row in counted if not row["is_behind"]]
    rule = {"type": "rule", "color": COLOURS["ink"], "strokeWidth": 2}
    over, under = [{**row, "top": row["top"] - 4, "bottom": row["bottom"] + 4} for row in rows], chart.mark is not None
    return _whole(
        chart,
        face,
        height,
        [
            pieces(rows, "zero", "full", "track"),
            pieces([row for row in ahead if row["begins"]], "zero", "begins", "accent", opacity=0.3),
            pieces(ahead, "begins", "value", "accent"),
            pieces([row for row in behind if row["begins"]], "zero", "begins", "warn", opacity=0.3),
            pieces(behind, "begins", "value", "warn"),
            _layer(rule, over if under else [], x=across("mark"), y=_pixel("top"), y2={"field": "bottom"}),
            _text(_labels(rows), x=0),
            _text(
                [{"y": row["y"], "words": row["note"]} for row in rows if row["note"]],
                x=chart.width - chart.words_width,
                colour="dim",
                align="right",
            ),
            _text([row for row in rows if not row["is_behind"]], x=chart.width, align="right", bold=True),
            _text([row for row in rows if row["is_behind"]], x=chart.width, align="right", bold=True, colour="warn"),
            _signs([{"x": right + chart.note_width + 10, "y": row["y"]} for row in signed], "triangle-up", "warn"),
        ],
    )


def _signs(rows, shape, colour, size=60):
    mark = {"type": "point", "shape": shape, "filled": True, "color": COLOURS[colour], "opacity": 1, "size": size}
    return _layer(mark, rows, x=_pixel("x"), y=_pixel("y"))


def _bar_rows(chart):
    """(rows with the places of their bars and words, height of all)."""
    rows, top = [], 0
    for bar in chart.bars:
        label = _wrapped(bar.label, chart.label_width - 8, chart.most_lines)
        height = 9 + LINE * (label.count("\n") + 1)
        middle = top + height / 2
        rows.append(
            {
                "zero": 0,
                "full": chart.full or 1,
                "begins": bar.begins,
                "value": bar.value,
                "mark": chart.mark,
                "is_behind": bar.is_behind,
                "top": middle - 5,
                "bottom": middle + 5,
                "y": middle,
                "label": label,
                "note": bar.note,
                "words": bar.words,
            }
        )
        top += height
    return rows, top


# Lines

SHAPES = ("circle", "square", "triangle-up", "diamond")
DASHES = ((), (6, 3), (2, 2), (8, 3, 2, 3))
SERIES_COLOURS = ("accent", "ink", "warn", "done")


@_spec.register
def _lines(chart: LineChart, face):
    place = _Places(chart)
    low = [{"x": place.across(label), "y": chart.height - 9, "words": label} for label in place.labels]
    rules = [{"x": place.left - 12, "right": place.right + 12, "y": place.up(value)} for value, _words in chart.ticks]
    scale = [{"y": place.up(value), "words": words} for value, words in chart.ticks]
    layers = [
        _layer({"type": "rule", "color": COLOURS["line"]}, rules, x=_pixel("x"), x2={"field": "right"}, y=_pixel("y")),
        _text(scale, x=0, colour="dim", size=12),
        _text(low, x=None, colour="dim", align="center", size=12),
        *_target(chart, place),
    ]
    for number, series in enumerate(chart.series):
        layers += _line(series, place, number)
    layers += _names(chart, place) if len(chart.series) > 1 else _values(chart, place)
    return _whole(chart, face, chart.height, layers)


class _Places:
    """Labels and values of a line chart to distances."""

    def __init__(self, chart):
        self.labels = list(dict.fromkeys(point.label for series in chart.series for point in series.points))
        self.left, self.right = 64, chart.width - (96 if len(chart.series) > 1 else 34)
        self.bottom, self.top = chart.height - 30, 26 + (18 if chart.target else 0)
        self.lowest, self.highest = chart.ticks[0][0], chart.ticks[-1][0]

    def across(self, label):
        steps = len(self.labels) - 1
        if not steps:
            return (self.left + self.right) / 2
        return self.left + (self.right - self.left) * self.labels.index(label) / steps

    def up(self, value):
        share = float(value - self.lowest) / float(self.highest - self.lowest)
        return self.bottom - (self.bottom - self.top) * min(max(share, 0), 1)


def _target(chart, place):
    """A dashed rule, explained at the top, where no value stands in its way."""
    if chart.target is None:
        return []
    value, words = chart.target
    rule = {"type": "rule", "color": COLOURS["ink"], "strokeDash": [4, 3]}
    rules = [
        {"x": place.left - 12, "right": place.right + 12, "y": place.up(value)},
        {"x": place.left - 12, "right": place.left + 16, "y": 8},
    ]
    return [
        _layer(rule, rules, x=_pixel("x"), x2={"field": "right"}, y=_pixel("y")),
        _text([{"y": 8, "words": words}], x=place.left + 24, size=12),
    ]


def _line(series, place, number):
    """The line of a series with its signs, broken where nothing was counted."""
    colour = SERIES_COLOURS[number]
    points = [
        {"x": place.across(point.label), "y": place.up(point.value), "words": point.words}
        if point.value is not None
        else None
        for point in series.points
    ]
    mark = {"type": "line", "color": COLOURS[colour], "strokeWidth": 2, "strokeDash": list(DASHES[number])}
    stretches = [list(stretch) for counted, stretch in groupby(points, bool) if counted]
    return [
        *(_layer(mark, stretch, x=_pixel("x"), y=_pixel("y")) for stretch in stretches if len(stretch) > 1),
        _signs([point for point in points if point], SHAPES[number], colour, size=50),
    ]


def _values(chart, place):
    """What a single line says over its points, or under one where the rule of the target runs."""
    rule = place.up(chart.target[0]) if chart.target else -LINE
    rows = []
    for point in chart.series[0].points:
        if point.value is not None:
            y = place.up(point.value)
            over = y - 13
            words = {"x": place.across(point.label), "words": point.words}
            rows.append(words | {"y": y + 15 if abs(over - rule) < 9 else over})
    return [_text(rows, x=None, align="center", bold=True)]


def _names(chart, place):
    """The name of each of several lines at its end, none over another."""
    ends = []
    for number, series in enumerate(chart.series):
        counted = [point for point in series.points if point.value is not None]
        if counted:
            ends.append((place.up(counted[-1].value), number, series.name))
    layers, free = [], 0
    for y, number, name in sorted(ends):
        free = max(y, free)
        row = {"x": place.right + 8, "y": free, "words": name}
        layers.append(_text([row], x=None, colour=SERIES_COLOURS[number], bold=True, size=12))
        free += 15
    return layers


# Time


@_spec.register
def _gantt(chart: GanttChart, face):
    head = 24
    rows, height = _gantt_rows(chart, head)
    left, right = chart.label_width, chart.width - chart.words_width
    days = (chart.last - chart.first).days + 1

    def at(day, after=0):
        inside = min(max(day, chart.first), chart.last)
        return left + (right - left) * ((inside - chart.first).days + after) / days

    columns = [{"x": at(day), "y": 0, "bottom": height} for day, _words in chart.columns]
    heads = [{"x": at(day) + 4, "y": 10, "words": words} for day, words in chart.columns]
    thin = {"type": "rule", "color": COLOURS["line"]}
    layers = [
        _layer(thin, columns, x=_pixel("x"), y=_pixel("y"), y2={"field": "bottom"}),
        _text(heads, x=None, colour="dim", size=12),
        _layer(
            thin,
            [{"x": 0, "right": chart.width, "y": row["top"]} for row in rows],
            x=_pixel("x"),
            x2={"field": "right"},
            y=_pixel("y"),
        ),
        _text(_labels(row for row in rows if not row["is_heading"]), x=0),
        _text(_labels(row for row in rows if row["is_heading"]), x=0, bold=True),
    ]
    for kind in PIECES:
        layers.append(_pieces(kind, zip(rows, chart.rows, strict=True), at))
    layers += _today(chart, at, height)
    for is_bad, colour in ((False, "dim"), (True, "bad")):
        words = [row for row in rows if row["words"] and row["is_bad"] == is_bad]
        layers.append(_text(words, x=right + 10, colour=colour, bold=is_bad, size=12))
    return _whole(chart, face, height + (20 if chart.today else 0), layers)


# How each kind of piece looks: half its height, fill, stroke, dash.
PIECES = {
    PLANNED: (7, "track", "edge", ()),
    RUNNING: (3, "accent", "accent", ()),
    FINISHED: (6, "done", "done", ()),
    LATE: (6, "paper", "bad", (3, 2)),
}


def _pieces(kind, rows, at):
    half, fill, stroke, dash = PIECES[kind]
    mark = {
        "type": "rect",
        "fill": COLOURS[fill],
        "stroke": COLOURS[stroke],
        "strokeWidth": 1,
        "strokeDash": list(dash),
    }
    drawn = [
        {"x": at(piece.starts_on), "right": at(piece.ends_on, 1), "top": row["y"] - half, "bottom": row["y"] + half}
        for row, asked in rows
        for piece in asked.pieces
        if piece.kind == kind
    ]
    return _layer(mark, drawn, x=_pixel("x"), x2={"field": "right"}, y=_pixel("top"), y2={"field": "bottom"})


def _today(chart, at, height):
    if chart.today is None or not chart.first <= chart.today[0] <= chart.last:
        return []
    x = at(chart.today[0])
    rule = {"type": "rule", "color": COLOURS["ink"], "strokeWidth": 1.5}
    row = {"x": x, "y": 18, "bottom": height}
    return [
        _layer(rule, [row], x=_pixel("x"), y=_pixel("y"), y2={"field": "bottom"}),
        _text([{"x": x, "y": height + 10, "words": chart.today[1]}], x=None, align="center", bold=True, size=12),
    ]


def _gantt_rows(chart, top):
    """(rows with their places, height of all)."""
    rows = []
    for row in chart.rows:
        label = _wrapped(row.label, chart.label_width - 12)
        height = 10 + LINE * (label.count("\n") + 1)
        rows.append(
            {
                "top": top,
                "y": top + height / 2,
                "label": label,
                "words": row.words,
                "is_bad": row.is_bad,
                "is_heading": row.is_heading,
            }
        )
        top += height
    return rows, top
