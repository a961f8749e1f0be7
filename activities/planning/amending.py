"""Amending an issued plan: drafted on a copy of the whole plan, carried onto the plan's own rows when it is issued.

Rows keep their ids, so that updates, counts and evidence stay with their activities. A dropped activity is cancelled
from the day of the amendment, a party that was changed obliges until the day before.
"""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.access import require
from plans.models import (
    Audience,
    BudgetLine,
    ContentTheme,
    Duty,
    LegalBasis,
    Objective,
    PlanChannel,
    Purpose,
    Recipient,
    ReportingDuty,
    Requirement,
)
from plans.permissions import can_amend_plan

from ..models import Activity, ActivityGroup, Assignment
from .copying import copy_plan

# Audiences before what names them, themes before activities; the fields that are the row's own words.
PARTS = (
    (Audience, ("text",), ()),
    (LegalBasis, ("text", "kind", "number", "issued_on", "issuing_agency_name"), ()),
    (Objective, ("text", "target"), ("audiences",)),
    (Requirement, ("code", "text"), ()),
    (ContentTheme, ("code", "text", "is_focus"), ("audiences",)),
    (PlanChannel, ("code", "text"), ("channels",)),
    (Duty, ("kind", "text", "bearer_as_printed"), ("agencies", "groups")),
    (BudgetLine, ("text", "bearer_as_printed", "amount"), ()),
    (ReportingDuty, ("text", "reporter_id", "recipient_as_printed", "frequencies", "cutoff_text", "due_text"), ()),
    (Recipient, ("text",), ()),
)
FACTS = ("period_start", "period_end", "period_text", "coordinating_agency_id")
ACTIVITY_FIELDS = (
    "position",
    "number",
    "title",
    "details",
    "schedule_kind",
    "schedule_text",
    "start",
    "deadline",
    "target_quantity",
    "target_unit",
    "indicator_id",
    "expected_product",
    "note",
)


@transaction.atomic
def begin_amendment(plan, *, by, at):
    """The amendment of `plan` being drafted, begun now if there is none.

    Raises:
        PermissionDenied: the plan is not this person's to amend, or not in force.
    """
    plan = type(plan).objects.select_for_update(of=("self",)).get(pk=plan.pk)
    require(can_amend_plan(by, plan), _("Only the plan's coordinator amends it, and only while it is in force."))
    begun = plan.amendments_in_draft.first()
    if begun:
        return begun
    return copy_plan(plan, purpose=Purpose.AMENDMENT, by=by, at=at)


@transaction.atomic
def carry_over(amendment, plan):
    """Make the rows of `plan` what `amendment` says, from the amendment's day of issue on."""
    for name in FACTS:
        setattr(plan, name, getattr(amendment, name))
    plan.save(update_fields=FACTS)
    kept = {}
    for model, fields, relations in PARTS:
        kept[model] = _carry_rows(model, fields, relations, amendment, plan, kept)
    _carry_theme_tree(kept[ContentTheme])
    groups = _carry_rows(ActivityGroup, ("title",), (), amendment, plan, kept)
    _carry_activities(amendment, plan, kept[ContentTheme], groups)


def _carry_rows(model, fields, relations, amendment, plan, kept):
    """{id of the amendment's row: the plan's row}; the plan's rows that the amendment dropped go."""
    own = {row.pk: row for row in model.objects.filter(plan=plan)}
    carried = {}
    copies = list(model.objects.filter(plan=amendment).prefetch_related(*relations))
    dropped = set(own) - {copy.origin_id for copy in copies}
    if model is ContentTheme:
        model.objects.filter(pk__in=dropped).update(parent=None)
    model.objects.filter(pk__in=dropped).delete()
    if model in (Audience, ActivityGroup):  # a title may change places with another's: none is in the way meanwhile
        _step_aside(model, plan)
    for copy in copies:
        row = own.get(copy.origin_id) or model(plan=plan)
        for name in (*fields, "position"):
            setattr(row, name, getattr(copy, name))
        row.save()
        for name in relations:
            others = getattr(copy, name).all()
            getattr(row, name).set([kept[Audience][each.pk] for each in others] if name == "audiences" else others)
        carried[copy.pk] = row
    return carried


