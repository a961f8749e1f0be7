"""What changed between two wordings, word by word."""

import re
from contextlib import contextmanager
from contextvars import ContextVar
from difflib import SequenceMatcher
from itertools import accumulate

# A word, a number, a date or a mark with the spaces before it: "từng ngành, từng" is four pieces, "60.000" is one.
PIECE = re.compile(r"\s*(?:\d+(?:[.,/]\d+)+(?!\w)|\w+|[^\w\s])|\s+$")
MOST_PIECES = 3000  # beyond it the comparison would take seconds; such texts are shown one after the other
MOST_STEPS = 1_000_000  # of one comparison, about a tenth of a second; words that repeat without end take far more
MOST_STEPS_OF_A_PAGE = 5_000_000


class Effort:
    """How many steps comparing may still take."""

    def __init__(self, steps=MOST_STEPS_OF_A_PAGE):
        self.left = steps

    def spend(self, steps):
        if steps > self.left:
            raise TooLong
        self.left -= steps


class TooLong(Exception):
    """The comparison has used up its steps."""


PAGE = ContextVar("page", default=None)


@contextmanager
def one_page(effort=None):
    """All that is compared within shares one Effort: `@one_page()` on what makes a page of many comparisons."""
    token = PAGE.set(effort or Effort())
    try:
        yield PAGE.get()
    finally:
        PAGE.reset(token)


class _Matcher(SequenceMatcher):
    """Counts its steps before it takes them: each place of the one text with all its places in the other."""

    def __init__(self, old, new):
        super().__init__(None, old, new, autojunk=False)
        self.efforts = [Effort(MOST_STEPS), *filter(None, [PAGE.get()])]
        self.weights = [0, *accumulate(1 + len(self.b2j.get(piece, ())) for piece in old)]

    def find_longest_match(self, alo=0, ahi=None, blo=0, bhi=None):
        for effort in self.efforts:
            effort.spend(self.weights[ahi] - self.weights[alo])
        return super().find_longest_match(alo, ahi, blo, bhi)


def word_diff(before, after):
    """The way from `before` to `after` as [(op, text)], op one of "same", "del", "ins".

    What is the same reads as in `after`; `before` is same and del together, spaces aside. A lone mark between two
    changed stretches belongs to the change: people read phrases, not crumbs. Texts that would take too long to
    compare, by themselves or all together on `one_page`, are shown one after the other.
    """
    if before == after:
        return _joined([("same", after)])
    old, new = PIECE.findall(before), PIECE.findall(after)
    whole = [("del", before), ("ins", after)]
    if len(old) + len(new) > MOST_PIECES:
        return _joined(whole)
    try:
        return _joined(_without_crumbs(_opcodes(old, new), old, new))
    except TooLong:
        return _joined(whole)


def _opcodes(old, new):
    return _Matcher([piece.strip() for piece in old], [piece.strip() for piece in new]).get_opcodes()


def _without_crumbs(opcodes, old, new):
    """(op, text) of each stretch; what is alike but says nothing between two changes is changed with them."""
    for place, (op, i1, i2, j1, j2) in enumerate(opcodes):
        was, now = "".join(old[i1:i2]), "".join(new[j1:j2])
        inside = 0 < place < len(opcodes) - 1
        if op == "equal" and not (inside and not re.search(r"\w", now)):
            if was[:1].isspace() and not now[:1].isspace():
                yield "del", " "  # the words gone before it stood apart from it
            yield "same", now
        else:
            yield "del", was
            yield "ins", now


def _joined(steps):
    """Neighbouring changes as one "del" and one "ins", and no empty texts."""
    joined, gone, come = [], "", ""
    for op, text in [*steps, ("same", "")]:
        if op == "del":
            gone += text
        elif op == "ins":
            come += text
        else:
            if come[:1].isspace() and joined:  # the space before what changed is no change
                joined[-1] = ("same", joined[-1][1] + " ")
                gone, come = gone.lstrip(), come[1:]
            joined += [("del", gone), ("ins", come), ("same", text)]
            gone = come = ""
    return [(op, text) for op, text in joined if text]
