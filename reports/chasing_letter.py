"""The chasing letter ("công văn đôn đốc"): one object with every word of it, which PDF and Word only print.

A công văn in the form of Nghị định 30/2020/NĐ-CP: no name of a kind above it, "V/v" under the number, the recipients
at the head. Number and day stay open for whoever signs it. Texts are Vietnamese: it is a document.
"""

from dataclasses import dataclass
from typing import NamedTuple

from django.utils import timezone
from django.utils.text import slugify

from activities.locks import last_day
from agencies.vietnamese import fold, nfc

from .annexes import Column
from .quarterly import (
    COMMITTEES,
    Heading,
    period_words,
    plan_words,
    reporting_agency,
    signing_of,
)
from .wording import OPEN, first_upper, in_capitals, long_date, place_and_date, recipients

DRAFTING_UNIT = "CCHC"  # the drafting unit's part of the symbol; whoever signs it may write another
MOST_NAMED = 15  # recipients at the head; more are sent to the list below
BY_THE_LIST = "Các cơ quan, đơn vị có tên trong danh sách dưới đây"
HOUR = "17 giờ 00 phút"
COLUMNS = (
    Column("TT", 8, "mid nw"),
    Column("Đơn vị", 42),
    Column("Hoạt động có số liệu", 19, "mid"),
    Column("Quá hạn", 15, "mid"),
    Column("Đã đôn đốc", 16, "mid"),
)


class LateLine(NamedTuple):
    """A row of the table, each cell as printed."""

    number: str
    agency: str
    filled: str
    overdue: str
    chased: str


@dataclass(frozen=True)
class ChasingLetter:
    """Everything the letter says. `addressees`: one stands on the line of "Kính gửi", several each on its own."""

    heading: Heading
    subject: str
    addressees: tuple[str, ...]
    opening: str
    columns: tuple[Column, ...]
    rows: tuple[LateLine, ...]
    closing: tuple[str, ...]
    is_draft: bool = False


def build_chasing_letter(period, chase, *, at, answer_by):
    """The letter to whom `chase` (activities.reminding.late.Chase) names, at least one agency. No queries.

    Args:
        period: with its plan, the plan's agencies, their parents and locality loaded.
        at: the moment it is drawn up (aware datetime).
        answer_by: the day by which the agencies are asked to send.
    """
    agency, late = reporting_agency(period.plan), chase.late
    return ChasingLetter(
        heading=_heading(period, agency, timezone.localtime(at).date()),
        subject=nfc(f"V/v đôn đốc gửi số liệu {period_words(period)}"),
        addressees=_addressees([each.agency.name for each in late]),
        opening=_opening(period, chase, timezone.localtime(at)),
        columns=COLUMNS,
        rows=tuple(_line(place, each) for place, each in enumerate(late, start=1)),
        closing=_closing(period, agency, len(late), timezone.localtime(at).date(), answer_by),
    )


def file_name(period, chase=None):
    """'don-doc-quy-3-2026' of a quarter, without its extension; to one agency alone its name follows."""
    name = f"don-doc-{period.kind}-{period.ordinal}-{period.year}".replace("_", "-").replace("quarter", "quy")
    return f"{name}-{slugify(fold(chase.late[0].agency.name))}" if chase and chase.is_for_one else name


def _heading(period, agency, day):
    plan, parent = period.plan, agency.parent
    has_parent = bool(parent) and agency.kind not in COMMITTEES
    authority, position = signing_of(agency)
    return Heading(
        # People's Committees print no agency above their own name.
        parent_agency=in_capitals(parent.name) if has_parent else "",
        agency=agency.name.upper(),
        agency_name=agency.name,
        number=f"Số:{OPEN}/{agency.symbol or '…'}-{DRAFTING_UNIT}",
        place_and_date=place_and_date(plan.place or plan.locality.place_name, day, issued=False),
        kind="CÔNG VĂN",
        abstract=nfc(f"Đôn đốc gửi số liệu {period_words(period)}"),
        addressee="",
        legal_bases=(),
        signing_authority=authority,
        signatory_title=nfc(agency.head_title).upper() or position,
        signatory_name=nfc(agency.head_name),
        recipients=recipients(
            ["Như trên", *([f"{parent.name} (để báo cáo)"] if has_parent else []), f"Lưu: VT, {DRAFTING_UNIT}"]
        ),
    )


def _addressees(names):
    if len(names) == 1:
        return (names[0],)
    if len(names) > MOST_NAMED:
        return (BY_THE_LIST,)
    last = len(names) - 1
    return tuple(f"- {name}{'.' if place == last else ';'}" for place, name in enumerate(names))


def _opening(period, chase, moment):
    hour = f"{moment.hour:02d} giờ {moment.minute:02d} phút"
    return nfc(
        f"Thực hiện {plan_words(period.plan)}, các cơ quan, đơn vị gửi số liệu {period_words(period)} chậm nhất "
        f"{long_date(period.agency_due_on)}. Đến {hour} {long_date(moment.date())}, {_who_has_not_sent(chase)}:"
    )


def _who_has_not_sent(chase):
    """Counted only where the letter goes to everybody who is late."""
    if chase.is_for_one:
        return f"{', '.join(each.agency.name for each in chase.late)} chưa gửi"
    excused = f" (không kể {chase.excused:02d} đơn vị được gia hạn)" if chase.excused else ""
    return f"còn {len(chase.late):02d} đơn vị chưa gửi{excused}"


def _line(place, late):
    row = late.row
    return LateLine(
        number=str(place),
        agency=nfc(late.agency.name),
        filled=f"{row.filled}/{row.expected}",
        overdue=f"{row.days_late:02d} ngày",
        chased=f"{late.chased:02d} lần" if late.chased else "Chưa",
    )


def _closing(period, agency, count, day, answer_by):
    those = "đơn vị" if count == 1 else "các đơn vị"
    to_report = ", báo cáo cấp trên" if agency.parent is None else f", báo cáo {agency.parent.name}"
    data = f"số liệu {period_words(period)}"
    if day > last_day(period):
        asked = (
            f"{agency.name} đề nghị {those} báo cáo bằng văn bản lý do chưa gửi trước {HOUR} {long_date(answer_by)}. "
            f"{first_upper(data)} đã khóa từ {long_date(period.locks_on)}; đơn vị cần gửi bổ sung đề nghị gia hạn."
        )
    else:
        asked = (
            f"{agency.name} đề nghị {those} gửi số liệu trên hệ thống trước {HOUR} {long_date(answer_by)} để kịp tổng "
            f"hợp{to_report}. Từ {long_date(period.locks_on)}, {data} được khóa; đơn vị không gửi sẽ bị nêu tên "
            f"trong báo cáo."
        )
    return nfc(asked), f"Đề nghị thủ trưởng {those} quan tâm chỉ đạo thực hiện./."
