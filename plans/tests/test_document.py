"""A plan read as one document: its parts in order, in two queries."""

import pytest

from agencies.tests.factories import AgencyFactory, AgencyGroupFactory
from plans.document import read_document

from .factories import (
    PART_FACTORIES,
    AudienceFactory,
    BudgetLineFactory,
    ChannelFactory,
    ContentThemeFactory,
    DutyFactory,
    LegalBasisFactory,
    ObjectiveFactory,
    PlanChannelFactory,
    PlanFactory,
    ReportingDutyFactory,
)

pytestmark = pytest.mark.django_db


def test_an_empty_plan_says_nothing():
    document = read_document(PlanFactory())

    assert document.theme_groups == ()
    assert document.budget_total is None
    assert {getattr(document, part) for part in PART_FACTORIES} == {()}


@pytest.mark.parametrize("rows", [1, 30])
def test_two_queries_whatever_the_number_of_rows(rows, django_assert_num_queries):
    plan = PlanFactory()
    for factory in PART_FACTORIES.values():
        factory.create_batch(rows, plan=plan)

    with django_assert_num_queries(2):
        document = read_document(plan)

    assert [len(getattr(document, part)) for part in PART_FACTORIES] == [rows] * len(PART_FACTORIES)


@pytest.mark.parametrize("part", PART_FACTORIES)
def test_rows_stand_in_the_plans_order_and_another_plans_stay_out(part):
    factory = PART_FACTORIES[part]
    plan = PlanFactory()
    last = factory(plan=plan, position=11, text="Cuối")
    first = factory(plan=plan, position=2, text="Đầu")
    factory(position=1)

    assert [(row.pk, row.text) for row in getattr(read_document(plan), part)] == [(first.pk, "Đầu"), (last.pk, "Cuối")]


def test_rows_of_one_place_stand_in_the_order_they_were_written():
    first = LegalBasisFactory(position=1)
    second = LegalBasisFactory(position=1, plan=first.plan)

    assert [row.pk for row in read_document(first.plan).legal_bases] == [first.pk, second.pk]


def test_what_a_row_refers_to_is_named_in_the_order_of_the_plan():
    objective = ObjectiveFactory(target="80% người dân")
    later, earlier = (
        AudienceFactory(plan=objective.plan, position=10, text="Doanh nghiệp"),
        AudienceFactory(plan=objective.plan, position=9, text="Người dân"),
    )
    objective.audiences.set([later, earlier])

    [row] = read_document(objective.plan).objectives

    assert row.names == ("Người dân", "Doanh nghiệp")
    assert row.note == "80% người dân"


def test_duties_name_agencies_and_groups_and_the_bearer_as_printed():
    duty = DutyFactory(bearer_as_printed="Các cơ quan")
    duty.agencies.add(AgencyFactory(locality=duty.plan.locality, name="Sở Nội vụ"))
    duty.groups.add(AgencyGroupFactory(locality=duty.plan.locality, name="Các sở"))

    [row] = read_document(duty.plan).duties

    assert set(row.names) == {"Sở Nội vụ", "Các sở"}
    assert (row.note, row.extra) == (duty.kind, "Các cơ quan")


def test_forms_of_communication_name_the_catalogues_channels():
    form = PlanChannelFactory(code="1")
    form.channels.add(ChannelFactory(name="Báo chí"))

    [row] = read_document(form.plan).channels

    assert (row.code, row.names) == ("1", ("Báo chí",))


def test_themes_are_a_tree_grouped_by_audience():
    people = AudienceFactory(text="Người dân", position=1)
    plan = people.plan
    officials = AudienceFactory(plan=plan, text="Công chức", position=2)
    first, second, third = (ContentThemeFactory(plan=plan, position=place) for place in (1, 2, 3))
    child = ContentThemeFactory(plan=plan, parent=first, position=4, is_focus=True)
    first.audiences.add(officials)
    second.audiences.add(people)
    third.audiences.add(officials)

    groups = read_document(plan).theme_groups

    assert [group.audiences for group in groups] == [("Công chức",), ("Người dân",)]
    assert [[node.theme.pk for node in group.themes] for group in groups] == [[first.pk, third.pk], [second.pk]]
    assert [each.pk for each in groups[0].themes[0].children] == [child.pk]
    assert groups[0].themes[0].children[0].is_focus
    assert not groups[0].themes[0].theme.is_focus


@pytest.mark.parametrize(
    "amounts, total", [((), None), ((None,), None), ((0,), 0), ((None, 980_000_000, 10**15), 10**15 + 980_000_000)]
)
def test_the_budget_is_summed_where_it_is_stated(amounts, total):
    plan = PlanFactory()
    for amount in amounts:
        BudgetLineFactory(plan=plan, amount=amount)

    document = read_document(plan)

    assert [line.amount for line in document.budget_lines] == list(amounts)
    assert document.budget_total == total


def test_who_reports_to_whom():
    duty = ReportingDutyFactory(recipient_as_printed="Bộ Nội vụ")
    duty.reporter = AgencyFactory(locality=duty.plan.locality, name="Sở Nội vụ")
    duty.save()
    ReportingDutyFactory(plan=duty.plan)

    rows = read_document(duty.plan).reporting_duties

    assert [(row.note, row.extra) for row in rows] == [("Sở Nội vụ", "Bộ Nội vụ"), ("", "")]
