"""Is this the sealed PDF with nothing but signatures after it? Judged in a process of its own: it is a stranger's file.

    python -m reports.sealing.judging SEALED SIGNED      # prints the verdict as JSON

No database and no settings here: two files in, a verdict out. `examining` calls it with a limit of time and memory and
says in words what it found.
"""

import io
import json
import logging
import sys
import unicodedata
from difflib import SequenceMatcher

MOST_REVISIONS = 20  # signatures and time stamps appended to one document
MOST_SIGNATURES = 10
MOST_PAGES_COMPARED = 400  # whose words are compared; what is drawn on a page or would run is looked for on all
MOST_OF_A_PAGE = 0.12  # a visible signature covers at most so much of a page: more could hide what was issued
LONGEST_QUOTE = 60
TEST_MARK = "thử nghiệm"  # stands in the name of every test certificate
SHEET = 595 * 842  # A4 in points


class Refused(Exception):
    """The file is not accepted: `kind`, and where it can be told what differs where."""

    def __init__(self, kind, **facts):
        super().__init__(kind)
        self.facts = {"refusal": kind, **facts}


def judge(sealed, signed):
    """The verdict on `signed` (bytes) as an extension of `sealed` (bytes): JSON-ready.

    {"refusal": kind, ...} or {"refusal": "", "appended": bytes, "revisions": n, "signatures": [...]}, each signature
    with signer, issuer, signed_at, valid_from, valid_until (ISO 8601), is_self_issued, is_test, is_stamped, pages.
    """
    try:
        _check_bytes(sealed, signed)
        return {"refusal": "", "appended": len(signed) - len(sealed), **_check_structure(sealed, signed)}
    except Refused as refused:
        return refused.facts
    except RecursionError:
        return {"refusal": "unreadable"}
    except Exception as error:  # whatever a damaged or hostile file leads the reader to
        return {"refusal": "unreadable", "said": type(error).__name__}


def _check_bytes(sealed, signed):
    """The file begins with exactly the sealed bytes and goes on."""
    if not signed.startswith(b"%PDF-"):
        raise Refused("no_pdf")
    if signed == sealed:
        raise Refused("unsigned")
    if not signed.startswith(sealed):
        raise Refused("not_sealed", **where_it_differs(sealed, signed))
    if signed.count(b"startxref", len(sealed)) > MOST_REVISIONS:
        raise Refused("too_many")
    if not signed.rstrip().endswith(b"%%EOF"):
        raise Refused("changed", what="tail")


def _check_structure(sealed, signed):
    from pyhanko.pdf_utils.misc import PdfReadError
    from pyhanko.sign.diff_analysis import ModificationLevel, SuspiciousModification

    own = quick_reader(sealed).xrefs.total_revisions
    reader = quick_reader(signed)
    if reader.encrypted:
        raise Refused("encrypted")
    signatures = reader.embedded_regular_signatures
    if not signatures:
        raise Refused("unsigned")
    if len(reader.embedded_signatures) > MOST_SIGNATURES or reader.xrefs.total_revisions - own > MOST_REVISIONS:
        raise Refused("too_many")
    try:
        change = signatures_only().review_file(reader, own - 1)
    except (PdfReadError, SuspiciousModification):
        change = None
    if isinstance(change, (SuspiciousModification, type(None))):
        raise Refused("changed", **where_it_differs(sealed, signed))
    if change.modification_level > ModificationLevel.FORM_FILLING:
        raise Refused("changed")
    pages = _seen_on(reader)
    found = [{**_signature(each), "pages": pages.get(each.field_name, [])} for each in signatures]
    return {"revisions": reader.xrefs.total_revisions - own, "signatures": found}


