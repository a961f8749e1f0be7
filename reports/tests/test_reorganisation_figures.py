"""Two communes become one in mid-plan: closed periods keep their figures, the next one is owed by the new commune."""

from datetime import date
from types import SimpleNamespace

import pytest

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import QuarterlyUpdate, ReportingPeriod, Status
from activities.reorganising import confirm
from activities.tests.factories import (
    ActivityFactory,
    ActivityProgressFactory,
    AssignmentFactory,
    IndicatorFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    moment,
)
from agencies.models import Agency
from agencies.scheduling import Change, Link
from agencies.tests.factories import AgencyFactory, AgencyGroupFactory, GroupMembershipFactory
from plans.tests.factories import ChannelFactory, PlanFactory
from reports.dashboard import build_dashboard
from reports.quarterly import build_quarterly_report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

DAY = date(2026, 7, 1)
TODAY = date(2026, 7, 2)
SENT = {  # day and month of the first sending, by quarter; None: never
    "Xã Bản Mới": [(16, 3), (16, 6)],
    "Xã Suối Đá": [(20, 3), None],
    "Xã An Lạc": [(15, 3), (15, 6)],
    "Xã Lạc Sơn": [(15, 3), (17, 6)],
}


@pytest.fixture
def province():
    """Four communes lead a flow together and each keeps a stock; Bản Mới has also finished a task of its own."""
    plan = PlanFactory()
    for ordinal in (1, 2, 3, 4):
        ReportingPeriodFactory(plan=plan, ordinal=ordinal)
    channel = ChannelFactory()
    flow, stock = IndicatorFactory(channels=[channel]), IndicatorFactory(channels=[channel], is_stock=True)
    communes = [AgencyFactory(locality=plan.locality, name=name, kind="commune_committee") for name in SENT]
    group = AgencyGroupFactory(locality=plan.locality, name="UBND các xã")
    for commune in communes:
        GroupMembershipFactory(group=group, agency=commune)
    broadcasts = ActivityFactory(plan=plan, target_quantity=800, indicator=flow)
    AssignmentFactory(activity=broadcasts, group=group)
    followers = ActivityFactory(plan=plan, target_quantity=500, indicator=stock)
    task = ActivityFactory(plan=plan, deadline=date(2026, 3, 1))
    for commune in communes[:2]:
        AssignmentFactory(activity=followers, agency=commune)
    AssignmentFactory(activity=task, agency=communes[0])
    province = SimpleNamespace(
        plan=plan, communes=communes, broadcasts=broadcasts, followers=followers, task=task, flow=flow, stock=stock
    )
    for commune in communes:
        for ordinal in (1, 2):
            if when := SENT[commune.name][ordinal - 1]:
                report(province, commune, ordinal, moment(when[0], month=when[1]))
    return province


def report(province, commune, ordinal, at, *, broadcasts=50, followers=100):
    """One commune's update of a quarter, sent and approved."""
    period = province.plan.reporting_periods.get(ordinal=ordinal)
    update = QuarterlyUpdateFactory(
        period=period,
        agency=commune,
        agency_name=commune.name,
        status=Status.APPROVED,
        submitted_at=at,
        leads=False,
    )
    ActivityProgressFactory(update=update, activity=province.broadcasts, quantity_done=broadcasts)
    if commune in province.communes[:2]:
        ActivityProgressFactory(update=update, activity=province.followers, quantity_done=followers)
    if commune == province.communes[0]:
        done = date(2026, 2, 20)
        ActivityProgressFactory(update=update, activity=province.task, state="done", completed_on=done)


def merge(province):
    first, second, *_others = province.communes
    into = Agency(name="Xã Suối Đá", short_name="Xã Suối Đá", kind="commune_committee")
    change = Change(kind="merge", effective_on=DAY, links=(Link(first, into), Link(second, into)))
    by = UserFactory(agency=province.plan.coordinating_agency, role=Role.ADMINISTRATOR)
    confirm(change, locality=province.plan.locality, by=by, today=TODAY, at=moment(2, month=7))
    return into


def periods(province):
    return list(
        ReportingPeriod.objects.filter(plan=province.plan)
        .select_related("plan__issuing_agency__parent", "plan__coordinating_agency__parent", "plan__locality")
        .order_by("starts_on")
    )


def board(province, ordinal, *, today=TODAY, **asked):
    found = periods(province)
    return build_dashboard(found[ordinal - 1], found, today=today, **asked)


def totals(board):
    counted = ("expected", "sent", "on_time", "late", "missing", "pending", "approved", "on_time_rate")
    return [{name: getattr(each, name) for name in counted} for each in board.trend]


def activities(board):
    return {
        row.activity.number: (row.state, row.quantity_done, row.percent, row.target_percent, row.leads)
        for row in board.rows
    }


def outputs(board):
    return {figure.code: (figure.in_period, figure.cumulative, figure.target) for figure in board.figures}


def paper(province, ordinal):
    found = build_quarterly_report(periods(province)[ordinal - 1], today=TODAY)
    return (
        (found.expected, found.sent, found.on_time, found.late, found.approved, found.on_time_rate),
        [(line.agency, line.sent_on, line.punctuality) for line in found.submissions],
        [(line.number, line.leads, line.state, line.quantity_done) for line in found.activities],
        found.figures,
    )


