"""The signed PDF comes back: taken where it is the sealed one, refused where it is not; and the server's own seal."""

import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.jobs import run_waiting
from accounts.models import Job, JobState
from accounts.tests.factories import UserFactory, login
from activities.models import Status
from activities.tests.factories import make_world, moment
from reports.models import FileKind, Signature, SignerCheck
from reports.sealing import office_seal
from reports.sealing.answers import answer as answer_of
from reports.sealing.codes import Asked
from reports.sealing.files import newest_signature, sealed_bytes, verified
from reports.sealing.findings import BAD, DOUBT, GOOD, lines_of, refusal_words
from reports.sealing.office_seal import SealUnusable, make_test_seal, seal_of, seal_path, sign
from reports.sealing.signing import AlreadyThere, check_signer, seal_on_server, take_signed
from reports.views import issuing

from .rows import ReportFactory, SealedFileFactory, SignatureFactory
from .signed import document, overlaid, signed, signer
from .test_sealing import with_report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

TODAY = date(2026, 6, 17)


@pytest.fixture(autouse=True)
def seals(settings, tmp_path):
    settings.SEAL_DIR = str(tmp_path / "seals")


@pytest.fixture
def world(clock):
    """A locality whose report is issued: its sealed PDF is `document()`."""
    clock(TODAY)
    world = make_world(Status.APPROVED)
    facts = {"report__period": world.period, "report__begun_by": world.coordinator, "report__is_issued": True}
    world.report = SealedFileFactory(kind="pdf", data=document(), **facts).report
    for kind in ("docx", "xlsx", "data", "template"):
        SealedFileFactory(report=world.report, kind=kind, data=kind.encode())
    return world


def taken(world, data, name="ky.pdf"):
    return take_signed(world.report, data, name, by=world.coordinator, at=moment(21))


def confirm(world, row, *, is_theirs=True):
    assert check_signer(row, is_theirs=is_theirs, by=world.coordinator, at=moment(21))
    return row


def page(world, **query):
    return login(world.coordinator).get(world.report.get_absolute_url(), query).text


def brought(world, data, who=None, name="ky.pdf"):
    browser = login(who or world.coordinator)
    file = SimpleUploadedFile(name, data, "application/pdf")
    return browser.post(reverse("reports:sign", args=[world.report.pk]), {"file": file}, follow=True)


# Taken


def test_what_extends_the_sealed_file_is_kept(world):
    data = signed(document())

    row = taken(world, data)

    assert row.is_accepted
    assert (row.signer, row.issuer) == ("Sở Nội vụ tỉnh Minh Họa, Đinh Quang Vinh", "CA Ví dụ")
    assert row.signed_at and row.valid_until
    assert newest_signature(world.report) is None  # nobody has said yet who signed it
    confirm(world, row)
    assert newest_signature(world.report) == row
    assert verified(row) == data


def test_three_lines_say_what_was_checked_and_what_was_not(world):
    row = confirm(world, taken(world, signed(document(), box=(300, 100, 400, 150), page=1)))

    lines = lines_of(row, len(document()))

    assert [line.level for line in lines] == [GOOD, GOOD, DOUBT]
    assert "no other byte differs" in lines[0].detail
    assert "Đinh Quang Vinh" in lines[1].detail and "page 2" in lines[1].detail
    assert lines[2].words.startswith("Revocation not checked")
    assert "CA Ví dụ" in lines[2].detail
    shown = page(world)
    assert all(line.words in shown for line in lines)


def test_a_certificate_that_had_expired_is_said(world):
    row = taken(world, signed(document(), by=signer("Hết hạn", valid_from=-30, days=10)))

    assert BAD in [line.level for line in lines_of(row, 1)]


def test_the_same_file_is_taken_once(world):
    taken(world, signed(document(), by=signer()))
    row = Signature.objects.get()

    with pytest.raises(AlreadyThere):
        take_signed(world.report, verified(row), "b.pdf", by=world.coordinator, at=moment(21, 10))


# Refused


def test_another_text_is_refused_with_its_page_and_figure_and_not_kept(world):
    before = set(default_storage.listdir("sealed")[1])

    row = taken(world, signed(document("2.164")))

    assert (row.is_accepted, row.file.name) == (False, "")
    why, where = refusal_words(row.findings)
    assert why == "It is not the sealed document."
    assert where == "It differs on page 2: “cộng 2.164 lượt” instead of “cộng 2.064 lượt”."
    assert set(default_storage.listdir("sealed")[1]) == before
    shown = page(world)
    assert where in shown and row.sha256[:8] in shown


def test_the_signed_pdf_of_another_version_is_named(world):
    facts = {"report__period": world.period, "report__is_issued": True, "report__ordinal": 2}
    other = SealedFileFactory(kind="pdf", data=document("9"), report__replaces=world.report, **facts).report

    row = taken(world, signed(document("9")))

    assert other.document_number in refusal_words(row.findings)[1]


