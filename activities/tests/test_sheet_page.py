"""The update as one page: what it shows, what it saves, carries over and sends; and nothing to report."""

import json
import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.carrying import carry_all
from activities.models import ActivityProgress, ProgressState, QuarterlyUpdate, Status, UpdateEvent
from activities.saving import words_version
from activities.views import sheets as views
from activities.workflow import move
from plans.tests.factories import ChannelFactory

from .factories import (
    TODAY,
    ActivityFactory,
    ActivityProgressFactory,
    AssignmentFactory,
    ContributionFactory,
    EvidenceFactory,
    IndicatorFactory,
    OutputCountFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    ReviewCommentFactory,
    UpdateEventFactory,
    make_world,
    moment,
)
from .test_update_forms import typed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

HOSTILE = "<script>alert('x')</script>{{ 7|add:7 }}"
AUTOSAVE = {"X-Autosave": "1"}


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def world():
    """A draft with one activity that has a target and two indicators to count, one of them a stock."""
    world = make_world()
    channel = ChannelFactory()
    IndicatorFactory(code="WEB-1", channels=[channel])
    IndicatorFactory(code="SOC-1", channels=[channel], is_stock=True)
    world.activity.target_quantity = 100
    world.activity.save()
    world.activity.channels.add(channel)
    return world


def line_address(world, activity=None):
    return reverse("activities:progress", args=[world.update.pk, (activity or world.activity).pk])


def address(world, name="sheet"):
    return reverse(f"activities:{name}", args=[world.update.pk])


def place(world, activity=None):
    return f"{address(world)}#activity-{(activity or world.activity).pk}"


