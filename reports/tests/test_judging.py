"""A signed PDF: what is accepted, and everything that is not."""

import logging
import time

import pytest

from reports.sealing import examining, judging
from reports.sealing.examining import verdict_on
from reports.sealing.judging import judge

from .signed import (
    document,
    overlaid,
    revised,
    signed,
    signer,
    with_blank_field,
    with_script,
    with_script_in_the_field,
    with_text_field,
)

SMALL, LARGE = (300, 100, 500, 160), (0, 0, 590, 800)


@pytest.fixture(autouse=True)
def quiet():
    """pyHanko logs what it finds wrong with a stranger's file; in the portal the judging process is silent."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


# What is accepted


def test_a_signature_appended_to_the_sealed_document():
    sealed = document()
    data = signed(sealed)

    verdict = judge(sealed, data)

    (found,) = verdict.pop("signatures")
    assert verdict == {"refusal": "", "appended": len(data) - len(sealed), "revisions": 1}
    assert found["signer"] == "Sở Nội vụ tỉnh Minh Họa, Đinh Quang Vinh"
    assert found["issuer"] == "CA Ví dụ"
    assert found["pages"] == []
    assert not (found["is_test"] or found["is_stamped"] or found["is_self_issued"])


def test_a_signature_that_is_seen_says_on_which_page():
    assert judge(document(), signed(document(), box=SMALL, page=1))["signatures"][0]["pages"] == [2]


def test_several_signatures_one_after_the_other():
    twice = signed(signed(document(), box=SMALL), "Sig2", box=(60, 100, 200, 160), by=signer("Văn thư"))

    verdict = judge(document(), twice)

    assert [each["signer"].split(", ")[1] for each in verdict["signatures"]] == ["Đinh Quang Vinh", "Văn thư"]
    assert verdict["revisions"] == 2


# What is refused


def altered():
    data = bytearray(signed(document()))
    data[len(document()) // 2] ^= 1
    return bytes(data)


def broken(place):
    """A signed file, with one byte of what was appended changed."""
    data = bytearray(signed(document()))
    at = data.index(place, len(document())) + len(place) + 400
    data[at] = ord("1") if data[at] != ord("1") else ord("2")
    return bytes(data)


REFUSED = {
    "another text": (lambda: signed(document("2.164")), "not_sealed"),
    "one byte of the sealed part": (altered, "not_sealed"),
    "the sealed file itself": (document, "unsigned"),
    "a blank signature field": (lambda: with_blank_field(document(), box=SMALL), "unsigned"),
    "a page changed, then signed": (lambda: signed(overlaid(document())), "changed"),
    "signed, then a page changed": (lambda: overlaid(signed(document())), "changed"),
    "signed, changed, signed again": (lambda: signed(overlaid(signed(document())), "Sig2"), "changed"),
    "a script, then signed": (lambda: signed(with_script(document())), "changed"),
    "signed, then a script": (lambda: with_script(signed(document())), "changed"),
    "a script in the field": (lambda: signed(with_script_in_the_field(document()), "Sig2"), "changed"),
    "a field to type into": (lambda: signed(with_text_field(document()), "Sig2"), "changed"),
    "bytes after the end": (lambda: signed(document()) + b"\n<script>", "changed"),
    "a byte of the signature": (lambda: broken(b"/Contents <"), "broken"),
    "a signature as large as the page": (lambda: signed(document(), box=LARGE), "hides"),
    "a blank field as large as the page": (lambda: with_blank_field(signed(document()), box=LARGE), "hides"),
    "a hundred revisions": (lambda: revised(document(), 30), "too_many"),
    "a thousand ends": (lambda: document() + b"startxref\n0\n%%EOF\n" * 1000, "too_many"),
    "the first half": (lambda: document()[:3000], "not_sealed"),
    "a signed file cut off": (lambda: signed(document())[:-200], "changed"),
    "no PDF": (lambda: b"PK\x03\x04" + b"0" * 500, "no_pdf"),
    "nothing": (lambda: b"", "no_pdf"),
    "nonsense appended": (lambda: document() + b"1 0 obj << /Type /Sig >> endobj\nstartxref\n9\n%%EOF", "unreadable"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_the_sealed_document_with_signatures_is_refused(case):
    make, refusal = REFUSED[case]

    assert judge(document(), make())["refusal"] == refusal


def test_what_hides_a_page_is_found_on_every_page(monkeypatch):
    """However many pages have their words compared."""
    monkeypatch.setattr(judging, "MOST_PAGES_COMPARED", 1)

    assert judge(document(), signed(document(), box=LARGE, page=1)) == {"refusal": "hides", "page": 2}


def test_it_is_told_where_another_text_differs():
    verdict = judge(document(), signed(document("2.164")))

    assert verdict == {
        "refusal": "not_sealed",
        "page": 2,
        "before": "cộng 2.064 lượt",
        "after": "cộng 2.164 lượt",
    }


def test_it_is_told_which_page_was_changed():
    assert judge(document(), signed(overlaid(document())))["page"] == 2


# In a process of its own


def test_the_process_of_its_own_says_the_same():
    data = signed(document())

    assert verdict_on(document(), data) == judge(document(), data)
    assert verdict_on(document(), signed(document("2.164")))["page"] == 2


def test_it_is_stopped_when_it_takes_too_long(monkeypatch):
    monkeypatch.setattr(examining, "SECONDS", 1)
    monkeypatch.setattr(examining, "PER_MB", 0)
    monkeypatch.setattr(examining, "STARTED", "import time; time.sleep(60)")

    began = time.monotonic()

    assert verdict_on(document(), signed(document())) == {"refusal": "too_slow"}
    assert time.monotonic() - began < 10


def test_it_is_stopped_when_it_takes_too_much_memory(monkeypatch):
    monkeypatch.setattr(examining, "STARTED", "x = bytearray(4_000_000_000); print('{}')")

    assert verdict_on(document(), signed(document())) == {"refusal": "unreadable"}


@pytest.mark.parametrize("size", [3_000_000, 25_000_000])
def test_a_large_stranger_is_judged_in_bounded_time(size):
    bomb = document() + b"<<" * (size // 2) + b"\nstartxref\n0\n%%EOF"

    began = time.monotonic()

    assert verdict_on(document(), bomb)["refusal"]
    assert time.monotonic() - began < examining.SECONDS + 10
