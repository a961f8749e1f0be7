"""The update as one page in a real browser: a commune on a phone, a lost connection, two people, a closed window."""

from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from accounts.tests.factories import PASSWORD, UserFactory
from activities.models import Evidence, ProgressState, QuarterlyUpdate, Status
from activities.workflow import move
from plans.tests.factories import ChannelFactory

from .factories import (
    PDF,
    ActivityProgressFactory,
    EvidenceFactory,
    IndicatorFactory,
    OutputCountFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    make_world,
    moment,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 780}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
KEYS_A_SECOND = 4  # an unhurried official on a phone
TWO_MINUTES = 120
expect.set_options(timeout=15_000)  # a busy machine is not a fault


@pytest.fixture
def browser_context_args(browser_context_args):
    return {**browser_context_args, "viewport": PHONE, "locale": "en-US"}


@pytest.fixture(autouse=True)
def quiet(page):
    """No request of the page is under way when the next test clears the tables."""
    yield
    for each in page.context.browser.contexts:
        each.set_offline(False)
        for tab in each.pages:
            tab.goto("about:blank")
            tab.wait_for_timeout(300)


@pytest.fixture
def world(transactional_db, clock, settings):
    """A commune that leads four activities and has reported them in the first quarter; nothing is typed yet."""
    clock(date(2026, 6, 15))
    world = make_world(activities=4)
    world.update.progress_rows.all().delete()
    channel = ChannelFactory()
    world.flow = IndicatorFactory(code="NEWS", name_en="News", channels=[channel])
    world.stock = IndicatorFactory(code="PAGES", name_en="Pages", is_stock=True, channels=[channel])
    before = QuarterlyUpdateFactory(
        period=ReportingPeriodFactory(plan=world.plan, ordinal=1),
        agency=world.agency,
        status=Status.APPROVED,
        results="Đã ban hành 02 văn bản.",
    )
    for activity in world.all_activities:
        activity.channels.add(channel)
        line = ActivityProgressFactory(
            update=before, activity=activity, state=ProgressState.IN_PROGRESS, percent=40, words="Quý I đã làm."
        )
        OutputCountFactory(progress=line, indicator=world.flow, value=10)
        OutputCountFactory(progress=line, indicator=world.stock, value=3)
    world.focal_point.set_password(PASSWORD)
    world.focal_point.save()
    world.address = f"/updates/{world.update.pk}/edit/"
    return world


def enter(page, live_server, user, address):
    page.goto(live_server.url)
    page.locator("[name=username]").fill(user.username)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != f"{live_server.url}/")
    page.goto(f"{live_server.url}{address}")
    return page


