"""The calendar of a plan: its rules, its periods, extensions and locks."""

from collections import defaultdict
from datetime import date, timedelta
from typing import NamedTuple

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.access import require
from agencies.models import Agency
from agencies.sending import posted, say_quicker
from agencies.vietnamese import fold
from agencies.workbook import XLSX
from plans.models import Plan
from plans.permissions import can_view_plan

from ..arranging import add_period, change_period, is_begun, remove_period, save_rules
from ..calendar import is_reported, outlook
from ..consolidating import build_consolidation, consolidation_workbook, parts_of
from ..extending import extend as extend_period, extensions_left, lock, unlock
from ..locks import Stage, last_day, stage_of
from ..models import ConsolidatedPeriod, PeriodEvent, ReportingPeriod, Status
from ..obligations import load_duties, reporting_agencies
from ..period_forms import ExtendForm, LockForm, PeriodForm, RulesForm, UnlockForm, offered_until
from ..permissions import can_edit_calendar, can_extend, can_view_progress
from ..reporting_rules import rules_of
from ..reporting_year import years_of
from ..submissions import Submission, submissions_of

DAY = timedelta(days=1)
NOT_YOURS = gettext_lazy("This plan is a draft: its coordinator is still working on it.")
ONLY_COORDINATORS = gettext_lazy("The calendar of a plan is kept by its coordinator, while the plan is at work.")
NOT_REPORTED = gettext_lazy("This plan is not reported for itself, so it has no calendar.")
LATEST_EVENTS = 30


def _plan_or_404(request, pk):
    plans = Plan.objects.visible_to(request.user).select_related(
        "reporting_rules", "coordinating_agency", "issuing_agency"
    )
    plan = get_object_or_404(plans, pk=pk)
    require(can_view_plan(request.user, plan), NOT_YOURS)
    return plan


def _plan_to_arrange(request, pk):
    plan = _plan_or_404(request, pk)
    require(can_edit_calendar(request.user, plan), ONLY_COORDINATORS)
    require(is_reported(plan), NOT_REPORTED)
    return plan


def _period_or_404(request, pk):
    periods = ReportingPeriod.objects.visible_to(request.user).select_related(
        "plan__reporting_rules", "plan__coordinating_agency", "plan__issuing_agency"
    )
    period = get_object_or_404(periods, pk=pk)
    require(can_view_plan(request.user, period.plan), NOT_YOURS)
    return period


def _period_to_arrange(request, pk):
    period = _period_or_404(request, pk)
    require(can_edit_calendar(request.user, period.plan), ONLY_COORDINATORS)
    return period


# The calendar of a plan


@require_safe
def plan_periods(request, pk):
    """Its years, one row a period, and what was done to it."""
    plan = _plan_or_404(request, pk)
    return render(
        request,
        "activities/periods.html",
        {
            "plan": plan,
            "rules": rules_of(plan),
            "is_reported": is_reported(plan),
            "years": years_of(plan, request.user, request.today),
            "events": list(_events(request, plan=plan)[:LATEST_EVENTS]),
            "can_edit": can_edit_calendar(request.user, plan),
            "sees_all": can_view_progress(request.user),
        },
    )


def _events(request, **of):
    return PeriodEvent.objects.visible_to(request.user).filter(**of).select_related("period", "agency")


@require_http_methods(["GET", "POST"])
def period_rules(request, pk):
    """First what the rules would change, then, once that has been seen, the change."""
    plan = _plan_to_arrange(request, pk)
    form = RulesForm(posted(request), instance=rules_of(plan))
    found = None
    if form.is_valid():
        if form.was_seen and "save" in request.POST and _rules_saved(request, form):
            return redirect("plans:periods", pk)
        found = outlook(plan, form.instance, today=request.today)
        form.data = form.data.copy()
        form.data["seen"] = form.fingerprint
    return render(request, "activities/period_rules.html", {"plan": plan, "form": form, "outlook": found})


def _rules_saved(request, form):
    try:
        done = save_rules(form, by=request.user, at=request.now, today=request.today)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    except IntegrityError:
        say_quicker(form)
        return False
    n = done.changes
    said = ngettext("Rules saved; %(n)s period changed.", "Rules saved; %(n)s periods changed.", n) % {"n": n}
    messages.success(request, said)
    return True


