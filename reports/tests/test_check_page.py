"""The public check page: what it answers, to whom, and what it never says."""

import hashlib
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.tests.factories import login
from activities.tests.factories import ReportingPeriodFactory
from reports.models import FileKind
from reports.sealing import streaming
from reports.sealing.codes import ALPHABET, new_code

from .rows import ReportFactory, SealedFileFactory, SignatureFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

ISSUED, CODE_OF_ISSUED = "This is the issued document", "This code is of an issued document"
OLD, UNKNOWN = "Genuine, but replaced since", "Nothing issued carries this code"
UNCONFIRMED = "The issued document, its signer not confirmed"
ALTERED = "This file is not an issued text"


@pytest.fixture
def report():
    report = ReportFactory(is_issued=True, code=new_code(), number=240)
    for kind in FileKind.values:
        SealedFileFactory(report=report, kind=kind, data=f"%PDF-1.7 {kind}".encode())
    return report


def correction_of(report, **facts):
    return ReportFactory(period=report.period, ordinal=2, replaces=report, begun_by=report.begun_by, **facts)


def check(typed):
    return login().get(reverse("reports:check"), {"q": typed})


def sent(data, name="bao-cao.pdf"):
    return login().post(reverse("reports:check"), {"file": SimpleUploadedFile(name, data)})


def test_the_code_of_an_issued_report(report):
    for answer in (check(report.code.lower()), login().get(reverse("reports:check_code", args=[report.code]))):
        assert answer.status_code == 200
        assert CODE_OF_ISSUED in answer.text and ISSUED not in answer.text
        assert "240/BC-SNV" in answer.text and report.agency.name in answer.text


@pytest.mark.parametrize("kind", [each for each in FileKind.values if each != FileKind.TEMPLATE])
def test_the_hash_of_each_of_its_files(report, kind):
    answer = check(report.files.get(kind=kind).sha256.upper())

    assert ISSUED in answer.text
    assert "byte for byte" in answer.text


def test_the_hash_of_the_signed_file(report):
    row = SignatureFactory(report=report)

    assert "Signed PDF" in check(row.sha256).text
    assert "There is a signed copy" in check(report.code).text


def test_a_signed_file_whose_signer_nobody_has_confirmed(report):
    row = SignatureFactory(report=report, confirmed="nobody")

    text = check(row.sha256).text
    assert UNCONFIRMED in text and ALTERED not in text and ISSUED not in text
    assert "240/BC-SNV" in text and "who signed has not been confirmed yet" in text
    for page in (text, check(report.code).text):
        assert "A signed copy has been brought; who signed it has not been confirmed yet." in page
        assert "There is a signed copy" not in page and "No signed copy" not in page and row.signer not in page


def test_beside_a_copy_that_counts_the_one_that_waits_is_told_apart(report):
    SignatureFactory(report=report, data=b"counts")
    row = SignatureFactory(report=report, data=b"waits", confirmed="nobody")

    assert "There is a signed copy" not in check(row.sha256).text
    assert "There is a signed copy" in check(report.code).text


def test_of_a_replaced_report_the_copy_that_waits_names_what_counts(report):
    row = SignatureFactory(report=report, confirmed="nobody")
    later = correction_of(report, is_issued=True, code=new_code(), number=241)

    text = check(row.sha256).text
    assert UNCONFIRMED in text and "Replaced by 241/BC-SNV" in text and later.code in text


def test_a_copy_that_was_set_aside_is_not_the_issued_text(report):
    row = SignatureFactory(report=report, confirmed=False)

    assert ALTERED in check(row.sha256).text
    assert "No signed copy" in check(report.code).text


def test_a_refused_file_is_not_the_issued_text(report):
    row = SignatureFactory(report=report, is_accepted=False, file="", data=b"altered")

    assert ALTERED in check(row.sha256).text


def test_the_file_itself_is_hashed_as_it_comes_in_and_not_kept(report, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    data = b"%PDF-1.7 pdf"

    assert ISSUED in sent(data).text
    assert ALTERED in sent(data + b"x").text
    assert ALTERED in sent(b"x" * 6_000_000).text
    assert hashlib.sha256(b"x" * 6_000_000).hexdigest() in sent(b"x" * 6_000_000).text
    assert [each for each in tmp_path.iterdir() if each.name != "uploads"] == []


def test_an_altered_file_is_said_to_be_one_and_its_code_stands_there_once(report):
    sha256 = hashlib.sha256(b"altered").hexdigest()

    for page in (check(sha256.upper()).text, check(sha256).text, sent(b"altered", "da-sua.pdf").text):
        assert ALTERED in page and UNKNOWN not in page and "mistyped" not in page
        assert "byte for byte what was issued: it has been changed" in page
        assert re.sub(r"<[^>]+>", " ", page).lower().count(sha256) == 1
        assert f'value="{sha256}"' not in page
    assert "da-sua.pdf" in page


def test_no_file_and_one_too_large(monkeypatch):
    assert "no file chosen" in login().post(reverse("reports:check")).text
    monkeypatch.setattr(streaming, "MOST", 1000)
    assert "larger than any report" in sent(b"x" * 200_000).text


def test_a_replaced_version_leads_to_the_one_that_counts(report):
    later = correction_of(report, is_issued=True, code=new_code(), number=241)

    answer = check(report.code)
    assert OLD in answer.text and "241/BC-SNV" in answer.text and later.code in answer.text
    answer = check(later.code)
    assert CODE_OF_ISSUED in answer.text and "240/BC-SNV" in answer.text


def test_a_correction_that_is_being_written_replaces_nothing(report):
    correction_of(report)

    assert CODE_OF_ISSUED in check(report.code).text


@pytest.mark.parametrize("status", ["draft", "submitted", "returned", "approved"])
def test_what_is_not_issued_is_not_known(status):
    report = ReportFactory(status=status, code=new_code())

    assert UNKNOWN in check(report.code).text


def test_what_is_wrong_with_the_code_is_told(report):
    other = ALPHABET[(ALPHABET.index(report.code[0]) + 1) % len(ALPHABET)]

    assert "12 characters" in check(report.code[:-1]).text
    assert "One character is wrong" in check(other + report.code[1:]).text
    assert "without 0, 1, I, L and O" in check(f"O{report.code[1:]}").text
    assert "64 characters" in check("83aaf701" * 7).text
    assert UNKNOWN in check(new_code()).text


def test_it_says_no_name_of_a_person(report):
    SignatureFactory(report=report)

    for page in (check(report.code).text, check(report.files.get(kind="pdf").sha256).text):
        for name in (report.signatory_name, str(report.begun_by), "Đinh Quang Vinh"):
            assert name not in page


def test_it_says_nothing_of_what_is_in_it(report):
    assert "/reports/" not in check(report.code).text


@pytest.mark.parametrize("typed", ["<script>alert(1)</script>", "';--", "\x00", "%00", "🙂" * 300, "../../etc"])
def test_whatever_is_typed_is_answered(typed):
    answer = check(typed)

    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


def test_nothing_typed_is_the_empty_page():
    assert "Check a document" in check("").text
    assert "Check a document" in login().get(reverse("reports:check")).text


def test_it_asks_for_no_session():
    assert "sessionid" not in login().get(reverse("reports:check")).cookies


def test_another_plans_report_is_found_too(report):
    other = ReportFactory(period=ReportingPeriodFactory(), is_issued=True, code=new_code(), number=7, symbol="BC-X")

    assert "07/BC-X" in check(other.code).text
