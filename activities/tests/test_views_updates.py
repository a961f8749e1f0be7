"""An agency's update in the browser: beginning, filling in, sending; and the coordinator's review."""

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import ActivityProgress, Evidence, ProgressState, QuarterlyUpdate, Status, UpdateEvent
from activities.views import updates as views
from activities.workflow import move
from plans.tests.factories import ChannelFactory

from .factories import (
    PDF,
    TODAY,
    ActivityFactory,
    AssignmentFactory,
    EvidenceFactory,
    IndicatorFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    make_world,
    moment,
)
from .test_forms import typed

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


def fields_of(page):
    """What a browser would send back of the line's form: hidden and text inputs, textareas, the chosen options."""
    page = page.partition('<form id="line"')[2].partition("</form>")[0]
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if attributes.get("type") != "file" and attributes["name"] != "csrfmiddlewaretoken":
            found[attributes["name"]] = attributes.get("value", "")
    for name, words in re.findall(r'<textarea name="(\w+)"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL):
        found[name] = words
    for name, options in re.findall(r'<select name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        found[name] = next(iter(re.findall(r'value="(\w*)" selected', options)), "")
    return found


# Beginning


def start(period):
    return reverse("activities:start", args=[period.pk])


def test_a_focal_point_begins_and_is_led_to_the_first_activity():
    period = ReportingPeriodFactory()
    lead = AssignmentFactory(activity__plan=period.plan, activity__position=2)
    first = AssignmentFactory(activity__plan=period.plan, activity__position=1, agency=lead.agency).activity

    response = login(UserFactory(agency=lead.agency)).post(start(period))

    update = QuarterlyUpdate.objects.get()
    assert (update.agency, update.period, update.status) == (lead.agency, period, Status.DRAFT)
    assert response.url == reverse("activities:progress", args=[update.pk, first.pk])


def test_beginning_twice_leads_to_the_same_update(world):
    response = login(world.focal_point).post(start(world.period))

    assert response.url == world.update.get_absolute_url()
    assert QuarterlyUpdate.objects.count() == 1


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


def test_a_line_is_filled_in(world):
    browser = login(world.focal_point)
    page = browser.get(line_address(world)).text
    assert fields_of(page)["version"] == "0"

    response = browser.post(line_address(world), typed(words=HOSTILE, save="1"))

    assert response.url == line_address(world)
    line = ActivityProgress.objects.get()
    assert (line.percent, line.quantity_done, line.words) == (40, 12, HOSTILE)
    world.update.refresh_from_db()
    assert world.update.version == 1
    assert timezone.localdate(world.update.saved_at) == TODAY
    shown = browser.get(response.url).text
    assert "Saved at " in shown
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;{{ 7|add:7 }}" in shown


@pytest.mark.parametrize(
    "button, last, place",
    [("save", False, "here"), ("next", False, "next"), ("next", True, "words"), ("finish", False, "update")],
)
def test_where_a_save_leads(button, last, place):
    world = make_world(activities=2)
    first, second = sorted(world.all_activities, key=lambda activity: activity.position)
    here = second if last else first
    places = {
        "here": line_address(world, here),
        "next": line_address(world, second),
        "words": words_address(world),
        "update": world.update.get_absolute_url(),
    }

    response = login(world.focal_point).post(line_address(world, here), typed(**{button: "1"}))

    assert response.url == places[place]


def test_a_wrong_number_is_refused_and_all_that_was_typed_stays(world):
    browser = login(world.focal_point)
    sent = typed(percent="101", words="Chữ của tôi", **{"count_WEB-1": "1,5"})

    response = browser.post(line_address(world), sent)

    assert response.status_code == 422
    kept = fields_of(response.text)
    assert {name: kept[name] for name in sent} == sent
    assert "Percent done is between 0 and 100." in response.text
    assert 'id="id_percent_error"' in response.text
    assert "Not saved: 2 things to correct" in response.text
    world.line.refresh_from_db()
    assert world.line.words != "Chữ của tôi"


def test_saved_elsewhere_meanwhile(world):
    """What was typed stays on the page; the next save from that page goes through."""
    browser = login(world.focal_point)
    mine = {**fields_of(browser.get(line_address(world)).text), "words": "Chữ của tôi"}
    login(UserFactory(agency=world.agency)).post(line_address(world), typed(words="Chữ của đồng nghiệp"))

    refused = browser.post(line_address(world), mine)

    assert refused.status_code == 422
    assert "This update was saved in another window or by a colleague meanwhile." in refused.text
    assert ActivityProgress.objects.get().words == "Chữ của đồng nghiệp"
    again = fields_of(refused.text)
    assert (again["words"], again["version"]) == ("Chữ của tôi", "1")
    assert browser.post(line_address(world), again).status_code == 302
    assert ActivityProgress.objects.get().words == "Chữ của tôi"


def test_sent_while_somebody_typed(world, monkeypatch):
    """The page was read as a draft; the update is sent before the save reaches the database."""
    sheet = views.build_sheet

    def sent_meanwhile(update):
        if update.status == Status.DRAFT:
            fresh = QuarterlyUpdate.objects.filter(pk=update.pk)
            fresh.update(status=Status.SUBMITTED, submitted_at=moment(), first_submitted_at=moment())
        return sheet(update)

    monkeypatch.setattr(views, "build_sheet", sent_meanwhile)

    response = login(world.focal_point).post(line_address(world), typed(words="Muộn"))

    assert response.status_code == 403
    assert "The update has been sent" in response.text
    assert ActivityProgress.objects.get().words != "Muộn"
    assert QuarterlyUpdate.objects.get().status == Status.SUBMITTED


def test_words_do_not_take_back_what_was_sent_meanwhile(world, monkeypatch):
    save = views.save_words

    def sent_meanwhile(update, form, **more):
        move(world.update, "submit", by=world.focal_point, at=moment())
        return save(update, form, **more)

    world.line.quantity_done = 0
    world.line.save()
    monkeypatch.setattr(views, "save_words", sent_meanwhile)

    response = login(world.focal_point).post(words_address(world), {"version": "0", "results": "Muộn"})

    assert response.status_code == 403
    update = QuarterlyUpdate.objects.get()
    assert (update.status, update.results) == (Status.SUBMITTED, "")


def test_words_are_kept(world):
    browser = login(world.focal_point)
    assert browser.get(words_address(world)).status_code == 200

    response = browser.post(
        words_address(world), {"version": "0", "results": HOSTILE, "difficulties": "", "proposals": "Bổ sung"}
    )

    assert response.url == world.update.get_absolute_url()
    update = QuarterlyUpdate.objects.get()
    assert (update.results, update.proposals, update.version) == (HOSTILE, "Bổ sung", 1)
    assert "<script>alert(" not in browser.get(response.url).text


def test_words_too_long_come_back_whole(world):
    response = login(world.focal_point).post(words_address(world), {"version": "0", "results": "x" * 5001})

    assert response.status_code == 200
    assert "At most 5000 characters; these are 5001." in response.text
    assert "x" * 5001 in response.text


def test_the_words_of_the_period_before_are_shown(world):
    QuarterlyUpdate.objects.update(
        results="Quý trước đã chỉ đạo", status=Status.APPROVED, submitted_at=moment(), first_submitted_at=moment()
    )
    now = QuarterlyUpdateFactory(period=ReportingPeriodFactory(plan=world.plan, ordinal=3), agency=world.agency)

    page = login(world.focal_point).get(reverse("activities:words", args=[now.pk])).text

    assert "Quý trước đã chỉ đạo" in page


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


def test_what_is_missing_is_shown_where_it_is_missing(world):
    world.line.words = ""
    world.line.save()

    page = login(world.focal_point).get(line_address(world) + "?check=1").text

    assert "say in words what was done" in page
    assert "give the quantity done in the period (0 if none)" in page


def test_a_refused_save_does_not_repeat_what_was_missing_before(world):
    world.line.words = ""
    world.line.save()

    page = login(world.focal_point).post(line_address(world) + "?check=1", typed(percent="101")).text

    assert "Percent done is between 0 and 100." in page
    assert "say in words what was done" not in page


# Evidence beside the figures


def pdf(content=PDF, name="bien-ban.pdf"):
    return SimpleUploadedFile(name, content)


def test_figures_and_evidence_are_kept_together(world):
    data = typed(file=pdf(), file_caption="Biên bản", url="https://minhhoa.example/", dated_on="01/06/2026")

    assert login(world.focal_point).post(line_address(world), data).status_code == 302

    assert [(item.kind, item.added_by) for item in Evidence.objects.all()] == [
        ("file", world.focal_point),
        ("link", world.focal_point),
    ]


def test_a_sound_file_is_kept_though_a_number_is_wrong(world):
    browser = login(world.focal_point)
    data = typed(percent="101", words="Chữ mới", file=pdf(), url="https://minhhoa.example/", file_caption="Biên bản")

    response = browser.post(line_address(world), data)

    assert response.status_code == 422
    assert Evidence.objects.count() == 2
    world.line.refresh_from_db()
    assert world.line.words != "Chữ mới"
    assert "The evidence was kept; the figures were not saved yet." in response.text
    assert "https://minhhoa.example/</a>" in response.text.replace("</svg>", "").replace("\n", ""), (
        "on the list already"
    )
    again = fields_of(response.text)
    assert again["words"] == "Chữ mới"

    assert browser.post(line_address(world), {**again, "percent": "50"}).status_code == 302
    assert Evidence.objects.count() == 2, "nothing is kept twice"


def test_sound_figures_are_kept_though_a_file_is_bad(world):
    browser = login(world.focal_point)

    response = browser.post(line_address(world), typed(words="Chữ mới", file=pdf(b"<html>"), file_caption="Biên bản"))

    assert response.status_code == 422
    assert "The content of “bien-ban.pdf” is not a PDF file." in response.text
    assert "The figures were saved; the evidence was not." in response.text
    assert ActivityProgress.objects.get().words == "Chữ mới"
    again = fields_of(response.text)
    assert again["file_caption"] == "Biên bản"
    assert browser.post(line_address(world), {**again, "file": pdf()}).status_code == 302
    assert Evidence.objects.get().caption == "Biên bản"


def test_evidence_waits_for_a_line_to_belong_to(world):
    ActivityProgress.objects.all().delete()

    response = login(world.focal_point).post(line_address(world), typed(percent="101", file=pdf()))

    assert response.status_code == 422
    assert "Correct the figures first" in response.text
    assert not Evidence.objects.exists()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "http://"])
