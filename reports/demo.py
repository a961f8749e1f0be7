"""The fictional province's reports as they stand on any day: past periods issued, the present one in draft.

Each report was written on the day it was due, from what had been approved by then: what was approved later is approved
only after it has been sealed.
"""

from datetime import datetime, time, timedelta

from django.utils import timezone

from accounts.models import Role, User
from activities.workflow import move as move_update
from plans.models import Plan, Purpose

from .beginning import Subject, begin_report
from .dossier.demo import load_demo_dossier
from .models import PublicPage, Report, ReportKind
from .sealing.issue_page import check_of, stand_by, token_of
from .sealing.sealing import Facts, issue_report
from .workflow import move

FIRST_NUMBER = 118
STEP_OF_NUMBERS = 113
SIGNATORY = "Đinh Quang Vinh"
HOURS = {
    "begin": time(8, 30),
    "submit": time(10, 15),
    "approve": time(14, 5),
    "confirm": time(15, 5),
    "issue": time(15, 20),
}


def load_reports(locality, now, late=()):
    """Write the reports of the locality's plans that would have been by `now`; those there stay. Returns how many.

    Args:
        late: approvals that are still to come (`load_minh_hoa`), in the order of time: each is taken at its moment.
    """
    written, late = 0, list(late)
    for plan in Plan.objects.filter(locality=locality, purpose=Purpose.PLAN, status__in=("issued", "amended")):
        people = _people(plan)
        periods = list(plan.reporting_periods.order_by("starts_on"))
        spans = [*periods, *plan.consolidated_periods.order_by("ends_on")]
        for span in sorted(spans, key=lambda each: (each.consolidated_due_on, each.starts_on)):
            issued_at = _moment(span.consolidated_due_on, "issue")
            _approve(plan, late, min(issued_at, now))
            written += _write(plan, span, people, now)
        _approve(plan, late, now)
        _open_to_public(plan, people, now)
        if people["coordinator"]:
            load_demo_dossier(plan, timezone.localdate(now).year, by=people["coordinator"], at=now)
    return written


def _people(plan):
    there = User.objects.filter(agency__locality=plan.locality_id, is_active=True).order_by("pk")
    agency = plan.coordinating_agency_id or plan.issuing_agency_id
    return {
        "coordinator": there.filter(role=Role.COORDINATOR, agency=agency).first(),
        "leader": there.filter(role=Role.LEADER).first(),
    }


def _write(plan, span, people, now):
    """Begin the report on `span` and take it as far as it would have come; 1 where it was begun."""
    if None in people.values() or _begun_at(span) > now:
        return 0
    if Report.objects.filter(plan=plan, kind=ReportKind.PLAN, starts_on=span.starts_on, ends_on=span.ends_on).exists():
        return 0
    report, _is_new = begin_report(Subject(ReportKind.PLAN, span), by=people["coordinator"], at=_begun_at(span))
    if _moment(span.consolidated_due_on, "issue") <= now:
        _issue(report, span, people)
    return 1


def _approve(plan, late, until):
    """Approve what came late of the plan's updates, as far as it was approved by the moment `until`."""
    for each in [each for each in late if each.at <= until and each.update.period.plan_id == plan.pk]:
        move_update(each.update, "approve", by=each.by, at=each.at)
        late.remove(each)


def _begun_at(span):
    """Reports are begun on the day after the agencies' deadline, sums of periods two days before they are due."""
    due = getattr(span, "agency_due_on", None)
    return _moment(due + timedelta(days=1) if due else span.consolidated_due_on - timedelta(days=2), "begin")


def _issue(report, span, people):
    day = span.consolidated_due_on
    move(report, "submit", by=people["coordinator"], at=_moment(day, "submit"))
    move(report, "approve", by=people["leader"], at=_moment(day, "approve"))
    report = Report.objects.select_related("plan__locality", "agency__parent", "locality").get(pk=report.pk)
    facts = Facts(
        number=_number(report),
        symbol=f"BC-{report.agency.symbol}",
        issued_on=day,
        signing_authority="",
        signatory_title=report.agency.head_title.upper() or "GIÁM ĐỐC",
        signatory_name=report.agency.head_name or SIGNATORY,
    )
    check = check_of(report, day)
    asked = [token_of(finding) for finding in check.to_confirm]
    stand_by(report, check, asked, by=people["coordinator"], at=_moment(day, "confirm"))
    issue_report(report, facts, by=people["coordinator"], at=_moment(day, "issue"))


def _number(report):
    """The office issues other documents in between: numbers leap."""
    earlier = Report.objects.filter(agency=report.agency, number__isnull=False, issued_on__year=report.ends_on.year)
    return FIRST_NUMBER + STEP_OF_NUMBERS * earlier.count()


def _moment(day, act):
    return timezone.make_aware(datetime.combine(day, HOURS[act]))


def _open_to_public(plan, people, now):
    """The plan of the present year is open to everybody."""
    coordinator = people["coordinator"]
    if coordinator is None or not plan.period_start <= timezone.localdate(now) <= plan.period_end:
        return
    words = "Những việc tỉnh làm trong năm để người dân, doanh nghiệp biết và làm thủ tục hành chính dễ hơn."
    contact = "Sở Nội vụ tỉnh Minh Họa, điện thoại 0200 3812 345 (giờ hành chính)."
    PublicPage.objects.get_or_create(
        plan=plan,
        defaults={
            "is_open": True,
            "words": words,
            "contact": contact,
            "by": coordinator,
            "by_name": str(coordinator),
            "at": now,
        },
    )
