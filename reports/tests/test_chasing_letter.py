"""The chasing letter, read back from PDF and Word: a công văn after Nghị định 30/2020/NĐ-CP, the same words in both."""

import html
from datetime import date, datetime
from io import BytesIO
from types import SimpleNamespace

import docx
import pdfplumber
import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from docx.oxml.ns import qn

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.calendar import statutory_quarter
from activities.models import PeriodKind, ReportingPeriod, Status
from activities.reminding.late import Chase, answer_by, chase, late_agencies
from activities.tests.factories import ExtensionFactory, make_world, moment
from agencies.models import Agency, AgencyKind, Locality
from agencies.tests.factories import SuccessionFactory
from agencies.vietnamese import fold
from plans.models import Plan
from reports.chasing_letter import BY_THE_LIST, MOST_NAMED, build_chasing_letter, file_name
from reports.pdf import chasing_pdf
from reports.word import chasing_docx

from .test_pdf import (
    BOLD,
    BOLD_ITALIC,
    ITALIC,
    MARGIN,
    MM,
    REGULAR,
    find,
    fonts,
    middle,
    page_number,
    rule_under,
    running_text,
    size,
    span,
    words,
)

AT = timezone.make_aware(datetime(2026, 9, 17, 10, 42))
LONG_NAME = (
    "Trung tâm Phục vụ hành chính công và Hỗ trợ doanh nghiệp, hợp tác xã liên xã Suối Đá, Mường Lai và Văn Lãng"
)


def make_period(**of_agency):
    committee = Agency(name="Ủy ban nhân dân tỉnh Minh Họa", kind=AgencyKind.PEOPLES_COMMITTEE, symbol="UBND")
    agency = Agency(
        **{
            "name": "Sở Nội vụ",
            "symbol": "SNV",
            "kind": AgencyKind.DEPARTMENT,
            "parent": committee,
            "head_name": "Đinh Quang Vinh",
            "head_title": "Giám đốc",
            **of_agency,
        }
    )
    plan = Plan(
        number="12/KH-UBND",
        title="Thông tin, tuyên truyền cải cách hành chính năm 2026",
        issued_on=date(2026, 1, 15),
        issuing_agency=committee,
        issuing_agency_name=committee.name,
        coordinating_agency=agency,
        locality=Locality(place_name="Minh Họa"),
    )
    quarter = statutory_quarter(2026, 3)
    return ReportingPeriod(plan=plan, kind=PeriodKind.QUARTER, label=quarter.label, **quarter._asdict())


def make_late(name="UBND xã Mường Lai", **changes):
    row = {"filled": 2, "expected": 4, "days_late": 1, **changes}
    chased = row.pop("chased", 2)
    return SimpleNamespace(agency=Agency(name=name), row=SimpleNamespace(**row), chased=chased)


def make_letter(*late, at=AT, by=date(2026, 9, 18), **of_agency):
    late = late or [make_late("Hội Cựu chiến binh tỉnh"), make_late(), make_late("UBND xã Suối Đá", filled=0)]
    return build_chasing_letter(make_period(**of_agency), Chase(tuple(late)), at=at, answer_by=by)


def opened(letter):
    with pdfplumber.open(BytesIO(chasing_pdf(letter))) as opened:
        for page in opened.pages:
            page.chars  # noqa: B018  read before the file closes
        return opened.pages


def written(letter):
    return docx.Document(BytesIO(chasing_docx(letter)))


def style_of(paragraph):
    return paragraph._p.pPr.pStyle.val


def cell_words(table):
    """The words of a Word table, row by row."""
    return [
        [words(" ".join(t.text or "" for t in cell.iter(qn("w:t")))) for cell in row.iter(qn("w:tc"))]
        for row in table._tbl.iter(qn("w:tr"))
    ]


# What it says


