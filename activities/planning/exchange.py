"""The annex as an Excel workbook, out and in again: what was exported unchanged comes back unchanged.

A row is known by the hidden column with its key, else by its very title. What the workbook leaves out stays, in its
place; a group that the plan does not have yet is added.
"""

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from agencies.importing import Importer, ImportRow
from agencies.vietnamese import fold
from agencies.workbook import Column, write_table
from plans.drafting import lock
from plans.models import Channel
from plans.parties import Directory, Party
from plans.words import Effort, one_page, word_diff

from ..models import Activity
from ..products import printed_product, read_product
from .annex import read_time_of
from .drafting import (
    ROLES,
    add_activities,
    add_group,
    by_group,
    change_activities,
    groups_of,
    is_plain_number,
    read_activities,
    state_of,
)
from .pasting import is_roman
from .wording import product_said, time_said

COLUMNS = (
    Column("number", gettext_lazy("No."), width=7, also=("tt", "stt", "số tt")),
    Column("title", gettext_lazy("What is to be done"), width=48, also=("nội dung", "nhiệm vụ"), is_required=True),
    Column("lead", gettext_lazy("Lead agency"), width=28, also=("chủ trì", "cơ quan chủ trì", "đơn vị chủ trì")),
    Column(
        "cooperating",
        gettext_lazy("Cooperating agencies"),
        width=28,
        also=("phối hợp", "cơ quan phối hợp", "đơn vị phối hợp"),
    ),
    Column("schedule_text", gettext_lazy("Time of completion"), width=24, also=("thời gian", "thời gian thực hiện")),
    Column("product", gettext_lazy("Expected product"), width=24, also=("sản phẩm", "kết quả")),
    Column("channels", gettext_lazy("Channels"), width=22, also=("kênh",)),
    Column("themes", gettext_lazy("Content themes"), width=34, also=("chủ đề",)),
    Column("group", gettext_lazy("Group in the annex"), width=26, also=("nhóm",)),
    Column("details", gettext_lazy("Details"), width=40, also=("chi tiết",)),
    Column("key", gettext_lazy("Row key (do not change)"), width=8),
)
LONGEST = {"title": 1000, "schedule_text": 300, "product": 300, "details": 20000, "group": 300, "number": 20}
MOST_OFFERED = 400  # names in a drop-down


def words_of(activity, directory, groups):
    """What the workbook says of an activity: column key to words."""
    state = state_of(activity)
    return {
        "number": activity.number,
        "title": activity.title,
        "schedule_text": activity.schedule_text,
        "product": printed_product(activity),
        "channels": _lines(str(each) for each in activity.channels.all()),
        "themes": _lines(str(each) for each in activity.themes.all()),
        "group": groups.get(activity.group_id, ""),
        "details": activity.details,
    } | {name: _names(map(Party._make, state[name]), directory) for name in ROLES}


def _names(parties, directory):
    return "; ".join(directory.named(party).name for party in parties)


def _lines(names):
    return "\n".join(names)


def write_annex(plan):
    """The annex of `plan` as a workbook, with drop-downs for agencies, groups and channels: bytes."""
    directory, groups = Directory(plan), groups_of(plan)
    titles = {group.pk: group.title for group in groups}
    rows = by_group(read_activities(plan).filter(cancelled_on=None).order_by("position", "pk"), groups)
    offered = [entry.row.name for entry in directory.entries if not directory.is_gone(entry)][:MOST_OFFERED]
    return write_table(
        _("Activities"),
        COLUMNS,
        [words_of(row, directory, titles) | {"key": str(row.pk)} for row in rows],
        notes=(
            str(plan),
            _("One row is one activity; semicolons stand between several agencies, line breaks between themes."),
            _("Times and products are written as they are printed; the portal reads dates and numbers from them."),
            _("A row with an empty key is added; a row that you delete here stays in the portal."),
        ),
        choices={
            "lead": offered,
            "cooperating": offered,
            "channels": [str(channel) for channel in Channel.objects.all()],
            **({"group": list(titles.values())} if titles else {}),
        },
        hidden=("key",),
    )


def workbook_name(plan):
    """The file name of a plan's workbook: its number, where it has one."""
    return re.sub(r"[^\w.-]+", "-", f"{_('activities')}-{plan.number or plan.period_start.year}").strip("-")


@dataclass(frozen=True)
class Wanted:
    """What a row of the workbook asks for: `activity` None for a new one; `group`: title of its group, or None."""

    activity: Activity | None
    values: dict
    group: str | None


