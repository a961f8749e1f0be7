"""The signed PDF comes back, or the server seals it: judged, written down, kept where it is the sealed document.

Whom a certificate belongs to is not checked: a copy that was brought counts once a person has confirmed its signer.
"""

import hashlib
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy

from agencies.access import require

from ..models import FileKind, Report, SealedFile, Signature, SignerCheck, SigningWay
from ..permissions import can_confirm_signer, can_sign_report
from ..workflow import locked
from .examining import verdict_on
from .files import newest_signature, sealed_bytes, verified, write
from .office_seal import SealUnusable, seal_of, sign

MOST_MB = 30
LONGEST_NAME = 200
NOT_SIGNED = gettext_lazy("Only an issued report is signed, by whoever writes it.")
NOT_CONFIRMED = gettext_lazy("Who signed a copy is confirmed by whoever writes the report.")


class AlreadyThere(ValidationError):
    """This very file has been taken before."""


def take_signed(report, data, name, *, by, at, way=SigningWay.UPLOADED):
    """Judge the signed PDF `data` (bytes) of `report` and write down what came of it: a Signature row.

    Where it is not accepted the row says why, and the file is not kept. A copy that was set aside may be brought again.

    Raises:
        AlreadyThere: it has been accepted before.
        DamagedError: the sealed PDF itself cannot be read.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    _refuse_twice(report, sha256)
    verdict = verdict_on(sealed_bytes(report, FileKind.PDF), data)
    if verdict["refusal"] == "not_sealed" and (other := _version_it_is(report, data)):
        verdict["version"] = other
    facts = {"way": way, "file_name": name[-LONGEST_NAME:], "size": len(data), "sha256": sha256, "findings": verdict}
    return _written(report, data, verdict, **facts, by=by, by_name=str(by), at=at)


def _refuse_twice(report, sha256):
    same = Signature.objects.filter(report=report, sha256=sha256, is_accepted=True)
    if same.exclude(signer_check__is_theirs=False).exists():
        raise AlreadyThere(_("This signed file is there already."))


def _written(report, data, verdict, **facts):
    if verdict["refusal"]:
        return Signature.objects.create(report=report, is_accepted=False, **facts)
    stored = write(data)
    try:
        with transaction.atomic():
            locked(report)
            _refuse_twice(report, facts["sha256"])  # somebody may have been quicker while it was judged
            return Signature.objects.create(
                report=report, is_accepted=True, file=stored, **_of_last(verdict["signatures"]), **facts
            )
    except BaseException:
        default_storage.delete(stored)
        raise


def _of_last(signatures):
    """What the row says of itself is what its last signature says; all of them stand in the findings."""
    last = signatures[-1]
    return {
        "signer": last["signer"],
        "issuer": last["issuer"],
        "signed_at": _moment(last["signed_at"]),
        "valid_until": _moment(last["valid_until"]),
    }


def _moment(written):
    if not written:
        return None
    moment = datetime.fromisoformat(written)
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def check_signer(signature, *, is_theirs, by, at):
    """Keep whether the copy (a Signature with its report) was signed by who was to sign; False where that is said.

    Raises PermissionDenied: the report is not written by this person.
    """
    require(can_confirm_signer(by, signature.report), NOT_CONFIRMED)
    facts = {"is_theirs": is_theirs, "by": by, "by_name": str(by), "at": at}
    try:
        with transaction.atomic():
            SignerCheck.objects.create(signature=signature, **facts)
    except IntegrityError:  # somebody was quicker
        return False
    return True


def _version_it_is(report, data):
    """The document number of another version of this report that `data` is the signed PDF of, or ""."""
    for other in versions_of(report):
        if other.pk != report.pk and other.is_issued:
            sealed = SealedFile.objects.filter(report=other, kind=FileKind.PDF).first()
            if sealed and hashlib.sha256(data[: sealed.size]).hexdigest() == sealed.sha256:
                return other.document_number
    return ""


def versions_of(report):
    """Every version of this report, the newest first."""
    same = {name: getattr(report, name) for name in ("kind", "locality_id", "plan_id", "starts_on", "ends_on")}
    if report.kind == "agency":
        same["agency_id"] = report.agency_id
    return list(Report.objects.filter(**same).select_related("replaced_by").order_by("-ordinal"))


def seal_on_server(report, *, by, at):
    """Let the server put the agency's seal on the newest signed PDF, or on the sealed one; the Signature row.

    The report is held meanwhile: whoever comes second finds the seal there.

    Raises:
        PermissionDenied: the report is not this person's to sign, or not issued.
        AlreadyThere: the newest signature is the server's own.
        SealUnusable: there is no seal, it is not valid at the moment `at`, or it does not sign.
        DamagedError: the file cannot be read.
    """
    with transaction.atomic():
        held = locked(report)
        require(can_sign_report(by, held), NOT_SIGNED)
        row = _sealed(held, by=by, at=at)
    if not row.is_accepted:
        raise SealUnusable(_("What the server signed did not stand the check; the seal is not usable."))
    return row


def _sealed(report, *, by, at):
    """What came of the server's seal on a report that is held: a Signature row."""
    seal = seal_of(report.agency, at)
    if seal is None:
        raise SealUnusable(_("The server has no seal of this agency."))
    if seal.problem:
        raise SealUnusable(seal.problem)
    newest = newest_signature(report)
    if newest and newest.way == SigningWay.SERVER:
        raise AlreadyThere(_("The seal of the agency is on the document already."))
    pdf = verified(newest) if newest else sealed_bytes(report, FileKind.PDF)
    signed = sign(pdf, report.agency, reason=_("Issued as %(number)s") % {"number": report.document_number})
    name = f"{report.document_number.replace('/', '-')}-dong-dau.pdf"
    return take_signed(report, signed, name, by=by, at=at, way=SigningWay.SERVER)
