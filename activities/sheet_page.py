"""An update as the one page on which an agency fills it in: a part for each activity, then the update's own words."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from agencies.templatetags.look import number_vi

from .carrying import carried_values
from .contributions import contributions_to
from .locks import Extensions, last_day
from .models import QuarterlyUpdate, Status, UpdateEvent
from .rounds import remarks_to_agency
from .sheet import SheetRow, build_sheet, oddity, words_before
from .update_forms import ProgressForm, WordsForm

EMPTY, MISSING, CORRECT, NOTHING, COMPLETE = "empty", "missing", "correct", "nothing", "complete"


@dataclass(frozen=True)
class Number:
    """A number of a line: its field and the box "not applicable", the period before, the total and how it is made."""

    field: BoundField
    not_applicable: BoundField
    previous: int | None
    was_not_applicable: bool
    unit: str
    is_stock: bool
    total: str
    hint: str
    carried: str

    @property
    def rule(self):
        return _("the last number counts, not added up") if self.is_stock else _("added up over the periods")


@dataclass(frozen=True)
class Part:
    """One activity on the page: its row, its form, what others say of it."""

    row: SheetRow
    form: ProgressForm
    numbers: tuple[Number, ...]
    contributions: tuple
    remarks: tuple
    carried: dict
    proofs: int

    @property
    def key(self):
        """What the ids of its fields begin with, without thousands' dots."""
        return f"a{self.row.activity.pk}"

    @property
    def state(self):
        if self.remarks:
            return CORRECT
        if self.row.missing:
            return EMPTY if self.row.is_empty else MISSING
        return NOTHING if self.row.progress and self.row.progress.nothing_in_period else COMPLETE

    @property
    def gap(self):
        """The id of the first field in which something is missing, or ""."""
        return f"{self.key}_{self.row.missing[0][0]}" if self.row.missing else ""


@dataclass(frozen=True)
class SheetPage:
    """The page; `returned` is the event that returned the update, `before` the update of the period before.

    `until`: the last day on which the agency may write.
    """

    update: QuarterlyUpdate
    parts: tuple[Part, ...]
    words: WordsForm
    remarks: tuple
    before: QuarterlyUpdate | None
    returned: UpdateEvent | None
    until: date

    @property
    def missing(self):
        return sum(len(part.row.missing) for part in self.parts)

    @property
    def gap(self):
        return next((part.gap for part in self.parts if part.gap), "")

    @property
    def complete(self):
        return sum(not part.row.missing for part in self.parts)

    @property
    def to_correct(self):
        return sum(bool(part.remarks) for part in self.parts)

    @property
    def has_words_to_copy(self):
        return any(value for _name, value in self.words_before)

    @property
    def words_before(self):
        return [(name, getattr(self.before, name) if self.before else "") for name in self.words.Meta.fields]

    @property
    def can_carry(self):
        """Something of the period before could go into a line that is empty, or into the update's own words."""
        has_words = any(getattr(self.update, name) for name in self.words.Meta.fields)
        into_lines = any(part.carried and part.row.is_empty for part in self.parts)
        return into_lines or self.has_words_to_copy and not has_words


def build_page(update, *, today, form=None, words=None, check=False):
    """The page of `update` (loaded as `build_sheet` wants it).

    Args:
        form: a line's form as it was posted, to show instead of an empty one.
        words: the form of the update's own words as it was posted.
        check: show beside each field what is missing there.
    """
    sheet = build_sheet(update)
    contributions = contributions_to(update, [row.activity for row in sheet])
    returned = _return_of(update)
    remarks = _remarks_on(update, returned)
    return SheetPage(
        update=update,
        parts=tuple(
            _part(update, row, form, contributions.get(row.activity.pk, ()), remarks[row.activity.pk], today, check)
            for row in sheet
        ),
        words=words or words_form(update),
        remarks=tuple(remarks[None]),
        before=words_before(sheet),
        returned=returned,
        until=_until(update, today),
    )


