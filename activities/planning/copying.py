"""A plan made from another one: next year's plan, a template, the working copy of an amendment.

The facts, the parts and the activities are copied with all they refer to, every row knowing the one it came from
(`origin`). Results, periods, versions, files, events and acknowledgements stay behind. All of it in bulk.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import F, IntegerField, Value

from agencies.models import ReorganisationStatus, Succession
from agencies.successions import NONE, Successors
from plans.document import KIND_WORDS
from plans.models import (
    Audience,
    BudgetLine,
    ContentTheme,
    Duty,
    LegalBasis,
    Objective,
    Plan,
    PlanChannel,
    Purpose,
    Recipient,
    ReportingDuty,
    Requirement,
    SourceForm,
)

from ..models import Activity, ActivityGroup, Assignment, AssignmentRole
from ..versions import SIGNATURE
from .moving import move_dates, move_day, move_words

# The rows of a plan, those that others refer to first.
PARTS = (
    Audience,
    LegalBasis,
    Objective,
    Requirement,
    ContentTheme,
    PlanChannel,
    Duty,
    BudgetLine,
    ReportingDuty,
    Recipient,
)
ROWS = (*PARTS, ActivityGroup, Activity)

# The words that move with the plan's years. A legal basis keeps its own, and so does what people noted.
WORDS = {
    Objective: ("text", "target"),
    Requirement: ("text",),
    ContentTheme: ("text",),
    PlanChannel: ("text",),
    Duty: ("text",),
    BudgetLine: ("text",),
    ReportingDuty: ("text", "cutoff_text", "due_text"),
    ActivityGroup: ("title",),
    Activity: ("title", "details", "expected_product"),
}

# Which rows refer to what, by kind of key: numbers, and the codes of the catalogue of channels.
LINKS = (
    ((Objective, "audiences"), (ContentTheme, "audiences"), (Duty, "agencies"), (Duty, "groups"), (Activity, "themes")),
    ((PlanChannel, "channels"), (Activity, "channels")),
)
COPIED_TOO = {"audiences": Audience, "themes": ContentTheme}  # what such a link leads to is a row of the plan itself

LEFT_BY_A_ROW = {"id", "plan", "version", "edited_by", "edited_at", "origin"}
LEFT_BY_A_PLAN = {"id", "purpose", "amends", "origin", "version", "closed_on", "key", "number", "issued_on", "status"}
SOURCE = ("source_title", "source_publisher", "source_author", "source_note")


@dataclass(frozen=True)
class Content:
    """What a copy of a plan takes over: its rows as they stand, and how they are to be moved in time.

    `years` is how far; `only` the years that the plan's words mean; `successors` who carries on for which agency.
    """

    plan: Plan
    rows: dict[type, list]
    assignments: list[Assignment]
    links: list[tuple]
    years: int = 0
    successors: Successors = NONE

    @property
    def only(self):
        return range(self.plan.period_start.year, self.plan.period_end.year + 2)

    def moved(self, row, name):
        """The row's words with the plan's years moved."""
        return move_words(getattr(row, name), self.years, only=self.only)

    def words_of(self, model):
        """Which words of the table's rows move; titles that must differ stay as they are where moving joins two."""
        if model is ActivityGroup:
            titles = [self.moved(row, "title") for row in self.rows[model]]
            return WORDS[model] if len(set(titles)) == len(titles) else ()
        return WORDS.get(model, ())

    def agency_now(self, agency_id):
        """The key of the agency that carries on for it today; itself while it stands."""
        return self.successors.on(agency_id, date.max)


