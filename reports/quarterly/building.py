"""The report object of a period, or of a report on its way, built from approved updates alone.

Agencies without one are listed in annex III. Texts are Vietnamese: it is a document. Outline: the report form of the
field, sections I to V and four annexes.
"""

from dataclasses import replace
from typing import NamedTuple

from django.conf import settings
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from activities.models import ActivityProgress, EvidenceKind
from activities.progress import APPROVED_ONLY, State
from plans.models import Plan, PlanStatus, PlanVersion, Purpose

from ..kept import DamagedError, verified
from ..models import FileKind, Report, ReportKind, SealedFile
from ..wording import long_date, place_and_date, short_date
from .gathering import STEPS, Gathered, activity_proved, gather
from .heading import (
    Several,
    called,
    heading_of,
    kind_word,
    opening_of,
    place_of,
    plan_words,
    plans_of,
    reporting_agency,
)
from .markup import parse
from .narrative import PARTS, draft, sections_of
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
from .results import leaves_of, unsaid_themes
from .spans import span_of, span_of_report
from .stored import differences, from_json
from .values import values_of

RELATIONS = (
    "locality",
    "plan__locality",
    "plan__issuing_agency__parent",
    "plan__coordinating_agency__parent",
    "agency__parent",
    "agency__locality",
    "period__plan",
    "consolidated__plan",
    "replaces",
)


def build_quarterly_report(period, *, today):
    """The report of `period` as the approved updates stand: a preview, of no Report row.

    Args:
        period: ReportingPeriod or ConsolidatedPeriod with plan, plan__issuing_agency, plan__locality and
            plan__coordinating_agency__parent loaded.
        today: the day the draft is made.

    Fourteen queries at most, whatever the number of agencies and activities.
    """
    gathered = gather(period.plan, span_of(period), today=today)
    return _told(_figured(gathered, period_id=period.pk), draft, gathered)


class Made(NamedTuple):
    """A report object with its parts as `draft_report` has them, and what both are made of."""

    built: QuarterlyReport
    drafted: tuple
    gathered: Gathered


def build_report(report, *, today):
    """The report object of a Report row: parts that somebody has edited as they were left, the others drafted anew."""
    return make_report(report, today=today).built


def make_report(report, *, today):
    """The report object of a Report row with what it is made of: a Made. Gathered once."""
    gathered = _gathered(report, today)
    bare = _as_issued(_figured(gathered, **_facts(report)), report, gathered)
    drafted = draft(gathered, values_of(bare))
    built = _told(bare, lambda _facts, values: _as_edited(drafted, report.parts.all(), values), gathered)
    return Made(_compared(built, report), drafted, gathered)


DRAFTING_STEPS = STEPS + PARTS


def draft_report(report, *, today, step=lambda: None):
    """The parts of a Report row as the portal drafts them now; each sentence knows the updates it came from.

    `step` is called DRAFTING_STEPS times.
    """
    gathered = _gathered(report, today, step)
    return draft(gathered, values_of(_figured(gathered)), step)


def size_of(window):
    """How many lines the report of a period, a consolidated one or a Report row is made of. Two queries at most."""
    if isinstance(window, Report):
        _load(window)
        periods = span_of_report(window, _plans_in_force(window) if window.kind == ReportKind.LOCALITY else ()).periods
    else:
        periods = span_of(window).periods
    lines = ActivityProgress.objects.filter(update__period__in=periods, update__status__in=APPROVED_ONLY)
    if isinstance(window, Report) and window.kind == ReportKind.AGENCY:
        lines = lines.filter(update__agency=window.agency_id)
    return lines.count()


def sealed_object(report):
    """The report object as it was sealed with `report`; None where nothing has been, or it is damaged."""
    return read_sealed(SealedFile.objects.filter(report=report, kind=FileKind.DATA).first())


def read_sealed(kept):
    """The report object in the SealedFile `kept`; None where there is no file, or it is damaged."""
    try:
        return from_json(verified(kept)) if kept else None
    except DamagedError:
        return None  # whoever issues on top of it is refused: `sealing.issue_report`


