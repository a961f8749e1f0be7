"""The administrator's pages in a real browser, at desktop and phone width: the tree, an invitation, an import."""

from datetime import date

import pytest
from playwright.sync_api import expect

from accounts.models import Role, User
from accounts.tests.factories import PASSWORD
from agencies.models import Agency
from agencies.tests.workbooks import changed, read, workbook

from .factories import make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 360, "height": 780}}
HEADINGS = ("Agency", "Kind", "First day")


@pytest.fixture(params=WIDTHS)
def browser_context_args(browser_context_args, request):
    return {**browser_context_args, "viewport": WIDTHS[request.param], "locale": "en-US"}


@pytest.fixture
def world(transactional_db, clock):
    clock(date(2026, 6, 15))
    world = make_world(agencies=3)
    world.administrator.set_password(PASSWORD)
    world.administrator.save()
    return world


def enter(page, live_server, user, password=PASSWORD):
    page.goto(live_server.url)
    page.locator("#id_username").fill(user.username)
    page.locator("#id_password").fill(password)
    page.get_by_role("button", name="Log in").click()


def test_the_tree_folds_by_keyboard(page, live_server, world):
    enter(page, live_server, world.administrator)
    page.goto(f"{live_server.url}/agencies/")
    agency = page.get_by_role("row", name=world.agency.name)
    expect(agency).to_be_visible()

    heading = page.get_by_role("button", name="Departments and boards")
    heading.focus()
    page.keyboard.press("Enter")
    expect(agency).to_be_hidden()
    expect(heading).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(agency).to_be_visible()


def test_without_a_script_the_whole_tree_is_there(browser, browser_context_args, live_server, world):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    enter(page, live_server, world.administrator)
    page.goto(f"{live_server.url}/agencies/")

    expect(page.get_by_role("link", name=world.agency.name)).to_be_visible()
    expect(page.locator(".fold-btn")).to_have_count(0)
    context.close()


def test_from_invitation_to_being_locked_out(browser, browser_context_args, page, live_server, world):
    enter(page, live_server, world.administrator)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{live_server.url}/agencies/{world.agency.pk}/users/")
    page.get_by_label("Full name").fill("Vì Văn Thoại")
    page.get_by_role("button", name="Invite", exact=True).click()
    link = page.get_by_label("Link", exact=True).input_value()

    theirs = browser.new_context(**browser_context_args)
    person = theirs.new_page()
    person.goto(link)
    expect(person.get_by_label("User name")).to_have_value("thoaivv")
    person.locator("#id_new_password1").fill("một-mật-khẩu-dài-9")
    person.locator("#id_new_password2").fill("một-mật-khẩu-dài-9")
    person.get_by_role("button", name="Set the password").click()
    expect(person.get_by_role("heading", name="My work")).to_be_visible()

    page.reload()
    expect(page.get_by_text("in use.")).to_be_visible()
    page.get_by_role("button", name="Lock", exact=True).click()
    expect(page.get_by_text("is locked out")).to_be_visible()
    person.reload()
    expect(person.get_by_role("button", name="Log in")).to_be_visible()
    theirs.close()


def test_a_faulty_workbook_comes_back_and_the_corrected_one_is_written(page, live_server, world, tmp_path):
    enter(page, live_server, world.administrator)
    page.goto(f"{live_server.url}/agencies/import/")
    file = tmp_path / "co-quan.xlsx"
    rows = [("Sở Y tế", "Department", "31/9/2026"), ("Sở Tư pháp", "Department", None)]
    file.write_bytes(workbook(HEADINGS, *rows).read())
    page.get_by_label("Excel workbook").set_input_files(file)
    page.get_by_role("button", name="Upload and look").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing can be written yet: 1 of 2 rows is faulty")
    expect(page.get_by_role("button", name="Write 1 change")).to_be_disabled()

    with page.expect_download() as download:
        page.get_by_role("link", name="Download the workbook with 1 row marked").click()
    marked = download.value.path().read_bytes()
    assert "no such day" in read(marked)["Sheet"]["C2"].comment.text

    def correct(sheet):
        sheet.parent["Sheet"]["C2"].value = "30/9/2026"

    file.write_bytes(changed(marked, correct).read())
    page.get_by_label("Excel workbook").set_input_files(file)
    page.get_by_role("button", name="Upload and look").click()
    page.get_by_role("button", name="Write 2 changes").click()

    expect(page.get_by_text("2 agencies written.")).to_be_visible()
    assert Agency.objects.get(locality=world.locality, name="Sở Y tế").valid_from == date(2026, 9, 30)
    assert User.objects.filter(role=Role.ADMINISTRATOR).count() == 1
