"""The state on one sheet and on the wall: the dashboard's figures, one page whatever the names, readable from afar."""

import re
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from django.core.cache import caches
from pypdf import PdfReader

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import ReportingPeriod, Status
from activities.tests.factories import (
    ActivityFactory,
    AssignmentFactory,
    IndicatorFactory,
    ReportingPeriodFactory,
    make_world,
    moment,
)
from agencies.tests.factories import AgencyFactory
from plans.models import Plan
from reports.asking import asked_of
from reports.dashboard import build_dashboard
from reports.pdf import summary_pdf
from reports.summary import PLANS_NAMED, RED_SHOWN, build_summary
from reports.tests.factories import LONG_TITLE
from reports.tests.rows import ReportFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

AFTER = date(2026, 6, 18)
MM = 72 / 25.4
LONG_NAME = "Ban Quản lý các khu kinh tế, khu công nghiệp và khu công nghệ cao tỉnh Minh Họa"
ADDRESSES = ("/dashboard/summary/", "/dashboard/summary.pdf", "/dashboard/wall/")


def looked_at(world, data, today=AFTER):
    """(what `data` asks for, its Dashboard, the periods of its plans)."""
    periods = list(
        ReportingPeriod.objects.filter(plan__locality=world.locality).select_related(
            "plan__locality", "plan__issuing_agency", "plan__coordinating_agency"
        )
    )
    asked = asked_of(data, world.period, periods, today)
    board = build_dashboard(asked.period, periods, today=today, plans=asked.plans, known_on=asked.known_on)
    return asked, board, [each for each in periods if each.plan in asked.plans]


def board_of(world, **data):
    return looked_at(world, data)[1]


def summary_of(world, today=AFTER, **data):
    asked, board, periods = looked_at(world, data, today)
    return build_summary(board, periods, asked, at=moment(today.day, 10))


def late_agency(world, name="Sở Xây dựng", **facts):
    """An agency that leads the activity and has not sent."""
    agency = AgencyFactory(locality=world.locality, name=name, short_name=name, **facts)
    AssignmentFactory(activity=world.activity, agency=agency)
    return agency


@pytest.fixture
def world(clock):
    clock(AFTER)
    made = make_world(Status.APPROVED)
    ReportingPeriodFactory(plan=made.plan, ordinal=1)
    return made


@pytest.fixture
def worst(world):
    """Everything that makes the sheet long: names, titles, targets, dates."""
    for number in range(8):
        late_agency(world, f"{LONG_NAME} {number}", phone="0200 3860 250")
        overdue = ActivityFactory(
            plan=world.plan,
            title=LONG_TITLE,
            deadline=date(2026, 6, number + 1),
            indicator=IndicatorFactory(name_en=LONG_TITLE[:190], name=LONG_TITLE[:190]),
            target_quantity=1_234_567,
            target_unit="tin, bài, phóng sự",
        )
        AssignmentFactory(activity=overdue, agency=world.agency)
        soon = ActivityFactory(plan=world.plan, title=LONG_TITLE, deadline=date(2026, 6, 20 + number))
        AssignmentFactory(activity=soon, agency=world.agency)
    return world


# What it says


def test_its_figures_are_those_of_the_dashboard(worst):
    board, summary = board_of(worst), summary_of(worst)

    on_track, on_time, not_sent, pace = summary.numbers
    assert (on_track.value.n, on_track.of.n) == (board.on_track, board.activity_count)
    assert (on_time.value.n, on_time.of.n) == (board.totals.on_time, board.totals.expected)
    assert (not_sent.value.n, not_sent.is_bad) == (board.totals.not_sent, True)
    assert (str(pace.value), str(pace.of)) == (str(board.keeping_pace), str(len(board.figures)))
    assert f"{board.totals.missing} agencies overdue" in summary.answer.words


def test_both_kinds_of_red_things_stand_there_and_the_rest_is_counted(worst):
    summary, board = summary_of(worst), board_of(worst)

    kinds = {red.title.startswith("Activity") for red in summary.red}
    assert len(summary.red) == RED_SHOWN
    assert kinds == {True, False}
    assert summary.red_hidden == len(board.to_handle) + board.totals.missing - RED_SHOWN


