"""What the address of the dashboard asks for and is not shown is said, never passed over."""

from datetime import date

import pytest

from accounts.tests.factories import login
from activities.models import Status
from activities.tests.factories import ReportingPeriodFactory, make_world
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
