"""Reports of every kind, built from rows: of a plan, of an agency, of a locality; of one period and of several."""

import hashlib
from datetime import date, timedelta
from time import process_time

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from hypothesis import given, strategies as st

from activities.models import Evidence, Status
from activities.submissions import Punctuality
from activities.tests.factories import (
    ActivityFactory,
    ActivityProgressFactory,
    AssignmentFactory,
    ConsolidatedPeriodFactory,
    ContributionEvidenceFactory,
    ContributionFactory,
    EvidenceFactory,
    IndicatorFactory,
    OutputCountFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    make_world,
)
from activities.versions import keep_version
from agencies.tests.factories import AgencyFactory
from plans.models import PlanStatus
from plans.tests.factories import AudienceFactory, ChannelFactory, ContentThemeFactory, PlanFactory
from reports.annexes import annexes
from reports.counting import Count, sum_of
from reports.models import FileKind, Report, SealedFile
from reports.quarterly import build_quarterly_report, plan_words
from reports.quarterly.building import RELATIONS, build_report, draft_report, sealed_object, size_of
from reports.quarterly.markup import sources_of, write
from reports.quarterly.stored import from_json, to_json
from reports.wording import long_date

from .rows import ReportFactory, ReportPartFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 6, 25)
FIRST_HALF = {
    "span": "half_year",
    "year": 2026,
    "label": "6 tháng đầu năm 2026",
    "starts_on": date(2025, 12, 15),
    "ends_on": date(2026, 6, 14),
    "due_on": date(2026, 6, 20),
}


@pytest.fixture
def world(db):
    """Two agencies, approved in two quarters: 5 done each, 100 articles each, 10 followers more each quarter."""
    world = make_world(Status.APPROVED, agencies=2, quantity_done=5)
    world.articles = IndicatorFactory(code="WEB-1", name="Tin, bài", unit="tin", position=1)
    world.followers = IndicatorFactory(code="SOC-1", name="Người quan tâm", unit="người", is_stock=True, position=2)
    world.first = ReportingPeriodFactory(plan=world.plan, ordinal=1)
    for update in world.all_updates:
        earlier = QuarterlyUpdateFactory(period=world.first, agency=update.agency, status=Status.APPROVED)
        for kept, followers in ((earlier, 10), (update, 20)):
            [line] = kept.progress_rows.all() or [ActivityProgressFactory(update=kept, activity=world.activity)]
            OutputCountFactory(progress=line, indicator=world.articles, value=100)
            OutputCountFactory(progress=line, indicator=world.followers, value=followers)
    return world


def report_of(world, **changes):
    return ReportFactory(**{"period": world.period, **changes})


def half_of(world, **changes):
    half = ConsolidatedPeriodFactory(plan=world.plan)
    return _over_half_a_year(world, **{"consolidated": half, "plan": world.plan, **changes})


def all_of(world, **changes):
    return _over_half_a_year(world, kind="locality", plan=None, begun_by=world.coordinator, **changes)


def _over_half_a_year(world, **changes):
    agency = world.plan.coordinating_agency
    return ReportFactory(period=None, locality=world.locality, agency=agency, **{**FIRST_HALF, **changes})


def own_of(world, **changes):
    return report_of(world, kind="agency", agency=world.agency, begun_by=world.focal_point, **changes)


def figures_of(report):
    return {figure.code: (figure.in_period, figure.cumulative) for figure in report.figures}


def words_of(report):
    return " ".join(paragraph.text for section in report.sections for paragraph in section.paragraphs)


# Nobody else's


