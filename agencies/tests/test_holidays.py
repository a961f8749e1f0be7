"""Public holidays: which days are worked, what is filled in, and the administrator's page."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from hypothesis import given, strategies as st

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from agencies.holidays import WorkingDays, fill, public_holidays, working_days
from agencies.models import Holiday

from .factories import HolidayFactory, LocalityFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

NATIONAL_DAY = date(2026, 9, 2)
MADE_UP = date(2026, 8, 22)


def test_without_rows_monday_to_friday_are_worked():
    days = WorkingDays()

    assert [days.is_worked(date(2026, 6, 15) + timedelta(days=n)) for n in range(7)] == [True] * 5 + [False] * 2


def test_a_day_off_and_a_saturday_worked_instead():
    days = WorkingDays([Holiday(day=NATIONAL_DAY), Holiday(day=MADE_UP, is_worked=True)])

    assert not days.is_worked(NATIONAL_DAY)
    assert days.on_or_after(NATIONAL_DAY) == date(2026, 9, 3)
    assert days.next_after(date(2026, 9, 1)) == date(2026, 9, 3)
    assert days.is_worked(MADE_UP)
    assert days.next_after(date(2026, 8, 21)) == MADE_UP


def test_days_between_are_counted_with_the_last():
    days = WorkingDays([Holiday(day=NATIONAL_DAY)])

    assert days.between(date(2026, 9, 1), date(2026, 9, 3)) == 1
    assert days.between(date(2026, 9, 1), date(2026, 9, 1)) == 0


@given(st.sets(st.dates(date(2026, 1, 1), date(2026, 3, 1))), st.dates(date(2026, 1, 1), date(2026, 3, 1)))
def test_the_next_working_day_is_worked_and_no_other_lies_before(off, day):
    days = WorkingDays([Holiday(day=each) for each in off])

    found = days.next_after(day)

    assert found > day
    assert days.is_worked(found)
    assert days.between(day, found) == 1


def test_the_countrys_days_with_tet_and_their_vietnamese_names():
    found = {day: name for day, name, is_worked in public_holidays(2026) if not is_worked}

    assert {date(2026, 1, 1), date(2026, 2, 17), date(2026, 4, 26), date(2026, 4, 30), date(2026, 5, 1)} <= set(found)
    assert found[NATIONAL_DAY] == "Quốc khánh"
    assert found[date(2026, 4, 27)].startswith("Ngày Giỗ Tổ Hùng Vương")  # the Monday instead of the Sunday
    assert [day for day, _name, is_worked in public_holidays(2026) if is_worked] == [MADE_UP]


def test_filling_twice_adds_nothing():
    locality = LocalityFactory()

    assert fill(locality, 2026) == len(public_holidays(2026))
    assert fill(locality, 2026) == 0


def test_what_people_changed_is_not_filled_over():
    own = HolidayFactory(day=NATIONAL_DAY, name="Lễ của tỉnh", is_worked=True)

    fill(own.locality, 2026)

    own.refresh_from_db()
    assert (own.name, own.is_worked) == ("Lễ của tỉnh", True)


def test_a_year_with_rows_is_not_filled_by_itself():
    """What the administrator took out stays out."""
    locality = HolidayFactory(day=date(2026, 1, 1)).locality

    days = working_days(locality, [2026, 2027])

    assert days.is_worked(NATIONAL_DAY)
    assert not days.is_worked(date(2027, 9, 2))
    assert locality.holidays.filter(day__year=2026).count() == 1


# The page


@pytest.fixture
def administrator():
    return UserFactory(role=Role.ADMINISTRATOR)


def test_everybody_reads_the_list(clock):
    clock(date(2026, 6, 15))
    person = UserFactory()
    HolidayFactory(locality=person.agency.locality)
    HolidayFactory(day=date(2026, 9, 3), name="Ngày nơi khác")

    page = login(person).get(reverse("agencies:holidays")).text

    assert "Quốc khánh" in page
    assert "Ngày nơi khác" not in page
    assert "Take over" not in page


def test_a_day_is_added_and_taken_out(administrator):
    browser = login(administrator)
    added = browser.post(
        reverse("agencies:holidays"), {"year": "2026", "day": "22/12/2026", "name": " Ngày  của tỉnh "}
    )

    holiday = Holiday.objects.get()
    assert added.url == reverse("agencies:holidays") + "?year=2026"
    assert (holiday.day, holiday.name, holiday.locality) == (
        date(2026, 12, 22),
        "Ngày của tỉnh",
        administrator.agency.locality,
    )

    browser.post(reverse("agencies:holiday_remove", args=[holiday.pk]))
    assert not Holiday.objects.exists()


@pytest.mark.parametrize(
    "typed, sentence",
    [
        ({"day": "02/09/2026", "name": "Quốc khánh"}, "This day is in the list already."),
        ({"day": "31/02/2026", "name": "x"}, "There is no such day."),
        ({"day": "03/09/2026", "name": ""}, "This field is required."),
        ({"day": "03/09/1026", "name": "x"}, "dates lie between 2000 and 2100"),
        ({"day": "03/09/2026", "name": "x", "is_worked": "on"}, "it is worked anyway"),
    ],
)
def test_what_is_refused(administrator, typed, sentence):
    HolidayFactory(locality=administrator.agency.locality)

    page = login(administrator).post(reverse("agencies:holidays"), {"year": "2026", **typed})

    assert sentence in page.text
    assert Holiday.objects.count() == 1


def test_the_countrys_days_are_taken_over(administrator):
    browser, address = login(administrator), reverse("agencies:holiday_fill")

    page = browser.post(address, {"year": "2026"}, follow=True)
    again = browser.post(address, {"year": "2026"}, follow=True)

    assert f"{len(public_holidays(2026))} days of 2026 taken over." in page.text
    assert "Quốc khánh" in page.text
    assert "The list has all public holidays of 2026 already." in again.text


@pytest.mark.parametrize("role", [Role.FOCAL_POINT, Role.COORDINATOR, Role.LEADER])
def test_only_the_administrator_keeps_the_list(role):
    person = UserFactory(role=role)
    browser, holiday = login(person), HolidayFactory(locality=person.agency.locality)

    assert browser.post(reverse("agencies:holidays"), {"day": "03/09/2026", "name": "x"}).status_code == 403
    assert browser.post(reverse("agencies:holiday_fill"), {"year": "2026"}).status_code == 403
    assert browser.post(reverse("agencies:holiday_remove", args=[holiday.pk])).status_code == 403
    assert Holiday.objects.count() == 1


@pytest.mark.parametrize("year", ["", "abc", "99999", "²⁰²⁶", "0001"])
def test_any_year_in_the_address_is_answered(administrator, year):
    assert login(administrator).get(reverse("agencies:holidays"), {"year": year}).status_code == 200