def test_what_the_letter_says():
    letter = make_letter()

    assert letter.subject == "V/v đôn đốc gửi số liệu quý III năm 2026"
    assert letter.addressees == ("- Hội Cựu chiến binh tỉnh;", "- UBND xã Mường Lai;", "- UBND xã Suối Đá.")
    assert letter.opening == (
        "Thực hiện Kế hoạch số 12/KH-UBND ngày 15 tháng 01 năm 2026 của Ủy ban nhân dân tỉnh Minh Họa về thông tin, "
        "tuyên truyền cải cách hành chính năm 2026, các cơ quan, đơn vị gửi số liệu quý III năm 2026 chậm nhất ngày 16 "
        "tháng 9 năm 2026. Đến 10 giờ 42 phút ngày 17 tháng 9 năm 2026, còn 03 đơn vị chưa gửi:"
    )
    assert [tuple(row) for row in letter.rows] == [
        ("1", "Hội Cựu chiến binh tỉnh", "2/4", "01 ngày", "02 lần"),
        ("2", "UBND xã Mường Lai", "2/4", "01 ngày", "02 lần"),
        ("3", "UBND xã Suối Đá", "0/4", "01 ngày", "02 lần"),
    ]
    assert letter.closing[0] == (
        "Sở Nội vụ đề nghị các đơn vị gửi số liệu trên hệ thống trước 17 giờ 00 phút ngày 18 tháng 9 năm 2026 để kịp "
        "tổng hợp, báo cáo Ủy ban nhân dân tỉnh Minh Họa. Từ ngày 01 tháng 10 năm 2026, số liệu quý III năm 2026 được "
        "khóa; đơn vị không gửi sẽ bị nêu tên trong báo cáo."
    )
    assert letter.closing[-1].endswith("./.")
    assert letter.heading.recipients[-1] == "- Lưu: VT, CCHC."


def opening_to(*late, **how):
    return build_chasing_letter(make_period(), Chase(late, **how), at=AT, answer_by=date(2026, 9, 18)).opening


def test_the_count_leaves_out_whoever_has_more_time():
    assert opening_to(make_late(), excused=1).endswith(
        "ngày 17 tháng 9 năm 2026, còn 01 đơn vị chưa gửi (không kể 01 đơn vị được gia hạn):"
    )


def test_a_letter_to_one_agency_alone_counts_nobody():
    assert opening_to(make_late(), is_for_one=True).endswith("ngày 17 tháng 9 năm 2026, UBND xã Mường Lai chưa gửi:")


def test_the_symbol_of_a_letter_names_no_kind():
    number = make_letter().heading.number

    assert number.replace("\u2003", "") == "Số:/SNV-CCHC"


def test_number_and_day_stay_open():
    assert make_letter().heading.place_and_date == "Minh Họa, ngày\u2003\u2003tháng 9 năm 2026"


def test_one_agency_is_addressed_on_the_same_line():
    letter = make_letter(make_late())

    assert letter.addressees == ("UBND xã Mường Lai",)
    assert "còn 01 đơn vị chưa gửi:" in letter.opening
    assert letter.closing[1] == "Đề nghị thủ trưởng đơn vị quan tâm chỉ đạo thực hiện./."
    assert "Kính gửi: UBND xã Mường Lai" in opened(letter)[0].extract_text()


def test_after_the_lock_it_asks_for_reasons():
    letter = make_letter(at=timezone.make_aware(datetime(2026, 10, 2, 8)), by=date(2026, 10, 5))

    assert "đã khóa từ ngày 01 tháng 10 năm 2026" in letter.closing[0]
    assert "gửi số liệu trên hệ thống" not in letter.closing[0]


def test_whoever_was_never_chased():
    assert make_letter(make_late(chased=0)).rows[0].chased == "Chưa"


