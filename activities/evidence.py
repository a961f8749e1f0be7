"""Evidence as it stands now, putting it on a line and taking it off: what a sent round names is kept for ever."""

from django.db import transaction
from django.db.models import Prefetch

from .attachments import set_aside
from .models import ActivityProgress, Evidence
from .saving import lock_to_edit, touch

KEPT_EVIDENCE = Prefetch("evidence", queryset=Evidence.objects.filter(removed_at__isnull=True))


@transaction.atomic
def add_evidence(update, activity, form, *, by, at):
    """Keep what is sound of `form` (a cleaned AttachmentForm) on the line of `activity`; the new rows.

    A line that does not exist yet begins empty.

    Raises:
        PermissionDenied: the update was sent, or its period locked, meanwhile.
    """
    locked = lock_to_edit(update, by, at)
    if not form.is_worth_keeping:
        return []
    line, _created = ActivityProgress.objects.get_or_create(update=locked, activity=activity)
    rows = form.attach(Evidence, {"progress": line}, by=by, at=at)
    if rows:
        touch(locked, at)
    return rows


@transaction.atomic
def describe_evidence(item, *, caption, dated_on, by, at):
    """Give `item` another title and date; what a round was sent with stays in that round as it was.

    Raises:
        PermissionDenied: the update was sent, or its period locked, meanwhile.
        Evidence.DoesNotExist: it was taken off meanwhile.
    """
    locked = lock_to_edit(item.progress.update, by, at)
    item = _as_stored(item)
    item.caption, item.dated_on = caption, dated_on
    item.save(update_fields=["caption", "dated_on"])
    touch(locked, at)


@transaction.atomic
def remove_evidence(item, *, by, at):
    """Take `item` off its line: marked where a round was sent with it, else deleted together with its file.

    Raises:
        PermissionDenied: the update was sent, or its period locked, meanwhile.
        Evidence.DoesNotExist: it was taken off meanwhile.
    """
    locked = lock_to_edit(item.progress.update, by, at)
    item = _as_stored(item)
    if _was_sent(item):
        item.removed_at = at
        item.save(update_fields=["removed_at"])
    else:
        set_aside(item)
        Evidence.objects.filter(pk=item.pk).delete()
    touch(locked, at)


def _as_stored(item):
    """`item` as it is now that its update is locked."""
    return Evidence.objects.select_related("progress__update").get(pk=item.pk, removed_at__isnull=True)


def _was_sent(item):
    """A round that was sent names the evidence."""
    rounds = item.progress.update.events.filter(move="submit").values_list("content", flat=True)
    return any(item.pk == each["id"] for sent in rounds for line in sent["activities"] for each in line["evidence"])
