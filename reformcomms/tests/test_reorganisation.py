"""A merger in mid-plan in a real browser: four steps, then the same figures, by the names of then and of today."""

import pytest
from playwright.sync_api import expect

from accounts.models import Role
from accounts.tests.factories import PASSWORD, UserFactory
from agencies.models import Agency, Reorganisation
from reports.tests.test_reorganisation_figures import province as province_fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 360, "height": 780}}
province = province_fixture


@pytest.fixture(params=WIDTHS)
def browser_context_args(browser_context_args, request):
    return {**browser_context_args, "viewport": WIDTHS[request.param], "has_touch": request.param == "phone"}


@pytest.fixture
def administrator(province, settings, page, live_server):
    settings.DEBUG, settings.TODAY = True, "2026-07-02"
    person = UserFactory(agency=province.plan.coordinating_agency, role=Role.ADMINISTRATOR, username="quan.tri")
    person.set_password(PASSWORD)
    person.save()
    page.goto(live_server.url)
    page.get_by_label("Tên đăng nhập").fill("quan.tri")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url("**/dashboard/")
    return page


def period(province, ordinal):
    return province.plan.reporting_periods.get(ordinal=ordinal).pk


def read(page, live_server, address):
    """The headline figures and the agencies' rows of a page."""
    page.goto(f"{live_server.url}{address}")
    return page.locator(".figs").inner_text(), page.locator("main table").all_inner_texts()


def go_on(page):
    page.locator("button.btn-primary[form=reorganise]").click()


def enter_the_merger(page, live_server):
    """The four steps, with a day forgotten at first."""
    page.goto(f"{live_server.url}/agencies/reorganisations/new/")
    page.locator("input[name=kind][value=merge]").check()
    page.locator("#id_decision_number").fill("88/NQ-UBTVQH16")
    go_on(page)
    expect(page.locator(".field.is-bad .err")).to_have_count(1)
    expect(page.locator("#id_decision_number")).to_have_value("88/NQ-UBTVQH16")
    page.locator("#id_effective_on").fill("01/7/2026")
    go_on(page)
    page.get_by_label("Xã Suối Đá").check()
    page.get_by_label("Xã Bản Mới").check()
    page.locator("#id_name").fill("Xã Suối Đá")
    go_on(page)
    expect(page.locator("h1")).to_contain_text("Xã Bản Mới, Xã Suối Đá")
    expect(page.locator("aside")).to_contain_text("Xã Suối Đá")
    go_on(page)
    expect(page.locator(".field.is-bad")).to_have_count(1)
    assert not Reorganisation.objects.exists()
    page.locator("#id_agreed").check()
    go_on(page)
    page.wait_for_url("**/agencies/reorganisations/*/")


def test_a_merger_in_mid_plan(administrator, live_server, province):
    page, spring = administrator, f"/dashboard/?period={period(province, 2)}"
    before = read(page, live_server, spring)

    enter_the_merger(page, live_server)

    assert Reorganisation.objects.get().status == "applied"
    new = Agency.objects.get(name="Xã Suối Đá", valid_to=None)
    assert read(page, live_server, spring) == before

    page.locator('a[href*="names=now"]').first.click()
    expect(page.locator("table.red")).to_contain_text("; Xã Bản Mới (")
    assert page.locator(".figs").inner_text() != before[0]
    page.locator('a[href*="names=then"]').first.click()
    assert page.locator(".figs").inner_text() == before[0]

    page.goto(f"{live_server.url}/updates/?period={period(province, 3)}")
    rows = page.locator("section[aria-labelledby=all] tbody tr")
    expect(rows).to_have_count(3)
    assert [text for text in rows.all_inner_texts() if text.startswith(new.name)]
