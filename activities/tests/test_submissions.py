"""Who has sent an update for a period and who has not, on a day."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, strategies as st

from accounts.tests.factories import login
from activities.models import Status
from activities.obligations import load_duties
from activities.submissions import SHOWN, Punctuality, only, punctuality_of, rate, submissions_of
from agencies.tests.factories import AgencyFactory

from .factories import (
    ActivityFactory,
    ActivityProgressFactory,
    AssignmentFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    UpdateEventFactory,
    make_world,
)

DUE = date(2026, 6, 16)
days = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@pytest.mark.parametrize(
    "sent_on, today, punctuality, late",
    [
        (None, date(2026, 6, 16), Punctuality.PENDING, 0),
        (None, date(2026, 6, 17), Punctuality.MISSING, 1),
        (date(2026, 6, 16), date(2026, 8, 1), Punctuality.ON_TIME, 0),
        (date(2026, 6, 17), date(2026, 8, 1), Punctuality.LATE, 1),
        (date(2026, 5, 1), date(2026, 5, 1), Punctuality.ON_TIME, 0),
    ],
)
def test_punctuality(sent_on, today, punctuality, late):
    assert punctuality_of(DUE, sent_on, today) == (punctuality, late)


@given(days, st.none() | days, days, days)
def test_what_was_sent_no_longer_depends_on_today(due, sent_on, today, another_day):
    punctuality, late = punctuality_of(due, sent_on, today)

    assert late >= 0
    assert (late > 0) == (punctuality in (Punctuality.LATE, Punctuality.MISSING))
    if sent_on:
        assert punctuality in (Punctuality.LATE, Punctuality.ON_TIME)
        assert punctuality_of(due, sent_on, another_day) == (punctuality, late)
    else:
        assert punctuality in (Punctuality.MISSING, Punctuality.PENDING)
        assert (punctuality_of(due, None, today + timedelta(days=1))[1] > 0) == (today >= due)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_rate_is_a_share(part, more):
    share = rate(part, part + more)

    assert share is None if part + more == 0 else 0 <= share <= 100
    if part and not more:
        assert share == 100


@pytest.mark.parametrize(
    "part, whole, percent",
    [(0, 0, None), (0, 3, 0), (1, 3, Decimal("33.3")), (2, 3, Decimal("66.7")), (1, 16, Decimal("6.3"))],
)
def test_rates(part, whole, percent):
    assert rate(part, whole) == percent


@pytest.mark.parametrize("part, whole", [(-1, 3), (1, -3), (4, 3), (1, 0), (-1, -1)])
def test_what_is_no_share(part, whole):
    with pytest.raises(ValueError):
        rate(part, whole)


@pytest.fixture
def period(db):
    return ReportingPeriodFactory()


def submissions(period, today=date(2026, 6, 20)):
    return submissions_of([period], load_duties([period.plan_id]), today=today)[period]


def send(period, name, day, hour=9, status=Status.SUBMITTED, **more):
    at = timezone.make_aware(datetime(2026, 6, day, hour))
    agency = AgencyFactory(locality=period.plan.locality, name=name)
    return QuarterlyUpdateFactory(period=period, agency=agency, status=status, submitted_at=at, **more)


def test_worst_first_then_by_name(period):
    send(period, "An", 16)
    send(period, "Ân", 18)
    send(period, "Dương", 19)
    send(period, "Đà", 16, status=Status.RETURNED)
    AssignmentFactory(activity__plan=period.plan, agency__name="Ẩn", agency__locality=period.plan.locality)
    AssignmentFactory(activity__plan=period.plan, agency__name="Ánh", agency__locality=period.plan.locality)

    assert [(row.agency.name, row.punctuality, row.days_late) for row in submissions(period)] == [
        ("Ánh", Punctuality.MISSING, 4),
        ("Ẩn", Punctuality.MISSING, 4),
        ("Đà", Punctuality.ON_TIME, 0),
        ("Dương", Punctuality.LATE, 3),
        ("Ân", Punctuality.LATE, 2),
        ("An", Punctuality.ON_TIME, 0),
    ]


def test_a_draft_is_not_sent(period):
    QuarterlyUpdateFactory(period=period)

    [row] = submissions(period)

    assert (row.punctuality, row.status, row.is_sent) == (Punctuality.MISSING, Status.DRAFT, False)


@pytest.mark.parametrize("hour, punctuality", [(0, Punctuality.ON_TIME), (23, Punctuality.ON_TIME)])
def test_the_day_is_vietnams(period, hour, punctuality):
    """At 0 h on 16/6 in Hà Nội it is still the 15th in London; at 23 h both have the 16th."""
    send(period, "Sở", 16, hour)

    assert submissions(period)[0].punctuality == punctuality


def test_one_minute_past_midnight_in_vietnam_is_late(period):
    send(period, "Sở", 17, 0)

    assert submissions(period)[0].punctuality == Punctuality.LATE


def test_a_returned_update_keeps_its_punctuality(period):
    first = timezone.make_aware(datetime(2026, 6, 16, 9))
    send(period, "Sở", 30, status=Status.RETURNED, first_submitted_at=first)

    [row] = submissions(period)

    assert (row.punctuality, row.is_returned, row.is_sent) == (Punctuality.ON_TIME, True, True)


def test_an_update_of_an_agency_no_longer_obliged_is_not_expected(period):
    QuarterlyUpdateFactory(period=period, leads=False)

    assert submissions(period) == []


def test_lines_filled_of_those_expected(period):
    update = QuarterlyUpdateFactory(period=period)
    for _ in range(2):
        AssignmentFactory(activity__plan=period.plan, agency=update.agency)
    ActivityProgressFactory(update=update, activity=ActivityFactory(plan=period.plan))

    [row] = submissions(period)

    assert (row.filled, row.expected) == (1, 3)


@pytest.mark.parametrize("known_on", [None, date(2026, 6, 17)])
def test_by_their_facts_alone_duties_stand_as_by_the_updates(period, known_on, english):
    send(period, "An", 16)
    back = send(period, "Ân", 15, status=Status.RETURNED)
    send(period, "Bình", 17, nothing_to_report=True, nothing_reason="Không phát sinh.")
    send(period, "Dương", 19)
    UpdateEventFactory(update=back, status=Status.SUBMITTED, at=timezone.make_aware(datetime(2026, 6, 15, 9)))
    UpdateEventFactory(
        update=back, move="return", status=Status.RETURNED, at=timezone.make_aware(datetime(2026, 6, 18, 9)), reason="x"
    )
    ActivityProgressFactory(update=back, activity=ActivityFactory(plan=period.plan))
    duties = load_duties([period.plan_id])
    asked = {"today": known_on or date(2026, 6, 20), "known_on": known_on}

    rows, facts = (submissions_of([period], duties, **asked, facts_only=only)[period] for only in (False, True))

    def said(row):
        update = row.update and (row.update.pk, row.update.get_status_display(), row.update.get_absolute_url())
        return replace(row, update=None), row.status, row.is_nothing, update

    assert [said(row) for row in facts] == [said(row) for row in rows]
    assert {row.status for row in facts} == ({Status.SUBMITTED, None} if known_on else {"submitted", "returned"})


def test_one_query_for_many_periods(period, django_assert_num_queries):
    autumn = ReportingPeriodFactory(plan=period.plan, ordinal=3)
    QuarterlyUpdateFactory.create_batch(3, period=period)
    duties = load_duties([period.plan_id])

    with django_assert_num_queries(1):
        rows = submissions_of([period, autumn], duties, today=DUE)

    assert {key: len(value) for key, value in rows.items()} == {period: 3, autumn: 3}


@pytest.mark.django_db
def test_every_punctuality_has_its_words(english):
    assert [str(kind.label) for kind in Punctuality] == [
        "Not sent, overdue",
        "Sent late",
        "Not sent yet",
        "Sent on time",
    ]


@pytest.mark.parametrize("show", SHOWN)
@pytest.mark.django_db
def test_the_list_shows_exactly_what_its_filter_counts(show):
    world = make_world(Status.SUBMITTED, agencies=3)
    world.all_updates[1].delete()
    browser = login(world.coordinator)

    every = browser.get(reverse("activities:updates"), {"period": world.period.pk})
    some = browser.get(reverse("activities:updates"), {"period": world.period.pk, "show": show})

    assert some.context["rows"] == [row for row in every.context["rows"] if SHOWN[show](row)]
    assert all(n == len(only(every.context["rows"], name)) for name, _label, n in every.context["tallies"])


@pytest.mark.django_db
def test_an_unknown_filter_shows_all():
    response = login(make_world(Status.SUBMITTED).coordinator).get(reverse("activities:updates"), {"show": "<b>"})

    assert len(response.context["rows"]) == response.context["total"]
