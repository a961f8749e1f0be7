"""The annex as a table: rows and group rows added, pasted, moved and removed in their place.

Every address answers a script with the part of the page that changed, and everybody else with a page.
"""

import re

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.access import require
from agencies.importing import converse, download
from agencies.refusals import says_why
from agencies.vietnamese import nfc
from plans.drafting import Gone, Overtaken, read_only
from plans.parties import Directory
from plans.permissions import can_edit_plan, can_view_plan

from ..models import ActivityGroup
from ..planning import drafting
from ..planning.annex import Heard, heard_read, read_time_of
from ..planning.exchange import ActivityImporter, workbook_name, write_annex
from ..planning.grouping import GroupForm
from ..planning.pasting import read_pasted
from ..products import describe_product, read_product
from .annex import STEPS, answer, number_of, plan_or_404, plan_to_edit, table

MOST_PASTED = 400_000  # characters
NOT_YOURS = gettext_lazy("This plan is a draft: its coordinator is still working on it.")


# The table


@require_safe
def grid(request, plan_pk):
    plan = plan_or_404(request, plan_pk)
    require(can_view_plan(request.user, plan), NOT_YOURS)
    return render(request, "activities/grid.html", table(request, plan))


# Adding and undoing


@says_why
@require_POST
def row_add(request, plan_pk):
    """A row with its title alone, at the end of a group; several lines are shown before they are added."""
    plan = plan_to_edit(request, plan_pk)
    title = nfc(request.POST.get("title", "").replace("\x00", "").strip())
    if "\n" in title or "\t" in title:
        return _preview(request, plan, title)
    if not title or len(title) > 1000:
        said = _("Write what is to be done.") if not title else _("A title has at most 1.000 characters.")
        if request.htmx:
            return JsonResponse({"sentence": said}, status=422)
        messages.error(request, said)
        return redirect("activities:grid", plan.pk)
    state = {"title": " ".join(title.split()), "group_id": _group(request, plan)}
    key = request.POST.get("key", "")[:40]
    [added] = drafting.add_activities(plan, [state], by=request.user, at=request.now, key=key)
    return answer(request, plan, row=added.pk, edit=True, said=_("Row %(number)s added.") % {"number": added.number})


def _group(request, plan):
    """The key of the group asked for; None where it is none of the plan's."""
    groups = ActivityGroup.objects.visible_to(request.user).filter(
        plan=plan, pk=number_of(request.POST.get("group", ""))
    )
    return groups.values_list("pk", flat=True).first()


@says_why
@require_POST
def undo(request, plan_pk):
    plan = plan_to_edit(request, plan_pk)
    try:
        act = drafting.undo(plan, by=request.user, at=request.now, edit=number_of(request.POST.get("edit", "")) or None)
    except (Overtaken, Gone):
        said, row_pk = _("Somebody else has changed it since: it cannot be undone."), None
    else:
        said, row_pk = (_("Undone."), act[0].row_id) if act else (_("There is nothing left to undo."), None)
    return answer(request, plan, row=row_pk, said=said)


# Pasting


@says_why
@require_http_methods(["GET", "POST"])
def paste(request, plan_pk):
    """Rows pasted from Word or Excel: shown with what was understood, then added."""
    plan = plan_to_edit(request, plan_pk)
    text = request.POST.get("text", "")[:MOST_PASTED]
    if request.method == "GET" or not text.strip():
        context = {"plan": plan, "pasted": None, "text": text, "groups": drafting.groups_of(plan)}
        return render(request, "activities/grid_paste.html", context)
    if "add" not in request.POST:
        return _preview(request, plan, text)
    pasted = read_pasted(text, plan, Directory(plan), _swaps(request))
    rows = [row for row in pasted.rows if row.values["title"]]
    added = drafting.add_pasted(plan, rows, _group(request, plan), by=request.user, at=request.now)
    said = ngettext("%(n)s row added.", "%(n)s rows added.", len(added)) % {"n": len(added)}
    return answer(request, plan, row=added[0].pk if added else None, said=said)


