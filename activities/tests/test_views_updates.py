"""An agency's update in the browser: beginning, who fills it in, reading it, each step; and the coordinator's list."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import Indicator, ProgressState, QuarterlyUpdate, Status, UpdateEvent
from activities.workflow import TRANSITIONS, move
from plans.tests.factories import ChannelFactory

from .factories import (
    TODAY,
    ActivityFactory,
    AssignmentFactory,
    ContributionFactory,
    EvidenceFactory,
    IndicatorFactory,
    OutputCountFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    ReviewCommentFactory,
    make_world,
    moment,
)
from .test_update_forms import typed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

HOSTILE = "<script>alert('x')</script>{{ 7|add:7 }}"


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def world():
    """A draft with one activity that has a target and an indicator to count."""
    world = make_world()
    channel = ChannelFactory()
    IndicatorFactory(code="WEB-1", channels=[channel])
    IndicatorFactory(code="SOC-1", channels=[channel])
    world.activity.target_quantity = 100
    world.activity.save()
    world.activity.channels.add(channel)
    return world


def line_address(world, activity=None):
    return reverse("activities:progress", args=[world.update.pk, (activity or world.activity).pk])


def step(world, name):
    return reverse("activities:move", args=[world.update.pk, name])


def words_address(world):
    return reverse("activities:words", args=[world.update.pk])


# Beginning


def start(period):
    return reverse("activities:start", args=[period.pk])


@pytest.mark.parametrize("button, page", [({}, "activities:sheet"), ({"nothing": "1"}, "activities:nothing")])
def test_a_focal_point_begins_and_is_led_to_what_it_asked_for(button, page):
    lead = AssignmentFactory(activity__plan=ReportingPeriodFactory().plan)
    period = lead.activity.plan.reporting_periods.get()

    response = login(UserFactory(agency=lead.agency)).post(start(period), button)

    update = QuarterlyUpdate.objects.get()
    assert (update.agency, update.period, update.status) == (lead.agency, period, Status.DRAFT)
    assert response.url == reverse(page, args=[update.pk])


@pytest.mark.parametrize("status", Status)
def test_beginning_twice_leads_to_the_same_update(status):
    world = make_world(status)

    response = login(world.focal_point).post(start(world.period))

    sheet = reverse("activities:sheet", args=[world.update.pk])
    is_written = status in (Status.DRAFT, Status.RETURNED)
    assert response.url == (sheet if is_written else world.update.get_absolute_url())
    assert QuarterlyUpdate.objects.count() == 1


def test_a_locked_period_is_not_begun(world, clock):
    QuarterlyUpdate.objects.all().delete()
    clock(world.period.locks_on)

    response = login(world.focal_point).post(start(world.period))

    assert response.status_code == 403
    assert "Quarter II/2026 has been locked since 01/07/2026" in response.text
    assert not QuarterlyUpdate.objects.exists()


def test_who_does_not_begin(world):
    for person in (world.coordinator, world.leader, world.administrator):
        assert login(person).post(start(world.period)).status_code == 403
    idle = UserFactory(agency__locality=world.locality)
    assert "Your agency leads no activity of this plan" in login(idle).post(start(world.period)).text
    assert QuarterlyUpdate.objects.count() == 1


def test_a_period_to_come_is_not_begun(world):
    later = ReportingPeriodFactory(plan=world.plan, ordinal=4)

    response = login(world.focal_point).post(start(later))

    assert response.status_code == 403
    assert "This period has not begun." in response.text


# Filling in


def test_an_activity_that_is_not_the_agencys_is_not_found(world):
    other = AssignmentFactory(activity__plan=world.plan).activity
    elsewhere = ActivityFactory()
    browser = login(world.focal_point)

    for activity in (other, elsewhere):
        assert browser.get(line_address(world, activity)).status_code == 404
        assert browser.post(line_address(world, activity), typed()).status_code == 404


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.APPROVED])
def test_what_was_sent_is_not_filled_in(status):
    world = make_world(status)
    browser = login(world.focal_point)

    for address in (line_address(world), words_address(world)):
        assert browser.get(address).status_code == 403
        response = browser.post(address, typed())
        assert response.status_code == 403
        assert "The update has been sent; nothing can be changed until it is returned." in response.text


def test_nobody_else_fills_in(world):
    for person in (
        world.coordinator,
        world.leader,
        world.administrator,
        UserFactory(agency__locality=world.locality),
        UserFactory(agency=world.agency, role=Role.LEADER),
        UserFactory(agency=world.agency, role=Role.COORDINATOR),
    ):
        for address in (line_address(world), words_address(world)):
            assert login(person).post(address, typed()).status_code == 403
    world.update.refresh_from_db()
    assert world.update.version == 0


def test_hostile_captions_are_only_words(world):
    EvidenceFactory(progress=world.line, caption=HOSTILE, url="https://minhhoa.example/?a=%22onmouseover=alert(1)")
    EvidenceFactory(progress=world.line, is_file=True, caption="", file_name=HOSTILE)

    for address in (world.update.get_absolute_url(),):
        assert "<script>alert(" not in login(world.focal_point).get(address).text


# Reading and moving


@pytest.mark.parametrize("status", Status)
def test_who_reads_an_update(status):
    world = make_world(status)
    staff = 403 if status == Status.DRAFT else 200
    answers = {
        world.focal_point: 200,
        world.coordinator: staff,
        world.leader: staff,
        world.administrator: staff,
        UserFactory(agency__locality=world.locality, role=Role.COORDINATOR): staff,
        UserFactory(agency__locality=world.locality): 403,
    }

    for person, answer in answers.items():
        assert login(person).get(world.update.get_absolute_url()).status_code == answer


@pytest.mark.parametrize("status", Status)
def test_the_page_offers_the_steps_one_may_take(status):
    world = make_world(status)
    is_written, waits = status in (Status.DRAFT, Status.RETURNED), status == Status.SUBMITTED
    review = reverse("activities:review_update", args=[world.update.pk])
    page = world.update.get_absolute_url()
    own, reviewers, leaders = (
        login(person).get(page).text for person in (world.focal_point, world.coordinator, world.leader)
    )

    assert (step(world, "submit") in own) == is_written
    assert (reverse("activities:sheet", args=[world.update.pk]) in own) == is_written
    assert (step(world, "recall") in own) == waits
    assert (review in reviewers) == waits
    assert not any(step(world, name) in leaders for name in TRANSITIONS) and review not in leaders


def test_what_is_locked_says_so_and_offers_nothing(world, clock):
    clock(world.period.locks_on)
    browser = login(world.focal_point)

    page = browser.get(world.update.get_absolute_url()).text

    assert "The period has been locked since 01/07/2026" in page
    assert step(world, "submit") not in page and "/edit/" not in page
    assert browser.post(step(world, "submit"), {"version": "0"}).status_code == 403


def test_blank_zero_and_not_applicable_are_three_things(world):
    """Beside the dash of the period before."""
    first, second = Indicator.objects.filter(code__in=("WEB-1", "SOC-1"))
    OutputCountFactory(progress=world.line, indicator=first, value=0)
    OutputCountFactory(progress=world.line, indicator=second, value=None, not_applicable=True)

    page = login(world.focal_point).get(world.update.get_absolute_url()).text

    cells = re.findall(r'<td class="num" data-k="This period">(.*?)</td>', page)
    assert sorted(re.sub("<[^>]+>", "", cell) for cell in cells) == ["0", "not applicable", "–"]


def test_nothing_to_report_is_said_instead_of_empty_lines(world):
    world.line.delete()
    QuarterlyUpdate.objects.update(nothing_to_report=True, nothing_reason="Hoạt động bắt đầu từ quý III.")

    page = login(world.focal_point).get(world.update.get_absolute_url()).text

    assert "Hoạt động bắt đầu từ quý III." in page
    assert "Not filled in yet." not in page


def test_what_cooperating_agencies_added_is_read_by_the_lead(world):
    part = ContributionFactory(period=world.period, activity=world.activity, words="Phát 05 tin trên đài")
    ContributionFactory(period=ReportingPeriodFactory(plan=world.plan, ordinal=3), activity=world.activity, words="Sau")

    page = login(world.focal_point).get(world.update.get_absolute_url()).text

    assert "Phát 05 tin trên đài" in page and part.agency_name in page
    assert "Sau</p>" not in page


def test_remarks_are_read_with_the_decision_and_internal_notes_never():
    world = make_world(Status.SUBMITTED)
    said = {"update": world.update, "by": world.coordinator, "by_name": "Hạnh", "round": 1}
    ReviewCommentFactory(**said, text="Thiếu ảnh", at=moment(15, 10))
    ReviewCommentFactory(**said, text="Nghi số liệu", at=moment(15, 10), is_internal=True)
    browser = login(world.focal_point)
    address = world.update.get_absolute_url()
    assert "Thiếu ảnh" not in browser.get(address).text

    move(world.update, "return", by=world.coordinator, at=moment(16), reason="Sửa")
    move(world.update, "submit", by=world.focal_point, at=moment(16, 10))
    ReviewCommentFactory(**said | {"round": 2}, text="Đang nghĩ", at=moment(16, 10))

    page = browser.get(address).text
    assert "Thiếu ảnh" in page
    assert "Nghi số liệu" not in page and "Đang nghĩ" not in page


def test_a_remark_on_a_figure_names_it():
    world = make_world(quantity_done=156, words="Phát 156 lượt.")
    move(world.update, "submit", by=world.focal_point, at=moment(15, 9))
    IndicatorFactory(code="RADIO", name="Lượt phát thanh", name_en="Broadcasts")
    said = {"update": world.update, "activity": world.activity, "by": world.coordinator, "at": moment(15, 10)}
    ReviewCommentFactory(**said, text="Kiểm tra lại", field="RADIO")
    ReviewCommentFactory(**said, text="Gấp ba kỳ trước", field="quantity")
    move(world.update, "return", by=world.coordinator, at=moment(16), reason="Sửa")
    browser = login(world.focal_point)

    for page in (world.update.get_absolute_url(), reverse("activities:sheet", args=[world.update.pk])):
        said = " ".join(strip_tags(browser.get(page).text).split())
        assert "Broadcasts: Kiểm tra lại" in said
        assert "Quantity done: Gấp ba kỳ trước" in said


def test_a_remark_made_in_the_moment_of_the_decision_belongs_to_its_round():
    """By the round it was made on, not by the clock: whichever was stored first."""
    world = make_world()
    move(world.update, "submit", by=world.focal_point, at=moment(14))
    move(world.update, "return", by=world.coordinator, at=moment(15), reason="Sửa")
    said = {"update": world.update, "by": world.coordinator, "by_name": "Hạnh"}
    ReviewCommentFactory(**said, round=1, text="Thiếu ảnh", at=moment(15) + timedelta(seconds=1))
    move(world.update, "submit", by=world.focal_point, at=moment(15))
    ReviewCommentFactory(**said, round=2, text="Chưa nói", at=moment(15))

    page = login(world.focal_point).get(world.update.get_absolute_url()).text

    assert "Thiếu ảnh" in page and "Chưa nói" not in page


def test_a_day_to_send_it_again_is_shown():
    world = make_world(Status.SUBMITTED)
    login(world.coordinator).post(step(world, "return"), {"reason": "Thiếu", "version": "0", "resend_by": "18/06/2026"})

    browser = login(world.focal_point)
    assert "Send it again by 18/06/2026." in browser.get(world.update.get_absolute_url()).text
    assert "send again by 18/06/2026" in browser.get(reverse("activities:updates")).text


def test_an_update_is_sent(world):
    world.line.quantity_done = 0
    world.line.save()

    response = login(world.focal_point).post(step(world, "submit"), {"version": "0"}, follow=True)

    assert "The update for Quarter II/2026 has been sent." in response.text
    world.update.refresh_from_db()
    assert (world.update.status, timezone.localdate(world.update.first_submitted_at)) == (Status.SUBMITTED, TODAY)


def test_an_incomplete_update_leads_to_what_is_missing(world):
    response = login(world.focal_point).post(step(world, "submit"), {"version": "0"})

    assert response.url == reverse("activities:sheet", args=[world.update.pk]) + "?check=1"
    world.update.refresh_from_db()
    assert world.update.status == Status.DRAFT


def test_what_was_sent_can_be_taken_back(world):
    complete(world)
    move(world.update, "submit", by=world.focal_point, at=moment())
    browser = login(world.focal_point)

    response = browser.post(step(world, "recall"), {"version": "1"})

    assert response.url == reverse("activities:sheet", args=[world.update.pk])
    world.update.refresh_from_db()
    assert (world.update.status, world.update.first_submitted_at) == (Status.DRAFT, None)


def complete(world):
    """Nothing stands in the way of sending it."""
    world.line.quantity_done = 0
    world.line.save()


def test_a_script_that_says_the_review_has_begun_gets_no_page():
    world = make_world(Status.SUBMITTED)
    browser = login(world.coordinator)

    assert browser.post(step(world, "begin"), {"version": "0"}, headers={"HX-Request": "true"}).status_code == 204
    assert browser.post(step(world, "begin"), {"version": "0"}).url == reverse(
        "activities:review_update", args=[world.update.pk]
    )
    world.update.refresh_from_db()
    assert (world.update.version, world.update.reviewer) == (0, world.coordinator)
    assert UpdateEvent.objects.count() == 1


def test_sending_twice_is_refused(world):
    world.line.state, world.line.percent = ProgressState.NOT_STARTED, 0
    world.line.save()
    browser = login(world.focal_point)

    assert browser.post(step(world, "submit"), {"version": "0"}).status_code == 302
    assert browser.post(step(world, "submit"), {"version": "0"}).status_code == 403
    assert UpdateEvent.objects.count() == 1


@pytest.mark.parametrize(
    "asked, leads_to",
    [
        ("", "/review/"),
        ("/review/7/?period=2", "/review/7/?period=2"),
        ("https://elsewhere.example/", "/review/"),
        ("//elsewhere.example/", "/review/"),
        ("javascript:alert(1)", "/review/"),
    ],
)
@pytest.mark.parametrize("name", ["approve", "return"])
def test_after_a_decision_the_review_goes_on(name, asked, leads_to):
    world = make_world(Status.SUBMITTED)

    response = login(world.coordinator).post(step(world, name), {"version": "0", "reason": "Thiếu ảnh", "next": asked})

    assert (response.status_code, response.url) == (302, leads_to)
    event = UpdateEvent.objects.get()
    assert (event.move, event.reason) == (name, "Thiếu ảnh" if name == "return" else "")


@pytest.mark.parametrize(
    "reason, sentence",
    [
        ("", "Say why the update is returned: the agency reads these words."),
        ("  ", "Say why the update is returned: the agency reads these words."),
        ("x" * 2001, "at most 2000 characters"),
        ("\x00", "Null characters are not allowed."),
    ],
)
def test_a_return_without_a_sound_reason_is_refused_on_the_page(reason, sentence):
    world = make_world(Status.SUBMITTED)

    response = login(world.coordinator).post(step(world, "return"), {"reason": reason})

    assert response.status_code == 422
    assert sentence in response.text
    assert 'id="id_reason_error"' in response.text
    world.update.refresh_from_db()
    assert world.update.status == Status.SUBMITTED


def test_a_hostile_reason_is_only_words():
    world = make_world(Status.SUBMITTED)
    login(world.coordinator).post(step(world, "return"), {"reason": HOSTILE, "version": "0"})

    for address in (reverse("activities:updates"), world.update.get_absolute_url()):
        page = login(world.focal_point).get(address).text
        assert "<script>alert(" not in page
        assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;{{ 7|add:7 }}" in page


@pytest.mark.parametrize("version", ["3", "99", "9" * 5000])
def test_a_decision_on_another_version_asks_to_read_again(version):
    world = make_world(Status.SUBMITTED)

    response = login(world.coordinator).post(step(world, "approve"), {"version": version})

    assert response.status_code == 422
    assert "The update changed while you were looking at it. Read it again, then decide." in response.text
    assert not UpdateEvent.objects.exists()


def test_a_step_nobody_knows_is_refused(world):
    assert login(world.focal_point).post(step(world, "delete")).status_code == 404
    assert login(world.focal_point).get(step(world, "activities")).status_code == 404


def test_a_great_version_is_written_without_dots(world):
    complete(world)
    QuarterlyUpdate.objects.update(version=1234)
    browser = login(world.focal_point)

    assert 'name="version" value="1234"' in browser.get(world.update.get_absolute_url()).text
    assert browser.post(step(world, "submit"), {"version": "1234"}).status_code == 302
    assert 'name="version" value="1235"' in browser.get(reverse("activities:updates")).text


def test_a_return_that_was_refused_keeps_what_was_typed():
    world = make_world(Status.SUBMITTED)
    browser = login(world.coordinator)
    typed_there = {"version": "7", "reason": "Thiếu ảnh hội nghị", "resend_by": "18/06/2026", "next": "/review/9/"}

    response = browser.post(step(world, "return"), typed_there)

    assert response.status_code == 422
    assert "The update changed while you were looking at it. Read it again, then decide." in response.text
    assert "Thiếu ảnh hội nghị" in response.text and 'value="18/06/2026"' in response.text
    assert response.text.count('name="version" value="0"') > 1, "of the return and of the approval"
    assert browser.post(step(world, "return"), {**typed_there, "version": "0"}).url == "/review/9/"


def test_every_round_can_be_read_again(world):
    world.line.quantity_done = 1250
    world.line.save()
    move(world.update, "submit", by=world.focal_point, at=moment(15))
    move(world.update, "return", by=world.coordinator, at=moment(16), reason="Sai số liệu")

    page = login(world.focal_point).get(world.update.get_absolute_url()).text

    assert "What was sent in round 1" in page
    assert "1.250" in page
    assert "Sai số liệu" in page
    assert "Send again" in page


# The coordinator's list


def test_who_has_sent_and_who_has_not(world):
    sent = QuarterlyUpdateFactory(period=world.period, status=Status.SUBMITTED)
    AssignmentFactory(activity=world.activity, agency=sent.agency)
    silent = AssignmentFactory(activity=world.activity).agency

    response = login(world.coordinator).get(reverse("activities:updates"))

    assert {row.agency for row in response.context["rows"]} == {world.agency, sent.agency, silent}
    assert sent.get_absolute_url() in response.text
    assert world.update.get_absolute_url() not in response.text, "a draft is the agency's own"


def test_a_locality_without_periods():
    response = login(UserFactory(role=Role.LEADER)).get(reverse("activities:updates"))

    assert "There is no reporting period yet" in response.text


def test_a_period_without_duties():
    period = ReportingPeriodFactory()

    response = login(UserFactory(role=Role.LEADER, agency=period.plan.issuing_agency)).get(
        reverse("activities:updates")
    )

    assert "No agency has to report for this period" in response.text


def test_the_period_is_chosen_and_kept(world):
    autumn = ReportingPeriodFactory(plan=world.plan, ordinal=3)
    browser = login(world.coordinator)

    assert browser.get(reverse("activities:updates")).context["period"] == world.period
    assert browser.get(reverse("activities:updates"), {"period": autumn.pk}).context["period"] == autumn
    assert browser.get(reverse("activities:updates")).context["period"] == autumn


@pytest.mark.parametrize("asked", ["", "x", "-1", "0", "99999999", "9" * 30, "\x00", "foreign"])
def test_a_period_that_is_not_mine_is_ignored(world, asked):
    foreign = ReportingPeriodFactory(ordinal=3)
    browser = login(world.coordinator)

    response = browser.get(reverse("activities:updates"), {"period": foreign.pk if asked == "foreign" else asked})

    assert response.status_code == 200
    assert response.context["period"] == world.period
    assert "period" not in browser.session


def test_a_period_kept_from_another_life_is_ignored(world):
    browser = login(world.coordinator)
    session = browser.session
    session["period"] = str(ReportingPeriodFactory(ordinal=3).pk)
    session.save()

    assert browser.get(reverse("activities:updates")).context["period"] == world.period


def test_late_and_overdue_are_counted_in_days(world, clock):
    clock(date(2026, 6, 20))

    page = login(world.leader).get(reverse("activities:updates"), {"period": world.period.pk}).text

    assert "Not sent, 4 days overdue" in page


@pytest.mark.parametrize("sent", [{}, {"version": ""}, {"version": "x"}])
def test_a_decision_on_a_page_that_does_not_say_its_version_is_refused(sent):
    world = make_world(Status.SUBMITTED)

    response = login(world.coordinator).post(step(world, "approve"), sent)

    assert response.status_code == 422
    assert QuarterlyUpdate.objects.get().status == Status.SUBMITTED


def test_what_is_being_corrected_is_read_as_it_was_sent():
    world = make_world(Status.RETURNED, words="Đang sửa dở")

    others = login(world.leader).get(world.update.get_absolute_url()).text
    own = login(world.focal_point).get(world.update.get_absolute_url()).text

    assert "The agency is correcting this update" in others and "Đang sửa dở" not in others
    assert "Đang sửa dở" in own


def test_the_list_of_one_agency_and_the_way_back(world):
    other = QuarterlyUpdateFactory(period=world.period)
    browser, address = login(world.leader), reverse("activities:updates")

    def asked(agency):
        return browser.get(address, {"period": world.period.pk, "agency": agency})

    one = asked(other.agency_id)

    assert [row.agency for row in one.context["rows"]] == [other.agency]
    assert f"Only {other.agency.name}." in one.text and f'href="?period={world.period.pk}"' in one.text
    for unknown in ("x", "", make_world(Status.SUBMITTED).agency.pk, "\x00"):
        page = asked(unknown)
        assert (len(page.context["rows"]), page.context["agency"]) == (2, None)
