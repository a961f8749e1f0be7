"""The plan as a document: every word of the plan, once, under the form's own headings and numbers."""

import dataclasses
import json
import re
import unicodedata
from datetime import date

import pytest
from hypothesis import given, strategies as st

from activities.catalogue import load_catalogues
from activities.loading import REAL, load_plan, read_plan
from activities.planning.annex import roman
from activities.versions import content_of
from agencies.models import Agency, AgencyKind
from plans.models import PlanStatus
from reports.plan_document import PlanPaper, build_plan_document, file_name, printable
from reports.wording import POINTS, unended

from .factories import make_content, make_full_content, make_paper, make_plan, make_task, party, row, rows

PEOPLE, OFFICIALS = "Người dân, doanh nghiệp", "Cán bộ, công chức"


def built(**parts):
    return build_plan_document(make_plan(), make_content(**parts))


def printed(paper):
    """[(title of the section, [lines])]: what is bold stands in asterisks."""
    return [
        (f"{section.numeral}. {section.title}", [each.text or f"*{each.lead}*" for each in section.paragraphs])
        for section in paper.sections
    ]


def only(paper):
    """The one section: (title, lines), without the mark that ends the body."""
    [(title, lines)] = printed(paper)
    return title, [line.replace("./.", ".") for line in lines]


def of_heading(status=PlanStatus.ISSUED, parts=None, agency=None, **facts):
    content = make_content(facts=facts, **(parts or {}))
    return build_plan_document(make_plan(status, **(agency or {})), content).heading


def table(*activities, groups=()):
    """The words of the annex."""
    [annex] = built(activities=activities, groups=groups).annexes
    return [tuple(cell.text for cell in cells) for cells in annex.rows]


# The whole


def test_sections_stand_in_the_order_of_the_document():
    assert [title for title, _lines in printed(make_paper())] == [
        "I. MỤC ĐÍCH, YÊU CẦU",
        "II. NỘI DUNG TUYÊN TRUYỀN",
        "III. HÌNH THỨC, HOẠT ĐỘNG TUYÊN TRUYỀN",
        "IV. KINH PHÍ THỰC HIỆN",
        "V. TỔ CHỨC THỰC HIỆN",
    ]


@pytest.mark.parametrize("left_out", ["objectives", "requirements", "themes", "channels", "budget_lines", "duties"])
def test_numbers_close_up_over_what_the_plan_does_not_say(left_out):
    content = make_full_content()
    content["parts"][left_out] = []
    if left_out == "duties":
        content["parts"]["reporting_duties"] = []
    if left_out == "themes":
        content["parts"]["audiences"] = []
    sections = make_paper(content).sections

    assert [section.numeral for section in sections] == [roman(place) for place in range(1, len(sections) + 1)]
    assert all(section.paragraphs for section in sections)
    for section in sections:
        khoans = [each.lead.partition(".")[0] for each in section.paragraphs if each.lead]
        assert khoans == [str(place) for place in range(1, len(khoans) + 1)]


def test_an_empty_plan_is_only_a_heading():
    paper = built()

    assert (paper.sections, paper.annexes, paper.opening) == ((), (), "")
    assert paper.heading.legal_bases == paper.heading.recipients == ()


def test_the_document_opens_with_who_issues_what():
    assert make_paper().opening == (
        "Ủy ban nhân dân tỉnh Minh Họa ban hành Kế hoạch thông tin, tuyên truyền cải cách hành chính năm 2026 như sau:"
    )


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("Đúng hạn", "Đúng hạn./."),
        ("Đúng hạn.", "Đúng hạn./."),
        ("Đúng hạn./.", "Đúng hạn./."),
        ("Như: ...", "Như: ..../."),
    ],
)
def test_the_body_ends_with_its_own_mark(text, last):
    [(_title, [line])] = printed(built(objectives=rows(text)))

    assert line == last


def test_only_the_last_line_bears_the_mark_of_the_end():
    lines = [line for _title, lines in printed(make_paper()) for line in lines]

    assert [line for line in lines if line.endswith("./.")] == lines[-1:]


def test_a_document_is_a_value():
    content = make_full_content()

    assert make_paper(content) == make_paper(json.loads(json.dumps(content)))
    with pytest.raises(dataclasses.FrozenInstanceError):
        make_paper(content).opening = ""


def test_it_asks_the_database_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert isinstance(make_paper(), PlanPaper)


# Marks


