"""What some plans say and how it hangs together: themes, audiences, and which activities serve them by what channels.

One query, whatever their number: read table by table it would take five.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import F, IntegerField, TextField, Value
from django.db.models.functions import Cast, Coalesce

from activities.models import Activity
from plans.models import Audience, ContentTheme

COLUMNS = ("said_kind", "said_of", "said_place", "said_key", "said_text", "said_head")


@dataclass(frozen=True)
class Theme:
    """A content theme of a plan; `parent` heads it (0: none does), `names` are the audiences it is meant for."""

    pk: int
    text: str
    parent: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """Themes and audiences in the order of the plans; {activity: keys of its themes}, {activity: names of channels}."""

    themes: tuple[Theme, ...]
    audiences: tuple[str, ...]
    themes_of: dict
    channels_of: dict


def read_plans(plans):
    """What the plans (their keys, in order) say. One query."""
    rows = defaultdict(list)
    first, *others = _selects(plans)
    for kind, *row in first.union(*others, all=True):
        rows[kind].append(tuple(row))
    order = {pk: place for place, pk in enumerate(plans)}
    meant = _linked(rows["meant"], "text")
    return Said(
        themes=tuple(
            Theme(int(key), text, head, meant.get(int(key), ()))
            for _plan, _place, key, text, head in sorted(rows["theme"], key=lambda row: _in_order(row, order))
        ),
        audiences=tuple(
            dict.fromkeys(row[3] for row in sorted(rows["audience"], key=lambda row: _in_order(row, order)))
        ),
        themes_of={of: tuple(map(int, keys)) for of, keys in _linked(rows["serves"], "key").items()},
        channels_of=_linked(rows["through"], "text"),
    )


def _in_order(row, order):
    plan, place, key, *_rest = row
    return order[plan], place, int(key)


def _linked(rows, what):
    """{what the rows are of: what they name, in order}."""
    found = defaultdict(list)
    for of, place, key, text, _head in rows:
        found[of].append((place, key, text))
    column = {"key": 1, "text": 2}[what]
    return {of: tuple(row[column] for row in sorted(named)) for of, named in found.items()}


def _selects(plans):
    themes = ContentTheme.objects.filter(plan__in=plans)
    audiences = Audience.objects.filter(plan__in=plans)
    activities = Activity.objects.filter(plan__in=plans)
    return (
        _rows("theme", themes, of="plan", place="position", key="pk", text="text", head="parent"),
        _rows("audience", audiences, of="plan", place="position", key="pk", text="text"),
        _links("meant", themes, "audiences", text="text"),
        _links("serves", activities, "themes", text="text"),
        _links("through", activities, "channels", text="name"),
    )


def _links(kind, rows, many, *, text):
    linked = rows.filter(**{f"{many}__isnull": False})
    return _rows(kind, linked, of="pk", place=f"{many}__position", key=many, text=f"{many}__{text}")


def _rows(kind, rows, *, of, place, key, text, head=None):
    return (
        rows.order_by()
        .annotate(
            said_kind=Value(kind, output_field=TextField()),
            said_of=F(of),
            said_place=F(place),
            said_key=Cast(key, TextField()),
            said_text=Cast(text, TextField()),
            said_head=Coalesce(head, 0) if head else Value(0, output_field=IntegerField()),
        )
        .values_list(*COLUMNS)
    )