@require_http_methods(["GET", "POST"])
def period_add(request, pk):
    """A period by the plan's own dates."""
    plan = _plan_to_arrange(request, pk)
    form = PeriodForm(posted(request), plan=plan, today=request.today)
    if form.is_valid() and _done(form, lambda: add_period(form, by=request.user, at=request.now)):
        messages.success(request, _("Period added: %(name)s.") % {"name": form.instance})
        return redirect("plans:periods", pk)
    return render(request, "activities/period_form.html", {"plan": plan, "form": form})


def _done(form, act):
    """Do it; False, with its sentences on the form, where it is refused."""
    try:
        act()
    except ValidationError as error:
        form.add_error(None, error)
        return False
    except IntegrityError:
        say_quicker(form)
        return False
    return True


# One period


@require_safe
def period_detail(request, pk):
    """Its dates, who has sent, who was given more time and why, and what was done to it."""
    return _period_page(request, _period_or_404(request, pk))


def _period_page(request, period, **forms):
    plan, user, today = period.plan, request.user, request.today
    may_edit, stage = can_edit_calendar(user, plan), stage_of(period, today)
    submissions = submissions_of([period], load_duties([plan]), today=today)[period]
    extensions = list(period.extensions.select_related("agency").order_by("agency__name_sort", "ordinal"))
    if user.is_focal_point:
        submissions = [row for row in submissions if row.agency.pk in user.own_agency_ids]
        extensions = [row for row in extensions if row.agency_id in user.own_agency_ids]
    given = defaultdict(list)
    for each in extensions:
        given[each.agency_id].append(each.until)
    events = _events(request, period=period)
    if user.is_focal_point:
        events = events.filter(agency=None) | events.filter(agency__in=user.own_agency_ids)
    context = {
        "period": period,
        "plan": plan,
        "stage": stage,
        "last_day": last_day(period),
        "rules": rules_of(plan),
        "open_rows": [
            _open_row(row, given.get(row.agency.pk, ()), period, today) for row in submissions if not row.is_sent
        ],
        "stuck": _stuck(submissions, given),
        "sent": sum(row.is_sent for row in submissions),
        "expected": len(submissions),
        "extensions": extensions,
        "sums": parts_with(period, plan),
        "events": list(events),
        "sees_all": can_view_progress(user),
        "can_edit": may_edit,
        "can_extend": can_extend(user, period) and may_edit,
        "can_remove": may_edit and not is_begun(period),
        "unlock_form": _unlock_form(period, today) if may_edit and stage == Stage.LOCKED else None,
        "lock_form": LockForm(auto_id="lock_%s") if may_edit and stage == Stage.LATE else None,
    }
    return render(request, "activities/period.html", context | forms, status=422 if forms else 200)


class OpenRow(NamedTuple):
    """A duty that was not met; `extended_until` where the agency was given time, `may_extend` where it may get more."""

    row: Submission
    extended_until: date | None
    is_locked: bool
    may_extend: bool


def _open_row(row, given, period, today):
    until = max(given, default=None)
    return OpenRow(
        row,
        extended_until=until,
        is_locked=today > max([last_day(period), *given]),
        may_extend=extensions_left(period, len(given)) > 0,
    )


def _stuck(submissions, given):
    """What locking now would leave where it is, of agencies that were given no time: (returned, begun, not begun)."""
    rows = [row for row in submissions if row.agency.pk not in given]
    return {
        "returned": sum(row.is_returned for row in rows),
        "drafts": sum(row.status == Status.DRAFT for row in rows),
        "none": sum(row.update is None for row in rows),
    }


def parts_with(period, plan):
    """The consolidated periods that sum this one."""
    return [each for each in plan.consolidated_periods.order_by("ends_on") if parts_of(each, [period])]


def _unlock_form(period, today):
    return UnlockForm(auto_id="unlock_%s", initial={"until": offered_until(period, today)})


@require_http_methods(["GET", "POST"])
def period_edit(request, pk):
    period = _period_to_arrange(request, pk)
    title = period.title
    form = PeriodForm(
        posted(request), instance=period, plan=period.plan, today=request.today, is_reported=is_begun(period)
    )
    if form.is_valid() and _done(form, lambda: change_period(form, by=request.user, at=request.now)):
        messages.success(request, _("Dates saved: %(name)s.") % {"name": period.title})
        return redirect("activities:period", pk)
    context = {"plan": period.plan, "period": period, "title": title, "form": form}
    return render(request, "activities/period_form.html", context)


