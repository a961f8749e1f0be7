"""The ladder of reminders of a plan, and its letters."""

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from accounts.jobs import order
from agencies.access import require
from plans.models import Plan
from plans.permissions import is_coordinator_of

from ..calendar import current_period
from ..frame import chosen_period, periods_of
from ..models import Digest
from ..permissions import can_edit_calendar, can_send_reminders, can_view_letter, can_view_reminders
from ..reminding.log import MAIL_RULES, letters_about, with_next_try
from ..reminding.overview import build_overview

NOT_FOR_YOU = gettext_lazy("Reminders are followed by the coordinator, leaders and administrators.")
NOT_YOUR_LETTER = gettext_lazy("This letter went to somebody else.")
ONLY_COORDINATOR = gettext_lazy("Only the coordinator of a plan in force sends its reminders.")
LETTERS_ON_A_PAGE = 20


def _plan_or_404(request, pk):
    plans = Plan.objects.visible_to(request.user).select_related(
        "issuing_agency__parent", "coordinating_agency__parent", "reporting_rules", "locality"
    )
    return get_object_or_404(plans, pk=pk)


@require_safe
def plan_reminders(request, pk):
    """When the plan reminds, whom it reminded, what came of it, and what goes out next."""
    plan = _plan_or_404(request, pk)
    require(can_view_reminders(request.user), NOT_FOR_YOU)
    context = {"plan": plan, "periods": [each for each in periods_of(request) if each.plan_id == plan.pk]}
    period = _period(request, context["periods"])
    if period is None:
        return render(request, "activities/reminders.html", {**context, "period": None})
    period.plan = plan
    overview = build_overview(period, plan.locality, request.today)
    log = Paginator(letters_about(period), LETTERS_ON_A_PAGE)
    log.count = overview.letters_in_all  # counted already
    page = log.get_page(request.GET.get("page"))
    page.object_list = with_next_try(list(page.object_list))
    return render(
        request,
        "activities/reminders.html",
        {
            **context,
            "period": period,
            "overview": overview,
            "page": page,
            "rules": MAIL_RULES,
            "can_send": can_send_reminders(request.user, plan),
            "can_edit": can_edit_calendar(request.user, plan),
            "is_coordinator": is_coordinator_of(request.user, plan),
        },
    )


def _period(request, periods):
    """The period chosen in the frame where it is the plan's; else the plan's own that matters today."""
    chosen = chosen_period(request)
    return chosen if chosen in periods else current_period(periods, request.today)


@require_POST
def reminders_send(request, pk):
    """Order the letters of today now; whoever has had one gets no other."""
    plan = _plan_or_404(request, pk)
    require(can_send_reminders(request.user, plan), ONLY_COORDINATOR)
    day = request.today.isoformat()
    minute = f"{request.now:%H:%M}"
    order(
        "reminders",
        by=request.user,
        locality=plan.locality,
        subject=f"{request.today:%d/%m/%Y}",
        key=f"reminders:{plan.locality_id}:{day}:{minute}",
        day=day,
    )
    messages.success(request, _("Today's letters are being written. Whoever has had one today gets no other."))
    return redirect("plans:reminders", plan.pk)


def _letter_or_404(request, pk):
    letters = Digest.objects.visible_to(request.user).select_related("agency", "person")
    letter = get_object_or_404(letters, pk=pk)
    require(can_view_letter(request.user, letter), NOT_YOUR_LETTER)
    return letter


@require_safe
def digest_detail(request, pk):
    """One letter as it went out: its words, and how it looks in a mail program."""
    [letter] = with_next_try([_letter_or_404(request, pk)])
    return render(request, "activities/digest.html", {"letter": letter})


# What a letter says is ours, but its page is a mail's: it runs nothing and loads nothing.
AS_MAIL = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}


@require_safe
@xframe_options_sameorigin
@csp_replace(AS_MAIL)
def digest_html(request, pk):
    """The letter's HTML by itself, for the frame of its page."""
    letter = _letter_or_404(request, pk)
    if not letter.html:
        raise Http404
    return HttpResponse(letter.html)
