"""A chart by itself, as SVG or PNG: the same drawing as in its page, by the same rules of who may see it."""

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from activities.frame import chosen_period, periods_of
from agencies.access import require

from ..channels import build_channel, build_channels
from ..drawing import draw, png_of
from ..permissions import can_view_dashboard
from ..pictures import output_chart, rates_chart, targets_chart
from .asking import asked_by
from .dashboards import board_by
from .words import NOT_FOR_YOU

CHARTS = {}
MINUTES = 5  # a browser may keep a drawing so long


def chart(name):
    """Register a view's chart: a function of the request that checks whose it is and returns it, or None."""

    def register(build):
        CHARTS[name] = build
        return build

    return register


def _asked(request, name):
    if name not in CHARTS:
        raise Http404
    found = CHARTS[name](request)
    if found is None:
        raise Http404
    return draw(found)


@require_safe
@cache_control(private=True, max_age=60 * MINUTES)
def chart_svg(request, name):
    return _file(request, name, _asked(request, name), "svg", "image/svg+xml")


@require_safe
@cache_control(private=True, max_age=60 * MINUTES)
def chart_png(request, name):
    return _file(request, name, png_of(_asked(request, name)), "png", "image/png")


def _file(request, name, content, extension, content_type):
    """Shown in a page; `?download=1`: handed to the person as a file."""
    response = HttpResponse(content, content_type=content_type)
    if "download" in request.GET:
        file_name = f"bieu-do-{name}-{request.today:%Y-%m-%d}.{extension}"
        response["Content-Disposition"] = content_disposition_header(True, file_name)
    return response


def plan_period(request):
    """(the chosen period, all periods of its plan) for whoever may see the state of the locality, else (None, [])."""
    require(can_view_dashboard(request.user), NOT_FOR_YOU)
    return _chosen(request)


def plan_period_or_404(request):
    """As `plan_period`, where something of the plan was asked for: where there is no plan it is not there."""
    if _chosen(request)[0] is None:
        raise Http404
    return plan_period(request)


def _chosen(request):
    period = chosen_period(request)
    return period, [each for each in periods_of(request) if period and each.plan_id == period.plan_id]


@chart("output")
def output_of_channel(request):
    period, periods = plan_period_or_404(request)
    code, indicator = request.GET.get("channel", ""), request.GET.get("indicator", "")
    _channels, page = build_channel(period, periods, code, indicator, today=request.today)
    outputs = [output for output in page.state.outputs if output.code == indicator] if page else []
    return output_chart(outputs[0]) if outputs else None


@chart("channels")
def targets_of_channels(request):
    period, periods = plan_period_or_404(request)
    found = build_channels(period, periods, today=request.today)
    if not found.with_target:
        return None
    return targets_chart([output.figure for output in found.with_target], found.share)


@chart("trend")
def trend(request):
    """The on-time rates of the periods whose deadline has passed."""
    board = _board(request)
    rates = [(each.short, each.on_time_rate) for each in board.trend if each.is_due(board.today)]
    return rates_chart(_("Agencies on time"), rates) if rates else None


@chart("targets")
def targets(request):
    board = _board(request)
    return targets_chart(board.figures, board.year_share) if board.figures else None


def _board(request):
    """What the overview shows at the same address."""
    asked = asked_by(request)
    if asked is None:
        raise Http404
    return board_by(request, asked)
