"""The fictional province, as it stands on any day: its plan, and what its agencies reported until now.

Nothing is random: what an agency does in a quarter follows from its name and the quarter. The words and figures are
in data/demo_words.yaml.
"""

import hashlib
import io
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple

import yaml
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont

from accounts.demo import create_demo_accounts
from accounts.models import User
from agencies.assets import packed_file
from agencies.vietnamese import nfc

from .calendar import quarters_of
from .files import check_file
from .loading import load_plan, read_plan
from .models import (
    Activity,
    ActivityProgress,
    Evidence,
    EvidenceKind,
    OutputCount,
    ProgressState,
    QuarterlyUpdate,
    ReportingPeriod,
    Status,
    UpdateEvent,
)
from .models.period import ROMAN
from .obligations import load_duties, obliged_agencies
from .snapshot import content_of
from .workflow import TRANSITIONS

WORDS = Path(__file__).resolve().parent / "data" / "demo_words.yaml"
ISSUED = (1, 15)  # month and day on which each year's plan is issued
PAST_QUARTERS = 3

# Shares of the obliged agencies that send late and never, by the age of the quarter, newest first: it gets better.
LATE = [0.07, 0.125, 0.18, 0.2, 0.21, 0.23]
MISSING = [0.035, 0.035, 0.05, 0.09, 0.09, 0.11]

# In the newest quarter the demo always tells the same story.
NEVER_SENT = ("xa-suoi-da", "xa-muong-lai")
SENT_LATE = {"so-cong-thuong": 1, "phuong-kim-long": 1, "xa-tan-hoa": 1, "xa-van-lang": 3}  # working days
RETURNED = ("so-tai-chinh", "xa-lac-son", "phuong-yen-phu", "xa-phuoc-tan")
SENT_TWICE = ("so-xay-dung",)
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
WITH_TROUBLES = 15
WITH_RESULTS = 20
WITH_EVIDENCE = 0.6


@transaction.atomic
def load_minh_hoa(today, now):
    """Load the plans in force, the accounts, and every update that would have been begun or sent by `now`.

    What is there already stays as it is; nothing that is written lies after `now`.

    Returns:
        How many updates were created.
    """
    plans = [load_plan(_with_dates(read_plan("minh-hoa", year)))[0] for year in plan_years(today)]
    create_demo_accounts(plans[0].locality, plans[0].coordinating_agency)
    return load_results(plans, today, now)


def plan_years(today):
    """The years whose plans are loaded: the latest one issued, and the one before while its past quarters are few."""
    year = today.year if today >= date(today.year, *ISSUED) else today.year - 1
    past = [quarter for quarter in quarters_of(year, year) if quarter.agency_due_on < today]
    return [year] if len(past) >= PAST_QUARTERS else [year - 1, year]


