"""How things look wherever they stand: icons, the seven states, deadlines, dates and numbers, form fields.

Built into every template (settings), so no `{% load %}` is needed.
"""

import re
from datetime import datetime
from functools import cache

from bs_icon_templates.templatetags.bs_icons import bs_icon
from django import forms, template
from django.forms.boundfield import BoundWidget
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, gettext_lazy as _, ngettext

register = template.Library()

ICONS = {
    "act": "list-check",
    "agency": "diagram-3",
    "archive": "archive",
    "arrow": "arrow-right",
    "auto": "circle-half",
    "back": "arrow-return-left",
    "bell": "bell",
    "cal": "calendar3",
    "clip": "paperclip",
    "clock": "clock-history",
    "copy": "copy",
    "dl": "download",
    "down": "chevron-down",
    "edit": "pencil",
    "exit": "box-arrow-right",
    "eye": "eye",
    "file": "file-earmark",
    "filter": "sliders",
    "grip": "grip-vertical",
    "ical": "calendar-plus",
    "info": "info-circle",
    "key": "key",
    "lang": "translate",
    "left": "chevron-left",
    "link": "link-45deg",
    "list": "list-ul",
    "lock": "lock",
    "mail": "envelope",
    "matrix": "grid-3x3",
    "lower": "arrow-down",
    "menu": "list",
    "minus": "dash-lg",
    "moon": "moon",
    "newdoc": "file-earmark-plus",
    "more": "three-dots",
    "ok": "check2",
    "okall": "check2-all",
    "overview": "bar-chart",
    "paste": "clipboard-plus",
    "pdf": "file-earmark-pdf",
    "people": "people",
    "phone": "telephone",
    "plan": "journal-text",
    "plus": "plus-lg",
    "print": "printer",
    "qm": "question-circle",
    "qr": "qr-code",
    "raise": "arrow-up",
    "report": "file-earmark-text",
    "reset": "arrow-repeat",
    "review": "clipboard-check",
    "right": "chevron-right",
    "seal": "patch-check",
    "search": "search",
    "send": "send",
    "server": "hdd-stack",
    "star": "star",
    "starred": "star-fill",
    "sun": "sun",
    "table": "table",
    "tpl": "files",
    "trash": "trash",
    "undo": "arrow-counterclockwise",
    "unknown": "question-circle-fill",
    "up": "chevron-up",
    "update": "pencil-square",
    "upload": "upload",
    "user": "person-circle",
    "valid": "patch-check-fill",
    "wait": "hourglass-split",
    "warn": "exclamation-circle",
    "word": "file-earmark-word",
    "work": "inbox",
    "x": "x-lg",
    "xls": "file-earmark-spreadsheet",
    "zip": "file-earmark-zip",
}

STATES = {
    "done": _("Done"),
    "late-done": _("Done late"),
    "in-progress": _("In progress"),
    "not-started": _("Not started"),
    "overdue": _("Overdue"),
    "unassigned": _("No lead assigned"),
    "cancelled": _("Cancelled"),
}

VIETNAMESE = str.maketrans(",.", ".,")
SOON = 2  # days: a deadline this near is amber


@register.simple_tag
def icon(name, css=""):
    """An icon by our own name, inline; it says nothing by itself, so words stand beside it.

    Usage: {% icon "plan" %}, {% icon "ok" "c-accent" %}
    """
    return format_html(
        '<svg class="i{}" viewBox="0 0 16 16" aria-hidden="true">{}</svg>',
        f" {css}" if css else "",
        _shapes(ICONS[name]),
    )


@cache
def _shapes(bootstrap_name):
    shapes = re.sub(r"</?svg[^>]*>", "", bs_icon(bootstrap_name))
    return mark_safe(" ".join(shapes.split()))


@register.simple_tag
def sign(state):
    """The sign of one of the seven states, alone: a screen reader hears its word."""
    state = _state(state)
    return format_html(
        '<svg class="i sign st-{}" role="img" aria-label="{}"><use href="{}"/></svg>',
        state,
        STATES[state],
        _sign(state),
    )


