"""An update as one page to fill in: saved while one types, carried over, sent; or nothing to report at all."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from agencies.refusals import is_autosave, says_why
from agencies.sending import posted
from plans.workspace import saved_words

from ..carrying import carried_values, carry_all, filled_up
from ..nothing import report_after_all, says_something, send_nothing
from ..permissions import is_on_behalf, is_own_update, is_writing
from ..saving import SENT as SENT_ALREADY, save_line, save_words
from ..sheet import build_sheet
from ..sheet_page import build_page, differences, line_form, row_of, words_form
from ..update_forms import NothingForm
from ..workflow import move
from .updates import update_or_404, update_to_edit

SENT = gettext_lazy("The update for %(period)s has been sent.")


@require_http_methods(["GET", "POST"])
def update_edit(request, pk):
    """The whole update to fill in; posted, it is sent. Opened again after that (a step back), it is read."""
    if sent := _sent_already(request, pk):
        return sent
    update = update_to_edit(request, pk)
    if request.method == "POST":
        return _send(request, update)
    return _page(request, update, check="check" in request.GET)


def _sent_already(request, pk):
    """The way to the update, for who wrote it and asks for a page on which it is no longer written; else None."""
    update = update_or_404(request, pk)
    is_writers = is_own_update(request.user, update) or is_on_behalf(request.user, update)
    if request.method != "GET" or not is_writers or is_writing(request.user, update):
        return None
    messages.info(request, SENT_ALREADY)
    return redirect(update)


def _send(request, update):
    try:
        move(update, "submit", by=request.user, at=request.now)
    except ValidationError as error:
        is_incomplete = not hasattr(error, "error_dict") and all(each.code == "missing" for each in error.error_list)
        if not is_incomplete:
            for sentence in error.messages:
                messages.error(request, sentence)
        return _page(request, update, check=True, status=422)
    messages.success(request, SENT % {"period": update.period.title})
    return redirect("activities:updates")


def _page(request, update, *, status=200, **options):
    page = build_page(update, today=request.today, **options)
    context = {"update": update, "page": page, "max_mb": settings.UPLOAD_MAX_MB}
    return render(request, "activities/sheet.html", context, status=status)


# One activity


@says_why
@require_http_methods(["GET", "POST"])
def progress_edit(request, pk, activity_pk):
    """One activity of an update, saved; asked for, the page at its place, or for a script how it stands."""
    update = update_to_edit(request, pk)
    row = _row_or_404(update, activity_pk)
    if request.method == "GET":
        return _line_saved(request, update, row) if is_autosave(request) else _at(update, row, request.GET)
    form = line_form(update, row, request.today, request.POST)
    if request.POST.get("resolve") == "theirs" or save_line(update, form, by=request.user, at=request.now):
        return _line_saved(request, update, row)
    return _line_refused(request, update, row, form)


def _row_or_404(update, activity_pk):
    row = row_of(build_sheet(update), activity_pk)
    if row is None:
        raise Http404
    return row


def _at(update, row, query=None):
    """The page, at the place of an activity."""
    check = "?check=1" if query and "check" in query else ""
    return redirect(f"{reverse('activities:sheet', args=[update.pk])}{check}#activity-{row.activity.pk}")


def _line_saved(request, update, row):
    if not is_autosave(request):
        messages.success(request, _("Activity %(number)s saved.") % {"number": row.activity.number})
        return _at(update, row)
    fresh = update_or_404(request, update.pk)
    page = build_page(fresh, today=request.today)
    part = next(part for part in page.parts if part.row.activity.pk == row.activity.pk)
    return JsonResponse(
        {
            "version": part.form.stored_version,
            "saved": saved_words(request.now, request.today) if request.method == "POST" else "",
            "html": _parts_of(page, part),
            "text": {
                **{f"total-{number.field.auto_id}": number.total for number in part.numbers},
                **{f"hint-{number.field.auto_id}": number.hint for number in part.numbers},
            },
            "state": part.state,
        }
    )


def _parts_of(page, part):
    """What of the page follows a save, by the place it stands in."""
    context = {"page": page, "part": part, "update": page.update}
    return {
        f"nav-{part.key}": render_to_string("activities/_sheet_nav_item.html", context),
        "tally": render_to_string("activities/_sheet_tally.html", context),
        "missing": render_to_string("activities/_sheet_missing.html", context),
    }


def _line_refused(request, update, row, form):
    """What is wrong, or both versions where somebody else saved the line meanwhile."""
    if not form.is_stale:
        if is_autosave(request):
            return _errors(form)
        return _page(request, update, form=form, status=422)
    fresh = _row_or_404(update, row.activity.pk)
    stored = line_form(update, fresh, request.today)
    differing = differences(form, stored)
    if not differing:  # the same was saved before, by a request whose answer was lost
        return _line_saved(request, update, fresh)
    form.row = fresh
    form.follow(stored.stored_version)
    form.conflict = {"by": fresh.progress.saved_by, "at": fresh.progress.saved_at, "differences": differing}
    page = build_page(update_or_404(request, update.pk), today=request.today, form=form)
    if is_autosave(request):
        part = next(part for part in page.parts if part.form is form)
        return render(
            request, "activities/_sheet_line.html", {"update": update, "page": page, "part": part}, status=409
        )
    return _page(request, update, form=form, status=422)


def _errors(form):
    errors = {name if name in form.fields else "": " ".join(texts) for name, texts in form.errors.items()}
    return JsonResponse({"errors": errors}, status=422)


@require_POST
def progress_carry(request, pk, activity_pk):
    """Fill what is empty on a line from the period before, or one field of it (`carry`), and save it as it stands."""
    update = update_to_edit(request, pk)
    row = _row_or_404(update, activity_pk)
    values = carried_values(row)
    only = request.POST.get("carry", "")
    if only in values:
        values = {only: values[only]}
    form = line_form(update, row, request.today, filled_up(request.POST, values))
    if not save_line(update, form, by=request.user, at=request.now):
        return _line_refused(request, update, row, form)
    messages.success(
        request,
        _("Activity %(number)s: what was empty has been filled from %(period)s; figures that add up were left.")
        % {"number": row.activity.number, "period": row.previous.update.period.title if row.previous else ""},
    )
    return _at(update, row)


# The whole update


@says_why
@require_http_methods(["GET", "POST"])
def update_words(request, pk):
    """The update's own words, saved: results in general, difficulties, proposals."""
    update = update_to_edit(request, pk)
    place = f"{reverse('activities:sheet', args=[update.pk])}#words"
    if request.method == "GET" or request.POST.get("resolve") == "theirs":
        return redirect(place)
    form = words_form(update, request.POST)
    if not save_words(update, form, by=request.user, at=request.now):
        return _words_refused(request, update, form)
    if is_autosave(request):
        fresh = words_form(update_or_404(request, update.pk))
        return JsonResponse({"version": fresh.stored_version, "saved": saved_words(request.now, request.today)})
    messages.success(request, _("Saved at %(time)s.") % {"time": f"{request.now:%H:%M}"})
    return redirect(place)


