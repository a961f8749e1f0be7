"""What is typed on a page that does not save by itself lies on the device until the server has it."""

from datetime import date

import pytest
from playwright.sync_api import expect

from accounts.tests.factories import PASSWORD, UserFactory
from activities.models import AssignmentRole, Contribution, ExplanationMessage

from .factories import PDF, AssignmentFactory, ExplanationFactory, make_world
from .test_sheet_browser import browser_context_args, enter, quiet  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = "Do mưa lũ kéo dài, đơn vị chưa tổ chức được."


@pytest.fixture
def world(transactional_db, clock):
    clock(date(2026, 6, 15))
    world = make_world()
    world.focal_point.set_password(PASSWORD)
    world.focal_point.save()
    return world


@pytest.fixture
def asked(world):
    return ExplanationFactory(
        plan=world.plan, activity=world.activity, agency=world.agency, answer_by=date(2026, 6, 20)
    )


@pytest.fixture
def answering(page, live_server, world, asked):
    return enter(page, live_server, world.focal_point, f"/explanations/{asked.pk}/")


def kept(page):
    return page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('unsent:')).length")


def send(page, name="Send the explanation"):
    page.get_by_role("button", name=name).click()


def test_without_a_connection_the_page_stays_and_says_so(answering):
    answering.locator("#answer textarea").fill(WORDS)
    answering.context.set_offline(True)
    send(answering)

    expect(answering.locator("[data-no-line]")).to_be_in_viewport()
    expect(answering.locator("#answer textarea")).to_have_value(WORDS)
    answering.context.set_offline(False)
    send(answering)
    expect(answering.get_by_text("The explanation has been sent.")).to_be_visible()
    assert kept(answering) == 0
    assert ExplanationMessage.objects.filter(text=WORDS).count() == 1


def test_an_answer_that_did_not_arrive_is_there_on_returning(answering, live_server, asked):
    """The line breaks at the very moment of sending."""
    address = answering.url
    answering.locator("#answer textarea").fill(WORDS)
    answering.route("**/answer/", lambda route: route.abort())
    send(answering)
    answering.wait_for_url("chrome-error://chromewebdata/")
    answering.unroute("**/answer/")

    answering.goto(f"{live_server.url}/updates/")
    expect(answering.locator("[data-unsent]")).to_be_visible()
    answering.locator("[data-unsent] a").click()
    answering.wait_for_url(address)
    expect(answering.locator("#answer textarea")).to_have_value(WORDS)
    assert not ExplanationMessage.objects.filter(text=WORDS).exists()

    send(answering)
    expect(answering.get_by_text("The explanation has been sent.")).to_be_visible()
    assert kept(answering) == 0


def test_a_refused_answer_is_kept_until_it_is_corrected(answering, live_server):
    address = answering.url
    answering.locator("#answer textarea").fill(WORDS)
    bad = {"name": "virus.exe", "mimeType": "application/octet-stream", "buffer": b"MZ\x00\x01"}
    answering.locator("#answer [type=file]").set_input_files([bad])
    expect(answering.locator("#answer [data-chosen]")).to_have_text("virus.exe")
    send(answering)
    expect(answering.locator(".errsum").first).to_be_visible()
    expect(answering.locator("#answer textarea")).to_have_value(WORDS)
    assert kept(answering) == 1

    answering.goto(f"{live_server.url}/updates/")
    answering.locator("[data-unsent] a").click()
    answering.wait_for_url(address)
    expect(answering.locator("#answer textarea")).to_have_value(WORDS)
    send(answering)
    expect(answering.get_by_text("The explanation has been sent.")).to_be_visible()
    assert kept(answering) == 0


def test_a_part_is_kept_on_the_device(page, live_server, world):
    said = []
    page.on("pageerror", lambda error: said.append(str(error)))
    part = AssignmentFactory(activity=world.activity, role=AssignmentRole.COOPERATING)
    helper = UserFactory(agency=part.agency)
    helper.set_password(PASSWORD)
    helper.save()
    enter(page, live_server, helper, f"/contributions/{world.period.pk}/{world.activity.pk}/")
    page.locator("#part [name=words]").fill(WORDS)
    page.reload()
    expect(page.locator("#part [name=words]")).to_have_value(WORDS)

    page.goto(f"{live_server.url}/updates/")
    page.locator("[data-unsent] a").click()
    expect(page.locator("#part [name=words]")).to_have_value(WORDS)
    page.locator("#part [type=file]").set_input_files(
        [{"name": "anh.pdf", "mimeType": "application/pdf", "buffer": PDF}]
    )
    send(page, "Add our part")
    expect(page.get_by_text("Your part has been added")).to_be_visible()
    expect(page.locator("[data-unsent]")).to_be_hidden()
    assert (kept(page), said) == (0, [])
    assert Contribution.objects.get().words == WORDS
