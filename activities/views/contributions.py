"""What a cooperating agency adds."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.access import require
from agencies.sending import posted
from plans.models import PlanStatus

from ..attachment_forms import AttachmentForm
from ..attachments import send_file, set_aside
from ..contributions import KEPT_PROOFS, ChangedMeanwhile, keep_part
from ..models import Activity, Contribution, ContributionEvidence, EvidenceKind, ReportingPeriod
from ..obligations import load_duties
from ..permissions import can_contribute, can_view_contribution
from ..update_forms import ContributionForm

NOT_COOPERATING = gettext_lazy("Your agency does not cooperate in this activity in this period.")
NOT_OPEN = gettext_lazy("The period is not open for your agency: nothing can be added or changed.")


@require_http_methods(["GET", "POST"])
def contribution_edit(request, period_pk, activity_pk):
    """The agency's part in an activity that others lead, to add or to change while the period is open."""
    periods = ReportingPeriod.objects.visible_to(request.user).select_related("plan")
    period = get_object_or_404(periods, pk=period_pk)
    activities = Activity.objects.visible_to(request.user).filter(plan=period.plan_id)
    activity = get_object_or_404(activities, pk=activity_pk)
    duties = load_duties([period.plan_id])
    agency = _cooperating(request.user, activity, period, duties)
    require(agency is not None, NOT_COOPERATING)
    is_running = period.plan.status != PlanStatus.DRAFT and period.starts_on <= request.today
    require(is_running and can_contribute(request.user, period, agency.pk, request.today), NOT_OPEN)
    there = _part(request.user, period, activity, agency)
    form = ContributionForm(posted(request), initial=_typed_before(there), unit=activity.target_unit)
    proofs = AttachmentForm(posted(request), request.FILES or None, today=request.today)
    leads = sorted(duties.leads_on(activity, period.ends_on), key=lambda lead: lead.name_sort)
    if request.method == "POST" and _save(request, form, proofs, period, activity, agency, leads):
        messages.success(request, _("Your part has been added; the lead agency reads it in its update."))
        return redirect("activities:updates")
    context = {
        "period": period,
        "activity": activity,
        "agency": agency,
        "there": _part(request.user, period, activity, agency),
        "form": form,
        "proofs": proofs,
        "leads": leads,
    }
    return render(request, "activities/contribution.html", context, status=422 if form.is_bound else 200)


def _cooperating(user, activity, period, duties):
    """The person's agency among those that cooperate in the activity; None where it does not."""
    if not user.is_focal_point:
        return None
    helping = duties.cooperates_on(activity, period.ends_on)
    return next((agency for agency in helping if user.is_at(agency.pk)), None)


def _part(user, period, activity, agency):
    rows = Contribution.objects.visible_to(user).filter(period=period, activity=activity, agency=agency)
    return rows.prefetch_related(KEPT_PROOFS).first()


def _typed_before(there):
    return {"version": 0} | (
        {"version": there.version, "words": there.words, "quantity": there.quantity} if there else {}
    )


def _save(request, form, proofs, period, activity, agency, leads):
    """Keep the part and its proofs; False, with sentences on the forms, where something has to be corrected."""
    if not (form.is_valid() and proofs.is_valid()):
        return False
    typed = form.cleaned_data
    try:
        part = keep_part(
            period,
            activity,
            agency,
            words=typed["words"],
            quantity=typed["quantity"],
            version=typed["version"],
            leads=leads,
            by=request.user,
            at=request.now,
        )
    except ChangedMeanwhile as meanwhile:
        form.follow(meanwhile.there.version)
        form.add_error(
            None, _("A colleague saved this part meanwhile. What you typed is still here: compare it, then save again.")
        )
        return False
    proofs.attach(ContributionEvidence, {"contribution": part}, by=request.user, at=request.now)
    return True


def _evidence_or_404(request, pk):
    rows = ContributionEvidence.objects.visible_to(request.user).filter(removed_at__isnull=True)
    return get_object_or_404(rows.select_related("contribution__period__plan", "contribution__activity"), pk=pk)


@require_safe
def contribution_evidence(request, pk):
    """The file itself, to its agency, the leads and the staff of the locality."""
    item = _evidence_or_404(request, pk)
    part = item.contribution
    leads = load_duties([part.period.plan_id]).leads_on(part.activity, part.period.ends_on)
    require(
        can_view_contribution(request.user, part, leads),
        _("A part is read by the agency that added it, by the lead agency and by the coordinator."),
    )
    if item.kind == EvidenceKind.LINK:
        return redirect("activities:updates")
    return send_file(item, request)


@require_POST
def contribution_evidence_remove(request, pk):
    """Take a proof off one's own part, while the period is open."""
    item = _evidence_or_404(request, pk)
    part = item.contribution
    require(can_contribute(request.user, part.period, part.agency_id, request.today), NOT_OPEN)
    set_aside(item)
    ContributionEvidence.objects.visible_to(request.user).filter(pk=item.pk).delete()
    messages.success(request, _("Evidence removed: %(name)s") % {"name": item})
    return redirect("activities:contribution", part.period_id, part.activity_id)
