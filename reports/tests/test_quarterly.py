"""The sentences of the quarterly report, from hand-made rows."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from activities.models import Activity, ReportingPeriod
from activities.progress import Standing, State, total
from activities.submissions import Punctuality
from agencies.models import Agency, Locality
from plans.models import Plan
from reports.quarterly import heading as frame, narrative, results
from reports.quarterly.reading import Said, Theme
from reports.quarterly.spans import span_of
from reports.quarterly.values import of_activities, of_counts, of_figures, of_sending, of_states, of_tardiness

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
            "activity": Activity(
                pk=int(number), number=number, title="Tổ chức tập huấn.", position=1, deadline=date(2026, 5, 31)
            ),
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


def sent(punctuality, name="Sở Y tế", status="submitted", pk=7):
    is_sent = punctuality in (Punctuality.ON_TIME, Punctuality.LATE)
    return SimpleNamespace(
        punctuality=punctuality,
        agency=Agency(pk=hash(name), name=name, short_name=name),
        agency_id=hash(name),
        is_sent=is_sent,
        is_nothing=False,
        status=status if is_sent else None,
        update=SimpleNamespace(pk=pk) if is_sent else None,
    )


def approved(name="Sở Y tế", pk=1, **changes):
    words = {"results": "", "difficulties": "", "proposals": ""}
    return SimpleNamespace(agency=Agency(name=name, short_name=name), pk=pk, **{**words, **changes})


def texts(paragraphs):
    return [paragraph.text for paragraph in paragraphs]


def sources(paragraphs):
    """Where each sentence came from."""
    return [sentence.sources for paragraph in paragraphs for sentence in paragraph.sentences]


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


def duties(expected, received=0, on_time=0, approved=0):
    """So many duties to send, of which so many were sent, on time, and approved."""
    return [
        sent(
            Punctuality.MISSING if n >= received else Punctuality.ON_TIME if n < on_time else Punctuality.LATE,
            f"Đơn vị {n}",
            "approved" if n < approved else "submitted",
            pk=n,
        )
        for n in range(expected)
    ]


def counts_of(submissions):
    return {
        "expected": len(submissions),
        "sent": sum(row.is_sent for row in submissions),
        "on_time": sum(row.punctuality == Punctuality.ON_TIME for row in submissions),
        "approved": sum(row.status == "approved" for row in submissions),
    }


def directed(submissions=(), updates=()):
    return narrative.direction(
        plan=make_plan(),
        period=span_of(make_period()),
        values=of_sending(**counts_of(submissions)),
        submissions=submissions,
        updates=updates,
    )


def direction(*duty, updates=()):
    return texts(directed(duties(*duty), updates))


def test_direction_counts_who_reported():
    assert direction(65, 52, 43, 40) == [
        "Theo Kế hoạch, 65 cơ quan, đơn vị phải báo cáo kết quả thực hiện. Trong kỳ, 52/65 cơ quan, đơn vị đã "
        "gửi báo cáo (80,0%), trong đó 43 đơn vị gửi đúng hạn, 9 đơn vị gửi chậm; 40 báo cáo đã được duyệt và tổng hợp "
        "(Phụ lục III)."
    ]


@pytest.mark.parametrize(("on_time", "words"), [(3, "tất cả đều đúng hạn"), (0, "tất cả đều chậm")])
def test_direction_when_all_are_alike(on_time, words):
    assert (
        f"3/3 cơ quan, đơn vị đã gửi báo cáo (100%), {words}; chưa có báo cáo nào được duyệt"
        in (direction(3, 3, on_time)[0])
    )


def test_direction_when_nobody_reported_or_nobody_must():
    assert direction(1)[0].endswith("chưa có cơ quan, đơn vị nào gửi báo cáo (Phụ lục III).")
    assert direction(0)[0].endswith("nên chưa có đơn vị phải báo cáo (Phụ lục III).")


def test_what_several_agencies_say_alike_is_said_once():
    said = [("A", "đã họp."), ("B", "Khác"), ("C", "đã họp ")]
    updates = [approved(name, pk, results=words) for pk, (name, words) in enumerate(said, start=1)]

    _duty, *paragraphs = directed(duties(3, 3, 3), updates)

    assert texts(paragraphs) == ["A, C: Đã họp.", "B: Khác."]
    assert sources(paragraphs) == [(1, 3), (2,)]


def by_channel(figures, lines=(), **facts):
    return narrative.by_channel(
        plan=make_plan(),
        values=of_figures(figures),
        figures=figures,
        as_of=CUT_OFF,
        said=said_of(lines),
        lines=lines,
        **facts,
    )


def test_figures_by_channel():
    flow = make_figure(1, name="Tin, bài trên báo", in_period=12, cumulative=30, target=40, channel="Báo")
    more = make_figure(2, name="Kỳ chuyên mục", unit="kỳ", in_period=3, cumulative=3, target=None, channel="Báo")
    stock = make_figure(
        3, name="Người quan tâm", unit="người", is_stock=True, in_period=900, cumulative=900, target=None, channel=""
    )

    paragraphs = by_channel([flow, more, make_figure(in_period=None), stock], counted_in={"WEB-1": (5, 6)})

    assert texts(paragraphs) == [
        "Kết quả tổng hợp theo từng kênh, chỉ tiêu tại Phụ lục I; cụ thể:",
        "a) Báo:",
        "- Tin, bài trên báo: 12 tin, bài; lũy kế trong năm 30 tin, bài; đạt 75,0% chỉ tiêu (40 tin, bài).",
        "- Kỳ chuyên mục: 3 kỳ; lũy kế trong năm 3 kỳ.",
        "b) Người quan tâm: 900 người tính đến ngày 14 tháng 6 năm 2026.",
    ]
    assert set(sources(paragraphs[2:3])) == {(5, 6)}


def said_of(lines, themes=()):
    """What the plan says of the lines' activities, with `themes`: (pk, text, parent)."""
    return Said(
        themes=tuple(Theme(pk, text, parent, ()) for pk, text, parent in themes),
        audiences=(),
        themes_of={line.activity.pk: line.activity.theme_keys for line in lines if line.activity.theme_keys},
        channels_of={line.activity.pk: line.activity.channel_names for line in lines if line.activity.channel_names},
    )


