"""Keeping what an agency typed: under a lock, so that two browsers never overwrite each other unseen."""

import hashlib

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from agencies.access import require

from .models import ActivityProgress, QuarterlyUpdate
from .permissions import OVER, PLAN_OVER, can_edit_update, is_writing

LOCKED = gettext_lazy("The period is locked: nothing can be changed any more. The coordinator can extend it for you.")
SENT = gettext_lazy("The update has been sent; nothing can be changed until it is returned.")

WORDS = ("results", "difficulties", "proposals")  # an update's own


def version_of(progress):
    """The version of a line as a form carries it; of one that nobody has saved yet "0"."""
    return str(progress.version) if progress else "0"


def words_version(update):
    """What tells two versions of an update's own words apart: the lines have versions of their own."""
    return hashlib.sha256("\0".join(getattr(update, name) for name in WORDS).encode()).hexdigest()[:16]


@transaction.atomic
def save_line(update, form, *, by, at):
    """Keep one activity's figures and words, wholly or not at all; the line, or None where they were refused.

    Two people on different lines never meet; on the same line the second sees what the first has saved.

    Raises:
        PermissionDenied: the update was sent meanwhile.
    """
    locked = lock_to_edit(update, by, at)
    if form.is_valid() and form.stored_version != (version := _version_now(form)):
        form.refuse_other_version(version)
    if form.errors:
        return None
    line = form.save(by=by, at=at)
    locked.nothing_to_report, locked.nothing_reason = False, ""
    touch(locked, at)
    return line


def _version_now(form):
    return version_of(ActivityProgress.objects.filter(update=form.update, activity=form.row.activity).first())


@transaction.atomic
def save_words(update, form, *, by, at):
    """Keep the update's own words; False when they were refused.

    Raises:
        PermissionDenied: the update was sent meanwhile.
    """
    locked = lock_to_edit(update, by, at)
    if form.is_valid() and form.stored_version != words_version(locked):
        form.refuse_other_version(words_version(locked))
    if form.errors:
        return False
    for name in WORDS:
        setattr(locked, name, form.cleaned_data[name])
    touch(locked, at)
    return True


def lock_to_edit(update, by, at):
    """The update as stored, held until the transaction ends.

    Raises:
        PermissionDenied: it is not, or no longer, this person's to edit.
    """
    rows = QuarterlyUpdate.objects.select_for_update(of=("self",)).select_related("period__plan")
    locked = rows.get(pk=update.pk)
    require_writing(by, locked, timezone.localtime(at).date())
    return locked


def require_writing(user, update, day):
    """Raises PermissionDenied, with the reason, where the update is not this person's to edit on `day`."""
    require(is_writing(user, update), SENT)
    require(update.period.plan.status not in OVER, PLAN_OVER)
    require(can_edit_update(user, update, day), LOCKED)


def touch(locked, at):
    """The update was saved once more, at `at`."""
    locked.version += 1
    locked.saved_at = at
    locked.save()
