"""An update that says there is nothing to report: sent at once with its reason, and on time like any other.

It cannot report something as well: what is filled in is emptied first, where the person says so.
"""

from django.core.exceptions import ValidationError
from django.db import transaction

from .evidence import remove_evidence
from .saving import lock_to_edit, touch
from .sheet import build_sheet
from .update_forms import SAYS_SOMETHING
from .workflow import move


def says_something(row):
    """A row of the sheet on which something is reported; that nothing was done in the period is not something."""
    return bool(row.evidence) or not (row.is_empty or row.progress.nothing_in_period)


@transaction.atomic
def send_nothing(update, reason, *, is_to_be_emptied=False, by, at):
    """Say that the agency has nothing to report, and send it.

    Args:
        is_to_be_emptied: take out what is filled in; what a sent round names stays in that round.

    Raises:
        PermissionDenied: it is not, or no longer, this person's to send.
        ValidationError: something is filled in, and is to stay.
    """
    _write(update, True, reason, by=by, at=at)
    filled = [row for row in build_sheet(update) if says_something(row)]
    if filled and not is_to_be_emptied:
        raise ValidationError(SAYS_SOMETHING)
    for row in filled:
        _empty(row, by, at)
    move(update, "submit", by=by, at=at)


def _empty(row, by, at):
    for item in row.evidence:
        remove_evidence(item, by=by, at=at)
    line = row.progress
    line.output_counts.all().delete()
    line.state = line.words = line.no_evidence_reason = ""
    line.percent = line.completed_on = line.quantity_done = None
    line.nothing_in_period = line.quantity_not_applicable = False
    line.version, line.saved_by, line.saved_at = line.version + 1, by, at
    line.save()


@transaction.atomic
def report_after_all(update, *, by, at):
    """Take back that there is nothing to report, before it is sent again."""
    _write(update, False, "", by=by, at=at)


def _write(update, is_nothing, reason, *, by, at):
    locked = lock_to_edit(update, by, at)
    locked.nothing_to_report, locked.nothing_reason = is_nothing, reason
    touch(locked, at)
