"""The dashboard: what it says of a period, and that it asks the database the same number of questions for any size."""

from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from accounts.models import Role, User
from activities.catalogue import load_catalogues
from activities.loading import load_plan, read_plan
from activities.models import (
    Activity,
    ActivityProgress,
    Assignment,
    AssignmentRole,
    QuarterlyUpdate,
    ReportingPeriod,
    Status,
)
from activities.progress import State
from activities.tests.factories import IndicatorFactory
from agencies.models import Agency, AgencyGroup, GroupMembership, Locality
from plans.models import Plan
from reports.dashboard import RED_SHOWN, UNREPORTED_SHOWN, build_dashboard, year_share

from .walking import loose_figures, walked, wrong

QUARTERS = {
    1: (date(2025, 12, 15), date(2026, 3, 14), date(2026, 3, 16), date(2026, 3, 20)),
    2: (date(2026, 3, 15), date(2026, 6, 14), date(2026, 6, 16), date(2026, 6, 20)),
    3: (date(2026, 6, 15), date(2026, 9, 14), date(2026, 9, 16), date(2026, 9, 20)),
}
AFTER_QUARTER_2 = date(2026, 6, 18)
IN_QUARTER_2 = date(2026, 6, 16)
ENGLISH = {"accept-language": "en"}


def make_period(ordinal, plan=None):
    starts_on, ends_on, agency_due_on, consolidated_due_on = QUARTERS[ordinal]
    return ReportingPeriod(
        plan=plan,
        year=2026,
        ordinal=ordinal,
        label=f"Quý {ordinal}/2026",
        starts_on=starts_on,
        ends_on=ends_on,
        agency_due_on=agency_due_on,
        locks_on=agency_due_on + timedelta(days=15),
        consolidated_due_on=consolidated_due_on,
    )


class Province:
    """A plan with two activities, the second led by a group of agencies, and three quarters."""

    def __init__(self, members):
        self.locality = Locality.objects.create(
            slug="minh-hoa", name="Minh Họa", place_name="Minh Họa", level="province"
        )
        self.committee = self.agency("ubnd", kind="peoples_committee")
        self.plan = Plan.objects.create(
            locality=self.locality,
            title="Tuyên truyền cải cách hành chính",
            issuing_agency=self.committee,
            issuing_agency_name="UBND tỉnh",
            period_start=date(2026, 1, 1),
            period_end=date(2026, 12, 31),
            status="issued",
        )
        self.periods = [make_period(ordinal, self.plan) for ordinal in QUARTERS]
        ReportingPeriod.objects.bulk_create(self.periods)
        self.periods = list(ReportingPeriod.objects.select_related("plan").order_by("starts_on"))
        self.group = AgencyGroup.objects.create(locality=self.locality, slug="xa", name="UBND các xã")
        self.members = [self.agency(f"xa-{place}", kind="commune_committee") for place in range(members)]
        GroupMembership.objects.bulk_create(GroupMembership(group=self.group, agency=each) for each in self.members)
        self.late = Activity.objects.create(plan=self.plan, number="1", title="Áp phích", deadline=date(2026, 5, 31))
        self.steady = Activity.objects.create(plan=self.plan, number="2", title="Truyền thanh", schedule_kind="weekly")
        Assignment.objects.create(activity=self.steady, role=AssignmentRole.LEAD, group=self.group)
        Assignment.objects.create(activity=self.late, role=AssignmentRole.LEAD, agency=self.members[0])

    def agency(self, slug, **kwargs):
        return Agency.objects.create(locality=self.locality, slug=slug, name=slug, short_name=slug, **kwargs)

    def send(self, member, ordinal, day):
        at = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
        update = QuarterlyUpdate.objects.create(
            period=self.periods[ordinal - 1],
            agency=member,
            status=Status.APPROVED,
            first_submitted_at=at,
            submitted_at=at,
        )
        ActivityProgress.objects.create(update=update, activity=self.steady, state="in_progress", percent=30)

    def board(self, ordinal, today):
        return build_dashboard(self.periods[ordinal - 1], self.periods, today=today)

    def leader(self):
        return User.objects.create(username="leader", full_name="Sơn", agency=self.committee, role=Role.LEADER)


@pytest.fixture
def province(db):
    return Province(members=8)


@pytest.mark.parametrize(("today", "share"), [(date(2026, 3, 14), 0), (date(2026, 6, 16), 25), (date(2026, 6, 17), 50)])
def test_only_periods_that_are_due_count_as_time_passed(today, share):
    period = make_period(1 if today < date(2026, 3, 15) else 2)

    assert year_share(period, today) == share


