"""Scorecards: three rates, the rank within a group, what each figure leads to, and who may read whose."""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import ExplanationStatus, MessageKind, ProgressState, Status
from activities.tests.factories import (
    ActivityFactory,
    ActivityProgressFactory,
    AssignmentFactory,
    DigestFactory,
    ExplanationFactory,
    ExplanationMessageFactory,
    QuarterlyUpdateFactory,
    ReminderFactory,
    ReportingPeriodFactory,
    make_world,
    moment,
)
from agencies.models import AgencyKind
from agencies.tests.factories import AgencyFactory, SuccessionFactory
from reports.scorecards import Score, build_scorecard, build_scorecards

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

TODAY = date(2026, 6, 18)  # the second quarter was due on 16/6, the first on 16/3


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def world():
    """Two quarters; a department that is always on time leads two activities and has done one."""
    world = make_world(Status.APPROVED, activities=2, quantity_done=5)
    world.first = ReportingPeriodFactory(plan=world.plan, ordinal=1)
    world.periods = [world.first, world.period]
    line = world.line
    line.state, line.percent, line.completed_on = ProgressState.DONE, 100, date(2026, 6, 1)
    line.save()
    sent(world.first, world.agency, moment(14, month=3))
    return world


def sent(period, agency, at=None, status=Status.APPROVED, **line):
    """An update of the agency with a line on everything it leads."""
    at = at or moment(period.agency_due_on.day - 1, month=period.agency_due_on.month)
    update = QuarterlyUpdateFactory(period=period, agency=agency, submitted_at=at, status=status)
    if status == Status.DRAFT:
        update.submitted_at = update.first_submitted_at = None
        update.save()
    for assignment in agency.assignments.filter(activity__plan=period.plan):
        ActivityProgressFactory(update=update, activity=assignment.activity, **line)
    return update


def joined(world, *activities, **facts):
    """Another agency that leads `activities` (the world's first one where none is named)."""
    agency = AgencyFactory(locality=world.locality, **facts)
    for activity in activities or (world.activity,):
        AssignmentFactory(activity=activity, agency=agency)
    return agency


def board_of(world, **how):
    return build_scorecards(world.period, world.periods, today=TODAY, **how)


def card_of(world, agency, **how):
    _group, card = board_of(world, **how).of(agency.pk)
    return card


def scorecard_of(world, agency, **how):
    return build_scorecard(agency, world.period, world.periods, today=TODAY, **how)


def page_of(world, agency, query="", who="leader"):
    return login(getattr(world, who)).get(reverse("reports:scorecard", args=[agency.pk]) + query)


def list_of(world, query="", who="leader"):
    return login(getattr(world, who)).get(reverse("reports:scorecards") + query)


# Who reads whose


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", ["reports:scorecard", "reports:scorecard_xlsx"])
def test_another_localitys_agency_is_not_there(world, role, name):
    stranger = login(UserFactory(role=role))

    assert stranger.get(reverse(name, args=[world.agency.pk])).status_code == 404


@pytest.mark.parametrize("name", ["scorecards", "coverage", "timeline", "timeline_pdf", "coverage_xlsx"])
@pytest.mark.parametrize("role", [role for role in Role if role != Role.FOCAL_POINT])
def test_pages_without_objects_show_nothing_of_others(world, role, name):
    stranger = login(UserFactory(role=role))

    answer = stranger.get(reverse(f"reports:{name}"), {"period": world.period.pk, "plan": world.plan.pk})

    for words in (world.plan.title, world.plan.number, world.activity.title, world.agency.name):
        assert words.encode() not in answer.content


def test_a_focal_point_reads_its_own_and_no_other(world):
    other = joined(world)
    browser = login(world.focal_point)

    assert page_of(world, world.agency, who="focal_point").status_code == 200
    for address in (
        reverse("reports:scorecard", args=[other.pk]),
        reverse("reports:scorecard_xlsx", args=[other.pk]),
        reverse("reports:scorecards"),
        reverse("reports:chart_svg", args=["scorecard"]) + f"?agency={other.pk}",
    ):
        assert browser.get(address).status_code == 403, address


def test_a_focal_point_reads_how_its_group_does_but_no_names(world):
    other = joined(world, name="Sở Láng giềng")

    page = page_of(world, world.agency, who="focal_point").text

    assert "On time 2/2" in page and "On time 0/2" in page
    assert other.name not in page
    assert other.name in page_of(world, world.agency).text