def quick_reader(pdf):
    """pyHanko's reader, which unpacks each object stream once.

    Its own reads the table of a stream anew for each object in it: 80 seconds for a tagged report of 170 KB.
    """
    from pyhanko.pdf_utils import generic, misc
    from pyhanko.pdf_utils.reader import PdfFileReader

    class Quick(PdfFileReader):
        def _get_object_from_stream(self, idnum, stmnum, idx):
            data, places, count = self._unpacked(stmnum)
            if idnum not in places or not 0 <= idx < count:
                return generic.NullObject()
            stream = io.BytesIO(data)
            stream.seek(places[idnum])
            try:
                return generic.read_object(stream, generic.Reference(idnum, 0, self))
            except (misc.PdfStreamError, misc.PdfReadError):
                return generic.NullObject()

        def _unpacked(self, number):
            kept = self.__dict__.setdefault("_streams", {})
            if number not in kept:
                kept[number] = _object_places(generic.Reference(number, 0, self).get_object())
            return kept[number]

    return Quick(io.BytesIO(pdf), strict=False)


def _object_places(stream):
    """(its bytes, {number of an object: where it begins}, how many there are) of an object stream."""
    from pyhanko.pdf_utils.decode_limits import DecodePurpose
    from pyhanko.pdf_utils.misc import PdfReadError

    if stream["/Type"] != "/ObjStm":
        raise PdfReadError("no object stream")
    data = stream.read_data(DecodePurpose.OBJECT_STREAM)
    first, count = int(stream["/First"]), int(stream["/N"])
    table = data[:first].split()[: 2 * count]
    places = {}
    for number, offset in zip(table[::2], table[1::2], strict=True):
        places.setdefault(int(number), first + int(offset))
    return data, places, count


def signatures_only():
    """pyHanko's own rules of what may be appended, which also take a document that had no form before."""
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.reader import RawPdfPath
    from pyhanko.sign.diff_analysis import (
        DEFAULT_DIFF_POLICY,
        ModificationLevel,
        StandardDiffPolicy,
        SuspiciousModification,
    )
    from pyhanko.sign.diff_analysis.form_rules_api import (
        FieldComparisonContext,
        FormUpdate,
        FormUpdatingRule,
        _list_fields,
    )

    class FirstForm(FormUpdatingRule):
        def apply(self, old, new):
            if "/AcroForm" in old.root or "/AcroForm" not in new.root:
                if "/AcroForm" in old.root:
                    yield from super().apply(old, new)
                return
            form = new.root["/AcroForm"]
            if set(form) - self.ignored_acroform_keys - {"/SigFlags"}:
                raise SuspiciousModification("The form holds more than signature fields.")
            raw = new.root.raw_get("/AcroForm")
            for reference in (raw, form.raw_get("/Fields")):
                if isinstance(reference, generic.IndirectObject):
                    yield ModificationLevel.LTA_UPDATES, FormUpdate(reference.reference, field_name=None)
            resources = form.raw_get("/DR") if "/DR" in form else None
            for reference in new.collect_dependencies(resources, since_revision=old.revision + 1) if resources else ():
                yield ModificationLevel.FORM_FILLING, FormUpdate(reference, field_name=None)
            path = RawPdfPath("/Root", "/AcroForm", "/Fields")
            fields = dict(_list_fields(generic.ArrayObject(), form["/Fields"], old_path=path))
            if any(field.field_type != "/Sig" for field in fields.values()):
                raise SuspiciousModification("The form holds more than signature fields.")
            for rule in self.field_rules:
                yield from rule.apply(FieldComparisonContext(field_specs=fields, old=old, new=new))

    usual = DEFAULT_DIFF_POLICY
    return StandardDiffPolicy(global_rules=usual.global_rules, form_rule=FirstForm(usual.form_rule.field_rules))


def _signature(embedded):
    """What one signature says of itself, once its bytes are what was signed."""
    status = _status(embedded)
    certificate = status.signing_cert
    stamp = status.timestamp_validity
    signed_at = stamp.timestamp if stamp and stamp.intact and stamp.valid else status.signer_reported_dt
    signer, issuer = _name(certificate.subject), _name(certificate.issuer)
    return {
        "signer": signer,
        "issuer": issuer,
        "signed_at": signed_at.isoformat() if signed_at else "",
        "valid_from": certificate.not_valid_before.isoformat(),
        "valid_until": certificate.not_valid_after.isoformat(),
        "is_self_issued": certificate.subject == certificate.issuer,
        "is_test": TEST_MARK in f"{signer} {issuer}".lower(),
        "is_stamped": bool(stamp and stamp.intact and stamp.valid),
    }


