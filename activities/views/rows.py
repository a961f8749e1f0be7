"""One activity of the annex: typed in the table, or on a page of its own, which is all a phone needs."""

import re
import secrets

from django.contrib import messages
from django.db import IntegrityError
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from agencies.refusals import is_autosave, says_why
from agencies.sending import posted
from plans.drafting import Overtaken, Stale
from plans.parties import Directory
from plans.workspace import saved_words

from ..forms import ActivityForm, RowForm
from ..planning import drafting
from ..planning.annex import heard_product, heard_read, heard_time, read_time_of, row_of
from ..planning.conflicts import differences, kept_mine, whole
from ..planning.history import earlier_of, history_of
from .annex import STEPS, activity_to_edit, answer, number_of, plan_to_edit, table, words

NUMBER_TAKEN = gettext_lazy("The plan already has an activity with this number.")

# In the table


@says_why
@require_http_methods(["GET", "POST"])
def row(request, pk):
    """A row of the table: as one reads it (`?read`), as one types it, and saved."""
    activity = activity_to_edit(request, pk)
    if request.method == "GET":
        return _read_row(request, activity) if "read" in request.GET else _edit_row(request, activity)
    if "revert" in request.POST:
        return _revert(request, activity)
    form = RowForm(request.POST, plan=activity.plan, user=request.user, activity=activity)
    if not form.is_valid():
        return _refused(request, activity, form)
    try:
        saved = _save(request, form, activity)
    except Stale as stale:
        return _edit_row(request, activity, form, stale=stale)
    except IntegrityError:
        form.add_error("number", NUMBER_TAKEN)
        return _refused(request, activity, form)
    if is_autosave(request):
        return _kept(request, saved, request.path)
    is_elsewhere = (saved.number, saved.position) != (activity.number, activity.position)
    if is_elsewhere or "resolve" in request.POST:
        return answer(request, saved.plan, row=saved.pk, said=_("Row %(number)s saved.") % {"number": saved.number})
    return _read_row(request, saved, said=_("Row %(number)s saved.") % {"number": saved.number})


def _edit_row(request, activity, form=None, stale=None):
    """The row as a form; where somebody saved it meanwhile with both versions, and 409 for a script."""
    directory = form.directory if form else Directory(activity.plan)
    form = form or RowForm(plan=activity.plan, user=request.user, activity=activity, directory=directory)
    context = {"activity": activity, "plan": activity.plan, "form": form, "opened": activity.version}
    context |= {"heard_time": heard_time(activity, activity.plan), "heard_product": heard_product(activity)}
    if form.is_bound:
        words = form["schedule_text"].value() or ""
        context["heard_time"] = heard_read(words, read_time_of(activity.plan, words))
        context["heard_product"] = None
    context |= _conflict(request, form, stale) if stale else {"conflict": None, "base": ""}
    return render(request, "activities/_grid_edit.html", context, status=409 if stale and is_autosave(request) else 200)


def _conflict(request, form, stale):
    """Both versions, for the page; the next save counts as made on the version that is there now."""
    theirs = drafting.state_of(stale.row)
    values = form.values()
    base = form.cleaned_data["version"]
    form.data = form.data.copy()
    form.data["version"] = str(stale.row.version)
    return {
        "conflict": {
            "by": stale.row.edited_by or _("somebody else"),
            "at": stale.row.edited_at,
            "differences": differences(values, _base(request, stale.row) or stale.base, theirs, form.directory),
        },
        "base": request.POST.get("base") or base or "",
        "opened": stale.row.version,
    }


def _save(request, form, activity):
    """Save what was typed, or settle a quarrel about it as the person chose; the activity to go on with."""
    values, plan = form.values(), activity.plan
    by = {"by": request.user, "at": request.now}
    way = request.POST.get("resolve", "")
    version = form.cleaned_data["version"] or 0
    if way not in ("mine", "theirs", "both"):
        return drafting.change_activity(activity, values, version=version, **by)
    base, theirs = _base(request, activity), drafting.state_of(activity)
    if way == "both":
        mine = whole(values, base, theirs) | {"number": ""}
        return drafting.add_activities(plan, [mine], after=activity.pk, **by)[0]
    if way == "theirs":
        drafting.keep_unused(activity, whole(values, base, theirs), **by)
        return activity
    return drafting.change_activity(activity, kept_mine(values, base, theirs), version=version, **by)


def _base(request, activity):
    """The state the person began with, where it is known."""
    base = request.POST.get("base", "")
    if not re.fullmatch(r"\d{1,9}", base):
        return None
    return drafting.state_at(activity.plan, drafting.PART, activity.pk, int(base))


def _kept(request, activity, action, status=200):
    """To a script that saved while somebody types: the version that is there now, and where it goes on saving."""
    saved = saved_words(request.now, request.today)
    return JsonResponse({"version": activity.version, "saved": saved, "action": action}, status=status)