@pytest.fixture
def sheet(page, live_server, world):
    """The page, with the commune's official before it; anything unforeseen on the console is a failure."""
    said = []
    page.on("console", lambda message: message.type in ("error", "warning") and said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield enter(page, live_server, world.focal_point, world.address)
    expected = ("409 (Conflict)", "422 (Unprocessable", "ERR_INTERNET_DISCONNECTED", "403 (Forbidden)")
    assert [line for line in said if not any(each in line for each in expected)] == []


class Hand:
    """Types as a person does, key by key, and counts; choosing from a list counts as one key."""

    def __init__(self, page):
        self.page, self.keys = page, 0

    def type(self, field, text):
        self.page.locator(f"#{field}").press_sequentially(text)
        self.keys += len(text)

    def choose(self, field, value):
        self.page.locator(f"#{field}").select_option(value)
        self.keys += 1

    def tick(self, field):
        self.page.locator(f"#{field}").check()
        self.keys += 1

    @property
    def seconds(self):
        return self.keys / KEYS_A_SECOND


def saved(page):
    return page.locator("[data-sheet-saved]")


def stored(world, activity=None):
    rows = QuarterlyUpdate.objects.get(pk=world.update.pk).progress_rows
    return rows.get(activity=activity or world.activity)


def test_a_commune_reports_from_a_phone_in_under_two_minutes_of_typing(sheet, world):
    hand = Hand(sheet)
    held, written, done, idle = (f"a{activity.pk}" for activity in world.all_activities)
    for key, words, percent, news in (
        (held, "Mở 02 hội nghị tại thôn Bản Lầu và thôn Nà Pao với 96 người dự.", "60", "12"),
        (written, "Phát 24 bản tin trên loa truyền thanh, sáng và chiều.", "55", "24"),
    ):
        hand.choose(f"{key}_state", "in_progress")
        hand.type(f"{key}_percent", percent)
        hand.type(f"{key}_count_NEWS", news)
        hand.type(f"{key}_words", words)
    hand.choose(f"{done}_state", "done")
    hand.type(f"{done}_completed_on", "28/5/2026")
    hand.type(f"{done}_words", "Niêm yết đủ 188 thủ tục tại bộ phận một cửa.")
    files = sheet.locator(f"#{done}-files")
    files.set_input_files([{"name": "anh.pdf", "mimeType": "application/pdf", "buffer": PDF}])
    expect(sheet.locator(f"#activity-{world.all_activities[2].pk} [data-items] > li")).to_have_count(1)
    hand.tick(f"{idle}_nothing_in_period")
    expect(sheet.locator("[data-part=missing]").first).to_have_text("nothing missing")
    sheet.get_by_role("button", name="Send the update").click()
    expect(sheet.get_by_text("The update for Quarter II/2026 has been sent")).to_be_visible()

    print(f"\n4 activities: {hand.keys} keys, {hand.seconds:.0f} s at {KEYS_A_SECOND} a second")
    assert hand.seconds < TWO_MINUTES
    sent = QuarterlyUpdate.objects.get(pk=world.update.pk)
    assert (sent.status, sent.progress_rows.count()) == (Status.SUBMITTED, 4)
    assert stored(world, world.all_activities[2]).percent == 100
    assert stored(world, world.all_activities[3]).nothing_in_period


def test_what_is_typed_is_saved_by_itself_and_the_list_follows(sheet, world):
    key = f"a{world.activity.pk}"
    hand = Hand(sheet)
    hand.choose(f"{key}_state", "in_progress")
    hand.type(f"{key}_percent", "45")
    hand.type(f"{key}_count_NEWS", "99")
    hand.type(f"{key}_words", "Đang làm.")

    expect(saved(sheet)).to_contain_text("Saved at")
    expect(sheet.locator(f".only-desk [data-part=nav-{key}]")).to_contain_text("complete")
    expect(sheet.locator(f"[data-part=total-{key}_count_NEWS]")).to_have_text("109")
    expect(sheet.locator(f"[data-part=hint-{key}_count_NEWS]")).to_contain_text("more than three times")
    assert stored(world).words == "Đang làm."


def test_a_connection_cut_while_typing_loses_nothing(sheet, world):
    words = f"#a{world.activity.pk}_words"
    sheet.locator(words).press_sequentially("Trước khi mất mạng, ")
    sheet.context.set_offline(True)
    sheet.locator(words).press_sequentially("trong khi mất mạng, ")
    expect(sheet.locator("[data-offline-note]")).to_be_visible()
    expect(saved(sheet)).to_contain_text("Kept on this device")
    expect(sheet.get_by_role("button", name="Send the update")).to_be_disabled()
    sheet.context.set_offline(False)
    sheet.locator(words).press_sequentially("sau khi có lại.")

    expect(sheet.locator("[data-offline-note]")).to_be_hidden()
    expect(saved(sheet)).to_contain_text("Saved at")
    sheet.wait_for_timeout(1500)
    assert stored(world).words == "Trước khi mất mạng, trong khi mất mạng, sau khi có lại."


def test_a_closed_browser_brings_back_what_was_not_saved(sheet, world, live_server):
    context = sheet.context
    context.set_offline(True)
    sheet.locator(f"#a{world.activity.pk}_words").press_sequentially("Chưa kịp lưu thì máy tắt.")
    expect(saved(sheet)).to_contain_text("Kept on this device")
    sheet.close()
    context.set_offline(False)

    again = context.new_page()
    again.goto(f"{live_server.url}{world.address}")
    expect(again.locator(f"#a{world.activity.pk}_words")).to_have_value("Chưa kịp lưu thì máy tắt.")
    expect(saved(again)).to_contain_text("Saved at")
    assert stored(world).words == "Chưa kịp lưu thì máy tắt."


def test_who_is_logged_out_while_typing_logs_in_elsewhere_and_it_is_saved(sheet, world, live_server):
    sheet.context.clear_cookies(name="sessionid")
    sheet.locator(f"#a{world.activity.pk}_words").press_sequentially("Đang viết thì hết phiên.")
    expect(sheet.locator(f"#a{world.activity.pk} [data-saved]")).to_contain_text("You are logged out")
    expect(saved(sheet)).to_have_text("Your session has ended: log in again in another tab")
    expect(saved(sheet).get_by_role("link")).to_have_attribute("target", "_blank")
    expect(sheet.locator("[data-offline-note]")).to_be_hidden()

    enter(sheet.context.new_page(), live_server, world.focal_point, "/updates/")

    expect(sheet.locator("[data-sheet-saved]")).to_contain_text("Saved at", timeout=40_000)
    assert stored(world).words == "Đang viết thì hết phiên."


@pytest.fixture
def colleague(browser, browser_context_args, live_server, world):
    """A second official of the same commune, on the same update, at another machine."""
    other = UserFactory(agency=world.agency, full_name="Chị Hoa")
    other.set_password(PASSWORD)
    other.save()
    context = browser.new_context(**browser_context_args)
    yield enter(context.new_page(), live_server, other, world.address)
    context.close()


def test_two_people_on_different_activities_never_meet(sheet, colleague, world):
    first, second = world.all_activities[:2]
    sheet.locator(f"#a{first.pk}_words").press_sequentially("Của tôi.")
    colleague.locator(f"#a{second.pk}_words").press_sequentially("Của chị Hoa.")

    for page in (sheet, colleague):
        expect(saved(page)).to_contain_text("Saved at")
    assert (stored(world, first).words, stored(world, second).words) == ("Của tôi.", "Của chị Hoa.")


@pytest.mark.parametrize("button, kept", [("Keep mine", "Của tôi."), ("Take theirs", "Của chị Hoa.")])
def test_two_people_on_one_activity_see_both_versions(sheet, colleague, world, button, kept):
    words = f"#a{world.activity.pk}_words"
    colleague.locator(words).press_sequentially("Của chị Hoa.")
    expect(saved(colleague)).to_contain_text("Saved at")
    sheet.locator(words).press_sequentially("Của tôi.")

    conflict = sheet.locator(".conflict")
    expect(conflict).to_contain_text("Chị Hoa saved this")
    expect(conflict.locator("tbody")).to_contain_text("Của chị Hoa.")
    expect(conflict.locator("tbody")).to_contain_text("Của tôi.")
    sheet.get_by_role("button", name=button).click()
    expect(sheet.locator(".conflict")).to_have_count(0)
    expect(sheet.locator(words)).to_have_value(kept)
    assert stored(world).words == kept


def disputed(sheet, colleague, world):
    """Two versions of the words of one activity stand on the page of `sheet`."""
    words = f"#a{world.activity.pk}_words"
    colleague.locator(words).press_sequentially("Của chị Hoa.")
    expect(saved(colleague)).to_contain_text("Saved at")
    sheet.locator(words).press_sequentially("Của tôi.")
    expect(sheet.locator(".conflict")).to_be_visible()
    return sheet.locator(words)


def kept(page):
    return page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('unsent:')).length")


