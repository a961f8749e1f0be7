"""The package of a dossier: what is in it, that it can be checked, and that it is never held in memory."""

import hashlib
import io
import subprocess
import tracemalloc
import zipfile
from datetime import date
from pathlib import PurePosixPath

import pypdf
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.jobs import run_waiting
from accounts.models import JobState
from accounts.tests.factories import JobFactory
from activities.models import Evidence, EvidenceKind, ReportingPeriod, ScanState, Status
from activities.tests.factories import TODAY, EvidenceFactory, make_world, moment
from plans.tests.factories import PlanFileFactory
from reports.dossier import packing
from reports.dossier.packing import INDEX, MANIFEST, entry_name, folder_name, order_package, pack
from reports.dossier.page import build_page, with_documents
from reports.models import Dossier

from .rows_of_dossiers import CriterionFactory, DossierFactory, tagged

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def world():
    world = make_world(Status.APPROVED)
    world.dossier = DossierFactory(plan=world.plan, begun_by=world.coordinator)
    world.criterion = criterion_of(world, code="1", title="Cổng, trang thông tin điện tử")
    return world


def criterion_of(world, **facts):
    kept = {"formula": "all_or_nothing", "measure": "evidence_there", "floor": None}
    return CriterionFactory(set=world.dossier.criteria, **kept, **facts)


def file_of(world, data, name="biên bản.pdf", **facts):
    """A piece of evidence whose file holds `data`."""
    digest = hashlib.sha256(data).hexdigest()
    kept = {"sha256": digest, "size": len(data), "file_name": name, **facts}
    return EvidenceFactory(progress=world.line, is_file=True, file=ContentFile(data, "x"), **kept)


def page_of(world):
    dossier = with_documents(Dossier.objects.filter(pk=world.dossier.pk)).select_related("plan", "criteria").get()
    return build_page(dossier, list(ReportingPeriod.objects.filter(plan=world.plan)), today=TODAY)


def packed(world):
    """(the package opened, what became of each piece)."""
    file = io.BytesIO()
    items = pack(page_of(world), file, today=TODAY)
    return zipfile.ZipFile(file), items


def manifest_of(package):
    lines = package.read(MANIFEST).decode().splitlines()
    return {path: digest for digest, path in (line.split("  ", 1) for line in lines)}


def test_a_folder_for_each_criterion_and_a_manifest_of_everything(world):
    tagged(world.dossier, world.criterion, file_of(world, b"%PDF-1 mot", caption="Ảnh chụp tin bài"))
    other = criterion_of(world, code="2", title="Hội nghị")
    tagged(world.dossier, other, file_of(world, b"%PDF-1 hai"))

    package, items = packed(world)

    names = package.namelist()
    assert "1 Cổng, trang thông tin điện tử/0001 Ảnh chụp tin bài.pdf" in names
    assert "2 Hội nghị/0001 biên bản.pdf" in names
    assert package.testzip() is None
    assert sorted(manifest_of(package)) == sorted(set(names) - {MANIFEST})
    for path, digest in manifest_of(package).items():
        assert hashlib.sha256(package.read(path)).hexdigest() == digest
    assert [each.problem for each in items] == ["", ""]
    assert package.read(INDEX).startswith(b"%PDF")


def test_the_manifest_is_what_sha256sum_checks(world, tmp_path):
    tagged(world.dossier, world.criterion, file_of(world, b"%PDF-1 mot", caption="Tin; bài \\ $(rm) 'x' *"))
    packed(world)[0].extractall(tmp_path)

    checked = subprocess.run(["sha256sum", "-c", MANIFEST], cwd=tmp_path, capture_output=True, text=True)

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout.count(": OK") == 2


def test_a_file_that_is_there_twice_is_packed_once(world):
    same, other = file_of(world, b"%PDF-1 x"), criterion_of(world, code="2", title="Hội nghị")
    for criterion in (world.criterion, other):
        tagged(world.dossier, criterion, same)

    package, items = packed(world)

    assert len([name for name in package.namelist() if name.endswith("biên bản.pdf")]) == 1
    assert items[0].where == items[1].where
    assert items[0].where in package.read("2 Hội nghị/Tệp ở thư mục khác.txt").decode("utf-8-sig")


