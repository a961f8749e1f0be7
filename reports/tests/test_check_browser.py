"""The check page in a real browser: the file never leaves the visitor's machine; a phone; both themes."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from reports.sealing.codes import new_code

from .rows import ReportFactory, SealedFileFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
ISSUED, UNKNOWN = "This is the issued document", "Nothing issued carries this code"
ALTERED = "This file is not an issued text"
expect.set_options(timeout=15_000)  # a busy machine is not a fault


@pytest.fixture
def browser_context_args(browser_context_args):
    return {**browser_context_args, "viewport": {"width": 360, "height": 780}, "locale": "en-US"}


@pytest.fixture(autouse=True)
def quiet(page):
    """No request of the page is under way when the next test clears the tables."""
    yield
    page.goto("about:blank")
    page.wait_for_timeout(300)


@pytest.fixture
def report():
    return SealedFileFactory(data=b"%PDF-1.7 sealed", report__is_issued=True, report__code=new_code()).report


def verdict(page):
    return page.get_by_role("heading", level=1)


def test_a_file_is_hashed_on_the_visitors_machine(page, live_server, report, tmp_path):
    methods = []
    page.on("request", lambda request: methods.append(request.method))
    page.goto(f"{live_server.url}/check/")
    for data, words in ((b"%PDF-1.7 sealed", ISSUED), (b"%PDF-1.7 sealed.", ALTERED)):
        file = tmp_path / "bao-cao.pdf"
        file.write_bytes(data)

        page.locator("#file").set_input_files(file)

        expect(verdict(page)).to_have_text(words)
    assert set(methods) == {"GET"}


def test_without_javascript_the_file_is_sent(browser, live_server, report, tmp_path):
    file = tmp_path / "bao-cao.pdf"
    file.write_bytes(b"%PDF-1.7 sealed")
    page = browser.new_context(java_script_enabled=False, locale="en-US").new_page()
    page.goto(f"{live_server.url}/check/")

    page.locator("#file").set_input_files(file)
    page.get_by_role("button", name="Check the file").click()

    expect(verdict(page)).to_have_text(ISSUED)
    page.context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_code_is_typed_on_a_phone(page, live_server, report, theme):
    page.emulate_media(color_scheme=theme)
    page.goto(f"{live_server.url}/check/")
    page.get_by_label("Check code or SHA-256").fill(report.code.lower())
    page.get_by_role("button", name="Check", exact=True).click()

    expect(verdict(page)).to_have_text("This code is of an issued document")
    assert page.evaluate(SIDEWAYS) <= 0
    assert Axe().run(page, options=WCAG).response["violations"] == []


def test_what_a_person_copied_wrongly_is_told(page, live_server):
    ReportFactory()
    page.goto(f"{live_server.url}/check/?q=MH-240-7K2")

    expect(verdict(page)).to_have_text(UNKNOWN)
    expect(page.get_by_text("without 0, 1, I, L and O")).to_be_visible()
    assert page.get_by_label("Check code or SHA-256").input_value() == "MH-240-7K2"
