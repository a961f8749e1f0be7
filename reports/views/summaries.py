"""The state on one sheet of paper, and on the wall."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from activities.frame import periods_of

from ..pdf import PdfBusyError, kept_summary_pdf
from ..summary import build_summary
from .asking import asked_by, looked_at
from .dashboards import board_by
from .reading import file_answer
from .words import BUSY

PAPER = "vi"  # documents are in Vietnamese, whatever the reader's language
SECONDS = 60  # between two readings of the screen on the wall


def _summary(request, asked, **chosen):
    """(the Dashboard that `asked` means, its summary in the language of the moment)."""
    board = board_by(request, asked, **chosen)
    periods = [each for each in periods_of(request) if each.plan in asked.plans]
    return board, build_summary(board, periods, asked, at=request.now)


@require_safe
def summary(request):
    asked = asked_by(request)
    around = looked_at(request, asked, "summary")
    if asked is None:
        return render(request, "reports/summary.html", {"summary": None} | around)
    with override(PAPER):
        board, found = _summary(request, asked)
    return render(request, "reports/summary.html", around | {"summary": found, "board": board})


@require_safe
def summary_pdf(request):
    asked = asked_by(request)
    if asked is None:
        raise Http404
    with override(PAPER):
        _board, found = _summary(request, asked)
    try:
        data = kept_summary_pdf(found)
    except PdfBusyError:
        messages.error(request, BUSY)
        return redirect(f"{reverse('reports:summary')}?{urlencode(asked.query)}")
    return file_answer(data, f"bao-cao-nhanh-{asked.known_on or request.today:%Y-%m-%d}.pdf", inline=True)


@never_cache
@require_safe
def wall(request):
    """For a screen that nobody touches: it reads itself anew, and stays logged in as long as it does.

    The period it shows is not the one the person works in beside it, and nobody's stars stand on the wall.
    """
    period = request.session.get("period", "")
    asked = asked_by(request)
    found = _summary(request, asked, starred=frozenset())[1] if asked else None
    query = urlencode(asked.query) if asked else ""
    page = render(request, "reports/wall.html", {"summary": found, "query": query, "seconds": SECONDS})
    request.session["period"] = period
    return page
