"""Localities with their agencies and groups. A row names its locality once; what hangs on it derives the rest."""

import factory
from factory.django import DjangoModelFactory

from agencies.models import Agency, AgencyGroup, AgencyKind, GroupMembership, Level, Locality


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
