"""Agencies from Excel, with whom they stand under and the groups they belong to.

An agency is known by its code, else by its name. An empty cell changes nothing of an agency that is there, and groups
are only joined: what must go is taken out on its own page.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy, ngettext, override

from .forms import one_line
from .groups import join
from .importing import Importer, ImportRow
from .models import Agency, AgencyKind, Locality
from .naming import Names, free_slug
from .validity import is_in_force
from .vietnamese import fold
from .workbook import Column, Kind, write_table

COLUMNS = (
    Column("code", gettext_lazy("Code"), width=14, also=("mã", "mã cơ quan")),
    Column(
        "name", gettext_lazy("Agency"), width=42, also=("cơ quan", "tên cơ quan", "tên", "đơn vị"), is_required=True
    ),
    Column("short_name", gettext_lazy("Short name"), width=22, also=("viết tắt",)),
    Column("symbol", gettext_lazy("Symbol"), width=14, also=("ký hiệu",)),
    Column("kind", gettext_lazy("Kind"), width=26, also=("loại",)),
    Column("parent", gettext_lazy("Stands under"), width=36, also=("cơ quan cấp trên", "trực thuộc")),
    Column("groups", gettext_lazy("Groups"), width=36, also=("nhóm",)),
    Column("phone", gettext_lazy("Telephone"), width=18, also=("điện thoại", "số điện thoại")),
    Column("head_name", gettext_lazy("Head of the agency"), width=26, also=("thủ trưởng", "người đứng đầu")),
    Column("head_title", gettext_lazy("Position of the head"), width=20, also=("chức vụ",)),
    Column("head_email", gettext_lazy("E-mail of the head"), width=28, also=("thư điện tử", "email thủ trưởng")),
    Column("valid_from", gettext_lazy("First day"), Kind.DATE, also=("từ ngày",)),
    Column("valid_to", gettext_lazy("Last day"), Kind.DATE, also=("đến ngày",)),
)
HEAD = ("phone", "head_name", "head_title", "head_email")
WORDS = ("name", "short_name", "symbol", *HEAD)
DAYS = ("valid_from", "valid_to")
LENGTHS = {name: Agency._meta.get_field(name).max_length for name in WORDS}


@dataclass
class Wanted:
    """What a row asks for. `agency` is the one that is there, or a new one, unsaved."""

    agency: Agency
    parent: Agency | None = None
    groups: list = field(default_factory=list)


class AgencyImporter(Importer):
    kind = "agencies"
    columns = COLUMNS
    shown = ("name", "kind", "parent", "groups")
    file_name = "co-quan"
    template = "agencies/agency_import.html"

    def __init__(self, request):
        self.user, self.today = request.user, request.today
        self.locality = request.user.agency.locality
        self.title = _("Agencies from Excel")
        self.done_url = reverse("agencies:list")

    @cached_property
    def agencies(self):
        return list(
            Agency.objects.visible_to(self.user)
            .select_related("parent")
            .prefetch_related("memberships__group")
            .order_by("name_sort", "pk")
        )

    @cached_property
    def groups(self):
        return list(self.locality.agency_groups.all())

    def lock(self):
        Locality.objects.select_for_update().get(pk=self.locality.pk)

    # Reading

    def read(self, table):
        self.__dict__.pop("agencies", None)  # as they are now
        self.names, self.group_names = Names(self.agencies), Names(self.groups)
        self.kinds = kinds_by_words()
        self.seen = {}
        drafts = [self._draft(row, table) for row in table.rows]
        for draft in drafts:
            if draft.is_new and "name" not in draft.faults:
                self.names.add(draft.wanted.agency)
        for draft in drafts:
            self._read_parent(draft)
            self._refuse_same_name(draft)
        self._refuse_circles(drafts)
        named = {id(draft.wanted.agency) for draft in drafts}
        left = [agency.name for agency in self.agencies if id(agency) not in named and is_in_force(agency, self.today)]
        return [draft.row() for draft in drafts], left

    def _draft(self, row, table):
        faults = {key: said for (number, key), said in table.faults.items() if number == row.number}
        name = one_line(row.cells["name"])
        agency = self._known(row.cells.get("code", ""), name, faults)
        draft = Draft(row.number, row.cells, Wanted(agency or self._new(name)), agency is None, faults, name)
        draft.before = {} if draft.is_new else self._as_words(agency)
        self._refuse_twice(draft)
        draft.read_words()
        draft.read_kind(self.kinds)
        draft.read_days()
        self._read_groups(draft)
        return draft

    def _known(self, code, name, faults):
        if code:
            found = [agency for agency in self.agencies if agency.slug == code.strip().lower()]
            if not found:
                faults["code"] = _("No agency has this code. Leave it empty for a new agency.")
            return found[0] if found else None
        found = self.names.find(name, self.today) if name else []
        if len(found) > 1:
            codes = ", ".join(agency.slug for agency in found)
            faults["name"] = _("Several agencies are called so: write the code of one (%(codes)s).") % {"codes": codes}
        return found[0] if found else None

    def _new(self, name):
        return Agency(locality=self.locality, name=name, slug="")

    def _refuse_twice(self, draft):
        key = draft.wanted.agency.pk or ("new", fold(draft.name))
        if not draft.name:
            draft.faults["name"] = _("Write the name of the agency.")
        elif key in self.seen:
            draft.faults["name"] = _("This agency stands in row %(row)s already.") % {"row": self.seen[key]}
        self.seen.setdefault(key, draft.number)

    def _refuse_same_name(self, draft):
        """A name corrected by its code must not become another's."""
        others = [agency for agency in self.names.find(draft.name, self.today) if agency is not draft.wanted.agency]
        if not draft.is_new and "name" in draft.row().changed and others:
            draft.faults["name"] = _("There is an agency with this name.")

    def _read_parent(self, draft):
        words = one_line(draft.cells.get("parent") or "")
        if not words:
            return draft.keep("parent")
        found = self.names.find(words, self.today)
        if not found:
            return draft.refuse("parent", words, _("No agency of the locality or of this workbook is called so."))
        if len(found) > 1:
            return draft.refuse("parent", words, _("Several agencies are called so: write the full name."))
        if found[0] is draft.wanted.agency:
            return draft.refuse("parent", words, _("An agency does not stand under itself."))
        draft.wanted.parent = found[0]
        draft.words["parent"] = found[0].name

    def _refuse_circles(self, drafts):
        """Nobody may come to stand under somebody who stands under them."""
        parents = {id(agency): agency.parent for agency in self.agencies}
        known = {agency.pk: agency for agency in self.agencies}
        parents = {key: known.get(parent.pk) if parent else None for key, parent in parents.items()}
        parents |= {id(draft.wanted.agency): draft.wanted.parent for draft in drafts if draft.wanted.parent}
        for draft in drafts:
            above, seen = draft.wanted.parent, set()
            while above is not None and id(above) not in seen:
                seen.add(id(above))
                above = parents.get(id(above))
            if id(draft.wanted.agency) in seen:
                draft.faults["parent"] = _("In the end the agency would stand under itself.")

    def _read_groups(self, draft):
        asked = [one_line(words) for words in (draft.cells.get("groups") or "").replace("\n", ";").split(";")]
        unknown = []
        for words in filter(None, asked):
            found = self.group_names.find(words)
            if found:
                draft.wanted.groups.append(found[0])
            else:
                unknown.append(words)
        if unknown:
            sentence = _("The locality has no such group: %(groups)s. Add it on the page of groups first.")
            return draft.refuse("groups", "; ".join(filter(None, asked)), sentence % {"groups": "; ".join(unknown)})
        own = [] if draft.is_new else self._groups_of(draft.wanted.agency)
        together = {group.pk: group for group in [*own, *draft.wanted.groups]}.values()
        draft.wanted.groups = [group for group in draft.wanted.groups if group not in own]
        draft.words["groups"] = _joined(together)

    def _groups_of(self, agency):
        return [each.group for each in agency.memberships.all() if is_in_force(each, self.today)]

    def _as_words(self, agency):
        return {
            "code": agency.slug,
            "name": agency.name,
            "short_name": agency.short_name,
            "symbol": agency.symbol,
            "kind": str(agency.get_kind_display()),
            "parent": agency.parent.name if agency.parent else "",
            "groups": _joined(self._groups_of(agency)),
            **{name: getattr(agency, name) for name in HEAD},
            "valid_from": _day_words(agency.valid_from),
            "valid_to": _day_words(agency.valid_to),
        }

    # Writing

    def write(self, rows, *, by, at):
        wanted = [row.values for row in rows]
        new = [each.agency for each, row in zip(wanted, rows, strict=True) if row.is_new]
        taken = set(self.locality.agencies.values_list("slug", flat=True))
        for agency in new:
            agency.slug = free_slug(agency.name, taken)
            taken.add(agency.slug)
        Agency.objects.bulk_create(new)
        for each, row in zip(wanted, rows, strict=True):
            if each.parent or not row.is_new:
                each.agency.parent = each.parent or each.agency.parent
                each.agency.save()
        self._join(wanted, new)
        return ngettext("%(n)s agency written.", "%(n)s agencies written.", len(rows)) % {"n": len(rows)}

    def _join(self, wanted, new):
        """A new agency belongs to its groups from its beginning, one that was there from today: the past stays."""
        joining, new = defaultdict(list), set(new)
        for each in wanted:
            for group in each.groups:
                joining[group, None if each.agency in new else self.today].append(each.agency)
        for (group, day), agencies in joining.items():
            join(group, agencies, day=day)

    # The workbook to fill in

    def workbook(self):
        return write_table(
            _("Agencies"),
            self.columns,
            [
                self._as_words(agency) | {"valid_from": agency.valid_from, "valid_to": agency.valid_to}
                for agency in self.agencies
            ],
            notes=[
                _("One agency a row. A row whose code is empty and whose name is new adds an agency."),
                _("An empty cell changes nothing of an agency that is there."),
                _("Several groups in a cell are separated by semicolons."),
                _("Groups are joined from today on; whoever must leave one is taken out on the page of the group."),
                _("A new name by decision is a reorganisation and is not written here."),
            ],
            choices={
                "kind": [str(label) for label in AgencyKind.labels],
                "parent": [agency.name for agency in self.agencies if is_in_force(agency, self.today)],
            },
        )