def fields_of(page, form):
    """What a browser would send back of a form: hidden and text inputs, textareas, chosen options, ticked boxes."""
    page = page.partition(f'<form id="{form}"')[2].partition("</form>")[0]
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if attributes.get("type") == "checkbox" and " checked" not in tag:
            continue
        if attributes["name"] != "csrfmiddlewaretoken":
            found[attributes["name"]] = attributes.get("value", "")
    for name, words in re.findall(r'<textarea name="(\w+)"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL):
        found[name] = words
    for name, options in re.findall(r'<select name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        found[name] = next(iter(re.findall(r'value="(\w*)" selected', options)), "")
    return found


def line_fields(world, page, activity=None):
    return fields_of(page, f"a{(activity or world.activity).pk}")


def before(world, **line):
    """The agency's update of the first quarter, approved, with a line about every activity."""
    facts = {"results": "Đã chỉ đạo quý I", "status": Status.APPROVED}
    period = ReportingPeriodFactory(plan=world.plan, ordinal=1)
    update = QuarterlyUpdateFactory(period=period, agency=world.agency, leads=False, **facts)
    return [
        ActivityProgressFactory(update=update, activity=activity, words="Quý I đã làm", **line)
        for activity in world.all_activities
    ]


# Filling in


def test_all_activities_stand_on_one_page():
    world = make_world(activities=3)

    page = login(world.focal_point).get(address(world)).text

    for activity in world.all_activities:
        assert f'id="activity-{activity.pk}"' in page
        assert activity.title in page
    assert "3 of 3 complete" in page
    assert "nothing missing" in page


def test_a_line_is_filled_in(world):
    browser = login(world.focal_point)
    assert line_fields(world, browser.get(address(world)).text)["version"] == "0"

    response = browser.post(line_address(world), typed(words=HOSTILE))

    assert response.url == place(world)
    line = ActivityProgress.objects.get()
    assert (line.percent, line.quantity_done, line.words) == (40, 12, HOSTILE)
    assert (line.version, line.saved_by) == (1, world.focal_point)
    world.update.refresh_from_db()
    assert world.update.version == 1
    assert timezone.localdate(world.update.saved_at) == TODAY
    shown = browser.get(address(world)).text
    assert f"Activity {world.activity.number} saved." in shown
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;{{ 7|add:7 }}" in shown


def test_the_old_addresses_lead_to_their_place_on_the_page(world):
    browser = login(world.focal_point)

    assert browser.get(line_address(world)).url == place(world)
    checked = browser.get(line_address(world) + "?check=1").url
    assert checked == f"{address(world)}?check=1#activity-{world.activity.pk}"
    assert browser.get(address(world, "words")).url == f"{address(world)}#words"


def test_a_script_hears_what_has_become_of_the_page(world):
    sent = typed(**{"count_WEB-1": "7", "count_SOC-1": "3"})

    response = login(world.focal_point).post(line_address(world), sent, headers=AUTOSAVE)

    answer = response.json()
    key = f"a{world.activity.pk}"
    assert (response.status_code, answer["version"], answer["state"]) == (200, "1", "complete")
    assert answer["saved"].startswith("Saved at ")
    assert "complete" in answer["html"][f"nav-{key}"]
    assert "nothing missing" in answer["html"]["missing"]
    assert answer["text"][f"total-{key}_quantity_done"] == "12 / 100"
    assert answer["text"][f"total-{key}_count_SOC-1"] == "3"


def test_a_script_asks_how_a_line_stands(world):
    answer = login(world.focal_point).get(line_address(world), headers=AUTOSAVE).json()

    assert "1 thing missing" in answer["html"]["missing"]
    assert (answer["saved"], answer["state"]) == ("", "missing")


def test_a_wrong_number_is_refused_and_all_that_was_typed_stays(world):
    browser = login(world.focal_point)
    sent = typed(percent="101", words="Chữ của tôi", **{"count_WEB-1": "1,5"})

    response = browser.post(line_address(world), sent)

    assert response.status_code == 422
    kept = line_fields(world, response.text)
    assert {name: kept[name] for name in sent} == sent
    assert "Percent done is between 0 and 100." in response.text
    assert "Not saved: 2 things to correct" in response.text
    told = browser.post(line_address(world), sent, headers=AUTOSAVE)
    assert told.status_code == 422
    assert set(told.json()["errors"]) == {"percent", "count_WEB-1"}
    world.line.refresh_from_db()
    assert world.line.words != "Chữ của tôi"


# Two browsers


def test_saved_elsewhere_meanwhile(world):
    """What was typed stays on the page beside the other's; the next save from that page goes through."""
    browser = login(world.focal_point)
    mine = line_fields(world, browser.get(address(world)).text) | {"words": "Chữ của tôi"}
    other = UserFactory(agency=world.agency, full_name="Chị Hoa")
    login(other).post(line_address(world), typed(words="Chữ của đồng nghiệp"))

    refused = browser.post(line_address(world), mine)

    assert refused.status_code == 422
    assert "Chị Hoa saved this at" in refused.text
    assert "<td>Chữ của đồng nghiệp</td>" in refused.text
    assert ActivityProgress.objects.get().words == "Chữ của đồng nghiệp"
    again = line_fields(world, refused.text)
    assert (again["words"], again["version"]) == ("Chữ của tôi", "1")
    assert browser.post(line_address(world), again | {"resolve": "mine"}).status_code == 302
    assert ActivityProgress.objects.get().words == "Chữ của tôi"


def test_a_script_gets_both_versions_of_the_line_alone(world):
    browser = login(world.focal_point)
    login(UserFactory(agency=world.agency)).post(line_address(world), typed(words="Chữ của đồng nghiệp"))

    response = browser.post(line_address(world), typed(words="Chữ của tôi"), headers=AUTOSAVE)

    assert response.status_code == 409
    assert response.text.lstrip().startswith("<div data-row>")
    assert "Chữ của đồng nghiệp" in response.text and "Chữ của tôi" in response.text
    assert "data-autosave" not in response.text, "nothing goes on being saved before the person has chosen"


def test_theirs_is_taken(world):
    browser = login(world.focal_point)
    login(UserFactory(agency=world.agency)).post(line_address(world), typed(words="Chữ của đồng nghiệp"))

    response = browser.post(line_address(world), typed(words="Chữ của tôi", version="1", resolve="theirs"))

    assert response.url == place(world)
    assert ActivityProgress.objects.get().words == "Chữ của đồng nghiệp"


def test_a_save_whose_answer_was_lost_is_no_quarrel(world):
    browser = login(world.focal_point)
    for _again in range(2):
        response = browser.post(line_address(world), typed(), headers=AUTOSAVE)
        assert (response.status_code, response.json()["version"]) == (200, "1")
    assert ActivityProgress.objects.get().version == 1


def test_two_people_on_different_lines_never_meet():
    world = make_world(activities=2)
    first, second = world.all_activities
    page = login(world.focal_point).get(address(world)).text
    login(UserFactory(agency=world.agency)).post(line_address(world, first), typed(words="Một"))

    mine = line_fields(world, page, second) | {"words": "Hai"}
    assert login(world.focal_point).post(line_address(world, second), mine).status_code == 302
    assert list(ActivityProgress.objects.order_by("activity").values_list("words", flat=True)) == ["Một", "Hai"]


def test_sent_while_somebody_typed(world, monkeypatch):
    """The page was read as a draft; the update is sent before the save reaches the database."""
    sheet = views.build_sheet

    def sent_meanwhile(update):
        if update.status == Status.DRAFT:
            fresh = QuarterlyUpdate.objects.filter(pk=update.pk)
            fresh.update(status=Status.SUBMITTED, submitted_at=moment(), first_submitted_at=moment())
        return sheet(update)

    monkeypatch.setattr(views, "build_sheet", sent_meanwhile)

    response = login(world.focal_point).post(line_address(world), typed(words="Muộn"), headers=AUTOSAVE)

    assert response.status_code == 403
    assert "The update has been sent" in response.json()["sentence"]
    assert ActivityProgress.objects.get().words != "Muộn"
    assert QuarterlyUpdate.objects.get().status == Status.SUBMITTED


def test_a_locked_period_is_not_written_in(world, clock):
    clock(world.period.locks_on)
    browser = login(world.focal_point)

    for asked in (address(world), line_address(world), address(world, "words"), address(world, "nothing")):
        assert "The period is locked" in browser.post(asked, typed()).text
    told = browser.post(line_address(world), typed(), headers=AUTOSAVE)
    assert (told.status_code, "The period is locked" in told.json()["sentence"]) == (403, True)


# Who, and what


def test_an_activity_that_is_not_the_agencys_is_not_found(world):
    other = AssignmentFactory(activity__plan=world.plan).activity
    browser = login(world.focal_point)

    for activity in (other, ActivityFactory()):
        assert browser.get(line_address(world, activity)).status_code == 404
        assert browser.post(line_address(world, activity), typed()).status_code == 404


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.APPROVED])
def test_what_was_sent_is_not_filled_in(status):
    world = make_world(status)
    browser = login(world.focal_point)

    for asked in (address(world), address(world, "nothing")):  # a step back after sending
        opened = browser.get(asked, follow=True)
        assert opened.redirect_chain == [(world.update.get_absolute_url(), 302)]
        assert "The update has been sent; nothing can be changed until it is returned." in opened.text
    assert browser.get(line_address(world)).status_code == 403
    for asked in (address(world), line_address(world), address(world, "words"), address(world, "nothing")):
        response = browser.post(asked, typed())
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
        for name in ("sheet", "nothing"):
            assert login(person).get(address(world, name)).status_code == 403
        for name in ("sheet", "words", "carry", "nothing"):
            assert login(person).post(address(world, name), typed()).status_code == 403
        assert login(person).post(line_address(world), typed()).status_code == 403
    world.update.refresh_from_db()
    assert world.update.version == 0


