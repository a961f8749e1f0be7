"""The clock: the real one, or the demo's where DEBUG is on."""

from datetime import date, timedelta

from django.test import RequestFactory
from django.utils import timezone

from agencies.clock import ClockMiddleware, demo_date, now, today


def test_the_clock_is_the_real_one(settings):
    settings.DEBUG, settings.TODAY = True, ""

    assert demo_date() is None
    assert today() == timezone.localdate()
    assert abs(now() - timezone.now()) < timedelta(minutes=1)


def test_the_demo_sets_the_day_and_keeps_the_time_of_day(settings):
    settings.DEBUG, settings.TODAY = True, "2012-09-10"

    assert demo_date() == date(2012, 9, 10)
    assert today() == date(2012, 9, 10)
    assert now().date() == date(2012, 9, 10)
    assert timezone.is_aware(now())


def test_without_debug_nobody_sets_the_clock(settings):
    settings.DEBUG, settings.TODAY = False, "2012-09-10"

    assert demo_date() is None
    assert today() == timezone.localdate()


def test_every_request_knows_its_day_and_time(settings):
    settings.DEBUG, settings.TODAY = True, "2012-09-10"
    seen = []

    ClockMiddleware(seen.append)(RequestFactory().get("/"))

    assert seen[0].today == date(2012, 9, 10)
    assert seen[0].now.date() == seen[0].today