def test_a_report_that_has_been_issued_is_no_date_to_come(world):
    words = "consolidated report of"
    assert [said for _day, said in summary_of(world).dates if words in said]
    report = ReportFactory(period=world.period)
    assert [said for _day, said in summary_of(world).dates if words in said]
    report.delete()

    ReportFactory(period=world.period, is_issued=True)

    assert not [said for _day, said in summary_of(world).dates if words in said]


def test_a_late_agency_is_named_with_its_telephone(world):
    late_agency(world, phone="0200 3860 250")

    [red] = summary_of(world).red
    assert (red.words, red.state) == ("Overdue 2 days", "overdue")
    assert red.owner == "Sở Xây dựng, tel. 0200 3860 250"


def test_nothing_red_is_said_too(world):
    assert summary_of(world).red == ()
    assert "Nothing is overdue" in login(world.leader).get("/dashboard/wall/").text


def test_dates_to_come_are_near_and_in_order(worst):
    dates = [day for day, _words in summary_of(worst).dates]

    assert dates == sorted(dates)
    assert AFTER <= dates[0] <= dates[-1] <= date(2026, 7, 18)


def test_before_the_deadline_nobody_is_overdue(clock):
    clock(date(2026, 6, 15))
    world = make_world(Status.DRAFT)
    summary = summary_of(world, date(2026, 6, 15))

    assert "due on 16/06/2026" in summary.answer.words
    assert "overdue" not in summary.answer.words
    assert summary.rates_chart is None
    assert not summary.numbers[2].is_bad


# Several plans, and an earlier day


@pytest.fixture
def both(world):
    """Another plan of the locality, whose agency has not sent."""
    world.other = make_world(Status.DRAFT, locality=world.locality)
    return world


def test_of_several_plans_it_counts_updates_and_names_the_plans(both):
    summary = summary_of(both, plan="in-force")

    assert (summary.plan, set(summary.plans.split("; "))) == (
        "2 plans together",
        {str(both.plan), str(both.other.plan)},
    )
    assert summary.answer.words == "1/2 activities on track, 1/2 updates sent, 1 update overdue"
    assert [number.label for number in summary.numbers[1:3]] == ["Updates on time", "Updates not sent"]
    assert summary.on_time == "Updates on time"
    assert summary.red[0].plan == str(both.other.plan)
    assert all("plan=in-force" in (number.url or number.value.url) for number in summary.numbers)
    assert summary_of(both).plan == str(both.plan) and summary_of(both).plans == ""


def test_many_plans_are_named_as_far_as_there_is_room(world):
    for _each in range(PLANS_NAMED):
        make_world(Status.APPROVED, locality=world.locality)

    summary = summary_of(world, plan="in-force")

    assert summary.plan == f"{PLANS_NAMED + 1} plans together"
    assert summary.plans.endswith("; and 1 more plan") and summary.plans.count(";") == PLANS_NAMED


def test_the_same_date_of_several_plans_stands_there_once_and_says_whose_it_is_otherwise(both):
    dates = summary_of(both, plan="in-force").dates
    assert [words for _day, words in dates].count("consolidated report of Quarter II/2026") == 1

    ReportFactory(period=both.period, is_issued=True)

    dates = summary_of(both, plan="in-force").dates
    assert f"{both.other.plan}: consolidated report of Quarter II/2026" in [words for _day, words in dates]


def test_on_an_earlier_day_a_report_had_not_been_issued(world):
    ReportFactory(period=world.period, is_issued=True)  # on 20/6
    words = "consolidated report of Quarter II/2026"
    late = date(2026, 6, 22)

    assert words in [said for _day, said in summary_of(world, late, as_of="2026-06-19").dates]
    assert words not in [said for _day, said in summary_of(world, late, as_of="2026-06-20").dates]


def test_the_paper_says_of_what_day_its_figures_are_and_when_it_was_printed(world):
    [page] = pages_of(summary_pdf(summary_of(world, as_of="2026-06-17")))

    text = " ".join(page.extract_text().split())
    assert "17/06/2026" in text and "18/06/2026" in text
    summary = summary_of(world, as_of="2026-06-17")
    assert summary.seen == "Figures as known at the end of 17/06/2026."
    assert "corrected later" in summary.foot and "locked" not in summary.foot
    assert summary_of(world).seen == ""