@transaction.atomic
def copy_plan(source, *, purpose, by, at, **facts):
    """A draft with everything that `source` says, as a plan of another time, an amendment or a template.

    A plan's dates move by the years between the two beginnings, in its words too, and an agency that is no more is
    replaced by its successor where there is exactly one. An amendment and a template are exact copies. Activities
    that have been cancelled and assignments that have ended stay behind.

    Args:
        purpose: of the copy (`Purpose`); an amendment amends the source.
        by, at: who copies, and when.
        facts: of the new plan where they differ (period_start, period_end, title, parent, ...).

    Returns:
        The new plan, saved. At most 40 queries on PostgreSQL, whatever the number of rows; on SQLite, which takes
        few values at once, a few more for many activities.
    """
    is_plan = purpose == Purpose.PLAN
    start = facts.get("period_start", source.period_start)
    content = read_content(source, years=start.year - source.period_start.year if is_plan else 0, is_renewed=is_plan)
    copier = Copier(content, _new_plan(content, purpose, facts), by, at)
    for model in ROWS:
        copier.copy_rows(model)
    copier.plant_themes()
    copier.copy_assignments()
    copier.copy_links()
    return copier.plan


def read_content(source, *, years=0, is_renewed=False):
    """What a copy of `source` takes over (`Content`). 15 queries, 16 where successors are looked for."""
    rows = {model: list(model.objects.filter(plan=source).order_by("position", "pk")) for model in PARTS}
    rows[ActivityGroup] = list(source.activity_groups.order_by("position", "pk"))
    rows[Activity] = list(source.activities.filter(cancelled_on=None).order_by("position", "pk"))
    assignments = Assignment.objects.filter(activity__plan=source, activity__cancelled_on=None, valid_to=None)
    return Content(
        plan=source,
        rows=rows,
        assignments=sorted(assignments, key=lambda each: (each.role != AssignmentRole.LEAD, each.position, each.pk)),
        links=[link for links in LINKS for link in _read_links(source, links)],
        years=years,
        successors=sole_successors(source.locality_id) if is_renewed else NONE,
    )


def sole_successors(locality_id):
    """Who carries on for agencies that have exactly one successor, by the reorganisations in effect. One query."""
    applied = list(
        Succession.objects.filter(
            reorganisation__locality=locality_id, reorganisation__status=ReorganisationStatus.APPLIED
        ).select_related("reorganisation", "successor")
    )
    parts = Counter(each.predecessor_id for each in applied)
    return Successors(each for each in applied if each.successor_id and parts[each.predecessor_id] == 1)


def _read_links(source, links):
    """Which row of the plan refers to what, several tables in one query: [(model, name, key of row, key of target)]."""
    reads = []
    for place, (model, name) in enumerate(links):
        many = model._meta.get_field(name)
        of_plan = many.remote_field.through.objects.filter(**{f"{many.m2m_field_name()}__plan": source}).order_by()
        reads.append(
            of_plan.values_list(
                Value(place, output_field=IntegerField()), F(many.m2m_column_name()), F(many.m2m_reverse_name())
            )
        )
    first, *others = reads
    return [(*links[place], row, target) for place, row, target in first.union(*others, all=True)]


def _new_plan(content, purpose, given):
    """The plan that the rows will belong to, saved: the source's facts, those of its purpose, and what is given."""
    source = content.plan
    kept = [each.attname for each in Plan._meta.concrete_fields if each.name not in LEFT_BY_A_PLAN]
    plan = Plan(**{name: getattr(source, name) for name in kept}, purpose=purpose, origin=source)
    if purpose == Purpose.AMENDMENT:
        facts = {"amends": source, "title": amendment_title(source)} | dict.fromkeys(SIGNATURE, "")
    else:
        facts = {"parent": None, "source_form": SourceForm.PORTAL, "source_published_on": None}
        facts |= dict.fromkeys(SOURCE, "")
    if purpose == Purpose.PLAN:
        facts |= _moved_facts(content)
    for name, value in (facts | given).items():
        setattr(plan, name, value)
    plan.save(force_insert=True)
    return plan


def _moved_facts(content):
    source, years = content.plan, content.years
    issuer, coordinator = source.issuing_agency, source.coordinating_agency
    return {
        "title": content.moved(source, "title"),
        "period_text": move_words(source.period_text, years),
        "period_start": move_day(source.period_start, years),
        "period_end": move_day(source.period_end, years),
        "issuing_agency": content.successors.now(issuer),
        "issuing_agency_name": content.successors.now(issuer).name,
        "coordinating_agency": content.successors.now(coordinator) if coordinator else None,
    }


