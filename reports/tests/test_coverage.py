"""Themes by audiences: what has been said to whom, what to nobody, and the activities each cell leads to."""

import re
from datetime import date
from html.parser import HTMLParser
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
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


class Links(HTMLParser):
    """(address, what it says of where it leads: rows or a sum) of a page's links; its rows and the sum at its foot."""

    def __init__(self, html):
        super().__init__()
        self.counts, self.sums, self.rows, self.total, self.in_body = set(), set(), 0, None, False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.in_body = self.in_body or tag == "tbody"
        self.rows += tag == "tr" and self.in_body
        for name, found in (("data-count", self.counts), ("data-sum", self.sums)):
            if tag == "a" and name in attrs:
                found.add((attrs["href"], int(attrs[name])))
        self.total = int(attrs.get("data-total", self.total or 0))

    def handle_endtag(self, tag):
        self.in_body = self.in_body and tag != "tbody"


VIEWS = {
    "today": "period={period}",
    "a past period": "period={first}",
    "as of an earlier day": "period={period}&as_of=2026-06-15",
    "another plan": "plan={other}&period={period}",
    "plans in force": "period={period}&plan=in-force",
    "plans in force, one audience": "period={period}&plan=in-force&audience={people}",
    "plans of the year as of an earlier day": "period={period}&plan=year-2026&as_of=2026-06-15",
}


@pytest.fixture
def two(world):
    """Another plan of the locality with words of its own; results and evidence that came on different days."""
    world.first = ReportingPeriodFactory(plan=world.plan, ordinal=1)
    earlier = QuarterlyUpdateFactory(period=world.first, agency=world.agency, status=Status.APPROVED)
    EvidenceFactory(progress=ActivityProgressFactory(update=earlier, activity=world.activity))
    EvidenceFactory.create_batch(2, progress=world.line)
    EvidenceFactory(progress=world.line, added_at=moment(17))
    both = ActivityFactory(plan=world.plan)
    both.themes.add(world.said, world.waiting)
    late = QuarterlyUpdateFactory(period=world.period, status=Status.SUBMITTED, leads=False, submitted_at=moment(17))
    ActivityProgressFactory(update=late, activity=both)
    ActivityFactory(plan=world.plan)  # serves nothing
    world.other = make_world(Status.APPROVED, locality=world.locality, agencies=2)
    world.same_words = AudienceFactory(plan=world.other.plan, text=world.people.text)
    told, lost, _more = ContentThemeFactory.create_batch(3, plan=world.other.plan)
    told.audiences.add(world.same_words)
    world.other.activity.themes.add(told)
    world.told, world.lost = told, lost
    return world


def asked(two, view):
    keys = {"period": two.period.pk, "first": two.first.pk, "other": two.other.plan.pk, "people": two.people.pk}
    return f"?{VIEWS[view].format(**keys)}"


@pytest.mark.parametrize("view", VIEWS)
def test_every_number_leads_to_its_rows(two, view):
    ActivityFactory().themes.add(theme(make_world(), "Của nơi khác"))
    browser, start = login(two.leader), reverse("reports:coverage")
    page = Links(browser.get(start + asked(two, view)).text)

    def at(address):
        answer = browser.get(address if address.startswith("/") else start + address)
        assert answer.status_code == 200, address
        return Links(answer.text)

    counted = {(address, n): at(address).rows for address, n in page.counts}
    summed = {(address, n): at(address).total for address, n in page.sums}
    assert {each: rows for each, rows in counted.items() if rows != each[1]} == {}
    assert {each: total for each, total in summed.items() if total != each[1]} == {}
    assert len(counted) >= 6
    assert summed or view == "another plan"


def test_plans_stand_one_below_the_other_each_with_its_own_audiences(two):
    answer = page_of(two, asked(two, "plans in force"))
    found = answer.context["coverage"]

    assert [part.plan for part in found.of_plans] == [two.other.plan, two.plan]  # most left to say first
    assert [heard.audience for heard in found.of_plans[0].audiences] == [two.same_words, None]
    assert [heard.audience for heard in found.of_plans[1].audiences] == [two.officials, two.people]
    assert (found.unsaid, found.unserved, found.unlinked) == (3, 3, 1)
    assert answer.text.count("<table") == 2


def test_plans_together_are_those_of_each(two):
    one, other, both = (
        page_of(two, asked(two, view)).context["coverage"] for view in ("today", "another plan", "plans in force")
    )

    assert set(both.rows) == set(one.rows) | set(other.rows)


def test_an_earlier_day_knows_what_had_been_sent_and_proven_by_then(two):
    now, then = (
        {row.theme: row.told for row in page_of(two, asked(two, view)).context["coverage"].rows}
        for view in ("today", "as of an earlier day")
    )

    assert (now[two.said], then[two.said]) == (Told(2, 2, 2, 3), Told(2, 1, 1, 2))
    assert (now[two.waiting].reach, then[two.waiting].reach) == (Reach.SAID, Reach.WAITING)


def test_the_results_of_a_theme_are_for_those_who_read_the_state_of_plans(two):
    address = reverse("reports:coverage_lines", args=[two.told.pk])
    leader = login(two.leader)

    assert login(two.focal_point).get(address).status_code == 403
    assert login(make_world().leader).get(address).status_code == 404
    assert leader.get(address, {"plan": two.plan.pk}).status_code == 404
    assert len(leader.get(address, {"plan": "in-force"}).context["page"]) == 2
    nothing = reverse("reports:coverage_lines", args=[two.lost.pk])
    assert "Nothing of this theme has been reported" in leader.get(nothing, {"plan": "in-force"}).text


@pytest.mark.parametrize("view", ["today", "plans in force"])
def test_more_plans_and_themes_ask_no_more_questions(two, view):
    browser = login(two.leader)

    def queries():
        with CaptureQueriesContext(connection) as done:
            assert browser.get(reverse("reports:coverage") + asked(two, view)).status_code == 200
        return len(done)

    queries()
    few = queries()
    for plan in (two.plan, make_world(Status.APPROVED, locality=two.locality).plan):
        for row in ContentThemeFactory.create_batch(3, plan=plan):
            row.audiences.add(AudienceFactory(plan=plan))
            ActivityFactory(plan=plan).themes.add(row)
    assert queries() == few <= 15


def test_the_workbook_of_several_plans_has_a_sheet_for_each(two):
    address = reverse("reports:coverage_xlsx") + asked(two, "plans of the year as of an earlier day")

    book = load_workbook(BytesIO(login(two.leader).get(address).content))

    plans = [str(two.plan), str(two.other.plan)]
    cells = list(book["One by one"].iter_rows(min_row=2, values_only=True))
    assert len(book.worksheets) == 4
    assert {row[0] for row in cells} == set(plans)
    assert [row[3:] for row in cells if row[1] == str(two.said)] == [("Said", 2, 1, 1, 2)] * 2
    notes = " ".join(str(cell) for row in book.worksheets[-1].iter_rows(values_only=True) for cell in row)
    assert "; ".join(plans) in notes and "15/06/2026" in notes


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
    said = [row for row in cells.iter_rows(min_row=2, values_only=True) if row[1] == str(world.said)]
    assert [row[3:] for row in said] == [("Said", 1, 1, 1, 0)] * 2


def test_nothing_to_show():
    world = make_world()
    leader = login(UserFactory(role=Role.LEADER))

    assert "The plan names no content theme" in page_of(world).text
    assert "There is no reporting period yet" in leader.get(reverse("reports:coverage")).text
    assert leader.get(reverse("reports:coverage_xlsx")).url == reverse("reports:coverage")
