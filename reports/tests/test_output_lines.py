"""The numbers of outputs: the same on the overview, the channels and the lines they lead to, in several worlds."""

from datetime import date
from html.parser import HTMLParser
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import QuarterlyUpdate, ReportingPeriod, Status
from activities.tests.factories import (
    ActivityFactory,
    ActivityProgressFactory,
    EvidenceFactory,
    IndicatorFactory,
    OutputCountFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    make_world,
    moment,
)
from activities.versions import keep_version
from agencies.tests.factories import AgencyFactory
from plans.models import PlanStatus
from plans.tests.factories import ChannelFactory
from reports.channels import build_channels

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

DAY = date(2026, 6, 18)
LINES = "/channels/lines/"


class Links(HTMLParser):
    """(address, what it says of where it leads: a number of rows or a sum) of a page's links; the sum at its foot."""

    def __init__(self, html):
        super().__init__()
        self.counts, self.sums, self.rows, self.total, self.in_body = [], [], 0, None, False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.in_body = self.in_body or tag == "tbody"
        self.rows += tag == "tr" and self.in_body
        if tag == "a" and "data-count" in attrs:
            self.counts.append((attrs["href"], int(attrs["data-count"])))
        if tag == "a" and "data-sum" in attrs:
            self.sums.append((attrs["href"], int(attrs["data-sum"])))
        if "data-total" in attrs:
            self.total = int(attrs["data-total"])

    def handle_endtag(self, tag):
        self.in_body = self.in_body and tag != "tbody"


class Work:
    """Two plans of a locality count a stock and a flow in two quarters; one agency counts for both.

    On 16/6 the third agency had not sent for the second quarter; a fourth one's was returned. The flow is the target
    of the first plan's activity, so its number stands there as a quantity.
    """

    def __init__(self):
        self.world = make_world()
        QuarterlyUpdate.objects.all().delete()
        self.plan, self.period, self.shared = self.world.plan, self.world.period, self.world.agency
        self.other = make_world(locality=self.plan.locality)
        QuarterlyUpdate.objects.all().delete()
        self.first, self.other_first = (ReportingPeriodFactory(plan=p, ordinal=1) for p in (self.plan, self.other.plan))
        self.channel = ChannelFactory(code="zalo", name_en="Zalo OA")
        self.stock = IndicatorFactory(code="SOC-1", is_stock=True, channels=[self.channel], name_en="Followers")
        self.flow = IndicatorFactory(code="SOC-2", channels=[self.channel], name_en="Articles")
        self.mine, self.theirs = self.world.activity, self.other.activity
        for activity, target in ((self.mine, 100), (self.theirs, 60)):
            activity.channels.add(self.channel)
            activity.indicator, activity.target_quantity = self.flow, target
            activity.save()
        ActivityFactory(plan=self.plan, cancelled_on=date(2026, 1, 1), channels=[self.channel])
        ActivityFactory(plan=self.plan, channels=[ChannelFactory(code="mass", name_en="Mass media")])
        self.late, self.returned = AgencyFactory.create_batch(2, locality=self.plan.locality)
        self.tell(self.mine, self.first, self.shared, 10, 1000)
        self.tell(self.mine, self.period, self.shared, 25, 1400)
        self.tell(self.mine, self.first, self.late, 3, 200)
        self.tell(self.mine, self.period, self.late, 4, 250, submitted_at=moment(17))
        self.tell(self.mine, self.period, self.returned, 50, 9000, status=Status.RETURNED)
        self.tell(self.theirs, self.other_first, self.shared, 7, 1000)
        self.tell(self.theirs, self.other.period, self.shared, 0, 1500)

    def tell(self, activity, period, agency, flow, stock, **of_update):
        update = {"status": Status.APPROVED, "leads": False} | of_update
        update = QuarterlyUpdateFactory(period=period, agency=agency, **update)
        line = ActivityProgressFactory(update=update, activity=activity, quantity_done=flow)
        OutputCountFactory(progress=line, indicator=self.stock, value=stock)
        EvidenceFactory(progress=line)
        return line

    def asked(self, view):
        return VIEWS[view].format(period=self.period.pk, first=self.first.pk, other=self.other.plan.pk)


