"""The public check page."""

from django.urls import reverse

from activities.models import Status

GET, POST, BOTH = ("get",), ("post",), ("get", "post")
CODE = "7K2F-9QXM-4TRD"
CASES = {
    "reports:check": (BOTH, None),
    "reports:check_code": (GET, lambda world: [(CODE,)]),
}
OPEN = {"reports:check", "reports:check_code"}
ROLES = {}
PAGES = {
    "check page": ("coordinator", Status.APPROVED, lambda world: reverse("reports:check")),
    "check page of a code": ("coordinator", Status.APPROVED, lambda world: reverse("reports:check_code", args=[CODE])),
}
