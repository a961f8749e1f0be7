"""Whoever clicks twice, or a moment after a colleague, is told that it is done; who has no say is refused as ever."""

from datetime import date

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import Status
from activities.tests.factories import AssignmentFactory, make_world, moment
from agencies.tests.factories import AgencyFactory
from reports import workflow
from reports.beginning import Subject, begin_report
from reports.checking import check_report
from reports.models import Confirmation, Report, ReportKind
from reports.quarterly.building import make_report
from reports.sealing.correcting import correct_report
from reports.sealing.sealing import Facts, issue_report
from reports.workflow import TRANSITIONS, move, taken_already

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

TODAY = date(2026, 6, 17)

FACTS = Facts(240, "BC-SNV", date(2026, 6, 16), "", "GIÁM ĐỐC", "Đinh Quang Vinh")
# step: (who takes it, the steps before it)
STEPS = {
    "submit": ("coordinator", ()),
    "withdraw": ("coordinator", ("submit",)),
    "approve": ("leader", ("submit",)),
    "return": ("leader", ("submit",)),
    "reopen": ("coordinator", ("submit", "approve")),
}
TYPED = {"reason": "Bổ sung danh sách.", "version": "99"}


@pytest.fixture
def world(clock):
    clock(TODAY)
    world = make_world(Status.APPROVED)
    world.report, _is_new = begin_report(Subject(ReportKind.PLAN, world.period), by=world.coordinator, at=moment(15))
    return world


def taken(world, *names):
    for name in names:
        by = getattr(world, STEPS[name][0])
        world.report = move(world.report, name, by=by, at=moment(16, 9), reason="Sửa mục III.")
    return world.report


def issued(world):
    taken(world, "submit", "approve")
    world.report = issue_report(world.report, FACTS, by=world.coordinator, at=moment(16, 11))
    return world.report


def at(name, report, *arguments):
    return reverse(f"reports:{name}", args=[report.pk, *arguments])


def said(answer):
    return [str(each) for each in get_messages(answer.wsgi_request)]


@pytest.mark.parametrize("name", STEPS)
def test_a_step_taken_already_leads_to_the_report(world, name):
    who, before = STEPS[name]
    report = taken(world, *before, name)
    person = getattr(world, who)

    answer = login(person).post(at("move", report, name), TYPED)

    assert (answer.status_code, answer.url) == (302, report.get_absolute_url())
    assert said(answer) == [f"This has been done already: by {person} at 09:00 on 16/06/2026."]
    assert Report.objects.get().version == report.version


@pytest.mark.parametrize("name", STEPS)
def test_whoever_could_not_have_taken_it_is_refused(world, name):
    report = taken(world, *STEPS[name][1], name)
    other = world.leader if STEPS[name][0] == "coordinator" else world.coordinator

    assert login(other).post(at("move", report, name), TYPED).status_code == 403
    assert login(world.focal_point).post(at("move", report, name), TYPED).status_code == 403
    assert login(UserFactory(role=Role.LEADER)).post(at("move", report, name), TYPED).status_code == 404


def test_a_report_that_has_gone_further_refuses(world):
    report = taken(world, "submit", "approve")

    assert taken_already(world.coordinator, report, "submit") is None
    assert login(world.coordinator).post(at("move", report, "submit"), TYPED).status_code == 403


def test_a_reason_typed_for_a_step_that_is_over_stays_on_the_page(world):
    taken(world, "submit", "approve")

    page = login(world.leader).post(reverse("reports:move", args=[world.report.pk, "return"]), TYPED)

    assert page.status_code == 403
    assert TYPED["reason"] in page.text and "Approved" in page.text
    assert Report.objects.get().status == "approved"


def test_whoever_is_a_moment_too_late_is_told(world, monkeypatch):
    """Both clicks pass the door; the second finds the report moved once it holds the row."""
    report = taken(world, "submit")
    first = workflow.move

    def too_late(*arguments, **facts):
        first(*arguments, **facts)
        return first(*arguments, **{**facts, "version": None})

    monkeypatch.setattr(workflow, "move", too_late)

    answer = login(world.leader).post(at("move", report, "approve"), {"version": report.version})

    assert answer.status_code == 302 and said(answer)[0].startswith("This has been done already")
    assert Report.objects.get().status == "approved"


