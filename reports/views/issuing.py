"""Issuing and sealing a report, correcting it, signing it, fetching what was sealed."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities.files import clean_name
from agencies.access import require
from agencies.sending import posted

from ..models import FileKind
from ..permissions import can_correct_report, can_issue_report, can_sign_report
from ..sealing.background import in_words, order_issue, order_judging
from ..sealing.correcting import NOT_CORRECTED, correct_report
from ..sealing.files import CONTENT_TYPES, DamagedError, newest_signature, verified
from ..sealing.forms import SERVER, CorrectionForm, IssueForm, SignedForm
from ..sealing.issue_page import check_of, is_long, issue_context, open_findings, seal_for, stand_by
from ..sealing.office_seal import SealUnusable
from ..sealing.sealing import issue_report
from ..sealing.signing import NOT_SIGNED, AlreadyThere, seal_on_server as put_seal_on, take_signed
from .reading import report_or_403

NOT_ISSUED = gettext_lazy("A report is issued once, after leadership has approved it, by whoever writes it.")
LARGE = 200 * 1024  # bytes of a signed file that is judged in the background: it takes longer than two seconds
RELATED = ("plan__locality", "agency__locality", "agency__parent", "locality", "replaces", "replaced_by")


@require_http_methods(["GET", "HEAD", "POST"])
def issue(request, pk):
    """The check, number and day, what sealing means, how it is signed; then it is issued, or ordered to be."""
    report = report_or_403(request, pk, related=RELATED)
    require(can_issue_report(request.user, report), NOT_ISSUED)
    seal = seal_for(report)
    form = IssueForm(posted(request), report=report, today=request.today, seal=seal)
    check = check_of(report, request.today)
    ticked = request.POST.getlist("stand_by")
    if request.method == "POST":
        stand_by(report, check, ticked, by=request.user, at=request.now)
        if form.is_valid() and not open_findings(check, ticked):
            if done := _issued(request, report, form):
                return done
            check = check_of(report, request.today)
    context = issue_context(report, form, check, ticked=ticked, today=request.today)
    status = 422 if request.method == "POST" else 200
    return render(request, "reports/report_issue.html", {**context, "seal": seal}, status=status)


def _issued(request, report, form):
    """Where to go once it is issued, or ordered; None where it was refused, which then stands on the form."""
    then_seal = form.cleaned_data["way"] == SERVER
    if is_long(report):
        job = order_issue(report, form.facts, by=request.user, then_seal=then_seal)
        messages.info(request, _("The report is being sealed. You may leave this page; the bell tells you when."))
        return redirect("accounts:job", job.pk)
    try:
        issued = issue_report(report, form.facts, by=request.user, at=request.now)
    except ValidationError as error:
        form.add_error(None, in_words(error))
        return None
    except DamagedError as error:
        form.add_error(None, str(error))
        return None
    messages.success(request, _("Issued as %(number)s and sealed.") % {"number": issued.document_number})
    if then_seal:
        _sealed_by_server(request, issued)
    return redirect(issued)


def _sealed_by_server(request, report):
    try:
        put_seal_on(report, by=request.user, at=request.now)
    except (SealUnusable, DamagedError, AlreadyThere) as error:
        messages.error(request, in_words(error))
    else:
        messages.success(request, _("The seal of the agency is on the document."))


@require_POST
def correct(request, pk):
    """Begin the version that replaces this one."""
    report = report_or_403(request, pk, related=RELATED)
    require(can_correct_report(request.user, report), NOT_CORRECTED)
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(form.errors["reason"]))
        return redirect(report)
    correction = correct_report(report, by=request.user, at=request.now, reason=form.cleaned_data["reason"])
    messages.success(request, _("Version %(n)s has been begun with the same text.") % {"n": correction.ordinal})
    return redirect(correction)


@require_POST
def sign(request, pk):
    """Take the PDF that was signed elsewhere; a large one is judged in the background."""
    report = report_or_403(request, pk, related=RELATED)
    require(can_sign_report(request.user, report), NOT_SIGNED)
    form = SignedForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, " ".join(form.errors["file"]))
        return redirect(report)
    file = form.cleaned_data["file"]
    name, data = clean_name(file.name), file.read()
    if len(data) > LARGE:
        job = order_judging(report, data, name, by=request.user)
        messages.info(request, _("The signed file is being checked. You may leave this page; the bell tells you when."))
        return redirect("accounts:job", job.pk)
    _take(request, report, data, name)
    return redirect(report)


def _take(request, report, data, name):
    try:
        signature = take_signed(report, data, name, by=request.user, at=request.now)
    except (AlreadyThere, DamagedError) as error:
        messages.error(request, in_words(error))
        return
    if signature.is_accepted:
        messages.success(request, _("The signed file has been checked and is kept."))
    else:
        messages.error(request, _("The signed file was refused; below is why."))


@require_POST
def seal_on_server(request, pk):
    """Put the agency's seal on an issued report."""
    report = report_or_403(request, pk, related=RELATED)
    require(can_sign_report(request.user, report), NOT_SIGNED)
    _sealed_by_server(request, report)
    return redirect(report)


@require_safe
def signed_pdf(request, pk):
    """The newest accepted signed PDF."""
    report = report_or_403(request, pk, related=RELATED)
    row = newest_signature(report) if report.is_issued else None
    if row is None:
        raise Http404
    return _handed_out(request, report, row, CONTENT_TYPES[FileKind.PDF], inline=True)


@require_safe
def sealed_file(request, pk, kind):
    """One of the five sealed files, compared with its SHA-256 before it goes out."""
    report = report_or_403(request, pk, related=RELATED)
    row = report.files.filter(kind=kind).first()
    if row is None:
        raise Http404
    return _handed_out(request, report, row, CONTENT_TYPES[row.kind], inline=kind == FileKind.PDF)


def _handed_out(request, report, row, content_type, *, inline):
    try:
        data = verified(row)
    except DamagedError as error:
        messages.error(request, str(error))
        return redirect(report)
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(not inline, row.file_name)
    response["X-Content-Type-Options"] = "nosniff"
    return response