@register.simple_tag
def state_pill(state, text=""):
    """Colour, sign and word of a state; `text` says it more exactly ("3 days late")."""
    state = _state(state)
    return format_html(
        '<span class="st st-{}"><svg class="i" aria-hidden="true"><use href="{}"/></svg>{}</span>',
        state,
        _sign(state),
        text or STATES[state],
    )


def _state(state):
    return str(state).replace("_", "-")


def _sign(state):
    return f"{static('signs.svg')}#s-{state}"


@register.simple_tag
def due_badge(due_on, today):
    """How far a deadline is: grey, amber from two days before, red when it has passed."""
    if due_on is None:
        return not_stated()
    days = (due_on - today).days
    if days < 0:
        css, words = (
            "due due-late",
            ngettext("%(n)s day overdue", "%(n)s days overdue", -days) % {"n": number_vi(-days)},
        )
    elif days == 0:
        css, words = "due due-soon", gettext("due today")
    else:
        css = "due due-soon" if days <= SOON else "due"
        words = ngettext("%(n)s day left", "%(n)s days left", days) % {"n": number_vi(days)}
    return format_html('<span class="{}">{}</span>', css, words)


def not_stated():
    return format_html('<span class="dim">{}</span>', gettext("not stated"))


@register.filter
def or_not_stated(value):
    """The value, or "not stated" where there is none; zero is a value."""
    return not_stated() if value is None or value == "" or value == [] else conditional_escape(value)


@register.filter
def date_vi(value):
    """24/02/2012; a moment is shown as its local day."""
    if not value:
        return not_stated()
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return value.strftime("%d/%m/%Y")


@register.filter
def number_vi(value, places=None):
    """1.234,5 as Vietnamese documents write it; a dash where nothing is known, which is not 0.

    Args:
        value: whole number, Decimal, float or None.
        places: decimals to show always; without it at most two, and none that say nothing.
    """
    if value is None or value == "":
        return "–"
    if places is None and isinstance(value, int):
        return f"{value:,}".translate(VIETNAMESE)
    written = f"{value:,.{2 if places is None else places}f}"
    if places is None:
        written = written.rstrip("0").rstrip(".")
    return written.translate(VIETNAMESE)


@register.filter
def percent_vi(value, places=1):
    """83,8% from a share already in percent, as documents print it too: one decimal, but 0% and 100%."""
    if value is None or value == "":
        return "–"
    return f"{number_vi(value, 0 if value in (0, 100) else places)}%"


@register.filter
def field_kind(field):
    """How `_field.html` lays a form field out: hidden, choices (several inputs), check (one box), file or plain."""
    widget = field.field.widget
    if field.is_hidden:
        return "hidden"
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return "choices"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "check" if isinstance(widget, forms.CheckboxInput) else "plain"


@register.filter
def with_look(field, help_text=""):
    """The field's input with the look's classes, naming the error and the help that stand under it."""
    attrs = {"class": _css(field.field.widget)}
    if described := described_by(field, help_text):
        attrs["aria-describedby"] = described
    return field.as_widget(attrs=attrs)


@register.filter
def options_with_look(field):
    """The single inputs of a radio or checkbox group, each with `tag`, `id_for_label` and `choice_label`."""
    widget = field.field.widget
    attrs = field.build_widget_attrs({"class": _css(widget), "id": field.auto_id}, widget)
    attrs.pop("aria-describedby", None)  # said once, by the group
    options = widget.subwidgets(field.html_name, field.value(), attrs=attrs)
    return [BoundWidget(widget, option, field.form.renderer) for option in options]


@register.filter
def described_by(field, help_text=""):
    """Ids of what `_field.html` writes under the field, for aria-describedby."""
    ids = [f"{field.auto_id}_error"] if field.errors else []
    return " ".join([*ids, f"{field.auto_id}_help"] if help_text else ids)


LOOKS = [
    ((forms.RadioSelect, forms.CheckboxSelectMultiple, forms.CheckboxInput), "form-check-input"),
    ((forms.Select,), "form-select"),
    ((forms.NumberInput,), "form-control in-num"),
    ((forms.DateInput,), "form-control in-date"),
    ((forms.Widget,), "form-control"),
]


def _css(widget):
    look = next(css for widgets, css in LOOKS if isinstance(widget, widgets))
    return f"{look} {widget.attrs.get('class', '')}".strip()
