"""People from Excel: known by their user name, else by their address; new ones are invited."""

from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy, ngettext, override

from agencies.forms import one_line
from agencies.importing import Importer, ImportRow
from agencies.models import Agency, Locality
from agencies.naming import Names
from agencies.validity import is_in_force
from agencies.vietnamese import fold
from agencies.workbook import Column, write_table

from .invitations import send_invitations
from .models import Role, User
from .names import free_username
from .workflow import change, invite

COLUMNS = (
    Column("name", gettext_lazy("Full name"), width=28, also=("họ tên", "họ và tên"), is_required=True),
    Column("username", gettext_lazy("User name"), width=22, also=("tên đăng nhập",)),
    Column("email", gettext_lazy("E-mail"), width=32, also=("thư điện tử", "email", "thư công vụ")),
    Column("agency", gettext_lazy("Agency"), width=42, also=("cơ quan", "đơn vị"), is_required=True),
    Column("role", gettext_lazy("Role"), width=18, also=("vai trò",)),
)
VALID_NAME = User.username_validator


def roles_by_words():
    """Every way to write a role, folded: its label in any language of the site, and its own key."""
    roles = {fold(role): role for role in Role.values}
    for language, _name in settings.LANGUAGES:
        with override(language):
            roles |= {fold(str(label)): role for role, label in Role.choices}
    return roles


class UserImporter(Importer):
    kind = "users"
    columns = COLUMNS
    file_name = "nguoi-dung"
    template = "accounts/user_import.html"

    def __init__(self, request):
        self.user, self.today = request.user, request.today
        self.absolute = request.build_absolute_uri
        self.title = _("Users from Excel")
        self.done_url = reverse("accounts:users")

    def lock(self):
        Locality.objects.select_for_update().get(pk=self.user.agency.locality_id)

    @property
    def people(self):
        return User.people.visible_to(self.user).select_related("agency").order_by("agency__name_sort", "pk")

    def read(self, table):
        people = list(self.people)
        self.by_username = {person.username.casefold(): person for person in people}
        self.by_email = {person.email.casefold(): person for person in people if person.email}
        self.taken = {name.casefold() for name in self._names_of_others(table)}
        self.agencies = Names(Agency.objects.visible_to(self.user))
        self.roles, self.seen = roles_by_words(), {}
        rows = [self._read_row(row, table) for row in table.rows]
        self._refuse_no_administrator(rows, people)
        named = {row.values.pk for row in rows if row.values and row.values.pk}
        return rows, [str(person) for person in people if person.is_active and person.pk not in named]

    def _names_of_others(self, table):
        """Of the workbook's user names, those that people of other localities have: taken, and nothing more is said."""
        asked = {row.cells.get("username", "") for row in table.rows} - {""}
        own = {person.pk for person in self.by_username.values()}
        return User.people.filter(username__in=asked).exclude(pk__in=own).values_list("username", flat=True)

    def _read_row(self, row, table):
        faults = {key: said for (number, key), said in table.faults.items() if number == row.number}
        cells = {key: one_line(words) for key, words in row.cells.items()}
        person = self._known(cells)
        draft = Draft(cells, person or User(), person is None, faults, before=_as_words(person) if person else {})
        draft.read_name()
        draft.read_email(self.by_email)
        draft.read_username(self.taken)
        draft.read_agency(self.agencies, self.today)
        draft.read_role(self.roles, self.user)
        self._refuse_twice(row, draft)
        return ImportRow(
            number=row.number,
            label=cells["name"],
            words=draft.words,
            before=draft.before,
            faults=faults,
            values=draft.person,
            is_new=draft.is_new,
        )

    def _known(self, cells):
        username, email = cells.get("username", "").casefold(), cells.get("email", "").casefold()
        return self.by_username.get(username) if username else self.by_email.get(email)

    def _refuse_twice(self, row, draft):
        """Nobody stands in the workbook twice, be it by user name or by address."""
        keys = {("pk", draft.person.pk)} if draft.person.pk else set()
        keys |= {(key, draft.cells[key].casefold()) for key in ("username", "email") if draft.cells.get(key)}
        for key in keys:
            if key in self.seen and self.seen[key] != row.number:
                draft.faults["name"] = _("This person stands in row %(row)s already.") % {"row": self.seen[key]}
            self.seen.setdefault(key, row.number)

    def _refuse_no_administrator(self, rows, people):
        """The workbook must leave somebody who can undo it. (`people` bear their new roles already.)"""
        administrators = [person for person in people if person.is_administrator and person.is_active]
        if any(person.has_usable_password() for person in administrators):
            return
        for row in rows:
            if row.before and row.before["role"] == str(Role.ADMINISTRATOR.label) and not row.values.is_administrator:
                row.faults["role"] = _("The locality would be left without an administrator.")

    def write(self, rows, *, by, at):
        new, given = [], set()
        for row in rows:
            person = row.values
            if row.is_new:
                person.username = person.username or free_username(person.email, person.full_name, given)
                given.add(person.username)
                new.append(invite(person, by=by, at=at))
            else:
                change(person, by=by, at=at)
        send_invitations(new, by=by, absolute=self.absolute)
        return _said(len(new), len(rows) - len(new))

    def workbook(self):
        agencies = [each.name for each in Agency.objects.visible_to(self.user) if is_in_force(each, self.today)]
        return write_table(
            _("Users"),
            self.columns,
            [_as_words(person) for person in self.people if person.is_active],
            notes=[
                _("One person a row. Whoever is not known by user name or e-mail is new and is invited."),
                _("The user name may be left empty: it is made from the address or the name."),
                _("An empty cell changes nothing of a person who is there; nobody is locked by being left out."),
            ],
            choices={"agency": agencies, "role": [str(label) for label in Role.labels]},
        )


