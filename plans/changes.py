"""What changed in a row, for people to read: its history, and two versions of it side by side."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from .drafting import content, state_of
from .forms import PARTS
from .models import Frequency, RowAction, RowEdit
from .words import one_page, word_diff

NOT_TYPED = {"csrfmiddlewaretoken", "version", "then", "key", "after", "edit"}


def typed_fields(posted):
    """What a person typed into a row's form, to be sent again: [(name, value)]."""
    return [(name, value) for name, values in posted.lists() if name not in NOT_TYPED for value in values]


def two_versions(part, stale, posted):
    """Mine and theirs (saved meanwhile), the words of each marked against the version I began from."""
    theirs = stale.row
    base = stale.base["text"] if stale.base else theirs.text
    return {
        "row": theirs,
        "row_key": str(theirs.pk),
        "by": theirs.edited_by.full_name if theirs.edited_by else _("Somebody else"),
        "at": theirs.edited_at,
        "mine": word_diff(base, stale.mine["text"]),
        "theirs": word_diff(base, theirs.text),
        "fields": _other_fields(PARTS[part][0], content(stale.mine), content(state_of(theirs))),
        "typed": typed_fields(posted),
    }


def _other_fields(model, mine, theirs):
    """[(label, mine, theirs)] of what differs beside the text."""
    fields = {field.attname: field for field in model._meta.fields}
    fields |= {field.name: field for field in model._meta.many_to_many}
    return [
        (str(fields[name].verbose_name), _words(fields[name], mine[name]), _words(fields[name], theirs[name]))
        for name in theirs
        if name != "text" and mine[name] != theirs[name]
    ]


def _words(field, value):
    """A field's stored value as people read it."""
    if field.is_relation:
        keys = value if isinstance(value, list) else [value]
        return "; ".join(map(str, field.related_model._default_manager.filter(pk__in=keys)))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "; ".join(str(Frequency(each).label) for each in value)
    if field.choices:
        return str(dict(field.choices).get(value, value))
    return "" if value is None else str(value)


@dataclass(frozen=True)
class Step:
    """An edit of a row: what was done, and the way from its words before to those after."""

    edit: RowEdit
    words: list
    fields: tuple[tuple[str, str, str], ...]

    @property
    def act(self):
        if self.edit.undoes_id:
            return _("Undone")
        return self.edit.get_action_display()


@one_page()
def history(plan, part, row_pk):
    """The steps of one row, the latest first."""
    edits = RowEdit.objects.filter(plan=plan, part=part, row_id=row_pk).order_by("-pk")
    return [_step(part, edit) for edit in edits]


def _step(part, edit):
    before, after = edit.before or {}, edit.after or {}
    if edit.action == RowAction.MOVE:
        return Step(edit, [("same", after["text"])], ())
    changed = _other_fields(PARTS[part][0], content(before), content(after)) if before and after else []
    return Step(edit, word_diff(before.get("text", ""), after.get("text", "")), tuple(changed))
