import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from activities.loading import load_plan, read_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def bao_loc():
    from activities.catalogue import load_catalogues

    load_catalogues()
    return load_plan(read_plan("bao-loc"))[0].locality


def test_a_user_of_an_agency_with_a_password_that_works(bao_loc, capsys):
    call_command("add_user", "hanh", agency="bao-loc/phong-noi-vu", role="coordinator", name="Nguyễn Thị Hạnh")

    user = User.objects.get(username="hanh")
    password = capsys.readouterr().out.split()[-1]
    assert (user.agency.slug, user.role, user.full_name) == ("phong-noi-vu", "coordinator", "Nguyễn Thị Hạnh")
    assert user.check_password(password)


@pytest.mark.parametrize("agency", ["bao-loc/so-noi-vu", "da-lat/phong-noi-vu", "phong-noi-vu"])
def test_an_agency_that_does_not_exist(bao_loc, agency):
    with pytest.raises(CommandError, match="There is no agency"):
        call_command("add_user", "hanh", agency=agency, role="coordinator", name="Hạnh")

    assert not User.objects.exists()


def test_a_name_that_is_taken(bao_loc):
    User.objects.create(username="hanh", agency=bao_loc.agencies.first(), full_name="Hạnh")

    with pytest.raises(CommandError):
        call_command("add_user", "hanh", agency="bao-loc/phong-noi-vu", role="leader", name="Hạnh")
