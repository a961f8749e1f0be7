"""A plan that changes in its year: amended in April, two of its communes merged in July; every figure stays on its day.

Whoever reported by March keeps what was counted then. From the amendment on its targets count, from the merger on the
new commune owes the updates, and no sum of what was done changes.
"""

from datetime import date

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import Activity
from activities.reorganising import confirm
from activities.tests.factories import ActivityFactory, AssignmentFactory, moment
from agencies.models import Agency
from agencies.scheduling import Change, Link
from agencies.tests.factories import AgencyFactory
from plans.models import PlanStatus
from reports.tests.test_reorganisation_figures import (
    activities,
    board,
    outputs,
    paper,
    periods,
    province as province_fixture,
    report,
    totals,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

AMENDED, MERGED, READ = date(2026, 4, 20), date(2026, 7, 1), date(2026, 7, 2)
province = province_fixture


@pytest.fixture
def year(province):
    """The plan of four communes with a contest due in May, and a department that has no work in it yet."""
    province.contest = ActivityFactory(plan=province.plan, title="Cuộc thi trực tuyến", deadline=date(2026, 5, 31))
    AssignmentFactory(activity=province.contest, agency=province.communes[3])
    province.department = AgencyFactory(locality=province.plan.locality, name="Sở Tư pháp")
    province.coordinator = UserFactory(agency=province.plan.coordinating_agency, role=Role.COORDINATOR)
    return province


def typed(form):
    """What a page's form would send as it stands."""
    values = {each.name: each.field.widget.format_value(each.value()) for each in form}
    return {name: "" if value is None else value for name, value in values.items()}


def change_row(client, activity, **changes):
    address = reverse("activities:edit", args=[activity.pk])
    form = client.get(address).context["form"]
    answer = client.post(address, typed(form) | changes)
    assert answer.status_code == 302, answer.context["form"].errors


def amend(year, clock):
    """By the pages: the contest is dropped, broadcasts are to be 1,000, the department gets an activity."""
    clock(AMENDED)
    client, plan = login(year.coordinator), year.plan
    client.post(reverse("plans:amend", args=[plan.pk]))
    draft = plan.amendments_in_draft.get()
    copies = {copy.origin_id: copy for copy in draft.activities.all()}
    client.post(reverse("activities:row_remove", args=[copies[year.contest.pk].pk]))
    change_row(client, copies[year.broadcasts.pk], target_quantity="1.000", target_unit="buổi")
    client.post(reverse("activities:row_add", args=[draft.pk]), {"title": "Hội thi tìm hiểu"})
    added = draft.activities.get(title="Hội thi tìm hiểu")
    change_row(client, added, lead="Sở Tư pháp", schedule_text="trước ngày 15/10/2026", product="01 hội thi")
    check = client.get(reverse("plans:check", args=[draft.pk])).context["check"]
    assert check.errors == []
    ticks = [f"{each.rule}|{each.subject}" for each in check.warnings]
    client.post(reverse("plans:acknowledge", args=[draft.pk]), {"ack": ticks})
    signed = {"number": "31/KH-UBND", "issued_on": "20/04/2026", "signatory_name": "Đặng Văn Sơn"}
    answer = client.post(reverse("plans:issue", args=[draft.pk]), signed)
    assert answer.status_code == 302, answer.context["form"].errors
    plan.refresh_from_db()
    assert plan.status == PlanStatus.AMENDED
    return Activity.objects.get(plan=plan, title="Hội thi tìm hiểu")


def merge(year):
    """Decided in May; carried out by the nightly command on the day."""
    first, second, *_others = year.communes
    into = Agency(name="Xã Suối Đá", short_name="Xã Suối Đá", kind="commune_committee")
    change = Change(kind="merge", effective_on=MERGED, links=(Link(first, into), Link(second, into)))
    by = UserFactory(agency=year.plan.coordinating_agency, role=Role.ADMINISTRATOR)
    confirm(change, locality=year.plan.locality, by=by, today=date(2026, 5, 15), at=moment(15, month=5))
    return into


def read(year, ordinal):
    """All that is told of a quarter, on the screen and on paper."""
    page = board(year, ordinal, today=READ)
    return totals(page), activities(page), outputs(page), page.counts, page.on_track, paper(year, ordinal)


def done(year, ordinal):
    """What has been counted by a quarter, whatever the target."""
    return {code: figure[:2] for code, figure in outputs(board(year, ordinal, today=READ)).items()}


def states(year, ordinal):
    return {row.activity: row.state for row in board(year, ordinal, today=READ).rows}


def test_an_amendment_and_a_merger_leave_every_figure_on_its_day(year, clock):
    first, counted = read(year, 1), [done(year, ordinal) for ordinal in (1, 2)]

    added = amend(year, clock)
    second = read(year, 2)
    into = merge(year)
    clock(MERGED)
    call_command("apply_reorganisations")

    assert read(year, 1) == first
    assert read(year, 2) == second
    assert [done(year, ordinal) for ordinal in (1, 2)] == counted
    assert [outputs(board(year, ordinal, today=READ))[year.flow.pk][2] for ordinal in (1, 2)] == [800, 1000]
    told = [states(year, ordinal) for ordinal in (1, 2)]
    assert [added in each for each in told] == [False, True]
    assert [each[year.contest] for each in told] == ["not-started", "cancelled"]
    assert [each["expected"] for each in totals(board(year, 3, today=READ))] == [4, 5, 4]
    owing = {row.agency for row in board(year, 3, today=READ).submissions}
    assert owing == {into, *year.communes[2:], year.department}


@pytest.mark.parametrize("ordinal", [1, 2, 3])
def test_then_and_now_tell_the_same_sums(ordinal, year, clock):
    amend(year, clock)
    into = merge(year)
    clock(MERGED)
    call_command("apply_reorganisations")

    then, now = (board(year, ordinal, today=READ, todays_names=names) for names in (False, True))

    assert outputs(now) == outputs(then)
    assert (now.counts, now.on_track, now.activity_count) == (then.counts, then.on_track, then.activity_count)
    assert {row.agency for row in now.submissions} >= {into}
    assert len(now.submissions) == len(then.submissions) - (ordinal < 3)


def test_what_the_new_commune_counts_is_added_to_theirs(year, clock):
    amend(year, clock)
    into = merge(year)
    clock(MERGED)
    call_command("apply_reorganisations")
    before = outputs(board(year, 3, today=READ))[year.flow.pk]
    year.communes[0] = into

    report(year, into, 3, moment(15, month=9), broadcasts=70)

    after = outputs(board(year, 3, today=date(2026, 9, 20)))[year.flow.pk]
    assert (after[1] - before[1], after[2], before[2]) == (70, 1000, 1000)
    assert len(periods(year)) == 4
