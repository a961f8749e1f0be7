"""The annex as people draft it together: activities and their group rows added, changed, moved, removed, undone.

What `plans.drafting` is to the other parts of a plan: every write holds the plan's row and leaves a `RowEdit`, who
saves on an older version is told (`Stale`). Activities are written in bulk, so that a workbook of a thousand rows takes
a few queries. Plain numbers follow the order of the rows; a code such as IV.1 is the plan's own and stays.
"""

from collections import defaultdict
from datetime import date
from itertools import count

from django.db import transaction
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat

from agencies.vietnamese import ComputedField
from plans.drafting import Gone, Overtaken, Stale, content, last_act, lock, removal_of, state_at
from plans.models import Channel, ContentTheme, Plan, Purpose, RowAction, RowEdit
from plans.parties import Party, party_of

from ..models import Activity, ActivityGroup, Assignment, AssignmentRole, Indicator

PART, GROUPS = "activities", "activity_groups"
FIELDS = (
    "number",
    "title",
    "details",
    "group_id",
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
LINKS = {"channels": Channel, "themes": ContentTheme}
ROLES = {"lead": AssignmentRole.LEAD, "cooperating": AssignmentRole.COOPERATING}
COMPUTED = [field.name for field in Activity._meta.concrete_fields if isinstance(field, ComputedField)]
COLUMNS = [name.removesuffix("_id") for name in FIELDS]


# What an activity says, as data


def read_activities(plan):
    """The plan's activities with all that `state_of` asks for, as a queryset."""
    return Activity.objects.filter(plan=plan).prefetch_related("channels", "themes", "assignments")


def state_of(activity):
    """The activity as JSON-ready data. Of a draft: nobody has stopped being a party."""
    parties = sorted(activity.assignments.all(), key=lambda each: (each.position, each.pk))
    state = {name: plain(getattr(activity, name)) for name in FIELDS}
    for name in LINKS:
        state[name] = sorted(each.pk for each in getattr(activity, name).all())
    for name, role in ROLES.items():
        state[name] = [[*party_of(each)] for each in parties if each.role == role]
    return state | {"position": activity.position, "version": activity.version}


def plain(value):
    return value.isoformat() if isinstance(value, date) else value


def said(state):
    """What people wrote: a number that only follows the order is not of it."""
    return content(state) | {"number": "" if is_plain_number(state["number"]) else state["number"]}


def is_plain_number(number):
    return not number or number.isdecimal()


def _put(activity, state):
    for name in FIELDS:
        if name in state:
            field = Activity._meta.get_field(name.removesuffix("_id"))
            setattr(activity, name, field.to_python(state[name]))


def _update(rows, columns):
    """Write `columns` of many saved rows in one statement, what is computed from them with them.

    An insert that meets its own row: `bulk_update` writes a condition for every cell, which takes seconds for a
    thousand rows, and it computes nothing.
    """
    if rows:
        Activity.objects.bulk_create(rows, update_conflicts=True, unique_fields=["pk"], update_fields=columns)


# Places and numbers


def groups_of(plan):
    return list(ActivityGroup.objects.filter(plan=plan).order_by("position", "pk"))


def by_group(rows, groups):
    """`rows` as the annex has them, each group's in the order given: first those of no group, then group by group."""
    order = {group.pk: place for place, group in enumerate(groups)}
    return sorted(rows, key=lambda each: order.get(each.group_id, -1))


def _rows(plan, groups):
    return by_group(Activity.objects.filter(plan=plan).order_by("position", "pk"), groups)


def neighbours(activity):
    """The activities before and after it in the annex, None at its ends."""
    rows = _rows(activity.plan, groups_of(activity.plan))
    place = rows.index(activity)
    return rows[place - 1] if place else None, rows[place + 1] if place + 1 < len(rows) else None


def _settle(plan, rows, new=()):
    """Give `rows` (in annex order) their places and plain numbers: write those that change, insert the `new` ones.

    Numbers are one to an activity, so whatever changes its number first steps aside.
    """
    renumbered, moved, free = [], [], _free_numbers(plan, rows)
    for place, row in enumerate(rows, start=1):
        number = next(free) if _takes_number(plan, row) else row.number
        if row.number != number and not row._state.adding:
            renumbered.append(row)
        elif row.position != place and not row._state.adding:
            moved.append(row)
        row.position, row.number = place, number
    if renumbered:
        aside = Concat(Value("~"), Cast("pk", CharField()))
        Activity.objects.filter(pk__in=[row.pk for row in renumbered]).update(number=aside)
    _update(renumbered, ["position", "number", *COMPUTED])
    _update(moved, ["position"])
    Activity.objects.bulk_create(new)


def _takes_number(plan, row):
    """The portal numbers the row: in an amendment only what is new, elsewhere whatever has no code of its own."""
    return not row.number if plan.purpose == Purpose.AMENDMENT else is_plain_number(row.number)


def _free_numbers(plan, rows):
    """The numbers of the rows that take one, in order."""
    if plan.purpose != Purpose.AMENDMENT:
        return iter([str(place) for place, row in enumerate(rows, start=1) if _takes_number(plan, row)])
    taken = [int(row.number) for row in rows if row.number.isdecimal()]
    return map(str, count(max(taken, default=0) + 1))


# Writing


def _note(plan, edits, *, by, at, undoes=None):
    """Keep what was done: `edits` are (row key, action, before, after); the plan counts each."""
    Plan.objects.filter(pk=plan.pk).update(version=F("version") + len(edits))
    return RowEdit.objects.bulk_create(
        RowEdit(
            plan=plan,
            part=part,
            row_id=row_id,
            action=action,
            before=before,
            after=after,
            by=by,
            by_name=by.full_name,
            at=at,
            undoes=undoes,
        )
        for part, row_id, action, before, after in edits
    )


def added_with(plan, key):
    """The activity that was added with this key of the browser's, so that a repeated request adds nothing twice."""
    edit = key and RowEdit.objects.filter(plan=plan, part=PART, action=RowAction.ADD, after__key=key).first()
    return Activity.objects.filter(plan=plan, pk=edit.row_id).first() if edit else None


@transaction.atomic
def add_activities(plan, states, *, by, at, after=None, key="", undoes=None):
    """Add an activity for each of `states` (what it leaves out is empty): at the end of its group, or behind `after`.

    Returns:
        The activities in the order of `states`; where `key` was used before, those added then.
    """
    plan = lock(plan, by)
    if known := added_with(plan, key):
        return [known]
    groups = groups_of(plan)
    new = [_made(plan, state, groups, by, at) for state in states]
    rows = _rows(plan, groups)
    index = next((place for place, row in enumerate(rows, start=1) if row.pk == after), len(rows))
    _settle(plan, by_group([*rows[:index], *new, *rows[index:]], groups), new)
    _write_links({row.pk: ({}, state) for row, state in zip(new, states, strict=True)})
    added = {row.pk: row for row in read_activities(plan).filter(pk__in=[row.pk for row in new])}
    mark = {"key": key} if key else {}
    edits = [(PART, row.pk, RowAction.ADD, None, state_of(added[row.pk]) | mark) for row in new]
    _note(plan, edits, by=by, at=at, undoes=undoes)
    return [added[row.pk] for row in new]


def _made(plan, state, groups, by, at):
    activity = Activity(plan=plan, edited_by=by, edited_at=at, number="")
    _put(activity, state)
    if activity.group_id not in {group.pk for group in groups}:
        activity.group_id = None
    return activity


@transaction.atomic
def add_pasted(plan, rows, group_id, *, by, at):
    """Add pasted rows: under the group row they were pasted with, which is added where the plan has none such."""
    plan = lock(plan, by)
    groups = {group.title: group.pk for group in groups_of(plan)} | {"": group_id}
    for title in dict.fromkeys(row.heading for row in rows):
        if title not in groups:
            groups[title] = add_group(plan, title, by=by, at=at).pk
    taken = set(Activity.objects.filter(plan=plan).values_list("number", flat=True))
    states = []
    for row in rows:
        number = row.values["number"] if row.values["number"] not in taken else ""
        taken.add(number)
        states.append({**row.values, "number": number, "group_id": groups[row.heading]})
    return add_activities(plan, states, by=by, at=at)


@transaction.atomic
def change_activity(activity, values, *, version, by, at):
    """Save `values` (part of a state) over the activity the person saw as `version`; the activity as it then is.

    Raises Stale where somebody else changed its words since (being moved, or changed to the same, is no quarrel),
    Gone where somebody removed it.
    """
    plan = lock(activity.plan, by)
    current = _current(plan, activity.pk)
    before = state_of(current)
    if said(before | values) == said(before):
        return current
    if version != current.version:
        base = state_at(plan, PART, current.pk, version)
        if base is None or said(base) != said(before):
            raise Stale(current, base, (base or before) | values)
    _change(plan, [(current, values)], by=by, at=at)
    return _current(plan, current.pk)


@transaction.atomic
def change_activities(plan, values_of, *, by, at):
    """Save many at once, whatever their versions: `values_of` is {activity key: part of a state}."""
    plan = lock(plan, by)
    rows = read_activities(plan).filter(pk__in=list(values_of))
    _change(plan, [(row, values_of[row.pk]) for row in rows], by=by, at=at)


@transaction.atomic
def revert_activity(activity, version, *, by, at):
    """Give the activity the words it had as `version`, where only this person wrote on it since; else leave it.

    Raises Overtaken where its code has been given to another activity since.
    """
    plan = lock(activity.plan, by)
    current, before = _current(plan, activity.pk), state_at(plan, PART, activity.pk, version)
    later = RowEdit.objects.filter(plan=plan, part=PART, row_id=activity.pk, after__version__gt=version)
    if before and not later.exclude(by=by).exists() and said(before) != said(state_of(current)):
        _require_free_number(plan, current, before["number"])
        _change(plan, [(current, _that_is_there(plan, before))], by=by, at=at)


@transaction.atomic
def keep_unused(activity, typed, *, by, at):
    """The person took the other's version of the activity: their own stays in its history."""
    plan = lock(activity.plan, by)
    current = state_of(_current(plan, activity.pk))
    _note(plan, [(PART, activity.pk, RowAction.CHANGE, current | typed, current)], by=by, at=at)


def _change(plan, changes, *, by, at, undoes=None):
    befores = {row.pk: state_of(row) for row, _values in changes}
    for row, values in changes:
        _put(row, _with_number(plan, row, values))
        row.version, row.edited_by, row.edited_at = row.version + 1, by, at
    _update([row for row, _values in changes], [*COLUMNS, *COMPUTED, "version", "edited_by", "edited_at"])
    _write_links({row.pk: (befores[row.pk], values) for row, values in changes})
    if any({"number", "group_id"} & {*values} for _row, values in changes):
        _settle(plan, _rows(plan, groups_of(plan)))
    rows = {row.pk: row for row in read_activities(plan).filter(pk__in=list(befores))}
    edits = [(PART, pk, RowAction.CHANGE, befores[pk], state_of(rows[pk])) for pk in rows]
    return _note(plan, edits, by=by, at=at, undoes=undoes)


def _with_number(plan, row, values):
    """A plain number is the portal's to give: one among the values asks for it where the row had a code."""
    if "number" not in values or not is_plain_number(values["number"]) or plan.purpose == Purpose.AMENDMENT:
        return values
    return values | {"number": row.number if is_plain_number(row.number) else ""}


def _require_free_number(plan, row, number):
    """No other activity has taken the number meanwhile. Raises Overtaken."""
    others = Activity.objects.filter(plan=plan, number=number).exclude(pk=row.pk)
    if (plan.purpose == Purpose.AMENDMENT or not is_plain_number(number)) and others.exists():
        raise Overtaken


def _current(plan, pk):
    activity = read_activities(plan).filter(pk=pk).first()
    if activity is None:
        raise Gone(removal_of(plan, PART, pk))
    activity.plan = plan
    return activity


# Channels, themes and parties, for many activities at once: {activity key: (state before, values)}


def _write_links(changes):
    for name, model in LINKS.items():
        changed = {pk: values[name] for pk, (before, values) in changes.items() if _differs(name, before, values)}
        if changed:
            _write_many_to_many(name, model, changed)
    parties = {
        pk: {name: values.get(name, before.get(name, [])) for name in ROLES}
        for pk, (before, values) in changes.items()
        if any(_differs(name, before, values) for name in ROLES)
    }
    if parties:
        _write_parties(parties)


def _differs(name, before, values):
    return name in values and values[name] != before.get(name, [])


def _write_many_to_many(name, model, changed):
    through = getattr(Activity, name).through
    target = f"{model._meta.model_name}_id"
    there = set(model.objects.filter(pk__in={key for keys in changed.values() for key in keys}).values_list("pk"))
    through.objects.filter(activity__in=list(changed)).delete()
    through.objects.bulk_create(
        through(**{"activity_id": pk, target: key}) for pk, keys in changed.items() for key in keys if (key,) in there
    )


def _write_parties(wanted):
    """Make the parties of each activity what is wanted; who stays keeps the row, so that its dates stay with it."""
    kept = defaultdict(dict)
    for each in Assignment.objects.filter(activity__in=list(wanted), valid_to=None):
        kept[each.activity_id][party_of(each).key] = each
    new, changed, stays = [], [], set()
    for pk, roles in wanted.items():
        for name, parties in roles.items():
            for place, party in enumerate(map(Party._make, parties), start=1):
                row = kept[pk].get(party.key) or Assignment(activity_id=pk)
                now = (*party, ROLES[name], place)
                if now != (row.agency_id, row.group_id, row.name_as_printed, row.role, row.position):
                    row.agency_id, row.group_id, row.name_as_printed, row.role, row.position = now
                    (changed if row.pk else new).append(row)
                stays.add(row.pk)
    gone = [each.pk for rows in kept.values() for each in rows.values() if each.pk not in stays]
    Assignment.objects.filter(pk__in=gone).delete()
    Assignment.objects.bulk_update(changed, ["name_as_printed", "role", "position"])
    Assignment.objects.bulk_create(new)


# Moving and removing


@transaction.atomic
def move_activity(activity, step, *, by, at):
    """Move the activity one row up (`step` -1) or down (1); over a group's edge it goes into the group beside it."""
    plan = lock(activity.plan, by)
    current, groups = _current(plan, activity.pk), groups_of(plan)
    rows, places = _rows(plan, groups), [None, *(group.pk for group in groups)]
    index = rows.index(current)
    beside = rows[index + step] if 0 <= index + step < len(rows) else None
    if beside is not None and beside.group_id == current.group_id:
        return _place(plan, current, current.group_id, index + step, by=by, at=at)
    place = places.index(current.group_id) + step
    if not 0 <= place < len(places):
        return current
    return _place(plan, current, places[place], index, by=by, at=at)


def _place(plan, activity, group_id, index, *, by, at, undoes=None):
    """Put the activity into the group, with `index` others of the annex before it as far as the group allows."""
    before, groups = state_of(activity), groups_of(plan)
    rows = [row for row in _rows(plan, groups) if row != activity]
    activity.group_id = group_id
    Activity.objects.filter(pk=activity.pk).update(group=group_id)
    _settle(plan, by_group([*rows[:index], activity, *rows[index:]], groups))
    moved = _current(plan, activity.pk)
    _note(plan, [(PART, activity.pk, RowAction.MOVE, before, state_of(moved))], by=by, at=at, undoes=undoes)
    return moved


@transaction.atomic
def remove_activities(plan, pks, *, by, at, undoes=None):
    """Remove the activities; the edits that can bring them back. Raises Gone where one is gone already."""
    plan = lock(plan, by)
    rows = {row.pk: row for row in read_activities(plan).filter(pk__in=pks)}
    if missing := {*pks} - {*rows}:
        raise Gone(removal_of(plan, PART, missing.pop()))
    edits = [(PART, pk, RowAction.REMOVE, state_of(rows[pk]), None) for pk in pks]
    Activity.objects.filter(plan=plan, pk__in=pks).delete()
    _settle(plan, _rows(plan, groups_of(plan)))
    return _note(plan, edits, by=by, at=at, undoes=undoes)


# Group rows


def group_state(group):
    keys = Activity.objects.filter(group=group).values_list("pk", flat=True)
    return {"title": group.title, "position": group.position, "activities": sorted(keys)}


def _current_group(plan, pk):
    group = ActivityGroup.objects.filter(plan=plan, pk=pk).first()
    if group is None:
        raise Gone(removal_of(plan, GROUPS, pk))
    group.plan = plan
    return group


@transaction.atomic
def add_group(plan, title, *, by, at):
    """Add a group row at the end of the annex."""
    plan = lock(plan, by)
    group = ActivityGroup.objects.create(plan=plan, title=title, position=len(groups_of(plan)) + 1)
    _note(plan, [(GROUPS, group.pk, RowAction.ADD, None, group_state(group))], by=by, at=at)
    return group


@transaction.atomic
def rename_group(group, title, *, by, at, undoes=None):
    plan = lock(group.plan, by)
    group = _current_group(plan, group.pk)
    before = group_state(group)
    if group.title != title:
        group.title = title
        group.save(update_fields=["title"])
        _note(plan, [(GROUPS, group.pk, RowAction.CHANGE, before, group_state(group))], by=by, at=at, undoes=undoes)
    return group


@transaction.atomic
def move_group(group, step, *, by, at):
    """Move the group with its activities one place up (-1) or down (1)."""
    plan = lock(group.plan, by)
    group, groups = _current_group(plan, group.pk), groups_of(plan)
    index = groups.index(group)
    if 0 <= index + step < len(groups):
        _place_group(plan, group, index + step, by=by, at=at)


def _place_group(plan, group, index, *, by, at, undoes=None):
    before, rows = group_state(group), _rows(plan, groups_of(plan))
    groups = [each for each in groups_of(plan) if each != group]
    groups.insert(index, group)
    _place_groups(groups)
    _settle(plan, by_group(rows, groups))
    _note(plan, [(GROUPS, group.pk, RowAction.MOVE, before, group_state(group))], by=by, at=at, undoes=undoes)


def _place_groups(groups):
    for place, group in enumerate(groups, start=1):
        group.position = place
    ActivityGroup.objects.bulk_update(groups, ["position"])


@transaction.atomic
def remove_group(group, *, by, at, undoes=None):
    """Remove the group row; its activities join those before it. The edit that can bring it back."""
    plan = lock(group.plan, by)
    group, groups = _current_group(plan, group.pk), groups_of(plan)
    before, rows, index = group_state(group), _rows(plan, groups), groups.index(group)
    heir = groups[index - 1].pk if index else None
    Activity.objects.filter(group=group).update(group=heir)
    ActivityGroup.objects.filter(pk=group.pk).delete()
    del groups[index]
    _place_groups(groups)
    for row in rows:
        row.group_id = heir if row.group_id == group.pk else row.group_id
    _settle(plan, by_group(rows, groups))
    [edit] = _note(plan, [(GROUPS, group.pk, RowAction.REMOVE, before, None)], by=by, at=at, undoes=undoes)
    return edit


# Undoing


def last_act_of(plan, by):
    """The edits, newest first, of what this person did last in the annex and has not undone; empty for none."""
    acts = [act for part in (PART, GROUPS) if (act := last_act(plan, part, by))]
    return max(acts, key=lambda act: act[0].pk, default=[])


@transaction.atomic
def undo(plan, *, by, at, edit=None):
    """Undo the person's last act in the annex and return its edits, newest first.

    Args:
        edit: key of the act's newest edit as the person saw it; another one by now undoes nothing.

    Raises Overtaken where somebody else wrote on one of its rows since.
    """
    plan = lock(plan, by)
    act = last_act_of(plan, by)
    if not act or (edit and act[0].pk != edit):
        return []
    _require_untouched(act)
    undo_it = _undo_of_rows if act[0].part == PART else _undo_of_group
    undo_it(plan, act, by=by, at=at)
    return act


def _require_untouched(act):
    """Nobody else wrote on the rows since."""
    keys = {edit.row_id for edit in act}
    later = RowEdit.objects.filter(plan=act[0].plan_id, part=act[0].part, row_id__in=keys, pk__gt=act[0].pk)
    if later.exclude(by=act[0].by_id).exists():
        raise Overtaken


def _undo_of_rows(plan, act, *, by, at):
    action, newest, oldest = act[0].action, act[0], act[-1]
    if action == RowAction.ADD:
        remove_activities(plan, [edit.row_id for edit in act], by=by, at=at, undoes=newest)
    elif action == RowAction.REMOVE:
        _bring_back(plan, newest, by=by, at=at)
    elif action == RowAction.CHANGE:
        current = _current(plan, newest.row_id)
        _require_free_number(plan, current, oldest.before["number"])
        _change(plan, [(current, _that_is_there(plan, oldest.before))], by=by, at=at, undoes=oldest)
    else:
        current, before = _current(plan, newest.row_id), _that_is_there(plan, newest.before)
        _place(plan, current, before["group_id"], before["position"] - 1, by=by, at=at, undoes=newest)


def _that_is_there(plan, state):
    """The state without a group or an indicator that has been removed since."""
    groups = {group.pk for group in groups_of(plan)}
    indicators = Indicator.objects.filter(pk=state["indicator_id"])
    return state | {
        "group_id": state["group_id"] if state["group_id"] in groups else None,
        "indicator_id": state["indicator_id"] if indicators.exists() else None,
    }


def _bring_back(plan, edit, *, by, at):
    """The removed activity again: same key, same place."""
    state, groups = _that_is_there(plan, edit.before), groups_of(plan)
    row = _made(plan, state, groups, by, at)
    row.pk, row.version = edit.row_id, state["version"] + 1
    rows, index = _rows(plan, groups), state["position"] - 1
    _require_free_number(plan, row, row.number)
    _settle(plan, by_group([*rows[:index], row, *rows[index:]], groups), [row])
    _write_links({row.pk: ({}, state)})
    after = state_of(_current(plan, row.pk))
    _note(plan, [(PART, row.pk, RowAction.ADD, None, after)], by=by, at=at, undoes=edit)


def _undo_of_group(plan, act, *, by, at):
    edit = act[-1]
    if edit.action == RowAction.REMOVE:
        return _bring_back_group(plan, edit, by=by, at=at)
    group = _current_group(plan, edit.row_id)
    if edit.action == RowAction.ADD:
        return remove_group(group, by=by, at=at, undoes=edit)
    if edit.action == RowAction.MOVE:
        return _place_group(plan, group, edit.before["position"] - 1, by=by, at=at, undoes=edit)
    _require_free(plan, edit.before["title"])
    return rename_group(group, edit.before["title"], by=by, at=at, undoes=edit)


def _require_free(plan, title):
    if ActivityGroup.objects.filter(plan=plan, title=title).exists():
        raise Overtaken


def _bring_back_group(plan, edit, *, by, at):
    """The removed group row again, with those of its activities that are still there."""
    before, groups = edit.before, groups_of(plan)
    _require_free(plan, before["title"])
    group = ActivityGroup.objects.create(pk=edit.row_id, plan=plan, title=before["title"])
    groups.insert(before["position"] - 1, group)
    Activity.objects.filter(plan=plan, pk__in=before["activities"]).update(group=group)
    _place_groups(groups)
    _settle(plan, _rows(plan, groups))
    _note(plan, [(GROUPS, group.pk, RowAction.ADD, None, group_state(group))], by=by, at=at, undoes=edit)
