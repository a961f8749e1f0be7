"""When: who sends, on time or late, and what the review makes of it."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone

from ..models import ReportingPeriod

# Shares of the agencies that send late and never, by the age of the quarter, newest first: it gets better.
LATE = [0.07, 0.125, 0.18, 0.2, 0.21, 0.23]
MISSING = [0.035, 0.035, 0.05, 0.09, 0.09, 0.11]

# In the newest quarter the demo always tells the same story.
NEVER_SENT = ("xa-suoi-da", "xa-muong-lai")
SENT_LATE = {"so-cong-thuong": 1, "phuong-kim-long": 1, "xa-tan-hoa": 1, "xa-van-lang": 3}  # working days
RETURNED = ("so-tai-chinh", "xa-lac-son", "phuong-yen-phu", "xa-phuoc-tan")
SENT_TWICE = ("so-xay-dung",)
NOTHING_TO_REPORT = ("xa-khanh-loc",)
WAITING = 10

SENT_TWICE_BEFORE = 5  # agencies in each older quarter
ALWAYS_ON_TIME = (
    "van-phong-ubnd-tinh",
    "so-noi-vu",
    "so-tai-chinh",
    "so-khoa-hoc-va-cong-nghe",
    "so-van-hoa-the-thao-va-du-lich",
    "tinh-doan",
)
DAYS_EARLY = (0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 4)
DAYS_LATE = (1, 1, 2, 2, 3)
DRAFTS = {"so-y-te": 1, "phuong-an-binh": 1, "xa-an-phu": 2}  # working days into the running quarter


class Step(NamedTuple):
    """One move of an update, a key of TRANSITIONS."""

    move: str
    at: datetime


@dataclass(frozen=True)
class Story:
    """What happens to one agency's update for one period; without steps it is a draft, saved at `draft_at`."""

    period: ReportingPeriod
    agency: object
    activities: tuple[int, ...]
    steps: tuple[Step, ...] = ()
    draft_at: datetime | None = None
    has_nothing: bool = False

    def until(self, now):
        """The story as far as it has come."""
        steps = tuple(step for step in self.steps if step.at <= now)
        draft_at = self.draft_at if self.draft_at and self.draft_at <= now else None
        return Story(self.period, self.agency, self.activities, steps, draft_at, self.has_nothing)

    @property
    def is_approved_late(self):
        """It was approved on the day its period's report was due, or later."""
        last = self.steps[-1] if self.steps else None
        return bool(last) and last.move == "approve" and timezone.localdate(last.at) >= self.period.consolidated_due_on

    def before_late_approval(self):
        """The story without its last step where that is a late approval."""
        return replace(self, steps=self.steps[:-1]) if self.is_approved_late else self

    @property
    def began(self):
        return bool(self.steps or self.draft_at)

    @property
    def was_returned(self):
        return any(step.move == "return" for step in self.steps)

    @property
    def submissions(self):
        return [step.at for step in self.steps if step.move == "submit"]

    def saved_at(self, number):
        """When the words of round `number` (from 0) were saved."""
        return self.submissions[number] - timedelta(minutes=25) if self.steps else self.draft_at

    @property
    def seed(self):
        return self.agency.slug, self.period.year, self.period.ordinal


def tell_quarter(period, reporting, age):
    """How a closed quarter goes to its end: a Story for each of the agencies that sends, the invited among them.

    Args:
        reporting: {Agency: (activity_id, ...)}.
        age: 0 for the newest closed quarter, 1 for the one before, and so on.
    """
    sent = _sending_times(period, reporting, age)
    arrivals = sorted(sent, key=sent.get)
    if age:
        returned, waiting = [], []
        fallible = [agency for agency in arrivals if agency.slug not in ALWAYS_ON_TIME]
        twice = sorted(fallible, key=lambda agency: chance("twice", *_seed(agency, period)))[:SENT_TWICE_BEFORE]
    else:
        returned = [agency for agency in arrivals if agency.slug in RETURNED]
        twice = [agency for agency in arrivals if agency.slug in SENT_TWICE]
        waiting = twice + [agency for agency in arrivals if agency not in returned + twice][-WAITING + len(twice) :]
    stories = []
    for agency in arrivals:
        steps = [Step("submit", sent[agency])]
        if agency in returned or agency in twice:
            steps.append(Step("return", _next_morning(steps[-1].at, "return", *_seed(agency, period))))
        if agency in twice:
            steps.append(Step("submit", _next_morning(steps[-1].at, "again", *_seed(agency, period))))
        if agency not in returned and agency not in waiting:
            steps.append(Step("approve", _next_morning(steps[-1].at, "approve", *_seed(agency, period))))
        nothing = not age and agency.slug in NOTHING_TO_REPORT and agency not in returned + twice
        stories.append(Story(period, agency, reporting[agency], tuple(steps), has_nothing=nothing))
    return stories