def _with_dates(data):
    """The file's dates as dates: behind a placeholder they must be written as text."""
    if isinstance(data, dict):
        return {key: _with_dates(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_with_dates(value) for value in data]
    if isinstance(data, str) and len(data) == 10 and data[4::3] == "--":
        return date.fromisoformat(data)
    return data


def load_results(plans, today, now):
    """Write the updates that `plans`, oldest first, still lack on `today`; returns how many."""
    words = yaml.safe_load(nfc(WORDS.read_text(encoding="utf-8")))
    duties = load_duties(plans)
    periods = list(ReportingPeriod.objects.filter(plan__in=plans).select_related("plan").order_by("starts_on"))
    there = set(QuarterlyUpdate.objects.filter(period__in=periods).values_list("period", "agency"))
    past = [period for period in periods if period.agency_due_on < today]
    stories = []
    for period in periods:
        obliged = obliged_agencies(period, duties)
        if period.ends_on < today:
            age = sum(other.starts_on > period.starts_on for other in past)
            stories += tell_quarter(period, obliged, age)
        elif period.starts_on <= today:
            stories += begin_drafts(period, obliged)
    stories = [story.until(now) for story in stories if (story.period.pk, story.agency.pk) not in there]
    stories = [story for story in stories if story.began]
    if stories:
        Writer(plans, words).write(stories)
    return len(stories)


# When: who sends, and what the review makes of it


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

    def until(self, now):
        """The story as far as it has come."""
        steps = tuple(step for step in self.steps if step.at <= now)
        draft_at = self.draft_at if self.draft_at and self.draft_at <= now else None
        return Story(self.period, self.agency, self.activities, steps, draft_at)

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


def tell_quarter(period, obliged, age):
    """How a closed quarter goes to its end: a Story for each of the obliged agencies that sends.

    Args:
        obliged: {Agency: [activity_id]}.
        age: 0 for the newest closed quarter, 1 for the one before, and so on.
    """
    sent = _sending_times(period, obliged, age)
    arrivals = sorted(sent, key=sent.get)
    if age:
        returned, waiting = [], []
        twice = sorted(arrivals, key=lambda agency: chance("twice", *_seed(agency, period)))[:SENT_TWICE_BEFORE]
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
        stories.append(Story(period, agency, tuple(obliged[agency]), tuple(steps)))
    return stories


def begin_drafts(period, obliged):
    """The few who begin early in the quarter that runs."""
    first = max(period.starts_on, period.plan.issued_on)
    return [
        Story(
            period,
            agency,
            tuple(activities),
            draft_at=office_hour(working_day(first, DRAFTS[agency.slug]), 0.3 * chance("draft", *_seed(agency, period))),
        )
        for agency, activities in obliged.items()
        if agency.slug in DRAFTS
    ]


def _sending_times(period, obliged, age):
    """When each agency first sends: {Agency: datetime}, without those that never do."""
    late, missing = _laggards(period, list(obliged), age)
    return {
        agency: office_hour(
            working_day(period.agency_due_on, late.get(agency) or -_days_early(agency, period, age)),
            chance("hour", *_seed(agency, period)) * (0.2 if agency in late else 1),
        )
        for agency in obliged
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
    return {
        agency: pick(DAYS_LATE, "late", *_seed(agency, period)) for agency in weakest[missing:]
    }, weakest[:missing]


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


# What: an activity's line, its words and its evidence


@dataclass
class Line:
    """One activity as reported in one round; `reason` is why it had to be returned, if it had."""

    activity: Activity
    state: str
    percent: int
    quantity: int | None
    completed_on: date | None
    words: str
    counts: dict[str, int] = field(default_factory=dict)
    reason: str = ""


class Teller:
    """Puts the words and figures of data/demo_words.yaml into lines."""

    def __init__(self, plans, words):
        self.words = words
        self.latest = plans[-1].pk
        self.activities = Activity.objects.in_bulk(
            Activity.objects.filter(plan__in=plans, number__in=words["activities"]).values_list("pk", flat=True)
        )

    def lines(self, story, *, wrong=False):
        """The story's lines; `wrong`: as they were before the return."""
        activities = [self.activities[pk] for pk in story.activities if pk in self.activities]
        tell = self.line if story.steps else self.draft_line
        return [tell(story, activity, wrong) for activity in sorted(activities, key=lambda each: each.position)]

    def draft_line(self, story, activity, _wrong):
        words = fitting(self.words["drafts"], story.agency)
        return Line(activity, ProgressState.IN_PROGRESS, 3, None, None, words)

    def line(self, story, activity, wrong):
        seed = (activity.number, *story.seed)
        whole = self.words["activities"][activity.number]
        quarter = {**whole, **whole["quarters"][story.period.ordinal - 1]} if "quarters" in whole else whole
        fault = pick(whole["faults"], "fault", *seed) if story.was_returned and "faults" in whole else {}
        counts = quarter.get("counts", {})
        counts = counts if "quarters" in whole else fitting(counts, story.agency)
        counts = {code: number(value, code, *seed) for code, value in counts.items()}
        quantity = self._quantity(story, quarter, seed)
        if quantity is not None:
            quantity += fault.get("more", 0) if wrong else 0
        done = quarter.get("state") == ProgressState.DONE
        completed_on = None
        if done:
            completed_on = working_day(date.fromisoformat(f"{story.period.year}-{quarter['completed']}"), 0)
        said = {
            **says(story),
            **{code: printed(value) for code, value in counts.items()},
            **{name: printed(value) for name, value in quarter.get("say", {}).items()},
            **{name: printed(value) for name, value in fault.get("say", {}).items() if wrong},
            "quantity": printed(quantity),
            "completed": printed(completed_on),
        }
        template = quarter["words"]
        if not isinstance(template, str):
            template = pick(fitting(template, story.agency), "words", *seed)
        sentences = [template.format_map(said)]
        if fault and not wrong:
            sentences.append(fault["fix"])
        return Line(
            activity=activity,
            state=quarter.get("state", ProgressState.IN_PROGRESS),
            percent=100 if done else _of_quarter(quarter.get("percent", 0), story.period),
            quantity=quantity,
            completed_on=completed_on,
            words=" ".join(sentences),
            counts=counts,
            reason=fault.get("reason", "").format_map(said),
        )

    def _quantity(self, story, quarter, seed):
        quantity = quarter.get("quantity")
        if isinstance(quantity, dict):
            quantity = number(_of_quarter(fitting(quantity, story.agency), story.period), "quantity", *seed)
        if quantity and story.period.plan_id != self.latest:
            quantity += quarter.get("year_before", 0)
        return quantity

    def general_words(self, stories):
        """Results, difficulties and proposals of the few who write some: {Story: fields}."""
        fields = {}
        for period in {story.period for story in stories}:
            sent = [story for story in stories if story.period == period and story.steps]
            told = Counter()
            for story in sorted(sent, key=lambda story: chance("trouble", *story.seed))[:WITH_TROUBLES]:
                troubles = fitting(self.words["troubles"], story.agency)
                fields[story] = dict(troubles[told[len(troubles)] % len(troubles)])
                told[len(troubles)] += 1
            for story in sorted(sent, key=lambda story: chance("results", *story.seed))[:WITH_RESULTS]:
                results = pick(fitting(self.words["results"], story.agency), "result", *story.seed)
                fields.setdefault(story, {})["results"] = results.format_map(says(story))
        return fields

    def evidence(self, story, line, *, saved_at, by):
        """What proves the line, unsaved and without its row: links, and a file where one is listed."""
        if line.state == ProgressState.NOT_STARTED or line.quantity == 0 or not story.steps:
            return []
        common = {"added_by": by, "added_at": saved_at, "dated_on": _evidence_day(story, line, saved_at)}
        links = self.words["activities"][line.activity.number]["links"]
        first = int(chance("first", line.activity.number, *story.seed) * len(links))
        wanted = chance("links", line.activity.number, *story.seed)
        kept = (links[first:] + links[:first])[: 2 if wanted < WITH_EVIDENCE / 3 else 1]
        items = [
            Evidence(
                kind=EvidenceKind.LINK,
                url=link["url"].format_map(says(story)),
                caption=link["caption"].format_map(says(story)),
                **common,
            )
            for link in (kept if wanted < WITH_EVIDENCE or story.was_returned else [])
        ]
        place = (line.activity.number, story.period.ordinal, story.agency.slug)
        files = [each for each in self.words["files"] if (each["activity"], each["quarter"], each["agency"]) == place]
        return items + [_file_evidence(each, story, common) for each in files]


def fitting(table, agency):
    """The table's entry for the agency: by its own name, by the first word of it, by its kind, else `other`."""
    keys = (agency.slug, agency.slug.split("-")[0], agency.kind, "other")
    return next(table[key] for key in keys if key in table)


def number(value, *seed):
    """A whole number: as given, or somewhere in the range [least, most]."""
    if isinstance(value, int):
        return value
    least, most = value
    return least + int(chance(*seed) * (most - least + 1))


def printed(value):
    """As officials write it: 1.250, 05, 14/9/2026, 10/02/2026."""
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}" if value.month < 3 else f"{value:%d}/{value.month}/{value.year}"
    return f"{value:02d}" if value < 10 else f"{value:,}".replace(",", ".")


def says(story):
    """What every sentence may name of the period and the agency."""
    period, agency = story.period, story.agency
    return {
        "year": period.year,
        "quarter": ROMAN[period.ordinal],
        "ordinal": period.ordinal,
        "from": printed(period.starts_on),
        "to": printed(period.ends_on),
        "month": (period.starts_on + timedelta(days=45)).month,
        "agency": agency.name,
        "place": agency.name.removeprefix("UBND "),
        "site": agency.slug.replace("-", ""),
        "symbol": agency.symbol,
        "number": 10 + int(180 * chance("number", *story.seed)),
    }


def _of_quarter(value, period):
    """A list of four has one value for each quarter."""
    return value[period.ordinal - 1] if isinstance(value, list) else value


def _evidence_day(story, line, saved_at):
    if line.completed_on:
        return line.completed_on
    day = story.period.starts_on + timedelta(days=30 + int(50 * chance("day", line.activity.number, *story.seed)))
    return min(day, timezone.localtime(saved_at).date())


def _file_evidence(row, story, common):
    """Evidence with a real file, drawn now and checked like any upload."""
    draw = draw_page if row["name"].endswith(".pdf") else draw_photo
    extension = row["name"].rsplit(".", 1)[1]
    content = draw(row["caption"], f"{story.agency.name} · {story.period.label}", extension)
    checked = check_file(SimpleUploadedFile(row["name"], content), settings.UPLOAD_MAX_MB)
    return Evidence(
        kind=EvidenceKind.FILE,
        file=ContentFile(content, name=checked.name),
        file_name=checked.name,
        content_type=checked.content_type,
        size=checked.size,
        sha256=checked.sha256,
        caption=row["caption"],
        **common,
    )


def draw_photo(caption, place, extension):
    """A drawn "photo", 640 by 400: a hall with its banner, and rows of people. Returns its bytes."""
    image = Image.linear_gradient("L").resize((640, 400))
    image = Image.composite(Image.new("RGB", image.size, "#8fa9b8"), Image.new("RGB", image.size, "#f2ead8"), image)
    pen = ImageDraw.Draw(image)
    pen.rectangle((60, 50, 580, 150), fill="#a3262a")
    pen.text((320, 85), caption, font=_font(21), fill="#ffe9a8", anchor="mm")
    pen.text((320, 122), place, font=_font(15), fill="white", anchor="mm")
    for place_in_hall in range(27):
        row, seat = divmod(place_in_hall, 9)
        x, y, size = 55 + seat * 66 + row % 2 * 20, 230 + row * 62, 15 + row * 3
        pen.ellipse((x - size, y - size, x + size, y + size), fill=("#4b3a31", "#2f2a28", "#5a4a40")[place_in_hall % 3])
        pen.rounded_rectangle((x - size * 2, y + size, x + size * 2, y + 120), 18, fill="#37506b")
    return _bytes_of(image, {"jpg": "JPEG", "png": "PNG"}[extension])


def draw_page(caption, place, _extension):
    """A scanned page with a heading and grey lines for its text. Returns the bytes of a PDF."""
    image = Image.new("L", (620, 877), 250)
    pen = ImageDraw.Draw(image)
    pen.text((310, 90), place, font=_font(17), fill=40, anchor="mm")
    pen.text((310, 140), caption, font=_font(20), fill=20, anchor="mm")
    for row in range(22):
        pen.rectangle((70, 210 + row * 26, 550 - row * 37 % 120, 216 + row * 26), fill=190)
    return _bytes_of(image, "PDF")


def _font(size):
    return ImageFont.truetype(packed_file("fontpkg-be-vietnam-pro", "BeVietnamPro-SemiBold.ttf"), size)


def _bytes_of(image, kind):
    stream = io.BytesIO()
    image.save(stream, kind)
    return stream.getvalue()


# Into rows


class Writer:
    """Writes stories in bulk, leaving every row as `workflow.move` would have left it."""

    def __init__(self, plans, words):
        locality = plans[0].locality
        self.teller = Teller(plans, words)
        self.users = {
            user.username.removeprefix(f"{locality.slug}."): user
            for user in User.objects.filter(agency__locality=locality).select_related("agency")
        }
        self.coordinator = self.users["coordinator"]

    def write(self, stories):
        general = self.teller.general_words(stories)
        updates = QuarterlyUpdate.objects.bulk_create(self._update(story, general.get(story, {})) for story in stories)
        told = list(zip(stories, updates, strict=True))
        rows = self._write_rows(told)
        contents = {story: [content_of(update)] for story, update in told if story.submissions}
        corrected = [(story, update) for story, update in told if len(story.submissions) > 1]
        self._correct_rows([(story, rows[story]) for story, _update in corrected])
        for story, update in corrected:
            contents[story].append(content_of(update))
        UpdateEvent.objects.bulk_create(
            event for story, update in told for event in self._events(story, update, contents.get(story, []))
        )

    def _update(self, story, general):
        sent = story.submissions
        return QuarterlyUpdate(
            period=story.period,
            agency=story.agency,
            agency_name=story.agency.name if sent else "",
            status=TRANSITIONS[story.steps[-1].move].target if sent else Status.DRAFT,
            first_submitted_at=sent[0] if sent else None,
            submitted_at=sent[-1] if sent else None,
            saved_at=story.saved_at(-1),
            version=(len(sent) or 1) + len(story.steps),
            **general,
        )

    def _write_rows(self, told):
        """The lines of the first round with their counts and evidence: {Story: [(row, Line)]}."""
        rows = {
            story: [(self._row(update, line), line) for line in self.teller.lines(story, wrong=story.was_returned)]
            for story, update in told
        }
        ActivityProgress.objects.bulk_create(row for pairs in rows.values() for row, _line in pairs)
        OutputCount.objects.bulk_create(
            OutputCount(progress=row, indicator_id=code, value=value)
            for pairs in rows.values()
            for row, line in pairs
            for code, value in line.counts.items()
        )
        self._write_evidence(
            (story, row, line, 0) for story, pairs in rows.items() for row, line in pairs if not line.reason
        )
        return rows

    def _correct_rows(self, rows):
        """The returned lines as they were sent again: right words and figures, and the evidence that was missing."""
        corrected = []
        for story, pairs in rows:
            right = {line.activity: line for line in self.teller.lines(story)}
            for row, line in pairs:
                if line.reason:
                    row.words, row.quantity_done = right[line.activity].words, right[line.activity].quantity
                    corrected.append((story, row, right[line.activity], 1))
        ActivityProgress.objects.bulk_update([row for _story, row, *_ in corrected], ["words", "quantity_done"])
        self._write_evidence(corrected)

    def _write_evidence(self, lines):
        items = []
        for story, row, line, sent in lines:
            by = self.users[story.agency.slug]
            for item in self.teller.evidence(story, line, saved_at=story.saved_at(sent), by=by):
                item.progress = row
                items.append(item)
        Evidence.objects.bulk_create(items)

    def _row(self, update, line):
        return ActivityProgress(
            update=update,
            activity=line.activity,
            state=line.state,
            percent=line.percent,
            quantity_done=line.quantity,
            completed_on=line.completed_on,
            words=line.words,
        )

    def _events(self, story, update, contents):
        """The story's steps as `workflow.record` writes them."""
        sent = 0
        for step in story.steps:
            submitted = step.move == "submit"
            sent += submitted
            by = self.users[story.agency.slug] if submitted else self.coordinator
            reasons = [line.reason for line in self.teller.lines(story, wrong=True)] if step.move == "return" else []
            yield UpdateEvent(
                update=update,
                move=step.move,
                status=TRANSITIONS[step.move].target,
                round=sent,
                by=by,
                role=by.role,
                by_name=str(by),
                by_agency_name=by.agency.name,
                at=step.at,
                reason="\n".join(filter(None, reasons)),
                content=contents[sent - 1] if submitted else None,
            )
