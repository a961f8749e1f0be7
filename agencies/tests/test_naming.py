from datetime import date

import pytest

from agencies.models import Agency
from agencies.naming import Names, free_slug

BEFORE = Agency(pk=1, name="Sở Nội vụ", short_name="SNV", slug="so-noi-vu", valid_to=date(2025, 2, 28))
NOW = Agency(pk=2, name="Sở Nội vụ", short_name="Sở Nội vụ", slug="so-noi-vu-2", valid_from=date(2025, 3, 1))
TAXES = Agency(pk=3, name="Sở Văn hóa, Thể thao và Du lịch", short_name="Sở VHTTDL", slug="so-van-hoa")


@pytest.mark.parametrize("words", ["so van hoa the thao va du lich", "SỞ VHTTDL", "sở văn hóa", "so-van-hoa"])
def test_an_agency_is_found_by_any_of_its_names(words):
    assert Names([BEFORE, NOW, TAXES]).find(words) == [TAXES]


def test_of_two_with_one_name_the_one_that_exists_is_meant():
    names = Names([BEFORE, NOW])

    assert names.find("Sở Nội vụ", date(2024, 1, 1)) == [BEFORE]
    assert names.find("Sở Nội vụ", date(2026, 1, 1)) == [NOW]
    assert names.find("Sở Nội vụ") == [BEFORE, NOW]


def test_nobody_is_found_by_nothing():
    assert Names([TAXES]).find("Sở Y tế") == Names([TAXES]).find("") == []


def test_an_address_name_is_free():
    assert free_slug("Sở Khoa học & Công nghệ", set()) == "so-khoa-hoc-cong-nghe"
    assert free_slug("Đặc khu", {"dac-khu", "dac-khu-2"}) == "dac-khu-3"
    assert free_slug("…", set()) == "co-quan"
    assert len(free_slug("a" * 400, {"a" * 110})) <= 120