# Whose report, on what


def _gathered(report, today, step=lambda: None):
    _load(report)
    if report.kind == ReportKind.LOCALITY:
        plans = tuple(_plans_in_force(report))
        return gather(Several(plans, report.agency), span_of_report(report, plans), today=today, step=step)
    own = report.agency if report.kind == ReportKind.AGENCY else None
    return gather(report.plan, span_of_report(report), today=today, own=own, step=step)


def _load(report):
    """What the row refers to, in one query; what the row itself says stays, saved or not."""
    if "locality" in report._state.fields_cache and ("plan" in report._state.fields_cache or not report.plan_id):
        return
    loaded = Report.objects.select_related(*RELATIONS).get(pk=report.pk)
    report._state.fields_cache |= {
        name: value
        for name, value in loaded._state.fields_cache.items()
        if getattr(report, f"{name}_id") == getattr(loaded, f"{name}_id")
    }


def _plans_in_force(report):
    """The locality's plans in force in the span. Plans that carry out one of these are reported through it."""
    issued = Plan.objects.filter(locality=report.locality_id, purpose=Purpose.PLAN).exclude(status=PlanStatus.DRAFT)
    in_force = issued.filter(
        Q(issued_on__isnull=True) | Q(issued_on__lte=report.ends_on),
        Q(closed_on__isnull=True) | Q(closed_on__gte=report.starts_on),
        Q(parent__isnull=True) | ~Q(parent__locality=F("locality")),
        period_start__lte=report.ends_on,
        period_end__gte=report.starts_on,
    )
    return in_force.select_related("issuing_agency", "locality").order_by(F("issued_on").asc(nulls_last=True), "pk")


# The object


def _figured(gathered, **facts):
    """The report with all its figures and annexes, and nothing said yet."""
    plan, span, rates = gathered.plan, gathered.span, gathered.rates
    first = plans_of(plan)[0] if not isinstance(plan, Several) else None
    lines = tuple(_activity_line(row, gathered) for row in gathered.rows)
    return QuarterlyReport(
        **{
            "period_id": 0,
            "plan_id": first.pk if first else 0,
            "plan_number": first.number if first else "",
            "plan_title": first.title if first else "",
            "period_label": span.label,
            "starts_on": span.starts_on,
            "ends_on": span.ends_on,
            "agency_due_on": span.agency_due_on,
            "as_of": gathered.as_of,
            "is_draft": True,
            "heading": heading_of(
                plan, span, gathered.today, own=gathered.own, amendments=_amendments(plans_of(plan), span.ends_on)
            ),
            "opening": opening_of(plan, span, gathered.as_of, own=gathered.own),
            "sections": (),
            "expected": rates.expected,
            "sent": rates.received,
            "on_time": rates.on_time,
            "late": rates.late,
            "approved": rates.approved,
            "missing": rates.missing,
            "nothing": sum(row.is_nothing and row.is_sent for row in gathered.submissions),
            "agencies": len({row.agency.pk for row in gathered.submissions}),
            "activity_count": sum(n for state, n in gathered.counts.items() if state != State.CANCELLED),
            "state_counts": tuple((state, STATE_WORDS[state], n) for state, n in gathered.counts.items()),
            "figures": gathered.figures,
            "activities": lines,
            "submissions": tuple(_submission_line(row, gathered) for row in gathered.submissions),
            "evidence": tuple(_evidence_line(row, gathered) for row in gathered.evidence),
            "themes": len(leaves_of(gathered.said)),
            "themes_unsaid": len(unsaid_themes(gathered.said, gathered.lines)),
            "led": len(gathered.rows) - len(gathered.helped),
            "helped": len(gathered.helped),
            "span": span.kind.value,
            "year": span.year,
            "plans": tuple(plan_words(each) for each in plans_of(plan)) if isinstance(plan, Several) else (),
            "called": kind_word(plan),
            **facts,
        }
    )


