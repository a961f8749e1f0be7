"""The state on one sheet of paper, and on the wall."""

from django.http import Http404


def summary(request, **_asked):
    raise Http404  # TO BE WRITTEN


def summary_pdf(request, **_asked):
    raise Http404  # TO BE WRITTEN


def wall(request, **_asked):
    raise Http404  # TO BE WRITTEN
