"""A focal point hands over what is open: to another person of the agency, or to somebody invited for it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.forms import HandoverForm
from accounts.invitations import send_invitations
from accounts.models import User, UserEvent
from accounts.permissions import can_lock, can_manage_users
from accounts.views.users import ONLY_ADMINISTRATORS
from accounts.workflow import hand_over
from agencies.access import require
from agencies.sending import posted, say_quicker

from ..frame import periods_of
from ..open_work import locality_plans, open_work

NOT_OPEN = gettext_lazy("Work is handed over from a focal point whose account is open.")


@require_http_methods(["GET", "POST"])
def user_hand_over(request, pk):
    people = User.people.visible_to(request.user).select_related("agency__locality")
    person = get_object_or_404(people, pk=pk)
    require(can_manage_users(request.user), ONLY_ADMINISTRATORS)
    require(person.is_focal_point and person.is_active, NOT_OPEN)
    plans, periods = locality_plans(request.user), periods_of(request)
    work = open_work(person.agency, plans, periods, today=request.today, own=person.own_agency_ids)
    form = HandoverForm(posted(request), person=person, by=request.user, today=request.today)
    if form.is_valid() and (successor := _handed_over(request, form, person, work)):
        messages.success(request, _("%(from)s has handed over to %(to)s.") % {"from": person, "to": successor})
        return redirect("accounts:user", successor.pk)
    context = {
        "person": person,
        "work": work,
        "form": form,
        "can_lock": can_lock(request.user, person),
        "events": UserEvent.objects.visible_to(request.user).filter(user__agency=person.agency_id)[:10],
    }
    return render(request, "accounts/hand_over.html", context, status=422 if form.is_bound else 200)


def _handed_over(request, form, person, work):
    """The successor; None where it could not be done, with the reason on the form."""
    try:
        successor, is_new = hand_over(
            person,
            to=form.successor(),
            work=[line.what for line in work],
            lock=form.cleaned_data["lock"],
            by=request.user,
            at=request.now,
        )
    except ValidationError as error:
        form.add_error(None, error)
        return None
    except IntegrityError:
        say_quicker(form)
        return None
    if is_new:
        send_invitations([successor], by=request.user, absolute=request.build_absolute_uri)
    return successor
