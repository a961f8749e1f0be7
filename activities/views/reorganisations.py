"""Reorganisations of a locality's agencies: the list with the ready-made set, the four steps, one page, calling off.

The steps keep what was typed in the address; nothing is written before the last one is confirmed.
"""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.access import require
from agencies.models import Reorganisation, ReorganisationStatus
from agencies.permissions import can_manage_agencies
from agencies.ready_made import offer, offers, read_set
from agencies.scheduling import Change, call_off, can_be_called_off

from ..frame import periods_of
from ..reorganisation_forms import ConfirmForm, DecisionForm, ReadySetForm, UnitsForm
from ..reorganisation_preview import plans_naming, preview
from ..reorganising import confirm

ONLY_ADMINISTRATORS = gettext_lazy("Reorganisations are entered by the administrator of the locality.")
FIRST, UNITS, MOVES = 1, 2, 3


@require_safe
def reorganisation_list(request):
    require(can_manage_agencies(request.user), ONLY_ADMINISTRATORS)
    return _list(request)


def _list(request, form=None, status=200):
    entered = list(
        Reorganisation.objects.visible_to(request.user)
        .prefetch_related("successions__predecessor", "successions__successor")
        .order_by("-effective_on", "-pk")
    )
    found = offers(request.user.agency.locality)
    plans = plans_naming([agency for each in found for agency in each.agencies])
    context = {
        "scheduled": [_line(each) for each in entered if each.status == ReorganisationStatus.SCHEDULED],
        "past": [_line(each) for each in entered if each.status != ReorganisationStatus.SCHEDULED],
        "set_title": read_set()["title"],
        "offers": [
            (each, len(set().union(*(plans[agency.pk] for agency in each.agencies))))
            for each in found
            if each.change or each.entered
        ],
        "elsewhere": sum(not (each.change or each.entered) for each in found),
        "ready": sum(each.is_ready for each in found),
        "form": form or ReadySetForm(offers=found),
    }
    return render(request, "agencies/reorganisation_list.html", context, status=status)


def _line(reorganisation):
    """(reorganisation, agencies before, agencies after), once each and in order."""
    rows = reorganisation.successions.all()
    before = {row.predecessor_id: row.predecessor for row in rows}
    after = {row.successor_id: row.successor for row in rows if row.successor_id}
    return reorganisation, list(before.values()), list(after.values())


@require_POST
def reorganisation_set(request):
    """Take over the ticked changes of the ready-made set: all of them, or none."""
    require(can_manage_agencies(request.user), ONLY_ADMINISTRATORS)
    locality = request.user.agency.locality
    form = ReadySetForm(request.POST, offers=offers(locality))
    if not form.is_valid():
        return _list(request, form, status=422)
    try:
        with transaction.atomic():
            for key in form.cleaned_data["changes"]:
                _take_over(request, key, form.cleaned_data["decision_number"])
    except ValidationError as error:
        form.add_error("changes", error.messages)
        return _list(request, form, status=422)
    number = len(form.cleaned_data["changes"])
    done = ngettext("%(n)s change has been taken over.", "%(n)s changes have been taken over.", number)
    messages.success(request, done % {"n": number})
    return redirect("agencies:reorganisations")


def _take_over(request, key, decision_number):
    locality = request.user.agency.locality
    change = offer(locality, key).change.decided(decision_number)
    confirm(change, locality=locality, by=request.user, today=request.today, at=request.now)


@require_http_methods(["GET", "POST"])
def reorganise(request):
    """A new one: 1 the decision, 2 the agencies, 3 what moves, 4 confirming."""
    require(can_manage_agencies(request.user), ONLY_ADMINISTRATORS)
    data = request.POST or request.GET
    asked = MOVES if request.method == "POST" else _step(data)
    decision = DecisionForm(data) if asked > FIRST else DecisionForm(initial=data.dict())
    if asked == FIRST or not decision.is_valid():
        return _page(request, FIRST, decision)
    is_checked = asked > UNITS
    kept = {name: data.getlist(name) for name in data}
    units = UnitsForm(
        data if is_checked else None, decision=decision.cleaned_data, user=request.user, initial=_single(kept)
    )
    if not is_checked or not units.is_valid():
        return _page(request, UNITS, decision, units)
    agreed = ConfirmForm(request.POST or None, decision=decision.cleaned_data)
    if agreed.is_valid():
        return _confirmed(request, decision, units)
    return _page(request, MOVES, decision, units, agreed)


def _step(data):
    return {"2": UNITS, "3": MOVES}.get(data.get("step"), FIRST)


def _single(kept):
    """What was typed before, to fill the fields with: lists only where a field takes several."""
    return {name: values if name == "predecessors" else values[-1] for name, values in kept.items() if values}


def _page(request, step, decision, units=None, agreed=None):
    typed, shown = _typed(request), {FIRST: DecisionForm.base_fields, UNITS: UnitsForm.base_fields}.get(step, ())
    context = {"step": step, "decision": decision, "units": units, "agreed": agreed, "typed": typed}
    context["kept"] = [(name, value) for name, value in typed if name not in shown]
    if step == MOVES:
        context["change"] = units.change
        context["preview"] = _preview(request, units.change)
    refused = (decision.is_bound and decision.errors) or (units and units.errors) or (agreed and agreed.errors)
    return render(request, "agencies/reorganise.html", context, status=422 if refused else 200)


def _preview(request, change):
    locality, periods = request.user.agency.locality, periods_of(request)
    return preview(change, locality=locality, periods=periods, today=request.today)


def _typed(request):
    """(name, value) pairs of what was typed so far, sent along hidden."""
    data = request.POST or request.GET
    known = {*DecisionForm.base_fields, *UnitsForm.base_fields}
    return [(name, value) for name in data if name in known for value in data.getlist(name)]


def _confirmed(request, decision, units):
    try:
        reorganisation = confirm(
            units.change, locality=request.user.agency.locality, by=request.user, today=request.today, at=request.now
        )
    except ValidationError as error:
        for sentence in error.messages:
            units.add_error(None, sentence)
        return _page(request, UNITS, decision, units)
    if reorganisation.status == ReorganisationStatus.APPLIED:
        messages.success(request, _("The reorganisation has been carried out."))
    else:
        day = f"{reorganisation.effective_on:%d/%m/%Y}"
        messages.success(request, _("Scheduled: it will be carried out on %(day)s.") % {"day": day})
    return redirect("agencies:reorganisation", reorganisation.pk)


def _reorganisation_or_404(request, pk):
    found = get_object_or_404(Reorganisation.objects.visible_to(request.user).select_related("locality"), pk=pk)
    require(can_manage_agencies(request.user), ONLY_ADMINISTRATORS)
    return found


@require_safe
def reorganisation_detail(request, pk):
    reorganisation = _reorganisation_or_404(request, pk)
    change = Change.of(reorganisation)
    is_ahead = reorganisation.status == ReorganisationStatus.SCHEDULED
    return render(
        request,
        "agencies/reorganisation_detail.html",
        {
            "reorganisation": reorganisation,
            "change": change,
            "preview": _preview(request, change) if is_ahead else None,
            "can_call_off": can_be_called_off(reorganisation, request.today),
        },
    )


@require_POST
def reorganisation_call_off(request, pk):
    reorganisation = _reorganisation_or_404(request, pk)
    if call_off(reorganisation, today=request.today):
        messages.success(request, _("The reorganisation has been called off. Nothing has changed."))
    else:
        messages.error(request, _("It can no longer be called off. Enter a new reorganisation instead."))
    return redirect("agencies:reorganisation", reorganisation.pk)