def test_an_amendment_is_cited_from_the_span_in_which_it_came(world):
    plan, last = world.plan, world.period.ends_on
    keep_version(plan, issued_on=plan.issued_on, at=timezone.now())
    named = PlanFactory.build(number="45/KH-UBND", title="Sửa đổi, bổ sung Kế hoạch tuyên truyền")
    copied = PlanFactory.build(number="46/KH-UBND", title=plan.title)
    afterwards = PlanFactory.build(number="47/KH-UBND", title=plan.title)
    for amendment, day in ((named, last - timedelta(days=1)), (copied, last), (afterwards, last + timedelta(days=1))):
        keep_version(plan, issued_on=day, at=timezone.now(), signed=amendment)
    plan.status = PlanStatus.AMENDED
    plan.save()

    built = build_report(report_of(world), today=TODAY)

    assert built.heading.legal_bases == (
        f"Căn cứ {plan_words(plan)};",
        f"Căn cứ Kế hoạch số 45/KH-UBND {long_date(last - timedelta(days=1))} của {plan.issuing_agency_name} "
        "về sửa đổi, bổ sung Kế hoạch tuyên truyền;",
        f"Căn cứ Kế hoạch số 46/KH-UBND {long_date(last)} của {plan.issuing_agency_name} "
        f"sửa đổi, bổ sung Kế hoạch số {plan.number}.",
    )


def test_nothing_of_another_locality_or_plan_is_in_it(world):
    other = make_world(Status.APPROVED, words="Lời của tỉnh khác")
    sibling = make_world(Status.APPROVED, locality=world.locality, words="Lời của kế hoạch khác")

    for row in (report_of(world), own_of(world), half_of(world)):
        built = str(build_report(row, today=TODAY))
        assert "ời của" not in built
        assert other.plan.number not in built
    everything = str(build_report(all_of(world), today=TODAY))
    assert "ời của tỉnh khác" not in everything and other.agency.name not in everything
    assert "lời của kế hoạch khác" in everything and sibling.plan.number in everything


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED, Status.RETURNED])
def test_what_is_not_approved_is_in_no_report_but_listed(world, status):
    update = world.all_updates[1]
    update.progress_rows.update(words="Chưa duyệt đâu")
    type(update).objects.filter(pk=update.pk).update(status=status, results="Chung chưa duyệt")

    for row in (report_of(world), half_of(world), all_of(world)):
        built = build_report(row, today=TODAY)
        assert "Chưa duyệt đâu" not in str(built) and "Chung chưa duyệt" not in str(built)
        assert (built.expected - built.approved) == 1
        assert update.agency.name in [line.agency for line in built.submissions]


# Half-years and years


def test_a_half_year_sums_flows_and_never_stocks(world):
    half = build_report(half_of(world), today=TODAY)
    quarter = build_report(report_of(world), today=TODAY)

    assert figures_of(half) == {"WEB-1": (400, 400), "SOC-1": (40, 40)}
    assert figures_of(quarter) == {"WEB-1": (200, 400), "SOC-1": (40, 40)}
    assert (half.activities[0].quantity_in_period, quarter.activities[0].quantity_in_period) == (10, 10)


def test_a_half_year_speaks_of_itself_and_lists_each_period(world):
    built = build_report(half_of(world), today=TODAY)

    assert built.heading.abstract.endswith(", 6 tháng đầu năm 2026")
    assert built.opening.startswith(f"{world.plan.coordinating_agency.name} báo cáo kết quả")
    assert "2 cơ quan, đơn vị phải gửi 4 báo cáo kết quả thực hiện trong kỳ, gồm 2 kỳ báo cáo" in words_of(built)
    assert (built.expected, built.approved, built.agencies) == (4, 4, 2)
    third = annexes(built)[2]
    assert [column.head for column in third.columns][2] == "Kỳ báo cáo"
    assert {row[2].text for row in third.rows} == {"Quý I/2026", "Quý II/2026"}
    assert built.sections[3].title == "NHIỆM VỤ TRỌNG TÂM 6 THÁNG CUỐI NĂM 2026"


def test_one_period_has_no_column_for_the_period(world):
    third = annexes(build_report(report_of(world), today=TODAY))[2]

    assert "Kỳ báo cáo" not in [column.head for column in third.columns]
    assert {len(row) for row in third.rows} == {len(third.columns)}


