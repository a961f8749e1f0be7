"""A report as PDF, Word, Excel and on the Ministry's form."""

from django.urls import reverse

from activities.models import Status
from reports.tests.rows import ReportFactory

GET, POST, BOTH = ("get",), ("post",), ("get", "post")
STAFF = {"the coordinator", "another coordinator", "the leader", "the administrator"}
KEEPERS = {"the coordinator", "another coordinator", "the administrator"}


def drafted(world):
    """A draft of the plan's report on the period, begun once."""
    there = world.plan.reports.filter(period=world.period).first()
    return there or ReportFactory(period=world.period, begun_by=world.coordinator)


def of_the_draft(name):
    return lambda world: reverse(name, args=[drafted(world).pk])


FILES = ("reports:pdf", "reports:docx", "reports:xlsx", "reports:ministry")
PREVIEWS = ("reports:preview_docx", "reports:preview_xlsx")
CASES = {
    **{name: (GET, lambda world: [(drafted(world).pk,)]) for name in FILES},
    **{name: (GET, lambda world: [(world.period.pk,)]) for name in PREVIEWS},
    "reports:ministry_form": (BOTH, None),
}
OPEN = set()
ROLES = {
    **{name: STAFF for name in FILES},
    **{name: STAFF for name in PREVIEWS},
    "reports:ministry_form": KEEPERS,
}
PAGES = {
    "report as PDF": ("coordinator", Status.APPROVED, of_the_draft("reports:pdf")),
    "report as Word": ("leader", Status.APPROVED, of_the_draft("reports:docx")),
    "report as a workbook": ("leader", Status.APPROVED, of_the_draft("reports:xlsx")),
    "report on the Ministry's form": ("coordinator", Status.APPROVED, of_the_draft("reports:ministry")),
    "preview as Word": (
        "leader",
        Status.APPROVED,
        lambda world: reverse("reports:preview_docx", args=[world.period.pk]),
    ),
    "the Ministry's form": ("administrator", Status.APPROVED, lambda world: reverse("reports:ministry_form")),
}