def test_of_a_past_period_it_says_both_days(world):
    before = world.plan.reporting_periods.get(ordinal=1)

    asked, board, periods = looked_at(world, {})
    past = build_dashboard(before, periods, today=AFTER, plans=asked.plans)
    summary = build_summary(past, periods, asked, at=moment(18, 10))

    assert summary.seen == "Activities as of 20/03/2026, submissions as of 18/06/2026."


def test_the_figures_are_locked_when_those_of_all_plans_are(both):
    both.period.locks_on = AFTER
    both.period.save()
    assert "may still change" in summary_of(both, plan="in-force").foot

    type(both.period).objects.filter(pk=both.other.period.pk).update(locks_on=AFTER)
    assert "are locked" in summary_of(both, plan="in-force").foot


def test_the_page_and_its_file_look_at_the_same(both):
    browser, asked = login(both.leader), {"plan": "in-force", "as_of": "2026-06-17"}

    page = browser.get("/dashboard/summary/", asked)
    [sheet] = pages_of(browser.get("/dashboard/summary.pdf", asked).content)

    query = page.context["query"].replace("&", "&amp;")
    assert f"/dashboard/summary.pdf?{query}" in page.text
    assert "plan=in-force" in query and "as_of=2026-06-17" in query
    assert "Only what had been sent by the end of 17/06/2026 counts" in page.text
    text = sheet.extract_text()
    assert str(both.other.plan) in text and "17/06/2026" in text


def test_the_file_bears_the_day_of_its_figures(world):
    answer = login(world.leader).get("/dashboard/summary.pdf", {"as_of": "2026-06-17"})

    assert "bao-cao-nhanh-2026-06-17.pdf" in answer["Content-Disposition"]


def test_the_worst_of_several_plans_on_an_earlier_day_is_one_page_too(worst):
    for _each in range(PLANS_NAMED + 2):
        make_world(Status.DRAFT, locality=worst.locality)
    Plan.objects.update(number="", title=LONG_TITLE)

    [page] = pages_of(summary_pdf(summary_of(worst, plan="in-force", as_of="2026-06-17")))

    found = []
    page.extract_text(visitor_text=lambda text, cm, tm, *_rest: found.append((tm[5] * cm[3] + cm[5], text.strip())))
    [foot] = [y for y, text in found if "does not replace" in text]
    assert min(y for y, text in found if re.fullmatch(r"2\d/06", text)) >= foot + 12


# On paper


def pages_of(data):
    return PdfReader(BytesIO(data)).pages


def test_it_is_one_page_whatever_the_names(worst):
    [page] = pages_of(summary_pdf(summary_of(worst)))

    width, height = (float(each) / 72 * 25.4 for each in page.mediabox[2:])
    assert (round(width), round(height)) == (210, 297)


def test_nothing_runs_into_the_foot(worst):
    """The dates are the lowest lines of the sheet, the last of them over the foot."""
    [page] = pages_of(summary_pdf(summary_of(worst)))
    found = []
    page.extract_text(visitor_text=lambda text, cm, tm, *_rest: found.append((tm[5] * cm[3] + cm[5], text.strip())))

    [foot] = [y for y, text in found if "does not replace" in text]
    dates = [y for y, text in found if re.fullmatch(r"2\d/06", text)]
    assert 9 * MM <= foot <= 14 * MM
    assert len(dates) == 4
    assert min(dates) >= foot + 12


def test_it_is_set_in_the_portals_own_face_alone(worst):
    fonts = set()
    for page in pages_of(summary_pdf(summary_of(worst))):
        fonts |= {str(font.get_object()["/BaseFont"]) for font in page["/Resources"]["/Font"].values()}

    assert fonts
    assert all("Be-Vietnam-Pro" in font or "BeVietnamPro" in font for font in fonts), fonts


def test_signs_and_words_carry_the_states(worst):
    page = login(worst.leader).get("/dashboard/summary/").text

    assert "signs.svg#s-overdue" in page
    assert 'class="drawn"' in page  # drawn, not fetched: it may be printed at once


