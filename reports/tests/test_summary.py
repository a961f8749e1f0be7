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
from activities.models import Status
from activities.tests.factories import (
    ActivityFactory,
    AssignmentFactory,
    IndicatorFactory,
    ReportingPeriodFactory,
    make_world,
    moment,
)
from agencies.tests.factories import AgencyFactory
from reports.dashboard import build_dashboard
from reports.pdf import summary_pdf
from reports.summary import RED_SHOWN, build_summary
from reports.tests.factories import LONG_TITLE
from reports.tests.rows import ReportFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

AFTER = date(2026, 6, 18)
MM = 72 / 25.4
LONG_NAME = "Ban Quản lý các khu kinh tế, khu công nghiệp và khu công nghệ cao tỉnh Minh Họa"
ADDRESSES = ("/dashboard/summary/", "/dashboard/summary.pdf", "/dashboard/wall/")


def board_of(world):
    return build_dashboard(world.period, list(world.plan.reporting_periods.all()), today=AFTER)


def summary_of(world):
    periods = list(world.plan.reporting_periods.all())
    return build_summary(build_dashboard(world.period, periods, today=AFTER), periods, at=moment(18, 10))


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
    assert (on_track.value, on_track.of) == (str(board.on_track), str(board.activity_count))
    assert (on_time.value, on_time.of) == (str(board.totals.on_time), str(board.totals.expected))
    assert (not_sent.value, not_sent.is_bad) == (str(board.totals.not_sent), True)
    assert (pace.value, pace.of) == (str(board.keeping_pace), str(len(board.figures)))
    assert f"{board.totals.missing} agencies overdue" in summary.answer


def test_every_figure_leads_to_as_many_rows(world):
    late_agency(world)
    browser = login(world.leader)

    on_track, on_time, not_sent, _pace = summary_of(world).numbers
    for number in (on_time, not_sent):
        assert len(re.findall(r'<th scope="row"', browser.get(number.url).text)) == int(number.value), number.url
    assert str(on_track.value) in browser.get(on_track.url).text


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
    periods = [world.period]
    summary = build_summary(build_dashboard(world.period, periods, today=date(2026, 6, 15)), periods, at=moment(15, 10))

    assert "due on 16/06/2026" in summary.answer
    assert "overdue" not in summary.answer
    assert summary.rates_chart is None
    assert not summary.numbers[2].is_bad


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
        pdf.kept_summary_pdf(replace(summary, answer="something else"))


def test_the_pdf_is_the_same_all_of_its_minute(world, monkeypatch):
    from reports import pdf

    caches["documents"].clear()
    periods = list(world.plan.reporting_periods.all())
    board = board_of(world)
    first, later, next_minute = (
        build_summary(board, periods, at=moment(18, 10).replace(minute=minute, second=second, microsecond=7))
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
    assert figures.count("<a href=") == 4
    assert red.count("<li>") == 5
    assert page[page.index("w-dates") :].count("<li>") == 3


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
