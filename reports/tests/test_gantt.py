"""The timeline: what was planned, what was reported of it, on the page, in the drawing, on paper and in Excel."""

from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import ProgressState, Status
from activities.progress import State
from activities.tests.factories import (
    ActivityFactory,
    ActivityProgressFactory,
    AssignmentFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    make_world,
    moment,
)
from reports.drawing import FINISHED, LATE, PLANNED, RUNNING, Piece
from reports.gantt import ROWS_OF_A_CHART, build_timeline, shortened
from reports.timeline_paper import timeline_paper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

TODAY = date(2026, 6, 18)


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


def world_with(status=Status.APPROVED, *, start=None, deadline=None, **line):
    world = make_world(status, **line)
    world.activity.start, world.activity.deadline = start, deadline
    world.activity.save()
    return world


def timeline_of(world, today=TODAY, **how):
    return build_timeline(world.period, list(world.plan.reporting_periods.all()), today=today, **how)


def pieces_of(world, **how):
    [chart] = timeline_of(world, **how).charts
    return list(chart.rows[0].pieces)


def page_of(world, query=""):
    return login(world.leader).get(reverse("reports:timeline") + query)


def test_a_focal_point_reads_no_timeline():
    world = make_world()
    browser = login(world.focal_point)

    for name in ("timeline", "timeline_pdf"):
        assert browser.get(reverse(f"reports:{name}")).status_code == 403
    assert browser.get(reverse("reports:chart_svg", args=["gantt"])).status_code == 403


# Planned against reported


def test_under_way_runs_to_the_last_data_cut_off():
    world = world_with(start=date(2026, 2, 1), deadline=date(2026, 12, 15))

    assert pieces_of(world) == [
        Piece(PLANNED, date(2026, 2, 1), date(2026, 12, 15)),
        Piece(RUNNING, date(2026, 3, 15), date(2026, 6, 14)),
    ]


def test_done_runs_to_its_day():
    world = world_with(start=date(2026, 4, 1), deadline=date(2026, 6, 10), state=ProgressState.DONE)

    assert pieces_of(world) == [
        Piece(PLANNED, date(2026, 4, 1), date(2026, 6, 10)),
        Piece(FINISHED, date(2026, 4, 1), date(2026, 6, 1)),
    ]


def test_done_late_shows_the_days_after_the_deadline():
    world = world_with(start=date(2026, 4, 1), deadline=date(2026, 5, 20), state=ProgressState.DONE)

    assert pieces_of(world)[-1] == Piece(LATE, date(2026, 5, 21), date(2026, 6, 1))


def test_done_before_it_was_to_begin():
    world = world_with(start=date(2026, 6, 5), deadline=date(2026, 7, 1), state=ProgressState.DONE)

    assert pieces_of(world)[-1] == Piece(FINISHED, date(2026, 6, 1), date(2026, 6, 1))


def test_overdue_runs_to_the_day_one_looks():
    world = world_with(start=date(2026, 4, 1), deadline=date(2026, 6, 10))

    assert pieces_of(world)[-1] == Piece(LATE, date(2026, 6, 11), TODAY)
    [row] = timeline_of(world).rows
    assert row.words == "Overdue 8 days"


@pytest.mark.parametrize("status", [Status.DRAFT, Status.RETURNED])
def test_what_was_not_sent_is_no_report(status):
    world = world_with(status, deadline=date(2026, 12, 15))

    [row] = timeline_of(world).rows

    assert (row.begun_on, row.told_until) == (None, None)


def test_work_begins_with_the_first_period_that_tells_of_it():
    world = world_with(start=date(2026, 1, 1), deadline=date(2026, 12, 15))
    first = ReportingPeriodFactory(plan=world.plan, ordinal=1)
    earlier = QuarterlyUpdateFactory(period=first, agency=world.agency, status=Status.APPROVED)
    line = ActivityProgressFactory(update=earlier, activity=world.activity, state=ProgressState.NOT_STARTED)
    assert timeline_of(world).rows[0].begun_on == world.period.starts_on

    line.state, line.percent = ProgressState.IN_PROGRESS, 10
    line.save()
    assert timeline_of(world).rows[0].begun_on == date(2026, 1, 1)  # not before it was planned


def test_without_a_time_nothing_is_drawn_as_planned():
    world = world_with()

    timeline = timeline_of(world)

    assert timeline.unstated == 1
    assert [piece.kind for piece in pieces_of(world)] == [RUNNING]
    page = page_of(world)
    assert f'No time is stated for <a href="{page.context["urls"]["unstated"]}"'.replace("&", "&amp;") in page.text


