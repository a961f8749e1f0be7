"""Issuing and sealing a report, correcting it, signing it, fetching what was sealed."""

from datetime import date

from django.urls import reverse

from activities.models import Status
from activities.tests.factories import (
    TODAY,
    ActivityProgressFactory,
    IndicatorFactory,
    OutputCountFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    moment,
)
from reports.beginning import draft_parts
from reports.models import FileKind, ReportKind
from reports.tests.rows import ReportEventFactory, ReportFactory, SealedFileFactory, SignatureFactory

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


def after_another(world):
    """A plan's report that waits to be issued; the period before has counts of its own and no report."""
    there = world.plan.reports.filter(period__ordinal=3).first()
    if there:
        return there
    period = ReportingPeriodFactory(plan=world.plan, ordinal=3)
    update = QuarterlyUpdateFactory(period=period, agency=world.agency, status=Status.APPROVED)
    line = ActivityProgressFactory(update=update, activity=world.activity, quantity_done=2)
    OutputCountFactory(progress=line, indicator=IndicatorFactory())
    report = ReportFactory(period=period, begun_by=world.coordinator, status="approved")
    draft_parts(report, today=TODAY)
    ReportEventFactory(report=report, step="approve", before="submitted", after="approved", at=moment(18))
    return report


ACTS = ("reports:correct", "reports:sign", "reports:seal")
CASES = {
    "reports:issue": (BOTH, lambda world: [(approved(world).pk,)]),
    **{name: (POST, lambda world: [(issued(world).pk,)]) for name in ACTS},
    "reports:signed_pdf": (GET, lambda world: [(issued(world).pk,)]),
    "reports:signed_copy": (GET, lambda world: [(issued(world).pk, issued(world).signatures.get().pk)]),
    "reports:confirm_signer": (POST, lambda world: [(issued(world).pk, issued(world).signatures.get().pk)]),
    "reports:sealed_file": (GET, lambda world: [(issued(world).pk, kind) for kind in FileKind.values]),
}
OPEN = set()
ROLES = {
    "reports:issue": DRAFTER,
    **{name: DRAFTER for name in ACTS},
    "reports:signed_pdf": EVERYBODY,
    "reports:signed_copy": EVERYBODY,
    "reports:confirm_signer": DRAFTER,
    "reports:sealed_file": EVERYBODY,
}
PAGES = {
    "draft report, issuing": (
        "coordinator",
        Status.APPROVED,
        lambda world: reverse("reports:issue", args=[approved(world).pk]),
    ),
    "draft report, issuing after a period without a report": (
        "coordinator",
        Status.APPROVED,
        lambda world: reverse("reports:issue", args=[after_another(world).pk]),
    ),
    "issued report": ("coordinator", Status.APPROVED, lambda world: issued(world).get_absolute_url()),
    "sealed file": (
        "leader",
        Status.APPROVED,
        lambda world: reverse("reports:sealed_file", args=[issued(world).pk, "pdf"]),
    ),
}
