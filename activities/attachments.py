"""Files and links kept with whatever they prove: one way in, one way out.

    form = AttachmentForm(posted(request), request.FILES or None)      # activities/attachment_forms.py
    form.full_clean()                                                  # `form.faulty`: {file name: sentence}
    rows = form.attach(Evidence, {"progress": line}, by=request.user, at=request.now)   # what is sound, in one piece

or, one by one:

    kept = keep_file(upload, max_mb=settings.UPLOAD_MAX_MB)            # ValidationError, with the file's name in it
    row = attach(Evidence, {"progress": line}, upload=kept, caption="", dated_on=None, by=user, at=now)
    row = attach(Evidence, {"progress": line}, url="https://…", by=user, at=now)

`attach` gives None where the same is there already. Whoever calls it has locked what the row hangs on, and has asked
whether this person may; `send_file(row, request)` and `send_thumbnail(row)` likewise come after the caller's own
`get_object_or_404` and `require`.
"""

from typing import NamedTuple

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.http import FileResponse, Http404
from django.utils.translation import gettext_lazy as _

from agencies.access import require

from .files import check_file
from .links import spellings
from .models import EvidenceKind, ScanState
from .pictures import clean_picture, is_picture
from .scanning import is_on, order_scan

NOT_SCANNED_YET = _("The file is still waiting for the virus scan. It can be opened as soon as that is done.")
WAS_REFUSED = _("The virus scan refused this file, and it has been deleted. Send a clean copy.")


class KeptFile(NamedTuple):
    """A file as it will be kept. `sha256` and `size` (bytes) are of `content`; `thumbnail` is a small WebP, or None."""

    name: str
    content_type: str
    size: int
    sha256: str
    content: File
    thumbnail: ContentFile | None = None


def keep_file(upload, *, max_mb):
    """What is kept of `upload` (an UploadedFile): of a picture nothing but what one sees.

    Raises:
        ValidationError: it may not be kept; the sentence names the file.
    """
    checked = check_file(upload, max_mb)
    if not is_picture(checked.content_type):
        return KeptFile(*checked, content=upload)
    content, thumbnail = clean_picture(upload, checked.name)
    kept = ContentFile(content, checked.name)
    again = check_file(kept, max_mb=None)
    return KeptFile(*again, content=kept, thumbnail=ContentFile(thumbnail, "thumbnail"))


@transaction.atomic
def attach(model, parent, *, upload=None, url="", caption="", dated_on=None, by, at):
    """Keep a file or a link as a `model` (a kind of Attachment); the row, or None where the same is there already.

    Args:
        parent: what the row hangs on, as keyword arguments of `model`.
        upload: a KeptFile; else `url`.
    """
    there = model.objects.filter(removed_at__isnull=True, **parent)
    facts = {**parent, "caption": caption, "dated_on": dated_on, "added_by": by, "added_at": at}
    if upload is None:
        known = there.filter(url__in=spellings(url)).exists()
        return None if known else model.objects.create(kind=EvidenceKind.LINK, url=url, **facts)
    if there.filter(sha256=upload.sha256).exists():
        return None
    row = model.objects.create(kind=EvidenceKind.FILE, **_file_facts(upload), **facts)
    if is_on():
        order_scan(row, by=by)
    return row


def _file_facts(kept):
    return {
        "file": kept.content,
        "thumbnail": kept.thumbnail or "",
        "file_name": kept.name,
        "content_type": kept.content_type,
        "size": kept.size,
        "sha256": kept.sha256,
        "scan": ScanState.WAITING if is_on() else ScanState.NOT_SCANNED,
    }


def set_aside(row):
    """Delete the bytes of `row` once the transaction is over; the row itself is the caller's."""
    for each in (row.file, row.thumbnail):
        if each:
            transaction.on_commit(lambda name=each.name, storage=each.storage: storage.delete(name))


def send_file(row, request):
    """The file itself, never as a page: pictures open in the browser, unless ?download is asked for.

    Raises:
        PermissionDenied: the scan has not passed it.
        Http404: a link, or a database restored without its uploads.
    """
    as_attachment = not row.is_image or "download" in request.GET
    return _sent(row, row.file, row.content_type, as_attachment=as_attachment, filename=row.file_name)


def send_thumbnail(row):
    """The small picture of a picture; raises as `send_file`."""
    return _sent(row, row.thumbnail, "image/webp")


def _sent(row, file, content_type, **disposition):
    require(row.scan != ScanState.WAITING, NOT_SCANNED_YET)
    require(not row.is_refused, WAS_REFUSED)
    if not file:
        raise Http404
    try:
        content = file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(content, content_type=content_type, **disposition)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response
