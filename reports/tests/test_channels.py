"""Channels: stock and flow, the numbers of the dashboard channel by channel, and who brought them."""

from datetime import date
from io import BytesIO

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import AssignmentRole, Status
from activities.tests.factories import (
    ActivityFactory,
    ActivityProgressFactory,
    AssignmentFactory,
    IndicatorFactory,
    OutputCountFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    make_world,
)
from agencies.tests.factories import AgencyFactory
from plans.tests.factories import ChannelFactory
from reports.channels import build_channel, build_channels
from reports.dashboard import build_dashboard
from reports.pictures import output_chart, targets_chart

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

AFTER = date(2026, 6, 18)  # the second quarter was due on 16/6


class Year:
    """One agency that leads one activity through one channel and counts a stock and a flow in two quarters."""

    def __init__(self):
        self.world = make_world(Status.SUBMITTED)
        self.plan, self.agency, self.activity = self.world.plan, self.world.agency, self.world.activity
        self.second = self.world.period
        self.first = ReportingPeriodFactory(plan=self.plan, ordinal=1)
        self.channel = ChannelFactory(code="zalo", name="Zalo OA", name_en="Zalo OA")
        self.activity.channels.add(self.channel)
        self.stock = IndicatorFactory(code="SOC-1", is_stock=True, channels=[self.channel], name_en="Followers")
        self.flow = IndicatorFactory(code="SOC-2", channels=[self.channel], name_en="Articles")
        self.activity.indicator, self.activity.target_quantity = self.flow, 100
        self.activity.save()
        self.lines = {self.second: self.world.line}

    def line(self, period):
        if period not in self.lines:
            update = QuarterlyUpdateFactory(period=period, agency=self.agency, status=Status.APPROVED)
            self.lines[period] = ActivityProgressFactory(update=update, activity=self.activity)
        return self.lines[period]

    def count(self, period, indicator, value):
        return OutputCountFactory(progress=self.line(period), indicator=indicator, value=value)

    @property
    def periods(self):
        return list(self.plan.reporting_periods.all())

    def channels(self, today=AFTER):
        return build_channels(self.second, self.periods, today=today)

    def page(self, indicator="", code="zalo"):
        return build_channel(self.second, self.periods, code, indicator, today=AFTER)[1]

    def output(self, code):
        return next(each for _state, each in self.channels().outputs if each.code == code)


@pytest.fixture
def year(clock):
    clock(AFTER)
    caches["charts"].clear()
    made = Year()
    for period, followers, articles in ((made.first, 1000, 10), (made.second, 1400, 25)):
        made.count(period, made.stock, followers)
        made.count(period, made.flow, articles)
    return made


# Stock and flow


def test_a_flow_is_added_and_a_stock_is_not(year):
    flow, stock = year.output("SOC-2"), year.output("SOC-1")

    assert (flow.figure.in_period, flow.figure.cumulative, flow.sum_words) == (25, 35, "10 + 25")
    assert (stock.figure.in_period, stock.figure.cumulative, stock.change_words) == (1400, 1400, "+400")
    assert stock.wrong_sum == 2400
    assert flow.wrong_sum is None


def test_a_stock_without_a_wrong_sum_names_none():
    year = Year()
    year.count(year.second, year.stock, 5)

    assert year.output("SOC-1").wrong_sum is None


def test_bars_of_a_stock_begin_at_zero_and_those_of_a_flow_where_the_period_before_ended(year):
    assert [(bar.begins, bar.value) for bar in output_chart(year.output("SOC-1")).bars] == [(0, 1000), (0, 1400)]
    assert [(bar.begins, bar.value) for bar in output_chart(year.output("SOC-2")).bars] == [(0, 10), (10, 35)]


def test_a_stock_is_carried_from_the_year_before_and_a_flow_is_not(year):
    year.last_year = ReportingPeriodFactory(plan=year.plan, year=2025, ordinal=4)
    year.count(year.last_year, year.stock, 900)
    year.count(year.last_year, year.flow, 70)

    stock, flow = year.output("SOC-1"), year.output("SOC-2")
    assert [(step.is_before, step.cumulative, step.change) for step in stock.steps] == [
        (True, 900, None),
        (False, 1000, 100),
        (False, 1400, 400),
    ]
    assert flow.figure.cumulative == 35
    assert stock.wrong_sum == 2400  # of this year


def test_what_is_still_to_come_is_measured_by_what_the_period_brought(year):
    output = year.output("SOC-2")

    assert (output.missing, str(output.pace)) == (65, "2.6")


