"""What anybody may read of a plan, and whether."""

from django.http import Http404


def public_plan(request, **_asked):
    raise Http404  # TO BE WRITTEN


def public_settings(request, **_asked):
    raise Http404  # TO BE WRITTEN
