"""What the database refuses of a plan, and who sees which plan."""

from datetime import date

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.tests.factories import UserFactory
from agencies.vietnamese import fold, sort_key
from plans.models import Audience, ContentTheme, Plan
from plans.permissions import can_create_plan, can_edit_plan, can_view_plan, is_coordinator_of

from .factories import (
    PART_FACTORIES,
    AcknowledgementFactory,
    AudienceFactory,
    ChannelFactory,
    ContentThemeFactory,
    PlanEventFactory,
    PlanFactory,
    PlanFileFactory,
    PlanVersionFactory,
    RowEditFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def _again(plan, *fields):
    PlanFactory(**{name: getattr(plan, name) for name in ("locality", *fields)})


REFUSED = {
    "plan_period_end_after_start": lambda: PlanFactory(period_end=date(2025, 12, 31)),
    "plan_status_known": lambda: PlanFactory(status="lost"),
    "plan_number_once": lambda: _again(PlanFactory(), "issuing_agency", "number", "issued_on"),
    "plan_key_once_in_locality": lambda: _again(PlanFactory(key="ha-noi"), "key"),
    "audience_once_in_plan": lambda: AudienceFactory(**_words(AudienceFactory())),
    "plan_purpose_known": lambda: PlanFactory(purpose="joke"),
    "plan_amendment_amends": lambda: PlanFactory(purpose="amendment", status="draft"),
    "plan_only_plans_are_issued": lambda: PlanFactory(purpose="template"),
    "plan_one_amendment_in_draft": lambda: _amendment(_amendment(PlanFactory()).amends),
    "version_ordinal_once_in_plan": lambda: PlanVersionFactory(plan=PlanVersionFactory().plan),
    "version_ordinal_from_one": lambda: PlanVersionFactory(ordinal=0),
    "plan_file_kind_known": lambda: PlanFileFactory(kind="song"),
    "plan_event_status_known": lambda: PlanEventFactory(status="lost"),
    "acknowledgement_once": lambda: AcknowledgementFactory(plan=AcknowledgementFactory().plan),
    "row_edit_action_known": lambda: RowEditFactory(action="sing"),
}


def _amendment(plan):
    return PlanFactory(locality=plan.locality, purpose="amendment", status="draft", amends=plan)


def _words(audience):
    return {"plan": audience.plan, "text": audience.text}


@pytest.mark.parametrize("name", REFUSED)
def test_the_database_refuses(name):
    with pytest.raises(IntegrityError), transaction.atomic():
        REFUSED[name]()


def test_every_constraint_has_a_case():
    models = apps.get_app_config("plans").get_models()

    assert {constraint.name for model in models for constraint in model._meta.constraints} == set(REFUSED)


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"period_end": date(2025, 12, 31)}, "The plan's period must end after it begins."),
        ({"status": "lost"}, "is not a valid choice"),
    ],
)
def test_what_the_database_refuses_is_said_in_words(changes, sentence):
    plan = PlanFactory()
    for name, value in changes.items():
        setattr(plan, name, value)

    with pytest.raises(ValidationError, match=sentence):
        plan.full_clean()


def test_drafts_without_a_number_may_be_many():
    first = PlanFactory(number="", key="")

    _again(first, "issuing_agency", "number", "issued_on", "key")

    assert Plan.objects.filter(number="").count() == 2


def test_search_and_order_of_a_plan():
    plan = PlanFactory(number="12/KH-UBND", title="Tuyên truyền CCHC", issuing_agency__name="UBND tỉnh Bình Định")

    assert plan.title_search == fold("12/KH-UBND Tuyên truyền CCHC UBND tỉnh Bình Định")
    assert plan.title_sort == sort_key("Tuyên truyền CCHC")


def test_plans_are_listed_newest_first_then_by_the_dictionary():
    locality = PlanFactory(title="Ánh", period_start=date(2025, 1, 1)).locality
    for title in ("Đà Lạt", "Dương", "An", "Ăn", "ảnh"):
        PlanFactory(locality=locality, title=title)

    assert list(Plan.objects.values_list("title", flat=True)) == ["An", "ảnh", "Ăn", "Dương", "Đà Lạt", "Ánh"]


@pytest.mark.parametrize("part", PART_FACTORIES)
def test_rows_stand_at_their_place_and_are_of_one_locality(part):
    factory = PART_FACTORIES[part]
    second = factory(position=2)
    first = factory(position=1, plan=second.plan)
    model = type(first)

    assert list(model.objects.filter(plan=first.plan)) == [first, second]
    assert str(first) == first.text
    assert first in model.objects.visible_to(UserFactory(agency__locality=first.plan.locality))
    assert not model.objects.visible_to(UserFactory()).exists()


def test_a_plan_takes_its_parts_along():
    theme = ContentThemeFactory()
    ContentThemeFactory(plan=theme.plan, parent=theme)
    AudienceFactory(plan=theme.plan)

    theme.plan.delete()

    assert not ContentTheme.objects.exists()
    assert not Audience.objects.exists()


def test_channels_speak_the_readers_language(settings):
    from django.utils import translation

    channel = ChannelFactory(name="Báo chí", name_en="Press")

    assert str(channel) == "Press"
    with translation.override("vi"):
        assert str(channel) == "Báo chí"


def test_a_plan_is_called_by_its_number():
    assert str(PlanFactory.build(number="12/KH-UBND")) == "12/KH-UBND"
    assert str(PlanFactory.build(number="", title="Tuyên truyền")) == "Tuyên truyền"


@pytest.mark.parametrize("role", ["administrator", "coordinator", "focal_point", "leader"])
@pytest.mark.parametrize("where", ["coordinating", "issuing", "another"])
@pytest.mark.parametrize("status", ["draft", "issued", "amended", "closed", "replaced"])
def test_only_who_drafts_a_plan_edits_it_while_it_is_a_draft(role, where, status):
    plan = PlanFactory(status=status)
    agency = {"coordinating": plan.coordinating_agency, "issuing": plan.issuing_agency}.get(where)
    person = UserFactory(role=role, agency=agency) if agency else UserFactory(role=role, agency__locality=plan.locality)
    coordinates = role == "coordinator" and where == "coordinating"

    assert is_coordinator_of(person, plan) == coordinates
    assert can_edit_plan(person, plan) == (coordinates and status == "draft")
    assert can_view_plan(person, plan) == (status != "draft" or role != "focal_point")
    assert can_create_plan(person) == (role in ("coordinator", "focal_point"))


def test_a_focal_point_drafts_its_own_agencys_own_plan():
    person = UserFactory()
    locality = {"locality": person.agency.locality, "status": "draft"}

    for coordinator in (None, person.agency):
        own = PlanFactory(**locality, issuing_agency=person.agency, coordinating_agency=coordinator)
        assert can_edit_plan(person, own) and can_view_plan(person, own)
    above = PlanFactory(**locality, issuing_agency=person.agency)  # another agency coordinates it
    assert not can_edit_plan(person, above)


def test_without_a_coordinating_agency_the_issuer_coordinates():
    plan = PlanFactory(coordinating_agency=None, status="draft")

    assert can_edit_plan(UserFactory(role="coordinator", agency=plan.issuing_agency), plan)
    assert not can_edit_plan(UserFactory(role="coordinator", agency__locality=plan.locality), plan)
