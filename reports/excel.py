"""The report as a workbook: a sheet for each annex, with real numbers; and the Ministry's form as one sheet."""

from itertools import count

from agencies.workbook import Column, Kind, Sheet, write_workbook

from .annexes import decision_words
from .ministry import numbers_of
from .wording import short_date

FACTS = (
    Column("name", "Mục", width=34),
    Column("words", "Nội dung", width=60),
    Column("number", "Số liệu", Kind.WHOLE),
)
NARRATIVE = (Column("part", "Phần", width=34), Column("text", "Nội dung", width=60))
FIGURES = (
    Column("place", "TT", Kind.WHOLE),
    Column("channel", "Kênh"),
    Column("code", "Mã"),
    Column("name", "Chỉ tiêu"),
    Column("unit", "Đơn vị tính"),
    Column("in_period", "Trong kỳ", Kind.WHOLE),
    Column("cumulative", "Lũy kế", Kind.WHOLE),
    Column("target", "Chỉ tiêu năm", Kind.WHOLE),
    Column("percent", "Tỷ lệ (%)", Kind.PERCENT),
)
PROGRESS = (
    Column("plan", "Kế hoạch"),
    Column("number", "TT"),
    Column("title", "Nội dung hoạt động"),
    Column("leads", "Cơ quan chủ trì"),
    Column("cooperating", "Cơ quan phối hợp"),
    Column("time", "Thời gian"),
    Column("in_period", "Trong kỳ", Kind.WHOLE),
    Column("done", "Lũy kế", Kind.WHOLE),
    Column("target", "Chỉ tiêu", Kind.WHOLE),
    Column("unit", "Đơn vị tính"),
    Column("target_percent", "Tỷ lệ (%)", Kind.PERCENT),
    Column("percent", "Mức độ (%)", Kind.WHOLE),
    Column("state", "Trạng thái"),
    Column("days_late", "Số ngày chậm", Kind.WHOLE),
)
SUBMISSIONS = (
    Column("plan", "Kế hoạch"),
    Column("place", "TT", Kind.WHOLE),
    Column("agency", "Cơ quan, đơn vị"),
    Column("period", "Kỳ báo cáo"),
    Column("due_on", "Hạn gửi", Kind.DATE),
    Column("sent_on", "Ngày gửi", Kind.DATE),
    Column("punctuality", "Tình hình gửi báo cáo"),
    Column("days_late", "Số ngày chậm", Kind.WHOLE),
    Column("status", "Kết quả duyệt"),
)
EVIDENCE = (
    Column("place", "TT", Kind.WHOLE),
    Column("activity", "Hoạt động"),
    Column("agency", "Cơ quan, đơn vị"),
    Column("caption", "Tên minh chứng"),
    Column("kind", "Loại"),
    Column("dated_on", "Ngày", Kind.DATE),
    Column("reference", "Tên tệp hoặc đường dẫn"),
)
DIFFERENCES = (
    Column("what", "Nội dung"),
    Column("place", "Vị trí"),
    Column("before", "Bản trước"),
    Column("after", "Bản này"),
)


def report_xlsx(report, step=None):
    """`report` (a QuarterlyReport) as the bytes of a workbook: what it is, what it says, a sheet for each annex.

    `step` hears how many rows of the annexes are written.
    """
    told = _teller(step)
    sheets = [
        Sheet("Báo cáo", FACTS, _facts(report)),
        Sheet("Nội dung", NARRATIVE, _narrative(report)),
        Sheet("Phụ lục I", FIGURES, told(_figures(report))),
        Sheet("Phụ lục II", _said(PROGRESS, report.activities), told(_progress(report))),
        Sheet("Phụ lục III", _said(SUBMISSIONS, report.submissions), told(_submissions(report))),
        Sheet("Phụ lục IV", EVIDENCE, told(_evidence(report))),
    ]
    if report.differences:
        rows = [each._asdict() for each in report.differences]
        sheets.append(Sheet("Nội dung thay đổi", DIFFERENCES, told(rows)))
    return write_workbook(sheets)


def _teller(step):
    """Goes through the rows of one sheet after another, telling `step` how many of all have been."""
    numbers = count(1)

    def told(rows):
        for row in rows:
            yield row
            number = next(numbers)
            if step:
                step(number)

    return told


