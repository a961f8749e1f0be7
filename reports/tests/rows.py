"""Rows of this app, one factory a model. Files and readings of them have their own in `factories`."""

import hashlib
from datetime import date

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from accounts.tests.factories import UserFactory
from activities.tests.factories import ReportingPeriodFactory, moment
from plans.tests.factories import PlanFactory
from reports.models import (
    MinistryColumn,
    PublicPage,
    Report,
    ReportEvent,
    ReportPart,
    SealedFile,
    Signature,
    SignerCheck,
)


class ReportFactory(DjangoModelFactory):
    """A draft of a plan's report on a period, by the plan's coordinating agency."""

    class Meta:
        model = Report

    period = factory.SubFactory(ReportingPeriodFactory)
    plan = factory.SelfAttribute("period.plan")
    locality = factory.SelfAttribute("plan.locality")
    agency = factory.SelfAttribute("plan.coordinating_agency")
    span = factory.SelfAttribute("period.kind")
    year = factory.SelfAttribute("period.year")
    label = factory.SelfAttribute("period.label")
    starts_on = factory.SelfAttribute("period.starts_on")
    ends_on = factory.SelfAttribute("period.ends_on")
    due_on = factory.SelfAttribute("period.consolidated_due_on")
    begun_by = factory.SubFactory(UserFactory, role="coordinator", agency=factory.SelfAttribute("..agency"))
    begun_at = factory.LazyFunction(lambda: moment(17))

    class Params:
        is_issued = factory.Trait(
            status="issued",
            number=factory.Sequence(lambda n: n + 1),
            symbol="BC-SNV",
            issued_on=date(2026, 6, 20),
            signatory_title="Giám đốc",
            signatory_name="Nguyễn Thị Hạnh",
            code=factory.Sequence(lambda n: f"CODE{n:06d}"),
            sealed_at=factory.LazyFunction(lambda: moment(20)),
        )


class ReportPartFactory(DjangoModelFactory):
    class Meta:
        model = ReportPart

    report = factory.SubFactory(ReportFactory)
    code = "I"
    position = 0
    body = "Đã ban hành [[count.activities]] hoạt động."
    drafted = factory.SelfAttribute("body")


class ReportEventFactory(DjangoModelFactory):
    class Meta:
        model = ReportEvent

    report = factory.SubFactory(ReportFactory)
    step = "submit"
    before = "draft"
    after = "submitted"
    by = factory.SelfAttribute("report.begun_by")
    by_name = factory.LazyAttribute(lambda event: str(event.by))
    at = factory.LazyFunction(lambda: moment(18))


class PublicPageFactory(DjangoModelFactory):
    class Meta:
        model = PublicPage

    plan = factory.SubFactory(PlanFactory)
    is_open = True
    by = factory.SubFactory(UserFactory)
    by_name = factory.LazyAttribute(lambda page: str(page.by))
    at = factory.LazyFunction(lambda: moment(18))


class MinistryColumnFactory(DjangoModelFactory):
    class Meta:
        model = MinistryColumn

    locality = factory.SubFactory("agencies.tests.factories.LocalityFactory")
    position = factory.Sequence(lambda n: n)
    head = "Tin, bài"
    source = "WEB-1.in_period"


class SealedFileFactory(DjangoModelFactory):
    """A file of an issued report; its bytes are `data`."""

    class Meta:
        model = SealedFile

    class Params:
        data = b"%PDF-1.7 sealed"

    report = factory.SubFactory(ReportFactory, is_issued=True)
    kind = "pdf"
    file_name = factory.LazyAttribute(lambda row: f"{row.kind}-1")
    file = factory.LazyAttribute(lambda row: ContentFile(row.data, "sealed"))
    size = factory.LazyAttribute(lambda row: len(row.data))
    sha256 = factory.LazyAttribute(lambda row: hashlib.sha256(row.data).hexdigest())


class SignatureFactory(DjangoModelFactory):
    """The signed PDF of an issued report, accepted; its bytes are `data`."""

    class Meta:
        model = Signature
        skip_postgeneration_save = True

    class Params:
        data = b"%PDF-1.7 sealed and signed"

    report = factory.SubFactory(ReportFactory, is_issued=True)
    way = "uploaded"
    is_accepted = True
    file_name = "ky.pdf"
    file = factory.LazyAttribute(lambda row: ContentFile(row.data, "signed"))
    size = factory.LazyAttribute(lambda row: len(row.data))
    sha256 = factory.LazyAttribute(lambda row: hashlib.sha256(row.data).hexdigest())
    signer = "Đinh Quang Vinh"
    issuer = "CA Ví dụ"
    findings = factory.LazyFunction(
        lambda: {
            "refusal": "",
            "appended": 11,
            "revisions": 1,
            "signatures": [
                {
                    "signer": "Đinh Quang Vinh",
                    "issuer": "CA Ví dụ",
                    "signed_at": "2026-06-20T08:37:12+07:00",
                    "valid_from": "2026-01-01T00:00:00+07:00",
                    "valid_until": "2027-01-01T00:00:00+07:00",
                    "is_self_issued": False,
                    "is_test": False,
                    "is_stamped": False,
                    "pages": [1],
                }
            ],
        }
    )
    by = factory.SelfAttribute("report.begun_by")
    by_name = factory.LazyAttribute(lambda row: str(row.by))
    at = factory.LazyFunction(lambda: moment(21))

    @factory.post_generation
    def confirmed(row, _create, said, **_more):
        """Whether its signer is who was to sign; `confirmed="nobody"`: nobody has said."""
        if row.is_accepted and row.way == "uploaded" and said != "nobody":
            facts = {"is_theirs": said is not False, "by": row.by, "by_name": row.by_name, "at": row.at}
            SignerCheck.objects.create(signature=row, **facts)
