"""A plan in the browser: read whole, added, edited; its periods are made when it is saved."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import ReportingPeriod, ScheduleKind, Status
from activities.progress import State, gaps_of, next_deadlines
from agencies.tests.factories import AgencyFactory
from plans.models import Plan, PlanStatus
from plans.tests.factories import PART_FACTORIES, BudgetLineFactory, ContentThemeFactory, PlanFactory
from plans.tests.test_forms import typed

from .factories import TODAY, ActivityFactory, AssignmentFactory, ReportingPeriodFactory, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

ADD = "/plans/add/"


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def plan():
    return PlanFactory()


@pytest.fixture
def coordinator(plan):
    return UserFactory(agency=plan.coordinating_agency, role=Role.COORDINATOR)


@pytest.fixture
def draft(plan):
    Plan.objects.filter(pk=plan.pk).update(status=PlanStatus.DRAFT)
    return plan


def edit(plan):
    return reverse("plans:facts", args=[plan.pk])


def test_a_plan_is_read_whole(plan):
    rows = {part: factory(plan=plan, text=f"Nội dung của {part}") for part, factory in PART_FACTORIES.items()}
    BudgetLineFactory(plan=plan, amount=980_000_000)
    ContentThemeFactory(plan=plan, parent=rows["themes"], text="Tiểu mục", is_focus=True)
    AssignmentFactory(activity__plan=plan, activity__title="Hội nghị đối thoại", agency__name="Sở Tư pháp")

    page = login(UserFactory(agency__locality=plan.locality)).get(plan.get_absolute_url()).text

    for row in rows.values():
        assert row.text in page
    for words in (plan.title, plan.number, "980.000.000 đồng", "Tiểu mục", "Hội nghị đối thoại", "Sở Tư pháp"):
        assert words in page


def test_what_the_plan_does_not_say_is_said_to_be_missing(plan):
    Plan.objects.update(number="", issued_on=None, coordinating_agency=None)
    ActivityFactory(plan=plan, number="5", deadline=None)

    page = login(UserFactory(agency=plan.issuing_agency)).get(plan.get_absolute_url()).text

    assert "not stated" in page
    assert "Activity 5 has no lead agency" in page
    assert "Activity 5 has no time" in page


def test_the_periods_of_this_plan_only(plan):
    ReportingPeriodFactory(plan=plan)
    ReportingPeriodFactory(plan__locality=plan.locality, ordinal=3)

    context = login(UserFactory(agency=plan.issuing_agency)).get(plan.get_absolute_url()).context

    assert [period.plan for period in context["periods"]] == [plan]
    assert context["period"].plan == plan


def test_a_plan_is_added_with_its_periods(plan, coordinator):
    browser = login(coordinator)
    shown = browser.get(ADD)
    assert shown.context["form"].initial["coordinating_agency"] == coordinator.agency_id

    response = browser.post(ADD, typed(plan, title="Kế hoạch mới"), follow=True)

    made = Plan.objects.get(title="Kế hoạch mới")
    assert response.redirect_chain == [(reverse("plans:edit", args=[made.pk]), 302)]
    assert made.status == PlanStatus.DRAFT
    assert "Plan added. Now its parts and activities." in response.text
    assert list(made.reporting_periods.values_list("ordinal", flat=True).order_by("ordinal")) == [1, 2, 3, 4]


def test_a_longer_plan_gets_more_periods_and_keeps_those_it_has(plan, coordinator):
    world = make_world(Status.SUBMITTED, locality=plan.locality)
    person = UserFactory(agency=world.plan.coordinating_agency, role=Role.COORDINATOR)
    Plan.objects.filter(pk=world.plan.pk).update(status=PlanStatus.DRAFT)

    response = login(person).post(edit(world.plan), typed(world.plan, period_end="31/12/2027"))

    assert response.url == reverse("plans:edit", args=[world.plan.pk])
    assert world.plan.reporting_periods.count() == 8
    assert ReportingPeriod.objects.filter(pk=world.period.pk).exists()


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"period_end": "31/12/2025"}, "must end after it begins, 01/01/2026."),
        ({"title": ""}, "This field is required."),
        ({"period_start": "01/01/0001"}, "Check the year"),
    ],
)
@pytest.mark.parametrize("adding", [True, False])
def test_a_refused_plan_comes_back_with_what_was_typed(draft, coordinator, changes, sentence, adding):
    before = draft.title

    response = login(coordinator).post(
        ADD if adding else edit(draft), typed(draft, **{"signatory_name": "Người Ký Thử", **changes})
    )

    assert response.status_code == 200
    assert sentence in response.text
    assert "Người Ký Thử" in response.text
    draft.refresh_from_db()
    assert draft.title == before
    assert not ReportingPeriod.objects.exists()


def test_a_number_given_twice_is_refused_beside_its_field(plan, coordinator):
    response = login(coordinator).post(ADD, typed(plan, number=plan.number, issued_on="15/01/2026"))

    assert "This agency has already issued a plan with this number on this day." in response.text
    assert 'id="id_number_error"' in response.text


def test_who_adds_plans(plan):
    """Coordinators those of the locality, focal points their own agency's."""
    for role in Role:
        person = UserFactory(agency__locality=plan.locality, role=role)
        allowed = role in (Role.COORDINATOR, Role.FOCAL_POINT)
        own = dict.fromkeys(("issuing_agency", "coordinating_agency"), person.agency_id)
        assert login(person).get(ADD).status_code == (200 if allowed else 403)
        assert login(person).post(ADD, typed(plan, number=f"{role}") | own).status_code == (302 if allowed else 403)


