"""The seal of an agency on this machine: a PKCS#12 file with its certificate and key, by which the server signs.

It lies at SEAL_DIR/<locality>/<agency>.p12, named by their short address names, its password beside it in a file that
ends in .pass. What is made for trying out carries TEST_MARK in its name, and every page that shows it says so.
"""

import io
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from .judging import TEST_MARK

PASSWORD_BYTES = 24


class SealUnusable(Exception):
    """There is a seal, but it cannot be used; the message says why."""


class OfficeSeal(NamedTuple):
    """A seal that is there: whose it is, until when, and the problem where it cannot be used (a sentence)."""

    name: str
    valid_until: datetime | None
    is_test: bool
    problem: str = ""


def seal_path(agency):
    return Path(settings.SEAL_DIR, agency.locality.slug, f"{agency.slug}.p12")


def seal_of(agency, now):
    """The OfficeSeal of `agency`, or None where there is none."""
    if not seal_path(agency).is_file():
        return None
    try:
        certificate = _opened(agency)[1]
    except SealUnusable as error:
        return OfficeSeal(str(agency), None, False, str(error))
    name = _common_name(certificate.subject)
    until = certificate.not_valid_after_utc
    problem = "" if certificate.not_valid_before_utc <= now <= until else _("The certificate is not valid today.")
    return OfficeSeal(name, until, TEST_MARK in name.lower(), problem)


def _opened(agency):
    """(key, certificate, the certificates above it) of the agency's file."""
    file = seal_path(agency)
    try:
        password = file.with_suffix(".pass").read_bytes().strip()
        key, certificate, above = pkcs12.load_key_and_certificates(file.read_bytes(), password or None)
    except OSError as error:
        raise SealUnusable(_("The seal or its password cannot be read on the server.")) from error
    except ValueError as error:
        raise SealUnusable(_("The password does not open the seal, or its file is damaged.")) from error
    if key is None or certificate is None:
        raise SealUnusable(_("The file holds no certificate with its key."))
    return key, certificate, above


def _common_name(name):
    common = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return common[0].value if common else name.rfc4514_string()


def sign(pdf, agency, *, reason):
    """`pdf` (bytes) with the agency's seal appended: PAdES, invisible, nothing before it touched.

    Raises:
        SealUnusable: the seal cannot be opened, or does not sign.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    _opened(agency)
    file = seal_path(agency)
    signed = io.BytesIO()
    try:
        signer = signers.SimpleSigner.load_pkcs12_data(
            file.read_bytes(), other_certs=[], passphrase=file.with_suffix(".pass").read_bytes().strip() or None
        )
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
        place = f"{agency.locality.place_name}"
        meta = signers.PdfSignatureMetadata(
            field_name=_free_field(writer),
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            reason=reason,
            location=place,
        )
        signers.sign_pdf(writer, meta, signer=signer, output=signed)
    except Exception as error:  # pyHanko has a dozen kinds of its own for what does not fit
        raise SealUnusable(_("The seal could not sign the document: %(said)s") % {"said": error}) from error
    return signed.getvalue()


def _free_field(writer):
    """A name no signature of the document has."""
    form = writer.root["/AcroForm"] if "/AcroForm" in writer.root else {}
    return f"ConDau{len(form['/Fields'] if '/Fields' in form else ()) + 1}"


def make_test_seal(agency, *, now, days=365):
    """Put a seal for trying out where the agency's own would lie; its path. Nobody outside trusts its certificate."""
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{str(agency)[:40]} ({TEST_MARK})"),
        ]
    )
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    real_now = timezone.now()
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(now, real_now) - timedelta(days=1))
        .not_valid_after(max(now, real_now) + timedelta(days=days))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    password = os.urandom(PASSWORD_BYTES).hex().encode()
    packed = pkcs12.serialize_key_and_certificates(b"seal", key, certificate, None, BestAvailableEncryption(password))
    file = seal_path(agency)
    file.parent.mkdir(parents=True, exist_ok=True)
    _write_private(file, packed)
    _write_private(file.with_suffix(".pass"), password)
    return file


def _write_private(file, data):
    """Only this account reads it."""
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
        opened.write(data)
