"""A report as PDF, Word, Excel and on the Ministry's form."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from activities.models import Indicator
from agencies.access import require
from agencies.sending import posted

from ..excel import ministry_xlsx, report_xlsx as workbook_of
from ..kept import DamagedError
from ..large_files import is_large, order_file
from ..ministry import columns_of
from ..ministry_form import MinistryFormSet
from ..models import FileKind, Report
from ..pdf import PdfBusyError, kept_pdf
from ..permissions import can_keep_ministry_form
from ..quarterly import build_quarterly_report
from ..quarterly.building import build_report
from ..quarterly.stored import from_json
from ..sealing.files import sealed_bytes
from ..word import report_docx as document_of
from .reading import file_answer, period_or_403, report_or_403
from .words import BUSY

FORM_KEEPERS = gettext_lazy("The Ministry's form is kept by the administrator and the coordinators.")


SPANS = {"month": "thang", "quarter": "quy", "half_year": "6-thang", "nine_months": "9-thang", "year": "nam"}
ONCE_A_YEAR = ("nine_months", "year")


def _span_name(span, ordinal, year):
    """'bao-cao-quy-3-2026'; what comes once a year has no ordinal."""
    ordinals = [str(ordinal)] if ordinal and span not in ONCE_A_YEAR else []
    return "-".join(["bao-cao", SPANS.get(span, "ky"), *ordinals, str(year)])


def file_name(report, extension):
    """'bao-cao-quy-3-2026-07-BC-SNV.pdf'; a draft has no number."""
    ordinal = (report.period or report.consolidated).ordinal if report.period_id or report.consolidated_id else 0
    number = report.document_number.replace("/", "-") or "du-thao"
    version = [f"ban-{report.ordinal}"] if report.ordinal > 1 else []
    return f"{'-'.join([_span_name(report.span, ordinal, report.year), number, *version])}.{extension}"


def preview_name(period, extension):
    """'bao-cao-thang-3-2026.pdf': the report of `period` before anybody has begun it."""
    return f"{_span_name(period.kind, period.ordinal, period.year)}.{extension}"


def _sealed(request, report, kind, *, inline=False):
    """The sealed file byte for byte; back to the report, with what is wrong, where it is damaged."""
    try:
        return file_answer(sealed_bytes(report, kind), file_name(report, kind), inline=inline)
    except DamagedError as error:
        messages.error(request, str(error))
        return redirect(report)


def _sealed_or_made(request, pk, kind, make):
    """The sealed file of an issued report; of a draft what it would be now."""
    report = report_or_403(request, pk)
    if report.is_issued:
        return _sealed(request, report, kind)
    return _made_or_ordered(request, report, build_report(report, today=request.today), kind, make)


def _made_or_ordered(request, subject, built, kind, make):
    """The file of a draft, or of the preview of a period, at once; from the background where it is long."""
    if is_large(built):
        return redirect("accounts:job", order_file(subject, built, str(kind), by=request.user, today=request.today).pk)
    if isinstance(subject, Report):
        return file_answer(make(built), file_name(subject, kind))
    return file_answer(make(built), preview_name(subject, kind))


@require_safe
def report_pdf(request, pk):
    """The sealed PDF of an issued report; that of a draft at once, or from the background where it is long."""
    report = report_or_403(request, pk)
    if report.is_issued:
        return _sealed(request, report, FileKind.PDF, inline=True)
    built = build_report(report, today=request.today)
    if is_large(built):
        return redirect("accounts:job", order_file(report, built, "pdf", by=request.user, today=request.today).pk)
    try:
        return file_answer(kept_pdf(built), file_name(report, "pdf"), inline=True)
    except PdfBusyError:
        messages.error(request, BUSY)
        return redirect("reports:detail", pk)


@require_safe
def report_docx(request, pk):
    return _sealed_or_made(request, pk, FileKind.DOCX, document_of)


@require_safe
def report_xlsx(request, pk):
    return _sealed_or_made(request, pk, FileKind.XLSX, workbook_of)


def _sealed_or_built(report, today):
    """The report object: of an issued report as it was sealed. Raises DamagedError."""
    return from_json(sealed_bytes(report, FileKind.DATA)) if report.is_issued else build_report(report, today=today)


@require_safe
def report_ministry(request, pk):
    """The figures in the order of the Ministry's form; of an issued report those that were sealed."""
    report = report_or_403(request, pk)
    try:
        built = _sealed_or_built(report, request.today)
    except DamagedError as error:
        messages.error(request, str(error))
        return redirect(report)
    return file_answer(ministry_xlsx(built, columns_of(report.locality)), f"bieu-{file_name(report, 'xlsx')}")


def _preview(request, pk):
    period = period_or_403(request, pk)
    return period, build_quarterly_report(period, today=request.today)


@require_safe
def preview_docx(request, pk):
    return _made_or_ordered(request, *_preview(request, pk), FileKind.DOCX, document_of)


@require_safe
def preview_xlsx(request, pk):
    return _made_or_ordered(request, *_preview(request, pk), FileKind.XLSX, workbook_of)


@require_http_methods(["GET", "POST"])
def ministry_form(request):
    """Which figures the Ministry's form asks for, in its order: rows with a head and a figure; an empty head goes."""
    require(can_keep_ministry_form(request.user), FORM_KEEPERS)
    locality = request.user.agency.locality
    formset = MinistryFormSet(posted(request), locality=locality, indicators=Indicator.objects.all())
    if formset.is_valid():
        n = formset.save()
        messages.success(request, ngettext("The form has %(n)s column.", "The form has %(n)s columns.", n) % {"n": n})
        return redirect("reports:ministry_form")
    return render(request, "reports/ministry_form.html", {"formset": formset})
