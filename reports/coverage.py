"""What has been said to whom, and what to nobody: the themes of plans by their audiences, up to a period.

A theme is for the audiences that its plan names beside it; what has been said is what activities that serve the theme
have reported as begun or done. A head of sub-themes only groups them and is not counted. Themes and audiences are a
plan's own words: several plans stand one below the other, each with its own columns.
"""

import enum
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _, gettext_lazy

from activities.models import Activity, ActivityProgress, ReportingPeriod
from activities.readings import Reading, reading_of
from activities.scopes import corresponding
from activities.shares import share
from activities.versions import as_in_force
from agencies.workbook import Column, Kind, Sheet, write_workbook
from plans.models import Audience, ContentTheme, Plan

from .dashboard.proofs import pieces_on, working_lines

UNSAID, UNSERVED = "unsaid", "unserved"


class Reach(enum.StrEnum):
    """How far a theme has come to an audience, worst first; the value names the sign."""

    NOBODY = "unassigned"
    WAITING = "not-started"
    SAID = "done"
    NOT_MEANT = "cancelled"

    @property
    def label(self):
        return LABELS[self]


LABELS = {
    Reach.NOBODY: gettext_lazy("No activity serves it"),
    Reach.WAITING: gettext_lazy("Nothing reported yet"),
    Reach.SAID: gettext_lazy("Said"),
    Reach.NOT_MEANT: gettext_lazy("Not meant for them"),
}


@dataclass(frozen=True)
class Told:
    """What stands behind a theme: whole numbers.

    `activities` serve it, `active` of them have reported work up to the period; `results` are lines of work in the
    period (an agency's, of an activity), `evidence` their pieces of evidence.
    """

    activities: int = 0
    active: int = 0
    results: int = 0
    evidence: int = 0

    @property
    def reach(self):
        if not self.activities:
            return Reach.NOBODY
        return Reach.SAID if self.active else Reach.WAITING


@dataclass(frozen=True)
class Cell:
    """A theme and an audience; `audience` None where the plan does not say whom the theme is for."""

    theme: ContentTheme
    audience: Audience | None
    told: Told
    is_meant: bool

    @property
    def key(self):
        """Of its audience; where none is stated, of its plan."""
        return _key(self.audience, self.theme.plan_id)

    @property
    def reach(self):
        return self.told.reach if self.is_meant else Reach.NOT_MEANT

    @property
    def is_unsaid(self):
        return self.reach in (Reach.NOBODY, Reach.WAITING)


@dataclass(frozen=True)
class Row:
    """A theme with its cells, one for each column; `head`: the theme it is part of."""

    theme: ContentTheme
    head: ContentTheme | None
    told: Told
    cells: tuple[Cell, ...]

    @property
    def unsaid(self):
        """Audiences it is meant for that have not heard it."""
        return sum(cell.is_unsaid for cell in self.cells)

    def is_unsaid_to(self, key):
        """It is meant for this audience (any, for an empty key) and has not come to it."""
        return any(cell.is_unsaid and key in ("", cell.key) for cell in self.cells)

    def is_for(self, key):
        return any(cell.is_meant and cell.key == key for cell in self.cells)


@dataclass(frozen=True)
class Heard:
    """An audience of a plan: of the themes meant for it (`whole`), those that have been said to it (`said`)."""

    audience: Audience | None
    key: str
    whole: int
    said: int

    @property
    def label(self):
        return str(self.audience) if self.audience else _("Audience not stated")

    @property
    def unsaid(self):
        return self.whole - self.said


@dataclass(frozen=True)
class PlanCoverage:
    """A plan's themes by its audiences, worst first; what `unlinked` activities say is not known: they serve none."""

    plan: Plan
    audiences: tuple[Heard, ...]
    rows: tuple[Row, ...]
    unlinked: int
    activity_count: int

    @cached_property
    def unsaid(self):
        """Themes that at least one audience they are meant for has not heard."""
        return sum(row.is_unsaid_to("") for row in self.rows)

    @cached_property
    def unserved(self):
        """Themes that no activity serves."""
        return sum(not row.told.activities for row in self.rows)

    def showing(self, key, show):
        """The rows of an audience (its key; empty for all) that have not been said to it, or that nothing serves."""
        rows = [row for row in self.rows if not key or row.is_for(key)]
        if show == UNSERVED:
            return [row for row in rows if not row.told.activities]
        return [row for row in rows if row.is_unsaid_to(key)] if show == UNSAID else rows


