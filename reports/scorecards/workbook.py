"""A scorecard as an Excel file: its rates, what the agency leads, its periods, what it was asked to explain."""

from django.utils.translation import gettext as _

from agencies.workbook import Column, Kind, Sheet, given_out, write_workbook


def scorecard_workbook(agency, found, *, seen, at):
    """`found` (a Scorecard or None) as bytes; `seen`: in words from where it looks; `at`: when it is given out."""
    notes = [agency.name, *seen, _("A draft is in no figure."), given_out(at)]
    has_card = found is not None and found.card is not None
    return write_workbook(
        [
            Sheet(_("Rates"), _rate_columns(), _rates(found) if has_card else [], notes),
            Sheet(_("Activities"), _activity_columns(), map(_activity, found.activities) if found else []),
            Sheet(_("The periods shown"), _period_columns(), map(_period, found.periods) if found else []),
            Sheet(_("Explanations"), _explanation_columns(), map(_explanation, found.explanations) if found else []),
        ]
    )


def _rate_columns():
    return [
        Column("rate", _("Rate"), width=40),
        Column("part", _("Counted"), Kind.WHOLE),
        Column("whole", _("Of"), Kind.WHOLE),
    ]


def _rates(found):
    card = found.card
    for label, score in (
        (_("Activities done"), card.done),
        (_("Periods on time"), card.on_time),
        (_("Activities updated"), card.updated),
    ):
        yield {"rate": label, "part": score.part, "whole": score.whole}
    yield {
        "rate": _("Rank within %(group)s") % {"group": found.group.label},
        "part": card.place,
        "whole": found.group.ranked,
    }


def _activity_columns():
    return [
        Column("number", _("No.")),
        Column("title", _("Activity"), width=50),
        Column("state", _("State"), width=20),
        Column("days", _("Days late"), Kind.WHOLE),
        Column("in_period", _("In the period"), Kind.WHOLE),
        Column("cumulative", _("Cumulative"), Kind.WHOLE),
        Column("target", _("Target"), Kind.WHOLE),
        Column("unit", _("Unit")),
        Column("percent", _("Percent done"), Kind.WHOLE),
        Column("words", _("Results in words"), width=60),
        Column("plan", _("Plan"), width=24),
        Column("leader", _("Led as"), width=38),
    ]


def _activity(row):
    return {
        "number": row.activity.number,
        "title": row.activity.title,
        "state": row.state.label,
        "days": row.days_late or None,
        "in_period": row.in_period,
        "cumulative": row.cumulative,
        "target": row.target,
        "unit": row.activity.target_unit,
        "percent": row.percent,
        "words": row.words,
        "plan": str(row.activity.plan),
        "leader": row.leader.name,
    }


def _period_columns():
    return [
        Column("period", _("Reporting period"), width=20),
        Column("state", _("Punctuality"), width=24),
        Column("days", _("Days late"), Kind.WHOLE),
        Column("updated", _("Activities updated"), Kind.WHOLE),
        Column("led", _("Activities led"), Kind.WHOLE),
        Column("reminders", _("Days reminded"), Kind.WHOLE),
        Column("group_on_time", _("Agencies of the group on time"), Kind.WHOLE),
        Column("group", _("Agencies of the group"), Kind.WHOLE),
        Column("plan", _("Plan"), width=24),
    ]


def _period(line):
    row = line.row
    return {
        "period": line.period.title,
        "state": row.punctuality.label if row else _("owes nothing"),
        "days": row.days_late or None if row else None,
        "updated": line.updated.part if row else None,
        "led": line.updated.whole if row else None,
        "reminders": len(line.reminders),
        "group_on_time": line.group_on_time.part,
        "group": line.group_on_time.whole,
        "plan": str(line.period.plan),
    }


def _explanation_columns():
    return [
        Column("subject", _("What is to be explained"), width=50),
        Column("activity", _("Number")),
        Column("asked", _("Asked on"), Kind.DATE),
        Column("due", _("Answer by"), Kind.DATE),
        Column("answered", _("Answered on"), Kind.DATE),
        Column("status", _("State"), width=24),
        Column("answer", _("Answer"), width=60),
    ]


def _explanation(row):
    explanation = row.explanation
    return {
        "subject": explanation.subject,
        "activity": explanation.activity.number,
        "asked": explanation.asked_at,
        "due": explanation.answer_by,
        "answered": row.answered_on,
        "status": explanation.get_status_display(),
        "answer": row.answer,
    }
