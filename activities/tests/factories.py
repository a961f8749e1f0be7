"""Activities, periods, updates and what belongs to them, each of the plan and locality it hangs on.

Everything plays in the second quarter of 2026: 15/3 to 14/6, agencies due on Tuesday 16/6.
"""

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import factory
from django.core.files.base import ContentFile
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import Role
from accounts.tests.factories import UserFactory
from activities.calendar import statutory_quarter
from activities.models import (
    Activity,
    ActivityGroup,
    ActivityProgress,
    Assignment,
    AssignmentRole,
    ConsolidatedPeriod,
    Contribution,
    ContributionEvidence,
    Digest,
    Evidence,
    EvidenceKind,
    Explanation,
    ExplanationEvidence,
    ExplanationMessage,
    Extension,
    Indicator,
    LetterState,
    MessageKind,
    OutputCount,
    PeriodEvent,
    ProgressState,
    QuarterlyUpdate,
    Reminder,
    ReportingPeriod,
    ReportingRules,
    ReviewComment,
    Star,
    Status,
    UpdateEvent,
)
from agencies.tests.factories import AgencyFactory
from plans.models import PlanStatus
from plans.tests.factories import PlanFactory

TODAY = date(2026, 6, 15)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
PICTURE = bytes.fromhex("524946461a000000574542505650384c0d0000002f00000010071011118888fe0700")  # one pixel of WebP


def moment(day=15, hour=9, month=6, year=2026):
    """An aware moment in Vietnam."""
    return timezone.make_aware(datetime(year, month, day, hour))


class IndicatorFactory(DjangoModelFactory):
    class Meta:
        model = Indicator
        skip_postgeneration_save = True

    code = factory.Sequence("CS-{}".format)
    name = factory.Sequence("Chỉ số {}".format)
    name_en = factory.Sequence("Indicator {}".format)
    unit = "tin, bài"
    unit_en = "items"
    position = factory.Sequence(lambda n: n + 1)

    @factory.post_generation
    def channels(self, create, extracted, **_kwargs):
        if create and extracted:
            self.channels.add(*extracted)


class ActivityGroupFactory(DjangoModelFactory):
    class Meta:
        model = ActivityGroup

    plan = factory.SubFactory(PlanFactory)
    position = factory.Sequence(lambda n: n + 1)
    title = factory.Sequence("Nhóm hoạt động {}".format)


class ActivityFactory(DjangoModelFactory):
    class Meta:
        model = Activity
        skip_postgeneration_save = True

    plan = factory.SubFactory(PlanFactory)
    position = factory.Sequence(lambda n: n + 1)
    number = factory.Sequence(lambda n: str(n + 1))
    title = factory.Sequence("Tổ chức hội nghị tuyên truyền {}".format)
    deadline = date(2026, 12, 15)

    @factory.post_generation
    def channels(self, create, extracted, **_kwargs):
        if create and extracted:
            self.channels.add(*extracted)


class AssignmentFactory(DjangoModelFactory):
    """An agency leads an activity; `group=` instead of it a group."""

    class Meta:
        model = Assignment

    activity = factory.SubFactory(ActivityFactory)
    role = AssignmentRole.LEAD
    group = None
    agency = factory.Maybe(
        "group",
        yes_declaration=None,
        no_declaration=factory.SubFactory(AgencyFactory, locality=factory.SelfAttribute("..activity.plan.locality")),
    )


class ReportingPeriodFactory(DjangoModelFactory):
    class Meta:
        model = ReportingPeriod

    class Params:
        quarter = factory.LazyAttribute(lambda period: statutory_quarter(period.year, period.ordinal))

    plan = factory.SubFactory(PlanFactory)
    year = 2026
    ordinal = 2
    label = factory.SelfAttribute("quarter.label")
    starts_on = factory.SelfAttribute("quarter.starts_on")
    ends_on = factory.SelfAttribute("quarter.ends_on")
    agency_due_on = factory.SelfAttribute("quarter.agency_due_on")
    locks_on = factory.LazyAttribute(lambda period: period.agency_due_on + timedelta(days=15))
    consolidated_due_on = factory.SelfAttribute("quarter.consolidated_due_on")


class ReportingRulesFactory(DjangoModelFactory):
    class Meta:
        model = ReportingRules

    plan = factory.SubFactory(PlanFactory)


