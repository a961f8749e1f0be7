"""The rows of a plan as people draft them together: added, changed, moved, removed, and each of it undone.

Every write holds the plan's own row, so people are served one after the other; each leaves a `RowEdit`. A row knows
how often it was saved: who saves on an older version is told (`Stale`), who saves a row that was removed, too (`Gone`).
"""

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q
from django.http import Http404
from django.utils.translation import gettext as _, gettext_lazy

from agencies.access import require
from agencies.vietnamese import ComputedField

from .forms import PARTS
from .models import Plan, PlanStatus, RowAction, RowEdit
from .permissions import can_edit_plan

PAUSE = timedelta(minutes=1)  # what one person changes in one row without a longer pause is undone together
REMEMBERED = 200  # edits of a part looked through for what to undo
NOT_CONTENT = {"version", "position", "links", "key"}
NO_LONGER_THERE = gettext_lazy("This draft is no longer there: somebody has issued or discarded it meanwhile.")


class Stale(Exception):
    """Somebody saved the row since: `row` as it is now, `mine` as it was typed.

    `base` is the state from which the person began; None where nobody wrote that down.
    """

    def __init__(self, row, base, mine):
        super().__init__(row.pk)
        self.row, self.base, self.mine = row, base, mine


class Gone(Http404):
    """The row was removed meanwhile, by `edit`; where nobody has more to say about it, it is not found."""

    def __init__(self, edit):
        super().__init__(edit)
        self.edit = edit


class Overtaken(Exception):
    """Others wrote on the row since: undoing would lose their words."""


def read_only(plan):
    """Why the plan is not written on, in a sentence."""
    if plan.status == PlanStatus.DRAFT:
        return _("Only the plan's coordinator edits it, and only while it is a draft.")
    return _("This plan has been issued and is read only: change it by an amendment, on the plan's page.")


def lock(plan, by):
    """The plan's row as it is now, held to the end of the transaction; 403 when `by` may not (or no longer) write."""
    held = Plan.objects.select_for_update().filter(pk=plan.pk).first()
    require(held, NO_LONGER_THERE)
    require(can_edit_plan(by, held), read_only(held))
    return held


# What a row says, as data


def state_of(row):
    """The row as JSON-ready data: its own fields, what it refers to, and what refers to it ("links")."""
    state = {field.attname: _plain(getattr(row, field.attname)) for field in _fields(row)}
    for field in row._meta.many_to_many:
        state[field.name] = _keys(getattr(row, field.name))
    links = {name: _keys(getattr(row, name)) for name in _reverse_names(row)}
    return state | {"version": row.version, "links": {name: keys for name, keys in links.items() if keys}}


def content(state):
    """What of a state people write and read: neither its place nor how often it was saved."""
    return {name: value for name, value in state.items() if name not in NOT_CONTENT}


def _fields(row):
    left_out = {"id", "plan_id", "version", "edited_by_id", "edited_at"}
    return [
        field
        for field in row._meta.concrete_fields
        if field.attname not in left_out and not isinstance(field, ComputedField)
    ]


def _reverse_names(row):
    return [rel.get_accessor_name() for rel in row._meta.related_objects if rel.many_to_many]


def _keys(related):
    return sorted(related.values_list("pk", flat=True)) if related.instance.pk else []


def _plain(value):
    return value.isoformat() if isinstance(value, date) else value


def _put(row, state):
    """Give the row what `state` says; what it referred to and is no longer there stays away."""
    for field in _fields(row):
        if field.attname == "position" or field.attname not in state:
            continue
        value = field.to_python(state[field.attname])
        if field.is_relation and not field.related_model._default_manager.filter(pk=value).exists():
            value = None
        setattr(row, field.attname, value)
    if _parent(row) and (row.parent.parent_id or row.children.exists()):
        raise Overtaken  # the document has two levels


def _put_links(row, state):
    names = [field.name for field in row._meta.many_to_many]
    for name, keys in [(name, state.get(name, [])) for name in names] + list(state.get("links", {}).items()):
        related = getattr(row, name)
        related.set(related.model._default_manager.filter(pk__in=keys))


