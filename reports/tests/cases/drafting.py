"""A report on its way: beginning, writing, history, check, steps."""

from django.urls import reverse

from activities.models import Status
from activities.tests.factories import TODAY
from reports.beginning import draft_parts
from reports.models import ReportKind
from reports.tests.rows import ReportFactory

GET, POST, BOTH = ("get",), ("post",), ("get", "post")
STAFF = {"the coordinator", "another coordinator", "the leader", "the administrator"}
DRAFTER = {"the coordinator"}


def drafted(world):
    """A draft of the plan's report on the period with its parts, begun once."""
    report = world.plan.reports.filter(kind=ReportKind.PLAN, period=world.period).first()
    report = report or ReportFactory(period=world.period, begun_by=world.coordinator)
    draft_parts(report, today=TODAY)
    return report


def written(world):
    """The same, with a part that somebody has written in: it shows when it was, and what was approved since."""
    report = drafted(world)
    part = report.parts.get(code="III.1")
    part.edited_by, part.edited_at = world.coordinator, report.begun_at
    part.save()
    return report


def at_part(world):
    return [(drafted(world).pk, "I")]


def page(name, *arguments, query=""):
    return lambda world: reverse(f"reports:{name}", args=[written(world).pk, *arguments]) + query


CASES = {
    "reports:begin": (BOTH, None),
    "reports:detail": (GET, lambda world: [(drafted(world).pk,)]),
    "reports:part": (BOTH, at_part),
    "reports:part_history": (GET, at_part),
    "reports:part_restore": (POST, at_part),
    "reports:refresh": (BOTH, lambda world: [(drafted(world).pk,)]),
    "reports:confirm": (POST, lambda world: [(drafted(world).pk,)]),
    "reports:discard": (POST, lambda world: [(drafted(world).pk,)]),
    "reports:move": (BOTH, lambda world: [(drafted(world).pk, "submit")]),
}
ROLES = {
    "reports:begin": {"the agency", "another agency", "the coordinator", "another coordinator"},
    "reports:detail": STAFF,
    "reports:part": DRAFTER,
    "reports:part_history": STAFF,
    "reports:part_restore": DRAFTER,
    "reports:refresh": DRAFTER,
    "reports:confirm": DRAFTER,
    "reports:discard": DRAFTER,
    "reports:move": DRAFTER,
}
PAGES = {
    "reports in work": ("leader", Status.APPROVED, lambda world: (written(world), reverse("reports:list"))[1]),
    "report to begin": ("coordinator", Status.APPROVED, lambda world: reverse("reports:begin")),
    "draft of a report": ("coordinator", Status.APPROVED, page("detail")),
    "draft of a report, a part open": ("coordinator", Status.APPROVED, page("part", "I")),
    "history of a part": ("coordinator", Status.APPROVED, page("part_history", "I")),
    "step of a report": ("coordinator", Status.APPROVED, page("move", "submit")),
}
OPEN = set()
