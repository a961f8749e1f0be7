"""What falls on which day for whom; the month, the list and the feed."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from accounts.calendar_address import make_address, reader_of
from accounts.models import Role, User
from accounts.tests.factories import UserFactory, login
from activities.agenda import build_month, events_of, plans_of, span_of
from activities.models import AssignmentRole, QuarterlyUpdate, Status
from activities.progress import State
from agencies.models import AgencyKind, ReorganisationStatus
from agencies.tests.factories import AgencyFactory, AgencyGroupFactory, GroupMembershipFactory, HolidayFactory
from plans.models import PlanStatus, Purpose
from plans.tests.factories import PlanFactory

from .factories import (
    TODAY,
    ActivityFactory,
    ActivityProgressFactory,
    AssignmentFactory,
    ConsolidatedPeriodFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    make_world,
    moment,
)
from .test_copying import ended

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

JUNE = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def world():
    return make_world()


def events(user, *, today=TODAY, first=date(2026, 1, 1), last=date(2026, 12, 31)):
    user = User.objects.select_related("agency__locality").get(pk=user.pk)
    return {each.key: each for each in events_of(user, list(plans_of(user)), first=first, last=last, today=today)}


def keys(user, **span):
    return {*events(user, **span)}


def deadline(activity):
    return f"activity-{activity.pk}-deadline"


# What there is


def test_the_dates_of_a_period(world):
    of = {key.split("-")[2]: event for key, event in events(world.coordinator).items() if key.startswith("period")}

    assert {name: event.day for name, event in of.items()} == {
        "cutoff": date(2026, 6, 14),
        "agency": date(2026, 6, 16),
        "consolidated": date(2026, 6, 20),
        "lock": date(2026, 7, 1),
    }
    assert {name: event.state for name, event in of.items()} == {
        "cutoff": State.DONE,
        "agency": State.IN_PROGRESS,
        "consolidated": State.IN_PROGRESS,
        "lock": State.NOT_STARTED,
    }
    assert world.agency.short_name in of["agency"].detail


def test_a_half_year_is_reported_by_those_who_consolidate(world):
    half = ConsolidatedPeriodFactory(plan=world.plan)

    found = events(world.coordinator)[f"consolidated-{half.pk}"]

    assert (found.day, found.state) == (date(2026, 6, 20), State.IN_PROGRESS)
    assert f"consolidated-{half.pk}" not in keys(world.focal_point)


def test_deadline_and_beginning_of_an_activity(world):
    activity = ActivityFactory(plan=world.plan, number="7", start=date(2026, 5, 1), deadline=date(2026, 5, 29))
    AssignmentFactory(activity=activity, agency=world.agency)
    same_day = ActivityFactory(plan=world.plan, start=date(2026, 5, 9), deadline=date(2026, 5, 9))

    found = events(world.coordinator)

    due, begins = found[deadline(activity)], found[f"activity-{activity.pk}-start"]
    assert (due.day, due.state, due.days_late, due.late) == (date(2026, 5, 29), State.OVERDUE, 17, "17 days overdue")
    assert (begins.day, begins.state) == (date(2026, 5, 1), State.NOT_STARTED)
    assert (due.short, begins.short) == ("Activity 7 due", "Activity 7 begins")
    assert due.detail == f"{world.agency.name}; {world.plan}"
    assert found[deadline(same_day)].state == State.UNASSIGNED
    assert f"activity-{same_day.pk}-start" not in found


def test_a_reported_activity_and_a_cancelled_one():
    world = make_world(Status.APPROVED, state="done")
    cancelled = ActivityFactory(plan=world.plan, cancelled_on=date(2026, 5, 1))

    found = events(world.coordinator)

    assert found[deadline(world.activity)].state == State.DONE
    assert found[deadline(cancelled)].state == State.CANCELLED
    assert found[f"period-{world.period.pk}-consolidated"].state == State.DONE


def test_who_has_not_sent(world):
    AssignmentFactory(activity=world.activity)
    late = events(world.coordinator, today=date(2026, 6, 18))[f"period-{world.period.pk}-agency"]

    assert (late.state, late.days_late) == (State.OVERDUE, 2)
    assert "2 agencies have not sent it" in late.detail


def test_a_focal_points_own_update(world):
    key = f"period-{world.period.pk}-agency"

    def own(**span):
        event = events(world.focal_point, **span)[key]
        return event.state, event.days_late, event.url

    assert own() == (State.IN_PROGRESS, 0, world.update.get_absolute_url())
    assert own(today=date(2026, 6, 18))[:2] == (State.OVERDUE, 2)
    world.update.delete()
    assert own() == (State.NOT_STARTED, 0, reverse("activities:updates"))
    update = QuarterlyUpdateFactory(period=world.period, agency=world.agency, status=Status.SUBMITTED)
    assert own()[0] == State.DONE
    update.status = Status.RETURNED
    update.save()
    assert own()[0] == State.IN_PROGRESS


def test_reorganisations(world):
    other = AgencyFactory(locality=world.locality)
    ended(world.agency, other)
    ended(other, AgencyFactory(locality=world.locality), status=ReorganisationStatus.SCHEDULED)
    ended(other, AgencyFactory(locality=world.locality), status=ReorganisationStatus.CANCELLED)

    states = {key: event.state for key, event in events(world.leader).items() if key.startswith("reorg")}
    assert sorted(states.values()) == [State.DONE, State.NOT_STARTED]

    assert len([key for key in keys(world.focal_point) if key.startswith("reorg")]) == 1
    assert not [key for key in keys(UserFactory(agency__locality=world.locality)) if key.startswith("reorg")]


# For whom


def test_a_focal_point_sees_what_their_agency_has_a_part_in(world):
    cooperating, by_group, ended_part, others = ActivityFactory.create_batch(4, plan=world.plan)
    member = GroupMembershipFactory(group=AgencyGroupFactory(locality=world.locality), agency=world.agency)
    left = GroupMembershipFactory(
        group=AgencyGroupFactory(locality=world.locality), agency=world.agency, valid_to=date(2026, 5, 1)
    )
    AssignmentFactory(activity=cooperating, agency=world.agency, role=AssignmentRole.COOPERATING)
    AssignmentFactory(activity=by_group, group=member.group)
    AssignmentFactory(activity=ended_part, agency=world.agency, valid_to=date(2026, 5, 1))
    AssignmentFactory(activity=others, group=left.group)

    seen = {key for key in keys(world.focal_point) if key.startswith("activity")}

    assert seen == {deadline(world.activity), deadline(cooperating), deadline(by_group)}
    assert {deadline(each) for each in world.plan.activities.all()} <= keys(world.leader)


def test_who_owes_nothing_sees_no_dates_of_reporting(world):
    bystander = UserFactory(agency__locality=world.locality)
    AssignmentFactory(activity=world.activity, agency=bystander.agency, role=AssignmentRole.COOPERATING)

    assert keys(bystander) == {deadline(world.activity)}


@pytest.mark.parametrize("role", Role)
def test_another_locality_is_not_there(world, role):
    ended(world.agency, AgencyFactory(locality=world.locality))

    assert keys(UserFactory(role=role)) == set()


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    "facts", [{"status": PlanStatus.DRAFT}, {"status": PlanStatus.CLOSED}, {"status": PlanStatus.REPLACED}], ids=str
)
def test_only_plans_in_force_have_dates(role, facts):
    plan = PlanFactory(**facts)
    agency = AssignmentFactory(activity__plan=plan).agency
    ReportingPeriodFactory(plan=plan)

    assert keys(UserFactory(agency=agency, role=role)) == set()


def test_templates_and_amendments_have_no_dates(world):
    for purpose, amends in ((Purpose.TEMPLATE, None), (Purpose.AMENDMENT, world.plan)):
        other = PlanFactory(locality=world.locality, status=PlanStatus.DRAFT, purpose=purpose, amends=amends)
        AssignmentFactory(activity__plan=other, agency=world.agency)

    assert {key for key in keys(world.coordinator) if key.startswith("activity")} == {deadline(world.activity)}


def test_an_agencys_own_plan_is_on_its_calendar_alone_and_never_overdue(world):
    own = PlanFactory(locality=world.locality, parent=world.plan, issuing_agency=world.agency, coordinating_agency=None)
    activity = ActivityFactory(plan=own, deadline=date(2026, 3, 1))
    AssignmentFactory(activity=activity, agency=world.agency)

    assert deadline(activity) not in keys(world.leader)
    event = events(world.focal_point)[deadline(activity)]
    assert (event.state, event.days_late) == (State.NOT_STARTED, 0)


def test_the_invited_are_never_late(world):
    invited = AgencyFactory(locality=world.locality, kind=AgencyKind.MASS_ORGANISATION)
    activity = ActivityFactory(plan=world.plan, deadline=date(2026, 3, 1))
    AssignmentFactory(activity=activity, agency=invited)

    assert events(world.leader)[deadline(activity)].state == State.NOT_STARTED


# The month


def month_of(user, first=JUNE, today=TODAY):
    start, end = span_of(first, today)
    return build_month(first, list(events(user, today=today, first=start, last=end).values()), today, {})


def test_the_grid_of_a_month(world):
    month = month_of(world.coordinator)

    assert [week[0].date.weekday() for week in month.weeks] == [0] * 5
    assert (month.weeks[0][0].date, month.weeks[-1][-1].date) == (date(2026, 6, 1), date(2026, 7, 5))
    days = {day.date: day for week in month.weeks for day in week}
    assert [day.date for day in days.values() if day.is_today] == [TODAY]
    assert [event.key for event in days[date(2026, 6, 16)].events] == [f"period-{world.period.pk}-agency"]
    assert (month.count, month.previous, month.next) == (3, date(2026, 5, 1), date(2026, 7, 1))
    assert not days[date(2026, 7, 1)].is_in_month


def test_the_list_is_worst_first(world):
    overdue = ActivityFactory(plan=world.plan, deadline=date(2025, 12, 1))
    AssignmentFactory(activity=overdue)
    later = ActivityFactory(plan=world.plan, deadline=date(2026, 7, 1))
    AssignmentFactory(activity=later)
    ActivityFactory(plan=world.plan, deadline=date(2026, 6, 17), cancelled_on=date(2026, 5, 1))

    month = month_of(world.coordinator)

    assert [(section.title, [event.key for event in section.events]) for section in month.sections] == [
        ("Overdue", [deadline(overdue)]),
        ("The next seven days", [f"period-{world.period.pk}-agency", f"period-{world.period.pk}-consolidated"]),
        ("Later", [deadline(later), f"period-{world.period.pk}-lock"]),
    ]
    assert (month.overdue, len(month.soon)) == (1, 2)


def test_what_was_returned_waits_though_its_day_is_past(world):
    QuarterlyUpdate.objects.filter(pk=world.update.pk).update(
        status=Status.RETURNED, submitted_at=moment(), first_submitted_at=moment()
    )

    month = month_of(world.focal_point, today=date(2026, 6, 18))

    assert [(section.title, [event.state for event in section.events]) for section in month.sections] == [
        ("Waiting for you", [State.IN_PROGRESS]),
        ("Later", [State.NOT_STARTED]),
    ]


def test_another_month_lists_its_own(world):
    overdue = ActivityFactory(plan=world.plan, deadline=date(2026, 3, 5))
    AssignmentFactory(activity=overdue)

    month = month_of(world.coordinator, first=date(2026, 3, 1))
    assert [(section.title, len(section.events)) for section in month.sections] == [("Overdue", 1)]

    month = month_of(world.coordinator, first=date(2026, 12, 1))
    assert [(section.title, len(section.events)) for section in month.sections] == [("In this month", 1)]
    assert month.overdue == 0


def test_holidays_are_those_of_the_locality(world):
    """Also those that move with the moon, and what the locality has put down itself."""

    def named(month):
        shown = login(world.focal_point).get(f"/calendar/?month={month}").context["month"]
        return {day.date: day.holiday for week in shown.weeks for day in week if day.holiday}

    assert named("2026-02")[date(2026, 2, 17)] == "Tết Nguyên Đán"
    assert named("2026-09")[date(2026, 9, 2)] == "Quốc khánh"

    HolidayFactory(locality=world.locality, day=date(2026, 9, 24), name="Ngày thành lập tỉnh")
    HolidayFactory(day=date(2026, 9, 25))

    assert named("2026-09") == {date(2026, 9, 24): "Ngày thành lập tỉnh"}


# The page


def test_the_page(world):
    response = login(world.coordinator).get(reverse("activities:calendar"))

    assert response.context["month"].first == JUNE
    assert "Updates of Quarter II/2026 due" in response.text
    assert "Make my address" in response.text
    assert reverse("activities:calendar") in response.text


@pytest.mark.parametrize("asked", ["2026-13", "x", "1-1", "9999-01", "0001-01", "2026-06-01", "١٢٣٤-٠١", "2026-W01"])
def test_a_month_that_is_none_is_this_one(world, asked):
    response = login(world.coordinator).get(reverse("activities:calendar"), {"month": asked})

    assert response.context["month"].first == JUNE


def test_another_month_and_one_plan(world):
    other = make_world(locality=world.locality)
    browser = login(world.leader)

    response = browser.get(reverse("activities:calendar"), {"month": "2026-12", "plan": other.plan.pk})

    found = [event.key for week in response.context["month"].weeks for day in week for event in day.events]
    assert found == [deadline(other.activity)]
    assert "?month=2026-11" in response.text.replace("&amp;", "&").replace(f"plan={other.plan.pk}&", "")
    foreign = browser.get(reverse("activities:calendar"), {"plan": PlanFactory().pk})
    assert foreign.context["plan"] is None


# The feed


def feed_of(user, **headers):
    user.refresh_from_db()
    return login().get(reverse("activities:feed", args=[user.calendar_token]), headers=headers)


def test_the_feed_is_what_the_page_shows(world):
    make_address(world.focal_point)
    ActivityFactory(plan=world.plan, cancelled_on=date(2026, 5, 1))

    response = feed_of(world.focal_point)
    calendar = Calendar.from_ical(response.content)
    entries = {str(entry["uid"]): entry for entry in calendar.walk("VEVENT")}

    shown = events(world.focal_point, first=TODAY - timedelta(days=400), last=TODAY + timedelta(days=400))
    domain = f"@{world.locality.slug}.reformcomms"
    assert {*entries} == {f"{key}{domain}" for key in shown}
    for key, event in shown.items():
        entry = entries[f"{key}{domain}"]
        assert (entry["dtstart"].dt, entry["dtstart"].params["VALUE"]) == (event.day, "DATE")
        assert str(entry["url"]).endswith(event.url) and str(entry["url"]).startswith("http://testserver/")
    assert "dtend" not in entry and "valarm" not in response.text.lower()


def test_the_feed_speaks_vietnamese_whatever_the_machine_asks_for(world):
    make_address(world.coordinator)

    text = feed_of(world.coordinator, accept_language="en").text

    assert "Quý II/2026" in text
    assert "Quarter" not in text


def test_an_overdue_and_a_cancelled_entry(world, settings):
    settings.LANGUAGE_CODE = "en"
    overdue = ActivityFactory(plan=world.plan, number="7", title="Tờ gấp; pano,\náp phích", deadline=date(2026, 5, 1))
    AssignmentFactory(activity=overdue)
    cancelled = ActivityFactory(plan=world.plan, cancelled_on=date(2026, 5, 1))
    make_address(world.coordinator)

    calendar = Calendar.from_ical(feed_of(world.coordinator).content)
    of = {str(entry["uid"]).split("@")[0]: entry for entry in calendar.walk("VEVENT")}

    assert str(of[deadline(overdue)]["summary"]) == "Overdue: Activity 7 due: Tờ gấp; pano,\náp phích"
    assert "45 days overdue" in str(of[deadline(overdue)]["description"])
    assert (of[deadline(cancelled)]["status"], of[deadline(overdue)]["status"]) == ("CANCELLED", "CONFIRMED")


def test_a_uid_outlives_a_moved_deadline(world):
    make_address(world.coordinator)
    before = feed_of(world.coordinator).text
    world.activity.deadline = date(2026, 12, 20)
    world.activity.save()
    after = feed_of(world.coordinator).text

    uid = f"UID:{deadline(world.activity)}@{world.locality.slug}.reformcomms"
    assert uid in before and uid in after
    assert "DTSTART;VALUE=DATE:20261220" in after


def test_the_headers_of_the_feed(world):
    make_address(world.coordinator)
    response = feed_of(world.coordinator)

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert {*response["Cache-Control"].split(", ")} == {"private", "max-age=900"}
    assert "Set-Cookie" not in response.headers


def test_strangers_rows_are_never_in_the_feed(world):
    stranger = UserFactory()
    make_address(stranger)

    text = feed_of(stranger).text

    assert "BEGIN:VCALENDAR" in text
    assert "BEGIN:VEVENT" not in text


def test_whose_feed_there_is_none(world):
    make_address(world.focal_point)
    token = world.focal_point.calendar_token
    assert reader_of("") is None

    for wrong in ("x", token[:-1], token.upper(), f"{token}\x00"):
        assert login().get(reverse("activities:feed", args=[wrong])).status_code == 404
    User.objects.filter(pk=world.focal_point.pk).update(is_active=False)
    assert login().get(reverse("activities:feed", args=[token])).status_code == 404


def test_a_superuser_without_an_agency_has_no_feed():
    root = User.objects.create_superuser("root", "root@example.org", "x", full_name="Root")
    make_address(root)

    assert login().get(reverse("activities:feed", args=[root.calendar_token])).status_code == 404


def test_an_address_is_made_and_made_anew(world):
    browser = login(world.focal_point)

    first_page = browser.post(reverse("activities:calendar_address"), follow=True)
    world.focal_point.refresh_from_db()
    token = world.focal_point.calendar_token
    assert len(token) >= 43
    assert f"http://testserver{reverse('activities:feed', args=[token])}" in first_page.text

    second_page = browser.post(reverse("activities:calendar_address"), follow=True)
    assert "new address" in second_page.text
    assert token not in second_page.text
    assert login().get(reverse("activities:feed", args=[token])).status_code == 404
    assert feed_of(world.focal_point).status_code == 200


@pytest.mark.parametrize("who", ["focal_point", "coordinator"])
def test_queries_do_not_grow(who):
    counts = []
    for size in (2, 30):
        world = make_world(Status.SUBMITTED, activities=size, agencies=size)
        user = getattr(world, who)
        make_address(user)
        address = reverse("activities:feed", args=[user.calendar_token])
        with CaptureQueriesContext(connection) as asked:
            assert login().get(address).content.count(b"BEGIN:VEVENT") >= size
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 13


def test_a_line_of_progress_is_counted_as_everywhere():
    world = make_world(Status.SUBMITTED)
    activity = ActivityFactory(plan=world.plan, deadline=date(2026, 6, 1))
    AssignmentFactory(activity=activity, agency=world.agency)
    ActivityProgressFactory(update=world.update, activity=activity, state="done", completed_on=date(2026, 6, 3))

    assert events(world.coordinator)[deadline(activity)].state == State.LATE_DONE
