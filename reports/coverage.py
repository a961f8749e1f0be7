"""What has been said to whom, and what to nobody: a plan's themes by its audiences, up to a period.

A theme is for the audiences that the plan names beside it; what has been said is what activities that serve the theme
have reported as begun or done. A head of sub-themes only groups them and is not counted.
"""

import enum
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Q
from django.utils.translation import gettext as _, gettext_lazy

from activities.models import ActivityProgress, ProgressState, ReportingPeriod
from activities.progress import REPORTED
from activities.readings import reading_of
from activities.shares import share
from activities.versions import as_in_force
from agencies.workbook import Column, Kind, Sheet, write_workbook
from plans.models import Audience, ContentTheme

UNSAID = "unsaid"


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

    def is_unsaid_to(self, audience_id):
        """It is meant for this audience (any, for None) and has not come to it."""
        return any(
            cell.is_unsaid and (audience_id is None or _key(cell.audience) == audience_id) for cell in self.cells
        )

    def is_for(self, audience_id):
        return any(cell.is_meant and _key(cell.audience) == audience_id for cell in self.cells)


@dataclass(frozen=True)
class Heard:
    """An audience: of the themes meant for it (`whole`), those that have been said to it (`said`)."""

    audience: Audience | None
    whole: int
    said: int

    @property
    def key(self):
        return _key(self.audience)

    @property
    def label(self):
        return str(self.audience) if self.audience else _("Audience not stated")

    @property
    def unsaid(self):
        return self.whole - self.said


@dataclass(frozen=True)
class Coverage:
    """Themes by audiences, worst first; `unlinked` activities serve no theme, so nobody knows what they say."""

    period: ReportingPeriod
    audiences: tuple[Heard, ...]
    rows: tuple[Row, ...]
    unlinked: int
    activity_count: int

    @cached_property
    def unsaid(self):
        """Themes that at least one audience they are meant for has not heard."""
        return sum(row.is_unsaid_to(None) for row in self.rows)

    @cached_property
    def unserved(self):
        """Themes that no activity serves."""
        return sum(not row.told.activities for row in self.rows)

    @cached_property
    def worst(self):
        """The audience that misses most themes; None where everybody has heard everything meant for them."""
        missing = [each for each in self.audiences if each.unsaid]
        return max(missing, key=lambda each: (each.unsaid, share(each.unsaid, each.whole)), default=None)

    def showing(self, audience_id, show):
        """The rows of an audience (its key, 0 for not stated; None for all) and, for "unsaid", those not said to it."""
        rows = [row for row in self.rows if audience_id is None or row.is_for(audience_id)]
        return [row for row in rows if row.is_unsaid_to(audience_id)] if show == UNSAID else rows


def _key(audience):
    return audience.pk if audience else 0


def build_coverage(period, *, today):
    """The coverage of the period's plan; of a past period as the plan was in force then.

    Eight queries, whatever the number of themes and activities.
    """
    themes = list(period.plan.themes.prefetch_related("audiences").order_by("position", "pk"))
    audiences = list(period.plan.audiences.order_by("position", "pk"))
    activities = _activities(period, reading_of(period, period.plan.reporting_periods.all(), today))
    told = _told(activities, _worked(period), period)
    heads = {theme.parent_id for theme in themes}
    by_key = {theme.pk: theme for theme in themes}
    counted = [theme for theme in themes if theme.pk not in heads]
    columns = [*audiences, *([None] if any(not theme.audiences.all() for theme in counted) else [])]
    rows = [
        Row(theme, by_key.get(theme.parent_id), told[theme.pk], tuple(_cells(theme, columns, told[theme.pk])))
        for theme in counted
    ]
    return Coverage(
        period=period,
        audiences=tuple(_heard(place, audience, rows) for place, audience in enumerate(columns)),
        rows=tuple(sorted(rows, key=_worst_first)),
        unlinked=sum(not activity.themes.all() for activity in activities),
        activity_count=len(activities),
    )


def _activities(period, reading):
    """The plan's activities, but those that had been cancelled: they say nothing to anybody."""
    found = list(period.plan.activities.select_related("plan").prefetch_related("themes"))
    then = as_in_force(found, reading.until or reading.day)
    return [each for each in then if not (each.cancelled_on and each.cancelled_on <= reading.day)]


