"""Carrying over what was reported for the period before: what still holds, never what would be counted twice."""

from dataclasses import dataclass

from django.db import transaction

from agencies.templatetags.look import number_vi

from .models import ProgressState
from .saving import WORDS, lock_to_edit, touch, version_of
from .sheet import build_sheet, words_before
from .update_forms import ProgressForm


@dataclass(frozen=True)
class Carried:
    """`lines` were filled; `kept` had something already, or nothing to carry; `words` of the update were copied."""

    lines: int
    kept: int
    words: bool


def carried_values(row):
    """What of the period before goes into a line, as a form carries it: {field: text}; empty where there is none.

    Words, state and percent; a number at a point in time (a stock) and what did not apply. Not what is added up from
    period to period. What was done before is done: nothing happened in this period.
    """
    before = row.previous
    if before is None or not before.state:
        return {}
    if before.state == ProgressState.DONE:
        return {"nothing_in_period": "on"} | _carried_numbers(row)
    values = {"state": before.state, "percent": "" if before.percent is None else str(before.percent)}
    return values | {"words": before.words} | _carried_numbers(row)


def _carried_numbers(row):
    values = {}
    if row.activity.target_quantity:
        values |= _carried("quantity_done", row.previous.quantity_done, row.activity.counts_as_stock)
        if row.previous.quantity_not_applicable:
            values["na_quantity_done"] = "on"
    before = {count.indicator_id: count for count in row.previous.output_counts.all()}
    for line in row.counts:
        name = ProgressForm.count_name(line)
        values |= _carried(name, line.previous, line.indicator.is_stock)
        if line.indicator.pk in before and before[line.indicator.pk].not_applicable:
            values[f"na_{name}"] = "on"
    return values


def _carried(name, number, is_stock):
    return {name: number_vi(number)} if is_stock and number is not None else {}


def filled_up(data, values):
    """`data` as posted, with `values` in the empty fields, where they do not contradict what was typed."""
    typed = {name for name in data if data[name].strip()}
    return data.dict() | {
        name: value for name, value in values.items() if name not in typed and not _contradicts(name, typed)
    }


def _contradicts(name, typed):
    if name == "nothing_in_period":
        return any(each == "state" or each.startswith(NUMBERS) for each in typed)
    if name == "percent":
        return "state" in typed
    return name.removeprefix("na_") in typed or f"na_{name}" in typed


NUMBERS = ("quantity_done", "count_")


@transaction.atomic
def carry_all(update, *, by, at, today):
    """Fill every empty line of `update` from the period before, and its own words where it has none.

    Raises:
        PermissionDenied: the update was sent meanwhile.
    """
    locked = lock_to_edit(update, by, at)
    sheet = build_sheet(update)
    filled = sum(_carry(update, row, by, at, today) for row in sheet if row.is_empty)
    before = words_before(sheet)
    words = bool(before) and not any(getattr(locked, name) for name in WORDS)
    if words:
        for name in WORDS:
            setattr(locked, name, getattr(before, name))
    words = words and any(getattr(locked, name) for name in WORDS)
    if filled or words:
        touch(locked, at)
    return Carried(filled, len(sheet) - filled, words)


def _carry(update, row, by, at, today):
    values = carried_values(row)
    data = values | {"version": version_of(row.progress)}
    form = ProgressForm(data, update=update, row=row, today=today)
    if not values or not form.is_valid():
        return False
    form.save(by=by, at=at)
    return True
