"""How each agency does: its scorecard, its rank within its group."""

from django.http import Http404


def scorecards(request, **_asked):
    raise Http404  # TO BE WRITTEN


def scorecard(request, **_asked):
    raise Http404  # TO BE WRITTEN


def scorecard_xlsx(request, **_asked):
    raise Http404  # TO BE WRITTEN