def test_points_go_by_the_vietnamese_letters():
    _title, [_purpose, _alone, _demand, *lines] = only(
        built(objectives=rows("Một"), requirements=rows(*(f"Yêu cầu {place}." for place in range(len(POINTS)))))
    )

    assert [line.partition(")")[0] for line in lines] == list(POINTS)
    assert not {"f", "j", "w", "z"} & {line[0] for line in lines}


def test_what_is_alone_bears_no_mark_and_needs_no_heading():
    assert only(built(objectives=rows("Nâng cao nhận thức."))) == ("I. MỤC ĐÍCH", ["Nâng cao nhận thức."])
    assert only(built(requirements=rows("Kịp thời", "Đầy đủ"))) == ("I. YÊU CẦU", ["1. Kịp thời;", "2. Đầy đủ."])
    assert only(built(objectives=rows("Nâng cao."), requirements=rows("Kịp thời", "Đầy đủ;"))) == (
        "I. MỤC ĐÍCH, YÊU CẦU",
        ["*1. Mục đích*", "Nâng cao.", "*2. Yêu cầu*", "a) Kịp thời;", "b) Đầy đủ."],
    )


def test_rows_end_as_written_or_as_a_list_does():
    texts = ("Có chấm.", "Không chấm", "Phẩy,", "Còn nữa…", "Nói: “Xin chào.”", "Hỏi?", "Hết;")

    _title, lines = only(built(requirements=rows(*texts)))

    assert [line.partition(" ")[2] for line in lines] == [
        "Có chấm.",
        "Không chấm;",
        "Phẩy;",
        "Còn nữa…",
        "Nói: “Xin chào.”",
        "Hỏi?",
        "Hết.",
    ]


def test_a_row_of_several_lines_is_several_paragraphs():
    _title, lines = only(built(requirements=rows("Gồm:\n- kịp thời;\n\n- đầy đủ", "Đúng hạn")))

    assert lines == ["1. Gồm:", "- kịp thời;", "- đầy đủ;", "2. Đúng hạn."]


@given(st.text(max_size=80))
def test_printable_words_are_seen_and_stay_so(text):
    shown = printable(text)

    assert printable(shown) == shown
    assert not [char for char in shown if unicodedata.category(char)[0] == "C" and char != "\n"]
    assert not re.search(r"  |^\s|\s$|\n\n", shown)


def test_what_word_would_refuse_is_not_printed():
    assert printable("a\x00b\x0bc\ud83d\x1fd\u202e\uf0b7 e\u0301  f\xa0g") == "ab\nc d é f g"


# Heading


def test_number_and_day_stay_open_until_they_are_known():
    heading = of_heading(PlanStatus.DRAFT, number="", issued_on=None, place="")

    assert heading.number == "Số: \u2003\u2003/KH-UBND"
    assert heading.place_and_date == "Minh Họa, ngày\u2003\u2003tháng\u2003\u2003năm\u2003\u2003"


@pytest.mark.parametrize(
    ("number", "shown"),
    [("8/KH-UBND", "Số: 08/KH-UBND"), ("08/KH-UBND", "Số: 08/KH-UBND"), ("271/KH-UBND", "Số: 271/KH-UBND")],
)
def test_numbers_below_ten_get_a_zero(number, shown):
    assert of_heading(number=number).number == shown


@pytest.mark.parametrize(
    ("kind", "title", "shown"),
    [
        ("KH", "Tuyên truyền năm 2026", ("KẾ HOẠCH", "Tuyên truyền năm 2026")),
        ("KH", "Kế hoạch tuyên truyền năm 2026", ("KẾ HOẠCH", "Tuyên truyền năm 2026")),
        ("KH", "Về việc tuyên truyền năm 2026", ("KẾ HOẠCH", "Về việc tuyên truyền năm 2026")),
        ("CTr", "Chương trình tuyên truyền", ("CHƯƠNG TRÌNH", "Tuyên truyền")),
        ("ĐA", "Kế hoạch hóa truyền thông", ("ĐỀ ÁN", "Kế hoạch hóa truyền thông")),
    ],
)
def test_the_kind_is_said_once(kind, title, shown):
    heading = of_heading(kind=kind, title=title)

    assert (heading.kind, heading.abstract) == shown


def test_a_department_stands_below_its_committee():
    committee = Agency(name="Ủy ban nhân dân tỉnh Minh Họa", kind=AgencyKind.PEOPLES_COMMITTEE)
    department = {"name": "Sở Nội vụ", "kind": AgencyKind.DEPARTMENT, "symbol": "SNV", "parent": committee}

    heading = of_heading(agency=department, issuing_agency_name="Sở Nội vụ", number="")

    assert (heading.parent_agency, heading.agency) == ("UBND TỈNH MINH HỌA", "SỞ NỘI VỤ")
    assert heading.number == "Số: \u2003\u2003/KH-SNV"


