"""The bell, and what a person wants to hear."""

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.sending import posted, saved

from ..forms import NotificationSettingsForm
from ..models import Notification, NotificationSettings
from ..notifying import news_of

AT_THE_BELL = 8
ON_A_PAGE = 50


def _own(user):
    return Notification.objects.visible_to(user).filter(person=user)


@require_safe
def notification_list(request):
    """All of them, day by day, or those not read yet (`?show=unread`); the newest few where the bell asks."""
    own = _own(request.user)
    only_unread = request.GET.get("show") == "unread"
    if only_unread:
        own = own.filter(read_at__isnull=True)
    if request.htmx and request.GET.get("part") == "bell":
        return render(request, "accounts/_bell.html", {"news": news_of(own[:AT_THE_BELL]), **_frame_of(request)})
    page = Paginator(own, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "accounts/notifications.html",
        {"page": page, "news": news_of(page), "only_unread": only_unread, **_frame_of(request)},
    )


def _frame_of(request):
    return {"unread": request.user.unread, "yesterday": request.today - timedelta(days=1)}


@require_safe
def notification(request, pk):
    """Go where it leads; from then on it has been read."""
    found = get_object_or_404(_own(request.user), pk=pk)
    if found.read_at is None:
        found.read_at = request.now
        found.save(update_fields=["read_at"])
    is_ours = url_has_allowed_host_and_scheme(found.url, allowed_hosts=None)
    return redirect(found.url if found.url and is_ours else reverse("accounts:notifications"))


@require_POST
def notifications_read(request):
    _own(request.user).filter(read_at__isnull=True).update(read_at=request.now)
    return redirect("accounts:notifications")


@require_http_methods(["GET", "POST"])
def notification_settings(request):
    wishes = NotificationSettings.objects.visible_to(request.user).filter(person=request.user).first()
    form = NotificationSettingsForm(posted(request), instance=wishes or NotificationSettings(person=request.user))
    if form.is_valid() and saved(form):
        messages.success(request, _("Your wishes are kept."))
        return redirect("accounts:notification_settings")
    return render(request, "accounts/notification_settings.html", {"form": form}, status=422 if form.is_bound else 200)