def _words_refused(request, update, form):
    if not form.is_stale:
        return _errors(form) if is_autosave(request) else _page(request, update, words=form, status=422)
    fresh = update_or_404(request, update.pk)
    stored = words_form(fresh)
    form.conflict = {"by": None, "at": fresh.saved_at, "differences": differences(form, stored)}
    if is_autosave(request):
        page = build_page(fresh, today=request.today, words=form)
        return render(request, "activities/_sheet_words.html", {"update": fresh, "page": page}, status=409)
    return _page(request, fresh, words=form, status=422)


@require_POST
def update_carry(request, pk):
    """Fill every empty line from the period before."""
    update = update_to_edit(request, pk)
    carried = carry_all(update, by=request.user, at=request.now, today=request.today)
    messages.success(request, _said(carried))
    return redirect("activities:sheet", update.pk)


def _said(carried):
    if not carried.lines and not carried.words:
        return _("Nothing was copied: every activity has something already, or nothing was reported before.")
    copied = ngettext(
        "Copied into %(n)s activity that was empty.", "Copied into %(n)s activities that were empty.", carried.lines
    )
    said = [copied % {"n": carried.lines} if carried.lines else _("No activity was empty any more.")]
    if carried.kept:
        said.append(
            ngettext("%(n)s activity was left as it is.", "%(n)s activities were left as they are.", carried.kept)
            % {"n": carried.kept}
        )
    if carried.words:
        said.append(_("The words of the update were copied, too."))
    said.append(_("Figures that add up were left blank: the period before has counted them."))
    return " ".join(said)


@require_http_methods(["GET", "POST"])
def update_nothing(request, pk):
    """Nothing to report this period: with a reason it is sent at once; or, `undo`, there is something after all."""
    if sent := _sent_already(request, pk):
        return sent
    update = update_to_edit(request, pk)
    if "undo" in request.POST:
        report_after_all(update, by=request.user, at=request.now)
        messages.success(request, _("Fill in the activities, then send the update."))
        return redirect("activities:sheet", update.pk)
    sheet = build_sheet(update)
    filled = sum(says_something(row) for row in sheet)
    form = NothingForm(posted(request), initial={"reason": update.nothing_reason}, filled=filled)
    if form.is_valid() and _sent_nothing(request, update, form):
        messages.success(request, SENT % {"period": update.period.title})
        return redirect("activities:updates")
    is_on_time = not update.agency.is_invited and request.today <= update.period.agency_due_on
    context = {"update": update, "form": form, "sheet": sheet, "is_on_time": is_on_time}
    return render(request, "activities/nothing_form.html", context, status=422 if form.is_bound else 200)


def _sent_nothing(request, update, form):
    """It has been sent; False, with a sentence on the form, where a colleague has filled in something meanwhile."""
    data = form.cleaned_data
    try:
        send_nothing(
            update,
            data["reason"],
            is_to_be_emptied=data.get("emptied", False),
            by=request.user,
            at=request.now,
        )
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True
