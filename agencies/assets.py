"""The font files of the portal, made from the installed packages: the repository holds none.

Be Vietnam Pro (screen) is cut to the letters the portal writes. Its digits differ in width, so RC Figures, a companion
of the ten digits only, lines columns up. TeX Gyre Termes (reports) stays whole: a plan may quote anything.
"""

import shutil
from importlib.metadata import files
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

DIGITS = range(0x30, 0x3A)
DIGIT_WIDTH = 640  # of 1000 units to the em: room for the widest digit, so that all ten are alike
LETTERS = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x100),
    *map(ord, "ĂăĐđĨĩŨũƠơƯư"),
    *range(0x1EA0, 0x1EFA),
    *(0x300, 0x301, 0x302, 0x303, 0x306, 0x309, 0x31B, 0x323),  # marks typed apart from their letter
    *map(ord, "‐‑–—‘’‚“”„†‡•…‰′″‹›⁄₫€™−≈≠≤≥"),
]


def build_assets(folder):
    """Make in `folder`/fonts every file that is missing or older than what it is made from.

    Args:
        folder: the asset folder (settings.ASSETS_DIR); made when it does not exist.

    Returns:
        Paths written this time; an empty list when everything was there.

    Raises:
        StopIteration: a font package is installed without the expected file.
        importlib.metadata.PackageNotFoundError: a font package is not installed.
    """
    fonts = Path(folder) / "fonts"
    fonts.mkdir(parents=True, exist_ok=True)
    written = []
    for name, source, make in recipes():
        target = fonts / name
        if not is_fresh(target, source):
            unfinished = target.with_suffix(".part")
            make(source, unfinished)
            unfinished.replace(target)
            written.append(target)
    return written


def recipes():
    """What to make: file name, source file, and the function that makes one from the other."""
    for weight in ("Regular", "Medium", "SemiBold"):
        source = packed_file("fontpkg-be-vietnam-pro", f"BeVietnamPro-{weight}.ttf")
        yield f"BeVietnamPro-{weight}.woff2", source, make_screen_font
        yield f"RCFigures-{weight}.woff2", source, make_figures_font
    for style in ("regular", "bold", "italic", "bolditalic"):
        source = packed_file("rinoh-typeface-texgyretermes", f"texgyretermes-{style}.otf")
        yield f"texgyretermes-{style}.woff2", source, make_report_font
    yield "OFL-BeVietnamPro.txt", packed_file("fontpkg-be-vietnam-pro", "LICENSE"), shutil.copyfile
    licence = "GUST-FONT-LICENSE.txt"
    yield licence, packed_file("rinoh-typeface-texgyretermes", licence), shutil.copyfile


def packed_file(package, name):
    """Path of the file called `name` among those the installed `package` brought."""
    return Path(next(file for file in files(package) if file.name == name).locate())


def is_fresh(target, source):
    """Whether `target` is newer than its source and than this recipe."""
    newest = max(path.stat().st_mtime for path in (source, Path(__file__)))
    return target.exists() and target.stat().st_mtime >= newest


def make_screen_font(source, target):
    """Latin, Vietnamese and punctuation only; hinting stays, for the office's older screens."""
    font = TTFont(source)
    cut(font, LETTERS, Options())
    save(font, target)


def make_figures_font(source, target):
    """The ten digits, each centred on one width: family "RC Figures", about 1.4 kB."""
    font = TTFont(source)
    weight = font["name"].getBestSubFamilyName()
    cut(font, DIGITS, Options(layout_features=[], hinting=False, name_IDs=[0, 13, 14]))
    shapes, names = font["glyf"], font.getBestCmap()
    for digit in DIGITS:
        shape = shapes[names[digit]]
        side = round((DIGIT_WIDTH - (shape.xMax - shape.xMin)) / 2)
        shape.coordinates.translate((side - shape.xMin, 0))
        shape.recalcBounds(shapes)
        font["hmtx"][names[digit]] = (DIGIT_WIDTH, side)
    new_names = {1: "RC Figures", 2: "Regular", 4: f"RC Figures {weight}", 6: f"RCFigures-{weight}"}
    for number, text in new_names.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    save(font, target)


def make_report_font(source, target):
    save(TTFont(source), target)


def cut(font, codes, options):
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)


def save(font, target):
    font.flavor = "woff2"
    font.save(target)