class ConsolidatedPeriodFactory(DjangoModelFactory):
    """The first half of 2026."""

    class Meta:
        model = ConsolidatedPeriod

    plan = factory.SubFactory(PlanFactory)
    kind = "half_year"
    year = 2026
    ordinal = 1
    label = "6 tháng đầu năm 2026"
    starts_on = date(2025, 12, 15)
    ends_on = date(2026, 6, 14)
    consolidated_due_on = date(2026, 6, 20)


class PeriodEventFactory(DjangoModelFactory):
    class Meta:
        model = PeriodEvent

    period = factory.SubFactory("activities.tests.factories.ReportingPeriodFactory")
    plan = factory.SelfAttribute("period.plan")
    act = "changed"
    about = factory.SelfAttribute("period.label")
    by_name = "Nguyễn Thị Hạnh"
    at = factory.LazyFunction(lambda: moment())


class ExtensionFactory(DjangoModelFactory):
    """One agency may write in a period until 10/7, ten days after the others."""

    class Meta:
        model = Extension

    period = factory.SubFactory(ReportingPeriodFactory)
    agency = factory.SubFactory(AgencyFactory, locality=factory.SelfAttribute("..period.plan.locality"))
    ordinal = factory.LazyAttribute(
        lambda each: Extension.objects.filter(period=each.period, agency=each.agency).count() + 1
    )
    until = date(2026, 7, 10)
    reason = "Bão, mất liên lạc."
    by = factory.LazyAttribute(
        lambda each: UserFactory(agency=each.period.plan.coordinating_agency, role=Role.COORDINATOR)
    )
    by_name = factory.SelfAttribute("by.full_name")
    at = factory.LazyFunction(moment)


class QuarterlyUpdateFactory(DjangoModelFactory):
    """A draft; with another status it was sent on 15/6 at nine. Its agency leads an activity of the plan."""

    class Meta:
        model = QuarterlyUpdate
        skip_postgeneration_save = True

    period = factory.SubFactory(ReportingPeriodFactory)
    agency = factory.SubFactory(AgencyFactory, locality=factory.SelfAttribute("..period.plan.locality"))
    status = Status.DRAFT
    submitted_at = factory.LazyAttribute(lambda update: None if update.status == Status.DRAFT else moment())
    first_submitted_at = factory.SelfAttribute("submitted_at")

    @factory.post_generation
    def leads(self, create, extracted, **_kwargs):
        led = Assignment.objects.filter(activity__plan=self.period.plan, role=AssignmentRole.LEAD)
        if create and extracted is not False and not led.filter(agency=self.agency).exists():
            AssignmentFactory(activity__plan=self.period.plan, agency=self.agency)


class ActivityProgressFactory(DjangoModelFactory):
    """A line about an activity that the update's agency leads."""

    class Meta:
        model = ActivityProgress

    update = factory.SubFactory(QuarterlyUpdateFactory)
    activity = factory.LazyAttribute(
        lambda line: Activity.objects.get(assignments__agency=line.update.agency, plan=line.update.period.plan)
    )
    state = ProgressState.IN_PROGRESS
    percent = factory.LazyAttribute(
        lambda line: {ProgressState.NOT_STARTED: 0, ProgressState.IN_PROGRESS: 40}.get(line.state, 100)
    )
    completed_on = factory.LazyAttribute(lambda line: date(2026, 6, 1) if line.state == ProgressState.DONE else None)
    words = "Đã tổ chức 03 hội nghị."


class OutputCountFactory(DjangoModelFactory):
    class Meta:
        model = OutputCount

    progress = factory.SubFactory(ActivityProgressFactory)
    indicator = factory.SubFactory(IndicatorFactory)
    value = 12


class EvidenceFactory(DjangoModelFactory):
    """A link; with `is_file=True` a small PDF, with `is_picture=True` a picture with its thumbnail."""

    class Meta:
        model = Evidence

    class Params:
        is_file = factory.Trait(
            kind=EvidenceKind.FILE,
            url="",
            file=factory.LazyFunction(lambda: ContentFile(PDF, "bien-ban.pdf")),
            file_name="biên bản.pdf",
            content_type="application/pdf",
            size=len(PDF),
            sha256="0" * 64,
        )
        is_picture = factory.Trait(
            is_file=True,
            file=factory.LazyFunction(lambda: ContentFile(PICTURE, "anh.webp")),
            thumbnail=factory.LazyFunction(lambda: ContentFile(PICTURE, "nho.webp")),
            file_name="ảnh hội nghị.webp",
            content_type="image/webp",
            size=len(PICTURE),
        )

    progress = factory.SubFactory(ActivityProgressFactory)
    kind = EvidenceKind.LINK
    url = factory.Sequence("https://minhhoa.example/tin-{}".format)
    added_by = factory.SubFactory(UserFactory, agency=factory.SelfAttribute("..progress.update.agency"))
    added_at = factory.LazyFunction(moment)