def test_a_focal_point_adds_no_plan_of_another_agency(plan):
    person = UserFactory(agency__locality=plan.locality)

    response = login(person).post(ADD, typed(plan, number="99/KH-UBND"))

    assert {"issuing_agency", "coordinating_agency"} == {*response.context["form"].errors}


def test_who_edits_a_plan(draft, coordinator):
    others = [UserFactory(agency=draft.coordinating_agency, role=role) for role in Role if role != Role.COORDINATOR]
    others.append(UserFactory(agency__locality=draft.locality, role=Role.COORDINATOR))

    for person in others:
        assert login(person).get(edit(draft)).status_code == 403
        assert login(person).post(edit(draft), typed(draft)).status_code == 403
    assert login(coordinator).get(edit(draft)).status_code == 200


@pytest.mark.parametrize("status", [status for status in PlanStatus if status != PlanStatus.DRAFT])
def test_a_plan_that_is_no_draft_is_not_edited(plan, coordinator, status):
    Plan.objects.update(status=status)

    assert login(coordinator).post(edit(plan), typed(plan)).status_code == 403
    assert reverse("plans:edit", args=[plan.pk]) not in login(coordinator).get(plan.get_absolute_url()).text


def test_hostile_words_are_only_words(draft, coordinator):
    hostile = "<script>alert(1)</script>\"'"
    browser = login(coordinator)

    browser.post(edit(draft), typed(draft, title=hostile, number=hostile, place=hostile, signatory_name=hostile))

    assert Plan.objects.get().title == hostile
    for address in (
        draft.get_absolute_url(),
        edit(draft),
        reverse("plans:edit", args=[draft.pk]),
        reverse("plans:list"),
        reverse("activities:updates"),
    ):
        assert "<script>alert(1)" not in browser.get(address).text


def row(activity, **facts):
    from types import SimpleNamespace

    return SimpleNamespace(**{"activity": activity, "state": State.IN_PROGRESS, "leads": ("Sở",), **facts})


def test_the_next_deadlines():
    ahead = [row(ActivityFactory.build(deadline=date(2026, month, 15))) for month in (12, 7, 6, 9, 8)]
    past = row(ActivityFactory.build(deadline=date(2026, 6, 14)))
    done = row(ActivityFactory.build(deadline=date(2026, 7, 1)), state=State.DONE)
    open_end = row(ActivityFactory.build(deadline=None))

    found = next_deadlines([*ahead, past, done, open_end], TODAY)

    assert [each.activity.deadline.month for each in found] == [6, 7, 8, 9]


def test_gaps():
    rows = [
        row(ActivityFactory.build(number="1", deadline=None), leads=()),
        row(ActivityFactory.build(number="2", deadline=None, schedule_kind=ScheduleKind.MONTHLY)),
        row(ActivityFactory.build(number="3")),
        row(ActivityFactory.build(number="4", deadline=None), leads=(), state=State.CANCELLED),
    ]

    assert [sentence for _row, sentence in gaps_of(rows)] == [
        "Activity 1 has no lead agency",
        "Activity 1 has no time",
    ]


def test_great_keys_are_written_without_dots():
    """Numbers in Vietnamese text have dots; an address must not."""
    agency = AgencyFactory(pk=1_234_567)
    plan = PlanFactory(pk=2_345_678, locality=agency.locality, coordinating_agency=agency)
    activity = ActivityFactory(pk=3_456_789, plan=plan)
    AssignmentFactory(activity=activity, agency=agency)
    ReportingPeriodFactory(pk=4_567_890, plan=plan)
    ContentThemeFactory(pk=5_678_901, plan=plan)
    browser = login(UserFactory(agency=agency, role=Role.COORDINATOR))

    for address in (
        reverse("plans:list"),
        reverse("activities:list"),
        reverse("activities:updates"),
        reverse("reports:dashboard"),
        reverse("reports:list"),
        reverse("reports:preview", args=[4_567_890]),
        plan.get_absolute_url(),
        edit(plan),
        activity.get_absolute_url(),
        reverse("activities:edit", args=[activity.pk]),
    ):
        page = browser.get(address).text
        for key in ("1.234.567", "2.345.678", "3.456.789", "4.567.890", "5.678.901"):
            assert key not in page, (address, page[max(page.find(key) - 80, 0) : page.find(key) + 20])
