"""The generated province: as large as it says, lifelike, and the same for the same seed and day."""

import hashlib
from collections import Counter
from datetime import date

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from activities.demo.province import generate_province
from activities.demo.province.names import PROVINCES, UNITS, place_of, units_of
from activities.demo.province.plan import PERIODS, quarters_until
from activities.models import (
    ActivityProgress,
    Evidence,
    OutputCount,
    QuarterlyUpdate,
    ReportingPeriod,
    ReviewComment,
    Status,
    UpdateEvent,
)
from activities.workflow import missing_in
from agencies.models import Agency

DAY = date(2026, 11, 23)


def digest():
    """What the province says, whatever the keys of its rows."""
    lines = ActivityProgress.objects.order_by("update__period", "update__agency__slug", "activity__position")
    facts = list(
        lines.values_list(
            "update__period__label",
            "update__agency__slug",
            "update__status",
            "update__first_submitted_at",
            "activity__number",
            "state",
            "percent",
            "quantity_done",
            "words",
        )
    )
    proof = sorted(Evidence.objects.values_list("sha256", "url", "caption"))
    counts = list(OutputCount.objects.order_by("indicator", "value", "pk").values_list("indicator", "value"))
    return hashlib.sha256(repr((facts, proof, sorted(counts, key=repr))).encode()).hexdigest()


def test_every_unit_has_a_name_of_its_own():
    for seed in range(1, len(PROVINCES) + 2):
        units = units_of(seed)
        assert len({unit["slug"] for unit in units}) == len(units) == UNITS
    assert place_of(len(PROVINCES) + 1) == f"{PROVINCES[0]} 2"


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 3, 14), date(2026, 12, 15), date(2028, 2, 29)])
def test_the_last_period_is_the_one_of_the_day(day):
    quarters = quarters_until(day)

    assert len(quarters) == PERIODS
    assert quarters[-1].starts_on <= day <= max(quarters[-1].ends_on, quarters[-1].consolidated_due_on)


@pytest.mark.django_db
def test_the_province(capsys):
    """Made once: it takes some seconds."""
    province = generate_province(1, DAY)

    its_size(province)
    the_last_period_is_open_and_half_reported()
    it_is_lifelike()
    what_is_sent_is_complete()
    every_step_has_its_event_and_every_round_its_content()
    again_it_is_there(capsys)


def its_size(province):
    assert (province.units, province.activities, province.periods) == (170, 15, 12)
    assert Agency.objects.filter(locality__slug=province.slug).count() == 171  # with the People's Committee
    assert User.objects.filter(agency__locality__slug=province.slug).count() == 173


def the_last_period_is_open_and_half_reported():
    periods = list(ReportingPeriod.objects.order_by("starts_on"))
    statuses = Counter(periods[-1].updates.values_list("status", flat=True))

    assert periods[-1].starts_on <= DAY < periods[-1].locks_on
    assert 65 <= sum(n for status, n in statuses.items() if status != Status.DRAFT) <= 105
    assert set(statuses) == set(Status)
    assert all(period.locks_on <= DAY for period in periods[:-1])


def it_is_lifelike():
    closed = QuarterlyUpdate.objects.exclude(period=ReportingPeriod.objects.order_by("-starts_on").first())
    updates = closed.select_related("period")
    late = sum(timezone.localdate(each.first_submitted_at) > each.period.agency_due_on for each in updates)

    assert 0.03 < late / closed.count() < 0.25
    assert closed.count() < 11 * 165  # some never send
    assert closed.filter(nothing_to_report=True).exists()
    assert UpdateEvent.objects.filter(round=2).exists()
    assert OutputCount.objects.filter(not_applicable=True).exists()
    assert ReviewComment.objects.filter(is_internal=True).exists()
    assert Evidence.objects.filter(kind="file").count() > 100
    shared = Counter(Evidence.objects.exclude(url="").values_list("url", flat=True))
    assert any(n > 1 for n in shared.values())


def what_is_sent_is_complete():
    sent = QuarterlyUpdate.objects.exclude(status=Status.DRAFT).select_related("agency", "period__plan")
    some = sent.order_by("pk")[::97]

    assert [missing_in(update) for update in some] == [[]] * len(some)


def every_step_has_its_event_and_every_round_its_content():
    events = UpdateEvent.objects.order_by("update", "at", "pk")

    assert not events.filter(move="submit", content=None).exists()
    last = {event.update_id: event.status for event in events}
    assert last == dict(QuarterlyUpdate.objects.exclude(status=Status.DRAFT).values_list("pk", "status"))
    assert not events.filter(at__date__gt=DAY).exists()


def again_it_is_there(capsys):
    before = QuarterlyUpdate.objects.count()

    call_command("generate_province", seed=1, on=DAY)

    assert "was there; 170 units, 15 activities, 12 periods" in capsys.readouterr().out
    assert QuarterlyUpdate.objects.count() == before


@pytest.mark.django_db
@pytest.mark.postgres
def test_the_same_seed_makes_the_same_province():
    digests = []
    for _time in range(2):
        with transaction.atomic():
            generate_province(3, DAY)
            digests.append(digest())
            transaction.set_rollback(True)

    assert digests[0] == digests[1]


def test_another_seed_makes_another():
    assert {unit["name"] for unit in units_of(1)} != {unit["name"] for unit in units_of(2)}
