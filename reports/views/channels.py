"""Outputs by channel, in the period and cumulative against target."""

from django.http import Http404


def channels(request, **_asked):
    raise Http404  # TO BE WRITTEN


def channel(request, **_asked):
    raise Http404  # TO BE WRITTEN


def channel_xlsx(request, **_asked):
    raise Http404  # TO BE WRITTEN
