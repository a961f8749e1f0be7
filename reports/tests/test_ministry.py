"""The figures that the Ministry's form may ask for."""

from dataclasses import replace
from datetime import date

import pytest

from activities.catalogue import INDICATORS
from activities.submissions import Punctuality
from reports.ministry import COUNTS, PARTS, STATES, USUAL, numbers_of

from .factories import make_report, make_submission

SENT = date(2026, 6, 14)


def test_every_figure_of_the_usual_form_is_known_or_of_an_indicator():
    indicators = {f"{code}.{part}" for code, *_facts in INDICATORS for part in PARTS}

    assert {key for _head, key in USUAL} - {*COUNTS, *STATES, *indicators} == set()
    assert {*COUNTS} <= numbers_of(make_report()).keys()


def test_done_late_is_done():
    states = (("done", "Hoàn thành", 3), ("late-done", "Hoàn thành trễ", 2), ("overdue", "Quá hạn", 4))

    assert numbers_of(make_report(state_counts=states))["count.done"] == 5
    assert dict(USUAL)["Số nhiệm vụ đã hoàn thành"] == "count.done"


def line(agency, punctuality, sent_on=SENT):
    return make_submission(agency_id=agency, punctuality=punctuality, sent_on=sent_on)


@pytest.fixture
def half_year():
    lines = (
        line(1, Punctuality.ON_TIME),
        line(1, Punctuality.ON_TIME),
        line(2, Punctuality.ON_TIME),
        line(2, Punctuality.LATE),
        line(3, Punctuality.ON_TIME),
        line(3, Punctuality.MISSING, None),
    )
    return replace(make_report(), submissions=lines, expected=6, sent=5)


def test_agencies_are_counted_once_in_a_sum_of_periods(half_year):
    numbers = numbers_of(half_year)

    assert [numbers[f"units.{what}"] for what in ("expected", "sent", "on_time")] == [3, 2, 1]
    assert (numbers["count.expected"], numbers["count.sent"]) == (6, 5)


def test_what_the_usual_form_calls_units_are_units():
    assert {key.split(".")[0] for head, key in USUAL if head.startswith("Số đơn vị")} == {"units"}
