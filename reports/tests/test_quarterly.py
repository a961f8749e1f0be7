"""The sentences of the quarterly report, from hand-made rows."""

from datetime import date
from types import SimpleNamespace

import pytest

from activities.models import Activity, ReportingPeriod
from activities.progress import Standing, State
from activities.submissions import Punctuality
from agencies.models import Agency, Locality
from plans.models import Plan
from reports import quarterly
from reports.figures import total

from .factories import make_figure, make_report

COMMITTEE = Agency(name="Ủy ban nhân dân tỉnh Minh Họa", kind="peoples_committee", symbol="UBND")
DEPARTMENT = Agency(name="Sở Nội vụ", kind="department", symbol="SNV", parent=COMMITTEE)
NO_STATES = dict.fromkeys(State, 0)


def make_plan(**changes):
    return Plan(
        **{
            "locality": Locality(place_name="Minh Họa"),
            "kind": "KH",
            "number": "12/KH-UBND",
            "title": "Tuyên truyền cải cách hành chính năm 2026",
            "issued_on": date(2026, 1, 15),
            "issuing_agency": COMMITTEE,
            "issuing_agency_name": "Ủy ban nhân dân tỉnh Minh Họa",
            "coordinating_agency": DEPARTMENT,
            **changes,
        }
    )


def make_period(plan=None, **changes):
    return ReportingPeriod(
        **{
            "plan": plan or make_plan(),
            "kind": "quarter",
            "year": 2026,
            "ordinal": 2,
            "label": "Quý II/2026",
            "starts_on": date(2026, 3, 15),
            "ends_on": date(2026, 6, 14),
            "agency_due_on": date(2026, 6, 16),
            **changes,
        }
    )


def make_standing(state, number="3", **changes):
    return Standing(
        **{
            "activity": Activity(number=number, title="Tổ chức tập huấn.", position=1, deadline=date(2026, 5, 31)),
            "state": state,
            "reported": None,
            "percent": None,
            "quantity_done": None,
            "completed_on": None,
            "days_late": 14,
            "leads": (),
            "cooperating": (),
            "reporters": 0,
            "obliged": 1,
            **changes,
        }
    )


def sent(punctuality, name="Sở Y tế"):
    return SimpleNamespace(punctuality=punctuality, agency=Agency(name=name, short_name=name))


def approved(name="Sở Y tế", **changes):
    words = {"results": "", "difficulties": "", "proposals": ""}
    return SimpleNamespace(agency=Agency(name=name, short_name=name), **{**words, **changes})


def texts(paragraphs):
    return [paragraph.text or paragraph.lead for paragraph in paragraphs]


def test_heading_of_a_department():
    heading = quarterly._heading(make_plan(), make_period(), date(2026, 6, 18))

    assert heading.parent_agency == "UBND TỈNH MINH HỌA"
    assert heading.agency == "SỞ NỘI VỤ"
    assert heading.number == "Số: \u2003\u2003/BC-SNV"
    assert heading.place_and_date == "Minh Họa, ngày\u2003\u2003tháng 6 năm 2026"
    assert heading.abstract == "Kết quả thực hiện Kế hoạch tuyên truyền cải cách hành chính năm 2026, quý II năm 2026"
    assert heading.addressee == "Ủy ban nhân dân tỉnh Minh Họa"
    assert heading.recipients == ("- Như trên;", "- Các cơ quan, đơn vị thực hiện Kế hoạch;", "- Lưu: VT.")


def test_heading_of_a_committee_that_answers_to_nobody():
    heading = quarterly._heading(make_plan(coordinating_agency=None), make_period(), date(2026, 6, 18))

    assert (heading.parent_agency, heading.addressee) == ("", "")
    assert heading.signing_authority == "TM. ỦY BAN NHÂN DÂN"
    assert heading.signatory_title == "CHỦ TỊCH"
    assert heading.recipients == ("- Các cơ quan, đơn vị thực hiện Kế hoạch;", "- Lưu: VT.")


@pytest.mark.parametrize(
    ("name", "position"),
    [
        ("Phòng Nội vụ", "TRƯỞNG PHÒNG"),
        ("Văn phòng UBND tỉnh", "CHÁNH VĂN PHÒNG"),
        ("Thanh tra tỉnh", "CHÁNH THANH TRA"),
        ("Ban Quản lý các khu công nghiệp", "TRƯỞNG BAN"),
        ("Sở Nội vụ", "GIÁM ĐỐC"),
        ("Trung tâm Văn hóa", "GIÁM ĐỐC"),
    ],
)
def test_the_head_signs(name, position):
    assert quarterly._signing(Agency(name=name, kind="department")) == ("", position)


