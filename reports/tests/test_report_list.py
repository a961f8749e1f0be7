"""The list of reports: what is in work, whose turn it is, what has been issued, what can be begun; who sees which."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import Status
from activities.tests.factories import (
    TODAY,
    ConsolidatedPeriodFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    make_world,
    moment,
)
from reports.models import Report, ReportKind, ReportStatus
from reports.tests.rows import ReportEventFactory, ReportFactory, ReportPartFactory, SignatureFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

LIST = "/reports/"


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def world():
    return make_world(Status.APPROVED)


def listed(person, **query):
    answer = login(person).get(LIST, query)
    assert answer.status_code == 200
    return answer


def report_of(world, **facts):
    return ReportFactory(period=world.period, begun_by=world.coordinator, **facts)


def test_another_locality_sees_nothing(world):
    report_of(world)
    issued = report_of(make_world(Status.APPROVED, locality=world.locality), is_issued=True)

    page = listed(make_world().leader)

    assert not page.context["list"].in_work and not page.context["list"].issued
    assert issued.document_number not in page.text and world.plan.title not in page.text


@pytest.mark.parametrize(
    "status, turn, who, action",
    [
        (ReportStatus.DRAFT, "Drafter", "coordinator", "Go on writing"),
        (ReportStatus.DRAFT, "Drafter", "leader", "View"),
        (ReportStatus.RETURNED, "Drafter", "coordinator", "Mend"),
        (ReportStatus.SUBMITTED, "Leadership", "leader", "Decide"),
        (ReportStatus.SUBMITTED, "Leadership", "coordinator", "View"),
        (ReportStatus.APPROVED, "Issue", "coordinator", "Issue"),
        (ReportStatus.APPROVED, "Issue", "leader", "View"),
        (ReportStatus.APPROVED, "Issue", "administrator", "View"),
    ],
)
def test_whose_turn_it_is(world, status, turn, who, action):
    report = report_of(world, status=status)
    ReportEventFactory(report=report, step="x", before="draft", after=status, reason="Thiếu phụ lục.", at=moment(16))

    [row] = listed(getattr(world, who)).context["list"].in_work

    assert [str(step) for step, is_now in row.chain if is_now] == [turn]
    assert row.action == action
    assert (row.action_name == "issue") == (action == "Issue")
    assert "16/06/2026" in row.waits
    assert row.reason == ("Thiếu phụ lục." if status == ReportStatus.RETURNED else "")


def test_most_urgent_first_and_how_complete(world):
    later = report_of(world, due_on=date(2026, 7, 1))
    other = make_world(Status.APPROVED, locality=world.locality)
    sooner = report_of(other, due_on=date(2026, 6, 16))
    ReportPartFactory(report=later, code="I", body="Một.")
    ReportPartFactory(report=later, code="II", body="")

    page = listed(world.leader)

    rows = page.context["list"].in_work
    assert [row.report for row in rows] == [sooner, later]
    assert (rows[1].done, rows[1].parts) == (1, 2)
    assert "2 reports in work." in page.text and "due on 16/06/2026" in page.text and "1/2 parts complete" in page.text


def test_issued_reports_with_their_versions_and_files(world):
    first = report_of(world, is_issued=True, number=231)
    second = report_of(world, is_issued=True, number=240, ordinal=2, replaces=first, reason="Sửa 3 số.")
    SignatureFactory(report=second)
    SignatureFactory(report=first, confirmed="nobody")

    page = listed(world.leader)

    [(plan, rows)] = page.context["list"].issued
    assert (plan, [row.report for row in rows]) == (world.plan, [second, first])
    assert (page.context["list"].issued_count, page.context["list"].version_count) == (1, 2)
    for report in (first, second):
        for name in ("pdf", "docx", "xlsx"):
            assert reverse(f"reports:{name}", args=[report.pk]) in page.text
    signatures = ("Signed copy there", "Signer to be confirmed", "Signed copy not uploaded")
    assert [page.text.count(words) for words in signatures] == [1, 1, 0]
    assert page.text.count("is-off") == 1 and "replaces 231/BC-SNV" in page.text

    hidden = listed(world.leader, replaced="no")
    assert [row.report for row in hidden.context["list"].issued[0][1]] == [second]


def test_a_correction_being_written_leaves_the_issued_one_in_force(world):
    first = report_of(world, is_issued=True)
    report_of(world, ordinal=2, replaces=first, reason="Sửa 3 số.")

    page = listed(world.leader)

    assert [row.report.ordinal for row in page.context["list"].in_work] == [2]
    assert "is-off" not in page.text
    hidden = listed(world.leader, replaced="no").context["list"]
    assert [row.report for _plan, rows in hidden.issued for row in rows] == [first]


def test_periods_not_begun_lead_to_their_preview_and_files(world):
    half = ConsolidatedPeriodFactory(plan=world.plan)
    browser = login(world.coordinator)

    page = browser.get(LIST)

    [(plan, rows)] = page.context["list"].to_begin
    assert plan == world.plan and {row.period for row in rows} == {world.period, half}
    for name in ("preview", "preview_pdf", "preview_docx", "preview_xlsx"):
        assert reverse(f"reports:{name}", args=[world.period.pk]) in page.text
    assert f'value="plan-p{world.period.pk}"' in page.text and f'value="plan-c{half.pk}"' in page.text
    assert 'name="what"' not in listed(world.leader).text

    browser.post("/reports/new/", {"what": f"plan-p{world.period.pk}"})
    page = browser.get(LIST)
    assert {row.period for _plan, rows in page.context["list"].to_begin for row in rows} == {half}
    assert Report.objects.get().get_absolute_url() in page.text


def test_a_focal_point_reads_what_is_issued_and_their_own(world):
    issued = report_of(world, is_issued=True)
    draft = report_of(make_world(Status.APPROVED, locality=world.locality))
    own = report_of(world, kind=ReportKind.AGENCY, agency=world.agency)
    other = UserFactory(agency__locality=world.locality)
    theirs = report_of(world, kind=ReportKind.AGENCY, agency=other.agency)

    mine = listed(world.focal_point).context["list"]

    assert [row.report for row in mine.in_work] == [own]
    assert [row.report for _plan, rows in mine.issued for row in rows] == [issued]
    assert not mine.to_begin and not mine.own
    assert [row.report for row in listed(other).context["list"].in_work] == [theirs]
    drafts = {row.report for row in listed(world.leader).context["list"].in_work}
    assert draft in drafts and not drafts & {own, theirs}


def test_a_focal_point_begins_their_own_where_they_have_sent(world):
    unsent = ReportingPeriodFactory(plan=world.plan, ordinal=1)
    QuarterlyUpdateFactory(period=unsent, agency=world.agency)

    page = listed(world.focal_point)

    assert [row.subject.code for row in page.context["list"].own] == [f"agency-p{world.period.pk}"]


def test_filters(world):
    other = make_world(Status.APPROVED, locality=world.locality)
    one, two = report_of(world, is_issued=True), report_of(other, is_issued=True)
    whole = {"kind": ReportKind.LOCALITY, "plan": None, "locality": world.locality, "agency": one.agency}
    everything = report_of(world, is_issued=True, **whole)

    def found(**query):
        issued = listed(world.leader, **query).context["list"].issued
        return {row.report for _plan, rows in issued for row in rows}

    assert found() == {one, two, everything}
    assert found(plan=world.plan.pk) == {one}
    assert found(plan="all") == found(kind="locality") == {everything}
    assert found(year=2026) == {one, two, everything}
    assert found(plan=world.plan.pk, kind="locality") == set()
    foreign = make_world().plan
    assert found(plan=foreign.pk) == {one, two, everything}  # no choice of ours: said, and left aside
    assert "No report matches" in listed(world.leader, plan=world.plan.pk, kind="agency").text


def test_empty(world):
    person = UserFactory(role=Role.FOCAL_POINT)

    assert "There is no report for you yet" in listed(person).text
    assert "There is no report yet" in listed(UserFactory(role=Role.LEADER)).text
