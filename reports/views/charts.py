"""A chart by itself, as SVG or PNG."""

from django.http import Http404


def chart_svg(request, **_asked):
    raise Http404  # TO BE WRITTEN


def chart_png(request, **_asked):
    raise Http404  # TO BE WRITTEN
