"""The product of an activity as plans write it ("60 tin, bài", "8.112 lượt phát"), read into a number and its unit.

One number at the beginning and what it counts; after a semicolon words without any number may follow ("06 lớp; tài
liệu tập huấn"). Words with no number, or with several, stay words: which of them is the target is never guessed.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _, gettext_lazy

from agencies.templatetags.look import number_vi
from agencies.vietnamese import fold, nfc

from .models import Activity

LONGEST_UNIT = Activity._meta.get_field("target_unit").max_length
LARGEST = 10**15
NUMBER = re.compile(r"(?P<number>\d{1,3}(?:\.\d{3})+|\d{1,16})\s*(?P<unit>[^\W\d_](?:[^\d;]*[^\d;\s.,:])?)\s*[.,:]?")
IN_WORDS = re.compile(r"(mot(?! (so|cua)\b)|hai|ba|bon|sau|bay|tam|chin|muoi)\b")  # nam is also a year

WRITE_DIGITS = gettext_lazy("Write the number in digits, for example 04.")


@dataclass(frozen=True)
class ProductRead:
    """What the words of a product say.

    Attributes:
        has_number: they have one number, and it is the target.
        problem: a sentence for the field, where they have a number that is not written as one.
    """

    quantity: int | None = None
    unit: str = ""
    problem: str = ""

    @property
    def has_number(self):
        return self.quantity is not None


def read_product(words):
    """`words` as a ProductRead; empty words are read as nothing."""
    text = " ".join(nfc(words or "").split())
    first, _semicolon, rest = text.partition(";")
    found = NUMBER.fullmatch(first.strip())
    if found and not re.search(r"\d", rest):
        quantity, unit = int(found["number"].replace(".", "")), found["unit"]
        if 0 < quantity <= LARGEST and len(unit) <= LONGEST_UNIT:
            return ProductRead(quantity, unit)
    if IN_WORDS.match(fold(text)):
        return ProductRead(problem=WRITE_DIGITS)
    return ProductRead()


def printed_product(activity):
    """The product as the annex shows it: the plan's words, else its target."""
    if activity.expected_product or not activity.target_quantity:
        return activity.expected_product
    return f"{number_vi(activity.target_quantity)} {activity.target_unit}".strip()


def describe_product(quantity, unit):
    """What counts as the target, in a few words; that there is none, where there is none."""
    return f"{number_vi(quantity)} {unit}".strip() if quantity else _("no number")
