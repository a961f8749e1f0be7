"""A workbook is kept for its sender alone, for a day."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from agencies.uploads import keep, kept, rounds

NOW = timezone.make_aware(datetime(2026, 9, 17, 10, 42))
HANH, SON = SimpleNamespace(pk=1), SimpleNamespace(pk=2)


def put(user=HANH, kind="agencies", at=NOW, content=b"abc", name="cơ quan.xlsx"):
    return keep(ContentFile(content, name), user=user, kind=kind, at=at)


def test_what_was_kept_comes_back():
    upload = kept(put().token, user=HANH, kind="agencies", at=NOW)

    assert (upload.name, upload.at, upload.written) == ("cơ quan.xlsx", NOW, False)
    with upload.open() as file:
        assert file.read() == b"abc"


@pytest.mark.parametrize(
    "asked", [{"user": SON}, {"kind": "users"}, {"at": NOW + timedelta(days=1, seconds=1)}, {"at": NOW - timedelta(2)}]
)
def test_it_is_not_there_for_others_for_other_lists_nor_another_day(asked):
    token = put().token

    assert kept(token, **{"user": HANH, "kind": "agencies", "at": NOW, **asked}) is None


@pytest.mark.parametrize("token", ["", None, "0" * 32, "../../1/agencies/x", "a" * 31, "A" * 32, "\x00"])
def test_what_is_no_token_of_ours_finds_nothing(token):
    put()

    assert kept(token, user=HANH, kind="agencies", at=NOW) is None


def test_rounds_are_told_newest_first_with_what_came_of_them():
    put().noted(rows=16, faulty=6)
    second = put(at=NOW + timedelta(hours=1)).noted(rows=17, faulty=0)
    put(kind="users")
    second.noted(written=True).forget()

    told = rounds(user=HANH, kind="agencies", at=NOW + timedelta(hours=2))

    assert [(each.rows, each.faulty, each.written) for each in told] == [(17, 0, True), (16, 6, False)]
    assert kept(second.token, user=HANH, kind="agencies", at=NOW) is None


def test_the_next_upload_of_anybody_clears_what_is_old():
    old, fresh = put(), put(user=SON, kind="activities-12", at=NOW + timedelta(hours=20))

    put(user=SON, at=NOW + timedelta(hours=30))

    assert not default_storage.exists(f"imports/1/agencies/{old.token}.xlsx")
    assert not default_storage.exists(f"imports/1/agencies/{old.token}.json")
    assert default_storage.exists(f"imports/2/activities-12/{fresh.token}.xlsx")


def test_a_name_of_a_file_is_only_shown():
    assert put(name="a\x00b\\c.xlsx").name == "a_b_c.xlsx"
