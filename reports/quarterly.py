"""The quarterly progress report: one object with every figure and sentence; screen and paper only print it.

Built from approved updates alone; agencies without one are listed in annex III. Texts are Vietnamese: it is a
document. Outline: the report form of the field, sections I to V and four annexes.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone, translation

from activities.models import (
    Evidence,
    EvidenceKind,
    PeriodKind,
    ProgressState,
    Status,
)
from activities.models.period import ROMAN as QUARTERS
from activities.obligations import load_duties
from activities.progress import APPROVED_ONLY, State, count_by_state, reported_lines, standings_of
from activities.submissions import Punctuality, rate, submissions_of
from activities.versions import as_in_force
from agencies.models import AgencyKind
from plans.document import KIND_WORDS, read_document

from .figures import Figure, build_figures
from .wording import (
    about,
    document_number,
    first_lower,
    first_upper,
    in_capitals,
    legal_bases,
    long_date,
    number_vn,
    percent_vn,
    place_and_date,
    point,
    recipients,
    sentence,
    short_date,
    some,
    unended,
)

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
COMMITTEES = (AgencyKind.PEOPLES_COMMITTEE, AgencyKind.COMMUNE_COMMITTEE)
# How the name of an agency begins, and the position of its head; other agencies have a GIÁM ĐỐC.
HEADS = (
    ("Phòng", "TRƯỞNG PHÒNG"),
    ("Văn phòng", "CHÁNH VĂN PHÒNG"),
    ("Thanh tra", "CHÁNH THANH TRA"),
    ("Chi cục", "CHI CỤC TRƯỞNG"),
    ("Ban", "TRƯỞNG BAN"),
    ("Báo", "TỔNG BIÊN TẬP"),
)
# The order in which a report tells the states of activities: what was done first.
TOLD = (
    State.DONE,
    State.LATE_DONE,
    State.IN_PROGRESS,
    State.NOT_STARTED,
    State.OVERDUE,
    State.UNASSIGNED,
)
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


@dataclass(frozen=True)
class Paragraph:
    """`lead` is set bold before the text; `level` 1 is a khoản heading, 2 plain text."""

    text: str
    lead: str = ""
    level: int = 2


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

    @property
    def on_time_rate(self):
        return rate(self.on_time, self.expected)


def build_quarterly_report(period, *, today):
    """The report of `period` (with its plan and the plan's agencies) as the approved updates stand.

    Args:
        period: ReportingPeriod with plan, plan__issuing_agency, plan__coordinating_agency__parent loaded.
        today: the day the draft is made.

    Twelve queries, whatever the number of agencies and activities.
    """
    plan = period.plan
    as_of = min(today, period.ends_on)
    duties = load_duties([plan.pk])
    activities = list(plan.activities.select_related("plan", "indicator").prefetch_related("themes"))
    activities = as_in_force(activities, period.ends_on)
    reported = reported_lines(activities, statuses=APPROVED_ONLY, until=period.ends_on)
    with translation.override("vi"):  # the names of the invited say so in the document's language
        rows = standings_of(activities, duties, reported, today=as_of, until=period.ends_on)
    submissions = submissions_of([period], duties, today=today)[period]
    figures = build_figures(period, activities, reported, APPROVED_ONLY, duties.successors)
    lines = _lines_of(period, activities, reported)
    updates = sorted({line.update.pk: line.update for line in lines}.values(), key=lambda u: (u.agency.name_sort, u.pk))
    document = read_document(plan)
    sent = [row for row in submissions if row.is_sent]
    on_time = sum(row.punctuality == Punctuality.ON_TIME for row in submissions)
    counts = count_by_state(rows)
    evidence = _evidence(updates)
    context = {
        "plan": plan,
        "document": document,
        "period": period,
        "today": today,
        "as_of": as_of,
        "rows": rows,
        "counts": counts,
        "figures": figures,
        "updates": updates,
        "lines": lines,
        "submissions": submissions,
        "sent": len(sent),
        "on_time": on_time,
        "evidence": evidence,
    }
    return QuarterlyReport(
        period_id=period.pk,
        plan_id=plan.pk,
        plan_number=plan.number,
        plan_title=plan.title,
        period_label=period.label,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        agency_due_on=period.agency_due_on,
        as_of=as_of,
        is_draft=True,
        heading=_heading(plan, period, today),
        opening=_opening(plan, period, as_of),
        sections=(
            _direction(**context),
            _results(**context),
            _assessment(**context),
            _next_tasks(**context),
            _proposals(**context),
        ),
        expected=len(submissions),
        sent=len(sent),
        on_time=on_time,
        late=len(sent) - on_time,
        approved=len(updates),
        activity_count=sum(n for state, n in counts.items() if state != State.CANCELLED),
        state_counts=tuple((state, STATE_WORDS[state], n) for state, n in counts.items()),
        figures=figures,
        activities=tuple(_activity_line(row, lines) for row in rows),
        submissions=tuple(_submission_line(row) for row in submissions),
        evidence=evidence,
    )


def _lines_of(period, activities, reported):
    """The period's own lines, by activity and agency; each knows its activity with the themes already read."""
    known = {activity.pk: activity for activity in activities}
    lines = [line for line in reported if line.update.period_id == period.pk]
    for line in lines:
        line.activity = known[line.activity_id]
    return sorted(lines, key=lambda line: (line.activity.position, line.activity_id, line.update.agency.name_sort))


def reporting_agency(plan):
    """Who signs the report: the coordinating agency, or the issuer where the plan names none."""
    return plan.coordinating_agency or plan.issuing_agency


def _heading(plan, period, today):
    agency = reporting_agency(plan)
    parent = agency.parent
    authority, title = signing_of(agency)
    is_committee = agency.kind in COMMITTEES
    return Heading(
        # People's Committees print no agency above their own name.
        parent_agency=in_capitals(parent.name) if parent and not is_committee else "",
        agency=agency.name.upper(),
        agency_name=agency.name,
        number=document_number(None, "BC", agency.symbol or "…"),
        place_and_date=place_and_date(plan.place or plan.locality.place_name, today, issued=False),
        kind="BÁO CÁO",
        abstract=f"Kết quả thực hiện {_kind_word(plan)} {about(plan.title)}, {period_words(period)}",
        addressee=parent.name if parent else "",
        legal_bases=legal_bases([plan_words(plan)]),
        signing_authority=authority,
        signatory_title=title,
        signatory_name="",
        recipients=recipients(
            [*(["Như trên"] if parent else []), f"Các cơ quan, đơn vị thực hiện {_kind_word(plan)}", "Lưu: VT"]
        ),
    )


def signing_of(agency):
    """(authority line, position) of the head of `agency`."""
    if agency.kind in COMMITTEES:
        return "TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"
    for opening, position in HEADS:
        if agency.name.startswith(opening):
            return "", position
    return "", "GIÁM ĐỐC"


def _kind_word(plan):
    return KIND_WORDS.get(plan.kind, "Kế hoạch")


def period_words(period):
    """'quý II năm 2026', as it stands inside a sentence."""
    if period.kind == PeriodKind.QUARTER:
        return f"quý {QUARTERS[period.ordinal]} năm {period.year}"
    return first_lower(period.label)


def plan_words(plan):
    number = f" số {plan.number}" if plan.number else ""
    issued = f" {long_date(plan.issued_on)}" if plan.issued_on else ""
    return f"{_kind_word(plan)}{number}{issued} của {plan.issuing_agency_name} về {about(plan.title)}"


def _opening(plan, period, as_of):
    last_day = as_of if as_of >= period.starts_on else period.ends_on
    return (
        f"{reporting_agency(plan).name} báo cáo kết quả thực hiện {_kind_word(plan)} {period_words(period)} "
        f"(số liệu từ {long_date(period.starts_on)} đến {long_date(last_day)}) như sau:"
    )


def _said(pairs):
    """What was said, once each, with everyone who said it: [(words, [name])]; empty words are nobody's."""
    said = {}
    for name, text in pairs:
        if words := unended(text):
            said.setdefault(words, []).append(name)
    return list(said.items())


def _direction(*, plan, submissions, sent, on_time, updates, **_rest):
    expected = len(submissions)
    if not expected:
        duty = f"{_kind_word(plan)} chưa nêu cơ quan, đơn vị chủ trì nên chưa có đơn vị phải báo cáo (Phụ lục III)."
        return Section("I", "CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH", (Paragraph(duty),))
    duty = f"Theo {_kind_word(plan)}, {expected} cơ quan, đơn vị phải báo cáo kết quả thực hiện. "
    if sent:
        share = percent_vn(rate(sent, expected))
        duty += f"Trong kỳ, {sent}/{expected} cơ quan, đơn vị đã gửi báo cáo ({share}), "
        duty += f"{_punctuality_words(on_time, sent - on_time)}; "
        duty += f"{len(updates)} báo cáo đã được duyệt và tổng hợp" if updates else "chưa có báo cáo nào được duyệt"
    else:
        duty += "Đến thời điểm tổng hợp chưa có cơ quan, đơn vị nào gửi báo cáo"
    said = _said((update.agency.name, update.results) for update in updates)
    return Section(
        "I",
        "CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH",
        (
            Paragraph(f"{duty} (Phụ lục III)."),
            *(Paragraph(f"{some(names)}: {sentence(words)}") for words, names in said),
        ),
    )


def _punctuality_words(on_time, late):
    if not late:
        return "tất cả đều đúng hạn"
    if not on_time:
        return "tất cả đều chậm"
    return f"trong đó {on_time} đơn vị gửi đúng hạn, {late} đơn vị gửi chậm"


def _results(*, plan, document, as_of, rows, counts, figures, lines, evidence, **_rest):
    return Section(
        "II",
        "KẾT QUẢ THỰC HIỆN",
        (
            Paragraph("", lead="1. Theo nội dung tuyên truyền", level=1),
            *_by_theme(plan, document, lines),
            Paragraph("", lead="2. Theo kênh tuyên truyền", level=1),
            *_by_channel(figures, as_of),
            Paragraph("", lead="3. Theo đối tượng", level=1),
            *_by_audience(plan, document, lines),
            Paragraph("", lead=f"4. Tiến độ các hoạt động của {_kind_word(plan)}", level=1),
            *_by_activity(plan, as_of, rows, counts, lines),
            Paragraph(_evidence_words(evidence)),
        ),
    )


def _by_theme(plan, document, lines):
    """The themes that activities with results serve, as the plan links them; a head only groups its sub-themes."""
    served = defaultdict(dict)
    for line in _begun(lines):
        for theme in line.activity.themes.all():
            served[theme.pk][line.activity.number] = True
    if not document.themes:
        return [Paragraph(f"{_kind_word(plan)} chưa nêu nội dung tuyên truyền.")]
    said = [theme for theme in document.themes if theme.pk in served]
    if not said:
        return [Paragraph(f"Trong kỳ chưa ghi nhận kết quả gắn với nội dung tuyên truyền nào của {_kind_word(plan)}.")]
    paragraphs = [
        Paragraph(f"{point(place)} {unended(theme.text)}: thực hiện qua hoạt động {', '.join(served[theme.pk])}.")
        for place, theme in enumerate(said)
    ]
    heads = {theme.parent for theme in document.themes}
    leaves = [theme.pk for theme in document.themes if theme.pk not in heads]
    if unsaid := len([theme for theme in leaves if theme not in served]):
        paragraphs.append(
            Paragraph(f"{unsaid}/{len(leaves)} nội dung của {_kind_word(plan)} chưa ghi nhận kết quả trong kỳ.")
        )
    return paragraphs


def _by_channel(figures, as_of):
    counted = [figure for figure in figures if figure.in_period is not None]
    if not counted:
        return [Paragraph("Trong kỳ chưa có số liệu được duyệt (Phụ lục I).")]
    return [
        Paragraph("Kết quả tổng hợp theo từng kênh, chỉ tiêu tại Phụ lục I; cụ thể:"),
        *(Paragraph(f"{point(place)} {_figure_words(figure, as_of)}") for place, figure in enumerate(counted)),
    ]


def _figure_words(figure, as_of):
    unit = f" {figure.unit}" if figure.unit else ""
    if figure.is_stock:
        text = f"{figure.name}: {number_vn(figure.cumulative)}{unit} tính đến {long_date(as_of)}"
    else:
        text = (
            f"{figure.name}: {number_vn(figure.in_period)}{unit}; lũy kế trong năm {number_vn(figure.cumulative)}{unit}"
        )
    if figure.target:
        text += f"; đạt {percent_vn(figure.target_percent)} chỉ tiêu ({number_vn(figure.target)}{unit})"
    return f"{text}."


def _by_audience(plan, document, lines):
    audiences = [audience.text for audience in document.audiences]
    if not audiences:
        return [Paragraph(f"{_kind_word(plan)} chưa nêu đối tượng tuyên truyền.")]
    of_theme = {theme.pk: theme.names for theme in document.themes}
    reached = defaultdict(dict)
    for line in _begun(lines):
        for theme in line.activity.themes.all():
            for audience in of_theme.get(theme.pk, ()):
                reached[audience][line.activity.number] = True
    return [
        Paragraph(f"{point(place)} {unended(text)}: {_reached_words(reached[text])}.")
        for place, text in enumerate(audiences)
    ]


def _reached_words(numbers):
    return f"thực hiện qua hoạt động {', '.join(numbers)}" if numbers else "chưa ghi nhận kết quả trong kỳ"


def _begun(lines):
    return [line for line in lines if line.state != ProgressState.NOT_STARTED]


def _by_activity(plan, as_of, rows, counts, lines):
    if not rows:
        return [Paragraph(f"{_kind_word(plan)} chưa nêu hoạt động cụ thể (Phụ lục II).")]
    total = sum(n for state, n in counts.items() if state != State.CANCELLED)
    shown = "; ".join(f"{counts[state]} hoạt động {first_lower(STATE_WORDS[state])}" for state in TOLD if counts[state])
    text = f"Tính đến {long_date(as_of)}, {_kind_word(plan)} có {total} hoạt động"
    text += f", trong đó: {shown}" if shown else ""
    if counts[State.CANCELLED]:
        text += f"; ngoài ra {counts[State.CANCELLED]} hoạt động đã bãi bỏ"
    return [Paragraph(f"{text} (Phụ lục II)."), *(Paragraph(words) for words in _words_of_activities(lines))]


def _words_of_activities(lines, limit=12):
    """The leads' own words, one paragraph an activity; equal words of many units are said once.

    No annex repeats the words, so those beyond `limit` are counted and not referred to one.
    """
    by_activity = defaultdict(list)
    for line in lines:
        by_activity[line.activity].append((line.update.agency.short_name, line.words))
    for activity, pairs in by_activity.items():
        said = _said(pairs)
        if not said:
            continue
        parts = [f"{first_lower(words)} ({some(names)})" for words, names in said[:limit]]
        if rest := sum(len(names) for _words, names in said[limit:]):
            parts.append(f"cùng kết quả tương tự của {rest} đơn vị khác")
        yield f"Hoạt động {activity.number} - {unended(activity.title)}: {'; '.join(parts)}."


def _evidence_words(evidence):
    if evidence:
        return f"Kèm theo kết quả nêu trên có {number_vn(len(evidence))} minh chứng (Phụ lục IV)."
    return "Trong kỳ chưa có minh chứng kèm theo báo cáo được duyệt (Phụ lục IV)."


def _assessment(*, period, today, rows, submissions, sent, on_time, updates, counts, **_rest):
    causes = [
        f"{words} ({some(names)})"
        for words, names in _said((update.agency.short_name, update.difficulties) for update in updates)
    ]
    no_cause = "Các đơn vị không nêu khó khăn, vướng mắc."
    is_due = today > period.agency_due_on
    return Section(
        "III",
        "ĐÁNH GIÁ CHUNG",
        (
            Paragraph("", lead="1. Ưu điểm", level=1),
            *_points(
                _strengths(counts, len(submissions), on_time if is_due else 0), "Chưa có kết quả được duyệt trong kỳ."
            ),
            Paragraph("", lead="2. Tồn tại, hạn chế", level=1),
            *_points(
                _weaknesses(rows, submissions, sent - len(updates)),
                "Không có hoạt động quá hạn, không có đơn vị chậm gửi báo cáo.",
            ),
            Paragraph("", lead="3. Nguyên nhân", level=1),
            *_points(causes, no_cause if updates else "Chưa có báo cáo được duyệt để tổng hợp nguyên nhân."),
        ),
    )


def _points(texts, otherwise):
    """One text as a paragraph, several as points a), b), none as the sentence `otherwise`."""
    if len(texts) < 2:
        return [Paragraph(sentence(text)) for text in texts] or [Paragraph(otherwise)]
    return [Paragraph(f"{point(place)} {sentence(text)}") for place, text in enumerate(texts)]


def _strengths(counts, expected, on_time):
    """What went well; reports sent on time only where at least half of those expected were."""
    good = []
    if counts[State.DONE]:
        good.append(f"{counts[State.DONE]} hoạt động đã hoàn thành đúng tiến độ")
    if counts[State.IN_PROGRESS]:
        good.append(f"{counts[State.IN_PROGRESS]} hoạt động đang được triển khai, chưa quá hạn")
    if on_time and 2 * on_time >= expected:
        share = percent_vn(rate(on_time, expected))
        good.append(f"{on_time}/{expected} cơ quan, đơn vị gửi báo cáo đúng hạn, đạt {share}")
    return good


def _weaknesses(rows, submissions, unapproved):
    weak = [
        f"hoạt động {row.activity.number} quá hạn {row.days_late} ngày" for row in rows if row.state == State.OVERDUE
    ]
    weak += [
        f"hoạt động {row.activity.number} hoàn thành chậm {row.days_late} ngày"
        for row in rows
        if row.state == State.LATE_DONE
    ]
    weak += [f"hoạt động {row.activity.number} chưa được giao chủ trì" for row in rows if row.state == State.UNASSIGNED]
    for punctuality, words in (
        (Punctuality.LATE, "gửi báo cáo chậm"),
        (Punctuality.MISSING, "quá hạn chưa gửi báo cáo"),
    ):
        names = [row.agency.short_name for row in submissions if row.punctuality == punctuality]
        if names:
            weak.append(f"{len(names)} cơ quan, đơn vị {words} ({some(names)})")
    if unapproved > 0:
        weak.append(f"{unapproved} báo cáo đã gửi nhưng chưa được duyệt nên số liệu chưa được tổng hợp")
    return weak


def _next_tasks(*, plan, rows, period, **_rest):
    ahead = [
        row for row in rows if row.state in (State.OVERDUE, State.UNASSIGNED, State.NOT_STARTED, State.IN_PROGRESS)
    ]
    ahead.sort(
        key=lambda row: (row.activity.deadline is None, row.activity.deadline or date.max, row.activity.position)
    )
    if ahead:
        paragraphs = tuple(Paragraph(f"{place}. {_task_words(row)}") for place, row in enumerate(ahead, start=1))
    elif rows:
        paragraphs = (Paragraph(f"Các hoạt động của {_kind_word(plan)} đã hoàn thành."),)
    else:
        paragraphs = (Paragraph(f"{_kind_word(plan)} chưa nêu hoạt động cụ thể."),)
    span = "QUÝ" if period.kind == PeriodKind.QUARTER else "KỲ"
    return Section("IV", f"NHIỆM VỤ TRỌNG TÂM {span} TIẾP THEO", paragraphs)


def _task_words(row):
    activity = row.activity
    what = f"hoạt động {activity.number}: {first_lower(unended(activity.title))}"
    if row.state == State.UNASSIGNED:
        return f"Giao cơ quan chủ trì {what}."
    if row.state == State.OVERDUE:
        return f"Khẩn trương hoàn thành {what} (hạn {short_date(activity.deadline)}, đã quá hạn)."
    if activity.deadline:
        return f"Hoàn thành {what} (hạn {short_date(activity.deadline)})."
    return f"{'Tiếp tục thực hiện' if row.state == State.IN_PROGRESS else 'Triển khai'} {what}."


def _proposals(*, updates, rows, **_rest):
    said = [
        f"{first_upper(words)} ({some(names)})."
        for words, names in _said((update.agency.short_name, update.proposals) for update in updates)
    ]
    unassigned = [row.activity.number for row in rows if row.state == State.UNASSIGNED]
    if unassigned:
        said.insert(0, f"Giao cơ quan chủ trì thực hiện hoạt động {', '.join(unassigned)}.")
    texts = [f"{place}. {text}" for place, text in enumerate(said, start=1)] or ["Không có kiến nghị, đề xuất."]
    texts[-1] = texts[-1].removesuffix(".") + "./."
    return Section("V", "KIẾN NGHỊ, ĐỀ XUẤT", tuple(Paragraph(text) for text in texts))


def _activity_line(row, lines):
    activity = row.activity
    given = [line.quantity_done for line in lines if line.activity_id == activity.pk and line.quantity_done is not None]
    return ActivityLine(
        number=activity.number,
        title=activity.title,
        leads="; ".join(row.leads) or NOT_STATED,
        cooperating="; ".join(row.cooperating) or NOT_STATED,
        time=activity.schedule_text or (short_date(activity.deadline) if activity.deadline else NOT_STATED),
        state=row.state,
        state_words=STATE_WORDS[row.state],
        days_late=row.days_late,
        percent=row.percent,
        quantity_in_period=sum(given) if given else None,
        quantity_done=row.quantity_done,
        target=activity.target_quantity,
        unit=activity.target_unit,
        target_percent=row.target_percent,
    )


def _submission_line(row):
    first = row.update.first_submitted_at if row.update else None
    return SubmissionLine(
        agency=row.update.agency_name if row.update and row.update.agency_name else row.agency.name,
        due_on=row.period.agency_due_on,
        sent_on=timezone.localtime(first).date() if first else None,
        punctuality=row.punctuality,
        punctuality_words=PUNCTUALITY_WORDS[row.punctuality],
        days_late=row.days_late,
        status=row.status or "",
        status_words=STATUS_WORDS[row.status],
    )


def _evidence(updates):
    items = (
        Evidence.objects.filter(progress__update__in=updates, removed_at__isnull=True)
        .select_related("progress__activity", "progress__update__agency")
        .order_by("progress__activity__position", "progress__update__agency__name_sort", "pk")
    )
    return tuple(
        EvidenceLine(
            activity_number=item.progress.activity.number,
            agency=item.progress.update.agency.short_name,
            caption=str(item),
            kind="Tệp" if item.kind == EvidenceKind.FILE else "Đường dẫn",
            dated_on=item.dated_on,
            reference=item.url or item.file_name,
        )
        for item in items
    )