def test_whoever_carries_on_reads_what_ended(world):
    heir = AgencyFactory(locality=world.locality)
    SuccessionFactory(
        reorganisation__locality=world.locality,
        reorganisation__status="applied",
        reorganisation__applied_at=moment(1),
        reorganisation__effective_on=date(2026, 6, 17),
        predecessor=world.agency,
        successor=heir,
    )
    world.heir = UserFactory(agency=heir)

    assert page_of(world, world.agency, who="heir").status_code == 200


# The three rates


def test_the_three_rates(world):
    card = card_of(world, world.agency)

    assert (card.done, card.on_time, card.updated) == (Score(1, 2), Score(2, 2), Score(2, 2))
    assert card.done.percent == Decimal("50.0")


def test_late_is_sent_but_not_on_time(world):
    late = joined(world)
    sent(world.period, late, moment(17))

    card = card_of(world, late)

    assert (card.on_time, card.updated) == (Score(0, 2), Score(1, 1))


def test_what_is_not_due_yet_is_not_counted_against_anybody(world):
    early = joined(world)
    sent(world.first, early, moment(14, month=3))

    board = build_scorecards(world.period, world.periods, today=date(2026, 6, 15))

    assert board.of(early.pk)[1].on_time == Score(1, 1)
    assert board.of(world.agency.pk)[1].on_time == Score(2, 2)


@pytest.mark.parametrize("status", [Status.DRAFT, Status.RETURNED])
def test_what_has_not_been_sent_is_in_no_figure(world, status):
    """What was returned counts again only when it is sent again."""
    agency = joined(world)
    sent(world.period, agency, status=status, state=ProgressState.DONE, quantity_done=41)

    found = scorecard_of(world, agency)

    assert found.card.done == Score(0, 1)
    assert found.card.updated == Score(0, 1)
    assert found.card.on_time == (Score(1, 2) if status == Status.RETURNED else Score(0, 2))
    assert [(row.in_period, row.cumulative, row.drafted) for row in found.activities] == [(None, None, None)]


def test_the_agency_itself_sees_what_stands_in_its_draft(world):
    world.other = joined(world)
    sent(world.first, world.other, moment(14, month=3), quantity_done=7)
    sent(world.period, world.other, status=Status.DRAFT, quantity_done=947)
    world.its_own = UserFactory(agency=world.other)

    [row] = scorecard_of(world, world.other, sees_draft=True).activities
    assert (row.in_period, row.drafted, row.cumulative) == (None, 947, 7)

    assert "draft: 947" in page_of(world, world.other, who="its_own").text
    assert "947" not in page_of(world, world.other).text.split("<table")[1].split("</table>")[0]


def test_nothing_to_report_is_sent_and_updates_nothing(world):
    agency = joined(world)
    update = sent(world.period, agency)
    update.nothing_to_report, update.nothing_reason = True, "Không phát sinh."
    update.save()

    card = card_of(world, agency)

    assert (card.updated, card.on_time) == (Score(0, 1), Score(1, 2))


def test_done_is_what_was_said_last(world):
    agency = joined(world)
    sent(world.first, agency, moment(14, month=3), state=ProgressState.DONE, completed_on=date(2026, 3, 1))
    assert card_of(world, agency).done == Score(1, 1)

    sent(world.period, agency, state=ProgressState.IN_PROGRESS)
    assert card_of(world, agency).done == Score(0, 1)


def test_a_later_period_does_not_speak_for_an_earlier_one(world):
    found = build_scorecards(world.first, world.periods, today=TODAY)

    assert found.of(world.agency.pk)[1].done == Score(0, 2)


def test_the_invited_owe_nothing(world):
    union = joined(world, kind=AgencyKind.MASS_ORGANISATION)

    assert board_of(world).of(union.pk) == (None, None)
    assert "It owes no report" in page_of(world, union).text


# Rank


def test_communes_are_never_compared_with_departments(world):
    commune = joined(world, kind=AgencyKind.COMMUNE_COMMITTEE)

    board = board_of(world)

    assert [(group.kind, group.size) for group in board.groups] == [
        (AgencyKind.DEPARTMENT, 1),
        (AgencyKind.COMMUNE_COMMITTEE, 1),
    ]
    assert board.of(commune.pk)[1].place == 1  # the only one of its group, and never on time