@require_POST
def period_remove(request, pk):
    period = _period_to_arrange(request, pk)
    try:
        remove_period(period, by=request.user, at=request.now)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("activities:period", pk)
    messages.success(request, _("Period taken out: %(name)s.") % {"name": period.title})
    return redirect("plans:periods", period.plan_id)


@require_POST
def period_unlock(request, pk):
    """Opened again, for everybody, until a day."""
    period = _period_to_arrange(request, pk)
    form = UnlockForm(request.POST, auto_id="unlock_%s")
    if form.is_valid() and _done(form, lambda: unlock(period, **form.cleaned_data, by=request.user, at=request.now)):
        until = f"{form.cleaned_data['until']:%d/%m/%Y}"
        messages.success(request, _("The period is open again until %(day)s.") % {"day": until})
        return redirect("activities:period", pk)
    return _period_page(request, period, unlock_form=form)


@require_POST
def period_lock(request, pk):
    """Locked from today on, before its day."""
    period = _period_to_arrange(request, pk)
    form = LockForm(request.POST, auto_id="lock_%s")
    if form.is_valid() and _done(form, lambda: lock(period, **form.cleaned_data, by=request.user, at=request.now)):
        messages.success(request, _("Done: the period is locked from today on. The agencies it closes have been told."))
        return redirect("activities:period", pk)
    return _period_page(request, period, lock_form=form)


@require_http_methods(["GET", "POST"])
def extend(request, pk, agency_pk):
    """More time for one agency, by name and for a reason."""
    period = _period_or_404(request, pk)
    agency = get_object_or_404(Agency.objects.visible_to(request.user), pk=agency_pk)
    require(can_extend(request.user, period) and can_edit_calendar(request.user, period.plan), ONLY_COORDINATORS)
    if agency not in reporting_agencies(period, load_duties([period.plan_id])):
        raise Http404
    given = list(period.extensions.filter(agency=agency).order_by("ordinal"))
    until = max([offered_until(period, request.today), *(each.until + 7 * DAY for each in given)])
    form = ExtendForm(posted(request), initial={"until": until})
    if form.is_valid() and _done(form, lambda: extend_period(period, agency, **form.cleaned_data, **_now(request))):
        facts = {"agency": agency, "day": f"{form.cleaned_data['until']:%d/%m/%Y}"}
        messages.success(request, _("%(agency)s may write until %(day)s.") % facts)
        return redirect("activities:period", pk)
    context = {
        "period": period,
        "agency": agency,
        "form": form,
        "given": given,
        "left": extensions_left(period, len(given)),
        "last_day": last_day(period),
    }
    return render(request, "activities/period_extend.html", context)


def _now(request):
    return {"by": request.user, "at": request.now}


# What sums them


@require_safe
def consolidated(request, pk):
    """A half-year or a year, read from what agencies sent for its periods."""
    period = _consolidated_or_404(request, pk)
    found = build_consolidation(period, today=request.today)
    others = period.plan.consolidated_periods.order_by("ends_on", "-starts_on")
    context = {"plan": period.plan, "sum": found, "others": list(others), "sees_all": can_view_progress(request.user)}
    return render(request, "activities/consolidated.html", context)


def _consolidated_or_404(request, pk):
    rows = ConsolidatedPeriod.objects.visible_to(request.user).select_related("plan__issuing_agency__parent")
    period = get_object_or_404(rows, pk=pk)
    require(can_view_plan(request.user, period.plan), NOT_YOURS)
    return period


@require_safe
def consolidated_xlsx(request, pk):
    """The figures of the page as a workbook."""
    period = _consolidated_or_404(request, pk)
    found = build_consolidation(period, today=request.today)
    label = slugify(fold(period.label.replace("/", "-")))
    name = f"so-lieu-{label}-{request.today:%Y-%m-%d}.xlsx"
    return HttpResponse(
        consolidation_workbook(found, at=request.now),
        content_type=XLSX,
        headers={"Content-Disposition": content_disposition_header(True, name)},
    )