VIEWS = {
    "today": "period={period}",
    "a past period": "period={first}",
    "as of an earlier day": "period={period}&as_of=2026-06-16",
    "before anything was sent": "period={period}&as_of=2026-03-01",
    "another plan": "plan={other}&period={period}",
    "plans in force": "period={period}&plan=in-force",
    "plans in force, a past period": "period={first}&plan=in-force",
    "plans of the year as of an earlier day": "period={period}&plan=year-2026&as_of=2026-06-16",
}


@pytest.fixture
def work(clock):
    clock(DAY)
    return Work()


def found_at(browser, address):
    page = browser.get(address)
    assert page.status_code == 200, address
    return Links(page.text)


@pytest.mark.parametrize("address", ["/channels/", "/channels/zalo/", "/channels/zalo/?indicator=SOC-1"])
@pytest.mark.parametrize("view", VIEWS)
def test_every_number_leads_to_what_makes_it(work, view, address):
    browser = login(work.world.leader)
    shown = found_at(browser, f"{address}{'&' if '?' in address else '?'}{work.asked(view)}")

    counted = {(url, n): found_at(browser, url).rows for url, n in dict.fromkeys(shown.counts)}
    summed = {(url, n): found_at(browser, url).total for url, n in dict.fromkeys(shown.sums)}

    assert {each: rows for each, rows in counted.items() if rows != each[1]} == {}
    assert {each: total for each, total in summed.items() if total != each[1]} == {}
    assert counted or view == "another plan"  # where no channel is silent
    assert bool(summed) == ("before" not in view)


@pytest.mark.parametrize("view", VIEWS)
def test_a_channels_numbers_are_those_of_the_overview_and_of_the_lines(work, view):
    browser, asked = login(work.world.leader), work.asked(view)
    work.mine.target_quantity, stock_target = 100, ActivityFactory(plan=work.plan, indicator=work.stock)
    stock_target.target_quantity = 5000
    stock_target.save()
    board = {figure.code: figure for figure in browser.get(f"/dashboard/?{asked}").context["board"].figures}
    outputs = {output.code: output for _s, output in browser.get(f"/channels/?{asked}").context["found"].outputs}

    assert board.keys() <= outputs.keys() and board
    for code, figure in board.items():
        mine = outputs[code].figure
        assert (mine.in_period, mine.cumulative, mine.target) == (figure.in_period, figure.cumulative, figure.target)
        for span, number in (("period", figure.in_period), ("year", figure.cumulative)):
            context = browser.get(f"{LINES}?{asked}&indicator={code}&in={span}").context
            assert context["found"].total == number
            assert dict((name, n) for name, _label, n in context["spans"])[span] == number


def test_the_lines_of_a_flow_are_all_and_of_a_stock_the_last_of_each_agency(work):
    browser, asked = login(work.world.leader), work.asked("plans in force")

    def rows(code, span):
        lines = browser.get(f"{LINES}?{asked}&indicator={code}&in={span}").context["lines"]
        return [(each.value, each.line.update.agency, each.line.update.period) for each in lines]

    assert rows("SOC-2", "period") == [
        (25, work.shared, work.period),
        (4, work.late, work.period),
        (0, work.shared, work.other.period),
    ]
    assert [value for value, *_rest in rows("SOC-2", "year")] == [25, 10, 7, 4, 3, 0]
    assert rows("SOC-1", "year") == [(1500, work.shared, work.other.period), (250, work.late, work.period)]


def test_an_earlier_day_knows_what_had_been_sent_by_then(work):
    found = login(work.world.leader).get(f"{LINES}?{work.asked('as of an earlier day')}&indicator=SOC-1&in=year")

    assert [(each.value, each.line.update.period) for each in found.context["lines"]] == [
        (1400, work.period),
        (200, work.first),
    ]
    assert "As of the end of 16/06/2026." in found.text


def test_an_earlier_period_of_the_year_is_read_from_the_one_in_question(work):
    """Its activity was counted by another indicator then; the page of the second quarter reads the plan as it is."""
    keep_version(work.plan, issued_on=date(2026, 1, 15), at=moment())
    counted = ActivityFactory(plan=work.plan, channels=[work.channel], indicator=work.flow)
    work.tell(counted, work.first, AgencyFactory(locality=work.plan.locality), 40, 1)
    keep_version(work.plan, issued_on=date(2026, 5, 4), at=moment())
    browser = login(work.world.leader)

    now = browser.get(f"{LINES}?period={work.period.pk}&indicator=SOC-2&in={work.first.pk}").context["found"]
    then = browser.get(f"{LINES}?period={work.first.pk}&indicator=SOC-2&in=period").context["found"]

    assert (now.total, now.other, then.total) == (53, work.first, 13)


