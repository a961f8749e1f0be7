"""Issuing and sealing a report, correcting it, signing it, fetching what was sealed."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities.files import clean_name
from agencies.access import require
from agencies.sending import posted

from ..checking import check_report
from ..models import FileKind
from ..permissions import can_confirm_signer, can_correct_report, can_issue_report, can_sign_report, is_drafter_of
from ..quarterly.building import RELATIONS, make_report
from ..sealing.background import in_words, order_issue, order_judging
from ..sealing.correcting import NOT_CORRECTED, correct_report
from ..sealing.files import CONTENT_TYPES, DamagedError, judged, newest_signature, verified
from ..sealing.forms import SERVER, CorrectionForm, IssueForm, SignedForm
from ..sealing.issue_page import is_long, issue_context, open_findings, seal_for, stand_by
from ..sealing.office_seal import SealUnusable
from ..sealing.page import sealed_context
from ..sealing.sealing import issue_report
from ..sealing.signing import (
    NOT_CONFIRMED,
    NOT_SIGNED,
    AlreadyThere,
    check_signer,
    seal_on_server as put_seal_on,
    take_signed,
)
from .reading import done_words, file_answer, report_or_403, says_done

NOT_ISSUED = gettext_lazy("A report is issued once, after leadership has approved it, by whoever writes it.")
LARGE = 200 * 1024  # bytes of a signed file that is judged in the background: it takes longer than two seconds
RELATED = (*RELATIONS, "replaced_by")


def _to_issue(request, pk):
    """The report, as it stands now, with its check: (Report, building.Made, Check)."""
    report = report_or_403(request, pk, related=RELATED, also=("parts", "events"))
    require(can_issue_report(request.user, report), NOT_ISSUED)
    made = make_report(report, today=request.today)
    return report, made, check_report(report, made)


@says_done("issue")
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request, pk):
    """The check, number and day, what sealing means, how it is signed; then it is issued, or ordered to be."""
    report, made, check = _to_issue(request, pk)
    seal = seal_for(report, request.now)
    form = IssueForm(posted(request), report=report, today=request.today, seal=seal)
    ticked = request.POST.getlist("stand_by")
    if request.method == "POST":
        stand_by(report, check, ticked, by=request.user, at=request.now)
        if form.is_valid() and not open_findings(check, ticked):
            if done := _issued(request, report, form, is_long=is_long(made)):
                return done
            report, made, check = _to_issue(request, pk)
    context = issue_context(report, form, made, check, ticked=ticked, now=request.now)
    status = 422 if request.method == "POST" else 200
    return render(request, "reports/report_issue.html", {**context, "seal": seal}, status=status)


def _issued(request, report, form, *, is_long):
    """Where to go once it is issued, or ordered; None where it was refused, which then stands on the form."""
    then_seal = form.cleaned_data["way"] == SERVER
    if is_long:
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
    if begun := _correction_of(request.user, report):
        return _corrected_already(request, begun)
    require(can_correct_report(request.user, report), NOT_CORRECTED)
    form = CorrectionForm(request.POST, auto_id="id_correction_%s")
    if not form.is_valid():
        context = sealed_context(report, request.user, now=request.now, correction_form=form)
        return render(request, "reports/report_sealed.html", context, status=422)
    try:
        correction = correct_report(report, by=request.user, at=request.now, reason=form.cleaned_data["reason"])
    except PermissionDenied:  # somebody was quicker
        begun = _correction_of(request.user, report_or_403(request, pk, related=RELATED))
        require(begun, NOT_CORRECTED)
        return _corrected_already(request, begun)
    messages.success(request, _("Version %(n)s has been begun with the same text.") % {"n": correction.ordinal})
    return redirect(correction)


def _correction_of(user, report):
    """The correction that is being written, where this person could have begun it; else None."""
    later = getattr(report, "replaced_by", None)
    return later if later and not later.is_issued and is_drafter_of(user, report) else None


def _corrected_already(request, correction):
    messages.info(request, done_words(correction.events.filter(step="correct").latest("at")))
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
        messages.info(
            request, _("The file is exactly the sealed document. Confirm below who signed it: then it counts.")
        )
    else:
        messages.error(request, _("The signed file was refused; below is why."))


@require_POST
def seal_on_server(request, pk):
    """Put the agency's seal on an issued report."""
    report = report_or_403(request, pk, related=RELATED)
    require(can_sign_report(request.user, report), NOT_SIGNED)
    _sealed_by_server(request, report)
    return redirect(report)


def _copy(request, pk, signature):
    """A kept signed copy with its report; one that nobody has confirmed is shown to whoever may."""
    report = report_or_403(request, pk, related=RELATED)
    row = get_object_or_404(judged(report.signatures.filter(is_accepted=True)), pk=signature)
    row.report = report
    return row


@require_POST
def confirm_signer(request, pk, signature):
    """Say whether the signer named in a copy that was brought is who was to sign."""
    row = _copy(request, pk, signature)
    require(can_confirm_signer(request.user, row.report), NOT_CONFIRMED)
    said = request.POST.get("is_theirs")
    if said not in ("yes", "no"):
        messages.error(request, _("Say whether this is who was to sign."))
        return redirect(row.report)
    is_theirs = said == "yes"
    if check_signer(row, is_theirs=is_theirs, by=request.user, at=request.now):
        said = _("The signed copy counts from now on.") if is_theirs else _("The copy has been set aside.")
        messages.success(request, said)
    else:
        messages.info(request, _("Somebody has said already whether this is the signer."))
    return redirect(row.report)


@require_safe
def signed_copy(request, pk, signature):
    """One of the signed copies."""
    row = _copy(request, pk, signature)
    if not row.counts:
        require(can_confirm_signer(request.user, row.report), NOT_CONFIRMED)
    return _handed_out(request, row.report, row, CONTENT_TYPES[FileKind.PDF], inline=True)


@require_safe
def signed_pdf(request, pk):
    """The signed copy that counts."""
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
    return file_answer(data, row.file_name, inline=inline, kind=content_type)
