"""What stands around every page: who is here, where one may go, and the reporting period one works in."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.views import THEMES
from agencies.clock import demo_date
from plans.models import PlanStatus

from .calendar import current_period
from .models import QuarterlyUpdate, ReportingPeriod, Status


def periods_of(request):
    """The periods of the locality's plans in force or past, plan by plan, newest first; read once a request."""
    if not hasattr(request, "reporting_periods"):
        request.reporting_periods = list(
            ReportingPeriod.objects.visible_to(request.user)
            .exclude(plan__status=PlanStatus.DRAFT)
            .select_related("plan__issuing_agency__parent", "plan__coordinating_agency__parent", "plan__locality")
            .order_by("-plan__period_start", "plan_id", "-starts_on")
        )
    return request.reporting_periods


def chosen_period(request):
    """The period chosen in the frame (`?period=`, kept in the session), else the one that matters today."""
    periods = {str(period.pk): period for period in periods_of(request)}
    asked = request.GET.get("period", "")
    if asked in periods:
        request.session["period"] = asked
    kept = request.session.get("period", "")
    return periods.get(kept) or current_period(list(periods.values()), request.today)


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
            "tabs": nav[:4],
            "periods": periods_of(request),
            "period": chosen_period(request),
            "now": request.now,
            "demo_date": demo_date(),
        }
    }


def _navigation(request):
    user = request.user
    if user.is_focal_point:
        waiting = QuarterlyUpdate.objects.visible_to(user).filter(agency=user.agency_id, status=Status.RETURNED).count()
        places = [
            ("activities:updates", "work", _("My work"), waiting, False),
            ("plans:list", "plan", _("Plans"), 0, False),
            ("activities:list", "act", _("Activities"), 0, False),
            ("reports:list", "report", _("Reports"), 0, False),
        ]
    elif user.is_coordinator:
        waiting = QuarterlyUpdate.objects.visible_to(user).filter(status=Status.SUBMITTED).count()
        places = [
            ("activities:updates", "review", _("Review"), waiting, False),
            ("plans:list", "plan", _("Plans"), 0, False),
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
    return [_place(request, *place) for place in places]


def _place(request, name, icon, label, count, divider_before):
    url = reverse(name)
    return {
        "url": url,
        "icon": icon,
        "label": label,
        "count": count,
        "hot": bool(count),
        "current": request.path.startswith(url),
        "divider_before": divider_before,
    }