def test_links_are_listed(world):
    link = EvidenceFactory(progress=world.line, caption="Tin trên cổng")
    tagged(world.dossier, world.criterion, link)

    package, items = packed(world)

    assert link.url in package.read("1 Cổng, trang thông tin điện tử/Đường dẫn.txt").decode("utf-8-sig")
    assert items[0].where == link.url


def test_what_is_missing_altered_or_not_scanned_is_listed_and_nothing_breaks(world):
    gone, altered, waiting, good = (file_of(world, data) for data in (b"1", b"2", b"3", b"4"))
    default_storage.delete(gone.file.name)
    Evidence.objects.filter(pk=altered.pk).update(sha256="0" * 64)
    Evidence.objects.filter(pk=waiting.pk).update(scan=ScanState.WAITING)
    for item in (gone, altered, waiting, good):
        tagged(world.dossier, world.criterion, item)

    package, items = packed(world)

    assert [each.problem for each in items] == [packing.MISSING, packing.ALTERED, packing.NOT_SCANNED, ""]
    assert items[1].sha256 == hashlib.sha256(b"2").hexdigest()  # of what is in the package
    assert package.testzip() is None
    assert {each.where for each in items if each.where} <= {*package.namelist()}


class Broken(io.BytesIO):
    """A file on a disk that fails after the first piece."""

    def read(self, *_size):
        if self.tell():
            raise OSError("I/O error")
        return super().read(4)


def test_a_file_that_breaks_off_is_said_to_be_broken(world, monkeypatch):
    tagged(world.dossier, world.criterion, file_of(world, b"12345678"))
    monkeypatch.setattr(default_storage, "open", lambda *_args: Broken(b"12345678"))

    package, items = packed(world)

    assert items[0].problem == packing.CUT_OFF
    assert hashlib.sha256(package.read(items[0].where)).hexdigest() == manifest_of(package)[items[0].where]


def test_the_signed_plan_goes_where_it_is_wanted(world):
    kept = PlanFileFactory(plan=world.plan)
    world.criterion.wants_plan = True
    world.criterion.save()

    _package, items = packed(world)

    assert [(each.title, each.source) for each in items] == [(kept.file_name, "Kế hoạch")]


@pytest.mark.parametrize(
    "title, name",
    [
        ("../../etc/passwd", "x.pdf"),
        ("..\\..\\windows\\system32", "x.pdf"),
        ("C:evil", "/abs/x.pdf"),
        ("a\nb\u202egnp", "x.pdf"),
        ("ế" * 400, "x.pdf"),
        ("   . ", "x.pdf"),
        ("CON", "con.pdf"),
    ],
)
def test_no_name_leads_out_of_its_folder(title, name):
    item = packing.Item("1", "1 Một", title, "", name, "", "")
    written = entry_name(7, item)

    assert written == PurePosixPath(written).name
    assert written.startswith("0007 ") and written.endswith(".pdf")
    assert not {*written} & {*'\\/:*?"<>|\n\u202e'}
    assert len(written.encode()) <= 180


def test_a_number_or_a_day_in_a_title_is_no_extension(world):
    world.criterion.code, world.criterion.title = "1.3.2", "Cổng, trang thông tin điện tử"
    item = packing.Item("1", "1", "Tin ngày 5.9 tại xã Mường Lai", "", "IMG.0001.jpg", "", "")

    assert folder_name(world.criterion) == "1.3.2 Cổng, trang thông tin điện tử"
    assert entry_name(3, item) == "0003 Tin ngày 5.9 tại xã Mường Lai.jpg"


def test_a_folders_name_is_bounded_and_safe(world):
    world.criterion.title = "../" + "Cổng thông tin " * 30

    assert "/" not in folder_name(world.criterion)
    assert len(folder_name(world.criterion).encode()) <= packing.FOLDER_BYTES


