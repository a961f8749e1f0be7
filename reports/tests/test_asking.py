"""What the address of the dashboard asks for and is not shown is said, never passed over."""

from datetime import date

import pytest

from accounts.tests.factories import login
from activities.models import Status
from activities.tests.factories import ReportingPeriodFactory, make_world
from plans.tests.factories import PlanFactory
from reports.asking import AskForm, asked_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

TODAY = date(2026, 6, 17)


@pytest.fixture
def world(clock):
    clock(TODAY)
    made = make_world(Status.APPROVED)
    made.before = ReportingPeriodFactory(plan=made.plan, ordinal=1)
    made.ahead = ReportingPeriodFactory(plan=made.plan, ordinal=3)
    made.ahead.starts_on, made.ahead.ends_on = date(2026, 7, 1), date(2026, 9, 14)
    type(made.ahead).objects.filter(pk=made.ahead.pk).update(starts_on=made.ahead.starts_on)
    return made


def asked(world, **data):
    return asked_of(data, world.period, [world.before, world.period, world.ahead], TODAY)


@pytest.mark.parametrize(
    "typed, said",
    [
        ("abc", "“abc” is no day"),
        ("2026-02-31", "is no day"),
        ("2027-01-01", "01/01/2027 lies ahead"),
        ("2001-01-01", "01/01/2001 lies before the plan"),
    ],
)
def test_a_day_that_cannot_be_shown_is_said_beside_the_field(world, typed, said):
    found = asked(world, as_of=typed)

    assert found.known_on is None
    assert said in found.wrong["as_of"]
    assert said in login(world.leader).get("/dashboard/", {"as_of": typed}).text


@pytest.mark.parametrize("typed", ["", "2026-06-16", "2026-06-17"])
def test_a_day_that_can_be_shown_is_not_remarked_on(world, typed):
    assert asked(world, as_of=typed).wrong == {}


def test_only_periods_that_have_begun_are_offered_and_compared_with(world):
    found = asked(world, against=str(world.ahead.pk))
    form = AskForm(found, [world.before, world.period, world.ahead], TODAY)

    assert found.against is None and "has not begun" in found.wrong["against"]
    assert [key for key, _label in form.fields["against"].choices] == ["", str(world.before.pk)]
    assert asked(world, against=str(world.before.pk)).against == world.before
    assert form.fields["as_of"].widget.attrs["max"] == "2026-06-17"


def test_seen_from_an_earlier_day_what_began_later_is_neither_offered_nor_compared_with(world):
    """On 14/3 the second quarter had not begun."""
    periods = [world.before, world.period, world.ahead]
    asked_for = {"against": str(world.period.pk), "as_of": "2026-03-14"}

    found = asked_of(asked_for, world.before, periods, TODAY)
    form = AskForm(found, periods, TODAY)
    on_the_day = asked_of(asked_for | {"as_of": "2026-03-15"}, world.before, periods, TODAY)

    assert (found.known_on, found.against) == (date(2026, 3, 14), None)
    assert "has not begun" in found.wrong["against"]
    assert [key for key, _label in form.fields["against"].choices] == [""]
    assert on_the_day.against == world.period and on_the_day.wrong == {}


def test_several_plans_can_be_seen_from_when_the_first_was_issued(world):
    """The plan runs from 1/1 and was issued on 15/1, the other one on 1/2."""
    other = PlanFactory(locality=world.locality, issued_on=date(2026, 2, 1), status="issued")
    periods = [world.before, world.period, world.ahead, ReportingPeriodFactory(plan=other)]

    one = asked_of({"as_of": "2026-01-10"}, world.period, periods, TODAY)
    many = asked_of({"plan": "in-force", "as_of": "2026-01-10"}, world.period, periods, TODAY)
    first = asked_of({"plan": "in-force", "as_of": "2026-01-15"}, world.period, periods, TODAY)

    assert (one.known_on, one.wrong) == (date(2026, 1, 10), {})
    assert many.known_on is None
    assert "before the first of these plans, issued on 15/01/2026" in many.wrong["as_of"]
    assert AskForm(many, periods, TODAY).fields["as_of"].widget.attrs["min"] == "2026-01-15"
    assert first.plans == (world.plan,)


@pytest.mark.parametrize(
    "word", ["in-force", "year-2026", "year-2013", "year-02026", "year-٢٠٢٦", f"year-{'9' * 5000}"]
)
def test_a_word_that_is_not_offered_means_nothing(world, word):
    """Where there is one plan there are no several; a year is written one way."""
    found = asked(world, plan=word)

    assert (found.plans, found.word, found.query) == ((world.plan,), "", {"period": world.period.pk})
    assert login(world.leader).get("/activities/", {"plan": word}).status_code == 200
