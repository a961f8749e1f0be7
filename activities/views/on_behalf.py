"""The coordinator fills in an update for an agency."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.access import require
from agencies.models import Agency
from agencies.sending import posted

from ..locks import is_open
from ..models import QuarterlyUpdate, ReportingPeriod
from ..obligations import load_duties, reporting_agencies
from ..on_behalf import take_over
from ..permissions import OPEN_TO_THE_AGENCY, can_act_on_behalf
from ..reporting_rules import rules_of
from ..saving import LOCKED
from ..update_forms import OnBehalfForm
from ..workmates import reviews_alone


@require_http_methods(["GET", "POST"])
def on_behalf(request, period_pk, agency_pk):
    """For whom and why; then the agency's update opens to be filled in."""
    periods = ReportingPeriod.objects.visible_to(request.user).select_related("plan")
    period = get_object_or_404(periods, pk=period_pk)
    agency = get_object_or_404(Agency.objects.visible_to(request.user), pk=agency_pk)
    require(
        can_act_on_behalf(request.user, period),
        _("Only the coordinator of the plan fills in on behalf of an agency."),
    )
    require(period.starts_on <= request.today, _("This period has not begun."))
    update = QuarterlyUpdate.objects.visible_to(request.user).filter(period=period, agency=agency).first()
    if update and update.status not in OPEN_TO_THE_AGENCY:
        messages.info(request, _("The agency has sent its update already; here it is."))
        return redirect(update)
    reporting = reporting_agencies(period, load_duties([period.plan_id]))
    require(update or agency in reporting, _("This agency leads no activity of the plan in this period."))
    is_locked = not is_open(period, agency.pk, request.today)
    require(not (is_locked and request.method == "POST"), LOCKED)
    form = OnBehalfForm(posted(request), initial=_kept(update))
    if form.is_valid():
        try:
            update = take_over(period, agency, by=request.user, at=request.now, **form.cleaned_data)
        except ValidationError as error:
            messages.error(request, error.messages[0])
            return redirect("activities:on_behalf", period.pk, agency.pk)
        messages.success(request, _("You fill it in on behalf of the agency from now on. It sees what you write."))
        return redirect("activities:sheet", update.pk)
    is_stuck = not rules_of(period.plan).may_approve_own and reviews_alone(request.user, period.plan)
    context = {"period": period, "agency": agency, "update": update, "form": form}
    context |= {"is_locked": is_locked, "is_stuck": is_stuck}
    return render(request, "activities/on_behalf.html", context, status=422 if form.is_bound else 200)


def _kept(update):
    """What was said when it was taken over before."""
    return {"name": update.on_behalf_name, "reason": update.on_behalf_reason} if update else {}
