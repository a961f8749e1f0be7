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
        "activities": [_row(row) for row in rows.order_by("activity__position", "activity_id")],
    }


def _row(row):
    return {
        "number": row.activity.number,
        "title": row.activity.title,
        "state": row.state,
        "percent": row.percent,
        "quantity_done": row.quantity_done,
        "unit": row.activity.target_unit,
        "completed_on": row.completed_on.isoformat() if row.completed_on else None,
        "words": row.words,
        "counts": [
            {
                "code": count.indicator_id,
                "name": count.indicator.name,
                "unit": count.indicator.unit,
                "value": count.value,
            }
            for count in row.output_counts.all()
        ],
        "evidence": [
            {"id": item.pk, "caption": str(item), "kind": item.kind, "url": item.url, "sha256": item.sha256}
            for item in row.evidence.all()
        ],
    }
