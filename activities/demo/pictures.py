"""Files to prove something with: drawn, so that the repository holds none."""

import io

from PIL import Image, ImageDraw, ImageFont

from agencies.assets import packed_file


def draw_photo(caption, place, extension):
    """A drawn "photo", 640 by 400: a hall with its banner, and rows of people. Returns its bytes."""
    image = Image.linear_gradient("L").resize((640, 400))
    image = Image.composite(Image.new("RGB", image.size, "#8fa9b8"), Image.new("RGB", image.size, "#f2ead8"), image)
    pen = ImageDraw.Draw(image)
    pen.rectangle((60, 50, 580, 150), fill="#a3262a")
    pen.text((320, 85), caption, font=_font(21), fill="#ffe9a8", anchor="mm")
    pen.text((320, 122), place, font=_font(15), fill="white", anchor="mm")
    for place_in_hall in range(27):
        row, seat = divmod(place_in_hall, 9)
        x, y, size = 55 + seat * 66 + row % 2 * 20, 230 + row * 62, 15 + row * 3
        pen.ellipse((x - size, y - size, x + size, y + size), fill=("#4b3a31", "#2f2a28", "#5a4a40")[place_in_hall % 3])
        pen.rounded_rectangle(
            (x - size * 2, y + size, x + size * 2, y + 120), 18, fill=("#2c4159", "#37506b", "#456181")[row]
        )
    return _bytes_of(image, {"jpg": "JPEG", "png": "PNG"}[extension])


def draw_page(caption, place, _extension):
    """A scanned page with a heading and grey lines for its text. Returns the bytes of a PDF."""
    image = Image.new("L", (620, 877), 250)
    pen = ImageDraw.Draw(image)
    pen.text((310, 90), place, font=_font(17), fill=40, anchor="mm")
    pen.text((310, 140), caption, font=_font(20), fill=20, anchor="mm")
    for row in range(22):
        pen.rectangle((70, 210 + row * 26, 550 - row * 37 % 120, 216 + row * 26), fill=190)
    return _bytes_of(image, "PDF")


def _font(size):
    return ImageFont.truetype(packed_file("fontpkg-be-vietnam-pro", "BeVietnamPro-SemiBold.ttf"), size)


def _bytes_of(image, kind):
    stream = io.BytesIO()
    undated = {"creationDate": None, "modDate": None} if kind == "PDF" else {}  # the same bytes at any time
    image.save(stream, kind, **undated)
    return stream.getvalue()
