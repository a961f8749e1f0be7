"""Agencies by periods."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.tests.factories import login
from activities.matrix import build_matrix, shown_periods
from activities.models import Assignment, Status
from activities.rates import rates_of
from activities.submissions import Punctuality
from agencies.models import AgencyKind
from agencies.tests.factories import AgencyFactory, AgencyGroupFactory, SuccessionFactory

from .factories import (
    AssignmentFactory,
    ExtensionFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    make_world,
    moment,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

TODAY = date(2026, 6, 18)  # the second quarter was due on 16/6; the first is locked since 1/4


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def world():
    """Five agencies: one always on time, one late now, one missing now, one returned, one missing before."""
    world = make_world(Status.APPROVED)
    world.first = ReportingPeriodFactory(plan=world.plan, ordinal=1)
    world.steady = world.agency
    names = {"late": "Sở Chậm", "missing": "Xã Thiếu", "returned": "Sở Trả", "before": "Xã Trước"}
    for key, name in names.items():
        agency = AgencyFactory(locality=world.locality, name=name)
        AssignmentFactory(activity=world.activity, agency=agency)
        setattr(world, key, agency)
    for agency in (world.steady, world.late, world.missing, world.returned):
        send(world.first, agency, moment(14, month=3), Status.APPROVED)
    send(world.period, world.late, moment(17), Status.SUBMITTED)
    send(world.period, world.returned, moment(15), Status.RETURNED)
    send(world.period, world.before, moment(15), Status.APPROVED)
    return world


def send(period, agency, at, status):
    return QuarterlyUpdateFactory(period=period, agency=agency, submitted_at=at, status=status)


def matrix_in(world, **how):
    return build_matrix(world.period, [world.first, world.period], today=TODAY, **how)


def names(lines):
    return [line.agency for line in lines]


def page_of(world, query="", who="coordinator"):
    return login(getattr(world, who)).get(reverse("activities:matrix") + query)


def test_worst_in_this_period_first(world):
    matrix = matrix_in(world)

    assert names(matrix.lines) == [world.missing, world.returned, world.late, world.before, world.steady]
    assert names(matrix.troubled) == [world.missing, world.returned, world.late, world.before]
    assert names(matrix.steady) == [world.steady]


def test_by_name(world):
    lines = matrix_in(world, by_name=True).lines

    assert names(lines) == sorted(names(lines), key=lambda agency: agency.name_sort)


def test_cells(world):
    [missing, _returned, late, before, steady] = matrix_in(world).lines

    assert [cell.words for cell in missing.cells] == ["on time", "2 days over"]
    assert [cell.words for cell in late.cells] == ["on time", "1 day late"]
    assert [cell.words for cell in before.cells] == ["not sent", "on time"]
    assert [cell.is_locked for cell in before.cells] == [True, False]
    assert (steady.cells[1].row.filled, steady.cells[1].row.expected) == (1, 1)
    assert (missing.cells[1].row.filled, missing.cells[1].row.expected) == (0, 1)


def test_totals_are_those_of_the_period(world):
    matrix = matrix_in(world)

    assert [(head.rates.on_time, head.rates.late, head.rates.missing) for head in matrix.heads] == [
        (4, 0, 1),
        (3, 1, 1),
    ]
    assert [head.is_locked for head in matrix.heads] == [True, False]
    assert matrix.rates == rates_of([line.current for line in matrix.lines])


def test_an_extension_is_said_and_opens_the_cell(world):
    ExtensionFactory(period=world.first, agency=world.before, until=TODAY + timedelta(days=5))

    line = next(line for line in matrix_in(world).lines if line.agency == world.before)

    assert not line.cells[0].is_locked
    assert line.cells[0].extended_until == TODAY + timedelta(days=5)
    assert "extended until 23/06/2026" in line.cells[0].facts
    assert line.cells[0].state == Punctuality.MISSING
    page = login(world.leader).get(reverse("activities:matrix")).text
    assert '<span class="until only-desk">until 23/06</span>' in page


def test_nothing_to_report_is_on_time(world):
    update = world.update
    update.nothing_to_report, update.nothing_reason = True, "Không phát sinh."
    update.save()

    line = next(line for line in matrix_in(world).lines if line.agency == world.steady)

    assert line.is_steady
    assert line.cells[1].words == "nothing to report"
    assert line.cells[1].row.filled == line.cells[1].row.expected


def test_an_agency_that_owes_nothing_has_an_empty_cell(world):
    new = AgencyFactory(locality=world.locality, valid_from=date(2026, 5, 1), name="Xã Mới")
    AssignmentFactory(activity=world.activity, agency=new)

    line = next(line for line in matrix_in(world).lines if line.agency == new)

    assert line.cells[0].row is None
    assert line.rates.expected == 1
    assert page_of(world).status_code == 200


def test_the_invited_are_not_in_it(world):
    invited = AgencyFactory(locality=world.locality, kind=AgencyKind.PARTY_BODY)
    AssignmentFactory(activity=world.activity, agency=invited)

    assert invited not in names(matrix_in(world).lines)


def test_an_agency_that_has_ended_is_read_under_its_successor(world):
    world.missing.valid_to = date(2026, 5, 31)
    world.missing.save()
    successor = AgencyFactory(locality=world.locality, name="Xã Hợp nhất")
    SuccessionFactory(
        reorganisation__locality=world.locality,
        reorganisation__status="applied",
        reorganisation__applied_at=moment(1),
        reorganisation__effective_on=date(2026, 6, 1),
        predecessor=world.missing,
        successor=successor,
    )

    then, now = matrix_in(world), matrix_in(world, todays_names=True)

    assert then.names_differ
    assert world.missing in names(then.lines)
    assert world.missing not in names(now.lines)
    assert successor in names(now.lines)


def test_which_periods_are_shown(world):
    others = [ReportingPeriodFactory(plan=world.plan, ordinal=n) for n in (3, 4)]
    elsewhere = ReportingPeriodFactory(ordinal=1)
    everything = [*others, elsewhere, world.period, world.first]

    assert shown_periods(world.period, everything, 4) == [world.first, world.period]
    assert shown_periods(others[1], everything, 2) == others


# The page


def test_the_steady_are_folded_into_one_line(world):
    page = page_of(world)

    assert names(page.context["lines"]) == [world.missing, world.returned, world.late, world.before]
    assert "1 agency sent on time in all the periods shown" in page.text
    assert world.steady.name in page.text
    assert names(page_of(world, "?all=1").context["lines"])[-1] == world.steady


@pytest.mark.parametrize(
    "query, kept",
    [
        ("?show=missing", ["missing"]),
        ("?show=late", ["late"]),
        ("?show=returned", ["returned"]),
        ("?show=waiting", ["late"]),
        ("?show=approved", ["before", "steady"]),
        ("?text=tra", ["returned"]),
        ("?text=xa&sort=name", ["missing", "before"]),
        ("?kind=press", []),
        ("?show=nonsense", ["missing", "returned", "late", "before"]),
    ],
)
def test_filters(world, query, kept):
    page = page_of(world, query)

    assert page.status_code == 200
    assert names(page.context["lines"]) == [getattr(world, key) for key in kept]


def test_filter_by_group(world):
    group = AgencyGroupFactory(locality=world.locality)
    group.memberships.create(agency=world.late)
    page = page_of(world, f"?group={group.pk}")

    assert names(page.context["lines"]) == [world.late]
    assert page.context["matrix"].rates.expected == 1


def test_a_cell_leads_to_the_update_or_to_what_one_may_do(world):
    page = page_of(world).text
    waiting = world.period.updates.get(agency=world.late)
    returned = world.period.updates.get(agency=world.returned)

    assert reverse("activities:review_update", args=[waiting.pk]) in page
    assert reverse("activities:update", args=[returned.pk]) in page
    for name in ("activities:extend", "activities:on_behalf"):
        assert reverse(name, args=[world.period.pk, world.missing.pk]) in page
        assert reverse(name, args=[world.period.pk, world.missing.pk]) not in page_of(world, who="leader").text


def letter_to(world, agency):
    return f"{reverse('reports:chasing_letter_pdf', args=[world.period.pk])}?agency={agency.pk}"


def test_a_cell_leads_to_the_reminders_and_to_a_letter_to_that_agency_alone(world):
    page = page_of(world).text

    assert f'{reverse("plans:reminders", args=[world.plan.pk])}?period={world.period.pk}"' in page
    assert letter_to(world, world.missing) in page
    assert login(world.coordinator).get(letter_to(world, world.missing)).status_code == 200


def test_no_reminders_of_a_period_that_is_locked(world):
    page = page_of(world).text

    assert reverse("activities:extend", args=[world.first.pk, world.before.pk]) in page
    assert f'{reverse("plans:reminders", args=[world.plan.pk])}?period={world.first.pk}"' not in page


def test_no_letter_to_an_agency_with_more_time(world):
    ExtensionFactory(period=world.period, agency=world.missing, until=TODAY)
    page = page_of(world).text

    assert letter_to(world, world.missing) not in page
    assert "1 agency is overdue. 1 of them has more time by an extension." in page


def test_no_letter_before_the_deadline(world, clock):
    clock(date(2026, 6, 16))
    page = page_of(world).text

    assert reverse("activities:extend", args=[world.period.pk, world.missing.pk]) in page
    assert letter_to(world, world.missing) not in page


def test_colour_is_not_alone(world):
    """Each cell says in words, and to a screen reader, what its colour says."""
    page = page_of(world).text

    assert 'aria-label="2 days over"' in page
    assert ">1 day late<" in page
    assert 'aria-label="on time, returned"' in page


def test_a_focal_point_does_not_see_the_others(world):
    assert page_of(world, who="focal_point").status_code == 403
    assert login(world.focal_point).get(reverse("activities:matrix_xlsx")).status_code == 403


def test_without_a_period_it_says_what_next(world):
    empty = make_world()
    empty.update.progress_rows.all().delete()
    empty.update.delete()
    empty.period.delete()

    assert "There is no reporting period yet" in page_of(empty).text
    assert login(empty.coordinator).get(reverse("activities:matrix_xlsx")).status_code == 302


def cells_of(response):
    book = load_workbook(BytesIO(response.content))
    [rows, notes] = [[[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book.worksheets]
    return rows, [note for [note] in notes]


def test_the_workbook_says_the_same_in_words(world):
    rows, notes = cells_of(login(world.leader).get(reverse("activities:matrix_xlsx")))

    assert [row[0] for row in rows[1:]] == [line.agency.name for line in matrix_in(world).lines]
    assert rows[1][2:6] == ["on time", "0/1", "2 days over", "0/1"]
    assert "on time, returned" in rows[2]
    assert any("received on time / expected" in note for note in notes)
    assert any("expected 5, received 4, on time 3, approved 2, updated 1" in note for note in notes)


def test_the_workbook_has_the_rows_of_the_filter(world):
    rows, notes = cells_of(login(world.leader).get(reverse("activities:matrix_xlsx") + "?show=missing"))

    assert [row[0] for row in rows[1:]] == [world.missing.name]
    assert "Show: Not sent, overdue" in notes


def test_the_workbook_names_the_group_and_the_file_the_period(world):
    group = AgencyGroupFactory(locality=world.locality, name="Nhóm Sở")
    group.memberships.create(agency=world.missing)

    response = login(world.leader).get(reverse("activities:matrix_xlsx") + f"?group={group.pk}")

    assert any(note.endswith(": Nhóm Sở") for note in cells_of(response)[1])
    assert "tien-do-gui-quy-ii-2026" in response["Content-Disposition"]


@pytest.mark.parametrize("name", ["activities:matrix", "activities:updates"])
def test_where_nobody_has_to_report_nothing_is_overdue(clock, name):
    clock(date(2026, 9, 1))
    world = make_world()
    Assignment.objects.all().delete()

    text = login(world.coordinator).get(reverse(name)).text

    assert "0 of 0 agencies" not in text
    assert "due-late" not in text


@pytest.mark.parametrize("name", ["activities:matrix", "activities:updates"])
@pytest.mark.parametrize("status, is_said", [(Status.DRAFT, True), (Status.APPROVED, False)])
def test_a_deadline_presses_only_while_somebody_has_not_sent(clock, name, status, is_said):
    clock(date(2026, 6, 20))
    world = make_world(status)

    text = login(world.coordinator).get(reverse(name)).text

    assert ('class="due due-late"' in text) == is_said
