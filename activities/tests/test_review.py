"""The review: the queue, one update beside it, remarks, returns, and approving many."""

import re
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, strategies as st

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import (
    Extension,
    QuarterlyUpdate,
    ReportingRules,
    ReviewComment,
    Status,
    UpdateEvent,
)
from activities.review.narrowing import Narrowing
from activities.review.queue import Queue, build_queue
from activities.review.reasons import USUAL, next_chance
from activities.workflow import move
from agencies.models import Holiday
from agencies.tests.factories import AgencyFactory, AgencyGroupFactory, GroupMembershipFactory, SuccessionFactory

from .factories import (
    TODAY,
    ActivityProgressFactory,
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

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

MOST_OF_THE_QUEUE = 12
MOST_OF_ONE = 15
HOSTILE = "<script>alert('x')</script>{{ 7|add:7 }}"


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def world():
    """Three updates that wait, sent at nine, ten and eleven on 15/6."""
    world = make_world(Status.SUBMITTED, agencies=3)
    for hour, update in enumerate(world.all_updates, start=9):
        QuarterlyUpdate.objects.filter(pk=update.pk).update(
            submitted_at=moment(hour=hour), first_submitted_at=moment(hour=hour)
        )
        update.refresh_from_db()
    return world


def queue_of(world, **narrowing):
    periods = list(world.plan.reporting_periods.all())
    return build_queue(QuarterlyUpdate.objects.all(), world.coordinator, periods, Narrowing(**narrowing), today=TODAY)


def address(update, query=""):
    return reverse("activities:review_update", args=[update.pk]) + query


def step(update, name):
    return reverse("activities:move", args=[update.pk, name])


def sent_again(world, update, **changes):
    """Sent, returned, corrected and sent once more."""
    move(update, "return", by=world.coordinator, at=moment(15, 12), reason="Kiểm tra số lượt")
    for name, value in changes.items():
        update.progress_rows.update(**{name: value})
    sender = world.focal_point if update.agency_id == world.agency.pk else UserFactory(agency=update.agency)
    move(update, "submit", by=sender, at=moment(15, 13))
    update.refresh_from_db()


@pytest.fixture
def twice():
    """An update sent with 156, returned, and sent again with 56."""
    world = make_world(Status.DRAFT, quantity_done=156, words="Phát 156 lượt trên 12 cụm loa.")
    move(world.update, "submit", by=world.focal_point, at=moment(15, 9))
    sent_again(world, world.update, quantity_done=56, words="Phát 56 lượt trên 12 cụm loa.")
    return world


# Who


@pytest.mark.parametrize("role", [Role.LEADER, Role.ADMINISTRATOR, Role.FOCAL_POINT])
def test_only_coordinators_review(world, role):
    browser = login(UserFactory(role=role, agency=world.plan.coordinating_agency))

    for page in (reverse("activities:review"), reverse("activities:approve_many"), address(world.update)):
        answer = browser.get(page)
        assert answer.status_code == 403
        assert "Updates are reviewed by the coordinator of the plan." in answer.text
    assert browser.post(reverse("activities:comment", args=[world.update.pk]), {"text": "x"}).status_code == 403


def test_the_coordinator_of_another_plan_has_another_queue(world):
    other = UserFactory(role=Role.COORDINATOR, agency=AgencyFactory(locality=world.locality))

    assert "Nothing waits for a decision" in login(other).get(reverse("activities:review")).text
    assert login(other).get(address(world.update)).status_code == 403
    posted = {"update": f"{world.update.pk}:0"}
    assert "0 of 1 approved" in login(other).post(reverse("activities:approve_many"), posted).text
    world.update.refresh_from_db()
    assert world.update.status == Status.SUBMITTED


def test_where_no_coordinator_is_stated_the_issuer_reviews(world):
    world.plan.coordinating_agency = None
    world.plan.save()
    issuer = UserFactory(role=Role.COORDINATOR, agency=world.plan.issuing_agency)

    assert login(issuer).get(address(world.update)).status_code == 200


def test_what_has_been_decided_opens_as_a_page_to_read(world):
    move(world.update, "approve", by=world.coordinator, at=moment())

    answer = login(world.coordinator).get(address(world.update))

    assert answer.url == world.update.get_absolute_url()


# The queue


def test_worst_first(world):
    again, late, early = world.all_updates
    QuarterlyUpdate.objects.filter(pk=again.pk).update(submitted_at=moment(15, 20))
    QuarterlyUpdate.objects.filter(pk=late.pk).update(submitted_at=moment(17, 8), first_submitted_at=moment(17, 8))
    doubtful = QuarterlyUpdateFactory(period=world.period, status=Status.SUBMITTED, submitted_at=moment(15, 22))
    ActivityProgressFactory(update=doubtful, state="done", percent=100)

    assert [row.update for row in queue_of(world).rows] == [again, late, doubtful, early]


def test_the_first_opens_beside_the_list(world):
    page = login(world.coordinator).get(reverse("activities:review"))

    assert page.context["waiting"].update == world.all_updates[0]
    assert "3 updates wait for a decision." in page.text
    assert f"After the decision {world.all_updates[1].agency.short_name} opens." in page.text
    assert step(world.all_updates[0], "approve") in page.text
    assert address(world.all_updates[1]) in page.text


def test_before_and_after(world):
    first, second, third = world.all_updates
    queue = queue_of(world)

    assert queue.after(second.pk).update == third
    assert queue.before(second.pk).update == first
    assert queue.after(third.pk).update == first, "what was put off comes again"
    assert queue.before(first.pk) is None
    assert [queue.place(each.pk) for each in world.all_updates] == [1, 2, 3]


@given(waiting=st.integers(1, 6), at=st.integers(0, 5))
def test_going_on_never_opens_the_same_one(waiting, at):
    rows = [SimpleNamespace(update=SimpleNamespace(pk=pk)) for pk in range(waiting)]
    after = Queue(rows, rows, {}, None, {}).after(at)

    if waiting == 1 and at == 0:
        assert after is None
    else:
        assert after.update.pk != at


def test_the_last_one_leads_back_to_the_queue():
    world = make_world(Status.SUBMITTED)
    page = login(world.coordinator).get(address(world.update))

    assert page.context["next_url"] == reverse("activities:review")
    assert "It is the last one that waits." in page.text


def test_an_empty_queue_says_what_next():
    page = login(make_world().coordinator).get(reverse("activities:review")).text

    assert "Nothing waits for a decision" in page
    assert reverse("activities:matrix") in page


def test_narrowed(world):
    autumn = ReportingPeriodFactory(plan=world.plan, ordinal=3)
    other = QuarterlyUpdateFactory(period=autumn, status=Status.SUBMITTED)
    group = AgencyGroupFactory(locality=world.locality)
    GroupMembershipFactory(group=group, agency=world.all_updates[1].agency)
    GroupMembershipFactory(group=group, agency=world.all_updates[2].agency, valid_to=TODAY - timedelta(days=1))
    ended = AgencyGroupFactory(locality=world.locality)

    assert [row.update for row in queue_of(world, period=autumn.pk).shown] == [other]
    assert [row.update for row in queue_of(world, group=group.pk).shown] == [world.all_updates[1]]
    assert queue_of(world, group=ended.pk).shown == []
    assert len(queue_of(world, show="clean").shown) == 4
    assert queue_of(world, show="again").shown == []


def test_the_choice_goes_along(world):
    page = login(world.coordinator).get(reverse("activities:review"), {"of": world.period.pk, "show": "clean"})

    query = f"?of={world.period.pk}&amp;show=clean"
    assert address(world.all_updates[1], query) in page.text
    assert f'name="next" value="{address(world.all_updates[1], query)}"' in page.text


@pytest.mark.parametrize("query", ["?of=x&group=-1&show=nonsense", "?of=" + "9" * 30, "?open=x", "?open=" + "9" * 30])
def test_nonsense_narrows_nothing(world, query):
    page = login(world.coordinator).get(reverse("activities:review") + query)

    assert len(page.context["queue"].shown) == 3


def test_nothing_like_this_waits(world):
    page = login(world.coordinator).get(reverse("activities:review"), {"show": "late"}).text

    assert "Nothing that waits is like this" in page


def test_one_is_chosen_from_the_select_of_a_phone(world):
    answer = login(world.coordinator).get(reverse("activities:review"), {"open": world.update.pk, "show": "clean"})

    assert answer.url == address(world.update, "?show=clean")


def test_one_that_the_choice_hides_still_opens(world):
    page = login(world.coordinator).get(address(world.update, "?show=late"))

    assert page.context["waiting"].update == world.update
    assert page.context["next_url"] == reverse("activities:review") + "?show=late"


@pytest.mark.parametrize("agencies", [4, 60])
def test_the_queue_asks_the_database_at_most_twelve_times(agencies):
    world = make_world(Status.SUBMITTED, agencies=agencies, quantity_done=3)
    for line in world.update.progress_rows.all():
        OutputCountFactory(progress=line)
        EvidenceFactory(progress=line)
    for update in world.all_updates[:3]:
        sent_again(world, update, quantity_done=9)
    GroupMembershipFactory(group__locality=world.locality, agency=world.agency)
    ReviewCommentFactory(update=world.update)
    browser = login(world.coordinator)

    def asked(page):
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(page).status_code == 200
        return len(queries)

    assert asked(reverse("activities:review")) <= MOST_OF_THE_QUEUE
    assert asked(address(world.update)) <= MOST_OF_ONE
    assert asked(reverse("activities:approve_many")) <= MOST_OF_THE_QUEUE


def test_the_place_is_in_the_frame(world):
    page = login(world.coordinator).get(reverse("activities:review"))

    place = next(each for each in page.context["frame"]["nav"] if each["url"] == reverse("activities:review"))
    assert (place["count"], place["current"]) == (3, True)


# The review begins


def test_reading_begins_nothing_but_the_page_tells_that_it_was_read(world):
    browser = login(world.coordinator)
    page = browser.get(address(world.update)).text
    world.update.refresh_from_db()
    assert world.update.review_began_at is None
    assert f'hx-post="{step(world.update, "begin")}" hx-trigger="load"' in page

    version = {"version": str(world.update.version)}
    assert browser.post(step(world.update, "begin"), version, HTTP_HX_REQUEST="true").status_code == 204

    world.update.refresh_from_db()
    assert world.update.review_began_at
    assert step(world.update, "begin") not in browser.get(address(world.update)).text
    assert login(world.focal_point).post(step(world.update, "recall"), version).status_code == 403
    assert browser.post(step(world.update, "approve"), version).status_code == 302, "the page is still good"


# One update


def test_a_corrected_figure_is_marked(twice):
    page = login(twice.coordinator).get(address(twice.update)).text
    row = re.search(r'<tr class="is-changed.*?</tr>', page, re.DOTALL).group()

    assert "<del>156</del>" in row and "<ins>56</ins>" in row and "Changed" in row
    assert "2 changes since round 1" in page
    assert "Phát <del>156</del><ins>56</ins> lượt" in page
    assert "Kiểm tra số lượt" in page
    assert "that day decides whether it was on time" in page


def test_new_and_removed_evidence_is_told():
    world = make_world()
    old = EvidenceFactory(progress=world.line, caption="Sổ cũ")
    move(world.update, "submit", by=world.focal_point, at=moment(15, 9))
    move(world.update, "return", by=world.coordinator, at=moment(15, 10), reason="Thiếu lịch")
    type(old).objects.filter(pk=old.pk).update(removed_at=moment(15, 11))
    EvidenceFactory(progress=world.line, caption="Lịch mới", added_at=moment(15, 11))
    move(world.update, "submit", by=world.focal_point, at=moment(15, 12))

    page = login(world.coordinator).get(address(world.update)).text

    assert re.search(r"<ins>New</ins>\s*Lịch mới", page)
    assert "<del>Sổ cũ</del>" in page
    assert "2 changes since round 1" in page


def test_a_recalled_sending_is_no_round_to_compare_with(twice):
    move(twice.update, "recall", by=twice.focal_point, at=moment(15, 14))
    twice.update.progress_rows.update(quantity_done=57, words="Phát 57 lượt trên 12 cụm loa.")
    move(twice.update, "submit", by=twice.focal_point, at=moment(15, 15))

    page = login(twice.coordinator).get(address(twice.update)).text

    assert "<del>156</del>" in page and "<ins>57</ins>" in page
    assert "2 changes since round 1" in page


def test_figures_stand_beside_the_period_before(world):
    winter = ReportingPeriodFactory(plan=world.plan, ordinal=1)
    then = QuarterlyUpdateFactory(period=winter, agency=world.agency, status=Status.APPROVED)
    radio = IndicatorFactory(code="RADIO")
    ActivityProgressFactory(update=then, activity=world.activity, quantity_done=300)
    OutputCountFactory(progress=then.progress_rows.get(), indicator=radio, value=52)
    world.line.quantity_done = 0
    world.line.save()
    OutputCountFactory(progress=world.line, indicator=radio, value=None, not_applicable=True)

    row = queue_of(world).find(world.update.pk)
    page = login(world.coordinator).get(address(world.update)).text

    assert [(each.key, each.value, each.previous) for each in row.lines[0].figures] == [
        ("quantity", 0, 300),
        ("RADIO", None, 52),
    ]
    assert "Fell to 0, from 300 the period before." in page
    assert "not applicable" in page
    assert winter.title in page


def test_a_draft_of_the_period_before_is_nobodys_business(world):
    winter = ReportingPeriodFactory(plan=world.plan, ordinal=1)
    then = QuarterlyUpdateFactory(period=winter, agency=world.agency)
    ActivityProgressFactory(update=then, activity=world.activity, quantity_done=300)

    assert queue_of(world).find(world.update.pk).lines[0].previous is None


def test_the_line_of_the_agency_it_carries_on_for(world):
    winter = ReportingPeriodFactory(plan=world.plan, ordinal=1)
    ended = AgencyFactory(locality=world.locality, valid_to=date(2026, 3, 31))
    then = QuarterlyUpdateFactory(period=winter, agency=ended, status=Status.APPROVED)
    ActivityProgressFactory(update=then, activity=world.activity, quantity_done=12)
    world.agency.valid_from = date(2026, 4, 1)
    world.agency.save()
    SuccessionFactory(
        predecessor=ended,
        successor=world.agency,
        reorganisation__locality=world.locality,
        reorganisation__effective_on=date(2026, 4, 1),
        reorganisation__status="applied",
        reorganisation__applied_at=moment(1, month=4),
    )

    assert queue_of(world).find(world.update.pk).lines[0].previous.quantity_done == 12


def test_evidence_claimed_by_another_agency_is_told(world):
    EvidenceFactory(progress=world.line, url="https://minhhoa.example/bai-1", caption="Bài 1")
    other = world.all_updates[1].progress_rows.get()
    EvidenceFactory(progress=other, url="https://minhhoa.example/bai-1")

    page = login(world.coordinator).get(address(world.update)).text

    assert "is also claimed in another update." in page
    assert world.all_updates[1].get_absolute_url() in page


def test_the_same_page_written_another_way_is_told_beside_it(world):
    EvidenceFactory(progress=world.line, url="https://minhhoa.example/bai-1", caption="Bài 1")
    other = world.all_updates[1].progress_rows.get()
    EvidenceFactory(progress=other, url="http://www.minhhoa.example/bai-1/")

    assert world.all_updates[1].get_absolute_url() in login(world.coordinator).get(address(world.update)).text


def test_evidence_of_a_draft_elsewhere_is_not_told(world):
    EvidenceFactory(progress=world.line, url="https://minhhoa.example/bai-1")
    draft = QuarterlyUpdateFactory(period=world.period)
    EvidenceFactory(progress=ActivityProgressFactory(update=draft), url="https://minhhoa.example/bai-1")

    assert not queue_of(world).find(world.update.pk).has_warnings


def test_parts_of_cooperating_agencies_are_pointed_to(world):
    told = "Cooperating agencies have added their part."
    browser = login(world.coordinator)
    assert told not in browser.get(address(world.update)).text

    ContributionFactory(period=world.period, activity=world.activity)

    assert told in browser.get(address(world.update)).text


def test_nothing_to_report_shows_its_reason(world):
    QuarterlyUpdate.objects.filter(pk=world.update.pk).update(nothing_to_report=True, nothing_reason="Chưa tới lịch")

    page = login(world.coordinator).get(address(world.update)).text

    assert "Nothing to report this period." in page and "Chưa tới lịch" in page


def test_hostile_words_are_only_words(twice):
    twice.update.progress_rows.update(words=HOSTILE)
    ReviewCommentFactory(update=twice.update, text=HOSTILE)
    EvidenceFactory(progress=twice.line, caption=HOSTILE, url="https://minhhoa.example/?a=%22onmouseover=alert(1)")

    page = login(twice.coordinator).get(address(twice.update)).text

    assert "<script>alert(" not in page


def test_figures_words_and_evidence_stand_activity_by_activity(world):
    world.line.quantity_done, world.line.words = 56, "Phát 56 lượt."
    world.line.save()
    EvidenceFactory(progress=world.line, caption="Lịch phát sóng", dated_on=date(2026, 5, 26))
    ReviewCommentFactory(update=world.update, activity=world.activity, text="Xem lại tháng 5")

    page = login(world.coordinator).get(address(world.update)).text
    part = re.search(rf'<section class="line[^"]*" id="a{world.activity.pk}".*?</section>', page, re.DOTALL).group()

    places = [part.index(words) for words in (world.activity.title, ">56<", "Phát 56 lượt.", "Lịch phát", "Xem lại")]
    assert places == sorted(places)
    assert "dated 26/05/2026" in part
    assert page.count('class="tbl tbl-cards cards-3 cmp"') == len(queue_of(world).find(world.update.pk).lines)


def test_the_keys_are_told_on_the_page(world):
    page = login(world.coordinator).get(address(world.update)).text

    for key in ("Alt+Enter", "Alt+R", "Alt+↑", "Alt+↓"):
        assert f'<kbd class="k">{key}</kbd>' in page


# Returning


def test_a_return_and_the_next_one_opens(world):
    browser = login(world.coordinator)
    page = browser.get(address(world.update))
    sent = {
        "reason": "Bổ sung lịch phát sóng",
        "resend_by": "16/06/2026",
        "version": str(world.update.version),
        "next": page.context["next_url"],
    }

    answer = browser.post(step(world.update, "return"), sent)

    assert answer.url == address(world.all_updates[1])
    assert f"Returned to {world.agency.name}." in browser.get(answer.url).text
    event = UpdateEvent.objects.get(move="return")
    assert (event.reason, event.resend_by) == ("Bổ sung lịch phát sóng", date(2026, 6, 16))


def test_usual_reasons_are_written_even_without_the_script(world):
    sent = {"usual": ["evidence", "jump"], "reason": "Hoạt động 5.", "version": str(world.update.version)}

    assert login(world.coordinator).post(step(world.update, "return"), sent).status_code == 302

    words = [str(USUAL[key][1]) for key in ("evidence", "jump")]
    assert UpdateEvent.objects.get(move="return").reason == "\n".join([*words, "Hoạt động 5."])


def test_the_first_six_are_the_usual_ones():
    assert len(USUAL) == 6


@pytest.mark.parametrize(
    "sent, sentence",
    [
        ({}, "Say why the update is returned"),
        ({"usual": ["other"]}, "Say why the update is returned"),
        ({"reason": "x", "resend_by": "14/06/2026"}, "This day has passed"),
        ({"reason": "x", "resend_by": "01/07/2026"}, "The agency can write until 30/06/2026: choose an earlier day"),
        ({"reason": "x", "resend_by": "32/06/2026"}, "Write the date as day/month/year"),
        ({"reason": "x", "usual": ["nonsense"]}, "nonsense"),
    ],
)
def test_a_return_that_is_not_sound_is_refused(world, sent, sentence):
    answer = login(world.coordinator).post(step(world.update, "return"), sent | {"version": str(world.update.version)})

    assert answer.status_code == 422
    assert sentence in answer.text
    world.update.refresh_from_db()
    assert world.update.status == Status.SUBMITTED


def test_a_refused_return_is_the_review_page_again(world):
    other = world.all_updates[1]
    browser = login(world.coordinator)
    sent = {"reason": "Bổ sung lịch phát", "resend_by": "32/06/2026", "version": str(world.update.version)}
    sent |= {"usual": ["evidence"], "next": address(other)}

    answer = browser.post(step(world.update, "return") + "?show=clean", sent)

    assert answer.status_code == 422
    assert answer.context["waiting"].update == world.update
    assert answer.context["next_url"] == address(other, "?show=clean")
    form = re.search(r'<form class="return".*?</form>', answer.text, re.DOTALL).group()
    assert "Bổ sung lịch phát</textarea>" in form and 'value="32/06/2026"' in form
    assert re.search(r'id="u-evidence"[^>]* checked', form)
    assert re.search(r'class="field is-bad">\s*<label for="id_resend_by">', form)
    assert "Write the date as day/month/year" in form
    assert "Not returned yet" in answer.text and 'href="#id_resend_by"' in answer.text
    assert step(world.update, "approve") in answer.text and "js/review.js" in answer.text
    place = next(each for each in answer.context["frame"]["nav"] if each["current"])
    assert place["url"] == reverse("activities:review")


def test_a_return_of_what_changed_meanwhile_shows_what_it_is_now(world):
    answer = login(world.coordinator).post(step(world.update, "return"), {"reason": "Thiếu ảnh", "version": "7"})

    assert answer.status_code == 422
    assert "The update changed while you were looking at it." in answer.text
    assert "Thiếu ảnh</textarea>" in answer.text


def test_usual_words_that_stand_in_the_message_are_ticked(world):
    words = str(USUAL["jump"][1])
    sent = {"reason": words, "resend_by": "x", "version": str(world.update.version)}

    answer = login(world.coordinator).post(step(world.update, "return"), sent)

    assert re.search(r'id="u-jump"[^>]* checked', answer.text)
    assert not re.search(r'id="u-evidence"[^>]* checked', answer.text)


@pytest.mark.parametrize("written", ["16/6", " 16/06 ", "16-6", "16/6/2026"])
def test_a_day_without_its_year_is_of_this_one(world, written):
    sent = {"reason": "Thiếu ảnh", "resend_by": written, "version": str(world.update.version)}

    assert login(world.coordinator).post(step(world.update, "return"), sent).status_code == 302

    assert UpdateEvent.objects.get(move="return").resend_by == date(2026, 6, 16)


def test_a_day_that_there_is_not_is_refused(world):
    sent = {"reason": "Thiếu ảnh", "resend_by": "30/2", "version": str(world.update.version)}

    answer = login(world.coordinator).post(step(world.update, "return"), sent)

    assert answer.status_code == 422 and 'value="30/2"' in answer.text


def test_send_again_on_the_next_working_day(world):
    Holiday.objects.create(locality=world.locality, day=date(2026, 6, 16), name="Nghỉ bù")

    assert next_chance(world.locality, TODAY, date(2026, 6, 30)) == date(2026, 6, 17)
    assert next_chance(world.locality, date(2026, 6, 19), date(2026, 6, 30)) == date(2026, 6, 22)
    assert next_chance(world.locality, date(2026, 6, 30), date(2026, 6, 30)) == date(2026, 6, 30)
    page = login(world.coordinator).get(address(world.update)).text
    assert 'value="17/06/2026"' in page


def test_a_locked_period_is_extended_first(world, clock):
    clock(date(2026, 7, 1))
    browser = login(world.coordinator)
    page = browser.get(address(world.update)).text

    assert "The period has been locked since 01/07/2026" in page
    assert reverse("activities:extend", args=[world.period.pk, world.agency.pk]) in page
    assert step(world.update, "return") not in page
    assert step(world.update, "approve") in page

    Extension.objects.create(
        period=world.period,
        agency=world.agency,
        until=date(2026, 7, 3),
        reason="Mưa lũ",
        by=world.coordinator,
        at=moment(),
    )
    page = browser.get(address(world.update)).text
    assert step(world.update, "return") in page
    assert "The agency can write until 03/07/2026." in page


# One's own


def own(world, update=None):
    """The coordinator has sent it on behalf of the agency."""
    QuarterlyUpdate.objects.filter(pk=(update or world.update).pk).update(
        on_behalf_by=world.coordinator, on_behalf_name="Lò Thị Duyên", on_behalf_reason="Mất mạng"
    )


def test_what_one_sent_oneself_another_approves(world):
    own(world)
    colleague = UserFactory(role=Role.COORDINATOR, agency=world.plan.coordinating_agency)
    page = login(world.coordinator).get(address(world.update)).text

    assert "another coordinator approves it" in page
    assert "sent by you" in page
    assert reverse("plans:period_rules", args=[world.plan.pk]) not in page
    assert f"{world.coordinator} sent it on behalf of Lò Thị Duyên: Mất mạng" in page
    assert re.search(r"<button class=\"btn btn-primary\" disabled>", page)
    assert "data-approve" in login(colleague).get(address(world.update)).text


def test_what_one_sent_at_the_agency_another_approves_too(world):
    """The page, the list of many and the step itself ask the same."""
    move(world.update, "return", by=world.coordinator, at=moment(15, 12), reason="Thiếu ảnh")
    move(world.update, "submit", by=world.focal_point, at=moment(15, 13))
    world.focal_point.role, world.focal_point.agency = Role.COORDINATOR, world.plan.coordinating_agency
    world.focal_point.save()
    browser = login(world.focal_point)

    page = browser.get(address(world.update))
    many = browser.get(reverse("activities:approve_many"))
    answer = browser.post(reverse("activities:approve_many"), ticked(QuarterlyUpdate.objects.get(pk=world.update.pk)))

    assert not page.context["can_approve"] and "sent by you" in page.text
    assert many.context["able"] == 2
    assert "You have sent this update yourself" in answer.text and "0 of 1 approved" in answer.text
    ReportingRules.objects.create(plan=world.plan, may_approve_own=True)
    assert browser.get(address(world.update)).context["can_approve"]


def test_where_nobody_else_reviews_it_says_how_to_go_on(world):
    own(world)
    UserFactory(role=Role.COORDINATOR, agency=world.plan.coordinating_agency, is_active=False)
    browser = login(world.coordinator)

    with CaptureQueriesContext(connection) as queries:
        page = browser.get(address(world.update)).text

    assert "nobody else reviews the plan" in page
    assert reverse("plans:period_rules", args=[world.plan.pk]) in page
    assert len(queries) <= MOST_OF_ONE


def test_unless_the_rules_allow_it(world):
    own(world)
    ReportingRules.objects.create(plan=world.plan, may_approve_own=True)

    assert "data-approve" in login(world.coordinator).get(address(world.update)).text


# Remarks


def remark(world, **sent):
    return {"text": "Cần lịch phát tháng 8", "readers": "agency", "activity": str(world.activity.pk)} | sent


def commenting(world):
    return reverse("activities:comment", args=[world.update.pk])


def test_a_remark_on_a_figure(world):
    world.line.quantity_done = 3
    world.line.save()
    browser = login(world.coordinator)

    answer = browser.post(commenting(world), remark(world, field="quantity"))

    comment = ReviewComment.objects.get()
    assert answer.url == address(world.update) + f"#a{world.activity.pk}"
    assert (comment.activity, comment.field, comment.is_internal, comment.by) == (
        world.activity,
        "quantity",
        False,
        world.coordinator,
    )
    page = browser.get(address(world.update)).text
    assert "Cần lịch phát tháng 8" in page and "To the agency" in page and "Quantity done:" in page


def test_an_internal_note_looks_different(world):
    browser = login(world.coordinator)
    answer = browser.post(commenting(world), remark(world, readers="internal"), HTTP_HX_REQUEST="true")

    assert "Internal note" in answer.text and "is-internal" in answer.text
    assert f'id="c-{world.activity.pk}"' in answer.text
    assert ReviewComment.objects.get().is_internal


def test_a_remark_on_the_whole(world):
    world.line.quantity_done = 3
    world.line.save()
    login(world.coordinator).post(commenting(world), remark(world, activity="", field="quantity"))

    comment = ReviewComment.objects.get()
    assert (comment.activity, comment.field) == (None, "")


@pytest.mark.parametrize(
    "sent", [{"text": " "}, {"readers": "everybody"}, {"activity": "987654"}, {"activity": "x"}, {"field": "nonsense"}]
)
def test_a_remark_that_is_not_sound_is_refused(world, sent):
    browser = login(world.coordinator)

    assert browser.post(commenting(world), remark(world, **sent)).status_code == 302
    assert browser.post(commenting(world), remark(world, **sent), HTTP_HX_REQUEST="true").status_code == 422
    assert not ReviewComment.objects.exists()


def test_a_decided_update_takes_no_remarks(world):
    move(world.update, "approve", by=world.coordinator, at=moment())

    assert login(world.coordinator).post(commenting(world), remark(world)).status_code == 403


def test_ones_own_remark_is_taken_back_until_the_decision(world):
    mine = ReviewCommentFactory(update=world.update, by=world.coordinator)
    theirs = ReviewCommentFactory(update=world.update)
    browser = login(world.coordinator)
    page = browser.get(address(world.update)).text
    assert reverse("activities:comment_remove", args=[mine.pk]) in page
    assert reverse("activities:comment_remove", args=[theirs.pk]) not in page

    assert browser.post(reverse("activities:comment_remove", args=[theirs.pk])).status_code == 403
    assert browser.post(reverse("activities:comment_remove", args=[mine.pk])).status_code == 302

    assert list(ReviewComment.objects.all()) == [theirs]
    move(world.update, "approve", by=world.coordinator, at=moment())
    assert login(theirs.by).post(reverse("activities:comment_remove", args=[theirs.pk])).status_code == 403


def test_a_remark_of_an_earlier_round_stays(twice):
    old = ReviewCommentFactory(update=twice.update, by=twice.coordinator, round=1)
    browser = login(twice.coordinator)

    assert "round 1" in browser.get(address(twice.update)).text
    assert browser.post(reverse("activities:comment_remove", args=[old.pk])).status_code == 403


# Many at once


@pytest.mark.parametrize("address", ["http://www.minhhoa.example/bai-1/", "https://m.minhhoa.example/bai-1"])
def test_a_link_claimed_under_another_spelling_is_a_warning(world, address):
    """So that neither of the two is approved with many others."""
    EvidenceFactory(progress=world.line, url="https://minhhoa.example/bai-1")
    EvidenceFactory(progress=world.all_updates[1].progress_rows.get(), url=address)

    queue = queue_of(world)

    assert [row.update for row in queue.clean] == world.all_updates[2:]
    assert [len(row.claimed) for row in queue.rows if row.has_warnings] == [1, 1]


def test_another_page_of_the_same_letters_is_none(world):
    EvidenceFactory(progress=world.line, url="https://minhhoa.example/bai-1")
    EvidenceFactory(progress=world.all_updates[1].progress_rows.get(), url="https://minhhoa.example/bai/-1")

    assert not any(row.claimed for row in queue_of(world).rows)


def ticked(*updates):
    return {"update": [f"{each.pk}:{each.version}" for each in updates]}


def test_those_without_warnings_are_approved_together(world):
    doubtful = world.all_updates[2]
    doubtful.progress_rows.update(state="done", percent=100)
    browser = login(world.coordinator)
    page = browser.get(reverse("activities:approve_many"))
    [(clean, is_clean), (warned, is_warned_clean)] = page.context["parts"]
    assert [row.update for row, _may in clean] == world.all_updates[:2] and is_clean
    assert [row.update for row, _may in warned] == [doubtful] and not is_warned_clean
    assert "Approve 2 updates without warnings…" in browser.get(reverse("activities:review")).text

    answer = browser.post(reverse("activities:approve_many"), ticked(*world.all_updates[:2]))

    assert "2 of 2 approved" in answer.text
    assert [each.status for each in QuarterlyUpdate.objects.order_by("pk")] == ["approved", "approved", "submitted"]
    assert UpdateEvent.objects.filter(move="approve", by=world.coordinator).count() == 2


def test_one_with_warnings_is_ticked_by_hand_its_warnings_beside_it(world):
    doubtful = world.all_updates[2]
    doubtful.progress_rows.update(state="done", percent=100)
    browser = login(world.coordinator)
    page = browser.get(reverse("activities:approve_many"), {"show": "warned"}).text
    box = re.search(rf'<input [^>]*id="u{doubtful.pk}"[^>]*>', page).group()
    assert "checked" not in box and "disabled" not in box
    assert "Done, but the day of completion is missing. Done without evidence." in page

    answer = browser.post(reverse("activities:approve_many"), ticked(doubtful))

    assert "1 of 1 approved" in answer.text
    doubtful.refresh_from_db()
    assert doubtful.status == Status.APPROVED


def test_where_all_have_warnings_several_can_still_be_chosen(world):
    for update in world.all_updates:
        update.progress_rows.update(state="done", percent=100)

    page = login(world.coordinator).get(reverse("activities:review")).text

    assert "Approve several updates…" in page and reverse("activities:approve_many") in page


def test_what_changed_meanwhile_is_left_out_and_named(world):
    sent = ticked(*world.all_updates)
    QuarterlyUpdate.objects.filter(pk=world.update.pk).update(version=7)
    own(world, world.all_updates[1])
    move(world.all_updates[2], "return", by=world.coordinator, at=moment(), reason="Thiếu ảnh")

    answer = login(world.coordinator).post(reverse("activities:approve_many"), sent)

    assert "0 of 3 approved" in answer.text
    assert "The update changed while you were looking at it." in answer.text
    assert not QuarterlyUpdate.objects.filter(status=Status.APPROVED).exists()
    for update in world.all_updates:
        assert update.agency.name in answer.text


def test_one_that_fails_stops_no_other(world):
    sent = ticked(*world.all_updates)
    QuarterlyUpdate.objects.filter(pk=world.all_updates[1].pk).update(version=7)

    answer = login(world.coordinator).post(reverse("activities:approve_many"), sent)

    assert "2 of 3 approved" in answer.text
    assert QuarterlyUpdate.objects.filter(status=Status.APPROVED).count() == 2


@pytest.mark.parametrize("sent", [{}, {"update": "x"}, {"update": "1"}, {"update": "1:x"}, {"update": "9" * 30 + ":1"}])
def test_nothing_ticked_is_said(world, sent):
    answer = login(world.coordinator).post(reverse("activities:approve_many"), sent)

    assert "Choose at least one update." in answer.text


def test_ones_own_is_not_ticked(world):
    own(world)

    page = login(world.coordinator).get(reverse("activities:approve_many"))

    assert page.context["able"] == 2
    assert "sent by you on behalf of the agency" in page.text


def test_all_rounds_stay(twice):
    sent = UpdateEvent.objects.filter(update=twice.update, move="submit").order_by("round")

    assert [each.content["activities"][0]["quantity_done"] for each in sent] == [156, 56]
    assert (
        reverse("activities:rounds", args=[twice.update.pk]) in login(twice.coordinator).get(address(twice.update)).text
    )
    assert timezone.localdate(twice.update.first_submitted_at) == TODAY
