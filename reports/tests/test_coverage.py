"""Themes by audiences: what has been said to whom, what to nobody, and the activities each cell leads to."""

import re
from datetime import date
from html import unescape
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import ProgressState, Status
from activities.tests.factories import (
    ActivityFactory,
    ActivityProgressFactory,
    EvidenceFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    make_world,
    moment,
)
from activities.versions import keep_version
from plans.tests.factories import AudienceFactory, ContentThemeFactory
from reports.coverage import Reach, Told, build_coverage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

TODAY = date(2026, 6, 18)


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def world():
    """Two audiences; a theme that was said, one whose activity says nothing yet, one that nothing serves, a head."""
    world = make_world(Status.APPROVED)
    world.officials = AudienceFactory(plan=world.plan, text="Cán bộ, công chức")
    world.people = AudienceFactory(plan=world.plan, text="Người dân, doanh nghiệp")
    world.head = theme(world, "Đối với người dân")
    world.said = theme(world, "Dịch vụ công trực tuyến", world.people, world.officials, parent=world.head)
    world.waiting = theme(world, "Cuộc thi tìm hiểu", world.people)
    world.unserved = theme(world, "Quyền và nghĩa vụ", world.people)
    world.activity.themes.add(world.said)
    world.silent = ActivityFactory(plan=world.plan)
    world.silent.themes.add(world.waiting)
    return world


def theme(world, text, *audiences, **facts):
    row = ContentThemeFactory(plan=world.plan, text=text, **facts)
    row.audiences.set(audiences)
    return row


def coverage_of(world, period=None):
    return build_coverage(period or world.period, today=TODAY)


def cells_of(world, **how):
    return {(cell.theme, cell.audience): cell for row in coverage_of(world, **how).rows for cell in row.cells}


def page_of(world, query=""):
    return login(world.leader).get(reverse("reports:coverage") + query)


def test_a_focal_point_reads_no_coverage(world):
    browser = login(world.focal_point)

    assert browser.get(reverse("reports:coverage")).status_code == 403
    assert browser.get(reverse("reports:coverage_xlsx")).status_code == 403


def test_how_far_each_theme_has_come(world):
    cells = cells_of(world)

    assert cells[world.said, world.people].reach == Reach.SAID
    assert cells[world.said, world.officials].reach == Reach.SAID
    assert cells[world.waiting, world.people].reach == Reach.WAITING
    assert cells[world.unserved, world.people].reach == Reach.NOBODY
    assert cells[world.unserved, world.officials].reach == Reach.NOT_MEANT
    assert all(cell.theme != world.head for cell in cells.values())


def test_worst_first(world):
    assert [row.theme for row in coverage_of(world).rows] == [world.unserved, world.waiting, world.said]


def test_the_audience_that_misses_most(world):
    worst = coverage_of(world).worst

    assert (worst.audience, worst.unsaid, worst.whole) == (world.people, 2, 3)


def test_the_sentence(world):
    page = page_of(world).text
    sentence = " ".join(re.sub(r"<[^>]+>", " ", page.split("<h1>")[1].split("</h1>")[0]).split())

    assert sentence == "2/3 themes have not come to: Người dân, doanh nghiệp."


def test_results_and_evidence_are_those_of_the_period(world):
    first = ReportingPeriodFactory(plan=world.plan, ordinal=1)
    earlier = QuarterlyUpdateFactory(period=first, agency=world.agency, status=Status.APPROVED)
    EvidenceFactory(progress=ActivityProgressFactory(update=earlier, activity=world.activity))
    EvidenceFactory.create_batch(2, progress=world.line)
    EvidenceFactory(progress=world.line, removed_at=moment(16))

    assert cells_of(world)[world.said, world.people].told == Told(activities=1, active=1, results=1, evidence=2)
    assert cells_of(world, period=first)[world.said, world.people].told == Told(1, 1, 1, 1)


@pytest.mark.parametrize(
    "facts",
    [
        {"status": Status.DRAFT},
        {"status": Status.RETURNED},
        {"state": ProgressState.NOT_STARTED},
        {"nothing_in_period": True},
    ],
)
def test_what_says_nothing(world, facts):
    """A draft, a returned update, a line without work."""
    status = facts.pop("status", None)
    if status:
        world.update.status = status
        world.update.save()
    for name, value in facts.items():
        setattr(world.line, name, value)
    world.line.percent = 0 if world.line.state == ProgressState.NOT_STARTED else world.line.percent
    world.line.save()

    assert cells_of(world)[world.said, world.people].reach == Reach.WAITING


def test_a_cancelled_activity_serves_no_theme(world):
    for activity in (world.silent, ActivityFactory(plan=world.plan)):
        activity.cancelled_on = date(2026, 6, 1)
        activity.save()

    found = coverage_of(world)

    assert cells_of(world)[world.waiting, world.people].reach == Reach.NOBODY
    assert (found.activity_count, found.unlinked) == (1, 0)


