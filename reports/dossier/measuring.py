"""What the criteria measure: activities done, targets reached, updates sent on time, as of the year's end or today."""

from datetime import date

from activities.models import Activity
from activities.obligations import load_duties
from activities.progress import APPROVED_ONLY, State, standings
from activities.rates import rates_of
from activities.submissions import submissions_of

from ..models import Measure
from .scoring import Measured

DONE = (State.DONE, State.LATE_DONE)
COMPUTED = (Measure.ACTIVITIES_DONE, Measure.TARGETS_REACHED, Measure.REPORTED_ON_TIME)


def as_of(year, today):
    """The day for which is measured."""
    return min(today, date(year, 12, 31))


def measure(plan, year, periods, *, needed, today):
    """{measure: Measured} of those `needed`. Six queries, none where nothing is needed.

    Only approved updates count: the dossier is handed on.

    Args:
        periods: the reporting periods of the plan (of any year).
        needed: names of measures; what is not computed from activities and updates is left out.
    """
    needed = {*needed} & {*COMPUTED}
    if not needed:
        return {}
    duties, found = load_duties([plan.pk]), {}
    if needed & {Measure.ACTIVITIES_DONE, Measure.TARGETS_REACHED}:
        rows = _standings(plan, year, duties, today)
        found[Measure.ACTIVITIES_DONE] = activities_done(rows, year, as_of(year, today))
        found[Measure.TARGETS_REACHED] = targets_reached(rows)
    if Measure.REPORTED_ON_TIME in needed:
        due = [each for each in periods if each.year == year and each.agency_due_on < today]
        sent = submissions_of(due, duties, today=today) if due else {}
        rates = rates_of([row for rows in sent.values() for row in rows])
        found[Measure.REPORTED_ON_TIME] = Measured(rates.on_time, rates.expected)
    return {name: found[name] for name in needed}


def _standings(plan, year, duties, today):
    is_over = today.year > year
    return standings(
        Activity.objects.filter(plan=plan),
        duties,
        today=as_of(year, today),
        statuses=APPROVED_ONLY,
        until=as_of(year, today) if is_over else None,
    )


def activities_done(rows, year, day):
    """Of the activities (Standings) that were to be done in `year` by `day`, those done; cancelled ones are in neither.

    What has no deadline was to be done by no day.
    """
    due = [row for row in rows if _is_due(row.activity.deadline, year, day) and row.state != State.CANCELLED]
    return _measured(due, lambda row: row.state in DONE)


def _is_due(deadline, year, day):
    return deadline is not None and deadline.year == year and deadline <= day


def targets_reached(rows):
    """Of the activities with a target, those whose quantity has reached it; cancelled ones are in neither."""
    return _measured(
        [row for row in rows if row.activity.target_quantity and row.state != State.CANCELLED],
        lambda row: (row.quantity_done or 0) >= row.activity.target_quantity,
    )


def _measured(rows, is_reached):
    open_ones = [row for row in rows if not is_reached(row)]
    return Measured(len(rows) - len(open_ones), len(rows), tuple(row.activity.number for row in open_ones))


def evidence_there(pieces):
    """There is evidence, or there is none."""
    return Measured(int(pieces > 0), 1)


def to_keep(measures):
    """The measures as JSON-ready data, for a dossier that is closed."""
    return {str(name): [each.part, each.whole, list(each.to_do)] for name, each in measures.items()}


def kept(data):
    """The measures of `to_keep` again."""
    return {name: Measured(part, whole, tuple(to_do)) for name, (part, whole, to_do) in data.items()}
