"""An update as plain data: what was sent in a round, kept with its event and shown again later."""

from .evidence import KEPT_EVIDENCE


def content_of(update):
    """The update's words, rows, counts and evidence as JSON-ready data."""
    rows = update.progress_rows.select_related("activity").prefetch_related("output_counts__indicator", KEPT_EVIDENCE)
    return {
        "agency": update.agency.name,
        "period": update.period.label,
        "results": update.results,
        "difficulties": update.difficulties,
        "proposals": update.proposals,
        "nothing_to_report": update.nothing_to_report,
        "nothing_reason": update.nothing_reason,
        "activities": [_row(row) for row in rows.order_by("activity__position", "activity_id")],
    }


def _row(row):
    return {
        "activity": row.activity_id,
        "number": row.activity.number,
        "title": row.activity.title,
        "state": row.state,
        "percent": row.percent,
        "quantity_done": row.quantity_done,
        "quantity_not_applicable": row.quantity_not_applicable,
        "nothing_in_period": row.nothing_in_period,
        "no_evidence_reason": row.no_evidence_reason,
        "unit": row.activity.target_unit,
        "completed_on": row.completed_on.isoformat() if row.completed_on else None,
        "words": row.words,
        "counts": [
            {
                "code": count.indicator_id,
                "name": count.indicator.name,
                "unit": count.indicator.unit,
                "value": count.value,
                "not_applicable": count.not_applicable,
            }
            for count in row.output_counts.all()
        ],
        "evidence": [
            {
                "id": item.pk,
                "caption": str(item),
                "kind": item.kind,
                "url": item.url,
                "file_name": item.file_name,
                "content_type": item.content_type,
                "size": item.size,
                "dated_on": item.dated_on.isoformat() if item.dated_on else None,
                "sha256": item.sha256,
            }
            for item in row.evidence.all()
        ],
    }


def pairs_of(before, after):
    """The lines of two contents that belong together: [(line before or None, line after or None)].

    They stand in the order of the later one, what is gone at the end. Lines belong together by their activity; rounds
    that were kept without it, by the number in the plan.
    """
    before, after = before["activities"], after["activities"]
    key = "activity" if all("activity" in row for row in (*before, *after)) else "number"
    old = {row[key]: row for row in before}
    pairs = [(old.pop(row[key], None), row) for row in after]
    return [*pairs, *((row, None) for row in old.values())]
