"""A new day in the office: what was to happen on it happens, even where no timer has been set."""

import logging

from .models import writing_at
from .reorganising import apply_due

log = logging.getLogger(__name__)


class NewDayMiddleware:
    """The first request of a day in each process carries out the reorganisations that are due: one query a day.

    The page is shown whatever comes of it; `manage.py apply_reorganisations` says what was wrong.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.seen = None

    def __call__(self, request):
        if request.today != self.seen:
            self.seen = request.today
            try:
                apply_due(request.today, request.now)
            except Exception:
                log.exception("The reorganisations that are due could not be carried out.")
        return self.get_response(request)


class WritingMiddleware:
    """What a request writes is written at the request's moment: that decides whether a period is still open."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with writing_at(request.now):
            return self.get_response(request)