def _worked(period):
    """What was sent of the plan up to the period that tells of work: [(activity, period, evidence)]. One query."""
    lines = ActivityProgress.objects.filter(
        update__period__plan=period.plan_id,
        update__period__ends_on__lte=period.ends_on,
        update__status__in=REPORTED,
        update__nothing_to_report=False,
        state__in=[ProgressState.IN_PROGRESS, ProgressState.DONE],
        nothing_in_period=False,
    )
    lines = lines.exclude(state=ProgressState.DONE, completed_on__isnull=True)  # of an activity taken from the agency
    lines = lines.annotate(pieces=Count("evidence", filter=Q(evidence__removed_at__isnull=True)))
    return list(lines.order_by("pk").values_list("activity", "update__period", "pieces"))


def _told(activities, worked, period):
    """{theme id: Told}; nothing of a theme that no activity serves."""
    active = {activity_id for activity_id, _period, _pieces in worked}
    now = [(activity_id, pieces) for activity_id, period_id, pieces in worked if period_id == period.pk]
    results = Counter(activity_id for activity_id, _pieces in now)
    evidence = Counter()
    for activity_id, pieces in now:
        evidence[activity_id] += pieces
    serving = defaultdict(list)
    for activity in activities:
        for theme in activity.themes.all():
            serving[theme.pk].append(activity.pk)
    found = defaultdict(Told)
    for theme_id, keys in serving.items():
        found[theme_id] = Told(
            activities=len(keys),
            active=sum(key in active for key in keys),
            results=sum(results[key] for key in keys),
            evidence=sum(evidence[key] for key in keys),
        )
    return found


def _cells(theme, columns, told):
    meant = {audience.pk for audience in theme.audiences.all()} or {0}
    for audience in columns:
        yield Cell(theme, audience, told, _key(audience) in meant)


def _heard(place, audience, rows):
    meant = [row.cells[place] for row in rows if row.cells[place].is_meant]
    return Heard(audience, len(meant), sum(cell.reach == Reach.SAID for cell in meant))


def _worst_first(row):
    order = list(Reach)
    return min(order.index(cell.reach) for cell in row.cells), -row.unsaid, row.theme.position, row.theme.pk


# As a workbook


def coverage_workbook(coverage, *, at):
    """`coverage` (None without a period) as bytes: the matrix in words, and its cells one by one."""
    notes = [_("Given out at %(time)s on %(day)s") % {"time": f"{at:%H:%M}", "day": f"{at:%d/%m/%Y}"}]
    if coverage:
        said = {"period": coverage.period.title, "plan": coverage.period.plan}
        notes.insert(0, _("%(period)s of plan %(plan)s") % said)
    audiences = coverage.audiences if coverage else ()
    rows = coverage.rows if coverage else ()
    theme = Column("theme", _("Theme of the plan"), width=60)
    columns = [theme, *(Column(f"a{each.key}", each.label, width=26) for each in audiences)]
    return write_workbook(
        [
            Sheet(_("Themes and audiences"), columns, map(_matrix_row, rows), notes),
            Sheet(_("One by one"), [theme, *_cell_columns()], (_cell_row(cell) for row in rows for cell in row.cells)),
        ]
    )


def _matrix_row(row):
    return {"theme": str(row.theme), **{f"a{_key(cell.audience)}": cell.reach.label for cell in row.cells}}


def _cell_columns():
    return [
        Column("audience", _("Audience"), width=40),
        Column("reach", _("State"), width=26),
        Column("activities", _("Activities that serve it"), Kind.WHOLE),
        Column("active", _("of them with results so far"), Kind.WHOLE),
        Column("results", _("Results in the period"), Kind.WHOLE),
        Column("evidence", _("Pieces of evidence"), Kind.WHOLE),
    ]


def _cell_row(cell):
    told = cell.told
    numbers = ("activities", "active", "results", "evidence")
    return {
        "theme": str(cell.theme),
        "audience": str(cell.audience) if cell.audience else _("Audience not stated"),
        "reach": cell.reach.label,
        **({name: getattr(told, name) for name in numbers} if cell.is_meant else {}),
    }
