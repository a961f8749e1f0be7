"""Every figure of the dashboard leads to a list of as many rows: walked link by link, in several worlds."""

import io
from datetime import date
from html.parser import HTMLParser

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.tests.factories import NotificationFactory, login
from activities.models import ActivityProgress, Evidence, QuarterlyUpdate, Status, UpdateEvent
from activities.tests.factories import (
    ActivityFactory,
    ActivityProgressFactory,
    AssignmentFactory,
    EvidenceFactory,
    IndicatorFactory,
    OutputCountFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    UpdateEventFactory,
    make_world,
    moment,
)
from agencies.tests.factories import AgencyFactory
from plans.models import PlanStatus

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

DASHBOARD = "/dashboard/"
DAY = date(2026, 6, 18)  # two days after the agencies' deadline of the second quarter


class Links(HTMLParser):
    """(address, the number it bears) of the links that say how many rows they lead to."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "a" and attrs.get("data-count"):
            self.found.append((attrs["href"], int(attrs["data-count"])))


class Rows(HTMLParser):
    """How many rows the tables of a page have, and how many lists of news have items."""

    def __init__(self, html):
        super().__init__()
        self.count, self.in_body = 0, False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.in_body = self.in_body or tag == "tbody"
        self.count += tag == "tr" and self.in_body

    def handle_endtag(self, tag):
        self.in_body = self.in_body and tag != "tbody"


def rows_at(browser, address):
    """How many rows the list at `address` prints."""
    response = browser.get(address)
    assert response.status_code == 200, address
    if address.startswith(reverse("activities:updates")):
        html = response.text.partition('id="all"')[2]
        return Rows(html).count
    if address.startswith(reverse("accounts:notifications")):
        return response.text.count('<time class="sub"')
    return Rows(response.text).count


def busy(**of_plan):
    """A plan with two quarters: activities in every state, agencies on time, late, silent, returned, with evidence."""
    world = make_world(Status.APPROVED, agencies=4, activities=2, **of_plan)
    late, returned, unsent = (QuarterlyUpdate.objects.filter(pk=each.pk) for each in world.all_updates[1:])
    late.update(first_submitted_at=moment(17), submitted_at=moment(17), status=Status.SUBMITTED)
    returned.update(status=Status.RETURNED)
    unsent.update(status=Status.DRAFT, first_submitted_at=None, submitted_at=None)
    for line in world.update.progress_rows.all():
        EvidenceFactory(progress=line)
    overdue = ActivityFactory(plan=world.plan, deadline=date(2026, 6, 1), start=date(2026, 2, 1))
    AssignmentFactory(activity=overdue, agency=world.agency)
    ActivityFactory(plan=world.plan)
    ActivityFactory(plan=world.plan, cancelled_on=date(2026, 1, 1))
    done = ActivityFactory(plan=world.plan, deadline=date(2026, 6, 14))
    alone = AssignmentFactory(activity=done).agency
    sent = QuarterlyUpdateFactory(period=world.period, agency=alone, status=Status.SUBMITTED, leads=False)
    ActivityProgressFactory(update=sent, activity=done, state="done")
    soon = ActivityFactory(plan=world.plan, deadline=date(2026, 7, 1))
    AssignmentFactory(activity=soon, agency=alone)
    world.first = ReportingPeriodFactory(plan=world.plan, ordinal=1)
    before = QuarterlyUpdateFactory(
        period=world.first, agency=world.agency, status=Status.APPROVED, submitted_at=moment(10, month=3), leads=False
    )
    EvidenceFactory(progress=ActivityProgressFactory(update=before, activity=world.all_activities[0]))
    ActivityProgressFactory(update=before, activity=world.all_activities[1])
    QuarterlyUpdateFactory(
        period=world.first, agency=alone, status=Status.RETURNED, submitted_at=moment(20, month=3), leads=False
    )
    return world


@pytest.fixture
def world(clock):
    clock(DAY)
    world = busy()
    other = busy(locality=world.locality)
    NotificationFactory.create_batch(3, person=world.leader)
    NotificationFactory(person=world.leader, read_at=moment())
    world.other = other
    closed = busy(locality=world.locality)
    closed.plan.status = PlanStatus.CLOSED
    closed.plan.save()
    return world


VIEWS = {
    "today": "period={period}",
    "a past period": "period={first}",
    "as of an earlier day": "period={period}&as_of=2026-06-16",
    "a past period as of an earlier day": "period={first}&as_of=2026-06-17",
    "before anything was sent": "period={period}&as_of=2026-03-01",
    "another plan": "plan={other}",
    "compared": "period={period}&against={first}",
    "a past period, compared with a later one": "period={first}&against={period}",
    "all plans in force": "period={period}&plan=in-force",
    "all plans in force, a past period": "period={first}&plan=in-force",
    "all plans of the year": "period={period}&plan=year-2026",
    "all plans of the year as of an earlier day": "period={period}&plan=year-2026&as_of=2026-06-16",
}


def address_of(world, view):
    asked = VIEWS[view].format(period=world.period.pk, first=world.first.pk, other=world.other.plan.pk)
    return f"{DASHBOARD}?{asked}"


@pytest.mark.parametrize("role, view", [*(("leader", view) for view in VIEWS), ("coordinator", "today")])
def test_every_figure_is_the_number_of_rows_it_leads_to(world, role, view):
    browser = login(getattr(world, role))
    page = browser.get(address_of(world, view)).text
    found = dict.fromkeys(Links(page).found)

    walked = {(address, count): rows_at(browser, address) for address, count in found}

    assert {each: rows for each, rows in walked.items() if rows != each[1]} == {}
    assert len(walked) > 10
    assert sum(count > 0 for _address, count in walked) >= (8 if "before" not in view else 2)


@pytest.mark.parametrize("view", VIEWS)
def test_at_most_seven_figures_what_is_bad_first_in_fifteen_questions(world, view, django_assert_max_num_queries):
    browser, address = login(world.leader), address_of(world, view)
    browser.get(address)  # the session is new

    with django_assert_max_num_queries(15):
        figures = browser.get(address).context["figures"]

    bad = [figure.is_bad for figure in figures]
    assert len(figures) == 7
    assert bad == sorted(bad, reverse=True)


def test_the_figures_of_today_are_those_counted_by_hand(world):
    board = login(world.leader).get(address_of(world, "today")).context["board"]

    assert {state.value: n for state, n in board.counts} == {
        "overdue": 1, "unassigned": 1, "not-started": 1, "in-progress": 2, "done": 1, "cancelled": 1
    }  # fmt: skip
    assert (board.on_track, board.activity_count) == (3, 6)
    assert (board.totals.expected, board.totals.sent, board.totals.on_time, board.totals.late) == (5, 4, 3, 1)
    assert (board.coverage.lines, board.coverage.proven) == (5, 2)  # the returned one's two lines are not reported
    assert [row.activity.deadline for row in board.now.soon] == [date(2026, 7, 1)]


def test_what_was_not_known_on_a_day_is_not_counted(world):
    """On 16/6 the late agency had not sent, and the returned one was waiting."""
    late, returned = world.all_updates[1:3]
    late.progress_rows.first().delete()  # so that its lines are not as many as the returned one's
    for step, status, day in (("submit", Status.SUBMITTED, 15), ("return", Status.RETURNED, 17)):
        UpdateEventFactory(update=returned, move=step, status=status, at=moment(day), reason="Thiếu số liệu")

    board = login(world.leader).get(address_of(world, "as of an earlier day")).context["board"]

    assert (board.today, board.as_of) == (date(2026, 6, 16), date(2026, 6, 16))
    assert (board.totals.sent, board.totals.late, board.totals.missing, board.totals.returned) == (3, 0, 0, 0)
    assert board.coverage.lines == 2 + 2 + 1
    assert UpdateEvent.objects.count() == 2


def test_evidence_counts_from_the_day_it_was_added_until_it_was_taken_off(world):
    Evidence.objects.filter(progress__update=world.update).update(added_at=moment(17))
    browser = login(world.leader)

    then, now = (browser.get(address_of(world, view)).context["board"] for view in ("as of an earlier day", "today"))
    Evidence.objects.filter(progress__update=world.update).update(removed_at=moment(18))
    gone = browser.get(address_of(world, "today")).context["board"]

    assert (then.coverage.proven, now.coverage.proven, gone.coverage.proven) == (0, 2, 0)


@pytest.mark.parametrize("day", ["2026-06-18", "2027-01-01", "x", "", "2026-02-30", "\x00"])
def test_a_day_that_is_none_or_to_come_is_today(world, day):
    board = login(world.leader).get(DASHBOARD, {"as_of": day}).context["board"]

    assert (board.today, board.reading.known_on) == (DAY, None)


@pytest.mark.parametrize(
    "asked", [{"plan": "x"}, {"plan": "year-x"}, {"plan": "year-1900"}, {"against": "x"}, {"plan": "\x00"}]
)
def test_what_means_nothing_is_ignored(world, asked):
    board = login(world.leader).get(DASHBOARD, {"period": world.period.pk, **asked}).context["board"]

    assert board.period == world.period
    assert {row.activity.plan for row in board.rows} == {world.plan}


def test_a_plan_of_another_locality_means_nothing(world):
    foreign = make_world(Status.SUBMITTED)
    asked = {"period": world.period.pk, "plan": foreign.plan.pk, "against": foreign.period.pk}

    board = login(world.leader).get(DASHBOARD, asked).context["board"]

    assert (board.period, board.then.period) == (world.period, world.first)


def test_plans_together_are_their_sum(world):
    browser = login(world.leader)

    one, other, both, year = (
        browser.get(address_of(world, view)).context["board"]
        for view in ("today", "another plan", "all plans in force", "all plans of the year")
    )

    assert both.activity_count == one.activity_count + other.activity_count
    assert both.totals.expected == one.totals.expected + other.totals.expected
    assert both.coverage.lines == one.coverage.lines + other.coverage.lines
    assert [line.plan.pk for line in both.plans] != [] and len(year.plans) == 3
    assert year.activity_count == 3 * one.activity_count


def targets_of(world, *, own, beside, is_stock):
    """Two plans of a locality count one indicator; `own`, `beside`: {period: value} by what the agency of each says."""
    indicator = IndicatorFactory(is_stock=is_stock)
    for plan, target in ((world.plan, 100), (world.other.plan, 60)):
        activity = ActivityFactory(plan=plan, indicator=indicator, target_quantity=target)
        agency = AssignmentFactory(activity=activity).agency
        for period, value in (own if plan == world.plan else beside).items():
            update = QuarterlyUpdateFactory(period=period, agency=agency, status=Status.APPROVED, leads=False)
            ActivityProgressFactory(update=update, activity=activity, quantity_done=value)
    return indicator


def figure_of(world, indicator, view):
    board = login(world.leader).get(address_of(world, view)).context["board"]
    [figure] = [each for each in board.figures if each.code == indicator.pk]
    return figure


@pytest.mark.parametrize("is_stock, target", [(False, 160), (True, 100)])
def test_a_stock_of_several_plans_is_held_against_the_larger_target_as_in_the_report(world, is_stock, target):
    indicator = targets_of(world, own={world.period: 30}, beside={}, is_stock=is_stock)

    assert figure_of(world, indicator, "all plans in force").target == target


def test_a_quarter_beside_a_half_year_counts_no_other_quarter(world):
    """The half-year ends on the day the second quarter does, which is none of the first's."""
    last_year = {"year": 2025, "ordinal": 4, "starts_on": date(2025, 9, 15), "ends_on": date(2025, 12, 14)}
    type(world.period).objects.filter(pk=world.other.first.pk).update(**last_year)
    half = {"kind": "half_year", "ordinal": 1, "starts_on": date(2025, 12, 15), "label": "6 tháng đầu năm 2026"}
    type(world.period).objects.filter(pk=world.other.period.pk).update(**half)
    own = {world.first: 5, world.period: 7}
    indicator = targets_of(world, own=own, beside={world.other.period: 20}, is_stock=False)
    line = ActivityProgress.objects.get(update__period=world.period, activity__indicator=indicator)
    OutputCountFactory(progress=line, indicator=indicator, value=300)

    figure = figure_of(world, indicator, "all plans in force, a past period")

    assert (figure.in_period, figure.cumulative) == (5 + 20, 5 + 20)


