"""The annex in a real browser: typed with the keyboard alone, pasted, quarrelled over, and on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from accounts.demo import create_demo_accounts
from accounts.models import Role, User
from accounts.tests.factories import PASSWORD
from activities.catalogue import load_catalogues
from activities.loading import load_plan, read_plan
from activities.planning import drafting
from plans.models import Plan, PlanStatus

from .factories import moment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 780}
COORDINATOR = "bao-loc.coordinator"
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
expect.set_options(timeout=15_000)  # a busy machine is not a fault
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}


@pytest.fixture
def browser_context_args(browser_context_args):
    return {**browser_context_args, "viewport": DESK, "locale": "en-US"}


@pytest.fixture(autouse=True)
def quiet(page):
    """No request of the page is under way when the next test clears the tables."""
    yield
    for each in page.context.browser.contexts:
        for tab in each.pages:
            tab.goto("about:blank")
            tab.wait_for_timeout(300)


@pytest.fixture
def issued(transactional_db, settings):
    settings.DEBUG = True
    load_catalogues()
    plan, _created = load_plan(read_plan("bao-loc"))
    create_demo_accounts(plan.locality, plan.coordinating_agency)
    return plan


@pytest.fixture
def draft(issued):
    """An empty plan of the same people for the same year, with the same themes."""
    plan = Plan.objects.create(
        locality=issued.locality,
        title="Tuyên truyền cải cách hành chính năm 2012, lập lại",
        issuing_agency=issued.issuing_agency,
        issuing_agency_name=issued.issuing_agency.name,
        coordinating_agency=issued.coordinating_agency,
        period_start=issued.period_start,
        period_end=issued.period_end,
        period_text="Năm 2012",
        status=PlanStatus.DRAFT,
    )
    for theme in issued.themes.all():
        theme.pk, theme.plan = None, plan
        theme.save()
    return plan


def log_in(page, live_server, name=COORDINATOR, password="reformcomms-demo"):
    page.goto(live_server.url)
    page.locator("[name=username]").fill(name)
    page.locator("[name=password]").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url(
        lambda address: not address.endswith(":0/") and "/?" not in address and address != f"{live_server.url}/"
    )
    return page


@pytest.fixture
def annex(page, live_server, draft):
    """The page of the empty annex, with a coordinator before it; anything on the console is a failure."""
    said = []
    page.on("console", lambda message: message.type in ("error", "warning") and said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    log_in(page, live_server).goto(f"{live_server.url}/plans/{draft.pk}/activities/")
    yield page
    assert [line for line in said if "409 (Conflict)" not in line] == []  # the browser itself notes the answer


def focused(page):
    return page.evaluate("document.activeElement.id")


def choose(page, *names):
    """Type each name's beginning into the focused box and take the first suggestion."""
    for name in names:
        page.keyboard.type(name)
        expect(page.locator("[role=option][aria-selected=true]")).to_be_visible()
        page.keyboard.press("Enter")


ROWS = {
    "IV.1": (["cac co quan, don vi su nghiep cua", "ubnd cac phuong"], [], "Thường xuyên trong năm 2012"),
    "IV.2": (["phong van hoa", "trung tam"], ["pnv", "ubnd cac phuong"], "Thường xuyên năm 2012"),
    "IV.3": (
        ["uy ban nhan dan", "ubnd cac phuong"],
        ["dai truyen thanh", "dai phat thanh"],
        "Hằng tuần trong năm 2012",
    ),
    "IV.4": ([], ["uy ban mat tran", "cac doan the"], ""),
}


def test_the_activities_of_271_are_typed_with_the_keyboard_alone(annex, draft, issued):
    """What stands in the draft afterwards is what the loaded plan says."""
    keys = annex.keyboard
    titles = {row.number: row.title for row in issued.activities.all()}
    annex.locator("#grid-add").focus()
    for number, (leads, cooperating, time) in ROWS.items():
        expect(annex.locator("#grid-add")).to_be_focused()
        keys.type(titles[number])
        keys.press("Enter")
        expect(annex.locator("#id_lead")).to_be_focused()
        choose(annex, *leads)
        keys.press("Tab")
        choose(annex, *cooperating)
        keys.press("Tab")
        keys.type(time)
        for _each in range(5):
            keys.press("Shift+Tab")
        expect(annex.locator("#id_title")).to_be_focused()
        keys.press("Shift+Tab")
        expect(annex.locator("#id_number")).to_be_focused()
        keys.press("Control+a")
        keys.type(number)
        keys.press("Control+Enter")
        expect(annex.locator("tr.is-edit")).to_have_count(0)

    def facts(plan):
        return [
            (
                row.number,
                row.title,
                row.schedule_text,
                row.schedule_kind,
                row.deadline,
                {(each.role, each.agency_id, each.group_id) for each in row.assignments.all()},
            )
            for row in plan.activities.order_by("position")
        ]

    assert facts(draft) == facts(issued)


