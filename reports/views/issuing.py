"""Issuing and sealing a report, correcting it, signing it."""

from django.http import Http404


def issue(request, **_asked):
    raise Http404  # TO BE WRITTEN


def correct(request, **_asked):
    raise Http404  # TO BE WRITTEN


def sign(request, **_asked):
    raise Http404  # TO BE WRITTEN


def seal_on_server(request, **_asked):
    raise Http404  # TO BE WRITTEN


def signed_pdf(request, **_asked):
    raise Http404  # TO BE WRITTEN


def sealed_file(request, **_asked):
    raise Http404  # TO BE WRITTEN
