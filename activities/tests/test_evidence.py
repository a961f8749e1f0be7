"""Evidence: who may open it, how it is served, what is kept when it is taken off."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.urls import reverse

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.evidence import describe_evidence, remove_evidence
from activities.models import Evidence, ProgressState, QuarterlyUpdate, Status, UpdateEvent
from activities.workflow import move

from .factories import PDF, TODAY, EvidenceFactory, make_world, moment
from .test_files import SOUND

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


def file_of(world, **more):
    return EvidenceFactory(progress=world.line, is_file=True, added_by=world.focal_point, **more)


def removal(item):
    return reverse("activities:evidence_remove", args=[item.pk])


def stored(item):
    return Path(item.file.path)


# Opening


@pytest.mark.parametrize("status", Status)
def test_who_opens_a_file(status):
    world = make_world(status)
    item = file_of(world)
    sent = 403 if status == Status.DRAFT else 200
    answers = {
        world.focal_point: 200,
        UserFactory(agency=world.agency): 200,
        world.coordinator: sent,
        world.leader: sent,
        world.administrator: sent,
        UserFactory(agency__locality=world.locality): 403,
        UserFactory(agency=world.plan.coordinating_agency): 403,
        **{UserFactory(role=role): 404 for role in Role},
    }

    for person, answer in answers.items():
        response = login(person).get(item.get_absolute_url())
        response.getvalue()  # a file is closed once it has been read
        assert response.status_code == answer, person.role


def test_strangers_log_in_first():
    item = file_of(make_world(Status.APPROVED))

    assert login().get(item.get_absolute_url()).url == f"/?next=/evidence/{item.pk}/"
    assert login().post(removal(item)).status_code == 302
    assert Evidence.objects.filter(removed_at=None).exists()


def test_a_file_lies_where_nobody_finds_it(settings):
    world = make_world()
    first, second = file_of(world), file_of(world)

    assert re.fullmatch(r"evidence/[0-9a-f]{32}", first.file.name)
    assert first.file.name != second.file.name
    assert stored(first).is_relative_to(settings.MEDIA_ROOT)
    browser = login(world.focal_point)
    for address in (f"/{first.file.name}", f"/uploads/{first.file.name}", f"/media/{first.file.name}"):
        assert browser.get(address).status_code == 404


@pytest.mark.parametrize("extension, kind", [("pdf", "application/pdf"), ("png", "image/png"), ("mp4", "video/mp4")])
def test_a_file_is_served_as_what_it_is_and_runs_nothing(extension, kind):
    world = make_world()
    item = file_of(
        world,
        file=ContentFile(SOUND[extension], "x"),
        file_name=f"Biên bản “số 1”.{extension}",
        content_type=kind,
    )

    response = login(world.focal_point).get(item.get_absolute_url())

    assert b"".join(response.streaming_content) == SOUND[extension]
    assert response["Content-Type"] == kind
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"].startswith("private")
    assert response["Content-Disposition"].startswith("inline" if kind.startswith("image/") else "attachment")
    assert "filename*=utf-8''Bi%C3%AAn%20b%E1%BA%A3n" in response["Content-Disposition"]


@pytest.mark.parametrize("name", ['a"; filename="b.exe', "a\r\nSet-Cookie: x=1.pdf", "../../x.pdf"])
def test_a_hostile_name_stays_in_its_header(name):
    world = make_world()
    item = file_of(world, file_name=name)

    response = login(world.focal_point).get(item.get_absolute_url())
    response.getvalue()  # a file is closed once it has been read

    assert "Set-Cookie" not in response.headers
    assert "\n" not in response["Content-Disposition"] and "\r" not in response["Content-Disposition"]


def test_a_link_leads_to_its_update_not_out():
    world = make_world()
    item = EvidenceFactory(progress=world.line)

    assert login(world.focal_point).get(item.get_absolute_url()).url == world.update.get_absolute_url()


def test_a_lost_file_is_not_found():
    world = make_world()
    item = file_of(world)
    stored(item).unlink()

    assert login(world.focal_point).get(item.get_absolute_url()).status_code == 404


# Taking off


def test_what_no_round_names_is_deleted_with_its_file(django_capture_on_commit_callbacks):
    world = make_world()
    item = file_of(world)
    path = stored(item)

    with django_capture_on_commit_callbacks(execute=True):
        response = login(world.focal_point).post(removal(item))

    assert response.url == reverse("activities:sheet", args=[world.update.pk]) + f"#activity-{world.activity.pk}"
    assert not Evidence.objects.exists()
    assert not path.exists()


def test_what_a_round_names_is_kept_and_only_taken_off(django_capture_on_commit_callbacks):
    world = make_world()
    item = file_of(world, added_at=moment(10))
    move(world.update, "submit", by=world.focal_point, at=moment(15))
    move(world.update, "return", by=world.coordinator, at=moment(16), reason="Ảnh sai")

    with django_capture_on_commit_callbacks(execute=True):
        assert login(world.focal_point).post(removal(item)).status_code == 302

    item.refresh_from_db()
    assert item.removed_at is not None
    assert stored(item).read_bytes() == PDF
    page = login(world.coordinator).get(world.update.get_absolute_url()).text
    assert page.count(item.get_absolute_url()) == 1, "only in the round that was sent"
    response = login(world.coordinator).get(item.get_absolute_url())
    assert response.status_code == 200
    response.getvalue()  # a file is closed once it has been read


def test_what_was_added_after_the_round_is_deleted():
    world = make_world()
    move(world.update, "submit", by=world.focal_point, at=moment(15))
    move(world.update, "return", by=world.coordinator, at=moment(16), reason="Thiếu ảnh")
    item = file_of(world, added_at=moment(17))

    remove_evidence(item, by=world.focal_point, at=moment(18))

    assert not Evidence.objects.exists()


def test_a_link_is_taken_off_too():
    world = make_world()
    item = EvidenceFactory(progress=world.line)

    assert (
        "Evidence removed: https://minhhoa.example/" in login(world.focal_point).post(removal(item), follow=True).text
    )
    assert not Evidence.objects.exists()


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.APPROVED])
def test_nothing_is_taken_off_what_was_sent(status):
    world = make_world(status)
    item = file_of(world)

    for person in (world.focal_point, world.coordinator, world.leader, UserFactory(agency__locality=world.locality)):
        assert login(person).post(removal(item)).status_code == 403

    item.refresh_from_db()
    assert item.removed_at is None


@pytest.mark.parametrize("was_sent", [True, False])
def test_what_was_taken_off_meanwhile_is_not_there_any_more(was_sent):
    """The person's page is older than the removal: nothing of it comes back."""
    world = make_world()
    item = file_of(world, added_at=moment(10))
    if was_sent:
        move(world.update, "submit", by=world.focal_point, at=moment(15))
        move(world.update, "return", by=world.coordinator, at=moment(16), reason="Ảnh sai")
    seen = Evidence.objects.select_related("progress__update").get(pk=item.pk)
    remove_evidence(item, by=world.focal_point, at=moment(17))
    left = list(Evidence.objects.values())

    for act in (
        lambda: remove_evidence(seen, by=world.focal_point, at=moment(18)),
        lambda: describe_evidence(seen, caption="Tin", dated_on=None, by=world.focal_point, at=moment(18)),
    ):
        with pytest.raises(Evidence.DoesNotExist):
            act()
    assert list(Evidence.objects.values()) == left


