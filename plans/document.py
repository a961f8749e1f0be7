"""A plan as one readable document: all its parts in order, in two queries whatever their number.

The parts live in ten tables; reading them one by one, with the names they refer to, would take fifteen queries.
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BigIntegerField, Case, CharField, F, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Concat

from .models import (
    Audience,
    BudgetLine,
    ContentTheme,
    Duty,
    Frequency,
    LegalBasis,
    Objective,
    PlanChannel,
    PlanKind,
    Recipient,
    ReportingDuty,
    Requirement,
)

# A document's own words are Vietnamese, whoever drafts it.
KIND_WORDS = {PlanKind.PLAN: "Kế hoạch", PlanKind.PROGRAMME: "Chương trình", PlanKind.SCHEME: "Đề án"}


@dataclass(frozen=True)
class Part:
    """A row of the document. `names` are what it refers to (audiences, channels, agencies and groups).

    `note` says more in the row's own terms: a target, an amount, who reports to whom.
    """

    kind: str
    pk: int
    code: str
    text: str
    note: str
    extra: str
    parent: int
    more: str
    names: tuple[str, ...]
    version: int
    edited_at: datetime | None

    @property
    def amount(self):
        """A budget line's amount in đồng, or None."""
        return int(self.note) if self.kind == "budget_lines" and self.note else None

    @property
    def frequencies(self):
        """How often a reporting duty is due, in words: ('quarterly', 'yearly')."""
        return tuple(Frequency(code).label for code in json.loads(self.code or "[]"))

    @property
    def dates(self):
        """A reporting duty's data cut-off and deadline as printed, those that are stated."""
        return tuple(text for text in self.more.split(APART) if text)

    @property
    def is_focus(self):
        return self.kind == "themes" and self.note == "focus"


@dataclass(frozen=True)
class ThemeNode:
    theme: Part
    children: tuple[Part, ...]


@dataclass(frozen=True)
class ThemeGroup:
    """Themes meant for the same audiences; none are named where the plan states none."""

    audiences: tuple[str, ...]
    themes: tuple[ThemeNode, ...]


@dataclass(frozen=True)
class PlanDocument:
    legal_bases: tuple[Part, ...]
    objectives: tuple[Part, ...]
    requirements: tuple[Part, ...]
    audiences: tuple[Part, ...]
    themes: tuple[Part, ...]
    channels: tuple[Part, ...]
    duties: tuple[Part, ...]
    budget_lines: tuple[Part, ...]
    reporting_duties: tuple[Part, ...]
    recipients: tuple[Part, ...]

    @property
    def theme_groups(self):
        """The themes of the first level with their sub-themes, grouped by audience in the plan's order."""
        children = defaultdict(list)
        for theme in self.themes:
            if theme.parent:
                children[theme.parent].append(theme)
        groups = {}
        for theme in self.themes:
            if not theme.parent:
                groups.setdefault(theme.names, []).append(ThemeNode(theme, tuple(children[theme.pk])))
        return tuple(ThemeGroup(audiences, tuple(themes)) for audiences, themes in groups.items())

    @property
    def budget_total(self):
        """Sum of the stated amounts in đồng; None where no line states one."""
        amounts = [line.amount for line in self.budget_lines if line.amount is not None]
        return sum(amounts) if amounts else None


APART = "\x1f"
COLUMNS = "kind pk place code text note extra parent more version edited_at".split()
# model, kind (also its place in addresses), numbering, then what fills `note`, `extra` and `parent`
SOURCES = {
    "legal_bases": (LegalBasis, None, None, None, None),
    "objectives": (Objective, None, "target", None, None),
    "requirements": (Requirement, "code", None, None, None),
    "audiences": (Audience, None, None, None, None),
    "themes": (
        ContentTheme,
        "code",
        Case(When(is_focus=True, then=Value("focus")), default=Value("")),
        None,
        "parent_id",
    ),
    "channels": (PlanChannel, "code", None, None, None),
    "duties": (Duty, None, "kind", "bearer_as_printed", None),
    "budget_lines": (BudgetLine, None, Cast("amount", CharField()), "bearer_as_printed", None),
    "reporting_duties": (
        ReportingDuty,
        "frequencies",
        "reporter__name",
        "recipient_as_printed",
        None,
        Concat("cutoff_text", Value(APART), "due_text"),
    ),
    "recipients": (Recipient, None, None, None, None),
}
RELATIONS = (
    ("objectives", Objective.audiences.through, "objective_id", "audience__text", "audience__position"),
    ("themes", ContentTheme.audiences.through, "contenttheme_id", "audience__text", "audience__position"),
    ("channels", PlanChannel.channels.through, "planchannel_id", "channel__name", "channel__position"),
    ("duties", Duty.agencies.through, "duty_id", "agency__name", "agency_id"),
    ("duties", Duty.groups.through, "duty_id", "agencygroup__name", "agencygroup_id"),
)


def read_document(plan):
    """The parts of `plan`, each in the order of the document. Two queries."""
    names = _names(plan)
    parts = {kind: [] for kind in SOURCES}
    first, *others = [_rows(plan, kind, *source) for kind, source in SOURCES.items()]
    for kind, pk, _position, *facts, version, edited_at in first.union(*others, all=True).order_by(
        "part_kind", "part_place", "part_pk"
    ):
        parts[kind].append(Part(kind, pk, *facts, names.get((kind, pk), ()), version, edited_at))
    return PlanDocument(**{kind: tuple(rows) for kind, rows in parts.items()})


def _text(source):
    if source is None:
        return Value("", output_field=TextField())
    return Coalesce(Cast(source, TextField()), Value(""), output_field=TextField())


def _rows(plan, kind, model, code, note, extra, parent, more=None):
    return (
        model.objects.filter(plan=plan)
        .order_by()
        .annotate(
            part_kind=Value(kind, output_field=TextField()),
            part_pk=F("pk"),
            part_place=F("position"),
            part_code=_text(code),
            part_text=_text("text"),
            part_note=_text(note),
            part_extra=_text(extra),
            part_more=_text(more),
            part_parent=Coalesce(parent, 0) if parent else Value(0, output_field=BigIntegerField()),
            part_version=F("version"),
            part_edited_at=F("edited_at"),
        )
        .values_list(*(f"part_{column}" for column in COLUMNS))
    )


def _names(plan):
    """{(kind, pk): names} of everything the parts refer to, in order."""
    first, *others = [
        through.objects.filter(**{f"{owner.removesuffix('_id')}__plan": plan})
        .order_by()
        .annotate(
            part_kind=Value(kind, output_field=TextField()),
            part_pk=F(owner),
            part_name=Cast(label, TextField()),
            part_place=Cast(place, TextField()),
        )
        .values_list("part_kind", "part_pk", "part_name", "part_place")
        for kind, through, owner, label, place in RELATIONS
    ]
    names = defaultdict(list)
    for kind, pk, label, place in first.union(*others, all=True):
        names[(kind, pk)].append((int(place), label))
    return {key: tuple(label for _place, label in sorted(labels)) for key, labels in names.items()}
