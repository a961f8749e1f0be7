"""What a browser sends is UTF-8: whoever says otherwise is answered at the door.

Django would decode a form by whatever codec of Python the request names, and some of them decode no text.
"""

from django.core.exceptions import SuspiciousOperation
from django.utils.http import parse_header_parameters
from django.views.defaults import bad_request

OURS = ("", "utf-8", "utf8")
REFUSED = "text/plain; charset=refused"  # no codec of Python's


def at_the_door(application):
    """The WSGI `application`, shown a foreign encoding only by the name REFUSED.

    Django reads the address of a request by the encoding it names before any middleware is asked.
    """

    def answer(environ, start_response):
        if not _is_ours(environ.get("CONTENT_TYPE", "")):
            environ["CONTENT_TYPE"] = REFUSED
        return application(environ, start_response)

    return answer


def _is_ours(content_type):
    try:
        _kind, parameters = parse_header_parameters(content_type)
    except (LookupError, ValueError):
        return False
    return parameters.get("charset", "").strip().lower() in OURS


class EncodingMiddleware:
    """400 to a request that names another encoding; it stands before whatever reads a form."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.content_params.get("charset", "").strip().lower() not in OURS:
            return bad_request(request, SuspiciousOperation())
        return self.get_response(request)
