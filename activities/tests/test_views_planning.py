"""The pages from draft to document: the check, issuing, amendments, versions, closing, files."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import ActivityGroup
from activities.views import planning, plans
from plans.models import Plan, PlanStatus, Purpose
from plans.tests.factories import PART_FACTORIES, PlanFactory

from .factories import PDF, TODAY, ActivityFactory, AssignmentFactory
from .test_amending import amended, change_everything
from .test_plan_workflow import coordinator_of, ready_plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def draft():
    return ready_plan(number="", issued_on=None)


def browser_of(plan):
    return login(coordinator_of(plan))


def at(name, plan, *more):
    return reverse(f"plans:{name}", args=[plan.pk, *more])


def typed(**more):
    return {
        "number": "45",
        "issued_on": "10/6/2026",
        "signing_authority": "TM. ỦY BAN NHÂN DÂN",
        "signatory_title": "CHỦ TỊCH",
        "signatory_name": "Đặng Văn Sơn",
    } | more


def test_issuing_with_the_signed_file(draft):
    signed = SimpleUploadedFile("ke-hoach.pdf", PDF, "application/pdf")

    answer = browser_of(draft).post(at("issue", draft), typed(signed_file=signed))

    assert answer.status_code == 302
    draft.refresh_from_db()
    assert (draft.status, draft.number, draft.issued_on) == (PlanStatus.ISSUED, "45/KH-UBND", date(2026, 6, 10))
    kept = draft.files.get()
    assert (kept.kind, kept.file_name, kept.version.ordinal) == ("signed", "ke-hoach.pdf", 1)


@pytest.mark.parametrize("day", ["10/6/2026", "1/2/2026"])
def test_a_number_of_the_issuer_is_used_once_a_year(draft, day):
    PlanFactory(
        locality=draft.locality,
        issuing_agency=draft.issuing_agency,
        number="45/KH-UBND",
        issued_on=date(2026, 6, 10),
    )

    answer = browser_of(draft).post(at("issue", draft), typed(issued_on=day))

    assert answer.status_code == 200
    assert "This number has been used in 2026." in answer.text
    draft.refresh_from_db()
    assert (draft.status, draft.number) == (PlanStatus.DRAFT, "")


@pytest.mark.parametrize("name", ["issue", "discard"])
def test_who_is_a_moment_late_changes_nothing_of_an_issued_plan(draft, name, monkeypatch):
    browser, stale = browser_of(draft), Plan.objects.get(pk=draft.pk)
    browser.post(at("issue", draft), typed())
    monkeypatch.setattr(planning, "_plan_or_404", lambda request, pk: stale)

    assert browser.post(at(name, draft), typed(number="46")).status_code == 403

    draft.refresh_from_db()
    assert (draft.status, draft.number, draft.versions.count()) == (PlanStatus.ISSUED, "45/KH-UBND", 1)


@pytest.mark.parametrize("name", ["issue", "discard", "facts", "repair"])
def test_who_is_a_moment_late_is_told_that_the_draft_is_gone(draft, name, monkeypatch):
    browser, stale = browser_of(draft), Plan.objects.get(pk=draft.pk)
    monkeypatch.setattr(planning, "_plan_or_404", lambda request, pk: stale)
    monkeypatch.setattr(plans, "get_object_or_404", lambda *args, **kwargs: stale)
    Plan.objects.filter(pk=draft.pk).delete()

    answer = browser.post(at(name, draft), typed())

    assert answer.status_code == 403
    assert "This draft is no longer there" in answer.text


def test_only_plans_that_are_ones_own_to_replace_are_offered(draft):
    own = PlanFactory(
        locality=draft.locality, coordinating_agency=draft.coordinating_agency, title="Kế hoạch năm trước"
    )
    PlanFactory(locality=draft.locality, title="Kế hoạch của nơi khác")

    page = browser_of(draft).get(at("check", draft)).text

    assert f'name="replaces" value="{own.pk}"' in page
    assert page.count('name="replaces"') == 1


@pytest.mark.parametrize(
    "more, sentence",
    [
        ({"number": ""}, "A plan is issued with its number"),
        ({"issued_on": "16/6/2026"}, "still to come"),
        ({"issued_on": "31/9/2026"}, "Write the date as day/month/year"),
        ({"signatory_name": ""}, "Say who signed it"),
        ({"signed_file": SimpleUploadedFile("a.pdf", b"no pdf")}, "is not a PDF file"),
        ({"signed_file": SimpleUploadedFile("a.exe", b"MZ")}, "is not of an accepted kind"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(draft, more, sentence):
    answer = browser_of(draft).post(at("issue", draft), typed(signatory_title="PHÓ CHỦ TỊCH") | more)

    assert answer.status_code == 200
    assert sentence in answer.text
    assert "PHÓ CHỦ TỊCH" in answer.text
    draft.refresh_from_db()
    assert draft.status == PlanStatus.DRAFT


def test_what_changed_since_it_was_read_is_read_again(draft):
    seen = draft.version
    Plan.objects.filter(pk=draft.pk).update(version=seen + 1)

    answer = browser_of(draft).post(at("issue", draft), typed(version=seen))

    assert "changed while you were looking" in answer.text
    assert f'name="version" value="{seen + 1}"' in answer.text
    draft.refresh_from_db()
    assert draft.status == PlanStatus.DRAFT


def test_open_findings_stand_in_the_way(draft):
    activity = draft.activities.get()
    activity.assignments.all().delete()

    page = browser_of(draft).get(at("check", draft)).text
    answer = browser_of(draft).post(at("issue", draft), typed())

    assert "has no lead agency" in page
    assert "1 errors" in answer.text
    draft.refresh_from_db()
    assert draft.status == PlanStatus.DRAFT


def test_ticking_and_taking_back(draft):
    activity = draft.activities.get()
    activity.target_quantity = None
    activity.save()
    browser, tick = browser_of(draft), f"target|activity-{activity.pk}"

    browser.post(at("acknowledge", draft), {"ack": [tick, "lead|activity-1", "nonsense"], "note": "đã thống nhất"})
    [kept] = draft.acknowledgements.all()
    assert (kept.rule, kept.note) == ("target", "đã thống nhất")
    assert "đã thống nhất" in browser.get(at("check", draft)).text

    browser.post(at("acknowledge", draft), {"undo": tick})
    assert not draft.acknowledgements.exists()


def test_all_warnings_of_a_rule_at_once(draft):
    for _ in range(3):
        AssignmentFactory(activity=ActivityFactory(plan=draft))  # without a target
    browser = browser_of(draft)
    assert "confirm all 3" in browser.get(at("check", draft)).text

    browser.post(at("acknowledge", draft), {"all": "target"})

    assert [each.rule for each in draft.acknowledgements.all()] == ["target"] * 3
    assert "confirm all" not in browser.get(at("check", draft)).text


def test_mending_in_place(draft):
    activity = draft.activities.get()
    activity.assignments.all().delete()

    answer = browser_of(draft).post(
        at("repair", draft),
        {"rule": "lead", "subject": f"activity-{activity.pk}", "value": draft.coordinating_agency_id},
        follow=True,
    )

    assert activity.assignments.get().agency == draft.coordinating_agency
    assert "leads activity" in answer.text


@pytest.mark.parametrize(
    "post", [{}, {"rule": "x", "subject": "y"}, {"rule": "lead", "subject": "activity-x", "value": "z"}]
)
def test_mending_what_is_not_there(draft, post):
    assert browser_of(draft).post(at("repair", draft), post).status_code == 302


def test_an_issued_plan_is_read_only(draft):
    browser = browser_of(draft)
    browser.post(at("issue", draft), typed())

    for name in ("issue", "acknowledge", "repair", "discard"):
        assert browser.post(at(name, draft), typed()).status_code == 403
    page = browser.get(at("check", draft)).text
    assert 'id="issue"' not in page and 'id="ack"' not in page


def test_an_amendment_from_its_button_to_its_issue(draft):
    browser = browser_of(draft)
    browser.post(at("issue", draft), typed(issued_on="10/01/2026"))

    answer = browser.post(at("amend", draft))
    copy = Plan.objects.get(purpose=Purpose.AMENDMENT)
    assert answer.url == at("edit", copy)
    assert browser.post(at("amend", draft)).url == answer.url  # two clicks, one amendment
    activity = copy.activities.get()
    activity.title = "Tên mới"
    activity.save()
    answer = browser.post(at("issue", copy), typed(number="31", issued_on="20/4/2026"))

    assert answer.url == at("detail", draft)
    draft.refresh_from_db()
    assert draft.status == PlanStatus.AMENDED
    page = browser.get(at("versions", draft)).text
    assert "0 added, 1 changed, 0 dropped" in page
    assert "<ins>" in page and "31/KH-UBND" in page


def test_versions_side_by_side_and_on_a_day():
    plan = ready_plan(status=PlanStatus.ISSUED, number="12/KH-UBND", issued_on=date(2026, 1, 15))
    from_group = ActivityFactory(plan=plan, number="2x", target_quantity=5)
    AssignmentFactory(activity=from_group)
    for factory_name in ("objectives", "themes"):
        PART_FACTORIES[factory_name](plan=plan)
    ActivityGroup.objects.create(plan=plan, position=1, title="Nhóm")
    plan = amended(plan, change_everything)
    browser = browser_of(plan)

    page = browser.get(at("versions", plan), {"on": "14/3/2026"}).text
    assert "12/KH-UBND, issued 15/01/2026" in page
    assert "not yet issued" in browser.get(at("versions", plan), {"on": "01/01/2026"}).text
    assert "Write the date" in browser.get(at("versions", plan), {"on": "31/9/2026"}).text
    for odd in ({"before": "9", "after": "x"}, {"before": "2", "after": "1"}, {"before": "1", "after": "1"}):
        assert browser.get(at("versions", plan), odd).status_code == 200
    assert browser.get(at("version", plan, 1)).status_code == 200
    assert browser.get(at("version", plan, 3)).status_code == 404


def test_a_draft_amendment_is_not_shown_to_others():
    plan = ready_plan(status=PlanStatus.ISSUED)
    browser_of(plan).post(at("amend", plan))
    copy = Plan.objects.get(purpose=Purpose.AMENDMENT)
    reader = login(UserFactory(agency__locality=plan.locality))

    assert reader.get(at("check", copy)).status_code == 403
    assert "Go on with the amendment" not in reader.get(at("detail", plan)).text
    assert reader.get(at("versions", plan)).status_code == 200


def test_discarding(draft):
    browser = browser_of(draft)
    plan = ready_plan(status=PlanStatus.ISSUED, locality=draft.locality, coordinating_agency=draft.coordinating_agency)
    browser.post(at("amend", plan))
    copy = Plan.objects.get(purpose=Purpose.AMENDMENT)

    assert browser.post(at("discard", copy)).url == plan.get_absolute_url()
    assert browser.post(at("discard", draft)).url == reverse("plans:list")
    assert list(Plan.objects.filter(locality=draft.locality)) == [plan]
    assert browser.post(at("discard", plan)).status_code == 403


def test_closing_and_opening_again():
    plan = ready_plan(status=PlanStatus.ISSUED)
    browser = browser_of(plan)

    assert "Say why" in browser.post(at("move", plan, "close"), {"reason": ""}).text
    browser.post(at("move", plan, "close"), {"reason": "Đã tổng kết"})
    plan.refresh_from_db()
    assert plan.status == PlanStatus.CLOSED
    assert "Đã tổng kết" in browser.get(plan.get_absolute_url()).text
    assert browser.get(at("move", plan, "close")).status_code == 403
    browser.post(at("move", plan, "reopen"), {"reason": "Nhầm"})
    plan.refresh_from_db()
    assert plan.status == PlanStatus.ISSUED
    for name in ("issue", "amend", "replace", "nonsense"):
        assert browser.post(at("move", plan, name), {"reason": "x"}).status_code == 404


def test_files_are_kept_once_and_never_shown_as_a_page():
    plan = ready_plan(status=PlanStatus.ISSUED)
    browser = browser_of(plan)

    def upload(name="van-ban.pdf", content=PDF):
        return browser.post(at("file_add", plan), {"file": SimpleUploadedFile(name, content), "kind": "signed"})

    upload()
    upload("khac.pdf")
    upload("hong.pdf", b"x")
    upload("trong.pdf", b"")
    [kept] = plan.files.all()
    address = reverse("plans:file", args=[kept.pk])
    answer = browser.get(address)
    assert answer.getvalue() == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]
    reader = login(UserFactory(agency__locality=plan.locality))
    assert reader.get(address).getvalue() == PDF
    assert reader.post(reverse("plans:file_remove", args=[kept.pk])).status_code == 403
    assert reader.post(at("file_add", plan), {}).status_code == 403
    browser.post(reverse("plans:file_remove", args=[kept.pk]))
    assert browser.get(address).status_code == 404


def test_the_form_offers_only_plans_that_can_be_replaced(draft):
    same = {"locality": draft.locality, "issuing_agency": draft.issuing_agency}
    earlier = PlanFactory(**same, issued_on=date(2025, 1, 5), coordinating_agency=draft.coordinating_agency)
    PlanFactory(**same, issued_on=date(2025, 1, 6), status=PlanStatus.REPLACED)
    PlanFactory()
    browser = browser_of(draft)

    browser.post(at("issue", draft), typed(replaces=[earlier.pk]))

    earlier.refresh_from_db()
    assert earlier.status == PlanStatus.REPLACED


def test_a_focal_point_issues_its_own_agencys_plan():
    own = UserFactory()
    plan = ready_plan(
        number="",
        issued_on=None,
        locality=own.agency.locality,
        issuing_agency=own.agency,
        coordinating_agency=own.agency,
    )
    browser = login(own)

    assert browser.get(at("check", plan)).status_code == 200
    assert browser.post(at("issue", plan), typed()).status_code == 302
    other = login(UserFactory(agency__locality=own.agency.locality, role=Role.FOCAL_POINT))
    assert other.post(at("amend", plan)).status_code == 403


@pytest.mark.parametrize("name", ["issue", "acknowledge", "repair", "discard", "amend", "file_add"])
def test_only_who_drafts_a_plan_writes_on_it(name, draft):
    """Of the same locality, but another role or another agency: 403, and nothing happens."""
    if name == "amend":
        draft.status = PlanStatus.ISSUED
        draft.save()
    others = [UserFactory(agency=draft.coordinating_agency, role=role) for role in Role if role != Role.COORDINATOR]
    others += [UserFactory(agency__locality=draft.locality, role=role) for role in Role]

    for person in others:
        assert login(person).post(at(name, draft), typed(ack="x|y", kind="signed")).status_code == 403, person.role

    assert list(Plan.objects.values_list("pk", "status")) == [(draft.pk, draft.status)]
    assert not draft.acknowledgements.exists() and not draft.files.exists()


@pytest.mark.parametrize("name", ["close", "reopen"])
def test_only_who_drafts_a_plan_closes_it(name):
    plan = ready_plan(status=PlanStatus.ISSUED if name == "close" else PlanStatus.CLOSED)
    others = [UserFactory(agency=plan.coordinating_agency, role=role) for role in Role if role != Role.COORDINATOR]

    for person in others:
        for method in ("get", "post"):
            assert getattr(login(person), method)(at("move", plan, name), {"reason": "x"}).status_code == 403