def test_a_link_that_is_none_is_never_a_link_on_the_page(world, url):
    response = login(world.focal_point).post(line_address(world), typed(url=url))

    assert response.status_code == 422
    assert f'href="{url}' not in response.text
    assert not Evidence.objects.exists()


def test_hostile_captions_are_only_words(world):
    EvidenceFactory(progress=world.line, caption=HOSTILE, url="https://minhhoa.example/?a=%22onmouseover=alert(1)")
    EvidenceFactory(progress=world.line, is_file=True, caption="", file_name=HOSTILE)

    for address in (line_address(world), world.update.get_absolute_url()):
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
    offered = {
        "submit": (world.focal_point, status in (Status.DRAFT, Status.RETURNED)),
        "return": (world.coordinator, status == Status.SUBMITTED),
        "approve": (world.coordinator, status == Status.SUBMITTED),
    }

    for name, (person, is_open) in offered.items():
        assert (step(world, name) in login(person).get(world.update.get_absolute_url()).text) == is_open
        assert step(world, name) not in login(world.leader).get(world.update.get_absolute_url()).text


def test_an_update_is_sent(world):
    world.line.quantity_done = 0
    world.line.save()

    response = login(world.focal_point).post(step(world, "submit"), {"version": "0"}, follow=True)

    assert "The update for Quarter II/2026 has been sent." in response.text
    world.update.refresh_from_db()
    assert (world.update.status, timezone.localdate(world.update.first_submitted_at)) == (Status.SUBMITTED, TODAY)


