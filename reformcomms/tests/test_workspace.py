"""The planning workspace in a real browser: typing, pasting, moving, two people, a lost line, and no scripts at all."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from plans.catalogue import load_channels
from plans.models import Channel, Plan, PlanStatus, Requirement, RowEdit
from plans.tests.factories import (
    PART_FACTORIES,
    AudienceFactory,
    ContentThemeFactory,
    PlanFactory,
    RequirementFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 360, "height": 780}}
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PART = "requirements"


@pytest.fixture(params=WIDTHS)
def browser_context_args(browser_context_args, request):
    return {**browser_context_args, "viewport": WIDTHS[request.param], "has_touch": request.param == "phone"}


@pytest.fixture
def draft():
    load_channels()
    return PlanFactory(status=PlanStatus.DRAFT, number="", issued_on=None)


@pytest.fixture
def enter(draft, live_server):
    """Let a coordinator of the draft into a browser's context."""

    def let_in(context, **facts):
        user = UserFactory(agency=draft.coordinating_agency, role=Role.COORDINATOR, **facts)
        value = login(user).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])
        return user

    return let_in


@pytest.fixture
def at(page, context, draft, live_server, enter):
    """Go to the workspace with a part open: `at("requirements", row=row)`."""
    enter(context)
    return lambda part, **place: go(page, live_server, draft, part, **place)


def go(page, live_server, draft, part, row=None, new=None):
    query = f"&row={row.pk}" if row else f"&new={new}" if new else ""
    page.goto(f"{live_server.url}/plans/{draft.pk}/edit/?part={part}{query}")
    return page.locator(f"#{part}")


def text_of(section):
    return section.locator(".row-form [name=text]")


def saved(section):
    """Wait until what was typed is acknowledged."""
    expect(section.locator(".row-form [data-saved]")).to_contain_text(":")


def texts(draft, model=Requirement):
    return list(model.objects.filter(plan=draft).order_by("position").values_list("text", flat=True))


def test_rows_are_typed_one_after_the_other(page, draft, at):
    section = at(PART)
    expect(text_of(section)).to_be_focused()

    page.keyboard.type("Thực hiện có hiệu quả")
    page.keyboard.press("Enter")
    expect(section.locator("li[data-pk]")).to_have_count(1)
    expect(text_of(section)).to_be_focused()
    page.keyboard.type("Phổ biến kịp thời")
    page.keyboard.press("Control+Enter")
    expect(section.locator("li[data-pk]")).to_have_count(2)
    page.keyboard.press("Escape")

    expect(section.locator(".row-form")).to_have_count(0)
    expect(section.locator("[data-add]")).to_be_focused()
    assert texts(draft) == ["Thực hiện có hiệu quả", "Phổ biến kịp thời"]
    expect(page.locator("#contents")).to_contain_text("2")


def test_what_is_typed_before_the_answer_comes_belongs_to_the_next_row(page, draft, at):
    section = at(PART)
    page.route("**/add/**", lambda route: (page.wait_for_timeout(300), route.continue_()))

    page.keyboard.type("một")
    page.keyboard.press("Enter")
    page.keyboard.type("hai")
    expect(section.locator("li[data-pk]")).to_have_count(1)
    expect(text_of(section)).to_have_value("hai")
    page.keyboard.press("Enter")
    expect(section.locator("li[data-pk]")).to_have_count(2)

    assert texts(draft) == ["một", "hai"]


def test_what_is_typed_is_saved_by_itself_and_survives_a_reload(page, draft, at):
    row = RequirementFactory(plan=draft, text="Bản đầu")
    section = at(PART, row=row)

    text_of(section).fill("Bản sửa")
    saved(section)
    assert texts(draft) == ["Bản sửa"]
    text_of(section).fill("Bản sửa lần nữa")
    page.reload()

    expect(text_of(section)).to_have_value("Bản sửa lần nữa")
    saved(section)
    assert texts(draft) == ["Bản sửa lần nữa"]
    assert page.evaluate("localStorage.length") == 0