def _return_of(update):
    """The event that returned the update, while it is being corrected."""
    is_returned = update.status == Status.RETURNED
    return update.events.filter(move="return").defer("content").last() if is_returned else None


def _remarks_on(update, returned):
    """What the reviewer said when returning it: {activity_id: [ReviewComment]}, on the whole under None."""
    found = defaultdict(list)
    for each in remarks_to_agency(update, [returned] if returned else []):
        if each.round == returned.round:
            found[each.activity_id].append(each)
    return found


def _until(update, today):
    """The last day on which the agency may write. A query only where it needs an extension for that."""
    period = update.period
    return last_day(period) if today < period.locks_on else Extensions.of([period]).until(period, update.agency_id)


def _part(update, row, posted, contributions, remarks, today, check):
    form = posted if posted and posted.row.activity.pk == row.activity.pk else line_form(update, row, today)
    if check and not form.is_bound:
        form.mark_missing()
    carried = carried_values(row)
    return Part(
        row=row,
        form=form,
        numbers=tuple(numbers_of(row, form, carried)),
        contributions=tuple(contributions),
        remarks=tuple(remarks),
        carried=carried,
        proofs=sum(not item.is_refused for item in row.evidence),
    )


def line_form(update, row, today, data=None):
    """The form of a line; its ids name the activity, as all stand on one page."""
    return ProgressForm(data, update=update, row=row, today=today, auto_id=f"a{row.activity.pk}_%s")


def words_form(update, data=None):
    return WordsForm(data, instance=update, auto_id="words_%s")


def numbers_of(row, form, carried):
    """What is to be counted on a line: the quantity of its target, then its indicators."""
    if "quantity_done" in form.fields:
        yield _quantity(row, form, carried)
    for line, field, not_applicable in form.count_fields():
        yield Number(
            field=field,
            not_applicable=not_applicable,
            previous=line.previous,
            was_not_applicable=row.was_not_applicable(line.indicator),
            unit=line.indicator.unit_label,
            is_stock=line.indicator.is_stock,
            total=number_vi(line.cumulative),
            hint=line.hint,
            carried=carried.get(field.name, ""),
        )


def _quantity(row, form, carried):
    activity, previous = row.activity, row.previous.quantity_done if row.previous else None
    return Number(
        field=form["quantity_done"],
        not_applicable=form["na_quantity_done"],
        previous=previous,
        was_not_applicable=bool(row.previous and row.previous.quantity_not_applicable),
        unit=activity.target_unit,
        is_stock=activity.counts_as_stock,
        total=_of_target(row),
        hint=oddity(row.progress.quantity_done, previous) if row.progress else "",
        carried=carried.get("quantity_done", ""),
    )


def _of_target(row):
    """The total beside what the plan wants; of a target that several lead only what this agency has of it."""
    named = {"total": number_vi(row.quantity_total), "target": number_vi(row.activity.target_quantity)}
    if row.target_is_shared:
        return _("%(total)s; target of all leads: %(target)s") % named
    return _("%(total)s / %(target)s") % named


def differences(form, stored):
    """Where a line as typed differs from it as stored: [(label, theirs, mine)] in words.

    Args:
        form: the valid part of what was typed.
        stored: the unbound form of the line as it is stored now.
    """
    found = []
    for name, field in stored.fields.items():
        theirs, mine = stored.initial.get(name), form.cleaned_data.get(name)
        if name != "version" and (theirs or None) != (mine or None) or _is_zero(theirs) != _is_zero(mine):
            found.append((field.label, said(field, theirs), said(field, mine)))
    return found


def _is_zero(value):
    return value == 0 and value is not False


def said(field, value):
    """A value of a field in words, as one reads it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None or value == "":
        return _("blank")
    if hasattr(field, "choices"):
        return str(dict(field.choices).get(value, value))
    return number_vi(value) if isinstance(value, int) else f"{value:%d/%m/%Y}" if hasattr(value, "year") else value


def row_of(sheet, activity_pk):
    """The sheet's row of an activity, or None where the agency does not report it."""
    return next((row for row in sheet if row.activity.pk == activity_pk), None)
