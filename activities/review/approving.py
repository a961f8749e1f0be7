"""Approving many updates, each for itself: what one of them meets does not stop the others."""

from typing import NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from ..models import QuarterlyUpdate
from ..workflow import move


class Outcome(NamedTuple):
    """What became of one update; `why` it was not approved, empty where it was."""

    update: QuarterlyUpdate
    why: str

    @property
    def is_approved(self):
        return not self.why


def approve_each(updates, versions, *, by, at):
    """Approve each of `updates` as it stood at the version in `versions` ({pk: version}): [Outcome]."""
    return [Outcome(update, _approve(update, versions[update.pk], by, at)) for update in updates]


def _approve(update, version, by, at):
    try:
        move(update, "approve", by=by, at=at, version=version)
    except PermissionDenied as error:
        return str(error) or _("This step is not open to you, or the update has already moved on.")
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def chosen(posted):
    """{update's key: version} of the boxes ticked, each "key:version"; what is neither is left out."""
    pairs = [value.partition(":") for value in posted.getlist("update")]
    return {
        int(pk): int(version)
        for pk, _colon, version in pairs
        if pk.isdecimal() and version.isdecimal() and len(pk) < 10 and len(version) < 10
    }
