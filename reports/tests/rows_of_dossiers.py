"""Dossiers, their criteria, and the evidence under them, each of the locality it hangs on."""

import hashlib

import factory
from django.core.files.base import ContentFile
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import Role
from accounts.tests.factories import UserFactory
from activities.models import Evidence, Status
from activities.tests.factories import moment
from agencies.tests.factories import LocalityFactory
from plans.models import Channel
from plans.tests.factories import PlanFactory
from reports.dossier.criteria import begin_prepared
from reports.models import (
    Band,
    CriteriaSet,
    Criterion,
    Dossier,
    DossierDocument,
    EvidenceTag,
    Formula,
    Measure,
    SelfScore,
)


class CriteriaSetFactory(DjangoModelFactory):
    class Meta:
        model = CriteriaSet

    locality = factory.SubFactory(LocalityFactory)
    year = 2026
    ordinal = factory.LazyAttribute(
        lambda each: CriteriaSet.objects.filter(locality=each.locality, year=each.year).count() + 1
    )
    title = "Công tác tuyên truyền"
    by_name = "Nguyễn Thị Hạnh"
    at = factory.LazyFunction(moment)


class CriterionFactory(DjangoModelFactory):
    """Worth one point, by the share of activities done, nothing below 90 percent; `bands`: [(from, points or None)]."""

    class Meta:
        model = Criterion
        skip_postgeneration_save = True

    set = factory.SubFactory(CriteriaSetFactory)
    position = factory.Sequence(lambda n: n + 1)
    code = factory.LazyAttribute(lambda each: str(each.set.criteria.count() + 1))
    title = "Mức độ thực hiện kế hoạch"
    most = 100
    formula = Formula.BANDS
    measure = Measure.ACTIVITIES_DONE
    floor = 90

    @factory.post_generation
    def bands(self, create, extracted, **_kwargs):
        wanted = extracted if extracted is not None else [(100, 100), (90, None)] if self.formula == "bands" else []
        for low, points in wanted if create else ():
            Band.objects.create(criterion=self, at_least=low, points=points or 0, proportional=points is None)

    @factory.post_generation
    def channels(self, create, extracted, **_kwargs):
        if create and extracted:
            self.channels.add(*extracted)


class DossierFactory(DjangoModelFactory):
    class Meta:
        model = Dossier

    plan = factory.SubFactory(PlanFactory)
    year = 2026
    criteria = factory.SubFactory(CriteriaSetFactory, locality=factory.SelfAttribute("..plan.locality"))
    begun_by = factory.LazyAttribute(
        lambda each: UserFactory(agency=each.plan.coordinating_agency, role=Role.COORDINATOR)
    )
    begun_at = factory.LazyFunction(moment)


class DossierDocumentFactory(DjangoModelFactory):
    """A document of the dossier's own; its bytes are `data`."""

    class Meta:
        model = DossierDocument

    class Params:
        data = b"%PDF-1.7 document"

    dossier = factory.SubFactory(DossierFactory)
    criterion = factory.LazyAttribute(lambda each: CriterionFactory(set=each.dossier.criteria))
    kind = "file"
    file_name = "biên bản.pdf"
    content_type = "application/pdf"
    file = factory.LazyAttribute(lambda each: ContentFile(each.data, "x"))
    size = factory.LazyAttribute(lambda each: len(each.data))
    sha256 = factory.LazyAttribute(lambda each: hashlib.sha256(each.data).hexdigest())
    added_by = factory.SelfAttribute("dossier.begun_by")
    added_at = factory.LazyFunction(moment)


class SelfScoreFactory(DjangoModelFactory):
    class Meta:
        model = SelfScore

    dossier = factory.SubFactory(DossierFactory)
    criterion = factory.LazyAttribute(lambda each: CriterionFactory(set=each.dossier.criteria))
    version = 1
    by = factory.SelfAttribute("dossier.begun_by")
    by_name = "Nguyễn Thị Hạnh"
    at = factory.LazyFunction(moment)


def tagged(dossier, criterion, evidence, **facts):
    """The evidence put under the criterion."""
    return EvidenceTag.objects.create(
        dossier=dossier, criterion=criterion, evidence=evidence, by=dossier.begun_by, at=timezone.now(), **facts
    )


def fill_dossier(dossier, world):
    """The prepared criteria, and all evidence of the world under one of them, once."""
    if dossier.tags.exists():
        return dossier
    world.all_updates[0].period.updates.update(status=Status.APPROVED)
    dossier.criteria = begin_prepared(world.locality, 2026, "province", by=world.coordinator, at=moment())
    dossier.save()
    criterion = dossier.criteria.criteria.get(code="1.3.2")
    criterion.channels.set(Channel.objects.all())
    evidence = list(Evidence.objects.filter(progress__update__period=world.period))
    for item in evidence[: len(evidence) // 2]:
        tagged(dossier, criterion, item)
    return dossier
