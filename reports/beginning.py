"""How a report is born: one for each whose, plan and span, drafted from approved updates at once or in the background.

Asked for twice it is one: the second asking leads to the first (the database has a constraint for it).
"""

from dataclasses import dataclass
from datetime import date
from itertools import count

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy

from accounts.jobs import CannotDo, order, work
from accounts.models import Job, JobState
from activities.models import ConsolidatedPeriod, QuarterlyUpdate, ReportingPeriod
from agencies.access import require

from .models import Report, ReportKind, ReportPart, ReportStatus
from .permissions import can_begin_report, can_discard_report
from .quarterly import building
from .quarterly.heading import reporting_agency
from .quarterly.markup import sources_of, write
from .quarterly.spans import span_of
from .workflow import locked, record

# Lines; more are drafted in the background. Measured, each line with words of its own: 1,500 take 0.4 seconds of an
# idle core, 3,000 take 0.9 (two where four others want the core as well), 6,000 take 1.6.
AT_ONCE = 3000
NOT_YOURS = gettext_lazy("The coordinator of a plan begins its report, a focal point that of their own agency.")
NOT_A_DRAFT = gettext_lazy("Only a draft can be thrown away, by who writes it.")


@dataclass(frozen=True)
class Subject:
    """What a report is to be about: whose it is, and the period (`span_source`) it takes its dates from.

    For all plans of a locality the dates of one plan's period are taken, not the period.
    """

    kind: ReportKind
    span_source: ReportingPeriod | ConsolidatedPeriod

    @property
    def code(self):
        """As forms carry it: 'plan-p12', 'agency-c3'."""
        letter = "p" if isinstance(self.span_source, ReportingPeriod) else "c"
        return f"{self.kind.value}-{letter}{self.span_source.pk}"

    def agency_for(self, person):
        """Who reports: the agency that coordinates the plan, or the person's own."""
        return reporting_agency(self.span_source.plan) if self.kind == ReportKind.PLAN else person.agency

    def may_be_begun_by(self, person):
        plan = self.span_source.plan
        return can_begin_report(person, self.kind, plan=plan, agency=person.agency)

    def facts(self, person):
        """The facts of the report's row that tell it from every other, and its span."""
        span, source = span_of(self.span_source), self.span_source
        own = self.kind == ReportKind.AGENCY
        facts = {
            "kind": self.kind,
            "locality_id": source.plan.locality_id,
            "agency": self.agency_for(person),
            "plan": None if self.kind == ReportKind.LOCALITY else source.plan,
            "span": span.kind,
            "year": span.year,
            "label": span.label,
            "starts_on": span.starts_on,
            "ends_on": span.ends_on,
            "due_on": span.agency_due_on if own else span.due_on,
        }
        if self.kind != ReportKind.LOCALITY:
            name = "period" if isinstance(source, ReportingPeriod) else "consolidated"
            facts[name] = source
        return facts


def begin_report(subject, *, by, at):
    """The report on `subject`, begun now or there already: (Report, whether it is new).

    Raises:
        PermissionDenied: it is not this person's to begin.
    """
    require(subject.may_be_begun_by(by) and _has_duty(subject, by), NOT_YOURS)
    facts = subject.facts(by)
    if there := latest_of(facts):
        return there, False
    try:
        with transaction.atomic():
            report = Report.objects.create(**facts, begun_by=by, begun_at=at)
            record(report, "begin", by=by, at=at)
            _draft_or_order(report, by=by, at=at)
    except IntegrityError:  # somebody was quicker
        return latest_of(facts), False
    return report, True


def _has_duty(subject, person):
    """An agency reports on its own part where it has one in the plan's span."""
    if subject.kind != ReportKind.AGENCY:
        return True
    span = span_of(subject.span_source)
    return QuarterlyUpdate.objects.filter(
        period__plan=subject.span_source.plan_id,
        agency__in=person.own_agency_ids,
        period__starts_on__gte=span.starts_on,
        period__ends_on__lte=span.ends_on,
    ).exists()


def latest_of(facts):
    """The version in force, or in work, of the report with these facts; None where it was never begun."""
    names = ("kind", "locality_id", "plan", "starts_on", "ends_on")
    same = {name: facts[name] for name in names}
    if facts["kind"] == ReportKind.AGENCY:
        same["agency"] = facts["agency"]
    return Report.objects.filter(**same).order_by("-ordinal").first()


def _draft_or_order(report, *, by, at):
    if building.size_of(report) <= AT_ONCE:
        draft_parts(report, today=timezone.localtime(at).date())
        return
    order(
        "report_draft",
        by=by,
        locality=report.locality,
        subject=f"{report.label}, {report.plan or report.locality}",
        key=f"report-draft:{report.pk}",
        report=report.pk,
        day=timezone.localtime(at).date().isoformat(),
    )


def draft_parts(report, *, today, step=lambda: None):
    """Write the parts of a report that has none yet, as approved updates have them on `today`: all of them or none.

    `step` is called `building.DRAFTING_STEPS` times while they are drafted, which is before anything is written.
    """
    if report.parts.exists():
        return
    parts = building.draft_report(report, today=today, step=step)
    with transaction.atomic():
        if locked(report).parts.exists():  # another worker was quicker
            return
        ReportPart.objects.bulk_create(
            ReportPart(report=report, position=position, **drafted(part))
            for position, part in enumerate(parts, start=1)
        )


def drafted(part):
    """A part as drafted, as its row keeps it: {code, body, drafted, sources}."""
    body = write(part.paragraphs)
    return {"code": part.code, "body": body, "drafted": body, "sources": sources_of(part.paragraphs)}


@work("report_draft", label=gettext_lazy("Draft of a report"), says_done=True)
def draft_in_background(job, *, report, day):
    """Draft the parts of a large report; a second try finds them there."""
    row = Report.objects.filter(pk=report, locality=job.locality, status=ReportStatus.DRAFT).first()
    if row is None:
        raise CannotDo(_("The report is not there any more."), final=True)
    total = building.DRAFTING_STEPS + 1  # the last one: they are written down
    numbers = count(1)
    job.step(0, total)
    try:
        draft_parts(row, today=date.fromisoformat(day), step=lambda: job.step(next(numbers), total))
    except PermissionDenied as error:  # it was thrown away meanwhile
        raise CannotDo(_("The report is not there any more."), final=True) from error
    job.step(total, total)
    return row.label


def job_of(report):
    """The job that drafts the report; None where it was drafted at once or is done."""
    return Job.objects.filter(key=f"report-draft:{report.pk}").exclude(state=JobState.DONE).first()


@transaction.atomic
def discard_report(report, *, by):
    """Throw a draft away with its parts and their history.

    Raises:
        PermissionDenied: it is not a draft any more, or not this person's.
    """
    held = locked(report)
    require(can_discard_report(by, held), NOT_A_DRAFT)
    held.delete()
