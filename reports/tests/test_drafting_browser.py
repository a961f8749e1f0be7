"""A report drafted by a person in a real browser: begun, written, submitted, returned, approved; and on a phone."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from accounts.models import Role
from accounts.tests.factories import PASSWORD, UserFactory
from activities.models import QuarterlyUpdate, Status
from activities.tests.factories import TODAY, make_world, moment
from reports.beginning import Subject, begin_report
from reports.models import Report, ReportKind, ReportPart, ReportStatus
from reports.writing import save_part

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


@pytest.fixture
def console(page):
    """What the browser complains of; anything is a failure, but that something was refused is meant to be."""
    said = []
    page.on("console", lambda message: message.type in ("error", "warning") and said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield said
    assert [each for each in said if "409" not in each and "422" not in each] == []


def province():
    """Two agencies whose updates are approved, each with words of its own."""
    world = make_world(Status.APPROVED, agencies=2)
    for update, words in zip(world.all_updates, ("Ban hành 02 kế hoạch.", "Kiểm tra 05 xã."), strict=True):
        QuarterlyUpdate.objects.filter(pk=update.pk).update(results=words)
    for person in (world.coordinator, world.leader):
        person.set_password(PASSWORD)
        person.save()
    return world


def log_in(page, live_server, person):
    page.context.clear_cookies()
    page.goto(live_server.url)
    page.locator("[name=username]").fill(person.username)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/(review|updates|home|dashboard)/"))


def violations(page):
    page.evaluate("scrollTo(0, 0)")  # a button half under the bar above counts as too small
    found = Axe().run(page, options=WCAG).response["violations"]
    return [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found]


def open_part(page, code):
    part = page.locator(f"#part-{code}")
    part.get_by_role("link", name=re.compile("^Write")).click()
    editor = page.locator(f"#part-{code} .editor")
    expect(editor).to_be_focused()
    return editor


def wait_saved(page):
    expect(page.locator(".editor-end [data-saved]")).to_contain_text("Saved at")


def body(code):
    return ReportPart.objects.get(code=code).body


def test_a_report_from_its_beginning_to_the_approval(page, live_server, console):
    world = province()
    log_in(page, live_server, world.coordinator)
    page.goto(f"{live_server.url}/reports/")
    page.get_by_role("button", name=re.compile("^Begin the report on")).click()
    page.wait_for_url(re.compile(r"/reports/\d+/$"))
    expect(page.locator("#check-found")).to_contain_text("Every part says something")
    assert violations(page) == []

    # A sentence is written, a figure inserted, words made bold: what is kept are marks, and no typed figure.
    editor = open_part(page, "III-3")
    expect(page).to_have_url(re.compile(r"/parts/III\.3/$"))
    page.keyboard.press("Control+a")
    page.keyboard.type("Do mưa bão, ")
    page.keyboard.press("Control+b")
    page.keyboard.type("thiếu người")
    page.keyboard.press("Control+b")
    page.keyboard.type("; mới có ")
    page.locator("[data-figures]").select_option("count.approved")
    expect(editor.locator(".fig-chip")).to_have_text("2")
    page.keyboard.type(" đơn vị.")
    page.keyboard.press("Enter")
    page.keyboard.type("Chậm 45 ngày * theo [[X]].")
    wait_saved(page)
    expect(page.locator("[data-typed]")).to_contain_text("45")
    expect(page.locator("[data-unknown]")).to_be_hidden()  # brackets typed as text are text
    assert body("III.3") == (
        "Do mưa bão, **thiếu người**; mới có [[count.approved]] đơn vị.\nChậm 45 ngày \\* theo \\[[X]]."
    )
    assert violations(page) == []
    page.locator("[data-closes]").click()
    expect(page.locator(".editor")).to_have_count(0)
    expect(page.locator("#part-III-3")).to_contain_text("mới có 2 đơn vị.")
    expect(page.locator("#part-III-3 b").last).to_have_text("thiếu người")
    expect(page.locator("#part-III-3")).to_contain_text("Chậm 45 ngày * theo [[X]].")

    # The sources follow the cursor, and an agency's words are put in.
    editor = open_part(page, "I")
    sentence = editor.locator("p", has_text="05 xã")
    sentence.click()
    expect(page.locator("[data-sources-title]")).to_have_text("Sources of the sentence under the cursor")
    expect(page.locator("[data-update]:visible")).to_have_count(1)
    expect(page.locator("[data-update]:visible")).to_contain_text("Kiểm tra 05 xã.")
    page.locator("[data-update]:visible [data-insert]").click()
    expect(editor.locator("p").last).to_have_text("Kiểm tra 05 xã.")
    wait_saved(page)
    assert body("I").endswith("\nKiểm tra 05 xã.")

    # Submitted; the leader returns it, then approves it.
    page.goto(f"{live_server.url}{Report.objects.get().get_absolute_url()}")
    page.get_by_role("link", name="Submit to leadership").click()
    page.get_by_role("button", name="Submit").click()
    expect(page.locator(".messages")).to_contain_text("submitted to leadership")
    expect(page.get_by_role("link", name=re.compile("^Write"))).to_have_count(0)
    log_in(page, live_server, world.leader)
    page.goto(f"{live_server.url}/reports/")
    page.get_by_role("link", name=re.compile("^Decide")).click()
    page.get_by_role("link", name="Return…").click()
    page.get_by_role("button", name="Return it").click()
    expect(page.locator(".errsum")).to_contain_text("Say why")
    page.locator("#id_reason").fill("Bổ sung danh sách.")
    page.get_by_role("button", name="Return it").click()
    expect(page.locator(".messages")).to_contain_text("returned")
    assert Report.objects.get().status == ReportStatus.RETURNED
    log_in(page, live_server, world.coordinator)
    page.goto(f"{live_server.url}{Report.objects.get().get_absolute_url()}")
    expect(page.locator(".note")).to_contain_text("Bổ sung danh sách.")
    page.get_by_role("link", name="Submit to leadership").click()
    page.get_by_role("button", name="Submit").click()
    log_in(page, live_server, world.leader)
    page.goto(f"{live_server.url}{Report.objects.get().get_absolute_url()}")
    page.get_by_role("link", name="Approve…").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".messages")).to_contain_text("has been approved")


def test_two_people_in_one_part(page, live_server, console):
    world = province()
    report, _is_new = begin_report(Subject(ReportKind.PLAN, world.period), by=world.coordinator, at=moment(15))
    colleague = UserFactory(agency=world.plan.coordinating_agency, role=Role.COORDINATOR)
    log_in(page, live_server, world.coordinator)
    page.goto(f"{live_server.url}{report.get_absolute_url()}")
    open_part(page, "III-3")
    save_part(report.parts.get(code="III.3"), "Bản của đồng nghiệp.", version=0, by=colleague, at=moment(15))

    page.keyboard.press("Control+a")
    page.keyboard.type("Bản của tôi.")

    expect(page.locator(".conflict")).to_contain_text("Bản của đồng nghiệp.")
    expect(page.locator("form[data-conflict] textarea")).to_have_value("Bản của tôi.")
    assert violations(page) == []
    page.get_by_role("button", name="Keep mine").click()
    expect(page.locator("#part-III-3")).to_contain_text("Bản của tôi.")
    assert body("III.3") == "Bản của tôi."


def test_a_figure_is_found_put_in_and_undone(page, live_server, console):
    world = province()
    report, _is_new = begin_report(Subject(ReportKind.PLAN, world.period), by=world.coordinator, at=moment(15))
    log_in(page, live_server, world.coordinator)
    page.goto(f"{live_server.url}{report.get_absolute_url()}")
    editor = open_part(page, "I")
    page.keyboard.press("Control+a")
    page.keyboard.type("Có ")

    page.locator("[data-figures-filter]").fill("da duoc duyet")
    expect(page.locator("[data-figures] option").first).to_have_attribute("value", "count.approved")
    assert page.locator("[data-figures] option").count() < 4  # of some fifty
    page.keyboard.press("Enter")
    expect(editor).to_be_focused()
    expect(editor.locator(".fig-chip")).to_have_text("2")
    page.keyboard.type(" đơn vị.")
    wait_saved(page)
    assert body("I") == "Có [[count.approved]] đơn vị."

    page.locator("[data-insert]").first.click()
    expect(editor.locator("p")).to_have_count(2)
    expect(editor).to_be_focused()
    page.keyboard.press("Control+z")
    expect(editor).to_have_text("Có 2 đơn vị.")


def test_a_figure_put_in_is_undone_and_done_again(page, live_server, console):
    world = province()
    report, _is_new = begin_report(Subject(ReportKind.PLAN, world.period), by=world.coordinator, at=moment(15))
    log_in(page, live_server, world.coordinator)
    page.goto(f"{live_server.url}{report.get_absolute_url()}")
    editor = open_part(page, "I")
    page.keyboard.press("Control+a")
    page.keyboard.type("Có ")
    page.locator("[data-figures]").select_option("count.approved")
    expect(editor.locator(".fig-chip")).to_have_text("2")
    expect(editor).to_be_focused()
    wait_saved(page)
    assert body("I") == "Có [[count.approved]]"

    page.keyboard.press("Control+z")

    expect(editor.locator(".fig-chip")).to_have_count(0)
    expect(editor).to_contain_text("Có")
    assert page.locator("form[data-editor] [name=body]").input_value() == "Có"
    page.keyboard.press("Control+Shift+z")
    expect(editor.locator(".fig-chip")).to_have_text("2")
    page.keyboard.press("End")
    page.keyboard.type(" đơn vị.")
    expect(page.locator("form[data-editor] [name=body]")).to_have_value("Có [[count.approved]] đơn vị.")
    page.wait_for_timeout(1500)
    wait_saved(page)
    assert body("I") == "Có [[count.approved]] đơn vị."


# The cursor, the bar above it and the one below, in pixels of the window.
AROUND = """() => {
  const selection = getSelection(), range = selection.getRangeAt(0).cloneRange();
  range.collapse(false);
  const own = range.getClientRects();
  const at = selection.focusNode.nodeType === 1 ? selection.focusNode : selection.focusNode.parentNode;
  const caret = own.length ? own[0] : at.getBoundingClientRect();
  const edge = (name) => document.querySelector(name).getBoundingClientRect();
  return {above: edge(".editor-bar").bottom, top: caret.top, bottom: caret.bottom, below: edge(".editor-end").top};
}"""


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("code", ["I", "III-3", "V"])
def test_the_line_that_is_typed_is_never_under_a_bar(page, live_server, console, size, code):
    world = province()
    report, _is_new = begin_report(Subject(ReportKind.PLAN, world.period), by=world.coordinator, at=moment(15))
    page.set_viewport_size(size)
    log_in(page, live_server, world.coordinator)
    page.goto(f"{live_server.url}{report.get_absolute_url()}")
    open_part(page, code)
    page.keyboard.press("Control+End")

    seen = []
    for line in range(25):
        page.keyboard.press("Enter")
        page.keyboard.type(f"Dòng {line}.")
        seen.append(page.evaluate(AROUND))
    page.keyboard.press("Control+Home")
    seen.append(page.evaluate(AROUND))

    assert [each for each in seen if not each["above"] <= each["top"] < each["bottom"] <= each["below"]] == []


def test_on_a_phone(page, live_server, console):
    world = province()
    report, _is_new = begin_report(Subject(ReportKind.PLAN, world.period), by=world.coordinator, at=moment(15))
    page.set_viewport_size(PHONE)
    log_in(page, live_server, world.coordinator)

    for address in ("/reports/", "/reports/new/", report.get_absolute_url()):
        page.goto(f"{live_server.url}{address}")
        assert page.evaluate(SIDEWAYS) == 0, address
        assert violations(page) == [], address
    open_part(page, "V")
    page.keyboard.press("Control+a")
    page.keyboard.type("Đề nghị cấp kinh phí./.")
    wait_saved(page)
    assert page.evaluate(SIDEWAYS) == 0 and violations(page) == []
    page.locator("[data-closes]").click()
    expect(page.locator(".editor")).to_have_count(0)
    expect(page.locator("#part-V")).to_contain_text("Đề nghị cấp kinh phí./.")
    assert body("V") == "Đề nghị cấp kinh phí./."


@pytest.mark.parametrize("scheme", ["dark"])
def test_in_the_dark(page, live_server, console, scheme):
    world = province()
    report, _is_new = begin_report(Subject(ReportKind.PLAN, world.period), by=world.coordinator, at=moment(15))
    page.emulate_media(color_scheme=scheme)
    log_in(page, live_server, world.coordinator)

    for address in ("/reports/", f"{report.get_absolute_url()}parts/I/", f"{report.get_absolute_url()}refresh/"):
        page.goto(f"{live_server.url}{address}")
        assert violations(page) == [], address
