"""Sets of criteria: begun from a prepared set or from another, and their next version where one is in use."""

from functools import cache
from pathlib import Path

import yaml
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from agencies.models import Locality
from agencies.vietnamese import nfc
from plans.models import Channel

from ..models import Band, CriteriaSet, Criterion
from .points import points_typed

PREPARED = Path(__file__).resolve().parent.parent / "data" / "criteria.yaml"
FACTS = (
    "position",
    "code",
    "title",
    "most",
    "formula",
    "measure",
    "floor",
    "needs_evidence",
    "evidence_wanted",
    "wants_plan",
    "wants_reports",
)
SHARE = "share"


@cache
def prepared_sets():
    """The prepared sets as data, by their key."""
    return {each["key"]: each for each in yaml.safe_load(nfc(PREPARED.read_text(encoding="utf-8")))}


@transaction.atomic
def begin_prepared(locality, year, key, *, by, at):
    """The prepared set `key` as the next version of the locality's criteria of `year`."""
    data = prepared_sets()[key]
    new = _next_version(locality, year, title=data["title"], source=data["source"].strip(), by=by, at=at)
    rows, codes = {}, set(Channel.objects.values_list("pk", flat=True))
    for position, row in enumerate(data["criteria"], start=1):
        parent = rows.get(row["code"].rpartition(".")[0])
        criterion = rows[row["code"]] = Criterion.objects.create(set=new, parent=parent, **_facts(row, position))
        Band.objects.bulk_create(_bands(criterion, row))
        criterion.channels.set(codes.intersection(row.get("channels", ())))
    return new


def _facts(row, position):
    return {
        "position": position,
        "code": row["code"],
        "title": row["title"],
        "most": points_typed(row["most"]),
        "formula": row["formula"],
        "measure": row.get("measure", ""),
        "floor": row.get("floor"),
        "needs_evidence": row["formula"] != "sum",
        "evidence_wanted": "\n".join(row.get("evidence", ())),
        "wants_plan": row.get("wants_plan", False),
        "wants_reports": row.get("wants_reports", False),
    }


def _bands(criterion, row):
    for at_least, worth in row.get("bands", {}).items():
        is_share = worth == SHARE
        points = 0 if is_share else points_typed(worth)
        yield Band(criterion=criterion, at_least=at_least, points=points, proportional=is_share)


def _next_version(locality, year, *, title, source, checked_note="", by, at):
    Locality.objects.select_for_update().get(pk=locality.pk)  # one version at a time
    last = CriteriaSet.objects.filter(locality=locality, year=year).aggregate(last=Max("ordinal"))["last"]
    return CriteriaSet.objects.create(
        locality=locality,
        year=year,
        ordinal=(last or 0) + 1,
        title=title,
        source=source,
        checked_note=checked_note,
        by=by,
        by_name=str(by) if by else "",
        at=at,
    )


@transaction.atomic
def copy_set(old, year, *, by, at):
    """A copy of `old` as the next version of `year`; what it was compared with is said anew of another year."""
    note = old.checked_note if year == old.year else ""
    new = _next_version(old.locality, year, title=old.title, source=old.source, checked_note=note, by=by, at=at)
    rows = {}
    for each in old.criteria.prefetch_related("bands", "channels").order_by("position"):
        facts = {name: getattr(each, name) for name in FACTS}
        parent = rows.get(each.parent_id)
        copy = rows[each.pk] = Criterion.objects.create(set=new, parent=parent, **facts)
        Band.objects.bulk_create(
            Band(criterion=copy, at_least=band.at_least, points=band.points, proportional=band.proportional)
            for band in each.bands.all()
        )
        copy.channels.set(each.channels.all())
    return new


def set_to_write(criteria_set, *, by, at):
    """The set itself while no dossier uses it; else its copy, the next version. Call it in a transaction."""
    locked = CriteriaSet.objects.select_for_update(of=("self",)).get(pk=criteria_set.pk)
    return copy_set(locked, locked.year, by=by, at=at) if locked.dossiers.exists() else locked


@transaction.atomic
def save_criterion(criteria_set, code, typed, *, by, at):
    """Write what was typed of the criterion `code`, or of a new one (""); the set it stands in now.

    Args:
        typed: the cleaned data of a CriterionForm: facts of the criterion, `bands` [(at_least, points or None)],
            `parent` (a code or "") and `channels`.

    Raises:
        ValidationError: the number is taken.
    """
    target = set_to_write(criteria_set, by=by, at=at)
    rows = {each.code: each for each in target.criteria.all()}
    row = rows.get(code) or Criterion(set=target, position=len(rows) + 1)
    if typed["code"] != code and typed["code"] in rows:
        raise ValidationError({"code": _("The set already has a criterion with this number.")})
    for name in FACTS[1:]:
        setattr(row, name, typed[name])
    row.parent = rows.get(typed["parent"])
    row.save()
    row.channels.set(typed["channels"])
    row.bands.all().delete()
    Band.objects.bulk_create(
        Band(criterion=row, at_least=low, points=points or 0, proportional=points is None)
        for low, points in typed["bands"]
    )
    _put_in_order(target)
    return target


@transaction.atomic
def remove_criterion(criteria_set, code, *, by, at):
    """Take the criterion `code` and those below it out; the set they are gone from."""
    target = set_to_write(criteria_set, by=by, at=at)
    target.criteria.filter(code=code).delete()
    _put_in_order(target)
    return target


def _put_in_order(criteria_set):
    """Positions as the numbers say: 1, 1.1, 1.2, 1.10, 2."""
    rows = sorted(criteria_set.criteria.all(), key=lambda each: _place(each.code))
    for position, row in enumerate(rows, start=1):
        row.position = position
    Criterion.objects.bulk_update(rows, ["position"])


def _place(code):
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in code.split(".")]


@transaction.atomic
def save_set_facts(criteria_set, typed, *, by, at):
    """Write title, source and what the set was compared with; the set it stands in now."""
    target = set_to_write(criteria_set, by=by, at=at)
    for name in ("title", "source", "checked_note"):
        setattr(target, name, typed[name])
    target.save()
    return target
