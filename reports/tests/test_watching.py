"""Sealed files watched over: compared every night, told once; what an issuing left behind goes, nothing else."""

import os
import time
from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from accounts import timetable
from accounts.jobs import order, run_waiting
from accounts.models import Job, JobState, Notification, Role
from accounts.tests.factories import UserFactory, login
from activities.tests.factories import ReportingPeriodFactory, make_world, moment
from plans.tests.factories import PlanFactory
from reports import watching
from reports.models import Comparison, Damage, DamageKind, FileKind, SealedFile
from reports.watching import clear_left_behind, compare_all

from .rows import ReportFactory, SealedFileFactory, SignatureFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

DAY = date(2026, 6, 25)
NIGHT, QUIET_NIGHT = 13, 8


@pytest.fixture(autouse=True)
def june(clock):
    clock(DAY)


@pytest.fixture
def world():
    """`report`, issued, with `pdf` and `signed` among its six kept files."""
    world = make_world()
    world.report = ReportFactory(period=world.period, is_issued=True, number=240, begun_by=world.coordinator)
    files = {kind: SealedFileFactory(report=world.report, kind=kind) for kind in FileKind.values}
    world.pdf, world.signed = files["pdf"], SignatureFactory(report=world.report)
    return world


def overwrite(row, data):
    with open(row.file.path, "wb") as file:
        file.write(data)


def told(person):
    return list(Notification.objects.filter(person=person).order_by("pk").values_list("facts__step", flat=True))


def test_all_kept_files_of_a_locality_are_compared_in_pieces(world, monkeypatch):
    monkeypatch.setattr("reports.kept.PIECE", 3)
    SealedFileFactory(report=ReportFactory(is_issued=True))  # of another locality
    SignatureFactory(report=world.report, is_accepted=False, file="")
    steps = []

    done = compare_all(world.locality, at=moment(25), step=lambda *step: steps.append(step))

    assert (done.files, done.damaged) == (6, 0)
    assert steps == [(n, 6) for n in range(1, 7)]
    assert not Damage.objects.exists() and not Notification.objects.exists()


@pytest.mark.parametrize("name", ["pdf", "signed"])
def test_an_altered_file_is_found_told_once_and_said_to_be_whole_again(world, name):
    row = getattr(world, name)
    with row.file.open() as file:
        before = file.read()
    page = world.report.get_absolute_url()
    overwrite(row, before[:-1] + b"!")

    for night in (25, 26):
        assert compare_all(world.locality, at=moment(night)).damaged == 1
    damage = Damage.objects.get()
    assert (damage.kind, damage.report, damage.file_name) == (DamageKind.ALTERED, world.report, row.file_name)
    assert told(world.coordinator) == told(world.administrator) == ["damaged"]
    assert told(world.leader) == told(world.focal_point) == []
    notification = Notification.objects.filter(person=world.administrator).get()
    assert notification.url == page and notification.facts["number"] == world.report.document_number
    assert f"“{row.file_name}”: no longer what was sealed." in login(world.leader).get(page).text

    overwrite(row, before)
    assert compare_all(world.locality, at=moment(27)).damaged == 0
    assert told(world.coordinator) == ["damaged", "whole"]
    text = login(world.leader).get(page).text
    assert "no longer what was sealed" not in text and "All are as they were sealed." in text

    overwrite(row, b"another time")
    compare_all(world.locality, at=moment(28))
    assert told(world.coordinator) == ["damaged", "whole", "damaged"]


def test_a_file_that_is_gone_or_cannot_be_read_is_found(world, monkeypatch):
    default_storage.delete(world.pdf.file.name)
    os.remove(world.signed.file.path)
    os.mkdir(world.signed.file.path)

    assert compare_all(world.locality, at=moment(25)).damaged == 2

    assert set(Damage.objects.values_list("kind", flat=True)) == {DamageKind.MISSING, DamageKind.UNREADABLE}
    assert told(world.coordinator) == ["damaged"]
    assert Notification.objects.filter(person=world.coordinator).get().facts["n"] == 2


