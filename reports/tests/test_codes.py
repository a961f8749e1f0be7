"""The check code: noticed when mistyped, read however it is written."""

import pytest
from hypothesis import given, strategies as st

from reports.sealing.codes import ALPHABET, LENGTH, in_groups, is_sound, new_code, read
from reports.sealing.qr import check_qr, check_qr_png, check_url

places = st.integers(0, LENGTH - 1)


def plain(code):
    return code.replace("-", "")


def test_a_new_code_is_sound_and_hard_to_guess():
    codes = {new_code() for _n in range(500)}

    assert len(codes) == 500
    assert all(is_sound(plain(code)) and len(code) == 14 for code in codes)
    assert (LENGTH - 1) * len(ALPHABET).bit_length() > 50


@given(places, st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(place, character):
    code = plain(new_code())
    typed = code[:place] + character + code[place + 1 :]

    assert is_sound(typed) == (typed == code)


@given(st.integers(0, LENGTH - 2))
def test_two_neighbours_that_changed_places_are_noticed(place):
    code = plain(new_code())
    typed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    assert is_sound(typed) == (typed == code)


@pytest.mark.parametrize("write", [str.lower, plain, lambda code: code.replace("-", " "), lambda code: f" {code}\n"])
def test_it_is_read_however_it_is_written(write):
    code = new_code()

    assert read(write(code)).code == code


def test_what_is_wrong_with_it_is_told():
    code = plain(new_code())
    other = ALPHABET[(ALPHABET.index(code[0]) + 1) % len(ALPHABET)]

    assert read("").fault == "empty"
    assert (read(code[:-1]).fault, read(code[:-1]).about) == ("length", "11")
    assert (read(f"O{code[1:]}").fault, read(f"O{code[1:]}").about) == ("characters", "O")
    assert read(other + code[1:]).fault == "mistyped"
    assert read(in_groups(code)).fault == ""


def test_a_sha256_is_read_in_groups_and_capitals():
    digest = "83aaf701" * 8

    assert read(" ".join(["83AAF701"] * 8)).sha256 == digest
    assert (read(digest[:-1]).fault, read(digest[:-1]).about) == ("hash_length", "63")


@given(st.text(max_size=300))
def test_whatever_is_typed_is_answered(typed):
    asked = read(typed)

    assert bool(asked.code) + bool(asked.sha256) + bool(asked.fault) == 1


def test_the_qr_code_leads_to_the_page_of_the_code():
    url = check_url("7K2F-9QXM-4TRD")

    assert url == "https://portal.example/check/7K2F-9QXM-4TRD/"
    assert check_qr(url).startswith("<svg") and "viewBox" in check_qr(url) and "width=" not in check_qr(url)
    assert check_qr_png(url).startswith(b"\x89PNG")
