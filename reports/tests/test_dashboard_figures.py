"""Every figure of the dashboard leads to a list of as many rows: walked link by link, in several worlds."""

import io
from datetime import date

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.tests.factories import NotificationFactory, login
from activities.models import ActivityProgress, Assignment, Evidence, QuarterlyUpdate, Status, UpdateEvent
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
from plans.models import Plan, PlanStatus
from reports.drawing import draw

from .walking import figures_of, found_at, loose_figures, walked, wrong

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

DASHBOARD = "/dashboard/"
DAY = date(2026, 6, 18)  # two days after the agencies' deadline of the second quarter


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
    browser, address = login(getattr(world, role)), address_of(world, view)

    walk = walked(browser, address)

    assert wrong(walk) == {}
    assert len(walk) > 25
    assert sum(figure.said != "0" for figure in walk) >= (20 if "before" not in view else 5)


@pytest.mark.parametrize("view", VIEWS)
def test_no_number_of_the_page_is_neither_a_link_to_its_rows_nor_said_to_count_none(world, view):
    assert loose_figures(login(world.leader).get(address_of(world, view)).text) == []


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
    Evidence.objects.filter(progress__update=world.update).update(removed_at=None, scan="refused")
    refused = browser.get(address_of(world, "today")).context["board"]

    assert (then.coverage.proven, now.coverage.proven) == (0, 2)
    assert (gone.coverage.proven, refused.coverage.proven) == (0, 0)


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


@pytest.mark.parametrize("is_stock", [False, True])
@pytest.mark.parametrize("view", ["today", "a past period", "as of an earlier day", "all plans in force"])
def test_an_output_leads_to_the_lines_it_sums_and_a_target_to_the_activities_that_have_it(world, view, is_stock):
    own = {world.first: 5, world.period: 30}
    indicator = targets_of(world, own=own, beside={world.other.period: 7}, is_stock=is_stock)
    ActivityFactory(plan=world.plan, indicator=indicator, target_quantity=9, cancelled_on=date(2026, 1, 1))
    ActivityFactory(plan=world.plan, indicator=indicator, target_quantity=None)
    browser, address = login(world.leader), address_of(world, view)

    page = browser.get(address)
    [(figure, _bar, lines, aims)] = page.context["bars"]
    [link] = [each for each in figures_of(page.text) if each.kind == "data-sum"]

    assert link == (lines, "data-sum", str(figure.cumulative))
    assert figure.cumulative > 0 and wrong({link: found_at(browser, lines, link)}) == {}
    aiming = [row.activity.target_quantity for row in browser.get(aims).context["page"]]
    assert sorted(aiming) == ([60, 100] if "all" in view else [100])
    assert figure.target == (max(aiming) if is_stock else sum(aiming))
    assert loose_figures(page.text) == []


def test_the_list_of_reported_work_leads_to_its_rows_too(world):
    address = f"{reverse('reports:evidence')}?period={world.period.pk}"
    browser = login(world.leader)

    walk = walked(browser, address)

    assert [figure.said for figure in walk] == ["5", "3", "2"]
    assert wrong(walk) == {} and loose_figures(browser.get(address).text) == []


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


def test_without_rates_there_is_no_drawing_either(world):
    """Nobody has to report: the page has no chart, and its address none."""
    Assignment.objects.all().delete()
    browser = login(world.leader)

    page = browser.get(address_of(world, "today"))

    assert page.context["picture"] is None
    assert browser.get(f"{reverse('reports:chart_svg', args=['trend'])}?period={world.period.pk}").status_code == 404