@pytest.mark.parametrize(
    ("kind", "ordinal", "is_due", "share"),
    [
        ("month", 5, False, 33),
        ("month", 6, True, 50),
        ("month", 12, True, 100),
        ("half_year", 1, False, 0),
        ("half_year", 1, True, 50),
        ("half_year", 2, True, 100),
        ("nine_months", 1, True, 75),
        ("year", 1, False, 0),
        ("year", 1, True, 100),
    ],
)
def test_the_year_passes_by_the_kind_of_period(kind, ordinal, is_due, share):
    period = make_period(1)
    period.kind, period.ordinal = kind, ordinal

    assert year_share(period, period.agency_due_on + timedelta(days=is_due)) == share


@pytest.mark.parametrize(("is_due", "share"), [(False, 20), (True, 50)])
def test_where_periods_have_the_plans_own_dates_its_days_are_counted(is_due, share):
    period = make_period(2, Plan(period_start=date(2026, 1, 1), period_end=date(2026, 4, 10)))  # 100 days
    period.kind, period.starts_on, period.ends_on = "own", date(2026, 1, 21), date(2026, 2, 19)

    assert year_share(period, period.agency_due_on + timedelta(days=is_due)) == share


def test_while_agencies_may_still_send_nobody_is_late(province):
    province.send(province.members[0], 1, date(2026, 3, 15))
    province.send(province.members[0], 2, date(2026, 6, 15))

    board = province.board(2, IN_QUARTER_2)

    assert (board.is_running, board.is_ahead) == (True, False)
    assert (board.totals.sent, board.totals.missing, board.totals.pending) == (1, 0, 7)
    assert board.on_time_change is None
    assert [each.short for each in board.rated] == ["I/2026"]


def test_after_the_deadline_periods_are_compared(province):
    province.send(province.members[0], 1, date(2026, 3, 15))
    for member in province.members[:3]:
        province.send(member, 2, date(2026, 6, 16))
    province.send(province.members[3], 2, date(2026, 6, 17))

    board = province.board(2, AFTER_QUARTER_2)

    assert not board.is_running
    assert (board.totals.on_time, board.totals.late, board.totals.missing) == (3, 1, 4)
    assert board.on_time_change == 2
    assert [(each.short, each.on_time_rate) for each in board.rated] == [("I/2026", 12.5), ("II/2026", 37.5)]


def test_the_first_period_has_nothing_to_compare_with(province):
    board = province.board(1, date(2026, 3, 17))

    assert (board.previous, board.on_time_change) == (None, None)


def test_a_period_that_has_not_begun(province):
    board = province.board(3, date(2026, 6, 1))

    assert (board.is_ahead, board.is_running) == (True, False)


def test_red_things_are_counted_though_not_all_are_shown(province):
    board = province.board(2, AFTER_QUARTER_2)

    assert [row.activity for row in board.red_activities] == [province.late]
    assert len(board.red_agencies) == RED_SHOWN
    assert board.red_hidden == 3
    assert (board.overdue, board.unassigned) == (1, 0)


def test_silence_is_to_be_handled(province):
    board = province.board(2, AFTER_QUARTER_2)

    assert [(each.period.ordinal, each.missing, each.days_overdue) for each in board.red_periods] == [(1, 8, 94)]
    assert [row.activity for row in board.unreported] == [province.steady]
    assert (board.on_track, board.activity_count) == (0, 2)


def test_what_was_sent_is_not_silence(province):
    for ordinal in (1, 2):
        for member in province.members:
            province.send(member, ordinal, QUARTERS[ordinal][1])
    Activity.objects.filter(pk=province.late.pk).delete()

    board = province.board(2, AFTER_QUARTER_2)

    assert (board.red_periods, board.unreported, board.has_red) == ((), (), False)
    assert (board.on_track, board.activity_count) == (1, 1)


def test_before_the_first_deadline_nobody_is_silent(province):
    board = province.board(1, date(2026, 3, 16))

    assert (board.unreported, board.on_track) == ((), 2)
    assert (province.board(1, date(2026, 3, 17)).on_track, board.has_red) == (0, False)


def test_of_many_silent_activities_the_first_are_named(province):
    for number in range(3, 3 + UNREPORTED_SHOWN):
        activity = Activity.objects.create(plan=province.plan, number=str(number), title="Tin, bài", position=number)
        Assignment.objects.create(activity=activity, role=AssignmentRole.LEAD, group=province.group)

    board = province.board(2, AFTER_QUARTER_2)

    assert (len(board.unreported_shown), board.unreported_hidden) == (UNREPORTED_SHOWN, 1)