def test_what_is_missing_is_shown_where_it_is_missing(world):
    world.line.words = ""
    world.line.save()
    browser = login(world.focal_point)
    assert "say in words what was done" not in browser.get(address(world)).text

    page = browser.get(address(world) + "?check=1").text

    assert "say in words what was done" in page
    assert "give the quantity done in the period (0 if none)" in page
    assert f'href="#a{world.activity.pk}_words"' in page


def test_a_done_activity_without_evidence_asks_why(world):
    world.line.state, world.line.percent, world.line.completed_on = ProgressState.DONE, 100, date(2026, 6, 1)
    world.line.quantity_done = 5
    world.line.save()
    browser = login(world.focal_point)
    assert "or say why there is none" in browser.get(address(world) + "?check=1").text

    EvidenceFactory(progress=world.line)

    assert "nothing missing" in browser.get(address(world)).text


def test_hostile_captions_are_only_words(world):
    EvidenceFactory(progress=world.line, caption=HOSTILE, url="https://minhhoa.example/?a=%22onmouseover=alert(1)")
    EvidenceFactory(progress=world.line, is_file=True, caption="", file_name=HOSTILE)

    assert "<script>alert(" not in login(world.focal_point).get(address(world)).text


def test_what_a_cooperating_agency_added_can_be_copied(world):
    part = ContributionFactory(period=world.period, activity=world.activity, words=HOSTILE, quantity=4)

    page = login(world.focal_point).get(address(world)).text

    assert f"Part of {part.agency_name}" in page
    assert "<script>alert(" not in page
    assert f'data-copy-to="a{world.activity.pk}_words"' in page


