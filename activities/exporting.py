"""Everything agencies have sent for a period, as one workbook: made in the background, for it may take a while.

It is read from what each update was when it was sent last, so that nothing shows that has not been sent.
"""

from django.db.models import F
from django.utils.translation import gettext as _, gettext_lazy

from accounts.jobs import CannotDo, order, work
from agencies.workbook import Column, Kind, Sheet, write_workbook

from .models import EvidenceKind, ProgressState, ReportingPeriod, Status, UpdateEvent

AGENCY, NUMBER, ACTIVITY = (
    Column("agency", gettext_lazy("Agency")),
    Column("number", gettext_lazy("Number")),
    Column("activity", gettext_lazy("Activity")),
)
LINES = (
    AGENCY,
    NUMBER,
    ACTIVITY,
    Column("state", gettext_lazy("State")),
    Column("percent", gettext_lazy("Percent done"), Kind.WHOLE),
    Column("quantity", gettext_lazy("Quantity done in the period"), Kind.WHOLE),
    Column("unit", gettext_lazy("Unit")),
    Column("completed_on", gettext_lazy("Completed on")),
    Column("words", gettext_lazy("Results in words"), width=60),
    Column("evidence", gettext_lazy("Pieces of evidence"), Kind.WHOLE),
)
COUNTS = (
    AGENCY,
    NUMBER,
    Column("code", gettext_lazy("Code")),
    Column("indicator", gettext_lazy("Indicator")),
    Column("value", gettext_lazy("This period"), Kind.WHOLE),
    Column("remark", gettext_lazy("Remark")),
    Column("unit", gettext_lazy("Unit")),
)
EVIDENCE = (
    AGENCY,
    NUMBER,
    Column("caption", gettext_lazy("Caption")),
    Column("kind", gettext_lazy("Kind")),
    Column("address", gettext_lazy("Link or file name"), width=60),
    Column("sha256", "SHA-256"),
)
UPDATES = (
    AGENCY,
    Column("status", gettext_lazy("Decision")),
    Column("sent", gettext_lazy("First sent"), Kind.DATE),
    Column("results", gettext_lazy("Direction and management"), width=50),
    Column("difficulties", gettext_lazy("Difficulties and causes"), width=50),
    Column("proposals", gettext_lazy("Proposals"), width=50),
    Column("nothing", gettext_lazy("Nothing to report this period"), width=50),
)


def order_export(period, *, by):
    """Order the workbook of `period` for the person `by`; returns the Job."""
    subject = f"{period.label}, {period.plan}"
    return order("period_export", by=by, locality=period.plan.locality, subject=subject, period=period.pk)


@work("period_export", label=gettext_lazy("Everything sent for a period, as Excel"))
def export_period(job, *, period):
    """Make the workbook and leave it to whoever asked."""
    row = ReportingPeriod.objects.filter(pk=period, plan__locality=job.locality).select_related("plan").first()
    if row is None:
        raise CannotDo(_("The period is not there any more."), final=True)
    events = last_sent(row)
    tables = {"updates": [], "lines": [], "counts": [], "evidence": []}
    for done, event in enumerate(events, start=1):
        _add(tables, event)
        job.step(done, len(events) + 1)
    job.keep(f"so-lieu-{row.pk}-{job.pk}.xlsx", workbook(row, tables))
    return _("%(n)s updates") % {"n": len(events)}


def last_sent(period):
    """The sending by which each update of `period` stands, by agency: [UpdateEvent]. One query."""
    sent = UpdateEvent.objects.filter(
        update__period=period, move="submit", content__isnull=False, at=F("update__submitted_at")
    )
    rows = sent.exclude(update__status=Status.DRAFT).select_related("update__agency")
    return sorted(rows, key=lambda event: (event.update.agency.name_sort, event.update_id))


def workbook(period, tables):
    """The workbook as bytes: the updates, their lines, their counts, their evidence."""
    notes = [
        _("%(period)s of plan %(plan)s") % {"period": period.title, "plan": period.plan},
        _("As each agency sent it last; what has not been sent is not in it."),
    ]
    return write_workbook(
        [
            Sheet(_("Updates"), UPDATES, tables["updates"], notes),
            Sheet(_("Activities"), LINES, tables["lines"]),
            Sheet(_("Indicators"), COUNTS, tables["counts"]),
            Sheet(_("Evidence"), EVIDENCE, tables["evidence"]),
        ]
    )


def _add(tables, event):
    content, agency = event.content, event.update.agency_name or event.update.agency.name
    tables["updates"].append(
        {
            "agency": agency,
            "status": event.update.get_status_display(),
            "sent": event.update.first_submitted_at,
            **{name: content.get(name, "") for name in ("results", "difficulties", "proposals")},
            "nothing": content.get("nothing_reason", ""),
        }
    )
    for line in () if content.get("nothing_to_report") else content["activities"]:
        named = {"agency": agency, "number": line["number"]}
        tables["lines"].append(_line(line, named))
        tables["counts"] += [_count(count, named) for count in line["counts"]]
        tables["evidence"] += [_evidence(item, named) for item in line["evidence"]]


def _line(line, named):
    return {
        **named,
        "activity": line["title"],
        "state": ProgressState(line["state"]).label if line["state"] else "",
        "percent": line["percent"],
        "quantity": line["quantity_done"],
        "unit": line["unit"],
        "completed_on": line["completed_on"],
        "words": line["words"],
        "evidence": len(line["evidence"]),
    }


def _count(count, named):
    remark = _("not applicable") if count.get("not_applicable") else ""
    return {
        **named,
        **{key: count[key] for key in ("code", "value", "unit")},
        "indicator": count["name"],
        "remark": remark,
    }


def _evidence(item, named):
    return {
        **named,
        "caption": item["caption"],
        "kind": EvidenceKind(item["kind"]).label,
        "address": item["url"] or item.get("file_name", ""),
        "sha256": item["sha256"],
    }
