"""The virus scan of files (ClamAV): on where CLAMD_ADDRESS is set, done in the background.

A new file waits; nobody opens it until it is found clean. One that is not is deleted, and whoever sent it is told.
While the scanner cannot be reached files wait, and say so.
"""

from urllib.parse import urlsplit

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from accounts.jobs import CannotDo, order, work
from accounts.models import NotificationKind
from accounts.notifying import tell
from agencies import clock

from .models import ScanState
from .workmates import people_of

TRIES = 24  # about a day
SECONDS = 60  # for one answer of the scanner
LONGEST_NOTE = 200


class ScannerUnreachable(CannotDo):
    """No answer, or none that says anything of the file; it can be asked again."""


def is_on():
    return bool(settings.CLAMD_ADDRESS)


def order_scan(row, *, by):
    """Have the file of `row` (a kind of Attachment) scanned, once what is being saved is saved."""
    order(
        "scan",
        by=by,
        locality=by.agency.locality,
        subject=row.file_name,
        model=row._meta.label_lower,
        pk=row.pk,
    )


@work("scan", label=gettext_lazy("Virus scan of a file"), tries=TRIES, small=True)
def scan(job, *, model, pk):
    """Let the scanner judge one file that waits.

    Raises:
        ScannerUnreachable: to be tried again; the file waits, and its note says so.
    """
    waiting = _waiting(model, pk)
    row = waiting.first()
    if row is None:
        return _("Nothing to scan any more.")
    if not is_on():
        waiting.update(scan=ScanState.NOT_SCANNED, scan_note="")
        return _("The virus scan has been switched off.")
    try:
        found = virus_in(row.file)
    except ScannerUnreachable as error:
        waiting.update(scan_note=str(error)[:LONGEST_NOTE])
        raise
    if found:
        refuse(row, found)
        return _("Refused: %(found)s.") % {"found": found}
    waiting.update(scan=ScanState.CLEAN, scan_note="")
    return _("No virus found.")


def _waiting(model, pk):
    """The row, while it waits. The scanner's verdict is no writing of the agency's: the lock does not stop it."""
    return apps.get_model(model)._base_manager.filter(pk=pk, scan=ScanState.WAITING)


def virus_in(file):
    """The name of what the scanner finds in `file` (a stored one), or "".

    Raises:
        ScannerUnreachable: there is no scanner there, or it cannot say.
    """
    try:
        with file.open("rb") as content:
            answer = _scanner().instream(content)
    except FileNotFoundError as error:
        raise ScannerUnreachable(_("The file is not there any more.")) from error
    except (ClamdError, OSError, UnicodeDecodeError) as error:
        raise ScannerUnreachable(_("The virus scanner cannot be reached; the file waits until it can be.")) from error
    state, name = next(iter(answer.values()), (None, ""))
    if state not in ("OK", "FOUND"):
        raise ScannerUnreachable(_("The virus scanner could not read the file: %(said)s") % {"said": name or state})
    return (name or _("unknown")) if state == "FOUND" else ""


def _scanner():
    """The clamd at CLAMD_ADDRESS: tcp://host:port or unix:/path."""
    address = urlsplit(settings.CLAMD_ADDRESS)
    if address.scheme == "unix":
        return ClamdUnixSocket(path=address.path, timeout=SECONDS)
    if address.scheme == "tcp" and address.hostname:
        return ClamdNetworkSocket(host=address.hostname, port=address.port or 3310, timeout=SECONDS)
    raise ImproperlyConfigured("CLAMD_ADDRESS is tcp://host:port or unix:/path (see .env.example).")


@transaction.atomic
def refuse(row, found):
    """Delete the bytes of `row`, keep what was found, and tell whoever sent it."""
    files = [(each.storage, each.name) for each in (row.file, row.thumbnail) if each]
    facts = {"scan": ScanState.REFUSED, "scan_note": found[:LONGEST_NOTE], "file": "", "thumbnail": ""}
    if not _waiting(row._meta.label_lower, row.pk).update(**facts):
        return
    for storage, name in files:
        transaction.on_commit(lambda storage=storage, name=name: storage.delete(name))
    tell(
        _concerned(row),
        NotificationKind.REFUSED_FILE,
        key=f"refused_file:{row._meta.model_name}:{row.pk}",
        url=row.get_absolute_url() if not hasattr(row, "progress") else _line_of(row.progress),
        at=clock.now(),
        file=row.file_name,
        activity=_activity_of(row).title,
    )


def _concerned(row):
    """Whoever added it, and the agency's other people where it proves a line of an update."""
    others = people_of([row.progress.update.agency_id]) if hasattr(row, "progress") else ()
    return {row.added_by, *others}


def _line_of(line):
    return f"{reverse('activities:sheet', args=[line.update_id])}#activity-{line.activity_id}"


def _activity_of(row):
    """What the file is to prove, whatever kind of attachment it is."""
    if hasattr(row, "progress"):
        return row.progress.activity
    if hasattr(row, "proved"):
        return row.proved
    return row.contribution.activity if hasattr(row, "contribution") else row.message.explanation.activity