VALUES = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(0, 10**9)), max_size=20)


@given(VALUES, st.integers(0, 4))
def test_flows_of_adjoining_spans_add_up_and_stocks_take_the_last(values, border):
    counts = [Count(date(2026, 3 * quarter, 14), agency, value, quarter, 0, 0, 0) for quarter, agency, value in values]
    counts.sort()
    before, after = ([row for row in counts if (row.period <= border) is early] for early in (True, False))

    whole, parts = sum_of(counts, False, NOBODY), (sum_of(before, False, NOBODY), sum_of(after, False, NOBODY))
    last = {row.agency: row.value for row in counts}

    assert (whole or 0) == sum(part or 0 for part in parts)
    assert (whole is None) == (not counts)
    assert (sum_of(counts, True, NOBODY) or 0) == sum(last.values())


class _Nobody:
    def superseded(self, _last_said):
        return set()


NOBODY = _Nobody()


# All plans


def test_all_plans_add_up_and_a_stock_stated_twice_counts_once(world):
    sibling = PlanFactory(locality=world.locality, issued_on=date(2026, 2, 1), number="99/KH-UBND")
    activity = ActivityFactory(plan=sibling, number="1")
    AssignmentFactory(activity=activity, agency=world.agency)
    period = ReportingPeriodFactory(plan=sibling)
    line = ActivityProgressFactory(
        update=QuarterlyUpdateFactory(period=period, agency=world.agency, status=Status.APPROVED), activity=activity
    )
    OutputCountFactory(progress=line, indicator=world.articles, value=7)
    OutputCountFactory(progress=line, indicator=world.followers, value=20)

    built = build_report(all_of(world), today=TODAY)

    assert figures_of(built) == {"WEB-1": (407, 407), "SOC-1": (40, 40)}
    assert (built.expected, built.agencies) == (5, 2)
    second, third = annexes(built)[1:3]
    assert [row[1].text for row in second.rows if len(row) == 2] == [world.plan.number, "99/KH-UBND"]
    assert [row[1].span for row in second.rows if len(row) == 2] == [len(second.columns) - 1] * 2
    assert [row[1].text for row in third.rows if len(row) == 2] == [world.plan.number, "99/KH-UBND"]
    assert len(built.heading.legal_bases) == len(built.plans) == 2
    assert built.heading.legal_bases[0].endswith(";") and built.heading.legal_bases[1].endswith(".")
    assert "các kế hoạch thông tin, tuyên truyền cải cách hành chính, 6 tháng đầu năm 2026" in built.heading.abstract
    assert f"hoạt động {world.activity.number} ({world.plan.number})" in words_of(built)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": PlanStatus.DRAFT},
        {"issued_on": date(2026, 6, 15)},
        {"closed_on": date(2025, 12, 1)},
        {"period_start": date(2026, 7, 1)},
        {"period_end": date(2025, 12, 1), "period_start": date(2025, 1, 1)},
    ],
)
def test_a_plan_not_in_force_is_not_among_them(world, changes):
    PlanFactory(locality=world.locality, number="99/KH-UBND", **changes)

    assert "99/KH-UBND" not in str(build_report(all_of(world), today=TODAY))


def test_a_plan_that_carries_out_another_is_reported_through_it(world):
    PlanFactory(locality=world.locality, number="99/KH-UBND", parent=world.plan)

    assert "99/KH-UBND" not in str(build_report(all_of(world), today=TODAY))


def test_a_locality_without_plans_has_a_report_that_says_so(world):
    world.plan.status = PlanStatus.DRAFT
    world.plan.save()

    built = build_report(all_of(world), today=TODAY)

    assert (built.expected, built.activities, built.plans) == (0, (), ())
    assert "không có cơ quan, đơn vị phải gửi báo cáo" in words_of(built)
    assert from_json(to_json(built)) == built


# An agency's own


