"""The one way a view refuses: not yours is 404 (`visible_to`), yours but not now is 403 (`require`)."""

from django.core.exceptions import PermissionDenied


def require(allowed, sentence=""):
    """Pass when `allowed`; otherwise the 403 page, with `sentence` on it."""
    if not allowed:
        raise PermissionDenied(sentence)
