"""A report as the page on which it is written, read and decided: its parts as they print, and what stands beside."""

import json
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, Subquery
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from activities.models import QuarterlyUpdate, UpdateEvent

from .listing import DRAFTER, ISSUE, LEADERSHIP, TURN
from .models import ReportKind, ReportPart
from .permissions import can_correct_report, can_discard_report, can_edit_report, can_issue_report, can_sign_report
from .quarterly import building
from .quarterly.markup import sources_of as sentence_sources, typed_numbers, unknown_keys, write
from .quarterly.report import Paragraph
from .quarterly.values import listed
from .wording import number_vn
from .workflow import open_moves
from .writing import redrafted

STEPS = {DRAFTER: gettext_lazy("Drafting"), LEADERSHIP: gettext_lazy("With leadership"), ISSUE: gettext_lazy("Issue")}
UNKNOWN = number_vn(None)  # as a figure prints that nobody knows
OF_AN_AGENCY = ("count.led", "count.helped")  # figures that say something in the report of one agency alone
DRAFTINGS = ("begin", "refresh")  # steps at which the parts were drafted


@dataclass(frozen=True)
class PartView:
    """A part as the page shows it. `row` is None where it cannot be written in (a preview)."""

    code: str
    title: str
    paragraphs: tuple[Paragraph, ...]
    row: ReportPart | None
    unknown: tuple[str, ...]
    typed: tuple[str, ...]
    is_open: bool = False

    @property
    def anchor(self):
        return f"part-{self.code.replace('.', '-')}"

    @property
    def is_sub(self):
        """It stands below the heading of a mục: 'II.2'."""
        return "." in self.code

    @property
    def label(self):
        """As a list of parts names it: 'II.2. Theo kênh', 'V. Kiến nghị, đề xuất'."""
        numeral, _dot, _rest = self.code.partition(".")
        return f"{numeral}.{self.title}" if self.is_sub else f"{numeral}. {self.title.capitalize()}"

    @property
    def is_own(self):
        """Somebody has written in it; else it follows the updates."""
        return self.row is not None and self.row.edited_at is not None

    @property
    def body(self):
        return self.row.body if self.is_own else write(self.paragraphs)

    @property
    def sources(self):
        """[[sentence, [keys of updates]], ...]"""
        return self.row.sources if self.is_own else sentence_sources(self.paragraphs)

    @property
    def is_empty(self):
        return not self.paragraphs

    @property
    def state(self):
        """One of the seven signs: empty, something to look at, in order."""
        if self.is_empty:
            return "not-started"
        if self.unknown:
            return "overdue"
        return "in-progress" if self.typed else "done"

    @property
    def note(self):
        """What is to be done about it, in a few words."""
        if self.is_empty:
            return _("still empty")
        if self.unknown:
            return _("a figure that is not there")
        if self.typed:
            return ngettext("%(n)s number typed by hand", "%(n)s numbers typed by hand", len(self.typed)) % {
                "n": len(self.typed)
            }
        return ""


@dataclass(frozen=True)
class SourceUpdate:
    """An update some sentences of a part came from: the words of it that belong to the part, ready to be quoted."""

    update: QuarterlyUpdate
    approved_at: object
    words: tuple[str, ...]
    evidence: int


@dataclass(frozen=True)
class Workspace:
    """Everything on the page. `sections`: [(mục, its parts)].

    `outdated`: updates approved since it was drafted, where a part somebody wrote in would be drafted otherwise now;
    not asked while a part is open.
    """

    report: object
    made: building.Made
    parts: tuple[PartView, ...]
    moves: tuple[str, ...]
    can_edit: bool
    outdated: int
    saved: ReportPart | None
    reason: str
    by: str

    @property
    def built(self):
        return self.made.built

    @property
    def sections(self):
        return [
            (section, [part for part in self.parts if part.code.split(".")[0] == section.numeral])
            for section in self.built.sections
        ]

    @property
    def complete(self):
        return sum(part.state == "done" for part in self.parts)

    @property
    def open_part(self):
        return next((part for part in self.parts if part.is_open), None)

    @property
    def steps(self):
        """[(number, step in words, whether it is taken, whether it is now)]"""
        steps = (DRAFTER, ISSUE) if self.report.kind == ReportKind.AGENCY else (DRAFTER, LEADERSHIP, ISSUE)
        now = steps.index(TURN[self.report.status])
        return [(place + 1, STEPS[step], place < now, place == now) for place, step in enumerate(steps)]

    @property
    def figures(self):
        """(label, key, as printed) of every figure that is worth setting into a part: known, and of such a report."""
        foreign = () if self.built.kind == ReportKind.AGENCY else OF_AN_AGENCY
        return [each for each in listed(self.built) if each[2] != UNKNOWN and each[1] not in foreign]

    @property
    def printed(self):
        """{key: as printed} of every figure a part may have in it."""
        return dict(self.built.values)

    @property
    def printed_json(self):
        """`printed` for the script: htmx lets no script element through, not even one of data."""
        return json.dumps(self.printed, ensure_ascii=False)


