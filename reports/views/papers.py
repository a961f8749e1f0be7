"""Documents that leave: a plan, an explanation slip, the chasing letter, each as PDF and Word."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from activities.explaining import read_thread
from activities.files import CONTENT_TYPES
from activities.models import Explanation, ReportingPeriod
from activities.permissions import can_view_explanation, can_view_reminders
from activities.reminding.late import answer_by, chase
from activities.versions import content_of
from agencies.access import require
from plans.models import Plan
from plans.permissions import can_view_plan

from ..chasing_letter import build_chasing_letter, file_name as letter_name
from ..explanation_slip import build_explanation_slip, file_name as slip_name
from ..pdf import PdfBusyError, kept_chasing_pdf, kept_explanation_pdf, kept_plan_pdf
from ..plan_document import build_plan_document, file_name
from ..word import chasing_docx, explanation_docx, plan_docx
from .words import BUSY, NOT_FOR_YOU

PLAN_IN_DRAFT = gettext_lazy("This plan is a draft: its coordinator is still working on it.")
NOBODY_LATE = gettext_lazy("Nobody is to be chased: every agency has sent, or still has time.")
NOT_LATE = gettext_lazy("This agency is not to be chased: it has sent, or still has time.")
NOT_ASKED = gettext_lazy("A request for an explanation is read by the agency that was asked, and by those who ask.")


def _plan_or_403(request, pk):
    agencies = ("issuing_agency__parent", "coordinating_agency", "locality")
    plan = get_object_or_404(Plan.objects.visible_to(request.user).select_related(*agencies), pk=pk)
    require(can_view_plan(request.user, plan), PLAN_IN_DRAFT)
    return plan


def _plan_paper(request, pk, extension):
    """(plan, its document, file name): as it stands, or as the version `?version=` was."""
    plan = _plan_or_403(request, pk)
    versions = list(plan.versions.defer("content"))
    ordinal = None
    if asked := request.GET.get("version"):
        versions = versions[: 1 + _place(versions, asked)]
        ordinal = versions[-1].ordinal
    content = versions[-1].content if ordinal else content_of(plan)
    amendments = [(version.number, version.issued_on) for version in versions[1:]]
    document = build_plan_document(plan, content, amendments=amendments)
    return plan, document, f"{file_name(plan, ordinal)}.{extension}"


def _place(versions, asked):
    """Where among `versions` the one with the ordinal `asked` is."""
    for place, version in enumerate(versions):
        if str(version.ordinal) == asked:
            return place
    raise Http404


@require_safe
def plan_pdf(request, pk):
    plan, document, name = _plan_paper(request, pk, "pdf")
    try:
        response = HttpResponse(kept_plan_pdf(document), content_type=CONTENT_TYPES["pdf"])
    except PdfBusyError:
        messages.error(request, BUSY)
        return redirect(plan)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@require_safe
def plan_word(request, pk):
    _plan, document, name = _plan_paper(request, pk, "docx")
    response = HttpResponse(plan_docx(document), content_type=CONTENT_TYPES["docx"])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _slip(request, pk):
    """(the request for an explanation, its slip)."""
    rows = Explanation.objects.visible_to(request.user).select_related(
        "activity", "agency", "plan", "asked_by__agency__parent"
    )
    explanation = get_object_or_404(rows, pk=pk)
    require(can_view_explanation(request.user, explanation), NOT_ASKED)
    return explanation, build_explanation_slip(read_thread(explanation), at=request.now)


@require_safe
def explanation_slip_pdf(request, pk):
    explanation, slip = _slip(request, pk)
    try:
        response = HttpResponse(kept_explanation_pdf(slip), content_type=CONTENT_TYPES["pdf"])
    except PdfBusyError:
        messages.error(request, BUSY)
        return redirect(explanation)
    response["Content-Disposition"] = f'inline; filename="{slip_name(explanation)}.pdf"'
    return response


@require_safe
def explanation_slip_word(request, pk):
    explanation, slip = _slip(request, pk)
    response = HttpResponse(explanation_docx(slip), content_type=CONTENT_TYPES["docx"])
    response["Content-Disposition"] = f'attachment; filename="{slip_name(explanation)}.docx"'
    return response


def _chasing_letter(request, pk):
    """(period, the letter to whoever is late with it, or None where nobody is; its file name).

    `?agency=`: to that agency alone.
    """
    periods = ReportingPeriod.objects.visible_to(request.user).select_related(
        "plan__locality", "plan__issuing_agency__parent", "plan__coordinating_agency__parent"
    )
    period = get_object_or_404(periods, pk=pk)
    require(can_view_reminders(request.user), NOT_FOR_YOU)
    asked = request.GET.get("agency", "")
    if asked and not (asked.isdecimal() and len(asked) < 10):
        raise Http404
    chased = chase(period, request.today, agency=int(asked) if asked else None)
    if not chased.late:
        messages.info(request, NOT_LATE if asked else NOBODY_LATE)
        return period, None, ""
    by = answer_by(period, request.today)
    return period, build_chasing_letter(period, chased, at=request.now, answer_by=by), letter_name(period, chased)


@require_safe
def chasing_letter_pdf(request, pk):
    """The letter to the agencies that are late, to be signed; where nobody is, the page of reminders says so."""
    period, letter, name = _chasing_letter(request, pk)
    if letter is None:
        return redirect("plans:reminders", period.plan_id)
    try:
        response = HttpResponse(kept_chasing_pdf(letter), content_type=CONTENT_TYPES["pdf"])
    except PdfBusyError:
        messages.error(request, BUSY)
        return redirect("plans:reminders", period.plan_id)
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


@require_safe
def chasing_letter_word(request, pk):
    period, letter, name = _chasing_letter(request, pk)
    if letter is None:
        return redirect("plans:reminders", period.plan_id)
    response = HttpResponse(chasing_docx(letter), content_type=CONTENT_TYPES["docx"])
    response["Content-Disposition"] = f'attachment; filename="{name}.docx"'
    return response
