"""The cells of a line of the matrix. Two thousand of them stand on a page: they are written at once, not by a template
each. Everything a person has typed is escaped (`escape`).
"""

from functools import cache

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from agencies.templatetags.look import icon

from ..models import Status

register = template.Library()

ANY = 987654321  # a key that is replaced by the row's own


@register.simple_tag
def matrix_cells(line, may_act):
    """The `<td>` of each period: sign, words and completeness, leading to the update.

    Args:
        may_act: the person may extend, remind and fill in on behalf: what was not sent opens a menu of it.
    """
    signs = static("signs.svg")
    last = len(line.cells) - 1
    return mark_safe("".join(_td(line, cell, place == last, may_act, signs) for place, cell in enumerate(line.cells)))


def _td(line, cell, is_current, may_act, signs):
    css = "q is-cur" if is_current else "q"
    period = f'<span class="p only-phone">{escape(cell.period.title)}</span>'
    return f'<td class="{css}">{period}{_cell(line, cell, may_act, signs)}</td>'


def _cell(line, cell, may_act, signs):
    row = cell.row
    if row is None:
        return f'<span class="cell dim"><span class="w">{escape(_("owes nothing"))}</span></span>'
    state = row.punctuality.value
    said = (
        f'<svg class="i sign st-{state}" role="img" aria-label="{escape(cell.facts)}">'
        f'<use href="{signs}#s-{state}"/></svg>'
        f'<span class="w" aria-hidden="true">{escape(cell.words)}</span>{_marks(cell)}'
        f'<span class="r">{row.filled}/{row.expected}</span>'
    )
    css = f"cell bare st-{state}"
    if cell.is_missing and may_act:
        return f'<details class="menu"><summary class="{css}">{said}</summary>{_menu(line, cell)}</details>'
    address = update_address(row)
    return f'<a class="{css}" href="{address}">{said}</a>' if address else f'<span class="{css}">{said}</span>'


def update_address(row):
    """Where the duty's update is read, reviewed where it waits; empty where nothing was sent."""
    if row.update is None or row.status == Status.DRAFT:
        return ""
    name = "activities:review_update" if row.status == Status.SUBMITTED else "activities:update"
    return _address(name).replace(str(ANY), str(row.update.pk))


@cache
def _address(name):
    return reverse(name, args=[ANY])


def _marks(cell):
    marks = icon("back", "c-warn") if cell.row.is_returned else ""
    if cell.extended_until:
        said = _("until %(day)s") % {"day": f"{cell.extended_until:%d/%m}"}
        marks += f'{icon("clock")}<span class="until only-desk">{escape(said)}</span>'
    elif cell.is_locked and cell.is_missing:
        marks += icon("lock")
    return f'<span class="marks">{marks}</span>' if marks else ""


def _menu(line, cell):
    """What a coordinator may do about an update that was not sent."""
    period, agency = cell.period.pk, line.agency.pk
    overdue = f"{reverse('activities:list')}?plan={cell.period.plan_id}&amp;lead={agency}&amp;state=overdue"
    letter = f"{reverse('reports:chasing_letter_pdf', args=[period])}?agency={agency}"
    reminders = f"{reverse('plans:reminders', args=[cell.period.plan_id])}?period={period}"
    ways = (
        (reverse("activities:extend", args=[period, agency]), _("Extend for this agency")),
        (reverse("activities:on_behalf", args=[period, agency]), _("Fill in on behalf")),
        *([] if cell.is_locked else [(reminders, _("Reminders: send now, see what went out"))]),
        *([(letter, _("Chasing letter to this agency"))] if cell.is_chased else []),
        (overdue, _("Overdue activities: ask for an explanation")),
    )
    links = "".join(
        f'<a class="opt" href="{address}"><span class="t">{escape(way)}</span></a>' for address, way in ways
    )
    return f'<nav class="pop" aria-label="{escape(line.agency.name)}, {escape(cell.period.title)}">{links}</nav>'
