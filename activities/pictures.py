"""Pictures as they are kept: upright, and with nothing in them but what one sees.

Where a photograph was taken, with what and by whom (EXIF, GPS, XMP, IPTC, comments, previews), and whatever hangs
behind its end, is gone: the picture is opened and written anew. Of a moving picture the first frame is kept.
"""

import io
import re
import warnings
from threading import BoundedSemaphore

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageFile, ImageOps, JpegImagePlugin

MOST_PIXELS = 52_000_000  # a telephone's 50 megapixels, about 150 MB of memory
THUMBNAIL = 320  # px, the longer side
MOST_SCANS = 60  # of a JPEG, usually 1 or 10; each is drawn over the whole picture
AT_ONCE = BoundedSemaphore(2)  # pictures opened in this process: a large one takes up to a gigabyte
PLAIN_MODES = ("L", "RGB")
WITH_ALPHA = ("LA", "PA", "RGBA", "P")


def is_picture(content_type):
    return content_type.startswith("image/")


def clean_picture(file, name):
    """(the picture, its thumbnail as WebP), as bytes.

    Raises:
        ValidationError: it has too many pixels, or cannot be read to its end.
    """
    file.seek(0)
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint, once imported, allows half pictures for the whole process
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with AT_ONCE:
                return _clean(Image.open(file, formats=[*OPTIONS]), name)
    except Image.DecompressionBombError:
        raise _too_many_pixels(name) from None
    except ValidationError:
        raise
    except Exception as error:  # Pillow lets through whatever a damaged file leads to
        raise ValidationError(
            _("The picture “%(name)s” is damaged. Open it, save it anew and choose it again.") % {"name": name}
        ) from error


def _clean(image, name):
    if image.width * image.height > MOST_PIXELS:
        raise _too_many_pixels(name)
    kind = "JPEG" if image.format == "MPO" else image.format
    if kind == "JPEG" and scans_of(image.fp) > MOST_SCANS:
        raise ValidationError(
            _("The picture “%(name)s” is stored in too many layers. Open it, save it anew and choose it again.")
            % {"name": name}
        )
    options = OPTIONS[kind](image)
    colours = image.info.get("icc_profile")
    kept = {key: image.info[key] for key in ("transparency",) if key in image.info}
    image = ImageOps.exif_transpose(image)
    image = _in_usual_colours(image, colours)
    image.info = kept if image.mode in ("P", "L", "RGB") and kind == "PNG" else {}
    return _written(image, kind, **_fitting(image, options)), _thumbnail(image)


def _too_many_pixels(name):
    return ValidationError(
        _("The picture “%(name)s” has more than 50 million pixels. Send a smaller copy.") % {"name": name}
    )


SEGMENT = re.compile(rb"\xff([\x02-\xcf\xd9-\xfe])")  # what else follows FF is data, or has no length
START_OF_SCAN, END_OF_IMAGE = 0xDA, 0xD9


def scans_of(file):
    """How many scans draw the first picture of a JPEG file, counted to one beyond MOST_SCANS."""
    place = file.tell()
    file.seek(0)
    data = file.read()
    file.seek(place)
    scans = position = 0
    while scans <= MOST_SCANS and (found := SEGMENT.search(data, position)):
        marker, position = found[1][0], found.end()
        if marker == END_OF_IMAGE:
            break
        scans += marker == START_OF_SCAN
        position += int.from_bytes(data[position : position + 2], "big")
    return scans


def _jpeg(image):
    """The same quality as before: its own tables."""
    return {"qtables": image.quantization, "subsampling": JpegImagePlugin.get_sampling(image), "optimize": True}


def _webp(image):
    """Lossless stays lossless."""
    image.fp.seek(12)
    return {"lossless": True} if b"VP8L" in image.fp.read(64) else {"quality": 90}


OPTIONS = {"JPEG": _jpeg, "PNG": lambda image: {"optimize": False}, "WEBP": _webp}


def _in_usual_colours(image, profile):
    """As sRGB, so that it looks the same without its colour profile."""
    if image.mode == "CMYK" and not profile:
        return image.convert("RGB")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return image
    usual = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode=usual)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image.convert(usual) if image.mode == "CMYK" else image


def _fitting(image, options):
    """Tables of another number of colours than the picture now has are no use."""
    if "qtables" in options and (image.mode not in PLAIN_MODES or options["subsampling"] < 0 and image.mode != "L"):
        return {"quality": 90}
    if "qtables" in options and image.mode == "L":
        return {"qtables": options["qtables"], "optimize": True}
    return options


def _written(image, kind, **options):
    made = io.BytesIO()
    image.save(made, kind, **options)
    return made.getvalue()


def _thumbnail(image):
    small = image.convert("RGBA" if image.mode in WITH_ALPHA else "RGB")
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    small.info = {}
    return _written(small, "WEBP", quality=80)
