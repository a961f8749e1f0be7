"""The fictional province, as it stands on any day: its plan, and what its agencies reported until now.

`quarters` says when who sends, `lines` what they write, `pictures` draws their files, `rows` stores it all. Nothing is
random: what an agency does in a quarter follows from its name and the quarter. Words and figures are in
data/demo_words.yaml.
"""

from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import yaml
from django.db import transaction

from accounts.demo import create_demo_accounts
from accounts.models import User
from agencies.vietnamese import nfc

from ..calendar import quarters_of
from ..loading import load_plan, read_plan
from ..models import Activity, QuarterlyUpdate, ReportingPeriod, Status, lock_lifted
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
def load_minh_hoa(today, now, *, late=None):
    """Load the plans in force, the accounts, and every update that would have been begun or sent by `now`.

    What is there already stays as it is; nothing that is written lies after `now`.

    Args:
        late: a list that takes the approvals which came on the day their period's report was due, or later; they are
            left to whoever gives it, as Late in the order of time. Without it they are written like all the others.

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
    written = load_results(plans, today, now, late)
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


def load_results(plans, today, now, late=None):
    """Write the updates that `plans`, oldest first, still lack on `today`; returns how many. `late` as above."""
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
        writer = Writer(plans, words)
        writer.write(stories if late is None else [story.before_late_approval() for story in stories])
        if late is not None:
            late += _late_approvals(stories, writer.coordinator)
    return len(stories)


class Late(NamedTuple):
    """An update that waits, to be approved by the person `by` at the moment `at`."""

    at: datetime
    update: QuarterlyUpdate
    by: User


def _late_approvals(stories, by):
    late = {(story.period.pk, story.agency.pk): story.steps[-1].at for story in stories if story.is_approved_late}
    waiting = QuarterlyUpdate.objects.filter(status=Status.SUBMITTED, period__in={period for period, _agency in late})
    rows = waiting.select_related("period")
    found = [(late[each.period_id, each.agency_id], each) for each in rows if (each.period_id, each.agency_id) in late]
    return [Late(at, update, by) for at, update in sorted(found, key=lambda each: (each[0], each[1].pk))]
