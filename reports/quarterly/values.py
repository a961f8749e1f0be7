"""Every figure of the report under a key: as it is printed, and what it is called. The narrative prints these alone."""

from activities.progress import State
from activities.shares import share
from activities.submissions import Punctuality

from ..wording import number_vn, percent_vn
from .report import STATE_WORDS

COUNT_LABELS = {
    "count.agencies": "Số cơ quan, đơn vị phải báo cáo",
    "count.expected": "Số báo cáo phải gửi",
    "count.sent": "Số báo cáo đã gửi",
    "count.unsent": "Số báo cáo chưa gửi",
    "count.on_time": "Số báo cáo gửi đúng hạn",
    "count.late": "Số báo cáo gửi chậm",
    "count.missing": "Số báo cáo quá hạn chưa gửi",
    "count.approved": "Số báo cáo đã được duyệt",
    "count.unapproved": "Số báo cáo đã gửi, chưa được duyệt",
    "count.nothing": "Số báo cáo không phát sinh kết quả",
    "count.late_agencies": "Số cơ quan, đơn vị gửi báo cáo chậm",
    "count.missing_agencies": "Số cơ quan, đơn vị quá hạn chưa gửi báo cáo",
    "count.activities": "Số hoạt động",
    "count.led": "Số hoạt động chủ trì",
    "count.helped": "Số hoạt động phối hợp",
    "count.themes": "Số nội dung tuyên truyền",
    "count.themes_unsaid": "Số nội dung chưa ghi nhận kết quả",
    "count.evidence": "Số minh chứng",
    "rate.sent": "Tỷ lệ gửi báo cáo",
    "rate.on_time": "Tỷ lệ gửi báo cáo đúng hạn",
    "rate.done": "Tỷ lệ hoạt động hoàn thành",
}
FIGURE_LABELS = {
    "in_period": "trong kỳ",
    "cumulative": "lũy kế trong năm",
    "target": "chỉ tiêu",
    "percent": "tỷ lệ so với chỉ tiêu",
}
ACTIVITY_LABELS = {
    "days_late": "số ngày quá hạn, chậm",
    "percent": "mức độ hoàn thành (%)",
    "in_period": "số lượng trong kỳ",
    "done": "số lượng lũy kế",
    "target": "chỉ tiêu",
    "target_percent": "tỷ lệ so với chỉ tiêu",
}


def values_of(report):
    """{key: as printed} of all the figures of a report."""
    return {
        **of_sending(
            agencies=report.agencies,
            expected=report.expected,
            sent=report.sent,
            on_time=report.on_time,
            approved=report.approved,
            missing=report.missing,
            nothing=report.nothing,
        ),
        **of_states({state: n for state, _words, n in report.state_counts}),
        **of_tardiness(report.submissions),
        **of_counts(
            evidence=len(report.evidence),
            themes=report.themes,
            themes_unsaid=report.themes_unsaid,
            led=report.led,
            helped=report.helped,
        ),
        **of_figures(report.figures),
        **of_activities(report.activities),
    }


def of_sending(*, expected, sent, on_time, approved, missing=0, nothing=0, agencies=None):
    """What was sent of what was expected: counts of updates; agencies are as many unless there are several periods."""
    counts = {
        "agencies": expected if agencies is None else agencies,
        "expected": expected,
        "sent": sent,
        "unsent": expected - sent,
        "on_time": on_time,
        "late": sent - on_time,
        "missing": missing,
        "approved": approved,
        "unapproved": max(sent - approved, 0),
        "nothing": nothing,
    }
    return of_counts(**counts) | {
        "rate.sent": percent_vn(share(sent, expected)),
        "rate.on_time": percent_vn(share(on_time, expected)),
    }


def of_states(counts):
    """The activities by state ({State: n}); cancelled ones are not among those counted."""
    standing = sum(n for state, n in counts.items() if state != State.CANCELLED)
    done = counts.get(State.DONE, 0) + counts.get(State.LATE_DONE, 0)
    printed = {f"state.{state.value}": number_vn(counts.get(state, 0)) for state in State}
    return printed | {"count.activities": number_vn(standing), "rate.done": percent_vn(share(done, standing))}


def of_tardiness(lines):
    """The agencies that sent late, or have not sent although it was due: each once, in however many periods."""
    late = {line.agency_id for line in lines if line.punctuality == Punctuality.LATE}
    missing = {line.agency_id for line in lines if line.punctuality == Punctuality.MISSING}
    return of_counts(late_agencies=len(late), missing_agencies=len(missing))


def of_counts(**counts):
    return {f"count.{name}": number_vn(value) for name, value in counts.items()}


def of_figures(figures):
    return {
        f"{figure.code}.{name}": printed
        for figure in figures
        for name, printed in (
            ("in_period", number_vn(figure.in_period)),
            ("cumulative", number_vn(figure.cumulative)),
            ("target", number_vn(figure.target)),
            ("percent", percent_vn(figure.target_percent)),
        )
    }


def of_activities(lines):
    """What is known of each activity (ActivityLine), nothing of what nobody stated."""
    known = {}
    for line in lines:
        stated = (
            ("days_late", line.days_late or None, number_vn),
            ("percent", line.percent, number_vn),
            ("in_period", line.quantity_in_period, number_vn),
            ("done", line.quantity_done, number_vn),
            ("target", line.target, number_vn),
            ("target_percent", line.target_percent, percent_vn),
        )
        head = f"activity.{line.activity_id}"
        known |= {f"{head}.{name}": printed(value) for name, value, printed in stated if value is not None}
    return known


def label_of(key, names=None):
    """What the figure is called; indicators and activities by their `names_of` the report, where they are given."""
    head, _dot, tail = key.rpartition(".")
    if key in COUNT_LABELS:
        return COUNT_LABELS[key]
    if head == "state":
        return f"Số hoạt động {STATE_WORDS[State(tail)].lower()}"
    name = (names or {}).get(head, head.removeprefix("activity."))
    if head.startswith("activity."):
        return f"Hoạt động {name}: {ACTIVITY_LABELS.get(tail, tail)}"
    return f"{name}: {FIGURE_LABELS.get(tail, tail)}"


def names_of(report):
    """What the indicators and activities in the keys are called: {'WEB-1': name, 'activity.7': number}."""
    named = {figure.code: f"{figure.name} ({figure.unit})" for figure in report.figures}
    return named | {f"activity.{line.activity_id}": _number(line) for line in report.activities}


def _number(line):
    return f"{line.number} ({line.plan_number})" if line.plan_number else line.number


def listed(report):
    """(label, key, as printed) of every figure, in the order of the report, to choose from."""
    names = names_of(report)
    return tuple((label_of(key, names), key, printed) for key, printed in values_of(report).items())
