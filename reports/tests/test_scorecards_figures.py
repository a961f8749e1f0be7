"""Every figure of the scorecards leads to as many rows: walked link by link, by whoever may read them."""

import io
import re
from datetime import date
from urllib.parse import urljoin

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.tests.factories import UserFactory, login
from activities.models import (
    ExplanationStatus,
    MessageKind,
    ProgressState,
    QuarterlyUpdate,
    ReportingPeriod,
    Status,
)
from activities.tests.factories import (
    ActivityProgressFactory,
    AssignmentFactory,
    DigestFactory,
    ExplanationFactory,
    ExplanationMessageFactory,
    QuarterlyUpdateFactory,
    ReminderFactory,
    ReportingPeriodFactory,
    UpdateEventFactory,
    make_world,
    moment,
)
from agencies.models import AgencyKind
from agencies.tests.factories import AgencyFactory, SuccessionFactory
from reports.scorecards import Score, build_scorecard, build_scorecards

from .walking import figures_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

CARDS = "/scorecards/"
DAY = date(2026, 6, 18)  # two days after the agencies' deadline of the second quarter


def sent(period, agency, day, status=Status.APPROVED, **line):
    """An update of the agency with a line on everything it leads in the period's plan."""
    update = QuarterlyUpdateFactory(
        period=period, agency=agency, submitted_at=moment(day, month=period.ends_on.month), status=status, leads=False
    )
    for assignment in agency.assignments.filter(activity__plan=period.plan):
        ActivityProgressFactory(update=update, activity=assignment.activity, **line)
    return update


def busy(agencies=(), **of_plan):
    """A plan with two quarters; its agencies, and `agencies`, on time, late, returned, silent."""
    world = make_world(Status.APPROVED, agencies=4, activities=2, **of_plan)
    late, returned, unsent = (QuarterlyUpdate.objects.filter(pk=each.pk) for each in world.all_updates[1:])
    late.update(first_submitted_at=moment(17), submitted_at=moment(17), status=Status.SUBMITTED)
    returned.update(status=Status.RETURNED)
    unsent.update(status=Status.DRAFT, first_submitted_at=None, submitted_at=None)
    world.first = ReportingPeriodFactory(plan=world.plan, ordinal=1)
    for agency in agencies:
        for activity in world.all_activities:
            AssignmentFactory(activity=activity, agency=agency)
        sent(world.first, agency, 10)
    done = {"state": ProgressState.DONE, "completed_on": date(2026, 3, 1)}
    sent(world.first, world.agency, 10, **done)
    sent(world.first, world.all_updates[2].agency, 20)
    return world


@pytest.fixture
def world(clock):
    clock(DAY)
    world = busy()
    world.silent = AgencyFactory(locality=world.locality, kind=AgencyKind.COMMUNE_COMMITTEE)
    AssignmentFactory(activity=world.activity, agency=world.silent)
    world.other = busy([world.agency, world.all_updates[1].agency], locality=world.locality)
    for day in (14, 17):
        letter = DigestFactory(agency=world.agency, day=date(2026, 6, day))
        for period in (world.period, world.other.period):
            step = f"before:{period.pk}"
            ReminderFactory(period=period, agency=world.agency, digest=letter, step=step, day=date(2026, 6, day))
    ask(world, world.activity)
    ask(world, world.all_activities[1], status=ExplanationStatus.CONCLUDED, closed_at=moment(17))
    ask(world, world.other.activity)
    return world


def ask(world, activity, **how):
    asked = ExplanationFactory(
        activity=activity, agency=world.agency, asked_by=world.leader, asked_at=moment(12), **how
    )
    ExplanationMessageFactory(explanation=asked, kind=MessageKind.ASK, by=world.leader, at=moment(12))
    return asked


def rows_at(browser, address):
    """How many rows the list at `address` prints: agencies on the list of all, else the rows below its heading."""
    answer = browser.get(address.partition("#")[0])
    assert answer.status_code == 200, address
    if address.startswith(f"{CARDS}?"):
        return answer.context["page"].paginator.count
    place = address.partition("#")[2]
    section = answer.text.split(f'id="{place}"')[1].split("</section>")[0]
    return section.partition("<tbody>")[2].count("<tr")


