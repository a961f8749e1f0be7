"""Comforts of the dossier: scores saved while one types, packing that can be stopped, documents of its own."""

import hashlib
import json
import zipfile

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts import jobs
from accounts.jobs import run_waiting, stop
from accounts.models import Job, JobState
from accounts.tests.factories import JobFactory, UserFactory, login
from activities import scanning
from activities.models import ReportingPeriod, ScanState, Status
from activities.tests.factories import TODAY, EvidenceFactory, make_world
from reports.dossier import packing
from reports.dossier.packing import OF_ITS_OWN, order_package
from reports.dossier.page import build_page, with_documents
from reports.models import Criterion, Dossier, DossierDocument, SelfScore

from .rows_of_dossiers import (
    CriteriaSetFactory,
    CriterionFactory,
    DossierDocumentFactory,
    DossierFactory,
    SelfScoreFactory,
    tagged,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

PDF = b"%PDF-1.7 bien ban"


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def world():
    """A dossier with one criterion that is scored by its evidence, of which there is none."""
    world = make_world(Status.APPROVED)
    world.dossier = DossierFactory(plan=world.plan, begun_by=world.coordinator)
    facts = {"formula": "all_or_nothing", "measure": "evidence_there", "floor": None}
    world.criterion = CriterionFactory(set=world.dossier.criteria, title="Hội nghị", **facts)
    world.at = reverse("reports:criterion", args=[world.dossier.pk, world.criterion.pk])
    return world


def page_of(world):
    row = with_documents(Dossier.objects.filter(pk=world.dossier.pk)).select_related("plan", "criteria").get()
    return build_page(row, list(ReportingPeriod.objects.filter(plan=world.plan)), today=TODAY)


# Saved while one types


def typed(world, person=None, **fields):
    browser = login(person or world.coordinator)
    return browser.post(world.at, {"version": 0, "missing_reason": "", **fields}, headers={"X-Autosave": "1"})


def test_what_is_typed_is_saved_and_the_script_hears_the_version(world):
    answer = typed(world, points="0,5", explanation="Đã tổ chức 3 hội nghị")

    said = answer.json()
    assert said["version"] == 1 and said["saved"].startswith("Saved at ")
    assert typed(world, version=1, points="0,6", explanation="x").json()["version"] == 2
    assert SelfScore.objects.get().points == 60


def test_what_cannot_be_saved_is_said_beside_its_field(world):
    answer = typed(world, points="7")

    assert answer.status_code == 422
    assert answer.json()["errors"]["points"] == "At most 1,0 points."
    assert typed(world, points="0,5").json() == {"errors": {"explanation": "Points given by hand need an explanation."}}
    assert not SelfScore.objects.exists()


def test_who_saved_first_stands_beside_what_is_typed(world):
    SelfScoreFactory(dossier=world.dossier, criterion=world.criterion, points=50, explanation="Ý <của> đồng nghiệp")

    answer = typed(world, points="0,8", explanation="Ý của tôi")

    assert answer.status_code == 409
    assert answer.text.lstrip().startswith("<div data-row>")
    assert "Ý &lt;của&gt; đồng nghiệp" in answer.text and "Ý của tôi" in answer.text
    assert 'name="version" value="1"' in answer.text
    assert SelfScore.objects.get().points == 50
    assert login(world.coordinator).post(world.at, {"resolve": "theirs"}).status_code == 302
    assert SelfScore.objects.get().points == 50


def test_a_closed_dossier_or_another_person_is_refused_in_a_sentence(world):
    assert "kept by the coordinator" in typed(world, world.leader, explanation="x").json()["sentence"]

    Dossier.objects.update(state="closed", closed_at="2026-06-15T00:00Z", measured={})
    answer = typed(world, explanation="x")
    assert answer.status_code == 403 and "while it is open" in answer.json()["sentence"]


# Packing that is stopped


def test_a_package_is_stopped_at_the_next_file_and_nothing_is_left(world, monkeypatch, settings):
    for number in range(3):
        data = b"%PDF-1 " + str(number).encode()
        digest = hashlib.sha256(data).hexdigest()
        file = SimpleUploadedFile("x.pdf", data)
        item = EvidenceFactory(progress=world.line, is_file=True, file=file, sha256=digest, size=len(data))
        tagged(world.dossier, world.criterion, item)
    job = order_package(world.dossier, by=world.coordinator)
    before = set(settings.MEDIA_ROOT.rglob("*"))
    browser, added, add = login(world.coordinator), [], packing.Packer.add

    def stopped_after_the_first(packer, item):
        added.append(item)
        if len(added) == 1:
            browser.post(reverse("reports:dossier_zip_stop", args=[world.dossier.pk]))
        return add(packer, item)

    monkeypatch.setattr(packing.Packer, "add", stopped_after_the_first)
    monkeypatch.setattr("accounts.models.job.time.monotonic", iter(range(0, 1000, 2)).__next__)
    run_waiting()

    assert len(added) == 1
    assert not Job.objects.filter(pk=job.pk).exists()
    assert set(settings.MEDIA_ROOT.rglob("*")) == before
    assert 'id="package"' not in browser.get(reverse("reports:dossier", args=[world.dossier.pk])).text


def test_the_button_stands_while_it_is_made_and_a_package_made_before_is_there_again(world):
    order_package(world.dossier, by=world.coordinator)
    run_waiting()
    order_package(world.dossier, by=world.coordinator)
    browser, page = login(world.coordinator), reverse("reports:dossier", args=[world.dossier.pk])
    button = reverse("reports:dossier_zip_stop", args=[world.dossier.pk])
    assert button in browser.get(page).text

    answer = browser.post(button, follow=True)

    assert "The packing has been stopped" in answer.text
    assert button not in answer.text and ".zip</b>" in answer.text
    assert run_waiting() == 0
    assert "not being made any more" in browser.post(button, follow=True).text


def test_nobody_stops_what_somebody_else_ordered(world):
    job = order_package(world.dossier, by=world.leader)

    login(world.coordinator).post(reverse("reports:dossier_zip_stop", args=[world.dossier.pk]))

    assert Job.objects.get(pk=job.pk).state == JobState.WAITING


def test_a_job_stopped_after_it_kept_its_file_leaves_none(world, monkeypatch, django_capture_on_commit_callbacks):
    @jobs.work("keeping", label="Keeping")
    def keeping(job):
        job.keep("x.zip", b"x")
        with django_capture_on_commit_callbacks(execute=True):
            assert stop(job)
        return "never said"

    monkeypatch.setattr(jobs, "WORK", dict(jobs.WORK))
    job = JobFactory(kind="keeping", started_by=world.coordinator, locality=world.locality)
    assert jobs.run(job.pk)

    assert not Job.objects.filter(pk=job.pk).exists()
    assert default_storage.listdir("jobs")[1] == []
    assert not stop(job)


# Documents of the dossier's own


def attached(world, person=None, **fields):
    address = reverse("reports:attach", args=[world.dossier.pk, world.criterion.pk])
    return login(person or world.coordinator).post(address, fields, follow=True)


def pdf(name="Biên bản.pdf", data=PDF):
    return SimpleUploadedFile(name, data, "application/pdf")


def test_a_document_is_added_counts_is_packed_and_goes_again(world, tmp_path):
    assert page_of(world).points == 0

    answer = attached(world, files=pdf(), caption="Biên bản hội nghị")

    document = DossierDocument.objects.get()
    assert "1 document added." in answer.text and "Biên bản hội nghị" in answer.text
    assert (page_of(world).points, page_of(world).pieces) == (100, 1)
    assert login(world.leader).get(document.get_absolute_url()).getvalue() == PDF

    with open(tmp_path / "package.zip", "w+b") as file:
        (item,) = packing.pack(page_of(world), file, today=TODAY)
        assert (item.source, item.problem) == (OF_ITS_OWN, "")
        assert zipfile.ZipFile(file).read(item.where) == PDF

    assert "is already there" in attached(world, files=pdf("khac.pdf")).text
    assert DossierDocument.objects.count() == 1


def test_it_can_be_taken_away_with_its_file(world, django_capture_on_commit_callbacks):
    document = DossierDocumentFactory(dossier=world.dossier, criterion=world.criterion)
    name, address = document.file.name, reverse("reports:document_remove", args=[document.pk])

    with django_capture_on_commit_callbacks(execute=True):
        login(world.coordinator).post(address)

    assert not DossierDocument.objects.exists() and not default_storage.exists(name)
    assert login(world.coordinator).post(address).status_code == 404


def test_a_link_is_a_document_too_and_proves_what_it_is_said_to(world):
    Criterion.objects.filter(pk=world.criterion.pk).update(evidence_wanted="Giấy mời\nBiên bản")
    attached(world, url="https://minhhoa.example/tin", caption="Giấy mời họp", proves="Giấy mời")

    page = page_of(world)
    assert [each.key for each in page.chosen.missing] == ["Biên bản"]
    document = DossierDocument.objects.get()
    assert login(world.leader).get(document.get_absolute_url()).url == world.at
    (item,) = packing.items_of(page)
    assert item.url == "https://minhhoa.example/tin"

    attached(world, url="https://minhhoa.example/khac", proves="Không có trong danh mục")
    assert DossierDocument.objects.count() == 1


def test_what_is_no_document_is_refused_and_what_was_typed_stays(world):
    answer = attached(world, files=pdf("virus.exe"), caption="Giấy mời")

    assert answer.status_code == 422
    assert "virus.exe" in answer.text and 'value="Giấy mời"' in answer.text
    assert attached(world).status_code == 422
    assert not DossierDocument.objects.exists()


def test_what_was_chosen_stays_and_lost_files_are_said(world):
    Criterion.objects.filter(pk=world.criterion.pk).update(evidence_wanted="Giấy mời\nBiên bản")
    chosen, lost = '<option value="Biên bản" selected>', "a browser does not keep chosen files"

    refused = attached(world, files=pdf(), dated_on="31/12/2026", proves="Biên bản")
    assert refused.status_code == 422
    assert chosen in refused.text and lost in refused.text
    assert lost not in attached(world, url="tin", proves="Biên bản").text

    partly = attached(world, files=[pdf(), pdf("virus.exe")], proves="Biên bản")
    assert partly.status_code == 422 and DossierDocument.objects.get().proves == "Biên bản"
    assert chosen in partly.text and lost not in partly.text
    assert chosen not in login(world.coordinator).get(world.at).text


def test_it_is_scanned_and_what_the_scan_refuses_stands_no_more(world, settings, monkeypatch):
    settings.CLAMD_ADDRESS = "tcp://127.0.0.1:3310"
    answer = attached(world, files=pdf())
    document = DossierDocument.objects.get()
    assert document.scan == ScanState.WAITING and "waits for the virus scan" in answer.text
    assert login(world.coordinator).get(document.get_absolute_url()).status_code == 403

    monkeypatch.setattr(scanning, "virus_in", lambda file: "Eicar")
    run_waiting(kind="scan")

    document.refresh_from_db()
    assert document.is_refused and not document.file
    assert page_of(world).points == 0
    told = world.coordinator.notifications.get(kind="refused_file")
    assert told.facts["activity"] == "Hội nghị"


def test_a_closed_dossier_takes_no_document_and_loses_none(world):
    document = DossierDocumentFactory(dossier=world.dossier, criterion=world.criterion)
    Dossier.objects.update(state="closed", closed_at="2026-06-15T00:00Z", measured={})

    assert attached(world, files=pdf()).status_code == 403
    assert login(world.coordinator).post(reverse("reports:document_remove", args=[document.pk])).status_code == 403
    assert DossierDocument.objects.count() == 1


def test_documents_go_along_to_the_next_version_of_the_criteria(world):
    document = DossierDocumentFactory(dossier=world.dossier, criterion=world.criterion)
    newer = CriteriaSetFactory(locality=world.locality, year=2026)
    browser, renew = login(world.coordinator), reverse("reports:dossier_move", args=[world.dossier.pk, "renew"])

    assert world.criterion.code in browser.post(renew, follow=True).text
    document.refresh_from_db()
    assert document.criterion == world.criterion  # the new version has no such criterion: refused

    criterion = CriterionFactory(set=newer, code=world.criterion.code)
    browser.post(renew)
    document.refresh_from_db()
    assert document.criterion == criterion


def test_another_localitys_document_is_not_there(world):
    document = DossierDocumentFactory(dossier=world.dossier, criterion=world.criterion)

    assert login(UserFactory(role="coordinator")).get(document.get_absolute_url()).status_code == 404
    assert login(world.focal_point).get(document.get_absolute_url()).status_code == 403


def test_the_script_reads_errors_as_json(world):
    assert json.loads(typed(world, points="x").content)["errors"]["points"]
