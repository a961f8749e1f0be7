"""Who leads and who cooperates, as people write it: names read into agencies and groups, and offered while one types.

A name is looked up without accents, by the official name, the short name, the symbol ("SVHTTDL") or its initials. What
fits nobody is kept literally; what fits several is asked, never guessed.
"""

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from accounts.models import Role, User
from agencies.models import Agency, AgencyGroup, GroupMembership
from agencies.successions import NONE, Successors
from agencies.validity import is_in_force
from agencies.vietnamese import fold, nfc

LONGEST = 300  # characters of a name as printed
MOST_AGENCIES, MOST_GROUPS = 7, 4  # offered at once
SILENT = {"va", "cua", "cac", "tren", "ve"}  # words that initials leave out
BULLET = re.compile(r"^[-+•–*]\s+|^(?:Mời|Invited):\s*", re.IGNORECASE)
COUNTED = re.compile(r"\s*\((?:\d+|mời|invited)\)\s*$", re.IGNORECASE)
WORD = re.compile(r"\w+")


class Party(NamedTuple):
    """An agency or a group of the locality, or a name that stands for neither; `printed`: the plan's own words."""

    agency_id: int | None = None
    group_id: int | None = None
    printed: str = ""

    @property
    def key(self):
        """Two parties of one key are the same, whatever the words; a mere name is its words."""
        return (self.agency_id, self.group_id, "" if self.is_identified else fold(self.printed))

    @property
    def is_identified(self):
        return bool(self.agency_id or self.group_id)

    @property
    def token(self):
        """What a form posts for it."""
        if self.agency_id:
            return f"@a{self.agency_id}"
        return f"@g{self.group_id}" if self.group_id else f"@={self.printed}"


def party_of(assignment):
    return Party(assignment.agency_id, assignment.group_id, assignment.name_as_printed)


@dataclass(frozen=True)
class Named:
    """A party as a page shows it.

    Attributes:
        members: of a group, on the plan's day.
        ended_on: the first day on which the agency was no more, where that is before the plan's day.
        successor: who carries on for an ended agency.
    """

    party: Party
    name: str
    members: int | None = None
    is_invited: bool = False
    ended_on: date | None = None
    successor: Agency | None = None

    @property
    def kind(self):
        return "agency" if self.party.agency_id else "group" if self.party.group_id else "words"

    @property
    def label(self):
        if self.members is not None:
            return f"{self.name} ({self.members})"
        return _("%(name)s (invited)") % {"name": self.name} if self.is_invited else self.name

    @property
    def fault(self):
        """Why this party cannot be asked for anything, or ""."""
        if self.ended_on:
            return _("No longer since %(day)s") % {"day": f"{self.ended_on:%d/%m/%Y}"}
        return "" if self.party.is_identified else _("agency not identified")

    @property
    def repair(self):
        return _("replaced by %(name)s") % {"name": self.successor.name} if self.successor else ""


@dataclass(frozen=True)
class Option:
    """A line of the suggestions. `pieces`: the name, [(words, do they match what was typed)]."""

    value: str
    label: str
    kind: str
    pieces: tuple
    number: str = ""
    sub: str = ""


@dataclass(frozen=True)
class Suggestions:
    agencies: tuple[Option, ...]
    groups: tuple[Option, ...]
    words: str

    @property
    def count(self):
        return len(self.agencies) + len(self.groups)


def initials(folded, silent=frozenset()):
    return "".join(word[0] for word in WORD.findall(folded) if word not in silent)