def test_a_past_period_is_shown_as_it_stood(province):
    province.send(province.members[0], 2, date(2026, 6, 15))

    past, current = province.board(1, AFTER_QUARTER_2), province.board(2, AFTER_QUARTER_2)

    assert (past.is_past, past.as_of, past.today) == (True, QUARTERS[1][3], AFTER_QUARTER_2)
    assert dict(past.counts) == {State.NOT_STARTED: 2}
    assert past.totals.missing == 8
    assert (current.is_past, current.as_of) == (False, AFTER_QUARTER_2)
    assert dict(current.counts) == {State.OVERDUE: 1, State.IN_PROGRESS: 1}


def test_what_was_sent_late_still_counts_for_its_period(province):
    province.send(province.members[0], 1, date(2026, 6, 1))

    past = province.board(1, AFTER_QUARTER_2)

    assert dict(past.counts) == {State.IN_PROGRESS: 1, State.NOT_STARTED: 1}
    assert (past.totals.late, past.on_track) == (1, 1)


def test_the_last_period_stays_the_current_one(province):
    board = province.board(3, date(2026, 12, 1))

    assert (board.is_past, board.as_of) == (False, date(2026, 12, 1))


def test_what_is_done_late_is_counted_apart(province):
    for activity, day in ((province.late, date(2026, 6, 2)), (province.steady, date(2026, 6, 1))):
        Assignment.objects.filter(activity=activity).delete()
        Assignment.objects.create(activity=activity, role=AssignmentRole.LEAD, agency=province.members[0])
        update, _created = QuarterlyUpdate.objects.get_or_create(
            period=province.periods[1],
            agency=province.members[0],
            status=Status.SUBMITTED,
            first_submitted_at=datetime(2026, 6, 15, 3, tzinfo=UTC),
            submitted_at=datetime(2026, 6, 15, 3, tzinfo=UTC),
        )
        ActivityProgress.objects.create(update=update, activity=activity, state="done", percent=100, completed_on=day)

    board = province.board(2, AFTER_QUARTER_2)

    assert (board.on_track, board.done_on_time, board.done_late) == (1, 1, 1)


def test_without_leads_nothing_is_expected(province):
    Assignment.objects.all().delete()

    board = province.board(2, AFTER_QUARTER_2)

    assert (board.totals.expected, board.unassigned, board.rated) == (0, 2, ())
    assert (board.lowest_figure, board.keeping_pace) == (None, 0)


class Links(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self.found.append(dict(attrs).get("href"))


def links(response):
    return Links(response.content.decode()).found


def test_figures_lead_to_their_rows(province, client, clock):
    clock(AFTER_QUARTER_2)
    client.force_login(province.leader())

    found = links(client.get(reverse("reports:dashboard"), {"period": province.periods[1].pk}))

    plan, period = province.plan.pk, province.periods[1].pk
    assert f"/activities/?plan={plan}" in found
    assert f"/activities/?plan={plan}&state=on-track" in found
    assert f"/activities/?plan={plan}&state={State.OVERDUE}" in found
    assert {f"/updates/?period={period}&show={show}" for show in ("on_time", "not_sent", "approved")} < set(found)
    assert f"/updates/?period={province.periods[0].pk}&show=missing" in found
    assert f"/periods/{period}/report/" in found
    assert f"/activities/{province.late.pk}/" in found


@pytest.mark.usefixtures("english")
def test_figures_of_a_past_period_lead_to_their_rows_as_they_stood(province, client, clock):
    clock(AFTER_QUARTER_2)
    client.force_login(province.leader())
    first = province.periods[0]

    response = client.get(reverse("reports:dashboard"), {"period": first.pk}, headers=ENGLISH)

    assert "Activities as of 20/03/2026, submissions as of today." in response.text
    assert f"/activities/?plan={province.plan.pk}&state=not-started&of={first.pk}" in links(response)
    page = client.get(f"/activities/?state=not-started&of={first.pk}", headers=ENGLISH)
    assert "As of 20/03/2026, when the report on Quarter I/2026 was due." in page.text
    assert len(page.context["page"]) == 2


def test_a_slow_agency_leads_to_its_update_or_to_the_duty_it_owes(province, client, clock):
    clock(AFTER_QUARTER_2)
    province.send(province.members[0], 2, date(2026, 6, 17))
    client.force_login(province.leader())

    found = links(client.get(reverse("reports:dashboard"), {"period": province.periods[1].pk}))

    assert f"/updates/{QuarterlyUpdate.objects.get().pk}/" in found
    for member in province.members[1:]:
        assert f"/updates/?period={province.periods[1].pk}&agency={member.pk}" in found


def no_leads(province):
    Assignment.objects.all().delete()


def nothing_sent(_province):
    pass


def one_sent_in_time(province):
    for ordinal in (1, 2):
        province.send(province.members[0], ordinal, QUARTERS[ordinal][1])


def fewer_in_time_than_before(province):
    for member in province.members:
        province.send(member, 1, QUARTERS[1][1])
    province.send(province.members[0], 2, date(2026, 6, 17))


def more_in_time_than_before(province):
    for member in province.members:
        province.send(member, 2, QUARTERS[2][1])


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    "stands, ordinal, today, said",
    [
        (nothing_sent, 2, AFTER_QUARTER_2, "agencies</span> overdue"),
        (one_sent_in_time, 2, IN_QUARTER_2, "is running, updates are due on 16/06/2026"),
        (one_sent_in_time, 3, AFTER_QUARTER_2, "is running, updates are due on 16/09/2026"),
        (nothing_sent, 3, date(2026, 6, 1), "begins on 15/06/2026"),
        (no_leads, 2, AFTER_QUARTER_2, "has a lead agency, so no agency has to report"),
        (fewer_in_time_than_before, 2, AFTER_QUARTER_2, "Fewer agencies on time than in"),
        (more_in_time_than_before, 2, AFTER_QUARTER_2, "more agencies on time than in"),
        (more_in_time_than_before, 2, AFTER_QUARTER_2, "none is overdue"),
    ],
)
def test_whatever_there_is_to_say_every_number_leads_to_its_rows(province, client, clock, stands, ordinal, today, said):
    clock(today)
    stands(province)
    client.force_login(province.leader())
    address = f"{reverse('reports:dashboard')}?period={province.periods[ordinal - 1].pk}"

    page = client.get(address, headers=ENGLISH).text

    assert said in page
    assert loose_figures(page) == []
    assert wrong(walked(client, address, page)) == {}


