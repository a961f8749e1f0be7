"""The chasing letter on screen, beside the reminders: the same object that PDF and Word print."""

from django import template

from agencies import clock
from reports.chasing_letter import build_chasing_letter
from reports.wording import OPEN

register = template.Library()


@register.inclusion_tag("reports/_chasing_paper.html", takes_context=True)
def chasing_paper(context, period, chase, answer_by):
    """The letter to whom `chase` names as it would print now; number and day are open places in it."""
    request = context.get("request")
    letter = build_chasing_letter(period, chase, at=request.now if request else clock.now(), answer_by=answer_by)
    return {
        "letter": letter,
        "number": letter.heading.number.split(OPEN),
        "place_and_date": letter.heading.place_and_date.split(OPEN),
    }
