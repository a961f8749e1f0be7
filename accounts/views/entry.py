"""Logging in and out, where a person lands, and their choice of theme."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ..forms import LoginForm

THEMES = ("light", "dark", "auto")
YEAR = 365 * 24 * 3600


@method_decorator(login_not_required, name="dispatch")
class Login(LoginView):
    """The plain login form at the root; whoever is logged in goes on to their own first page."""

    template_name = "accounts/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_redirect_url(self):
        """Where the person wanted to go; the login page itself is nowhere to go."""
        wanted = super().get_redirect_url()
        return "" if urlsplit(wanted).path == self.request.path else wanted


class PasswordChange(PasswordChangeView):
    """A person's own password; other sessions of theirs end."""

    http_method_names = ["get", "post"]
    template_name = "accounts/password_form.html"
    success_url = reverse_lazy("accounts:home")

    def form_valid(self, form):
        messages.success(self.request, _("The password has been changed."))
        return super().form_valid(form)


@require_safe
def home(request):
    """A person's first page, by role."""
    if not request.user.agency_id:
        return render(request, "accounts/no_agency.html", status=403)
    shown_first = (
        "reports:dashboard" if request.user.is_leader or request.user.is_administrator else "activities:updates"
    )
    return redirect(shown_first)


@login_not_required
@require_POST
def theme(request):
    """Keep the choice of light, dark or the system's own, and go back."""
    chosen = request.POST.get("theme")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    if chosen in THEMES:
        response.set_cookie("theme", chosen, max_age=YEAR, samesite="Lax")
    return response
