"""A report as PDF, Word, Excel and on the Ministry's form."""

from django.http import Http404


def report_pdf(request, **_asked):
    raise Http404  # TO BE WRITTEN


def report_docx(request, **_asked):
    raise Http404  # TO BE WRITTEN


def report_xlsx(request, **_asked):
    raise Http404  # TO BE WRITTEN


def report_ministry(request, **_asked):
    raise Http404  # TO BE WRITTEN


def preview_docx(request, **_asked):
    raise Http404  # TO BE WRITTEN


def preview_xlsx(request, **_asked):
    raise Http404  # TO BE WRITTEN


def ministry_form(request, **_asked):
    raise Http404  # TO BE WRITTEN
