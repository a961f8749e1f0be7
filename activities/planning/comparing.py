"""Two versions of a plan side by side: what was added, changed, dropped, word by word."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _, gettext_lazy, pgettext

from plans.document import APART
from plans.models import (
    Audience,
    BudgetLine,
    ContentTheme,
    Duty,
    LegalBasis,
    Objective,
    PlanChannel,
    Recipient,
    ReportingDuty,
    Requirement,
)
from plans.words import one_page, word_diff

ADDED, CHANGED, DROPPED, OTHER = "added", "changed", "dropped", "other"

PARTS = {
    "legal_bases": LegalBasis,
    "objectives": Objective,
    "requirements": Requirement,
    "audiences": Audience,
    "themes": ContentTheme,
    "channels": PlanChannel,
    "duties": Duty,
    "budget_lines": BudgetLine,
    "reporting_duties": ReportingDuty,
    "recipients": Recipient,
}
PARTIES = {"leads": gettext_lazy("Lead"), "cooperating": gettext_lazy("Cooperating")}
CHIEF = ("leads", "cooperating", "schedule_text", "expected_product")  # of an activity added or dropped
# What is said already where the plan's own words differ.
SAID_BY = {"start": "schedule_text", "deadline": "schedule_text", "target": "expected_product"}
FACTS = {
    "period_start": gettext_lazy("from"),
    "period_end": gettext_lazy("to"),
    "period_text": gettext_lazy("period as printed"),
    "coordinating_agency": gettext_lazy("coordinating agency"),
}


@dataclass(frozen=True)
class Fact:
    """One fact before and after, as runs of (kind, text): kind is "same", "del" or "ins"."""

    label: str
    before: tuple[tuple[str, str], ...]
    after: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Change:
    """What became of an activity or of another row. `titles` are the headings of the two columns ('' for none)."""

    kind: str
    what: str
    before: str
    after: str
    title: Fact | None
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Comparison:
    """`changes` of activities in the order of the annex, `others` of the plan's other parts."""

    changes: tuple[Change, ...]
    others: tuple[Change, ...]
    unchanged: tuple[str, ...]
    activities_before: int
    activities_after: int
    budget_before: int | None
    budget_after: int | None

    def __bool__(self):
        """The two differ in something a reader sees."""
        return bool(self.changes or self.others)

    def count(self, kind):
        return sum(change.kind == kind for change in self.changes)

    @property
    def added(self):
        return self.count(ADDED)

    @property
    def changed(self):
        return self.count(CHANGED)

    @property
    def dropped(self):
        return self.count(DROPPED)


@one_page()
def compare(before, after):
    """A Comparison of two contents (as `versions.content_of` writes them)."""
    old = {row["id"]: row for row in before["activities"]}
    new = {row["id"]: row for row in after["activities"]}
    changes, unchanged = [], []
    for key, row in new.items():
        if key not in old:
            changes.append((row["place"], 1, _added(row)))
        elif change := _changed(old[key], row):
            changes.append((row["place"], 0, change))
        else:
            unchanged.append(f"{row['number']}. {row['title']}")
    changes += [(row["place"], 2, _dropped(row)) for key, row in old.items() if key not in new]
    return Comparison(
        changes=tuple(change for *_order, change in sorted(changes, key=lambda each: each[:2])),
        others=tuple(_other_changes(before, after)),
        unchanged=tuple(unchanged),
        activities_before=len(old),
        activities_after=len(new),
        budget_before=_budget(before),
        budget_after=_budget(after),
    )


def _budget(content):
    amounts = [int(row["note"]) for row in content["parts"]["budget_lines"] if row["note"]]
    return sum(amounts) if amounts else None


def _what(row):
    return _("activity %(number)s") % {"number": row["number"]}


def _added(row):
    return Change(ADDED, _what(row), "", row["title"], None, _one_side(row, after=True))


def _dropped(row):
    return Change(DROPPED, _what(row), row["title"], "", None, _one_side(row, after=False))


def _one_side(row, *, after):
    """The chief facts of an activity that stands on one side only, unmarked."""
    facts = []
    for name, label, text in _facts_of(row):
        runs = (("same", text),)
        if text and name in CHIEF:
            facts.append(Fact(label, () if after else runs, runs if after else ()))
    return tuple(facts)


def _changed(old, new):
    """The Change between two states of an activity; None where nothing a reader sees differs."""
    differing = {
        name: _diff(label, before, after)
        for (name, label, before), (_name, _label, after) in zip(_facts_of(old), _facts_of(new), strict=True)
        if before != after
    }
    facts = [fact for name, fact in differing.items() if SAID_BY.get(name) not in differing]
    if _heading(old) == _heading(new) and not facts:
        return None
    title = _diff("", _heading(old), _heading(new))
    return Change(CHANGED, _what(new), old["title"], new["title"], title, tuple(facts))


def _heading(row):
    return row["title"]


def _diff(label, before, after):
    runs = word_diff(before, after)
    return Fact(
        label,
        tuple(run for run in runs if run[0] != "ins"),
        tuple(run for run in runs if run[0] != "del"),
    )


def _facts_of(row):
    """(name, label, words) of everything a reader sees of an activity beside its title."""
    yield "number", _("Number"), row["number"]
    for role, label in PARTIES.items():
        yield role, str(label), "; ".join(party["name"] for party in row[role])
    yield "schedule_text", _("Time"), row["schedule_text"]
    yield "start", _("Start"), _day(row["start"])
    yield "deadline", _("Deadline"), _day(row["deadline"])
    yield "expected_product", _("Product"), row["expected_product"]
    yield "target", pgettext("of an activity", "Target"), _target(row)
    yield "channels", _("Channels"), "; ".join(row["channels"])
    yield "themes", _("Content themes"), "; ".join(row["themes"])
    yield "details", _("Details"), row["details"]


def _target(row):
    if row["target_quantity"] is None:
        return ""
    quantity = f"{row['target_quantity']:,}".replace(",", ".")
    return f"{quantity} {row['target_unit']}".strip()


def _day(iso):
    return f"{date.fromisoformat(iso):%d/%m/%Y}" if iso else ""


def _other_changes(before, after):
    """Changes outside the activities: the plan's facts and the rows of its parts."""
    facts = [
        _diff(str(label), _fact(before, name), _fact(after, name))
        for name, label in FACTS.items()
        if _fact(before, name) != _fact(after, name)
    ]
    if facts:
        yield Change(OTHER, _("Facts of the plan"), "", "", None, tuple(facts))
    for part, model in PARTS.items():
        rows = tuple(_row_changes(part, before["parts"][part], after["parts"][part]))
        if rows:
            yield Change(OTHER, str(model._meta.verbose_name_plural), "", "", None, rows)


def _fact(content, name):
    value = content["facts"].get(name) or ""
    return _day(value) if name.startswith("period_") and name != "period_text" else value


def _row_changes(part, before, after):
    old, new = ({row["id"]: _words_of(part, row) for row in rows} for rows in (before, after))
    for key in [*new, *(key for key in old if key not in new)]:
        if old.get(key) != new.get(key):
            yield _diff("", old.get(key, ""), new.get(key, ""))


def _words_of(part, row):
    """The row as one line: its words, and what else a reader sees of it."""
    code = "" if part == "reporting_duties" else row["code"]
    words = [f"{code} {row['text']}".strip(), row["extra"], *row["more"].split(APART), "; ".join(row["names"])]
    if part == "budget_lines" and row["note"]:
        words.insert(1, f"{int(row['note']):,} đồng".replace(",", "."))
    if part == "objectives":
        words.insert(1, row["note"])
    return " · ".join(word for word in words if word)
