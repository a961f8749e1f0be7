from datetime import date

import pytest
from django.test import RequestFactory

from agencies.days import day_asked, read_day

TODAY = date(2026, 9, 17)


@pytest.mark.parametrize(
    "words, day",
    [
        ("2026-10-01", date(2026, 10, 1)),
        ("1/10/2026", date(2026, 10, 1)),
        ("01/10/2026", date(2026, 10, 1)),
        ("31/9/2026", None),
        ("hôm qua", None),
        ("", None),
        ("0/0/0000", None),
        ("\x00", None),
    ],
)
def test_a_day_is_read_as_links_and_people_write_it(words, day):
    assert read_day(words) == day


def asked(query, **more):
    request = RequestFactory().get("/agencies/", query)
    request.today = TODAY
    return day_asked(request, **more)


def test_without_a_day_it_is_today():
    day = asked({})

    assert (day.chosen, day.is_today, day.is_other, day.typed, day.words) == (TODAY, True, False, "", "")


def test_what_is_no_day_is_kept_as_typed_and_today_is_shown():
    day = asked({"on": "31/9/2026"})

    assert (day.chosen, day.words) == (TODAY, "31/9/2026")


def test_another_day_keeps_what_else_was_asked():
    day = asked({"on": "01/10/2026", "kind": "press", "page": "2"}, others=[date(2026, 10, 1)])

    assert (day.is_today, day.is_other, day.kept) == (False, False, (("kind", "press"),))
