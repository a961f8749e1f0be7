"""A face as an object of a PDF: the glyphs that were used, their widths, and which letters they stand for."""

from hashlib import sha256

import pydyf

from .faces import subset

SYMBOLIC, ITALIC = 4, 64  # flags: letters by their glyphs' numbers; slanted
UNICODE_HEAD = (
    "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
    "/CIDSystemInfo <</Registry (Adobe)/Ordering (UCS)/Supplement 0>> def\n"
    "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
    "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
)
UNICODE_FOOT = "endcmap CMapName currentdict /CMap defineresource pop end end"
AT_ONCE = 100  # letters in a block of the map, as its format asks


def embed(pdf, face, used):
    """Add `face` to a pydyf.PDF with what was `used` of it, {number of a glyph: its letter}; returns its object."""
    used = dict(sorted(used.items()))
    name = f"/{_mark(face, used)}+{face.name}"
    unicode = _added(pdf, pydyf.Stream([_to_unicode(used)], compress=True))
    return _added(
        pdf,
        pydyf.Dictionary(
            {
                "Type": "/Font",
                "Subtype": "/Type0",
                "BaseFont": name,
                "Encoding": "/Identity-H",
                "DescendantFonts": pydyf.Array([_by_glyphs(pdf, face, used, name).reference]),
                "ToUnicode": unicode.reference,
            }
        ),
    )


def _added(pdf, item):
    pdf.add_object(item)
    return item


def _by_glyphs(pdf, face, used, name):
    identity = {"Registry": pydyf.String("Adobe"), "Ordering": pydyf.String("Identity"), "Supplement": 0}
    font = {
        "Type": "/Font",
        "Subtype": "/CIDFontType0" if face.is_opentype else "/CIDFontType2",
        "BaseFont": name,
        "CIDSystemInfo": pydyf.Dictionary(identity),
        "FontDescriptor": _descriptor(pdf, face, used, name).reference,
        "DW": 0,
        "W": pydyf.Array(
            item for number, char in used.items() for item in (number, f"[{face.advances.get(char, 0):g}]")
        ),
    }
    if not face.is_opentype:
        font["CIDToGIDMap"] = "/Identity"
    return _added(pdf, pydyf.Dictionary(font))


def _descriptor(pdf, face, used, name):
    data = subset(face.file, frozenset(used))
    extra = pydyf.Dictionary({"Subtype": "/OpenType"} if face.is_opentype else {"Length1": len(data)})
    file = _added(pdf, pydyf.Stream([data], extra, compress=True))
    return _added(
        pdf,
        pydyf.Dictionary(
            {
                "Type": "/FontDescriptor",
                "FontName": name,
                "Flags": SYMBOLIC | (ITALIC if face.angle else 0),
                "FontBBox": pydyf.Array(face.box),
                "ItalicAngle": round(face.angle),
                "Ascent": round(face.ascent),
                "Descent": -round(face.descent),
                "CapHeight": round(face.ascent),
                "StemV": 80,
                "FontFile3" if face.is_opentype else "FontFile2": file.reference,
            }
        ),
    )


def _mark(face, used):
    """Six capitals for this part of this face: two parts of one face in a file must not bear one name."""
    digest = sha256(f"{face.name}{list(used)}".encode()).digest()
    return "".join(chr(65 + byte % 26) for byte in digest[:6])


def _to_unicode(used):
    """Which letter each glyph is, for whoever copies or searches."""
    lines = [f"<{number:04x}> <{char.encode('utf-16-be').hex()}>" for number, char in used.items()]
    blocks = [lines[start : start + AT_ONCE] for start in range(0, len(lines), AT_ONCE)]
    written = "".join(f"{len(block)} beginbfchar\n{chr(10).join(block)}\nendbfchar\n" for block in blocks)
    return f"{UNICODE_HEAD}{written}{UNICODE_FOOT}".encode()
