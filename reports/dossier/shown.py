"""The dossier's page in words: the sentences of the screen about each criterion, in the reader's language."""

from typing import NamedTuple

from ..models import Measure
from .page import Row
from .words import HEADS, better_words, blocking_words, loss_words, measured_words, state_words


class ShownRow(NamedTuple):
    """A criterion of the list: the sign of its state ("" for none) and the words beside it."""

    row: Row
    sign: str
    words: str


class Shown(NamedTuple):
    rows: list
    losses: list
    blocking: list
    measured: str
    better: str
    head: str
    of_evidence: bool


def shown_page(page):
    """What the screen says of `page` (a DossierPage)."""
    row = page.chosen
    return Shown(
        rows=[ShownRow(each, *state_words(each)) for each in page.rows],
        losses=[loss_words(each) for each in page.losses],
        blocking=[(each.criterion.pk, blocking_words(each)) for each in page.blocking],
        measured=measured_words(row, page.day) if row and not row.is_sum else "",
        better=better_words(row) if row and not row.is_sum else "",
        head=HEADS.get(row.criterion.measure, "") if row else "",
        of_evidence=bool(row) and row.criterion.measure == Measure.EVIDENCE_THERE,
    )
