"""The sentences of the quarterly report, from hand-made rows."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from activities.models import Activity, ReportingPeriod
from activities.progress import Standing, State
from activities.submissions import Punctuality
from agencies.models import Agency, Locality
from plans.models import Plan
from reports.figures import total
from reports.quarterly import heading as frame, narrative

from .factories import make_figure, make_report

COMMITTEE = Agency(name="Ủy ban nhân dân tỉnh Minh Họa", kind="peoples_committee", symbol="UBND")
DEPARTMENT = Agency(name="Sở Nội vụ", kind="department", symbol="SNV", parent=COMMITTEE)
NO_STATES = dict.fromkeys(State, 0)
CUT_OFF, AFTER_DUE = date(2026, 6, 14), date(2026, 6, 17)


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
    heading = frame.heading_of(make_plan(), make_period(), date(2026, 6, 18))

    assert heading.parent_agency == "UBND TỈNH MINH HỌA"
    assert heading.agency == "SỞ NỘI VỤ"
    assert heading.number == "Số: \u2003\u2003/BC-SNV"
    assert heading.place_and_date == "Minh Họa, ngày\u2003\u2003tháng 6 năm 2026"
    assert heading.abstract == "Kết quả thực hiện Kế hoạch tuyên truyền cải cách hành chính năm 2026, quý II năm 2026"
    assert heading.addressee == "Ủy ban nhân dân tỉnh Minh Họa"
    assert heading.recipients == ("- Như trên;", "- Các cơ quan, đơn vị thực hiện Kế hoạch;", "- Lưu: VT.")


def test_heading_of_a_committee_that_answers_to_nobody():
    heading = frame.heading_of(make_plan(coordinating_agency=None), make_period(), date(2026, 6, 18))

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
    assert frame.signing_of(Agency(name=name, kind="department")) == ("", position)


def test_the_plan_is_the_legal_basis_and_the_opening_names_the_span():
    assert frame.heading_of(make_plan(), make_period(), CUT_OFF).legal_bases == (
        "Căn cứ Kế hoạch số 12/KH-UBND ngày 15 tháng 01 năm 2026 của Ủy ban nhân dân tỉnh Minh Họa về tuyên truyền "
        "cải cách hành chính năm 2026.",
    )
    assert frame.opening_of(make_plan(), make_period(), CUT_OFF) == (
        "Sở Nội vụ báo cáo kết quả thực hiện Kế hoạch quý II năm 2026 (số liệu từ ngày 15 tháng 3 năm 2026 "
        "đến ngày 14 tháng 6 năm 2026) như sau:"
    )


def test_a_plan_without_number_or_day_in_a_period_of_its_own():
    plan = make_plan(kind="CTr", number="", issued_on=None)
    period = make_period(plan, kind="own", label="6 tháng đầu năm 2026")

    [basis] = frame.heading_of(plan, period, CUT_OFF).legal_bases
    assert basis.startswith("Căn cứ Chương trình của Ủy ban nhân dân tỉnh Minh Họa về tuyên truyền")
    assert "thực hiện Chương trình 6 tháng đầu năm 2026 (số liệu" in frame.opening_of(plan, period, CUT_OFF)


@pytest.mark.parametrize(
    ("as_of", "last_day"),
    [(date(2026, 5, 2), "ngày 02 tháng 5 năm 2026"), (date(2026, 3, 1), "ngày 14 tháng 6 năm 2026")],
)
def test_opening_of_a_running_period_goes_to_today_and_of_one_to_come_to_its_end(as_of, last_day):
    assert f" đến {last_day}) như sau:" in frame.opening_of(make_plan(), make_period(), as_of)


def direction(submissions=(), sent=0, on_time=0, updates=()):
    section = narrative.direction(
        plan=make_plan(), submissions=submissions, sent=sent, on_time=on_time, updates=updates
    )
    return texts(section.paragraphs)


def test_direction_counts_who_reported():
    assert direction([None] * 65, sent=52, on_time=43, updates=[approved()] * 40) == [
        "Theo Kế hoạch, 65 cơ quan, đơn vị phải báo cáo kết quả thực hiện. Trong kỳ, 52/65 cơ quan, đơn vị đã "
        "gửi báo cáo (80,0%), trong đó 43 đơn vị gửi đúng hạn, 9 đơn vị gửi chậm; 40 báo cáo đã được duyệt và tổng hợp "
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

    assert texts(narrative._by_channel([flow, make_figure(in_period=None), stock], CUT_OFF)) == [
        "Kết quả tổng hợp theo từng kênh, chỉ tiêu tại Phụ lục I; cụ thể:",
        "a) Tin, bài trên báo: 12 tin, bài; lũy kế trong năm 30 tin, bài; đạt 75,0% chỉ tiêu (40 tin, bài).",
        "b) Người quan tâm: 900 người tính đến ngày 14 tháng 6 năm 2026.",
    ]


def test_every_annex_is_named_though_it_is_empty():
    assert "(Phụ lục I)" in texts(narrative._by_channel([], CUT_OFF))[0]
    assert "(Phụ lục II)" in texts(narrative._by_activity(make_plan(), CUT_OFF, [], NO_STATES, []))[0]
    assert "(Phụ lục III)" in direction()[0]
    assert "(Phụ lục IV)" in narrative._evidence_words(())


def test_states_are_told_with_what_was_done_first_and_cancelled_ones_apart():
    counts = {**NO_STATES, State.DONE: 3, State.OVERDUE: 2, State.CANCELLED: 1}

    assert texts(narrative._by_activity(make_plan(), CUT_OFF, [None], counts, [])) == [
        "Tính đến ngày 14 tháng 6 năm 2026, Kế hoạch có 5 hoạt động, trong đó: 3 hoạt động hoàn thành; "
        "2 hoạt động quá hạn; ngoài ra 1 hoạt động đã bãi bỏ (Phụ lục II)."
    ]


def test_words_of_an_activity_name_their_agencies():
    activity = Activity(pk=1, number="3", title="Tổ chức tập huấn.")
    lines = [
        SimpleNamespace(activity=activity, words=words, update=approved(name))
        for name, words in [
            ("A", "Đã họp."),
            ("B", "Đã họp"),
            ("C", ""),
            ("D", "UBND phường đã niêm yết"),
            *((f"E{n}", f"Mở lớp {n}") for n in range(7)),
        ]
    ]

    assert list(narrative._words_of_activities(lines, limit=3)) == [
        "Hoạt động 3 - Tổ chức tập huấn: đã họp (A, B); UBND phường đã niêm yết (D); mở lớp 0 (E0); "
        "cùng kết quả tương tự của 6 đơn vị khác."
    ]


@pytest.mark.parametrize(("said", "left_out"), [(12, ""), (14, "; cùng kết quả tương tự của 2 đơn vị khác")])
def test_twelve_different_words_are_said_in_full(said, left_out):
    activity = Activity(pk=1, number="3", title="Tập huấn")
    lines = [SimpleNamespace(activity=activity, words=f"lớp {n}", update=approved(f"E{n}")) for n in range(said)]

    (text,) = narrative._words_of_activities(lines)

    assert text.endswith(f"lớp 11 (E11){left_out}.")


def by_theme(themes, served):
    """Paragraphs for `themes`: (pk, text, parent), where activities "1", "2", ... serve the themes of `served`."""
    lines = [
        SimpleNamespace(
            state="in_progress",
            activity=SimpleNamespace(
                number=str(number), themes=SimpleNamespace(all=lambda pks=pks: [SimpleNamespace(pk=pk) for pk in pks])
            ),
        )
        for number, pks in enumerate(served, start=1)
    ]
    document = SimpleNamespace(themes=[SimpleNamespace(pk=pk, text=text, parent=parent) for pk, text, parent in themes])
    return texts(narrative._by_theme(make_plan(), document, lines))


THEMES = [
    (1, "Đối với cán bộ", 0),
    (2, "Văn bản", 1),
    (3, "Mô hình", 1),
    (4, "Đối với người dân", 0),
    (5, "Thủ tục", 4),
]


def test_themes_are_said_as_linked_in_the_plans_order():
    assert by_theme(THEMES, [[5], [2, 5]]) == [
        "a) Văn bản: thực hiện qua hoạt động 2.",
        "b) Thủ tục: thực hiện qua hoạt động 1, 2.",
        "1/3 nội dung của Kế hoạch chưa ghi nhận kết quả trong kỳ.",
    ]


def test_a_head_is_said_only_where_it_is_linked_itself():
    assert by_theme(THEMES, [[4], [2, 3, 5]]) == [
        "a) Văn bản: thực hiện qua hoạt động 2.",
        "b) Mô hình: thực hiện qua hoạt động 2.",
        "c) Đối với người dân: thực hiện qua hoạt động 1.",
        "d) Thủ tục: thực hiện qua hoạt động 2.",
    ]


def test_without_themes_or_results_the_report_says_so():
    assert by_theme([], []) == ["Kế hoạch chưa nêu nội dung tuyên truyền."]
    assert by_theme(THEMES, []) == ["Trong kỳ chưa ghi nhận kết quả gắn với nội dung tuyên truyền nào của Kế hoạch."]


def assessment(rows=(), submissions=(), sent=0, on_time=0, updates=(), counts=NO_STATES, today=AFTER_DUE):
    section = narrative.assessment(
        period=make_period(),
        today=today,
        rows=rows,
        submissions=submissions,
        sent=sent,
        on_time=on_time,
        updates=updates,
        counts=counts,
    )
    return texts(section.paragraphs)


def test_assessment_of_nothing():
    assert assessment() == [
        "1. Ưu điểm",
        "Chưa có kết quả được duyệt trong kỳ.",
        "2. Tồn tại, hạn chế",
        "Không có hoạt động quá hạn, không có đơn vị chậm gửi báo cáo.",
        "3. Nguyên nhân",
        "Chưa có báo cáo được duyệt để tổng hợp nguyên nhân.",
    ]


def test_approved_updates_that_name_no_cause():
    assert assessment(updates=[approved()])[-1] == "Các đơn vị không nêu khó khăn, vướng mắc."


@pytest.mark.parametrize(
    ("on_time", "today", "strength"),
    [
        (3, AFTER_DUE, "3/6 cơ quan, đơn vị gửi báo cáo đúng hạn, đạt 50,0%."),
        (2, AFTER_DUE, "Chưa có kết quả được duyệt trong kỳ."),
        (6, date(2026, 6, 16), "Chưa có kết quả được duyệt trong kỳ."),
    ],
)
def test_reports_on_time_are_a_strength_once_due_and_from_half_of_them_on(on_time, today, strength):
    rows = [sent(Punctuality.ON_TIME)] * 6

    assert assessment(submissions=rows, sent=on_time, on_time=on_time, today=today)[1] == strength


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
    assert narrative._task_words(make_standing(state)) == words


def test_next_tasks_without_a_deadline():
    standing = make_standing(State.NOT_STARTED)
    standing.activity.deadline = None

    assert narrative._task_words(standing) == "Triển khai hoạt động 3: tổ chức tập huấn."


def test_the_last_proposal_ends_the_document():
    rows = [make_standing(State.UNASSIGNED)]
    updates = [approved(proposals="đề nghị bố trí kinh phí."), approved("Sở Xây dựng", proposals=" ")]

    assert texts(narrative.proposals(updates=updates, rows=rows).paragraphs) == [
        "1. Giao cơ quan chủ trì thực hiện hoạt động 3.",
        "2. Đề nghị bố trí kinh phí (Sở Y tế)./.",
    ]
    assert texts(narrative.proposals(updates=[], rows=[]).paragraphs) == ["Không có kiến nghị, đề xuất./."]


def test_on_time_rate_of_nobody_is_unknown():
    assert make_report(expected=0).on_time_rate is None
    assert make_report(expected=8, on_time=7).on_time_rate == 87.5
    assert make_report(expected=16, on_time=1).on_time_rate == Decimal("6.3")


def test_a_share_of_a_target_is_rounded_half_up():
    assert make_figure(cumulative=390, target=480).target_percent == Decimal("81.3")
    assert make_figure(cumulative=None).target_percent is None
    assert make_figure(target=None).target_percent is None


def test_a_flow_is_summed_and_a_stock_keeps_the_last_value_of_each_agency():
    rows = [(date(2026, 3, 14), 1, 10), (date(2026, 6, 14), 1, 15), (date(2026, 6, 14), 2, 5)]

    assert total(rows, is_stock=False) == 30
    assert total(rows, is_stock=True) == 20
    assert total([], is_stock=True) is None
    assert total([(date(2026, 6, 14), 1, 0)], is_stock=False) == 0