@dataclass
class Draft:
    """One row while it is being read."""

    cells: dict
    person: User
    is_new: bool
    faults: dict
    before: dict
    words: dict = field(default_factory=dict)

    def _takes(self, key):
        """The cell says something; one that does not keeps what is there."""
        if key not in self.cells:
            return False
        self.words[key] = self.cells[key] or self.before.get(key, "")
        return bool(self.cells[key])

    def read_name(self):
        self.words["name"] = name = self.cells["name"]
        if not name:
            self.faults["name"] = _("Write the person's full name.")
        elif len(name) > 150:
            self.faults["name"] = _("At most %(n)s characters.") % {"n": 150}
        self.person.full_name = name

    def read_email(self, by_email):
        if not self._takes("email"):
            return
        email = self.cells["email"]
        other = by_email.get(email.casefold())
        try:
            validate_email(email)
        except ValidationError:
            self.faults["email"] = _("Not an e-mail address.")
        if other and other is not self.person:
            self.faults["email"] = _("%(name)s has this address already.") % {"name": other}
        self.person.email = email

    def read_username(self, taken):
        if not self._takes("username"):
            return
        if not self.is_new:  # it is what the person was known by
            self.words["username"] = self.before["username"]
            return
        username = self.cells["username"]
        try:
            VALID_NAME(username)
        except ValidationError:
            self.faults["username"] = _("Letters, digits and @ . + - _ only, without spaces.")
        if username.casefold() in taken:
            self.faults["username"] = _("This user name is taken: choose another.")
        self.person.username = username

    def read_agency(self, names, today):
        if not self._takes("agency"):
            if self.is_new:
                self.faults["agency"] = _("Write the agency.")
            return
        found = names.find(self.cells["agency"], today)
        if len(found) != 1 or not is_in_force(found[0], today):
            self.faults["agency"] = _not_one_agency(found)
            return
        self.person.agency = found[0]
        self.words["agency"] = found[0].name

    def read_role(self, roles, by):
        if not self._takes("role"):
            self.person.role = self.person.role or Role.FOCAL_POINT
            if self.is_new and "role" in self.cells:
                self.words["role"] = str(Role(self.person.role).label)
            return
        role = roles.get(fold(self.cells["role"]))
        if role is None:
            self.faults["role"] = _("Not a role. Choose one from the list of the cell.")
            return
        if self.person.pk == by.pk and role != self.person.role:
            self.faults["role"] = _("Your own role is changed by another administrator.")
        self.person.role = role
        self.words["role"] = str(Role(role).label)


def _not_one_agency(found):
    if not found:
        return _("The locality has no such agency.")
    if len(found) > 1:
        return _("Several agencies are called so: write the full name.")
    return _("%(name)s does not exist today.") % {"name": found[0].name}


def _as_words(person):
    return {
        "name": person.full_name,
        "username": person.username,
        "email": person.email,
        "agency": person.agency.name,
        "role": str(person.get_role_display()),
    }


def _said(invited, changed):
    parts = []
    if invited:
        parts.append(ngettext("%(n)s person invited.", "%(n)s people invited.", invited) % {"n": invited})
    if changed:
        parts.append(ngettext("%(n)s account changed.", "%(n)s accounts changed.", changed) % {"n": changed})
    return " ".join(parts)
