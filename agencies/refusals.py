"""To a script that saves in the background, a refusal is a sentence it can show beside what was typed, not a page."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _


def is_autosave(request):
    """The form was posted by a script while somebody types."""
    return "X-Autosave" in request.headers


def says_why(view):
    """The view's 403 and 404 as {"sentence": …} where a script asked, as pages where a person did."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except (PermissionDenied, Http404) as refusal:
            if not (is_autosave(request) or request.htmx):
                raise
            if isinstance(refusal, PermissionDenied):
                return JsonResponse({"sentence": str(refusal)}, status=403)
            sentence = _("Somebody removed this row meanwhile. What you typed is still on this page: copy it.")
            return JsonResponse({"sentence": sentence}, status=404)

    return answer
