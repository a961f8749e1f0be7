"""The statutory reporting calendar: quarters, their data cut-off and deadlines.

Source: Nghị định 09/2019/NĐ-CP Art. 12 (quarters run from the 15th to the 14th) and the quarterly reporting
practice of the home-affairs sector (consolidated report by the 20th of the last month).
"""

from datetime import date, timedelta
from typing import NamedTuple

from plans.models import Purpose

from .models import PeriodKind, ReportingPeriod
from .models.period import ROMAN

AGENCY_DUE_DAY = 16
CONSOLIDATED_DUE_DAY = 20


class Quarter(NamedTuple):
    """A statutory quarter: `ends_on` is the data cut-off."""

    year: int
    ordinal: int
    starts_on: date
    ends_on: date
    agency_due_on: date
    consolidated_due_on: date

    @property
    def label(self):
        return f"Quý {ROMAN[self.ordinal]}/{self.year}"


def working_day_on_or_after(day):
    """`day` itself, or the Monday after when it falls on a weekend."""
    return day + timedelta(days={5: 2, 6: 1}.get(day.weekday(), 0))


def statutory_quarter(year, ordinal):
    """Quarter `ordinal` (1 to 4) of reporting year `year`: Q1 begins on 15/12 of the year before.

    The agencies' deadline leaves at least one working day after the cut-off.
    """
    last_month = ordinal * 3
    starts_on = date(year - 1, 12, 15) if ordinal == 1 else date(year, last_month - 3, 15)
    agency_due_on = working_day_on_or_after(date(year, last_month, AGENCY_DUE_DAY))
    return Quarter(
        year=year,
        ordinal=ordinal,
        starts_on=starts_on,
        ends_on=date(year, last_month, 14),
        agency_due_on=agency_due_on,
        consolidated_due_on=max(date(year, last_month, CONSOLIDATED_DUE_DAY), agency_due_on),
    )


def quarters_of(first_year, last_year):
    """Every statutory quarter of the years, in order."""
    return [statutory_quarter(year, ordinal) for year in range(first_year, last_year + 1) for ordinal in (1, 2, 3, 4)]


def is_reported(plan):
    """The plan is reported for itself; otherwise whoever carries it out would owe the same twice."""
    return plan.purpose == Purpose.PLAN and not plan.parent_id


def generate_periods(plan):
    """Give `plan` a reporting period for each statutory quarter of its time; those it has stay as they are.

    A plan that carries out another is reported through that one, an amendment or a template not at all. A quarter
    whose update was due before the plan was issued has nothing to report. Periods that a changed plan no longer
    reaches go, unless somebody has begun an update for them.
    """
    wanted = {
        (quarter.year, quarter.ordinal): quarter
        for quarter in quarters_of(plan.period_start.year, plan.period_end.year)
        if quarter.starts_on <= plan.period_end
        and quarter.ends_on >= plan.period_start
        and quarter.agency_due_on >= (plan.issued_on or plan.period_start)
        and is_reported(plan)
    }
    for period in plan.reporting_periods.filter(kind=PeriodKind.QUARTER, updates__isnull=True):
        if (period.year, period.ordinal) not in wanted:
            period.delete()
    kept = set(plan.reporting_periods.values_list("year", "ordinal"))
    ReportingPeriod.objects.bulk_create(
        (
            ReportingPeriod(plan=plan, kind=PeriodKind.QUARTER, label=quarter.label, **quarter._asdict())
            for key, quarter in wanted.items()
            if key not in kept
        ),
        ignore_conflicts=True,
    )


def current_period(periods, today):
    """The period that matters on `today`: the last one begun whose consolidated report is not yet out.

    Between a quarter's cut-off and its consolidated deadline two periods run: the one being reported comes first.
    Before the first period it is the first; after the last, the last. None for no periods.
    """
    periods = sorted(periods, key=lambda period: (period.starts_on, period.pk or 0))
    begun = [period for period in periods if period.starts_on <= today]
    if not begun:
        return periods[0] if periods else None
    pending = [period for period in begun if period.consolidated_due_on >= today]
    return pending[0] if pending else begun[-1]


def is_past(period, periods, today):
    """Its consolidated report was due before `today`, and another of `periods` matters now."""
    return period.consolidated_due_on < today and period != current_period(periods, today)
