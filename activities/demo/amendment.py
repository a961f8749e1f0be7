"""31/KH-UBND: each year's plan of the fictional province is issued in January and amended on 20 April.

The plan's own file says how it reads since; data/demo_amendment.yaml says how it read before.
"""

from datetime import date, datetime, time
from pathlib import Path

import yaml
from django.utils import timezone

from accounts.models import Role
from agencies.vietnamese import nfc
from plans.models import Acknowledgement

from ..loading import add_activities
from ..planning.amending import begin_amendment
from ..planning.check import check_plan
from ..planning.workflow import issue_amendment, record
from ..versions import keep_version

AMENDMENT = Path(__file__).resolve().parent.parent / "data" / "demo_amendment.yaml"
KEYS = {"schedule_kind": "schedule"}  # fields that the plan's file calls otherwise


def read_amendment(year):
    return yaml.safe_load(nfc(AMENDMENT.read_text(encoding="utf-8")).replace("{year}", str(year)))


def live_through(plan, data, now):
    """Take the plan, just loaded as it reads today, back to its issue; then amend it if that day has come.

    Args:
        data: the contents of the plan's own file.
        now: aware datetime; nothing is written after it.
    """
    year = plan.period_start.year
    words = read_amendment(year)
    by = plan.coordinating_agency.users.filter(role=Role.COORDINATOR).order_by("pk").first()
    _put_back(plan, words)
    issued_at = _morning(plan.issued_on)
    if issued_at > now:
        return
    version = keep_version(plan, issued_on=plan.issued_on, at=issued_at)
    record(plan, "issue", by=by, at=issued_at, version=version)
    amended_at = _morning(date(year, *words["issued"]))
    if amended_at <= now:
        _amend(plan, words, data, by, amended_at)


def _morning(day):
    return timezone.make_aware(datetime.combine(day, time(9, 15)))


def _put_back(plan, words):
    for number, facts in words["before"].items():
        _set(plan.activities.get(number=number), facts)
    for text, facts in words["budget"].items():
        _set(plan.budget_lines.get(text=text), facts)
    plan.activities.filter(number__in=words["added"]).delete()
    _add(plan, words["dropped"], first=plan.activities.count() + 1)


def _amend(plan, words, data, by, at):
    copy = begin_amendment(plan, by=by, at=at)
    rows = {row["code"]: row for row in data["activities"]}
    for number, facts in words["before"].items():
        activity = copy.activities.get(number=number)
        _set(activity, {name: rows[number].get(KEYS.get(name, name)) or "" for name in facts})
    budget = {line["text"]: line for line in data["budget"]}
    for text, facts in words["budget"].items():
        _set(copy.budget_lines.get(text=facts["text"]), {name: budget[text][name] for name in facts})
    copy.activities.filter(number__in=[row["code"] for row in words["dropped"]]).delete()
    for number in words["added"]:
        _add(copy, [rows[number]], first=list(rows).index(number) + 1)
    for position, activity in enumerate(sorted(copy.activities.all(), key=lambda each: int(each.number)), start=1):
        _set(activity, {"position": position})
    copy.number, copy.title, copy.issued_on = words["number"], words["title"], at.date()
    copy.signing_authority, copy.signatory_title = plan.signing_authority, plan.signatory_title
    copy.signatory_name = plan.signatory_name
    copy.save()
    _acknowledge(copy, by, at)
    issue_amendment(copy, by=by, at=at)


def _set(row, facts):
    for name, value in facts.items():
        setattr(row, name, value)
    row.save()


def _add(plan, rows, *, first):
    locality = plan.locality
    add_activities(
        plan,
        rows,
        {theme.code: theme for theme in plan.themes.all()},
        {agency.slug: agency for agency in locality.agencies.all()},
        {group.slug: group for group in locality.agency_groups.all()},
        {group.title: group for group in plan.activity_groups.all()},
        first=first,
    )


def _acknowledge(copy, by, at):
    Acknowledgement.objects.bulk_create(
        Acknowledgement(plan=copy, rule=each.rule, subject=each.subject, by=by, by_name=str(by), at=at)
        for each in check_plan(copy, today=at.date()).warnings
    )