def test_rows_are_chosen_edited_moved_and_dropped_by_keys(annex, draft):
    keys = annex.keyboard
    annex.locator("#grid-add").focus()
    for title in ("Một", "Hai", "Ba"):
        keys.type(title)
        keys.press("Enter")
        expect(annex.locator("#id_lead")).to_be_focused()
        keys.press("Control+Enter")
        expect(annex.locator("#grid-add")).to_be_focused()
    first, second, third = (f"activity-{row.pk}" for row in draft.activities.order_by("position"))

    keys.press("ArrowUp")
    assert focused(annex) == third
    keys.press("Home")
    keys.press("ArrowDown")
    assert focused(annex) == second
    keys.press("Alt+ArrowUp")
    expect(annex.locator("#grid-said")).to_contain_text("Row 1")
    expect(annex.locator(f"#{second}")).to_be_focused()
    assert list(draft.activities.order_by("position").values_list("title", flat=True)) == ["Hai", "Một", "Ba"]

    keys.press("Enter")
    expect(annex.locator("#id_title")).to_be_focused()
    keys.type(" sửa")
    expect(annex.locator("[data-saved]")).to_contain_text("Saved at")
    keys.press("Escape")
    expect(annex.locator(f"#{second}")).to_be_focused()
    assert draft.activities.get(number="1").title == "Hai"

    keys.press("Enter")
    expect(annex.locator("#id_title")).to_be_focused()
    keys.type(" mới")
    keys.press("Control+Enter")
    expect(annex.locator(f"#{first}")).to_be_focused()
    assert draft.activities.get(number="1").title == "Hai mới"


def test_what_the_words_say_is_shown_while_one_types(annex, draft):
    annex.locator("#grid-add").fill("Tọa đàm")
    annex.keyboard.press("Enter")
    expect(annex.locator("#id_lead")).to_be_focused()
    annex.locator("#id_schedule_text").fill("quý II, quý III/2012")
    expect(annex.locator(".heard").first).to_contain_text("01/04–30/09/2012")
    annex.locator("#id_schedule_text").fill("trước ngày 31/9/2012")
    expect(annex.locator(".heard").first).to_contain_text("30")
    annex.locator("#id_product").fill("60 tin, bài")
    expect(annex.locator(".heard").last).to_contain_text("60 tin, bài")


