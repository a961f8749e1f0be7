"""The virus scan: a real server on a real port that speaks clamd's INSTREAM, and files that wait for its word."""

import socketserver
import struct
import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse

from accounts.jobs import run_waiting
from accounts.models import Job, JobState, Notification
from accounts.tests.factories import UserFactory, login
from activities.attachments import attach, keep_file, send_file
from activities.completeness import missing_in
from activities.models import (
    Contribution,
    ContributionEvidence,
    Evidence,
    ProgressState,
    ScanState,
    lock_lifted,
    writing_at,
)
from activities.scanning import TRIES, virus_in
from activities.workflow import move

from .factories import PDF, TODAY, EvidenceFactory, make_world, moment
from .test_files import SOUND

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
MOST = 100_000  # bytes this scanner takes of a file


class Clamd(socketserver.ThreadingTCPServer):
    """As clamd answers INSTREAM: chunks with their length before them, an empty one at the end; then one line."""

    allow_reuse_address = daemon_threads = True
    answer = None  # instead of looking

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            command = self.rfile.readline()
            assert command == b"nINSTREAM\n", command
            content = b""
            while length := struct.unpack("!L", self.rfile.read(4))[0]:
                content += self.rfile.read(length)
            self.server.seen.append(content)
            self.wfile.write(self.server.answer or verdict(content))

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.Handler)
        self.seen = []


def verdict(content):
    if len(content) > MOST:
        return b"INSTREAM size limit exceeded. ERROR\n"
    return b"stream: Win.Test.EICAR_HDB-1 FOUND\n" if EICAR in content else b"stream: OK\n"


@pytest.fixture
def clamd(settings):
    with Clamd() as server:
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        settings.CLAMD_ADDRESS = f"tcp://127.0.0.1:{server.server_address[1]}"
        yield server
        server.shutdown()


@pytest.fixture
def no_clamd(settings):
    """An address where nobody listens."""
    with socketserver.TCPServer(("127.0.0.1", 0), None) as free:
        settings.CLAMD_ADDRESS = f"tcp://127.0.0.1:{free.server_address[1]}"


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def world():
    return make_world()


def add(world, content=PDF, name="bien-ban.pdf"):
    address = reverse("activities:evidence_add", args=[world.update.pk, world.activity.pk])
    file = SimpleUploadedFile(name, content)
    answer = login(world.focal_point).post(address, {"files": [file]}, headers={"X-Autosave": "1"})
    assert answer.status_code == 200, answer.content
    return Evidence.objects.get()


def opened(world, item):
    response = login(world.focal_point).get(item.get_absolute_url())
    if response.status_code == 200:
        response.getvalue()  # a file is closed once it has been read
    return response


def test_without_an_address_nothing_is_scanned(world, settings):
    settings.CLAMD_ADDRESS = ""

    item = add(world)

    assert item.scan == ScanState.NOT_SCANNED
    assert not Job.objects.exists()
    assert opened(world, item).status_code == 200


def test_a_new_file_waits_and_is_opened_by_nobody(world, clamd):
    item = add(world, SOUND["png"], "anh.png")

    assert item.scan == ScanState.WAITING
    assert Job.objects.get().started_by == world.focal_point
    assert opened(world, item).status_code == 403
    small = reverse("activities:evidence_thumbnail", args=[item.pk])
    assert login(world.focal_point).get(small).status_code == 403
    assert not clamd.seen


def test_a_clean_file_is_opened(world, clamd):
    item = add(world)

    run_waiting(moment())

    item.refresh_from_db()
    assert clamd.seen == [PDF]
    assert item.scan == ScanState.CLEAN
    assert Job.objects.get().state == JobState.DONE
    assert opened(world, item).status_code == 200


def test_a_virus_is_refused_deleted_and_told(world, clamd, django_capture_on_commit_callbacks):
    colleague = UserFactory(agency=world.agency)
    item = add(world, PDF + EICAR)
    file = item.file
    assert file.storage.exists(file.name)

    with django_capture_on_commit_callbacks(execute=True):
        run_waiting(moment())

    item.refresh_from_db()
    assert (item.scan, item.scan_note) == (ScanState.REFUSED, "Win.Test.EICAR_HDB-1")
    assert (item.file.name, item.thumbnail.name) == ("", "")
    assert not file.storage.exists(file.name)
    assert {told.person for told in Notification.objects.all()} == {world.focal_point, colleague}
    assert {told.facts["file"] for told in Notification.objects.all()} == {"bien-ban.pdf"}
    assert opened(world, item).status_code == 403


def test_a_picture_with_a_virus_loses_its_thumbnail_too(world, clamd, django_capture_on_commit_callbacks):
    clamd.answer = b"stream: Heuristics.Bad FOUND\n"
    item = add(world, SOUND["jpg"], "anh.jpg")

    with django_capture_on_commit_callbacks(execute=True):
        run_waiting(moment())

    assert not item.thumbnail.storage.exists(item.thumbnail.name)


def test_what_was_refused_proves_nothing(clamd):
    world = make_world(state=ProgressState.DONE)
    add(world, PDF + EICAR)
    assert not missing_in(world.update)

    run_waiting(moment())

    assert missing_in(world.update)


