"""Files and links put on a line: what is kept of a picture, several at once, what is refused and what is said."""

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from PIL import Image, ImageCms, ImageFile
from PIL.PngImagePlugin import PngInfo

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities import pictures
from activities.attachments import keep_file
from activities.models import ActivityProgress, Evidence, EvidenceKind, QuarterlyUpdate, ScanState, Status
from activities.workflow import move

from .factories import PDF, TODAY, EvidenceFactory, make_world, moment
from .test_files import SOUND, package

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

SCRIPT = {"X-Autosave": "1"}
SECRET = b"21.0285N 105.8542E"


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


def upload(name, content=PDF):
    return SimpleUploadedFile(name, content)


def kept(name, content, max_mb=20):
    file = keep_file(upload(name, content), max_mb=max_mb)
    return Image.open(io.BytesIO(file.content.read())), file


def address(world, activity=None):
    return reverse("activities:evidence_add", args=[world.update.pk, (activity or world.activity).pk])


def add(world, *files, by=None, **fields):
    return login(by or world.focal_point).post(address(world), {"files": files, **fields}, headers=SCRIPT)


# Pictures


def talkative(kind, mode="RGB", size=(400, 200), **options):
    """A picture that tells where it was taken, in every way its format has; red on the left, blue on the right."""
    image = Image.new(mode, size, "blue" if mode != "L" else 20)
    image.paste("red" if mode != "L" else 200, (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8825)[1] = SECRET.decode()
    exif.update(options.pop("exif", {}))
    told = {"exif": exif, "xmp": b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>", "comment": SECRET}
    if kind == "PNG":
        text = PngInfo()
        text.add_text("Comment", SECRET.decode())
        text.add_itxt("XML:com.adobe.xmp", SECRET.decode())
        told = {"exif": exif, "pnginfo": text}
    made = io.BytesIO()
    image.save(made, kind, **(told | options))
    return made.getvalue() + SECRET


@pytest.mark.parametrize("extension, kind", [("jpg", "JPEG"), ("png", "PNG"), ("webp", "WEBP")])
def test_of_a_picture_nothing_is_kept_but_what_one_sees(extension, kind):
    content = talkative(kind)
    assert content.count(SECRET) >= 3

    image, file = kept(f"ảnh.{extension}", content)

    file.content.seek(0)
    assert SECRET not in file.content.read()
    assert not image.getexif()
    assert {*image.info} <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "loop", "background", "timestamp"} | {
        "duration"
    }
    assert (image.format, image.size) == (kind, (400, 200))
    left, right = image.convert("RGB").getpixel((50, 100)), image.convert("RGB").getpixel((350, 100))
    assert left[0] > 200 > 60 > left[2] and right[2] > 200 > 60 > right[0]


@pytest.mark.parametrize(
    "orientation, size, corner", [(1, (40, 20), "red"), (3, (40, 20), "blue"), (6, (20, 40), "red")]
)
def test_a_picture_lying_on_its_side_is_set_upright(orientation, size, corner):
    image, _file = kept("anh.jpg", talkative("JPEG", size=(40, 20), exif={0x0112: orientation}))

    red, _green, blue = image.getpixel((1, 1))
    assert image.size == size
    assert (red > blue) == (corner == "red")


def test_a_photograph_keeps_its_quality():
    made = io.BytesIO()
    Image.effect_noise((200, 200), 80).convert("RGB").save(made, "JPEG", quality=93, subsampling=0)
    before = Image.open(io.BytesIO(made.getvalue()))

    image, _file = kept("anh.jpg", made.getvalue())

    assert image.quantization == before.quantization
    assert image.layer == before.layer


@pytest.mark.parametrize(
    "mode, kind", [("L", "JPEG"), ("CMYK", "JPEG"), ("RGBA", "PNG"), ("P", "PNG"), ("LA", "PNG"), ("1", "PNG")]
)
def test_every_kind_of_colour(mode, kind):
    made = io.BytesIO()
    Image.new(mode, (20, 20)).save(made, kind)

    image, file = kept("anh.png" if kind == "PNG" else "anh.jpg", made.getvalue())

    assert image.size == (20, 20)
    assert Image.open(file.thumbnail).format == "WEBP"


def test_what_is_see_through_stays_so():
    made = io.BytesIO()
    stamp = Image.new("P", (20, 20), 3)
    stamp.putpalette([200, 10, 10] * 8)
    stamp.save(made, "PNG", transparency=3)

    image, _file = kept("dau.png", made.getvalue())

    assert image.convert("RGBA").getpixel((5, 5))[3] == 0


def test_other_colours_become_the_usual_ones():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    image, _file = kept("anh.jpg", talkative("JPEG", icc_profile=profile))

    assert "icc_profile" not in image.info
    assert image.getpixel((50, 100))[0] > 200


def test_a_lossless_picture_stays_lossless():
    made = io.BytesIO()
    noise = Image.effect_noise((60, 60), 90).convert("RGB")
    noise.save(made, "WEBP", lossless=True)

    image, _file = kept("anh.webp", made.getvalue())

    assert image.convert("RGB").tobytes() == noise.tobytes()


def test_the_thumbnail_is_small_and_upright():
    _image, file = kept("anh.jpg", talkative("JPEG", size=(1600, 800), exif={0x0112: 6}))

    thumbnail = Image.open(file.thumbnail)
    assert thumbnail.format == "WEBP"
    assert thumbnail.size == (160, 320)
    file.thumbnail.seek(0)
    assert SECRET not in file.thumbnail.read()


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unfolded(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_PIXELS", 1000)

    with pytest.raises(ValidationError, match="more than 50 million pixels"):
        kept("anh.png", talkative("PNG"))


def layered(scans):
    """A progressive JPEG whose last scan comes so many times more."""
    made = io.BytesIO()
    Image.effect_noise((64, 64), 80).save(made, "JPEG", progressive=True)
    whole = made.getvalue()
    last = whole.rfind(b"\xff\xda")
    return whole[:-2] + whole[last:-2] * scans + b"\xff\xd9"


@pytest.mark.parametrize("name", ["anh.jpg", "anh.jpeg"])
def test_a_picture_of_too_many_layers_is_refused_before_it_is_unfolded(name, monkeypatch):
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda image: pytest.fail("unfolded"))

    with pytest.raises(ValidationError, match="too many layers"):
        kept(name, layered(100))


def test_layers_are_counted_where_they_are():
    """What looks like a scan in a comment, or behind the end, draws nothing."""
    comment = b"\xff\xfe" + (2 + 400).to_bytes(2, "big") + b"\xff\xda\x00\x02" * 100
    plain = layered(0)
    usual = pictures.scans_of(io.BytesIO(plain))

    assert 3 <= usual <= 10
    assert pictures.scans_of(io.BytesIO(plain[:2] + comment + plain[2:] + b"\xff\xda" * 100)) == usual
    assert pictures.scans_of(io.BytesIO(layered(5))) == usual + 5
    assert kept("anh.jpg", layered(5) + b"\xff\xda\x00\x02" * 100)[0].size == (64, 64)


def test_two_pictures_are_opened_at_once(monkeypatch):
    class Room:
        entered = 0

        def __enter__(self):
            self.entered += 1

        def __exit__(self, *_error):
            pass

    room = Room()
    monkeypatch.setattr(pictures, "AT_ONCE", room)

    kept("anh.jpg", layered(0))

    assert room.entered == 1


@pytest.mark.parametrize("pixels", [30_000, 60_000], ids=["an error of Pillow's", "a warning of Pillow's"])
def test_a_bomb_that_pillow_stops_is_refused_in_words(pixels, monkeypatch):
    content = talkative("PNG")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", pixels)
    monkeypatch.setattr(pictures, "MOST_PIXELS", 1000)

    with pytest.raises(ValidationError, match="more than 50 million pixels"):
        kept("anh.png", content)


@pytest.mark.parametrize("allowed", [False, True])
def test_a_picture_that_ends_too_early_is_refused(monkeypatch, allowed):
    """Whatever another library has allowed itself for the whole process, as WeasyPrint does."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", allowed)
    content = talkative("JPEG", size=(600, 600))[:3000]

    with pytest.raises(ValidationError, match="“anh.jpg”"):
        kept("anh.jpg", content)


# Putting evidence on a line


def test_several_files_at_once(world):
    response = add(world, upload("a.pdf"), upload("anh.jpg", SOUND["jpg"]), caption="Hội nghị", dated_on="01/06/2026")

    assert response.status_code == 200
    first, second = Evidence.objects.order_by("pk")
    assert (first.file_name, first.content_type, first.size) == ("a.pdf", "application/pdf", len(PDF))
    assert (first.thumbnail.name, bool(second.thumbnail)) == ("", True)
    assert {item.caption for item in (first, second)} == {"Hội nghị"}
    assert {item.dated_on for item in (first, second)} == {date(2026, 6, 1)}
    assert {item.progress for item in (first, second)} == {world.line}
    assert {item.scan for item in (first, second)} == {ScanState.NOT_SCANNED}
    html = response.json()["html"]
    assert html.count("<li") == 2
    assert reverse("activities:evidence_thumbnail", args=[second.pk]) in html


def test_the_update_was_saved_with_it(world):
    response = add(world, upload("a.pdf"))

    update = QuarterlyUpdate.objects.get()
    assert update.version == response.json()["version"] == world.update.version + 1
    assert update.saved_at.date() == TODAY


def test_each_file_is_kept_wholly_or_not_at_all(world):
    response = add(world, upload("a.pdf"), upload("b.exe"), upload("c.jpg", PDF))

    assert response.status_code == 422
    answer = response.json()
    assert [item.file_name for item in Evidence.objects.all()] == ["a.pdf"]
    assert answer["html"].count("<li") == 1
    assert set(answer["errors"]) == {"b.exe", "c.jpg"}
    assert "is not of an accepted kind" in answer["errors"]["b.exe"]


def test_a_link_with_title_and_date(world):
    add(world, url="https://Minhhoa.example/tin-1?utm_source=zalo", caption="Tin trên cổng", dated_on="2/6/2026")

    item = Evidence.objects.get()
    assert (item.kind, item.url, item.caption) == (EvidenceKind.LINK, "https://minhhoa.example/tin-1", "Tin trên cổng")
    assert item.dated_on == date(2026, 6, 2)


def test_an_address_without_its_beginning_is_given_one(world):
    add(world, url="facebook.com/minhhoa/posts/1")

    assert Evidence.objects.get().url == "https://facebook.com/minhhoa/posts/1"


def test_a_script_hears_that_a_file_is_there_already(world):
    assert "note" not in add(world, upload("a.pdf")).json()

    again = add(world, upload("a.pdf"))

    assert again.status_code == 200
    assert (again.json()["html"], again.json()["note"]) == ("", "This evidence is already there.")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://a.example/b", "khong phai", "https://" + "a" * 1000 + ".vn"]
)
def test_a_link_that_is_none(url, world):
    response = add(world, url=url)

    assert response.status_code == 422
    assert list(response.json()["errors"]) == ["url"]
    assert not Evidence.objects.exists()


def test_a_day_that_has_not_come(world):
    response = add(world, upload("a.pdf"), dated_on="16/06/2026")

    assert response.json()["errors"] == {"dated_on": "Evidence is of a day that has come; today is 15/06/2026."}
    assert not Evidence.objects.exists(), "title and date belong to all of it"


def test_nothing_chosen_is_said(world):
    assert add(world).json()["errors"] == {"files": "Choose a file, or write the address of a page."}


def test_the_same_is_kept_once(world):
    for _time in range(2):
        response = add(world, upload("a.pdf"), upload("b.pdf"), url="https://a.example/tin")

    assert response.json()["html"] == ""
    assert Evidence.objects.count() == 2, "two names of one file, and a link"


def test_a_line_that_is_not_there_yet_begins_empty(world):
    world.line.delete()

    assert add(world, upload("a.pdf")).status_code == 200

    line = ActivityProgress.objects.get()
    assert (line.state, line.percent, line.evidence.count()) == ("", None, 1)


def test_no_line_begins_for_what_is_refused(world):
    world.line.delete()

    assert add(world, upload("a.exe")).status_code == 422
    assert not ActivityProgress.objects.exists()


def test_more_files_than_anybody_looks_at(world):
    response = add(world, *[upload(f"{number}.pdf") for number in range(21)])

    assert response.json()["errors"] == {"files": "At most 20 files at once."}


def test_without_a_script_it_goes_back_to_the_activity_and_says_what_happened(world):
    browser = login(world.focal_point)

    response = browser.post(address(world), {"files": [upload("a.pdf"), upload("b.exe")]})

    assert response.url == reverse("activities:sheet", args=[world.update.pk]) + f"#activity-{world.activity.pk}"
    said = [str(message) for message in response.wsgi_request._messages]
    assert said[0].startswith("“b.exe” is not of an accepted kind")
    assert said[1] == "1 piece of evidence added."


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.APPROVED])
def test_nothing_is_added_to_what_was_sent(status):
    world = make_world(status)

    assert add(world, upload("a.pdf")).status_code == 403
    assert add(world, upload("a.pdf"), by=world.coordinator).status_code == 403
    assert not Evidence.objects.exists()


def test_nothing_is_added_once_the_period_is_locked(world, clock):
    clock(world.period.locks_on)

    assert add(world, upload("a.pdf")).status_code == 403
    assert not Evidence.objects.exists()


def test_who_may_not(world):
    strangers = {
        UserFactory(agency__locality=world.locality): 403,
        world.coordinator: 403,
        UserFactory(role=Role.COORDINATOR): 404,
    }
    for person, answer in strangers.items():
        assert add(world, upload("a.pdf"), by=person).status_code == answer
    assert not Evidence.objects.exists()


def test_an_activity_the_agency_does_not_report_is_not_found(world):
    other = make_world(locality=world.locality).activity

    response = login(world.focal_point).post(address(world, other), {"files": [upload("a.pdf")]})

    assert response.status_code == 404


def test_a_file_that_unfolds_to_gigabytes_is_refused(world, monkeypatch):
    monkeypatch.setattr("activities.files.MOST_BYTES_UNPACKED", 7)

    response = add(world, upload("a.docx", SOUND["docx"]))

    assert "is not a DOCX file" in response.json()["errors"]["a.docx"]


def test_a_document_of_a_kind_with_macros_is_refused(world):
    made = io.BytesIO(package("word/document.xml"))
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr("[Content_Types].xml", "<x>application/vnd.ms-word.document.macroEnabled.main+xml</x>")

    response = add(world, upload("a.docx", made.getvalue()))

    assert "is not a DOCX file" in response.json()["errors"]["a.docx"]


@pytest.mark.parametrize("brand", [b"heic", b"avif", b"qt  "])
def test_what_only_looks_like_a_film_is_refused(brand, world):
    content = b"\x00\x00\x00\x18ftyp" + brand + bytes(20)

    assert add(world, upload("a.mp4", content)).status_code == 422


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_ten_uploads_at_the_same_moment_begin_one_line_and_keep_one_file(world):
    world.line.delete()
    browsers = [login(world.focal_point) for _ in range(10)]

    def post(browser):
        try:
            return browser.post(address(world), {"files": [upload("a.pdf")]}, headers=SCRIPT).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as people:
        answers = list(people.map(post, browsers))

    assert answers == [200] * 10
    assert ActivityProgress.objects.count() == 1
    assert Evidence.objects.count() == 1


# Title and date


def editing(item):
    return reverse("activities:evidence_edit", args=[item.pk])


def test_a_title_and_a_date_are_given_later(world):
    item = EvidenceFactory(progress=world.line)
    browser = login(world.focal_point)

    assert browser.get(editing(item)).status_code == 200
    response = browser.post(editing(item), {"caption": "Tin trên cổng", "dated_on": "01/06/2026"})

    assert response.url.endswith(f"#activity-{world.activity.pk}")
    item.refresh_from_db()
    assert (item.caption, item.dated_on) == ("Tin trên cổng", date(2026, 6, 1))


def test_a_wrong_date_comes_back_with_its_sentence(world):
    item = EvidenceFactory(progress=world.line)

    response = login(world.focal_point).post(editing(item), {"caption": "Tin", "dated_on": "32/06/2026"})

    assert response.status_code == 422
    item.refresh_from_db()
    assert item.caption == ""


def test_what_was_sent_keeps_its_title(world):
    item = EvidenceFactory(progress=world.line, caption="Tin cũ", added_at=moment(14))
    move(world.update, "submit", by=world.focal_point, at=moment())

    assert login(world.focal_point).post(editing(item), {"caption": "Tin mới"}).status_code == 403
    item.refresh_from_db()
    assert item.caption == "Tin cũ"


def test_what_was_taken_off_has_no_title_to_give(world):
    item = EvidenceFactory(progress=world.line, removed_at=moment())

    assert login(world.focal_point).get(editing(item)).status_code == 404


# Thumbnails


def test_a_thumbnail_is_seen_by_whom_the_picture_is_seen(world):
    add(world, upload("anh.png", SOUND["png"]))
    item = Evidence.objects.get()
    small = reverse("activities:evidence_thumbnail", args=[item.pk])

    response = login(world.focal_point).get(small)

    assert Image.open(io.BytesIO(response.getvalue())).format == "WEBP"
    assert (response["Content-Type"], response["X-Content-Type-Options"]) == ("image/webp", "nosniff")
    assert login(world.coordinator).get(small).status_code == 403
    assert login(UserFactory(role=Role.LEADER)).get(small).status_code == 404


def test_what_is_no_picture_has_no_thumbnail(world):
    item = EvidenceFactory(progress=world.line, is_file=True)

    response = login(world.focal_point).get(reverse("activities:evidence_thumbnail", args=[item.pk]))

    assert response.status_code == 404


def test_a_picture_is_saved_where_that_is_asked_for(world):
    add(world, upload("anh.png", SOUND["png"]))
    browser, item = login(world.focal_point), Evidence.objects.get()
    shown, saved = browser.get(item.get_absolute_url()), browser.get(item.get_absolute_url() + "?download")

    for response, way in ((shown, "inline"), (saved, "attachment")):
        response.getvalue()  # a file is closed once it has been read
        assert response["Content-Disposition"].startswith(way)


def test_file_and_thumbnail_go_together(world, django_capture_on_commit_callbacks):
    add(world, upload("anh.png", SOUND["png"]))
    item = Evidence.objects.get()
    file, small = item.file, item.thumbnail
    assert small.storage.exists(small.name)

    with django_capture_on_commit_callbacks(execute=True):
        login(world.focal_point).post(reverse("activities:evidence_remove", args=[item.pk]))

    assert not file.storage.exists(file.name) and not small.storage.exists(small.name)


@pytest.fixture
def world():
    return make_world()
