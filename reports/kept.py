"""The bytes that were sealed, read only as they were sealed."""

import hashlib

from django.utils.translation import gettext as _


class DamagedError(Exception):
    """A kept file is gone, or its bytes are no longer those that were sealed; the message says which."""


def verified(row):
    """The bytes of a SealedFile or Signature, compared with its SHA-256 before anybody gets them."""
    try:
        with row.file.open("rb") as file:
            data = file.read()
    except OSError as error:
        raise DamagedError(_("“%(file)s” is not in the store any more.") % {"file": row.file_name}) from error
    if hashlib.sha256(data).hexdigest() != row.sha256:
        raise DamagedError(
            _("“%(file)s” is no longer what was sealed: its SHA-256 differs. It is not handed out.")
            % {"file": row.file_name}
        )
    return data


def is_whole(row):
    """Whether the kept bytes are still those that were sealed."""
    try:
        return bool(verified(row)) or not row.size
    except DamagedError:
        return False
