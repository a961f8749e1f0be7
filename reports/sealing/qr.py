"""The QR code on the last page of an issued report, and the address it leads to."""

import io
from functools import cache

import segno
from django.conf import settings
from django.urls import reverse


def check_url(code):
    """Where anybody asks for the document with this check code: the whole address."""
    return f"{settings.PORTAL_URL}{reverse('reports:check_code', args=[code])}"


@cache
def check_qr(url):
    """`url` as a QR code: an SVG element with a viewBox and no size, black on white with its quiet zone.

    Error correction M (15 percent): it is read from a photocopy.
    """
    drawing = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        drawing, kind="svg", border=4, xmldecl=False, svgns=True, omitsize=True, nl=False, light="#fff", dark="#000"
    )
    return drawing.getvalue().decode()


@cache
def check_qr_png(url):
    """`url` as a QR code: the bytes of a black and white PNG with its quiet zone, for paper that holds no SVG."""
    drawing = io.BytesIO()
    segno.make(url, error="m", micro=False).save(drawing, kind="png", scale=8, border=4)
    return drawing.getvalue()


@cache
def check_matrix(url):
    """`url` as the squares of a QR code, row by row, true where dark, without the quiet zone (4 squares wide)."""
    return tuple(tuple(map(bool, row)) for row in segno.make(url, error="m", micro=False).matrix)
