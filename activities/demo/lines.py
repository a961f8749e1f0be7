"""What: an activity's line in an update, its words, its figures and its evidence."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import cycle

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from agencies.vietnamese import fold

from ..attachments import keep_file
from ..models import Activity, Evidence, EvidenceKind, ProgressState
from ..models.period import ROMAN
from .pictures import draw_page, draw_photo
from .quarters import chance, pick, working_day

WITH_TROUBLES = 15
WITH_RESULTS = 20
WITH_EVIDENCE = 0.6


@dataclass
class Line:
    """One activity as reported in one round; `reason` is why it had to be returned, if it had."""

    activity: Activity
    state: str
    percent: int
    quantity: int | None
    completed_on: date | None
    words: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    reason: str = ""


class Teller:
    """Puts the words and figures of data/demo_words.yaml into lines."""

    def __init__(self, plans, words):
        self.words = words
        self.latest = plans[-1].pk
        self.activities = {activity.pk: activity for activity in Activity.objects.filter(plan__in=plans)}

    def lines(self, story, *, wrong=False):
        """The story's lines; `wrong`: as they were before the return."""
        if story.has_nothing:
            return []
        activities = [self.activities[pk] for pk in story.activities]
        tell = self.line if story.steps else self.draft_line
        return [tell(story, activity, wrong) for activity in sorted(activities, key=lambda each: each.position)]

    def reason(self, story):
        """Why the first round was returned."""
        reasons = [line.reason for line in self.lines(story, wrong=True) if line.reason]
        return "\n".join(reasons) or self.words["reason"]

    def no_evidence_reason(self, line):
        """Why what is done has no proof: it was given when it was done, or it was to follow and was asked for."""
        if line.state != ProgressState.DONE:
            return ""
        return self.words["proof_follows"] if line.reason else self.words["proof_given"] if line.quantity == 0 else ""

    def draft_line(self, story, activity, _wrong):
        words = fitting(self.words["drafts"], story.agency)
        return Line(activity, ProgressState.IN_PROGRESS, percent=3, quantity=None, completed_on=None, words=words)

    def line(self, story, activity, wrong):
        seed = (activity.number, *story.seed)
        quarter = self._quarter(story, activity)
        fault = pick(quarter["faults"], "fault", *seed) if story.was_returned and "faults" in quarter else {}
        done = quarter.get("state") == ProgressState.DONE
        quantity = self._quantity(story, quarter, seed)
        line = Line(
            activity=activity,
            state=quarter.get("state", ProgressState.IN_PROGRESS),
            percent=100 if done else _of_quarter(quarter.get("percent", 0), story.period),
            quantity=quantity + fault["more"] if wrong and "more" in fault else quantity,
            completed_on=_completed_on(quarter["completed"], story.period) if done else None,
            counts={code: number(value, code, *seed) for code, value in quarter.get("counts", {}).items()},
        )
        said = {
            **says(story),
            **{name: printed(value) for name, value in line.counts.items()},
            **{name: printed(value) for name, value in quarter.get("say", {}).items()},
            **{name: printed(value) for name, value in fault.get("say", {}).items() if wrong},
            "quantity": printed(line.quantity),
            "completed": printed(line.completed_on),
        }
        line.words = self._words(quarter["words"], story, seed).format_map(said)
        if fault:
            line.reason = fault["reason"].format_map(said)
            line.words += "" if wrong else f" {fault['fix']}"
        return line

    def _quarter(self, story, activity):
        """What the data file says of the activity in the story's quarter, for the story's agency."""
        whole = self.words["activities"][activity.number]
        if "quarters" in whole:
            return {**whole, **whole["quarters"][story.period.ordinal - 1]}
        return {**whole, **{name: fitting(whole[name], story.agency) for name in ("quantity", "counts")}}

    def _quantity(self, story, quarter, seed):
        quantity = _of_quarter(quarter.get("quantity"), story.period)
        if quantity is None:
            return None
        before = story.period.plan_id != self.latest
        return number(quantity, "quantity", *seed) + (quarter.get("year_before", 0) if before else 0)

    def _words(self, words, story, seed):
        return words if isinstance(words, str) else pick(fitting(words, story.agency), "words", *seed)

    def general_words(self, stories):
        """Results, difficulties and proposals of the few who write some: {Story: fields}."""
        fields = {}
        for period in {story.period for story in stories}:
            sent = [story for story in stories if story.period == period and story.steps]
            rounds = {}
            sent = [story for story in sent if not story.has_nothing]
            for story in sorted(sent, key=lambda story: chance("trouble", *story.seed))[:WITH_TROUBLES]:
                troubles = fitting(self.words["troubles"], story.agency)
                fields[story] = dict(next(rounds.setdefault(id(troubles), cycle(troubles))))
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
    """The table's entry for the agency: by its own name, by the first word of it, by its kind, else `other`.

    An agency that somebody has added and that fits none speaks like the last of them.
    """
    first_word = fold(agency.name.removeprefix("UBND ")).partition(" ")[0]
    keys = (agency.slug, first_word, agency.kind, "other")
    return next((table[key] for key in keys if key in table), list(table.values())[-1])


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


def _completed_on(month_and_day, period):
    return working_day(date.fromisoformat(f"{period.year}-{month_and_day}"), 0)


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
    kept = keep_file(SimpleUploadedFile(row["name"], content), max_mb=settings.UPLOAD_MAX_MB)
    return Evidence(
        kind=EvidenceKind.FILE,
        file=kept.content,
        thumbnail=kept.thumbnail or "",
        file_name=kept.name,
        content_type=kept.content_type,
        size=kept.size,
        sha256=kept.sha256,
        caption=row["caption"],
        **common,
    )