def test_places_go_by_punctuality_then_updates_then_what_is_done(world):
    punctual, late, silent = joined(world), joined(world), joined(world)
    for agency in (punctual, late):
        sent(world.first, agency, moment(14, month=3))
    sent(world.period, punctual)
    sent(world.period, late, moment(17))

    group = board_of(world).groups[0]

    assert [(card.agency, card.place) for card in group.cards] == [
        (silent, 4),
        (late, 3),
        (punctual, 2),  # as punctual as the first and as fully updated: what is done decides
        (world.agency, 1),
    ]


def test_equals_share_a_place_and_the_next_is_left_out(world):
    for _each in range(2):
        agency = joined(world)
        sent(world.first, agency, moment(14, month=3))
        sent(world.period, agency)
    last = joined(world)

    assert sorted(card.place for card in board_of(world).cards) == [1, 2, 2, 4]
    assert card_of(world, last).place == 4


def test_nobody_has_a_place_before_the_first_deadline(world):
    agency = joined(world)
    before = build_scorecards(world.first, [world.first], today=date(2026, 3, 1))

    assert before.of(agency.pk)[1].place is None
    assert before.of(agency.pk)[1].updated == Score(0, 1)


def test_the_place_of_the_period_before(world):
    climber, fallen = joined(world), joined(world)
    sent(world.first, fallen, moment(14, month=3))
    sent(world.first, climber, moment(20, month=3))
    sent(world.period, climber)

    cards = {card.agency: card for card in board_of(world).cards}

    # In the first quarter two were on time and had updated everything: both were first.
    assert (cards[world.agency].previous_place, cards[fallen].previous_place, cards[climber].previous_place) == (
        1,
        1,
        3,
    )
    assert (cards[climber].place, cards[climber].change) == (2, 1)
    assert (cards[fallen].place, cards[fallen].change) == (3, -2)


def test_the_distribution_counts_everybody_who_has_a_place(world):
    joined(world), joined(world)

    [group] = board_of(world).groups

    assert [(bar.score, bar.count, bar.width) for bar in group.distribution] == [
        (Score(2, 2), 1, 50),
        (Score(0, 2), 2, 100),
    ]
    assert sum(bar.count for bar in group.distribution) == group.ranked == 3


def test_the_neighbours_of_the_worst(world):
    others = [joined(world) for _each in range(4)]
    [group] = board_of(world).groups
    worst = group.cards[0]

    around = group.around(worst)

    assert len(around) == 3 and around[-1] == worst
    assert worst.agency in others


def test_merged_agencies_are_read_under_who_carries_on(world):
    old = joined(world, valid_to=date(2026, 6, 16))
    sent(world.first, old, moment(14, month=3))
    sent(world.period, old, state=ProgressState.DONE)
    SuccessionFactory(
        reorganisation__locality=world.locality,
        reorganisation__status="applied",
        reorganisation__applied_at=moment(17),
        reorganisation__effective_on=date(2026, 6, 17),
        predecessor=old,
        successor=world.agency,
    )

    then, now = board_of(world), board_of(world, todays_names=True)

    assert then.of(old.pk)[1].done == Score(1, 1)
    assert now.of(old.pk) == (None, None)
    assert now.of(world.agency.pk)[1].done == Score(2, 3)
    assert now.of(world.agency.pk)[1].updated == Score(3, 3)
    assert scorecard_of(world, world.agency, todays_names=True).card.done == Score(2, 3)


# One agency


def test_the_list_and_the_page_say_the_same(world):
    for number, how in enumerate(({}, {"state": ProgressState.DONE}, {"nothing_in_period": True})):
        agency = joined(world, *world.all_activities)
        sent(world.first, agency, moment(14 + number, month=3), **how)
        sent(world.period, agency, moment(14 + number), status=list(Status)[number + 1], **how)
    joined(world)

    for card in board_of(world).cards:
        found = scorecard_of(world, card.agency)
        assert found.card == card
        assert len(found.showing("done")) == card.done.part
        assert len(found.activities) == card.done.whole == card.updated.whole
        assert len(found.periods_showing("on_time")) == card.on_time.part
        assert len(found.showing("updated")) == card.updated.part


