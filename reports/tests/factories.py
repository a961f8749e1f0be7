"""Reports made by hand: every figure is in the test that asks about it, none comes from a database."""

from datetime import date, timedelta

from activities.progress import State
from activities.submissions import Punctuality
from reports.figures import Figure
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
