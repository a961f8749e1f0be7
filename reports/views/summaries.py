"""The state on one sheet of paper, and on the wall."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ..dashboard import build_dashboard
from ..pdf import PdfBusyError, kept_summary_pdf
from ..summary import build_summary
from .charts import plan_period
from .reading import file_answer
from .words import BUSY

PAPER = "vi"  # documents are in Vietnamese, whatever the reader's language
SECONDS = 60  # between two readings of the screen on the wall


def _summary(request):
    """(the chosen period, its summary in the language of the moment), or (None, None)."""
    period, periods = plan_period(request)
    if period is None:
        return None, None
    board = build_dashboard(period, periods, today=request.today)
    return period, build_summary(board, periods, at=request.now)


@require_safe
def summary(request):
    with override(PAPER):
        period, found = _summary(request)
    return render(request, "reports/summary.html", {"summary": found, "period": period, "tab": "summary"})


@require_safe
def summary_pdf(request):
    with override(PAPER):
        period, found = _summary(request)
    if period is None:
        raise Http404
    try:
        data = kept_summary_pdf(found)
    except PdfBusyError:
        messages.error(request, BUSY)
        return redirect("reports:summary")
    return file_answer(data, f"bao-cao-nhanh-{request.today:%Y-%m-%d}.pdf", inline=True)


@never_cache
@require_safe
def wall(request):
    """For a screen that nobody touches: it reads itself anew, and stays logged in as long as it does."""
    request.session.modified = True
    _period, found = _summary(request)
    return render(request, "reports/wall.html", {"summary": found, "seconds": SECONDS})
