"""The dossier as one object: every criterion with its score, its evidence, what is missing, and what would help."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, FilteredRelation, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from plans.models import FileKind, PlanFile

from ..models import CriteriaSet, Criterion, Dossier, DossierState, Formula, Measure, Report, ReportKind, ReportStatus
from .measuring import COMPUTED, as_of, evidence_there, kept, measure
from .proposing import Documents, Tags, Wanted, missing_of, no_tags, pieces_of, tags_of
from .scoring import (
    Better,
    Measured,
    Rule,
    better_of,
    is_below_floor,
    percent_of,
    points_of,
    rule_of,
    shown_steps,
)

OWN = ("points", "explanation", "missing_reason", "missing_lines", "version", "by_name", "at")


@dataclass(frozen=True)
class Row:
    """A criterion as it stands. Points are hundredths; None where it is not scored yet, which is not 0.

    `computed` follows from what was `measured`; `points` are those given by hand where there are any, else these. The
    criterion's row bears what the office says of itself as `own_points`, `own_explanation` …
    """

    criterion: Criterion
    depth: int
    rule: Rule
    measured: Measured | None
    computed: int | None
    points: int | None
    pieces: int
    missing: tuple[Wanted, ...]
    children: tuple["Row", ...] = ()

    @property
    def is_sum(self):
        return self.criterion.formula == Formula.SUM

    @property
    def level(self):
        """How far it stands in, for the look: 0, 1, 2."""
        return min(self.depth, 2)

    @property
    def leaves(self):
        return [leaf for child in self.children for leaf in child.leaves] if self.is_sum else [self]

    @property
    def is_below_floor(self):
        return self.criterion.own_points is None and is_below_floor(self.rule, self.measured)

    @property
    def percent(self):
        return percent_of(self.rule, self.measured) if self.measured else None

    @property
    def is_explained(self):
        """Nothing is missing that is not explained."""
        explained = self.criterion.own_missing_lines or () if self.criterion.own_missing_reason else ()
        return all(each.key in explained for each in self.missing)

    @property
    def is_ready(self):
        if self.is_sum:
            return all(leaf.is_ready for leaf in self.leaves)
        return self.points is not None and self.is_explained

    @property
    def ready_count(self):
        """Those that are ready and reach their floor: one below it may be closed, and is not said to be ready."""
        return sum(leaf.is_ready and not leaf.is_below_floor for leaf in self.leaves)

    @property
    def missing_count(self):
        return sum(len(leaf.missing) for leaf in self.leaves)

    @property
    def pieces_count(self):
        return sum(leaf.pieces for leaf in self.leaves)

    @property
    def wanted_count(self):
        """The pieces there are, and those that are missing."""
        return self.pieces_count + self.missing_count

    @property
    def lost(self):
        return max(self.criterion.most - (self.points or 0), 0)

    @property
    def steps(self):
        return shown_steps(self.rule, self.measured)

    @property
    def better(self) -> Better | None:
        return None if self.criterion.own_points is not None else better_of(self.rule, self.measured)

    @property
    def is_by_hand(self):
        return self.criterion.own_points is not None


@dataclass(frozen=True)
class DossierPage:
    """The whole dossier as measured on `day`; `chosen` is the criterion shown beside the list."""

    dossier: Dossier
    day: date
    roots: tuple[Row, ...]
    chosen: Row | None
    tags: Tags
    documents: Documents

    @property
    def rows(self):
        """All criteria in their order, from the top down."""
        return tuple(_flat(self.roots))

    @property
    def leaves(self):
        return [leaf for root in self.roots for leaf in root.leaves]

    @property
    def points(self):
        return sum(root.points or 0 for root in self.roots)

    @property
    def most(self):
        return sum(root.criterion.most for root in self.roots)

    @property
    def ready(self):
        return sum(root.ready_count for root in self.roots)

    @property
    def missing(self):
        return sum(len(leaf.missing) for leaf in self.leaves)

    @property
    def pieces(self):
        return sum(leaf.pieces for leaf in self.leaves)

    @property
    def losses(self):
        """Where most is lost: the two largest."""
        return sorted((leaf for leaf in self.leaves if leaf.lost), key=lambda leaf: -leaf.lost)[:2]

    @property
    def blocking(self):
        """What stands between the dossier and its closing."""
        return [leaf for leaf in self.leaves if not leaf.is_ready]

    @property
    def is_open(self):
        return self.dossier.state == DossierState.OPEN

    @property
    def percent(self):
        return Decimal(100 * self.points) / self.most if self.most else None


def _flat(rows):
    for row in rows:
        yield row
        yield from _flat(row.children)


def with_documents(dossiers):
    """Dossiers that know how many signed plans (`plan_files`) and issued reports (`report_files`) they have.

    And the latest version of their year's criteria (`latest_version`).
    """
    sets = CriteriaSet.objects.filter(locality=OuterRef("plan__locality"), year=OuterRef("year")).order_by("-ordinal")
    plans = PlanFile.objects.filter(plan=OuterRef("plan"), kind=FileKind.SIGNED, removed_at__isnull=True)
    reports = Report.objects.filter(
        plan=OuterRef("plan"), year=OuterRef("year"), kind=ReportKind.PLAN, status=ReportStatus.ISSUED
    ).exclude(replaced_by__status=ReportStatus.ISSUED)
    return dossiers.annotate(
        plan_files=_count(plans, "plan"),
        report_files=_count(reports, "plan"),
        latest_version=Subquery(sets.values("ordinal")[:1]),
    )


def _count(rows, by):
    counted = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def criteria_of(dossier):
    """The criteria of the dossier's set with what the office says of itself (`own_…`) and their bands. Two queries."""
    own = FilteredRelation("scores", condition=Q(scores__dossier=dossier))
    rows = Criterion.objects.filter(set=dossier.criteria_id).annotate(own=own)
    return rows.annotate(**{f"own_{name}": F(f"own__{name}") for name in OWN}).prefetch_related("bands")