def make_line(number, words="", *, themes=(), channels=(), state="in_progress", pk=1, name="A"):
    activity = SimpleNamespace(
        pk=int(number),
        number=number,
        title=f"Việc {number}",
        theme_keys=tuple(themes),
        channel_names=tuple(channels),
    )
    return SimpleNamespace(
        activity=activity, activity_id=activity.pk, state=state, words=words, update=approved(name, pk)
    )


def test_what_was_said_stands_under_its_theme_else_its_channel_else_its_activity_and_once():
    themed = make_line("1", "mở 3 lớp", themes=[5, 2], channels=["Báo"], pk=1)
    channelled = make_line("2", "đăng bài", channels=["Báo"], pk=2)
    bare = make_line("3", "đã họp", pk=3)
    idle = make_line("4", "chờ kinh phí", themes=[2], state="not_started", pk=4)
    lines = [themed, channelled, bare, idle]
    figure = make_figure(1, channel="Truyền hình, Báo")

    [_c, by_first, *rest], counted = by_theme_of(THEMES, lines), by_channel([figure], lines)
    [_states, *others, _evidence] = narrative.by_activity(
        plan=make_plan(),
        values=of_states(NO_STATES) | of_counts(evidence=0),
        as_of=CUT_OFF,
        rows=[],
        counts=NO_STATES,
        said=said_of(lines),
        lines=lines,
        evidence=[],
    )

    assert by_first.text == "- Hoạt động 1 - Việc 1: mở 3 lớp (A)."
    assert sources([by_first]) == [(1,)]
    assert "mở 3 lớp" not in str(texts(rest))
    assert texts(counted)[1:] == ["a) Truyền hình, Báo:", texts(counted)[2], "- Hoạt động 2 - Việc 2: đăng bài (A)."]
    assert texts(others) == ["Hoạt động 3 - Việc 3: đã họp (A).", "Hoạt động 4 - Việc 4: chờ kinh phí (A)."]


