"""Annexes joined to a document that WeasyPrint has set: their pages, structure and bookmarks behind its own."""

from itertools import chain

import pydyf

from ..typesetting import BOLD, ITALIC
from .check import set_check
from .drawing import Pen
from .lines import Breaker
from .sheet import INDENT, LANDSCAPE, Sheet
from .tables import CENTRED, set_table


def add_annexes(pdf, annexes, reference, *, faces, plain, check=None, step=None):
    """Draw `annexes` (Annex) into a tagged pydyf.PDF that is about to be written.

    Args:
        reference: the line under the title of each.
        faces: Face of upright, bold and italic.
        plain: text -> what the faces can draw of it.
        check: (check code, address where it is asked for), printed on the last page.
        step: called with how many rows are drawn, now and then.
    """
    root = _object(pdf, pdf.catalog["StructTreeRoot"])
    document, keys = _object(pdf, root["K"][0]), _object(pdf, root["ParentTree"])["Nums"]
    pen = Pen(pdf, faces, LANDSCAPE, structure=document, first_key=max(keys[::2], default=-1) + 1)
    sheet = Sheet(pen, Breaker(), plain)
    for annex, rows in zip(annexes, _counted(annexes, step), strict=True):
        _set_annex(sheet, annex, rows, reference)
    if check:
        set_check(sheet, *check)
    pen.close()
    for page in pen.pages:
        pdf.pages["Kids"] += [page.number, 0, "R"]
    pdf.pages["Count"] += len(pen.pages)
    document["K"] += pen.top_elements
    keys += chain.from_iterable(sorted(pen.parents.items()))
    if "Outlines" in pdf.catalog:
        _add_bookmarks(pdf, _object(pdf, pdf.catalog["Outlines"]), pen.bookmarks)


def _counted(annexes, step):
    """The rows of each annex; `step` hears how many have been taken in all."""
    done = 0

    def counted(rows):
        nonlocal done
        for row in rows:
            yield row
            done += 1
            if step:
                step(done)

    return (counted(annex.rows) for annex in annexes)


def _set_annex(sheet, annex, rows, reference):
    sheet.first_page()
    sheet.pen.bookmark(f"{annex.name}. {annex.title}", sheet.y)
    sheet.paragraph(b"H1", annex.name, BOLD, align=CENTRED)
    sheet.paragraph(b"P", annex.title, BOLD, align=CENTRED)
    sheet.y += 2
    sheet.paragraph(b"P", reference, ITALIC, align=CENTRED)
    sheet.y += 10
    if annex.rows:
        set_table(sheet, annex.columns, rows)
    else:
        sheet.paragraph(b"P", annex.empty, indent=INDENT)


def _object(pdf, reference):
    return pdf.objects[int(reference.split()[0])]


def _add_bookmarks(pdf, root, bookmarks):
    """Bookmarks (title, page, height) at the first level, behind those that are there."""
    last = _object(pdf, root["Last"])
    for title, page, height in bookmarks:
        destination = pydyf.Array((page, "/XYZ", 0, height, 0))
        bookmark = pydyf.Dictionary(
            {"Title": pydyf.String(title), "Dest": destination, "Parent": root.reference, "Prev": last.reference}
        )
        pdf.add_object(bookmark)
        last["Next"] = bookmark.reference
        last = bookmark
    root["Last"] = last.reference
    root["Count"] += len(bookmarks)
