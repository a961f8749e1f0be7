"""The figures of a report by their keys, as numbers, in the order of the Ministry's form, which the office sets."""

from collections import defaultdict

from django.utils.translation import gettext_lazy as _

from activities.progress import LABELS, State
from activities.submissions import Punctuality

from .models import MinistryColumn

PARTS = ("in_period", "cumulative", "target", "percent")
COUNTS = {
    "units.expected": _("Agencies that have to report"),
    "units.sent": _("Agencies that have sent"),
    "units.on_time": _("Agencies that sent on time"),
    "count.expected": _("Updates that have to be sent"),
    "count.sent": _("Updates sent"),
    "count.on_time": _("Updates sent on time"),
    "count.late": _("Updates sent late"),
    "count.approved": _("Updates approved"),
    "count.activities": _("Activities of the plan"),
    "count.done": _("Activities done"),
    "count.evidence": _("Pieces of evidence"),
    "rate.on_time": _("Share sent on time (%)"),
}
STATES = {f"state.{state}": label for state, label in LABELS.items()}


def numbers_of(report):
    """{key: number or None} of every figure of `report` (QuarterlyReport); percents are Decimal with one decimal."""
    numbers = {
        "count.expected": report.expected,
        "count.sent": report.sent,
        "count.on_time": report.on_time,
        "count.late": report.late,
        "count.approved": report.approved,
        "count.activities": report.activity_count,
        "count.done": sum(n for state, _words, n in report.state_counts if state in (State.DONE, State.LATE_DONE)),
        "count.evidence": len(report.evidence),
        "rate.on_time": report.on_time_rate,
    }
    numbers |= _units(report)
    numbers |= {f"state.{state}": n for state, _words, n in report.state_counts}
    for figure in report.figures:
        values = (figure.in_period, figure.cumulative, figure.target, figure.target_percent)
        numbers |= {f"{figure.code}.{part}": value for part, value in zip(PARTS, values, strict=True)}
    return numbers


def _units(report):
    """Agencies, each once in however many periods and plans; one that has not sent all it owes has not sent."""
    lines = defaultdict(list)
    for line in report.submissions:
        lines[line.agency_id or line.agency].append(line)
    return {
        "units.expected": len(lines),
        "units.sent": sum(all(line.sent_on for line in own) for own in lines.values()),
        "units.on_time": sum(all(line.punctuality == Punctuality.ON_TIME for line in own) for own in lines.values()),
    }


# What the form begins with where an office has not written down its own: counts of reporting, then the channels.
USUAL = (
    ("Số đơn vị phải báo cáo", "units.expected"),
    ("Số đơn vị đã báo cáo", "units.sent"),
    ("Số đơn vị báo cáo đúng hạn", "units.on_time"),
    ("Tỷ lệ báo cáo đúng hạn (%)", "rate.on_time"),
    ("Số nhiệm vụ của kế hoạch", "count.activities"),
    ("Số nhiệm vụ đã hoàn thành", "count.done"),
    ("Tin, bài trên cổng, trang thông tin điện tử", "WEB-1.in_period"),
    ("Tin, bài trên báo", "PRE-1.in_period"),
    ("Tin, bài trên hệ thống truyền thanh cơ sở", "LS-1.in_period"),
    ("Lượt phát thanh", "LS-2.in_period"),
    ("Người quan tâm Zalo OA", "SOC-1.cumulative"),
    ("Tin, bài đăng trên Zalo OA", "SOC-2.in_period"),
    ("Tờ rơi, tờ gấp cấp phát", "VIS-7.in_period"),
    ("Hội nghị, hội thảo", "MTG-1.in_period"),
    ("Lớp tập huấn, bồi dưỡng", "TRN-1.in_period"),
    ("Buổi tọa đàm, đối thoại với người dân, doanh nghiệp", "DLG-1.in_period"),
    ("Hội thi, cuộc thi", "CON-1.in_period"),
)


def columns_of(locality):
    """[(head, key)] of the locality's form, in its order; the usual ones where it has none. One query."""
    own = [(each.head, each.source) for each in MinistryColumn.objects.filter(locality=locality)]
    return own or list(USUAL)
