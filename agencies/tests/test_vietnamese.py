"""Vietnamese words: one form, search without accents, dictionary order; the same on SQLite and PostgreSQL."""

import re
import unicodedata
from xml.etree.ElementTree import fromstring
from xml.sax.saxutils import escape

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import example, given, strategies as st

from agencies.models import Agency
from agencies.vietnamese import fold, nfc, sort_key, without_controls

from .factories import AgencyFactory, AgencyGroupFactory, LocalityFactory

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
TONES = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]
VOWELS = "aăâeêioôơuưy"
SYLLABLES = [nfc(vowel + tone) for vowel in VOWELS for tone in TONES] + list(LETTERS)
words = st.text(st.sampled_from(sorted({*SYLLABLES, *map(str.upper, SYLLABLES), *" -,./0123456789"})), max_size=40)


def nfd(text):
    return unicodedata.normalize("NFD", text)


@given(words)
@example("Bảo Lộc")
@example("ĐẶNG VĂN SƠN")
def test_two_keyboards_write_the_same_words(text):
    assert fold(nfc(text)) == fold(nfd(text))
    assert sort_key(nfc(text)) == sort_key(nfd(text))


@given(words)
def test_the_search_form_is_lower_case_ascii_with_single_spaces(text):
    folded = fold(text)

    assert folded.isascii()
    assert folded == folded.lower()
    assert folded == " ".join(folded.split())
    assert fold(folded) == folded
    assert fold(text.upper()) == folded


@given(st.text(max_size=60))
def test_any_text_has_a_search_form_and_a_place(text):
    assert fold(text) == " ".join(fold(text).split())
    assert sort_key(text).isascii()


@given(st.lists(words, max_size=8))
def test_the_order_does_not_depend_on_the_order_of_typing(texts):
    assert [sort_key(text) for text in sorted(texts, key=sort_key)] == sorted(map(sort_key, reversed(texts)))


@pytest.mark.parametrize(
    "typed, folded",
    [
        ("TUYÊN TRUYỀN", "tuyen truyen"),
        ("Thừa Thiên Huế", "thua thien hue"),
        ("Đà Lạt", "da lat"),
        ("  Ủy   ban\tnhân dân ", "uy ban nhan dan"),
        ("12/KH-UBND", "12/kh-ubnd"),
        ("", ""),
    ],
)
def test_search_form(typed, folded):
    assert fold(typed) == folded


IN_ORDER = [
    ["an", "An", "àn", "ản", "ãn", "án", "ạn", "ăn", "Ăn", "ằn", "ân", "Ân", "ấn"],
    ["An", "ành", "ảnh", "ãnh", "ánh", "ạnh", "Ăn", "Ân"],
    ["Cần Thơ", "Dương", "Đà Lạt", "Đông Hà", "E"],
    ["Phường 2", "Phường 2A", "Phường 11", "Phường 100", "Phường B'Lao", "Phường Lộc Phát"],
    ["Bình Định", "Bình Dương"][::-1],
    ["Hà", "Hạ Long", "Hà Nội", "Hải Phòng"],
    ["Lê Anh", "Lê Ánh", "Lê Bình"],
    ["o", "ô", "ơ", "p"],
    ["tu", "tú", "tư", "tứ", "tv"],
]


@pytest.mark.parametrize("names", IN_ORDER, ids=lambda names: names[0])
def test_dictionary_order(names):
    assert sorted(reversed(names), key=sort_key) == names


@pytest.mark.django_db
@pytest.mark.parametrize("names", IN_ORDER, ids=lambda names: names[0])
def test_the_database_sorts_as_the_dictionary_does(names):
    locality = LocalityFactory()
    for name in reversed(names):
        AgencyFactory(locality=locality, name=name)

    assert list(Agency.objects.values_list("name", flat=True)) == names


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["tuyen truyen", "Tuyên truyền", nfd("TUYÊN TRUYỀN"), "TRUYÊN", "yen t"])
def test_search_finds_with_and_without_accents(typed):
    found = AgencyFactory(name="Ban TUYÊN TRUYỀN")
    AgencyFactory(name="Sở Nội vụ")

    assert list(Agency.objects.filter(name_search__contains=fold(typed))) == [found]


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["100%", "a_b", "\\"])
def test_signs_of_the_database_are_only_signs(typed):
    AgencyFactory(name="Sở Nội vụ 100")
    AgencyFactory(name="axb")
    found = AgencyFactory(name=f"Ban {typed}")

    assert list(Agency.objects.filter(name_search__contains=fold(typed))) == [found]


@pytest.mark.django_db
def test_computed_fields_follow_every_way_of_saving():
    agency = AgencyFactory(name="Sở Nội vụ", short_name="SNV")
    assert (agency.name_search, agency.name_sort) == ("so noi vu snv", sort_key("Sở Nội vụ"))

    agency.name = "Sở Tài chính"
    agency.save()
    agency.refresh_from_db()
    assert (agency.name_search, agency.name_sort) == ("so tai chinh snv", sort_key("Sở Tài chính"))

    [made] = Agency.objects.bulk_create([AgencyFactory.build(locality=agency.locality, name="Đài PT-TH")])
    made.refresh_from_db()
    assert (made.name_search, made.name_sort) == ("dai pt-th dai pt-th", sort_key("Đài PT-TH"))


@pytest.mark.django_db
def test_saving_some_fields_leaves_the_search_form_to_a_full_save():
    group = AgencyGroupFactory(name="Các sở")
    group.name = "Các phòng"
    group.save(update_fields=["name", "name_sort"])
    group.refresh_from_db()

    assert group.name_sort == sort_key("Các phòng")


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_sort_column_is_collated_by_bytes():
    with connection.cursor() as cursor:
        cursor.execute(
            "select collation_name from information_schema.columns where table_name=%s and column_name=%s",
            [Agency._meta.db_table, "name_sort"],
        )
        assert cursor.fetchone() == ("C",)


@pytest.mark.django_db
def test_one_slug_in_two_localities():
    first = AgencyFactory(slug="so-noi-vu")
    AgencyFactory(slug="so-noi-vu")

    with pytest.raises(IntegrityError), transaction.atomic():
        AgencyFactory(slug="so-noi-vu", locality=first.locality)


def test_a_letter_has_no_more_marks_than_anybody_writes():
    tower = "a" + "\u0301\u0316" * 20_000

    assert len(nfc(tower + "Bảo Lộc")) == 30 + len("Bảo Lộc")
    assert nfc("\u0f73" * 50) == nfc("\u0f73" * 30)
    assert fold(tower) == "a"


@given(st.text(max_size=200))
def test_text_as_people_write_it_is_only_composed(text):
    assert nfc(text) == unicodedata.normalize("NFC", text) or re.search(r"[\u0300-\u036f]{31}", text)


@given(st.text())
def test_without_controls_a_text_can_stand_in_a_document(text):
    kept = without_controls(text)

    fromstring(f"<w>{escape(kept)}</w>".encode())
    assert without_controls("một\x01 hai\t\n\ufffe ba\uffff\ud800") == "một hai\t\n ba"