def test_remarks_stand_at_their_activity():
    world = make_world(Status.RETURNED)
    UpdateEventFactory(update=world.update, move="return", by=world.coordinator, reason="Bổ sung", at=moment(15, 11))
    said = {"update": world.update, "by": world.coordinator, "at": moment(15, 10)}
    ReviewCommentFactory(**said, activity=world.activity, text="Số ý kiến lệch")
    ReviewCommentFactory(**said, activity=world.activity, text="Giữ nội bộ", is_internal=True)

    page = login(world.focal_point).get(address(world)).text

    assert "Số ý kiến lệch" in page and "Bổ sung" in page
    assert "Giữ nội bộ" not in page
    assert "Returned: 1 remark" in page


@pytest.mark.parametrize(
    "number, hint", [(31, "more than three times"), (3, "less than a third"), (30, ""), (4, ""), (10, "")]
)  # the rule itself: test_jumps
def test_a_number_far_from_the_last_is_asked_about(world, number, hint):
    [line] = before(world)
    OutputCountFactory(progress=line, indicator_id="WEB-1", indicator=None, value=10)

    sent = typed(**{"count_WEB-1": str(number)})
    told = login(world.focal_point).post(line_address(world), sent, headers=AUTOSAVE).json()

    assert (hint in told["text"][f"hint-a{world.activity.pk}_count_WEB-1"]) and bool(
        told["text"][f"hint-a{world.activity.pk}_count_WEB-1"]
    ) == bool(hint)


# Words


def words_of(world, **words):
    return {"version": words_version(QuarterlyUpdate.objects.get(pk=world.update.pk)), **words}


def test_words_are_kept(world):
    browser = login(world.focal_point)

    sent = words_of(world, results=HOSTILE, difficulties="", proposals="Bổ sung")
    response = browser.post(address(world, "words"), sent)

    assert response.url == f"{address(world)}#words"
    update = QuarterlyUpdate.objects.get()
    assert (update.results, update.proposals, update.version) == (HOSTILE, "Bổ sung", 1)
    assert "<script>alert(" not in browser.get(address(world)).text


def test_words_saved_by_a_script(world):
    response = login(world.focal_point).post(address(world, "words"), words_of(world, results="Mới"), headers=AUTOSAVE)

    assert response.json()["version"] == words_version(QuarterlyUpdate.objects.get())


def test_words_too_long_come_back_whole(world):
    response = login(world.focal_point).post(address(world, "words"), words_of(world, results="x" * 5001))

    assert response.status_code == 422
    assert "At most 5000 characters; these are 5001." in response.text
    assert "x" * 5001 in response.text


