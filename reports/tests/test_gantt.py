"""The timeline: what was planned, what was reported of it, on the page, in the drawing, on paper and in Excel."""

from datetime import date
from io import BytesIO

import pytest
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
    assert "The plan states no time for 1 of them." in page_of(world).text


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

    [line] = timeline_paper(timeline).lines

    assert (line.planned, line.reported) == ("01/04/2026 – 10/06/2026", "01/04/2026 – 14/06/2026")
    assert line.leads.count(";") == 1
    assert timeline_paper(timeline).issuer == world.plan.issuing_agency_name


def test_as_a_workbook():
    world = world_with(start=date(2026, 4, 1), deadline=date(2026, 6, 10))

    sheet = load_workbook(BytesIO(page_of(world, "?export=xlsx").content)).worksheets[0]

    heads, row = list(sheet.iter_rows(values_only=True))
    said = dict(zip(heads, row, strict=True))
    assert said["Planned to"].date() == date(2026, 6, 10)
    assert said["Reported to"].date() == date(2026, 6, 14)
    assert (said["State"], said["Days late"]) == ("Overdue", 8)