def test_an_agencys_own_report_tells_of_nobody_else(world):
    world.line.update.progress_rows.update(words="Việc của chúng tôi")
    world.all_updates[1].progress_rows.update(words="Việc của người khác")
    ActivityFactory(plan=world.plan, title="Việc không của ai")

    built = build_report(own_of(world), today=TODAY)

    assert figures_of(built) == {"WEB-1": (100, 200), "SOC-1": (20, 20)}
    assert "việc của chúng tôi" in words_of(built)
    assert "iệc của người khác" not in str(built) and "Việc không của ai" not in str(built)
    assert f"({world.agency.short_name})" not in words_of(built)
    assert [line.agency for line in built.submissions] == [world.agency.name]
    assert built.kind == "agency"
    assert "chủ trì 1 hoạt động. Trong kỳ, đơn vị đã gửi báo cáo đúng hạn; số liệu đã được duyệt" in words_of(built)


def test_it_goes_to_whoever_coordinates_the_plan_in_the_name_of_its_head(world):
    world.agency.head_title, world.agency.symbol, world.agency.name = "Phó Giám đốc phụ trách", "SYT", "Sở Y tế"
    world.agency.parent = world.plan.issuing_agency
    world.agency.save()

    heading = build_report(own_of(world), today=TODAY).heading

    assert heading.addressee == world.plan.coordinating_agency.name
    assert (heading.agency, heading.number.endswith("/BC-SYT")) == ("SỞ Y TẾ", True)
    assert heading.parent_agency == world.plan.issuing_agency.name.replace("Ủy ban nhân dân", "UBND").upper()
    assert (heading.signatory_title, heading.signatory_name) == ("PHÓ GIÁM ĐỐC PHỤ TRÁCH", "")
    assert heading.recipients == ("- Như trên;", "- Lưu: VT.")


def test_the_coordinating_agencys_own_report_goes_to_its_parent(world):
    agency = world.plan.coordinating_agency
    agency.parent = world.plan.issuing_agency
    agency.save()

    assert build_report(own_of(world, **{}), today=TODAY).heading.addressee == agency.name
    own = report_of(world, kind="agency", begun_by=world.coordinator)
    assert build_report(own, today=TODAY).heading.addressee == world.plan.issuing_agency.name


def test_a_commune_dates_its_report_at_home(world):
    world.agency.name, world.agency.kind = "UBND phường An Bình", "commune_committee"
    world.agency.save()

    heading = build_report(own_of(world), today=TODAY).heading

    assert heading.place_and_date.startswith("An Bình, ngày")
    assert (heading.parent_agency, heading.signing_authority) == ("", "TM. ỦY BAN NHÂN DÂN")


def test_what_it_helped_with_stands_beside_what_it_leads(world):
    helped = ActivityFactory(plan=world.plan, title="Việc Sở Nội vụ chủ trì", number="9")
    AssignmentFactory(activity=helped, agency=world.all_updates[1].agency)
    AssignmentFactory(activity=helped, agency=world.agency, role="cooperating")
    ContributionFactory(period=world.period, activity=helped, agency=world.agency, words="Cử 2 báo cáo viên.")

    built = build_report(own_of(world), today=TODAY)

    assert [line.number for line in built.activities] == [world.activity.number, "9"]
    assert (built.led, built.helped) == (1, 1)
    assert "chủ trì 1 hoạt động và phối hợp thực hiện 1 hoạt động" in words_of(built)
    assert "Phối hợp thực hiện hoạt động 9: cử 2 báo cáo viên." in words_of(built)
    assert "Phối hợp thực hiện hoạt động 9: việc Sở Nội vụ chủ trì" in words_of(built).replace("Việc", "việc")


def test_a_target_shared_with_others_is_not_its_own(world):
    world.activity.target_quantity, world.activity.target_unit = 40, "hội nghị"
    world.activity.save()

    shared = build_report(own_of(world), today=TODAY).activities[0]
    world.activity.assignments.exclude(agency=world.agency).delete()
    alone = build_report(Report.objects.get(kind="agency"), today=TODAY).activities[0]

    assert (shared.target, shared.target_percent, shared.quantity_in_period) == (None, None, 5)
    assert alone.target == 40


