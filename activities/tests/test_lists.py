"""The lists of plans and of activities: what they show first, what they count, what they give out."""

import csv
from datetime import date
from io import BytesIO, StringIO
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.filters import DUE, ActivityFilter
from activities.models import Activity, ProgressState
from agencies.models import Agency
from agencies.tests.factories import AgencyFactory, GroupMembershipFactory
from plans.models import Plan, PlanStatus, PlanVersion, Purpose
from plans.tests.factories import PlanFactory

from .factories import TODAY, ActivityFactory, AssignmentFactory, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def world():
    return make_world("submitted", activities=3, state=ProgressState.IN_PROGRESS, percent=40)


@pytest.fixture
def plans(world):
    return lambda **asked: login(world.coordinator).get(reverse("plans:list"), asked)


@pytest.fixture
def activities(world):
    return lambda **asked: login(world.coordinator).get(reverse("activities:list"), asked)


def beside(world, title, year=2026, *, until=None, **facts):
    """Another plan of the locality."""
    return PlanFactory(
        locality=world.locality,
        title=title,
        issuing_agency=world.plan.issuing_agency,
        period_start=date(year, 1, 1),
        period_end=date(until or year, 12, 31),
        **facts,
    )


# Plans


def test_plans_stand_by_year_drafts_first_old_ones_last(world, plans):
    beside(world, "Năm tới", 2027, status=PlanStatus.DRAFT, number="", issued_on=None)
    beside(world, "Giai đoạn", 2026, until=2030)
    beside(world, "Dự thảo năm nay", status=PlanStatus.DRAFT, number="", issued_on=None)
    beside(world, "Năm ngoái", 2025)
    beside(world, "Năm nay, đã bị thay thế", status=PlanStatus.REPLACED)

    rows = plans().context["rows"]

    assert [(row.group, row.plan.title) for row in rows] == [
        ("Year 2027", "Năm tới"),
        ("Years 2026–2030", "Giai đoạn"),
        ("Year 2026", "Dự thảo năm nay"),
        ("Year 2026", world.plan.title),
        ("Earlier years", "Năm nay, đã bị thay thế"),
        ("Earlier years", "Năm ngoái"),
    ]
    assert [row.is_over for row in rows] == [False] * 4 + [True] * 2


def test_within_a_year_plans_are_in_dictionary_order(world, plans):
    Plan.objects.update(period_start=date(2012, 1, 1), period_end=date(2012, 12, 31))
    for title in ("Đà Lạt", "Dương", "ảnh", "Ăn"):
        beside(world, title)

    assert [row.plan.title for row in plans(year="2026").context["rows"]] == ["ảnh", "Ăn", "Dương", "Đà Lạt"]


def test_a_plan_counts_its_activities_without_the_cancelled(world, plans):
    late, cancelled, _other = world.all_activities
    Activity.objects.filter(pk=late.pk).update(deadline=date(2026, 5, 1))
    Activity.objects.filter(pk=cancelled.pk).update(cancelled_on=date(2026, 2, 1))

    response = plans()

    [row] = response.context["rows"]
    assert (row.activities, row.on_track, row.overdue, row.done) == (2, 1, 1, 0)
    assert "1/2 on track" in response.text
    assert f"/activities/?plan={world.plan.pk}&amp;state=overdue" in response.text


def test_what_became_of_a_plan_stands_below_its_status(world, plans):
    old = beside(world, "Cũ", 2025, status=PlanStatus.REPLACED)
    closed = beside(world, "Xong", 2025, status=PlanStatus.CLOSED, closed_on=date(2025, 12, 30))
    world.plan.replaces.add(old)
    beside(world, "Dự thảo thay thế", status=PlanStatus.DRAFT, number="x").replaces.add(old)
    for ordinal, number in ((1, "1/KH"), (2, "31/KH-UBND")):
        PlanVersion.objects.create(
            plan=world.plan,
            ordinal=ordinal,
            number=number,
            title="x",
            issued_on=TODAY,
            content={},
            kept_at=timezone.now(),
        )

    page = plans().text

    assert f"replaced by {world.plan.number}" in page
    assert f"closed on {closed.closed_on:%d/%m/%Y}" in page
    assert "amended by 31/KH-UBND" in page


def test_the_agencies_own_plans_are_counted_and_one_click_away(world, plans):
    department = AgencyFactory(locality=world.locality, parent=world.plan.issuing_agency)
    for status in (PlanStatus.ISSUED, PlanStatus.DRAFT):
        PlanFactory(locality=world.locality, issuing_agency=department, parent=world.plan, status=status)

    [row] = plans().context["rows"]
    carried = plans(whose="all", parent=world.plan.pk)

    assert row.plan.carried_out_by == 1
    assert f"?whose=all&amp;parent={world.plan.pk}" in plans().text
    assert len(carried.context["rows"]) == 2
    assert carried.context["parent"] == world.plan.number