def _status(embedded):
    """pyHanko's verdict on the signature itself; whom its certificate leads to is not asked here."""
    from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    try:
        status = validate_pdf_signature(
            embedded, ValidationContext(trust_roots=[], allow_fetching=False), skip_diff=True
        )
    except Exception as error:  # pyHanko raises a dozen kinds for what cannot be decoded
        raise Refused("broken") from error
    if not (status.intact and status.valid and status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION):
        raise Refused("broken")
    return status


def _name(name):
    """The common name, with the body it belongs to where that is another."""
    parts = name.native
    common, body = parts.get("common_name", ""), parts.get("organization_name", "")
    common, body = (", ".join(each) if isinstance(each, list) else each for each in (common, body))
    said = f"{body}, {common}" if body and common and body not in common else common or body
    return unicodedata.normalize("NFC", said or name.human_friendly)[:300]


def _seen_on(reader):
    """{name of a signature field: the numbers of the pages on which it is seen}.

    Raises:
        Refused: on some page they hide more than a signature and a seal need, or they would run something.
    """
    seen = {}
    for number, page in enumerate(_pages(reader.root["/Pages"]), start=1):
        covered = 0
        for name, widget in _signature_widgets(page):
            if "/A" in widget or "/AA" in widget:
                raise Refused("changed", what="active", page=number)
            if "/Rect" in widget and (area := _area(widget)):
                seen.setdefault(name, []).append(number)
                covered += area
        if covered > MOST_OF_A_PAGE * SHEET:
            raise Refused("hides", page=number)
    return seen


def _pages(node):
    """Every page under a node of the page tree, in their order."""
    for each in node["/Kids"]:
        below = each.get_object()
        if "/Kids" in below:
            yield from _pages(below)
        else:
            yield below


def _signature_widgets(page):
    for each in _value(page, "/Annots", ()):
        widget = each.get_object()
        field = _value(widget, "/Parent", widget) if "/T" not in widget else widget
        if "/Sig" in (_value(widget, "/FT"), _value(field, "/FT")):
            yield _value(field, "/T"), widget


def _value(dictionary, key, default=None):
    """What stands under `key`, followed where it is a reference; `get` would give the reference."""
    return dictionary[key] if key in dictionary else default


def _area(widget):
    left, bottom, right, top = (float(each.get_object()) for each in widget["/Rect"])
    return abs(right - left) * abs(top - bottom)


# Where the words differ


def where_it_differs(sealed, other):
    """{"page": number, "before": as issued, "after": in the other file} of the first difference, where it is seen."""
    try:
        before, after = _texts(sealed), _texts(other)
    except Exception:  # pdfium could not read it: then nothing more can be said
        return {}
    if len(before) != len(after):
        return {"pages_before": len(before), "pages_after": len(after), **_first(before, after)}
    return _first(before, after)


def _first(before, after):
    for number, (old, new) in enumerate(zip(before, after, strict=False), start=1):
        if old != new:
            return {"page": number, **_quoted(old.split(), new.split())}
    return {}


def _quoted(old, new):
    """The first words that differ, each with a word before and after it."""
    for tag, start, end, other_start, other_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            return {
                "before": _quote(old, start, end),
                "after": _quote(new, other_start, other_end),
            }
    return {}


def _quote(words, start, end):
    said = " ".join(words[max(start - 1, 0) : min(end, start + 12) + 1])
    return f"{said[:LONGEST_QUOTE]}…" if len(said) > LONGEST_QUOTE else said


def _texts(pdf):
    """The words of each page."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = min(len(document), MOST_PAGES_COMPARED)
        return [document[number].get_textpage().get_text_bounded() for number in range(pages)]
    finally:
        document.close()


def main(sealed, signed):
    logging.disable(logging.CRITICAL)
    with open(sealed, "rb") as first, open(signed, "rb") as second:
        print(json.dumps(judge(first.read(), second.read()), ensure_ascii=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