PASTED = "\n".join(
    (
        "TT\tNội dung\tCơ quan chủ trì\tCơ quan phối hợp\tThời gian\tSản phẩm",
        "1\tTọa đàm phát thanh\tPhòng Nội vụ\tĐài TT-TH thành phố\tmỗi quý 1 số\t04 số",
        "2\tTuyên truyền lưu động\tPNV\tUBND các phường, xã\ttháng 6\t24 buổi",
        "3\tBản tin\tphong noi vu\t\thằng quý\t04 số",
        "4\tHội thi\tHội nọ\t\tkhi có dịp\tmột hội thi",
        "5\tPano\tPhòng VH-TT; Phòng Nội vụ\t\ttrước ngày 31/8/2012\t12 pano",
    )
)
PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData("text", text);
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(event);
}"""


def test_five_rows_are_pasted_looked_at_and_added(annex, draft):
    annex.locator("#grid-add").focus()
    annex.evaluate(PASTE, PASTED)
    expect(annex.locator("#pasted")).to_contain_text(
        "5 pasted rows, not added yet. 4 rows understood, 1 row with a mark."
    )
    assert not draft.activities.exists()

    annex.get_by_role("link", name="Drop").click()
    expect(annex.locator("#pasted tr")).to_have_count(0)
    annex.evaluate(PASTE, PASTED)
    annex.get_by_role("button", name="Add 5 rows").click()
    expect(annex.locator("#grid-said")).to_contain_text("5 rows added.")
    assert list(draft.activities.order_by("position").values_list("title", flat=True))[::4] == [
        "Tọa đàm phát thanh",
        "Pano",
    ]

    annex.get_by_role("button", name="Undo adding 5 rows").click()
    expect(annex.locator("#grid-said")).to_contain_text("Undone.")
    assert not draft.activities.exists()


def another(draft, context, live_server):
    """A colleague before the same table, in a browser of their own."""
    user = User.objects.create(
        username="an", full_name="Trần Văn An", agency=draft.coordinating_agency, role=Role.COORDINATOR
    )
    user.set_password(PASSWORD)
    user.save()
    page = log_in(context.new_page(), live_server, "an", PASSWORD)
    page.goto(f"{live_server.url}/plans/{draft.pk}/activities/")
    return page


def open_first(page):
    page.locator("tr[data-edit]").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#id_title")).to_be_focused()


def test_two_people_on_one_row_are_shown_both_versions(annex, draft, new_context, live_server):
    by = User.objects.get(username=COORDINATOR)
    drafting.add_activities(draft, [{"title": "Chuyên mục"}], by=by, at=moment())
    annex.reload()
    theirs = another(draft, new_context(), live_server)
    open_first(annex)
    open_first(theirs)
    theirs.keyboard.type(" của An")
    theirs.keyboard.press("Control+Enter")
    expect(theirs.locator("tr.is-edit")).to_have_count(0)

    annex.keyboard.type(" của tôi")
    conflict = annex.locator(".conflict")
    expect(conflict).to_contain_text("Trần Văn An saved this row")
    expect(conflict.locator("ins").first).to_contain_text("của An")
    expect(annex.locator("#id_title")).to_have_value("Chuyên mục của tôi")

    annex.get_by_role("button", name="Keep both").click()
    expect(annex.locator("tr[data-edit]")).to_have_count(2)
    assert set(draft.activities.values_list("title", flat=True)) == {"Chuyên mục của An", "Chuyên mục của tôi"}


def test_a_plan_issued_meanwhile_leaves_the_words_on_the_screen(page, live_server, draft):
    by = User.objects.get(username=COORDINATOR)
    drafting.add_activities(draft, [{"title": "Chuyên mục"}], by=by, at=moment())
    log_in(page, live_server).goto(f"{live_server.url}/plans/{draft.pk}/activities/")
    open_first(page)
    Plan.objects.filter(pk=draft.pk).update(status=PlanStatus.ISSUED)
    page.keyboard.type(" của tôi")
    page.keyboard.press("Control+Enter")

    expect(page.locator("#grid-refused")).to_contain_text("has been issued and is read only")
    expect(page.locator("#id_title")).to_have_value("Chuyên mục của tôi")


def test_groups_are_added_renamed_and_removed_in_the_table(annex, draft):
    said = annex.locator("#grid-said")
    annex.locator("#grid-add").fill("Báo chí")
    annex.get_by_role("button", name="Add as a group").click()
    expect(said).to_contain_text("Group added: Báo chí")
    annex.locator("#grid-add").fill("Chuyên mục")
    annex.keyboard.press("Enter")
    expect(annex.locator("#id_lead")).to_be_focused()
    annex.keyboard.press("Control+Enter")
    expect(annex.locator("#grid-add")).to_be_focused()
    assert draft.activities.get().group.title == "Báo chí"

    annex.locator(".grp-edit").focus()
    annex.keyboard.press("Enter")
    annex.locator("tr.grp input[name=title]").fill("Báo chí, cơ sở")
    annex.keyboard.press("Enter")
    expect(said).to_contain_text("Group renamed: Báo chí, cơ sở")

    annex.locator(".grp-edit").focus()
    annex.keyboard.press("Enter")
    annex.get_by_role("button", name="Remove the group").click()
    expect(said).to_contain_text("Group removed, its rows stay: Báo chí, cơ sở")
    expect(annex.locator("tr.grp")).to_have_count(0)
    assert draft.activities.get().group is None


def test_on_a_phone_a_row_is_a_page(page, live_server, draft):
    page.set_viewport_size(PHONE)
    by = User.objects.get(username=COORDINATOR)
    drafting.add_activities(draft, [{"title": "Một"}, {"title": "Hai"}], by=by, at=moment())
    log_in(page, live_server).goto(f"{live_server.url}/plans/{draft.pk}/activities/")
    expect(page.locator("#grid-add")).to_be_hidden()
    page.get_by_role("link", name="1. Một").click()
    page.locator("#id_lead").fill("pnv")
    page.get_by_role("option", name="Phòng Nội vụ").click()
    page.locator("#id_schedule_text").fill("tháng 6/2012")
    expect(page.locator("[data-saved]")).to_contain_text("Saved at")
    page.get_by_role("button", name="Save, on to activity 2").click()
    expect(page.locator("#id_title")).to_have_value("Hai")
    row = draft.activities.get(title="Một")
    assert (row.assignments.get().agency, row.deadline.day) == (draft.coordinating_agency, 30)

    page.goto(f"{live_server.url}/plans/{draft.pk}/activities/")
    page.get_by_role("link", name="Add an activity").click()
    page.locator("#id_title").fill("Ba")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#annex")).to_contain_text("3. Ba")
    assert draft.activities.count() == 3


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_its_pages_fit_the_screen_and_meet_wcag(page, live_server, draft, size):
    page.set_viewport_size({**size, "height": 3000})  # the bar at the bottom covers nothing
    by = User.objects.get(username=COORDINATOR)
    group = drafting.add_group(draft, "Báo chí", by=by, at=moment())
    [row] = drafting.add_activities(draft, [{"title": "Một", "group_id": group.pk}], by=by, at=moment())
    log_in(page, live_server)
    start = f"{live_server.url}/plans/{draft.pk}/activities/"
    for path in (
        "",
        "add/",
        "paste/",
        "import/",
        f"../../../activities/{row.pk}/edit/",
        f"../../../activity-groups/{group.pk}/",
    ):
        page.goto(start + path)
        assert page.evaluate(SIDEWAYS) == 0, path
        found = Axe().run(page, options=WCAG)
        assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
    if size == DESK:
        page.goto(start)
        open_first(page)
        page.locator("#id_lead").press_sequentially("phong")
        expect(page.locator("#annex [role=option]").first).to_be_visible()
        found = Axe().run(page, options=WCAG)
        assert found.violations_count == 0, found.generate_report()
