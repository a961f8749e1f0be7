"""Keeping what is written in a part of a report: under a lock, so that two people never overwrite each other unseen.

What was written stays as versions; those of one person within a few minutes are one, for a part is saved while it is
typed. A text that is had again is a version of its own, and nothing is typed over it. The part as it was drafted can
always be had again.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy

from agencies.access import require

from .models import PartVersion, ReportPart
from .permissions import can_edit_report
from .quarterly.markup import sources_of, write
from .workflow import locked, record

SITTING = timedelta(minutes=5)
AS_DRAFTED = 0  # the version that is the draft itself

NOT_NOW = gettext_lazy("The report is not being written now: nothing can be changed until it is a draft again.")


@transaction.atomic
def save_part(part, body, *, version, by, at):
    """Keep `body` as the text of `part`; the part as stored, or None where somebody saved it meanwhile.

    Args:
        version: the version it was typed over. The same text twice is saved once.

    Raises:
        PermissionDenied: the report is not, or no longer, this person's to write.
    """
    held = _held(part, by)
    if body == held.body:
        return held
    if version != held.version:
        return None
    return _keep(held, body, by=by, at=at)


@transaction.atomic
def restore_part(part, number, *, by, at):
    """Let the part say what it said in version `number` (AS_DRAFTED: as drafted, and follow the updates again).

    What it said until now stays in the history. Returns the part, or None where there is no such version. Raises
    PermissionDenied as `save_part`.
    """
    held = _held(part, by)
    if number == AS_DRAFTED:
        return _keep(held, held.drafted, by=by, at=at, is_own=False) if held.edited_at else held
    kept = held.versions.filter(version=number).first()
    return _keep(held, kept.body, by=by, at=at, is_typed=False) if kept else None


def _held(part, by):
    """The part as stored, held until the transaction ends."""
    report = locked(part.report)
    require(can_edit_report(by, report), NOT_NOW)
    held = ReportPart.objects.select_for_update().get(pk=part.pk)
    held.report = report
    return held


def _keep(part, body, *, by, at, is_own=True, is_typed=True):
    """Write `body` into the part and its history: a version of its own, or while it is typed the one of the sitting."""
    part.body, part.version = body, part.version + 1
    part.edited_by, part.edited_at = (by, at) if is_own else (None, None)
    part.save()
    last = part.versions.first()
    if is_own and is_typed and last and _is_of_sitting(last, part, by=by, at=at):
        last.version, last.body, last.at = part.version, body, at
        last.save()
    else:
        PartVersion.objects.create(part=part, version=part.version, body=body, by=by, by_name=str(by), at=at)
    return part


def _is_of_sitting(last, part, *, by, at):
    """The last version is still being typed by this person, and was not had again: it says what no other one says."""
    if last.by_id != by.pk or _sitting(last.at) != _sitting(at) or last.body == part.drafted:
        return False
    return not part.versions.filter(body=last.body).exclude(pk=last.pk).exists()


def _sitting(moment):
    return moment.timestamp() // SITTING.total_seconds()


# Drafted anew


@dataclass(frozen=True)
class Redrafted:
    """A part that would be drafted otherwise now. `is_own`: somebody has written in it, so it is asked."""

    part: ReportPart
    title: str
    body: str
    sources: list
    is_own: bool


def redrafted(parts, drafted):
    """The parts whose draft has changed since: [Redrafted]. `drafted`: the parts as they would be drafted now."""
    stored = {part.code: part for part in parts}
    found = []
    for fresh in drafted:
        part, body = stored.get(fresh.code), write(fresh.paragraphs)
        if part and body != part.drafted:
            sources = sources_of(fresh.paragraphs)
            found.append(Redrafted(part, fresh.title, body, sources, part.edited_at is not None))
    return found


@transaction.atomic
def follow_draft(part, drafted, *, by):
    """Let a part nobody has written in stand as it is drafted now: what is written next begins from there.

    Raises PermissionDenied as `save_part`.
    """
    held = _held(part, by)
    for change in redrafted([held], drafted) if held.edited_at is None else ():
        held.body, held.drafted, held.sources = change.body, change.body, change.sources
        held.save(update_fields=["body", "drafted", "sources"])


@transaction.atomic
def take_drafts(report, changes, *, taken, by, at):
    """Take up the new drafts: those of parts nobody wrote in, and of the others the codes `taken`.

    A part that keeps its own text knows the new draft all the same: it is not asked again. One that somebody began to
    write in since `changes` were found stays as it is: it has not been asked.

    Raises:
        PermissionDenied: the report is not, or no longer, this person's to write.
    """
    for change in changes:
        part = _held(change.part, by)
        is_own = part.edited_at is not None
        if is_own and not change.is_own:
            continue
        part.drafted, part.sources = change.body, change.sources
        part.save(update_fields=["drafted", "sources"])
        if not is_own:
            part.body, part.version = change.body, part.version + 1
            part.save(update_fields=["body", "version"])
        elif part.code in taken:
            _keep(part, change.body, by=by, at=at, is_own=False)
    record(report, "refresh", by=by, at=at)
