"""Issuing and sealing a report, correcting it, signing it, fetching what was sealed."""

from datetime import date

from django.urls import reverse

from activities.models import Status
from reports.models import FileKind, ReportKind
from reports.tests.rows import ReportFactory, SealedFileFactory, SignatureFactory

GET, POST, BOTH = ("get",), ("post",), ("get", "post")
STAFF = {"the coordinator", "another coordinator", "the leader", "the administrator"}
EVERYBODY = STAFF | {"the agency", "another agency"}
DRAFTER = {"the coordinator"}


def _on_all_plans(world, quarter, **facts):
    """A report on all plans of the locality, which no other case of this world reads."""
    there = world.locality.reports.filter(kind=ReportKind.LOCALITY, starts_on=quarter).first()
    return there or ReportFactory(
        kind=ReportKind.LOCALITY,
        locality=world.locality,
        agency=world.plan.coordinating_agency,
        plan=None,
        period=None,
        span="quarter",
        year=2026,
        label="Quý/2026",
        starts_on=quarter,
        ends_on=date(2026, quarter.month + 2, 14),
        due_on=date(2026, 6, 20),
        begun_by=world.coordinator,
        **facts,
    )


def issued(world):
    """An issued report with its five files and a signed copy, made once."""
    report = _on_all_plans(world, date(2026, 1, 1), is_issued=True)
    if not report.files.exists():
        for kind in FileKind.values:
            SealedFileFactory(report=report, kind=kind)
        SignatureFactory(report=report)
    return report


def approved(world):
    """A report that waits to be issued."""
    return _on_all_plans(world, date(2026, 4, 1), status="approved")


ACTS = ("reports:correct", "reports:sign", "reports:seal")
CASES = {
    "reports:issue": (BOTH, lambda world: [(approved(world).pk,)]),
    **{name: (POST, lambda world: [(issued(world).pk,)]) for name in ACTS},
    "reports:signed_pdf": (GET, lambda world: [(issued(world).pk,)]),
    "reports:sealed_file": (GET, lambda world: [(issued(world).pk, kind) for kind in FileKind.values]),
}
OPEN = set()
ROLES = {
    "reports:issue": DRAFTER,
    **{name: DRAFTER for name in ACTS},
    "reports:signed_pdf": EVERYBODY,
    "reports:sealed_file": EVERYBODY,
}
PAGES = {
    "draft report, issuing": (
        "coordinator",
        Status.APPROVED,
        lambda world: reverse("reports:issue", args=[approved(world).pk]),
    ),
    "issued report": ("coordinator", Status.APPROVED, lambda world: issued(world).get_absolute_url()),
    "sealed file": (
        "leader",
        Status.APPROVED,
        lambda world: reverse("reports:sealed_file", args=[issued(world).pk, "pdf"]),
    ),
}
