"""The versions of a plan: its whole content as issued and as each amendment made it, and which one was in force.

A version is plain data. What is counted for a past day is counted on the version that was in force on that day.
"""

from collections import defaultdict
from copy import copy
from datetime import date

from django.db.models import Prefetch, TextField, Value

from plans.document import SOURCES, read_document
from plans.models import PlanVersion

from .models import Activity, ActivityGroup, Assignment, AssignmentRole, Indicator

FACTS = ("number", "kind", "title", "place", "issuing_agency_name", "period_text", "source_form")
SIGNATURE = ("signing_authority", "signatory_title", "signatory_name")
DATES = ("issued_on", "period_start", "period_end")
WORDS = ("number", "title", "details", "schedule_kind", "schedule_text", "target_unit", "expected_product")


def content_of(plan, *, on=None):
    """The plan's content as JSON-ready data: facts, parts, groups and activities, ids being those of the rows.

    Args:
        on: count parties that were still in force on this day; default: those that have not ended.
    """
    document = read_document(plan)
    return {
        "facts": _facts(plan),
        "parts": {part: [_part(row) for row in rows] for part, rows in vars(document).items()},
        "groups": [
            {"id": group.pk, "position": group.position, "title": group.title} for group in plan.activity_groups.all()
        ],
        "activities": [
            _activity(activity, place, on)
            for place, activity in enumerate(activities_in_order(plan), start=1)
            if not (activity.cancelled_on and (on is None or activity.cancelled_on <= on))
        ],
    }


def activities_in_order(plan):
    """The plan's activities with all they refer to, in the order of the annex. A constant number of queries."""
    parties = Assignment.objects.select_related("agency", "group").order_by("role", "position", "pk")
    return plan.activities.select_related("indicator", "group").prefetch_related(
        Prefetch("assignments", queryset=parties), "channels", "themes"
    )


def _facts(plan):
    return (
        {name: getattr(plan, name) for name in (*FACTS, *SIGNATURE)}
        | {name: _iso(getattr(plan, name)) for name in DATES}
        | {"coordinating_agency": plan.coordinating_agency.name if plan.coordinating_agency_id else ""}
    )


def _part(row):
    return {
        "id": row.pk,
        "code": row.code,
        "text": row.text,
        "note": row.note,
        "extra": row.extra,
        "more": row.more,
        "parent": row.parent,
        "names": list(row.names),
        "is_focus": row.is_focus,
    }


def _activity(activity, place, on):
    parties = [
        each for each in activity.assignments.all() if not each.valid_to or (on is not None and each.valid_to >= on)
    ]
    return {name: getattr(activity, name) for name in WORDS} | {
        "id": activity.pk,
        "place": place,
        "group": activity.group_id,
        "start": _iso(activity.start),
        "deadline": _iso(activity.deadline),
        "target_quantity": activity.target_quantity,
        "indicator": activity.indicator_id,
        "is_stock": activity.counts_as_stock,
        "cancelled_on": _iso(activity.cancelled_on),
        "channels": [channel.name for channel in activity.channels.all()],
        "themes": [str(theme) for theme in activity.themes.all()],
        "leads": [_party(each) for each in parties if each.role == AssignmentRole.LEAD],
        "cooperating": [_party(each) for each in parties if each.role == AssignmentRole.COOPERATING],
    }


def _party(assignment):
    return {
        "name": assignment.label,
        "agency": assignment.agency_id,
        "group": assignment.group_id,
        "invited": assignment.is_invited,
    }


def _iso(day):
    return day.isoformat() if day else None


def content_as_amended(amendment):
    """The content that an amendment in draft would give its plan: rows by the ids of those they were copied from.

    New rows have ids below zero.
    """
    content = content_of(amendment)
    origins = _origins(amendment)
    for part, rows in (*content["parts"].items(), ("groups", content["groups"]), ("activities", content["activities"])):
        for row in rows:
            row["id"] = origins.get((part, row["id"])) or -row["id"]
    return content


def _origins(plan):
    """{(part, id): id of the row it was copied from}. One query."""
    models = {part: source[0] for part, source in SOURCES.items()} | {"groups": ActivityGroup, "activities": Activity}
    first, *others = [
        model.objects.filter(plan=plan)
        .order_by()
        .annotate(part=Value(part, output_field=TextField()))
        .values_list("part", "pk", "origin_id")
        for part, model in models.items()
    ]
    return {(part, pk): origin for part, pk, origin in first.union(*others, all=True)}


def keep_version(plan, *, issued_on, at, signed=None):
    """Keep the plan as it stands as its next version, in force from `issued_on`.

    Args:
        signed: whose number, title and signature the version bears: the plan itself, or the amendment that made it.
    """
    signed = signed or plan
    last = plan.versions.order_by("ordinal").last()
    return PlanVersion.objects.create(
        plan=plan,
        ordinal=last.ordinal + 1 if last else 1,
        number=signed.number,
        title=signed.title,
        issued_on=issued_on,
        content=content_of(plan),
        kept_at=at,
        **{name: getattr(signed, name) for name in SIGNATURE},
    )


def version_on(versions, day):
    """The version in force on `day` among a plan's `versions` (in order); the first one before its own day.

    None for no versions.
    """
    versions = list(versions)
    in_force = [version for version in versions if version.issued_on <= day]
    return in_force[-1] if in_force else next(iter(versions), None)


def as_in_force(activities, day):
    """The activities (of any plans) as their plans said on `day`: those of a later version are not among them.

    One query; another one where a version before the last was in force. An activity that was changed since comes as
    a copy with its facts of that day.
    """
    [then] = as_in_force_on(activities, day)
    return then


def as_in_force_on(activities, *days):
    """The activities `as_in_force` on each of `days`: as many queries as for one."""
    earlier = _earlier_contents({activity.plan_id for activity in activities}, days)
    return [_all_as_then(activities, earlier[day]) if earlier[day] else activities for day in days]


def _all_as_then(activities, earlier):
    return [
        then
        for activity in activities
        if (then := _as_then(activity, earlier[activity.plan_id]) if activity.plan_id in earlier else activity)
    ]


def _earlier_contents(plan_ids, days):
    """{day: {plan id: {activity id: its facts}}} for the plans of which a version before the last was then in force."""
    versions = defaultdict(list)
    for version in PlanVersion.objects.filter(plan__in=plan_ids).defer("content").order_by("plan", "ordinal"):
        versions[version.plan_id].append(version)
    earlier = {
        day: {
            plan_id: version.pk
            for plan_id, rows in versions.items()
            if (version := version_on(rows, day)) and version != rows[-1]
        }
        for day in days
    }
    keys = {key for found in earlier.values() for key in found.values()}
    contents = dict(PlanVersion.objects.filter(pk__in=keys).values_list("pk", "content")) if keys else {}
    facts = {key: {row["id"]: row for row in content["activities"]} for key, content in contents.items()}
    return {day: {plan_id: facts[key] for plan_id, key in found.items()} for day, found in earlier.items()}


def _as_then(activity, facts):
    """A copy of `activity` with its facts of that version; None where the version did not have it."""
    row = facts.get(activity.pk)
    if row is None:
        return None
    then = copy(activity)
    for name in (*WORDS, "target_quantity"):
        setattr(then, name, row[name])
    for name in ("start", "deadline", "cancelled_on"):
        setattr(then, name, date.fromisoformat(row[name]) if row[name] else None)
    if then.indicator_id != row["indicator"]:
        then.indicator = Indicator(code=row["indicator"], is_stock=row["is_stock"]) if row["indicator"] else None
    return then
