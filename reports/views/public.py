"""What anybody may read of a plan, and whether."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from agencies.access import require
from agencies.sending import posted, saved
from plans.models import Plan, PlanStatus

from ..permissions import can_open_to_public
from ..public import open_page, public_plan_of
from ..public_form import PublicPageForm

COORDINATOR_ONLY = gettext_lazy("The coordinator of the plan decides whether the public may read its page.")


@require_safe
def public_plan(request, pk):
    """A plan's page for everybody. One that is not open is not there, whether or not the plan is."""
    page = open_page(pk)
    if page is None:
        raise Http404
    shown = public_plan_of(page, today=request.today)
    return render(request, "reports/public_plan.html", {"shown": shown, "locality": page.plan.locality})


@require_http_methods(["GET", "POST"])
def public_settings(request, pk):
    plan = get_object_or_404(Plan.objects.visible_to(request.user).real(), pk=pk)
    require(can_open_to_public(request.user, plan), COORDINATOR_ONLY)
    form = PublicPageForm(posted(request), plan=plan, by=request.user, at=request.now)
    if plan.status == PlanStatus.DRAFT:
        messages.info(request, _("A draft is never shown to the public: the page opens once the plan has been issued."))
    if form.is_valid() and saved(form):
        opened = _("Anybody can read the page of this plan now.")
        messages.success(request, opened if form.instance.is_open else _("The page of this plan is closed."))
        return redirect("plans:public", pk)
    return render(request, "reports/public_settings.html", {"form": form, "plan": plan, "page": form.instance})
