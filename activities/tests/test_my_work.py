"""What waits for an agency, what is ahead, what was sent."""

from datetime import date

import pytest

from accounts.tests.factories import UserFactory, login
from activities.calendar import generate_periods
from activities.models import AssignmentRole, ExplanationStatus, QuarterlyUpdate, Status
from activities.my_work import build_work
from agencies.tests.factories import AgencyFactory, GroupMembershipFactory
from plans.models import Plan, PlanStatus
from plans.tests.factories import PlanFactory

from .factories import (
    TODAY,
    AssignmentFactory,
    ContributionFactory,
    ExplanationFactory,
    ExtensionFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    UpdateEventFactory,
    moment,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def plan():
    plan = PlanFactory()
    generate_periods(plan)
    return plan


@pytest.fixture
def agency(plan):
    return AssignmentFactory(activity__plan=plan).agency


def update_of(plan, agency, ordinal, status, **more):
    return QuarterlyUpdateFactory(
        period=plan.reporting_periods.get(ordinal=ordinal), agency=agency, status=status, **more
    )


def ordinals(rows):
    return [row.period.ordinal for row in rows]


def test_duties_by_what_they_ask(plan, agency):
    update_of(plan, agency, 1, Status.APPROVED, submitted_at=moment(16, month=3))

    work = build_work(agency, [plan], today=TODAY)

    assert (ordinals(work.due), ordinals(work.ahead), ordinals(work.done)) == ([2, 3], [4], [1])
    assert (work.returned, work.waiting, work.done_on_time) == ((), 2, 1)


def test_what_was_returned_waits_with_its_reason(plan, agency):
    update = update_of(plan, agency, 1, Status.RETURNED)
    UpdateEventFactory(update=update, move="return", reason="Lần một", at=moment(15))
    latest = UpdateEventFactory(update=update, move="return", reason="Lần hai", at=moment(16))
    UpdateEventFactory(update=update, move="submit", at=moment(17))

    [row] = build_work(agency, [plan], today=TODAY).returned

    assert (row.update, row.returned_by) == (update, latest)


def test_a_draft_is_due_and_what_was_sent_is_done(plan, agency):
    update_of(plan, agency, 1, Status.SUBMITTED)
    update_of(plan, agency, 2, Status.DRAFT)

    work = build_work(agency, [plan], today=TODAY)

    assert work.missed == ()

    assert (ordinals(work.due), ordinals(work.done)) == ([2, 3], [1])
    assert work.done_on_time == 0


def test_the_most_pressing_is_first(plan, agency):
    other = PlanFactory(locality=plan.locality)
    generate_periods(other)
    AssignmentFactory(activity__plan=other, agency=agency)
    other.reporting_periods.filter(ordinal=2).update(agency_due_on=date(2026, 6, 15))

    due = build_work(agency, [plan, other], today=date(2026, 3, 20)).due

    assert [(row.period.plan, row.period.ordinal) for row in due] == [(plan, 1), (other, 1), (other, 2), (plan, 2)]


def test_what_is_locked_has_been_missed_unless_it_was_extended(plan, agency):
    """Quarter I was due on 16/3 and is locked from 31/3."""
    first = plan.reporting_periods.get(ordinal=1)
    before = build_work(agency, [plan], today=date(2026, 3, 30))
    after = build_work(agency, [plan], today=date(2026, 3, 31))
    assert (ordinals(before.due), ordinals(before.missed)) == ([1, 2], [])
    assert (ordinals(after.due), ordinals(after.missed)) == ([2], [1])

    ExtensionFactory(period=first, agency=AssignmentFactory(activity__plan=plan).agency, until=date(2026, 4, 10))
    ExtensionFactory(period=first, agency=agency, until=date(2026, 4, 10))
    extended = build_work(agency, [plan], today=date(2026, 4, 10))
    over = build_work(agency, [plan], today=date(2026, 4, 11))

    assert (ordinals(extended.due), ordinals(extended.missed)) == ([1, 2], [])
    assert (extended.due[0].due_on, extended.due[0].extended) == (date(2026, 4, 10), True)
    assert (ordinals(over.due), ordinals(over.missed)) == ([2], [1])


def test_what_waits_is_counted_without_what_is_locked(plan, agency):
    update_of(plan, agency, 2, Status.RETURNED)
    ExplanationFactory(plan=plan, agency=agency, activity=plan.activities.get())
    ExplanationFactory(plan=plan, activity=plan.activities.get())

    work = build_work(agency, [plan], today=date(2026, 6, 20))

    assert [len(each) for each in (work.returned, work.asked, work.due, work.missed)] == [1, 1, 1, 1]
    assert work.waiting == 3


@pytest.mark.parametrize("status", ExplanationStatus)
def test_only_an_explanation_that_was_not_given_waits(plan, agency, status):
    ExplanationFactory(plan=plan, agency=agency, activity=plan.activities.get(), status=status)

    assert len(build_work(agency, [plan], today=TODAY).asked) == (status == ExplanationStatus.ASKED)


@pytest.mark.parametrize(
    "facts, today, can",
    [
        ({}, TODAY, True),
        ({"review_began_at": moment()}, TODAY, False),
        ({"status": Status.APPROVED}, TODAY, False),
        ({}, date(2026, 7, 1), False),
    ],
)
def test_what_can_be_taken_back(plan, agency, facts, today, can):
    update_of(plan, agency, 2, facts.pop("status", Status.SUBMITTED), **facts)

    [row] = build_work(agency, [plan], today=today).done

    assert row.can_recall == can


def test_parts_of_what_others_lead(plan, agency):
    """Where the agency cooperates, itself or as a member of a group; not where it leads, not before the period."""
    helped = AssignmentFactory(activity__plan=plan).activity
    AssignmentFactory(activity=helped, agency=agency, role=AssignmentRole.COOPERATING)
    group = GroupMembershipFactory(group__locality=plan.locality, agency=agency).group
    as_member = AssignmentFactory(activity__plan=plan).activity
    AssignmentFactory(activity=as_member, group=group, role=AssignmentRole.COOPERATING)
    led = plan.activities.get(assignments__agency=agency, assignments__role=AssignmentRole.LEAD)
    AssignmentFactory(activity=led, group=group, role=AssignmentRole.COOPERATING)
    second = plan.reporting_periods.get(ordinal=2)
    added = ContributionFactory(period=second, activity=helped, agency=agency)
    ContributionFactory(period=second, activity=as_member)

    parts = build_work(agency, [plan], today=date(2026, 6, 14)).parts

    assert [(part.period, part.activity, part.contribution) for part in parts] == [
        (second, helped, added),
        (second, as_member, None),
    ]
    assert build_work(AgencyFactory(locality=plan.locality), [plan], today=TODAY).parts == ()


def test_an_agency_that_leads_nothing_has_no_work(plan):
    work = build_work(AssignmentFactory(role="cooperating", activity__plan=plan).agency, [plan], today=TODAY)

    assert (work.due, work.ahead, work.done, work.waiting) == ((), (), (), 0)


def test_what_was_sent_stays_though_the_duty_ended(plan, agency):
    update_of(plan, agency, 1, Status.APPROVED)
    plan.activities.update(cancelled_on=date(2026, 1, 1))

    assert ordinals(build_work(agency, [plan], today=TODAY).done) == [1]


def test_nine_queries_at_most(plan, agency, django_assert_max_num_queries):
    update_of(plan, agency, 1, Status.RETURNED)
    AssignmentFactory(activity__plan=plan, agency=agency, role=AssignmentRole.COOPERATING)
    plans = Plan.objects.filter(pk=plan.pk)

    with django_assert_max_num_queries(9):
        build_work(agency, plans, today=TODAY)


# The page


@pytest.fixture
def work_page(clock):
    def get(user, today=TODAY):
        clock(today)
        return login(user).get("/updates/")

    return get


def test_the_page_tells_what_waits(plan, agency, work_page):
    update = update_of(plan, agency, 2, Status.RETURNED)
    UpdateEventFactory(update=update, move="return", reason="Sai <b>số</b>")

    response = work_page(UserFactory(agency=agency))

    assert "2 things wait for your agency." in response.text
    assert "Sai &lt;b&gt;số&lt;/b&gt;" in response.text
    assert f'action="/updates/start/{plan.reporting_periods.get(ordinal=3).pk}/"' in response.text
    assert f'href="/updates/{update.pk}/edit/"' in response.text
    assert "can be corrected until 30/06/2026" in response.text, "no day was given to send it again"
    assert "due 16/09/2026" in response.text and "locked from 01/10/2026" in response.text


def test_the_page_tells_what_was_missed(plan, agency, work_page):
    page = work_page(UserFactory(agency=agency)).text

    assert "1 was missed and is locked." in page
    assert "Missed and locked" in page and "31/03/2026" in page


def test_a_returned_update_that_is_locked_cannot_be_corrected(plan, agency, work_page):
    update_of(plan, agency, 1, Status.RETURNED)

    page = work_page(UserFactory(agency=agency)).text

    assert "Locked since 31/03/2026: ask the coordinator to extend it." in page
    assert "Correct and send again" not in page


def test_the_page_offers_to_take_back_what_nobody_has_begun_to_read(plan, agency, work_page):
    update = update_of(plan, agency, 2, Status.SUBMITTED)
    person = UserFactory(agency=agency)
    address = f'action="/updates/{update.pk}/recall/"'

    assert address in work_page(person).text
    QuarterlyUpdate.objects.update(review_began_at=moment())
    assert address not in work_page(person).text


def test_an_explanation_is_answered_from_the_page(plan, agency, work_page):
    asked = ExplanationFactory(plan=plan, agency=agency, activity=plan.activities.get(), subject="Vì sao chậm?")

    page = work_page(UserFactory(agency=agency)).text

    assert "Vì sao chậm?" in page and asked.get_absolute_url() in page


def test_a_question_asked_again_is_the_last_one(plan, agency, work_page):
    asked = ExplanationFactory(plan=plan, agency=agency, activity=plan.activities.get())
    leader = UserFactory(full_name="Lê Người Hỏi Lại")
    asked.messages.create(kind="ask_again", text="Còn thiếu số.", by=leader, by_name=str(leader), at=moment(day=17))

    page = work_page(UserFactory(agency=agency)).text

    assert "Asked again by Lê Người Hỏi Lại on 17/06/2026" in page
    assert "Còn thiếu số." in page


def test_what_waits_for_a_conclusion_stays_on_the_page(plan, agency, work_page):
    asked = ExplanationFactory(plan=plan, agency=agency, activity=plan.activities.get(), status="answered")

    page = work_page(UserFactory(agency=agency)).text

    assert "Explanations given, waiting for a conclusion" in page
    assert asked.get_absolute_url() in page


def test_an_extended_agency_reads_that_it_is_overdue_all_the_same(plan, agency, work_page):
    ExtensionFactory(period=plan.reporting_periods.get(ordinal=2), agency=agency, until=date(2026, 7, 20))

    page = work_page(UserFactory(agency=agency), date(2026, 7, 3)).text

    assert "extended until 20/07/2026" in page
    assert "Not sent, 17 days overdue" in page


def test_the_page_offers_what_is_kept_on_the_device_alone(plan, agency, work_page):
    page = work_page(UserFactory(agency=agency)).text

    assert "data-unsent" in page and "js/autosave" in page


def test_a_part_is_added_from_the_page(plan, agency, work_page):
    helped = AssignmentFactory(activity__plan=plan, agency=agency, role=AssignmentRole.COOPERATING).activity
    period = plan.reporting_periods.get(ordinal=2)

    assert f'href="/contributions/{period.pk}/{helped.pk}/"' in work_page(UserFactory(agency=agency)).text


def test_what_was_sent_is_listed_by_year(plan, agency, work_page):
    update_of(plan, agency, 2, Status.APPROVED)
    earlier = ReportingPeriodFactory(plan=plan, year=2025, ordinal=4)
    QuarterlyUpdateFactory(period=earlier, agency=agency, status=Status.APPROVED)
    person = UserFactory(agency=agency)

    response = work_page(person)
    assert [row.period.year for row in response.context["done"]] == [2026]
    assert "?year=2025#done" in response.text
    browser = login(person)
    for asked, year in (("2025", 2025), ("x", 2026), ("1999", 2026)):
        assert [row.period.year for row in browser.get("/updates/", {"year": asked}).context["done"]] == [year]


@pytest.mark.parametrize(
    "status, today, sentence",
    [
        (None, date(2025, 12, 1), "The next period, Quarter I/2026, opens on 15/12/2025; its update is due on"),
        (Status.APPROVED, date(2027, 1, 1), "Every update asked of your agency has been sent."),
    ],
)
def test_nothing_waits(plan, agency, work_page, status, today, sentence):
    for ordinal in (1, 2, 3, 4) if status else ():
        update_of(plan, agency, ordinal, status)

    assert sentence in work_page(UserFactory(agency=agency), today).text


def test_an_agency_without_duties_is_told_why(plan, work_page):
    response = work_page(UserFactory(agency__locality=plan.locality))

    assert "Your agency leads no activity of a plan in force, so it has nothing to report." in response.text


def test_a_draft_plan_asks_for_nothing(plan, agency, work_page, clock):
    Plan.objects.update(status=PlanStatus.DRAFT)
    person = UserFactory(agency=agency)

    assert work_page(person).context["work"].waiting == 0
    assert login(person).post(f"/updates/start/{plan.reporting_periods.get(ordinal=2).pk}/").status_code == 403
    assert not QuarterlyUpdate.objects.exists()
