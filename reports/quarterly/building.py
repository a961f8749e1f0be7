"""The report of a period, built from approved updates alone; agencies without one are listed in annex III.

Texts are Vietnamese: it is a document. Outline: the report form of the field, sections I to V and four annexes.
"""

from django.utils import timezone, translation

from activities.models import Evidence, EvidenceKind
from activities.obligations import load_duties
from activities.progress import APPROVED_ONLY, State, count_by_state, reported_lines, standings_of
from activities.submissions import Punctuality, submissions_of
from activities.versions import as_in_force
from plans.document import read_document

from ..figures import build_figures
from ..wording import short_date
from .heading import heading_of, opening_of
from .narrative import assessment, direction, next_tasks, proposals, results
from .report import (
    NOT_STATED,
    PUNCTUALITY_WORDS,
    STATE_WORDS,
    STATUS_WORDS,
    ActivityLine,
    EvidenceLine,
    QuarterlyReport,
    SubmissionLine,
)


def build_quarterly_report(period, *, today):
    """The report of `period` (with its plan and the plan's agencies) as the approved updates stand.

    Args:
        period: ReportingPeriod with plan, plan__issuing_agency, plan__coordinating_agency__parent loaded.
        today: the day the draft is made.

    Twelve queries, whatever the number of agencies and activities.
    """
    plan = period.plan
    as_of = min(today, period.ends_on)
    duties = load_duties([plan.pk])
    activities = list(plan.activities.select_related("plan", "indicator").prefetch_related("themes"))
    activities = as_in_force(activities, period.ends_on)
    reported = reported_lines(activities, statuses=APPROVED_ONLY, until=period.ends_on)
    with translation.override("vi"):  # the names of the invited say so in the document's language
        rows = standings_of(activities, duties, reported, today=as_of, until=period.ends_on)
    submissions = submissions_of([period], duties, today=today)[period]
    figures = build_figures(period, activities, reported, APPROVED_ONLY, duties.successors)
    lines = _lines_of(period, activities, reported)
    updates = sorted({line.update.pk: line.update for line in lines}.values(), key=lambda u: (u.agency.name_sort, u.pk))
    document = read_document(plan)
    sent = [row for row in submissions if row.is_sent]
    on_time = sum(row.punctuality == Punctuality.ON_TIME for row in submissions)
    counts = count_by_state(rows)
    evidence = _evidence(updates)
    context = {
        "plan": plan,
        "document": document,
        "period": period,
        "today": today,
        "as_of": as_of,
        "rows": rows,
        "counts": counts,
        "figures": figures,
        "updates": updates,
        "lines": lines,
        "submissions": submissions,
        "sent": len(sent),
        "on_time": on_time,
        "evidence": evidence,
    }
    return QuarterlyReport(
        period_id=period.pk,
        plan_id=plan.pk,
        plan_number=plan.number,
        plan_title=plan.title,
        period_label=period.label,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        agency_due_on=period.agency_due_on,
        as_of=as_of,
        is_draft=True,
        heading=heading_of(plan, period, today),
        opening=opening_of(plan, period, as_of),
        sections=(
            direction(**context),
            results(**context),
            assessment(**context),
            next_tasks(**context),
            proposals(**context),
        ),
        expected=len(submissions),
        sent=len(sent),
        on_time=on_time,
        late=len(sent) - on_time,
        approved=len(updates),
        activity_count=sum(n for state, n in counts.items() if state != State.CANCELLED),
        state_counts=tuple((state, STATE_WORDS[state], n) for state, n in counts.items()),
        figures=figures,
        activities=tuple(_activity_line(row, lines) for row in rows),
        submissions=tuple(_submission_line(row) for row in submissions),
        evidence=evidence,
    )


def _lines_of(period, activities, reported):
    """The period's own lines, by activity and agency; each knows its activity with the themes already read."""
    known = {activity.pk: activity for activity in activities}
    lines = [line for line in reported if line.update.period_id == period.pk]
    for line in lines:
        line.activity = known[line.activity_id]
    return sorted(lines, key=lambda line: (line.activity.position, line.activity_id, line.update.agency.name_sort))


def _activity_line(row, lines):
    activity = row.activity
    given = [line.quantity_done for line in lines if line.activity_id == activity.pk and line.quantity_done is not None]
    return ActivityLine(
        number=activity.number,
        title=activity.title,
        leads="; ".join(row.leads) or NOT_STATED,
        cooperating="; ".join(row.cooperating) or NOT_STATED,
        time=activity.schedule_text or (short_date(activity.deadline) if activity.deadline else NOT_STATED),
        state=row.state,
        state_words=STATE_WORDS[row.state],
        days_late=row.days_late,
        percent=row.percent,
        quantity_in_period=sum(given) if given else None,
        quantity_done=row.quantity_done,
        target=activity.target_quantity,
        unit=activity.target_unit,
        target_percent=row.target_percent,
    )


def _submission_line(row):
    first = row.update.first_submitted_at if row.update else None
    return SubmissionLine(
        agency=row.update.agency_name if row.update and row.update.agency_name else row.agency.name,
        due_on=row.period.agency_due_on,
        sent_on=timezone.localtime(first).date() if first else None,
        punctuality=row.punctuality,
        punctuality_words=PUNCTUALITY_WORDS[row.punctuality],
        days_late=row.days_late,
        status=row.status or "",
        status_words=STATUS_WORDS[row.status],
    )


def _evidence(updates):
    items = (
        Evidence.objects.filter(progress__update__in=updates, removed_at__isnull=True)
        .select_related("progress__activity", "progress__update__agency")
        .order_by("progress__activity__position", "progress__update__agency__name_sort", "pk")
    )
    return tuple(
        EvidenceLine(
            activity_number=item.progress.activity.number,
            agency=item.progress.update.agency.short_name,
            caption=str(item),
            kind="Tệp" if item.kind == EvidenceKind.FILE else "Đường dẫn",
            dated_on=item.dated_on,
            reference=item.url or item.file_name,
        )
        for item in items
    )
