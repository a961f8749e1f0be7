"""What a report is made of, read once: plans, duties, what was reported, sent, counted and proved.

A constant number of queries, whatever the number of plans, agencies and activities.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.utils import translation

from activities.models import Activity, Contribution, Evidence, QuarterlyUpdate, Status
from activities.obligations import Duties, load_duties
from activities.progress import APPROVED_ONLY, count_by_state, reported_lines, standings_of, total_quantity
from activities.rates import Rates, rates_of
from activities.submissions import submissions_of
from activities.versions import as_in_force
from agencies.models import Agency

from ..counting import build_figures
from ..figures import Figure
from .heading import plans_of
from .reading import Said, read_plans
from .spans import Span


@dataclass(frozen=True)
class Gathered:
    """All that a report on `plan` (a Plan, or Several) in `span` is made of.

    `own`: the agency whose own report it is; then `rows`, `lines`, `updates` and `figures` are its own alone. `said` is
    what the plans say; `updates` are the approved ones that tell of anything, `lines` theirs, by activity and agency;
    `quantities` what was done of each activity in the span. `shared`: keys of activities whose target is not the
    agency's alone, `helped`: of those it only cooperates in.
    """

    plan: object
    own: Agency | None
    span: Span
    today: date
    as_of: date
    duties: Duties
    rows: list
    counts: dict
    lines: list
    updates: list
    submissions: list
    rates: Rates
    figures: tuple[Figure, ...]
    counted_in: dict
    evidence: list
    said: Said
    contributions: list
    quantities: dict
    shared: frozenset
    helped: frozenset


def gather(plan, span, *, today, own=None):
    """Everything the report on `plan` in `span` says, as the approved updates stand."""
    keys = [each.pk for each in plans_of(plan)]
    as_of = min(today, span.ends_on)
    duties = load_duties(keys)
    ours = duties.successors.with_predecessors(own.pk) if own else None
    activities = as_in_force(_activities(keys), span.ends_on)
    reported = reported_lines(activities, statuses=APPROVED_ONLY, until=span.ends_on)
    rows, reported, helped = _standings(activities, duties, reported, as_of, span.ends_on, ours)
    shared = _shared(activities, duties, span.ends_on, ours)
    figures, counted_in = build_figures(
        span.periods,
        dict.fromkeys(keys, span.ends_on),
        activities,
        reported,
        duties.successors,
        year=span.year,
        statuses=APPROVED_ONLY,
        agencies=ours,
        without_target=shared,
    )
    submissions = _submissions(span, duties, today, ours)
    lines = _lines_of(span, activities, reported)
    updates = _updates(submissions, lines)
    return Gathered(
        plan=plan,
        own=own,
        span=span,
        today=today,
        as_of=as_of,
        duties=duties,
        rows=rows,
        counts=count_by_state(rows),
        lines=lines,
        updates=updates,
        submissions=submissions,
        rates=rates_of(submissions),
        figures=figures,
        counted_in=counted_in,
        evidence=_evidence(span, lines),
        said=read_plans(keys),
        contributions=_contributions(span, ours) if own else [],
        quantities=_quantities(lines, duties.successors),
        shared=shared,
        helped=frozenset(helped),
    )


def _activities(plans):
    """The activities of the plans, in the order of the plans. One query."""
    order = {pk: place for place, pk in enumerate(plans)}
    found = Activity.objects.filter(plan__in=plans).select_related("plan", "indicator")
    return sorted(found, key=lambda each: (order[each.plan_id], each.position, each.pk))


# One agency's own part


class _Part:
    """The duties of some plans as far as some agencies lead (`Duties`); who else leads does not count."""

    def __init__(self, duties, ours):
        self._duties, self._ours = duties, ours

    def __getattr__(self, name):
        return getattr(self._duties, name)

    def leads_on(self, activity, day):
        return {agency for agency in self._duties.leads_on(activity, day) if agency.pk in self._ours}


def _standings(activities, duties, reported, as_of, until, ours):
    """(Standings, the lines that count, {key} of what is only helped with).

    Of `ours` alone: what they lead, by their own lines, and what they help with, as its leads tell it.
    """
    with translation.override("vi"):  # the names of the invited say so in the document's language
        if ours is None:
            return standings_of(activities, duties, reported, today=as_of, until=until), reported, ()
        mine = [line for line in reported if line.update.agency_id in ours]
        spoken = {line.activity_id for line in mine}
        led = [each for each in activities if each.pk in spoken or _are_in(ours, duties.leads_on(each, until))]
        leading = {each.pk for each in led}
        left = [each for each in activities if each.pk not in leading]
        helped = [each for each in left if _are_in(ours, duties.cooperates_on(each, until))]
        rows = standings_of(led, _Part(duties, ours), mine, today=as_of, until=until)
        rows += standings_of(helped, duties, reported, today=as_of, until=until)
    place = {activity.pk: place for place, activity in enumerate(activities)}
    return sorted(rows, key=lambda row: place[row.activity.pk]), mine, {activity.pk for activity in helped}


def _are_in(ours, agencies):
    return any(agency.pk in ours for agency in agencies)


def _shared(activities, duties, day, ours):
    """{key} of the activities whose target is not that of `ours`, because others lead them, or lead them too."""
    if ours is None:
        return frozenset()
    leads = {activity.pk: {agency.pk for agency in duties.leads_on(activity, day)} for activity in activities}
    return frozenset(key for key, agencies in leads.items() if not agencies or agencies - ours)


def _contributions(span, ours):
    """What the agency added to the activities of others. One query."""
    added = Contribution.objects.filter(period__in=span.periods, agency__in=ours)
    return list(added.select_related("activity").order_by("period__ends_on", "activity__position", "pk"))


# What was sent and said


def _by_plan_and_time(period):
    plan = period.plan
    return plan.issued_on or date.max, plan.pk, period.ends_on, period.starts_on


def _submissions(span, duties, today, ours):
    """The duties to send, period by period, worst first; those of `ours` alone. One query."""
    by_period = submissions_of(list(span.periods), duties, today=today) if span.periods else {}
    rows = [row for period in sorted(by_period, key=_by_plan_and_time) for row in by_period[period]]
    return [row for row in rows if row.agency.pk in ours] if ours is not None else rows


def _lines_of(span, activities, reported):
    """The span's own lines, by activity and agency; each knows its activity as it was in force."""
    place = {activity.pk: (place, activity) for place, activity in enumerate(activities)}
    within = {period.pk for period in span.periods}
    lines = [line for line in reported if line.update.period_id in within]
    for line in lines:
        line.activity = place[line.activity_id][1]
    return sorted(lines, key=lambda line: (place[line.activity_id][0], *_said_by(line.update), line.pk))


