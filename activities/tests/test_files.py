"""Is an uploaded file what its name says? Made with the real libraries, and spoilt by hand."""

import hashlib
import io
import unicodedata
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import example, given, strategies as st
from PIL import Image, ImageFile

from activities.files import ACCEPT, CONTENT_TYPES, OFFICE_PARTS, check_file, clean_name

pytestmark = pytest.mark.usefixtures("english")

MB = 1024 * 1024


def package(*names):
    """A ZIP file with these names in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return made.getvalue()


def office(extension, *more):
    return package("[Content_Types].xml", OFFICE_PARTS[extension], *more)


def picture(kind, **options):
    made = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(made, kind, **options)
    return made.getvalue()


SOUND = {
    "pdf": b"%PDF-1.7\n%%EOF",
    "docx": office("docx"),
    "xlsx": office("xlsx"),
    "pptx": office("pptx"),
    "jpg": picture("JPEG"),
    "png": picture("PNG"),
    "webp": picture("WEBP"),
    "mp3": b"ID3\x04" + bytes(20),
    "mp4": b"\x00\x00\x00\x18ftypmp42" + bytes(20),
}
EXE = b"MZ\x90\x00" + bytes(200)
HTML = b"<!doctype html><script>alert(1)</script>"


def upload(name, content):
    return SimpleUploadedFile(name, content)


def refusal(name, content, max_mb=20):
    with pytest.raises(ValidationError) as refused:
        check_file(upload(name, content), max_mb)
    [sentence] = refused.value.messages
    return sentence


def test_every_accepted_kind_has_a_sound_example():
    assert set(SOUND) == set(CONTENT_TYPES)
    assert ACCEPT.startswith(".pdf,") and ACCEPT.endswith(".jpeg")


@pytest.mark.parametrize("extension", SOUND)
@pytest.mark.parametrize("write", [str.lower, str.upper])
def test_a_sound_file_is_known_by_its_bytes(extension, write):
    file = upload(f"Biên bản.{write(extension)}", SOUND[extension])

    checked = check_file(file, 20)

    assert checked == (
        f"Biên bản.{write(extension)}",
        CONTENT_TYPES[extension],
        len(SOUND[extension]),
        hashlib.sha256(SOUND[extension]).hexdigest(),
    )
    assert file.read() == SOUND[extension], "the file must be kept whole afterwards"


@pytest.mark.parametrize("head", [b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xe3"])
def test_mp3_without_a_tag(head):
    assert check_file(upload("a.mp3", head + bytes(10)), 20).content_type == "audio/mpeg"


def test_jpeg_under_its_long_name():
    assert check_file(upload("a.JPEG", SOUND["jpg"]), 20).content_type == "image/jpeg"


def test_a_phones_photo_of_several_pictures_is_a_photo():
    """Many telephones write JPEG files with a second picture in them (MPO)."""
    made = picture("MPO", save_all=True, append_images=[Image.new("RGB", (4, 4))])

    assert check_file(upload("anh.jpg", made), 20).content_type == "image/jpeg"


@pytest.mark.parametrize(
    "name",
    ["a.exe", "a.html", "a.svg", "a.doc", "a.zip", "a.heic", "a", "a.", ".pdf", "pdf", "a.pdf.exe", "a.php", "…"],
)
def test_other_kinds_are_refused(name):
    assert "is not of an accepted kind. Accepted: pdf, docx" in refusal(name, SOUND["pdf"])


@pytest.mark.parametrize("extension", SOUND)
@pytest.mark.parametrize(
    "content", [EXE, HTML, package("a.txt"), b"\xff", b"\x00" * 3, b"%PD", b"PK\x03\x04", b"ID", b" "]
)
def test_the_content_must_be_what_the_name_says(extension, content):
    sentence = refusal(f"a.{extension}", content)

    assert f"The content of “a.{extension}” is not a {extension.upper()} file." in sentence


@pytest.mark.parametrize(
    "name, other",
    [(name, other) for name in SOUND for other in SOUND if name != other],
)
def test_one_kind_is_not_another(name, other):
    assert "is not a" in refusal(f"a.{name}", SOUND[other])


def test_a_macro_in_a_document_is_refused():
    assert "is not a DOCX file" in refusal("a.docx", office("docx", "word/vbaProject.bin"))


@pytest.mark.parametrize("extension", ["docx", "xlsx", "pptx"])
def test_a_zip_of_a_future_version_is_refused(extension):
    """Python does not read it, and says so with an exception of its own."""
    content = bytearray(SOUND[extension])
    content[content.index(b"PK\x01\x02") + 6] = 99

    assert "is not a" in refusal(f"a.{extension}", bytes(content))


@pytest.mark.parametrize("lenient", [True, False], ids=["as WeasyPrint sets Pillow", "as Pillow is"])
@pytest.mark.parametrize("cut", [8, 20, 40])
@pytest.mark.parametrize("extension", ["docx", "png", "webp"])
def test_a_torn_file_is_refused(extension, cut, lenient, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", lenient)

    assert "is not a" in refusal(f"a.{extension}", SOUND[extension][:-cut])


def test_size_and_emptiness():
    assert "larger than 1 MB. Send a smaller copy, or a link to it." in refusal("a.pdf", b"%PDF-" + bytes(MB), 1)
    assert "“a.pdf” is empty." in refusal("a.pdf", b"")
    assert check_file(upload("a.pdf", b"%PDF-" + bytes(MB - 5)), 1).size == MB


heads = st.sampled_from([b"", *(content[:n] for content in SOUND.values() for n in (1, 4, 16, 60)), EXE[:2]])


@given(st.sampled_from([*SOUND]), heads, st.binary(max_size=80))
@example("mp3", b"\xff", b"")
@example("mp4", b"", b"\x00")
def test_no_content_breaks_the_check(extension, head, tail):
    try:
        checked = check_file(upload(f"a.{extension}", head + tail), 20)
    except ValidationError as refused:
        assert len(refused.messages) == 1
    else:
        assert checked.content_type == CONTENT_TYPES[extension]


@pytest.mark.parametrize(
    "typed, kept",
    [
        ("biên bản.pdf", "biên bản.pdf"),
        (unicodedata.normalize("NFD", "biên bản.pdf"), "biên bản.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\Lan\\ảnh.jpg", "ảnh.jpg"),
        ("/a/b/c.pdf", "c.pdf"),
        ("a\"b'c.pdf", "a_b'c.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a_Set-Cookie_ x.pdf"),
        ("ảnh\u202egpj.exe", "ảnh_gpj.exe"),
        ("a<script>.pdf", "a_script_.pdf"),
        ("...pdf", "pdf"),
        ("  .  ", "file"),
        ("", "file"),
        ("\x00.pdf", "_.pdf"),
    ],
)
def test_the_name_is_cleaned(typed, kept):
    assert clean_name(typed) == kept


@given(st.text(max_size=400))
@example("x" * 400 + ".pdf")
@example("ệ" * 150 + "." + "x" * 300)
def test_a_cleaned_name_is_short_and_harmless(typed):
    name = clean_name(typed)

    assert 0 < len(name) <= 150
    assert not set(name) & set('"<>|:*?;/\\\x00\r\n\t\u202e\u2066')
    assert clean_name(name) == name