def test_a_continuous_activity_lasts_as_long_as_the_plan():
    world = world_with()
    world.activity.schedule_kind = "continuous"
    world.activity.save()

    [row] = timeline_of(world).rows

    assert (row.planned_from, row.planned_to) == (world.plan.period_start, world.plan.period_end)


def test_a_cancelled_activity_stays_in_the_list_without_a_bar():
    world = world_with(start=date(2026, 4, 1), deadline=date(2026, 6, 10))
    world.activity.cancelled_on = date(2026, 5, 1)
    world.activity.save()

    assert pieces_of(world) == []
    assert timeline_of(world).counts == ((State.CANCELLED, 1),)


def test_a_past_period_stands_as_on_its_day():
    world = world_with(start=date(2026, 4, 1), deadline=date(2026, 6, 25))
    ReportingPeriodFactory(plan=world.plan, ordinal=3)

    timeline = timeline_of(world, today=date(2026, 9, 1))

    assert (timeline.as_of, timeline.is_past) == (world.period.consolidated_due_on, True)
    assert timeline.rows[0].state == State.IN_PROGRESS


# The drawing


def test_a_long_plan_is_drawn_in_parts_on_one_scale():
    world = make_world(Status.APPROVED, activities=ROWS_OF_A_CHART + 2)
    ActivityFactory(plan=world.plan, start=date(2025, 10, 3), deadline=date(2027, 2, 1))

    charts = timeline_of(world).charts

    assert [len(chart.rows) for chart in charts] == [ROWS_OF_A_CHART, 3]
    assert {(chart.first, chart.last) for chart in charts} == {(date(2025, 10, 1), date(2027, 2, 28))}
    assert [words for _day, words in charts[0].columns] == ["2026", "2027"]


def test_months_bear_their_year_where_it_begins():
    world = world_with(start=date(2025, 12, 20), deadline=date(2026, 12, 15))

    words = [words for _day, words in timeline_of(world).charts[0].columns]

    assert words == ["12/25", "1/26", *map(str, range(2, 13))]


def test_each_part_is_a_file():
    world = make_world(Status.APPROVED, activities=ROWS_OF_A_CHART + 1)
    browser = login(world.leader)
    address = reverse("reports:chart_svg", args=["gantt"])

    first, second = (browser.get(address, {"part": part}).content.decode() for part in (1, 2))
    assert first.count("In progress") > second.count("In progress") >= 1
    for part in ("0", "3", "x", "-1", "99999"):
        assert browser.get(address, {"part": part}).status_code == 404, part


def test_a_long_title_is_cut_at_a_word():
    title = "Tuyên truyền, phổ biến các quy định về cơ chế một cửa, " * 3

    assert shortened("Hội nghị") == "Hội nghị"
    assert len(shortened(title)) <= 81 and shortened(title).endswith("…")
    assert title.startswith(shortened(title)[:-1])


# The page


def test_each_state_leads_to_as_many_rows():
    world = make_world(Status.APPROVED, activities=3)
    late, plain, _same = world.all_activities
    late.deadline = date(2026, 6, 1)
    late.save()
    ActivityFactory(plan=world.plan)  # nobody leads it

    timeline = timeline_of(world)
    assert timeline.counts == ((State.OVERDUE, 1), (State.UNASSIGNED, 1), (State.IN_PROGRESS, 2))
    for state, count in timeline.counts:
        page = page_of(world, f"?state={state}")
        assert len(page.context["timeline"].rows) == count
        assert page.text.split("<tbody>")[1].split("</tbody>")[0].count("<tr>") == count
    assert len(page_of(world, "?state=khong-co").context["timeline"].rows) == 4


def test_what_needs_care_comes_first_where_one_asks():
    world = make_world(Status.APPROVED, activities=2)
    second = world.all_activities[1]
    second.deadline = date(2026, 6, 1)
    second.save()

    assert timeline_of(world).rows[0].activity == world.activity
    assert timeline_of(world, by_state=True).rows[0].activity == second


def test_the_table_has_every_number_of_the_drawing():
    world = world_with(start=date(2026, 4, 1), deadline=date(2026, 6, 10))
    page = page_of(world).text

    for words in ("01/04/2026 – 10/06/2026", "01/04/2026 – 14/06/2026", "Overdue 8 days", world.agency.name):
        assert words in page


