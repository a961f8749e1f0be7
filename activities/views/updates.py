"""An agency's updates: what is to be done, the sheet, its lines, the steps; and the coordinator's review."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.access import require
from agencies.models import Agency
from agencies.sending import posted
from plans.models import Plan, PlanStatus

from ..forms import EvidenceForm, ProgressForm, ReturnForm, WordsForm
from ..frame import chosen_period, reads_todays_names
from ..models import QuarterlyUpdate, ReportingPeriod, Status
from ..my_work import build_work
from ..obligations import load_duties, reporting_agencies
from ..permissions import can_edit_update, can_review_update, can_view_progress, can_view_update, is_own_update
from ..saving import SENT, save_line, save_words
from ..sheet import build_sheet
from ..submissions import (
    SHOWN_LABELS,
    by_todays_names,
    names_differ,
    only,
    submission_of,
    submissions_of,
    waiting_for_review,
    with_filled,
)
from ..workflow import TRANSITIONS, move, open_moves

NOT_YOURS = gettext_lazy(
    "An agency's update is seen by the agency itself, and by the coordinator and leaders once it is sent."
)


@require_safe
def update_list(request):
    """What is mine to do, or who has sent what: by role."""
    return _submissions(request) if can_view_progress(request.user) else _my_work(request)


def _my_work(request):
    plans = Plan.objects.visible_to(request.user).exclude(status=PlanStatus.DRAFT)
    work = build_work(request.user.agency, plans, today=request.today, own=request.user.own_agency_ids)
    return render(request, "activities/my_work.html", {"work": work})


def _submissions(request):
    period = chosen_period(request)
    duties = load_duties([period.plan_id]) if period else None
    rows = submissions_of([period], duties, today=request.today)[period] if period else []
    differ = names_differ(rows, duties.successors) if period else False
    todays_names = bool(period) and reads_todays_names(request, period)
    if differ and todays_names:
        rows = by_todays_names(rows, duties.successors)
    show = request.GET.get("show", "")
    tallies = [(name, label, len(only(rows, name))) for name, label in SHOWN_LABELS.items() if name in TALLIED]
    return render(
        request,
        "activities/update_list.html",
        {
            "period": period,
            "rows": only(rows, show),
            "show": show if show in SHOWN_LABELS else "",
            "show_label": SHOWN_LABELS.get(show, ""),
            "total": len(rows),
            "tallies": [tally for tally in tallies if tally[2]],
            "queue": waiting_for_review(QuarterlyUpdate.objects.visible_to(request.user), today=request.today),
            "sent": len(only(rows, "sent")),
            "returned": len(only(rows, "returned")),
            "approved": len(only(rows, "approved")),
            "names_differ": differ,
            "todays_names": todays_names,
        },
    )


TALLIED = ("missing", "late", "pending", "on_time", "returned", "waiting", "approved")


@require_POST
def update_start(request, period_pk):
    """Begin the agency's update of a period; where there is one already, go to it."""
    period = get_object_or_404(ReportingPeriod.objects.visible_to(request.user).select_related("plan"), pk=period_pk)
    user = request.user
    require(user.is_focal_point, _("Only the focal point of an agency reports for it."))
    in_force = period.plan.status != PlanStatus.DRAFT
    require(in_force and period.starts_on <= request.today, _("This period has not begun."))
    agency = _own_agency(request)
    reporting = reporting_agencies(period, load_duties([period.plan_id]))
    require(agency in reporting, _("Your agency leads no activity of this plan in this period."))
    try:
        with transaction.atomic():
            update = QuarterlyUpdate.objects.create(agency=agency, period=period)
    except IntegrityError:
        update = QuarterlyUpdate.objects.visible_to(user).get(agency=agency, period=period)
        messages.info(request, _("Your agency already has an update for this period; here it is."))
        return redirect(update)
    return _first_line(update)


def _own_agency(request):
    """The agency to report for: one's own, or the one named, where one's own carries on for it."""
    named = request.POST.get("agency", "")
    if not named.isdecimal() or int(named) == request.user.agency_id:
        return request.user.agency
    return get_object_or_404(Agency.objects.visible_to(request.user), pk=int(named), pk__in=request.user.own_agency_ids)