def test_an_incomplete_update_leads_to_what_is_missing(world):
    response = login(world.focal_point).post(step(world, "submit"), {"version": "0"})

    assert response.url == line_address(world) + "?check=1"
    page = response.client.get(response.url).text
    assert f"Activity {world.activity.number}: give the quantity done in the period (0 if none)." in page
    world.update.refresh_from_db()
    assert world.update.status == Status.DRAFT


def test_sending_twice_is_refused(world):
    world.line.state, world.line.percent = ProgressState.NOT_STARTED, 0
    world.line.save()
    browser = login(world.focal_point)

    assert browser.post(step(world, "submit"), {"version": "0"}).status_code == 302
    assert browser.post(step(world, "submit"), {"version": "0"}).status_code == 403
    assert UpdateEvent.objects.count() == 1


def test_an_update_is_approved_and_the_next_one_opens():
    world = make_world(Status.SUBMITTED, agencies=3)
    QuarterlyUpdate.objects.filter(pk=world.all_updates[2].pk).update(submitted_at=moment(14))

    response = login(world.coordinator).post(step(world, "approve"), {"version": "0"})

    assert response.url == world.all_updates[2].get_absolute_url()
    world.update.refresh_from_db()
    assert world.update.status == Status.APPROVED


def test_after_the_last_decision_the_list_opens():
    world = make_world(Status.SUBMITTED)

    response = login(world.coordinator).post(step(world, "return"), {"reason": "Thiếu ảnh", "version": "0"})

    assert response.url == reverse("activities:updates")
    assert UpdateEvent.objects.get().reason == "Thiếu ảnh"


@pytest.mark.parametrize(
    "reason, sentence",
    [
        ("", "Say why the update is returned: the agency reads these words."),
        ("  ", "Say why the update is returned: the agency reads these words."),
        ("x" * 2001, "at most 2000 characters"),
        ("a\x00b", "Null characters are not allowed."),
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

    for address in (reverse("activities:updates"), world.update.get_absolute_url(), line_address(world)):
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


def test_a_great_version_is_written_without_dots():
    world = make_world(Status.SUBMITTED)
    QuarterlyUpdate.objects.update(version=1234)
    browser = login(world.coordinator)

    page = browser.get(world.update.get_absolute_url()).text

    assert page.count('name="version" value="1234"') == 2
    assert browser.post(step(world, "approve"), {"version": "1234"}).status_code == 302


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


def test_who_comes_second_sees_what_was_saved_meanwhile(world):
    browser = login(world.focal_point)
    browser.post(line_address(world), typed(words="Của người trước"))
    browser.post(words_address(world), {"version": "1", "results": "Chỉ đạo của người trước"})

    line = browser.post(line_address(world), typed(version="0", words="Của tôi"))
    words = browser.post(words_address(world), {"version": "0", "results": "Chỉ đạo của tôi"})

    for response, theirs, mine in (
        (line, "Của người trước", "Của tôi"),
        (words, "Chỉ đạo của người trước", "Chỉ đạo của tôi"),
    ):
        assert "Saved meanwhile" in response.text
        assert theirs in response.text and mine in response.text


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
