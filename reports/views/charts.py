"""A chart by itself, as SVG or PNG: the same drawing as in its page, by the same rules of who may see it."""

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from ..drawing import draw, png_of
from ..pictures import output_chart, targets_chart, trend_chart
from .asking import asked_or_404
from .channels import channel_by, channels_by
from .dashboards import board_by

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


@chart("output")
def output_of_channel(request):
    code, indicator = request.GET.get("channel", ""), request.GET.get("indicator", "")
    _channels, page = channel_by(request, asked_or_404(request), code, indicator)
    outputs = [output for output in page.state.outputs if output.code == indicator]
    return output_chart(outputs[0]) if outputs else None


@chart("channels")
def targets_of_channels(request):
    found = channels_by(request, asked_or_404(request))
    if not found.with_target:
        return None
    return targets_chart([output.figure for output in found.with_target], found.share)


@chart("trend")
def trend(request):
    return trend_chart(_board(request))


@chart("targets")
def targets(request):
    board = _board(request)
    return targets_chart(board.figures, board.year_share) if board.figures else None


def _board(request):
    """What the overview shows at the same address."""
    return board_by(request, asked_or_404(request))