def test_its_state_is_what_it_said_itself(world):
    own, other = (update.progress_rows.get() for update in world.all_updates)
    type(own).objects.filter(pk=own.pk).update(state="done", percent=100, completed_on=date(2026, 5, 1))

    built = build_report(own_of(world), today=TODAY)

    assert (built.activities[0].state, built.activities[0].percent) == ("done", 100)
    assert build_report(report_of(world), today=TODAY).activities[0].state == "in-progress"
    assert other.state == "in_progress"


def test_an_own_report_that_was_not_sent_says_so(world):
    world.update.progress_rows.all().delete()
    type(world.update).objects.filter(pk=world.update.pk).update(
        status=Status.DRAFT, submitted_at=None, first_submitted_at=None
    )

    built = build_report(own_of(world), today=TODAY)

    assert "đơn vị chưa gửi báo cáo (Phụ lục III)" in words_of(built)
    assert built.submissions[0].punctuality == Punctuality.MISSING


# The narrative, its sources and what was edited


def test_every_sentence_made_of_words_knows_the_update_they_came_from(world):
    for place, update in enumerate(world.all_updates):
        type(update).objects.filter(pk=update.pk).update(results=f"Đã chỉ đạo việc {place}", proposals="Thêm kinh phí")
        update.progress_rows.update(words=f"Đã mở {place + 3} lớp. Có 20 người")
    first, second = (update.pk for update in world.all_updates)

    parts = {part.code: part for part in draft_report(report_of(world), today=TODAY)}
    said = {each.text: each.sources for part in parts.values() for p in part.paragraphs for each in p.sentences}

    assert said[f"{world.agency.name}: Đã chỉ đạo việc 0."] == (first,)
    assert [keys for text, keys in said.items() if "mở 4 lớp" in text] == [(second,)]
    assert [keys for text, keys in said.items() if "hêm kinh phí" in text] == [(first, second)]
    assert [keys for text, keys in said.items() if "[[count.sent]]/" in text] == [(first, second)]
    assert [keys for text, keys in said.items() if "[[WEB-1.in_period]]" in text] == [(first, second)]


def test_words_stand_under_the_theme_the_activity_serves_and_under_its_channel(world):
    audience = AudienceFactory(plan=world.plan, text="Người dân")
    theme = ContentThemeFactory(plan=world.plan, text="Dịch vụ công trực tuyến")
    theme.audiences.add(audience)
    ContentThemeFactory(plan=world.plan, text="Thể chế")
    world.activity.themes.add(theme)
    channel = ChannelFactory(name="Báo chí")
    other = ActivityFactory(plan=world.plan, number="77", title="Đăng báo")
    other.channels.add(channel)
    channel.indicators.add(world.articles)
    AssignmentFactory(activity=other, agency=world.agency)
    ActivityProgressFactory(update=world.update, activity=other, words="Đăng 3 bài")
    world.update.progress_rows.filter(activity=world.activity).update(words="Mở lớp")

    parts = {part.code: [p.text for p in part.paragraphs] for part in build_report(report_of(world), today=TODAY).parts}

    number, name = world.activity.number, world.agency.short_name
    assert parts["II.1"][0] == f"a) Dịch vụ công trực tuyến: thực hiện qua hoạt động {number}."
    assert f": mở lớp ({name}); " in parts["II.1"][1]
    assert parts["II.1"][-1] == "1/2 nội dung của Kế hoạch chưa ghi nhận kết quả trong kỳ."
    assert parts["II.2"][1] == "a) Báo chí:"
    assert parts["II.2"][3] == f"- Hoạt động 77 - Đăng báo: đăng 3 bài ({name})."
    assert parts["II.3"] == [f"a) Người dân: thực hiện qua hoạt động {number}."]
    assert not [text for text in parts["II.4"] if "lớp" in text or "3 bài" in text]


