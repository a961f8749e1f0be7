"""The annex read as a table: groups, what was understood, what to mend, and how fast it comes."""

import time
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import Activity, ActivityGroup, AssignmentRole, ScheduleKind
from activities.planning import drafting
from activities.planning.annex import count_sentence, heard_product, heard_time, mend_sentence, read_annex, roman
from activities.planning.narrowing import AnnexFilter
from agencies.models import AgencyKind
from agencies.tests.factories import AgencyFactory, AgencyGroupFactory, GroupMembershipFactory
from plans.models import PlanStatus
from plans.tests.factories import ChannelFactory, ContentThemeFactory, PlanFactory

from .factories import ActivityFactory, AssignmentFactory, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def plan():
    return PlanFactory(status=PlanStatus.DRAFT)


def activity(plan, **facts):
    return ActivityFactory(plan=plan, **({"deadline": None} | facts))


@pytest.mark.parametrize(
    "facts, understood, tone",
    [
        ({"schedule_text": "quý II/2026"}, "01/04–30/06/2026", ""),
        ({"schedule_text": "hằng tuần"}, "52 times, weekly", ""),
        ({"schedule_text": "trước ngày 31/8/2028"}, "deadline 31/08/2028, outside the plan's period", "bad"),
        ({"schedule_text": "ngay sau khi công bố"}, "not understood: kept as written", "unk"),
        ({"schedule_text": "trước ngày 31/9/2026"}, "Month 9 has only 30 days.", "unk"),
        ({}, "no time", "unk"),
    ],
)
def test_what_the_words_of_a_time_are_taken_for(plan, facts, understood, tone):
    row = activity(plan)
    from activities.planning.wording import time_said

    values = time_said(plan, None, facts.get("schedule_text", ""))
    drafting._put(row, values)
    heard = heard_time(row, plan)

    assert (heard.words, str(heard.understood), heard.tone) == (facts.get("schedule_text", ""), understood, tone)


@pytest.mark.parametrize(
    "facts, understood, tone",
    [
        ({"schedule_text": "sau khi công bố", "deadline": date(2026, 6, 30)}, "deadline 30/06/2026", ""),
        ({"deadline": date(2027, 6, 30)}, "deadline 30/06/2027, outside the plan's period", "bad"),
        ({"schedule_kind": ScheduleKind.MONTHLY, "schedule_text": "đều đặn"}, "Monthly", ""),
    ],
)
def test_what_was_entered_by_hand_counts(plan, facts, understood, tone):
    kind = {"schedule_kind": ScheduleKind.ONE_OFF} if "deadline" in facts else {}
    heard = heard_time(activity(plan, **(kind | facts)), plan)

    assert (heard.understood, heard.tone, heard.is_by_hand) == (understood, tone, True)


@pytest.mark.parametrize(
    "facts, words, understood, tone",
    [
        ({"expected_product": "60 tin, bài", "target_quantity": 60, "target_unit": "tin, bài"}, "60 tin, bài", "", ""),
        ({"target_quantity": 8112, "target_unit": "lượt"}, "8.112 lượt", "", ""),
        ({"expected_product": "Tờ gấp", "target_quantity": 60000, "target_unit": "tờ"}, "Tờ gấp", "60.000 tờ", ""),
        ({"expected_product": "Danh mục đầy đủ"}, "Danh mục đầy đủ", "no number", "unk"),
        ({}, "", "", ""),
    ],
)
def test_what_the_words_of_a_product_are_taken_for(plan, facts, words, understood, tone):
    heard = heard_product(activity(plan, **facts))

    assert (heard.words, heard.understood, heard.tone) == (words, understood, tone)


def test_the_table_has_groups_in_roman_numbers(plan):
    second, first = (ActivityGroup.objects.create(plan=plan, title=t, position=p) for t, p in (("Hai", 2), ("Một", 1)))
    a, b, c = (activity(plan, group=group) for group in (second, first, None))
    annex = read_annex(plan)

    assert [(each.numeral, each.group, [row.activity for row in each.rows]) for each in annex.sections] == [
        ("", None, [c]),
        ("I", first, [b]),
        ("II", second, [a]),
    ]
    assert count_sentence(annex) == "3 activities in 2 groups"


def test_what_is_to_be_mended_is_named(plan):
    fine = activity(plan, number="1", schedule_text="quý II/2026", schedule_kind="one_off")
    fine.start, fine.deadline = date(2026, 4, 1), date(2026, 6, 30)
    fine.save()
    AssignmentFactory(activity=fine)
    activity(plan, number="2", schedule_text="khi có dịp")
    old = activity(plan, number="3", schedule_text="hằng tuần", schedule_kind="weekly")
    AssignmentFactory(activity=old, agency__name="Sở Cũ", agency__valid_to=date(2025, 2, 28))
    AssignmentFactory(activity=old, agency=None, role=AssignmentRole.COOPERATING, name_as_printed="Hội nọ")

    said, more = mend_sentence(read_annex(plan))

    assert [(row.activity.number, words) for row, words in said] == [
        ("2", "no lead agency, time not understood"),
        ("3", "Sở Cũ: No longer since 01/03/2025, Hội nọ: agency not identified"),
    ]
    assert more == 0


def test_only_the_first_are_named(plan):
    for _each in range(7):
        activity(plan)

    said, more = mend_sentence(read_annex(plan))

    assert (len(said), more) == (4, 3)


@pytest.mark.parametrize("number, numeral", [(1, "I"), (4, "IV"), (9, "IX"), (14, "XIV"), (40, "XL"), (0, "")])
def test_roman(number, numeral):
    assert roman(number) == numeral


