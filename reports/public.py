"""The page of a plan that anybody may read: what is to be done, how it stands, what came of it. No names of persons.

It rests on approved updates alone: what is still under review is nobody's business yet, and the page says so.

Anybody may ask for it as often as they like, so what it says is computed once in some minutes. Whether it is open, and
in what words, is never kept: that is asked for every time, and with it what has been decided since.
"""

from dataclasses import dataclass, replace
from datetime import date

from django.core.cache import cache
from django.db.models import Max, OuterRef, Subquery
from django.utils.translation import get_language

from activities.calendar import current_period
from activities.models import Activity, ReportingPeriod, UpdateEvent
from activities.obligations import load_duties
from activities.progress import (
    APPROVED_ONLY,
    FINISHED,
    Standing,
    State,
    count_by_state,
    said_lines,
    standings_of,
    worst_first,
)
from activities.versions import as_in_force
from plans.models import Plan, PlanStatus

from .charts import TargetBar, target_bar
from .counting import build_figures
from .dashboard import year_share
from .figures import Figure
from .models import PublicPage, Report, ReportStatus

# What people can take part in: contests, dialogues, surveys.
OPEN_TO_ALL = ("contest", "dialogue", "survey")
KEPT_FOR = 300  # seconds

# What is read of an activity: nothing of its long texts but the title.
ACTIVITY = (
    "number",
    "title",
    "position",
    "schedule_kind",
    "schedule_text",
    "start",
    "deadline",
    "target_quantity",
    "target_unit",
    "cancelled_on",
    "plan__parent",
    "indicator__is_stock",
)
REPORT = ("kind", "label", "number", "symbol", "issued_on", "starts_on", "ends_on", "ordinal")
NOT_SHOWN = ("source_note", "source_title", "source_publisher", "source_author", "title_search")


@dataclass(frozen=True)
class PublicPlan:
    """What the page says. `rows` are worst first; `under_review`: the period whose figures are not final, or None."""

    plan: Plan
    page: PublicPage
    as_of: date
    rows: tuple[Standing, ...]
    counts: tuple[tuple[State, int], ...]
    joinable: tuple[Activity, ...]
    bars: tuple[tuple[Figure, TargetBar], ...]
    counted_until: date | None
    under_review: ReportingPeriod | None
    objectives: tuple[str, ...]
    reports: tuple[Report, ...]

    @property
    def strip(self):
        """The states of the activities, done ones first, as a row of signs."""
        return tuple(reversed(self.rows))


def open_page(plan_pk):
    """The page of a plan that anybody may read, or None: not opened, not issued or not there, which look the same."""
    agencies = ("plan__locality", "plan__issuing_agency", "plan__coordinating_agency", "plan__reporting_rules")
    pages = PublicPage.objects.filter(is_open=True).exclude(plan__status=PlanStatus.DRAFT)
    pages = pages.select_related(*agencies).defer(*(f"plan__{name}" for name in NOT_SHOWN))
    return pages.annotate(last_event=_last_event(), last_sealed=_last_sealed()).filter(plan=plan_pk).first()


def _last_event():
    """The key of what was decided last on the plan's updates."""
    events = UpdateEvent.objects.filter(update__period__plan=OuterRef("plan")).order_by()
    return Subquery(events.values("update__period__plan").annotate(last=Max("pk")).values("last"))


def _last_sealed():
    sealed = Report.objects.filter(plan=OuterRef("plan"), status=ReportStatus.ISSUED).order_by()
    return Subquery(sealed.values("plan").annotate(last=Max("sealed_at")).values("last"))


def public_plan_of(page, *, today):
    """What the public reads of `page` (of `open_page`) on `today`: no query where it was read a moment ago."""
    plan = page.plan
    state = (plan.pk, plan.version, plan.status, page.last_event, page.last_sealed, today, get_language())
    key = f"public:{':'.join(map(str, state))}".replace(" ", "_")
    kept = cache.get(key)
    if kept is None:
        kept = replace(build_public_plan(page, today=today), plan=None, page=None)
        cache.set(key, kept, KEPT_FOR)
    return replace(kept, plan=plan, page=page)


def build_public_plan(page, *, today):
    """What the public reads of `page.plan` on `today`: ten queries, whatever the number of activities."""
    plan = page.plan
    duties = load_duties([plan.pk])
    periods = list(plan.reporting_periods.order_by("starts_on"))
    rows = plan.activities.select_related("plan", "indicator").prefetch_related("channels")
    activities = as_in_force(list(rows.only(*ACTIVITY)), today)
    lines = said_lines(activities, statuses=APPROVED_ONLY, until=None)
    rows = worst_first(standings_of(activities, duties, lines, today=today))
    period = current_period(periods, today)
    figures = _figures(period, activities, lines, duties.successors) if period else ()
    share = year_share(period, today) if period else 0
    return PublicPlan(
        plan=plan,
        page=page,
        as_of=today,
        rows=tuple(row for row in rows if row.state != State.CANCELLED),
        counts=tuple((state, n) for state, n in count_by_state(rows).items() if n and state != State.CANCELLED),
        joinable=tuple(row.activity for row in rows if row.state not in FINISHED and _is_open_to_all(row.activity)),
        bars=tuple((each, target_bar(each.target_percent, share)) for each in figures if each.target),
        counted_until=max((line.update.period.ends_on for line in lines), default=None),
        under_review=period if period and period.starts_on <= today <= period.consolidated_due_on else None,
        objectives=tuple(plan.objectives.order_by("position").values_list("text", flat=True)),
        reports=tuple(_issued(plan)),
    )


def _figures(period, activities, lines, successors):
    figures, _updates = build_figures(
        [period],
        {period.plan_id: period.ends_on},
        activities,
        lines,
        successors,
        year=period.year,
        statuses=APPROVED_ONLY,
    )
    return figures


def _is_open_to_all(activity):
    return any(channel.code in OPEN_TO_ALL for channel in activity.channels.all())


def _issued(plan):
    """The plan's issued reports that nothing issued replaces, latest first."""
    issued = plan.reports.filter(kind="plan", status=ReportStatus.ISSUED)
    in_force = issued.exclude(replaced_by__status=ReportStatus.ISSUED)
    return in_force.only(*REPORT).order_by("-ends_on", "starts_on")