@pytest.mark.parametrize("purpose", [Purpose.TEMPLATE, Purpose.AMENDMENT])
def test_what_is_no_plan_is_not_listed(world, plans, activities, purpose):
    amends = world.plan if purpose == Purpose.AMENDMENT else None
    copy = beside(world, "Bản nháp", purpose=purpose, status=PlanStatus.DRAFT, amends=amends, number="")
    ActivityFactory(plan=copy, title="Việc của bản nháp")

    assert "Bản nháp" not in plans(whose="all").text
    assert "Việc của bản nháp" not in activities().text


@pytest.mark.parametrize(
    "sort, titles",
    [
        ("title", ["Ăn", "Đà", "Em"]),
        ("-title", ["Em", "Đà", "Ăn"]),
        ("number", ["Em", "Đà", "Ăn"]),
        ("-number", ["Đà", "Em", "Ăn"]),
        ("issued_on", ["Đà", "Em", "Ăn"]),
        ("status", ["Ăn", "Em", "Đà"]),
    ],
)
def test_plans_are_sorted_by_each_column(world, plans, sort, titles):
    Plan.objects.update(period_start=date(2012, 1, 1), period_end=date(2012, 12, 31))
    beside(world, "Em", number="9/KH", issued_on=date(2026, 3, 1))
    beside(world, "Đà", number="12/KH", issued_on=date(2026, 2, 1), status=PlanStatus.CLOSED)
    beside(world, "Ăn", number="", issued_on=None, status=PlanStatus.DRAFT)

    response = plans(sort=sort, year="2026")

    assert [row.plan.title for row in response.context["rows"]] == titles
    assert "Year 2026" not in response.text
    assert 'aria-sort="' in response.text or sort == "issued_on"


def test_the_list_of_plans_as_a_workbook(world, plans):
    beside(world, "Dự thảo", status=PlanStatus.DRAFT, number="", issued_on=None)

    book = load_workbook(BytesIO(plans(export="xlsx", size="25").content))

    rows = [dict(zip([cell.value for cell in book.active[1]], row, strict=True)) for row in book.active.values][1:]
    assert [row["Plan"] for row in rows] == ["Dự thảo", world.plan.title]
    assert (rows[1]["Number"], rows[1]["Activities"], rows[1]["On track"]) == (world.plan.number, 3, 3)
    assert rows[1]["Status"] == "Issued"


def test_a_focal_point_has_neither_drafts_of_others_nor_their_activities(world):
    draft = beside(world, "Chưa công bố", status=PlanStatus.DRAFT)
    ActivityFactory(plan=draft, title="Việc chưa công bố")
    browser = login(world.focal_point)

    for name in ("plans:list", "activities:list"):
        for query in ({}, {"whose": "all", "plan": draft.pk}, {"export": "csv", "whose": "all"}):
            assert "hưa công bố" not in browser.get(reverse(name), query).content.decode("utf-8-sig")


def test_a_focal_point_finds_the_draft_of_the_own_agency(world):
    own = beside(world, "Kế hoạch của sở", status=PlanStatus.DRAFT)
    Plan.objects.filter(pk=own.pk).update(issuing_agency=world.agency, coordinating_agency=world.agency)
    ActivityFactory(plan=own, title="Việc của sở")
    browser = login(world.focal_point)

    assert "Kế hoạch của sở" in browser.get(reverse("plans:list")).text
    assert "Việc của sở" not in browser.get(reverse("activities:list")).text  # what is in force comes unasked
    assert "Việc của sở" in browser.get(reverse("activities:list"), {"plan": own.pk}).text


# Activities


def titles(response):
    return [row.activity.title for row in response.context["page"]]


def test_activities_are_sorted_by_each_column(world, activities):
    for activity, title, deadline in zip(
        world.all_activities, ("Ăn", "Đà", "Em"), (date(2026, 9, 1), None, date(2026, 8, 1)), strict=True
    ):
        Activity.objects.filter(pk=activity.pk).update(title=title, deadline=deadline)

    assert titles(activities(sort="title")) == ["Ăn", "Đà", "Em"]
    assert titles(activities(sort="-title")) == ["Em", "Đà", "Ăn"]
    assert titles(activities(sort="deadline")) == ["Em", "Ăn", "Đà"]
    assert titles(activities(sort="-deadline")) == ["Ăn", "Em", "Đà"]
    for sort in ("state", "lead", "done"):
        assert len(titles(activities(sort=sort))) == 3