def test_an_edited_part_prints_todays_figures_and_the_others_are_drafted_anew(world):
    report = report_of(world)
    drafted = draft_report(report, today=TODAY)
    for place, part in enumerate(drafted):
        ReportPartFactory(
            report=report,
            code=part.code,
            position=place,
            body=write(part.paragraphs),
            drafted=write(part.paragraphs),
            sources=sources_of(part.paragraphs),
        )
    edited = report.parts.get(code="I")
    edited.body = f"**Nhận xét:** có [[count.sent]] báo cáo.\n{edited.body}"
    edited.edited_at, edited.edited_by = timezone.now(), report.begun_by
    edited.save()
    before = build_report(report, today=TODAY)
    type(world.update).objects.filter(pk=world.update.pk).update(
        status=Status.DRAFT, submitted_at=None, first_submitted_at=None
    )

    after = build_report(report, today=TODAY)

    assert before.parts[0].paragraphs[0].text == "Nhận xét: có 2 báo cáo."
    assert before.parts[0].paragraphs[0].runs[0].bold
    assert before.parts[0].paragraphs[1].sentences == drafted[0].paragraphs[0].sentences
    assert before.parts[1:] == drafted[1:]
    assert after.parts[0].paragraphs[0].text == "Nhận xét: có 1 báo cáo."
    assert "1/2 cơ quan" in after.parts[0].paragraphs[1].text


def test_the_document_ends_where_it_ends(world):
    report = report_of(world)
    ReportPartFactory(
        report=report,
        code="V",
        position=9,
        body="1. Cấp *kinh phí.*",
        edited_at=timezone.now(),
        edited_by=report.begun_by,
    )

    last = build_report(report, today=TODAY).sections[-1].paragraphs[-1]

    assert last.text == "1. Cấp kinh phí./."
    assert last.runs[-1].text == "kinh phí./."


def test_hostile_words_are_words(world):
    words = "**x** [[count.sent]] \\* <script> * _y_ “a” 1) {pk}"
    world.update.progress_rows.update(words=words)
    type(world.update).objects.filter(pk=world.update.pk).update(results=words, difficulties=words, proposals=words)

    report = report_of(world)
    drafted = draft_report(report, today=TODAY)

    for section in build_report(report, today=TODAY).sections:
        for paragraph in section.paragraphs:
            assert "script" not in paragraph.text or words in paragraph.text
            assert not any(run.bold or run.italic for run in paragraph.runs)
    assert "\\[[count.sent]]" in "".join(write(part.paragraphs) for part in drafted)


# Issued, and corrected


def test_a_draft_leaves_open_what_an_issued_report_says(world):
    draft = build_report(report_of(world), today=TODAY)
    Report.objects.all().delete()
    issued = report_of(world, is_issued=True, number=7, signing_authority="KT. GIÁM ĐỐC", code="ABC123")

    built = build_report(issued, today=TODAY)

    assert draft.is_draft and "\u2003" in draft.heading.number and draft.heading.signatory_name == ""
    assert not built.is_draft
    assert built.heading.number == "Số: 07/BC-SNV"
    assert built.heading.place_and_date.endswith(", ngày 20 tháng 6 năm 2026")
    assert (built.heading.signing_authority, built.heading.signatory_name) == ("KT. GIÁM ĐỐC", "Nguyễn Thị Hạnh")
    assert built.check_url == "https://portal.example/check/ABC123/"