def ministry_xlsx(report, columns):
    """The figures of `report` in one row, in the order of `columns` ((head, key), ...; `ministry.columns_of`).

    A key the report has no figure for leaves its cell empty: nobody counted it, which is not 0.
    """
    numbers = numbers_of(report)
    heads = [
        Column(str(place), head, Kind.PERCENT if key.endswith(".percent") or key.startswith("rate.") else Kind.WHOLE)
        for place, (head, key) in enumerate(columns)
    ]
    row = {str(place): numbers.get(key) for place, (_head, key) in enumerate(columns)}
    first = Column("agency", "Đơn vị báo cáo"), Column("period", "Kỳ báo cáo")
    said = {"agency": report.heading.agency_name, "period": report.period_label}
    return write_workbook([Sheet("Biểu tổng hợp", [*first, *heads], [said | row])])


def _facts(report):
    heading = report.heading
    yield {"name": "Tên báo cáo", "words": heading.abstract}
    yield {"name": "Cơ quan báo cáo", "words": heading.agency_name}
    yield {"name": "Số, ký hiệu", "words": heading.number.removeprefix("Số:").strip()}
    yield {"name": "Kỳ báo cáo", "words": report.period_label}
    span = f"từ {short_date(report.starts_on)} đến {short_date(report.ends_on)}"
    yield {"name": "Thời gian lấy số liệu", "words": span}
    if report.check_code:
        yield {"name": "Mã văn bản", "words": report.check_code}
    for name, number in (
        ("Cơ quan, đơn vị phải báo cáo", report.expected),
        ("Đã gửi báo cáo", report.sent),
        ("Gửi đúng hạn", report.on_time),
        ("Gửi chậm", report.late),
        ("Báo cáo đã duyệt", report.approved),
        ("Hoạt động", report.activity_count),
        *((f"Hoạt động: {words.lower()}", n) for _state, words, n in report.state_counts),
        ("Minh chứng", len(report.evidence)),
    ):
        yield {"name": name, "number": number}


def _narrative(report):
    for section in report.sections:
        head = f"{section.numeral}. {section.title}"
        for paragraph in section.paragraphs:
            if paragraph.level == 1 and not paragraph.text:
                head = paragraph.lead
            else:
                yield {"part": head, "text": f"{paragraph.lead} {paragraph.text}".strip()}


def _figures(report):
    for place, figure in enumerate(report.figures, start=1):
        yield {
            "place": place,
            "channel": figure.channel,
            "code": figure.code,
            "name": figure.name,
            "unit": figure.unit,
            "in_period": figure.in_period,
            "cumulative": figure.cumulative,
            "target": figure.target,
            "percent": figure.target_percent,
        }


def _said(columns, lines):
    """The columns, without that of the plan or the period where no line names one, as on paper."""
    named = {
        "plan": any(line.plan_number for line in lines),
        "period": any(getattr(line, "period_label", "") for line in lines),
    }
    return tuple(column for column in columns if named.get(column.key, True))


def _progress(report):
    for line in report.activities:
        yield {
            "plan": line.plan_number,
            "number": line.number,
            "title": line.title,
            "leads": line.leads,
            "cooperating": line.cooperating,
            "time": line.time,
            "in_period": line.quantity_in_period,
            "done": line.quantity_done,
            "target": line.target,
            "unit": line.unit,
            "target_percent": line.target_percent,
            "percent": line.percent,
            "state": line.state_words,
            "days_late": line.days_late or None,
        }


def _submissions(report):
    for place, line in enumerate(report.submissions, start=1):
        yield {
            "plan": line.plan_number,
            "place": place,
            "agency": line.agency,
            "period": line.period_label,
            "due_on": line.due_on,
            "sent_on": line.sent_on,
            "punctuality": line.punctuality_words,
            "days_late": line.days_late or None,
            "status": decision_words(line),
        }


def _evidence(report):
    for place, line in enumerate(report.evidence, start=1):
        yield {
            "place": place,
            "activity": line.activity_number,
            "agency": line.agency,
            "caption": line.caption,
            "kind": line.kind,
            "dated_on": line.dated_on,
            "reference": line.reference,
        }
