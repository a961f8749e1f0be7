"""How an update's decision looks: built into every template, like the look itself."""

from django import template

from ..models import Status

register = template.Library()

ICONS = {Status.DRAFT: "edit", Status.SUBMITTED: "wait", Status.RETURNED: "back", Status.APPROVED: "okall"}


@register.filter
def status_icon(status):
    """The icon's name of an update's status."""
    return ICONS[status]


@register.filter
def field(form, name):
    """The bound field of `form` by name, or None: some lines have no quantity."""
    return form[name] if name in form.fields else None
