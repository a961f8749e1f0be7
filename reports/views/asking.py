"""From where a page of the dashboards looks: what its address asks for, and what its templates need to say it."""

from django.http import Http404
from django.utils.http import urlencode

from activities.frame import chosen_period, periods_of
from agencies.access import require

from ..asking import AskForm, asked_of
from ..permissions import can_view_dashboard
from .words import NOT_FOR_YOU


def asked_by(request):
    """What the address asks for (Asked), or None where there is no period; its period becomes the frame's."""
    require(can_view_dashboard(request.user), NOT_FOR_YOU)
    return asked_in(request)


def asked_in(request):
    """As `asked_by`, for a page that has its own rule of who may read it."""
    period = chosen_period(request)
    if period is None:
        return None
    asked = asked_of(request.GET, period, periods_of(request), request.today)
    if asked.period != period:
        request.session["period"] = str(asked.period.pk)
    return asked


def asked_or_404(request):
    """As `asked_by`, where something of a plan was asked for: where there is no plan it is not there."""
    if chosen_period(request) is None:
        raise Http404
    return asked_by(request)


def looked_at(request, asked, tab):
    """What `_tabs.html`, `_view.html` and `_seen.html` need: `tab` the page's name there, `asked` may be None."""
    if asked is None:
        return {"tab": tab, "asked": None, "form": None, "query": ""}
    form = AskForm(asked, periods_of(request), request.today, compares=tab == "overview")
    return {"tab": tab, "asked": asked, "form": form, "query": urlencode(asked.query)}