class Entry:
    """An agency or a group with the forms it can be found by."""

    def __init__(self, row):
        self.row = row
        self.is_agency = isinstance(row, Agency)
        self.party = Party(agency_id=row.pk) if self.is_agency else Party(group_id=row.pk)
        self.name = fold(row.name)
        self.short = fold(row.short_name) if self.is_agency else ""

    @cached_property
    def words(self):
        return WORD.findall(f"{self.name} {self.short}")

    @cached_property
    def abbreviations(self):
        """Written together: "svhttdl", "sovhttdl"."""
        symbol = fold(self.row.symbol) if self.is_agency else ""
        written = {symbol, initials(self.name), initials(self.name, SILENT), "".join(WORD.findall(self.short))}
        return {each for each in written if len(each) > 1}

    def matches(self, words):
        """How many of the typed `words` the name has words beginning with."""
        return sum(any(mine.startswith(word) for mine in self.words) for word in words)

    def distance(self, together, typed):
        """How near the typed words are, for the order of suggestions: the symbol itself, a beginning, anything else."""
        if self.is_agency and fold(self.row.symbol) == together:
            return 0
        return 1 if self.name.startswith(typed) or together in self.abbreviations else 2

    def is_abbreviated_by(self, typed):
        return any(each.startswith(typed) for each in self.abbreviations) if len(typed) > 1 else False


def counted_on(plan):
    """The day on which a plan's groups are counted and its agencies must exist: its first, or that of its issue."""
    return max(plan.period_start, plan.issued_on or plan.period_start)