@pytest.mark.parametrize("target, behind", [(70, False), (71, True)])
def test_behind_is_less_than_the_part_of_the_year_that_is_due(year, target, behind):
    year.activity.target_quantity = target  # 35 counted, half of the year due
    year.activity.save()

    assert year.output("SOC-2").is_behind is behind
    assert targets_chart([year.output("SOC-2").figure], 50).bars[0].is_behind is behind


# Which channel


def test_a_count_belongs_to_the_channel_of_its_activity(year):
    shared = IndicatorFactory(code="SOC-4", channels=[year.channel, ChannelFactory(code="facebook")])
    year.count(year.second, shared, 7)

    channels = year.channels()
    assert channels.state_of("facebook") is None  # no activity uses it
    assert [each.code for each in channels.state_of("zalo").outputs] == ["SOC-2", "SOC-1", "SOC-4"]
    assert year.output("SOC-4").shared_with == ()


def test_an_activity_of_two_channels_shows_in_both_and_says_so(year):
    other = ChannelFactory(code="facebook", name_en="Facebook")
    year.activity.channels.add(other)
    shared = IndicatorFactory(code="SOC-4", channels=[year.channel, other])
    year.count(year.second, shared, 7)

    found = {state.channel.code: output for state, output in year.channels().outputs if output.code == "SOC-4"}
    assert {code: output.figure.cumulative for code, output in found.items()} == {"zalo": 7, "facebook": 7}
    assert found["zalo"].shared_with == ("Facebook",)


def test_numbers_are_those_of_the_dashboard(year):
    board = build_dashboard(year.second, year.periods, today=AFTER)

    [figure] = board.figures
    mine = year.output(figure.code).figure
    assert (mine.in_period, mine.cumulative, mine.target) == (figure.in_period, figure.cumulative, figure.target)


def test_returned_updates_and_nothing_to_report_count_for_nothing(year):
    update = year.line(year.second).update
    update.status = Status.RETURNED
    update.save()
    assert year.output("SOC-2").figure.cumulative == 10

    update.status, update.nothing_to_report = Status.APPROVED, True
    update.nothing_reason = "x"
    update.save()
    assert year.output("SOC-2").figure.cumulative == 10


def test_the_worst_channel_comes_first_and_one_without_target_last(year):
    silent = ChannelFactory(code="survey")
    late = ActivityFactory(plan=year.plan, target_quantity=5, indicator=IndicatorFactory(channels=[silent]))
    late.channels.add(silent)
    ActivityFactory(plan=year.plan, channels=[ChannelFactory(code="mass")])

    channels = year.channels()
    assert [state.channel.code for state in channels.states] == ["survey", "zalo", "mass"]
    assert [output.figure.target_percent for _state, output in channels.against_targets] == [None, 35]
    assert [state.channel.code for state in channels.silent] == ["mass"]
    assert channels.behind == 2


# Who


def test_the_sum_of_the_agencies_is_the_figure(year):
    other = AgencyFactory(locality=year.plan.locality)
    AssignmentFactory(activity=year.activity, agency=other)
    update = QuarterlyUpdateFactory(period=year.second, agency=other, status=Status.SUBMITTED, leads=False)
    OutputCountFactory(progress=ActivityProgressFactory(update=update, activity=year.activity), indicator=year.flow)

    page = year.page("SOC-2")
    assert sum(giver.cumulative for giver in page.givers) == page.chosen.figure.cumulative == 47
    assert [giver.agency for giver in page.givers] == [other, year.agency]  # the least first
    assert not page.has_own_targets  # two lead the activity: its target is not divided


def test_a_target_that_one_agency_leads_alone_is_its_own(year):
    [giver] = year.page("SOC-2").givers

    assert (giver.target, giver.percent, giver.is_behind) == (100, 35, True)


def test_whoever_owes_a_count_and_gave_none_comes_first(year):
    other = AgencyFactory(locality=year.plan.locality)
    AssignmentFactory(activity=year.activity, agency=other)
    AssignmentFactory(activity=year.activity, role=AssignmentRole.COOPERATING)  # owes nothing

    givers = year.page("SOC-2").givers
    assert [(giver.agency, giver.cumulative, giver.is_behind) for giver in givers] == [
        (other, None, True),
        (year.agency, 35, False),
    ]


# The pages


def test_the_pages_say_the_same_numbers(year):
    browser = login(year.world.leader)
    overall, page = browser.get("/channels/").text, browser.get("/channels/zalo/?indicator=SOC-1").text

    assert 'href="/channels/zalo/?period=' in overall
    for words in ("35,0%", ">25<", ">35<"):
        assert words in overall
    for words in ("The periods are not added.", "Added up they would give 2.400", "10 + 25", "Followers, by agency"):
        assert words in page