def test_a_committee_is_named_in_full_and_alone():
    above = Agency(name="Ủy ban nhân dân tỉnh Minh Họa", kind=AgencyKind.PEOPLES_COMMITTEE)
    commune = {"name": "UBND xã An Lạc", "kind": AgencyKind.COMMUNE_COMMITTEE, "parent": above}

    heading = of_heading(agency=commune, issuing_agency_name="UBND xã An Lạc")

    assert (heading.parent_agency, heading.agency) == ("", "ỦY BAN NHÂN DÂN XÃ AN LẠC")
    assert heading.agency_name == "UBND xã An Lạc"


def test_the_issuer_keeps_the_name_of_the_time():
    assert of_heading(issuing_agency_name="Ủy ban nhân dân tỉnh Cũ").agency == "ỦY BAN NHÂN DÂN TỈNH CŨ"


def test_who_signs_is_printed_in_capitals():
    heading = of_heading()

    assert heading.signing_authority == "TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH"
    assert (heading.signatory_title, heading.signatory_name) == ("PHÓ CHỦ TỊCH", "Đặng Văn Sơn")


NOBODY = {"signing_authority": "", "signatory_title": "", "signatory_name": ""}


@pytest.mark.parametrize(
    ("status", "block"),
    [(PlanStatus.DRAFT, ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "")), (PlanStatus.ISSUED, ("", "", ""))],
)
def test_a_draft_waits_for_its_signature_and_nobody_is_guessed_for_what_was_issued(status, block):
    heading = of_heading(status, **NOBODY)

    assert (heading.signing_authority, heading.signatory_title, heading.signatory_name) == block


def test_legal_bases_and_recipients_are_lists_of_the_form():
    heading = make_paper().heading

    assert heading.legal_bases == (
        "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;",
        "Căn cứ Nghị quyết số 76/NQ-CP ngày 15 tháng 7 năm 2021 của Chính phủ;",
        "Theo đề nghị của Giám đốc Sở Nội vụ.",
    )
    assert heading.recipients == ("- Bộ Nội vụ;", "- UBND các xã, phường;", "- Lưu: VT, NC.")
    assert heading.addressee == ""


def test_a_draft_has_its_archive_line():
    assert of_heading(PlanStatus.DRAFT).recipients == ("- Lưu: VT.",)


def test_an_amended_plan_says_by_what():
    amendments = [("31/KH-UBND", date(2026, 4, 20)), ("5/KH-UBND", date(2026, 9, 1))]

    assert make_paper().heading.note == ""
    assert make_paper(amendments=amendments[:1]).heading.note == (
        "(Đã được sửa đổi, bổ sung theo Kế hoạch số 31/KH-UBND ngày 20 tháng 4 năm 2026)"
    )
    assert make_paper(amendments=amendments).heading.note.endswith("; Kế hoạch số 5/KH-UBND ngày 01 tháng 9 năm 2026)")


# Sections


@pytest.mark.parametrize(
    ("text", "target", "shown"),
    [
        ("Gửi báo cáo đúng hạn.", "100% cơ quan", "Gửi báo cáo đúng hạn (chỉ tiêu: 100% cơ quan)."),
        ("Gửi báo cáo đúng hạn", "Toàn bộ", "Gửi báo cáo đúng hạn (chỉ tiêu: toàn bộ)."),
        ("Vào nhóm 10 địa phương.", "Nhóm 10 địa phương", "Vào nhóm 10 địa phương."),
        ("Gồm các việc như...", "100%", "Gồm các việc như... (chỉ tiêu: 100%)."),
    ],
)
def test_a_target_is_said_once(text, target, shown):
    assert only(built(objectives=[row(text, note=target)])) == ("I. MỤC ĐÍCH", [shown])