def test_who_comes_second_sees_the_words_saved_meanwhile(world):
    sent = words_of(world, results="Của tôi")
    QuarterlyUpdate.objects.update(results="Của đồng nghiệp")
    browser = login(world.focal_point)

    page = browser.post(address(world, "words"), sent)
    told = browser.post(address(world, "words"), sent, headers=AUTOSAVE)

    assert (page.status_code, told.status_code) == (422, 409)
    for response in (page, told):
        assert "Của đồng nghiệp" in response.text and "Của tôi" in response.text
    again = fields_of(page.text, "words-form")
    assert browser.post(address(world, "words"), again).status_code == 302
    assert QuarterlyUpdate.objects.get().results == "Của tôi"


def test_words_do_not_take_back_what_was_sent_meanwhile(world, monkeypatch):
    save = views.save_words

    def sent_meanwhile(update, form, **more):
        move(world.update, "submit", by=world.focal_point, at=moment())
        return save(update, form, **more)

    world.line.quantity_done = 0
    world.line.save()
    monkeypatch.setattr(views, "save_words", sent_meanwhile)

    response = login(world.focal_point).post(address(world, "words"), words_of(world, results="Muộn"))

    assert response.status_code == 403
    update = QuarterlyUpdate.objects.get()
    assert (update.status, update.results) == (Status.SUBMITTED, "")


def test_the_words_of_the_period_before_are_shown(world):
    before(world)

    page = login(world.focal_point).get(address(world)).text

    assert "Đã chỉ đạo quý I" in page
    assert "What was written for Quarter I/2026" in page


# Carrying over


def test_a_line_is_filled_from_the_period_before(world):
    [line] = before(world, percent=30, quantity_done=9)
    OutputCountFactory(progress=line, indicator_id="WEB-1", indicator=None, value=10)
    OutputCountFactory(progress=line, indicator_id="SOC-1", indicator=None, value=3)
    ActivityProgress.objects.filter(update=world.update).delete()
    empty = {"version": "0", "words": "Đang viết dở"}

    response = login(world.focal_point).post(
        reverse("activities:progress_carry", args=[world.update.pk, world.activity.pk]), empty
    )

    assert response.url == place(world)
    now = ActivityProgress.objects.get(update=world.update)
    assert (now.state, now.percent, now.quantity_done) == ("in_progress", 30, None)
    assert now.words == "Đang viết dở", "what was typed is not overwritten"
    assert dict(now.output_counts.values_list("indicator", "value")) == {"SOC-1": 3}, "a flow would count twice"


@pytest.mark.parametrize(
    "begun, kept",
    [
        ({"state": "not_started"}, ("not_started", 0, None)),
        ({"state": "in_progress", "percent": "70"}, ("in_progress", 70, None)),
        ({"quantity_done": "8"}, ("", None, 8)),
    ],
)
@pytest.mark.parametrize("state, percent, day", [("in_progress", 30, None), ("done", 100, date(2026, 3, 1))])
def test_what_was_begun_is_not_contradicted(world, begun, kept, state, percent, day):
    before(world, state=state, percent=percent, completed_on=day)
    ActivityProgress.objects.filter(update=world.update).delete()

    login(world.focal_point).post(
        reverse("activities:progress_carry", args=[world.update.pk, world.activity.pk]), {"version": "0", **begun}
    )

    now = ActivityProgress.objects.get(update=world.update)
    if state == "in_progress" and "quantity_done" in begun:
        kept = ("in_progress", 30, 8)
    assert (now.state, now.percent, now.quantity_done) == kept
    assert not now.nothing_in_period


def test_the_whole_update_is_filled_where_it_is_empty():
    world = make_world(activities=3)
    before(world, percent=30)
    first, second, third = world.all_activities
    ActivityProgress.objects.filter(update=world.update, activity__in=[second, third]).delete()
    ActivityProgress.objects.filter(activity=third).update(state="done", percent=100, completed_on=date(2026, 3, 1))

    response = login(world.focal_point).post(address(world, "carry"), follow=True)

    assert "Copied into 2 activities that were empty." in response.text
    assert "1 activity was left as it is." in response.text
    lines = {line.activity: line for line in ActivityProgress.objects.filter(update=world.update)}
    assert (lines[first].percent, lines[first].words) == (40, "Đã tổ chức 03 hội nghị.")
    assert (lines[second].percent, lines[second].words) == (30, "Quý I đã làm")
    assert (lines[third].state, lines[third].nothing_in_period, lines[third].words) == ("done", True, "")
    assert QuarterlyUpdate.objects.get(pk=world.update.pk).results == "Đã chỉ đạo quý I"