def test_the_year_before_is_not_added(work):
    last_year = ReportingPeriodFactory(plan=work.plan, year=2025, ordinal=4)
    work.tell(work.mine, last_year, work.shared, 70, 900)
    browser = login(work.world.leader)

    year = browser.get(f"{LINES}?period={work.period.pk}&indicator=SOC-2&in=year").context["found"]
    before = browser.get(f"{LINES}?period={work.period.pk}&indicator=SOC-1&in={last_year.pk}").context["found"]

    assert (year.total, before.total) == (42, 900)


def test_a_flow_is_not_carried_from_the_year_before(work):
    """Its number there is none of this year's: what is asked for is the period itself."""
    last_year = ReportingPeriodFactory(plan=work.plan, year=2025, ordinal=4)
    work.tell(work.mine, last_year, work.shared, 70, 900)

    found = login(work.world.leader).get(f"{LINES}?period={work.period.pk}&indicator=SOC-2&in={last_year.pk}")

    assert (found.context["found"].total, found.context["found"].inside) == (29, "period")
    assert found.context["span"] == work.period.title


def test_other_rhythms_are_counted_once(work):
    """The other plan reports by half-years: its numbers stand in the quarter they are looked at from."""
    half = {"kind": "half_year", "ordinal": 1, "starts_on": date(2025, 12, 15), "label": "6 tháng đầu năm 2026"}
    QuarterlyUpdate.objects.filter(period=work.other_first).update(status=Status.RETURNED)
    old = {"year": 2025, "ordinal": 4, "starts_on": date(2025, 9, 15), "ends_on": date(2025, 12, 14)}
    ReportingPeriod.objects.filter(pk=work.other_first.pk).update(**old)
    ReportingPeriod.objects.filter(pk=work.other.period.pk).update(**half)
    QuarterlyUpdate.objects.get(period=work.other.period).progress_rows.update(quantity_done=20)
    found = login(work.world.leader).get(f"/channels/?{work.asked('plans in force')}").context["found"]

    [flow] = [output for _state, output in found.outputs if output.code == "SOC-2"]
    assert [step.in_period for step in flow.steps] == [13, 49]
    assert (flow.figure.cumulative, flow.rest, flow.sum_words) == (62, 0, "13 + 49")


def test_what_goes_with_no_period_is_named_beside_them(work):
    """Seen from a plan of half-years, the first quarter of the other goes with none of its periods."""
    half = {"kind": "half_year", "ordinal": 1, "starts_on": date(2025, 12, 15), "label": "6 tháng đầu năm 2026"}
    old = {"year": 2025, "ordinal": 4, "starts_on": date(2025, 9, 15), "ends_on": date(2025, 12, 14)}
    ReportingPeriod.objects.filter(pk=work.first.pk).update(**old)
    ReportingPeriod.objects.filter(pk=work.period.pk).update(**half)
    found = login(work.world.leader).get(f"/channels/?{work.asked('plans in force')}").context["found"]

    [flow] = [output for _state, output in found.outputs if output.code == "SOC-2"]
    assert [(step.in_period, step.cumulative) for step in flow.steps] == [(29, 36)]
    assert (flow.rest, flow.sum_words) == (7, "29 + 7")


def test_evidence_is_that_of_the_day(work):
    line = work.mine.progress_rows.get(update__period=work.period, update__agency=work.shared)
    EvidenceFactory(progress=line)
    line.evidence.update(added_at=moment(17))
    browser = login(work.world.leader)

    now, then = (
        browser.get(f"{LINES}?{work.asked(view)}&indicator=SOC-2").context["lines"][0]
        for view in ("today", "as of an earlier day")
    )

    assert (now.line, now.evidence) == (line, 2)
    assert (then.line, then.evidence) == (line, 0)


