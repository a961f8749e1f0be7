"""An agency's updates: what is to be done, the sheet, its lines, the steps; and the coordinator's review."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.access import require
from agencies.models import Agency
from agencies.refusals import is_autosave
from agencies.sending import NEVER_SEEN
from plans.models import Plan, PlanStatus

from ..contributions import contributions_to
from ..explaining import OPEN
from ..frame import chosen_period, periods_of, reads_todays_names
from ..locks import Extensions
from ..models import QuarterlyUpdate, ReportingPeriod, Status
from ..my_work import build_work, milestones, on_time
from ..obligations import load_duties, reporting_agencies
from ..permissions import (
    OVER,
    PLAN_OVER,
    can_begin_review,
    can_edit_update,
    can_extend,
    can_take_over,
    can_view_progress,
    can_view_update,
    is_on_behalf,
    is_own_update,
)
from ..rates import rates_of
from ..readings import day_asked
from ..reminding.late import late_of
from ..rounds import remarks_to_agency, shown_to
from ..saving import require_writing
from ..scopes import corresponding, plans_in
from ..sheet import build_sheet
from ..submissions import (
    SHOWN_LABELS,
    by_todays_names,
    names_differ,
    only,
    rows_together,
    submission_of,
    submissions_of,
    waiting_for_review,
    with_filled,
)
from ..workflow import DECISIONS, TRANSITIONS, move, open_moves, require_step
from ..workmates import coordinators_of
from .explanations import explanations_of
from .review import return_again, return_form

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
    period = chosen_period(request)
    year = _year_of(request, work.years)
    done = work.done_in(year)
    context = {
        "work": work,
        "year": year,
        "done": done,
        "done_on_time": on_time(done),
        "milestones": milestones(period, request.today) if period else [],
        "reviewers": coordinators_of(period.plan).select_related("agency") if period else [],
    }
    return render(request, "activities/my_work.html", context)


def _year_of(request, years):
    """The year of the sent updates to list: the one asked for, else the latest there is."""
    asked = request.GET.get("year", "")
    return next((year for year in years if str(year) == asked), years[0] if years else None)


def _submissions(request):
    period = chosen_period(request)
    known_on = day_asked(request.GET, request.today)
    periods = _periods_asked(request, period, known_on)
    together = periods != [period]
    day = known_on or request.today
    duties = load_duties([each.plan_id for each in periods])
    by_period = submissions_of(periods, duties, today=day, known_on=known_on)
    may_chase = bool(period) and not together and not known_on and can_extend(request.user, period)
    late = late_of(by_period[period], Extensions.of([period]), {}, request.today) if may_chase else []
    differ = any(names_differ(each, duties.successors) for each in by_period.values())
    todays_names = bool(period) and reads_todays_names(request, period)
    if differ and todays_names:
        by_period = {each: by_todays_names(rows, duties.successors) for each, rows in by_period.items()}
    rows = rows_together(by_period)
    asked = request.GET.get("agency", "")
    agency = next((row.agency for row in rows if str(row.agency.pk) == asked), None)
    rows = [row for row in rows if agency in (None, row.agency)]
    show = request.GET.get("show", "")
    tallies = [(name, label, len(only(rows, name))) for name, label in SHOWN_LABELS.items() if name in TALLIED]
    return render(
        request,
        "activities/update_list.html",
        {
            "period": period,
            "plan_count": len(periods) if together else 0,
            "known_on": known_on,
            "agency": agency,
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
            "rates": rates_of(rows),
            "may_chase": may_chase,
            "late": len(late),
            "explanations": explanations_of(request.user).filter(status__in=OPEN).count(),
        },
    )


def _periods_asked(request, period, known_on):
    """The period in question, or with `?plan=` the periods that go with it in all plans of a kind (`scopes`)."""
    if period is None:
        return []
    periods = periods_of(request)
    plans = plans_in(request.GET.get("plan", ""), periods, known_on)
    if plans is None:
        return [period]
    keys = {plan.pk for plan in plans}
    return [each for plan, each in corresponding(period, periods).items() if plan in keys]


TALLIED = ("missing", "late", "pending", "on_time", "returned", "waiting", "approved")


@require_POST
def update_start(request, period_pk):
    """Begin the agency's update of a period; where there is one already, go to it."""
    period = get_object_or_404(ReportingPeriod.objects.visible_to(request.user).select_related("plan"), pk=period_pk)
    user = request.user
    require(user.is_focal_point, _("Only the focal point of an agency reports for it."))
    in_force = period.plan.status != PlanStatus.DRAFT
    require(in_force and period.starts_on <= request.today, _("This period has not begun."))
    require(period.plan.status not in OVER, PLAN_OVER)
    agency = _own_agency(request)
    reporting = reporting_agencies(period, load_duties([period.plan_id]))
    require(agency in reporting, _("Your agency leads no activity of this plan in this period."))
    try:
        with transaction.atomic():
            update = QuarterlyUpdate.objects.create(agency=agency, period=period)
    except IntegrityError:
        update = QuarterlyUpdate.objects.visible_to(user).filter(agency=agency, period=period).first()
        if update is None:  # the period was removed at this very moment
            raise Http404 from None
        messages.info(request, _("Your agency already has an update for this period; here it is."))
        if not can_edit_update(user, update, request.today):
            return redirect(update)
    return redirect("activities:nothing" if "nothing" in request.POST else "activities:sheet", update.pk)


