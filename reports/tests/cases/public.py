"""The page of a plan that anybody may read, and who opens it."""

from django.urls import reverse

from activities.models import Status
from reports.tests.rows import PublicPageFactory

GET, POST, BOTH = ("get",), ("post",), ("get", "post")


def opened(world):
    """The plan, with its page open."""
    return getattr(world.plan, "public_page", None) or PublicPageFactory(plan=world.plan, by=world.coordinator)


CASES = {
    "reports:public_plan": (GET, lambda world: [(opened(world).plan_id,)]),
    "plans:public": (BOTH, lambda world: [(world.plan.pk,)]),
}
OPEN = {"reports:public_plan"}
ROLES = {"plans:public": {"the coordinator"}}
PAGES = {
    "public page": (
        "coordinator",
        Status.APPROVED,
        lambda world: reverse("reports:public_plan", args=[opened(world).plan_id]),
    ),
    "opening to the public": (
        "coordinator",
        Status.APPROVED,
        lambda world: reverse("plans:public", args=[world.plan.pk]),
    ),
}