def test_a_new_row_saved_by_itself_stays_one_row(page, draft, at):
    section = at(PART, new="end")

    page.keyboard.type("Thực hiện")
    saved(section)
    page.keyboard.type(" có hiệu quả")
    page.keyboard.press("Enter")
    expect(section.locator("li[data-pk]")).to_have_count(1)

    assert texts(draft) == ["Thực hiện có hiệu quả"]


def test_a_lost_line_is_said_and_nothing_is_lost(page, context, draft, at):
    row = RequirementFactory(plan=draft, text="Bản đầu")
    section = at(PART, row=row)

    context.set_offline(True)
    text_of(section).fill("Gõ khi mất mạng")
    expect(section.locator("[data-saved].is-bad")).to_be_visible()
    page.locator(f"#{PART} a[href*='done=']").click()
    expect(text_of(section)).to_have_value("Gõ khi mất mạng")  # one does not leave unsaved words
    assert texts(draft) == ["Bản đầu"]

    context.set_offline(False)
    saved(section)
    assert texts(draft) == ["Gõ khi mất mạng"]


def test_words_left_behind_are_offered_again(page, context, draft, at, live_server):
    row = RequirementFactory(plan=draft, text="Bản đầu")
    section = at(PART, row=row)
    page.route("**/requirements/**", lambda route: route.abort())
    text_of(section).fill("Chưa kịp lưu")
    expect(section.locator("[data-saved].is-bad")).to_be_visible()
    page.unroute("**/requirements/**")

    page.route("**/edit/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.goto(f"{live_server.url}/plans/{draft.pk}/edit/")
    page.unroute("**/edit/")
    page.locator("[data-unsent] a").click()

    expect(text_of(page.locator(f"#{PART}"))).to_have_value("Chưa kịp lưu")
    saved(page.locator(f"#{PART}"))
    assert texts(draft) == ["Chưa kịp lưu"]


def test_rows_are_pasted_and_understood_before_they_are_added(page, draft, at):
    RequirementFactory(plan=draft, text="Tăng cường lực lượng.")
    section = at(PART)

    section.locator("[name=lines]").fill("- Đáp ứng kịp thời;\n+ Tăng cường lực lượng;\n1. Bảo đảm")
    expect(section.locator(".understood li")).to_have_count(3)
    assert texts(draft) == ["Tăng cường lực lượng."]
    section.locator("[name=anyway]").check()
    expect(section.locator(".understood li.dim")).to_have_count(0)
    section.locator("[name=lines]").press("Control+Enter")

    expect(section.locator("li[data-pk]")).to_have_count(4)
    assert texts(draft) == ["Tăng cường lực lượng.", "Đáp ứng kịp thời;", "Tăng cường lực lượng;", "Bảo đảm"]


def test_lines_not_yet_added_survive_a_reload_and_the_opening_of_a_row(page, draft, at):
    RequirementFactory(plan=draft, text="một")
    section = at(PART)

    section.locator("[name=lines]").fill("hai\nba")
    expect(section.locator(".understood li")).to_have_count(2)
    page.reload()
    expect(section.locator("[name=lines]")).to_have_value("hai\nba")
    section.locator("li[data-pk] .tools a").click()
    expect(text_of(section)).to_be_focused()
    expect(section.locator("[name=lines]")).to_have_value("hai\nba")
    expect(section.locator(".understood li")).to_have_count(2)
    section.locator("button[value=add]").click()

    expect(section.locator("li[data-pk]")).to_have_count(3)
    expect(section.locator("[name=lines]")).to_have_value("")
    assert page.evaluate("localStorage.length") == 0


def test_rows_are_moved_by_keyboard_and_announced(page, draft, at):
    rows = [RequirementFactory(plan=draft, text=text, position=n) for n, text in enumerate(("một", "hai", "ba"), 1)]
    section = at(PART)
    grip = page.locator(f"#grip-{PART}-{rows[0].pk}")

    grip.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#said")).to_contain_text("3")
    page.keyboard.press("Escape")
    expect(section.locator("li[data-pk]").first).to_contain_text("một")
    assert RowEdit.objects.count() == 0

    page.keyboard.press(" ")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(section.locator("[data-undo]")).to_be_visible()
    expect(grip).to_be_focused()
    assert texts(draft) == ["hai", "một", "ba"]

    page.keyboard.press("Alt+ArrowDown")
    expect(section.locator("li[data-pk]").last).to_contain_text("c) một")
    page.keyboard.press("Control+z")
    expect(section.locator("li[data-pk]").last).to_contain_text("c) ba")
    assert texts(draft) == ["hai", "một", "ba"]


def test_a_row_is_dragged_by_hand(page, draft, at):
    rows = [RequirementFactory(plan=draft, text=text, position=n) for n, text in enumerate(("một", "hai", "ba"), 1)]
    section = at(PART)
    section.evaluate("section => section.scrollIntoView({ block: 'center', behavior: 'instant' })")
    start = page.locator(f"#grip-{PART}-{rows[2].pk}").bounding_box()
    end = page.locator(f"#{PART}-{rows[0].pk}").bounding_box()

    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(start["x"] + 8, start["y"] - 30)
    page.mouse.move(start["x"] + 8, end["y"] + 2)
    page.mouse.move(start["x"] + 8, end["y"])
    page.mouse.up()

    expect(section.locator("[data-undo]")).to_be_visible()
    assert texts(draft) == ["ba", "một", "hai"]


def test_a_theme_is_moved_with_its_sub_themes(page, draft, at):
    first = ContentThemeFactory(plan=draft, text="A", position=1)
    ContentThemeFactory(plan=draft, text="A.1", position=2, parent=first)
    ContentThemeFactory(plan=draft, text="B", position=3)
    section = at("themes")

    page.locator(f"#grip-themes-{first.pk}").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(section.locator("li[data-pk]").first).to_contain_text("1. B")
    assert texts(draft, type(first)) == ["B", "A", "A.1"]


def test_undo_takes_back_what_was_removed_and_leaves_typing_alone(page, draft, at):
    rows = [RequirementFactory(plan=draft, text=text, position=n) for n, text in enumerate(("một", "hai"), 1)]
    section = at(PART, row=rows[1])

    section.locator("button[value=remove]").click()
    expect(section.locator("li[data-pk]")).to_have_count(1)
    expect(section.locator(".msg-ok")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(section.locator("li[data-pk]")).to_have_count(2)
    assert texts(draft) == ["một", "hai"]

    section.locator("[data-add]").click()
    expect(text_of(section)).to_be_focused()
    page.keyboard.type("ba")
    page.keyboard.press("Control+z")
    expect(section.locator("li[data-pk]")).to_have_count(2)


@pytest.mark.parametrize("choice, expected", [("mine", 1), ("theirs", 1), ("both", 2)])
def test_of_two_people_the_second_chooses(
    choice, expected, page, browser, browser_context_args, draft, at, live_server, enter
):
    row = RequirementFactory(plan=draft, text="Kết hợp công nghệ thông tin")
    section = at(PART, row=row)
    other = browser.new_context(**browser_context_args)
    enter(other, full_name="Trần Văn An")
    theirs = go(other.new_page(), live_server, draft, PART, row=row)
    text_of(theirs).fill("Kết hợp nền tảng số")
    saved(theirs)

    text_of(section).fill("Kết hợp trí tuệ nhân tạo")
    conflict = section.locator(".conflict")
    expect(conflict).to_contain_text("Trần Văn An")
    expect(conflict.locator("ins").first).to_have_text("trí tuệ nhân tạo")
    expect(conflict.locator("ins").last).to_have_text("nền tảng số")
    found = Axe().run(page, options=WCAG)
    assert found.violations_count == 0, found.generate_report()
    conflict.locator(f"button[value={choice}]").click()

    expect(conflict).to_have_count(0)
    assert len(texts(draft)) == expected
    assert ("Kết hợp trí tuệ nhân tạo" in texts(draft)) == (choice != "theirs")
    assert ("Kết hợp nền tảng số" in texts(draft)) == (choice != "mine")
    other.close()


def test_a_row_removed_or_a_plan_issued_meanwhile_leaves_the_words_on_the_screen(page, draft, at):
    row = RequirementFactory(plan=draft, text="Bản đầu")
    section = at(PART, row=row)
    text_of(section).fill("Bản hai")
    saved(section)

    Plan.objects.update(status=PlanStatus.ISSUED)
    text_of(section).fill("Sau khi ban hành")
    expect(section.locator("[data-saved].is-bad")).to_be_visible()
    expect(text_of(section)).to_have_value("Sau khi ban hành")
    section.locator("button[value=done]").click()
    expect(page.locator("#refused")).to_be_visible()
    expect(text_of(section)).to_have_value("Sau khi ban hành")
    assert texts(draft) == ["Bản hai"]


def test_the_place_on_the_page_is_kept(page, draft, at, context):
    for factory in PART_FACTORIES.values():
        factory.create_batch(4, plan=draft)
    section = at("recipients")
    section.scroll_into_view_if_needed()
    section.locator("[data-add]").scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    assert before > 200

    section.locator("[data-add]").click()
    expect(text_of(section)).to_be_focused()
    page.keyboard.type("Lưu: VT.")
    page.keyboard.press("Enter")
    expect(section.locator("li[data-pk]")).to_have_count(5)

    assert abs(page.evaluate("scrollY") - before) < 400
    assert page.url.split("?")[1].startswith("part=recipients")


def test_further_fields_are_chips_in_the_same_row(page, draft, at):
    AudienceFactory(plan=draft, text="Người dân")
    section = at("objectives")

    page.keyboard.type("Nâng cao nhận thức")
    section.locator("label.chip", has_text="Người dân").click()
    saved(section)
    section.locator("button[value=done]").click()
    expect(section.locator("li[data-pk]")).to_contain_text("Người dân")

    section = at("channels")
    page.keyboard.type("Trên báo")
    section.locator("label.chip").first.click()
    section.locator("button[value=done]").click()
    expect(section.locator("li[data-pk]")).to_contain_text(Channel.objects.first().name)


@pytest.mark.parametrize("part", PART_FACTORIES)
def test_every_part_fits_the_screen_stays_home_and_meets_wcag(part, page, draft, at, live_server):
    rows = {name: factory(plan=draft) for name, factory in PART_FACTORIES.items()}
    away = []
    page.on("request", lambda request: request.url.startswith((live_server.url, "data:")) or away.append(request.url))

    for place in ({"row": rows[part]}, {"new": "end"}):
        at(part, **place)
        assert page.evaluate(SIDEWAYS) == 0
        page.evaluate("scrollTo(0, 0)")  # the bar on top would cover what stands half below it
        found = Axe().run(page, options=WCAG)
        assert found.violations_count == 0, found.generate_report()

    assert away == []


@pytest.fixture
def plain(browser, browser_context_args, enter):
    """A browser without scripts."""
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    enter(context)
    yield context.new_page()
    context.close()


def test_all_of_it_works_without_scripts(plain, draft, live_server):
    page, section = plain, plain.locator(f"#{PART}")
    page.goto(f"{live_server.url}/plans/{draft.pk}/edit/")
    section.locator("a[href*='part=']").first.click()
    text_of(section).fill("một")
    section.locator("button[value=new]").click()
    text_of(section).fill("hai")
    section.locator("button[value=done]").click()
    assert texts(draft) == ["một", "hai"]

    section.locator("li[data-pk] .tools a").last.click()
    text_of(section).fill("hai, sửa")
    section.locator("button[value=up]").click()
    assert texts(draft) == ["hai, sửa", "một"]
    section.locator("button[value=remove]").click()
    assert texts(draft) == ["một"]
    section.locator("[data-undo] button").click()
    assert texts(draft) == ["hai, sửa", "một"]

    section.locator("[name=lines]").fill("- ba\n- một\n- bốn")
    section.locator("button[value=look]").click()
    expect(section.locator(".understood li")).to_have_count(3)
    section.locator("button[value=add]").click()
    assert texts(draft) == ["hai, sửa", "một", "ba", "bốn"]
    assert page.url.endswith(f"?part={PART}#{PART}")