class Directory:
    """The agencies and groups of a plan's locality as they are on the plan's day. Three queries, a fourth with ended
    agencies among them.
    """

    def __init__(self, plan):
        self.on = counted_on(plan)
        self._locality = plan.locality_id

    @cached_property
    def agencies(self):
        rows = Agency.objects.filter(locality=self._locality)
        return {row.pk: row for row in rows.order_by("name_sort", "pk")}

    @cached_property
    def groups(self):
        rows = AgencyGroup.objects.filter(locality=self._locality)
        return {row.pk: row for row in rows.order_by("name_sort", "pk")}

    @cached_property
    def members(self):
        """{group key: how many members it has on the plan's day}."""
        counts = defaultdict(int)
        for membership in GroupMembership.objects.filter(group__locality=self._locality):
            agency = self.agencies[membership.agency_id]
            counts[membership.group_id] += is_in_force(membership, self.on) and is_in_force(agency, self.on)
        return counts

    @cached_property
    def entries(self):
        return [*map(Entry, self.agencies.values()), *map(Entry, self.groups.values())]

    @cached_property
    def _successors(self):
        has_ended = any(agency.valid_to for agency in self.agencies.values())
        return Successors.of(self._locality) if has_ended else NONE

    def ended(self, agency):
        return bool(agency.valid_to and agency.valid_to < self.on)

    def named(self, party):
        if party.group_id:
            group = self.groups[party.group_id]
            return Named(party, party.printed or group.name, members=self.members[group.pk])
        if not party.agency_id:
            return Named(party, party.printed)
        agency = self.agencies[party.agency_id]
        if not self.ended(agency):
            return Named(party, party.printed or agency.name, is_invited=agency.is_invited)
        successor = self._successors.now(agency)
        return Named(
            party,
            party.printed or agency.name,
            is_invited=agency.is_invited,
            ended_on=agency.valid_to + timedelta(days=1),
            successor=successor if successor != agency else None,
        )

    def of_token(self, token, known=()):
        """The party that a form's token means, with the words it is known by; None for no party of the locality."""
        if token.startswith("@="):
            party = Party(printed=nfc(token[2:].strip()))
            return party if party.printed else None
        found = re.fullmatch(r"@([ag])(\d{1,18})", token)
        if not found:
            return None
        pk, is_agency = int(found[2]), found[1] == "a"
        if pk not in (self.agencies if is_agency else self.groups):
            return None
        party = Party(agency_id=pk) if is_agency else Party(group_id=pk)
        return next((each for each in known if each.key == party.key), party)

    # Reading names

    def read(self, words, known=()):
        """The parties that `words` name, each once: separated by semicolons or lines, or by commas where every piece
        is a name. `known`: parties that may be named by the words the plan prints for them.

        Raises:
            ValidationError: a name fits several, or is too long to be one.
        """
        parties = []
        for piece in re.split(r"[;\n\r]+", nfc(words)):
            piece = COUNTED.sub("", BULLET.sub("", " ".join(piece.split()).rstrip("."))).strip()
            if piece:
                parties += self._one(piece, known) or self._several(piece, known) or [self._literal(piece)]
        return once(parties)

    def _one(self, piece, known):
        """[party] for a name that fits one, [] for one that fits none."""
        typed = fold(piece)
        for party in known:
            if fold(self.named(party).name) == typed:
                return [party]
        if not (fits := self._fitting(typed)):
            return []
        if len(fits) > 1:
            raise ValidationError(
                _("“%(name)s” can be %(choices)s: write the full name.")
                % {"name": piece, "choices": " / ".join(each.row.name for each in fits[:4])},
                code="ambiguous",
            )
        return [fits[0].party]

    def _fitting(self, typed):
        """The entries a folded name fits best: by name, short name, symbol, abbreviation; those that exist first."""
        together = "".join(WORD.findall(typed))
        for tier in self._tiers:
            fits = tier.get(typed) or tier.get(together, [])
            if fits := [entry for entry in fits if not self.is_gone(entry)] or fits:
                return fits
        return []

    @cached_property
    def _tiers(self):
        """{form: entries} of names, of short names, of symbols and of abbreviations."""
        tiers = [defaultdict(list) for _each in range(4)]
        for entry in self.entries:
            symbol = fold(entry.row.symbol) if entry.is_agency else ""
            for tier, written in zip(tiers, ({entry.name}, {entry.short}, {symbol}, entry.abbreviations), strict=True):
                for form in written - {""}:
                    tier[form].append(entry)
        return tiers

    def is_gone(self, entry):
        """The agency does not exist on the plan's day."""
        return entry.is_agency and not is_in_force(entry.row, self.on)

    def _several(self, piece, known):
        """The parties of "Sở A, Sở B, C và D" where every piece between commas and "và" belongs to a name; else []."""
        parts = re.split(r"(,\s+|\s+và\s+)", piece)
        if not 1 < len(parts) < 40:
            return []
        best = {len(parts) + 1: []}  # from which part on: the parties
        for start in range(len(parts) - 1, -1, -2):
            for end in range(len(parts), start, -2):
                if end + 1 in best and (found := self._one_or_none("".join(parts[start:end]), known)):
                    best[start] = [*found, *best[end + 1]]
                    break
        return best.get(0, [])

    def _one_or_none(self, piece, known):
        try:
            return self._one(piece, known)
        except ValidationError:
            return []

    def _literal(self, piece):
        if len(piece) > LONGEST:
            raise ValidationError(
                _("A name has at most %(most)s characters; separate several names by semicolons.") % {"most": LONGEST}
            )
        return Party(printed=piece)

    # Offering names

    def suggest(self, words):
        """What `words` can mean: agencies with all of them or abbreviated so, then groups with any of them."""
        words = " ".join(nfc(words).split())[:LONGEST]
        typed = WORD.findall(fold(words))
        if not typed:
            return Suggestions((), (), words)
        agencies = [entry for entry in self.entries if entry.is_agency and self._is_meant(entry, typed)]
        groups = [(entry.matches(typed), entry) for entry in self.entries if not entry.is_agency]
        agencies.sort(key=lambda entry: (self.is_gone(entry), entry.distance("".join(typed), " ".join(typed))))
        groups = [entry for matched, entry in sorted(groups, key=lambda pair: -pair[0]) if matched]
        return Suggestions(
            self._agency_options(agencies[:MOST_AGENCIES], typed),
            tuple(self._group_option(entry, typed) for entry in groups[:MOST_GROUPS]),
            words,
        )

    def _is_meant(self, entry, typed):
        if entry.row.valid_from and entry.row.valid_from > self.on:
            return False
        return entry.matches(typed) == len(typed) or entry.is_abbreviated_by("".join(typed))

    def _agency_options(self, entries, typed):
        focal_points = dict(
            User.objects.filter(agency__in=[entry.row.pk for entry in entries], role=Role.FOCAL_POINT, is_active=True)
            .order_by("-full_name")
            .values_list("agency_id", "full_name")
        )
        return tuple(self._agency_option(entry, typed, focal_points.get(entry.row.pk)) for entry in entries)

    def _agency_option(self, entry, typed, focal_point):
        named = self.named(entry.party)
        if named.ended_on:
            sub = "; ".join(filter(None, [named.fault, named.repair]))
        elif named.is_invited:
            sub = _("Invited to take part; owes no report")
        else:
            sub = _("Focal point: %(name)s") % {"name": focal_point} if focal_point else ""
        return Option(entry.party.token, named.label, "agency", pieces_of(entry.row.name, typed), sub=sub)

    def _group_option(self, entry, typed):
        named = self.named(entry.party)
        return Option(
            entry.party.token,
            named.label,
            "group",
            pieces_of(entry.row.name, typed),
            number=ngettext("%(n)s unit", "%(n)s units", named.members) % {"n": named.members},
            sub=_("Counted for %(day)s; each of them reports") % {"day": f"{self.on:%d/%m/%Y}"},
        )


