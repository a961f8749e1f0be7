"""A report from its first draft to the approval: parts, history, check, steps."""

from django.http import Http404


def begin(request, **_asked):
    raise Http404  # TO BE WRITTEN


def detail(request, **_asked):
    raise Http404  # TO BE WRITTEN


def part(request, **_asked):
    raise Http404  # TO BE WRITTEN


def part_history(request, **_asked):
    raise Http404  # TO BE WRITTEN


def part_restore(request, **_asked):
    raise Http404  # TO BE WRITTEN


def refresh(request, **_asked):
    raise Http404  # TO BE WRITTEN


def move(request, **_asked):
    raise Http404  # TO BE WRITTEN


def confirm(request, **_asked):
    raise Http404  # TO BE WRITTEN


def discard(request, **_asked):
    raise Http404  # TO BE WRITTEN
