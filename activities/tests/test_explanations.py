"""The pages of requests for explanations: who reads them, who asks, answers, concludes."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import Explanation, ExplanationStatus
from agencies.tests.factories import AgencyFactory, AgencyGroupFactory

from .factories import (
    PDF,
    TODAY,
    AssignmentFactory,
    ExplanationEvidenceFactory,
    ExplanationFactory,
    make_world,
    with_draft,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def world():
    world = make_world()
    world.explanation = ExplanationFactory(activity=world.activity, agency=world.agency, asked_by=world.leader)
    world.neighbour = UserFactory(agency=AgencyFactory(locality=world.locality))
    return world


def step(world, name):
    return reverse("activities:explanation_move", args=[world.explanation.pk, name])


def refreshed(world):
    world.explanation.refresh_from_db()
    return world.explanation


def test_another_agency_of_the_locality_reads_nothing_of_it(world):
    item = ExplanationEvidenceFactory(message=world.explanation.messages.get(), is_file=True)
    browser = login(world.neighbour)

    for name, key in [
        ("activities:explanation", world.explanation.pk),
        ("activities:explanation_evidence", item.pk),
        ("reports:explanation_pdf", world.explanation.pk),
        ("reports:explanation_docx", world.explanation.pk),
    ]:
        assert browser.get(reverse(name, args=[key])).status_code == 403
    assert browser.post(step(world, "answer"), {"text": "x", "version": 0}).status_code == 403
    assert world.explanation.subject not in browser.get(reverse("activities:explanations")).text
    assert world.explanation.subject not in browser.get(world.activity.get_absolute_url()).text
    assert refreshed(world).status == ExplanationStatus.ASKED


@pytest.mark.parametrize("who", ["focal_point", "coordinator", "leader", "administrator"])
def test_who_reads_it(world, who):
    browser = login(getattr(world, who))

    assert world.explanation.subject in browser.get(reverse("activities:explanations")).text
    assert world.explanation.subject in browser.get(world.activity.get_absolute_url()).text
    page = browser.get(world.explanation.get_absolute_url())
    assert page.status_code == 200
    assert "Đề nghị nêu rõ nguyên nhân." in page.text
    assert ("Send the explanation" in page.text) == (who == "focal_point")


@pytest.mark.parametrize(
    "who, status", [("leader", 200), ("coordinator", 200), ("administrator", 403), ("focal_point", 403)]
)
def test_who_may_ask(world, who, status):
    browser = login(getattr(world, who))

    assert browser.get(reverse("activities:ask", args=[world.activity.pk])).status_code == status
    is_offered = (
        reverse("activities:ask", args=[world.activity.pk]) in browser.get(world.activity.get_absolute_url()).text
    )
    assert is_offered == (status == 200)


def test_the_only_lead_is_chosen_already(world):
    world.explanation.delete()

    page = login(world.leader).get(reverse("activities:ask", args=[world.activity.pk])).text

    assert f'<option value="{world.agency.pk}" selected>' in page


def asking(world, **changed):
    return {
        "agency": world.agency.pk,
        "subject": "Vì sao chậm?",
        "text": "Nêu nguyên nhân.",
        "answer_by": "18/06/2026",
        **changed,
    }


def test_asking(world):
    world.explanation.delete()

    response = login(world.leader).post(reverse("activities:ask", args=[world.activity.pk]), asking(world))

    explanation = Explanation.objects.get()
    assert response.url == explanation.get_absolute_url()
    assert (explanation.agency, explanation.answer_by, explanation.period) == (
        world.agency,
        date(2026, 6, 18),
        world.period,
    )


@pytest.mark.parametrize(
    "field, value", [("agency", ""), ("subject", " "), ("text", ""), ("answer_by", "15/06/2026"), ("answer_by", "")]
)
def test_what_is_missing_is_said_beside_its_field(world, field, value):
    world.explanation.delete()

    response = login(world.leader).post(
        reverse("activities:ask", args=[world.activity.pk]), asking(world, **{field: value})
    )

    assert list(response.context["form"].errors) == [field]
    assert not Explanation.objects.exists()


def test_the_same_agency_is_not_asked_twice_at_once(world):
    response = login(world.leader).post(reverse("activities:ask", args=[world.activity.pk]), asking(world))

    assert "already being asked" in response.text
    assert world.explanation.get_absolute_url() in response.text
    assert Explanation.objects.count() == 1


def test_only_those_who_lead_it_can_be_asked(world):
    """Groups expanded; another agency's key is refused."""
    group = AgencyGroupFactory(locality=world.locality)
    member = AgencyFactory(locality=world.locality)
    group.memberships.create(agency=member)
    AssignmentFactory(activity=world.activity, group=group)
    address = reverse("activities:ask", args=[world.activity.pk])

    form = login(world.leader).get(address).context["form"]
    refused = login(world.leader).post(address, asking(world, agency=world.neighbour.agency.pk))

    assert {*form.fields["agency"].queryset} == {member}, "the other one is being asked already"
    assert list(refused.context["form"].errors) == ["agency"]


def test_who_is_being_asked_already_is_said_before_anything_is_typed(world):
    address = reverse("activities:ask", args=[world.activity.pk])

    page = login(world.leader).get(address).text
    assert "Every agency that leads this activity is being asked already." in page
    assert f'href="{world.explanation.get_absolute_url()}"' in page
    assert 'id="ask"' not in page

    AssignmentFactory(activity=world.activity, agency=world.neighbour.agency)
    page = login(world.leader).get(f"{address}?agency={world.agency.pk}").text
    assert f'<option value="{world.neighbour.agency.pk}" selected>' in page
    assert f'<option value="{world.agency.pk}"' not in page