def _own_agency(request):
    """The agency to report for: one's own, or the one named, where one's own carries on for it."""
    named = request.POST.get("agency", "")
    if not (named.isdecimal() and len(named) < 10) or int(named) == request.user.agency_id:
        return request.user.agency
    return get_object_or_404(Agency.objects.visible_to(request.user), pk=int(named), pk__in=request.user.own_agency_ids)


def update_or_404(request, pk):
    updates = QuarterlyUpdate.objects.visible_to(request.user).select_related(
        "agency",
        "on_behalf_by",
        "period__plan__issuing_agency",
        "period__plan__coordinating_agency",
        "period__plan__reporting_rules",
    )
    return get_object_or_404(with_filled(updates), pk=pk)


def update_to_edit(request, pk):
    update = update_or_404(request, pk)
    require(can_view_update(request.user, update), NOT_YOURS)
    require_writing(request.user, update, request.today)
    return update


@require_safe
def update_detail(request, pk):
    """The whole update, to check before sending and to read again."""
    update = update_or_404(request, pk)
    require(can_view_update(request.user, update), NOT_YOURS)
    return render(request, "activities/update_detail.html", _reading(request, update))


def _reading(request, update):
    """What the page shows. While the agency corrects a returned update the others read what was sent, in its rounds,
    not the corrections.
    """
    user, period = request.user, update.period
    is_writers = is_own_update(user, update) or is_on_behalf(user, update)
    is_being_corrected = update.status == Status.RETURNED and not is_writers
    sheet = [] if is_being_corrected else build_sheet(update)
    added = contributions_to(update, [row.activity.pk for row in sheet])
    events = list(update.events.all())
    rounds = shown_to(user, update, events)
    extensions = Extensions.of([period])
    return {
        "update": update,
        "is_being_corrected": is_being_corrected,
        "is_own": is_writers,
        "lines": [(row, added.get(row.activity.pk, ())) for row in sheet],
        "missing": [(row, sentence) for row in sheet for _field, sentence in row.missing],
        "complete": sum(row.is_complete for row in sheet),
        "submission": submission_of(period, update.agency, update, expected=update.filled, today=request.today),
        "events": _without(events, rounds),
        "rounds": len(rounds),
        "last_return": _last_return(update, events),
        "remarks": remarks_to_agency(update, events),
        "open_until": extensions.until(period, update.agency_id),
        "is_extended": bool(extensions.given(period, update.agency_id)),
        "is_open": extensions.is_open(period, update.agency_id, request.today),
        "moves": open_moves(user, update, request.today),
        "can_edit": can_edit_update(user, update, request.today),
        "can_review": can_begin_review(user, update),
        "can_take_over": can_take_over(user, update),
    }


def _without(events, rounds):
    """The steps, each with its line; what was sent with it only of the rounds that this person may read."""
    readable = {each.event.pk for each in rounds}
    for event in events:
        if event.pk not in readable:
            event.content = None
    return events


def _last_return(update, events):
    """The event that returned an update that is being corrected."""
    returned = [event for event in events if event.move == "return"]
    return returned[-1] if update.status == Status.RETURNED and returned else None


@require_http_methods(["GET", "POST"])
def update_move(request, pk, name):
    """Take the update one step (a key of TRANSITIONS). Opened as a page, it leads to the update."""
    update = update_or_404(request, pk)
    require(can_view_update(request.user, update), NOT_YOURS)
    if name not in TRANSITIONS:
        raise Http404
    if request.method == "GET":
        return redirect(update)
    require_step(update, name, request.user, request.today)
    form = return_form(request, update)
    if name == "return" and not form.is_valid():
        return return_again(request, update, form)
    version = request.POST.get("version", "")
    try:
        move(
            update,
            name,
            by=request.user,
            at=request.now,
            version=int(version[:9]) if version.isdecimal() else NEVER_SEEN,
            **(form.cleaned_data if name == "return" else {}),
        )
    except ValidationError as error:
        return _not_moved(request, update, name, error, form)
    return _after_move(request, update, name)


MOVED = {
    "recall": gettext_lazy("The update for %(period)s has been taken back; correct it and send it again."),
    "submit": gettext_lazy(
        "The update for %(period)s has been sent. The coordinator reads it next; until then you can take it back."
    ),
    "return": gettext_lazy("Returned to %(agency)s."),
    "approve": gettext_lazy("Approved: %(agency)s, %(period)s."),
}


def _not_moved(request, update, name, error, form):
    """The page again, with what stands in the way beside its place."""
    if not hasattr(error, "error_dict") and all(each.code == "missing" for each in error.error_list):
        return HttpResponseRedirect(reverse("activities:sheet", args=[update.pk]) + "?check=1")
    if name == "return":
        form.add_error(None, error)
        return return_again(request, update, form)
    for sentence in error.messages:
        messages.error(request, sentence)
    fresh = update_or_404(request, update.pk)
    return render(request, "activities/update_detail.html", _reading(request, fresh), status=422)


def _next_page(request):
    """Where the page that posted wants to go on; only within this site."""
    page = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if is_ours else ""


def _after_move(request, update, name):
    """A reviewer goes on with the queue; who sends goes back to their work, who takes back to the sheet."""
    if name == "begin":
        is_script = request.htmx or is_autosave(request)
        return HttpResponse(status=204) if is_script else redirect("activities:review_update", update.pk)
    messages.success(request, MOVED[name] % {"agency": update.agency.name, "period": update.period.title})
    if name in DECISIONS:
        return redirect(_next_page(request) or "activities:review")
    if name == "recall":
        return redirect("activities:sheet", update.pk)
    return redirect("activities:updates" if is_own_update(request.user, update) else update)