def test_every_refusal_has_its_words():
    kinds = ("not_sealed", "changed", "broken", "unsigned", "encrypted", "no_pdf", "too_many", "too_slow", "unreadable")
    said = {refusal_words({"refusal": kind})[0] for kind in kinds} | {refusal_words({"refusal": "hides", "page": 3})[0]}

    assert len(said) == len(kinds) + 1
    assert all(words.endswith(".") for words in said)


# Through the page


def at(name, *arguments):
    return reverse(f"reports:{name}", args=arguments)


def test_it_is_brought_and_counts_once_its_signer_is_confirmed(world):
    signed_pdf, leader = at("signed_pdf", world.report.pk), login(world.leader)

    answer = brought(world, signed(document())).text

    row = Signature.objects.get()
    asked = at("confirm_signer", world.report.pk, row.pk)
    assert "Confirm below who signed it" in answer and asked in answer
    assert "Digital signature of Sở Nội vụ tỉnh Minh Họa, Đinh Quang Vinh; certificate not checked." in answer
    assert "the signer is to be confirmed" in answer
    assert leader.get(signed_pdf).status_code == 404
    assert not answer_of(Asked("", code=world.report.code)).is_signed
    assert answer_of(Asked("", sha256=row.sha256)).verdict == "unconfirmed"
    shown = leader.get(world.report.get_absolute_url()).text
    assert "It does not count until" in shown and asked not in shown

    answer = login(world.coordinator).post(asked, {"is_theirs": "yes"}, follow=True).text

    assert "The signed copy counts from now on." in answer and asked not in answer
    assert f"signer confirmed by {world.coordinator}" in answer
    assert leader.get(signed_pdf).content.startswith(document())
    assert answer_of(Asked("", code=world.report.code)).is_signed
    assert answer_of(Asked("", sha256=row.sha256)).verdict == "ok"


def test_a_stranger_in_the_name_of_the_signatory_is_set_aside(world):
    row = taken(world, signed(document(), by=signer("Người lạ", "Nơi khác")))
    asked = at("confirm_signer", world.report.pk, row.pk)

    answer = login(world.coordinator).post(asked, {"is_theirs": "no"}, follow=True).text

    assert f"Set aside by {world.coordinator}: a copy signed by Nơi khác, Người lạ" in answer
    assert newest_signature(world.report) is None
    again = login(world.coordinator).post(asked, {"is_theirs": "yes"}, follow=True).text
    assert "Somebody has said already" in again
    assert not row.signer_check.is_theirs and SignerCheck.objects.count() == 1


@pytest.mark.parametrize("who, status", [("leader", 403), ("administrator", 403), ("focal_point", 403)])
def test_nobody_else_confirms_a_signer_or_fetches_what_waits(world, who, status):
    row = taken(world, signed(document()))
    browser = login(getattr(world, who))

    assert browser.post(at("confirm_signer", world.report.pk, row.pk), {"is_theirs": "yes"}).status_code == status
    assert browser.get(at("signed_copy", world.report.pk, row.pk)).status_code == status
    assert login(world.coordinator).get(at("signed_copy", world.report.pk, row.pk)).content == verified(row)
    with pytest.raises(PermissionDenied):
        check_signer(row, is_theirs=True, by=getattr(world, who), at=moment(21))
    assert not SignerCheck.objects.exists()


def test_the_copy_of_a_replaced_version_is_confirmed_by_whoever_writes_the_report(world):
    row = taken(world, signed(document()))
    ReportFactory(period=world.period, is_issued=True, ordinal=2, replaces=world.report, begun_by=world.coordinator)
    asked = at("confirm_signer", world.report.pk, row.pk)
    assert asked in page(world) and at("sign", world.report.pk) not in page(world)
    assert login(world.coordinator).get(at("signed_copy", world.report.pk, row.pk)).content == verified(row)

    answer = login(world.coordinator).post(asked, {"is_theirs": "yes"}, follow=True).text

    assert "The signed copy counts from now on." in answer
    assert newest_signature(world.report) == row


def test_what_was_accepted_before_signers_were_confirmed_counts_as_it_did(world):
    said = SignatureFactory(report=world.report, data=b"1", confirmed="nobody")
    SignatureFactory(report=world.report, data=b"2", is_accepted=False, file="")
    SignatureFactory(report=world.report, data=b"3", way="server")
    assert not SignerCheck.objects.exists()

    import_module("reports.migrations.0006_signers_confirmed").confirm_accepted(apps, None)

    check = SignerCheck.objects.get()
    assert (check.signature, check.is_theirs) == (said, True)
    assert (check.by, check.by_name, check.at) == (said.by, said.by_name, said.at)