def test_rows_are_narrowed_by_agency_channel_theme_and_fault(plan):
    channel, theme = ChannelFactory(), ContentThemeFactory(plan=plan)
    one, two = activity(plan), activity(plan, schedule_text="hằng tuần", schedule_kind="weekly")
    lead = AssignmentFactory(activity=two).agency
    one.channels.add(channel)
    two.themes.add(theme)
    annex = read_annex(plan)

    def found(**asked):
        narrowing = AnnexFilter(asked, annex)
        return [row.activity for row in annex.only(narrowing.wants).rows]

    assert found() == [one, two]
    assert found(party=f"@a{lead.pk}") == [two]
    assert found(channel=channel.pk) == [one]
    assert found(theme=str(theme.pk)) == [two]
    assert found(mend="1") == [one]
    assert found(party="@a999", channel="x", theme="nan") == [one, two]
    assert found(channel=channel.pk, theme=str(theme.pk)) == []


# The page


@pytest.fixture
def coordinator(plan):
    return UserFactory(agency=plan.coordinating_agency, role=Role.COORDINATOR)


def grid(plan):
    return reverse("activities:grid", args=[plan.pk])


def large(plan, coordinator, count=200):
    """An annex as the largest provinces have it."""
    agencies = AgencyFactory.create_batch(60, locality=plan.locality)
    group = AgencyGroupFactory(locality=plan.locality)
    for agency in agencies[:40]:
        GroupMembershipFactory(group=group, agency=agency)
    channels = ChannelFactory.create_batch(8)
    themes = ContentThemeFactory.create_batch(12, plan=plan, text="Nội dung tuyên truyền " + "dài " * 20)
    groups = [drafting.add_group(plan, f"Nhóm {count}.{n}", by=coordinator, at=moment()) for n in range(10)]
    states = [
        {
            "title": f"Tuyên truyền trên cổng, trang thông tin điện tử, đợt {n}",
            "group_id": groups[n * 10 // count].pk,
            "schedule_text": ("hằng tuần", "quý II, quý III/2026", "trước ngày 15/12/2026", "khi có dịp")[n % 4],
            "expected_product": f"{n + 1} tin, bài",
            "lead": [[agencies[n % 60].pk, None, ""]],
            "cooperating": [[None, group.pk, ""], [agencies[(n + 7) % 60].pk, None, ""]],
            "channels": sorted([channels[n % 8].pk, channels[(n + 3) % 8].pk]),
            "themes": sorted([themes[n % 12].pk, themes[(n + 5) % 12].pk]),
        }
        for n in range(count)
    ]
    drafting.add_activities(plan, states, by=coordinator, at=moment())
    return plan


def test_two_hundred_rows_take_at_most_twenty_queries(plan, coordinator):
    browser = login(coordinator)
    counts = []
    for address in (grid(large(plan, coordinator, 20)), grid(large(plan, coordinator, 200))):
        with CaptureQueriesContext(connection) as asked:
            page = browser.get(address)
        counts.append(len(asked))

    assert page.status_code == 200
    assert counts[1] <= 20
    assert counts[0] == counts[1], counts


def test_two_hundred_rows_in_three_tenths_of_a_second(plan, coordinator):
    """The promise is 300 ms on a quiet machine; here in time of the processor, the quickest of three."""
    browser = login(coordinator)
    address = grid(large(plan, coordinator))
    browser.get(address)
    times = []
    for _each in range(3):
        began = time.process_time()
        browser.get(address)
        times.append(time.process_time() - began)

    assert min(times) < 0.6, times


@pytest.mark.parametrize("status", [PlanStatus.ISSUED, PlanStatus.CLOSED])
def test_an_issued_plan_is_read_without_tools(plan, coordinator, status):
    row = activity(plan)
    plan.status = status
    plan.save()

    page = login(coordinator).get(grid(plan)).text

    assert row.title in page
    for tool in ("hx-post", "data-edit", "autosave", reverse("activities:edit", args=[row.pk])):
        assert tool not in page
    assert row.get_absolute_url() in page


def test_who_may_not_draft_reads_without_tools(plan):
    activity(plan)
    leader = UserFactory(agency=plan.issuing_agency, role=Role.LEADER)

    assert "data-edit" not in login(leader).get(grid(plan)).text


def test_a_focal_point_does_not_read_anothers_draft(plan):
    other = UserFactory(agency__locality=plan.locality)

    assert login(other).get(grid(plan)).status_code == 403
    assert login(other).get(reverse("plans:xlsx", args=[plan.pk])).status_code == 403


def test_invited_parties_and_groups_say_so(plan, coordinator):
    row = activity(plan)
    AssignmentFactory(activity=row, agency__name="Tỉnh Đoàn", agency__kind=AgencyKind.MASS_ORGANISATION)
    group = AgencyGroupFactory(locality=plan.locality, name="UBND các xã")
    GroupMembershipFactory(group=group)
    AssignmentFactory(activity=row, group=group, role=AssignmentRole.COOPERATING)

    page = login(coordinator).get(grid(plan)).text

    assert "Tỉnh Đoàn (invited)" in page
    assert "UBND các xã (1)" in page


def test_hostile_words_are_only_words(plan, coordinator):
    hostile = "<script>alert(1)</script>"
    row = activity(plan, title=hostile, schedule_text=hostile, expected_product=hostile)
    AssignmentFactory(activity=row, agency=None, name_as_printed=hostile)
    ActivityGroup.objects.create(plan=plan, title=hostile)
    browser = login(coordinator)

    for address in (grid(plan), reverse("activities:row", args=[row.pk]), reverse("activities:edit", args=[row.pk])):
        assert hostile not in browser.get(address, HTTP_HX_REQUEST="true").text
    assert Activity.objects.get().title == hostile