# Places: dense, 1 to n; a sub-theme follows its theme


def rows_in_order(model, plan):
    """The plan's rows of one part in the order of the document."""
    return in_order(list(model.objects.filter(plan=plan).order_by("position", "pk")))


def in_order(rows):
    """`rows` with each sub-row right behind the row it belongs to."""
    tops = [row for row in rows if not getattr(row, "parent_id", None)]
    return [row for top in tops for row in (top, *(each for each in rows if _parent(each) == top.pk))]


def _parent(row):
    return getattr(row, "parent_id", None)


def _renumber(rows):
    """Number the rows as they stand here; only those at another place are written."""
    moved = []
    for place, row in enumerate(in_order(rows), start=1):
        if row.position != place:
            row.position = place
            moved.append(row)
    if moved:
        type(moved[0]).objects.bulk_update(moved, ["position"])


def _codes_by_place(rows):
    """Give the numbers of the document, where all rows of a level have one, to the places they stood at before."""
    for parent in {_parent(row) for row in rows}:
        level = [row for row in rows if _parent(row) == parent]
        codes = [row.code for row in sorted(level, key=lambda row: row.position)]
        if all(codes) and codes != [row.code for row in level]:
            for row, code in zip(level, codes, strict=True):
                row.code = code
            type(level[0]).objects.bulk_update(level, ["code"])


def _place_at(rows, row, to):
    """`rows` with `row` as the `to`-th (from 1) of those beside it."""
    others = [each for each in rows if each.pk != row.pk]
    beside = [each for each in others if _parent(each) == _parent(row)]
    follower = beside[to - 1] if 0 < to <= len(beside) else None
    index = others.index(follower) if follower else len(others)
    return [*others[:index], row, *others[index:]]


def place_among_siblings(rows, row):
    """The row's place among those of its level, from 1."""
    return [each.pk for each in rows if _parent(each) == _parent(row)].index(row.pk) + 1


# Writing