def test_nobody_of_another_locality_hears_of_it(world):
    elsewhere = UserFactory(role=Role.ADMINISTRATOR)
    overwrite(world.pdf, b"x")

    compare_all(world.locality, at=moment(25))

    assert told(elsewhere) == []


def test_the_clock_orders_it_for_each_locality_once_a_night(world, clock):
    from agencies import clock as portal_clock

    overwrite(world.pdf, b"x")
    at_night = portal_clock.now().replace(hour=3, minute=1)
    timetable.order_due(at_night)
    timetable.order_due(at_night)

    assert Job.objects.filter(kind=watching.KIND).count() == 1 == Job.objects.filter(kind=watching.LEFT_BEHIND).count()
    run_waiting()
    job = Job.objects.get(kind=watching.KIND)
    assert (job.state, job.locality, job.total) == (JobState.DONE, world.locality, 6)
    assert job.outcome == "1/6 tệp không còn đúng như khi niêm phong."
    assert Comparison.objects.get().damaged == 1


@pytest.mark.parametrize("damaged", [1, 6])
def test_what_is_found_is_written_and_told_in_as_many_queries(world, damaged, django_assert_num_queries):
    plans = [PlanFactory(locality=world.locality) for _each in range(damaged)]
    reports = [ReportFactory(period=ReportingPeriodFactory(plan=plan), is_issued=True) for plan in plans]
    files = [SealedFileFactory(report=report) for report in reports]
    numbers = ", ".join(report.document_number for report in reports[:3]) + (" …" if damaged > 3 else "")
    for row in files:
        overwrite(row, b"x")

    with django_assert_num_queries(NIGHT):
        assert compare_all(world.locality, at=moment(25)).damaged == damaged
    with django_assert_num_queries(QUIET_NIGHT):
        compare_all(world.locality, at=moment(26))
    for row in files:
        default_storage.delete(row.file.name)
    with django_assert_num_queries(QUIET_NIGHT + 1):
        compare_all(world.locality, at=moment(27))

    assert set(Damage.objects.values_list("kind", "found_at")) == {("missing", moment(25))}
    facts = Notification.objects.filter(person=world.coordinator).get().facts
    assert (facts["n"], facts["number"]) == (damaged, numbers)


def test_a_damage_is_of_the_report_its_file_is_of(world):
    for row in (world.pdf, world.signed):
        damage = Damage.found(row, DamageKind.MISSING, moment(25))
        assert (damage.report_id, damage.of) == (world.report.pk, row)


def signs_of(person):
    return {sign.name: sign for sign in login(person).get(reverse("accounts:jobs")).context["signs"]}


def health_of(person):
    return signs_of(person)["Sealed files"]


def clearing_of(person):
    return signs_of(person)["Files an issuing left behind"]


def test_the_administrator_reads_it_among_the_state_of_health(world, clock):
    assert health_of(world.administrator)[1:] == ("not compared yet", "they are compared every night", False)
    compare_all(world.locality, at=moment(25))
    assert health_of(world.administrator)[1:] == ("6 whole", "compared at 09:00, 25/06/2026", True)

    overwrite(world.pdf, b"x")
    compare_all(world.locality, at=moment(25))
    sign = health_of(world.administrator)
    assert (sign.value, sign.is_well) == ("1 not what was sealed", False)
    assert sign.detail == f"{world.report.document_number}: {world.pdf.file_name}"

    with open(world.pdf.file.path, "wb") as file:
        file.write(b"%PDF-1.7 sealed")
    compare_all(world.locality, at=moment(25))
    clock(DAY + timedelta(days=4))
    assert not health_of(world.administrator).is_well  # nobody has compared for days


def test_an_old_comparison_is_let_go(world):
    compare_all(world.locality, at=moment(1) - timedelta(days=400))
    compare_all(world.locality, at=moment(25))

    assert Comparison.objects.count() == 1