def _amendments(plans, day):
    """The versions by which `plans` had been amended by `day`, in order of time: what counts is what they said then."""
    amended = [plan.pk for plan in plans if plan.status == PlanStatus.AMENDED]
    found = PlanVersion.objects.filter(plan__in=amended, ordinal__gt=1, issued_on__lte=day)
    return list(found.defer("content").order_by("issued_on", "pk")) if amended else []


def _told(report, tell, gathered):
    """The report with its narrative, in which every figure is printed from its own."""
    values = values_of(report)
    parts = tell(gathered, values)
    return replace(report, parts=parts, sections=sections_of(parts), values=tuple(values.items()))


def _facts(report):
    """What the row itself says of the report."""
    return {
        "kind": report.kind,
        "report_id": report.pk,
        "period_id": report.period_id or 0,
        "ordinal": report.ordinal,
        "check_code": report.code,
        "check_url": f"{settings.PORTAL_URL}{reverse('reports:check_code', args=[report.code])}" if report.code else "",
        "replaces": _version_words(report.replaces) if report.replaces_id else "",
        "reason": report.reason if report.replaces_id else "",
    }


def _version_words(report):
    issued = f" {long_date(report.issued_on)}" if report.issued_on else ""
    return f"Báo cáo số {report.document_number}{issued}"


def _as_issued(built, report, gathered):
    """With number, day and signatory, once the row has them; a correction says what it replaces."""
    heading = built.heading
    if report.replaces_id:
        heading = replace(heading, note=f"({built.replaces} được thay thế bằng Báo cáo này)")
    if report.number is None or report.issued_on is None:
        return replace(built, heading=heading)
    agency = gathered.own or reporting_agency(gathered.plan)
    heading = replace(
        heading,
        number=f"Số: {report.document_number}",
        place_and_date=place_and_date(place_of(gathered.plan, agency), report.issued_on, issued=True),
        signing_authority=report.signing_authority.upper() or heading.signing_authority,
        signatory_title=report.signatory_title.upper() or heading.signatory_title,
        signatory_name=report.signatory_name,
    )
    return replace(built, heading=heading, is_draft=False)


def _compared(built, report):
    """A correction lists what it says otherwise than the version it replaces, as that was sealed."""
    old = sealed_object(report.replaces) if report.replaces_id else None
    return replace(built, differences=differences(old, built)) if old else built


def _as_edited(parts, rows, values):
    """The parts, those that somebody has edited as they were left."""
    edited = {row.code: row for row in rows if row.edited_at}
    return tuple(
        replace(part, paragraphs=parse(edited[part.code].body, values, edited[part.code].sources))
        if part.code in edited
        else part
        for part in parts
    )


def _activity_line(row, gathered):
    activity = row.activity
    has_target = activity.pk not in gathered.shared
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
        quantity_in_period=gathered.quantities.get(activity.pk),
        quantity_done=row.quantity_done,
        target=activity.target_quantity if has_target else None,
        unit=activity.target_unit,
        target_percent=row.target_percent if has_target else None,
        plan_number=_plan_number(activity.plan, gathered),
        activity_id=activity.pk,
    )


def _plan_number(plan, gathered):
    """Which plan a row is of, in a report on several."""
    return str(plan) if isinstance(gathered.plan, Several) else ""


def _submission_line(row, gathered):
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
        period_label=row.period.label if gathered.span.is_summed else "",
        plan_number=_plan_number(row.period.plan, gathered),
        is_nothing=row.is_nothing,
        agency_id=row.agency.pk,
    )


def _evidence_line(item, gathered):
    part = getattr(item, "contribution", None)
    agency = f"{part.agency.short_name} (phối hợp)" if part else item.progress.update.agency.short_name
    return EvidenceLine(
        activity_number=called(gathered.plan, activity_proved(item)),
        agency=agency,
        caption=str(item),
        kind="Tệp" if item.kind == EvidenceKind.FILE else "Đường dẫn",
        dated_on=item.dated_on,
        reference=item.url or item.file_name,
        sha256=item.sha256,
        **{"part_evidence_id" if part else "evidence_id": item.pk},
    )