def test_the_list_is_cut_into_pages_and_its_sum_is_of_all(work):
    for _number in range(60):
        work.tell(work.mine, work.period, AgencyFactory(locality=work.plan.locality), 1, 1)
    browser, address = login(work.world.leader), f"{LINES}?period={work.period.pk}&indicator=SOC-2"

    first, second = browser.get(address), browser.get(f"{address}&page=2")

    assert (len(first.context["lines"]), len(second.context["lines"])) == (50, 12)
    assert Links(first.text).total == Links(second.text).total == 89
    assert "62 lines, total" in first.text
    assert "indicator=SOC-2" in first.text.partition('rel="next" href="')[2].partition('"')[0]


def test_the_workbook_holds_every_row_and_their_sum(work):
    for _number in range(60):
        work.tell(work.mine, work.period, AgencyFactory(locality=work.plan.locality), 1, 1)
    asked = f"{work.asked('plans of the year as of an earlier day')}&indicator=SOC-2&in=year&export=xlsx"

    answer = login(work.world.leader).get(f"{LINES}?{asked}")

    book = load_workbook(BytesIO(answer.content))
    rows = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
    assert sum(row[5] for row in rows[:-1]) == rows[-1][5] == 25 + 10 + 7 + 3 + 60
    assert rows[0] == (str(work.plan), work.mine.number, work.mine.title, work.shared.name, "Quarter II/2026", 25, 1)
    notes = " ".join(str(cell) for row in book.worksheets[1].iter_rows(values_only=True) for cell in row)
    assert str(work.other.plan) in notes and "16/06/2026" in notes


@pytest.mark.parametrize(
    "address", [LINES, f"{LINES}?indicator=SOC-2&plan=in-force&in=year", "/channels/?plan=in-force", "/channels/zalo/"]
)
def test_more_plans_agencies_and_lines_ask_no_more_questions(work, address):
    browser = login(work.world.leader)
    address = address if "?" in address else f"{address}?indicator=SOC-1"

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(address).status_code == 200
        return len(asked)

    queries()
    few = queries()
    for _number in range(2):
        more = make_world(Status.APPROVED, locality=work.plan.locality, agencies=2)
        more.activity.channels.add(work.channel)
        for update in more.all_updates:
            OutputCountFactory(progress=update.progress_rows.get(), indicator=work.flow)
    assert queries() == few <= 17


def test_whose(work):
    stranger = make_world(Status.SUBMITTED)
    foreign = stranger.agency.pk
    leader = login(work.world.leader)

    assert login(work.world.focal_point).get(f"{LINES}?indicator=SOC-2").status_code == 403
    assert login(stranger.leader).get(f"{LINES}?indicator=SOC-2&plan=in-force").context["found"].rows == ()
    assert login(UserFactory(role=Role.LEADER)).get(f"{LINES}?indicator=SOC-2").status_code == 404
    assert leader.get(LINES).url == "/channels/"
    for asked in (
        "indicator=X",
        "indicator=%00",
        f"indicator=SOC-2&agency={foreign}",
        f"indicator=SOC-2&agency={'9' * 5000}",
        "indicator=SOC-2&agency=x",
    ):
        assert leader.get(f"{LINES}?{asked}").status_code == 404, asked
    assert leader.get(f"{LINES}?indicator=SOC-2&channel=x").status_code == 404
    assert leader.get(f"{LINES}?indicator=SOC-2&in=%00").context["found"].inside == "period"


def test_nothing_counted_says_so(work):
    IndicatorFactory(code="WEB-9")

    page = login(work.world.leader).get(f"{LINES}?indicator=WEB-9")

    assert "Nobody has counted this here" in page.text
    assert f"{reverse('reports:channels')}?period={work.period.pk}" in page.text


def test_a_stock_of_several_plans_is_held_against_the_larger_target(work):
    for plan, target in ((work.plan, 5000), (work.other.plan, 3000)):
        ActivityFactory(plan=plan, indicator=work.stock, target_quantity=target, channels=[work.channel])
    work.plan.status = PlanStatus.ISSUED
    work.plan.save()

    found = build_channels(
        work.period, list(ReportingPeriod.objects.all()), today=DAY, plans=[work.plan, work.other.plan]
    )

    targets = {output.code: output.figure.target for _state, output in found.outputs}
    assert targets == {"SOC-1": 5000, "SOC-2": 160}