def test_of_two_versions_one_is_chosen_before_anything_is_sent(sheet, colleague, world):
    for activity in world.all_activities[1:]:
        ActivityProgressFactory(update=world.update, activity=activity, state=ProgressState.NOT_STARTED)
    sheet.reload()
    sheet.locator(f"#a{world.activity.pk}_state").select_option("not_started")
    expect(sheet.locator("[data-part=missing]").first).to_have_text("nothing missing")
    colleague.reload()
    disputed(sheet, colleague, world)

    expect(saved(sheet)).to_have_text("Two versions: choose one")
    expect(sheet.locator(".savebar [data-part=missing]")).to_be_hidden()
    sheet.get_by_role("button", name="Send the update").click()
    expect(sheet.locator(".conflict")).to_be_in_viewport()
    expect(saved(sheet)).to_have_text("Two versions: choose one")
    assert QuarterlyUpdate.objects.get(pk=world.update.pk).status == Status.DRAFT
    assert kept(sheet) == 1

    sheet.get_by_role("button", name="Keep mine").click()
    expect(sheet.locator(".conflict")).to_have_count(0)
    assert (stored(world).words, kept(sheet)) == ("Của tôi.", 0)


def test_two_versions_of_which_none_was_chosen_come_back(sheet, colleague, world, live_server):
    words = disputed(sheet, colleague, world)
    words.press_sequentially(" Và thêm.")
    sheet.goto(f"{live_server.url}/updates/")
    expect(sheet.locator("[data-unsent]")).to_be_visible()
    sheet.locator("[data-unsent] a").click()

    expect(sheet.locator(".conflict")).to_contain_text("Của tôi. Và thêm.")
    assert stored(world).words == "Của chị Hoa."