def test_only_the_last_step_counts(world):
    report = taken(world, "submit", "withdraw")

    assert taken_already(world.coordinator, report, "withdraw").step == "withdraw"
    assert {name for name in TRANSITIONS if taken_already(world.coordinator, report, name)} == {"withdraw"}


def test_issued_twice_it_is_issued_once(world):
    report = issued(world)

    answer = login(world.coordinator).post(at("issue", report), {"number": "241"})

    assert (answer.status_code, answer.url) == (302, report.get_absolute_url())
    assert said(answer) == [f"This has been done already: by {world.coordinator} at 11:00 on 16/06/2026."]
    assert Report.objects.get().number == 240
    assert login(world.leader).post(at("issue", report)).status_code == 403
    assert login(UserFactory(role=Role.COORDINATOR)).post(at("issue", report)).status_code == 404


def test_corrected_twice_there_is_one_correction(world):
    report = issued(world)
    correction = correct_report(report, by=world.coordinator, at=moment(16, 12), reason="Sai số.")

    answer = login(world.coordinator).post(at("correct", report), {"reason": "Sai số."})

    assert (answer.status_code, answer.url) == (302, correction.get_absolute_url())
    assert said(answer) == [f"This has been done already: by {world.coordinator} at 12:00 on 16/06/2026."]
    assert Report.objects.count() == 2
    assert login(world.leader).post(at("correct", report), {"reason": "Sai."}).status_code == 403


def test_corrected_a_moment_too_late(world, monkeypatch):
    report = issued(world)

    def quicker(report, **facts):
        correct_report(report, **facts)
        raise PermissionDenied

    monkeypatch.setattr("reports.views.issuing.correct_report", quicker)

    answer = login(world.coordinator).post(at("correct", report), {"reason": "Sai số."})

    assert answer.url == Report.objects.get(ordinal=2).get_absolute_url()


def test_drafted_anew_twice_it_is_recorded_once(world):
    type(world.update).objects.filter(pk=world.update.pk).update(results="Ban hành 03 văn bản.")
    browser = login(world.coordinator)

    answers = [browser.post(at("refresh", world.report)) for _time in range(2)]

    assert [answer.url for answer in answers] == [world.report.get_absolute_url()] * 2
    assert said(answers[1])[-1].startswith("The report follows the updates already")
    assert world.report.events.filter(step="refresh").count() == 1


def test_confirmed_twice_it_is_confirmed_once(world):
    AssignmentFactory(activity=world.activity, agency=AgencyFactory(locality=world.locality))  # it has not reported
    [finding] = check_report(world.report, make_report(world.report, today=TODAY)).to_confirm
    typed = {"rule": finding.rule, "subject": finding.subject, "words": finding.words, "confirmed": "on"}
    browser = login(world.coordinator)

    answers = [browser.post(at("confirm", world.report), typed) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302] and said(answers[1]) == []
    assert Confirmation.objects.get().words == finding.words


@pytest.mark.parametrize(
    "typed, sentence",
    [("  ", "Say what is wrong"), ("Số liệu của xã Hải Tiến sai. " * 80, "at most 2000 characters")],
    ids=["nothing", "too much"],
)
def test_the_reason_of_a_correction_comes_back_as_it_was_typed(world, typed, sentence):
    report = issued(world)

    answer = login(world.coordinator).post(at("correct", report), {"reason": typed})

    assert answer.status_code == 422 and not Report.objects.filter(ordinal=2).exists()
    assert answer.context["correction_form"]["reason"].value() == typed
    assert typed.strip() in answer.text
    assert sentence in answer.text.split('id="id_correction_reason_error"')[1].split("</p>")[0]
    assert '<details class="seal-correct mt-2" open>' in answer.text
