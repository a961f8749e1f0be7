"""A report too long to wait for as a file: made in the background, with progress, and left to whoever asked."""

import ctypes
import gc
from contextlib import suppress
from datetime import date
from hashlib import sha256

from django.utils.translation import gettext as _, gettext_lazy, ngettext

from accounts.jobs import CannotDo, order, work
from accounts.models import Job, JobState
from activities.models import ConsolidatedPeriod, ReportingPeriod

from .excel import report_xlsx
from .models import Report
from .pdf import PdfBusyError, quarterly_pdf
from .quarterly import build_quarterly_report
from .quarterly.building import build_report
from .word import report_docx

AT_ONCE = 2000  # rows of annexes: more than that may take two seconds as PDF; one limit for every kind of file
SUBJECTS = {"report": Report, "period": ReportingPeriod, "consolidated": ConsolidatedPeriod}
LOCALITY_OF = {"report": "locality", "period": "plan__locality", "consolidated": "plan__locality"}
RELATED = {
    "report": ("locality", "plan__locality", "plan__issuing_agency__parent", "agency__parent"),
    "period": ("plan__locality", "plan__issuing_agency", "plan__coordinating_agency__parent"),
}


def is_large(built):
    """Whether the report object `built` has more rows than are set while somebody waits."""
    return rows_of(built) > AT_ONCE


def rows_of(built):
    """The rows of its annexes."""
    tables = (built.figures, built.activities, built.submissions, built.evidence, built.differences)
    return sum(map(len, tables))


def order_file(subject, built, extension, *, by, today):
    """Order `subject` (a Report, or the period of a preview), which is `built` now, as a file; returns the Job.

    Asked for again `today` while it says the same, it is the same Job. `extension`: "pdf", "docx" or "xlsx".
    """
    name, kind = _name_of(subject), f"report_{extension}"
    digest = sha256(repr(built).encode()).hexdigest()[:32]
    key = f"{kind}:{by.pk}:{today}:{digest}"
    locality = subject.locality if name == "report" else subject.plan.locality
    asked = {"subject_kind": name, "pk": subject.pk, "day": today.isoformat()}
    while not (job := order(kind, by=by, locality=locality, subject=_called(subject), key=key, **asked)):
        ordered = Job.objects.get(key=key)
        if ordered.state != JobState.DONE or ordered.file.storage.exists(ordered.file.name):
            return ordered
        key = f"{kind}:{by.pk}:{today}:after:{ordered.pk}"  # its file is gone: once more
    return job


def _name_of(subject):
    return next(name for name, model in SUBJECTS.items() if isinstance(subject, model))


def _called(subject):
    return str(subject) if isinstance(subject, Report) else f"{subject.label}, {subject.plan}"


@work("report_pdf", label=gettext_lazy("Report as PDF"))
def pdf_in_background(job, **asked):
    return _made(job, "pdf", quarterly_pdf, **asked)


@work("report_docx", label=gettext_lazy("Report as a Word file"))
def docx_in_background(job, **asked):
    return _made(job, "docx", report_docx, **asked)


@work("report_xlsx", label=gettext_lazy("Report as an Excel file"))
def xlsx_in_background(job, **asked):
    return _made(job, "xlsx", report_xlsx, **asked)


def _made(job, extension, make, *, subject_kind, pk, day):
    """Make the file and leave it to whoever asked; how many rows it has, in words."""
    found = SUBJECTS[subject_kind].objects.filter(**{"pk": pk, LOCALITY_OF[subject_kind]: job.locality})
    subject = found.select_related(*RELATED.get(subject_kind, RELATED["period"])).first()
    if subject is None:
        raise CannotDo(_("The report is not there any more."), final=True)
    build = build_report if subject_kind == "report" else build_quarterly_report
    built = build(subject, today=date.fromisoformat(day))
    total = rows_of(built) + 1
    job.step(0, total)
    try:
        data = tidied(make, built, step=lambda done: job.step(done, total))
    except PdfBusyError as error:
        raise CannotDo(_("Other documents are being set; this one is tried again in a moment.")) from error
    job.keep(f"bao-cao-{job.pk}.{extension}", data)
    job.step(total, total)
    n = total - 1
    return ngettext("%(n)s row in the annexes", "%(n)s rows in the annexes", n) % {"n": n}


def tidied(make, built, step=None):
    """What `make` makes of a report object, as bytes; the memory it took goes back to the machine."""
    try:
        return make(built, step=step)
    finally:
        gc.collect()
        with suppress(OSError, AttributeError):  # a C library without it
            ctypes.CDLL(None).malloc_trim(0)
