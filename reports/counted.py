"""Numbers in words: a figure leads to the rows it counts, any other number says what it is."""

from dataclasses import dataclass
from typing import NamedTuple

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from agencies.templatetags.look import number_vi


class Rows(NamedTuple):
    """A number and the list of as many rows."""

    n: int
    url: str

    def __str__(self):
        return number_vi(self.n)

    @property
    def html(self):
        return format_html('<a href="{}" data-count="{}">{}</a>', self.url, self.n, self)


class Fact(NamedTuple):
    """A number that counts no rows; `kind` says what it is: number (of an activity), days, quantity, difference."""

    words: object
    kind: str

    def __str__(self):
        return str(self.words)

    @property
    def html(self):
        return format_html('<span data-fact="{}">{}</span>', self.kind, self)


@dataclass(frozen=True)
class Note:
    """A sentence as plain words, and with its numbers in place for a page."""

    words: str
    html: SafeString

    @classmethod
    def of(cls, sentence, **values):
        """`sentence` with `values` (Rows, Fact or words) for its %(names)s; as it is where there are none."""
        if not values:
            return cls(sentence, escape(sentence))
        marked = {name: getattr(value, "html", None) or escape(value) for name, value in values.items()}
        return cls(sentence % values, mark_safe(escape(sentence) % marked))

    def __str__(self):
        return self.words

    def __add__(self, other):
        return Note(self.words + other.words, self.html + other.html)
