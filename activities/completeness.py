"""What an update still lacks before it can be submitted, each with its sentence."""

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from .models import Activity, ProgressState, ScanState
from .obligations import load_duties
from .reporting_rules import rules_of

COUNTS_AS_PROOF = Q(evidence__removed_at__isnull=True) & ~Q(evidence__scan=ScanState.REFUSED)


def activities_of(update, duties=None):
    """The activities the update must report, in the plan's order; `duties` of its plan where they are read already."""
    duties = duties or load_duties([update.period.plan_id])
    led = duties.led_by(update.agency, update.period.plan, update.period.ends_on)
    mine = Activity.objects.filter(pk__in=led).select_related("indicator")
    return list(mine.order_by("position", "pk"))


def missing_in(update):
    """What must be filled in before submitting: [(activity, sentence)], empty when the update is complete.

    An update that says it has nothing to report, and why, lacks nothing.
    """
    if update.nothing_to_report:
        return []
    lines = update.progress_rows.annotate(proofs=Count("evidence", filter=COUNTS_AS_PROOF))
    rows = {row.activity_id: row for row in lines}
    rules = rules_of(update.period.plan)
    return [
        (activity, sentence)
        for activity in activities_of(update)
        for _field, sentence in missing_fields(
            activity, rows.get(activity.pk), proofs=getattr(rows.get(activity.pk), "proofs", 0), rules=rules
        )
    ]


def missing_fields(activity, row, *, proofs, rules):
    """What one activity's line lacks: (field, sentence) pairs.

    Args:
        proofs: how many pieces of evidence the line has.
        rules: the plan's ReportingRules.
    """
    named = {"number": activity.number}
    if row is not None and row.nothing_in_period and row.state:
        return
    if row is None or not row.state:
        yield "state", _("Activity %(number)s: state its progress.") % named
    elif row.state != ProgressState.NOT_STARTED:
        if row.percent is None:
            yield "percent", _("Activity %(number)s: say how far it is, in percent.") % named
        if row.state == ProgressState.DONE and not row.completed_on:
            yield "completed_on", _("Activity %(number)s: give the day of completion.") % named
        if not row.words.strip():
            yield "words", _("Activity %(number)s: say in words what was done.") % named
        if activity.target_quantity and row.quantity_done is None and not row.quantity_not_applicable:
            yield "quantity_done", _("Activity %(number)s: give the quantity done in the period (0 if none).") % named
        if row.state == ProgressState.DONE and rules.evidence_required and not proofs and not row.no_evidence_reason:
            yield (
                "no_evidence_reason",
                _("Activity %(number)s: add evidence that it is done, or say why there is none.") % named,
            )