def test_the_pdf_is_kept_while_it_says_the_same(world, monkeypatch):
    from reports import pdf

    caches["documents"].clear()
    summary = summary_of(world)
    first = pdf.kept_summary_pdf(summary)
    monkeypatch.setattr(pdf, "_summary_stylesheet", lambda *_given: pytest.fail("set again"))

    assert pdf.kept_summary_pdf(summary) == first
    with pytest.raises(pytest.fail.Exception):
        pdf.kept_summary_pdf(replace(summary, beside="something else"))


def test_the_pdf_is_the_same_all_of_its_minute(world, monkeypatch):
    from reports import pdf

    caches["documents"].clear()
    asked, board, periods = looked_at(world, {})
    first, later, next_minute = (
        build_summary(board, periods, asked, at=moment(18, 10).replace(minute=minute, second=second, microsecond=7))
        for minute, second in ((5, 1), (5, 59), (6, 0))
    )
    kept = pdf.kept_summary_pdf(first)
    monkeypatch.setattr(pdf, "_summary_stylesheet", lambda *_given: pytest.fail("set again"))

    assert pdf.kept_summary_pdf(later) == kept
    with pytest.raises(pytest.fail.Exception):
        pdf.kept_summary_pdf(next_minute)


# On the wall


def test_the_wall_reads_itself_anew_with_and_without_a_script(world):
    answer = login(world.leader).get("/dashboard/wall/")

    assert '<noscript><meta http-equiv="refresh" content="60"></noscript>' in answer.text
    assert 'data-seconds="60"' in answer.text
    assert "no-store" in answer["Cache-Control"]
    assert "Reads itself anew every 60 seconds, last at" in answer.text


def test_a_screen_that_reads_itself_anew_stays_logged_in(world):
    browser = login(world.leader)
    assert browser.get("/dashboard/wall/").cookies["sessionid"]["max-age"] == 7 * 24 * 3600


def test_it_has_four_figures_five_red_things_and_three_dates(worst):
    page = login(worst.leader).get("/dashboard/wall/").text

    figures, red = (
        page[page.index("w-figs") : page.index("w-two")],
        page[page.index("w-red") : page.index("wall-trend")],
    )
    assert figures.count("<div>") == 4
    assert red.count("<li>") == 5
    assert page[page.index("w-dates") :].count("<li>") == 3


def test_the_wall_says_what_it_looks_at_and_reads_the_same_anew(both):
    browser = login(both.leader)
    before = both.plan.reporting_periods.get(ordinal=1)
    browser.get("/dashboard/", {"period": both.period.pk})

    wall = browser.get("/dashboard/wall/", {"period": before.pk, "plan": "in-force", "as_of": "2026-06-17"})

    assert "Quarter I/2026, 2 plans together" in wall.text
    assert "submissions as known at the end of 17/06/2026" in wall.text
    assert f"/dashboard/?period={before.pk}&amp;plan=in-force&amp;as_of=2026-06-17" in wall.text
    assert '<meta http-equiv="refresh" content="60">' in wall.text  # without an address: its own, with its query
    assert browser.get("/dashboard/").context["board"].period == both.period


# Whose


@pytest.mark.parametrize("role", Role)
def test_another_locality_sees_nothing_of_it(world, role):
    late_agency(world, "Sở Không Đâu")
    stranger = login(UserFactory(role=role))

    for address in ADDRESSES:
        answer = stranger.get(address)
        assert answer.status_code == (403 if role == Role.FOCAL_POINT else 404 if "pdf" in address else 200)
        assert "Sở Không Đâu".encode() not in answer.content


def test_an_agency_reads_none_of_it_and_nobody_is_asked_to_log_in(world):
    for address in ADDRESSES:
        assert login(world.focal_point).get(address).status_code == 403
        assert login().get(address).url.startswith("/?next=/")


@pytest.mark.browser
def test_on_a_wall_nothing_is_smaller_than_28_pixels_and_nothing_scrolls(worst, live_server, page):
    page.set_viewport_size({"width": 1920, "height": 1080})
    session = login(worst.leader).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/dashboard/wall/")

    smallest = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll('body *')]
            .filter(e => e.offsetParent && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
            .map(e => parseFloat(getComputedStyle(e).fontSize)))"""
    )
    assert smallest >= 28
    assert page.evaluate("document.documentElement.scrollHeight") == 1080
    assert page.evaluate("document.documentElement.scrollWidth") == 1920