def test_a_peoples_committee_signs_for_the_collective():
    letter = make_letter(
        name="Ủy ban nhân dân xã Suối Đá",
        symbol="UBND",
        kind=AgencyKind.COMMUNE_COMMITTEE,
        head_name="Hoàng Văn Páo",
        head_title="",
    )

    assert letter.heading.parent_agency == ""
    assert (letter.heading.signing_authority, letter.heading.signatory_title) == ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")


def test_file_name():
    assert file_name(make_period()) == "don-doc-quy-3-2026"


# On paper


@pytest.fixture(scope="module")
def page():
    [page] = opened(make_letter())
    return page


@pytest.mark.parametrize(
    ("text", "font", "low", "high"),
    [
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", BOLD, 12, 13),
        ("Độc lập - Tự do - Hạnh phúc", BOLD, 13, 14),
        ("UBND TỈNH MINH HỌA", REGULAR, 12, 13),
        ("SỞ NỘI VỤ", BOLD, 12, 13),
        ("liệu quý III năm 2026", REGULAR, 12, 13),
        ("Kính gửi:", REGULAR, 13, 14),
        ("- Hội Cựu chiến binh tỉnh;", REGULAR, 13, 14),
        ("- UBND xã Suối Đá.", REGULAR, 13, 14),
        ("Nơi nhận:", BOLD_ITALIC, 12, 12),
        ("- Như trên;", REGULAR, 11, 11),
        ("- Lưu: VT, CCHC.", REGULAR, 11, 11),
        ("GIÁM ĐỐC", BOLD, 13, 14),
        ("Đinh Quang Vinh", BOLD, 13, 14),
    ],
)
def test_component(page, text, font, low, high):
    chars = find(page, text)

    assert fonts(chars) == {font}
    assert low <= size(chars) <= high


def test_the_subject_stands_under_the_number(page):
    number = [char for char in page.chars if char["text"] == "S" and char["x0"] < 90 * MM and size([char]) == 13]
    subject = find(page, "liệu quý III năm 2026")

    assert number[0]["bottom"] + 6 <= min(char["top"] for char in subject)
    assert middle(subject) == pytest.approx(middle(find(page, "SỞ NỘI VỤ")), abs=1)
    assert fonts(find(page, "Minh Họa, ngày tháng 9 năm 2026")) == {ITALIC}


def test_no_kind_stands_across_the_page(page):
    assert "CÔNG VĂN" not in page.extract_text()


def test_the_rule_under_the_agency(page):
    chars = find(page, "SỞ NỘI VỤ")

    assert 1 / 3 <= rule_under(page, chars)["width"] / (span(chars)[1] - span(chars)[0]) <= 1 / 2


def test_a_hundred_and_fifty_agencies_run_over_pages():
    letter = make_letter(*(make_late(f"{LONG_NAME} {place}") for place in range(150)))
    pages = opened(letter)
    rows = [row for each in pages for table in each.extract_tables() for row in table]

    assert letter.addressees == (BY_THE_LIST,)
    assert [row[0] for row in rows if row[0] != "TT"] == [str(place) for place in range(1, 151)]
    assert sum(row[0] == "TT" for row in rows) == sum(bool(each.extract_tables()) for each in pages) > 3
    assert [page_number(each)[0] for each in pages] == ["", *(str(place) for place in range(2, len(pages) + 1))]
    for each in pages:
        left, right = (edge / MM for edge in span([char for char in each.chars if char["top"] > 20 * MM - 1]))
        assert left >= MARGIN["left"][0] - 0.3 and each.width / MM - right >= MARGIN["right"][0] - 0.3
    assert "thực hiện./." in pages[-1].extract_text() and "GIÁM ĐỐC" in pages[-1].extract_text()


def test_long_names_at_the_head_stay_on_the_page():
    letter = make_letter(*(make_late(f"{LONG_NAME} {place}") for place in range(MOST_NAMED)))

    [first, *_others] = opened(letter)

    assert len(letter.addressees) == MOST_NAMED
    assert (first.width - span(first.chars)[1]) / MM >= MARGIN["right"][0] - 0.3
    assert f"{words(LONG_NAME)} 0;" in running_text([first.extract_text()])


