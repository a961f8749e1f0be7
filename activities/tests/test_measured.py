"""On a whole province: how often the pages of everybody's day ask the database, and how long they take.

Measured on PostgreSQL. The times said here are three times what a quiet machine of two cores is allowed; the true
figures are printed (`pytest -s`).
"""

from datetime import date
from io import StringIO
from time import perf_counter

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from activities.demo.province import generate_province
from activities.models import QuarterlyUpdate, ReportingPeriod, Status

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

DAY = date(2026, 11, 23)
MOST_SECONDS = 0.3 * 3
MOST_SECONDS_OF_REMINDERS = 5 * 3
MOST_QUERIES = {"sheet": 15, "my work": 15, "matrix": 12, "review queue": 12, "review": 15, "list of the period": 15}


def measured(client, address):
    """(queries, best of three times in seconds) of a page, warm."""
    assert client.get(address).status_code == 200
    times = []
    for _time in range(3):
        began = perf_counter()
        assert client.get(address).status_code == 200
        times.append(perf_counter() - began)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(address)
    return len(asked), min(times)


def signed_in(username):
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def test_the_pages_of_a_province(clock):
    clock(DAY)
    province = generate_province(1, DAY)
    latest = QuarterlyUpdate.objects.order_by("-period__starts_on", "pk")
    draft = latest.filter(status=Status.DRAFT, agency__name__startswith="UBND").first()
    waiting = latest.filter(status=Status.SUBMITTED).first()
    focal_point = signed_in(f"{province.slug}.{draft.agency.slug}")
    coordinator = signed_in(f"{province.slug}.coordinator")
    pages = {
        "sheet": (focal_point, reverse("activities:sheet", args=[draft.pk])),
        "my work": (focal_point, reverse("activities:updates")),
        "matrix": (coordinator, reverse("activities:matrix") + "?all=1"),
        "review queue": (coordinator, reverse("activities:review")),
        "review": (coordinator, reverse("activities:review_update", args=[waiting.pk])),
        "list of the period": (coordinator, reverse("activities:updates")),
    }

    figures = {name: measured(*page) for name, page in pages.items()}
    for name, (queries, seconds) in figures.items():
        print(f"{name:20} {queries:3} queries {seconds * 1000:6.0f} ms")

    assert {name: queries for name, (queries, _seconds) in figures.items() if queries > MOST_QUERIES[name]} == {}
    assert {name: seconds for name, (_queries, seconds) in figures.items() if seconds > MOST_SECONDS} == {}


def test_reminding_a_province():
    """Of the period that is due in seven days nobody has sent anything yet."""
    province = generate_province(1, DAY)
    day = "2026-12-09"
    latest = ReportingPeriod.objects.latest("starts_on")
    latest.updates.update(status=Status.DRAFT, submitted_at=None, first_submitted_at=None)

    began, said = perf_counter(), []
    for _time in range(2):
        out = StringIO()
        call_command("send_reminders", on=date.fromisoformat(day), locality=province.slug, stdout=out)
        said.append(out.getvalue().strip())
        if len(said) == 1:
            seconds = perf_counter() - began
    print(f"reminders {seconds:.1f} s: {said[0]}")

    sent = int(said[0].removeprefix("sent "))
    assert sent >= 160  # every unit but the invited, and the coordinator
    assert said[1] == "sent 0"
    assert seconds < MOST_SECONDS_OF_REMINDERS
