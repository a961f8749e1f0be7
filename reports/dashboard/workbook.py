"""The tables of the dashboard as a workbook: what the page shows, and all rows where it shows the first few."""

from django.utils.translation import gettext as _, gettext_lazy

from agencies.workbook import Column, Kind, Sheet, write_workbook

FIGURES = (
    Column("label", gettext_lazy("Figure"), width=40),
    Column("count", gettext_lazy("Number"), Kind.WHOLE),
    Column("whole", gettext_lazy("Of"), Kind.WHOLE),
    Column("note", gettext_lazy("Note"), width=44),
    Column("before", gettext_lazy("In the period compared with"), Kind.WHOLE),
)
COMPARED = (
    Column("label", gettext_lazy("Compared"), width=32),
    Column("now", gettext_lazy("Now"), Kind.WHOLE),
    Column("then", gettext_lazy("Then"), Kind.WHOLE),
    Column("by", gettext_lazy("More or fewer"), Kind.WHOLE),
)
ACTIVITIES = (
    Column("plan", gettext_lazy("Plan")),
    Column("number", gettext_lazy("No.")),
    Column("title", gettext_lazy("Activity"), width=50),
    Column("state", gettext_lazy("State")),
    Column("days_late", gettext_lazy("Days late"), Kind.WHOLE),
    Column("leads", gettext_lazy("Lead agency"), width=36),
    Column("deadline", gettext_lazy("Deadline"), Kind.DATE),
    Column("percent", gettext_lazy("Percent done"), Kind.WHOLE),
)
AGENCIES = (
    Column("agency", gettext_lazy("Agency"), width=40),
    Column("plan", gettext_lazy("Plan")),
    Column("punctuality", gettext_lazy("Punctuality")),
    Column("days_late", gettext_lazy("Days late"), Kind.WHOLE),
    Column("status", gettext_lazy("Decision")),
    Column("filled", gettext_lazy("Activities filled in"), Kind.WHOLE),
    Column("expected", gettext_lazy("Activities to report"), Kind.WHOLE),
)
OUTPUTS = (
    Column("code", gettext_lazy("Code")),
    Column("label", gettext_lazy("Indicator"), width=36),
    Column("unit", gettext_lazy("Unit")),
    Column("in_period", gettext_lazy("In the period"), Kind.WHOLE),
    Column("cumulative", gettext_lazy("Cumulative"), Kind.WHOLE),
    Column("target", gettext_lazy("Year's target"), Kind.WHOLE),
    Column("percent", gettext_lazy("Rate (%)"), Kind.PERCENT),
)
TREND = (
    Column("period", gettext_lazy("Reporting period")),
    Column("expected", gettext_lazy("Expected"), Kind.WHOLE),
    Column("sent", gettext_lazy("Sent"), Kind.WHOLE),
    Column("on_time", gettext_lazy("Sent on time"), Kind.WHOLE),
    Column("completeness", gettext_lazy("Completeness (%)"), Kind.PERCENT),
    Column("timeliness", gettext_lazy("Timeliness (%)"), Kind.PERCENT),
)


def dashboard_workbook(board, figures, compared, notes):
    """The workbook, as bytes: `figures` are its Headlines, `compared` its comparison, `notes` what it shows."""
    return write_workbook(
        [
            Sheet(_("Overview"), FIGURES, [_figure(each) for each in figures], notes=notes),
            Sheet(_("Comparison"), COMPARED, [_compared(each) for each in compared]),
            Sheet(_("Activities"), ACTIVITIES, [_activity(row) for row in board.rows]),
            Sheet(_("Agencies"), AGENCIES, [_agency(row) for row in board.submissions]),
            Sheet(_("Outputs"), OUTPUTS, [_output(figure) for figure in board.figures]),
            Sheet(_("Periods"), TREND, [_period(totals) for totals in board.trend]),
        ]
    )


def _figure(figure):
    before = figure.change.before if figure.change else None
    facts = {name: getattr(figure, name) for name in ("label", "count", "whole")}
    return {**facts, "note": str(figure.note), "before": before}


def _compared(row):
    return {name: getattr(row, name) for name in ("label", "now", "then", "by")}


def _activity(row):
    return {
        "plan": str(row.activity.plan),
        "number": row.activity.number,
        "title": row.activity.title,
        "state": row.state.label,
        "days_late": row.days_late or None,
        "leads": "; ".join(row.leads),
        "deadline": row.activity.deadline,
        "percent": row.percent,
    }


def _agency(row):
    return {
        "agency": row.agency.name,
        "plan": str(row.period.plan),
        "punctuality": row.punctuality.label,
        "days_late": row.days_late or None,
        "status": row.update.get_status_display() if row.update else _("not begun"),
        "filled": row.filled,
        "expected": row.expected,
    }


def _output(figure):
    return {
        "code": figure.code,
        "label": figure.label,
        "unit": figure.unit_label,
        "in_period": figure.in_period,
        "cumulative": figure.cumulative,
        "target": figure.target,
        "percent": figure.target_percent,
    }


def _period(totals):
    return {
        "period": totals.period.title,
        "expected": totals.expected,
        "sent": totals.sent,
        "on_time": totals.on_time,
        "completeness": totals.sent_rate,
        "timeliness": totals.on_time_rate,
    }
