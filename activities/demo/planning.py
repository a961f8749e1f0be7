"""Planning in the fictional province: the agencies' own plans, templates, and next year's draft, as far as the day has
come.

Which agency issues a plan of its own and when follows from its name and the year, as everything in the demo does.
"""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.demo import FICTIONAL
from accounts.models import User
from agencies.models import AgencyKind
from plans.models import DutyKind, LegalBasis, Objective, Plan, PlanStatus, Purpose, Recipient, Requirement

from ..models import Activity, Assignment, AssignmentRole, ScheduleKind
from ..planning.copying import copy_plan
from ..planning.workflow import record
from ..versions import keep_version
from .quarters import chance, working_day

TEMPLATE = "Kế hoạch tuyên truyền cải cách hành chính của năm"
DRAFTED_FROM = (9, 8)  # month and day on which next year's draft is begun
KEPT_AFTER = timedelta(days=25)  # from the issue of a plan to the day on which it is kept as a template
# Of the communes, which are set no day, so many begin a plan of their own, and so many issue it.
BEGUN, ISSUED = 0.62, 0.5
WITH_ACTIVITIES = ("so-tai-chinh", "phuong-binh-minh", "xa-an-lac")
ACTIVITIES = (
    "Chuyên mục “Cải cách hành chính” trên trang thông tin điện tử của cơ quan",
    "Lồng ghép tuyên truyền cải cách hành chính trong họp giao ban, sinh hoạt cơ quan",
)


@transaction.atomic
def load_planning(today):
    """What has been planned in the fictional province before `today`; what is there already stays.

    Returns:
        How many plans were made.
    """
    plans = Plan.objects.real().filter(locality__slug=FICTIONAL, parent=None).exclude(status=PlanStatus.DRAFT)
    plan = plans.select_related("locality", "issuing_agency").order_by("-period_start", "pk").first()
    coordinator = User.objects.filter(username=f"{FICTIONAL}.coordinator").select_related("agency").first()
    if plan is None or plan.issued_on is None or coordinator is None:
        return 0
    made = [*_children(plan, today), _template(plan, coordinator, today), _next_draft(plan, coordinator, today)]
    return sum(each is not None for each in made)


def _template(plan, by, today):
    """The year's plan, kept to begin others from."""
    kept_on = plan.issued_on + KEPT_AFTER
    if kept_on >= today or Plan.objects.filter(locality=plan.locality, purpose=Purpose.TEMPLATE).exists():
        return None
    return copy_plan(plan, purpose=Purpose.TEMPLATE, by=by, at=_morning(kept_on), title=TEMPLATE)


def _next_draft(plan, by, today):
    """Next year's plan, begun from this year's in September."""
    begun_on = date(plan.period_start.year, *DRAFTED_FROM)
    if begun_on >= today or Plan.objects.real().filter(origin=plan, parent=None).exists():
        return None
    year = plan.period_start.year + 1
    period = {"period_start": date(year, 1, 1), "period_end": date(year, 12, 31)}
    return copy_plan(plan, purpose=Purpose.PLAN, by=by, at=_morning(begun_on), **period)


def _children(plan, today):
    """The agencies' own plans for `plan` that have been begun before `today`."""
    there = set(plan.children.values_list("issuing_agency", flat=True))
    duties = plan.duties.filter(kind=DutyKind.CASCADE_PLAN).prefetch_related("groups__members")
    asked = {agency for duty in duties for group in duty.groups.all() for agency in group.members.all()}
    for agency in sorted(asked, key=lambda each: each.slug):
        begun_on, issued_on = _days_of(agency, plan)
        if agency.pk not in there and begun_on and begun_on < today:
            yield _child(plan, agency, issued_on if issued_on and issued_on < today else None)


def _days_of(agency, plan):
    """When the agency begins its plan and when it issues it, or None: departments soon, communes through the year."""
    luck = chance("issues", agency.slug, plan.period_start.year)
    if agency.kind != AgencyKind.COMMUNE_COMMITTEE:
        return working_day(plan.issued_on, 1), working_day(plan.issued_on, 4 + round(luck * 9))
    wish = chance("own plan", agency.slug, plan.period_start.year)
    if wish >= BEGUN:
        return None, None
    issued_on = working_day(plan.issued_on, 35 + round(luck * 140)) if wish < ISSUED else None
    return working_day(plan.issued_on, 15 + round(luck * 140)), issued_on


def _child(parent, agency, issued_on):
    """An agency's own plan, issued on the day or still a draft."""
    year = parent.period_start.year
    number = f"{10 + round(80 * chance('number', agency.slug, year)):02d}/KH-{agency.symbol}"
    plan = Plan.objects.create(
        locality=parent.locality,
        parent=parent,
        title=f"Tuyên truyền cải cách hành chính năm {year} của {agency.name}"[:500],
        number=number if issued_on else "",
        issued_on=issued_on,
        place=parent.place,
        issuing_agency=agency,
        issuing_agency_name=agency.name,
        coordinating_agency=agency,
        period_start=parent.period_start,
        period_end=parent.period_end,
        period_text=parent.period_text,
        status=PlanStatus.ISSUED if issued_on else PlanStatus.DRAFT,
    )
    _write_parts(plan, parent, agency)
    if issued_on:
        _issue(plan, agency)
    return plan


def _write_parts(plan, parent, agency):
    """A few words in each part; activities where the demo shows them."""
    LegalBasis.objects.create(
        plan=plan,
        position=1,
        text=f"Căn cứ Kế hoạch số {parent.number} ngày {parent.issued_on:%d/%m/%Y} của {parent.issuing_agency_name}",
        kind="Kế hoạch",
        number=parent.number,
        issued_on=parent.issued_on,
        issuing_agency_name=parent.issuing_agency_name[:200],
    )
    Objective.objects.create(plan=plan, position=1, text=f"Cụ thể hóa Kế hoạch của tỉnh tại {agency.name}.")
    if plan.status == PlanStatus.DRAFT:
        return
    Requirement.objects.create(plan=plan, position=1, text="Nội dung ngắn gọn, hình thức phù hợp với từng đối tượng.")
    Recipient.objects.create(plan=plan, position=1, text="Lưu: VT.")
    for place, title in enumerate(ACTIVITIES if agency.slug in WITH_ACTIVITIES else (), start=1):
        activity = Activity.objects.create(
            plan=plan,
            position=place,
            number=str(place),
            title=title,
            schedule_kind=ScheduleKind.CONTINUOUS,
            schedule_text=f"Thường xuyên trong năm {plan.period_start.year}",
        )
        Assignment.objects.create(activity=activity, role=AssignmentRole.LEAD, agency=agency, position=1)


def _issue(plan, agency):
    """Its first version, and the step as its focal point took it."""
    by = User.objects.filter(agency=agency, username=f"{FICTIONAL}.{agency.slug}").select_related("agency").first()
    at = _morning(plan.issued_on)
    kept = keep_version(plan, issued_on=plan.issued_on, at=at)
    if by:
        record(plan, "issue", by=by, at=at, version=kept)


def _morning(day):
    return timezone.make_aware(datetime.combine(day, time(9, 30)))
