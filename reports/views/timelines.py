"""Planned against reported, activity by activity, as a Gantt chart that prints."""

from django.http import Http404


def timeline(request, **_asked):
    raise Http404  # TO BE WRITTEN


def timeline_pdf(request, **_asked):
    raise Http404  # TO BE WRITTEN
