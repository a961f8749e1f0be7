"""The fictional province's reports: past ones issued as they were then, the present one a draft, whatever the day."""

from datetime import date, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.demo import FICTIONAL
from accounts.models import Role, User
from accounts.tests.factories import login
from activities.catalogue import load_catalogues
from activities.demo import load_minh_hoa
from activities.models import QuarterlyUpdate, Status, UpdateEvent
from agencies.models import Locality
from reports.demo import load_reports
from reports.models import FileKind, Report, ReportStatus, SealedFile
from reports.quarterly.stored import from_json
from reports.sealing.files import sealed_bytes

pytestmark = pytest.mark.django_db

DAY = date(2026, 9, 17)


def loaded(day):
    load_catalogues()
    now = timezone.make_aware(datetime(day.year, day.month, day.day, 10, 42))
    late = []
    load_minh_hoa(day, now, late=late)
    locality = Locality.objects.get(slug=FICTIONAL)
    return locality, now, load_reports(locality, now, late)


def test_two_quarters_are_issued_and_the_third_is_a_draft(clock):
    clock(DAY)
    locality, now, written = loaded(DAY)

    plan = locality.plans.get(number="12/KH-UBND")
    found = [(each.label, each.status) for each in plan.reports.order_by("due_on", "-starts_on")]
    assert found == [
        ("Quý I/2026", ReportStatus.ISSUED),
        ("Quý II/2026", ReportStatus.ISSUED),
        ("6 tháng đầu năm 2026", ReportStatus.ISSUED),
        ("Quý III/2026", ReportStatus.DRAFT),
    ]
    assert written >= 4
    assert load_reports(locality, now) == 0  # again: nothing new
    assert not Report.objects.filter(issued_on__gt=DAY).exists()

    leader = User.objects.get(agency__locality=locality, role=Role.LEADER)
    browser = login(leader)
    listed = browser.get(reverse("reports:list")).text
    for report in plan.reports.all():
        assert reverse("reports:detail", args=[report.pk]) in listed
        page = browser.get(report.get_absolute_url()).text
        for extension, begins in (("pdf", b"%PDF"), ("docx", b"PK"), ("xlsx", b"PK")):
            address = reverse(f"reports:{extension}", args=[report.pk])
            assert address.endswith(f".{extension}") and address in page
            assert browser.get(address).getvalue().startswith(begins)


def test_what_was_approved_later_is_not_in_what_was_sealed(clock):
    clock(DAY)
    locality, now, _written = loaded(DAY)

    for report in Report.objects.filter(locality=locality, status=ReportStatus.ISSUED, period__isnull=False):
        until = timezone.localtime(report.sealed_at)
        approved_then = (
            UpdateEvent.objects.filter(update__period=report.period, move="approve", at__lte=until)
            .values("update")
            .distinct()
            .count()
        )
        assert from_json(sealed_bytes(report, FileKind.DATA)).approved == approved_then > 0
    assert QuarterlyUpdate.objects.filter(status=Status.APPROVED).count() > 0
    last = UpdateEvent.objects.filter(move="approve", at__lte=now)
    assert last.filter(update__status=Status.APPROVED).count() == last.count()  # those of later, too, are approved now
    assert UpdateEvent.objects.filter(move="approve", at__gt=_first_issue(locality)).exists()
    assert not SealedFile.objects.exclude(sha256__regex="^[0-9a-f]{64}$").exists()


def _first_issue(locality):
    return Report.objects.filter(locality=locality, status=ReportStatus.ISSUED).order_by("sealed_at")[0].sealed_at


def test_what_came_late_is_approved_as_people_approve(clock):
    clock(DAY)
    load_catalogues()
    now, late = timezone.make_aware(datetime(2026, 9, 17, 10, 42)), []
    load_minh_hoa(DAY, now, late=late)
    assert late == sorted(late, key=lambda each: each.at)
    waiting = {each.update.pk for each in late}
    assert set(QuarterlyUpdate.objects.filter(pk__in=waiting).values_list("status", flat=True)) == {Status.SUBMITTED}

    load_reports(Locality.objects.get(slug=FICTIONAL), now, late)

    for each in late:
        event = UpdateEvent.objects.get(update=each.update, move="approve")
        assert (event.at, event.by, event.update.status) == (each.at, each.by, Status.APPROVED)


@pytest.mark.parametrize("day", [date(2026, 2, 3), date(2027, 1, 20)])
def test_it_lives_by_the_day_it_is_loaded_on(clock, day):
    clock(day)
    locality, _now, _written = loaded(day)

    reports = Report.objects.filter(locality=locality)
    assert reports.exists()
    assert all(each.due_on < day or each.status == ReportStatus.DRAFT for each in reports)
    assert all(each.is_issued for each in reports if each.due_on < day)
    assert all(each.begun_at.date() <= day for each in reports)
