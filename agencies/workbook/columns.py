"""What a column of a workbook is: its heading in every language, and what stands below it."""

import re
from dataclasses import dataclass
from enum import Enum

from django.conf import settings
from django.utils.translation import override

from ..vietnamese import fold


class Kind(Enum):
    TEXT = "text"
    WHOLE = "whole number"
    PERCENT = "percent with one decimal"
    DATE = "date"


@dataclass(frozen=True)
class Column:
    """A column, the same for writing and reading.

    Args:
        heading: lazily translated; a workbook is read by it in any of the site's languages.
        width: in characters; 0 is as wide as the contents ask for.
        also: other words people write over such a column ("TT", "STT").
        is_required: a workbook without this column cannot be read.
    """

    key: str
    heading: str
    kind: Kind = Kind.TEXT
    width: int = 0
    also: tuple = ()
    is_required: bool = False

    def forms(self):
        """Every heading that means this column, as `heading_form` writes it."""
        forms = {heading_form(words) for words in self.also}
        for language, _name in settings.LANGUAGES:
            with override(language):
                forms.add(heading_form(str(self.heading)))
        return forms


def heading_form(words):
    """Letters and digits alone, no accents, nothing in brackets: "CƠ QUAN CHỦ TRÌ (*)" is the column too."""
    return " ".join(re.sub(r"\([^)]*\)|[^a-z0-9]", " ", fold(words)).split())