def by_activity(rows=(), counts=NO_STATES, evidence=()):
    return narrative.by_activity(
        plan=make_plan(),
        values=of_states(counts) | of_counts(evidence=len(evidence)),
        as_of=CUT_OFF,
        rows=rows,
        counts=counts,
        said=said_of([]),
        lines=[],
        evidence=evidence,
    )


def test_every_annex_is_named_though_it_is_empty():
    assert "(Phụ lục I)" in texts(by_channel([]))[0]
    assert "(Phụ lục II)" in texts(by_activity())[0]
    assert "(Phụ lục III)" in direction(0)[0]
    assert "(Phụ lục IV)" in texts(by_activity())[-1]


def test_states_are_told_with_what_was_done_first_and_cancelled_ones_apart():
    counts = {**NO_STATES, State.DONE: 3, State.OVERDUE: 2, State.CANCELLED: 1}

    assert texts(by_activity([None], counts))[0] == (
        "Tính đến ngày 14 tháng 6 năm 2026, Kế hoạch có 5 hoạt động, trong đó: 3 hoạt động hoàn thành; "
        "2 hoạt động quá hạn; ngoài ra 1 hoạt động đã bãi bỏ (Phụ lục II)."
    )


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

    assert texts(results.words_of_activities(make_plan(), lines, {}, limit=3)) == [
        "Hoạt động 3 - Tổ chức tập huấn: đã họp (A, B); UBND phường đã niêm yết (D); mở lớp 0 (E0); "
        "cùng kết quả tương tự của 6 đơn vị khác."
    ]


@pytest.mark.parametrize(("said", "left_out"), [(12, ""), (14, "; cùng kết quả tương tự của 2 đơn vị khác")])
def test_twelve_different_words_are_said_in_full(said, left_out):
    activity = Activity(pk=1, number="3", title="Tập huấn")
    lines = [SimpleNamespace(activity=activity, words=f"lớp {n}", update=approved(f"E{n}")) for n in range(said)]

    (paragraph,) = results.words_of_activities(make_plan(), lines, {})

    assert paragraph.text.endswith(f"lớp 11 (E11){left_out}.")


def by_theme_of(themes, lines):
    said = said_of(lines, themes)
    leaves, unsaid = len(results.leaves_of(said)), len(results.unsaid_themes(said, lines))
    values = of_counts(themes=leaves, themes_unsaid=unsaid)
    return narrative.by_theme(plan=make_plan(), values=values, said=said, lines=lines)


def by_theme(themes, served):
    """Paragraphs for `themes`: (pk, text, parent), where activities "1", "2", ... serve the themes of `served`."""
    lines = [make_line(str(number), themes=pks) for number, pks in enumerate(served, start=1)]
    return texts(by_theme_of(themes, lines))


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


def assessment(rows=(), submissions=(), updates=(), counts=NO_STATES, today=AFTER_DUE):
    facts = {
        "plan": make_plan(),
        "period": span_of(make_period()),
        "today": today,
        "rows": rows,
        "submissions": submissions,
        "updates": updates,
        "counts": counts,
        "values": of_states(counts)
        | of_sending(**counts_of(submissions))
        | of_tardiness(submissions)
        | of_activities([SimpleNamespace(**ROW, activity_id=row.activity.pk, days_late=row.days_late) for row in rows]),
    }
    told = (narrative.strengths(**facts), narrative.weaknesses(**facts), narrative.causes(**facts))
    return [texts(paragraphs) for paragraphs in told]


ROW = dict.fromkeys(("percent", "quantity_in_period", "quantity_done", "target", "target_percent"))


