"""Reports made by hand: every figure is in the test that asks about it, none comes from a database."""

from datetime import date, timedelta

from activities.progress import State
from activities.submissions import Punctuality
from agencies.models import Agency, AgencyKind, Locality
from plans.models import Plan, PlanStatus
from plans.tests.factories import PART_FACTORIES as PLAN_PARTS
from reports.figures import Figure
from reports.plan_document import build_plan_document
from reports.quarterly import (
    PUNCTUALITY_WORDS,
    STATE_WORDS,
    ActivityLine,
    EvidenceLine,
    Heading,
    Paragraph,
    QuarterlyReport,
    Section,
    SubmissionLine,
)

DUE_ON = date(2026, 6, 16)
LONG_TITLE = (
    "Tuyên truyền, phổ biến các quy định về cơ chế một cửa, một cửa liên thông trong giải quyết thủ tục hành chính "
    "đến cán bộ, công chức, viên chức, người dân và doanh nghiệp trên địa bàn tỉnh"
)


def make_heading(**changes):
    return Heading(
        **{
            "parent_agency": "UBND TỈNH MINH HỌA",
            "agency": "SỞ NỘI VỤ",
            "agency_name": "Sở Nội vụ",
            "number": "Số: 07/BC-SNV",
            "place_and_date": "Minh Họa, ngày 05 tháng 02 năm 2026",
            "kind": "BÁO CÁO",
            "abstract": "Kết quả quý II năm 2026 thực hiện Kế hoạch thông tin, tuyên truyền cải cách hành chính "
            "năm 2026",
            "addressee": "Ủy ban nhân dân tỉnh Minh Họa",
            "legal_bases": (),
            "signing_authority": "",
            "signatory_title": "GIÁM ĐỐC",
            "signatory_name": "Nguyễn Thị Thùy Dương",
            "recipients": ("- Như trên;", "- Các cơ quan, đơn vị thực hiện Kế hoạch;", "- Lưu: VT."),
            **changes,
        }
    )


def make_sections():
    return (
        Section(
            "I",
            "CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH",
            (
                Paragraph(
                    "Kế hoạch giao 65 cơ quan, đơn vị chủ trì thực hiện. Trong kỳ, 52/65 cơ quan, đơn vị đã gửi báo "
                    "cáo, trong đó 43 đơn vị gửi đúng hạn, 9 đơn vị gửi chậm (Phụ lục III)."
                ),
            ),
        ),
        Section(
            "II",
            "KẾT QUẢ THỰC HIỆN",
            (
                Paragraph("", lead="1. Theo nội dung tuyên truyền", level=1),
                *(Paragraph(f"{mark}) {LONG_TITLE}: thực hiện qua hoạt động 1, 2, 10.") for mark in "abcdđeghik"),
                Paragraph("", lead="2. Theo kênh tuyên truyền", level=1),
                Paragraph("a) Tin, bài đăng trên cổng/trang thông tin điện tử: 1.234 tin, bài (Phụ lục I)."),
                Paragraph("Nghiêng, ngả: ằ ẳ ẵ ặ ề ể ễ ệ ồ ổ ỗ ộ ờ ở ỡ ợ ừ ử ữ ự ỳ ỷ ỹ ỵ đ Đ “…” – 50.000 ₫."),
            ),
        ),
        Section("III", "ĐÁNH GIÁ CHUNG", (Paragraph("Các đơn vị nghiêm túc thực hiện.", lead="1. Ưu điểm:"),)),
        Section("IV", "NHIỆM VỤ TRỌNG TÂM QUÝ TIẾP THEO", (Paragraph("1. Hoàn thành hoạt động 3."),)),
        Section("V", "KIẾN NGHỊ, ĐỀ XUẤT", (Paragraph("Không có kiến nghị, đề xuất./."),)),
    )


def make_figure(place=0, **changes):
    return Figure(
        **{
            "code": f"WEB-{place}",
            "name": "Tin, bài đăng trên cổng/trang thông tin điện tử",
            "name_en": "Articles on portals and websites",
            "unit": "tin, bài",
            "unit_en": "articles",
            "channel": "Cổng, trang thông tin điện tử",
            "is_stock": False,
            "in_period": 1234,
            "cumulative": 2500,
            "target": 5000,
            **changes,
        }
    )


