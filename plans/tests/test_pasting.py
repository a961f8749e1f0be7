"""Rows pasted from a document: bullets and numbers go, repetitions are left out, nothing else is touched."""

import pytest

from plans.models import ContentTheme, Duty, PlanStatus, Requirement
from plans.pasting import MOST_LINES, as_rows, pasted_rows, read_lines, read_paste, understood
from plans.workspace import Section, lettered, section_of

from .factories import ContentThemeFactory, PlanFactory, RequirementFactory


def section(part="requirements", rows=()):
    return Section(part, part, tuple(rows), "")


@pytest.mark.parametrize(
    "line, text, code",
    [
        ("Thường xuyên", "Thường xuyên", ""),
        ("- Thường xuyên;", "Thường xuyên;", ""),
        ("-Thường xuyên", "Thường xuyên", ""),
        ("– Thường xuyên", "Thường xuyên", ""),
        ("+ Thường xuyên", "Thường xuyên", ""),
        ("* Thường xuyên", "Thường xuyên", ""),
        ("•\tThường xuyên", "Thường xuyên", ""),
        ("\uf0b7 Thường xuyên", "Thường xuyên", ""),
        ("a) Thường xuyên", "Thường xuyên", ""),
        ("đ) Thường xuyên", "Thường xuyên", ""),
        ("b. Thường xuyên", "Thường xuyên", ""),
        ("1. Thường xuyên", "Thường xuyên", ""),
        ("12) Thường xuyên", "Thường xuyên", ""),
        ("(3) Thường xuyên", "Thường xuyên", ""),
        ("IV. Thường xuyên", "Thường xuyên", ""),
        ("II.1 Thực hiện", "Thực hiện", "II.1"),
        ("IV.1.c. cổng thông tin", "cổng thông tin", "IV.1.c"),
        ("2.1. cổng", "cổng", "2.1"),
        ("2.1 Cổng", "Cổng", "2.1"),
        ("30.000 tờ gấp", "30.000 tờ gấp", ""),
        ("1.5 triệu đồng", "1.5 triệu đồng", ""),
        ("12 hội nghị", "12 hội nghị", ""),
        ("-5% so với năm trước", "-5% so với năm trước", ""),
        ("Đ/c Chủ tịch", "Đ/c Chủ tịch", ""),
        ("A. Nội dung   có  khoảng\u00a0trắng ", "Nội dung có khoảng trắng", ""),
        ("Lưu: VT, SNV.", "Lưu: VT, SNV.", ""),
        ("15/12/2026 hoàn thành", "15/12/2026 hoàn thành", ""),
    ],
)
def test_what_stands_before_the_words(line, text, code):
    [read] = read_lines(line)

    assert (read.text, read.code) == (text, code)


def test_empty_lines_and_lone_bullets_are_no_rows():
    assert [line.text for line in read_lines("một\n\n   \n- \nhai\r\nba")] == ["một", "hai", "ba"]


def test_words_are_kept_in_one_form():
    assert read_lines("Tuye\u0302n truye\u0302\u0300n")[0].text == "Tuyên truyền"


@pytest.mark.django_db
@pytest.mark.usefixtures("english")
class TestBesideWhatIsThere:
    @pytest.fixture
    def plan(self):
        return PlanFactory(status=PlanStatus.DRAFT)

    def section(self, plan, part="requirements"):
        return section_of(plan, part, plan.period_start)

    def test_a_row_that_is_there_is_left_out_unless_wanted(self, plan):
        RequirementFactory(plan=plan, text="Tăng cường lực lượng.")
        pasted = "- Tăng cường lực lượng;\n- Mỗi hoạt động có sản phẩm\n- mỗi hoạt động có sản phẩm."

        lines = understood(self.section(plan), pasted)
        assert [(line.is_new, line.repeats) for line in lines] == [(False, "row a)"), (True, ""), (False, "line 2")]
        wanted = understood(self.section(plan), pasted, anyway={1})
        assert [(line.is_new, line.label) for line in wanted] == [(True, "b)"), (True, "c)"), (False, "c)")]

    def test_an_audience_is_never_named_twice(self, plan):
        lines = understood(self.section(plan, "audiences"), "Nhân dân\nNhân dân", anyway={2})

        assert [line.is_new for line in lines] == [True, False]

    def test_the_second_kind_of_bullet_is_a_sub_theme(self, plan):
        ContentThemeFactory(plan=plan)
        pasted = "1. Cán bộ, công chức\n- Văn bản\n- Mô hình\n2. Nhân dân\n- Thủ tục"

        lines = understood(self.section(plan, "themes"), pasted)

        assert [(line.label, line.is_sub) for line in lines] == [
            ("2.", False),
            ("a)", True),
            ("b)", True),
            ("3.", False),
            ("a)", True),
        ]
        rows = as_rows("themes", lines)
        assert [row.parent for row in rows] == [None, rows[0], rows[0], None, rows[3]]

    def test_numbers_of_the_document_are_kept_where_rows_have_them(self, plan):
        lines = understood(self.section(plan), "II.1 Thực hiện\nII.2 Phổ biến")

        assert [line.label for line in lines] == ["II.1", "II.2"]
        assert [row.code for row in as_rows("requirements", lines)] == ["II.1", "II.2"]
        assert not hasattr(as_rows("recipients", lines)[0], "code")

    def test_what_is_too_long_or_too_much_is_no_row(self, plan):
        long = understood(self.section(plan, "recipients"), "x" * 301)
        assert (long[0].is_new, long[0].problem) == (False, "longer than 300 characters")
        many = understood(self.section(plan), "\n".join(f"dòng {n}" for n in range(MOST_LINES + 2)))
        assert [line.is_new for line in many].count(False) == 2

    def test_a_box_read_whole(self, plan, rf):
        posted = rf.post("/", {"lines": "một\nmột\nhai", "anyway": ["2", "x", "9" * 9], "kind": "monitor"}).POST

        paste = read_paste(posted, self.section(plan, "duties"))

        assert (paste["new"], paste["repeated"], paste["kind"]) == (3, 0, "monitor")
        rows = pasted_rows("duties", paste)
        assert [type(row) for row in rows] == [Duty] * 3
        assert {row.kind for row in rows} == {"monitor"}
        assert read_paste(rf.post("/", {"kind": "x"}).POST, self.section(plan, "duties"))["kind"] == "implement"


def test_models_of_pasted_rows():
    assert isinstance(as_rows("themes", understood(section("themes"), "một"))[0], ContentTheme)
    assert isinstance(as_rows("requirements", understood(section(), "một"))[0], Requirement)


def test_letters_as_vietnamese_documents_count():
    assert [lettered(n) for n in (0, 3, 4, 6, 22, 23)] == ["a)", "d)", "đ)", "g)", "y)", "a1)"]
