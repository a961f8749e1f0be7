"""The page on which a report is issued and that of an issued one: what they say, offer and print."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.tests.factories import login
from activities.models import Status
from activities.tests.factories import AssignmentFactory, make_world, moment
from agencies.tests.factories import AgencyFactory
from reports.annexes import annexes
from reports.models import Confirmation, FileKind
from reports.permissions import can_sign_report
from reports.quarterly.building import build_report
from reports.quarterly.stored import from_json, to_json
from reports.sealing.correcting import correct_report
from reports.sealing.files import sealed_bytes
from reports.sealing.forms import IssueForm

from .rows import ReportFactory, SealedFileFactory
from .test_sealing import issued, with_report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

TODAY = date(2026, 6, 17)
REASON = "Xã Hải Tiến nhập 152, đúng là 52."


@pytest.fixture
def world(clock):
    clock(TODAY)
    return with_report(make_world(Status.APPROVED))


# Issuing


def silent_agency(world):
    """An agency that has to report and has not: whoever issues confirms that."""
    AssignmentFactory(activity=world.activity, agency=AgencyFactory(locality=world.locality))


def test_the_block_of_the_signature_is_in_capitals_whatever_is_typed(world):
    world.report.agency.head_title = "Giám đốc"
    proposed = IssueForm(report=world.report, today=TODAY)
    facts = {name: proposed[name].value() for name in proposed.fields} | {"issued_on": "17/06/2026"}
    assert facts["signatory_title"] == "GIÁM ĐỐC"
    facts |= {
        "signatory_name": "Đinh Quang Vinh",
        "signatory_title": "Phó Giám đốc",
        "signing_authority": "kt. Giám đốc",
    }

    form = IssueForm(facts, report=world.report, today=TODAY)

    assert form.is_valid(), form.errors
    assert (form.facts.signatory_title, form.facts.signing_authority) == ("PHÓ GIÁM ĐỐC", "KT. GIÁM ĐỐC")


def test_it_says_where_the_qr_code_will_lead(world):
    page = login(world.coordinator).get(reverse("reports:issue", args=[world.report.pk]))

    assert "The QR code on the last page will lead to https://portal.example" in page.text


def test_what_was_stored_otherwise_prints_in_capitals_too(world):
    data = from_json(sealed_bytes(issued(world), FileKind.DATA))  # issued with 'Giám đốc'

    assert data.heading.signatory_title == "GIÁM ĐỐC"


def test_the_page_says_to_tick_and_counts_with_what_is_ticked(world):
    silent_agency(world)

    page = login(world.coordinator).get(reverse("reports:issue", args=[world.report.pk]))

    assert page.context["unticked"] and not Confirmation.objects.exists()
    assert "Tick what you stand by, then issue." in page.text
    assert "js/seal" in page.text
    assert page.text.count("data-unticked") == 2
    assert 'data-one="1 thing to confirm" data-many="# things to confirm"' in page.text


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_sentence_follows_the_boxes(page, live_server, world):
    silent_agency(world)
    browser = login(world.coordinator)
    cookie = {"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])
    page.goto(live_server.url + reverse("reports:issue", args=[world.report.pk]))
    boxes = page.locator("input[name=stand_by]")
    assert boxes.count()

    for place in range(boxes.count()):
        assert page.locator(".savebar [data-unticked]").is_visible()
        boxes.nth(place).check()

    assert page.locator(".savebar [data-unticked]").is_hidden()
    boxes.nth(0).uncheck()
    assert page.locator(".savebar [data-unticked]").inner_text().startswith("1 ")


# Issued


def sealed(**facts):
    report = ReportFactory(is_issued=True, **facts)
    for kind in FileKind.values:
        SealedFileFactory(report=report, kind=kind, data=kind.encode())
    return report


def test_an_issued_report_leads_to_the_ministrys_form():
    report = sealed()

    assert reverse("reports:ministry", args=[report.pk]) in login(report.begun_by).get(report.get_absolute_url()).text


def test_a_replaced_version_takes_no_signed_copy():
    report = sealed()
    sign = reverse("reports:sign", args=[report.pk])
    browser = login(report.begun_by)
    assert sign in browser.get(report.get_absolute_url()).text
    later = ReportFactory(period=report.period, ordinal=2, replaces=report, begun_by=report.begun_by)
    report.refresh_from_db()
    assert can_sign_report(report.begun_by, report)  # a correction that is being written replaces nothing

    type(later).objects.filter(pk=later.pk).delete()
    sealed(period=report.period, ordinal=2, replaces=report, begun_by=report.begun_by)

    assert sign not in browser.get(report.get_absolute_url()).text
    assert browser.post(sign).status_code == 403


# Corrections


def test_the_reason_of_a_correction_heads_its_last_annex(world):
    issued(world)
    correction = correct_report(world.report, by=world.coordinator, at=moment(17, 13), reason=REASON)

    built = build_report(correction, today=TODAY)

    first = annexes(built)[4].rows[0]
    assert [cell.text for cell in first] == ["–", "Lý do thay thế", REASON]
    assert sum(cell.span for cell in first) == len(annexes(built)[4].columns)
    assert from_json(to_json(built)) == built


def test_data_sealed_before_there_was_a_reason_is_read(world):
    data = sealed_bytes(issued(world), FileKind.DATA)

    assert from_json(data.replace(b'"reason":"",', b"")).reason == ""
    assert len(annexes(from_json(data))) == 4
