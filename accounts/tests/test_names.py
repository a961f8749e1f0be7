import pytest

from accounts.names import free_username, from_name

from .factories import UserFactory


@pytest.mark.parametrize(
    "full_name, username",
    [
        ("Vì Văn Thoại", "thoaivv"),
        ("Quàng Thị Pâng", "pangqt"),
        ("Đặng Sơn", "sond"),
        ("Kpă H’Lan", "hlank"),
        ("Hạnh", "hanh"),
        ("", ""),
        ("…", ""),
    ],
)
def test_a_name_as_offices_make_them(full_name, username):
    assert from_name(full_name) == username


@pytest.mark.django_db
def test_a_user_name_nobody_has():
    UserFactory(username="thoaivv")
    UserFactory(username="ThoaiVV2")

    assert free_username("", "Vì Văn Thoại") == "thoaivv3"
    assert free_username("thoai.vv@muonglai.example", "Vì Văn Thoại") == "thoai.vv"
    assert free_username("", "Vì Văn Thoại", taken={"thoaivv3"}) == "thoaivv4"
    assert free_username("", "…") == "user"
    assert free_username("@", "Lò Thị Duyên") == "duyenlt"
