"""A word that does not end: set in the time of any other text, all of it, and with nothing in it that nobody typed."""

import time
from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from reports.forms import LONGEST
from reports.pdf import LONG_WORD, MAY_END, breakable, quarterly_pdf
from reports.quarterly.report import Paragraph, Run
from reports.quarterly.stored import to_json

from .factories import make_report

WORD = ("tuyêntruyền" * 4000)[:LONGEST]


def saying(*runs):
    """A report whose first part ends in one paragraph of `runs` (words, bold)."""
    said = tuple(Run(words, bold=bold) for words, bold in runs)
    report = make_report()
    first, *others = report.sections
    paragraph = Paragraph("".join(run.text for run in said), runs=said)
    return replace(report, sections=(replace(first, paragraphs=(*first.paragraphs, paragraph)), *others))


def letters_of(pdf):
    """What a PDF says, without spaces and digits: the numbers of pages stand between."""
    words = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    return "".join(char for char in words if not char.isspace() and not char.isdigit())


@pytest.mark.parametrize(
    "runs",
    [[(WORD, False)], [(WORD[start : start + 8], start % 16 == 0) for start in range(0, LONGEST, 8)]],
    ids=["one", "of many faces"],
)
def test_it_is_set_whole_and_soon(runs):
    """Without the marks fifteen seconds of an idle core for the one, over a minute for the other; with them two."""
    report = saying(*runs)
    quarterly_pdf(make_report())  # what the first of all takes is not counted
    before = to_json(report)
    began = time.process_time()

    pdf = quarterly_pdf(report)

    assert time.process_time() - began < 8
    assert WORD in letters_of(pdf)
    assert MAY_END not in letters_of(pdf)
    assert to_json(report) == before and MAY_END.encode() not in before


def test_only_words_that_are_long_beyond_measure_are_marked():
    address = "https://" + "a" * (LONG_WORD - 10)
    page = f"<p class='{'x' * 900}'>{address} {'b' * 900}</p>"

    marked = breakable(page)

    assert marked.replace(MAY_END, "") == page
    assert f"{address} " in marked and "x" * 900 in marked
    assert marked.count(MAY_END) == 90


def test_no_mark_parts_an_entity_or_a_letter_from_its_accent():
    page = "<p>" + "&amp;" * 500 + "</p><p>" + "a\u0323" * 500 + "</p>"

    pieces = breakable(page).split(MAY_END)

    assert len(pieces) == 101
    assert not any(piece.startswith(("amp", "mp", "p;", ";", "\u0323")) for piece in pieces)
    assert not any(piece.endswith(("&", "&a", "&am", "&amp")) for piece in pieces)
