"""Starring an activity: it comes first in the person's own lists."""

from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from activities.models import Activity
from activities.stars import set_star
from agencies.access import require
from plans.permissions import can_view_plan


@require_POST
def star(request, pk):
    """Star it, or with `off` take the star off; back to where one was (`back`)."""
    activity = get_object_or_404(Activity.objects.visible_to(request.user).select_related("plan"), pk=pk)
    require(
        can_view_plan(request.user, activity.plan), _("This plan is a draft: its coordinator is still working on it.")
    )
    set_star(request.user, activity, at=request.now, on="off" not in request.POST)
    back = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if back and is_ours else reverse("activities:detail", args=[activity.pk]))
