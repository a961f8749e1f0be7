"""The public check page: is this the issued text?"""

from django.http import Http404


def check(request, **_asked):
    raise Http404  # TO BE WRITTEN


def check_code(request, **_asked):
    raise Http404  # TO BE WRITTEN
