"""A face of a font: how wide its letters are, how close pairs of them stand, and the part of it a PDF carries."""

from functools import cache, lru_cache
from io import BytesIO

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

EXTENSION = 9  # a lookup that holds another one
UNUSED = {"GSUB", "GPOS", "GDEF", "BASE", "JSTF", "kern", "DSIG", "FFTM", "LTSH", "PCLT"}  # by a PDF


@cache
def face(file, name):
    """The Face of a font file, called `name` in a PDF; read once."""
    return Face(file, name)


class Face:
    """`file`'s letters. Lengths are in thousandths of the size."""

    def __init__(self, file, name):
        self.file, self.name = file, name
        with TTFont(file) as font:
            self.scale = 1000 / font["head"].unitsPerEm
            self.glyphs = {chr(code): name for code, name in font.getBestCmap().items()}
            self.numbers = {char: font.getGlyphID(name) for char, name in self.glyphs.items()}
            self.advances = {char: font["hmtx"][name][0] * self.scale for char, name in self.glyphs.items()}
            self.ascent, self.descent = font["hhea"].ascent * self.scale, -font["hhea"].descent * self.scale
            self.box = [round(getattr(font["head"], edge) * self.scale) for edge in ("xMin", "yMin", "xMax", "yMax")]
            self.is_opentype = font.sfntVersion == "OTTO"
            self.angle = font["post"].italicAngle
            self.lookups = list(_pair_lookups(font))
        self.known_pairs = {}

    def length(self, text):
        """How long `text` is on one line."""
        total = sum(self.advances.get(char, 0) for char in text)
        return total + sum(map(self.kern, text, text[1:]))

    def kern(self, left, right):
        """How much closer (below zero) or wider apart two letters stand than their widths say."""
        pair = left + right
        if pair not in self.known_pairs:
            names = self.glyphs.get(left), self.glyphs.get(right)
            self.known_pairs[pair] = sum(_kern(lookup, *names) for lookup in self.lookups) * self.scale
        return self.known_pairs[pair]


@lru_cache(maxsize=32)
def subset(file, glyphs):
    """The bytes of a font file with nothing but `glyphs` (a frozenset of numbers), which keep their numbers."""
    options = Options(retain_gids=True, hinting=False, notdef_outline=True, layout_features=[], name_IDs=[])
    # The same glyphs are the same bytes on whatever day they are cut out.
    with TTFont(file, recalcTimestamp=False, lazy=True) as font:
        for table in {*font.keys()} & UNUSED:
            del font[table]
        cutter = Subsetter(options)
        cutter.populate(gids=sorted(glyphs))
        cutter.subset(font)
        part = BytesIO()
        font.save(part)
    return part.getvalue()


def _pair_lookups(font):
    """The lookups of pairs of the kerning feature, each the list of its subtables."""
    if "GPOS" not in font:
        return
    table = font["GPOS"].table
    features = [record.Feature for record in table.FeatureList.FeatureRecord if record.FeatureTag == "kern"]
    for place in sorted({place for feature in features for place in feature.LookupListIndex}):
        tables = table.LookupList.Lookup[place].SubTable
        tables = [each.ExtSubTable if each.LookupType == EXTENSION else each for each in tables]
        yield [Pairs(each) for each in tables if each.LookupType == 2]


class Pairs:
    """A subtable of pairs, as dictionaries: by glyph (format 1) or by class of glyphs (format 2)."""

    def __init__(self, table):
        self.covered = frozenset(table.Coverage.glyphs)
        self.by_glyph = {}
        if table.Format == 1:
            for first, pairs in zip(table.Coverage.glyphs, table.PairSet, strict=True):
                for pair in pairs.PairValueRecord:
                    self.by_glyph[first, pair.SecondGlyph] = _advance(pair.Value1)
        else:
            self.first, self.second = table.ClassDef1.classDefs, table.ClassDef2.classDefs
            self.by_class = [[_advance(record.Value1) for record in row.Class2Record] for row in table.Class1Record]
        self.is_by_glyph = table.Format == 1

    def of(self, left, right):
        """The kerning of a pair, None where this table has nothing to say of it."""
        if left not in self.covered:
            return None
        if self.is_by_glyph:
            return self.by_glyph.get((left, right))
        return self.by_class[self.first.get(left, 0)][self.second.get(right, 0)]


def _advance(value):
    return getattr(value, "XAdvance", 0) or 0


def _kern(lookup, left, right):
    """The first table of a lookup that knows the pair decides."""
    found = (table.of(left, right) for table in lookup)
    return next((kern for kern in found if kern is not None), 0)