def amendment_title(plan):
    """What a document that amends `plan` is called; documents are in Vietnamese."""
    name = f"số {plan.number}" if plan.number else plan.title
    return f"Sửa đổi, bổ sung {KIND_WORDS[plan.kind]} {name}"[:500]


class Copier:
    """Writes the rows of a `Content` as rows of `plan`; `copies` maps each row's key to its copy, table by table."""

    def __init__(self, content, plan, by, at):
        self.content, self.plan = content, plan
        self.edited = {"edited_by": by, "edited_at": at}
        self.copies = {}

    def copy_rows(self, model):
        kept = [each.attname for each in model._meta.concrete_fields if each.name not in LEFT_BY_A_ROW]
        edited = {} if model is ActivityGroup else self.edited
        words = self.content.words_of(model)
        copies = []
        for row in self.content.rows[model]:
            facts = {name: getattr(row, name) for name in kept} | {
                name: self.content.moved(row, name) for name in words
            }
            copies.append(model(plan=self.plan, origin=row, **facts | self._references(row), **edited))
        keys = [row.pk for row in self.content.rows[model]]
        self.copies[model] = dict(zip(keys, model.objects.bulk_create(copies), strict=True))

    def _references(self, row):
        """The fields of the copy that depend on other rows or on time."""
        if isinstance(row, ContentTheme):
            return {"parent_id": None}  # its copy is there when all have been written: `plant_themes`
        if isinstance(row, ReportingDuty):
            return {"reporter_id": row.reporter_id and self.content.agency_now(row.reporter_id)}
        if isinstance(row, Activity):
            time = move_dates(row.schedule_text, row.start, row.deadline, self.content.years)
            group = self.copies[ActivityGroup].get(row.group_id)
            return dict(zip(("schedule_text", "start", "deadline"), time, strict=True)) | {
                "group_id": group and group.pk
            }
        return {}

    def plant_themes(self):
        """Give each copied theme the copy of the theme it belongs to."""
        copies = self.copies[ContentTheme]
        below = [row for row in self.content.rows[ContentTheme] if row.parent_id]
        for row in below:
            copies[row.pk].parent = copies[row.parent_id]
        if below:
            ContentTheme.objects.bulk_update([copies[row.pk] for row in below], ["parent"])

    def copy_assignments(self):
        """Who leads and who cooperates; an agency that came to stand twice for one activity stands once, as lead."""
        seen, copies = set(), []
        for row in self.content.assignments:
            agency_id = row.agency_id and self.content.agency_now(row.agency_id)
            key = (row.activity_id, agency_id, row.group_id)
            if key in seen and (agency_id or row.group_id):
                continue
            seen.add(key)
            copies.append(
                Assignment(
                    activity=self.copies[Activity][row.activity_id],
                    role=row.role,
                    agency_id=agency_id,
                    group_id=row.group_id,
                    name_as_printed=row.name_as_printed if agency_id == row.agency_id else "",
                    position=row.position,
                )
            )
        Assignment.objects.bulk_create(copies)

    def copy_links(self):
        """The many-to-many rows, those within the plan leading to the copies."""
        pairs = {}
        for model, name, row, target in self.content.links:
            if row in self.copies[model]:  # not so for a cancelled activity
                pairs.setdefault((model, name), {})[self.copies[model][row].pk, self._target(name, target)] = None
        for (model, name), keys in pairs.items():
            many = model._meta.get_field(name)
            of_row, of_target = f"{many.m2m_field_name()}_id", f"{many.m2m_reverse_field_name()}_id"
            through = many.remote_field.through
            through.objects.bulk_create(through(**{of_row: row, of_target: target}) for row, target in keys)

    def _target(self, name, key):
        if name in COPIED_TOO:
            return self.copies[COPIED_TOO[name]][key].pk
        return self.content.agency_now(key) if name == "agencies" else key