def walk(browser, address):
    """{(where a figure of the page leads, the number it bears): the rows there}."""
    figures = figures_of(browser.get(address).text)
    return {
        (figure.address, int(figure.said)): rows_at(browser, urljoin(address, figure.address)) for figure in figures
    }


VIEWS = {
    "today": "period={period}",
    "a past period": "period={first}",
    "as of an earlier day": "period={period}&as_of=2026-06-16",
    "a past period as of an earlier day": "period={first}&as_of=2026-03-12",
    "several plans": "period={period}&plan=in-force",
    "several plans, a past period": "period={first}&plan=year-2026",
    "several plans as of an earlier day": "period={period}&plan=in-force&as_of=2026-06-16",
    "another plan": "plan={other}",
}


def asked(world, view):
    return "?" + VIEWS[view].format(period=world.period.pk, first=world.first.pk, other=world.other.plan.pk)


def card_address(world, agency):
    return reverse("reports:scorecard", args=[agency.pk])


def wrong(walked):
    return {figure: rows for figure, rows in walked.items() if rows != figure[1]}


@pytest.mark.parametrize("role, view", [*(("leader", view) for view in VIEWS), ("coordinator", "several plans")])
def test_every_figure_of_the_list_is_the_number_of_rows_it_leads_to(world, role, view):
    walked = walk(login(getattr(world, role)), CARDS + asked(world, view))

    assert wrong(walked) == {}
    assert len(walked) > 15 and sum(n > 0 for _address, n in walked) > 10


@pytest.mark.parametrize(
    "role, view", [*((role, view) for role in ("leader", "focal_point") for view in VIEWS), ("coordinator", "today")]
)
def test_every_figure_of_a_card_is_the_number_of_rows_it_leads_to(world, role, view):
    walked = walk(login(getattr(world, role)), card_address(world, world.agency) + asked(world, view))

    assert wrong(walked) == {}
    assert len(walked) > (10 if role != "focal_point" else 5)
    assert sum(n > 0 for _address, n in walked) > 4


def test_a_card_over_more_periods_leads_to_as_many(world):
    for number in range(1, 5):
        sent(ReportingPeriodFactory(plan=world.plan, year=2025, ordinal=number), world.agency, 1)
    address = f"{CARDS}{asked(world, 'today')}&count=8"

    page = login(world.leader).get(address)
    walked = walk(login(world.leader), address)

    assert len(page.context["board"].periods) == 6
    assert wrong(walked) == {}


def test_what_two_led_that_are_one_today_stands_there_twice(world):
    old = world.all_updates[1].agency
    old.valid_to = date(2026, 6, 17)
    old.save()
    SuccessionFactory(
        reorganisation__locality=world.locality,
        reorganisation__status="applied",
        reorganisation__applied_at=moment(18),
        reorganisation__effective_on=date(2026, 6, 18),
        predecessor=old,
        successor=world.agency,
    )
    browser = login(world.leader)

    for names in ("then", "now"):
        for view in ("today", "several plans"):
            query = f"{asked(world, view)}&names={names}"
            for address in (CARDS, card_address(world, world.agency)):
                assert wrong(walk(browser, address + query)) == {}, (names, view, address)

    page = browser.get(f"{card_address(world, world.agency)}{asked(world, 'today')}&names=now")
    assert [row.leader for row in page.context["activities"]].count(old) == 2
    assert f"led as {old.name}" in page.text


# Plans together


def both(world, **how):
    periods = list(ReportingPeriod.objects.filter(plan__locality=world.locality).select_related("plan"))
    plans = [world.plan, world.other.plan]
    return {"period": world.period, "periods": periods, "today": DAY, "plans": plans, **how}


def test_the_card_of_two_plans_is_the_sum_of_both(world):
    agency = world.agency
    one, other = (build_scorecards(**both(world, period=each.period, plans=None)) for each in (world, world.other))
    together = build_scorecards(**both(world))

    (_first, own), (_second, beside), (_third, sum_) = (board.of(agency.pk) for board in (one, other, together))

    for rate in ("done", "on_time", "updated", "sent"):
        assert getattr(sum_, rate) == getattr(own, rate) + getattr(beside, rate), rate
    assert sum_.done.whole == 4
    assert {card.agency for card in together.cards} == {card.agency for board in (one, other) for card in board.cards}