def test_quantities_in_the_period_and_together(world):
    ActivityProgressFactory(
        update=world.first.updates.get(agency=world.agency),
        activity=ActivityFactory(plan=world.plan),
        quantity_done=100,  # of an activity that it does not lead: nobody asks
    )
    world.first.updates.get().progress_rows.filter(activity=world.activity).update(quantity_done=3)
    world.activity.target_quantity = 10
    world.activity.save()

    rows = {row.activity: row for row in scorecard_of(world, world.agency).activities}

    row = rows[world.activity]
    assert (row.in_period, row.cumulative, row.target, row.target_percent) == (5, 8, 10, Decimal("80.0"))


def test_a_target_that_several_share_is_nobodys_own(world):
    world.activity.target_quantity = 10
    world.activity.save()
    joined(world)

    rows = {row.activity: row for row in scorecard_of(world, world.agency).activities}

    assert rows[world.activity].target is None
    assert rows[world.activity].percent == 100  # as reported


def test_days_of_reminding_are_counted_once(world):
    letter = DigestFactory(agency=world.agency)
    for step in ("after:1", "head:1"):
        ReminderFactory(period=world.period, agency=world.agency, digest=letter, step=step, day=date(2026, 6, 17))
    ReminderFactory(period=world.period, agency=world.agency, digest=letter, step="before:2", day=date(2026, 6, 14))
    ReminderFactory(period=world.period)

    found = scorecard_of(world, world.agency)

    assert [len(line.reminders) for line in found.periods] == [0, 2]
    assert found.reminders() == [(date(2026, 6, 14), [world.period]), (date(2026, 6, 17), [world.period])]


def test_explanations_with_the_last_answer(world):
    asked = ExplanationFactory(activity=world.activity, agency=world.agency, asked_by=world.leader)
    for day, text in ((15, "Chưa kịp."), (17, "Máy tính hỏng.")):
        ExplanationMessageFactory(
            explanation=asked, kind=MessageKind.ANSWER, text=text, by=world.focal_point, at=moment(day)
        )
    ExplanationFactory(
        activity=world.all_activities[1],
        agency=world.agency,
        asked_by=world.leader,
        status=ExplanationStatus.WITHDRAWN,
        closed_at=moment(13),
    )
    ExplanationFactory(activity=world.activity, agency=joined(world), asked_by=world.leader)

    [row] = scorecard_of(world, world.agency).explanations

    assert (row.answer, row.answered_on, row.rounds, row.is_late) == ("Máy tính hỏng.", date(2026, 6, 17), 2, True)
    assert asked.subject in page_of(world, world.agency).text


def test_a_past_period_stands_as_its_report_should_have_shown_it(world, clock):
    world.activity.deadline = date(2026, 6, 25)
    world.activity.save()
    third = ReportingPeriodFactory(plan=world.plan, ordinal=3)
    agency = joined(world)
    later = date(2026, 9, 1)

    found = build_scorecard(agency, world.period, [*world.periods, third], today=later)
    assert found.as_of == world.period.consolidated_due_on
    assert [row.state for row in found.activities] == ["not-started"]

    now = build_scorecard(agency, third, [*world.periods, third], today=later)
    assert [row.state for row in now.activities] == ["overdue"]


def test_the_sentence_of_an_agency_that_has_not_sent(world):
    page = page_of(world, joined(world, name="Xã Mường Lai")).text
    sentence = " ".join(re.sub(r"<[^>]+>", " ", page.split("<h1>")[1].split("</h1>")[0]).split())

    assert sentence == "Xã Mường Lai has not sent Quarter II/2026 , on time in 0 / 2 of the periods , ranks 2 / 2 ."


def test_a_leader_is_led_to_ask_and_an_agency_to_its_work(world):
    agency = joined(world)
    world.its_own = UserFactory(agency=agency)

    asking = f"{reverse('activities:ask', args=[world.activity.pk])}?agency={agency.pk}"

    assert asking in page_of(world, agency).text
    own = page_of(world, agency, who="its_own").text
    assert asking not in own and "Go to my work" in own


# The list


def test_the_list_keeps_groups_together_however_it_is_sorted(world):
    for _each in range(2):
        joined(world, kind=AgencyKind.COMMUNE_COMMITTEE)
    joined(world)

    for query in ("", "?sort=name", "?sort=-name", "?sort=done", "?sort=-on_time", "?sort=updated", "?sort=-place"):
        kinds = [card.agency.kind for card in list_of(world, query).context["page"]]
        assert len({*kinds}) == 2
        assert sum(one != two for one, two in zip(kinds, kinds[1:], strict=False)) == 1, query


