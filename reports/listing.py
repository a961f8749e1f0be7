"""The list of reports: in work first, most urgent on top; what has been issued; what has not been begun yet."""

import itertools
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _, gettext_lazy

from activities.models import ConsolidatedPeriod, QuarterlyUpdate, Status

from .beginning import Subject
from .models import CONFIRMED, UNCONFIRMED, Report, ReportEvent, ReportKind, ReportStatus, Signature
from .permissions import can_issue_report, can_view_preview, can_view_report, is_drafter_of
from .workflow import open_moves

DRAFTER, LEADERSHIP, ISSUE = "drafter", "leadership", "issue"
WHO = {DRAFTER: gettext_lazy("Drafter"), LEADERSHIP: gettext_lazy("Leadership"), ISSUE: gettext_lazy("Issue")}
TURN = {
    ReportStatus.DRAFT: DRAFTER,
    ReportStatus.RETURNED: DRAFTER,
    ReportStatus.SUBMITTED: LEADERSHIP,
    ReportStatus.APPROVED: ISSUE,
}
WAITS = {
    ReportStatus.DRAFT: gettext_lazy("being written, since %(since)s"),
    ReportStatus.RETURNED: gettext_lazy("leadership waits for the drafter, since %(since)s"),
    ReportStatus.SUBMITTED: gettext_lazy("the drafter waits for leadership, since %(since)s"),
    ReportStatus.APPROVED: gettext_lazy("approved, waits to be issued, since %(since)s"),
}


@dataclass(frozen=True)
class ReportInWork:
    """A report that has not been issued: whose turn it is, since when, and what this person does next."""

    report: Report
    event: ReportEvent | None
    done: int
    parts: int
    action: str
    action_name: str  # "issue", or empty where the report's own page is the place

    @property
    def chain(self):
        """[(who, whether it is their turn)]; an agency's own report goes to its head outside the portal."""
        turn = TURN[self.report.status]
        steps = (DRAFTER, ISSUE) if self.report.kind == ReportKind.AGENCY else (DRAFTER, LEADERSHIP, ISSUE)
        return [(WHO[step], step == turn) for step in steps]

    @property
    def since(self) -> datetime:
        return self.event.at if self.event else self.report.begun_at

    @property
    def waits(self):
        return WAITS[self.report.status] % {"since": f"{self.since:%d/%m/%Y}"}

    @property
    def reason(self):
        """Why it was returned."""
        return self.event.reason if self.event and self.report.status == ReportStatus.RETURNED else ""


@dataclass(frozen=True)
class IssuedReport:
    """An issued report, and the issued version that replaces it, or None."""

    report: Report
    replaced_by: Report | None

    @classmethod
    def of(cls, report):
        later = getattr(report, "replaced_by", None)
        return cls(report, later if later and later.is_issued else None)

    @property
    def is_one_of_several(self):
        return self.report.ordinal > 1 or self.replaced_by is not None


@dataclass(frozen=True)
class ToBegin:
    """A period without a report of its own: it can be read as a preview, and begun by whoever writes it."""

    subject: Subject
    may_begin: bool

    @property
    def period(self):
        return self.subject.span_source

    @property
    def is_sum(self):
        """It sums other periods: there is no preview of its own."""
        return isinstance(self.period, ConsolidatedPeriod)


@dataclass(frozen=True)
class ReportList:
    """What the page shows. `issued` and `to_begin` are grouped by plan: [(plan or None, rows)]."""

    in_work: list[ReportInWork]
    issued: list
    issued_count: int
    version_count: int
    to_begin: list
    own: list[ToBegin]

    @property
    def most_urgent(self):
        return self.in_work[0] if self.in_work else None

    @property
    def is_empty(self):
        return not (self.in_work or self.issued or self.to_begin or self.own)


def readable(user):
    """The reports of the locality with everything a line says of them; who may read which: `can_view_report`."""
    copies = Signature.objects.filter(report=OuterRef("pk"))
    signed, waiting = copies.filter(CONFIRMED), copies.filter(UNCONFIRMED)
    reports = Report.objects.visible_to(user).select_related(
        "plan__issuing_agency", "agency", "replaces", "replaced_by", "locality"
    )
    return reports.annotate(is_signed=Exists(signed), waits_for_signer=Exists(waiting))


