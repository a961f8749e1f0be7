"""Agencies by periods: who has sent, who has not."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_safe

from agencies.access import require
from agencies.lists import filter_words
from agencies.models import Agency
from agencies.vietnamese import fold
from agencies.workbook import XLSX, given_out

from ..filters import MatrixFilter
from ..frame import chosen_period, periods_of, reads_todays_names
from ..matrix import build_matrix, matrix_workbook, shown_periods
from ..permissions import can_extend, can_view_progress

NOT_FOR_YOU = gettext_lazy("The state of the whole locality is for its coordinator, leaders and administrators.")


def _matrix(request):
    """(the matrix or None, the filter, the lines it shows, whether those without a problem are folded)."""
    require(can_view_progress(request.user), NOT_FOR_YOU)
    period = chosen_period(request)
    chosen = MatrixFilter(
        request.GET, queryset=Agency.objects.visible_to(request.user), user=request.user, day=request.today
    )
    if period is None:
        return None, chosen, [], False
    matrix = build_matrix(
        period,
        shown_periods(period, periods_of(request), chosen.periods),
        today=request.today,
        todays_names=reads_todays_names(request, period),
        agencies=chosen.agency_keys(),
        by_name=chosen.chosen.get("sort") == "name",
    )
    show = chosen.chosen.get("show")
    if show:
        return matrix, chosen, matrix.showing(show), False
    is_folded = request.GET.get("all") != "1" and bool(matrix.steady)
    return matrix, chosen, matrix.troubled if is_folded else list(matrix.lines), is_folded


@require_safe
def matrix(request):
    found, chosen, lines, is_folded = _matrix(request)
    return render(
        request,
        "activities/matrix.html",
        {
            "period": found and found.period,
            "matrix": found,
            "lines": lines,
            "is_folded": is_folded,
            "filter": chosen,
            "is_filtered": any(request.GET.get(name) for name in chosen.filters),
            "may_act": bool(found) and can_extend(request.user, found.period),
            "todays_names": bool(found) and reads_todays_names(request, found.period),
        },
    )


@require_safe
def matrix_xlsx(request):
    """The rows of the page, folded ones too, as a workbook."""
    found, chosen, lines, is_folded = _matrix(request)
    if found is None:
        return redirect("activities:matrix")
    period = found.period
    notes = [
        _("Submissions, %(period)s, %(plan)s") % {"period": period.title, "plan": period.plan},
        *(f"{label}: {words}" for label, words in filter_words(chosen.form)),
        given_out(request.now),
    ]
    data = matrix_workbook(found, [*lines, *found.steady] if is_folded else lines, notes=notes)
    label = slugify(fold(period.label.replace("/", "-")))
    name = f"tien-do-gui-{label}-{request.today:%Y-%m-%d}.xlsx"
    return HttpResponse(
        data, content_type=XLSX, headers={"Content-Disposition": content_disposition_header(True, name)}
    )
