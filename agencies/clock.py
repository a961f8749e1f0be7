"""What "now" is: the real clock, or the demo's where DEBUG is on and TODAY is set.

Only views, forms' callers and commands ask; every other function takes the date as an argument.
"""

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone


def demo_date():
    """The date the demo is set to, or None when the clock is the real one."""
    return date.fromisoformat(settings.TODAY) if settings.DEBUG and settings.TODAY else None


def today():
    return demo_date() or timezone.localdate()


def now():
    """Aware datetime: today's date (the demo's, if set) at the present time of day."""
    present = timezone.localtime()
    return datetime.combine(today(), present.time(), tzinfo=present.tzinfo)


class ClockMiddleware:
    """Gives every request its date and time: `request.today`, `request.now`."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.now = now()
        request.today = request.now.date()
        return self.get_response(request)