class ActivityImporter(Importer):
    """The annex of one draft, from the person's own workbook."""

    columns = COLUMNS
    shown = ("title", "lead", "schedule_text", "product")
    template = "activities/activity_import.html"
    title = gettext_lazy("Activities from Excel")

    def __init__(self, plan):
        self.plan, self.effort = plan, Effort()
        self.kind = f"activities-{plan.pk}"
        self.file_name = workbook_name(plan)
        self.done_url = reverse("activities:grid", args=[plan.pk])

    def workbook(self):
        return write_annex(self.plan)

    def context(self):
        return {"plan": self.plan}

    def diff(self, before, after):
        with one_page(self.effort):
            return word_diff(before, after)

    def read(self, table):
        reading = Reading(self.plan, table)
        rows = [reading.row(row) for row in reading.rows]
        return rows, [f"{each.number}. {each.title}" for each in reading.left]

    @transaction.atomic
    def write(self, rows, *, by, at):
        plan = lock(self.plan, by)
        if plan.version != self.plan.version:
            raise ValidationError(_("The plan was changed meanwhile."))
        groups = {group.title: group.pk for group in groups_of(plan)} | {"": None}
        for wanted in (row.values for row in rows):
            if wanted.group and wanted.group not in groups:
                groups[wanted.group] = add_group(plan, wanted.group, by=by, at=at).pk
        states = [(row.values, self._state(row.values, groups)) for row in rows]
        changed = {wanted.activity.pk: state for wanted, state in states if wanted.activity}
        new = [state for wanted, state in states if not wanted.activity]
        if changed:
            change_activities(plan, changed, by=by, at=at)
        if new:
            add_activities(plan, new, by=by, at=at)
        said = (
            ngettext("%(n)s row added", "%(n)s rows added", len(new)) % {"n": len(new)},
            ngettext("%(n)s row changed", "%(n)s rows changed", len(changed)) % {"n": len(changed)},
        )
        return _("Written: %(said)s.") % {
            "said": "; ".join(part for part, rows in zip(said, (new, changed), strict=True) if rows)
        }

    def _state(self, wanted, groups):
        return wanted.values if wanted.group is None else wanted.values | {"group_id": groups[wanted.group]}


