"""Issued is sealed: what is kept, that it never changes, that nothing is ever half done, corrections."""

import hashlib
import json
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F

from accounts.jobs import run_waiting
from accounts.models import JobState, Role
from accounts.tests.factories import UserFactory, login
from activities.models import Status
from activities.tests.factories import UpdateEventFactory, make_world, moment
from reports.beginning import Subject, begin_report
from reports.models import FileKind, Report, ReportKind, ReportPart, ReportStatus, SealedFile, Signature
from reports.models.unchanging import Sealed
from reports.quarterly.stored import from_json
from reports.sealing import background, files, sealing
from reports.sealing.background import order_issue
from reports.sealing.correcting import correct_report
from reports.sealing.files import DamagedError, sealed_bytes
from reports.sealing.issue_page import check_of, stand_by, token_of
from reports.sealing.sealing import Facts, issue_report
from reports.workflow import move
from reports.writing import save_part

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

TODAY, HALF_AN_HOUR = date(2026, 6, 17), timedelta(minutes=30)
FACTS = Facts(
    number=240,
    symbol="BC-SNV",
    issued_on=TODAY,
    signing_authority="",
    signatory_title="Giám đốc",
    signatory_name="Đinh Quang Vinh",
)


@pytest.fixture
def world(clock):
    clock(TODAY)
    return with_report(make_world(Status.APPROVED))


def with_report(world):
    """The world, with `report`: approved, ready to be issued."""
    report, _is_new = begin_report(Subject(ReportKind.PLAN, world.period), by=world.coordinator, at=moment(17, 8))
    move(report, "submit", by=world.coordinator, at=moment(17, 9))
    world.report = move(report, "approve", by=world.leader, at=moment(17, 10))
    return world


def issued(world, facts=FACTS):
    world.report = issue_report(world.report, facts, by=world.coordinator, at=moment(17, 11))
    return world.report


def stored():
    """Names of all files in the store of sealed ones."""
    return set(default_storage.listdir("sealed")[1]) if default_storage.exists("sealed") else set()


# What is kept


def test_five_files_are_kept_with_their_sha256(world):
    report = issued(world)

    kept = {row.kind: row for row in report.files.all()}
    assert set(kept) == set(FileKind.values)
    for kind, row in kept.items():
        data = sealed_bytes(report, kind)
        assert (row.sha256, row.size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert kept["pdf"].file_name == "240-BC-SNV.pdf"
    assert (report.status, report.document_number, report.sealed_at) == ("issued", "240/BC-SNV", moment(17, 11))


def test_the_sealed_data_is_the_report_object_under_its_number(world):
    report = issued(world)

    built = from_json(sealed_bytes(report, FileKind.DATA))

    assert (built.check_code, built.is_draft) == (report.code, False)
    assert built.check_url.endswith(f"/check/{report.code}/")
    assert "240" in built.heading.number
    assert built.heading.signatory_name == "Đinh Quang Vinh"


def test_the_pdf_prints_number_and_check_code(world):
    import pypdfium2

    report = issued(world)

    with pypdfium2.PdfDocument(sealed_bytes(report, FileKind.PDF)) as pdf:
        words = "".join(pdf[number].get_textpage().get_text_bounded() for number in range(len(pdf)))
    assert "240/BC-SNV" in words
    assert report.code in words


def test_the_layout_is_sealed_with_its_versions(world):
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(sealed_bytes(issued(world), FileKind.TEMPLATE))) as archive:
        versions = json.loads(archive.read("versions.json"))
        names = set(archive.namelist())

    assert {"layout", "weasyprint", "python-docx"} <= set(versions)
    assert {"pdf/body.html", "pdf/paper.css"} <= names


def test_later_corrections_of_updates_do_not_touch_it(world):
    report = issued(world)
    before = {kind: sealed_bytes(report, kind) for kind in FileKind.values}

    world.line.quantity_done = 999
    world.line.save()
    world.update.results = "Khác hẳn."
    world.update.save()

    assert {kind: sealed_bytes(report, kind) for kind in FileKind.values} == before


def test_it_is_told_and_recorded(world):
    report = issued(world)

    event = report.events.get(step="issue")
    assert (event.by, event.before, event.after) == (world.coordinator, "approved", "issued")


# Who, and when


@pytest.mark.parametrize("status", [each for each in ReportStatus if each != ReportStatus.APPROVED])
def test_only_what_was_approved_is_issued(world, status):
    if status != ReportStatus.ISSUED:
        Report.objects.filter(pk=world.report.pk).update(status=status)
        world.report.refresh_from_db()
    else:
        issued(world)
    before = stored()

    with pytest.raises(PermissionDenied):
        issued(world)

    assert stored() == before