def test_work_that_was_done_on_no_day_is_no_line(world):
    """The line of an activity taken from the agency counts neither here nor in the states."""
    ActivityProgress.objects.filter(update=world.update).update(state="done", percent=100, completed_on=None)

    board = login(world.leader).get(address_of(world, "today")).context["board"]

    assert (board.coverage.lines, board.coverage.proven) == (5 - 2, 0)


def test_a_period_is_compared_with_the_one_chosen(world):
    browser = login(world.leader)

    usual, turned = (
        browser.get(address_of(world, view)).context["board"]
        for view in ("today", "a past period, compared with a later one")
    )

    assert (usual.then.period, usual.then.reading.day) == (world.first, world.first.consolidated_due_on)
    assert (turned.period, turned.then.period, turned.then.reading.day) == (world.first, world.period, DAY)
    assert usual.on_time_change == usual.totals.on_time - usual.then.totals.on_time


def test_the_change_is_said_in_words(world):
    page = login(world.leader).get(address_of(world, "compared")).text

    assert "2 more" in page and "Quarter I/2026: 1" in page
    assert "Quarter II/2026 beside Quarter I/2026" in page


def test_another_agencys_focal_point_reads_nothing(world):
    browser = login(world.focal_point)

    for name in ("dashboard", "dashboard_xlsx", "evidence"):
        assert browser.get(reverse(f"reports:{name}")).status_code == 403