@pytest.mark.parametrize("ordinal", [1, 2])
def test_closed_periods_keep_every_figure_and_name(ordinal, province):
    def read():
        page = board(province, ordinal)
        return totals(page), activities(page), outputs(page), page.on_track, paper(province, ordinal)

    before = read()
    merge(province)

    assert read() == before


def test_the_running_period_is_owed_by_the_new_commune_and_no_sum_changes(province):
    before = board(province, 3)
    into = merge(province)
    after = board(province, 3)

    assert (before.totals.expected, after.totals.expected) == (4, 3)
    assert {row.agency.name for row in before.submissions} == set(SENT)
    assert into in {row.agency for row in after.submissions}
    assert outputs(after) == outputs(before)
    told = {number: row[:4] for number, row in activities(before).items()}
    assert {number: row[:4] for number, row in activities(after).items()} == told
    assert totals(after)[:2] == totals(before)[:2]
    assert after.on_track == before.on_track


def test_the_rates_of_closed_periods(province):
    merge(province)

    assert [each["on_time_rate"] for each in totals(board(province, 3))][:2] == [75.0, 50.0]
    assert [each["expected"] for each in totals(board(province, 3))] == [4, 4, 3]


@pytest.mark.parametrize("ordinal", [1, 2, 3])
def test_by_todays_names_only_what_merges_changes(ordinal, province):
    into = merge(province)
    then, now = board(province, ordinal), board(province, ordinal, todays_names=True)

    assert then.names_differ and now.names_differ
    assert outputs(now) == outputs(then)
    assert (now.on_track, now.done_on_time, now.counts) == (then.on_track, then.done_on_time, then.counts)
    merged = [each["expected"] - other["expected"] for each, other in zip(totals(then), totals(now), strict=True)]
    assert merged == [1, 1, 0][:ordinal]
    others_then = {row.agency: row for row in then.submissions if row.agency not in province.communes[:2]}
    others_now = {row.agency: row for row in now.submissions if row.agency != into}
    assert others_now == {agency: row for agency, row in others_then.items() if agency != into}


def test_the_worst_of_those_that_are_one_now_speaks(province):
    into = merge(province)

    [row] = [row for row in board(province, 2, todays_names=True).submissions if row.agency == into]

    assert (row.punctuality.value, row.is_sent) == ("overdue", False)
    assert [(each.agency.name, each.punctuality.value) for each in row.read_from] == [
        ("Xã Suối Đá", "overdue"),
        ("Xã Bản Mới", "done"),
    ]


def test_the_record_of_the_slowest_goes_on_under_todays_name(province):
    merge(province)

    def record(page):
        return {
            track.agency_name: [row and row.punctuality.value for row in track.submissions] for track in page.tracks
        }

    assert record(board(province, 3, todays_names=True))["Xã Suối Đá"] == ["late-done", "overdue", "not-started"]
    assert "Xã Suối Đá" not in record(board(province, 3))


def test_the_names_in_the_list_of_what_is_to_be_handled(province):
    province.followers.deadline = date(2026, 5, 1)
    province.followers.save()
    merge(province)

    def responsible(page):
        [row] = page.red_activities
        return row.leads

    assert responsible(board(province, 2)) == ("Xã Bản Mới", "Xã Suối Đá")
    assert responsible(board(province, 2, todays_names=True)) == ("Xã Suối Đá",)
    assert responsible(board(province, 3)) == ("Xã Suối Đá",)


def test_what_the_new_commune_reports_is_added_and_its_stock_takes_the_place_of_theirs(province):
    into = merge(province)
    before = outputs(board(province, 3))
    province.communes[0] = into

    report(province, into, 3, moment(15, month=9), broadcasts=70, followers=230)

    after = outputs(board(province, 3, today=date(2026, 9, 20)))
    flow, stock = province.flow.pk, province.stock.pk
    assert (before[flow][1], after[flow][1]) == (350, 420)
    assert (before[stock][1], after[stock][1]) == (200, 230)
    assert QuarterlyUpdate.objects.get(period__ordinal=3).agency == into


def test_the_dashboard_asks_one_question_more(province, django_assert_max_num_queries):
    merge(province)
    found = periods(province)

    with django_assert_max_num_queries(10):
        build_dashboard(found[2], found, today=TODAY, todays_names=True)


def test_each_drawing_has_an_address_of_its_own_whatever_names_are_read(province, clock):
    """A browser keeps a drawing by its address: half were on time among the old communes, a third among the new."""
    clock(TODAY)
    merge(province)
    page = f"/dashboard/?period={periods(province)[1].pk}"
    leader = UserFactory(agency=province.plan.coordinating_agency, role=Role.LEADER)
    queries = {names: login(leader).get(f"{page}&names={names}").context["picture"].query for names in ("then", "now")}

    drawn = {names: login(leader).get(f"/charts/trend.svg?{query}").text for names, query in queries.items()}

    assert queries["then"] != queries["now"]
    assert "50,0%" in drawn["then"] and "33,3%" in drawn["now"]
    assert f"/charts/trend.png?{queries['now']}&amp;download=1".replace("&names", "&amp;names") in (
        login(leader).get(f"{page}&names=now").text
    )
