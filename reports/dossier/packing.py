"""The package of a dossier (ZIP): its evidence in folders by criterion, an index to print, a manifest of SHA-256.

Files are copied in pieces from where they lie into the package on disk, and hashed while they pass: none is ever held
whole. What is there twice is packed once. A file that is not there, or is not what was uploaded, is listed as such.
"""

import hashlib
import re
import tempfile
import zipfile
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from accounts.jobs import CannotDo, order, stop, work
from accounts.models import Job, JobState
from activities.files import clean_name
from activities.models import EvidenceKind, ReportingPeriod, ScanState
from agencies.vietnamese import nfc
from plans.models import FileKind as PlanFileKind, PlanFile

from ..models import CONFIRMED, Dossier, EvidenceTag, FileKind, ReportKind, ReportStatus, SealedFile, Signature
from ..pdf import dossier_pdf
from .page import build_page, with_documents
from .paper import build_dossier_paper, file_name
from .proposing import documents_of, live_evidence

KIND = "dossier_zip"
PIECE = 1024 * 1024  # bytes
FOLDER_BYTES, NAME_BYTES = 110, 150  # of UTF-8: an unpacked path stays within what Windows and ext4 allow
INDEX, MANIFEST = "00 Mục lục.pdf", "MANIFEST.sha256"
LINKS, ELSEWHERE = "Đường dẫn.txt", "Tệp ở thư mục khác.txt"
MISSING = "không có tệp trên máy chủ"
ALTERED = "nội dung khác khi tải lên"
CUT_OFF = "đọc dở, tệp hỏng"
NOT_SCANNED = "chưa quét vi-rút xong, chưa đóng gói"
OF_ITS_OWN = "Tài liệu bổ sung vào hồ sơ"


class Item(NamedTuple):
    """What is to be packed: a file that lies at `path` in the storage, or a link (`url`)."""

    code: str
    folder: str
    title: str
    source: str
    file_name: str
    path: str
    sha256: str
    url: str = ""
    is_waiting: bool = False


class PackedItem(NamedTuple):
    """What became of an item: `where` it is in the package (or its address), `problem` where it is not as it was."""

    code: str
    title: str
    source: str
    where: str
    sha256: str
    problem: str = ""


# Ordering


def latest_package(dossier, user):
    """The last package of the dossier that this person ordered, or None."""
    jobs = Job.objects.filter(kind=KIND, started_by=user, locality=dossier.plan.locality_id)
    return jobs.filter(arguments__dossier=dossier.pk).select_related("started_by").order_by("-pk").first()


@transaction.atomic
def order_package(dossier, *, by):
    """Order the package of `dossier`, or give the one that is being made for this person: a Job."""
    Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
    last = latest_package(dossier, by)
    if last and last.state in (JobState.WAITING, JobState.RUNNING):
        return last
    subject = f"{dossier.year} · {dossier.plan}"[:300]
    return order(KIND, by=by, locality=dossier.plan.locality, subject=subject, dossier=dossier.pk)


def stop_package(dossier, *, by):
    """Stop the package that is being made for this person: at the next file, and nothing of it stays; else False."""
    last = latest_package(dossier, by)
    return bool(last) and stop(last)


@work(KIND, label=gettext_lazy("Evidence dossier as a package (ZIP)"))
def make_package(job, *, dossier):
    """Pack the dossier and leave the package to whoever asked."""
    agencies = ("plan__locality", "plan__issuing_agency__parent", "plan__coordinating_agency__parent", "criteria")
    rows = with_documents(Dossier.objects.filter(plan__locality=job.locality)).select_related(*agencies)
    row = rows.filter(pk=dossier).first()
    if row is None:
        raise CannotDo(_("The dossier is not there any more."), final=True)
    today = timezone.localtime(job.started_at).date()
    page = build_page(row, list(ReportingPeriod.objects.filter(plan=row.plan_id)), today=today)
    with _on_disk() as file:
        packed = pack(page, file, today=today, step=job.step)
        trial = "-ban-thu" if page.is_open else ""
        job.keep_file(f"{file_name(row)}{trial}.zip", file)
    return _outcome(packed)


def _outcome(packed):
    n, bad = len(packed), sum(bool(each.problem) for each in packed)
    said = ngettext("%(n)s piece of evidence", "%(n)s pieces of evidence", n) % {"n": n}
    if not bad:
        return said
    return _("%(said)s; %(bad)s not intact, listed in the index") % {"said": said, "bad": bad}


