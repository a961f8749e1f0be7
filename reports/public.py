"""The page of a plan that anybody may read: what is to be done, how it stands, what came of it. No names of persons.

It rests on approved updates alone: what is still under review is nobody's business yet, and the page says so.
"""

from dataclasses import dataclass
from datetime import date

from activities.calendar import current_period
from activities.models import Activity, ReportingPeriod
from activities.obligations import load_duties
from activities.progress import (
    APPROVED_ONLY,
    FINISHED,
    Standing,
    State,
    count_by_state,
    reported_lines,
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
    return pages.select_related(*agencies).filter(plan=plan_pk).first()


def build_public_plan(page, *, today):
    """What the public reads of `page.plan` on `today`: ten queries, whatever the number of activities."""
    plan = page.plan
    duties = load_duties([plan.pk])
    periods = list(plan.reporting_periods.order_by("starts_on"))
    activities = list(plan.activities.select_related("plan", "indicator").prefetch_related("channels"))
    activities = as_in_force(activities, today)
    lines = reported_lines(activities, statuses=APPROVED_ONLY, until=None)
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
    return issued.exclude(replaced_by__status=ReportStatus.ISSUED).order_by("-ends_on", "starts_on")