def note(plan, part, row_id, action, before, after, *, by, at, undoes=None):
    """Keep what was done to a row; the plan counts it."""
    Plan.objects.filter(pk=plan.pk).update(version=F("version") + 1)
    return RowEdit.objects.create(
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


def added_with(plan, part, key):
    """The row that was added with this key of the browser's, so that a repeated request adds nothing twice."""
    edit = key and RowEdit.objects.filter(plan=plan, part=part, action=RowAction.ADD, after__key=key).first()
    return PARTS[part][0].objects.filter(plan=plan, pk=edit.row_id).first() if edit else None


@transaction.atomic
def add_row(form, part, *, by, at, after=None, key=""):
    """Add the row of a valid form behind the row `after` (a pk); at the end without it."""
    plan = lock(form.instance.plan, by)
    if known := added_with(plan, part, key):
        return known
    row = form.save(commit=False)
    rows = rows_in_order(type(row), plan)
    row.position, row.edited_by, row.edited_at = len(rows) + 1, by, at
    row.save()
    form.save_m2m()
    index = next((place for place, each in enumerate(rows, start=1) if each.pk == after), len(rows))
    _renumber([*rows[:index], row, *rows[index:]])
    note(plan, part, row.pk, RowAction.ADD, None, state_of(row) | {"key": key}, by=by, at=at)
    return row


@transaction.atomic
def add_rows(plan, part, rows, *, by, at):
    """Add many rows at the end, in order; `rows` are unsaved, a sub-row's parent being one of them or saved."""
    plan, model = lock(plan, by), PARTS[part][0]
    last = model.objects.filter(plan=plan).aggregate(last=Max("position", default=0))["last"]
    for place, row in enumerate(rows, start=last + 1):
        row.plan, row.position, row.edited_by, row.edited_at = plan, place, by, at
        row.save()
    ordered = rows_in_order(model, plan)
    _renumber(ordered)
    places = {row.pk: row.position for row in ordered}
    for row in rows:
        row.position = places[row.pk]
        note(plan, part, row.pk, RowAction.ADD, None, state_of(row), by=by, at=at)
    return rows


@transaction.atomic
def change_row(form, part, *, version, by, at):
    """Save a valid form over the row the person saw as `version`.

    Raises Stale where somebody else changed its words since (being moved, or changed to the same, is no quarrel),
    Gone where somebody removed it.
    """
    row, plan = form.instance, lock(form.instance.plan, by)
    current = _current(plan, part, row.pk)
    before = state_of(current)
    row.position, row.version = current.position, current.version
    row.edited_by, row.edited_at = current.edited_by, current.edited_at
    form.save()
    after = state_of(row)
    if content(after) == content(before):
        return row
    if version != current.version:
        base = state_at(plan, part, row.pk, version)
        if base is None or content(base) != content(before):
            raise Stale(current, base, after)
    _stamp(row, by, at)
    if after.get("parent_id") != before.get("parent_id"):
        _renumber(rows_in_order(type(row), plan))
    note(plan, part, row.pk, RowAction.CHANGE, before, state_of(row), by=by, at=at)
    return row


@transaction.atomic
def keep_unused(form, part, *, by, at):
    """The person took the other's version of the row: their own (a valid form) stays in its history."""
    plan = lock(form.instance.plan, by)
    current = _current(plan, part, form.instance.pk)
    typed = _as_typed(form)
    return note(plan, part, current.pk, RowAction.CHANGE, typed, state_of(current), by=by, at=at)


def _as_typed(form):
    """The state the row would have were the form saved; it is not."""
    point = transaction.savepoint()
    state = state_of(form.save())
    transaction.savepoint_rollback(point)
    return state


def _current(plan, part, row_pk):
    row = PARTS[part][0].objects.filter(plan=plan, pk=row_pk).first()
    if row is None:
        raise Gone(removal_of(plan, part, row_pk))
    return row


def removal_of(plan, part, row_pk):
    """The edit that removed the row; None where there never was such a row."""
    removals = RowEdit.objects.filter(plan=plan, part=part, row_id=row_pk, action=RowAction.REMOVE)
    return removals.order_by("-pk").first()


def _stamp(row, by, at):
    row.version, row.edited_by, row.edited_at = row.version + 1, by, at
    row.save(update_fields=["version", "edited_by", "edited_at"])


def state_at(plan, part, row_id, version):
    """The row as it was when saved for the `version`-th time; None where nobody wrote that down."""
    edits = RowEdit.objects.filter(plan=plan, part=part, row_id=row_id)
    edit = edits.filter(Q(after__version=version) | Q(before__version=version)).order_by("pk").first()
    if edit is None:
        return None
    return edit.after if edit.after and edit.after["version"] == version else edit.before


@transaction.atomic
def remove_row(plan, part, row_pk, *, by, at, undoes=None):
    """Remove the row. Raises RestrictedError where others belong to it, Gone where it is gone already."""
    plan = lock(plan, by)
    row = _current(plan, part, row_pk)
    before, model = state_of(row), type(row)
    row.delete()
    _renumber(rows_in_order(model, plan))
    return note(plan, part, row_pk, RowAction.REMOVE, before, None, by=by, at=at, undoes=undoes)


@transaction.atomic
def move_row(plan, part, row_pk, to, *, by, at, undoes=None):
    """Make the row the `to`-th (from 1) among those of its level."""
    plan = lock(plan, by)
    row = _current(plan, part, row_pk)
    before, rows = state_of(row), rows_in_order(type(row), plan)
    row = next(each for each in rows if each.pk == row.pk)
    rows = _place_at(rows, row, to)
    if hasattr(row, "code"):
        _codes_by_place(rows)
    _renumber(rows)
    if row.position == before["position"]:
        return row
    _stamp(row, by, at)
    note(plan, part, row_pk, RowAction.MOVE, before, state_of(row), by=by, at=at, undoes=undoes)
    return row


# Undoing


def last_act(plan, part, by):
    """The edits, newest first, of what this person did last in the part and has not undone; empty for none.

    Rows pasted together are one act, and so is one row changed again and again without a pause.
    """
    undone, act = {}, []
    for edit in RowEdit.objects.filter(plan=plan, part=part, by=by).order_by("-pk")[:REMEMBERED]:
        if edit.undoes_id:
            undone[edit.row_id] = min(edit.undoes_id, undone.get(edit.row_id, edit.undoes_id))
        elif edit.pk < undone.get(edit.row_id, edit.pk + 1):
            if act and not _belongs(edit, act[-1]):
                break
            act.append(edit)
    return act


def _belongs(edit, later):
    if edit.action != later.action:
        return False
    is_run = edit.action == RowAction.CHANGE and edit.row_id == later.row_id and later.at - edit.at <= PAUSE
    return is_run or (edit.action == RowAction.ADD and edit.at == later.at)


@transaction.atomic
def undo(plan, part, *, by, at, edit=None):
    """Undo the person's last act in the part and return its edits, newest first.

    Args:
        edit: pk of the act's newest edit as the person saw it; another one by now undoes nothing.

    Raises Overtaken where somebody else wrote on one of its rows since.
    """
    plan = lock(plan, by)
    act = last_act(plan, part, by)
    if not act or (edit and act[0].pk != edit):
        return []
    try:
        with transaction.atomic():
            _undo_act(plan, part, act, by, at)
    except IntegrityError as error:  # what it was called is taken by another row
        raise Overtaken from error
    return act


def _undo_act(plan, part, act, by, at):
    if act[0].action == RowAction.CHANGE:
        return _undo_change(plan, part, act, by, at)
    for each in act:
        _undo_one(plan, part, each, by, at)


def _undo_one(plan, part, edit, by, at):
    if edit.action == RowAction.REMOVE:
        return _bring_back(plan, part, edit, by, at)
    _require_untouched(edit)
    if edit.action == RowAction.ADD:
        return remove_row(plan, part, edit.row_id, by=by, at=at, undoes=edit)
    row = _current(plan, part, edit.row_id)
    others = [each for each in rows_in_order(type(row), plan) if each.pk != row.pk]
    ahead = [each for each in others[: edit.before["position"] - 1] if _parent(each) == _parent(row)]
    return move_row(plan, part, row.pk, len(ahead) + 1, by=by, at=at, undoes=edit)


def _require_untouched(edit):
    """Nobody else wrote on the row after `edit`."""
    later = RowEdit.objects.filter(plan=edit.plan_id, part=edit.part, row_id=edit.row_id, pk__gt=edit.pk)
    if later.exclude(by=edit.by_id).exists():
        raise Overtaken


def _undo_change(plan, part, act, by, at):
    _require_untouched(act[0])
    row = _current(plan, part, act[0].row_id)
    before = state_of(row)
    _put(row, act[-1].before)
    row.save()
    _put_links(row, act[-1].before | {"links": {}})
    _stamp(row, by, at)
    _renumber(rows_in_order(type(row), plan))
    note(plan, part, row.pk, RowAction.CHANGE, before, state_of(row), by=by, at=at, undoes=act[-1])


def _bring_back(plan, part, edit, by, at):
    """The removed row again: same key, same place, and what referred to it refers to it again."""
    state, model = edit.before, PARTS[part][0]
    row = model(pk=edit.row_id, plan=plan, version=state["version"] + 1, edited_by=by, edited_at=at)
    _put(row, state)
    rows = rows_in_order(model, plan)
    row.position = len(rows) + 1
    row.save(force_insert=True)
    _put_links(row, state)
    _renumber([*rows[: state["position"] - 1], row, *rows[state["position"] - 1 :]])
    note(plan, part, row.pk, RowAction.ADD, None, state_of(row), by=by, at=at, undoes=edit)


# Who else is here


def drafters(plan, now):
    """Who wrote on which part in the last quarter of an hour: {part: [names]}, the latest first."""
    since = now - timedelta(minutes=15)
    found = {}
    for part, name in RowEdit.objects.filter(plan=plan, at__gte=since).values_list("part", "by_name"):
        names = found.setdefault(part, [])
        if name not in names:
            names.append(name)
    return found