@pytest.mark.parametrize(
    "due, found",
    [
        ("", "abcd-"),
        ("7", "a"),
        ("30", "ab"),
        ("quarter", "xab"),
        ("year", "xabcd"),
        ("none", "-"),
        ("1000", "abcd-"),
    ],
)
def test_deadlines_within(world, due, found):
    days = {
        "x": date(2026, 4, 1),
        "a": date(2026, 6, 22),
        "b": date(2026, 6, 30),
        "c": date(2026, 7, 16),
        "d": date(2026, 12, 31),
        "y": date(2027, 1, 1),
        "-": None,
    }
    for title, day in days.items():
        ActivityFactory(plan=world.plan, title=title, deadline=day)
    rows = Activity.objects.filter(title__in=days)

    chosen = ActivityFilter({"due": due}, queryset=rows, plans=[], leads=[], today=TODAY)

    expected = set("xabcdy-") if due in ("", "1000") else set(found)
    standing = [SimpleNamespace(activity=activity) for activity in chosen.qs]
    assert {row.activity.title for row in chosen.keep_due(standing)} == expected


@pytest.mark.parametrize("month, last", [(1, date(2026, 3, 31)), (5, date(2026, 6, 30)), (12, date(2026, 12, 31))])
def test_the_quarter_ends_on_its_last_day(world, month, last):
    ActivityFactory(plan=world.plan, title="đúng", deadline=last)
    rows = Activity.objects.filter(title="đúng")

    chosen = ActivityFilter({"due": "quarter"}, queryset=rows, plans=[], leads=[], today=date(2026, month, 15))

    assert chosen.qs.count() == 1


def test_the_filters_offer_what_there_is(world, activities):
    led = AgencyFactory(locality=world.locality, name="Sở Đo đạc")
    AssignmentFactory(activity=world.activity, agency=led)
    AgencyFactory(locality=world.locality, name="Sở không có việc")

    fields = activities().context["filter"].form.fields

    assert [name for _key, name in fields["lead"].choices][1:] == sorted(
        [led.name, world.agency.name], key=lambda name: name != led.name
    )
    assert [key for key, _label in fields["plan"].choices] == ["", str(world.plan.pk)]
    assert [key for key, _label in fields["due"].choices][1:] == [key for key, _label in DUE]


def test_the_list_of_activities_as_csv(world, activities):
    Activity.objects.filter(pk=world.activity.pk).update(title="=1+1", deadline=date(2026, 7, 1), target_quantity=12)

    response = activities(export="csv", sort="title")

    rows = list(csv.DictReader(StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 3
    first = next(row for row in rows if row["No."] == world.activity.number)
    assert (first["Activity"], first["Deadline"], first["Target"]) == ("'=1+1", "01/07/2026", "12")
    assert first["Lead agency"] == world.agency.name
    assert first["State"] == "In progress"


def test_the_file_has_what_the_filters_leave(world, activities):
    Activity.objects.filter(pk=world.activity.pk).update(deadline=date(2026, 5, 1))

    rows = activities(export="csv", state="overdue").content.decode().splitlines()

    assert len(rows) == 2


@pytest.mark.parametrize("role", [Role.LEADER, Role.ADMINISTRATOR, Role.FOCAL_POINT])
def test_every_role_has_the_lists_and_their_files(world, role):
    browser = login(UserFactory(agency=world.agency, role=role))

    for name in ("plans:list", "activities:list"):
        for query in ({}, {"export": "xlsx"}, {"export": "csv"}, {"sort": "-title", "size": "25"}):
            assert browser.get(reverse(name), query).status_code == 200


@pytest.mark.parametrize("who", ["coordinator", "focal_point", "leader"])
@pytest.mark.parametrize(
    "address", ["/plans/", "/plans/?text=tuyen&sort=-title", "/activities/", "/activities/?due=year&sort=-lead"]
)
def test_at_most_twelve_questions_even_where_groups_lead_and_agencies_have_ended(world, address, who):
    member = GroupMembershipFactory(group__locality=world.locality)
    AssignmentFactory(activity=world.activity, agency=None, group=member.group)
    Agency.objects.filter(pk=member.agency_id).update(valid_to=date(2026, 3, 1))
    portal = login(getattr(world, who))

    with CaptureQueriesContext(connection) as asked:
        assert portal.get(address).status_code == 200

    assert len(asked) <= 12, [query["sql"][:120] for query in asked]
