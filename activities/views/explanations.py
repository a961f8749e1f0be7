"""Requests for explanations and their threads: asking, answering, concluding, and the lists of both sides."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.db.models import Case, IntegerField, Value, When
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.access import require
from agencies.models import Agency
from agencies.sending import NEVER_SEEN, posted, say_quicker
from plans.models import PlanStatus

from ..attachment_forms import AttachmentForm
from ..attachments import send_file
from ..explaining import OPEN, TRANSITIONS, ask, days_overdue, move, open_moves, read_thread, usual_day
from ..explanation_forms import AskForm, ConclusionForm, WithdrawForm, WordForm
from ..frame import chosen_period
from ..models import Activity, EvidenceKind, Explanation, ExplanationEvidence, ExplanationStatus
from ..obligations import load_duties
from ..permissions import can_ask_explanation, can_view_explanation, can_view_progress
from ..progress import standings

NOT_YOURS = gettext_lazy("A request for an explanation is read by the agency that was asked, and by those who ask.")
NOT_ASKING = gettext_lazy("Explanations are asked for by the leaders of the locality and by the plan's coordinator.")
PAGE = 50
SHOWN = {
    "asked": (ExplanationStatus.ASKED,),
    "answered": (ExplanationStatus.ANSWERED,),
    "closed": (ExplanationStatus.CONCLUDED, ExplanationStatus.WITHDRAWN),
}
SHOWN_LABELS = {
    "asked": gettext_lazy("Waiting for the answer"),
    "answered": gettext_lazy("Waiting for a conclusion"),
    "closed": gettext_lazy("Closed"),
}


def explanations_of(user):
    """Those the person reads: a focal point those that ask its own agency."""
    rows = Explanation.objects.visible_to(user).select_related("activity", "agency", "plan", "asked_by")
    return rows if can_view_progress(user) else rows.filter(agency__in=user.own_agency_ids)


@require_safe
def explanation_list(request):
    """What waits for the person first: an answer of the agency's, a conclusion of the others'."""
    mine = ExplanationStatus.ASKED if request.user.is_focal_point else ExplanationStatus.ANSWERED
    waits = Case(
        When(status=mine, then=Value(0)),
        When(status__in=OPEN, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    found = list(explanations_of(request.user).annotate(waits=waits).order_by("waits", "answer_by", "-asked_at", "-pk"))
    show = request.GET.get("show", "")
    tallies = [(name, SHOWN_LABELS[name], sum(each.status in SHOWN[name] for each in found)) for name in SHOWN]
    rows = [each for each in found if each.status in SHOWN[show]] if show in SHOWN else found
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "activities/explanation_list.html",
        {
            "page": page,
            "rows": [(each, days_overdue(each, request.today)) for each in page],
            "total": len(found),
            "tallies": tallies,
            "show": show if show in SHOWN else "",
            "waiting": sum(each.status == mine for each in found),
        },
    )


@require_http_methods(["GET", "POST"])
def explanation_ask(request, activity_pk):
    """Ask one of the agencies that lead the activity to explain it."""
    rows = Activity.objects.visible_to(request.user).select_related(
        "plan__issuing_agency", "plan__coordinating_agency", "plan__locality"
    )
    activity = get_object_or_404(rows, pk=activity_pk)
    require(can_ask_explanation(request.user, activity.plan), NOT_ASKING)
    require(activity.plan.status != PlanStatus.DRAFT, _("This plan is a draft: nobody has to explain it yet."))
    duties = load_duties([activity.plan_id])
    [standing] = standings(rows.filter(pk=activity.pk), duties, today=request.today)
    leading = [each.pk for each in duties.leads_on(activity, request.today)]
    leads = Agency.objects.visible_to(request.user).filter(pk__in=leading).order_by("name_sort", "pk")
    threads = list(explanations_of(request.user).filter(activity=activity))
    asked = [each for each in threads if each.status in OPEN]
    if request.method != "POST":
        leads = leads.exclude(pk__in=[each.agency_id for each in asked])
    initial = {"answer_by": usual_day(activity.plan.locality, request.today), **_named(request)}
    form = AskForm(posted(request), agencies=leads, initial=initial)
    if form.is_valid() and (explanation := _asked(request, form, activity, standing)):
        messages.success(request, _("%(agency)s has been asked to explain.") % {"agency": explanation.agency.name})
        return redirect(explanation)
    return render(
        request,
        "activities/explanation_ask.html",
        {
            "activity": activity,
            "standing": standing,
            "form": form,
            "has_leads": bool(leading),
            "asked": asked,
            "may_ask": form.is_bound or form.offers_somebody,
            "threads": threads,
        },
    )


def _named(request):
    """The agency that a link has named, as the form's beginning."""
    named = request.GET.get("agency", "")
    return {"agency": int(named)} if named.isdecimal() and len(named) < 10 else {}


