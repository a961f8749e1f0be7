"""The signs of the states as operators of a PDF, from the one file that draws them."""

from functools import cache
from typing import NamedTuple
from xml.etree import ElementTree

from django.contrib.staticfiles import finders
from fontTools.pens.basePen import BasePen
from fontTools.svgLib.path import parse_path

SVG = "{http://www.w3.org/2000/svg}"
CAPS = {"butt": 0, "round": 1, "square": 2}
JOINS = {"miter": 0, "round": 1, "bevel": 2}


class Sign(NamedTuple):
    """`operators` draw in a square of `side`, y downwards."""

    side: float
    operators: bytes


class Operators(BasePen):
    """A pen that writes the path down as operators."""

    def __init__(self):
        super().__init__(None)
        self.written = []

    def _moveTo(self, point):  # noqa: N802  named by fontTools, as those below
        self.written.append("{:.3f} {:.3f} m".format(*point))

    def _lineTo(self, point):  # noqa: N802
        self.written.append("{:.3f} {:.3f} l".format(*point))

    def _curveToOne(self, first, second, point):  # noqa: N802
        self.written.append("{:.3f} {:.3f} {:.3f} {:.3f} {:.3f} {:.3f} c".format(*first, *second, *point))

    def _closePath(self):  # noqa: N802
        self.written.append("h")

    def _endPath(self):  # noqa: N802
        pass


@cache
def sign_shapes():
    """{name of a state: Sign}."""
    symbols = ElementTree.parse(finders.find("signs.svg")).iter(f"{SVG}symbol")
    return {symbol.get("id").removeprefix("s-"): _sign(symbol) for symbol in symbols}


def _sign(symbol):
    side = float(symbol.get("viewBox").split()[2])
    return Sign(side, "\n".join(_shape(shape) for shape in symbol).encode())


def _shape(shape):
    pen = Operators()
    parse_path(shape.get("d") or _round(*(float(shape.get(name)) for name in ("cx", "cy", "r"))), pen)
    style = []
    if shape.get("stroke"):
        cap, join = CAPS[shape.get("stroke-linecap", "butt")], JOINS[shape.get("stroke-linejoin", "miter")]
        style.append(f"{shape.get('stroke-width', '1')} w {cap} J {join} j")
    return " ".join([*style, *pen.written, "S" if shape.get("stroke") else "f"])


def _round(x, y, radius):
    """A circle as a path."""
    half = f"a{radius} {radius} 0 1 0"
    return f"M{x - radius} {y}{half} {2 * radius} 0{half} {-2 * radius} 0z"