def test_a_past_period_is_read_by_the_plan_in_force_then(world):
    first = ReportingPeriodFactory(plan=world.plan, ordinal=1)
    keep_version(world.plan, issued_on=date(2026, 1, 15), at=moment())
    added = ActivityFactory(plan=world.plan)
    added.themes.add(world.unserved)
    keep_version(world.plan, issued_on=date(2026, 5, 4), at=moment())
    world.silent.cancelled_on = date(2026, 5, 4)
    world.silent.save()
    browser = login(world.leader)

    then, now = cells_of(world, period=first), cells_of(world)

    assert then[world.unserved, world.people].reach == Reach.NOBODY
    assert now[world.unserved, world.people].reach == Reach.WAITING
    assert then[world.waiting, world.people].reach == Reach.WAITING
    assert now[world.waiting, world.people].reach == Reach.NOBODY
    for period, cells in ((first, then), (world.period, now)):
        for each in (world.unserved, world.waiting):
            page = browser.get("/activities/", {"plan": world.plan.pk, "of": period.pk, "theme": each.pk})
            assert page.context["total"] == cells[each, world.people].told.activities


def test_a_theme_that_names_nobody_has_a_column_of_its_own(world):
    lost = theme(world, "Kết quả cải cách")

    found = coverage_of(world)

    assert [each.audience for each in found.audiences] == [world.officials, world.people, None]
    assert cells_of(world)[lost, None].reach == Reach.NOBODY
    assert cells_of(world)[lost, world.people].reach == Reach.NOT_MEANT
    assert "Audience not stated" in page_of(world).text


def test_everything_said(world):
    for each in (world.waiting, world.unserved):
        each.delete()

    assert coverage_of(world).worst is None
    assert "Every theme has come to everybody it is meant for." in page_of(world).text


def test_every_cell_leads_to_the_activities_it_counts(world):
    other = ActivityFactory(plan=world.plan)
    other.themes.add(world.said, world.waiting)
    ActivityFactory(plan=world.plan)  # serves nothing
    ActivityFactory().themes.add(theme(make_world(), "Của nơi khác"))
    browser = login(world.leader)
    page = page_of(world).text
    links = re.findall(r'<a[^>]* href="(/activities/\?[^"]+)">(\d+) activit[^<]*</a>', page)
    assert len(links) == 4  # two cells of the theme that was said, one that waits, the activities of no theme

    for address, count in links:
        assert browser.get(unescape(address)).context["total"] == int(count), address


def test_every_number_of_themes_leads_to_as_many_rows(world):
    page = page_of(world).text
    links = re.findall(r'<a[^>]* href="(\?[^"]*)"[^>]*>(.*?)</a>', page, re.S)
    links = [(address, words) for address, words in links if "audience=" in address or "show=unsaid" in address]
    assert len(links) >= 6

    for address, words in links:
        words = re.sub(r"<[^>]+>", " ", words)
        said = re.search(r"(\d+)/(\d+) said", words)
        expected = int(said[2]) if said else int(re.search(r"\d+", words)[0])
        assert page_of(world, unescape(address)).text.split("<tbody>")[1].split("</tbody>")[0].count("<tr>") == expected


def test_the_activities_of_a_theme_say_what_they_are_narrowed_by(world):
    page = login(world.leader).get(f"/activities/?theme={world.said.pk}&audience={world.people.pk}")

    assert page.context["total"] == 1
    assert f'<option value="{world.said.pk}" selected>' in page.text
    assert "Content theme" not in login(world.leader).get("/activities/").text


def test_another_localitys_theme_narrows_nothing(world):
    strange = theme(make_world(), "Của nơi khác")

    page = login(world.leader).get(f"/activities/?theme={strange.pk}")

    assert strange.text not in page.text
    assert page.context["filter"].form.errors


def test_as_a_workbook(world):
    answer = login(world.leader).get(reverse("reports:coverage_xlsx"))

    matrix, cells, *_notes = load_workbook(BytesIO(answer.content)).worksheets
    rows = list(matrix.iter_rows(values_only=True))
    assert rows[0] == ("Theme of the plan", str(world.officials), str(world.people))
    assert {row[0]: row[1:] for row in rows[1:]} == {
        str(world.unserved): ("Not meant for them", "No activity serves it"),
        str(world.waiting): ("Not meant for them", "Nothing reported yet"),
        str(world.said): ("Said", "Said"),
    }
    said = [row for row in cells.iter_rows(min_row=2, values_only=True) if row[0] == str(world.said)]
    assert [row[2:] for row in said] == [("Said", 1, 1, 1, 0)] * 2


def test_nothing_to_show():
    world = make_world()
    leader = login(UserFactory(role=Role.LEADER))

    assert "The plan names no content theme" in page_of(world).text
    assert "There is no reporting period yet" in leader.get(reverse("reports:coverage")).text
    assert leader.get(reverse("reports:coverage_xlsx")).status_code == 200