def measures_of(dossier, criteria, periods, *, today):
    """What was measured: now, or when the dossier was closed."""
    if dossier.measured is not None:
        return kept(dossier.measured)
    of_plan = [each for each in periods if each.plan_id == dossier.plan_id]
    return measure(dossier.plan, dossier.year, of_plan, needed={each.measure for each in criteria}, today=today)


def build_page(dossier, periods, *, today, chosen=None):
    """The page of `dossier` (of `with_documents`). Ten queries, four once it is closed.

    Args:
        periods: the reporting periods of its plan, at least.
        chosen: key of the criterion to show; default: the first that is not ready, or loses most.

    Raises:
        Criterion.DoesNotExist: `chosen` is not of the dossier's set.
    """
    criteria = list(criteria_of(dossier))
    documents = Documents(dossier.plan_files, dossier.report_files)
    tags = tags_of(dossier)
    measures = measures_of(dossier, criteria, periods, today=today)
    roots = _tree(criteria, {key: each.counts for key, each in tags.items()}, documents, measures)
    page = DossierPage(dossier, _day(dossier, today), roots, None, no_tags(), documents)
    row = _chosen(page, chosen)
    return replace(page, chosen=row, tags=tags[row.criterion.pk]) if row else page


def _day(dossier, today):
    """The day for which is measured; that of the closing once it is closed."""
    return as_of(dossier.year, timezone.localtime(dossier.closed_at).date() if dossier.closed_at else today)


def _chosen(page, key):
    """The row asked for; without a key the first that is not ready, else the one that loses most, else the first."""
    if key is None:
        return next(iter([*page.blocking, *page.losses, *page.leaves]), None)
    for row in page.rows:
        if row.criterion.pk == key:
            return row
    raise Criterion.DoesNotExist


def _tree(criteria, counts, documents, measures):
    """The criteria as rows, those without a parent with all below them."""
    below = defaultdict(list)
    for each in criteria:
        below[each.parent_id].append(each)

    def row(criterion, depth):
        children = tuple(row(each, depth + 1) for each in below[criterion.pk])
        return _row(criterion, depth, children, counts.get(criterion.pk, {}), documents, measures)

    return tuple(row(each, 0) for each in below[None])


def _row(criterion, depth, children, counts, documents, measures):
    rule = rule_of(criterion, criterion.bands.all())
    if criterion.formula == Formula.SUM:
        points = sum(child.points or 0 for child in children)
        return Row(criterion, depth, rule, None, points, points, 0, (), children)
    pieces = pieces_of(criterion, counts, documents)
    measured = _measured(criterion, pieces, measures)
    computed = points_of(rule, measured)
    own = criterion.own_points
    return Row(
        criterion,
        depth,
        rule,
        measured,
        computed,
        computed if own is None else own,
        pieces,
        missing_of(criterion, counts, documents),
    )


def _measured(criterion, pieces, measures):
    if criterion.measure == Measure.EVIDENCE_THERE:
        return evidence_there(pieces)
    return measures.get(criterion.measure) if criterion.measure in COMPUTED else None
