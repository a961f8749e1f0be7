"""Reorganisations many localities had to make alike, ready to be taken over: the departments of 2025.

A change fits a locality that has one of the agencies before. Source: the rearrangement of provincial departments from
01/3/2025, data/reorganisation-2025.yaml.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from .models import Agency, AgencyKind, Reorganisation, ReorganisationStatus
from .naming import Names
from .scheduling import Change, Link
from .vietnamese import nfc

DATA = Path(__file__).resolve().parent / "data" / "reorganisation-2025.yaml"


@dataclass(frozen=True)
class Offer:
    """One change of the set as it stands for a locality.

    `before` and `after` are the names of the decision; `change` is what it means here (None where it concerns nobody),
    `entered` the reorganisation made of it.
    """

    key: str
    before: tuple[str, ...]
    after: str
    effective_on: date
    change: Change | None
    entered: Reorganisation | None = None

    @property
    def is_ready(self):
        return self.change is not None and self.entered is None

    @property
    def agencies(self):
        """The agencies of the locality that it concerns, the ones before."""
        return self.change.predecessors if self.change else ()


def read_set():
    """The data file: title, effective_on, changes."""
    return yaml.safe_load(nfc(DATA.read_text(encoding="utf-8")))


def offers(locality):
    """Every change of the set for `locality`, those that can be taken over first. Two queries."""
    data = read_set()
    agencies = list(Agency.objects.filter(locality=locality).select_related("parent"))
    entered = {
        each.set_key: each
        for each in Reorganisation.objects.filter(locality=locality)
        .exclude(set_key="")
        .exclude(status=ReorganisationStatus.CANCELLED)
    }
    found = [_offer(row, agencies, data["effective_on"], entered.get(row["key"])) for row in data["changes"]]
    return sorted(found, key=lambda offer: (not offer.is_ready, offer.entered is None))


def offer(locality, key):
    """One change of the set as it stands for the locality now."""
    return next(each for each in offers(locality) if each.key == key)


def _offer(row, agencies, day, entered):
    before = [names[0] for names in row.get("before", [])]
    parts = [f"{part['names'][0]} ({part['part']})" for part in row.get("parts", [])]
    kept = [row["into"]["name"]] if row["kind"] == "merge" and len(before) == 1 else []
    return Offer(
        key=row["key"],
        before=(*kept, *before, *parts),
        after=row["into"]["name"],
        effective_on=day,
        change=_change(row, agencies, day),
        entered=entered,
    )


def _change(row, agencies, day):
    """What the change means for these agencies; None where none of them is concerned."""
    names = Names(each for each in agencies if each.kind == AgencyKind.DEPARTMENT)
    ending = [agency for called in row.get("before", []) if (agency := _standing(names, called, day))]
    parts = [agency for part in row.get("parts", []) if (agency := _called(names, part["names"], day))]
    if not ending and (row.get("before") or not parts):
        return None
    into = _standing(names, [row["into"]["name"], row["into"]["short_name"], *row.get("also", [])], day)
    into = into or _new(row["into"], (ending or parts)[0])
    links = [Link(agency, into) for agency in ending]
    links += [Link(agency, into, is_main=False) for agency in parts if agency != into]
    return Change(kind=row["kind"], effective_on=day, links=tuple(links), set_key=row["key"])


def _called(names, called, day):
    """The department called by one of the names, the one of the eve where there are several."""
    found = [row for name in called for row in names.find(name, day)]
    return found[0] if found else None


def _standing(names, called, day):
    """The same, unless it had ended before."""
    agency = _called(names, called, day)
    return agency if agency and not (agency.valid_to and agency.valid_to < day) else None


def _new(into, before):
    """The agency after, where the locality does not have it yet; it stands where the one before stood."""
    return Agency(kind=before.kind, parent=before.parent, **into)