def make_activity(place=0, **changes):
    state = list(State)[place % len(State)]
    return ActivityLine(
        **{
            "number": f"{place + 1}",
            "title": LONG_TITLE,
            "leads": "Sở Nội vụ; Sở Khoa học và Công nghệ; Các sở, ban, ngành",
            "cooperating": "Văn phòng UBND tỉnh; UBND các xã, phường",
            "time": "Thường xuyên trong năm 2026",
            "state": state,
            "state_words": STATE_WORDS[state],
            "days_late": 12 if state in (State.OVERDUE, State.LATE_DONE) else 0,
            "percent": 45,
            "quantity_in_period": 1200,
            "quantity_done": 2500,
            "target": 5000,
            "unit": "tin, bài",
            "target_percent": 50.0,
            **changes,
        }
    )


def make_submission(place=0, **changes):
    punctuality = list(Punctuality)[place % len(Punctuality)]
    sent = punctuality in (Punctuality.ON_TIME, Punctuality.LATE)
    days = 3 if punctuality in (Punctuality.LATE, Punctuality.MISSING) else 0
    return SubmissionLine(
        **{
            "agency": f"UBND phường Nghĩa Thành {place + 1}",
            "due_on": DUE_ON,
            "sent_on": DUE_ON + timedelta(days=days) if sent else None,
            "punctuality": punctuality,
            "punctuality_words": PUNCTUALITY_WORDS[punctuality],
            "days_late": days,
            "status": "approved" if sent else "",
            "status_words": "Đã duyệt" if sent else "",
            **changes,
        }
    )


def make_evidence(place=0, **changes):
    return EvidenceLine(
        **{
            "activity_number": f"{place % 12 + 1}",
            "agency": "Sở KH&CN",
            "caption": f"Ảnh hội nghị đối thoại với người dân, doanh nghiệp lần {place + 1}",
            "kind": "Đường dẫn",
            "dated_on": date(2026, 5, 20),
            "reference": f"https://minhhoa.gov.vn/chuyen-muc/cai-cach-hanh-chinh/tin-bai-{place + 1}.html?id=20260520",
            **changes,
        }
    )


def make_report(*, figures=4, activities=12, submissions=8, evidence=6, **changes):
    """An issued report with so many rows in its annexes."""
    return QuarterlyReport(
        **{
            "period_id": 1,
            "plan_id": 1,
            "plan_number": "12/KH-UBND",
            "plan_title": "Thông tin, tuyên truyền cải cách hành chính năm 2026",
            "period_label": "Quý II/2026",
            "starts_on": date(2026, 3, 15),
            "ends_on": date(2026, 6, 14),
            "agency_due_on": DUE_ON,
            "as_of": date(2026, 6, 14),
            "is_draft": False,
            "heading": make_heading(),
            "opening": "Thực hiện Kế hoạch số 12/KH-UBND ngày 15 tháng 01 năm 2026 của Ủy ban nhân dân tỉnh Minh Họa "
            "về thông tin, tuyên truyền cải cách hành chính năm 2026, Sở Nội vụ báo cáo kết quả quý II năm 2026 "
            "(số liệu từ ngày 15 tháng 3 năm 2026 đến ngày 14 tháng 6 năm 2026) như sau:",
            "sections": make_sections(),
            "expected": submissions,
            "sent": 0,
            "on_time": 0,
            "late": 0,
            "approved": 0,
            "activity_count": activities,
            "state_counts": (),
            "figures": tuple(make_figure(place) for place in range(figures)),
            "activities": tuple(make_activity(place) for place in range(activities)),
            "submissions": tuple(make_submission(place) for place in range(submissions)),
            "evidence": tuple(make_evidence(place) for place in range(evidence)),
            **changes,
        }
    )


def make_body(**changes):
    """A report whose annexes have no rows: quick to lay out."""
    return make_report(**{"figures": 0, "activities": 0, "submissions": 0, "evidence": 0, **changes})


# A plan on paper: its content made by hand, as `activities.versions.content_of` writes it.


def make_plan(status=PlanStatus.ISSUED, **of_agency):
    """A plan that is in no database: who issues it, and whether it is a draft."""
    agency = {
        "name": "Ủy ban nhân dân tỉnh Minh Họa",
        "symbol": "UBND",
        "kind": AgencyKind.PEOPLES_COMMITTEE,
        **of_agency,
    }
    return Plan(
        pk=7,
        number="12/KH-UBND",
        status=status,
        period_start=date(2026, 1, 1),
        issuing_agency=Agency(**agency),
        locality=Locality(place_name="Minh Họa"),
    )


def row(text, place=0, **changes):
    """A row of a part."""
    return {
        "id": place,
        "code": "",
        "text": text,
        "note": "",
        "extra": "",
        "more": "",
        "parent": 0,
        "names": [],
        "is_focus": False,
        **changes,
    }


