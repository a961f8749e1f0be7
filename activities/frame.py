"""What stands around every page: who is here, where one may go, and the reporting period one works in."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.views.entry import THEMES
from agencies.clock import demo_date
from plans.models import PlanStatus

from .calendar import current_period, is_past
from .models import ReportingPeriod
from .waiting import count_waiting, with_waiting


def periods_of(request):
    """The periods of the locality's plans in force or past, plan by plan, newest first; read once a request.

    They know what of each waits for the person (`waiting.with_waiting`).
    """
    if not hasattr(request, "reporting_periods"):
        periods = ReportingPeriod.objects.visible_to(request.user).exclude(plan__status=PlanStatus.DRAFT)
        request.reporting_periods = list(
            with_waiting(periods, request.user, request.today)
            .select_related("plan__issuing_agency__parent", "plan__coordinating_agency__parent", "plan__locality")
            .order_by("-plan__period_start", "plan_id", "-starts_on")
        )
    return request.reporting_periods


def chosen_period(request):
    """The period chosen in the frame (`?period=`, kept in the session), else the one that matters today."""
    periods = {str(period.pk): period for period in periods_of(request)}
    asked = request.GET.get("period", "")
    if asked in periods and asked != request.session.get("period"):
        request.session["period"] = asked
    kept = request.session.get("period", "")
    return periods.get(kept) or current_period(list(periods.values()), request.today)


THEN, NOW = "then", "now"


def reads_todays_names(request, period):
    """Agencies that have ended are read under those that carry on for them (`?names=`, kept in the session).

    Unless a person chooses, a past period is read by the names of its time.
    """
    asked = request.GET.get("names", "")
    if asked in (THEN, NOW):
        request.session["names"] = asked
    periods = [each for each in periods_of(request) if each.plan_id == period.plan_id]
    kept = request.session.get("names") or (THEN if is_past(period, periods, request.today) else NOW)
    return kept == NOW


def frame(request):
    """Context processor: `frame` for the templates around a page, `theme` for its colours."""
    theme = request.COOKIES.get("theme", "")
    context = {"theme": theme if theme in THEMES else "auto", "today": getattr(request, "today", None), "frame": {}}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.agency_id:
        return context
    nav = _navigation(request)
    return context | {
        "frame": {
            "locality": user.agency.locality,
            "agency": user.agency,
            "nav": nav,
            "tabs": [*_tabs(nav), _bell(request)],
            "unread": user.unread,
            "periods": periods_of(request),
            "period": chosen_period(request),
            "now": request.now,
            "demo_date": demo_date(),
        }
    }


def _navigation(request):
    user = request.user
    waiting = count_waiting(periods_of(request))
    if user.is_focal_point:
        places = [
            ("activities:updates", "work", _("My work"), waiting, False),
            ("plans:list", "plan", _("Plans"), 0, False),
            ("activities:list", "act", _("Activities"), 0, False),
            ("reports:list", "report", _("Reports"), 0, False),
        ]
    elif user.is_coordinator:
        places = [
            ("activities:review", "review", _("Review"), waiting, False),
            ("plans:list", "plan", _("Plans"), 0, False),
            ("activities:updates", "matrix", _("Submissions"), 0, False),
            ("reports:dashboard", "overview", _("Overview"), 0, False),
            ("reports:list", "report", _("Reports"), 0, False),
            ("activities:list", "act", _("Activities"), 0, True),
        ]
    else:
        places = [
            ("reports:dashboard", "overview", _("Overview"), 0, False),
            ("activities:updates", "matrix", _("Submissions"), 0, False),
            ("plans:list", "plan", _("Plans"), 0, False),
            ("reports:list", "report", _("Reports"), 0, False),
            ("activities:list", "act", _("Activities"), 0, True),
        ]
    places.append(("activities:calendar", "cal", _("Calendar"), 0, user.is_focal_point))
    places.append(("agencies:list", "agency", _("Agencies"), 0, False))
    if user.is_administrator:
        places.append(("accounts:users", "people", _("Users"), 0, False))
        places.append(("accounts:jobs", "server", _("Background work"), user.failed_jobs, False))
    return [_place(request, *place) for place in places]


def _bell(request):
    place = _place(request, "accounts:notifications", "bell", _("Notifications"), request.user.unread, False)
    return place | {"hot": False}


def _tabs(nav):
    """The three places a phone has room for beside the bell: one's own work, plans, reports."""
    reports = [place for place in nav[2:] if place["icon"] == "report"]
    return [*nav[:2], *reports][:3]


def _place(request, name, icon, label, count, divider_before):
    url = reverse(name)
    return {
        "url": url,
        "icon": icon,
        "label": label,
        "count": count,
        "hot": bool(count),
        "current": getattr(request, "place", request.path).startswith(url),
        "divider_before": divider_before,
    }