def test_word_says_the_same_as_the_pdf(page):
    letter = make_letter()
    paper = written(letter)
    head, to, late, end = paper.tables

    assert [words(each.text) for each in paper.paragraphs if style_of(each) == "body"] == [
        letter.opening,
        *letter.closing,
    ]
    text = running_text([page.extract_text()])
    for said in (letter.opening, *letter.closing, *letter.addressees):
        assert said in text
    assert cell_words(late) == [[column.head for column in letter.columns], *map(list, letter.rows)]
    assert letter.subject in cell_words(head)[1][0].replace(" /", "/")
    first, *others = letter.addressees
    assert cell_words(to) == [["", "Kính gửi:", first], *(["", "", name] for name in others)]
    assert cell_words(end)[0][1] == "GIÁM ĐỐC Đinh Quang Vinh"


def test_the_looks_of_word():
    paper = written(make_letter())
    looks = {
        style.style_id: (style.font.size.pt, style.font.bold, style.font.italic)
        for style in paper.styles
        if style.style_id in ("subject", "to", "to_one", "number")
    }

    assert looks == {
        "subject": (12, False, False),
        "to": (14, False, False),
        "to_one": (14, False, False),
        "number": (13, False, False),
    }
    assert paper.core_properties.title == "Công văn đôn đốc gửi số liệu quý III năm 2026"


# Who gets it


ADDRESSES = ("reports:chasing_letter_pdf", "reports:chasing_letter_docx")


