"""A set of criteria as it is read and written: every criterion with its bands, what does not add up, the one chosen."""

from collections import defaultdict
from dataclasses import dataclass
from hashlib import sha256

from django.utils.translation import gettext as _

from ..models import CriteriaSet, Criterion, Formula
from .points import points_written
from .proposing import wanted_of
from .scoring import rule_of, shown_steps


@dataclass(frozen=True)
class SetRow:
    """A criterion of a set; `warning` says where the points of those below it do not add up to its own."""

    criterion: Criterion
    level: int
    steps: tuple
    wanted: tuple
    warning: str = ""


@dataclass(frozen=True)
class SetPage:
    """`chosen` is the criterion being written, None for a new one; `typed`: what its form shows."""

    set: CriteriaSet
    rows: tuple[SetRow, ...]
    chosen: Criterion | None
    typed: dict
    used_by: tuple

    @property
    def codes(self):
        return {row.criterion.code for row in self.rows}

    @property
    def most(self):
        return sum(row.criterion.most for row in self.rows if row.criterion.parent_id is None)


def build_set_page(criteria_set, chosen=""):
    """The page of the set; `chosen`: the key of a criterion as text. Four queries."""
    criteria = list(criteria_set.criteria.prefetch_related("bands", "channels").order_by("position"))
    below = defaultdict(list)
    for each in criteria:
        below[each.parent_id].append(each)
    row = next((each for each in criteria if str(each.pk) == chosen), None)
    return SetPage(
        criteria_set,
        tuple(_row(each, below[each.pk]) for each in criteria),
        row,
        typed_of(row) if row else {"needs_evidence": True},
        tuple(criteria_set.dossiers.select_related("plan")),
    )


def _row(criterion, children):
    steps = shown_steps(rule_of(criterion, criterion.bands.all()))
    level = min(criterion.code.count("."), 2)
    return SetRow(criterion, level, steps, tuple(wanted_of(criterion)), _warning(criterion, children))


def _warning(criterion, children):
    if criterion.formula != Formula.SUM:
        return _("It has sub-criteria, but is not their sum.") if children else ""
    total = sum(child.most for child in children)
    if total == criterion.most:
        return ""
    facts = {"sum": points_written(total), "most": points_written(criterion.most)}
    return _("The sub-criteria add up to %(sum)s, not to %(most)s.") % facts


def typed_of(criterion):
    """The criterion as its form shows it."""
    names = ("code", "title", "most", "formula", "measure", "floor")
    evidence = ("needs_evidence", "wants_plan", "wants_reports", "evidence_wanted")
    return {name: getattr(criterion, name) for name in (*names, *evidence)} | {
        "bands": bands_written(criterion.bands.all()),
        "channels": [channel.pk for channel in criterion.channels.all()],
        "was": fingerprint(criterion),
    }


def bands_written(bands):
    """The bands (rows) as they are typed."""
    share = _("share")
    return "\n".join(
        f"{band.at_least}: {share if band.proportional else points_written(band.points)}" for band in bands
    )


def fingerprint(criterion):
    """What tells one state of the criterion from another."""
    bands = [(band.at_least, band.points, band.proportional) for band in criterion.bands.all()]
    channels = sorted(channel.pk for channel in criterion.channels.all())
    names = ("code", "title", "most", "formula", "measure", "floor", "needs_evidence", "wants_plan", "wants_reports")
    facts = [str(getattr(criterion, name)) for name in (*names, "evidence_wanted")]
    return sha256(repr([facts, sorted(bands), channels]).encode()).hexdigest()
