"""The administrator's pages about people: the list, one person, inviting, locking."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.access import require
from agencies.importing import converse
from agencies.lists import ListColumn, Listing
from agencies.models import Agency
from agencies.sending import posted
from agencies.vietnamese import sort_key
from agencies.workbook import Kind

from ..filters import STATES, UserFilter, state_of
from ..forms import InviteForm, PersonForm
from ..importing import UserImporter
from ..invitations import expires_at, link_to, send_invitations
from ..models import User, UserEvent
from ..permissions import can_invite, can_lock, can_manage_users, can_unlock
from ..workflow import MOVES, change, invite as invite_person

ONLY_ADMINISTRATORS = gettext_lazy("Accounts are looked after by the administrator of the locality.")

COLUMNS = [
    ListColumn(
        "name",
        gettext_lazy("User"),
        value=lambda person: person.full_name,
        order=lambda person: (sort_key(person.full_name), person.pk),
    ),
    ListColumn("username", gettext_lazy("User name"), value=lambda person: person.username, on_page=False),
    ListColumn("email", gettext_lazy("E-mail"), value=lambda person: person.email, on_page=False),
    ListColumn(
        "agency",
        gettext_lazy("Agency"),
        value=lambda person: person.agency.name,
        order=lambda person: (person.agency.name_sort, person.pk),
    ),
    ListColumn(
        "role",
        gettext_lazy("Role"),
        value=lambda person: person.get_role_display(),
        order=lambda person: (person.role, person.pk),
    ),
    ListColumn(
        "entered",
        gettext_lazy("Last logged in"),
        Kind.DATE,
        value=lambda person: person.last_login,
        order=lambda person: person.last_login,
    ),
    ListColumn("state", gettext_lazy("State"), value=lambda person: STATES[state_of(person)], on_page=False),
]


@require_safe
def user_list(request):
    require(can_manage_users(request.user), ONLY_ADMINISTRATORS)
    people = User.people.visible_to(request.user).select_related("agency").order_by("agency__name_sort", "pk")
    chosen = UserFilter(request.GET, queryset=people, user=request.user)
    first = gettext_lazy("by agency")
    listing = Listing(request, "accounts:users", COLUMNS, chosen.kept(), chosen=chosen, first=first)
    if listing.wants_file:
        return listing.as_file(_("Users"))
    return render(
        request,
        "accounts/user_list.html",
        {
            "listing": listing,
            "page": listing.page,
            "filter": chosen,
            "is_filtered": any(request.GET.get(name) for name in chosen.filters),
            "rows": [(person, state_of(person), expires_at(person)) for person in listing.page],
            "waiting": sum(bool(person.invited_at and person.is_active) for person in chosen.qs),
        },
    )


def _person_or_404(request, pk):
    person = get_object_or_404(User.people.visible_to(request.user).select_related("agency__locality"), pk=pk)
    require(can_manage_users(request.user), ONLY_ADMINISTRATORS)
    return person


@require_http_methods(["GET", "POST"])
def user(request, pk):
    """One person: what the account is, its link while it waits, what was done to it."""
    person = _person_or_404(request, pk)
    form = PersonForm(posted(request), instance=person, user=request.user, today=request.today)
    if form.is_valid() and _changed(request, form):
        messages.success(request, _("Account saved: %(name)s.") % {"name": form.instance})
        return redirect("accounts:user", pk)
    person = _person_or_404(request, pk)  # as it is, not as typed
    return render(
        request,
        "accounts/user.html",
        {
            "person": person,
            "form": form,
            "state": state_of(person),
            "state_label": STATES[state_of(person)],
            "link": _link(request, person),
            "expires_at": expires_at(person),
            "events": UserEvent.objects.visible_to(request.user).filter(user=person),
            "can_lock": can_lock(request.user, person),
            "can_unlock": can_unlock(request.user, person),
            "can_invite": can_invite(request.user, person),
        },
    )


def _changed(request, form):
    try:
        change(form.instance, by=request.user, at=request.now)
    except ValidationError as error:
        form.add_error("role", error)
    except IntegrityError:
        form.add_error("username", _("This user name is taken: choose another."))
    return form.is_valid()


def _link(request, person):
    """The address that the invited person opens, for the administrator to pass on; empty where there is none."""
    valid_to = expires_at(person)
    return request.build_absolute_uri(link_to(person)) if valid_to and request.now <= valid_to else ""


@require_http_methods(["GET", "POST"])
def invite(request):
    """A new person of any agency; `?agency=` chooses it beforehand."""
    require(can_manage_users(request.user), ONLY_ADMINISTRATORS)
    initial = {"agency": _agency_asked(request)}
    form = InviteForm(posted(request), user=request.user, today=request.today, initial=initial)
    if form.is_valid() and (person := _invited(request, form)):
        return redirect("accounts:user", person.pk)
    return render(request, "accounts/invite.html", {"form": form}, status=422 if form.is_bound else 200)


def _agency_asked(request):
    asked = request.GET.get("agency", "")
    is_key = asked.isdecimal() and len(asked) < 19
    return Agency.objects.visible_to(request.user).filter(pk=asked).first() if is_key else None


def _invited(request, form):
    """The new person, invited; None where somebody took the user name at this very moment."""
    try:
        with transaction.atomic():
            person = invite_person(form.save(commit=False), by=request.user, at=request.now)
            send_invitations([person], by=request.user, absolute=request.build_absolute_uri)
    except IntegrityError:
        form.add_error("username", _("This user name is taken: choose another."))
        return None
    messages.success(request, _said_of_invitation(person))
    return person


def _said_of_invitation(person):
    if person.email:
        sentence = _("%(name)s has been invited; the letter goes to %(email)s. The link below says the same.")
    else:
        sentence = _("%(name)s has been invited. Pass the link below on: no e-mail address is known.")
    return sentence % {"name": person, "email": person.email}


@require_POST
def user_move(request, pk, name):
    """Invite again, lock or unlock."""
    if name not in MOVES:
        raise Http404
    person = _person_or_404(request, pk)
    try:
        with transaction.atomic():
            person = MOVES[name](person, by=request.user, at=request.now)
            if person.invited_at and name != "lock":
                send_invitations([_person_or_404(request, pk)], by=request.user, absolute=request.build_absolute_uri)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        said = _said_of_invitation(person) if name == "invite" else SAID[name] % {"name": person}
        messages.success(request, said)
    return redirect("accounts:user", pk)


SAID = {
    "lock": gettext_lazy("%(name)s is locked out. The name stays in everything that was sent and in the history."),
    "unlock": gettext_lazy("%(name)s may log in again."),
}


@require_http_methods(["GET", "POST"])
def user_import(request):
    require(can_manage_users(request.user), ONLY_ADMINISTRATORS)
    return converse(request, UserImporter(request))