@pytest.mark.usefixtures("english")
def test_the_dashboard_says_what_it_counts(province, client, clock):
    clock(AFTER_QUARTER_2)
    client.force_login(province.leader())

    page = client.get(reverse("reports:dashboard"), {"period": province.periods[1].pk}, headers=ENGLISH).text

    assert "Activities and outputs include updates sent and not yet reviewed" in page
    assert "8 agencies have not sent their updates" in page
    assert "1 activity has no report, though one was due" in page


@pytest.mark.usefixtures("english")
def test_figures_are_named_in_the_readers_language(province, client, clock):
    clock(AFTER_QUARTER_2)
    indicator = IndicatorFactory(name="Tin, bài", name_en="Articles", unit="tin", unit_en="items")
    Activity.objects.update(target_quantity=10, indicator=indicator)
    client.force_login(province.leader())
    address = f"{reverse('reports:dashboard')}?period={province.periods[1].pk}"

    english, vietnamese = (
        client.get(address, headers=ENGLISH).text,
        client.get(address, headers={"accept-language": "vi"}).text,
    )

    assert "Articles" in english and "Tin, bài" not in english
    assert "Tin, bài" in vietnamese and "Articles" not in vietnamese


def test_numbers_in_addresses_are_not_grouped(province, client):
    ReportingPeriod.objects.filter(pk=province.periods[1].pk).update(id=12345)
    client.force_login(province.leader())

    found = links(client.get(reverse("reports:dashboard"), {"period": 12345}))

    assert "/updates/?period=12345" in found
    assert "/periods/12345/report/" in found


@pytest.mark.parametrize("members", [3, 60])
def test_as_many_queries_for_sixty_agencies_as_for_three(db, client, members, django_assert_max_num_queries):
    province = Province(members)
    for member in province.members[:-1]:
        province.send(member, 1, date(2026, 3, 15))
    client.force_login(province.leader())

    with django_assert_max_num_queries(15):
        response = client.get(reverse("reports:dashboard"))

    assert response.status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["ha-noi", "soc-trang", "thua-thien-hue", "bao-loc", "binh-dinh"])
@pytest.mark.parametrize("page", ["dashboard", "list", "preview"])
def test_every_screen_shows_every_real_plan(client, name, page):
    load_catalogues()
    plan, _created = load_plan(read_plan(name))
    client.force_login(
        User.objects.create(username=name, full_name="Sơn", agency=plan.issuing_agency, role=Role.LEADER)
    )
    args = [plan.reporting_periods.first().pk] if page == "preview" else []

    assert client.get(reverse(f"reports:{page}", args=args)).status_code == 200


@pytest.mark.django_db
def test_without_a_plan_the_dashboard_says_so(client, province):
    ReportingPeriod.objects.all().delete()
    client.force_login(province.leader())

    response = client.get(reverse("reports:dashboard"))

    assert (response.status_code, response.context["board"]) == (200, None)


def test_a_focal_point_reads_no_draft(client, province):
    client.force_login(User.objects.create(username="focal", full_name="Tuấn", agency=province.members[0]))

    response = client.get(reverse("reports:list"))

    assert (response.status_code, list(response.context["periods"])) == (200, [])
    assert client.get(reverse("reports:dashboard")).status_code == 403