def _said_by(update):
    return update.period.ends_on, update.agency.name_sort, update.agency_id


def _updates(submissions, lines):
    """The approved updates that tell of anything, by period and agency; one query more where one has no line."""
    told = {line.update.pk: line.update for line in lines}
    wordy = [
        row.update.pk
        for row in submissions
        if row.status == Status.APPROVED and not row.is_nothing and row.update.pk not in told
    ]
    if wordy:
        told |= QuarterlyUpdate.objects.select_related("agency", "period").in_bulk(wordy)
    return sorted(told.values(), key=_said_by)


def _quantities(lines, successors):
    """{activity: what was done of it in the span}, of a stock the last value of each agency."""
    of_activity = defaultdict(list)
    for line in lines:
        of_activity[line.activity_id].append(line)
    return {
        key: total_quantity(each, each[0].activity.counts_as_stock, successors) for key, each in of_activity.items()
    }


def _evidence(span, lines):
    """The live evidence of the lines, in their order. One query."""
    order = {line.pk: (place, line) for place, line in enumerate(lines)}
    found = Evidence.objects.filter(
        progress__update__period__in=span.periods, progress__update__status__in=APPROVED_ONLY, removed_at__isnull=True
    )
    told = [each for each in found if each.progress_id in order]
    rows = sorted(told, key=lambda each: (order[each.progress_id][0], each.pk))
    for row in rows:
        row.progress = order[row.progress_id][1]
    return rows