@pytest.mark.parametrize(
    "facts",
    [{"sealed_file": None}, {"kind": "?"}, {}],
    ids=["of no file", "of an unknown kind", "twice"],
)
def test_the_database_keeps_damages_sound(world, facts):
    of = {"report": world.report, "sealed_file": world.pdf, "kind": "altered", "found_at": moment(25)}
    Damage.objects.create(**of)

    with pytest.raises(IntegrityError), transaction.atomic():
        Damage.objects.create(**{**of, **({} if not facts else {"sealed_file": other(world)}), **facts})


def other(world):
    return SealedFile.objects.filter(report=world.report, kind="docx").get()


def test_no_more_damaged_than_compared(world):
    with pytest.raises(IntegrityError), transaction.atomic():
        Comparison.objects.create(locality=world.locality, at=moment(25), files=1, damaged=2)


# What an issuing left behind


def left_behind(days, name="sealed/orphan"):
    """A file that no row names, written so many days ago by the machine's clock."""
    name = default_storage.save(name, ContentFile(b"half an issue"))
    aged(name, days)
    return name


def aged(name, days):
    then = time.time() - days * 86400
    os.utime(default_storage.path(name), (then, then))


def test_what_no_row_names_goes_after_a_day_and_nothing_else(world):
    old, young = left_behind(1.1), left_behind(0.9)
    elsewhere = left_behind(9, "signing/orphan")
    named = [row.file.name for row in (*world.report.files.all(), world.signed)]
    for name in named:
        aged(name, 9)

    assert clear_left_behind() == 1

    assert not default_storage.exists(old)
    assert all(default_storage.exists(name) for name in (young, elsewhere, *named))


def test_without_the_database_nothing_is_removed(world, monkeypatch):
    name = left_behind(2)

    class Gone:
        def filter(self, **_asked):
            raise DatabaseError("gone")

    monkeypatch.setattr(watching.Signature, "objects", Gone())
    with pytest.raises(DatabaseError):
        clear_left_behind()

    assert default_storage.exists(name)


def test_before_anything_was_sealed_there_is_nothing_to_clear():
    assert clear_left_behind() == 0


def test_so_many_that_the_database_must_be_wrong_stay_and_the_administrator_reads_why(world, monkeypatch):
    monkeypatch.setattr(watching, "MOST_AT_ONCE", 2)
    names = [left_behind(2) for _each in range(3)]
    order(watching.LEFT_BEHIND, by=None, locality=None, day="2026-06-25")
    run_waiting()

    assert all(default_storage.exists(name) for name in names)
    assert Job.objects.get(kind=watching.LEFT_BEHIND).state == JobState.FAILED
    sign = clearing_of(world.administrator)
    assert (sign.value, sign.is_well) == ("not cleared away", False)
    assert sign.detail.startswith("Có 3 tệp trong kho không thuộc báo cáo nào.")


def test_a_clearing_that_failed_does_not_hide_a_damaged_file(world, monkeypatch):
    monkeypatch.setattr(watching, "MOST_AT_ONCE", 0)
    left_behind(2)
    order(watching.LEFT_BEHIND, by=None, locality=None, day="2026-06-25")
    run_waiting()
    overwrite(world.pdf, b"x")
    compare_all(world.locality, at=moment(25))

    assert health_of(world.administrator).value == "1 not what was sealed"
    assert clearing_of(world.administrator).value == "not cleared away"


def test_the_administrator_reads_what_was_cleared_away(world, clock):
    def cleared():
        order(watching.LEFT_BEHIND, by=None, locality=None, day="2026-06-25")
        run_waiting()
        return clearing_of(world.administrator)

    assert clearing_of(world.administrator)[1:] == ("not looked for yet", "they are cleared away every night", True)
    sign = cleared()
    assert (sign.value, sign.is_well) == ("none", True) and sign.detail.endswith("25/06/2026")
    left_behind(2)
    assert cleared().value == "Đã dọn 1 tệp."
    clock(DAY + timedelta(days=4))
    assert not clearing_of(world.administrator).is_well  # nobody has looked for days