def begin_drafts(period, reporting):
    """The few who begin early in the quarter that runs."""
    first = max(period.starts_on, period.plan.issued_on)
    return [
        Story(
            period,
            agency,
            activities,
            draft_at=office_hour(
                working_day(first, DRAFTS[agency.slug]), 0.3 * chance("draft", *_seed(agency, period))
            ),
        )
        for agency, activities in reporting.items()
        if agency.slug in DRAFTS
    ]


def _sending_times(period, reporting, age):
    """When each agency first sends: {Agency: datetime}, without those that never do."""
    late, missing = _laggards(period, list(reporting), age)
    return {
        agency: office_hour(
            working_day(period.agency_due_on, late.get(agency) or -_days_early(agency, period, age)),
            chance("hour", *_seed(agency, period)) * (0.2 if agency in late else 1),
        )
        for agency in reporting
        if agency not in missing
    }


def _laggards(period, agencies, age):
    """Who is late, in working days, and who never sends: ({Agency: days}, [Agency])."""
    if not age:
        late = {agency: SENT_LATE[agency.slug] for agency in agencies if agency.slug in SENT_LATE}
        return late, [agency for agency in agencies if agency.slug in NEVER_SENT]
    share = min(age, len(LATE) - 1)
    late, missing = round(LATE[share] * len(agencies)), round(MISSING[share] * len(agencies))
    able = [agency for agency in agencies if agency.slug not in ALWAYS_ON_TIME]
    weakest = sorted(able, key=lambda agency: _strength(agency, period))[: late + missing]
    weakest.sort(key=lambda agency: chance("missing", *_seed(agency, period)))
    return {agency: pick(DAYS_LATE, "late", *_seed(agency, period)) for agency in weakest[missing:]}, weakest[:missing]


def _strength(agency, period):
    """The same agencies tend to be late, quarter after quarter."""
    usual = 0 if agency.slug in (*NEVER_SENT, *SENT_LATE) else chance("usual", agency.slug)
    return usual + 0.5 * chance("this time", *_seed(agency, period))


def _days_early(agency, period, age):
    if not age and agency.slug in RETURNED:
        return 1
    if not age and agency.slug in SENT_TWICE:
        return 3
    return pick(DAYS_EARLY, "early", *_seed(agency, period))


def _seed(agency, period):
    return agency.slug, period.year, period.ordinal


def chance(*seed):
    """A number from 0 up to 1, always the same for the same `seed`."""
    digest = hashlib.blake2b("/".join(map(str, seed)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def pick(choices, *seed):
    return choices[int(chance(*seed) * len(choices))]


def working_day(day, steps):
    """The working day `steps` after (before, if negative) `day`; a weekend goes back to its Friday first."""
    while day.weekday() > 4:
        day -= timedelta(days=1)
    while steps:
        day += timedelta(days=1 if steps > 0 else -1)
        if day.weekday() < 5:
            steps -= 1 if steps > 0 else -1
    return day


def office_hour(day, share):
    """A moment of the office day, 8:00 to 11:30 and 13:30 to 17:00; `share` of it, 0 to 1, has gone by."""
    minutes = int(share * 420)
    opening = datetime.combine(day, time(8), tzinfo=timezone.get_current_timezone())
    return opening + timedelta(minutes=minutes + (120 if minutes >= 210 else 0))


def _next_morning(moment, *seed):
    return office_hour(working_day(timezone.localtime(moment).date(), 1), 0.35 * chance(*seed))
