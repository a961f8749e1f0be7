"""The slip of an explanation on screen, beside its thread: the same object that PDF and Word print."""

from django import template

from agencies import clock
from reports.explanation_slip import build_explanation_slip

register = template.Library()


@register.inclusion_tag("reports/_explanation_paper.html", takes_context=True)
def explanation_paper(context, thread):
    """The slip of `thread` as it would print now."""
    request = context.get("request")
    return {"slip": build_explanation_slip(thread, at=request.now if request else clock.now())}