def test_who_types_goes_on_typing_when_two_versions_come(sheet, colleague, world):
    words = f"#a{world.activity.pk}_words"
    colleague.locator(words).press_sequentially("Của chị Hoa.")
    expect(saved(colleague)).to_contain_text("Saved at")
    held = []
    sheet.route(f"**/activities/{world.activity.pk}/", lambda route: held.append(route))
    sheet.locator(words).press_sequentially("Của tôi.")
    sheet.wait_for_timeout(1500)
    sheet.keyboard.type(" Gõ tiếp")  # while the answer is on its way
    held[0].continue_()
    expect(sheet.locator(".conflict")).to_be_visible()
    sheet.keyboard.type(" và gõ nữa")

    expect(sheet.locator(words)).to_be_focused()
    expect(sheet.locator(words)).to_have_value("Của tôi. Gõ tiếp và gõ nữa")
    assert stored(world).words == "Của chị Hoa."


def test_sent_by_a_colleague_meanwhile_the_text_stays(sheet, world):
    for activity in world.all_activities:
        ActivityProgressFactory(update=world.update, activity=activity, state=ProgressState.NOT_STARTED)
    move(world.update, "submit", by=world.focal_point, at=moment())
    words = sheet.locator(f"#a{world.activity.pk}_words")
    words.press_sequentially("Tôi đang viết.")

    expect(saved(sheet)).to_contain_text("has been sent")
    expect(sheet.locator(f"#a{world.activity.pk} [data-saved]")).to_contain_text("stays on this device")
    expect(words).to_have_value("Tôi đang viết.")


def test_several_files_at_once_and_the_bad_one_says_why(sheet, world):
    part = sheet.locator(f"#activity-{world.activity.pk}")
    sheet.locator(f"#a{world.activity.pk}-files").set_input_files(
        [
            {"name": "bien-ban.pdf", "mimeType": "application/pdf", "buffer": PDF},
            {"name": "virus.exe", "mimeType": "application/octet-stream", "buffer": b"MZ\x00\x01"},
            {"name": "danh-sach.pdf", "mimeType": "application/pdf", "buffer": PDF + b"% 2\n"},
        ]
    )

    expect(part.locator("[data-items] > li")).to_have_count(2)
    expect(part.locator("[data-uploads] .err")).to_contain_text("virus.exe")
    assert Evidence.objects.count() == 2


def test_what_was_wrong_with_a_file_goes_with_the_next_and_the_same_file_is_said(sheet, world):
    part = sheet.locator(f"#activity-{world.activity.pk}")
    files = sheet.locator(f"#a{world.activity.pk}-files")
    files.set_input_files([{"name": "virus.exe", "mimeType": "application/octet-stream", "buffer": b"MZ\x00\x01"}])
    expect(part.locator("[data-uploads] .err")).to_have_count(1)
    pdf = {"name": "anh.pdf", "mimeType": "application/pdf", "buffer": PDF}
    files.set_input_files([pdf])
    expect(part.locator("[data-items] > li")).to_have_count(1)
    expect(part.locator("[data-uploads] li")).to_have_count(0)
    files.set_input_files([pdf])

    expect(part.locator("[data-uploads] li")).to_have_text("anh.pdf: This evidence is already there.")
    expect(part.locator("[data-items] > li")).to_have_count(1)


def test_a_file_chosen_without_a_connection_is_said_at_once(sheet, world):
    part = sheet.locator(f"#activity-{world.activity.pk}")
    sheet.context.set_offline(True)
    sheet.locator(f"#a{world.activity.pk}-files").set_input_files(
        [{"name": "anh.pdf", "mimeType": "application/pdf", "buffer": PDF}]
    )

    expect(part.locator("[data-uploads] .err")).to_contain_text("is not kept on this device", timeout=1000)