class ContributionFactory(DjangoModelFactory):
    """The part of an agency that cooperates in the activity."""

    class Meta:
        model = Contribution

    period = factory.SubFactory(ReportingPeriodFactory)
    activity = factory.LazyAttribute(lambda part: ActivityFactory(plan=part.period.plan))
    agency = factory.LazyAttribute(
        lambda part: AssignmentFactory(activity=part.activity, role=AssignmentRole.COOPERATING).agency
    )
    words = "Phối hợp đưa tin 02 hội nghị."
    quantity = None
    by = factory.LazyAttribute(lambda part: UserFactory(agency=part.agency))
    by_name = factory.SelfAttribute("by.full_name")
    agency_name = factory.SelfAttribute("agency.name")
    saved_at = factory.LazyFunction(moment)


class ContributionEvidenceFactory(EvidenceFactory):
    class Meta:
        model = ContributionEvidence
        exclude = ["progress"]

    progress = None
    contribution = factory.SubFactory(ContributionFactory)
    added_by = factory.SelfAttribute("contribution.by")


class UpdateEventFactory(DjangoModelFactory):
    class Meta:
        model = UpdateEvent

    update = factory.SubFactory(QuarterlyUpdateFactory, status=Status.SUBMITTED)
    move = "submit"
    status = factory.SelfAttribute("update.status")
    round = 1
    by = factory.SubFactory(UserFactory, agency=factory.SelfAttribute("..update.agency"))
    role = factory.SelfAttribute("by.role")
    by_name = factory.SelfAttribute("by.full_name")
    by_agency_name = factory.SelfAttribute("by.agency.name")
    at = factory.LazyFunction(moment)


class DigestFactory(DjangoModelFactory):
    """The letter of Wednesday 17/6 to a focal point, sent; `address` may be none."""

    class Meta:
        model = Digest

    agency = factory.SubFactory(AgencyFactory)
    locality = factory.SelfAttribute("agency.locality")
    person = factory.SubFactory(UserFactory, agency=factory.SelfAttribute("..agency"))
    recipient = factory.LazyAttribute(lambda letter: f"user:{letter.person.pk}")
    day = date(2026, 6, 17)
    name = factory.SelfAttribute("person.full_name")
    address = factory.SelfAttribute("person.email")
    subject = "1 việc, quá hạn 1 ngày"
    text = "Cập nhật Quý II/2026"
    html = "<!doctype html><p>Cập nhật Quý II/2026</p>"
    state = LetterState.SENT
    written_at = factory.LazyFunction(lambda: moment(17, 7))
    sent_at = factory.LazyFunction(lambda: moment(17, 7))


class ReminderFactory(DjangoModelFactory):
    """A step told in a letter."""

    class Meta:
        model = Reminder

    period = factory.SubFactory(ReportingPeriodFactory)
    agency = factory.SubFactory(AgencyFactory, locality=factory.SelfAttribute("..period.plan.locality"))
    digest = factory.SubFactory(DigestFactory, agency=factory.SelfAttribute("..agency"))
    recipient = factory.SelfAttribute("digest.recipient")
    step = "after:1"
    day = factory.SelfAttribute("digest.day")


class ReviewCommentFactory(DjangoModelFactory):
    """A remark to the agency on the whole of a sent update."""

    class Meta:
        model = ReviewComment

    update = factory.SubFactory(QuarterlyUpdateFactory, status=Status.SUBMITTED)
    text = "Đề nghị bổ sung lịch phát sóng tháng 8."
    round = 1
    by = factory.SubFactory(
        UserFactory, role=Role.COORDINATOR, agency=factory.SelfAttribute("..update.period.plan.coordinating_agency")
    )
    by_name = factory.SelfAttribute("by.full_name")
    at = factory.LazyFunction(moment)


