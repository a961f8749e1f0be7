"""On a whole province: how often scorecards, coverage and timeline ask the database, and how long they take.

Measured on PostgreSQL. The times said here are three times what a quiet machine of two cores is allowed; the true
figures are printed (`pytest -s`).
"""

import pytest
from django.urls import reverse

from activities.demo.province import generate_province
from activities.models import QuarterlyUpdate
from activities.tests.test_measured import DAY, measured, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

MOST_SECONDS = 0.3 * 3
MOST_QUERIES = 15


def test_a_province(clock):
    clock(DAY)
    province = generate_province(1, DAY)
    commune = QuarterlyUpdate.objects.filter(agency__name__startswith="UBND").latest("period__starts_on").agency
    leader = signed_in(f"{province.slug}.leader")
    pages = {
        "scorecards": reverse("reports:scorecards") + "?count=12&size=200",
        "scorecard": reverse("reports:scorecard", args=[commune.pk]),
        "coverage": reverse("reports:coverage"),
        "timeline": reverse("reports:timeline"),
    }

    figures = {name: measured(leader, address) for name, address in pages.items()}
    for name, (queries, seconds) in figures.items():
        print(f"{name:20} {queries:3} queries {seconds * 1000:6.0f} ms")

    assert {name: queries for name, (queries, _seconds) in figures.items() if queries > MOST_QUERIES} == {}
    assert {name: seconds for name, (_queries, seconds) in figures.items() if seconds > MOST_SECONDS} == {}
