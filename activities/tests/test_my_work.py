"""What waits for an agency, what is ahead, what was sent."""

from datetime import date

import pytest

from accounts.tests.factories import UserFactory, login
from activities.calendar import generate_periods
from activities.models import QuarterlyUpdate, Status
from activities.my_work import build_work
from plans.models import Plan, PlanStatus
from plans.tests.factories import PlanFactory

from .factories import TODAY, AssignmentFactory, QuarterlyUpdateFactory, UpdateEventFactory, moment

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

    [(row, event)] = build_work(agency, [plan], today=TODAY).returned

    assert (row.update, event) == (update, latest)


def test_a_draft_is_due_and_what_was_sent_is_done(plan, agency):
    update_of(plan, agency, 1, Status.SUBMITTED)
    update_of(plan, agency, 2, Status.DRAFT)

    work = build_work(agency, [plan], today=TODAY)

    assert (ordinals(work.due), ordinals(work.done)) == ([2, 3], [1])
    assert work.done_on_time == 0


def test_the_most_pressing_is_first(plan, agency):
    other = PlanFactory(locality=plan.locality)
    generate_periods(other)
    AssignmentFactory(activity__plan=other, agency=agency)
    other.reporting_periods.filter(ordinal=2).update(agency_due_on=date(2026, 6, 15))

    due = build_work(agency, [plan, other], today=date(2026, 6, 1)).due

    assert [(row.period.plan, row.period.ordinal) for row in due] == [(plan, 1), (other, 1), (other, 2), (plan, 2)]


def test_an_agency_that_leads_nothing_has_no_work(plan):
    work = build_work(AssignmentFactory(role="cooperating", activity__plan=plan).agency, [plan], today=TODAY)

    assert (work.due, work.ahead, work.done, work.waiting) == ((), (), (), 0)


def test_what_was_sent_stays_though_the_duty_ended(plan, agency):
    update_of(plan, agency, 1, Status.APPROVED)
    plan.activities.update(cancelled_on=date(2026, 1, 1))

    assert ordinals(build_work(agency, [plan], today=TODAY).done) == [1]


def test_six_queries_at_most(plan, agency, django_assert_max_num_queries):
    update_of(plan, agency, 1, Status.RETURNED)
    plans = Plan.objects.filter(pk=plan.pk)

    with django_assert_max_num_queries(6):
        build_work(agency, plans, today=TODAY)


# The page


@pytest.fixture
def work_page(clock):
    def get(user, today=TODAY):
        clock(today)
        return login(user).get("/updates/")

    return get


def test_the_page_tells_what_waits(plan, agency, work_page):
    update = update_of(plan, agency, 1, Status.RETURNED)
    UpdateEventFactory(update=update, move="return", reason="Sai <b>số</b>")

    response = work_page(UserFactory(agency=agency))

    assert "3 updates wait for your agency." in response.text
    assert "Sai &lt;b&gt;số&lt;/b&gt;" in response.text
    assert f'action="/updates/start/{plan.reporting_periods.get(ordinal=2).pk}/"' in response.text
    assert f'href="/updates/{update.pk}/"' in response.text


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