class OnDisk(File):
    """A file that may be moved to where it is kept, instead of being copied."""

    def temporary_file_path(self):
        return self.file.name


@contextmanager
def _on_disk():
    """A file beside the uploads, which a machine may have no room for in its memory; gone afterwards if not kept."""
    Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=settings.MEDIA_ROOT, prefix="package-", delete=False) as file:
        try:
            yield OnDisk(file, name="package.zip")
        finally:
            Path(file.name).unlink(missing_ok=True)


# Packing


def pack(page, file, *, today, step=None):
    """Write the package of `page` (a DossierPage) into the open `file`; what became of each piece: [PackedItem].

    Args:
        step: called as step(done, total) after each piece.
    """
    items = items_of(page)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True) as package:
        packer = Packer(package, today)
        packed = []
        for done, item in enumerate(items, start=1):
            packed.append(packer.add(item))
            if step:
                step(done, len(items) + 1)
        packer.finish(dossier_pdf(build_dossier_paper(page, today=today, files=packed)))
    file.flush()
    if step:
        step(len(items) + 1, len(items) + 1)
    return packed


class Packer:
    """Adds pieces to an open package and remembers what it has written: `manifest` [(SHA-256, path)]."""

    def __init__(self, package, today):
        self.package, self.day = package, (today.year, today.month, today.day, 0, 0, 0)
        self.manifest, self.where_is, self.texts, self.numbers = [], {}, {}, {}

    def add(self, item):
        number = self.numbers[item.folder] = self.numbers.get(item.folder, 0) + 1
        if item.url:
            self._note(item.folder, LINKS, f"{number:04d}\t{item.title}\t{item.url}")
            return PackedItem(item.code, item.title, item.source, item.url, "")
        if item.is_waiting:
            return self._packed(item, "", "", NOT_SCANNED)
        if item.sha256 in self.where_is:
            where = self.where_is[item.sha256]
            self._note(item.folder, ELSEWHERE, f"{number:04d}\t{item.title}\t{where}")
            return self._packed(item, where, item.sha256)
        return self._add_file(item, f"{item.folder}/{entry_name(number, item)}")

    def _packed(self, item, where, sha256, problem=""):
        return PackedItem(item.code, item.title, item.source, where, sha256, problem)

    def _add_file(self, item, where):
        try:
            source = default_storage.open(item.path, "rb")
        except (OSError, ValueError):
            return self._packed(item, "", "", MISSING)
        with source:
            digest, is_whole = self._copy(source, where, default_storage.size(item.path))
        if not is_whole:
            return self._packed(item, where, digest, CUT_OFF)
        if digest != item.sha256:
            return self._packed(item, where, digest, ALTERED)
        self.where_is[digest] = where
        return self._packed(item, where, digest)

    def _copy(self, source, where, size):
        """Copy in pieces; (SHA-256 of what was written, whether it could be read to its end)."""
        digest, is_whole = hashlib.sha256(), True
        with self.package.open(self._entry(where, size), "w", force_zip64=size >= zipfile.ZIP64_LIMIT // 2) as target:
            try:
                while piece := source.read(PIECE):
                    digest.update(piece)
                    target.write(piece)
            except OSError:
                is_whole = False
        self.manifest.append((digest.hexdigest(), where))
        return digest.hexdigest(), is_whole

    def _entry(self, where, size):
        entry = zipfile.ZipInfo(where, self.day)
        entry.external_attr = 0o640 << 16
        entry.file_size = size
        return entry

    def _note(self, folder, name, line):
        self.texts.setdefault(f"{folder}/{name}", []).append(line)

    def _write(self, where, data):
        self.package.writestr(self._entry(where, len(data)), data)
        self.manifest.append((hashlib.sha256(data).hexdigest(), where))

    def finish(self, index):
        """The lists of the folders, the index, and last the manifest of all that is in the package."""
        for where, lines in self.texts.items():
            self._write(where, ("\r\n".join(lines) + "\r\n").encode("utf-8-sig"))
        self._write(INDEX, index)
        lines = "".join(f"{digest}  {where}\n" for digest, where in self.manifest)
        self.package.writestr(self._entry(MANIFEST, 0), lines.encode())


def entry_name(number, item):
    """'0007 Biên bản hội nghị.pdf': numbered, so that no two are alike; of the file's kind; no path in it."""
    extension = PurePosixPath(clean_name(item.file_name)).suffix[:10]
    stem = _safe(item.title).removesuffix(extension)
    return f"{number:04d} {_cut(stem, NAME_BYTES)}{extension}"


def folder_name(criterion):
    """'1.3.2 Cổng, trang thông tin điện tử': a folder's name of bounded length, without a path in it."""
    return _cut(_safe(f"{criterion.code} {criterion.title}"), FOLDER_BYTES)


# What separates folders, what Windows does not take, and what is not seen or turns the direction of writing.
UNSAFE = re.compile(r"[\x00-\x1f\x7f\u2028-\u202e\u2066-\u2069\"<>|:*?;/\\]+")


def _safe(text):
    return " ".join(UNSAFE.sub("_", nfc(text)).split()).strip(". ")


def _cut(text, most):
    """At most `most` bytes of UTF-8 of the text, ending at a letter."""
    return text.encode()[:most].decode(errors="ignore").rstrip(" .") or "_"


# What is to be packed


def items_of(page):
    """Everything that goes into the package, in the order of the criteria. Five queries."""
    documents = {"plan": _plan_items(page.dossier), "reports": _report_items(page.dossier)}
    tagged = _tagged(page.dossier)
    return [
        item for leaf in page.leaves for item in _items(leaf.criterion, documents, tagged.get(leaf.criterion.pk, []))
    ]


def _items(criterion, documents, tagged):
    folder = folder_name(criterion)
    own = documents["plan"] * criterion.wants_plan + documents["reports"] * criterion.wants_reports
    for item in [*own, *tagged]:
        yield item._replace(code=criterion.code, folder=folder)


TAGGED = (
    "criterion",
    "evidence__kind",
    "evidence__caption",
    "evidence__file_name",
    "evidence__file",
    "evidence__sha256",
    "evidence__url",
    "evidence__scan",
    "evidence__progress__activity__number",
    "evidence__progress__update__agency__short_name",
)


def _tagged(dossier):
    """{criterion_id: [Item]} of the evidence taken, in the order in which it was, then the dossier's own documents."""
    rows = EvidenceTag.objects.filter(dossier=dossier, is_left_out=False, evidence__in=live_evidence(dossier))
    found = {}
    for key, kind, caption, name, path, sha256, url, scan, number, agency in rows.order_by("pk").values_list(*TAGGED):
        item = Item(
            code="",
            folder="",
            title=caption or name or url,
            source=f"Hoạt động {number}, {agency}",
            file_name=name,
            path=path,
            sha256=sha256,
            url=url if kind == EvidenceKind.LINK else "",
            is_waiting=scan == ScanState.WAITING,
        )
        found.setdefault(key, []).append(item)
    for row in documents_of(dossier):
        found.setdefault(row.criterion_id, []).append(_own_item(row))
    return found


def _own_item(row):
    url = row.url if row.kind == EvidenceKind.LINK else ""
    is_waiting = row.scan == ScanState.WAITING
    return Item("", "", str(row), OF_ITS_OWN, row.file_name, row.file.name, row.sha256, url, is_waiting)


def _plan_items(dossier):
    """The signed files of the plan."""
    rows = PlanFile.objects.filter(plan=dossier.plan_id, kind=PlanFileKind.SIGNED, removed_at__isnull=True)
    return [_document(row, "Kế hoạch") for row in rows]


def _report_items(dossier):
    """The issued reports of the year as they were sealed, and as they were signed."""
    of_year = {
        "report__plan": dossier.plan_id,
        "report__year": dossier.year,
        "report__kind": ReportKind.PLAN,
        "report__status": ReportStatus.ISSUED,
    }
    sealed = SealedFile.objects.filter(kind=FileKind.PDF, **of_year).exclude(
        report__replaced_by__status=ReportStatus.ISSUED
    )
    signed = Signature.objects.filter(CONFIRMED, **of_year).exclude(report__replaced_by__status=ReportStatus.ISSUED)
    return [
        *(_document(row, "Báo cáo đã ban hành") for row in sealed.order_by("report__ends_on", "pk")),
        *(_document(row, "Báo cáo có chữ ký số") for row in signed.order_by("report__ends_on", "pk")),
    ]


def _document(row, source):
    return Item("", "", row.file_name, source, row.file_name, row.file.name, row.sha256)