def test_a_stranger_counts_nothing_of_this_locality(world):
    stranger = make_world(Status.SUBMITTED)

    page = login(stranger.leader).get(f"{DASHBOARD}?plan=in-force").context["board"]
    lines = login(stranger.leader).get(reverse("reports:evidence"), {"plan": "in-force"}).context["total"]

    assert {row.activity.plan for row in page.rows} == {stranger.plan}
    assert lines == 1
    assert AgencyFactory._meta.model.objects.filter(locality=world.locality).exists()


def test_the_workbook_says_what_the_page_says(world):
    browser = login(world.leader)
    asked = address_of(world, "compared").partition("?")[2]
    page = browser.get(f"{DASHBOARD}?{asked}").context

    response = browser.get(f"{reverse('reports:dashboard_xlsx')}?{asked}")
    book = load_workbook(io.BytesIO(response.content))

    assert response["Content-Disposition"] == 'attachment; filename="tong-quan-quy-ii-2026-2026-06-18.xlsx"'
    sheets = {sheet.title: list(sheet.iter_rows(min_row=2, values_only=True)) for sheet in book.worksheets}
    assert [row[:3] for row in sheets["Overview"]] == [(each.label, each.count, each.whole) for each in page["figures"]]
    assert [row[:4] for row in sheets["Comparison"]] == [
        (each.label, each.now, each.then, each.by) for each in page["compared"]
    ]
    assert len(sheets["Activities"]) == len(page["board"].rows) == 7
    assert len(sheets["Agencies"]) == page["board"].agency_count == 5
    assert [row[3] for row in sheets["Periods"]] == [totals.on_time for totals in page["board"].trend]