def test_themes_are_told_by_audience():
    paper = built(
        audiences=rows(PEOPLE, OFFICIALS),
        themes=[
            row("Thủ tục hành chính", 1, names=[PEOPLE]),
            row("Văn bản của tỉnh", 2, names=[OFFICIALS]),
            row("Dịch vụ công", 3, names=[PEOPLE], is_focus=True, note="focus"),
            row("Nộp hồ sơ", 4, parent=3),
            row("Trả kết quả", 5, parent=3, is_focus=True, note="focus"),
        ],
    )

    assert only(paper) == (
        "I. NỘI DUNG TUYÊN TRUYỀN",
        [
            "*1. Đối với người dân, doanh nghiệp*",
            "a) Thủ tục hành chính.",
            "b) Dịch vụ công (nội dung trọng tâm):",
            "- Nộp hồ sơ;",
            "- Trả kết quả (nội dung trọng tâm).",
            "*2. Đối với cán bộ, công chức*",
            "Văn bản của tỉnh.",
        ],
    )


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        (f"Đối với {PEOPLE.lower()}", f"*1. Đối với {PEOPLE.lower()}*"),
        ("Pháp luật", "*1. Pháp luật (đối với người dân, doanh nghiệp)*"),
    ],
)
def test_a_theme_that_heads_others_is_their_heading(title, shown):
    themes = [row(title, 1, names=[PEOPLE]), row("Thủ tục", 2, parent=1), row("Hồ sơ", 3, parent=1)]

    assert only(built(audiences=rows(PEOPLE), themes=themes))[1] == [shown, "a) Thủ tục;", "b) Hồ sơ."]


def test_themes_for_nobody_in_particular():
    themes = [row("Một", 1), row("Hai", 2), row("Hai chấm một", 3, parent=2), row("Hai chấm hai", 4, parent=2)]

    assert only(built(themes=themes[:2]))[1] == ["1. Một;", "2. Hai."]
    assert only(built(themes=themes))[1] == ["1. Một.", "2. Hai:", "a) Hai chấm một;", "b) Hai chấm hai."]


def test_themes_for_some_stand_beside_those_for_all():
    themes = [row("Một", 1), row("Hai", 2, names=[PEOPLE])]

    assert only(built(audiences=rows(PEOPLE), themes=themes))[1] == [
        "*1. Nội dung chung*",
        "Một.",
        "*2. Đối với người dân, doanh nghiệp*",
        "Hai.",
    ]


def test_audiences_that_no_theme_names_are_named():
    assert only(built(audiences=rows(PEOPLE, OFFICIALS))) == (
        "I. ĐỐI TƯỢNG TUYÊN TRUYỀN",
        ["Đối tượng tuyên truyền: người dân, doanh nghiệp; cán bộ, công chức."],
    )
    title, lines = only(built(audiences=rows(PEOPLE, OFFICIALS), themes=[row("Hai", names=[PEOPLE])]))
    assert title == "I. ĐỐI TƯỢNG, NỘI DUNG TUYÊN TRUYỀN"
    assert lines[0].startswith("Đối tượng tuyên truyền: ")


def test_activities_are_told_in_the_annex():
    lines = [
        "Nội dung 2 hoạt động, cơ quan chủ trì, cơ quan phối hợp, thời gian hoàn thành và sản phẩm dự kiến "
        "(Phụ lục kèm theo)."
    ]
    tasks = [make_task(1), make_task(2), make_task(3, cancelled_on="2026-04-20")]

    assert only(built(activities=tasks)) == ("I. HOẠT ĐỘNG TUYÊN TRUYỀN", lines)
    assert only(built(channels=rows("Báo chí", "Truyền thanh"))) == (
        "I. HÌNH THỨC TUYÊN TRUYỀN",
        ["1. Báo chí;", "2. Truyền thanh."],
    )
    assert only(built(channels=rows("Báo chí"), activities=tasks)) == (
        "I. HÌNH THỨC, HOẠT ĐỘNG TUYÊN TRUYỀN",
        ["*1. Hình thức tuyên truyền*", "Báo chí.", "*2. Hoạt động tuyên truyền*", *lines],
    )


def test_money_is_told_with_its_bearer_and_its_sum():
    lines = [
        row("In tờ gấp.", 1, note="260000000", extra="Sở Nội vụ"),
        row("Sở Tài chính bố trí", 2, note="70000000", extra="Sở Tài chính"),
        row("Cân đối trong dự toán", 3, extra="Các cơ quan"),
    ]

    assert only(built(budget_lines=lines)) == (
        "I. KINH PHÍ THỰC HIỆN",
        [
            "Tổng kinh phí: 330.000.000 đồng, gồm:",
            "1. In tờ gấp: 260.000.000 đồng (Sở Nội vụ).",
            "2. Sở Tài chính bố trí: 70.000.000 đồng;",
            "3. Cân đối trong dự toán (Các cơ quan).",
        ],
    )
    assert only(built(budget_lines=lines[:1]))[1] == ["In tờ gấp: 260.000.000 đồng (Sở Nội vụ)."]