@pytest.mark.parametrize("who", ["leader", "administrator", "focal_point"])
def test_nobody_else_issues_it(world, who):
    with pytest.raises(PermissionDenied):
        issue_report(world.report, FACTS, by=getattr(world, who), at=moment(17, 11))

    assert (stored(), Report.objects.get().status) == (set(), "approved")


@pytest.mark.parametrize(
    "day, said", [(date(2026, 6, 18), "cannot lie ahead"), (date(2026, 6, 16), "approved on 17/06/2026")]
)
def test_the_day_of_issue_is_not_ahead_nor_before_the_approval(world, day, said):
    with pytest.raises(ValidationError, match=said):
        issued(world, FACTS._replace(issued_on=day))

    assert (Report.objects.get().status, stored()) == ("approved", set())


# What nobody stands by


def test_an_update_approved_meanwhile_is_sealed_only_when_somebody_stands_by_it(world):
    UpdateEventFactory(update=world.update, move="approve", status=Status.APPROVED, at=moment(17, 10) + HALF_AN_HOUR)

    with pytest.raises(ValidationError, match="1 update was approved after leadership had approved"):
        issued(world)
    assert (Report.objects.get().status, stored()) == ("approved", set())

    check = check_of(world.report, TODAY)
    tokens = [token_of(each) for each in check.to_confirm]
    stand_by(world.report, check, tokens, by=world.coordinator, at=moment(17, 11))
    assert issued(world).is_issued


def test_a_report_with_an_empty_part_is_not_issued(world):
    world.report.parts.filter(code="I").update(body="")

    with pytest.raises(ValidationError, match="Part I is still empty"):
        issued(world)

    assert (Report.objects.get().status, stored()) == ("approved", set())


def test_a_number_is_given_once_a_year(world):
    other = with_report(make_world(Status.APPROVED, locality=world.locality))
    other.report.agency = world.report.agency
    Report.objects.filter(pk=other.report.pk).update(agency=world.report.agency)
    type(other.plan).objects.filter(pk=other.plan.pk).update(coordinating_agency=world.report.agency)
    issued(world)
    before = stored()

    with pytest.raises(ValidationError, match="another report as 240/BC-SNV in 2026"):
        issue_report(Report.objects.get(pk=other.report.pk), FACTS, by=world.coordinator, at=moment(17, 12))

    assert stored() == before
    assert Report.objects.get(pk=other.report.pk).status == "approved"


# Nothing is half done


@pytest.mark.parametrize("place", ["make_files", "write", "rows_of", "move"])
def test_a_fault_anywhere_leaves_it_approved(world, monkeypatch, place):
    def fault(*_given, **_facts):
        raise OSError("the disk is full")

    monkeypatch.setattr(files if place == "write" else sealing, place, fault)

    with pytest.raises(OSError, match="the disk is full"):
        issued(world)

    report = Report.objects.get()
    assert (report.status, report.number, report.code, report.sealed_at) == ("approved", None, "", None)
    assert not SealedFile.objects.exists()
    assert not report.events.filter(step="issue").exists()
    assert stored() == set()


def test_the_last_file_that_cannot_be_written_takes_the_others_away(world, monkeypatch):
    real, seen = files.write, []

    def fourth_fails(data):
        seen.append(data)
        if len(seen) == 4:
            raise OSError("the disk is full")
        return real(data)

    monkeypatch.setattr(files, "write", fourth_fails)

    with pytest.raises(OSError, match="the disk is full"):
        issued(world)

    assert (len(seen), stored()) == (4, set())


def test_what_was_changed_while_it_was_being_sealed_is_not_issued(world, monkeypatch):
    real = sealing.make_files

    def somebody_saves(*given):
        ReportPart.objects.filter(report=world.report).update(version=F("version") + 1)
        return real(*given)

    monkeypatch.setattr(sealing, "make_files", somebody_saves)

    with pytest.raises(ValidationError, match="changed while it was being sealed"):
        issued(world)

    assert (Report.objects.get().status, stored()) == ("approved", set())


def test_in_the_background_it_is_issued_once(world):
    first = order_issue(world.report, FACTS, by=world.coordinator, then_seal=False)
    second = order_issue(world.report, FACTS, by=world.coordinator, then_seal=False)

    run_waiting()

    first.refresh_from_db()
    assert first == second
    assert first.state == JobState.DONE
    assert "240/BC-SNV" in first.outcome
    assert Report.objects.get().status == "issued"
    assert SealedFile.objects.count() == len(FileKind)


