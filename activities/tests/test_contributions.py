"""What cooperating agencies add: who may, until when, who reads it, two people at once."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Notification, Role
from accounts.tests.factories import UserFactory, login
from activities.contributions import ChangedMeanwhile, keep_part
from activities.models import AssignmentRole, Contribution, ContributionEvidence
from activities.obligations import load_duties
from agencies.tests.factories import GroupMembershipFactory
from plans.models import PlanStatus

from .factories import (
    PDF,
    TODAY,
    ActivityFactory,
    AssignmentFactory,
    ContributionEvidenceFactory,
    ContributionFactory,
    ExtensionFactory,
    ReportingPeriodFactory,
    make_world,
    moment,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

HOSTILE = "<script>alert('x')</script>{{ 7|add:7 }}"
TYPED = {"version": "0", "words": "Phát 05 tin trên đài", "quantity": "5"}


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def world():
    """A world, and `helper`: the focal point of an agency that cooperates in its activity."""
    world = make_world()
    part = AssignmentFactory(activity=world.activity, role=AssignmentRole.COOPERATING)
    world.helper = UserFactory(agency=part.agency)
    return world


def address(world, activity=None):
    return reverse("activities:contribution", args=[world.period.pk, (activity or world.activity).pk])


# Who cooperates


def test_members_of_a_cooperating_group_cooperate_as_of_the_day(world):
    group = GroupMembershipFactory(group__locality=world.locality, valid_to=date(2026, 6, 1)).group
    member = GroupMembershipFactory(group=group).agency
    AssignmentFactory(activity=world.activity, group=group, role=AssignmentRole.COOPERATING)
    duties = load_duties([world.plan.pk])

    assert duties.cooperates_on(world.activity, world.period.ends_on) == {member, world.helper.agency}
    assert duties.helped_by(member, world.plan, world.period.ends_on) == [world.activity]
    assert duties.helped_by(world.agency, world.plan, world.period.ends_on) == []


def test_who_leads_does_not_cooperate(world):
    group = GroupMembershipFactory(group__locality=world.locality, agency=world.agency).group
    AssignmentFactory(activity=world.activity, group=group, role=AssignmentRole.COOPERATING)

    assert world.agency not in load_duties([world.plan.pk]).cooperates_on(world.activity, world.period.ends_on)


@pytest.mark.parametrize("cancelled", [date(2026, 6, 14), date(2026, 6, 15)])
def test_what_is_cancelled_has_no_parts(world, cancelled):
    world.activity.cancelled_on = cancelled
    world.activity.save()
    helped = load_duties([world.plan.pk]).helped_by(world.helper.agency, world.plan, world.period.ends_on)

    assert helped == ([] if cancelled <= world.period.ends_on else [world.activity])


# Adding


def test_a_part_is_added_and_the_lead_is_told(world):
    browser = login(world.helper)
    assert "What your agency has done for it in the period" in browser.get(address(world)).text

    response = browser.post(address(world), TYPED)

    assert response.url == reverse("activities:updates")
    part = Contribution.objects.get()
    assert (part.period, part.activity, part.agency) == (world.period, world.activity, world.helper.agency)
    assert (part.words, part.quantity, part.version) == ("Phát 05 tin trên đài", 5, 1)
    assert (part.by, part.by_name, part.agency_name) == (world.helper, str(world.helper), world.helper.agency.name)
    told = Notification.objects.get()
    assert (told.person, told.kind, told.url) == (world.focal_point, "contributed", world.update.get_absolute_url())
    assert told.facts["agency"] == world.helper.agency.name


def test_a_part_is_changed_and_the_lead_is_told_once_a_day(world, clock):
    browser = login(world.helper)
    browser.post(address(world), TYPED)
    browser.post(address(world), {"version": "1", "words": "Phát 06 tin", "quantity": ""})

    part = Contribution.objects.get()
    assert (part.words, part.quantity, part.version) == ("Phát 06 tin", None, 2)
    assert Notification.objects.count() == 1
    clock(date(2026, 6, 16))
    browser.post(address(world), {"version": "2", "words": "Phát 07 tin"})
    assert Notification.objects.count() == 2


def test_who_comes_second_sees_what_was_saved_meanwhile(world):
    login(UserFactory(agency=world.helper.agency)).post(address(world), TYPED | {"words": "Của đồng nghiệp"})
    browser = login(world.helper)

    refused = browser.post(address(world), TYPED | {"words": "Của tôi"})

    assert refused.status_code == 422
    assert "A colleague saved this part meanwhile." in refused.text
    assert "Của đồng nghiệp" in refused.text and "Của tôi" in refused.text
    assert Contribution.objects.get().words == "Của đồng nghiệp"
    assert browser.post(address(world), TYPED | {"words": "Của tôi", "version": "1"}).status_code == 302


def test_a_double_tap_is_one_part(world):
    browser = login(world.helper)

    assert [browser.post(address(world), TYPED).status_code for _tap in range(2)] == [302, 302]
    assert Contribution.objects.get().version == 1
    assert Notification.objects.count() == 1


def test_the_number_says_what_it_counts(world):
    world.activity.target_quantity, world.activity.target_unit = 100, "tin, bài"
    world.activity.save()

    assert "Number of outputs that are yours (tin, bài)" in login(world.helper).get(address(world)).text


def test_what_is_typed_is_kept_on_the_device(world):
    page = login(world.helper).get(address(world)).text

    assert f'action="{address(world)}" data-keep="{world.helper.pk}"' in page
    assert "js/autosave" in page and "data-unsent" in page


def test_the_version_is_judged_under_the_lock(world):
    facts = {"words": "x", "quantity": None, "leads": [], "by": world.helper, "at": moment()}
    place = (world.period, world.activity, world.helper.agency)
    keep_part(*place, version=0, **facts)

    with pytest.raises(ChangedMeanwhile):
        keep_part(*place, version=0, **facts | {"words": "y"})
    with pytest.raises(ChangedMeanwhile):
        keep_part(*place, version=0, **facts | {"by": UserFactory(agency=world.helper.agency)})
    assert Contribution.objects.get().version == 1


@pytest.mark.parametrize(
    "typed, sentence",
    [
        ({"words": " "}, "Say in words what your agency has done."),
        ({"words": "x" * 5001}, "At most 5000 characters"),
        ({"quantity": "-1"}, "quantity"),
        ({"version": "x"}, "version"),
        ({"url": "javascript:alert(1)"}, "url"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(world, typed, sentence):
    response = login(world.helper).post(address(world), TYPED | typed)

    assert response.status_code == 422
    assert sentence in response.text
    assert not Contribution.objects.exists()


def test_hostile_words_are_only_words(world):
    login(world.helper).post(address(world), TYPED | {"words": HOSTILE})

    for person, page in ((world.helper, address(world)), (world.focal_point, world.update.get_absolute_url())):
        text = login(person).get(page).text
        assert "<script>alert(" not in text
        assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;" in text


# Who may, and when


def test_who_does_not_cooperate_adds_nothing(world):
    for person in (
        world.focal_point,
        world.coordinator,
        world.leader,
        UserFactory(agency=world.helper.agency, role=Role.LEADER),
        UserFactory(agency__locality=world.locality),
    ):
        assert login(person).get(address(world)).status_code == 403
        assert login(person).post(address(world), TYPED).status_code == 403
    assert not Contribution.objects.exists()


def test_an_activity_of_another_plan_is_not_found(world):
    assert login(world.helper).get(address(world, ActivityFactory())).status_code == 404
    other = AssignmentFactory(agency=world.helper.agency, activity__plan__locality=world.locality, role="cooperating")
    assert login(world.helper).get(address(world, other.activity)).status_code == 404


@pytest.mark.parametrize(
    "day, answer",
    [(date(2026, 3, 14), 403), (date(2026, 3, 15), 200), (date(2026, 6, 30), 200), (date(2026, 7, 1), 403)],
)
def test_a_part_is_added_while_the_period_is_open(world, clock, day, answer):
    clock(day)

    assert login(world.helper).get(address(world)).status_code == answer
    if answer == 403:
        assert login(world.helper).post(address(world), TYPED).status_code == 403
        assert not Contribution.objects.exists()


def test_an_extension_opens_it_for_the_one_agency(world, clock):
    clock(date(2026, 7, 1))
    ExtensionFactory(period=world.period, agency=world.agency)
    assert login(world.helper).get(address(world)).status_code == 403

    ExtensionFactory(period=world.period, agency=world.helper.agency)
    assert login(world.helper).post(address(world), TYPED).status_code == 302


def test_a_draft_plan_has_no_parts(world):
    world.plan.status = PlanStatus.DRAFT
    world.plan.save()

    assert login(world.helper).get(address(world)).status_code == 403


# Evidence


def test_a_part_has_its_own_evidence(world):
    browser = login(world.helper)
    sent = TYPED | {"files": SimpleUploadedFile("ảnh.pdf", PDF), "url": "https://minhhoa.example/tin"}

    assert browser.post(address(world), sent).status_code == 302

    assert sorted(ContributionEvidence.objects.values_list("kind", flat=True)) == ["file", "link"]
    item = ContributionEvidence.objects.get(kind="file")
    assert browser.get(item.get_absolute_url()).getvalue() == PDF
    assert item.get_absolute_url() in login(world.focal_point).get(world.update.get_absolute_url()).text


def test_a_bad_file_keeps_the_words_on_the_page(world):
    response = login(world.helper).post(address(world), TYPED | {"files": SimpleUploadedFile("x.pdf", b"<html>")})

    assert response.status_code == 422
    assert "Phát 05 tin trên đài" in response.text
    assert not Contribution.objects.exists()


@pytest.fixture
def item(world):
    part = ContributionFactory(period=world.period, activity=world.activity, agency=world.helper.agency)
    return ContributionEvidenceFactory(contribution=part, is_file=True)


def test_who_reads_the_evidence_of_a_part(world, item):
    answers = {
        world.helper: 200,
        world.focal_point: 200,
        world.coordinator: 200,
        world.leader: 200,
        UserFactory(agency__locality=world.locality): 403,
        UserFactory(): 404,
        UserFactory(role=Role.COORDINATOR): 404,
    }

    for person, answer in answers.items():
        response = login(person).get(item.get_absolute_url())
        assert response.status_code == answer, person
        response.getvalue()


def test_who_takes_evidence_off_a_part(world, item, clock):
    remove = reverse("activities:contribution_evidence_remove", args=[item.pk])
    for person in (world.focal_point, world.coordinator, world.leader):
        assert login(person).post(remove).status_code == 403
    clock(date(2026, 7, 1))
    assert login(world.helper).post(remove).status_code == 403
    clock(TODAY)

    assert login(world.helper).post(remove).url == address(world)
    assert not ContributionEvidence.objects.exists()


def test_another_periods_part_is_another_part(world):
    ContributionFactory(
        period=ReportingPeriodFactory(plan=world.plan, ordinal=3), activity=world.activity, agency=world.helper.agency
    )

    assert login(world.helper).post(address(world), TYPED).status_code == 302
    assert Contribution.objects.count() == 2
