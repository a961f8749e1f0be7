"""A locality's agencies as people picture them: under whom they stand, and by kind."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from .models import Agency, AgencyKind

HEADINGS = {
    AgencyKind.PEOPLES_COMMITTEE: _("People's Committees"),
    AgencyKind.PC_OFFICE: _("Offices of the People's Committee"),
    AgencyKind.DEPARTMENT: _("Departments and boards"),
    AgencyKind.COMMUNE_COMMITTEE: _("Commune-level People's Committees"),
    AgencyKind.PUBLIC_SERVICE_UNIT: _("Public service units"),
    AgencyKind.PRESS: _("Press and broadcasters"),
    AgencyKind.PARTY_BODY: _("Party bodies"),
    AgencyKind.MASS_ORGANISATION: _("Front and mass organisations"),
    AgencyKind.ENTERPRISE: _("Enterprises"),
}
# Communes are many and of two kinds: their own word tells them apart.
COMMUNE_WORDS = {
    "phường": _("Wards"),
    "xã": _("Communes"),
    "thị trấn": _("Towns"),
    "đặc khu": _("Special zones"),
}
COMMUNE_WORD = re.compile(rf"\b({'|'.join(COMMUNE_WORDS)})\b", re.IGNORECASE)
ORDER = list(AgencyKind)


@dataclass
class Node:
    """A line of the tree: an agency, or the heading over several of one kind, with the lines below it."""

    agency: Agency | None = None
    heading: str = ""
    below: list = field(default_factory=list)

    @property
    def agencies(self):
        """Every agency on this line and below."""
        own = [self.agency] if self.agency else []
        return own + [agency for node in self.below for agency in node.agencies]

    def lines(self, level=0):
        """(level, node) of this line and those below, in order."""
        yield level, self
        for node in self.below:
            yield from node.lines(level + 1)


def build_tree(agencies):
    """The top lines. Whoever's parent is not among `agencies` stands at the top; `agencies` come in the order shown."""
    there = {agency.pk for agency in agencies}
    children = defaultdict(list)
    for agency in agencies:
        children[agency.parent_id if agency.parent_id in there else None].append(agency)
    return _below(None, children)


def _below(parent_id, children):
    """The nodes under a parent: one of a kind stands alone, several under a heading."""
    kinds = defaultdict(list)
    for agency in children.pop(parent_id, []):
        kinds[_kind(agency)].append(Node(agency, below=_below(agency.pk, children)))
    nodes = []
    for (_place, heading), alike in sorted(kinds.items(), key=lambda kind: kind[0][0]):
        nodes += alike if len(alike) == 1 else [Node(heading=heading, below=alike)]
    return nodes


def _kind(agency):
    """(place among its neighbours, heading)."""
    place = ORDER.index(agency.kind)
    word = agency.kind == AgencyKind.COMMUNE_COMMITTEE and COMMUNE_WORD.search(agency.name)
    if word:
        words = list(COMMUNE_WORDS)
        return place + words.index(word[1].lower()) / 10, COMMUNE_WORDS[word[1].lower()]
    return place, HEADINGS[agency.kind]
