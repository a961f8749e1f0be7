"""What has been said to whom, and what to nobody: themes and audiences."""

from django.http import Http404


def coverage(request, **_asked):
    raise Http404  # TO BE WRITTEN


def coverage_xlsx(request, **_asked):
    raise Http404  # TO BE WRITTEN