def test_nothing_to_show():
    world = make_world()
    world.line.delete()
    world.plan.activities.all().delete()
    leader = login(UserFactory(role=Role.LEADER))

    assert "The plan names no activities" in page_of(world).text
    assert "There is no reporting period yet" in leader.get(reverse("reports:timeline")).text
    assert leader.get(reverse("reports:timeline_pdf")).status_code == 302


# Paper and Excel


def test_it_prints_on_a4_landscape():
    world = world_with(start=date(2026, 4, 1), deadline=date(2026, 6, 10))

    answer = login(world.leader).get(reverse("reports:timeline_pdf"))

    assert answer["Content-Type"] == "application/pdf"
    pages = PdfReader(BytesIO(answer.content)).pages
    assert len(pages) == 2
    for page in pages:
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (842, 595)
    text = pages[1].extract_text()
    for words in ("Theo kế hoạch", "01/04/2026 – 10/06/2026", world.agency.name):
        assert words in text
    catalogue = PdfReader(BytesIO(answer.content)).trailer["/Root"]
    assert "/StructTreeRoot" in catalogue  # tagged: a screen reader can read the table


def test_sixty_activities_of_the_longest_kind_print():
    world = make_world(Status.APPROVED, activities=60)
    world.plan.activities.update(title="Tuyên truyền, phổ biến các quy định về cơ chế một cửa, một cửa liên thông " * 4)

    answer = login(world.leader).get(reverse("reports:timeline_pdf"))

    pages = [page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages]
    drawn = [page for page in pages if "Khung viền" in page]
    assert len(drawn) == -(-60 // ROWS_OF_A_CHART)
    assert pages[: len(drawn)] == drawn  # a drawing a sheet, none without its words


def test_the_paper_says_what_the_page_says():
    world = world_with(start=date(2026, 4, 1), deadline=date(2026, 6, 10))
    AssignmentFactory(activity=world.activity)
    timeline = timeline_of(world)

    [line] = timeline_paper(timeline, printed_on=TODAY).lines

    assert (line.planned, line.reported) == ("01/04/2026 – 10/06/2026", "01/04/2026 – 14/06/2026")
    assert line.leads.count(";") == 1
    assert timeline_paper(timeline, printed_on=TODAY).issuer == world.plan.issuing_agency_name


def test_as_a_workbook():
    world = world_with(start=date(2026, 4, 1), deadline=date(2026, 6, 10))

    sheet = load_workbook(BytesIO(page_of(world, "?export=xlsx").content)).worksheets[0]

    heads, row = list(sheet.iter_rows(values_only=True))
    said = dict(zip(heads, row, strict=True))
    assert said["Planned to"].date() == date(2026, 6, 10)
    assert said["Reported to"].date() == date(2026, 6, 14)
    assert (said["State"], said["Days late"]) == ("Overdue", 8)


# Several plans, and an earlier day


@pytest.fixture
def both():
    """A plan with two activities under way, and another one of the locality with an overdue one."""
    world = make_world(Status.APPROVED, activities=2)
    world.other = make_world(Status.APPROVED, locality=world.locality)
    world.other.activity.deadline = date(2026, 6, 1)
    world.other.activity.save()
    return world


def together(world, **how):
    plans = (world.plan, world.other.plan)
    periods = [each for plan in plans for each in plan.reporting_periods.select_related("plan")]
    return build_timeline(world.period, periods, today=TODAY, plans=plans, **how)


def test_several_plans_stand_plan_by_plan_each_under_its_name(both):
    timeline = together(both)

    assert [row.plan for row in timeline.rows] == [both.plan, both.plan, both.other.plan]
    assert timeline.counts == ((State.OVERDUE, 1), (State.IN_PROGRESS, 2))
    [chart] = timeline.charts
    assert [(row.label, row.pieces) for row in chart.rows if row.is_heading] == [
        (str(both.plan), ()),
        (str(both.other.plan), ()),
    ]
    assert [row.is_heading for row in chart.rows] == [True, False, False, True, False]


def test_by_state_each_row_says_its_plan_and_the_starred_come_first(both):
    second = both.all_activities[1]

    found = together(both, by_state=True, starred={second.pk})

    assert [row.activity for row in found.rows] == [second, both.other.activity, both.activity]
    [chart] = found.charts
    assert [row.label.rpartition(" (")[2] for row in chart.rows] == [
        f"{both.plan})",
        f"{both.other.plan})",
        f"{both.plan})",
    ]
    assert found.has_starred and not together(both, by_state=True, starred={0}).has_starred


def test_a_heading_is_repeated_on_the_next_sheet_and_never_stands_last(both):
    for _each in range(ROWS_OF_A_CHART - 4):  # one row of the first sheet is left, no room for a heading and a row
        ActivityFactory(plan=both.plan)
    first, second = together(both).charts
    assert [len(first.rows), len(second.rows)] == [ROWS_OF_A_CHART - 1, 2]

    for _each in range(4):
        ActivityFactory(plan=both.plan)
    first, second = together(both).charts
    assert (first.rows[-1].is_heading, second.rows[0].label) == (False, str(both.plan))


def test_as_many_questions_for_two_plans_as_for_one(both):
    periods = list(type(both.period).objects.filter(plan__in=[both.plan, both.other.plan]).select_related("plan"))
    asked = []
    for plans in ((both.plan,), (both.plan, both.other.plan)):
        with CaptureQueriesContext(connection) as found:
            build_timeline(both.period, periods, today=TODAY, plans=plans)
        asked.append(len(found))

    assert asked[0] == asked[1] <= 6


@pytest.mark.parametrize("asked", ["", "?plan=in-force", "?plan=in-force&sort=state"])
def test_the_page_asks_as_much_for_two_plans_as_for_one(both, asked, django_assert_max_num_queries):
    browser = login(both.leader)
    browser.get(reverse("reports:timeline"))  # the session is new

    with django_assert_max_num_queries(13):
        browser.get(reverse("reports:timeline") + asked)


def test_what_was_sent_later_is_not_told_on_an_earlier_day():
    world = world_with(start=date(2026, 2, 1), deadline=date(2026, 12, 15))
    type(world.update).objects.filter(pk=world.update.pk).update(first_submitted_at=moment(16), submitted_at=moment(16))

    then = timeline_of(world, known_on=date(2026, 6, 15))
    assert (then.as_of, then.known_on, then.rows[0].begun_on) == (date(2026, 6, 15), date(2026, 6, 15), None)
    assert timeline_of(world, known_on=date(2026, 6, 16)).rows[0].begun_on == world.period.starts_on


def test_the_page_says_what_it_looks_at_and_its_files_look_at_the_same(both):
    browser = login(both.leader)

    page = browser.get(reverse("reports:timeline"), {"plan": "in-force", "as_of": "2026-06-17", "state": "overdue"})

    assert "2 plans together" in page.text
    assert "Only what had been sent by the end of 17/06/2026 counts" in page.text
    same = page.context["same"]
    assert {"plan=in-force", "as_of=2026-06-17", "state=overdue", f"period={both.period.pk}"} <= set(same.split("&"))
    assert page.text.count(same.replace("&", "&amp;")) >= 4  # Excel, PDF, SVG, PNG


def test_the_workbook_names_the_plan_of_each_row(both):
    data = login(both.leader).get(f"{reverse('reports:timeline')}?plan=in-force&as_of=2026-06-17&export=xlsx").content

    book = load_workbook(BytesIO(data))
    heads, *rows = book.worksheets[0].iter_rows(values_only=True)
    assert heads[0] == "Plan"
    assert sorted({row[0] for row in rows}) == sorted({str(both.plan), str(both.other.plan)})
    notes = [cell for sheet in book.worksheets[1:] for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert any("Only what had been sent by the end of 17/06/2026" in str(note) for note in notes)


def test_the_paper_names_the_plans_and_the_day(both):
    ActivityFactory.create_batch(ROWS_OF_A_CHART, plan=both.plan, title="Tuyên truyền về cơ chế một cửa " * 4)
    answer = login(both.leader).get(reverse("reports:timeline_pdf"), {"plan": "in-force", "as_of": "2026-06-17"})

    pages = [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(answer.content)).pages]
    drawn = [page for page in pages if "Khung viền" in page]
    assert len(drawn) == 2 and pages[:2] == drawn  # the longer head leaves room for the drawing
    text = " ".join(pages)
    for words in ("2 kế hoạch", "hết ngày 17/06/2026", "in ngày 18/06/2026", str(both.plan), str(both.other.plan)):
        assert words in text


def test_plans_of_another_locality_are_not_among_several(both):
    stranger = make_world(Status.APPROVED)

    page = login(stranger.leader).get(reverse("reports:timeline"), {"plan": "in-force"})

    assert {row.plan for row in page.context["timeline"].rows} == {stranger.plan}