@pytest.mark.parametrize("word, plans", [("in-force", 1), ("year-2026", 2)])
def test_a_plan_that_had_not_been_issued_is_neither_counted_nor_listed(world, word, plans):
    """Seen from 10/5, three weeks before the second plan was issued."""
    Plan.objects.filter(pk=world.other.plan.pk).update(issued_on=date(2026, 6, 1))
    browser, asked = login(world.leader), f"period={world.period.pk}&plan={word}&as_of="
    address = f"{DASHBOARD}?{asked}2026-05-10"

    one = browser.get(f"{DASHBOARD}?period={world.period.pk}&as_of=2026-05-10").context["board"]
    page, after = browser.get(address), browser.get(f"{DASHBOARD}?{asked}2026-06-01")
    board = page.context["board"]

    assert (one.activity_count, one.totals.expected) == (6, 5)
    assert (board.activity_count, board.totals.expected) == (6 * plans, 5 * plans)
    assert world.other.plan not in {row.activity.plan for row in board.rows}
    assert wrong(walked(browser, address, page.text)) == {} and loose_figures(page.text) == []
    assert page.context["asked"].unissued == (world.other.plan,)
    said = f'Not yet issued then: <a href="{world.other.plan.get_absolute_url()}">'
    assert said in page.text and said in browser.get(f"/channels/?{asked}2026-05-10").text
    assert after.context["board"].activity_count == 6 * (plans + 1) and "Not yet issued then" not in after.text


def test_a_plan_issued_after_a_period_is_not_in_what_that_period_is_compared_with(world):
    """Issued on 1/4, the second plan had no first quarter, whose data were cut off on 14/3."""
    Plan.objects.filter(pk=world.other.plan.pk).update(issued_on=date(2026, 4, 1))
    world.other.first.updates.all().delete()
    world.other.first.delete()
    browser = login(world.leader)

    address = address_of(world, "all plans in force")
    page, past = browser.get(address), browser.get(address_of(world, "all plans in force, a past period"))
    board = page.context["board"]

    assert (board.activity_count, board.then.activity_count) == (12, 6)
    assert past.context["board"].activity_count == 6
    assert past.context["asked"].unissued == (world.other.plan,)
    assert wrong(walked(browser, address, page.text)) == {}


def test_the_mark_of_the_year_knows_which_periods_were_due_on_an_earlier_day(world):
    """On 10/3 the first quarter was running: neither it nor the second was due."""
    board = login(world.leader).get(f"{DASHBOARD}?period={world.period.pk}&as_of=2026-03-10").context["board"]

    assert board.year_share == 0


def test_a_period_of_a_plan_not_issued_then_gives_way_to_one_that_goes_with_it(world):
    Plan.objects.filter(pk=world.other.plan.pk).update(issued_on=date(2026, 6, 1))
    asked = {"period": world.other.period.pk, "plan": "in-force", "as_of": "2026-05-10"}

    board = login(world.leader).get(DASHBOARD, asked).context["board"]

    assert board.period == world.period


def test_the_last_of_several_deadlines_decides_whether_a_period_is_due(world):
    """On 18/6 the first plan's agencies were due two days ago, the second's have until 20/6."""
    type(world.period).objects.filter(pk=world.other.period.pk).update(agency_due_on=date(2026, 6, 20))
    browser = login(world.leader)

    one, other, both = (
        browser.get(address_of(world, view)) for view in ("today", "another plan", "all plans in force")
    )
    board = both.context["board"]

    assert (one.context["board"].is_running, one.context["board"].on_time_change) == (False, 2)
    assert (other.context["board"].is_running, other.context["board"].on_time_change) == (True, None)
    assert (board.is_running, board.on_time_change, board.totals.due_on) == (True, None, date(2026, 6, 20))
    assert [each.short for each in one.context["board"].rated] == ["I/2026", "II/2026"]
    assert [each.short for each in board.rated] == ["I/2026"]
    assert board.totals.missing == 1  # of the first plan, whose deadline has passed
    [on_time] = [figure for figure in both.context["figures"] if figure.key == "on-time"]
    assert on_time.change is None and str(on_time.note) == "due on 20/06/2026"
    assert "Quarter II/2026 is counted after its deadline, 20/06/2026." in both.text
    assert "60,0%" not in browser.get(f"/charts/trend.svg?{address_of(world, 'all plans in force').split('?')[1]}").text


@pytest.mark.parametrize("view", VIEWS)
def test_page_and_address_draw_the_same_trend(world, view):
    browser = login(world.leader)
    page = browser.get(address_of(world, view))
    picture = page.context["picture"]

    drawn = browser.get(f"{reverse('reports:chart_svg', args=['trend'])}?{page.context['query']}")

    assert (drawn.text if picture else drawn.status_code) == (draw(picture.chart) if picture else 404)
