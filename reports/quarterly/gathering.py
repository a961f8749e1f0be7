"""What a report is made of, read once: plans, duties, what was reported, sent, counted and proved.

A constant number of queries, whatever the number of plans, agencies and activities.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Exists, OuterRef
from django.utils import translation

from activities.models import Activity, Contribution, ContributionEvidence, Evidence, QuarterlyUpdate, Status
from activities.obligations import Duties, load_duties
from activities.progress import APPROVED_ONLY, count_by_state, reported_lines, standings_of, total_quantity
from activities.rates import Rates, rates_of
from activities.readings import live_on
from activities.submissions import submissions_of
from activities.versions import as_in_force
from agencies.models import Agency
from plans.models import PlanVersion

from ..counting import build_figures, counts_of, indicators_of, sum_of
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
    agency's alone, `helped`: of those it only cooperates in. `as_kept` are all activities as they stand now, `reported`
    the lines of all of them up to the end of the span, whoever's.
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
    as_kept: list
    reported: list


STEPS = 6  # of gathering


def gather(plan, span, *, today, own=None, step=lambda: None):
    """Everything the report on `plan` in `span` says, as the approved updates stand. `step` is called STEPS times."""
    keys = [each.pk for each in plans_of(plan)]
    as_of = min(today, span.ends_on)
    duties = load_duties(keys)
    ours = duties.successors.with_predecessors(own.pk) if own else None
    kept = _activities(keys)
    activities = _in_force(kept, span.ends_on)
    step()
    every = reported_lines(kept, statuses=APPROVED_ONLY, until=span.ends_on)
    reported = _lines_about(activities, every)
    step()
    rows, reported, helped = _standings(activities, duties, reported, as_of, span.ends_on, ours)
    shared = _shared(activities, duties, span.ends_on, ours)
    step()
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
    step()
    submissions = _submissions(span, duties, today, ours)
    lines = _lines_of(span, activities, reported)
    updates = _updates(submissions, lines)
    step()
    evidence = _evidence(span, activities, lines, ours)
    step()
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
        evidence=evidence,
        said=read_plans(keys),
        contributions=_contributions(span, ours) if own else [],
        quantities=_quantities(lines, duties.successors),
        shared=shared,
        helped=frozenset(helped),
        as_kept=kept,
        reported=every,
    )


def earlier_figures(gathered, period):
    """The figures of an earlier reporting period of the plan, from what is read already. Two queries, three at most."""
    activities = _in_force(gathered.as_kept, period.ends_on)
    until, successors = {period.plan_id: period.ends_on}, gathered.duties.successors
    lines = _lines_about(activities, gathered.reported)
    counts = counts_of(until, activities, lines, year=period.year, statuses=APPROVED_ONLY)
    known = {figure.code: figure for figure in gathered.figures}
    if unknown := counts.keys() - known:
        known |= {indicator.code: _named(indicator) for indicator, _channels in indicators_of(unknown)}
    return tuple(_figure_before(known[code], rows, period, successors) for code, rows in counts.items())


def _named(indicator):
    names = {name: getattr(indicator, name) for name in ("code", "name", "name_en", "unit", "unit_en", "is_stock")}
    return Figure(**names, channel="", in_period=None, cumulative=None, target=None)


def _figure_before(figure, rows, period, successors):
    within = [row for row in rows if row.period == period.pk]
    sums = [sum_of(each, figure.is_stock, successors) for each in (within, rows)]
    return replace(figure, in_period=sums[0], cumulative=sums[1], target=None)


def _activities(plans):
    """The activities of the plans, in the order of the plans. One query."""
    order = {pk: place for place, pk in enumerate(plans)}
    amended = PlanVersion.objects.filter(plan=OuterRef("plan"), ordinal__gt=1)
    found = Activity.objects.filter(plan__in=plans).select_related("plan", "indicator")
    proofs = ContributionEvidence.objects.filter(live_on(None), contribution__activity=OuterRef("pk"))
    found = found.annotate(is_amended=Exists(amended), has_proved_parts=Exists(proofs))
    return sorted(found, key=lambda each: (order[each.plan_id], each.position, each.pk))


def _in_force(activities, day):
    """The activities as their plans said on `day`: of plans never amended as they stand. Two queries at most."""
    return as_in_force(activities, day) if any(each.is_amended for each in activities) else activities


def _lines_about(activities, lines):
    keys = {each.pk for each in activities}
    return [line for line in lines if line.activity_id in keys]


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


def _evidence(span, activities, lines, ours):
    """The live evidence of the lines, in their order, then what proves each activity's parts. Two queries at most."""
    order = {line.pk: (place, line) for place, line in enumerate(lines)}
    found = Evidence.objects.filter(
        live_on(None), progress__update__period__in=span.periods, progress__update__status__in=APPROVED_ONLY
    )
    told = [each for each in found if each.progress_id in order]
    rows = sorted(told, key=lambda each: (order[each.progress_id][0], each.pk))
    for row in rows:
        row.progress = order[row.progress_id][1]
    place = {activity.pk: place for place, activity in enumerate(activities)}
    of_parts = _evidence_of_parts(span, activities, lines, ours)
    return sorted(rows + of_parts, key=lambda each: place.get(activity_proved(each).pk, len(place)))


def _evidence_of_parts(span, activities, lines, ours):
    """What proves the parts of cooperating agencies, as far as a lead's approved line tells of the activity then.

    In an agency's own report what proves its own parts, which it tells of itself. One query at most.
    """
    if not any(activity.has_proved_parts for activity in activities):
        return []
    found = ContributionEvidence.objects.filter(live_on(None), contribution__period__in=span.periods)
    found = found.select_related("contribution__activity", "contribution__agency")
    rows = found.order_by("contribution__period__ends_on", "contribution__agency__name_sort", "pk")
    if ours is None:
        told = {(line.update.period_id, line.activity_id) for line in lines}
        rows = [each for each in rows if (each.contribution.period_id, each.contribution.activity_id) in told]
    else:
        rows = list(rows.filter(contribution__agency__in=ours))
    in_force = {activity.pk: activity for activity in activities}
    for row in rows:
        row.contribution.activity = in_force.get(row.contribution.activity_id, row.contribution.activity)
    return rows


def activity_proved(item):
    """The activity that a piece of evidence proves, of a lead's line or of a part."""
    return (item.progress if isinstance(item, Evidence) else item.contribution).activity


def update_behind(item):
    """The key of the update that a piece of evidence came with; None of a cooperating agency's part."""
    return item.progress.update_id if isinstance(item, Evidence) else None