def many(world, number, data):
    """`number` pieces of evidence, each a file of its own that holds `data` and its number."""
    rows = []
    for n in range(number):
        content = data + str(n).encode()
        path = default_storage.save(f"evidence/{n}", ContentFile(content))
        facts = {"file_name": f"ảnh {n}.jpg", "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        facts |= {"added_by": world.focal_point, "added_at": moment(), "kind": EvidenceKind.FILE}
        rows.append(Evidence(progress=world.line, file=path, caption=f"Ảnh hội nghị {n}", **facts))
    for item in Evidence.objects.bulk_create(rows):
        tagged(world.dossier, world.criterion, item)


def peak_of_packing(world, tmp_path, monkeypatch):
    """The most Python memory that copying took, without the index, in MB."""
    monkeypatch.setattr(packing, "dossier_pdf", lambda paper: b"%PDF-1")
    page = page_of(world)
    with open(tmp_path / "package.zip", "w+b") as file:
        tracemalloc.start()
        pack(page, file, today=TODAY)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak / 1024 / 1024


def test_2000_files_stream(world, tmp_path, monkeypatch):
    many(world, 2000, b"x" * 20_000)

    peak = peak_of_packing(world, tmp_path, monkeypatch)

    with zipfile.ZipFile(tmp_path / "package.zip") as package:
        assert len(package.namelist()) == 2002
    assert peak < 20  # 40 MB of files


def test_large_files_stream(world, tmp_path, monkeypatch):
    many(world, 8, b"x" * 20_000_000)

    assert peak_of_packing(world, tmp_path, monkeypatch) < 6  # 160 MB of files, 20 MB each
    assert (tmp_path / "package.zip").stat().st_size > 160_000_000


def test_the_number_of_queries_does_not_grow(world, monkeypatch):
    monkeypatch.setattr(packing, "dossier_pdf", lambda paper: b"%PDF-1")
    counts = []
    for _more in range(2):
        many(world, 10, b"x")
        with CaptureQueriesContext(connection) as queries:
            pack(page_of(world), io.BytesIO(), today=TODAY)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_the_index_lists_every_file_with_its_hash(world):
    piece = file_of(world, b"%PDF-1 mot", caption="Ảnh chụp tin bài số 7")
    tagged(world.dossier, world.criterion, piece)

    index = packed(world)[0].read(INDEX)

    assert len(pypdf.PdfReader(io.BytesIO(index)).pages) == 2
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=index, capture_output=True).stdout.decode()
    assert "Ảnh chụp tin bài" in text
    assert piece.sha256[:12] in text
    assert "chưa đối chiếu" in " ".join(text.split())


def test_the_job_leaves_the_package_to_whoever_asked(world):
    tagged(world.dossier, world.criterion, file_of(world, b"%PDF-1 mot"))
    job = order_package(world.dossier, by=world.leader)

    run_waiting(moment(), kind=packing.KIND)

    job.refresh_from_db()
    assert job.state == JobState.DONE, job.error
    assert job.file_name == f"ho-so-kiem-chung-2026-{world.dossier.pk}-ban-thu.zip"
    assert (job.done, job.total) == (2, 2)
    with job.file.open("rb") as file, zipfile.ZipFile(file) as package:
        assert MANIFEST in package.namelist()
    assert not [name for name in default_storage.listdir("")[1] if name.startswith("package-")]


def test_a_package_being_made_is_not_ordered_twice(world):
    first = order_package(world.dossier, by=world.leader)

    assert order_package(world.dossier, by=world.leader) == first
    assert order_package(world.dossier, by=world.coordinator) != first


def test_a_job_keeps_an_open_file_as_it_keeps_bytes(world, tmp_path):
    from django.core.files import File

    job = JobFactory(started_by=world.leader, state=JobState.RUNNING, leased_until=moment(), started_at=moment())
    (tmp_path / "x").write_bytes(b"abc")
    with open(tmp_path / "x", "rb") as file:
        job.keep_file("ket-qua.zip", File(file))

    job.refresh_from_db()
    assert (job.file_name, job.file.read()) == ("ket-qua.zip", b"abc")
    assert job.keep_until == date(2026, 7, 15)
    job.file.close()