def test_a_scanner_that_cannot_be_reached_is_asked_again(world, no_clamd, clamd_later):
    item = add(world)

    run_waiting(moment())

    item.refresh_from_db()
    job = Job.objects.get()
    assert item.scan == ScanState.WAITING
    assert item.scan_note == job.error != ""
    assert (job.state, job.attempts) == (JobState.WAITING, 1)
    assert opened(world, item).status_code == 403

    clamd_later()
    run_waiting(moment() + timedelta(hours=1))

    item.refresh_from_db()
    assert (item.scan, item.scan_note) == (ScanState.CLEAN, "")


@pytest.fixture
def clamd_later(settings):
    """Begins to listen when it is called."""
    server = Clamd()

    def begin():
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        settings.CLAMD_ADDRESS = f"tcp://127.0.0.1:{server.server_address[1]}"

    yield begin
    server.server_close()


@pytest.mark.parametrize(
    "answer", [b"stream: Can't allocate memory ERROR\n", b"\n", b"nonsense\n", b"\xff\n", b"INSTREAM size ERROR\n"]
)
def test_an_answer_that_says_nothing_of_the_file_leaves_it_waiting(answer, world, clamd):
    clamd.answer = answer
    item = add(world)

    run_waiting(moment())

    item.refresh_from_db()
    assert item.scan == ScanState.WAITING
    assert item.scan_note


def test_a_file_larger_than_the_scanner_takes_waits(world, clamd):
    item = add(world, PDF + bytes(MOST))

    run_waiting(moment())

    item.refresh_from_db()
    assert item.scan == ScanState.WAITING


def test_in_the_end_it_gives_up_and_says_so(world, no_clamd):
    add(world)

    for hour in range(TRIES):
        run_waiting(moment() + timedelta(hours=2 * hour))

    assert Job.objects.get().state == JobState.FAILED
    assert Notification.objects.get().person == world.focal_point


def test_a_scan_that_comes_after_the_lock_still_counts(world, clamd):
    item = add(world)

    with writing_at(moment(30, month=9)):
        run_waiting(moment(30, month=9))

    item.refresh_from_db()
    assert item.scan == ScanState.CLEAN


def test_run_twice_it_tells_once(world, clamd):
    item = add(world, PDF + EICAR)
    run_waiting(moment())
    Job.objects.update(state=JobState.WAITING)

    run_waiting(moment())

    item.refresh_from_db()
    assert item.scan == ScanState.REFUSED
    assert Notification.objects.count() == 1
    assert len(clamd.seen) == 1


def test_a_file_taken_off_meanwhile_needs_no_scan(world, clamd):
    item = add(world)
    login(world.focal_point).post(reverse("activities:evidence_remove", args=[item.pk]))

    run_waiting(moment())

    assert Job.objects.get().state == JobState.DONE
    assert not clamd.seen


def test_a_scanner_switched_off_leaves_nobody_waiting(world, clamd, settings):
    item = add(world)
    settings.CLAMD_ADDRESS = ""

    run_waiting(moment())

    item.refresh_from_db()
    assert item.scan == ScanState.NOT_SCANNED


def test_what_was_not_saved_is_not_scanned(world, clamd):
    with pytest.raises(RuntimeError), transaction.atomic():
        kept = keep_file(SimpleUploadedFile("a.pdf", PDF), max_mb=1)
        attach(Evidence, {"progress": world.line}, upload=kept, by=world.focal_point, at=moment())
        raise RuntimeError

    assert not Job.objects.exists()


def test_other_attachments_are_scanned_and_told_likewise(world, clamd, rf):
    part = Contribution.objects.create(
        period=world.period,
        activity=world.activity,
        agency=world.agency,
        words="Phối hợp",
        by=world.focal_point,
        saved_at=moment(),
    )
    kept = keep_file(SimpleUploadedFile("a.pdf", PDF + EICAR), max_mb=1)
    row = attach(ContributionEvidence, {"contribution": part}, upload=kept, by=world.focal_point, at=moment())

    run_waiting(moment())

    row.refresh_from_db()
    assert row.scan == ScanState.REFUSED
    assert Notification.objects.get().facts == {"file": "a.pdf", "activity": world.activity.title}
    with pytest.raises(PermissionDenied, match="refused"):
        send_file(row, rf.get("/"))


def test_a_refused_file_stays_in_its_round(world, clamd):
    item = add(world)
    with lock_lifted():
        move(world.update, "submit", by=world.focal_point, at=moment())
    clamd.answer = b"stream: X FOUND\n"

    run_waiting(moment())

    assert Evidence.objects.get(pk=item.pk).is_refused


@pytest.mark.parametrize("address", ["127.0.0.1:3310", "http://clamd", "tcp://"])
def test_an_address_that_is_none_is_said(address, settings, world):
    settings.CLAMD_ADDRESS = address
    item = EvidenceFactory(progress=world.line, is_file=True, file=ContentFile(PDF, "a"))

    with pytest.raises(ImproperlyConfigured):
        virus_in(item.file)


def test_a_scanner_on_the_same_machine(world, settings, tmp_path):
    class Local(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
        seen, answer, daemon_threads = [], None, True

    with Local(str(tmp_path / "clamd"), Clamd.Handler) as server:
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        settings.CLAMD_ADDRESS = f"unix:{tmp_path / 'clamd'}"
        item = EvidenceFactory(progress=world.line, is_file=True, file=ContentFile(EICAR, "a"))

        assert virus_in(item.file) == "Win.Test.EICAR_HDB-1"
        server.shutdown()