@pytest.fixture
def world(db, clock, english):
    clock(date(2026, 6, 17))
    return make_world()


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("role", ["coordinator", "leader", "administrator"])
def test_those_who_follow_the_reminders_get_it(world, role, address):
    answer = login(getattr(world, role)).get(reverse(address, args=[world.period.pk]))

    assert answer.status_code == 200
    assert "don-doc-quy-2-2026" in answer["Content-Disposition"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_others_do_not(world, address):
    assert login(world.focal_point).get(reverse(address, args=[world.period.pk])).status_code == 403
    stranger = UserFactory(role=Role.COORDINATOR)
    assert login(stranger).get(reverse(address, args=[world.period.pk])).status_code == 404


@pytest.mark.parametrize("address", ADDRESSES)
def test_nobody_late_is_no_letter(db, clock, english, address):
    clock(date(2026, 6, 17))
    world = make_world(Status.SUBMITTED)

    answer = login(world.coordinator).get(reverse(address, args=[world.period.pk]), follow=True)

    assert answer.redirect_chain == [(reverse("plans:reminders", args=[world.plan.pk]), 302)]
    assert "Nobody is to be chased" in answer.text


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_letter_to_one_of_those_who_are_late(db, clock, english, address):
    clock(date(2026, 6, 17))
    world = make_world(agencies=3)

    answer = login(world.coordinator).get(reverse(address, args=[world.period.pk]), {"agency": world.agency.pk})

    name = slugify(fold(world.agency.name))
    assert f"don-doc-quy-2-2026-{name}." in answer["Content-Disposition"]
    assert [each.agency for each in chase(world.period, date(2026, 6, 17), agency=world.agency.pk).late] == [
        world.agency
    ]
    if address.endswith("docx"):
        body = "\n".join(text.text or "" for text in docx.Document(BytesIO(answer.content)).element.iter(qn("w:t")))
        others = [each.agency.name for each in world.all_updates if each.agency != world.agency]
        assert world.agency.name in body and not [other for other in others if other in body]


def test_a_letter_to_an_agency_under_the_name_that_carries_on(db, clock):
    world = make_world()
    world.agency.valid_to = date(2026, 6, 15)
    world.agency.save()
    heir = SuccessionFactory(
        predecessor=world.agency,
        reorganisation__locality=world.locality,
        reorganisation__status="applied",
        reorganisation__applied_at=moment(16),
        reorganisation__effective_on=date(2026, 6, 16),
    ).successor

    [late] = chase(world.period, date(2026, 6, 17), agency=heir.pk).late

    assert late.agency == world.agency


@pytest.mark.parametrize("asked, status", [("987654", 302), ("x", 404), ("-1", 404), ("9" * 4400, 404)])
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_letter_to_an_agency_that_is_not_late(world, address, asked, status):
    answer = login(world.coordinator).get(
        reverse(address, args=[world.period.pk]), {"agency": asked}, follow=status == 302
    )

    if status == 404:
        assert answer.status_code == 404
    else:
        assert "This agency is not to be chased" in answer.text


# Beside the reminders


def reminders_page(world):
    return login(world.coordinator).get(reverse("plans:reminders", args=[world.plan.pk]))


def test_the_page_of_reminders_shows_it_as_it_prints(world):
    answer = reminders_page(world)

    _before, _article, paper = answer.text.partition('<article class="paper fit"')
    paper = html.unescape(paper.partition("</article>")[0])
    overview = answer.context["overview"]
    period = ReportingPeriod.objects.select_related("plan__locality").get()
    letter = build_chasing_letter(period, overview.chase, at=answer.wsgi_request.now, answer_by=overview.answer_by)
    said = [letter.subject, letter.opening, *letter.addressees, *letter.closing, *letter.rows[0]]
    assert [text for text in said if text not in paper] == []
    assert paper.count('<span class="todo">…</span>') == 2  # number and day
    assert overview.answer_by == answer_by(period, date(2026, 6, 17))


def test_a_long_letter_is_a_list_of_agencies_on_the_page(db, clock, english):
    clock(date(2026, 6, 17))

    few, many = reminders_page(make_world(agencies=15)), reminders_page(make_world(agencies=16))

    assert "paper fit" in few.text
    assert "paper fit" not in many.text and len(many.context["overview"].late) == 16
    assert all(each.agency.name in many.text for each in many.context["overview"].late)


def test_the_page_counts_as_the_letter_does(db, clock, english):
    clock(date(2026, 6, 17))
    world = make_world(agencies=3)
    ExtensionFactory(period=world.period, agency=world.agency, until=date(2026, 7, 10))

    page = html.unescape(reminders_page(world).text)

    assert "2 agencies have not sent (not counting 1 agency with an extension)" in page
    assert "còn 02 đơn vị chưa gửi (không kể 01 đơn vị được gia hạn):" in page


BUTTONS = {"activities:matrix": "Chasing letter, 2 agencies", "activities:updates": '<span class="count">2</span>'}


@pytest.mark.parametrize("name", BUTTONS)
def test_the_buttons_count_the_agencies_of_the_letter(db, clock, english, name):
    clock(date(2026, 6, 17))
    world = make_world(agencies=3)
    ExtensionFactory(period=world.period, agency=world.agency, until=date(2026, 7, 10))

    answer = login(world.coordinator).get(reverse(name))

    rates = answer.context["matrix"].rates if name == "activities:matrix" else answer.context["rates"]
    assert rates.missing == 3  # an extension excuses from being chased, not from being late
    assert len(late_agencies(world.period, date(2026, 6, 17))) == 2
    assert BUTTONS[name] in answer.text


@pytest.mark.parametrize("name", BUTTONS)
def test_no_button_where_all_who_are_late_have_more_time(db, clock, english, name):
    clock(date(2026, 6, 17))
    world = make_world()
    ExtensionFactory(period=world.period, agency=world.agency, until=date(2026, 7, 10))

    heading = login(world.coordinator).get(reverse(name)).text.partition('<div class="acts">')[2].partition("<h2")[0]

    assert "Chasing letter," not in heading and '<span class="t">Chasing letter</span><span' not in heading