def test_number_and_day_that_are_not_saved_yet_are_printed(world):
    report = Report.objects.get(pk=report_of(world).pk)
    report.number, report.symbol, report.issued_on, report.code = 12, "BC-SNV", date(2026, 6, 25), "XYZ"

    built = build_report(report, today=TODAY)

    assert (built.heading.number, built.check_code, built.is_draft) == ("Số: 12/BC-SNV", "XYZ", False)


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.usefixtures("media")
def test_a_correction_lists_what_it_says_otherwise_than_what_was_sealed(world):
    first = report_of(world, is_issued=True, number=7)
    sealed = build_report(first, today=TODAY)
    data = to_json(sealed)
    SealedFile.objects.create(
        report=first,
        kind=FileKind.DATA,
        file=ContentFile(data, "data.json"),
        file_name="data.json",
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )
    world.line.output_counts.filter(indicator=world.articles).update(value=130)
    correction = report_of(world, ordinal=2, replaces=first, reason="Sai số")

    built = build_report(correction, today=TODAY)

    assert sealed_object(first) == sealed
    assert ("Tin, bài (tin): trong kỳ", "200", "230", "Số liệu") in built.differences
    assert built.replaces == "Báo cáo số 07/BC-SNV ngày 20 tháng 6 năm 2026"
    assert built.replaces in built.heading.note
    assert annexes(built)[4].rows
    assert build_report(first, today=TODAY).differences == ()


def test_a_correction_of_what_was_never_kept_lists_nothing(world):
    first = report_of(world, is_issued=True, number=7)

    assert build_report(report_of(world, ordinal=2, replaces=first), today=TODAY).differences == ()


# How much, how fast


def test_the_object_of_every_kind_comes_back_from_its_data(world):
    for row in (report_of(world), own_of(world), half_of(world), all_of(world)):
        built = build_report(row, today=TODAY)
        assert from_json(to_json(built)) == built


def test_size_is_the_number_of_lines(world, django_assert_num_queries):
    row, half, own, everything = report_of(world), half_of(world), own_of(world), all_of(world)

    assert [size_of(each) for each in (row, half, own, everything)] == [2, 4, 1, 4]
    with django_assert_num_queries(1):
        assert size_of(world.period) == 2


@pytest.mark.parametrize(
    ("make", "most"), [(report_of, 12), (half_of, 13), (own_of, 13), (all_of, 14)], ids=["plan", "half", "own", "all"]
)
def test_questions_do_not_grow_with_the_rows(world, make, most, django_assert_max_num_queries):
    row = make(world)
    for _more in range(3):
        other = make_world(Status.APPROVED, locality=world.locality, activities=3, agencies=3)
        for line in other.all_updates[0].progress_rows.all():
            EvidenceFactory(progress=line)
    for activity in ActivityFactory.create_batch(5, plan=world.plan):
        AssignmentFactory(activity=activity, agency=world.agency)
        activity.themes.add(ContentThemeFactory(plan=world.plan))
        EvidenceFactory(progress=ActivityProgressFactory(update=world.update, activity=activity))
    loaded = Report.objects.select_related(*RELATIONS).get(pk=row.pk)

    with django_assert_max_num_queries(most):
        build_report(loaded, today=TODAY)


def test_five_thousand_pieces_of_evidence_are_read_within_a_second_or_so(world, django_assert_max_num_queries):
    proof = EvidenceFactory(progress=world.line)
    many = [Evidence(**{**facts_of(proof), "caption": f"Ảnh {place}"}) for place in range(4999)]
    Evidence.objects.bulk_create(many)
    row = Report.objects.select_related(*RELATIONS).get(pk=report_of(world).pk)
    began = process_time()

    with django_assert_max_num_queries(12):
        built = build_report(row, today=TODAY)

    assert len(built.evidence) == 5000
    assert process_time() - began < 2  # a third of a second on a quiet machine


def facts_of(proof):
    facts = [field for field in proof._meta.concrete_fields if not field.primary_key]
    return {field.attname: getattr(proof, field.attname) for field in facts}


def test_a_file_that_the_virus_scan_refused_proves_nothing(world):
    EvidenceFactory(progress=world.line, caption="Sạch", scan="clean")
    EvidenceFactory(progress=world.line, caption="Nhiễm", scan="refused")

    assert [row.caption for row in build_report(report_of(world), today=TODAY).evidence] == ["Sạch"]


