"""The lines of updates that make up the number of an output."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from activities.frame import periods_of
from activities.models import ActivityProgress
from agencies.models import Agency
from agencies.vietnamese import fold
from agencies.workbook import given_out
from plans.models import Channel

from ..notes import plan_names, seen_from
from ..output_lines import PERIOD, YEAR, build_output_lines, output_lines_workbook, with_words
from .asking import asked_or_404
from .reading import workbook_answer

PAGE = 50
MOST_DIGITS = 10  # of the key of an agency


@require_safe
def output_lines(request):
    """What agencies counted of `?indicator=`, in the period or the year (`in`); `channel`, `agency` narrow it."""
    asked = asked_or_404(request)
    if not request.GET.get("indicator"):
        return redirect("reports:channels")
    channel, agency = _channel(request), _agency(request)
    found = build_output_lines(
        asked.period,
        periods_of(request),
        request.GET.get("indicator", ""),
        today=request.today,
        plans=asked.plans,
        known_on=asked.known_on,
        inside=request.GET.get("in", ""),
        channel=channel.pk if channel else "",
        agency=agency.pk if agency else None,
    )
    if found is None:
        raise Http404
    lines = ActivityProgress.objects.visible_to(request.user)
    if request.GET.get("export") == "xlsx":
        data = output_lines_workbook(
            found,
            with_words(found.rows, lines, asked.known_on),
            notes=_notes(request, asked, [channel, agency], found),
        )
        name = f"so-lieu-{slugify(fold(found.indicator.code.replace('/', '-')))}"
        return workbook_answer(request, asked.period, name, data)
    page = Paginator(found.rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "found": found,
        "page": page,
        "lines": with_words(page, lines, asked.known_on),
        "span": _span(asked, found),
        "spans": [
            (PERIOD, asked.period.title, found.of_period),
            (YEAR, _("Year %(year)s up to then") % {"year": asked.period.year}, found.of_year),
        ],
        "channel": channel,
        "agency": agency,
        "back": urlencode(asked.query),
    }
    return render(request, "reports/output_lines.html", context)


def _channel(request):
    """The channel asked for; None where none is, not there where it is unknown."""
    code = request.GET.get("channel", "")
    if not code:
        return None
    found = Channel.objects.in_bulk().get(code)
    if found is None:
        raise Http404
    return found


def _agency(request):
    """As `_channel`, the agency."""
    key = request.GET.get("agency", "")
    if not key:
        return None
    if not (key.isdecimal() and len(key) < MOST_DIGITS):
        raise Http404
    return get_object_or_404(Agency.objects.visible_to(request.user), pk=key)


def _span(asked, found):
    """In words: of which time the numbers are."""
    if found.other:
        return found.other.title
    if found.inside == YEAR:
        return _("year %(year)s up to %(period)s") % {"year": asked.period.year, "period": asked.period.title}
    return asked.period.title


def _notes(request, asked, narrowed, found):
    return [
        f"{found.indicator}, {_span(asked, found)}",
        plan_names(asked.plans),
        *(str(each) for each in narrowed if each),
        *seen_from(asked.known_on),
        given_out(request.now),
    ]