def test_duties_are_told_by_bearer():
    duties = [
        row("Đôn đốc.", 1, names=["Sở Nội vụ"]),
        row("Phân công.", 2, names=["Sở Nội vụ"], extra="Đơn vị chủ trì"),
        row("Báo cáo.", 3, names=["Sở Nội vụ"]),
        row("Lồng ghép.", 4, names=["UBND các xã, phường", "Các sở, ban"]),
        row("Thi đua.", 5),
    ]

    assert only(built(duties=duties)) == (
        "I. TỔ CHỨC THỰC HIỆN",
        [
            "*1. Sở Nội vụ*",
            "a) Đôn đốc.",
            "b) Báo cáo.",
            "*2. Đơn vị chủ trì*",
            "Phân công.",
            "*3. UBND các xã, phường; các sở, ban*",
            "Lồng ghép.",
            "*4. Nhiệm vụ chung*",
            "Thi đua.",
        ],
    )
    assert only(built(duties=rows("Thi đua", "Khen thưởng")))[1] == ["1. Thi đua;", "2. Khen thưởng."]


def test_what_the_budget_says_is_no_duty_as_well():
    duties = [row("Bố trí kinh phí", 1, note="budget"), row("Đôn đốc.", 2, note="monitor", names=["Sở Nội vụ"])]

    assert printed(built(duties=duties, budget_lines=rows("Bố trí kinh phí."))) == [
        ("I. KINH PHÍ THỰC HIỆN", ["Bố trí kinh phí."]),
        ("II. TỔ CHỨC THỰC HIỆN", ["*1. Sở Nội vụ*", "Đôn đốc./."]),
    ]
    assert printed(built(duties=duties[:1]))[0][0] == "I. TỔ CHỨC THỰC HIỆN"


@pytest.mark.parametrize(
    ("text", "of_row", "shown"),
    [
        (
            "Báo cáo kết quả.",
            {"note": "Sở Nội vụ", "extra": "UBND tỉnh, Bộ Nội vụ", "code": '["quarterly", "yearly"]'},
            "Sở Nội vụ: báo cáo kết quả (định kỳ hằng quý, hằng năm; gửi UBND tỉnh, Bộ Nội vụ).",
        ),
        (
            "Sở Nội vụ hằng quý báo cáo UBND tỉnh và Bộ Nội vụ.",
            {
                "note": "Sở Nội vụ",
                "extra": "UBND tỉnh, Bộ Nội vụ",
                "code": '["quarterly"]',
                "more": "Ngày 14\x1fngày 20",
            },
            "Sở Nội vụ hằng quý báo cáo UBND tỉnh và Bộ Nội vụ "
            "(số liệu tính đến ngày 14; thời hạn gửi báo cáo: ngày 20).",
        ),
        ("Báo cáo trước ngày 20.", {"more": "\x1fngày 20"}, "Báo cáo trước ngày 20."),
    ],
)
def test_a_reporting_duty_says_what_its_words_leave_out(text, of_row, shown):
    assert only(built(reporting_duties=[row(text, **of_row)]))[1] == ["*1. Chế độ báo cáo*", shown]


def test_a_report_that_is_a_duty_already_is_told_once():
    duties = [row("Kiểm tra, định kỳ hằng quý báo cáo UBND tỉnh.", names=["Sở Nội vụ"])]
    report = row("Định kỳ hằng quý báo cáo UBND tỉnh.", note="Sở Nội vụ", code='["quarterly"]')

    assert "Chế độ báo cáo" not in str(printed(built(duties=duties, reporting_duties=[report])))
    assert "Chế độ báo cáo" in str(printed(built(duties=duties, reporting_duties=[report | {"more": "\x1fngày 20"}])))


# The annex


def test_the_table_says_who_does_what_until_when():
    assert table(make_task(1, title="Hội nghị")) == [
        (
            "1",
            "Hội nghị\nMỗi quý một buổi.\nÝ kiến được tổng hợp và trả lời bằng văn bản.",
            "Sở Nội vụ; các sở, ban, ngành",
            "UBND các xã, phường",
            "Trước ngày 31/8/2026",
            "40 buổi; văn bản trả lời",
        )
    ]


