"""The month with its list, and the same as a feed for calendars elsewhere."""

from datetime import date

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.calendar_address import make_address, reader_of
from agencies.holidays import names_of

from ..agenda import SPAN, build_month, days_of, events_of, plans_of, span_of
from ..feed import render_feed

FIRST_YEAR, LAST_YEAR = 2000, 2100
KEPT_FOR = 15 * 60  # seconds a calendar may use what it fetched


@require_safe
def calendar(request):
    user, today = request.user, request.today
    month = _month(request.GET.get("month", ""), today)
    plans = list(plans_of(user))
    plan = next((each for each in plans if str(each.pk) == request.GET.get("plan")), None)
    first, last = span_of(month, today)
    events = events_of(user, [plan] if plan else plans, first=first, last=last, today=today)
    address = reverse("activities:feed", args=[user.calendar_token]) if user.calendar_token else ""
    return render(
        request,
        "activities/calendar.html",
        {
            "month": build_month(month, events, today, names_of(user.agency.locality, *days_of(month))),
            "this_month": today.replace(day=1),
            "choices": plans,
            "plan": plan,
            "address": request.build_absolute_uri(address) if address else "",
        },
    )


def _month(asked, today):
    """The first day of the month that "2026-09" names; of this month where it names none."""
    try:
        month = date.fromisoformat(f"{asked}-01").replace(day=1)
    except ValueError:
        return today.replace(day=1)
    return month if FIRST_YEAR <= month.year <= LAST_YEAR else today.replace(day=1)


@require_POST
def calendar_address(request):
    """Make the address of one's own calendar, or a new one."""
    had_one = bool(request.user.calendar_token)
    make_address(request.user)
    if had_one:
        messages.success(request, _("The calendar has a new address; the old one is dead from now on."))
    else:
        messages.success(request, _("Your calendar has an address."))
    return redirect(f"{reverse('activities:calendar')}#feed")


@login_not_required
@require_safe
def feed(request, token):
    """A calendar programme fetches this without logging in: the address itself is the key."""
    user = reader_of(token)
    if user is None:
        raise Http404
    locality = user.agency.locality
    with translation.override(settings.LANGUAGE_CODE):
        events = events_of(
            user,
            list(plans_of(user)),
            first=request.today - SPAN,
            last=request.today + SPAN,
            today=request.today,
        )
        content = render_feed(
            events,
            name=_("PAR communication, %(agency)s") % {"agency": user.agency.short_name},
            owner=locality.slug,
            base=request.build_absolute_uri("/")[:-1],
            now=request.now,
        )
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="lich-han.ics"'
    patch_cache_control(response, private=True, max_age=KEPT_FOR)
    return response