class Reading:
    """A workbook read against the annex as it is: which row is which activity, and what each cell means."""

    def __init__(self, plan, table):
        self.plan, self.table = plan, table
        self.directory = Directory(plan)
        self.groups = {group.pk: group.title for group in groups_of(plan)}
        self.activities = {
            each.pk: each for each in by_group(read_activities(plan).order_by("position", "pk"), groups_of(plan))
        }
        self.headings, self.rows = self._without_group_rows()
        self.matched = self._match()
        self.taken = {}

    @property
    def left(self):
        """The activities that the workbook does not mention."""
        named = {activity.pk for activity in self.matched.values()}
        return [each for each in self.activities.values() if each.pk not in named and not each.cancelled_on]

    @cached_property
    def channels(self):
        rows = Channel.objects.all()
        return {fold(name): row.pk for row in rows for name in (row.code, row.name, row.name_en)}

    @cached_property
    def themes(self):
        rows = list(self.plan.themes.all())
        texts = {fold(row.text): row.pk for row in reversed(rows)}
        return texts | {fold(name): row.pk for row in rows for name in (row.code, str(row)) if name}

    def _without_group_rows(self):
        """{row number: title of the group row above it} and the other rows; a workbook with a group column has none."""
        headings, rows, heading = {}, [], None
        for row in self.table.rows:
            others = [words for key, words in row.cells.items() if key not in ("number", "title") and words]
            if "group" not in row.cells and is_roman(row.cells.get("number", "")) and not others:
                heading = " ".join(row.cells["title"].split())
            else:
                headings[row.number] = heading
                rows.append(row)
        return headings, rows

    def _match(self):
        """{row number: activity}: by key, then by title; an activity is matched once."""
        matched, free = {}, dict(self.activities)
        for row in self.rows:
            key = row.cells.get("key", "")
            if key.isdecimal() and int(key[:18]) in free:
                matched[row.number] = free.pop(int(key[:18]))
        titles = {fold(each.title): each.pk for each in reversed(free.values())}
        for row in self.rows:
            pk = titles.pop(fold(row.cells["title"]), None) if row.number not in matched else None
            if pk:
                matched[row.number] = free.pop(pk)
        return matched

    def row(self, row):
        """One row of the workbook as the preview shows it."""
        activity = self.matched.get(row.number)
        before = words_of(activity, self.directory, self.groups) if activity else {}
        cells = {name: words for name, words in row.cells.items() if name != "key"}
        faults = {key: said for (number, key), said in self.table.faults.items() if number == row.number}
        faults |= {name: said for name, words in cells.items() if (said := self._too_long(name, words))}
        words = {name: self._as_before(said, before.get(name)) for name, said in cells.items()}
        values = self._facts(words, before, activity, faults) | self._parties(words, activity, faults)
        values |= self._links(words, faults)
        group = words.get("group", self.headings[row.number])
        label = f"{before.get('number', words.get('number', ''))}. {words['title'] or before.get('title', '')}"
        return ImportRow(
            number=row.number,
            label=label.removeprefix(". "),
            words=words | ({"group": group} if group is not None else {}),
            before=before,
            faults=faults,
            values=Wanted(activity, values, group),
            is_new=activity is None,
        )

    def _as_before(self, words, before):
        """Words that differ from the portal's in spaces alone are the portal's."""
        return before if before is not None and words.split() == before.split() else words

    def _too_long(self, name, words):
        most = LONGEST.get(name)
        if most and len(words) > most:
            return _("At most %(most)s characters; these are %(number)s.") % {"most": most, "number": len(words)}
        return ""

    def _facts(self, words, before, activity, faults):
        """Number, title, details, time and product."""
        words["title"] = " ".join(words["title"].split())
        if not words["title"]:
            faults["title"] = _("Write what is to be done.")
        values = {"title": words["title"], **self._number(words, before, faults)}
        if "details" in words:
            values["details"] = words["details"]
        if "schedule_text" in words:
            problem = read_time_of(self.plan, words["schedule_text"]).problem
            self._blame(faults, "schedule_text", problem, words["schedule_text"] != before.get("schedule_text"))
            values |= time_said(self.plan, activity, words["schedule_text"])
        if "product" in words:
            problem = read_product(words["product"]).problem
            self._blame(faults, "product", problem, words["product"] != before.get("product"))
            values |= product_said(activity, words["product"])
        return values

    def _blame(self, faults, name, problem, is_changed):
        """What the draft has already is not a fault of the workbook."""
        if problem and is_changed:
            faults[name] = str(problem)

    def _number(self, words, before, faults):
        """A code of the plan's own; plain numbers follow the order of the rows."""
        number = words.get("number", "").rstrip(".")
        if is_plain_number(number):
            words.pop("number", None)
            return {}
        if self.taken.setdefault(number, words["title"]) != words["title"] or self._is_anothers(number, before):
            faults["number"] = _("The plan already has an activity with this number.")
        return {"number": number}

    def _is_anothers(self, number, before):
        return number != before.get("number") and any(each.number == number for each in self.activities.values())

    def _parties(self, words, activity, faults):
        state = state_of(activity) if activity else {}
        known = [Party(*each) for name in ROLES for each in state.get(name, [])]
        values = {}
        for name in ROLES:
            if name not in words:
                continue
            try:
                parties = self.directory.read(words[name], known)
            except ValidationError as error:
                faults[name] = " ".join(error.messages)
                continue
            had = {Party(*each).key for each in state.get(name, [])}
            gone = [named for party in parties if (named := self.directory.named(party)).ended_on]
            if blamed := [named for named in gone if named.party.key not in had]:
                faults[name] = " ".join(
                    f"{named.name}: {'; '.join(filter(None, (named.fault, named.repair)))}." for named in blamed
                )
            words[name] = _names(parties, self.directory)
            values[name] = [[*party] for party in parties]
        led = {Party(*each).key for each in values.get("lead", state.get("lead", []))}
        both = [party for each in values.get("cooperating", []) if (party := Party(*each)).key in led]
        if both:
            faults["cooperating"] = _("%(names)s cannot both lead and cooperate.") % {
                "names": _names(both, self.directory)
            }
        return values

    def _links(self, words, faults):
        values = {}
        for name, known, unknown in (
            ("channels", "channels", _("There is no channel “%(name)s”.")),
            ("themes", "themes", _("The plan has no theme “%(name)s”.")),
        ):
            if name not in words:
                continue
            found, missing = read_names(words[name], getattr(self, known))
            if missing:
                faults[name] = unknown % {"name": missing[0][:80]}
            values[name] = sorted(found)
        return values


def read_names(words, known):
    """(keys, names that are not known): a name a line, or several in a line separated by semicolons."""
    found, missing = [], []
    for line in filter(None, (line.strip(" -+") for line in words.split("\n"))):
        pieces = [line] if fold(line) in known else [piece.strip() for piece in line.split(";") if piece.strip()]
        for piece in pieces:
            (found if fold(piece) in known else missing).append(known.get(fold(piece), piece))
    return list(dict.fromkeys(found)), missing
