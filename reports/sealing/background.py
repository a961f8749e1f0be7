"""What takes too long to wait for: issuing a long report, judging a large signed file."""

import uuid
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _, gettext_lazy

from accounts.jobs import CannotDo, order, work
from accounts.models import Job, JobState
from agencies import clock

from ..models import Report
from .files import DamagedError
from .office_seal import SealUnusable
from .sealing import Facts, issue_report, state_of
from .signing import AlreadyThere, seal_on_server, take_signed

KIND, JUDGING = "report_seal", "report_signed"
RUNNING = (JobState.WAITING, JobState.RUNNING)
REFUSALS = (PermissionDenied, ValidationError, DamagedError, SealUnusable)


def last_job(report):
    """The job that was ordered last to issue `report`, or None."""
    jobs = Job.objects.filter(kind=KIND, locality=report.locality_id, arguments__report=report.pk)
    return jobs.order_by("-queued_at", "-pk").first()


def job_of(report):
    """The job that is issuing `report` at this moment, or None."""
    job = last_job(report)
    return job if job and job.state in RUNNING else None


def order_issue(report, facts, *, by, then_seal):
    """Order the issue of `report`; returns the Job: the one that is at it already, where there is one."""
    last = last_job(report)
    if last and last.state in RUNNING:
        return last
    written = {**facts._asdict(), "issued_on": facts.issued_on.isoformat()}
    key = f"{KIND}:{report.pk}:after:{last.pk if last else 0}"  # whoever orders at this moment orders the same job
    arguments = {"report": report.pk, "facts": written, "then_seal": then_seal, "ordered": state_of(report)}
    job = order(KIND, by=by, locality=report.locality, subject=str(report), key=key, **arguments)
    return job or Job.objects.get(key=key)


@work(KIND, label=gettext_lazy("Issuing and sealing a report"), tries=1, says_done=True)
def issue_in_background(job, *, report, facts, then_seal, ordered=None):
    """Issue the report as it was when it was `ordered`; nothing is half done where it cannot be."""
    row = Report.objects.filter(pk=report, locality=job.locality).select_related("plan", "agency", "locality").first()
    if row is None:
        raise CannotDo(_("The report is not there any more."), final=True)
    if row.is_issued:
        return row.document_number
    decided = Facts(**{**facts, "issued_on": date.fromisoformat(facts["issued_on"])})
    try:
        issued = issue_report(row, decided, by=job.started_by, at=clock.now(), step=job.step, ordered=ordered)
    except REFUSALS as error:
        raise CannotDo(in_words(error), final=True) from error
    if then_seal:
        try:
            seal_on_server(issued, by=job.started_by, at=clock.now())
        except REFUSALS as error:
            return _("Issued as %(number)s, but not sealed by the server: %(said)s") % {
                "number": issued.document_number,
                "said": in_words(error),
            }
    return _("Issued as %(number)s.") % {"number": issued.document_number}


def in_words(error):
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)


def order_judging(report, data, name, *, by):
    """Keep a large signed file for the moment and order its judging; returns the Job."""
    kept = default_storage.save(f"signing/{uuid.uuid4().hex}", ContentFile(data))
    subject = f"{report.document_number}: {name}"[:200]
    return order(JUDGING, by=by, locality=report.locality, subject=subject, report=report.pk, kept=kept, name=name)


@work(JUDGING, label=gettext_lazy("Checking a signed report"), says_done=True)
def judge_in_background(job, *, report, kept, name):
    """Judge the file and let it go: what is accepted has been stored by then under a name of its own."""
    row = Report.objects.filter(pk=report, locality=job.locality).select_related("agency", "locality").first()
    if row is None or not default_storage.exists(kept):
        default_storage.delete(kept)
        return _("The file has been judged already.")
    with default_storage.open(kept, "rb") as file:
        data = file.read()
    try:
        signature = take_signed(row, data, name, by=job.started_by, at=clock.now())
    except AlreadyThere as error:
        default_storage.delete(kept)
        return in_words(error)
    except DamagedError as error:
        default_storage.delete(kept)
        raise CannotDo(str(error), final=True) from error
    default_storage.delete(kept)
    if signature.is_accepted:
        return _("It is the sealed document. Confirm on the page of the report who signed it.")
    return _("Refused: the page of the report says why.")
