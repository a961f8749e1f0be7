"""Review in a real browser: twenty submissions cleared by keyboard, remarks and returns, and a few on a phone."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from accounts.tests.factories import PASSWORD
from activities.models import QuarterlyUpdate, ReviewComment, Status, UpdateEvent
from activities.workflow import move

from .factories import TODAY, EvidenceFactory, make_world, moment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 780}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
expect.set_options(timeout=15_000)  # a busy machine is not a fault


@pytest.fixture
def browser_context_args(browser_context_args):
    return {**browser_context_args, "viewport": DESK, "locale": "en-US"}


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture(autouse=True)
def quiet(page):
    """No request of the page is under way when the next test clears the tables."""
    yield
    page.goto("about:blank")
    page.wait_for_timeout(300)


def province(agencies):
    """Updates that wait; of the first a second round, of the second a doubtful line."""
    world = make_world(Status.SUBMITTED, agencies=agencies, quantity_done=56)
    first, second = world.all_updates[:2]
    move(first, "return", by=world.coordinator, at=moment(15, 8), reason="Kiểm tra số lượt")
    first.progress_rows.update(quantity_done=56, words="Phát 56 lượt.")
    EvidenceFactory(progress=first.progress_rows.get(), caption="Lịch phát sóng")
    move(first, "submit", by=world.focal_point, at=moment(15, 10))
    second.progress_rows.update(state="done", percent=100)
    world.coordinator.set_password(PASSWORD)
    world.coordinator.save()
    return world


@pytest.fixture
def console(page):
    """What the browser complains of; anything is a failure."""
    said = []
    page.on("console", lambda message: message.type in ("error", "warning") and said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield said
    assert said == []


def log_in(page, live_server, person):
    page.goto(live_server.url)
    page.locator("[name=username]").fill(person.username)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/(review|updates|home)/"))


def told(waiting):
    """How the page says what is left; a page that is still loading locks the tables of SQLite."""
    return {0: "Nothing waits", 1: "1 update waits"}.get(waiting, f"{waiting} updates wait")


def opened(page):
    """The key of the update on the page."""
    action = page.locator("form.savebar").get_attribute("action")
    return int(re.search(r"/updates/(\d+)/", action).group(1))


def test_twenty_submissions_are_cleared_by_keyboard(page, live_server, console):
    world = province(20)
    log_in(page, live_server, world.coordinator)
    page.goto(f"{live_server.url}/review/")

    # The second round comes first; a tick fills the words, and it goes back.
    assert opened(page) == world.update.pk
    page.keyboard.press("Alt+r")
    expect(page.locator("#id_reason")).to_be_focused()
    page.locator("label[for=u-evidence]").click()
    expect(page.locator("#id_reason")).to_have_value(re.compile("Evidence is missing"))
    page.locator("label[for=u-evidence]").click()
    expect(page.locator("#id_reason")).to_have_value("")
    page.locator("label[for=u-jump]").click()
    page.locator("#id_reason").press("End")
    page.keyboard.type(" Xem hoạt động 1.")
    page.locator("[data-return]").press("Enter")
    expect(page.locator(".messages")).to_contain_text(f"Returned to {world.agency.name}.")
    event = UpdateEvent.objects.filter(move="return").last()
    assert event.reason.endswith("Xem hoạt động 1.") and event.reason.count("Figures differ") == 1

    # The doubtful one is put off: the next, and back again.
    doubtful = opened(page)
    assert doubtful == world.all_updates[1].pk
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator(".pick [aria-current]")).to_contain_text(world.all_updates[2].agency.name)
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(".pick [aria-current]")).to_contain_text(world.all_updates[1].agency.name)
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator(".pick [aria-current]")).to_contain_text(world.all_updates[2].agency.name)

    # The rest, one key each.
    for left in range(19, 0, -1):
        here = opened(page)
        expect(page.locator("[data-approve]")).to_be_enabled()
        page.keyboard.press("Alt+Enter")
        page.wait_for_function(
            "pk => !document.querySelector('form.savebar')?.action.includes(`/updates/${pk}/`)", arg=here
        )
        expect(page.locator(".lead")).to_contain_text(told(left - 1))

    expect(page.locator("h2").first).to_contain_text("Nothing waits for a decision")
    assert QuarterlyUpdate.objects.filter(status=Status.APPROVED).count() == 19
    assert UpdateEvent.objects.filter(move="approve").count() == 19


def test_marks_remarks_and_what_changed(page, live_server, console):
    world = make_world(quantity_done=156, words="Phát 156 lượt trên 12 cụm loa.", activities=2)
    world.coordinator.set_password(PASSWORD)
    world.coordinator.save()
    move(world.update, "submit", by=world.focal_point, at=moment(15, 8))
    move(world.update, "return", by=world.coordinator, at=moment(15, 9), reason="Kiểm tra số lượt")
    world.line.quantity_done, world.line.words = 56, "Phát 56 lượt trên 12 cụm loa."
    world.line.save()
    move(world.update, "submit", by=world.focal_point, at=moment(15, 10))
    log_in(page, live_server, world.coordinator)
    page.goto(f"{live_server.url}/review/{world.update.pk}/")

    expect(page.locator("tr.is-changed ins")).to_have_text("56")
    unchanged = page.locator("tbody tr:not(.is-changed)").first
    expect(unchanged).to_be_visible()
    page.locator("#only-changed").check()
    expect(unchanged).to_be_hidden()
    expect(page.locator("tr.is-changed")).to_be_visible()

    line = page.locator(f"#a{world.activity.pk}")
    line.locator("summary", has_text="Remark").click()
    line.locator("textarea").fill("Cần lịch phát tháng 8")
    line.locator("label", has_text="Reviewers only").click()
    line.get_by_role("button", name="Add the remark").click()
    expect(line.locator(".remark.is-internal")).to_contain_text("Cần lịch phát tháng 8")
    expect(line.locator("textarea")).to_have_value("")
    assert ReviewComment.objects.get().is_internal
    line.get_by_role("button", name="Take the remark off").click()
    expect(line.locator(".remark")).to_have_count(0)
    assert not ReviewComment.objects.exists()

    assert QuarterlyUpdate.objects.get().review_began_at
    assert Axe().run(page, options=WCAG).response["violations"] == []


def test_what_was_written_survives_a_closed_browser(page, live_server, console):
    world = province(3)
    log_in(page, live_server, world.coordinator)
    page.goto(f"{live_server.url}/review/")
    page.locator("#id_reason").fill("Bổ sung lịch phát sóng tháng 8")
    page.goto(f"{live_server.url}/plans/")

    page.goto(f"{live_server.url}/review/")

    expect(page.locator("#id_reason")).to_have_value("Bổ sung lịch phát sóng tháng 8")


def asked(page, answer):
    """Every question the page asks from now on, answered alike."""
    said = []

    def heard(dialog):
        said.append(dialog.message)
        dialog.accept() if answer else dialog.dismiss()

    page.on("dialog", heard)
    return said


def test_a_decision_that_leaves_words_out_asks_first(page, live_server, console):
    world = province(3)
    log_in(page, live_server, world.coordinator)
    page.goto(f"{live_server.url}/review/")
    here = opened(page)
    expect(page.locator("[data-approve]")).to_be_enabled()
    said = asked(page, answer=False)

    # Words of a return, then Alt+Enter: nothing is approved, the words stand where they were.
    page.locator("#id_reason").fill("Bổ sung lịch phát sóng")
    page.keyboard.press("Alt+Enter")
    expect(page.locator("#id_reason")).to_be_focused()
    expect(page.locator("#id_reason")).to_have_value("Bổ sung lịch phát sóng")
    assert len(said) == 1 and "Bổ sung lịch phát sóng" in said[0]
    page.locator("#id_reason").fill("")

    # A remark that has not been added is asked about by both decisions.
    remark = page.locator(f"#a{world.activity.pk} .say")
    remark.locator("summary").click()
    remark.locator("textarea").fill("Xem lại tháng 8")
    page.locator("[data-approve]").click()
    expect(remark.locator("textarea")).to_be_focused()
    page.locator("#id_reason").fill("Thiếu ảnh")
    page.locator("[data-return]").click()
    expect(remark.locator("textarea")).to_be_focused()
    assert len(said) == 3 and "Xem lại tháng 8" in said[1] and "Xem lại tháng 8" in said[2]
    assert opened(page) == here
    assert not UpdateEvent.objects.filter(move="approve").exists()

    # Put off, it is still there.
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator(".pick [aria-current]")).to_contain_text(world.all_updates[1].agency.name)
    page.keyboard.press("Alt+ArrowUp")
    expect(remark.locator("textarea")).to_be_visible()
    expect(remark.locator("textarea")).to_have_value("Xem lại tháng 8")
    expect(page.locator("#id_reason")).to_have_value("Thiếu ảnh")

    # Added, it is kept no longer, and the next decision asks about nothing.
    remark.get_by_role("button", name="Add the remark").click()
    expect(page.locator(f"#a{world.activity.pk} .remark")).to_contain_text("Xem lại tháng 8")
    page.locator("[data-return]").click()
    expect(page.locator(".messages")).to_contain_text("Returned to")
    assert len(said) == 3


def test_who_says_yes_approves_without_the_words(page, live_server, console):
    world = province(3)
    log_in(page, live_server, world.coordinator)
    page.goto(f"{live_server.url}/review/")
    expect(page.locator("[data-approve]")).to_be_enabled()
    said = asked(page, answer=True)

    page.locator("#id_reason").fill("Bổ sung lịch phát sóng")
    page.keyboard.press("Alt+Enter")

    expect(page.locator(".messages")).to_contain_text("Approved")
    assert len(said) == 1
    assert QuarterlyUpdate.objects.get(status=Status.APPROVED) == world.update


def test_a_refused_return_still_fills_the_words(page, live_server):
    world = province(3)
    log_in(page, live_server, world.coordinator)
    page.goto(f"{live_server.url}/review/{world.update.pk}/")
    page.locator("label[for=u-jump]").click()
    page.locator("#id_resend_by").fill("32/6")
    page.locator("[data-return]").click()

    expect(page.locator(".errsum")).to_contain_text("Not returned yet")
    expect(page.locator("#id_resend_by")).to_have_value("32/6")
    expect(page.locator("#u-jump")).to_be_checked()
    page.locator("label[for=u-evidence]").click()
    expect(page.locator("#id_reason")).to_have_value(re.compile("Figures differ.*\n.*Evidence is missing"))
    page.locator("#id_resend_by").fill("16/6")
    page.locator("[data-return]").click()

    expect(page.locator(".messages")).to_contain_text(f"Returned to {world.agency.name}.")


def test_a_few_on_a_phone(page, live_server, console):
    world = province(4)
    page.set_viewport_size(PHONE)
    log_in(page, live_server, world.coordinator)
    page.goto(f"{live_server.url}/review/")
    assert page.evaluate(SIDEWAYS) <= 0
    assert Axe().run(page, options=WCAG).response["violations"] == []

    page.locator("#open-one").select_option(str(world.all_updates[3].pk))
    page.wait_for_url(f"**/review/{world.all_updates[3].pk}/")
    for left in (3, 2):
        here = opened(page)
        expect(page.locator("[data-approve]")).to_be_enabled()
        page.locator("[data-approve]").click()
        page.wait_for_function(
            "pk => !document.querySelector('form.savebar')?.action.includes(`/updates/${pk}/`)", arg=here
        )
        expect(page.locator(".lead")).to_contain_text(told(left))
        assert page.evaluate(SIDEWAYS) <= 0


def test_many_at_once(page, live_server, console):
    world = province(6)
    log_in(page, live_server, world.coordinator)
    page.goto(f"{live_server.url}/review/")

    page.get_by_role("link", name=re.compile("Approve 5 updates without warnings")).click()
    page.locator(f"label[for=u{world.all_updates[5].pk}]").click()
    page.get_by_role("button", name="Approve those ticked").click()

    expect(page.locator("#done")).to_have_text("4 of 4 approved")
    expect(page.locator("tbody tr")).to_have_count(2)
    assert UpdateEvent.objects.filter(move="approve").count() == 4
    assert Axe().run(page, options=WCAG).response["violations"] == []