def _preview(request, plan, text):
    pasted = read_pasted(text, plan, Directory(plan), _swaps(request))
    context = {
        "plan": plan,
        "pasted": pasted,
        "text": text,
        "groups": drafting.groups_of(plan),
        "group_key": _group(request, plan),
        "swaps": request.POST.getlist("swap"),
        "first_number": plan.activities.count() + 1,
    }
    return render(request, "activities/_grid_pasted.html" if request.htmx else "activities/grid_paste.html", context)


def _swaps(request):
    """{ended agency: its successor} as the person chose."""
    pairs = [each.split(":") for each in request.POST.getlist("swap") if re.fullmatch(r"\d{1,18}:\d{1,18}", each)]
    return {int(old): int(new) for old, new in pairs}


# Group rows


@says_why
@require_POST
def group_add(request, plan_pk):
    plan = plan_to_edit(request, plan_pk)
    form = GroupForm({"title": request.POST.get("title", "")}, plan=plan)
    if not form.is_valid():
        said = " ".join(form.errors["title"])
        if request.htmx:
            return JsonResponse({"sentence": said}, status=422)
        messages.error(request, said)
        return redirect("activities:grid", plan.pk)
    drafting.add_group(plan, form.cleaned_data["title"], by=request.user, at=request.now)
    return answer(request, plan, said=_("Group added: %(title)s") % form.cleaned_data)


def _group_to_edit(request, pk):
    groups = ActivityGroup.objects.visible_to(request.user).select_related("plan__issuing_agency", "plan__amends")
    group = get_object_or_404(groups, pk=pk)
    require(can_edit_plan(request.user, group.plan), read_only(group.plan))
    return group


@says_why
@require_http_methods(["GET", "POST"])
def group(request, pk):
    """A group row: its title, its place, or gone (`act`)."""
    row = _group_to_edit(request, pk)
    act = request.POST.get("act", "")
    by = {"by": request.user, "at": request.now}
    if act in STEPS:
        drafting.move_group(row, STEPS[act], **by)
        return answer(request, row.plan, said=_("Group moved: %(title)s") % {"title": row.title})
    if act == "remove":
        drafting.remove_group(row, **by)
        return answer(request, row.plan, said=_("Group removed, its rows stay: %(title)s") % {"title": row.title})
    form = GroupForm(request.POST if request.method == "POST" else {"title": row.title}, plan=row.plan, group=row)
    if request.method == "POST" and form.is_valid():
        drafting.rename_group(row, form.cleaned_data["title"], **by)
        return answer(request, row.plan, said=_("Group renamed: %(title)s") % form.cleaned_data)
    template = "activities/_grid_group.html" if request.htmx else "activities/grid_group.html"
    return render(request, template, {"group": row, "plan": row.plan, "form": form})


# While one types


@require_safe
def heard(request, plan_pk):
    """What the words of a time or a product are taken for."""
    plan = plan_to_edit(request, plan_pk)
    if "product" in request.GET:
        words = request.GET["product"][:300]
        read = read_product(words)
        said = str(read.problem) or describe_product(read.quantity, read.unit)
        found = Heard(words, said if words.strip() else "", "" if read.has_number else "unk")
    else:
        words = request.GET.get("schedule_text", "")[:300].strip()
        found = heard_read(words, read_time_of(plan, words))
    return render(request, "activities/_heard.html", {"heard": found})


@require_safe
def parties(request, pk):
    """What the typed words (`q`) can mean: agencies, groups, or the words themselves."""
    plan = plan_to_edit(request, pk)
    found = Directory(plan).suggest(request.GET.get("q", ""))
    return render(request, "activities/_parties.html", {"found": found, "only": request.GET.get("only", "")})


# Excel


@require_safe
def plan_xlsx(request, pk):
    """The annex as a workbook; a draft's can be changed and brought back."""
    plan = plan_or_404(request, pk)
    require(can_view_plan(request.user, plan), NOT_YOURS)
    return download(write_annex(plan), f"{workbook_name(plan)}.xlsx")


@require_http_methods(["GET", "POST"])
def activity_import(request, plan_pk):
    """Rows from the person's own workbook: a preview, then all of them or none."""
    return converse(request, ActivityImporter(plan_to_edit(request, plan_pk)))
