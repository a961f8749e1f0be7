"""The evidence dossier of a year, and its criteria."""

from django.http import Http404


def dossiers(request, **_asked):
    raise Http404  # TO BE WRITTEN


def dossier(request, **_asked):
    raise Http404  # TO BE WRITTEN


def criterion(request, **_asked):
    raise Http404  # TO BE WRITTEN


def tag(request, **_asked):
    raise Http404  # TO BE WRITTEN


def dossier_move(request, **_asked):
    raise Http404  # TO BE WRITTEN


def dossier_zip(request, **_asked):
    raise Http404  # TO BE WRITTEN


def dossier_pdf(request, **_asked):
    raise Http404  # TO BE WRITTEN


def criteria_sets(request, **_asked):
    raise Http404  # TO BE WRITTEN


def criteria_set(request, **_asked):
    raise Http404  # TO BE WRITTEN