def make_world(status=Status.DRAFT, *, locality=None, activities=1, agencies=1, **of_line):
    """A locality at work: plan, period, and for each agency a lead of its own, an update and a line about it.

    Args:
        status: of every update.
        activities: how many the plan has; each agency leads every one of them.
        of_line: facts of the lines.

    Returns:
        locality, plan, period, activity, agency, update, line (the first of each), lists `all_updates` and
        `all_activities`, and one person for each role: focal_point, coordinator, leader, administrator.
    """
    plan = PlanFactory(**({"locality": locality} if locality else {}))
    period = ReportingPeriodFactory(plan=plan)
    led = ActivityFactory.create_batch(activities, plan=plan)
    reporting = AgencyFactory.create_batch(agencies, locality=plan.locality)
    updates = []
    for agency in reporting:
        for activity in led:
            AssignmentFactory(activity=activity, agency=agency)
        updates.append(QuarterlyUpdateFactory(period=period, agency=agency, status=status))
        for activity in led:
            ActivityProgressFactory(update=updates[-1], activity=activity, **of_line)
    return SimpleNamespace(
        locality=plan.locality,
        plan=plan,
        period=period,
        activity=led[0],
        agency=reporting[0],
        update=updates[0],
        line=updates[0].progress_rows.order_by("pk").first(),
        all_activities=led,
        all_updates=updates,
        focal_point=UserFactory(agency=reporting[0]),
        coordinator=UserFactory(agency=plan.coordinating_agency, role=Role.COORDINATOR),
        leader=UserFactory(agency=plan.issuing_agency, role=Role.LEADER),
        administrator=UserFactory(agency=plan.coordinating_agency, role=Role.ADMINISTRATOR),
    )


def with_draft(world):
    """The world, with `draft`: next year's plan, which its coordinator is writing."""
    world.draft = PlanFactory(
        locality=world.locality,
        issuing_agency=world.plan.issuing_agency,
        coordinating_agency=world.plan.coordinating_agency,
        number="",
        issued_on=None,
        status=PlanStatus.DRAFT,
    )
    return world


class ExplanationFactory(DjangoModelFactory):
    """A leader asked on 12/6 at nine; an answer is due on 16/6. With a word where `ask` is not False."""

    class Meta:
        model = Explanation
        skip_postgeneration_save = True

    activity = factory.SubFactory(ActivityFactory)
    plan = factory.SelfAttribute("activity.plan")
    agency = factory.SubFactory(AgencyFactory, locality=factory.SelfAttribute("..activity.plan.locality"))
    subject = "Vì sao hội nghị chưa tổ chức?"
    answer_by = date(2026, 6, 16)
    asked_by = factory.SubFactory(
        UserFactory, role=Role.LEADER, agency=factory.SelfAttribute("..activity.plan.issuing_agency")
    )
    asked_at = factory.LazyFunction(lambda: moment(12))

    @factory.post_generation
    def ask(self, create, extracted, **_kwargs):
        if create and extracted is not False:
            ExplanationMessageFactory(explanation=self, answer_by=self.answer_by)


class ExplanationMessageFactory(DjangoModelFactory):
    """The question; another `kind` by somebody else is another word."""

    class Meta:
        model = ExplanationMessage

    explanation = factory.SubFactory(ExplanationFactory, ask=False)
    kind = MessageKind.ASK
    text = "Đề nghị nêu rõ nguyên nhân."
    by = factory.SelfAttribute("explanation.asked_by")
    by_name = factory.SelfAttribute("by.full_name")
    by_agency_name = factory.SelfAttribute("by.agency.name")
    at = factory.SelfAttribute("explanation.asked_at")


class ExplanationEvidenceFactory(DjangoModelFactory):
    """A link that goes with an answer; with `is_file=True` a small PDF."""

    class Meta:
        model = ExplanationEvidence

    class Params:
        is_file = factory.Trait(
            kind=EvidenceKind.FILE,
            url="",
            file=factory.LazyFunction(lambda: ContentFile(PDF, "bien-ban.pdf")),
            file_name="biên bản.pdf",
            content_type="application/pdf",
            size=len(PDF),
            sha256="0" * 64,
        )

    message = factory.SubFactory(ExplanationMessageFactory, kind=MessageKind.ANSWER)
    kind = EvidenceKind.LINK
    url = factory.Sequence("https://minhhoa.example/giai-trinh-{}".format)
    added_by = factory.SelfAttribute("message.by")
    added_at = factory.LazyFunction(moment)


class StarFactory(DjangoModelFactory):
    """Somebody's star at an activity."""

    class Meta:
        model = Star

    activity = factory.SubFactory(ActivityFactory)
    person = factory.SubFactory(
        UserFactory, role=Role.LEADER, agency=factory.SelfAttribute("..activity.plan.issuing_agency")
    )
    at = factory.LazyFunction(lambda: moment())
