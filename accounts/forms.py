"""Is what they typed acceptable? Logging in."""

from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class LoginForm(AuthenticationForm):
    """User name and password, with the field names every browser knows."""

    error_messages = {
        "invalid_login": _(
            "The user name or the password is wrong. Check both; capital letters count in the password."
        ),
        "inactive": _("This account is closed. Ask the administrator of your locality."),
    }
