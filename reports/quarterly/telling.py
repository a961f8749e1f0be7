"""How a paragraph of the narrative is made: markup with its figures filled in, and where each sentence came from."""

from dataclasses import replace

from ..wording import first_upper, point, sentence, some, unended
from .heading import kind_word
from .markup import escaped, parse, sentences
from .report import Sentence


def tell(markup, values, sources=()):
    """A paragraph that says `markup`; all its sentences came from the updates `sources`."""
    return tell_all([(markup, sources)], values)


def tell_all(pieces, values):
    """A paragraph of (markup, sources) pieces, each of which came from updates of its own."""
    [paragraph] = parse(" ".join(markup for markup, _sources in pieces), values)
    said = [Sentence(text, tuple(dict.fromkeys(sources))) for markup, sources in pieces for text in sentences(markup)]
    return replace(paragraph, sentences=tuple(said))


def tell_points(texts, values, otherwise):
    """(text, sources) pairs: one as a paragraph, several as points a), b), none as the sentence `otherwise`."""
    if not texts:
        return (tell(otherwise, values),)
    if len(texts) == 1:
        return tuple(tell(sentence(text), values, sources) for text, sources in texts)
    return tuple(
        tell(f"{point(place)} {sentence(text)}", values, sources) for place, (text, sources) in enumerate(texts)
    )


def said_once(triples):
    """What was said, once each, with everyone who said it: [(words as markup, [name], [update])]; '' is nobody's."""
    said = {}
    for name, text, update in triples:
        if words := unended(text):
            names, updates = said.setdefault(escaped(words), ([], []))
            names.append(name)
            updates.append(update)
    return [(words, list(dict.fromkeys(names)), updates) for words, (names, updates) in said.items()]


def by_whom(names, own):
    """Who said it, in brackets; in an agency's own report nobody else says anything."""
    return "" if own else f" ({escaped(some(names))})"


def subject_of(plan):
    return first_upper(kind_word(plan))