def _asked(request, form, activity, standing):
    """The new request; None, with a sentence on the form, where it cannot be made."""
    data = form.cleaned_data
    try:
        with transaction.atomic():
            return ask(
                activity,
                data["agency"],
                by=request.user,
                at=request.now,
                subject=data["subject"],
                text=data["text"],
                answer_by=data["answer_by"],
                period=_period(request, activity),
                standing=standing,
            )
    except ValidationError as error:
        form.add_error(None, error)
    except IntegrityError:
        say_quicker(form)
    return None


def _period(request, activity):
    period = chosen_period(request)
    return period if period and period.plan_id == activity.plan_id else None


def _explanation_or_404(request, pk):
    rows = Explanation.objects.visible_to(request.user).select_related(
        "activity",
        "agency",
        "asked_by__agency__parent",
        "period",
        "plan__locality",
    )
    explanation = get_object_or_404(rows, pk=pk)
    require(can_view_explanation(request.user, explanation), NOT_YOURS)
    return explanation


@require_safe
def explanation_detail(request, pk):
    """The thread, what can be done now, and how it will print."""
    return _page(request, _explanation_or_404(request, pk))


FORMS = {"answer": WordForm, "ask_again": ConclusionForm, "conclude": ConclusionForm, "withdraw": WithdrawForm}
# Two steps are taken from one form.
FORM_OF = {"answer": "answer_form", "ask_again": "end_form", "conclude": "end_form", "withdraw": "withdraw_form"}


def _page(request, explanation, *, evidence=None, **bound):
    """`bound`: the form that was refused, under its name in FORM_OF."""
    moves = open_moves(request.user, explanation)
    first = {"version": explanation.version}
    again = {**first, "answer_by": _day_again(explanation, moves, request.today)}
    shown = {
        "answer_form": WordForm(initial=first),
        "end_form": ConclusionForm(initial=again),
        "withdraw_form": WithdrawForm(initial=first, prefix="withdraw"),
        **bound,
    }
    activity = Activity.objects.visible_to(request.user).filter(pk=explanation.activity_id)
    [standing] = standings(activity, load_duties([explanation.plan_id]), today=request.today)
    context = {
        "explanation": explanation,
        "thread": read_thread(explanation),
        "standing": standing,
        "moves": moves,
        "overdue": days_overdue(explanation, request.today),
        "evidence_form": evidence or AttachmentForm(today=request.today),
    }
    return render(request, "activities/explanation_detail.html", context | shown)


def _day_again(explanation, moves, today):
    return usual_day(explanation.plan.locality, today) if "ask_again" in moves else None


@require_POST
def explanation_move(request, pk, name):
    """Answer, ask again, conclude or withdraw."""
    explanation = _explanation_or_404(request, pk)
    if name not in TRANSITIONS:
        raise Http404
    form = FORMS[name](request.POST, prefix="withdraw" if name == "withdraw" else None)
    evidence = AttachmentForm(request.POST, request.FILES, today=request.today) if name == "answer" else None
    sound = form.is_valid() & (evidence is None or evidence.is_valid())
    if sound and _moved(request, explanation, name, form, evidence):
        messages.success(request, MOVED[name] % {"agency": explanation.agency.name})
        return redirect(explanation)
    explanation = _explanation_or_404(request, pk)
    form.data = form.data.copy()
    form.data[form.add_prefix("version")] = explanation.version  # the next try is made on what is shown now
    return _page(request, explanation, evidence=evidence, **{FORM_OF[name]: form})


MOVED = {
    "answer": gettext_lazy("The explanation has been sent."),
    "ask_again": gettext_lazy("Asked again: %(agency)s."),
    "conclude": gettext_lazy("Concluded: %(agency)s."),
    "withdraw": gettext_lazy("The request has been withdrawn."),
}


def _moved(request, explanation, name, form, evidence):
    """The step was taken; otherwise the form says why not."""
    data = form.cleaned_data
    try:
        move(
            explanation,
            name,
            by=request.user,
            at=request.now,
            text=data["text"],
            version=NEVER_SEEN if data["version"] is None else data["version"],
            answer_by=data.get("answer_by"),
            evidence=evidence,
        )
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


@require_safe
def explanation_evidence(request, pk):
    """A file that goes with an answer; a link leads back to its thread."""
    rows = ExplanationEvidence.objects.visible_to(request.user).select_related("message__explanation")
    item = get_object_or_404(rows, pk=pk)
    require(can_view_explanation(request.user, item.message.explanation), NOT_YOURS)
    if item.kind == EvidenceKind.LINK:
        return redirect(item.message.explanation)
    return send_file(item, request)
