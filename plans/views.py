"""The rows of a plan's parts as people write them."""

import re
from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import RestrictedError
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.access import require
from agencies.refusals import is_autosave
from agencies.sending import QUICKER, say_quicker

from .changes import history, two_versions, typed_fields
from .drafting import (
    Gone,
    Overtaken,
    Stale,
    add_row,
    add_rows,
    added_with,
    change_row,
    keep_unused,
    move_row,
    place_among_siblings,
    read_only,
    removal_of,
    remove_row,
    rows_in_order,
    undo,
)
from .forms import PARTS
from .models import Plan
from .pasting import pasted_rows, read_paste
from .permissions import can_edit_plan, is_drafter_of
from .workspace import TITLES, opened, place_in, row_form, saved_words, section_of

# Rows of a part: every writing view answers three kinds of browser, see `_shown`


def says_why(view):
    """A refusal keeps what was typed: on the screen, or, without scripts, on a page that gives it back."""

    @wraps(view)
    def said(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except PermissionDenied as refusal:
            typed = request.POST.get("text") or request.POST.get("lines")
            if is_autosave(request) or request.htmx:
                return JsonResponse({"sentence": str(refusal)}, status=403)
            if not typed:
                raise
            context = {"sentence": str(refusal), "typed": typed, "pk": kwargs["pk"]}
            return render(request, "plans/part_refused.html", context, status=403)

    return said


def _plan_to_write(request, pk):
    plan = get_object_or_404(Plan.objects.visible_to(request.user).select_related("issuing_agency"), pk=pk)
    require(can_edit_plan(request.user, plan), read_only(plan))
    return plan


def _row(request, plan, part, row_pk):
    return PARTS[part][0].objects.visible_to(request.user).filter(plan=plan, pk=row_pk).first()


def _whole(text):
    """A whole number of a form's hidden field; 0 for anything else."""
    return int(text) if re.fullmatch(r"\d{1,9}", text or "") else 0


def opened_at(request, plan, part):
    """Where the query string opens a part: at a row, at a new one, or nowhere; a row that is gone opens nothing."""
    if part not in PARTS:
        return {}
    return {"row": _row(request, plan, part, _whole(request.GET.get("row"))), "new": request.GET.get("new", "")}


def show_part(request, plan, part, *, status=200, **more):
    """A part open for writing: its section for htmx, a page of its own without it."""
    section = section_of(plan, part, request.today)
    context = {"plan": plan, "section": section, "opened": opened(request.user, plan, section, **more)}
    if not request.htmx:
        return render(request, "plans/part_form.html", context, status=status)
    row, new = more.get("row"), more.get("new", "")
    return _section(request, context, place_in(plan, part, row=row.pk if row else None, new=new))


def close_part(request, plan):
    """The section of the part named by `?done=`, read again."""
    part = request.GET.get("done")
    if part not in PARTS:
        raise Http404
    context = {"plan": plan, "section": section_of(plan, part, request.today)}
    return _section(request, context, reverse("plans:edit", args=[plan.pk]))


def _section(request, context, address):
    """A section for htmx; the address bar follows, so that the page can be loaded again at this place."""
    response = render(request, "plans/_part.html", context)
    response["HX-Replace-Url"] = address
    return response


def _shown(request, plan, part, *, row=None, new=""):
    """After a write: the section with its next row open (htmx), or the workspace at that place."""
    if not request.htmx:
        return redirect(place_in(plan, part, row=row.pk if row else None, new=new))
    response = show_part(request, plan, part, row=row, new=new)
    response["HX-Trigger"] = "rows-changed"
    return response


@require_POST
@says_why
def part_add(request, pk, part):
    plan = _plan_to_write(request, pk)
    key, after = re.sub(r"\W", "", request.POST.get("key", ""))[:40], _whole(request.GET.get("after"))
    if row := added_with(plan, part, key):
        return _change(request, plan, part, row, version=row.version)
    form = row_form(request.user, plan, part, data=request.POST)
    if form.is_valid() and (row := _written(form, add_row, part, request, after=after, key=key)):
        return _after_save(request, plan, part, row)
    return _not_saved(request, plan, part, form, new=str(after), key=key)


@require_POST
@says_why
def part_edit(request, pk, part, row_pk):
    plan, then = _plan_to_write(request, pk), request.POST.get("then", "")
    row = _row(request, plan, part, row_pk)
    if row is None:
        return _gone(request, plan, part, removal_of(plan, part, row_pk))
    if then == "remove":
        return _remove(request, plan, part, row.pk)
    if then == "theirs":
        return _take_theirs(request, plan, part, row)
    if then == "both":
        return _keep_both(request, plan, part, row)
    return _change(request, plan, part, row, version=_whole(request.POST.get("version")))


def _change(request, plan, part, row, *, version):
    form = row_form(request.user, plan, part, data=request.POST, row=row)
    try:
        if form.is_valid() and (changed := _written(form, change_row, part, request, version=version)):
            return _after_save(request, plan, part, changed)
    except Stale as stale:
        return _answer_in_row(request, plan, part, "conflict", two_versions(part, stale, request.POST))
    except Gone as gone:
        return _gone(request, plan, part, gone.edit)
    return _not_saved(request, plan, part, form, row=row, version=version)


def _take_theirs(request, plan, part, row):
    form = row_form(request.user, plan, part, data=request.POST, row=row)
    if form.is_valid():
        keep_unused(form, part, by=request.user, at=request.now)
    return _shown(request, plan, part)


def _keep_both(request, plan, part, row):
    form = row_form(request.user, plan, part, data=request.POST)
    if form.is_valid() and (added := _written(form, add_row, part, request, after=row.pk)):
        return _after_save(request, plan, part, added)
    return _not_saved(request, plan, part, form, new=str(row.pk))


def _written(form, write, part, request, **more):
    """The row after `write`; None, with a sentence on the form, when somebody was a moment quicker."""
    try:
        with transaction.atomic():
            return write(form, part, by=request.user, at=request.now, **more)
    except IntegrityError:
        say_quicker(form)
        return None


def _after_save(request, plan, part, row):
    if is_autosave(request):
        action = reverse("plans:part_edit", args=[plan.pk, part, row.pk])
        words = saved_words(request.now, request.today)
        return JsonResponse({"version": row.version, "saved": words, "action": action})
    then = request.POST.get("then", "")
    if then in ("up", "down"):
        rows = rows_in_order(type(row), plan)
        to = max(place_among_siblings(rows, row) + (1 if then == "down" else -1), 1)
        return _shown(request, plan, part, row=move_row(plan, part, row.pk, to, by=request.user, at=request.now))
    return _shown(request, plan, part, new=str(row.pk) if then == "new" else "")


def _not_saved(request, plan, part, form, **more):
    if not is_autosave(request):
        return show_part(request, plan, part, form=form, **more)
    errors = {"" if name == "__all__" else name: " ".join(words) for name, words in form.errors.items()}
    return JsonResponse({"errors": errors}, status=422)


def _gone(request, plan, part, removal):
    if removal is None:
        raise Http404
    return _answer_in_row(request, plan, part, "gone", {"edit": removal, "typed": typed_fields(request.POST)})


def _answer_in_row(request, plan, part, kind, context):
    if is_autosave(request):
        context = {"plan": plan, "part": part, kind: context}
        return render(request, f"plans/_part_{kind}.html", context, status=409)
    return show_part(request, plan, part, status=409, **{kind: context})


@require_POST
@says_why
def part_remove(request, pk, part, row_pk):
    return _remove(request, _plan_to_write(request, pk), part, row_pk)


def _remove(request, plan, part, row_pk):
    try:
        remove_row(plan, part, row_pk, by=request.user, at=request.now)
    except RestrictedError:
        messages.error(request, _("This theme has sub-themes: remove or move them first."))
    except Gone as gone:
        _require_trace(gone)
    return _shown(request, plan, part)


def _require_trace(gone):
    """The row is gone, but it was there; what never was is not found."""
    if gone.edit is None:
        raise Http404


@require_POST
@says_why
def part_move(request, pk, part, row_pk):
    plan = _plan_to_write(request, pk)
    try:
        move_row(plan, part, row_pk, _whole(request.POST.get("to")), by=request.user, at=request.now)
    except Gone as gone:
        _require_trace(gone)
    return _shown(request, plan, part)


@require_POST
@says_why
def part_undo(request, pk, part):
    plan = _plan_to_write(request, pk)
    try:
        undo(plan, part, by=request.user, at=request.now, edit=_whole(request.POST.get("edit")))
    except Overtaken:
        messages.error(request, _("Somebody else changed this row since; undoing would lose their words."))
    return _shown(request, plan, part)


@require_POST
@says_why
def part_paste(request, pk, part):
    """Pasted rows: read and shown first (`then` is not "add"), then added."""
    plan = _plan_to_write(request, pk)
    paste = read_paste(request.POST, section_of(plan, part, request.today))
    if request.POST.get("then") == "add" and paste["new"]:
        try:
            add_rows(plan, part, pasted_rows(part, paste), by=request.user, at=request.now)
        except IntegrityError:
            messages.error(request, QUICKER)
        return _shown(request, plan, part)
    if request.htmx and request.POST.get("then") == "look":
        return render(request, "plans/_part_understood.html", {"plan": plan, "part": part, "paste": paste})
    return show_part(request, plan, part, paste=paste)


@require_safe
def part_history(request, pk, part, row_pk):
    """What was done to one row, the latest first, for those who draft the plan."""
    plan = get_object_or_404(Plan.objects.visible_to(request.user), pk=pk)
    require(is_drafter_of(request.user, plan), read_only(plan))
    steps = history(plan, part, row_pk)
    if not steps and _row(request, plan, part, row_pk) is None:
        raise Http404
    context = {"plan": plan, "part": part, "title": TITLES[part], "steps": steps, "row_key": str(row_pk)}
    return render(request, "plans/part_history.html", context)