def _first_line(update):
    row = next(iter(build_sheet(update)), None)
    return redirect("activities:progress", update.pk, row.activity.pk) if row else redirect(update)


def _update_or_404(request, pk):
    updates = QuarterlyUpdate.objects.visible_to(request.user).select_related(
        "agency", "period__plan__issuing_agency", "period__plan__coordinating_agency"
    )
    return get_object_or_404(with_filled(updates), pk=pk)


@require_safe
def update_detail(request, pk):
    """The whole update: to check before sending, to review, to read again."""
    update = _update_or_404(request, pk)
    require(can_view_update(request.user, update), NOT_YOURS)
    return render(request, "activities/update_detail.html", _review_context(request, update, ReturnForm()))


NEVER_SEEN = -1  # the version of a page that does not say which one it showed: no update has it


def _review_context(request, update, return_form):
    """While the agency corrects a returned update the others read what was sent, in its rounds, not the corrections."""
    is_being_corrected = update.status == Status.RETURNED and not is_own_update(request.user, update)
    sheet = [] if is_being_corrected else build_sheet(update)
    return {
        "update": update,
        "is_being_corrected": is_being_corrected,
        "sheet": sheet,
        "missing": [(row, sentence) for row in sheet for _field, sentence in row.missing],
        "complete": sum(row.is_complete for row in sheet),
        "submission": submission_of(update.period, update.agency, update, expected=update.filled, today=request.today),
        "events": (events := list(update.events.all())),
        "last_return": next((each for each in reversed(events) if each.move == "return"), None)
        if update.status == Status.RETURNED
        else None,
        "moves": open_moves(request.user, update),
        "can_edit": can_edit_update(request.user, update),
        "can_review": can_review_update(request.user, update),
        "return_form": return_form,
    }


@require_http_methods(["GET", "POST"])
def update_move(request, pk, name):
    """Take the update one step: submit, return, approve. Opened as a page, it leads to the update."""
    update = _update_or_404(request, pk)
    require(can_view_update(request.user, update), NOT_YOURS)
    if name not in TRANSITIONS:
        raise Http404
    if request.method == "GET":
        return redirect(update)
    version = request.POST.get("version", "")
    typed = ReturnForm(request.POST)
    typed.is_valid()  # a reason that is not sound counts as none
    try:
        move(
            update,
            name,
            by=request.user,
            at=request.now,
            reason=typed.cleaned_data.get("reason", ""),
            version=int(version[:9]) if version.isdecimal() else NEVER_SEEN,
        )
    except ValidationError as error:
        return _not_moved(request, update, name, error)
    messages.success(request, MOVED[name] % {"agency": update.agency.name, "period": update.period.title})
    return _after_move(request, name)


MOVED = {
    "submit": gettext_lazy("The update for %(period)s has been sent."),
    "return": gettext_lazy("Returned to %(agency)s."),
    "approve": gettext_lazy("Approved: %(agency)s, %(period)s."),
}


def _not_moved(request, update, name, error):
    """The page again, with what stands in the way beside its place."""
    if not hasattr(error, "error_dict") and all(each.code == "missing" for each in error.error_list):
        incomplete = next((row for row in build_sheet(update) if row.missing), None)
        if incomplete is None:  # a colleague completed it meanwhile
            return redirect(update)
        address = reverse("activities:progress", args=[update.pk, incomplete.activity.pk])
        return HttpResponseRedirect(f"{address}?check=1")
    form = ReturnForm(request.POST if name == "return" else None)
    if not hasattr(error, "error_dict"):
        for sentence in error.messages:
            messages.error(request, sentence)
    fresh = _update_or_404(request, update.pk)
    return render(request, "activities/update_detail.html", _review_context(request, fresh, form), status=422)


def _after_move(request, name):
    """A reviewer goes on to the next in the queue; the agency back to its work."""
    if name == "submit":
        return redirect("activities:updates")
    queue = waiting_for_review(QuarterlyUpdate.objects.visible_to(request.user), today=request.today)
    return redirect(queue[0].update if queue else "activities:updates")