def test_in_the_background_a_refusal_is_said(world):
    job = order_issue(world.report, FACTS, by=world.leader, then_seal=False)

    run_waiting()

    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert job.error
    assert Report.objects.get().status == "approved"


def test_what_was_written_after_the_order_is_not_issued_unread(world):
    """An agency's own report is a draft until it is issued."""
    own, _is_new = begin_report(Subject(ReportKind.AGENCY, world.period), by=world.focal_point, at=moment(17, 8))
    job = order_issue(own, FACTS._replace(symbol="BC-X"), by=world.focal_point, then_seal=False)
    part = own.parts.get(code="I")
    save_part(part, "Viết thêm sau khi đặt lệnh.", version=part.version, by=world.focal_point, at=moment(17, 10))

    run_waiting()

    job.refresh_from_db()
    assert (job.state, Report.objects.get(pk=own.pk).status, stored()) == (JobState.FAILED, "draft", set())
    assert "đã bị sửa trong lúc niêm phong" in job.error  # in the language of the person
    assert order_issue(own, FACTS._replace(symbol="BC-X"), by=world.focal_point, then_seal=False) != job
    run_waiting()
    assert Report.objects.get(pk=own.pk).is_issued


def test_who_orders_what_was_just_done_is_given_that_job(world, monkeypatch):
    """Both saw no job; the other one's has ended by now."""
    monkeypatch.setattr(background, "last_job", lambda _report: None)
    first = order_issue(world.report, FACTS, by=world.coordinator, then_seal=False)
    run_waiting()

    assert order_issue(world.report, FACTS, by=world.coordinator, then_seal=False) == first


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_issue_it_once(world):
    from threading import Barrier, Thread

    from django.db import connections

    gate, came = Barrier(2), []

    def click():
        try:
            gate.wait(10)
            came.append(issue_report(Report.objects.get(), FACTS, by=world.coordinator, at=moment(17, 11)).status)
        except (PermissionDenied, ValidationError) as error:
            came.append(type(error).__name__)
        finally:
            connections.close_all()

    clicks = [Thread(target=click) for _n in range(2)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()

    assert sorted(came)[-1] == "issued"
    assert came.count("issued") == 1
    assert SealedFile.objects.count() == len(FileKind)
    assert len(stored()) == len(FileKind)


# It never changes


def rows(world):
    issued(world)
    Signature.objects.create(
        report=world.report,
        way="uploaded",
        is_accepted=False,
        file_name="x.pdf",
        size=1,
        sha256="0" * 64,
        by=world.coordinator,
        by_name="x",
        at=moment(17, 12),
    )
    return {
        "report": Report.objects.get(),
        "file": SealedFile.objects.filter(kind="pdf").get(),
        "signature": Signature.objects.get(),
    }


@pytest.mark.parametrize("which", ["report", "file", "signature"])
@pytest.mark.parametrize(
    "act",
    [
        lambda row: row.save(),
        lambda row: row.delete(),
        lambda row: type(row).objects.filter(pk=row.pk).update(pk=F("pk")),
        lambda row: type(row).objects.filter(pk=row.pk).delete(),
        lambda row: type(row).objects.bulk_update([row], ["number" if hasattr(row, "number") else "sha256"]),
    ],
    ids=["save", "delete", "update", "delete many", "bulk update"],
)
def test_a_sealed_row_is_refused_by_the_model(world, which, act):
    row = rows(world)[which]

    with pytest.raises(Sealed), transaction.atomic():
        act(row)


STATEMENTS = {
    "report": "UPDATE reports_report SET number = 1 WHERE id = %s",
    "report opened": "UPDATE reports_report SET status = 'draft' WHERE id = %s",
    "report gone": "DELETE FROM reports_report WHERE id = %s",
    "file": "UPDATE reports_sealedfile SET sha256 = sha256 WHERE id = %s",
    "file gone": "DELETE FROM reports_sealedfile WHERE id = %s",
    "signature": "UPDATE reports_signature SET signer = 'x' WHERE id = %s",
    "signature gone": "DELETE FROM reports_signature WHERE id = %s",
}


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_sealed_row_is_refused_by_the_database(world, statement):
    row = rows(world)[statement.split()[0]]

    with pytest.raises(DatabaseError, match="sealed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STATEMENTS[statement], [row.pk])


def test_a_report_that_is_not_issued_still_moves(world):
    assert move(world.report, "reopen", by=world.coordinator, at=moment(17, 11)).status == "draft"


def test_every_guard_stands_in_the_database():
    """A later migration that builds one of these tables anew on SQLite loses its triggers: run `seal` again there."""
    from importlib import import_module

    tables = {
        *import_module("reports.migrations.0003_sealed_rows_stay").TABLES,
        import_module("reports.migrations.0006_signers_confirmed").TABLE,
    }
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'sealed_%%'")
            expected = {f"sealed_{table}" for table in tables}
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'sealed_%%'")
            expected = {f"sealed_{table}_{act}" for table in tables for act in ("update", "delete")}
        assert {name for (name,) in cursor.fetchall()} == expected
    sealed = ("report", "sealedfile", "signature", "signercheck")
    assert tables == {apps.get_model("reports", name)._meta.db_table for name in sealed}


# Damage is said, never served


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_damaged_file_is_not_handed_out(world, damage):
    row = issued(world).files.get(kind="pdf")
    if damage == "gone":
        default_storage.delete(row.file.name)
    else:
        with open(row.file.path, "r+b") as file:
            file.seek(100)
            file.write(b"x")

    with pytest.raises(DamagedError):
        sealed_bytes(world.report, FileKind.PDF)


# Corrections


def correction_of(world, reason="Xã Hải Tiến nhập 152, đúng là 52."):
    return correct_report(world.report, by=world.coordinator, at=moment(17, 13), reason=reason)


def test_a_correction_is_the_next_version_with_its_text(world):
    part = world.report.parts.order_by("position").first()
    ReportPart.objects.filter(pk=part.pk).update(body="Đã sửa tay.", edited_at=moment(17, 9))
    report = issued(world)

    correction = correction_of(world)

    assert (correction.ordinal, correction.replaces, correction.status) == (2, report, "draft")
    assert correction.parts.order_by("position").first().body == "Đã sửa tay."
    assert correction.parts.count() == report.parts.count()
    assert (correction.number, correction.code, correction.sealed_at) == (None, "", None)
    assert Report.objects.get(pk=report.pk).is_issued


def test_a_correction_says_why_and_is_begun_once(world):
    issued(world)

    with pytest.raises(ValidationError):
        correction_of(world, reason="  ")
    correction_of(world)
    with pytest.raises(PermissionDenied):
        correction_of(world)

    assert Report.objects.count() == 2


def test_what_is_not_issued_is_not_corrected(world):
    with pytest.raises(PermissionDenied):
        correction_of(world)


def test_a_correction_says_what_differs(world):
    first = issued(world)
    correction = correction_of(world)
    part = correction.parts.order_by("position").first()
    ReportPart.objects.filter(pk=part.pk).update(body="Câu này mới được sửa.", edited_at=moment(17, 14))
    move(correction, "submit", by=world.coordinator, at=moment(17, 14))
    correction = move(correction, "approve", by=world.leader, at=moment(17, 15))

    issue_report(correction, FACTS._replace(number=241), by=world.coordinator, at=moment(17, 16))

    built = from_json(sealed_bytes(correction, FileKind.DATA))
    assert first.document_number in built.replaces
    assert any("Câu này mới được sửa." in each.after for each in built.differences)
    assert from_json(sealed_bytes(first, FileKind.DATA)).differences == ()


def test_a_correction_of_damaged_data_is_not_issued(world):
    first = issued(world)
    correction = correction_of(world)
    move(correction, "submit", by=world.coordinator, at=moment(17, 14))
    correction = move(correction, "approve", by=world.leader, at=moment(17, 15))
    default_storage.delete(first.files.get(kind="data").file.name)

    with pytest.raises(DamagedError):
        issue_report(correction, FACTS._replace(number=241), by=world.coordinator, at=moment(17, 16))

    assert Report.objects.get(pk=correction.pk).status == "approved"


# An agency's own report


def test_an_agency_issues_its_own_report_without_leadership(world):
    report, _is_new = begin_report(Subject(ReportKind.AGENCY, world.period), by=world.focal_point, at=moment(17, 8))

    done = issue_report(report, FACTS._replace(symbol="BC-X"), by=world.focal_point, at=moment(17, 11))

    assert (done.status, done.agency) == ("issued", world.agency)


def test_the_database_refuses_a_report_issued_without_its_seal(world):
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.filter(pk=world.report.pk).update(status="issued")


def test_of_another_locality_nobody_issues(world):
    stranger = UserFactory(role=Role.COORDINATOR)

    with pytest.raises(PermissionDenied):
        issue_report(world.report, FACTS, by=stranger, at=moment(17, 11))
    assert login(stranger).get(f"/reports/{world.report.pk}/issue/").status_code == 404