def test_what_goes_with_two_periods_counts_once(world):
    """A half-year goes with both quarters; its duty is one."""
    ReportingPeriod.objects.filter(pk=world.other.first.pk).update(
        year=2025, ordinal=4, starts_on=date(2025, 9, 15), ends_on=date(2025, 12, 14)
    )
    half = {"kind": "half_year", "ordinal": 1, "starts_on": date(2025, 12, 15), "label": "6 tháng đầu năm 2026"}
    ReportingPeriod.objects.filter(pk=world.other.period.pk).update(**half)

    card = build_scorecards(**both(world)).of(world.agency.pk)[1]

    assert [len(column) for column in card.columns] == [2, 2]
    assert card.on_time == Score(2, 3)  # not sent: the half-year
    assert wrong(walk(login(world.leader), card_address(world, world.agency) + asked(world, "several plans"))) == {}


def test_an_agency_stands_by_the_worst_it_owes(world):
    board = build_scorecards(**both(world))
    card = board.of(world.agency.pk)[1]

    assert (card.sent, card.current.period) == (Score(1, 2), world.other.period)
    page = login(world.leader).get(f"{CARDS}{asked(world, 'several plans')}&show=sent").context["page"]
    assert world.agency not in [each.agency for each in page]


def test_only_agencies_of_one_kind_are_ranked_among_each_other(world):
    board = build_scorecards(**both(world))

    assert board.of(world.silent.pk)[1].place == 1
    assert {group.kind: group.ranked for group in board.groups}[AgencyKind.COMMUNE_COMMITTEE] == 1


# From an earlier day


def test_what_was_not_known_on_a_day_is_in_no_rate(world):
    late = world.all_updates[1].agency
    returned = world.all_updates[2]
    for step, status, day in (("submit", Status.SUBMITTED, 15), ("return", Status.RETURNED, 17)):
        UpdateEventFactory(update=returned, move=step, status=status, at=moment(day), reason="Thiếu số liệu")

    now, then = (build_scorecards(**both(world, plans=None, known_on=day)) for day in (None, date(2026, 6, 16)))

    assert [board.of(late.pk)[1].updated for board in (now, then)] == [Score(2, 2), Score(0, 2)]
    assert [board.of(late.pk)[1].on_time for board in (now, then)] == [Score(0, 2), Score(0, 1)]  # not due on that day
    assert [board.of(returned.agency_id)[1].updated for board in (now, then)] == [Score(0, 2), Score(2, 2)]


def test_the_card_of_an_earlier_day_knows_nothing_of_what_came_later(world):
    first, *_others = build_scorecard(world.agency, **both(world)).explanations
    for day, kind in ((15, MessageKind.ANSWER), (17, MessageKind.CONCLUDE)):
        ExplanationMessageFactory(explanation=first.explanation, kind=kind, by=world.leader, at=moment(day))

    found = build_scorecard(world.agency, **both(world, known_on=date(2026, 6, 16)))
    before = build_scorecard(world.agency, **both(world, known_on=date(2026, 6, 11)))

    answers = {each.explanation: (each.explanation.status, each.answered_on) for each in found.explanations}
    assert answers[first.explanation] == (ExplanationStatus.ANSWERED, date(2026, 6, 15))
    assert len(answers) == 3 and found.accepted == 0
    assert [day for day, _periods in found.reminders()] == [date(2026, 6, 14)]
    assert (before.explanations, before.reminders()) == ((), [])


def test_a_draft_is_of_today(world):
    owner = UserFactory(agency=world.all_updates[3].agency)
    address = card_address(world, owner.agency)

    now, then = (login(owner).get(address + asked(world, view)) for view in ("today", "as of an earlier day"))

    assert now.context["found"].drafts and "Go to my work" in now.text
    assert not then.context["found"].drafts and "Go to my work" not in then.text


# Where one looks from is carried on


KEPT = "plan=in-force"