def once(parties):
    """`parties` without those that come a second time."""
    first = {}
    for party in parties:
        first.setdefault(party.key, party)
    return list(first.values())


def pieces_of(name, typed):
    """`name` cut into ((words, is it what was typed), …); matching words side by side are one piece."""
    cut = [text for text in re.split(r"(\w+)", name) if text]
    match = [any(fold(text).startswith(word) for word in typed) for text in cut]
    for place in range(1, len(cut) - 1):
        if cut[place].isspace():
            match[place] = match[place - 1] and match[place + 1]
    runs = groupby(zip(cut, match, strict=True), key=itemgetter(1))
    return tuple(("".join(text for text, _match in run), is_match) for is_match, run in runs)


# The form field


class PartiesInput(forms.Textarea):
    """Names separated by semicolons; where scripts run, chips with a type-ahead, posted as a token a line.

    `data-parties`: where suggestions come from; `data-tokens`: the chips, for the script.
    """

    def __init__(self, attrs=None):
        words = {"placeholder": gettext_lazy("Add an agency or a group"), "data-remove": gettext_lazy("Take off")}
        super().__init__({"rows": 1, "autocomplete": "off", **words, **(attrs or {})})

    def format_value(self, value):
        return "; ".join(token["words"] for token in value or [])

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["data-tokens"] = json.dumps(value or [], ensure_ascii=False)
        return context


class PartiesField(forms.Field):
    """A list of `Party`, typed as names or posted as tokens ("@a12|Sở Nội vụ", one a line; the words are for people).

    `directory`, `known` (parties the row has already, with the words the plan prints) and `address` (of the
    suggestions) are given by the form through `open_to`.
    """

    widget = PartiesInput
    default_error_messages = {
        "invalid_choice": gettext_lazy("Select a valid choice. That choice is not one of the available choices.")
    }
    directory, known = None, ()

    def open_to(self, directory, known, address):
        self.directory, self.known = directory, tuple(known)
        self.widget.attrs["data-parties"] = address

    def to_python(self, value):
        return once([party for text in texts_of(value) for party in self._read(text)])

    def _read(self, text):
        if not text.startswith("@"):
            return self.directory.read(text, self.known)
        token = text if text.startswith("@=") else text.partition("|")[0]
        party = self.directory.of_token(token, self.known)
        if party is None or len(party.printed) > LONGEST:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return [party]

    def prepare_value(self, value):
        """What the widget shows, [{value, words, label, kind, sub}]: of parties, or of what was posted."""
        if isinstance(value, list):
            return [self._token(party) for party in value]
        return [token for text in texts_of(value) for token in self._tokens_of(text)]

    def has_changed(self, initial, data):
        return [party.key for party in initial or []] != [party.key for party in self.to_python(data)]

    def _tokens_of(self, text):
        """What was typed and cannot be read stays as it was typed."""
        try:
            return [self._token(party) for party in self._read(text)]
        except ValidationError:
            return [{"value": text, "words": text, "label": text, "kind": "words", "sub": ""}]

    def _token(self, party):
        named = self.directory.named(party)
        return {
            "value": party.token,
            "words": named.name,
            "label": named.label,
            "kind": named.kind,
            "sub": named.fault,
        }


def texts_of(value):
    """The lines of what was posted: a token each, or names in one."""
    return [line for line in (line.replace("\x00", "").strip() for line in (value or "").splitlines()) if line]
