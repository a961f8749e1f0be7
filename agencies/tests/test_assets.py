import os
import unicodedata

import pytest
from fontTools.ttLib import TTFont

from agencies.assets import DIGIT_WIDTH, DIGITS, build_assets

WEIGHTS = ["Regular", "Medium", "SemiBold"]
VIETNAMESE = {
    unicodedata.normalize("NFC", vowel + tone)
    for vowel in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
    for tone in ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
} | set("đĐ₫–…“”")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("assets")
    return folder, build_assets(folder)


def test_all_files_are_made(built):
    folder, written = built

    assert {path.name for path in written} == {
        *(f"BeVietnamPro-{weight}.woff2" for weight in WEIGHTS),
        *(f"RCFigures-{weight}.woff2" for weight in WEIGHTS),
        *(f"texgyretermes-{style}.woff2" for style in ("regular", "bold", "italic", "bolditalic")),
        "OFL-BeVietnamPro.txt",
        "GUST-FONT-LICENSE.txt",
    }
    assert sorted((folder / "fonts").iterdir()) == sorted(written)


def test_second_run_makes_nothing(built):
    folder, _ = built

    assert build_assets(folder) == []


def test_older_file_is_made_again(built):
    folder, _ = built
    figures = folder / "fonts" / "RCFigures-Regular.woff2"
    os.utime(figures, (0, 0))

    assert build_assets(folder) == [figures]


@pytest.mark.parametrize(
    "name", [*(f"BeVietnamPro-{weight}" for weight in WEIGHTS), "texgyretermes-regular", "texgyretermes-bolditalic"]
)
def test_vietnamese_is_complete(built, name):
    font = TTFont(built[0] / "fonts" / f"{name}.woff2")

    assert {char for char in VIETNAMESE if ord(char) not in font.getBestCmap()} == set()


@pytest.mark.parametrize("weight", WEIGHTS)
def test_figures_are_ten_digits_of_one_width(built, weight):
    font = TTFont(built[0] / "fonts" / f"RCFigures-{weight}.woff2")
    names = font.getBestCmap()

    assert set(names) == set(DIGITS)
    assert {font["hmtx"][name][0] for name in names.values()} == {DIGIT_WIDTH}
    assert font["name"].getDebugName(4) == f"RC Figures {weight}"
