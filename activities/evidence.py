"""Evidence as it stands now, and taking it off: what a sent round names is kept for ever."""

from django.db import transaction
from django.db.models import Prefetch

from .models import Evidence
from .saving import lock_to_edit

KEPT_EVIDENCE = Prefetch("evidence", queryset=Evidence.objects.filter(removed_at__isnull=True))


@transaction.atomic
def remove_evidence(item, *, by, at):
    """Take `item` off its line: marked where a round was sent with it, else deleted together with its file.

    Raises:
        PermissionDenied: the update was sent meanwhile.
    """
    lock_to_edit(item.progress.update, by)
    if _was_sent(item):
        item.removed_at = at
        item.save(update_fields=["removed_at"])
        return
    if item.file:
        transaction.on_commit(lambda: item.file.storage.delete(item.file.name))
    Evidence.objects.filter(pk=item.pk).delete()


def _was_sent(item):
    """A round that was sent names the evidence."""
    rounds = item.progress.update.events.filter(move="submit").values_list("content", flat=True)
    return any(item.pk == each["id"] for sent in rounds for line in sent["activities"] for each in line["evidence"])
