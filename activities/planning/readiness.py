"""How far a draft is: its parts with their rows, what each still lacks, and what stands in the way of issuing."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _, ngettext

from plans.drafting import drafters
from plans.models import Purpose
from plans.workspace import BEFORE_ACTIVITIES, TITLES, Section, sections

from .check import Check, check_plan
from .reading import Reading

ACTIVITIES = "activities"


@dataclass(frozen=True)
class Entry:
    """A line of the contents: a part, its number of rows and how it stands."""

    part: str
    title: str
    count: int
    errors: int
    is_open: bool

    @property
    def state(self):
        if self.errors:
            return "faulty"
        if self.is_open:
            return "open"
        return "full" if self.count else "empty"

    @property
    def says(self):
        """What its sign means."""
        if self.errors:
            return ngettext("%(n)s error", "%(n)s errors", self.errors) % {"n": self.errors}
        return {"open": _("Being edited"), "full": _("Complete"), "empty": _("Nothing yet")}[self.state]


@dataclass(frozen=True)
class Readiness:
    """A draft as its workspace shows it."""

    plan: object
    sections: list[Section]
    groups: list[tuple[str, int]]
    check: Check
    drafters: dict[str, list[str]]
    part: str = ""

    @classmethod
    def of(cls, plan, *, now, part=""):
        """`part`: the one that is open. Its queries do not grow with the plan."""
        today = now.date()
        reading = Reading.of(plan, plan.issued_on or today)
        groups = Counter(activity.group for activity in reading.activities)
        return cls(
            plan,
            sections(reading.document, today),
            [(group.title if group else "", n) for group, n in groups.items()],
            check_plan(plan, today=today, reading=reading),
            drafters(plan, now),
            part,
        )

    @property
    def before(self):
        return [section for section in self.sections if section.part in BEFORE_ACTIVITIES]

    @property
    def after(self):
        return [section for section in self.sections if section.part not in BEFORE_ACTIVITIES]

    @property
    def activity_count(self):
        return sum(n for _title, n in self.groups)

    @cached_property
    def entries(self):
        entries = [self._entry(each.part, each.title, each.count) for each in self.sections]
        entries.insert(len(BEFORE_ACTIVITIES), self._entry(ACTIVITIES, _("Activities"), self.activity_count))
        return entries

    def _entry(self, part, title, count):
        errors = sum(part_of(finding) == part for finding in self.check.errors)
        return Entry(part, title, count, errors, part == self.part)

    @property
    def empty(self):
        return [entry for entry in self.entries if not entry.count]

    @property
    def complete(self):
        return sum(bool(entry.count) and not entry.errors for entry in self.entries)

    @property
    def activity_errors(self):
        return [finding for finding in self.check.errors if part_of(finding) == ACTIVITIES]

    @property
    def fact_errors(self):
        return [finding for finding in self.check.errors if part_of(finding) == "facts"]

    @property
    def named_drafters(self):
        """[(title of the part, names)] of those who wrote within the last quarter of an hour."""
        titles = {**TITLES, ACTIVITIES: _("Activities")}
        return [(str(titles[part]), names) for part, names in self.drafters.items() if part in titles]

    @property
    def lead(self):
        """Where the draft comes from and how far it is, in words."""
        words = _origin(self.plan)
        words.append(_("%(done)s of %(all)s parts written") % {"done": self.complete, "all": len(self.entries)})
        errors = len(self.check.errors)
        if errors:
            words.append(ngettext("%(n)s error", "%(n)s errors", errors) % {"n": errors})
        return "; ".join(words)


def part_of(finding):
    """The part of the workspace a finding belongs to; "facts" for the heading."""
    subject = finding.subject.partition("-")[0]
    if subject in TITLES or subject == "facts":
        return subject
    return "facts" if subject == "number" else ACTIVITIES


def _origin(plan):
    if plan.purpose == Purpose.AMENDMENT:
        return [_("Amendment of %(plan)s") % {"plan": plan.amends}]
    if plan.purpose == Purpose.TEMPLATE:
        return [_("Template")]
    return [_("Draft begun from %(plan)s") % {"plan": plan.origin}] if plan.origin_id else [_("Draft")]
