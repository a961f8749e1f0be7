"""The bytes that were sealed, read only as they were sealed."""

import hashlib

from django.utils.translation import gettext as _

from .models.watching import DamageKind

PIECE = 1024 * 1024  # bytes


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


def damage_of(row):
    """What is wrong with the kept bytes of a SealedFile or Signature: a DamageKind, or None. Read in pieces."""
    digest = hashlib.sha256()
    try:
        with row.file.open("rb") as file:
            while piece := file.read(PIECE):
                digest.update(piece)
    except FileNotFoundError:
        return DamageKind.MISSING
    except OSError:
        return DamageKind.UNREADABLE
    return None if digest.hexdigest() == row.sha256 else DamageKind.ALTERED


def is_whole(row):
    """Whether the kept bytes are still those that were sealed."""
    return damage_of(row) is None
