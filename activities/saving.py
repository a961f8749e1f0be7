"""Keeping what an agency typed: under a lock, so that two browsers never overwrite each other unseen."""

from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _, gettext_lazy

from agencies.access import require

from .models import QuarterlyUpdate
from .permissions import can_edit_update

SENT = gettext_lazy("The update has been sent; nothing can be changed until it is returned.")


class Saved(NamedTuple):
    """What of a page was kept; `refused` when anything on it has to be corrected."""

    figures: bool
    evidence: int
    refused: bool


@transaction.atomic
def save_line(update, row, form, evidence, *, by, at):
    """Keep one activity's figures and its new evidence, each wholly or not at all.

    A sound file is kept although a figure is wrong: nobody uploads a photograph twice.

    Raises:
        PermissionDenied: the update was sent meanwhile.
    """
    locked = lock_to_edit(update, by)
    if form.is_valid() and locked.version != update.version:
        update.version = locked.version
        form.refuse_other_version()
    figures = not form.errors
    progress = form.save() if figures else row.progress
    kept = 0
    if evidence.has_something and evidence.is_valid():
        if progress is None:
            evidence.add_error(
                None,
                _("Correct the figures first: evidence belongs to a saved line. Then choose the file again."),
            )
        else:
            kept = evidence.save(progress, by=by, at=at)
    if figures or kept:
        _touch(locked, at)
    return Saved(figures, kept, not figures or (evidence.has_something and bool(evidence.errors)))


@transaction.atomic
def save_words(update, form, *, by, at):
    """Keep the update's own words; False when they were refused.

    Raises:
        PermissionDenied: the update was sent meanwhile.
    """
    locked = lock_to_edit(update, by)
    if form.is_valid() and locked.version != update.version:
        update.version = locked.version
        form.refuse_other_version()
    if form.errors:
        return False
    for name in form.Meta.fields:
        setattr(locked, name, form.cleaned_data[name])
    _touch(locked, at)
    return True


def lock_to_edit(update, by):
    """The update as stored, held until the transaction ends.

    Raises:
        PermissionDenied: it is not, or no longer, this person's to edit.
    """
    locked = QuarterlyUpdate.objects.select_for_update().get(pk=update.pk)
    require(can_edit_update(by, locked), SENT)
    return locked


def _touch(locked, at):
    locked.version += 1
    locked.saved_at = at
    locked.save()