@dataclass(frozen=True)
class Coverage:
    """Plan by plan, the one with most left to say first; read as `reading` says."""

    period: ReportingPeriod
    reading: Reading
    of_plans: tuple[PlanCoverage, ...]

    @property
    def rows(self):
        return tuple(row for each in self.of_plans for row in each.rows)

    @property
    def audiences(self):
        return tuple(heard for each in self.of_plans for heard in each.audiences)

    @property
    def unsaid(self):
        return sum(each.unsaid for each in self.of_plans)

    @property
    def unserved(self):
        return sum(each.unserved for each in self.of_plans)

    @property
    def unlinked(self):
        return sum(each.unlinked for each in self.of_plans)

    @property
    def activity_count(self):
        return sum(each.activity_count for each in self.of_plans)

    @property
    def without_themes(self):
        """Plans that name no theme."""
        return tuple(each.plan for each in self.of_plans if not each.rows)

    @cached_property
    def worst(self):
        """The audience that misses most themes; None where everybody has heard everything meant for them."""
        missing = [each for each in self.audiences if each.unsaid]
        return max(missing, key=lambda each: (each.unsaid, share(each.unsaid, each.whole)), default=None)

    def showing(self, key, show):
        """(PlanCoverage, its rows) where there are any: `PlanCoverage.showing`."""
        parts = [(each, each.showing(key, show)) for each in self.of_plans]
        return [(each, rows) for each, rows in parts if rows]


def _key(audience, plan_id):
    return str(audience.pk) if audience else f"plan-{plan_id}"


def build_coverage(period, *, today, plans=None, known_on=None):
    """The coverage of `plans` (default: the period's own); of a past period as they were in force then.

    Args:
        known_on: an earlier day; only what had been sent by then, and the evidence there was, counts.

    Eight queries, whatever the number of plans, themes and activities; one more where a plan has been amended since.
    """
    source = _Source(period, today, plans or [period.plan], known_on)
    told = source.told()
    found = [_of_plan(source, told, plan) for plan in source.plans]
    return Coverage(period, source.reading, tuple(sorted(found, key=lambda each: -each.unsaid)))


def theme_lines(period, theme, rows, *, today, plans=None, known_on=None):
    """Of `rows` (lines) those that are the results of `theme` in the period, each with its `pieces` of evidence."""
    source = _Source(period, today, plans or [period.plan], known_on)
    serving = [each.pk for each in source.activities if theme.pk in source.themes_of[each.pk]]
    found = working_lines(rows, source.of_period, known_on).filter(activity__in=serving)
    return found.annotate(pieces=pieces_on(known_on))


class _Source:
    """What is read once for all plans: no words but those of themes and audiences."""

    def __init__(self, period, today, plans, known_on):
        self.plans, keys = plans, [plan.pk for plan in plans]
        periods = list(ReportingPeriod.objects.filter(plan__in=keys))
        self.reading = reading_of(period, periods, today, known_on)
        going_with = {plan: each for plan, each in corresponding(period, periods).items() if plan in keys}
        self.of_period = list(going_with.values())
        until = dict.fromkeys(keys, period.ends_on) | {plan: each.ends_on for plan, each in going_with.items()}
        self.themes_of = _pairs(Activity.themes.through, "activity", "contenttheme", activity__plan__in=keys)
        self.activities = self._activities(keys)
        self._read_lines([each for each in periods if each.ends_on <= until[each.plan_id]], known_on)
        themes = ContentTheme.objects.filter(plan__in=keys).order_by("position", "pk")
        self.themes = list(themes.only("plan", "code", "text", "parent", "position"))
        self.audiences_of = _pairs(ContentTheme.audiences.through, "contenttheme", "audience", audience__plan__in=keys)
        audiences = Audience.objects.filter(plan__in=keys).order_by("position", "pk")
        self.audiences = list(audiences.only("plan", "text", "position"))

    def _activities(self, keys):
        """Those of the plans, but the ones that had been cancelled: they say nothing to anybody."""
        found = list(Activity.objects.filter(plan__in=keys).only("plan", "cancelled_on", "indicator"))
        then = as_in_force(found, self.reading.until or self.reading.day)
        return [each for each in then if not (each.cancelled_on and each.cancelled_on <= self.reading.day)]

    def _read_lines(self, periods, known_on):
        """What was sent up to the period that tells of work."""
        lines = working_lines(ActivityProgress.objects.all(), periods, known_on).annotate(pieces=pieces_on(known_on))
        now = {each.pk for each in self.of_period}
        self.active, self.results, self.evidence = set(), Counter(), Counter()
        for activity, period, pieces in lines.order_by().values_list("activity", "update__period", "pieces"):
            self.active.add(activity)
            if period in now:
                self.results[activity] += 1
                self.evidence[activity] += pieces

    def told(self):
        """{theme id: Told}; nothing of a theme that no activity serves."""
        serving = defaultdict(list)
        for activity in self.activities:
            for theme_id in self.themes_of[activity.pk]:
                serving[theme_id].append(activity.pk)
        found = defaultdict(Told)
        for theme_id, keys in serving.items():
            found[theme_id] = Told(
                activities=len(keys),
                active=sum(key in self.active for key in keys),
                results=sum(self.results[key] for key in keys),
                evidence=sum(self.evidence[key] for key in keys),
            )
        return found


