"""What a filled-in form says is kept: every part of it, or none."""

from django.db import transaction

from ..saving import lock_to_edit, save_line, save_words


class ChangedMeanwhile(Exception):
    """Somebody saved a part of the update at this very moment."""


@transaction.atomic
def take_over(update, filled, *, by, at):
    """Keep all that was changed in `filled` (without faults); how many activities.

    Raises:
        PermissionDenied: the update was sent, or its period locked, meanwhile.
        ChangedMeanwhile: nothing is kept; read the form again.
    """
    lock_to_edit(update, by, at)
    for each in filled.changed:
        save = save_line if each.row else save_words
        if not save(update, each.form, by=by, at=at):
            raise ChangedMeanwhile
    return sum(each.row is not None for each in filled.changed)
