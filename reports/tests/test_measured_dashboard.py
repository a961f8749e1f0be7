"""On a whole province: how often the overview asks the database, and how long it takes (as `test_measured` does)."""

from datetime import date

import pytest
from django.urls import reverse

from activities.demo.province import generate_province
from activities.models import ReportingPeriod
from activities.tests.test_measured import MOST_SECONDS, measured, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

DAY = date(2026, 11, 23)
MOST_QUERIES = 15


def test_the_overview_of_a_province(clock):
    clock(DAY)
    province = generate_province(1, DAY)
    leader = signed_in(f"{province.slug}.leader")
    address = reverse("reports:dashboard")
    period = ReportingPeriod.objects.filter(plan__locality__slug=province.slug, ends_on__lt=DAY).latest("ends_on")
    pages = {
        "overview": "",
        "a past period": f"?period={period.pk}",
        "as of an earlier day": "?as_of=2026-10-01",
        "all plans in force": "?plan=in-force",
    }

    figures = {name: measured(leader, address + query) for name, query in pages.items()}
    for name, (queries, seconds) in figures.items():
        print(f"{name:20} {queries:3} queries {seconds * 1000:6.0f} ms")

    assert {name: queries for name, (queries, _seconds) in figures.items() if queries > MOST_QUERIES} == {}
    assert {name: seconds for name, (_queries, seconds) in figures.items() if seconds > MOST_SECONDS} == {}
