"""What agencies and groups are called: found by any of their names, and given an address name of their own."""

import re
from collections import defaultdict

from django.utils.text import slugify

from .validity import is_in_force
from .vietnamese import fold

LONGEST_SLUG = 110  # leaves room for a number behind


def free_slug(name, taken):
    """An address name made of `name` that is not in `taken`."""
    base = slugify(fold(name))[:LONGEST_SLUG].strip("-") or "co-quan"
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


class Names:
    """Agencies (or groups) by what people call them; accents, case and commas aside."""

    def __init__(self, rows):
        self._by_name = defaultdict(list)
        for row in rows:
            self.add(row)

    def add(self, row):
        for name in {_form(row.name), _form(getattr(row, "short_name", "")), _form(row.slug)} - {""}:
            self._by_name[name].append(row)

    def find(self, name, day=None):
        """All that are called so; with `day`, those that exist on it where any does."""
        found = self._by_name.get(_form(name), [])
        current = [row for row in found if day and is_in_force(row, day)]
        return current or found


def _form(name):
    return " ".join(re.findall(r"\w+", fold(name)))
