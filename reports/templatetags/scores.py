"""How agencies stood over the periods, as a row of signs: two thousand of them may stand on a page, so they are written
at once, not by a template each.
"""

from django import template
from django.templatetags.static import static
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def punctuality_signs(rows):
    """The signs of `rows` (Submissions, None where nothing was owed), each with its words."""
    signs = {state: _sign(state) for state in {row.punctuality for row in rows if row}}
    return mark_safe("".join(signs[row.punctuality] if row else _nothing() for row in rows))


def _sign(state):
    return (
        f'<svg class="i sign st-{state}" role="img" aria-label="{escape(state.label)}">'
        f'<use href="{static("signs.svg")}#s-{state}"/></svg>'
    )


def _nothing():
    return f'<span class="dim" role="img" aria-label="{escape(_("not obliged"))}">–</span>'
