"""What is too long to wait for: ordered here, made in the background, fetched from the job."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agencies.access import require

from ..exporting import order_export
from ..models import ReportingPeriod
from ..permissions import can_view_progress
from .matrix import NOT_FOR_YOU


@require_POST
def period_export(request, pk):
    """Order everything that was sent for the period as a workbook."""
    periods = ReportingPeriod.objects.visible_to(request.user).select_related("plan__locality")
    period = get_object_or_404(periods, pk=pk)
    require(can_view_progress(request.user), NOT_FOR_YOU)
    job = order_export(period, by=request.user)
    messages.info(
        request, _("The workbook is being made. You may leave this page; the bell tells you when it is ready.")
    )
    return redirect("accounts:job", job.pk)
