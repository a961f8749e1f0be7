"""The fictional province, as it stands on any day: its plan, and what its agencies reported until now.

`quarters` says when who sends, `lines` what they write, `pictures` draws their files, `rows` stores it all. Nothing is
random: what an agency does in a quarter follows from its name and the quarter. Words and figures are in
data/demo_words.yaml.
"""

from datetime import date
from pathlib import Path

import yaml
from django.db import transaction

from accounts.demo import create_demo_accounts
from agencies.vietnamese import nfc

from ..calendar import quarters_of
from ..loading import load_plan, read_plan
from ..models import Activity, QuarterlyUpdate, ReportingPeriod, lock_lifted
from ..obligations import load_duties, reporting_agencies
from .amendment import live_through
from .life import introduce, live_on
from .quarters import begin_drafts, tell_quarter
from .rows import Writer

WORDS = Path(__file__).resolve().parent.parent / "data" / "demo_words.yaml"
ISSUED = (1, 15)  # month and day on which each year's plan is issued
PAST_QUARTERS = 3


@lock_lifted()
@transaction.atomic
def load_minh_hoa(today, now):
    """Load the plans in force, the accounts, and every update that would have been begun or sent by `now`.

    What is there already stays as it is; nothing that is written lies after `now`.

    Returns:
        How many updates were created.
    """
    files = [read_plan("minh-hoa", year) for year in plan_years(today)]
    loaded = [load_plan(data) for data in files]
    plans = [plan for plan, _created in loaded]
    create_demo_accounts(plans[0].locality, plans[0].coordinating_agency)
    introduce(plans[0].locality)
    for data, (plan, created) in zip(files, loaded, strict=True):
        if created:
            live_through(plan, data, now)
    written = load_results(plans, today, now)
    if loaded[-1][1]:
        periods = list(ReportingPeriod.objects.filter(plan=plans[-1]).select_related("plan__reporting_rules"))
        live_on(plans[-1], periods, now)
    return written


FIRST_YEAR = 2025  # two-tier local government began on 1/7/2025


def plan_years(today):
    """The years whose plans are loaded: the latest one issued, and the one before while its past quarters are few.

    The province lives under the two-tier government: when the demo's clock stands before it, its plan lies ahead.
    """
    year = today.year if today >= date(today.year, *ISSUED) else today.year - 1
    past = [quarter for quarter in quarters_of(year, year) if quarter.agency_due_on < today]
    years = [year] if len(past) >= PAST_QUARTERS else [year - 1, year]
    return [year for year in years if year >= FIRST_YEAR] or [FIRST_YEAR + 1]


def load_results(plans, today, now):
    """Write the updates that `plans`, oldest first, still lack on `today`; returns how many."""
    words = yaml.safe_load(nfc(WORDS.read_text(encoding="utf-8")))
    duties = load_duties(plans)
    periods = list(ReportingPeriod.objects.filter(plan__in=plans).select_related("plan").order_by("starts_on"))
    told = set(Activity.objects.filter(plan__in=plans, number__in=words["activities"]).values_list("pk", flat=True))
    there = set(QuarterlyUpdate.objects.filter(period__in=periods).values_list("period", "agency"))
    past = [period for period in periods if period.agency_due_on < today]
    stories = []
    for period in periods:
        reporting = {
            agency: kept
            for agency, activities in reporting_agencies(period, duties).items()
            if (kept := tuple(pk for pk in activities if pk in told))
        }
        if period.ends_on < today:
            age = sum(other.starts_on > period.starts_on for other in past)
            stories += tell_quarter(period, reporting, age)
        elif period.starts_on <= today:
            stories += begin_drafts(period, reporting)
    stories = [story.until(now) for story in stories if (story.period.pk, story.agency.pk) not in there]
    stories = [story for story in stories if story.began]
    if stories:
        Writer(plans, words).write(stories)
    return len(stories)
