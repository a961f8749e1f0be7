"""Localities with their agencies and groups. A row names its locality once; what hangs on it derives the rest."""

from datetime import UTC, date, datetime

import factory
from factory.django import DjangoModelFactory

from agencies.models import (
    Agency,
    AgencyGroup,
    AgencyKind,
    GroupMembership,
    Holiday,
    Level,
    Locality,
    Reorganisation,
    Succession,
)


class LocalityFactory(DjangoModelFactory):
    class Meta:
        model = Locality

    slug = factory.Sequence("tinh-{}".format)
    name = factory.Sequence("Tỉnh Minh Họa {}".format)
    place_name = factory.Sequence("Minh Họa {}".format)
    level = Level.PROVINCE


class AgencyFactory(DjangoModelFactory):
    class Meta:
        model = Agency

    locality = factory.SubFactory(LocalityFactory)
    slug = factory.Sequence("so-{}".format)
    name = factory.Sequence("Sở Thử nghiệm {}".format)
    short_name = factory.SelfAttribute("name")
    kind = AgencyKind.DEPARTMENT


class AgencyGroupFactory(DjangoModelFactory):
    class Meta:
        model = AgencyGroup

    locality = factory.SubFactory(LocalityFactory)
    slug = factory.Sequence("nhom-{}".format)
    name = factory.Sequence("Các sở, ban, ngành {}".format)


class GroupMembershipFactory(DjangoModelFactory):
    class Meta:
        model = GroupMembership

    group = factory.SubFactory(AgencyGroupFactory)
    agency = factory.SubFactory(AgencyFactory, locality=factory.SelfAttribute("..group.locality"))


class ReorganisationFactory(DjangoModelFactory):
    """A merger decided for 1/7/2026 and not yet applied."""

    class Meta:
        model = Reorganisation

    locality = factory.SubFactory(LocalityFactory)
    kind = "merge"
    decision_number = factory.Sequence("{}/NQ-HĐND".format)
    effective_on = date(2026, 7, 1)
    by = factory.SubFactory(
        "accounts.tests.factories.UserFactory", agency__locality=factory.SelfAttribute("...locality")
    )
    by_name = factory.SelfAttribute("by.full_name")
    created_at = datetime(2026, 6, 1, tzinfo=UTC)


class SuccessionFactory(DjangoModelFactory):
    class Meta:
        model = Succession

    reorganisation = factory.SubFactory(ReorganisationFactory)
    predecessor = factory.SubFactory(AgencyFactory, locality=factory.SelfAttribute("..reorganisation.locality"))
    successor = factory.SubFactory(AgencyFactory, locality=factory.SelfAttribute("..reorganisation.locality"))


class HolidayFactory(DjangoModelFactory):
    """The National Day of 2026, a Wednesday."""

    class Meta:
        model = Holiday

    locality = factory.SubFactory(LocalityFactory)
    day = date(2026, 9, 2)
    name = "Quốc khánh"