@dataclass
class Draft:
    """One row while it is being read."""

    number: int
    cells: dict
    wanted: Wanted
    is_new: bool
    faults: dict
    name: str
    before: dict = field(default_factory=dict)
    words: dict = field(default_factory=dict)

    def keep(self, key):
        """The cell is empty: what is there stays."""
        if key in self.cells:
            self.words[key] = self.before.get(key, "")

    def refuse(self, key, words, sentence):
        self.words[key] = words
        self.faults[key] = sentence

    def read_words(self):
        if "code" in self.cells:
            self.words["code"] = self.cells["code"] or self.before.get("code", "")
        for key in WORDS:
            words = one_line(self.cells.get(key) or "")
            if not words and key != "name":
                self.keep(key)
            elif len(words) > LENGTHS[key]:
                self.refuse(key, words, _("At most %(n)s characters.") % {"n": LENGTHS[key]})
            elif key == "head_email" and words and not is_address(words):
                self.refuse(key, words, _("Write an e-mail address, for instance van.thu@minhhoa.gov.vn."))
            else:
                self.words[key] = words
                setattr(self.wanted.agency, key, words)
        self.wanted.agency.short_name = self.wanted.agency.short_name or self.name[: LENGTHS["short_name"]]

    def read_kind(self, kinds):
        words = one_line(self.cells.get("kind") or "")
        kind = kinds.get(fold(words))
        if kind:
            self.wanted.agency.kind = kind
            self.words["kind"] = str(AgencyKind(kind).label)
        elif words:
            self.refuse("kind", words, _("Not a kind of agency. Choose one from the list of the cell."))
        elif self.is_new:
            self.refuse("kind", "", _("Write what kind of agency it is."))
        else:
            self.keep("kind")

    def read_days(self):
        agency = self.wanted.agency
        for key in DAYS:
            day = self.cells.get(key)
            if not day:
                self.keep(key)
            elif isinstance(day, date):
                setattr(agency, key, day)
                self.words[key] = _day_words(day)
            else:
                self.refuse(key, str(day), _("There is no such day. Write it as dd/mm/yyyy."))
        if agency.valid_from and agency.valid_to and agency.valid_to < agency.valid_from:
            self.faults["valid_to"] = _("The last day must not come before %(day)s.") % {
                "day": _day_words(agency.valid_from)
            }

    def row(self):
        return ImportRow(
            number=self.number,
            label=self.name,
            words=self.words,
            before=self.before,
            faults=self.faults,
            values=self.wanted,
            is_new=self.is_new,
        )


def is_address(words):
    try:
        validate_email(words)
    except ValidationError:
        return False
    return True


def kinds_by_words():
    """Every way to write a kind, folded: its label in any language of the site, and its own key."""
    kinds = {fold(kind): kind for kind in AgencyKind.values}
    for language, _name in settings.LANGUAGES:
        with override(language):
            kinds |= {fold(str(label)): kind for kind, label in AgencyKind.choices}
    return kinds


def _joined(groups):
    return "; ".join(sorted(group.name for group in groups))


def _day_words(day):
    return f"{day:%d/%m/%Y}" if day else ""
