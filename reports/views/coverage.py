"""What has been said to whom, and what to nobody: themes and audiences, and the results of a theme."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from activities.models import ActivityProgress
from agencies.workbook import given_out
from plans.models import ContentTheme

from ..coverage import UNSAID, UNSERVED, Reach, build_coverage, coverage_workbook, theme_lines
from ..dashboard.links import read_as
from ..notes import of_plans, seen_from
from .asking import asked_by, asked_or_404, looked_at
from .reading import file_answer

PAGE = 50


def _coverage(request, asked):
    return build_coverage(asked.period, today=request.today, plans=asked.plans, known_on=asked.known_on)


@require_safe
def coverage(request):
    asked = asked_by(request)
    around = looked_at(request, asked, "coverage")
    if asked is None:
        return render(request, "reports/coverage.html", around | {"coverage": None})
    found = _coverage(request, asked)
    keys = {each.key: each for each in found.audiences}
    audience = keys.get(request.GET.get("audience", ""))
    show = request.GET.get("show", "")
    show = show if show in (UNSAID, UNSERVED) else ""
    context = around | {
        "coverage": found,
        "parts": found.showing(audience.key if audience else "", show),
        "audience": audience,
        "show": show,
        "reaches": list(Reach),
        "day": urlencode(read_as(found.reading, asked.period)),
        "whole": asked.word or str(asked.period.plan_id),
    }
    return render(request, "reports/coverage.html", context)


@require_safe
def coverage_xlsx(request):
    asked = asked_by(request)
    if asked is None:
        return redirect("reports:coverage")
    notes = [
        of_plans(asked.period, asked.plans),
        *seen_from(asked.known_on),
        given_out(request.now),
    ]
    data = coverage_workbook(_coverage(request, asked), notes=notes)
    return file_answer(data, f"noi-dung-doi-tuong-{request.today:%Y-%m-%d}.xlsx")


@require_safe
def coverage_lines(request, pk):
    """What agencies reported of a theme in the period, line by line."""
    theme = get_object_or_404(ContentTheme.objects.visible_to(request.user).select_related("plan"), pk=pk)
    asked = asked_or_404(request)
    if theme.plan not in asked.plans:
        raise Http404
    lines = theme_lines(
        asked.period,
        theme,
        ActivityProgress.objects.visible_to(request.user),
        today=request.today,
        plans=asked.plans,
        known_on=asked.known_on,
    )
    lines = list(
        lines.select_related("activity", "update__agency", "update__period")
        .defer("words", "activity__details", "activity__note")
        .order_by("activity__position", "update__agency__name_sort", "pk")
    )
    context = {
        "asked": asked,
        "theme": theme,
        "page": Paginator(lines, PAGE).get_page(request.GET.get("page")),
        "total": len(lines),
        "pieces": sum(line.pieces for line in lines),
        "back": urlencode(asked.query),
    }
    return render(request, "reports/coverage_lines.html", context)
