"""A plan and the rows of its parts; a plan's agencies are of its locality, a row's audiences of its plan."""

from datetime import UTC, date, datetime

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from agencies.models import AgencyKind
from agencies.tests.factories import AgencyFactory, LocalityFactory
from plans.models import (
    Acknowledgement,
    Audience,
    BudgetLine,
    Channel,
    ContentTheme,
    Duty,
    DutyKind,
    LegalBasis,
    Objective,
    Plan,
    PlanChannel,
    PlanEvent,
    PlanFile,
    PlanStatus,
    PlanVersion,
    Recipient,
    ReportingDuty,
    Requirement,
    RowEdit,
)


class ChannelFactory(DjangoModelFactory):
    class Meta:
        model = Channel

    code = factory.Sequence("kenh-{}".format)
    name = factory.Sequence("Kênh {}".format)
    name_en = factory.Sequence("Channel {}".format)
    position = factory.Sequence(lambda n: n + 1)


class PlanFactory(DjangoModelFactory):
    """A plan in force for 2026, issued by the People's Committee, coordinated by a department."""

    class Meta:
        model = Plan

    locality = factory.SubFactory(LocalityFactory)
    number = factory.Sequence("{}/KH-UBND".format)
    title = factory.Sequence("Tuyên truyền cải cách hành chính năm 2026, đợt {}".format)
    issued_on = date(2026, 1, 15)
    issuing_agency = factory.SubFactory(
        AgencyFactory, locality=factory.SelfAttribute("..locality"), kind=AgencyKind.PEOPLES_COMMITTEE
    )
    issuing_agency_name = factory.SelfAttribute("issuing_agency.name")
    coordinating_agency = factory.SubFactory(AgencyFactory, locality=factory.SelfAttribute("..locality"))
    period_start = date(2026, 1, 1)
    period_end = date(2026, 12, 31)
    status = PlanStatus.ISSUED


class PartFactory(DjangoModelFactory):
    class Meta:
        abstract = True

    plan = factory.SubFactory(PlanFactory)
    position = factory.Sequence(lambda n: n + 1)
    text = factory.Sequence("Nội dung {}".format)


class AudienceFactory(PartFactory):
    class Meta:
        model = Audience


class LegalBasisFactory(PartFactory):
    class Meta:
        model = LegalBasis


class ObjectiveFactory(PartFactory):
    class Meta:
        model = Objective


class RequirementFactory(PartFactory):
    class Meta:
        model = Requirement


class ContentThemeFactory(PartFactory):
    class Meta:
        model = ContentTheme


class PlanChannelFactory(PartFactory):
    class Meta:
        model = PlanChannel


class DutyFactory(PartFactory):
    class Meta:
        model = Duty

    kind = DutyKind.IMPLEMENT


class BudgetLineFactory(PartFactory):
    class Meta:
        model = BudgetLine


class ReportingDutyFactory(PartFactory):
    class Meta:
        model = ReportingDuty


class RecipientFactory(PartFactory):
    class Meta:
        model = Recipient


def empty_content(plan):
    """The content of a version that says nothing but its heading."""
    return {
        "facts": {"title": plan.title, "issuing_agency_name": plan.issuing_agency_name, "number": plan.number},
        "parts": {part: [] for part in PART_FACTORIES},
        "groups": [],
        "activities": [],
    }


class PlanVersionFactory(DjangoModelFactory):
    class Meta:
        model = PlanVersion

    plan = factory.SubFactory(PlanFactory)
    ordinal = 1
    number = factory.SelfAttribute("plan.number")
    title = factory.SelfAttribute("plan.title")
    issued_on = factory.SelfAttribute("plan.issued_on")
    content = factory.LazyAttribute(lambda version: empty_content(version.plan))
    kept_at = datetime(2026, 1, 15, 2, tzinfo=UTC)


class ByFactory(DjangoModelFactory):
    """What somebody of the plan's coordinating agency did."""

    class Meta:
        abstract = True

    plan = factory.SubFactory(PlanFactory)
    by = factory.SubFactory(
        "accounts.tests.factories.UserFactory", agency=factory.SelfAttribute("..plan.coordinating_agency")
    )
    by_name = factory.SelfAttribute("by.full_name")
    at = datetime(2026, 1, 15, 2, tzinfo=UTC)


class PlanEventFactory(ByFactory):
    class Meta:
        model = PlanEvent

    move = "issue"
    status = "issued"
    role = factory.SelfAttribute("by.role")
    by_agency_name = factory.SelfAttribute("by.agency.name")


class AcknowledgementFactory(ByFactory):
    class Meta:
        model = Acknowledgement

    rule = "target"
    subject = "activity-1"


class RowEditFactory(ByFactory):
    class Meta:
        model = RowEdit

    part = "objectives"
    row_id = 1
    action = "change"


class PlanFileFactory(DjangoModelFactory):
    class Meta:
        model = PlanFile

    plan = factory.SubFactory(PlanFactory)
    file = factory.LazyFunction(lambda: ContentFile(b"%PDF-1.7", "ke-hoach.pdf"))
    file_name = "kế hoạch.pdf"
    content_type = "application/pdf"
    size = 8
    sha256 = "0" * 64
    added_by = factory.SubFactory(
        "accounts.tests.factories.UserFactory", agency=factory.SelfAttribute("..plan.coordinating_agency")
    )
    added_at = datetime(2026, 1, 15, 2, tzinfo=UTC)


# part, as in plans.forms.PARTS
PART_FACTORIES = {
    "legal_bases": LegalBasisFactory,
    "objectives": ObjectiveFactory,
    "requirements": RequirementFactory,
    "audiences": AudienceFactory,
    "themes": ContentThemeFactory,
    "channels": PlanChannelFactory,
    "duties": DutyFactory,
    "budget_lines": BudgetLineFactory,
    "reporting_duties": ReportingDutyFactory,
    "recipients": RecipientFactory,
}