def build_list(user, chosen, periods, sums):
    """The list as `chosen` (ReportFilter over `readable`) narrows it.

    Args:
        periods, sums: the reporting and consolidated periods that have begun.
    """
    reports = list(chosen.queryset)
    begun = {_of(report) for report in reports}
    shown = [report for report in (chosen.qs if chosen.asked else reports) if can_view_report(user, report)]
    issued = [report for report in shown if report.is_issued]
    return ReportList(
        in_work=_in_work(user, [report for report in shown if not report.is_issued]),
        issued=_by_plan(sorted(issued, key=_issued_order)),
        issued_count=len({_of(report) for report in issued}),
        version_count=len(issued),
        to_begin=_to_begin(user, begun, [each for each in [*sums, *periods] if chosen.keeps(each)]),
        own=_own(user, begun, [each for each in periods if chosen.keeps(each, ReportKind.AGENCY)]),
    )


def _of(report):
    """What tells a report from others, its versions counted as one."""
    agency = report.agency_id if report.kind == ReportKind.AGENCY else None
    return report.kind, report.plan_id, agency, report.starts_on, report.ends_on


def _in_work(user, reports):
    """Two queries: the last step of each, and how many of its parts say something."""
    if not reports:
        return []
    keys = [report.pk for report in reports]
    last = {event.report_id: event for event in ReportEvent.objects.filter(report__in=keys).exclude(step="refresh")}
    counted = Report.objects.filter(pk__in=keys).annotate(
        all_parts=Count("parts"), done_parts=Count("parts", filter=~Q(parts__body=""))
    )
    parts = {pk: (done, every) for pk, done, every in counted.values_list("pk", "done_parts", "all_parts").order_by()}
    rows = [ReportInWork(report, last.get(report.pk), *parts[report.pk], *_action(user, report)) for report in reports]
    return sorted(rows, key=lambda row: (row.report.due_on, row.report.pk))


def _action(user, report):
    """(what the person does next, in words; the address it stands at, empty: the report's own)."""
    if is_drafter_of(user, report) and can_issue_report(user, report) and report.status == ReportStatus.APPROVED:
        return _("Issue"), "issue"
    moves = open_moves(user, report)
    if "approve" in moves:
        return _("Decide"), ""
    if report.status == ReportStatus.RETURNED and is_drafter_of(user, report):
        return _("Mend"), ""
    return (_("Go on writing"), "") if is_drafter_of(user, report) and "withdraw" not in moves else (_("View"), "")


def _issued_order(report):
    starts = -report.plan.period_start.toordinal() if report.plan and report.plan.period_start else 0
    return starts, report.plan_id or 0, -report.ends_on.toordinal(), report.starts_on, report.kind, -report.ordinal


def _by_plan(reports):
    groups = itertools.groupby(reports, key=lambda report: report.plan)
    return [(plan, [IssuedReport.of(report) for report in rows]) for plan, rows in groups]


def _to_begin(user, begun, periods):
    """Periods that have begun and have no report on their plan, plan by plan, newest first."""
    if not can_view_preview(user):
        return []
    rows = []
    for period in periods:
        subject = Subject(ReportKind.PLAN, period)
        if (ReportKind.PLAN, period.plan_id, None, *_days(period)) not in begun:
            rows.append(ToBegin(subject, subject.may_be_begun_by(user)))
    rows.sort(key=_newest_plan_first)
    return [(plan, list(group)) for plan, group in itertools.groupby(rows, key=lambda row: row.period.plan)]


def _newest_plan_first(row):
    plan, period = row.period.plan, row.period
    begins = -plan.period_start.toordinal() if plan.period_start else 0
    return begins, plan.pk, -period.ends_on.toordinal(), period.starts_on, row.is_sum


def _days(period):
    return period.starts_on, period.ends_on


def _own(user, begun, periods):
    """The periods a focal point has sent an update for, and has not begun their agency's own report of. A query."""
    if not (user.is_focal_point and periods):
        return []
    sent = QuarterlyUpdate.objects.filter(agency__in=user.own_agency_ids).exclude(status=Status.DRAFT)
    told = set(sent.values_list("period", flat=True))
    return [
        ToBegin(Subject(ReportKind.AGENCY, period), True)
        for period in periods
        if period.pk in told and (ReportKind.AGENCY, period.plan_id, user.agency_id, *_days(period)) not in begun
    ]
