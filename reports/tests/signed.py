"""PDFs to be signed, certificates and signatures for tests: made once, as making a key takes a while."""

import io
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from weasyprint import HTML

PAGES = """<html lang="vi"><title>Báo cáo</title><h1>Báo cáo</h1><p><a href="https://x.example/a">Minh chứng</a></p>
<p style="page-break-before: always">Tổng cộng {count} lượt phát thanh trong kỳ.</p></html>"""
KEY_USAGE = {"digital_signature": True, "content_commitment": True}
NO_USAGE = dict.fromkeys(
    (
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    ),
    False,
)


@cache
def document(count="2.064"):
    """A tagged PDF of two pages, as the report is one."""
    return HTML(string=PAGES.format(count=count)).write_pdf(pdf_variant="pdf/ua-1")


@cache
def signer(name="Đinh Quang Vinh", body="Sở Nội vụ tỉnh Minh Họa", *, valid_from=-1, days=365):
    """Somebody with a certificate valid for `days` from `valid_from` days from now on."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, body),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    start = datetime.now(UTC) + timedelta(days=valid_from)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CA Ví dụ")]))
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.KeyUsage(**KEY_USAGE, **NO_USAGE), critical=True)
        .sign(key, hashes.SHA256())
    )
    packed = pkcs12.serialize_key_and_certificates(b"x", key, certificate, None, NoEncryption())
    return signers.SimpleSigner.load_pkcs12_data(packed, other_certs=[], passphrase=None)


def signed(pdf, field="Sig1", *, box=None, page=0, by=None):
    """`pdf` with a signature appended, seen in `box` of a page where one is given."""
    spec = fields.SigFieldSpec(field, on_page=page, **({"box": box} if box else {}))
    meta = signers.PdfSignatureMetadata(field_name=field, md_algorithm="sha256")
    out = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    signers.sign_pdf(writer, meta, signer=by or signer(), new_field_spec=spec, output=out)
    return out.getvalue()


def overlaid(pdf, *, page=1):
    """`pdf` with the content of a page replaced by an appended revision."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    sheet = writer.root["/Pages"]["/Kids"][page].get_object()
    sheet["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"0 0 100 100 re f"))
    writer.update_container(sheet)
    return _out(writer)


def with_blank_field(pdf, *, box, page=1):
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    fields.append_signature_field(writer, fields.SigFieldSpec("Blank", on_page=page, box=box))
    return _out(writer)


def with_script(pdf):
    """`pdf` that would run something when it is opened."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    act = {"/S": generic.NameObject("/JavaScript"), "/JS": generic.TextStringObject("app.alert(1)")}
    writer.root["/OpenAction"] = generic.DictionaryObject({generic.NameObject(k): v for k, v in act.items()})
    writer.update_root()
    return _out(writer)


def with_script_in_the_field(pdf):
    """`pdf` with a signature field that would run something, before it is signed."""
    writer = IncrementalPdfFileWriter(io.BytesIO(with_blank_field(pdf, box=(10, 10, 100, 60))))
    field = writer.root["/AcroForm"]["/Fields"][0].get_object()
    field["/AA"] = generic.DictionaryObject()
    writer.update_container(field)
    return _out(writer)


def with_text_field(pdf):
    """`pdf` with a field one could type into."""
    writer = IncrementalPdfFileWriter(io.BytesIO(with_blank_field(pdf, box=(10, 10, 100, 60))))
    field = writer.root["/AcroForm"]["/Fields"][0].get_object()
    field["/FT"] = generic.NameObject("/Tx")
    writer.update_container(field)
    return _out(writer)


def revised(pdf, times):
    """`pdf` with many empty revisions appended."""
    for _time in range(times):
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        writer.update_root()
        pdf = _out(writer)
    return pdf


def _out(writer):
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
