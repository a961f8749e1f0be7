"""A workbook between its upload and its taking over: kept for a day, for the person who sent it alone.

It lies in the private uploads, under the person's key, the kind of list and a random token; beside it a note of what it
held, so that a person sees the rounds it took.
"""

import json
import re
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from .vietnamese import nfc

FOLDER = "imports"
KEPT_FOR = timedelta(days=1)
TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Upload:
    """One uploaded workbook. `rows` and `faulty` are counts, known once it has been read; `written`: taken over."""

    user_id: int
    kind: str
    token: str
    name: str
    at: datetime
    rows: int = 0
    faulty: int = 0
    written: bool = False

    def open(self):
        return default_storage.open(f"{self._path}.xlsx")

    def noted(self, **facts):
        """The upload with `facts` written down."""
        upload = replace(self, **facts)
        note = json.dumps(asdict(upload), default=datetime.isoformat)
        default_storage.delete(f"{self._path}.json")
        default_storage.save(f"{self._path}.json", ContentFile(note))
        return upload

    def forget(self):
        """The workbook goes, the note of it stays for the day."""
        default_storage.delete(f"{self._path}.xlsx")

    @property
    def _path(self):
        return f"{FOLDER}/{self.user_id}/{self.kind}/{self.token}"


def keep(file, *, user, kind, at):
    """Keep an uploaded `file` for `user`; what anybody left for longer than a day goes.

    Args:
        kind: what the list is of ("agencies", "activities-12"): letters, digits and hyphens.
        at: aware datetime of the request.
    """
    _clear(at)
    upload = Upload(user.pk, kind, secrets.token_hex(16), _plain_name(file.name), at)
    default_storage.save(f"{upload._path}.xlsx", file)
    return upload.noted()


def kept(token, *, user, kind, at):
    """The upload `token` of this person and kind; None where there is none, or no longer."""
    if not TOKEN.fullmatch(token or ""):
        return None
    upload = _read(f"{FOLDER}/{user.pk}/{kind}", token)
    there = upload and not _is_stale(upload, at) and default_storage.exists(f"{upload._path}.xlsx")
    return upload if there else None


def rounds(*, user, kind, at):
    """The person's uploads of this kind in the last day, newest first."""
    folder = f"{FOLDER}/{user.pk}/{kind}"
    uploads = [_read(folder, token) for token in _tokens(folder)]
    return sorted((each for each in uploads if each and not _is_stale(each, at)), key=lambda each: each.at)[::-1]


def _plain_name(name):
    return re.sub(r"[\x00-\x1f\x7f/\\]", "_", nfc(name))[-100:]


def _read(folder, token):
    try:
        with default_storage.open(f"{folder}/{token}.json") as note:
            facts = json.load(note)
    except (FileNotFoundError, ValueError):  # cleared away, or being written, at this very moment
        return None
    return Upload(**{**facts, "at": datetime.fromisoformat(facts["at"])})


def _tokens(folder):
    return {name.removesuffix(".json") for name in _listed(folder)[1] if name.endswith(".json")}


def _listed(folder):
    return default_storage.listdir(folder) if default_storage.exists(folder) else ([], [])


def _is_stale(upload, now):
    """The demo's clock may go back: what comes from the future is stale too."""
    return abs(now - upload.at) > KEPT_FOR


def _clear(now):
    for person in _listed(FOLDER)[0]:
        for kind in _listed(f"{FOLDER}/{person}")[0]:
            folder = f"{FOLDER}/{person}/{kind}"
            for token in _tokens(folder):
                upload = _read(folder, token)
                if upload and _is_stale(upload, now):
                    default_storage.delete(f"{upload._path}.xlsx")
                    default_storage.delete(f"{upload._path}.json")