def _refused(request, activity, form):
    if is_autosave(request):
        return _errors(form)
    return _edit_row(request, activity, form)


def _errors(form):
    errors = {name if name in form.fields else "": " ".join(texts) for name, texts in form.errors.items()}
    return JsonResponse({"errors": errors}, status=422)


def _read_row(request, activity, said=""):
    context = {"row": row_of(activity, activity.plan, Directory(activity.plan)), "can_edit": True, "said": said}
    if said:
        response = render(request, "activities/_grid_row_answer.html", table(request, activity.plan) | context)
        return trigger_client_event(response, "grid:focus", {"row": activity.pk, "edit": False}, after="settle")
    return render(request, "activities/_grid_row.html", words() | context)


def _revert(request, activity):
    """Take back what was saved of the row while it was open, unless somebody else wrote on it as well."""
    said = _("Changes dropped.")
    try:
        drafting.revert_activity(activity, number_of(request.POST["revert"]), by=request.user, at=request.now)
    except Overtaken:
        said = NUMBER_TAKEN
    return _read_row(request, activity_to_edit(request, activity.pk), said=said)


@says_why
@require_POST
def row_move(request, pk):
    activity = activity_to_edit(request, pk)
    step = STEPS.get(request.POST.get("way", ""), 0)
    moved = drafting.move_activity(activity, step, by=request.user, at=request.now) if step else activity
    group = moved.group.title if moved.group else _("no group")
    said = _("Row %(number)s, in: %(group)s") % {"number": moved.number, "group": group}
    return answer(request, activity.plan, row=activity.pk, said=said)


@says_why
@require_POST
def row_remove(request, pk):
    activity = activity_to_edit(request, pk)
    drafting.remove_activities(activity.plan, [activity.pk], by=request.user, at=request.now)
    return answer(request, activity.plan, said=_("Removed: %(title)s") % {"title": activity.title[:120]})


# On its own page


@says_why
@require_http_methods(["GET", "POST"])
def activity_add(request, plan_pk):
    """An empty row; saved in the background while one types, it goes on as the page of the row."""
    plan = plan_to_edit(request, plan_pk)
    group = number_of(request.GET.get("group", "")) or None
    form = ActivityForm(posted(request), plan=plan, user=request.user, initial={"group": group})
    key = request.POST.get("key", "")[:40] or secrets.token_hex(8)
    if not form.is_valid():
        return _form_refused(request, {"plan": plan, "form": form, "key": key})
    try:
        [added] = drafting.add_activities(plan, [form.values()], by=request.user, at=request.now, key=key)
    except IntegrityError:
        form.add_error("number", NUMBER_TAKEN)
        return _form_refused(request, {"plan": plan, "form": form, "key": key})
    if is_autosave(request):
        return _kept(request, added, reverse("activities:edit", args=[added.pk]), status=201)
    messages.success(request, _("Activity added."))
    return _leave(request, added)


@says_why
@require_http_methods(["GET", "POST"])
def activity_edit(request, pk):
    activity = activity_to_edit(request, pk)
    form = ActivityForm(posted(request), plan=activity.plan, user=request.user, activity=activity)
    if not form.is_valid():
        return _form_refused(request, _page_of(activity, form))
    try:
        saved = _save(request, form, activity)
    except Stale as stale:
        return _form_page(request, _page_of(activity, form) | _conflict(request, form, stale), is_conflict=True)
    except IntegrityError:
        form.add_error("number", NUMBER_TAKEN)
        return _form_refused(request, _page_of(activity, form))
    if is_autosave(request):
        return _kept(request, saved, request.path)
    messages.success(request, _("Activity saved."))
    return _leave(request, saved)


def _leave(request, activity):
    """To the row after it, to an empty one, or back to the table, as the button said."""
    beside = drafting.neighbours(activity)
    if request.POST.get("go") == "next" and beside[1]:
        return redirect("activities:edit", beside[1].pk)
    if request.POST.get("go") == "add":
        group = f"?group={activity.group_id}" if activity.group_id else ""
        return redirect(f"{reverse('activities:add', args=[activity.plan_id])}{group}")
    return answer(request, activity.plan, row=activity.pk)


def _page_of(activity, form):
    before, after = drafting.neighbours(activity)
    return {
        "plan": activity.plan,
        "activity": activity,
        "form": form,
        "row": row_of(activity, activity.plan, form.directory),
        "before": before,
        "after": after,
        "history": history_of(activity),
        "earlier": earlier_of(activity),
    }


def _form_refused(request, context):
    if is_autosave(request):
        return _errors(context["form"])
    return _form_page(request, context)


def _form_page(request, context, *, is_conflict=False):
    """The page; for a script that met somebody else's version only the form, with both versions."""
    context = {"activity": None, "conflict": None, "base": "", "key": ""} | context
    if is_conflict and is_autosave(request):
        return render(request, "activities/_activity_fields.html", context, status=409)
    return render(request, "activities/activity_form.html", context)
