"""The quarterly report as one object: every figure and sentence it says; screen, paper and workbook only print it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from activities.models import Status
from activities.progress import State
from activities.shares import share
from activities.submissions import Punctuality

from ..figures import Figure

STATE_WORDS = {
    State.DONE: "Hoàn thành",
    State.LATE_DONE: "Hoàn thành chậm",
    State.IN_PROGRESS: "Đang thực hiện",
    State.NOT_STARTED: "Chưa bắt đầu",
    State.OVERDUE: "Quá hạn",
    State.UNASSIGNED: "Chưa giao chủ trì",
    State.CANCELLED: "Đã bãi bỏ",
}
PUNCTUALITY_WORDS = {
    Punctuality.ON_TIME: "Đúng hạn",
    Punctuality.LATE: "Chậm",
    Punctuality.PENDING: "Chưa gửi",
    Punctuality.MISSING: "Chưa gửi, quá hạn",
}
STATUS_WORDS = {
    Status.DRAFT: "Đang soạn",
    Status.SUBMITTED: "Chờ duyệt",
    Status.RETURNED: "Trả lại",
    Status.APPROVED: "Đã duyệt",
    None: "",
}
NOT_STATED = "chưa nêu"


@dataclass(frozen=True)
class Heading:
    """The formal frame of the document (Nghị định 30/2020/NĐ-CP, annex I)."""

    parent_agency: str
    agency: str
    number: str
    place_and_date: str
    kind: str
    abstract: str
    addressee: str
    legal_bases: tuple[str, ...]
    signing_authority: str
    signatory_title: str
    signatory_name: str
    recipients: tuple[str, ...]
    agency_name: str = ""  # the agency as a sentence names it
    note: str = ""  # in brackets under the abstract: what became of the document


class Run(NamedTuple):
    """Words in one face: what the narrative's markup allows."""

    text: str
    bold: bool = False
    italic: bool = False


class Sentence(NamedTuple):
    """A sentence of the narrative as markup (`markup`), and the keys of the updates it came from."""

    text: str
    sources: tuple[int, ...] = ()


@dataclass(frozen=True)
class Paragraph:
    """`lead` is set bold before the text; `level` 1 is a khoản heading, 2 plain text.

    `text` is what is printed, `runs` the same in its faces (empty: all plain), `sentences` where each comes from.
    """

    text: str
    lead: str = ""
    level: int = 2
    runs: tuple[Run, ...] = ()
    sentences: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class Part:
    """A part of the narrative that is edited by itself: `code` 'I', 'II.1' … 'V', its title as printed."""

    code: str
    title: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Section:
    """A mục of the body: Roman numeral, title in capitals, paragraphs."""

    numeral: str
    title: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class ActivityLine:
    number: str
    title: str
    leads: str
    cooperating: str
    time: str
    state: State
    state_words: str
    days_late: int
    percent: int | None
    quantity_in_period: int | None
    quantity_done: int | None
    target: int | None
    unit: str
    target_percent: Decimal | None
    plan_number: str = ""  # in a report on all plans
    activity_id: int = 0


@dataclass(frozen=True)
class SubmissionLine:
    agency: str
    due_on: date
    sent_on: date | None
    punctuality: Punctuality
    punctuality_words: str
    days_late: int
    status: str
    status_words: str
    period_label: str = ""  # in a report on several periods
    plan_number: str = ""  # in a report on all plans
    is_nothing: bool = False
    agency_id: int = 0

    @property
    def decision(self):
        """The status in the reader's language; the document prints `status_words`."""
        return Status(self.status).label if self.status else ""


@dataclass(frozen=True)
class EvidenceLine:
    activity_number: str
    agency: str
    caption: str
    kind: str
    dated_on: date | None
    reference: str
    sha256: str = ""
    evidence_id: int = 0
    part_evidence_id: int = 0  # of a cooperating agency's part


class Difference(NamedTuple):
    """A figure or sentence in which a correction differs from the version it replaces, as printed."""

    what: str
    before: str
    after: str
    place: str = ""


@dataclass(frozen=True)
class QuarterlyReport:
    """Everything the report says. Counts are whole numbers, rates are percent with one decimal or None.

    `as_of`: the data cut-off, or the day it is made while the period runs: a draft says nothing of days to come.
    `is_draft`: nothing has been issued; number and day stay open on paper.
    """

    period_id: int
    plan_id: int
    plan_number: str
    plan_title: str
    period_label: str
    starts_on: date
    ends_on: date
    agency_due_on: date
    as_of: date
    is_draft: bool
    heading: Heading
    opening: str
    sections: tuple[Section, ...]
    expected: int
    sent: int
    on_time: int
    late: int
    approved: int
    activity_count: int
    state_counts: tuple[tuple[State, str, int], ...]
    figures: tuple[Figure, ...]
    activities: tuple[ActivityLine, ...]
    submissions: tuple[SubmissionLine, ...]
    evidence: tuple[EvidenceLine, ...]
    # Below: what a report has that is a row of its own (`Report`); a preview has none of it.
    kind: str = "plan"
    report_id: int | None = None
    ordinal: int = 1
    span: str = "quarter"
    year: int = 0
    parts: tuple[Part, ...] = ()
    values: tuple[tuple[str, str], ...] = ()  # key of a figure: as printed (`values`)
    check_code: str = ""
    check_url: str = ""
    differences: tuple[Difference, ...] = ()
    replaces: str = ""  # number and day of the version this one corrects
    # Of the updates that were expected (one an agency and period), beside those above.
    agencies: int = 0
    missing: int = 0
    nothing: int = 0
    themes: int = 0  # of the plan, those that head others not counted
    themes_unsaid: int = 0
    led: int = 0  # activities, in an agency's own report
    helped: int = 0
    plans: tuple[str, ...] = ()  # as a sentence names them, in a report on all plans
    called: str = "Kế hoạch"  # what is reported on, as it begins a sentence
    reason: str = ""  # why this version replaces the one before

    @property
    def on_time_rate(self):
        """Percent of the updates expected that were sent on time; None where none was."""
        return share(self.on_time, self.expected)

    @property
    def unapproved(self):
        """Updates that were sent and not approved: what they say is not in the report."""
        return max(self.sent - self.approved, 0)
