"""Pages of a person who is logged in stay theirs: no cache keeps them after they have left."""


class PrivacyMiddleware:
    """Forbid keeping whatever is shown to a person who is logged in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if getattr(request, "user", None) and request.user.is_authenticated:
            response["Cache-Control"] = "private, no-store"
        return response