def test_a_channel_the_plan_does_not_use_says_so_and_one_that_is_none_is_not_there(year):
    ChannelFactory(code="hotline")
    browser = login(year.world.leader)

    assert "0 activities use this channel" in browser.get("/channels/hotline/").text
    assert browser.get("/channels/khong-co/").status_code == 404


def test_an_indicator_of_another_channel_is_not_drawn(year):
    browser = login(year.world.leader)

    assert browser.get("/charts/output.svg?channel=zalo&indicator=SOC-1").status_code == 200
    for asked in ("output.svg?channel=zalo&indicator=WEB-9", "output.svg?channel=x&indicator=SOC-1", "nothing.svg"):
        assert browser.get(f"/charts/{asked}").status_code == 404


def test_a_drawing_is_the_persons_own_and_may_be_taken_away(year):
    browser = login(year.world.leader)
    address = "/charts/output.{}?channel=zalo&indicator=SOC-2&download=1"
    svg, png = browser.get(address.format("svg")), browser.get(address.format("png"))

    assert (svg["Content-Type"], png["Content-Type"]) == ("image/svg+xml", "image/png")
    assert "private" in svg["Cache-Control"]
    assert svg["Content-Disposition"] == 'attachment; filename="bieu-do-output-2026-06-18.svg"'
    assert png.content.startswith(b"\x89PNG")


def test_what_has_been_drawn_stands_in_the_page(year):
    browser = login(year.world.leader)
    assert 'hx-get="/charts/output.svg?' in browser.get("/channels/zalo/").text
    for indicator in ("SOC-1", "SOC-2"):
        browser.get(f"/charts/output.svg?channel=zalo&indicator={indicator}")

    page = browser.get("/channels/zalo/").text
    assert page.count('class="drawn"') == 2
    assert 'hx-get="/charts/' not in page


@pytest.mark.parametrize("name", ["channels", "trend", "targets"])
def test_every_registered_drawing_of_a_plan_is_drawn(year, name):
    assert login(year.world.leader).get(f"/charts/{name}.svg").text.startswith("<svg")


def test_the_workbook_holds_the_numbers_as_numbers(year):
    browser = login(year.world.leader)
    one = load_workbook(BytesIO(browser.get("/channels/zalo.xlsx?indicator=SOC-2").content))
    every = load_workbook(BytesIO(browser.get("/channels/channels.xlsx").content))

    rows = [[cell.value for cell in row] for row in one["Outputs"].iter_rows()]
    assert rows[1][0] == "SOC-2"
    assert rows[1][-5:] == [10, 25, 35, 100, 35]
    assert [cell.value for cell in one["SOC-2"][2]][1:] == [10, 25, 35, 100, 35]
    assert [row[1].value for row in every["Outputs by channel"].iter_rows(min_row=2)] == ["SOC-2", "SOC-1"]


# Whose


PAGES = ("/channels/", "/channels/zalo/", "/channels/zalo.xlsx", "/charts/channels.svg", "/channels/channels.xlsx")


@pytest.mark.parametrize("role", Role)
def test_another_locality_sees_nothing_of_it(year, role):
    stranger = login(UserFactory(role=role))

    for address in PAGES:
        answer = stranger.get(address)
        assert year.agency.short_name.encode() not in answer.content
        if address != "/channels/":
            assert answer.status_code == 404, address


def test_an_agency_reads_none_of_it_and_nobody_is_asked_to_log_in(year):
    agency = login(year.world.focal_point)

    for address in PAGES:
        assert agency.get(address).status_code == 403, address
        assert login().get(address).url.startswith("/?next=/")


def test_a_plan_that_names_no_channel_says_what_to_do(clock):
    clock(AFTER)
    world = make_world(Status.SUBMITTED)

    page = login(world.leader).get("/channels/").text
    assert "No activity names a channel" in page
    assert world.plan.get_absolute_url() in page


def test_where_there_is_no_plan_the_page_says_so():
    page = login(UserFactory(role=Role.LEADER)).get("/channels/")

    assert page.status_code == 200
    assert "There is no plan with a reporting period" in page.text


@pytest.mark.parametrize("address", ["/channels/", "/channels/zalo/", "/channels/zalo.xlsx"])
def test_more_agencies_ask_no_more_questions(year, address):
    browser = login(year.world.leader)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(address).status_code == 200
        return len(asked)

    queries()
    few = queries()
    for _number in range(6):
        agency = AgencyFactory(locality=year.plan.locality)
        AssignmentFactory(activity=year.activity, agency=agency)
        update = QuarterlyUpdateFactory(period=year.second, agency=agency, status=Status.SUBMITTED, leads=False)
        OutputCountFactory(progress=ActivityProgressFactory(update=update, activity=year.activity), indicator=year.flow)
    assert queries() == few <= 15
