"""Evidence in: files and links, several at once; the update as an Excel form."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.access import require
from agencies.importing import UploadForm, download
from agencies.refusals import is_autosave, says_why
from agencies.sending import posted
from agencies.uploads import keep, kept
from agencies.workbook import mark

from ..attachment_forms import AttachmentForm, DetailsForm
from ..attachments import send_thumbnail
from ..completeness import activities_of
from ..evidence import add_evidence, describe_evidence
from ..models import Evidence
from ..offline.reading import read_update_form
from ..offline.taking import ChangedMeanwhile, take_over
from ..offline.writing import form_name, write_update_form
from ..permissions import can_view_evidence
from .evidence import back_to_line, evidence_or_404, evidence_to_edit
from .updates import NOT_YOURS, update_to_edit

NOTHING_CHOSEN = gettext_lazy("Choose a file, or write the address of a page.")
ALREADY_THERE = gettext_lazy("This evidence is already there.")
AGAIN = gettext_lazy("Nothing was taken over: the update was saved once more meanwhile. Look again, then decide.")


@says_why
@require_POST
def evidence_add(request, pk, activity_pk):
    """Files, several at once, and a link as evidence of one activity: each is kept wholly or not at all.

    To a script (X-Autosave) it answers {"html": the new items, "version": the update's}, with "note" where they were
    there already, and with what was refused 422 {"errors": {file name or field: sentence}} beside them; without one
    it goes back to the activity.
    """
    update = update_to_edit(request, pk)
    activity = _activity_or_404(update, activity_pk)
    form = AttachmentForm(request.POST, request.FILES, today=request.today)
    form.full_clean()
    rows = add_evidence(update, activity, form, by=request.user, at=request.now)
    if is_autosave(request):
        return _told_to_script(request, update, form, rows)
    _tell(request, form, rows)
    return redirect(back_to_line(update.pk, activity.pk))


def _activity_or_404(update, activity_pk):
    for activity in activities_of(update):
        if activity.pk == activity_pk:
            return activity
    raise Http404


def _told_to_script(request, update, form, rows):
    context = {"removable": True}
    html = "".join(
        render_to_string("activities/_evidence_item.html", {"item": row, **context}, request=request) for row in rows
    )
    update.refresh_from_db(fields=["version"])
    answer = {"html": html, "version": update.version}
    if not rows and form.has_something and not form.refusals:
        answer["note"] = ALREADY_THERE
    refusals = form.refusals or ({} if form.has_something else {"files": NOTHING_CHOSEN})
    if refusals:
        return JsonResponse(answer | {"errors": refusals}, status=422)
    return JsonResponse(answer)


def _tell(request, form, rows):
    for sentence in form.refusals.values():
        messages.error(request, sentence)
    if rows:
        said = ngettext("%(n)s piece of evidence added.", "%(n)s pieces of evidence added.", len(rows))
        messages.success(request, said % {"n": len(rows)})
    elif not form.refusals:
        messages.info(request, ALREADY_THERE if form.has_something else NOTHING_CHOSEN)


@require_http_methods(["GET", "POST"])
def evidence_edit(request, pk):
    """What a piece of evidence shows, and of which day it is, while its update is the agency's to edit."""
    item = evidence_to_edit(request, pk)
    stored = {"caption": item.caption, "dated_on": item.dated_on}
    form = DetailsForm(posted(request), initial=stored, today=request.today)
    if form.is_valid():
        try:
            describe_evidence(item, **form.cleaned_data, by=request.user, at=request.now)
        except Evidence.DoesNotExist:
            raise Http404 from None
        item.caption = form.cleaned_data["caption"]
        messages.success(request, _("Saved: %(name)s") % {"name": item})
        return redirect(back_to_line(item.progress.update_id, item.progress.activity_id))
    status = 422 if form.errors else 200
    return render(request, "activities/evidence_edit.html", {"item": item, "form": form}, status=status)


@require_safe
def evidence_thumbnail(request, pk):
    """The small picture of a picture, for whoever may open the picture itself."""
    item = evidence_or_404(request, pk)
    require(can_view_evidence(request.user, item), NOT_YOURS)
    return send_thumbnail(item)


# The update as a workbook


@require_safe
def offline_form(request, pk):
    """The update as a workbook to fill in away from the portal."""
    update = update_to_edit(request, pk)
    return download(write_update_form(update, today=request.today), f"{form_name(update)}.xlsx")


@require_http_methods(["GET", "POST"])
def offline_upload(request, pk):
    """The workbook filled in: all of it is kept, or none.

    POST file             keep what it says; or its faults, or what was saved in the portal meanwhile
    POST upload=T&seen=D  keep it although it was, if what was seen is still so
    GET  ?upload=T&marked  the person's own workbook, its faulty cells marked
    """
    update = update_to_edit(request, pk)
    if request.method == "GET":
        return _marked(request, update) if "marked" in request.GET else _upload_page(request, update, UploadForm())
    if "upload" in request.POST:
        return _take_again(request, update)
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            filled = read_update_form(form.cleaned_data["file"], update, today=request.today)
        except ValidationError as error:
            form.add_error("file", error)
    if not form.is_valid():
        return _upload_page(request, update, form, status=422)
    if not filled.faults and not filled.stale:
        return _take(request, update, filled)
    file = form.cleaned_data["file"]
    file.seek(0)
    upload = keep(file, user=request.user, kind=_kind(update), at=request.now)
    return _upload_page(request, update, UploadForm(), filled=filled, upload=upload, status=422)


def _kind(update):
    return f"update-{update.pk}"


def _upload_page(request, update, form, *, status=200, **context):
    context |= {"update": update, "form": form}
    return render(request, "activities/offline_upload.html", context, status=status)


def _kept_or_404(request, update, token):
    upload = kept(token, user=request.user, kind=_kind(update), at=request.now)
    if upload is None:
        raise Http404
    return upload


def _marked(request, update):
    upload = _kept_or_404(request, update, request.GET.get("upload", ""))
    with upload.open() as file:
        filled = read_update_form(file, update, today=request.today)
        return download(mark(file, filled.table, filled.faults), _marked_name(upload.name))


def _marked_name(name):
    """It is not mistaken for the workbook that was sent."""
    return f"{name.removesuffix('.xlsx')}-da-danh-dau.xlsx"


def _take_again(request, update):
    """The person has seen what was saved meanwhile, and wants what the workbook says."""
    upload = _kept_or_404(request, update, request.POST["upload"])
    with upload.open() as file:
        filled = read_update_form(file, update, today=request.today)
    if filled.faults or filled.seen != request.POST.get("seen"):
        messages.error(request, AGAIN)
        return _upload_page(request, update, UploadForm(), filled=filled, upload=upload, status=422)
    return _take(request, update, filled, upload)


def _take(request, update, filled, upload=None):
    try:
        lines = take_over(update, filled, by=request.user, at=request.now)
    except ChangedMeanwhile:
        messages.error(request, AGAIN)
        return redirect("activities:offline_upload", update.pk)
    if upload:
        upload.noted(written=True).forget()
    messages.success(request, _said(filled, lines))
    return redirect("activities:sheet", update.pk)


def _said(filled, lines):
    if not filled.is_touched:
        return _("No cell of the workbook has been changed since it was downloaded.")
    if not filled.changed:
        return _("The workbook says what the portal has already: nothing was changed.")
    return ngettext(
        "Taken over from the workbook: %(n)s activity.", "Taken over from the workbook: %(n)s activities.", lines
    ) % {"n": lines}
