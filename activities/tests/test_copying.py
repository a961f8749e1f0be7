"""A plan made from another one."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import UserFactory
from activities.loading import load_plan, read_plan
from activities.models import ActivityGroup, Assignment, AssignmentRole
from activities.planning import copying
from activities.planning.copying import copy_plan
from agencies.models import AgencyKind, Reorganisation, ReorganisationKind, ReorganisationStatus, Succession
from agencies.tests.factories import AgencyFactory, AgencyGroupFactory
from plans.models import PlanPart, PlanStatus, Purpose
from plans.tests.factories import (
    PART_FACTORIES,
    AudienceFactory,
    ChannelFactory,
    ContentThemeFactory,
    DutyFactory,
    LegalBasisFactory,
    ObjectiveFactory,
    PlanChannelFactory,
    PlanFactory,
    RequirementFactory,
)

from .factories import (
    ActivityFactory,
    AssignmentFactory,
    IndicatorFactory,
    make_world,
    moment,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

NEXT_YEAR = {"period_start": date(2027, 1, 1), "period_end": date(2027, 12, 31)}


def copied(plan, purpose=Purpose.PLAN, **facts):
    by = UserFactory(agency=plan.coordinating_agency)
    return copy_plan(plan, purpose=purpose, by=by, at=moment(), **facts)


def ended(agency, *successors, status=ReorganisationStatus.APPLIED):
    """A reorganisation in which `successors` carry on for `agency`."""
    change = Reorganisation.objects.create(
        locality=agency.locality,
        kind=ReorganisationKind.MERGE,
        decision_number="5/NQ-HĐND",
        effective_on=date(2026, 7, 1),
        status=status,
        applied_at=moment(month=7) if status == ReorganisationStatus.APPLIED else None,
        by=UserFactory(agency=agency),
        by_name="Người sắp xếp",
        created_at=moment(),
    )
    for place, successor in enumerate(successors):
        Succession.objects.create(reorganisation=change, predecessor=agency, successor=successor, is_main=place == 0)
    if status == ReorganisationStatus.APPLIED:
        agency.valid_to = change.effective_on - timedelta(days=1)
        agency.save()


def test_every_part_is_copied():
    assert {*copying.PARTS} == {*PlanPart.__subclasses__()}
    plan = PlanFactory()
    rows = [factory(plan=plan) for factory in PART_FACTORIES.values()]

    copy = copied(plan)

    for row in rows:
        [other] = type(row).objects.filter(plan=copy)
        assert (other.text, other.position, other.origin, other.version) == (row.text, row.position, row, 1)
        assert (other.edited_at, other.edited_by.agency) == (moment(), plan.coordinating_agency)


def test_the_facts_of_next_years_plan():
    plan = PlanFactory(
        key="nguon",
        title="Tuyên truyền cải cách hành chính năm 2026",
        period_text="Năm 2026",
        parent=PlanFactory(),
        source_title="Kế hoạch trên báo",
        signatory_name="Đặng Văn Sơn",
        version=7,
    )

    copy = copied(plan, **NEXT_YEAR)

    assert (copy.purpose, copy.status, copy.origin, copy.version) == (Purpose.PLAN, PlanStatus.DRAFT, plan, 1)
    assert (copy.title, copy.period_text) == ("Tuyên truyền cải cách hành chính năm 2027", "Năm 2027")
    assert (copy.period_start, copy.period_end) == (NEXT_YEAR["period_start"], NEXT_YEAR["period_end"])
    assert (copy.number, copy.issued_on, copy.key, copy.parent, copy.source_title) == ("", None, "", None, "")
    assert (copy.issuing_agency, copy.coordinating_agency) == (plan.issuing_agency, plan.coordinating_agency)
    assert (copy.signatory_name, copy.locality) == ("Đặng Văn Sơn", plan.locality)


def test_given_facts_win():
    parent = PlanFactory()

    copy = copied(PlanFactory(title="Năm 2026"), title="Chiến dịch", parent=parent, **NEXT_YEAR)

    assert (copy.title, copy.parent) == ("Chiến dịch", parent)


def test_dates_move_in_words_too_and_a_legal_basis_keeps_its_own():
    plan = PlanFactory()
    basis = LegalBasisFactory(plan=plan, text="Quyết định về kế hoạch năm 2026", issued_on=date(2025, 12, 22))
    RequirementFactory(plan=plan, text="Báo cáo trước ngày 20/12/2026 theo Kế hoạch số 3/KH-UBND ngày 5/01/2026")
    ActivityFactory(
        plan=plan,
        title="Cuộc thi năm 2026",
        details="Giai đoạn 2021-2030",
        schedule_text="Từ ngày 01/10 đến ngày 15/11/2026",
        start=date(2026, 10, 1),
        deadline=date(2026, 11, 15),
    )

    copy = copied(plan, **NEXT_YEAR)

    activity = copy.activities.get()
    assert (activity.title, activity.details) == ("Cuộc thi năm 2027", "Giai đoạn 2021-2030")
    assert activity.schedule_text == "Từ ngày 01/10 đến ngày 15/11/2027"
    assert (activity.start, activity.deadline) == (date(2027, 10, 1), date(2027, 11, 15))
    assert activity.title_search.endswith("2027")
    assert copy.requirements.get().text == "Báo cáo trước ngày 20/12/2027 theo Kế hoạch số 3/KH-UBND ngày 5/01/2026"
    assert (copy.legal_bases.get().text, copy.legal_bases.get().issued_on) == (basis.text, basis.issued_on)


def test_what_rows_refer_to_is_the_copy():
    plan = PlanFactory()
    audience, channel, indicator = AudienceFactory(plan=plan), ChannelFactory(), IndicatorFactory()
    ObjectiveFactory(plan=plan).audiences.add(audience)
    root = ContentThemeFactory(plan=plan)
    leaf = ContentThemeFactory(plan=plan, parent=root)
    leaf.audiences.add(audience)
    PlanChannelFactory(plan=plan).channels.add(channel)
    group = ActivityGroup.objects.create(plan=plan, position=1, title="Trực quan năm 2026")
    activity = ActivityFactory(plan=plan, group=group, channels=[channel], indicator=indicator, target_quantity=4)
    activity.themes.add(leaf)

    copy = copied(plan, **NEXT_YEAR)

    other = copy.activities.get()
    assert copy.objectives.get().audiences.get() == copy.audiences.get() != audience
    other_root, other_leaf = copy.themes.all()
    assert (other_root.origin, other_leaf.origin, other_leaf.parent) == (root, leaf, other_root)
    assert other_leaf.audiences.get() == copy.audiences.get()
    assert copy.plan_channels.get().channels.get() == other.channels.get() == channel
    assert (other.themes.get(), other.group) == (other_leaf, copy.activity_groups.get())
    assert (other.group.title, other.group.origin, other.origin) == ("Trực quan năm 2027", group, activity)
    assert (other.indicator, other.target_quantity, other.number) == (indicator, 4, activity.number)


def test_groups_whose_titles_would_meet_keep_them():
    plan = PlanFactory()
    for title in ("Năm 2027", "Năm 2028"):
        ActivityGroup.objects.create(plan=plan, title=title)

    copy = copied(plan, **NEXT_YEAR)

    assert {group.title for group in copy.activity_groups.all()} == {"Năm 2027", "Năm 2028"}


def test_who_leads_and_cooperates():
    plan = PlanFactory()
    activity = ActivityFactory(plan=plan)
    lead = AssignmentFactory(activity=activity, name_as_printed="Sở cũ", valid_from=date(2026, 3, 15), position=1)
    AssignmentFactory(activity=activity, valid_to=date(2026, 3, 14))
    group = AgencyGroupFactory(locality=plan.locality)
    AssignmentFactory(activity=activity, group=group, role=AssignmentRole.COOPERATING)
    literal = {"agency": None, "name_as_printed": "Tổ công nghệ số", "role": AssignmentRole.COOPERATING}
    AssignmentFactory(activity=activity, **literal)

    copy = copied(plan)

    parties = Assignment.objects.filter(activity__plan=copy)
    assert [(each.role, each.label) for each in parties] == [
        ("cooperating", group.name),
        ("cooperating", "Tổ công nghệ số"),
        ("lead", "Sở cũ"),
    ]
    assert parties.get(role="lead").agency == lead.agency
    assert {(each.valid_from, each.valid_to) for each in parties} == {(None, None)}


def test_results_and_cancelled_activities_stay_behind():
    world = make_world()
    ActivityFactory(plan=world.plan, cancelled_on=date(2026, 5, 1))
    themed = ActivityFactory(plan=world.plan, cancelled_on=date(2026, 5, 1), channels=[ChannelFactory()])
    AssignmentFactory(activity=themed)

    copy = copied(world.plan, **NEXT_YEAR)

    assert [each.origin for each in copy.activities.all()] == [world.activity]
    assert not copy.reporting_periods.exists()
    assert not copy.activities.get().progress_rows.exists()
    assert not (copy.versions.exists() or copy.events.exists() or copy.files.exists())


def test_an_agency_that_is_no_more_is_replaced_by_its_only_successor():
    plan = PlanFactory()
    before, between, after = AgencyFactory.create_batch(3, locality=plan.locality)
    activity = ActivityFactory(plan=plan)
    AssignmentFactory(activity=activity, agency=before, name_as_printed="Sở trước đây", position=1)
    duty = DutyFactory(plan=plan)
    duty.agencies.add(before, after)
    PART_FACTORIES["reporting_duties"](plan=plan, reporter=before)
    plan.coordinating_agency = before
    plan.save()
    ended(before, between)
    ended(between, after)

    copy = copied(plan)

    party = Assignment.objects.get(activity__plan=copy)
    assert (party.agency, party.label) == (after, after.name)
    assert [*copy.duties.get().agencies.all()] == [after]
    assert copy.reporting_duties.get().reporter == after
    assert copy.coordinating_agency == after


def test_two_that_became_one_have_one_part_in_an_activity():
    plan = PlanFactory()
    one, two, merged = AgencyFactory.create_batch(3, locality=plan.locality)
    activity = ActivityFactory(plan=plan)
    AssignmentFactory(activity=activity, agency=one, role=AssignmentRole.COOPERATING)
    AssignmentFactory(activity=activity, agency=two, role=AssignmentRole.LEAD)
    ended(one, merged)
    ended(two, merged)

    copy = copied(plan)

    party = Assignment.objects.get(activity__plan=copy)
    assert (party.agency, party.role) == (merged, AssignmentRole.LEAD)


@pytest.mark.parametrize(
    "successors, status",
    [(2, ReorganisationStatus.APPLIED), (0, ReorganisationStatus.APPLIED), (1, ReorganisationStatus.SCHEDULED)],
    ids=["split", "abolished", "still to come"],
)
def test_otherwise_the_agency_stays_for_the_check_to_find(successors, status):
    plan = PlanFactory()
    agency = AssignmentFactory(activity__plan=plan).agency
    ended(agency, *(AgencyFactory.create_batch(successors, locality=plan.locality) or [None]), status=status)

    copy = copied(plan)

    assert Assignment.objects.get(activity__plan=copy).agency == agency


def test_an_issuer_that_has_ended():
    plan = PlanFactory(issuing_agency__name="Ủy ban nhân dân huyện")
    after = AgencyFactory(locality=plan.locality, kind=AgencyKind.PEOPLES_COMMITTEE, name="Ủy ban nhân dân phường")
    ended(plan.issuing_agency, after)

    copy = copied(plan)

    assert (copy.issuing_agency, copy.issuing_agency_name) == (after, "Ủy ban nhân dân phường")


@pytest.mark.parametrize("purpose", [Purpose.AMENDMENT, Purpose.TEMPLATE])
def test_amendments_and_templates_are_exact(purpose):
    plan = PlanFactory(title="Tuyên truyền năm 2026", source_title="Nguồn", parent=PlanFactory())
    party = AssignmentFactory(activity__plan=plan, activity__schedule_text="năm 2026")
    ended(party.agency, AgencyFactory(locality=plan.locality))

    copy = copied(plan, purpose, **({"title": "Mẫu kế hoạch năm"} if purpose == Purpose.TEMPLATE else {}))

    activity = copy.activities.get()
    assert (copy.purpose, copy.status, copy.number, copy.issued_on) == (purpose, PlanStatus.DRAFT, "", None)
    assert (activity.schedule_text, activity.deadline) == ("năm 2026", party.activity.deadline)
    assert activity.assignments.get().agency == party.agency
    assert (copy.period_start, copy.period_end) == (plan.period_start, plan.period_end)


def test_what_an_amendment_is_called():
    plan = PlanFactory(
        number="12/KH-UBND", issuing_agency_name="Ủy ban nhân dân tỉnh", signatory_name="A", parent=PlanFactory()
    )

    copy = copied(plan, Purpose.AMENDMENT)

    assert copy.title == "Sửa đổi, bổ sung Kế hoạch số 12/KH-UBND"
    assert (copy.amends, copy.signatory_name, copy.parent) == (plan, "", plan.parent)
    assert copying.amendment_title(PlanFactory(number="", title="x" * 500)) == f"Sửa đổi, bổ sung Kế hoạch {'x' * 474}"


@pytest.mark.parametrize("name", ["bao-loc", "binh-dinh", "minh-hoa"])
def test_plans_as_they_are(name):
    from activities.catalogue import load_catalogues

    load_catalogues()
    plan, _created = load_plan(read_plan(name, 2026))

    copy = copied(plan, period_start=plan.period_start.replace(year=plan.period_start.year + 1))

    for model in copying.ROWS:
        assert model.objects.filter(plan=copy).count() == model.objects.filter(plan=plan).count()
    assert Assignment.objects.filter(activity__plan=copy).count() == (
        Assignment.objects.filter(activity__plan=plan).count()
    )
    for activity in copy.activities.all():
        assert {each.origin for each in activity.themes.all()} == {*activity.origin.themes.all()}


def rich_plan(activities):
    """A plan with rows and references in every table."""
    plan = PlanFactory()
    agencies, group = AgencyFactory.create_batch(3, locality=plan.locality), AgencyGroupFactory(locality=plan.locality)
    for factory in PART_FACTORIES.values():
        factory.create_batch(3, plan=plan)
    audience, channel, themes = plan.audiences.first(), ChannelFactory(), plan.themes.all()
    themes[1].parent = themes[0]
    themes[1].save()
    for row in (*plan.objectives.all(), *themes):
        row.audiences.add(audience)
    for row in plan.plan_channels.all():
        row.channels.add(channel)
    for row in plan.duties.all():
        row.agencies.add(*agencies)
        row.groups.add(group)
    heading = ActivityGroup.objects.create(plan=plan, title="Trực quan")
    for activity in ActivityFactory.create_batch(activities, plan=plan, group=heading, channels=[channel]):
        activity.themes.add(*themes)
        for agency in agencies:
            AssignmentFactory(activity=activity, agency=agency)
    return plan


def queries_of(plan):
    by = UserFactory(agency=plan.coordinating_agency)
    with CaptureQueriesContext(connection) as asked:
        copy = copy_plan(plan, purpose=Purpose.PLAN, by=by, at=moment(), **NEXT_YEAR)
    assert copy.activities.count() == plan.activities.count()
    return len(asked)


def test_queries():
    """SQLite takes 999 values at once, so a few more there."""
    few, many = queries_of(rich_plan(2)), queries_of(rich_plan(200))

    assert many <= (40 if connection.vendor == "postgresql" else 60)
    assert connection.vendor != "postgresql" or few == many
