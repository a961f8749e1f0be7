"""A form that came back: whose it is, what somebody wrote in it, what of that is faulty or was changed meanwhile."""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from agencies.vietnamese import fold
from agencies.workbook import Table, read_form

from ..saving import WORDS, version_of, words_version
from ..sheet import SheetRow, build_sheet
from ..sheet_page import differences, line_form, words_form
from ..update_forms import ProgressForm, WordsForm
from .layout import (
    COLUMNS,
    FIELDS,
    GENERAL,
    TICKS,
    fingerprint,
    row_key,
    states_by_label,
    typed_of,
    typed_words,
    words_key,
)

MOST_BYTES = 5_000_000


@dataclass(frozen=True)
class Changed:
    """A part of the form in which somebody wrote: an activity (`row`), or the update's own words (`row` None).

    `is_stale`: the same part was saved in the portal after the form had been downloaded; `differences` are then
    (label, there, in the form) in words.
    """

    row: SheetRow | None
    form: ProgressForm | WordsForm
    is_stale: bool
    differences: tuple = ()


@dataclass
class Filled:
    """A form read against the update as it is. `faults`: (row number, column) to a sentence, as `mark` wants them.

    `is_touched`: somebody has written in it since it was downloaded.
    """

    table: Table
    changed: list = field(default_factory=list)
    faults: dict = field(default_factory=dict)
    is_touched: bool = False

    @property
    def stale(self):
        return [each for each in self.changed if each.is_stale]

    @property
    def seen(self):
        """What tells whether the versions somebody looked at are still those there are."""
        return fingerprint({str(place): each.form.stored_version for place, each in enumerate(self.stale)})

    @property
    def listed(self):
        """The faults as a person looks for them: (name of the cell, sentence), top to bottom."""
        order = sorted(self.faults, key=lambda fault: (fault[0], self.table.places.get(fault[1], 0)))
        return [(self.place(*fault), self.faults[fault]) for fault in order]

    def place(self, number, key):
        column = next((str(column.heading) for column in COLUMNS if column.key == key), "")
        return (
            _("Row %(number)s, %(column)s") % {"number": number, "column": column}
            if column
            else _("Row %(number)s") % {"number": number}
        )


def read_update_form(file, update, *, today):
    """The form in `file` (an open workbook) of `update`, judged by the rules of the page.

    Raises:
        ValidationError: it is no form, or one of another agency or period.
    """
    table, keys = read_form(file, COLUMNS, most_bytes=MOST_BYTES)
    _check_whose(keys, update)
    return _Reading(table, keys, update, today).filled()


def _check_whose(keys, update):
    if not keys.get("update", "").isdecimal():
        raise ValidationError(_("This is not the form of an update. Download the form, fill it in and upload that."))
    if keys["update"] != str(update.pk):
        raise ValidationError(
            _("This is the form of %(agency)s for %(period)s; upload it there. Here you report for %(own)s, %(now)s.")
            % {
                "agency": keys.get("agency", "?"),
                "period": keys.get("period", "?"),
                "own": update.agency.name,
                "now": update.period.title,
            }
        )


class _Reading:
    """One reading of one workbook."""

    def __init__(self, table, keys, update, today):
        self.table, self.keys, self.update, self.today = table, keys, update, today
        self.rows = {row.cells["key"]: row for row in table.rows if row.cells["key"]}
        self.states = states_by_label()
        self.result = Filled(table, faults=dict(table.faults))

    def filled(self):
        sheet = build_sheet(self.update)
        for row in sheet:
            self._line(row)
        self._no_longer_theirs({row_key(row.activity) for row in sheet})
        self._words()
        return self.result

    def _line(self, row):
        stored = line_form(self.update, row, self.today)
        places = self._places(stored)
        key, there = row_key(row.activity), typed_of(stored)
        typed = there | self._typed(places)
        if not self._is_changed(key, typed, there):
            return
        data = typed | {"version": stored.stored_version}
        form = line_form(self.update, row, self.today, {name: text for name, text in data.items() if text})
        self._keep(form, places, is_stale=self.keys.get(key) != version_of(row.progress), row=row, stored=stored)

    def _places(self, form):
        """{field: (row of the workbook, column)} of the cells that are there."""
        activity, places = form.row.activity, {}
        if row_key(activity) in self.rows:
            places |= {name: (self.rows[row_key(activity)], column) for column, name in FIELDS.items()}
        for name in form.number_names:
            if (row := self.rows.get(row_key(activity, name))) is not None:
                places |= {name: (row, "value"), f"na_{name}": (row, "not_applicable")}
        return {name: (row, column) for name, (row, column) in places.items() if column in row.cells}

    def _typed(self, places):
        return {name: self._text(row, column) for name, (row, column) in places.items()}

    def _text(self, row, column):
        """The words of a cell as the page's form takes them."""
        value = row.cells[column]
        if column in ("nothing", "not_applicable"):
            return self._tick(row, column, value)
        if column == "state":
            return self.states.get(fold(value), value)
        if hasattr(value, "year"):
            return f"{value:%d/%m/%Y}"
        text = "" if value is None else str(value)
        return text.removesuffix("%").strip() if column == "percent" else text

    def _tick(self, row, column, value):
        words = fold(str(value or "")).strip()
        if words and words not in TICKS:
            self.result.faults[row.number, column] = _("Write x, or leave the cell empty.")
        return "on" if words in TICKS else ""

    def _is_changed(self, key, typed, there):
        """Somebody wrote in the form, and not what the portal has by now."""
        written = fingerprint(typed)
        is_touched = written != self.keys.get(f"{key}.typed")
        self.result.is_touched |= is_touched
        return is_touched and written != fingerprint(there)

    def _keep(self, form, places, *, is_stale, row, stored):
        if form.is_valid():
            found = tuple(differences(form, stored)) if is_stale else ()
            self.result.changed.append(Changed(row, form, is_stale, found))
            return
        for name, sentences in form.errors.items():
            place, column = places.get(name) or (next(iter(places.values()))[0], "")
            self.result.faults.setdefault((place.number, column), " ".join(sentences))

    def _no_longer_theirs(self, mine):
        """Activities of the form that the agency does not report any more, where somebody wrote in them."""
        for key, row in self.rows.items():
            is_activity = key.startswith("a") and "." not in key
            if is_activity and key not in mine and (row.cells.get("words") or row.cells.get("state")):
                self.result.faults[row.number, "title"] = _(
                    "Your agency does not report this activity any more: empty its cells."
                )

    def _words(self):
        rows = {name: self.rows[words_key(name)] for name in WORDS if words_key(name) in self.rows}
        places = {name: (row, "words") for name, row in rows.items() if "words" in row.cells}
        there = typed_words(self.update)
        typed = there | self._typed(places)
        if not self._is_changed(GENERAL, typed, there):
            return
        stored, version = words_form(self.update), words_version(self.update)
        form = words_form(self.update, typed | {"version": version})
        self._keep(form, places, is_stale=self.keys.get(GENERAL) != version, row=None, stored=stored)
