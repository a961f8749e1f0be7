"""The page behind an invitation's link, and the links as a list for offices without mail."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from agencies.access import require
from agencies.importing import download
from agencies.sending import posted
from agencies.workbook import Column, Kind, write_table

from ..invitations import expires_at, invited, link_to
from ..models import User
from ..permissions import can_manage_users
from ..workflow import enter
from .users import ONLY_ADMINISTRATORS

LINK_COLUMNS = [
    Column("agency", gettext_lazy("Agency"), width=40),
    Column("name", gettext_lazy("Full name"), width=28),
    Column("username", gettext_lazy("User name"), width=22),
    Column("email", gettext_lazy("E-mail"), width=30),
    Column("expires", gettext_lazy("Valid to"), Kind.DATE),
    Column("link", gettext_lazy("Link"), width=60),
]


@sensitive_post_parameters()
@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def invitation(request, uidb64, token):
    """Whoever holds the link sets the password and is in; a link that is over says only that."""
    person = invited(uidb64, token)
    if person is None:
        return render(request, "accounts/invitation_over.html", status=404)
    form = SetPasswordForm(person, posted(request))
    if form.is_valid():
        form.save(commit=False)
        enter(person, at=request.now)
        login(request, person, backend="accounts.backends.AgencyBackend")
        messages.success(request, _("Welcome. Next time, log in as %(username)s.") % {"username": person.username})
        return redirect("accounts:home")
    return render(
        request,
        "accounts/invitation.html",
        {"person": person, "form": form, "expires_at": expires_at(person)},
        status=422 if form.is_bound else 200,
    )


@require_safe
def invitation_links(request):
    """Everybody who has an open link, with it: a closed network may have no mail to send them by."""
    require(can_manage_users(request.user), ONLY_ADMINISTRATORS)
    people = User.people.visible_to(request.user).filter(is_active=True, invited_at__isnull=False)
    rows = [
        {
            "agency": person.agency.name,
            "name": person.full_name,
            "username": person.username,
            "email": person.email,
            "expires": expires_at(person),
            "link": request.build_absolute_uri(link_to(person)),
        }
        for person in people.select_related("agency").order_by("agency__name_sort", "pk")
        if request.now <= expires_at(person)
    ]
    return download(write_table(_("Invitations"), LINK_COLUMNS, rows), "loi-moi.xlsx")