def test_assessment_of_nothing():
    assert assessment() == [
        ["Chưa có kết quả được duyệt trong kỳ."],
        ["Không có hoạt động quá hạn, không có đơn vị chậm gửi báo cáo."],
        ["Chưa có báo cáo được duyệt để tổng hợp nguyên nhân."],
    ]


def test_approved_updates_that_name_no_cause():
    assert assessment(updates=[approved()])[-1] == ["Các đơn vị không nêu khó khăn, vướng mắc."]


@pytest.mark.parametrize(
    ("on_time", "today", "strength"),
    [
        (3, AFTER_DUE, "3/6 cơ quan, đơn vị gửi báo cáo đúng hạn, đạt 50,0%."),
        (2, AFTER_DUE, "Chưa có kết quả được duyệt trong kỳ."),
        (6, date(2026, 6, 16), "Chưa có kết quả được duyệt trong kỳ."),
    ],
)
def test_reports_on_time_are_a_strength_once_due_and_from_half_of_them_on(on_time, today, strength):
    assert assessment(submissions=duties(6, on_time, on_time), today=today)[0] == [strength]


def test_assessment_hides_neither_lateness_nor_what_awaits_approval():
    rows = [make_standing(State.OVERDUE), make_standing(State.LATE_DONE, "4"), make_standing(State.UNASSIGNED, "5")]
    submissions = [
        sent(Punctuality.LATE),
        sent(Punctuality.LATE, "Sở Xây dựng"),
        sent(Punctuality.MISSING, "Tỉnh Đoàn"),
    ]

    assert assessment(rows, submissions)[1] == [
        "a) Hoạt động 3 quá hạn 14 ngày.",
        "b) Hoạt động 4 hoàn thành chậm 14 ngày.",
        "c) Hoạt động 5 chưa được giao chủ trì.",
        "d) 2 cơ quan, đơn vị gửi báo cáo chậm (Sở Y tế, Sở Xây dựng).",
        "đ) 1 cơ quan, đơn vị quá hạn chưa gửi báo cáo (Tỉnh Đoàn).",
        "e) 2 báo cáo đã gửi nhưng chưa được duyệt nên số liệu chưa được tổng hợp (Sở Y tế, Sở Xây dựng).",
    ]


def test_nothing_sent_on_time_is_no_strength():
    assert assessment(submissions=[sent(Punctuality.MISSING)])[0] == ["Chưa có kết quả được duyệt trong kỳ."]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.UNASSIGNED, "Giao cơ quan chủ trì hoạt động 3: tổ chức tập huấn."),
        (State.OVERDUE, "Khẩn trương hoàn thành hoạt động 3: tổ chức tập huấn (hạn 31/05/2026, đã quá hạn)."),
        (State.IN_PROGRESS, "Hoàn thành hoạt động 3: tổ chức tập huấn (hạn 31/05/2026)."),
    ],
)
def test_next_tasks(state, words):
    assert narrative._task_words(make_plan(), make_standing(state)) == words


def test_next_tasks_without_a_deadline():
    standing = make_standing(State.NOT_STARTED)
    standing.activity.deadline = None

    assert narrative._task_words(make_plan(), standing) == "Triển khai hoạt động 3: tổ chức tập huấn."


def test_the_last_proposal_ends_the_document():
    rows = [make_standing(State.UNASSIGNED)]
    updates = [approved(proposals="đề nghị bố trí kinh phí."), approved("Sở Xây dựng", proposals=" ")]

    assert texts(narrative.proposals(plan=make_plan(), values={}, updates=updates, rows=rows)) == [
        "1. Giao cơ quan chủ trì thực hiện hoạt động 3.",
        "2. Đề nghị bố trí kinh phí (Sở Y tế)./.",
    ]
    none = narrative.proposals(plan=make_plan(), values={}, updates=[], rows=[])
    assert texts(none) == ["Không có kiến nghị, đề xuất./."]


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
