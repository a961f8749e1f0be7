"""The dossier in a real browser: a score saved while one types, two people at once, a document added; on a phone."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.tests.factories import PASSWORD
from activities.models import Status
from activities.tests.factories import TODAY, make_world, moment
from reports.dossier.moving import save_score
from reports.models import DossierDocument, SelfScore

from .rows_of_dossiers import CriterionFactory, DossierFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 780}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
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
def world(page, live_server):
    """A dossier of one criterion scored by hand, open in the coordinator's browser."""
    world = make_world(Status.APPROVED)
    world.coordinator.set_password(PASSWORD)
    world.coordinator.save()
    world.dossier = DossierFactory(plan=world.plan, begun_by=world.coordinator)
    facts = {"formula": "by_hand", "measure": "", "floor": None, "bands": []}
    world.criterion = CriterionFactory(set=world.dossier.criteria, title="Hội nghị", **facts)
    page.goto(live_server.url)
    page.locator("[name=username]").fill(world.coordinator.username)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/(review|updates|home|dashboard)/"))
    page.goto(live_server.url + reverse("reports:dossier", args=[world.dossier.pk]))
    return world


def test_a_score_is_saved_while_one_types_and_the_page_follows(page, world):
    page.locator("#id_points").fill("0,7")
    expect(page.locator('[data-error="explanation"]')).to_contain_text("need an explanation")

    page.locator("#id_explanation").fill("Đã tổ chức 3 hội nghị")

    expect(page.locator("[data-saved]")).to_contain_text("Saved at")
    expect(page.locator('[data-error="explanation"]')).to_be_hidden()
    expect(page.locator("#said")).to_contain_text("0,7/1,0 points")
    expect(page.locator("#points")).to_contain_text("0,7")
    expect(page.locator("#tally")).to_contain_text("0,7")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator("#id_explanation").fill("Đã tổ chức 4 hội nghị")  # the form is still the one being typed in
    assert SelfScore.objects.get().explanation == "Đã tổ chức 4 hội nghị"


@pytest.mark.parametrize("choice", ["mine", "theirs"])
def test_who_saved_first_is_shown_and_one_chooses(page, world, choice):
    typed = {"version": 0, "points": 40, "explanation": "Ý của đồng nghiệp", "missing_reason": ""}
    save_score(world.dossier, world.criterion, typed, missing=[], by=world.coordinator, at=moment())

    page.locator("#id_points").fill("0,7")
    page.locator("#id_explanation").fill("Ý của tôi")
    expect(page.locator(".conflict")).to_contain_text("Ý của đồng nghiệp")
    expect(page.locator("#id_explanation")).to_have_value("Ý của tôi")
    page.set_viewport_size(PHONE)
    assert page.evaluate(SIDEWAYS) <= 0
    page.locator(f'button[name=resolve][value="{choice}"]').click()

    expect(page.locator(".conflict")).to_have_count(0)
    expect(page.locator("#id_explanation")).to_have_value("Ý của tôi" if choice == "mine" else "Ý của đồng nghiệp")
    assert SelfScore.objects.get().points == (70 if choice == "mine" else 40)


def test_a_document_is_added_on_a_phone(page, world):
    page.set_viewport_size(PHONE)
    page.locator("#attach > summary").click()
    assert page.evaluate(SIDEWAYS) <= 0
    page.locator("#id_own_files").set_input_files(
        {"name": "bien-ban.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 bien ban"}
    )
    page.locator("#attach button").last.click()

    expect(page.locator(".picks.own")).to_contain_text("bien-ban.pdf")
    assert page.evaluate(SIDEWAYS) <= 0
    assert DossierDocument.objects.get().added_by == world.coordinator