def _step_aside(model, plan):
    field = "title" if model is ActivityGroup else "text"
    for row in model.objects.filter(plan=plan):
        model.objects.filter(pk=row.pk).update(**{field: f"\x1f{row.pk}"})


def _carry_theme_tree(themes):
    copies = ContentTheme.objects.in_bulk(list(themes))
    for copy_id, theme in themes.items():
        parent = themes.get(copies[copy_id].parent_id)
        if theme.parent_id != (parent.pk if parent else None):
            theme.parent = parent
            theme.save(update_fields=["parent"])


def _carry_activities(amendment, plan, themes, groups):
    own = {activity.pk: activity for activity in plan.activities.filter(cancelled_on__isnull=True)}
    copies = list(amendment.activities.prefetch_related("channels", "themes", "assignments"))
    for activity_id in set(own) - {copy.origin_id for copy in copies}:
        activity = own[activity_id]
        activity.cancelled_on = amendment.issued_on
        activity.save(update_fields=["cancelled_on"])
    _free_numbers(plan, own, copies)
    for copy in copies:
        activity = own.get(copy.origin_id) or Activity(plan=plan)
        for name in ACTIVITY_FIELDS:
            setattr(activity, name, getattr(copy, name))
        activity.group = groups.get(copy.group_id)
        activity.save()
        activity.channels.set(copy.channels.all())
        activity.themes.set([themes[theme.pk] for theme in copy.themes.all()])
        _carry_parties(activity, copy.assignments.all(), amendment.issued_on)


def _free_numbers(plan, own, copies):
    """Numbers are one to an activity: a new one may take that of a dropped one, which keeps its own with a mark."""
    wanted = {copy.number for copy in copies}
    taken = set(plan.activities.values_list("number", flat=True)) | wanted
    for activity in plan.activities.filter(cancelled_on__isnull=False, number__in=wanted):
        place = next(n for n in range(1, len(taken) + 2) if _old_number(activity, n) not in taken)
        activity.number = _old_number(activity, place)
        taken.add(activity.number)
        activity.save()
    for activity in own.values():
        if not activity.cancelled_on:  # these step aside as well: two may change places
            Activity.objects.filter(pk=activity.pk).update(number=f"\x1f{activity.pk}"[:20])


def _old_number(activity, place):
    """'10 (cũ)', and '10 (cũ 2)' where that is taken: the words an amended plan itself uses."""
    mark = " (cũ)" if place == 1 else f" (cũ {place})"
    return f"{activity.number[: 20 - len(mark)]}{mark}"


def _carry_parties(activity, copies, day):
    """The activity's parties as of `day`: who stays is untouched, who goes obliged until the day before."""
    now = {_who(party): party for party in activity.assignments.filter(valid_to__isnull=True)}
    wanted = {_who(copy): copy for copy in copies}
    for who, party in now.items():
        if who not in wanted:
            _end(party, day)
    for who, copy in wanted.items():
        if who in now:
            party = now[who]
            party.position, party.name_as_printed = copy.position, copy.name_as_printed
            party.save(update_fields=["position", "name_as_printed"])
        else:
            Assignment.objects.create(
                activity=activity,
                role=copy.role,
                agency_id=copy.agency_id,
                group_id=copy.group_id,
                name_as_printed=copy.name_as_printed,
                position=copy.position,
                valid_from=day,
            )


def _who(party):
    literal = party.name_as_printed if not party.is_identified else ""
    return party.role, party.agency_id, party.group_id, literal


def _end(party, day):
    """Take a party away from `day` on; one that had not begun by then was never there."""
    if party.valid_from and party.valid_from >= day:
        party.delete()
    else:
        party.valid_to = day - timedelta(days=1)
        party.save(update_fields=["valid_to"])
