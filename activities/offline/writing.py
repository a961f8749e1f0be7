"""The form of an update as a workbook: what is filled in already, the period before beside it."""

import re
from datetime import date

from django.utils.translation import gettext as _, gettext_lazy

from agencies.templatetags.look import number_vi
from agencies.workbook import FormRow, Input, Rule, write_form

from ..forms import LARGEST
from ..models import ProgressState, QuarterlyUpdate
from ..saving import WORDS, version_of, words_version
from ..sheet import build_sheet, words_before
from ..sheet_page import line_form
from ..update_forms import LONGEST
from .layout import (
    COLUMNS,
    GENERAL,
    TICK,
    fingerprint,
    row_key,
    state_label,
    typed_of,
    typed_words,
    words_key,
)

HELP = gettext_lazy(
    "Write in the yellow cells only, then upload the workbook on the page of the update. Blank: not counted yet; 0: "
    "there was none. Evidence is added on the page."
)


def write_update_form(update, *, today):
    """The form of `update` (loaded as `build_sheet` wants it), as bytes."""
    sheet = build_sheet(update)
    forms = [line_form(update, row, today) for row in sheet]
    rows = [each for form in forms for each in _rows_of(form)]
    return write_form(
        _("Update %(period)s") % {"period": update.period.title},
        COLUMNS,
        [*rows, *_words_rows(update, words_before(sheet))],
        lines=_lines(update),
        keys=_keys(update, forms),
        hidden=("key",),
        frozen=2,
    )


def form_name(update):
    """The file name of the form: agency and period."""
    words = f"{_('update')}-{update.agency.short_name or update.agency.name}-{update.period.title}"
    return re.sub(r"[^\w.-]+", "-", words).strip("-")[:100]


def _lines(update):
    return (
        f"{update.agency.name}. {update.period.plan}",
        _("Due on %(day)s. Figures of %(first)s to %(last)s.")
        % {
            "day": f"{update.period.agency_due_on:%d/%m/%Y}",
            "first": f"{update.period.starts_on:%d/%m/%Y}",
            "last": f"{update.period.ends_on:%d/%m/%Y}",
        },
        HELP,
    )


def _keys(update, forms):
    """By what the portal knows the form again: whose it is, and the version of each part it was made of."""
    keys = {"update": update.pk, "agency": update.agency.name, "period": update.period.title}
    for form in forms:
        key = row_key(form.row.activity)
        keys |= {key: version_of(form.row.progress), f"{key}.typed": fingerprint(typed_of(form))}
    return keys | {GENERAL: words_version(update), f"{GENERAL}.typed": fingerprint(typed_words(update))}


def _rows_of(form):
    """The activity's own row, then one for each number that it counts."""
    row = form.row
    yield FormRow(
        {
            "number": row.activity.number,
            "title": row.activity.title,
            "previous": _stood(row.previous),
            "before": row.previous.words if row.previous else "",
            "key": row_key(row.activity),
            **_inputs(form),
        },
        is_head=True,
    )
    if "quantity_done" in form.fields:
        activity, before = row.activity, row.previous.quantity_done if row.previous else None
        total = (row.quantity_before, activity.counts_as_stock)
        yield _number_row(form, "quantity_done", activity.target_unit, before, *total)
    for line in row.counts:
        total = (line.cumulative_before, line.indicator.is_stock)
        yield _number_row(form, form.count_name(line), line.indicator.unit_label, line.previous, *total)


def _stood(line):
    if line is None or not line.state:
        return ""
    percent = "" if line.percent is None else f", {line.percent}%"
    return f"{line.get_state_display()}{percent}"


def _inputs(form):
    """The cells to write in of the activity's own row."""
    value, ends = form.initial.get, form.update.period.ends_on
    states = tuple(str(state.label) for state in ProgressState)
    chosen = _("Choose one of the listed states.")
    percent = _("Write a whole number from 0 to 100.")
    day = _("The day of completion, at most %(day)s.") % {"day": f"{min(ends, form.today):%d/%m/%Y}"}
    nothing = _("Write x where nothing was done in this period: the state then stays as it was.")
    return {
        "state": Input(state_label(value("state")), Rule(choices=states, refusal=chosen)),
        "percent": Input(value("percent"), Rule(between=(0, 100), prompt=percent, refusal=percent)),
        "completed_on": Input(
            value("completed_on"), Rule(between=(date(2000, 1, 1), date(2100, 12, 31)), prompt=day, refusal=day)
        ),
        "nothing": Input(_tick(value("nothing_in_period")), Rule(choices=(TICK,), prompt=nothing, refusal=nothing)),
        "words": Input(value("words"), _text(LONGEST)),
        "no_evidence": Input(value("no_evidence_reason"), _text(1000)),
    }


def _number_row(form, name, unit, previous, cumulative, is_stock):
    number = _("Write a whole number, 0 or above. Blank: not counted yet; 0: there was none.")
    does_not = _("Write x where the number says nothing of your agency.")
    label = str(form.fields[name].label)
    return FormRow(
        {
            "title": _("%(what)s (not added up)") % {"what": label} if is_stock else label,
            "value": Input(form.initial.get(name), Rule(between=(0, LARGEST), prompt=number, refusal=number)),
            "not_applicable": Input(
                _tick(form.initial.get(f"na_{name}")), Rule(choices=(TICK,), prompt=does_not, refusal=does_not)
            ),
            "unit": unit,
            "previous": previous,
            "cumulative": cumulative,
            "key": row_key(form.row.activity, name),
        }
    )


def _words_rows(update, before):
    for name in WORDS:
        label = QuarterlyUpdate._meta.get_field(name).verbose_name
        yield FormRow(
            {
                "title": f"{label[:1].upper()}{label[1:]}",
                "words": Input(getattr(update, name), _text(LONGEST)),
                "before": getattr(before, name) if before else "",
                "key": words_key(name),
            },
            is_head=True,
        )


def _tick(value):
    return TICK if value else None


def _text(longest):
    return Rule(longest=longest, refusal=_("At most %(most)s characters.") % {"most": number_vi(longest)})