def test_opening_names_the_plan_and_the_span():
    assert quarterly._opening(make_plan(), make_period()) == (
        "Thực hiện Kế hoạch số 12/KH-UBND ngày 15 tháng 01 năm 2026 của Ủy ban nhân dân tỉnh Minh Họa về tuyên truyền "
        "cải cách hành chính năm 2026, Sở Nội vụ báo cáo kết quả quý II năm 2026 (số liệu từ ngày 15 tháng 3 năm 2026 "
        "đến ngày 14 tháng 6 năm 2026) như sau:"
    )


def test_opening_without_number_or_day_in_a_period_of_its_own():
    plan = make_plan(kind="CTr", number="", issued_on=None)
    opening = quarterly._opening(plan, make_period(plan, kind="own", label="6 tháng đầu năm 2026"))

    assert opening.startswith("Thực hiện Chương trình của Ủy ban nhân dân tỉnh Minh Họa về tuyên truyền")
    assert "báo cáo kết quả 6 tháng đầu năm 2026 (số liệu" in opening


def direction(submissions=(), sent=0, on_time=0, updates=()):
    section = quarterly._direction(
        plan=make_plan(), submissions=submissions, sent=sent, on_time=on_time, updates=updates
    )
    return texts(section.paragraphs)


def test_direction_counts_who_reported():
    assert direction([None] * 65, sent=52, on_time=43, updates=[approved()] * 40) == [
        "Kế hoạch giao 65 cơ quan, đơn vị chủ trì thực hiện và báo cáo kết quả. Trong kỳ, 52/65 cơ quan, đơn vị đã "
        "gửi báo cáo (80%), trong đó 43 đơn vị gửi đúng hạn, 9 đơn vị gửi chậm; 40 báo cáo đã được duyệt và tổng hợp "
        "(Phụ lục III)."
    ]


@pytest.mark.parametrize(("on_time", "words"), [(3, "tất cả đều đúng hạn"), (0, "tất cả đều chậm")])
def test_direction_when_all_are_alike(on_time, words):
    assert (
        f"3/3 cơ quan, đơn vị đã gửi báo cáo (100%), {words}; chưa có báo cáo nào được duyệt"
        in (direction([None] * 3, sent=3, on_time=on_time)[0])
    )


def test_direction_when_nobody_reported_or_nobody_must():
    assert direction([None])[0].endswith("chưa có cơ quan, đơn vị nào gửi báo cáo (Phụ lục III).")
    assert direction()[0].endswith("nên chưa có đơn vị phải báo cáo (Phụ lục III).")


def test_what_several_agencies_say_alike_is_said_once():
    updates = [approved(name, results=said) for name, said in [("A", "đã họp."), ("B", "Khác"), ("C", "đã họp ")]]

    assert direction([None] * 3, sent=3, on_time=3, updates=updates)[1:] == ["A, C: Đã họp.", "B: Khác."]


def test_figures_by_channel():
    flow = make_figure(name="Tin, bài trên báo", in_period=12, cumulative=30, target=40)
    stock = make_figure(name="Người quan tâm", unit="người", is_stock=True, in_period=900, cumulative=900, target=None)

    assert texts(quarterly._by_channel([flow, make_figure(in_period=None), stock])) == [
        "Kết quả tổng hợp theo từng kênh, chỉ tiêu tại Phụ lục I; cụ thể:",
        "a) Tin, bài trên báo: 12 tin, bài; lũy kế trong năm 30 tin, bài; đạt 75% chỉ tiêu (40 tin, bài).",
        "b) Người quan tâm: 900 người tính đến thời điểm chốt số liệu.",
    ]


def test_every_annex_is_named_though_it_is_empty():
    assert "(Phụ lục I)" in texts(quarterly._by_channel([]))[0]
    assert "(Phụ lục II)" in texts(quarterly._by_activity(make_plan(), make_period(), [], NO_STATES, []))[0]
    assert "(Phụ lục III)" in direction()[0]
    assert "(Phụ lục IV)" in quarterly._evidence_words(())


def test_states_are_told_with_what_was_done_first_and_cancelled_ones_apart():
    counts = {**NO_STATES, State.DONE: 3, State.OVERDUE: 2, State.CANCELLED: 1}

    assert texts(quarterly._by_activity(make_plan(), make_period(), [None], counts, [])) == [
        "Tính đến ngày 14 tháng 6 năm 2026, Kế hoạch có 5 hoạt động, trong đó: 3 hoạt động hoàn thành; "
        "2 hoạt động quá hạn; ngoài ra 1 hoạt động đã bãi bỏ (Phụ lục II)."
    ]


