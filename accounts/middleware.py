"""Whoever must log in first comes back to a page that can be opened, not to an address that only takes what is sent."""

from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


class LoginFirstMiddleware(LoginRequiredMiddleware):
    def handle_no_permission(self, request, view_func):
        if request.method in ("GET", "HEAD"):
            return super().handle_no_permission(request, view_func)
        came_from = request.headers.get("Referer", "")
        own = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, request.is_secure())
        path = urlsplit(came_from).path if own else resolve_url("accounts:home")
        return redirect_to_login(path, resolve_url(self.get_login_url(view_func)))
