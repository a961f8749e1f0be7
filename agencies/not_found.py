"""What is not there looks the same in the demo as in the office: our own page, not the developer's."""

from django.conf import settings
from django.http import Http404
from django.views.defaults import page_not_found


class NotFoundMiddleware:
    """Where DEBUG is on, put our 404 page in the place of Django's list of addresses; an answer to a script stays."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if settings.DEBUG and response.status_code == 404 and response["Content-Type"].startswith("text/html"):
            return page_not_found(request, Http404())
        return response