def test_groups_are_rows_of_their_own():
    tasks = [make_task(1, group=2), make_task(2, group=1), make_task(3, group=2), make_task(4)]

    assert [cells[:2] if len(cells) == 2 else cells[0] for cells in table(*tasks, groups=("Một", "Hai", "Ba"))] == [
        "4",
        ("I", "Một"),
        "2",
        ("II", "Hai"),
        "1",
        "3",
    ]


def test_cancelled_activities_are_not_printed():
    assert len(table(make_task(1), make_task(2, cancelled_on="2026-04-20"))) == 1
    assert built(activities=[make_task(1, cancelled_on="2026-04-20")]).annexes == ()
    groups = table(make_task(1, group=1, cancelled_on="2026-04-20"), make_task(2, group=2), groups=("Một", "Hai"))
    assert groups[0] == ("I", "Hai")


@pytest.mark.parametrize(
    ("words", "start", "deadline", "shown"),
    [
        ("thường xuyên", None, "2026-12-31", "Thường xuyên"),
        ("", None, "2026-08-31", "Chậm nhất ngày 31/08/2026"),
        ("", "2026-10-01", "2026-11-15", "Từ ngày 01/10/2026 đến ngày 15/11/2026"),
        ("", "2026-10-01", None, "Từ ngày 01/10/2026"),
        ("", None, None, ""),
    ],
)
def test_time_is_told_as_written_or_by_its_days(words, start, deadline, shown):
    [cells] = table(make_task(1, schedule_text=words, start=start, deadline=deadline))

    assert cells[4] == shown


@pytest.mark.parametrize(
    ("product", "quantity", "shown"),
    [("Tờ gấp", 40000, "Tờ gấp"), ("", 40000, "40.000 tờ"), ("", None, "")],
)
def test_the_product_is_told_as_written_or_as_the_target(product, quantity, shown):
    [cells] = table(make_task(1, expected_product=product, target_quantity=quantity, target_unit="tờ"))

    assert cells[5] == shown


def test_nobody_leads_what_nobody_was_given():
    [cells] = table(make_task(1, leads=[], cooperating=[party("Bưu điện tỉnh")]))

    assert cells[2:4] == ("", "Bưu điện tỉnh")


def test_widths_of_the_annex_fill_the_page():
    [annex] = make_paper().annexes

    assert sum(column.width for column in annex.columns) == 100
    assert annex.name == "Phụ lục"
    assert [column.head for column in annex.columns] == [
        "TT",
        "Nội dung thực hiện",
        "Cơ quan chủ trì",
        "Cơ quan phối hợp",
        "Thời gian hoàn thành",
        "Sản phẩm dự kiến",
    ]


# Names of files


@pytest.mark.parametrize(
    ("number", "status", "ordinal", "name"),
    [
        ("12/KH-UBND", PlanStatus.ISSUED, None, "ke-hoach-12-KH-UBND"),
        ("12/KH-UBND", PlanStatus.AMENDED, 2, "ke-hoach-12-KH-UBND-ban-2"),
        ("7/ĐA-UBND\r\nX: ../../etc", PlanStatus.ISSUED, None, "ke-hoach-7-DA-UBND-X-etc"),
        ("", PlanStatus.DRAFT, None, "du-thao-ke-hoach-2026-7"),
        ("漢/…", PlanStatus.ISSUED, None, "ke-hoach-2026-7"),
    ],
)
def test_file_names_are_plain_letters(number, status, ordinal, name):
    plan = make_plan(status)
    plan.number = number

    assert file_name(plan, ordinal) == name


# The plans there are


def everything_said(paper):
    sections = [text for _title, lines in printed(paper) for text in lines]
    cells = [cell.text for annex in paper.annexes for cells in annex.rows for cell in cells]
    heading = [paper.heading.abstract, *paper.heading.legal_bases, *paper.heading.recipients]
    return " ".join(" ".join([*heading, *sections, *cells]).split()).casefold()


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*REAL, "minh-hoa"])
def test_every_word_of_a_plan_is_printed(name):
    load_catalogues()
    plan, _created = load_plan(read_plan(name, 2026 if name == "minh-hoa" else None))
    content = content_of(plan)

    said = everything_said(build_plan_document(plan, content))

    for part, of_part in content["parts"].items():
        for each in of_part:
            assert unended(each["text"]).casefold() in said, (part, each)
    for activity in content["activities"]:
        for words in (activity["title"], activity["schedule_text"], activity["expected_product"]):
            assert words.casefold() in said
        for line in activity["details"].splitlines():
            assert line.casefold() in said
        for each in (*activity["leads"], *activity["cooperating"]):
            assert each["name"].casefold() in said
    assert "none" not in said.split()