def test_the_list_is_narrowed_by_name_kind_and_state(world):
    commune = joined(world, name="Xã Mường Lai", kind=AgencyKind.COMMUNE_COMMITTEE)

    def shown(query):
        return [card.agency for card in list_of(world, query).context["page"]]

    assert shown("?text=muong") == [commune]
    assert shown("?kind=department") == [world.agency]
    assert shown("?show=missing") == [commune]
    assert shown("?show=never") == [commune]
    assert shown("?show=on_time") == [world.agency]
    assert shown("?text=khong+co") == []
    assert "No agency is as you asked" in list_of(world, "?text=khong+co").text


def test_more_periods_are_counted_where_one_asks(world):
    for number in range(1, 5):
        sent(ReportingPeriodFactory(plan=world.plan, year=2025, ordinal=number), world.agency, moment(1, month=3))
    world.periods = list(world.plan.reporting_periods.all())

    assert len(board_of(world).periods) == 4
    assert len(board_of(world, count=8).periods) == 6


def test_the_list_as_a_workbook(world):
    joined(world, name="Xã Mường Lai", kind=AgencyKind.COMMUNE_COMMITTEE)

    sheet = load_workbook(BytesIO(list_of(world, "?export=xlsx").content)).worksheets[0]

    heads, *rows = list(sheet.iter_rows(values_only=True))
    said = [dict(zip(heads, row, strict=True)) for row in rows]
    assert [(row["Agency"], row["Rank"], row["Activities done"], row["Periods on time"]) for row in said] == [
        (world.agency.name, 1, 1, 2),
        ("Xã Mường Lai", 1, 0, 0),
    ]
    assert all(isinstance(row["Periods due"], int) for row in said)


def test_one_agency_as_a_workbook(world):
    ExplanationFactory(activity=world.activity, agency=world.agency, asked_by=world.leader)
    answer = login(world.leader).get(reverse("reports:scorecard_xlsx", args=[world.agency.pk]))

    book = load_workbook(BytesIO(answer.content))
    rates, activities, periods, explanations, *_notes = (
        list(sheet.iter_rows(min_row=2, values_only=True)) for sheet in book.worksheets
    )

    assert [row[1:] for row in rates] == [(1, 2), (2, 2), (2, 2), (1, 1)]
    assert len(activities) == 2 and {row[4] for row in activities} == {5}
    assert [row[0] for row in periods] == ["Quarter I/2026", "Quarter II/2026"]
    assert len(explanations) == 1


def test_a_workbook_of_an_agency_that_owes_nothing(world):
    union = joined(world, kind=AgencyKind.MASS_ORGANISATION)

    answer = login(world.leader).get(reverse("reports:scorecard_xlsx", args=[union.pk]))

    assert load_workbook(BytesIO(answer.content)).worksheets[0].max_row == 1


def test_without_a_period(world):
    nobody = UserFactory(role=Role.LEADER)
    browser = login(nobody)

    assert "There is no reporting period yet" in browser.get(reverse("reports:scorecards")).text
    assert "There is no reporting period yet" in browser.get(f"/scorecards/{nobody.agency_id}/").text
    assert browser.get(f"/scorecards/{nobody.agency_id}.xlsx").status_code == 200


def test_a_plan_that_obliges_nobody():
    world = make_world(agencies=1)
    world.activity.assignments.all().delete()

    assert "No agency has to report for this period" in list_of(world).text


# The chart


def test_the_chart_says_what_the_table_says(world):
    found = scorecard_of(world, world.agency)
    answer = login(world.leader).get(reverse("reports:chart_svg", args=["scorecard"]), {"agency": world.agency.pk})

    assert answer.status_code == 200
    for line in found.periods:
        assert line.period.title in answer.content.decode()
    assert answer.content.decode().count("100%") >= 2


@pytest.mark.parametrize("asked", ["", "x", "99999999999999999999", "0"])
def test_a_chart_of_nobody(world, asked):
    answer = login(world.leader).get(reverse("reports:chart_svg", args=["scorecard"]), {"agency": asked})

    assert answer.status_code == 404


def test_agencies_lead_to_their_scorecards(world):
    assert reverse("reports:scorecard", args=[world.agency.pk]) in (
        login(world.leader).get(reverse("agencies:detail", args=[world.agency.pk])).text
    )