def test_nobody_is_asked_about_a_draft(world):
    with_draft(world)
    activity = world.draft.activities.create(position=1, number="1", title="Nháp")

    assert login(world.leader).get(reverse("activities:ask", args=[activity.pk])).status_code == 403


def test_answering_with_evidence(world):
    file = SimpleUploadedFile("bien-ban.pdf", PDF)
    response = login(world.focal_point).post(
        step(world, "answer"), {"version": 0, "text": "Do mưa.", "caption": "Biên bản", "files": [file]}
    )

    assert response.url == world.explanation.get_absolute_url()
    [item] = refreshed(world).messages.last().evidence.all()
    assert (world.explanation.status, item.caption) == (ExplanationStatus.ANSWERED, "Biên bản")
    sent = login(world.leader).get(item.get_absolute_url())
    assert b"".join(sent.streaming_content) == PDF


def test_an_unsound_file_sends_nothing_and_loses_no_word(world):
    response = login(world.focal_point).post(
        step(world, "answer"),
        {"version": 0, "text": "Do mưa.", "files": [SimpleUploadedFile("virus.exe", b"MZ")]},
    )

    assert response.status_code == 200
    assert "virus.exe" in response.text
    assert "Do mưa." in response.text
    assert refreshed(world).status == ExplanationStatus.ASKED


def test_after_a_wrong_file_it_says_that_all_are_to_be_chosen_again(world):
    files = [SimpleUploadedFile("bien-ban.pdf", PDF), SimpleUploadedFile("x.exe", b"MZ")]

    page = login(world.focal_point).post(step(world, "answer"), {"text": "Do mưa.", "version": 0, "files": files}).text

    assert "Choose all files once more" in page
    assert "PDF, Word, Excel, PowerPoint, pictures, MP3, MP4; at most" in page
    assert refreshed(world).status == ExplanationStatus.ASKED


def test_a_stale_page_is_told_so_and_may_try_again(world):
    world.explanation.version = 3
    world.explanation.save()
    browser = login(world.focal_point)

    refused = browser.post(step(world, "answer"), {"version": 2, "text": "Do mưa."})

    assert "while you were writing" in refused.text
    assert "Do mưa." in refused.text
    assert 'value="3"' in refused.text
    browser.post(step(world, "answer"), {"version": 3, "text": "Do mưa."})
    assert refreshed(world).status == ExplanationStatus.ANSWERED


def test_a_page_without_a_version_decides_nothing(world):
    login(world.focal_point).post(step(world, "answer"), {"text": "Do mưa."})

    assert refreshed(world).status == ExplanationStatus.ASKED


@pytest.mark.parametrize("name", ["conclude", "ask_again"])
def test_ending_or_asking_again(world, name):
    world.explanation.status = ExplanationStatus.ANSWERED
    world.explanation.save()
    browser = login(world.coordinator)
    page = browser.get(world.explanation.get_absolute_url())
    assert step(world, "ask_again") in page.text

    browser.post(step(world, name), {"version": 0, "text": "Nêu rõ ngày.", "answer_by": "18/06/2026"})

    assert refreshed(world).status == {"conclude": "concluded", "ask_again": "asked"}[name]
    assert "Nêu rõ ngày." in login(world.focal_point).get(world.explanation.get_absolute_url()).text


def test_withdrawing_says_why(world):
    browser = login(world.leader)

    refused = browser.post(step(world, "withdraw"), {"withdraw-version": 0, "withdraw-text": ""})
    assert "Say why the request is withdrawn" in refused.text
    browser.post(step(world, "withdraw"), {"withdraw-version": 0, "withdraw-text": "Nhầm."})

    assert refreshed(world).status == ExplanationStatus.WITHDRAWN


def test_a_step_that_does_not_exist(world):
    assert login(world.leader).post(step(world, "forget")).status_code == 404


def test_what_waits_for_the_person_comes_first(world):
    others = AgencyFactory.create_batch(2, locality=world.locality)
    answered = ExplanationFactory(
        activity=world.activity, agency=others[0], asked_by=world.leader, status="answered", subject="Đã trả lời?"
    )
    closed = ExplanationFactory(
        activity=world.activity, agency=others[1], asked_by=world.leader, status="concluded", subject="Đã kết luận?"
    )

    def listed(query=""):
        response = login(world.leader).get(reverse("activities:explanations") + query)
        return [each for each, _overdue in response.context["rows"]]

    assert listed() == [answered, world.explanation, closed]
    assert listed("?show=closed") == [closed]


def test_a_link_of_an_answer_leads_back_to_its_thread(world):
    item = ExplanationEvidenceFactory(message=world.explanation.messages.get())

    response = login(world.focal_point).get(item.get_absolute_url())

    assert response.url == world.explanation.get_absolute_url()


def test_empty_lists_say_what_next():
    world = make_world()

    assert "Open an overdue activity" in login(world.leader).get(reverse("activities:explanations")).text
    assert "your agency" in login(world.focal_point).get(reverse("activities:explanations")).text


def test_a_coordinator_of_another_plan_reads_and_does_not_decide(world):
    other = UserFactory(agency=world.neighbour.agency, role=Role.COORDINATOR)
    world.explanation.status = ExplanationStatus.ANSWERED
    world.explanation.save()

    page = login(other).get(world.explanation.get_absolute_url())

    assert page.status_code == 200
    assert page.context["moves"] == []
    assert login(other).post(step(world, "conclude"), {"version": 0, "text": "x"}).status_code == 403