def test_another_localitys_copy_is_not_there(world):
    row, stranger = taken(world, signed(document())), login(UserFactory(role="coordinator"))

    assert stranger.get(at("signed_copy", world.report.pk, row.pk)).status_code == 404
    assert stranger.post(at("confirm_signer", world.report.pk, row.pk), {"is_theirs": "yes"}).status_code == 404


def test_all_copies_that_count_are_shown_the_newest_first(world):
    first = confirm(world, taken(world, signed(document(), by=signer("Người thứ nhất")), "mot.pdf"))
    second = taken(world, signed(document(), by=signer("Người thứ hai")), "hai.pdf")

    waiting = page(world)
    assert waiting.index("Người thứ hai") < waiting.index("Người thứ nhất")
    assert newest_signature(world.report) == first
    confirm(world, second)

    shown = page(world)
    assert "2 signed copies, the newest first" in shown
    assert shown.count("this is the signed PDF that is handed out") == 1
    places = [shown.index(each) for each in ("Người thứ hai", "The newest: this is", "Người thứ nhất")]
    assert places == sorted(places)
    assert all(at("signed_copy", world.report.pk, row.pk) in shown for row in (first, second))
    leader = login(world.leader)
    assert leader.get(at("signed_copy", world.report.pk, first.pk)).content == verified(first)
    assert leader.get(at("signed_pdf", world.report.pk)).content == verified(second)


def test_what_was_said_of_a_signer_stays(world):
    row = confirm(world, taken(world, signed(document())))

    with pytest.raises(PermissionDenied):
        SignerCheck.objects.update(is_theirs=False)
    with pytest.raises(PermissionDenied):
        row.signer_check.delete()


def test_a_refused_one_is_said_on_the_page(world):
    answer = brought(world, signed(overlaid(document())))

    assert "was refused" in answer.text
    assert "Something other than a signature was added" in answer.text
    assert login(world.leader).get(reverse("reports:signed_pdf", args=[world.report.pk])).status_code == 404


def test_nothing_and_too_much_are_said(world, monkeypatch):
    monkeypatch.setattr("reports.sealing.forms.MOST_MB", 0)

    assert "larger than 0 MB" in brought(world, signed(document())).text
    browser = login(world.coordinator)
    assert browser.post(reverse("reports:sign", args=[world.report.pk]), follow=True).status_code == 200
    assert not Signature.objects.exists()


def test_a_large_one_is_judged_in_the_background_and_let_go(world, monkeypatch):
    monkeypatch.setattr(issuing, "LARGE", 10)

    answer = brought(world, signed(document()))
    assert not Signature.objects.exists()
    run_waiting()

    assert "/jobs/" in answer.request["PATH_INFO"]
    assert Signature.objects.get().is_accepted
    assert default_storage.listdir("signing")[1] == []


def test_a_large_one_is_let_go_where_the_sealed_file_is_damaged(world, monkeypatch):
    monkeypatch.setattr(issuing, "LARGE", 10)
    brought(world, signed(document()))
    default_storage.delete(world.report.files.get(kind="pdf").file.name)

    run_waiting()

    assert Job.objects.get(kind="report_signed").state == JobState.FAILED
    assert default_storage.listdir("signing")[1] == []


@pytest.mark.parametrize("who", ["leader", "administrator", "focal_point"])
def test_nobody_else_brings_one(world, who):
    assert brought(world, signed(document()), getattr(world, who)).status_code == 403
    assert not Signature.objects.exists()


def test_another_locality_finds_nothing(world):
    assert brought(world, signed(document()), UserFactory(role="coordinator")).status_code == 404


# The server's own seal


def now():
    return datetime.now(UTC)


def test_the_seal_of_the_agency_signs_what_it_issued(world):
    make_test_seal(world.report.agency, now=moment(17))

    row = seal_on_server(world.report, by=world.coordinator, at=moment(21))

    assert (row.way, row.is_accepted) == ("server", True)
    assert newest_signature(world.report) == row
    assert verified(row).startswith(document())
    assert "A test certificate" in [line.words for line in lines_of(row, 1)]
    assert "A test certificate" in page(world)
    with pytest.raises(AlreadyThere):
        seal_on_server(world.report, by=world.coordinator, at=moment(22))


def test_an_expired_seal_does_not_sign(world):
    make_test_seal(world.report.agency, now=now(), days=1)

    with pytest.raises(SealUnusable, match="not valid today"):
        seal_on_server(world.report, by=world.coordinator, at=now() + timedelta(days=3000))

    assert not Signature.objects.exists()