def test_where_no_line_is_empty_it_says_so_and_copies_the_words():
    world = make_world()
    before(world)

    response = login(world.focal_point).post(address(world, "carry"), follow=True)

    assert "No activity was empty any more." in response.text
    assert "The words of the update were copied, too." in response.text
    assert "Copied into 0" not in response.text


def test_carrying_over_twice_changes_nothing():
    world = make_world()
    before(world)
    ActivityProgress.objects.filter(update=world.update).delete()
    who = {"by": world.focal_point, "at": moment(), "today": TODAY}
    assert carry_all(world.update, **who).lines == 1
    world.update.refresh_from_db()

    again = carry_all(world.update, **who)

    assert (again.lines, again.words) == (0, False)
    assert QuarterlyUpdate.objects.get(pk=world.update.pk).version == world.update.version


def test_nothing_before_is_nothing_to_carry(world):
    response = login(world.focal_point).post(address(world, "carry"), follow=True)

    assert "Nothing was copied" in response.text
    assert "Copy everything from the period before" not in response.text


# Sending


def test_the_page_sends_the_update(world):
    world.line.quantity_done = 0
    world.line.save()

    response = login(world.focal_point).post(address(world))

    assert response.url == reverse("activities:updates")
    assert QuarterlyUpdate.objects.get().status == Status.SUBMITTED
    assert UpdateEvent.objects.get().move == "submit"


def test_an_incomplete_update_is_not_sent_and_says_where(world):
    response = login(world.focal_point).post(address(world))

    assert response.status_code == 422
    assert "give the quantity done in the period (0 if none)" in response.text
    assert QuarterlyUpdate.objects.get().status == Status.DRAFT


def test_the_same_submission_sent_twice_counts_once(world):
    world.line.quantity_done = 0
    world.line.save()
    browser = login(world.focal_point)

    assert [browser.post(address(world)).status_code for _again in range(2)] == [302, 403]
    assert UpdateEvent.objects.count() == 1


# Nothing to report


def test_nothing_to_report_is_sent_at_once_and_counts_as_on_time(world):
    ActivityProgress.objects.all().delete()
    browser = login(world.focal_point)
    assert "The update is sent at once" in browser.get(address(world, "nothing")).text

    response = browser.post(address(world, "nothing"), {"reason": "Hoạt động bắt đầu từ quý III."})

    assert response.url == reverse("activities:updates")
    update = QuarterlyUpdate.objects.get()
    assert (update.status, update.nothing_to_report) == (Status.SUBMITTED, True)
    assert timezone.localdate(update.first_submitted_at) <= world.period.agency_due_on
    assert UpdateEvent.objects.get().content["nothing_reason"] == "Hoạt động bắt đầu từ quý III."


@pytest.mark.parametrize(
    "reason, sentence", [(" ", "Say why there is nothing to report."), ("x" * 2001, "at most 2000")]
)
def test_nothing_to_report_needs_a_reason(world, reason, sentence):
    response = login(world.focal_point).post(address(world, "nothing"), {"reason": reason})

    assert response.status_code == 422
    assert sentence in response.text
    assert QuarterlyUpdate.objects.get().status == Status.DRAFT


def test_nothing_to_report_is_not_said_of_what_is_filled_in(world):
    line = ActivityProgress.objects.get()
    browser = login(world.focal_point)
    assert "1 activity is filled in already." in browser.get(address(world, "nothing")).text

    refused = browser.post(address(world, "nothing"), {"reason": "Không có"})

    assert refused.status_code == 422
    assert "The update reports something" in refused.text
    update = QuarterlyUpdate.objects.get()
    assert (update.status, update.nothing_to_report) == (Status.DRAFT, False)
    assert ActivityProgress.objects.get().state == line.state != ""