@pytest.mark.parametrize("name", ["activities:evidence_remove", "activities:evidence_edit"])
def test_who_comes_after_the_removal_is_told_that_it_is_gone(name, monkeypatch):
    world = make_world()
    item = file_of(world)
    monkeypatch.setattr("activities.evidence.lock_to_edit", lambda update, by, at: item.delete() and update)

    response = login(world.focal_point).post(reverse(name, args=[item.pk]), {"caption": "Tin", "dated_on": ""})

    assert response.status_code == 404


def test_what_is_sent_while_somebody_takes_it_off_stays():
    """The person's page is older than the sending."""
    world = make_world()
    item = file_of(world)
    item = Evidence.objects.select_related("progress__update").get(pk=item.pk)
    move(QuarterlyUpdate.objects.get(), "submit", by=world.focal_point, at=moment(16))

    with pytest.raises(PermissionDenied):
        remove_evidence(item, by=world.focal_point, at=moment(16))

    assert Evidence.objects.filter(removed_at=None).exists()
    assert UpdateEvent.objects.get().content["activities"][0]["evidence"][0]["id"] == item.pk


def test_a_script_takes_it_off_without_leaving_the_page():
    world = make_world()
    item = EvidenceFactory(progress=world.update.progress_rows.get())
    browser, headers = login(world.focal_point), {"X-Autosave": "1"}

    assert browser.post(reverse("activities:evidence_remove", args=[item.pk]), headers=headers).status_code == 204
    assert not Evidence.objects.exists()
    assert browser.post(reverse("activities:evidence_remove", args=[item.pk]), headers=headers).status_code == 404


def test_taking_off_is_a_post():
    world = make_world()
    item = file_of(world)

    assert login(world.focal_point).get(removal(item)).status_code == 405


def test_another_agencys_line_is_not_touched():
    world = make_world(agencies=2)
    item = EvidenceFactory(progress=world.all_updates[1].progress_rows.get())

    assert login(world.focal_point).post(removal(item)).status_code == 403
    assert Evidence.objects.exists()


def test_what_has_not_been_sent_is_the_agency_s_own():
    world = make_world(Status.RETURNED)
    sent = file_of(world, added_at=world.update.submitted_at - timedelta(hours=1))
    unsent = file_of(world, added_at=world.update.submitted_at + timedelta(hours=1))

    def answer(person, item):
        response = login(person).get(item.get_absolute_url())
        b"".join(response)  # reading it to the end closes the file
        return response.status_code

    for person in (world.coordinator, world.leader, world.administrator):
        assert (answer(person, sent), answer(person, unsent)) == (200, 403)
    assert (answer(world.focal_point, sent), answer(world.focal_point, unsent)) == (200, 200)
    assert answer(make_world().coordinator, unsent) == 404


def test_evidence_named_in_a_round_is_kept_even_if_the_clock_went_back():
    world = make_world(state=ProgressState.NOT_STARTED, percent=0)
    item = EvidenceFactory(progress=world.line, added_at=moment() + timedelta(days=30))
    move(world.update, "submit", by=world.focal_point, at=moment())
    move(world.update, "return", by=world.coordinator, at=moment(), reason="Thiếu ngày")

    remove_evidence(item, by=world.focal_point, at=moment())

    item.refresh_from_db()
    assert item.removed_at == moment()
