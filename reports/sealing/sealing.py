"""Issuing is sealing: the report object is built once more, its files are made and kept, and the report is issued.

The very object that is sealed is checked first: what nobody stands by is not issued, whoever asks for it. The files are
made and written outside the transaction, which then decides: everything is there, or nothing is. Whoever comes second
finds the report issued; a report that was changed meanwhile is not issued as it no longer is.
"""

import copy
from datetime import date
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from agencies.access import require

from ..checking import check_report
from ..models import FileKind, Report, ReportStatus
from ..permissions import can_issue_report
from ..quarterly.building import make_report
from ..workflow import NOT_NOW, TRANSITIONS, locked, move
from .codes import new_code
from .files import make_files, rows_of, sealed_bytes, take_away, written


class Facts(NamedTuple):
    """What is decided when a report is issued, besides its text."""

    number: int
    symbol: str
    issued_on: date
    signing_authority: str
    signatory_title: str
    signatory_name: str


class ChangedMeanwhile(ValidationError):
    """The report is not what was sealed any more."""

    def __init__(self):
        super().__init__(_("The report was changed while it was being sealed. Read it again, then issue it."))


class Unchecked(ValidationError):
    """The check of the report as it would be sealed finds what nobody stands by: `findings`."""

    def __init__(self, findings):
        self.findings = findings
        said = ngettext(
            "%(n)s point of the check stands in the way: %(first)s. Read the check again, then issue the report.",
            "%(n)s points of the check stand in the way, the first: %(first)s. "
            "Read the check again, then issue the report.",
            len(findings),
        )
        super().__init__(said % {"n": len(findings), "first": findings[0].title})


def issue_report(report, facts, *, by, at, step=None, ordered=None):
    """Issue `report` under `facts`, by the person `by` at the moment `at`; the report as issued.

    `step(done, total)` is told how far it is. `ordered`: the `state_of` the report when this was ordered, where that
    was earlier.

    Raises:
        PermissionDenied: it is not this person's, or not now (somebody else may have issued it a moment ago).
        ValidationError: the number is taken, the day of issue cannot be, the check finds what nobody stands by, or
            the report changed meanwhile.
        DamagedError: the version it replaces cannot be read.
    """
    stored = Report.objects.select_related("plan", "agency", "locality").get(pk=report.pk)
    require(can_issue_report(by, stored), NOT_NOW)
    seen, today = state_of(report), timezone.localtime(at).date()
    if ordered is not None and seen != ordered:
        raise ChangedMeanwhile
    if said := problem_of_day(stored, facts.issued_on, today):
        raise ValidationError({"issued_on": said})
    draft = _as_issued(report, facts, at)
    if report.replaces:
        sealed_bytes(report.replaces, FileKind.DATA)  # what it is compared with must be what was sealed
    made = make_report(draft, today=today)
    check = check_report(stored, made)
    if not check.is_ready:
        raise Unchecked([each for each in check.findings if each.is_open])
    files = written(make_files(made.built, draft.document_number, step))
    try:
        with transaction.atomic():
            return _issue(draft, seen, files, by=by, at=at)
    except BaseException as error:
        take_away(files)
        if isinstance(error, IntegrityError):
            raise ValidationError({"number": number_taken(facts)}) from error
        raise


def number_taken(facts):
    said = {"number": f"{facts.number:02d}/{facts.symbol}", "year": str(facts.issued_on.year)}
    return _("The agency has issued another report as %(number)s in %(year)s. Choose another number.") % said


def problem_of_day(report, day, today):
    """Why `report` cannot be issued on `day`, in a sentence; "" where it can."""
    if day > today:
        return _("The day of issue cannot lie ahead; today is %(day)s.") % {"day": f"{today:%d/%m/%Y}"}
    approved = approved_on(report)
    if approved and day < approved:
        said = {"day": f"{approved:%d/%m/%Y}"}
        return _("The report was approved on %(day)s: it cannot be issued before.") % said
    return ""


def approved_on(report):
    """The day leadership approved the report; None where it needs no approval."""
    moments = [event.at for event in report.events.all() if event.after == ReportStatus.APPROVED]
    return timezone.localtime(max(moments)).date() if moments else None


def _as_issued(report, facts, at):
    """The report as it will be, for the report object to be built from; nothing is saved."""
    draft = copy.copy(report)
    for name, value in facts._asdict().items():
        setattr(draft, name, value)
    draft.code, draft.sealed_at, draft.status = new_code(), at, ReportStatus.ISSUED
    return draft


def state_of(report):
    """What must still be so when the report is issued: its version, and that of each part; JSON-ready."""
    stored = Report.objects.get(pk=report.pk)
    return [stored.version, str(stored.status), sorted(map(list, stored.parts.values_list("code", "version")))]


def _issue(draft, seen, files, *, by, at):
    held = locked(draft)
    if can_issue_report(by, held) and state_of(held) != seen:
        raise ChangedMeanwhile
    if TRANSITIONS["issue"].allowed(by, held):
        decided = {name: getattr(draft, name) for name in (*Facts._fields, "code", "sealed_at")}
        Report.objects.filter(pk=held.pk).update(**decided)
    issued = move(held, "issue", by=by, at=at)
    rows_of(issued, files)
    return issued