def test_nothing_to_report_empties_what_is_filled_in_where_that_is_said(world):
    line = ActivityProgress.objects.get()
    OutputCountFactory(progress=line, indicator_id="WEB-1", value=7)
    EvidenceFactory(progress=line)

    login(world.focal_point).post(address(world, "nothing"), {"reason": "Không có", "emptied": "on"})

    update = QuarterlyUpdate.objects.get()
    assert (update.status, update.nothing_to_report) == (Status.SUBMITTED, True)
    line.refresh_from_db()
    assert (line.state, line.percent, line.words, line.quantity_done) == ("", None, "", None)
    assert not line.output_counts.exists() and not line.evidence.exists()


def test_what_a_colleague_fills_in_meanwhile_is_not_lost(world, monkeypatch):
    ActivityProgress.objects.all().delete()
    browser = login(world.focal_point)
    usual = views.send_nothing

    def after_a_colleague(update, *args, **kwargs):
        ActivityProgressFactory(update=update, activity=world.activity, words="Của đồng nghiệp")
        return usual(update, *args, **kwargs)

    monkeypatch.setattr(views, "send_nothing", after_a_colleague)
    response = browser.post(address(world, "nothing"), {"reason": "Không có"})

    assert response.status_code == 422
    update = QuarterlyUpdate.objects.get()
    assert (update.status, update.nothing_to_report) == (Status.DRAFT, False)


@pytest.mark.parametrize("days, is_said", [(0, True), (1, False)])
def test_on_time_is_said_only_while_it_is(world, clock, days, is_said):
    clock(world.period.agency_due_on + timedelta(days=days))

    page = login(world.focal_point).get(address(world, "nothing")).text

    assert ("It counts as on time" in page) == is_said


def test_what_did_not_apply_before_says_so(world):
    before = QuarterlyUpdateFactory(
        period=ReportingPeriodFactory(plan=world.plan, ordinal=1), agency=world.agency, status=Status.APPROVED
    )
    line = ActivityProgressFactory(update=before, activity=world.activity, quantity_not_applicable=True)
    OutputCountFactory(progress=line, indicator_id="WEB-1", value=None, not_applicable=True)
    OutputCountFactory(progress=line, indicator_id="SOC-1", value=0)

    page = login(world.focal_point).get(address(world)).text

    cells = re.findall(r'<td class="num dim"[^>]*>([^<]*)', page)
    assert sorted(cells) == ["0", "Not applicable", "Not applicable"]


def test_ones_own_other_tab_is_no_colleague(world):
    browser = login(world.focal_point)
    browser.post(line_address(world), typed(version="0", words="Ở thẻ kia"))

    page = browser.post(line_address(world), typed(version="0", words="Ở thẻ này"), headers=AUTOSAVE).text

    assert "You saved this in another tab" in page
    assert str(world.focal_point) not in page


def test_after_a_recall_it_is_filled_in_after_all(world):
    ActivityProgress.objects.all().delete()
    browser = login(world.focal_point)
    browser.post(address(world, "nothing"), {"reason": HOSTILE})
    move(world.update, "recall", by=world.focal_point, at=moment())
    page = browser.get(address(world)).text
    assert "This update says that there is nothing to report." in page
    assert "<script>alert(" not in page

    assert browser.post(address(world, "nothing"), {"undo": "1"}).url == address(world)
    assert not QuarterlyUpdate.objects.get().nothing_to_report


def test_a_line_typed_after_all_is_something_to_report(world):
    QuarterlyUpdate.objects.update(nothing_to_report=True, nothing_reason="Không có")

    login(world.focal_point).post(line_address(world), typed())

    assert not QuarterlyUpdate.objects.get().nothing_to_report


def test_answers_to_scripts_are_plain_json(world):
    response = login(world.focal_point).post(line_address(world), typed(words=HOSTILE), headers=AUTOSAVE)

    assert "<script>" not in json.dumps(response.json())