def test_evidence_says_its_key_and_its_hash(world):
    proof = EvidenceFactory(progress=world.line, sha256="a" * 64)

    [line] = build_report(report_of(world), today=TODAY).evidence

    assert (line.evidence_id, line.sha256) == (proof.pk, "a" * 64)


def part_proved(world, activity=None, period=None, **facts):
    """What proves the part of a cooperating agency in an activity that the world's first agency leads."""
    part = ContributionFactory(period=period or world.period, activity=activity or world.activity)
    return ContributionEvidenceFactory(contribution=part, caption="Ảnh phối hợp", **facts)


def test_what_proves_a_part_is_listed_under_the_agency_that_added_it(world):
    own, part = EvidenceFactory(progress=world.line, caption="Ảnh của ta"), part_proved(world)

    built = build_report(report_of(world), today=TODAY)

    assert [(line.caption, line.agency, line.evidence_id, line.part_evidence_id) for line in built.evidence] == [
        ("Ảnh của ta", world.agency.short_name, own.pk, 0),
        ("Ảnh phối hợp", f"{part.contribution.agency.short_name} (phối hợp)", 0, part.pk),
    ]
    annex = annexes(built)[3]
    assert [row[2].text for row in annex.rows] == [line.agency for line in built.evidence]
    assert dict(built.values)["count.evidence"] == "2"
    texts = [paragraph.text for part in built.parts for paragraph in part.paragraphs]
    assert any("có 2 minh chứng (Phụ lục IV)" in text for text in texts)


def test_an_agencys_own_report_lists_what_proves_its_own_parts_alone(world):
    part_proved(world)
    agency = world.agency
    part = part_proved(world, ActivityFactory(plan=world.plan, number="77"))
    type(part.contribution).objects.filter(pk=part.contribution_id).update(agency=agency)

    [line] = build_report(own_of(world), today=TODAY).evidence

    assert (line.activity_number, line.agency) == ("77", f"{agency.short_name} (phối hợp)")


def test_a_part_in_what_no_approved_line_tells_of_is_not_proved(world):
    silent = ActivityFactory(plan=world.plan)
    part_proved(world, silent)
    part_proved(world, removed_at=timezone.now())
    world.period.updates.update(status=Status.SUBMITTED)
    part_proved(world)

    assert not build_report(report_of(world), today=TODAY).evidence


def test_a_preview_of_a_half_year_is_the_same_object(world):
    half = type(ConsolidatedPeriodFactory(plan=world.plan)).objects.select_related(
        "plan__issuing_agency", "plan__coordinating_agency__parent", "plan__locality"
    )

    built = build_quarterly_report(half.get(), today=TODAY)

    assert figures_of(built) == {"WEB-1": (400, 400), "SOC-1": (40, 40)}
    assert built.report_id is None


def test_updates_with_words_but_no_line_are_told(world):
    agency = AgencyFactory(locality=world.locality, short_name="Sở Lặng lẽ")
    AssignmentFactory(activity=world.activity, agency=agency)
    QuarterlyUpdateFactory(period=world.period, agency=agency, status=Status.APPROVED, difficulties="Thiếu người")

    built = build_report(report_of(world), today=TODAY)

    assert "Thiếu người (Sở Lặng lẽ)" in words_of(built)
    assert built.approved == 3


def test_nothing_to_report_counts_as_sent_and_approved_and_says_nothing(world):
    type(world.update).objects.filter(pk=world.update.pk).update(
        nothing_to_report=True, nothing_reason="Không có", results="Chữ gõ trước"
    )

    built = build_report(report_of(world), today=TODAY)

    assert (built.approved, built.nothing, built.unapproved) == (2, 1, 0)
    assert "1 báo cáo nêu không phát sinh kết quả trong kỳ" in words_of(built)
    assert "Chữ gõ trước" not in str(built)
    assert "Đã duyệt (không phát sinh)" in [row[6].text for row in annexes(built)[2].rows]
