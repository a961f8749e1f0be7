"""What of the reports waits for a person: told at the top of the overview, as many as the list it leads to."""

from datetime import date, timedelta

import pytest

from accounts.tests.factories import login
from activities.models import Status
from activities.tests.factories import make_world
from plans.tests.factories import PlanFactory
from reports.models import Report, ReportKind, ReportStatus
from reports.permissions import can_edit_report, can_view_report
from reports.tests.rows import ReportFactory
from reports.waiting import waiting_for
from reports.workflow import open_moves

from .walking import figures_of, loose_figures, walked, wrong

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

DASHBOARD = "/dashboard/"
IN_WORK = [status for status in ReportStatus if status != ReportStatus.ISSUED]


@pytest.fixture
def world(clock):
    clock(date(2026, 6, 18))
    return make_world(Status.APPROVED)


def report_of(world, **facts):
    """Each on days of its own."""
    n = Report.objects.count()
    starts_on = date(2026, 1, 1) + timedelta(days=n)
    made = {"period": world.period, "begun_by": world.coordinator, "starts_on": starts_on, "ends_on": starts_on}
    return ReportFactory(**made | facts)


def every_report(world):
    """One of each kind in each status that is no issue, of the world's plan, one without a coordinator, another's."""
    own = PlanFactory(locality=world.locality, coordinating_agency=None, issuing_agency=world.coordinator.agency)
    for status in IN_WORK:
        for plan in (world.plan, own, make_world(locality=world.locality).plan):
            report_of(world, status=status, plan=plan, agency=world.coordinator.agency)
        report_of(world, status=status, kind=ReportKind.AGENCY, agency=world.agency)
        for agency in (world.coordinator.agency, world.agency):
            report_of(world, status=status, kind=ReportKind.LOCALITY, plan=None, agency=agency, locality=world.locality)


def waits(person, report):
    """What the rules of a single report say."""
    if not can_view_report(person, report):
        return False
    is_returned = report.status == ReportStatus.RETURNED and report.kind != ReportKind.AGENCY
    return "approve" in open_moves(person, report) or is_returned and can_edit_report(person, report)


@pytest.mark.parametrize(
    "role, n", [("leader", 5), ("coordinator", 3), ("administrator", 0), ("focal_point", 0)]
)  # 5: three plans' and two of all plans; 3: of these one is another coordinator's, one another agency's
def test_what_waits_is_what_the_rules_let_the_person_move_on(world, role, n):
    every_report(world)
    person = getattr(world, role)

    found = set(waiting_for(Report.objects.visible_to(person), person))

    assert found == {report for report in Report.objects.visible_to(person) if waits(person, report)}
    assert len(found) == n


@pytest.mark.parametrize(
    "role, status, said",
    [
        ("leader", ReportStatus.SUBMITTED, "2 reports wait for your approval"),
        ("coordinator", ReportStatus.RETURNED, "2 reports were returned to you by leadership"),
    ],
)
def test_the_overview_leads_to_what_waits(world, role, status, said):
    report_of(world, status=status), report_of(world, status=status)
    report_of(world, status=ReportStatus.DRAFT)
    report_of(make_world(Status.APPROVED), status=status)
    browser = login(getattr(world, role))

    page = browser.get(DASHBOARD)
    [line] = [figure for figure in figures_of(page.text) if figure.address.startswith("/reports/")]

    assert said in page.text and page.text.index(said) < page.text.index("Main figures")
    assert (line.address, line.said) == ("/reports/?waits=me", "2")
    assert wrong(walked(browser, DASHBOARD, page.text)) == {} and loose_figures(page.text) == []
    assert len(page.context["figures"]) == 7


@pytest.mark.parametrize("role", ["leader", "coordinator", "administrator"])
def test_where_nothing_waits_nothing_is_said(world, role):
    report_of(world, status=ReportStatus.DRAFT)

    page = login(getattr(world, role)).get(DASHBOARD)

    assert page.context["waiting"] == 0 and "waits=me" not in page.text


def test_what_waits_is_told_where_there_is_no_period_too(world):
    report_of(world, status=ReportStatus.SUBMITTED, period=None, plan=world.plan, span="quarter", year=2026,
              label="Quý II/2026", due_on=date(2026, 6, 20), agency=world.agency, locality=world.locality)  # fmt: skip
    world.plan.reporting_periods.filter(updates__isnull=False).first().updates.all().delete()
    world.plan.reporting_periods.all().delete()

    page = login(world.leader).get(DASHBOARD)

    assert page.context["board"] is None and "1 report waits for your approval" in page.text


def test_the_list_of_what_waits_has_no_period_without_a_report(world):
    report_of(world, status=ReportStatus.SUBMITTED)
    browser = login(world.leader)

    every, waiting = (browser.get("/reports/", query).context["list"] for query in ({}, {"waits": "me"}))

    assert len(every.to_begin) == 1 and every.in_work[0].report == waiting.in_work[0].report
    assert (len(waiting.in_work), waiting.to_begin, waiting.issued) == (1, [], [])


@pytest.mark.parametrize("role", ["administrator", "focal_point"])
def test_for_whom_nothing_can_wait_there_is_nothing_to_choose(world, role):
    page = login(getattr(world, role)).get("/reports/", {"waits": "me"})

    assert "waits" not in page.context["filter"].form.fields
