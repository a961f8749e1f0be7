"""Which plans one looks at together: one, all in force, or all of a year; and which of their periods go together."""

from django.utils.translation import gettext as _

from plans.models import PlanStatus

IN_FORCE, YEAR = "in-force", "year-"
RUNNING = (PlanStatus.ISSUED, PlanStatus.AMENDED)


def plans_in(word, periods, known_on=None):
    """The plans that `word` (one of `words_for`) names, of those with `periods`; None for any other word.

    `known_on`: seen from this earlier day; a plan that was issued only later is not there yet.
    """
    if word not in dict(words_for(periods)):
        return None
    plans = {period.plan_id: period.plan for period in periods}.values()
    if known_on:
        plans = [plan for plan in plans if there_from(plan) <= known_on]
    if word == IN_FORCE:
        return [plan for plan in plans if plan.status in RUNNING]
    year = int(word.removeprefix(YEAR))
    return [plan for plan in plans if plan.period_start.year <= year <= plan.period_end.year]


def plans_then(plans, period, periods, reading):
    """Of several `plans` those that a `reading` of `period` is about.

    What a past period's report showed is not about a plan that was issued only later and had no such period.
    """
    if not reading.is_past:
        return list(plans)
    going = corresponding(period, periods)
    return [plan for plan in plans if plan.pk in going or there_from(plan) <= reading.until]


def there_from(plan):
    """The day the plan was issued; where that is not known, the day it begins."""
    return plan.issued_on or plan.period_start


def words_for(periods):
    """(word, label) of what one may look at beside single plans, years newest first; none where there is one plan."""
    plans = {period.plan_id: period.plan for period in periods}.values()
    if len(plans) < 2:
        return []
    years = {year for plan in plans for year in range(plan.period_start.year, plan.period_end.year + 1)}
    return [
        (IN_FORCE, _("all plans in force")),
        *((f"{YEAR}{year}", _("all plans of %(year)s") % {"year": year}) for year in sorted(years, reverse=True)),
    ]


def corresponding(period, periods):
    """Of each plan the period that shares most days with `period`: {plan id: period}; none where none does."""
    found = {period.plan_id: period}
    for each in sorted(periods, key=lambda each: (each.starts_on, each.pk)):
        if each.plan_id != period.plan_id and (days := _shared(period, each)) > 0:
            best = found.get(each.plan_id)
            if best is None or days > _shared(period, best):
                found[each.plan_id] = each
    return found


def _shared(one, other):
    return (min(one.ends_on, other.ends_on) - max(one.starts_on, other.starts_on)).days + 1