def rows(*texts):
    return [row(text, place) for place, text in enumerate(texts, start=1)]


def party(name):
    return {"name": name, "agency": 1, "group": None, "invited": False}


def make_task(place=1, **changes):
    """An activity of a plan's content."""
    return {
        "id": place,
        "place": place,
        "number": str(place),
        "title": f"{LONG_TITLE}, việc {place}",
        "details": "Mỗi quý một buổi.\nÝ kiến được tổng hợp và trả lời bằng văn bản.",
        "group": None,
        "schedule_kind": "one_off",
        "schedule_text": "Trước ngày 31/8/2026",
        "start": None,
        "deadline": "2026-08-31",
        "target_quantity": 40,
        "target_unit": "buổi",
        "indicator": None,
        "is_stock": False,
        "expected_product": "40 buổi; văn bản trả lời",
        "channels": [],
        "themes": [],
        "leads": [party("Sở Nội vụ"), party("Các sở, ban, ngành")],
        "cooperating": [party("UBND các xã, phường")],
        "cancelled_on": None,
        **changes,
    }


def make_content(*, groups=(), activities=(), facts=None, **parts):
    """The content of a plan: `parts` are the rows of each part, those not named have none."""
    return {
        "facts": {
            "number": "12/KH-UBND",
            "kind": "KH",
            "title": "Thông tin, tuyên truyền cải cách hành chính năm 2026",
            "place": "Minh Họa",
            "issuing_agency_name": "Ủy ban nhân dân tỉnh Minh Họa",
            "period_text": "Năm 2026",
            "source_form": "portal",
            "signing_authority": "TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH",
            "signatory_title": "Phó Chủ tịch",
            "signatory_name": "Đặng Văn Sơn",
            "issued_on": "2026-02-05",
            "period_start": "2026-01-01",
            "period_end": "2026-12-31",
            "coordinating_agency": "Sở Nội vụ",
            **(facts or {}),
        },
        "parts": {name: parts.get(name, []) for name in PLAN_PARTS},
        "groups": [{"id": place, "position": place, "title": title} for place, title in enumerate(groups, start=1)],
        "activities": list(activities),
    }


def make_full_content(activities=24, **facts):
    """A plan that says something of everything, long enough for several pages."""
    return make_content(
        facts=facts,
        groups=("Chỉ đạo, công khai", "Báo chí, truyền thanh, nền tảng số"),
        activities=[make_task(place, group=1 + (place > activities // 3)) for place in range(1, activities + 1)],
        legal_bases=rows(
            "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025",
            "Nghị quyết số 76/NQ-CP ngày 15 tháng 7 năm 2021 của Chính phủ",
            "Theo đề nghị của Giám đốc Sở Nội vụ",
        ),
        objectives=[row(f"{LONG_TITLE}.", place) for place in range(3)],
        requirements=[row(f"{LONG_TITLE}, yêu cầu {place}.", place) for place in range(9)],
        audiences=rows("Người dân, doanh nghiệp"),
        themes=[
            row("Đối với người dân, doanh nghiệp", 1, names=["Người dân, doanh nghiệp"]),
            row("Bộ thủ tục hành chính đã công bố", 2, parent=1, is_focus=True, note="focus"),
            row("Dịch vụ công trực tuyến toàn trình: ằ ẳ ẵ ặ ề ể ễ ệ ồ ổ ỗ ộ ờ ở ỡ ợ", 3, parent=1),
        ],
        channels=rows("Cổng thông tin điện tử", "Truyền thanh cơ sở"),
        budget_lines=[
            row("In 40.000 tờ gấp.", 1, note="260000000", extra="Sở Nội vụ"),
            row("Thi trực tuyến", 2, note="70000000"),
        ],
        duties=[
            row("Đôn đốc, kiểm tra.", 1, note="monitor", names=["Sở Nội vụ"]),
            row("Tổng hợp báo cáo.", 2, note="report", names=["Sở Nội vụ"]),
            row("Ban hành kế hoạch của mình.", 3, note="cascade_plan", names=["UBND các xã, phường"]),
        ],
        reporting_duties=[
            row("Báo cáo kết quả.", note="Sở Nội vụ", extra="Bộ Nội vụ", code='["quarterly"]', more="\x1fngày 20")
        ],
        recipients=rows("Bộ Nội vụ", "UBND các xã, phường", "Lưu: VT, NC"),
    )


def make_paper(content=None, status=PlanStatus.ISSUED, **changes):
    """The document of a plan that says something of everything, or of `content`."""
    return build_plan_document(make_plan(status), content or make_full_content(), **changes)