@require_http_methods(["GET", "POST"])
def update_words(request, pk):
    """The update's own words: results in general, difficulties, proposals."""
    update = _update_to_edit(request, pk)
    form = WordsForm(posted(request), instance=update)
    if request.method == "POST" and save_words(update, form, by=request.user, at=request.now):
        messages.success(request, _("Saved at %(time)s.") % {"time": f"{request.now:%H:%M}"})
        return redirect(update)
    sheet = build_sheet(update)
    context = {
        "update": update,
        "form": form,
        "sheet": sheet,
        "complete": sum(row.is_complete for row in sheet),
        "before": _words_before(request, update),
    }
    return render(request, "activities/words_form.html", context)


def _update_to_edit(request, pk):
    update = _update_or_404(request, pk)
    require(can_view_update(request.user, update), NOT_YOURS)
    require(can_edit_update(request.user, update), SENT)
    return update


def _words_before(request, update):
    """The agency's update of the period before, for its words; None where there is none."""
    own = request.user.own_agency_ids if update.agency_id == request.user.agency_id else {update.agency_id}
    earlier = QuarterlyUpdate.objects.visible_to(request.user).filter(
        agency__in=own, period__plan=update.period.plan_id, period__ends_on__lt=update.period.starts_on
    )
    return earlier.exclude(status=Status.DRAFT).select_related("period").order_by("-period__ends_on").first()


@require_http_methods(["GET", "POST"])
def progress_edit(request, pk, activity_pk):
    """One activity of an update: its figures, words and evidence."""
    update = _update_to_edit(request, pk)
    sheet = build_sheet(update)
    row = row_or_404(sheet, activity_pk)
    form = ProgressForm(posted(request), update=update, row=row, today=request.today)
    evidence = EvidenceForm(posted(request), request.FILES or None)
    if request.method == "POST":
        saved = save_line(update, row, form, evidence, by=request.user, at=request.now)
        if not saved.refused:
            messages.success(request, _("Saved at %(time)s.") % {"time": f"{request.now:%H:%M}"})
            return redirect(_next_place(request, update, sheet, row))
        if saved.evidence or saved.figures:
            kept = _("The evidence was kept; the figures were not saved yet.")
            messages.info(request, kept if saved.evidence else _("The figures were saved; the evidence was not."))
            evidence, row = _after_half(request, update, row, form, evidence, saved)
    elif request.GET.get("check"):
        form.mark_missing()
    context = _line_context(update, sheet, row, form, evidence)
    return render(request, "activities/progress_form.html", context, status=422 if request.method == "POST" else 200)


def row_or_404(sheet, activity_pk):
    """The sheet's row of an activity; an activity the agency does not report is not found."""
    for row in sheet:
        if row.activity.pk == activity_pk:
            return row
    raise Http404


def _after_half(request, update, row, form, evidence, saved):
    """After half a page was kept: an empty evidence form if it was the evidence, and the row as it is now.

    The form's `version` must follow, or the next save would be taken for another browser's.
    """
    fresh = _update_or_404(request, update.pk)
    update.saved_at = fresh.saved_at
    form.follow(fresh.version)
    return (EvidenceForm() if saved.evidence else evidence), row_or_404(build_sheet(fresh), row.activity.pk)


def _next_place(request, update, sheet, row):
    """Where to go after saving: the next activity, the whole update, or the same page."""
    here = [each.activity.pk for each in sheet].index(row.activity.pk)
    if "next" in request.POST and here + 1 < len(sheet):
        return reverse("activities:progress", args=[update.pk, sheet[here + 1].activity.pk])
    if "next" in request.POST:
        return reverse("activities:words", args=[update.pk])
    if "finish" in request.POST:
        return reverse("activities:update", args=[update.pk])
    return reverse("activities:progress", args=[update.pk, row.activity.pk])


def _line_context(update, sheet, row, form, evidence):
    places = [each.activity.pk for each in sheet]
    here = places.index(row.activity.pk)
    return {
        "update": update,
        "sheet": sheet,
        "row": row,
        "form": form,
        "evidence_form": evidence,
        "max_mb": settings.UPLOAD_MAX_MB,
        "complete": sum(each.is_complete for each in sheet),
        "previous_row": sheet[here - 1] if here else None,
        "next_row": sheet[here + 1] if here + 1 < len(sheet) else None,
        "last_event": update.events.filter(move="return").last() if update.status == Status.RETURNED else None,
    }