def test_evidence_is_taken_off_after_a_question_and_the_page_stays(sheet, world):
    last = world.all_activities[-1]
    line = ActivityProgressFactory(update=world.update, activity=last, state=ProgressState.NOT_STARTED)
    EvidenceFactory(progress=line)
    sheet.reload()
    part = sheet.locator(f"#activity-{last.pk}")
    button = part.get_by_role("button", name="Remove: ")
    button.scroll_into_view_if_needed()
    assert min(button.bounding_box()["width"], button.bounding_box()["height"]) >= 44

    sheet.once("dialog", lambda dialog: dialog.dismiss())
    button.click()
    expect(part.locator("[data-items] > li")).to_have_count(1)
    before = sheet.evaluate("scrollY")
    sheet.once("dialog", lambda dialog: dialog.accept())
    button.click()

    expect(part.locator("[data-items] > li")).to_have_count(0)
    assert abs(sheet.evaluate("scrollY") - before) < 200
    assert not Evidence.objects.exists()


def test_a_state_chosen_by_mistake_gives_the_percent_back(sheet, world):
    key = f"a{world.activity.pk}"
    sheet.locator(f"#{key}_state").select_option("in_progress")
    sheet.locator(f"#{key}_percent").fill("45")
    sheet.locator(f"#{key}_state").select_option("done")
    sheet.locator(f"#{key}_state").select_option("in_progress")

    expect(sheet.locator(f"#{key}_percent")).to_have_value("45")


def test_everything_of_the_period_before_is_copied_at_once(sheet, world):
    sheet.get_by_role("button", name="Copy everything from the period before").click()

    expect(sheet.get_by_text("Copied into 4 activities")).to_be_visible()
    key = f"a{world.activity.pk}"
    expect(sheet.locator(f"#{key}_words")).to_have_value("Quý I đã làm.")
    expect(sheet.locator(f"#{key}_count_PAGES")).to_have_value("3")
    expect(sheet.locator(f"#{key}_count_NEWS")).to_have_value("")  # it would be counted twice


def test_words_and_a_stock_are_copied_one_by_one(sheet, world):
    part, key = sheet.locator(f"#activity-{world.activity.pk}"), f"a{world.activity.pk}"
    part.get_by_role("button", name="Copy the words").click()
    part.get_by_role("button", name="Copy into this period: Pages").click()

    expect(saved(sheet)).to_contain_text("Saved at")
    sheet.wait_for_timeout(1500)
    line = stored(world)
    assert line.words == "Quý I đã làm."
    assert [(count.indicator_id, count.value) for count in line.output_counts.all()] == [("PAGES", 3)]
    expect(sheet.locator(f"#{key}_words")).to_be_visible()


def test_a_number_that_does_not_apply_closes(sheet, world):
    key = f"a{world.activity.pk}"
    sheet.locator(f"#{key}_count_NEWS").fill("5")
    sheet.locator(f"#{key}_na_count_NEWS").check()

    expect(sheet.locator(f"#{key}_count_NEWS")).to_be_disabled()
    expect(saved(sheet)).to_contain_text("Saved at")
    sheet.wait_for_timeout(1500)
    [count] = stored(world).output_counts.all()
    assert (count.value, count.not_applicable) == (None, True)


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_the_page_is_accessible_and_never_scrolls_sideways(sheet, viewport):
    sheet.set_viewport_size(viewport)
    sheet.reload()

    assert sheet.evaluate(SIDEWAYS) <= 0
    violations = Axe().run(sheet, options=WCAG).response["violations"]
    assert [(each["id"], node["html"]) for each in violations for node in each["nodes"]] == []


def test_the_keyboard_goes_from_activity_to_activity(sheet, world):
    first, second = world.all_activities[:2]
    sheet.locator(f"#a{first.pk}_words").focus()
    sheet.keyboard.press("Alt+ArrowDown")
    assert sheet.evaluate("document.activeElement.id") == f"a{second.pk}-h"
    sheet.keyboard.press("Alt+ArrowUp")
    assert sheet.evaluate("document.activeElement.id") == f"a{first.pk}-h"


def test_without_a_script_every_activity_has_its_button(browser, browser_context_args, live_server, world):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = enter(context.new_page(), live_server, world.focal_point, world.address)
    page.locator(f"#a{world.activity.pk}_words").fill("Không cần script.")
    page.locator(f"#a{world.activity.pk}").get_by_role("button", name="Save this activity").click()

    expect(page.get_by_text(" saved.", exact=False).first).to_be_visible()
    assert page.url.endswith(f"#activity-{world.activity.pk}")
    assert stored(world).words == "Không cần script."
    context.close()