def test_links_keep_plans_period_and_day(world):
    browser, query = login(world.leader), asked(world, "several plans as of an earlier day")
    for address in (CARDS, card_address(world, world.agency)):
        page = browser.get(address + query).text
        links = re.findall(r'href="([^"]*show=(?:sent|done|decided|concluded|never|now)[^"]*)"', page)
        assert links and all(KEPT in each and "as_of=2026-06-16" in each for each in links), address
        assert "2 plans together" in page and "Only what had been sent by the end of 16/06/2026 counts" in page
        assert 'class="pop view-form"' in page
    card = browser.get(card_address(world, world.agency) + query).text
    charts = [reverse(f"reports:chart_{kind}", args=["scorecard"]) for kind in ("svg", "png")]
    for name in (*charts, ".xlsx", reverse("activities:list")):
        found = [each for each in re.findall(r'href="([^"]+)"', card) if name in each and "?" in each]
        assert found and any(KEPT in each for each in found), name


def test_filters_keep_plans_and_day_and_clearing_them_does(world):
    page = login(world.leader).get(f"{CARDS}{asked(world, 'several plans as of an earlier day')}&show=missing").text
    form = page.split('<form class="filters"')[1].split("</form>")[0]

    assert 'name="plan" value="in-force"' in form and 'name="as_of" value="2026-06-16"' in form
    [clear] = re.findall(r'href="([^"]+)">Clear filters', form)
    assert KEPT in clear and "show" not in clear


def test_files_say_the_plans_and_the_day(world):
    browser, query = login(world.leader), asked(world, "several plans as of an earlier day")
    files = (
        f"{CARDS}{query}&export=xlsx",
        reverse("reports:scorecard_xlsx", args=[world.agency.pk]) + query,
    )
    for address in files:
        book = load_workbook(io.BytesIO(browser.get(address).content))
        words = " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
        assert str(world.plan) in words and str(world.other.plan) in words, address
        assert "by the end of 16/06/2026" in words, address


def test_the_chart_is_that_of_its_page(world):
    browser = login(world.leader)
    address = f"{reverse('reports:chart_svg', args=['scorecard'])}?agency={world.agency.pk}&"

    drawn = {view: browser.get(address + asked(world, view)[1:]).text for view in ("today", "another plan")}

    assert "100%" in drawn["today"] and drawn["today"] != drawn["another plan"]


# Who reads it


@pytest.mark.parametrize("view", VIEWS)
def test_a_focal_point_reads_its_own_from_anywhere_and_no_other(world, view):
    browser = login(world.focal_point)

    own = browser.get(card_address(world, world.agency) + asked(world, view))

    assert own.status_code == 200
    assert browser.get(card_address(world, world.silent) + asked(world, view)).status_code == 403
    assert browser.get(CARDS + asked(world, view)).status_code == 403
    assert not re.findall(rf'href="{CARDS}\?', own.text)


def test_a_stranger_reads_no_card_of_plans_together(world):
    stranger = make_world(Status.SUBMITTED)
    browser = login(stranger.leader)

    page = browser.get(f"{CARDS}?plan=year-2026").context["board"]

    assert {card.agency for card in page.cards} == {stranger.agency}
    assert browser.get(f"{card_address(world, world.agency)}?plan=year-2026").status_code == 404


@pytest.mark.parametrize("typed", ["x", "1/x", "1/2/3", "\x00", "99999/1"])
def test_a_score_that_is_none_is_ignored(world, typed):
    page = login(world.leader).get(CARDS, {"period": world.period.pk, "score": typed})

    assert page.context["page"].paginator.count == len(page.context["board"].cards)


# Queries


@pytest.mark.parametrize("view", ["today", "several plans", "several plans as of an earlier day"])
def test_as_many_queries_for_one_plan_as_for_several(world, view, django_assert_max_num_queries):
    browser = login(world.leader)
    for address in (CARDS, card_address(world, world.agency)):
        browser.get(address + asked(world, view))  # the session is new
        with django_assert_max_num_queries(15):
            browser.get(address + asked(world, view))


def test_more_agencies_and_plans_ask_no_more(world, django_assert_num_queries):
    with django_assert_num_queries(4):
        build_scorecards(**both(world, plans=None))
    with django_assert_num_queries(4):
        build_scorecards(**both(world))
    with django_assert_num_queries(4):
        build_scorecards(**both(world, known_on=date(2026, 6, 16)))