def build_workspace(report, user, *, today, open_code=""):
    """The page of `report` (its plan, agency and period loaded with it) for `user`."""
    rows = list(report.parts.all())
    made = building.make_report(report, today=today)
    moves = open_moves(user, report)
    events = list(report.events.all())
    last = next((event for event in reversed(events) if event.before), None)
    edited = [row for row in rows if row.edited_at]
    return Workspace(
        report=report,
        made=made,
        parts=_parts(made.built, rows, open_code),
        moves=tuple(moves),
        can_edit=can_edit_report(user, report),
        outdated=0 if open_code else _outdated(report, events, redrafted(edited, made.drafted)),
        saved=max(edited, key=lambda row: row.edited_at, default=None),
        reason=last.reason if last and last.after == report.status else "",
        by=last.by_name if last else "",
    )


def _parts(built, rows, open_code):
    values, stored = dict(built.values), {row.code: row for row in rows}
    return tuple(_part(part, stored.get(part.code), values, part.code == open_code) for part in built.parts)


def _part(part, row, values, is_open):
    return PartView(
        code=part.code,
        title=part.title,
        paragraphs=part.paragraphs,
        row=row,
        unknown=unknown_keys(row.body, values) if row and row.edited_at else (),
        typed=typed_numbers(row.body, row.drafted) if row and row.edited_at else (),
        is_open=is_open and row is not None,
    )


def within(report, path=""):
    """The condition that an update (behind `path`) is of the report's span and plan, or of any plan of the locality."""
    inside = Q(**{f"{path}period__ends_on__gte": report.starts_on, f"{path}period__ends_on__lte": report.ends_on})
    if report.plan_id is None:
        return inside & Q(**{f"{path}period__plan__locality": report.locality_id})
    of_plan = inside & Q(**{f"{path}period__plan": report.plan_id})
    return of_plan & Q(**{f"{path}agency": report.agency_id}) if report.kind == ReportKind.AGENCY else of_plan


def _outdated(report, events, changes):
    """How many updates were approved since the report was drafted (anew); 0 where no `changes` ask. One query."""
    if not changes:
        return 0
    drafted = max((event.at for event in events if event.step in DRAFTINGS), default=report.begun_at)
    approvals = UpdateEvent.objects.filter(within(report, "update__"), move="approve", at__gt=drafted)
    return approvals.values("update").distinct().count()


# Where the sentences of a part come from

OF_PART = {"I": "results", "III.3": "difficulties", "V": "proposals"}  # other parts quote the activities' own words


def sources_of(part):
    """The updates that `part` (PartView) was drafted from: [SourceUpdate]. Two queries at most."""
    keys = {key for _sentence, updates in part.sources for key in updates}
    if not keys:
        return []
    approvals = UpdateEvent.objects.filter(update=OuterRef("pk"), move="approve").order_by("-at")
    updates = QuarterlyUpdate.objects.filter(pk__in=keys).select_related("agency", "period")
    counted = updates.annotate(
        approved_at=Subquery(approvals.values("at")[:1]),
        evidence_count=Count("progress_rows__evidence", filter=Q(progress_rows__evidence__removed_at__isnull=True)),
    ).order_by("agency__name_sort", "pk")
    found = counted if part.code in OF_PART else counted.prefetch_related("progress_rows")
    return [
        SourceUpdate(update, update.approved_at, tuple(_words(update, part.code)), update.evidence_count)
        for update in found
    ]


def _words(update, code):
    """What the update itself says on the matter of the part, not a word changed."""
    if field := OF_PART.get(code):
        return [words] if (words := getattr(update, field)) else []
    return [line.words for line in update.progress_rows.all() if line.words]


def acts_of(user, report):
    """What this person can do beside the steps: {name: bool} for the buttons."""
    return {
        "discard": can_discard_report(user, report),
        "issue": can_issue_report(user, report),
        "correct": can_correct_report(user, report),
        "sign": can_sign_report(user, report),
    }
