"""What happens to each unit's update in each period: when it is sent, returned, approved, or not at all."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone

from agencies.models import AgencyKind

from ...models import ReportingPeriod
from ..quarters import Step, chance, office_hour, working_day

NEVER, LATE, RETURNED, NOTHING = 0.05, 0.13, 0.09, 0.04  # shares of the units in a closed period
UNSENT, DRAFTS = 0.5, 0.2  # of the open period: half is there, and a fifth is being written
STILL_WAITING = 0.05  # of the last closed period


@dataclass(frozen=True)
class Story:
    """One update: its steps, in order; without steps a draft. `is_wrong`: its first round was returned for a reason."""

    period: ReportingPeriod
    place: int
    agency: object
    activities: tuple[int, ...]
    steps: tuple[Step, ...]
    saved_at: datetime
    has_nothing: bool = False

    @property
    def is_wrong(self):
        return any(step.move == "return" for step in self.steps)

    @property
    def submissions(self):
        return [step.at for step in self.steps if step.move == "submit"]


def tell(seed, periods, reporting, now):
    """A province's stories: `periods` oldest first, the last one open; `reporting`: {period: {Agency: activities}}."""
    for place, period in enumerate(periods):
        is_open = period is periods[-1]
        for agency, activities in reporting[period].items():
            key = (seed, agency.slug, place)
            told = _open(key, period, now) if is_open else _closed(key, agency, period, len(periods) - 2 - place)
            if told is None:
                continue
            steps, saved_at = tuple(step for step in told[0] if step.at <= now), told[1]
            nothing = not is_open and agency.kind == AgencyKind.COMMUNE_COMMITTEE and len(steps) == 2
            yield Story(
                period,
                place,
                agency,
                tuple(activities),
                steps,
                saved_at,
                has_nothing=nothing and chance("nothing", *key) < NOTHING,
            )


def _closed(key, agency, period, age):
    """(steps, saved at) of a period that is over, None where nothing was ever sent; units tend to stay as they are."""
    slackness = 0.7 * chance("habit", *key[:2]) + 0.3 * chance("this time", *key)
    if slackness > 1 - NEVER and not agency.is_invited:
        return None
    late = slackness > 1 - NEVER - LATE
    days = 1 + int(6 * chance("days", *key)) if late else -int(5 * chance("days", *key))
    first = office_hour(working_day(period.agency_due_on, days), chance("hour", *key))
    steps = [Step("submit", first)]
    if chance("returned", *key) < RETURNED:
        steps += [Step("return", _next_morning(first, "return", *key))]
        steps += [Step("submit", _next_morning(steps[-1].at, "again", *key))]
    if age or chance("waiting", *key) >= STILL_WAITING:
        steps.append(Step("approve", _next_morning(steps[-1].at, "approve", *key)))
    return tuple(steps), steps[0].at - timedelta(minutes=25)


def _open(key, period, now):
    """(steps, saved at) in the period that runs, None where nobody has begun."""
    share = chance("open", *key)
    opened = timezone.make_aware(datetime.combine(period.starts_on, time(8)))
    span = max(now - opened, timedelta(minutes=30))
    if share < UNSENT:
        return ((), now - span * 0.4 * chance("draft", *key)) if share < DRAFTS else None
    first = now - span * (0.1 + 0.5 * chance("sent", *key))
    later = [now - span * 0.08, now - span * 0.05, now - span * 0.02]
    kind = chance("decided", *key)
    moves = ["approve"] if kind < 0.45 else [] if kind < 0.85 else ["return"] if kind < 0.95 else ["return", "submit"]
    steps = [Step("submit", first), *(Step(move, at) for move, at in zip(moves, later, strict=False))]
    return tuple(steps), first - timedelta(minutes=25)


def _next_morning(moment, *key):
    return office_hour(working_day(timezone.localtime(moment).date(), 1), 0.35 * chance(*key))
