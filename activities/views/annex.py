"""What the pages of the annex share: whose plan and row it is, the table as it now is, and how a change is answered."""

import re
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext
from django_htmx.http import reswap, retarget, trigger_client_event

from agencies.access import require
from plans.drafting import read_only
from plans.models import Plan, RowAction, RowEdit
from plans.parties import Directory
from plans.permissions import can_edit_plan

from ..models import Activity
from ..planning import drafting
from ..planning.annex import count_sentence, mend_sentence, read_annex
from ..planning.narrowing import AnnexFilter

STEPS = {"up": -1, "down": 1}


def plan_or_404(request, pk):
    plans = Plan.objects.visible_to(request.user).select_related("issuing_agency", "coordinating_agency", "amends")
    return get_object_or_404(plans, pk=pk)


def plan_to_edit(request, pk):
    plan = plan_or_404(request, pk)
    require(can_edit_plan(request.user, plan), read_only(plan))
    return plan


def activity_to_edit(request, pk):
    """The activity with all that a row shows."""
    rows = Activity.objects.visible_to(request.user).prefetch_related("channels", "themes", "assignments")
    activity = get_object_or_404(
        rows.select_related("plan__issuing_agency", "plan__coordinating_agency", "plan__amends"), pk=pk
    )
    require(can_edit_plan(request.user, activity.plan), read_only(activity.plan))
    return activity


def table(request, plan):
    """What the table and the bar below it show, narrowed as the page in the browser is."""
    directory = Directory(plan)
    whole_annex = read_annex(plan, directory)
    narrowing = AnnexFilter(_asked(request), whole_annex)
    can_edit = can_edit_plan(request.user, plan)
    said, more = mend_sentence(whole_annex) if can_edit else ([], 0)
    return {
        "plan": plan,
        "annex": whole_annex,
        "shown": whole_annex.only(narrowing.wants) if narrowing.is_narrowed else whole_annex,
        "filter": narrowing,
        "is_filtered": narrowing.is_narrowed,
        "can_edit": can_edit,
        "counted": count_sentence(whole_annex),
        "mend_said": said,
        "mend_more": more,
        "mend_count": len(whole_annex.to_mend) if can_edit else 0,
        "last_group": whole_annex.groups[-1] if whole_annex.groups else None,
        **words(),
        **(_bar(request, plan) if can_edit else {"act": [], "undo_label": "", "saved": None}),
    }


def words():
    """What stands before the facts of a row on a phone; said once, not once a row."""
    return {
        "k_lead": _("Lead"),
        "k_cooperating": _("Cooperating"),
        "k_time": _("Time"),
        "k_product": _("Product"),
        "assign": _("Assign a lead"),
    }


def _bar(request, plan):
    act = drafting.last_act_of(plan, request.user)
    edits = RowEdit.objects.visible_to(request.user).filter(plan=plan, part__in=(drafting.PART, drafting.GROUPS))
    saved = edits.order_by("-pk").defer("before", "after").first()
    return {"act": act, "undo_label": undo_label(act), "saved": saved}


def _asked(request):
    """The query of the page that is open, which is not that of a script's request."""
    return QueryDict(urlsplit(request.htmx.current_url or "").query) if request.htmx else request.GET


UNDO = {
    RowAction.ADD: lambda name: _("Undo adding %(row)s") % {"row": name},
    RowAction.CHANGE: lambda name: _("Undo changing %(row)s") % {"row": name},
    RowAction.REMOVE: lambda name: _("Undo removing %(row)s") % {"row": name},
    RowAction.MOVE: lambda name: _("Undo moving %(row)s") % {"row": name},
}


def undo_label(act):
    """ "Undo changing row 9"; "" where there is nothing to undo."""
    if not act:
        return ""
    state = act[0].after or act[0].before
    rows = len({edit.row_id for edit in act})
    if rows > 1:
        name = ngettext("%(n)s row", "%(n)s rows", rows) % {"n": rows}
    elif act[0].part == drafting.GROUPS:
        name = _("group “%(title)s”") % {"title": state["title"][:40]}
    else:
        name = _("row %(number)s") % {"number": state["number"]}
    return UNDO[act[0].action](name)


def answer(request, plan, *, row=None, edit=False, said=""):
    """After a change of the table: the table anew for a script, which puts the focus on `row`; else the page again."""
    if not request.htmx:
        if said:
            messages.success(request, said)
        anchor = f"#activity-{row}" if row else ""
        return redirect(f"{reverse('activities:grid', args=[plan.pk])}{anchor}")
    response = render(request, "activities/_grid_answer.html", table(request, plan) | {"said": said})
    response = reswap(retarget(response, "#annex"), "outerHTML")
    return trigger_client_event(response, "grid:focus", {"row": row, "edit": edit}, after="settle")


def number_of(text):
    """A key as a browser sent it; 0, which is nobody's, for anything else."""
    return int(text) if re.fullmatch(r"\d{1,18}", text) else 0