def test_reported_work_without_evidence_first_with_its_reason_and_as_a_workbook(world):
    line = world.all_updates[1].progress_rows.first()
    line.no_evidence_reason = "Phát thanh trực tiếp, không ghi âm."
    line.save()
    browser, address = login(world.coordinator), reverse("reports:evidence")

    page = browser.get(address, {"period": world.period.pk})
    missing = browser.get(address, {"period": world.period.pk, "show": "missing"})
    data = browser.get(address, {"period": world.period.pk, "show": "missing", "export": "xlsx"}).content

    assert [each.is_proven for each in page.context["page"]] == [False] * 3 + [True] * 2
    assert len(missing.context["page"]) == 3 and "Phát thanh trực tiếp" in missing.text
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    assert sheet.max_row == 4


def test_the_list_keeps_the_day_it_is_read_from(world):
    browser = login(world.leader)

    page = browser.get("/activities/", {"plan": world.plan.pk, "as_of": "2026-06-16"})

    assert 'name="as_of" value="2026-06-16"' in page.text.replace('id="id_as_of" ', "")
    assert "Only what had been sent by the end of 16/06/2026 counts" in page.text
    assert "As things stand today" in page.text


def test_the_drawn_trend_is_that_of_its_page(world):
    """The chart's own address takes the page's query: another day, another drawing."""
    browser, address = login(world.leader), reverse("reports:chart_svg", args=["trend"])

    drawn = {
        view: browser.get(f"{address}?{address_of(world, view).partition('?')[2]}").text
        for view in ("today", "as of an earlier day")
    }

    assert "60,0%" in drawn["today"] and "60,0%" not in drawn["as of an earlier day"]  # 3 of 5 on time; not due by then
