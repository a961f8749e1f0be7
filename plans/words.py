"""What changed between two wordings, word by word."""

import re
from difflib import SequenceMatcher

# A word, a number, a date or a mark with the spaces before it: "từng ngành, từng" is four pieces, "60.000" is one.
PIECE = re.compile(r"\s*(?:\d+(?:[.,/]\d+)+(?!\w)|\w+|[^\w\s])|\s+$")
MOST_PIECES = 3000  # beyond it the comparison would take seconds; such texts are shown one after the other


def word_diff(before, after):
    """The way from `before` to `after` as [(op, text)], op one of "same", "del", "ins".

    What is the same reads as in `after`; `before` is same and del together, spaces aside. A lone mark between two
    changed stretches belongs to the change: people read phrases, not crumbs.
    """
    old, new = PIECE.findall(before), PIECE.findall(after)
    if len(old) + len(new) > MOST_PIECES:
        return _joined([("same", after)] if before == after else [("del", before), ("ins", after)])
    matcher = SequenceMatcher(None, [piece.strip() for piece in old], [piece.strip() for piece in new], autojunk=False)
    return _joined(_without_crumbs(matcher.get_opcodes(), old, new))


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