@pytest.mark.parametrize("who", ["leader", "administrator", "focal_point"])
def test_nobody_else_seals(world, who):
    make_test_seal(world.report.agency, now=moment(17))

    with pytest.raises(PermissionDenied):
        seal_on_server(world.report, by=getattr(world, who), at=moment(21))

    assert not Signature.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_seal_it_once(world):
    from threading import Barrier, Thread

    from django.db import connections

    make_test_seal(world.report.agency, now=moment(17))
    gate, came = Barrier(2), []

    def click():
        try:
            gate.wait(10)
            came.append(seal_on_server(world.report, by=world.coordinator, at=moment(21)).way)
        except AlreadyThere:
            came.append("already there")
        finally:
            connections.close_all()

    clicks = [Thread(target=click) for _n in range(2)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()

    assert sorted(came) == ["already there", "server"]
    assert Signature.objects.count() == 1


def test_the_seal_goes_on_top_of_the_signature(world):
    make_test_seal(world.report.agency, now=moment(17))
    first = confirm(world, taken(world, signed(document())))
    taken(world, signed(document(), by=signer("Người lạ")))  # nobody has confirmed it
    data = verified(first)

    row = seal_on_server(world.report, by=world.coordinator, at=moment(22))

    assert verified(row).startswith(data)
    assert len(row.findings["signatures"]) == 2


def test_through_the_page(world):
    make_test_seal(world.report.agency, now=moment(17))
    browser = login(world.coordinator)

    assert "Seal it on the server" in page(world)
    answer = browser.post(reverse("reports:seal", args=[world.report.pk]), follow=True)

    assert "The seal of the agency is on the document." in answer.text
    assert "Seal it on the server" not in page(world)


def test_without_a_seal_it_is_not_offered(world):
    assert "Seal it on the server" not in page(world)
    answer = login(world.coordinator).post(reverse("reports:seal", args=[world.report.pk]), follow=True)
    assert "The server has no seal of this agency." in answer.text


def test_agencies_of_other_localities_have_other_seals(world):
    make_test_seal(world.report.agency, now=now())
    other = make_world().plan.coordinating_agency
    other.slug = world.report.agency.slug

    assert seal_of(world.report.agency, now()).problem == ""
    assert seal_of(other, now()) is None


@pytest.mark.parametrize("trouble", ["password", "no password", "damaged", "expired"])
def test_a_seal_that_cannot_be_used_says_why(world, trouble):
    file = make_test_seal(world.report.agency, now=now(), days=0 if trouble == "expired" else 30)
    if trouble == "password":
        file.with_suffix(".pass").write_bytes(b"wrong")
    if trouble == "no password":
        file.with_suffix(".pass").unlink()
    if trouble == "damaged":
        file.write_bytes(b"nonsense")
    at = now() + timedelta(days=2)

    assert seal_of(world.report.agency, at).problem
    if trouble != "expired":
        with pytest.raises(SealUnusable):
            sign(document(), world.report.agency, reason="x")


def test_only_the_portal_reads_the_seal(world):
    file = make_test_seal(world.report.agency, now=now())

    assert file == seal_path(world.report.agency)
    assert {each.stat().st_mode & 0o777 for each in (file, file.with_suffix(".pass"))} == {0o600}


def test_a_test_seal_is_made_only_for_trying_out(world, settings, capsys):
    agency = world.report.agency
    name = f"{agency.locality.slug}/{agency.slug}"
    settings.DEBUG = False
    with pytest.raises(CommandError):
        call_command("make_test_seal", name)
    settings.DEBUG = True
    with pytest.raises(CommandError):
        call_command("make_test_seal", "nowhere/nobody")

    call_command("make_test_seal", name)

    assert seal_of(agency, now()).is_test
    assert office_seal.TEST_MARK in seal_of(agency, now()).name


# Everything together: a real report


def test_a_real_report_is_issued_signed_and_taken(clock):
    clock(TODAY)
    world = with_report(make_world(Status.APPROVED))
    browser = login(world.coordinator)
    address = reverse("reports:issue", args=[world.report.pk])
    form = browser.get(address).context["form"]
    facts = {name: form[name].value() for name in form.fields} | {"issued_on": "17/06/2026", "way": "outside"}
    facts |= {"number": "77", "signatory_name": "Đinh Quang Vinh", "signatory_title": "Giám đốc"}
    asked = [each.token for each in browser.get(address).context["asked"]]

    answer = browser.post(address, facts | {"stand_by": asked}, follow=True)

    world.report.refresh_from_db()
    assert (world.report.status, world.report.number) == ("issued", 77), answer.text
    sealed = sealed_bytes(world.report, FileKind.PDF)
    assert taken(world, signed(sealed)).is_accepted
    with zipfile.ZipFile(io.BytesIO(sealed_bytes(world.report, FileKind.DOCX))) as word:
        assert world.report.code in word.read("word/document.xml").decode()
