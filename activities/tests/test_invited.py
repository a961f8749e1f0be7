"""Party bodies and front organisations take part by invitation: they owe nothing and are never late; names that stand
for no agency oblige nobody."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import QuarterlyUpdate, Status
from activities.my_work import build_work
from activities.obligations import load_duties, obliged_agencies, reporting_agencies
from activities.progress import State, gaps_of, is_on_track, standings
from activities.submissions import Punctuality, submission_of, submissions_of
from agencies.models import INVITED_KINDS
from agencies.tests.factories import AgencyFactory, GroupMembershipFactory
from reports.annexes import annexes
from reports.quarterly import build_quarterly_report

from .factories import (
    ActivityFactory,
    ActivityProgressFactory,
    AssignmentFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

TODAY = date(2026, 6, 20)
PASSED = date(2026, 5, 1)


@pytest.fixture
def period():
    return ReportingPeriodFactory()


@pytest.fixture
def activity(period):
    return ActivityFactory(plan=period.plan, deadline=PASSED, number="10")


@pytest.fixture(params=INVITED_KINDS)
def union(request, period):
    return AgencyFactory(locality=period.plan.locality, kind=request.param, name="Tỉnh Đoàn")


def standing(activity, today=TODAY):
    [row] = standings(activity.plan.activities.filter(pk=activity.pk), load_duties([activity.plan_id]), today=today)
    return row


def report(period, agency, activity, status=Status.APPROVED, **line):
    update = QuarterlyUpdateFactory(period=period, agency=agency, status=status, leads=False)
    return ActivityProgressFactory(update=update, activity=activity, **line)


def test_who_leads_by_invitation_owes_nothing_but_may_report(period, activity, union):
    AssignmentFactory(activity=activity, agency=union)
    duties = load_duties([period.plan_id])

    assert obliged_agencies(period, duties) == {}
    assert reporting_agencies(period, duties) == {union: [activity.pk]}
    assert submissions_of([period], duties, today=TODAY) == {period: []}


@pytest.mark.parametrize("status", [None, Status.SUBMITTED])
def test_the_invited_are_never_late(status, period, union):
    update = status and QuarterlyUpdateFactory(period=period, agency=union, status=status, leads=False)
    if update:
        update.filled = update.reported = 0

    row = submission_of(period, union, update, expected=1, today=date(2027, 1, 1))

    assert (row.punctuality, row.days_late) == (Punctuality.ON_TIME if status else Punctuality.PENDING, 0)
    assert row.is_invited


@pytest.mark.parametrize(
    "line, state",
    [
        (None, State.NOT_STARTED),
        ({"state": "in_progress"}, State.IN_PROGRESS),
        ({"state": "done", "completed_on": date(2026, 6, 1)}, State.DONE),
    ],
)
def test_what_they_lead_is_never_overdue(line, state, period, activity, union):
    AssignmentFactory(activity=activity, agency=union)
    if line:
        report(period, union, activity, **line)

    row = standing(activity)

    assert (row.state, row.days_late, row.is_invited, row.obliged) == (state, 0, True, 0)
    assert row.leads == ("Tỉnh Đoàn (invited)",)
    assert is_on_track(row, today=TODAY, a_period_is_due=True) == (state == State.DONE)


def test_their_silence_is_no_fault_before_the_deadline(activity, union):
    activity.deadline = date(2026, 12, 1)
    activity.save()
    AssignmentFactory(activity=activity, agency=union)

    assert is_on_track(standing(activity), today=TODAY, a_period_is_due=True)


def test_beside_an_agency_that_is_assigned_only_that_one_is_waited_for(period, activity, union):
    assigned = AssignmentFactory(activity=activity).agency
    AssignmentFactory(activity=activity, agency=union)

    row = standing(activity)
    assert (row.state, row.is_invited, row.obliged, row.reporters) == (State.OVERDUE, False, 1, 0)

    report(period, assigned, activity, state="done", completed_on=PASSED)
    row = standing(activity)
    assert (row.state, row.reporters, row.percent) == (State.DONE, 1, 100)

    report(period, union, activity, state="in_progress", percent=50)
    row = standing(activity)
    assert (row.state, row.reporters, row.percent) == (State.OVERDUE, 1, 75)


def test_of_a_group_of_invited_ones_all_must_have_done_it(period, activity, union):
    group = GroupMembershipFactory(group__locality=period.plan.locality, agency=union).group
    other = GroupMembershipFactory(group=group, agency__kind=union.kind).agency
    AssignmentFactory(activity=activity, group=group)
    report(period, union, activity, state="done", completed_on=PASSED)

    assert standing(activity).state == State.IN_PROGRESS
    report(period, other, activity, state="done", completed_on=PASSED)
    assert standing(activity).state == State.DONE


def test_who_cooperates_by_invitation_is_marked(activity, union):
    AssignmentFactory(activity=activity)
    AssignmentFactory(activity=activity, agency=union, role="cooperating", name_as_printed="Tỉnh Đoàn, các hội")

    assert standing(activity).cooperating == ("Tỉnh Đoàn, các hội (invited)",)


# Names that stand for no agency


def test_a_name_alone_is_no_lead(period, activity):
    AssignmentFactory(activity=activity, agency=None, name_as_printed="Công ty Viễn thông")

    row = standing(activity)

    assert (row.state, row.leads, row.obliged) == (State.UNASSIGNED, ("Công ty Viễn thông",), 0)
    assert obliged_agencies(period, load_duties([period.plan_id])) == {}
    assert [sentence for _row, sentence in gaps_of([row])][0] == "Activity 10 has no lead agency"


def test_a_name_beside_a_lead_takes_nothing_away(period, activity):
    lead = AssignmentFactory(activity=activity).agency
    AssignmentFactory(activity=activity, agency=None, name_as_printed="Công ty Viễn thông")

    assert (standing(activity).state, standing(activity).obliged) == (State.OVERDUE, 1)
    assert list(obliged_agencies(period, load_duties([period.plan_id]))) == [lead]


# The pages


@pytest.fixture
def june(clock):
    clock(TODAY)


def test_their_work_waits_for_nobody(period, activity, union):
    AssignmentFactory(activity=activity, agency=union)

    work = build_work(union, [period.plan], today=TODAY)

    assert (work.due, work.waiting, [row.period for row in work.invited]) == ((), 0, [period])


def test_they_may_send_and_what_was_approved_counts(period, activity, union, june):
    AssignmentFactory(activity=activity, agency=union)
    activity.target_quantity = 10
    activity.save()
    browser = login(UserFactory(agency=union))

    page = browser.get(reverse("activities:updates"))
    assert "You are invited to report" in page.text
    assert "overdue" not in page.text
    browser.post(reverse("activities:start", args=[period.pk]))
    update = QuarterlyUpdate.objects.get(agency=union)
    ActivityProgressFactory(update=update, activity=activity, quantity_done=4)
    browser.post(reverse("activities:move", args=[update.pk, "submit"]), {"version": update.version})
    update.refresh_from_db()
    assert update.status == Status.SUBMITTED

    coordinator = login(UserFactory(agency=period.plan.coordinating_agency, role=Role.COORDINATOR))
    review = coordinator.get(update.get_absolute_url())
    assert "By invitation, without a deadline" in review.text and "Sent, invited" in review.text
    coordinator.post(reverse("activities:move", args=[update.pk, "approve"]), {"version": update.version})
    assert standing(activity).quantity_done == 4


def test_the_word_stands_where_the_activity_is_shown(period, activity, union, june):
    AssignmentFactory(activity=activity, agency=union)
    coordinator = login(UserFactory(agency=period.plan.coordinating_agency, role=Role.COORDINATOR))

    for address in (activity.get_absolute_url(), reverse("activities:list"), period.plan.get_absolute_url()):
        assert "Tỉnh Đoàn (invited)" in coordinator.get(address).text, address
    board = coordinator.get(reverse("reports:dashboard")).context["board"]
    assert (board.to_handle, board.unreported, board.totals.expected) == ((), (), 0)


def test_the_report_says_it_in_its_own_language(period, activity, union):
    AssignmentFactory(activity=activity, agency=union)

    progress = annexes(build_quarterly_report(period, today=TODAY))[1]

    with translation.override("vi"):
        assert progress.rows[0][2].text == translation.gettext("%(name)s (invited)") % {"name": "Tỉnh Đoàn"}