def test_words_of_an_activity_name_their_agencies():
    activity = Activity(pk=1, number="3", title="Tổ chức tập huấn.")
    lines = [
        SimpleNamespace(activity=activity, words=words, update=approved(name))
        for name, words in [("A", "đã họp."), ("B", "đã họp"), ("C", ""), *((f"D{n}", f"lớp {n}") for n in range(7))]
    ]

    assert list(quarterly._words_of_activities(lines, limit=2)) == [
        "Hoạt động 3 - Tổ chức tập huấn: đã họp (A, B); lớp 0 (D0); cùng kết quả của 6 đơn vị khác."
    ]


def assessment(rows=(), submissions=(), sent=0, on_time=0, updates=(), counts=NO_STATES):
    section = quarterly._assessment(
        rows=rows, submissions=submissions, sent=sent, on_time=on_time, updates=updates, counts=counts
    )
    return texts(section.paragraphs)


def test_assessment_of_nothing():
    assert assessment() == [
        "1. Ưu điểm",
        "Chưa có kết quả được duyệt trong kỳ.",
        "2. Tồn tại, hạn chế",
        "Không có hoạt động quá hạn, không có đơn vị chậm gửi báo cáo.",
        "3. Nguyên nhân",
        "Các đơn vị không nêu khó khăn, vướng mắc.",
    ]


def test_assessment_hides_neither_lateness_nor_what_awaits_approval():
    rows = [make_standing(State.OVERDUE), make_standing(State.LATE_DONE, "4"), make_standing(State.UNASSIGNED, "5")]
    submissions = [
        sent(Punctuality.LATE),
        sent(Punctuality.LATE, "Sở Xây dựng"),
        sent(Punctuality.MISSING, "Tỉnh Đoàn"),
    ]

    assert assessment(rows, submissions, sent=2)[3:9] == [
        "a) Hoạt động 3 quá hạn 14 ngày.",
        "b) Hoạt động 4 hoàn thành chậm 14 ngày.",
        "c) Hoạt động 5 chưa được giao chủ trì.",
        "d) 2 cơ quan, đơn vị gửi báo cáo chậm (Sở Y tế, Sở Xây dựng).",
        "đ) 1 cơ quan, đơn vị quá hạn chưa gửi báo cáo (Tỉnh Đoàn).",
        "e) 2 báo cáo đã gửi nhưng chưa được duyệt nên số liệu chưa được tổng hợp.",
    ]


def test_nothing_sent_on_time_is_no_strength():
    assert assessment(submissions=[sent(Punctuality.MISSING)])[1] == "Chưa có kết quả được duyệt trong kỳ."


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.UNASSIGNED, "Giao cơ quan chủ trì hoạt động 3: tổ chức tập huấn."),
        (State.OVERDUE, "Khẩn trương hoàn thành hoạt động 3: tổ chức tập huấn (hạn 31/05/2026, đã quá hạn)."),
        (State.IN_PROGRESS, "Hoàn thành hoạt động 3: tổ chức tập huấn (hạn 31/05/2026)."),
    ],
)
def test_next_tasks(state, words):
    assert quarterly._task_words(make_standing(state)) == words


def test_next_tasks_without_a_deadline():
    standing = make_standing(State.NOT_STARTED)
    standing.activity.deadline = None

    assert quarterly._task_words(standing) == "Triển khai hoạt động 3: tổ chức tập huấn."


def test_the_last_proposal_ends_the_document():
    rows = [make_standing(State.UNASSIGNED)]
    updates = [approved(proposals="đề nghị bố trí kinh phí."), approved("Sở Xây dựng", proposals=" ")]

    assert texts(quarterly._proposals(updates=updates, rows=rows).paragraphs) == [
        "1. Giao cơ quan chủ trì thực hiện hoạt động 3.",
        "2. Đề nghị bố trí kinh phí (Sở Y tế)./.",
    ]
    assert texts(quarterly._proposals(updates=[], rows=[]).paragraphs) == ["Không có kiến nghị, đề xuất./."]


def test_on_time_rate_of_nobody_is_unknown():
    assert make_report(expected=0).on_time_rate is None
    assert make_report(expected=8, on_time=7).on_time_rate == 87.5


def test_a_flow_is_summed_and_a_stock_keeps_the_last_value_of_each_agency():
    rows = [(date(2026, 3, 14), 1, 10), (date(2026, 6, 14), 1, 15), (date(2026, 6, 14), 2, 5)]

    assert total(rows, is_stock=False) == 30
    assert total(rows, is_stock=True) == 20
    assert total([], is_stock=True) is None
    assert total([(date(2026, 6, 14), 1, 0)], is_stock=False) == 0