def _pairs(through, one, many, **only):
    """{key: the keys it is linked with}, in one query."""
    found = defaultdict(set)
    for key, other in through.objects.filter(**only).values_list(f"{one}_id", f"{many}_id"):
        found[key].add(other)
    return found


def _of_plan(source, told, plan):
    themes = [theme for theme in source.themes if theme.plan_id == plan.pk]
    heads = {theme.parent_id for theme in themes}
    by_key = {theme.pk: theme for theme in themes}
    counted = [theme for theme in themes if theme.pk not in heads]
    columns = [audience for audience in source.audiences if audience.plan_id == plan.pk]
    if any(not source.audiences_of[theme.pk] for theme in counted):
        columns.append(None)
    rows = [
        Row(theme, by_key.get(theme.parent_id), told[theme.pk], tuple(_cells(source, theme, columns, told[theme.pk])))
        for theme in counted
    ]
    activities = [each for each in source.activities if each.plan_id == plan.pk]
    return PlanCoverage(
        plan=plan,
        audiences=tuple(_heard(plan, place, audience, rows) for place, audience in enumerate(columns)),
        rows=tuple(sorted(rows, key=_worst_first)),
        unlinked=sum(not source.themes_of[activity.pk] for activity in activities),
        activity_count=len(activities),
    )


def _cells(source, theme, columns, told):
    meant = source.audiences_of[theme.pk] or {None}
    for audience in columns:
        yield Cell(theme, audience, told, (audience and audience.pk) in meant)


def _heard(plan, place, audience, rows):
    meant = [row.cells[place] for row in rows if row.cells[place].is_meant]
    said = sum(cell.reach == Reach.SAID for cell in meant)
    return Heard(audience, _key(audience, plan.pk), len(meant), said)


def _worst_first(row):
    order = list(Reach)
    return min(order.index(cell.reach) for cell in row.cells), -row.unsaid, row.theme.position, row.theme.pk


# As a workbook


def coverage_workbook(coverage, *, notes):
    """`coverage` as bytes: a matrix in words for each plan, and all cells one by one."""
    plan, theme = Column("plan", _("Plan"), width=24), Column("theme", _("Theme of the plan"), width=60)
    sheets = [_matrix(each, theme, coverage, notes) for each in coverage.of_plans]
    rows = (_cell_row(each, cell) for each in coverage.of_plans for row in each.rows for cell in row.cells)
    sheets.append(Sheet(_("One by one"), [plan, theme, *_cell_columns()], rows))
    return write_workbook(sheets)


def _matrix(of_plan, theme, coverage, notes):
    title = str(of_plan.plan) if len(coverage.of_plans) > 1 else _("Themes and audiences")
    columns = [theme, *(Column(f"a{each.key}", each.label, width=26) for each in of_plan.audiences)]
    return Sheet(title, columns, map(_matrix_row, of_plan.rows), notes if of_plan == coverage.of_plans[0] else ())


def _matrix_row(row):
    return {"theme": str(row.theme), **{f"a{cell.key}": cell.reach.label for cell in row.cells}}


def _cell_columns():
    return [
        Column("audience", _("Audience"), width=40),
        Column("reach", _("State"), width=26),
        Column("activities", _("Activities that serve it"), Kind.WHOLE),
        Column("active", _("of them with results so far"), Kind.WHOLE),
        Column("results", _("Results in the period"), Kind.WHOLE),
        Column("evidence", _("Pieces of evidence"), Kind.WHOLE),
    ]


def _cell_row(of_plan, cell):
    told = cell.told
    numbers = ("activities", "active", "results", "evidence")
    return {
        "plan": str(of_plan.plan),
        "theme": str(cell.theme),
        "audience": str(cell.audience) if cell.audience else _("Audience not stated"),
        "reach": cell.reach.label,
        **({name: getattr(told, name) for name in numbers} if cell.is_meant else {}),
    }
