"""People from Excel: new ones invited, known ones changed, nobody locked by being left out."""

from datetime import date

import pytest
from django.core import mail

from accounts.jobs import run_waiting
from accounts.models import Role, User, UserAct
from agencies.importing import Outcome
from agencies.tests.factories import AgencyFactory
from agencies.tests.workbooks import changed, workbook

from .factories import PASSWORD, UserFactory, login

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

PAGE = "/users/import/"
HEADINGS = ("Họ và tên", "User name", "E-mail", "Cơ quan", "Vai trò")


@pytest.fixture(autouse=True)
def september(clock):
    clock(date(2026, 9, 17))


@pytest.fixture
def admin():
    person = UserFactory(role=Role.ADMINISTRATOR, full_name="Vũ Đức Thắng", username="thang", email="thang@mh.example")
    person.agency.name = person.agency.short_name = "Sở Nội vụ"
    person.agency.save()
    person.set_password(PASSWORD)
    person.save()
    person.browser = login(person)
    return person


def preview(admin, *rows, headings=HEADINGS):
    response = admin.browser.post(PAGE, {"file": workbook(headings, *rows)})
    assert response.status_code == 302, response.context["form"].errors
    return admin.browser.get(response.url)


def write(admin, page):
    return admin.browser.post(PAGE, {"upload": page.context["upload"].token, "seen": page.context["preview"].digest})


def faults(page):
    return [set(row.faults) for row in page.context["preview"].rows]


def test_new_people_are_invited(admin):
    page = preview(
        admin,
        ("Vì Văn Thoại", "", "", "so noi vu", ""),
        ("Vì Văn Thoại", "", "", "Sở Nội vụ", "Leader"),
        ("Lò Thị Duyên", "duyen", "duyen@mh.example", "Sở Nội vụ", "coordinator"),
    )
    assert [row.outcome for row in page.context["preview"].rows] == [Outcome.ADDED] * 3

    write(admin, page)
    run_waiting()

    people = {user.username: user for user in User.objects.exclude(pk=admin.pk)}
    assert {name: user.role for name, user in people.items()} == {
        "thoaivv": Role.FOCAL_POINT,
        "thoaivv2": Role.LEADER,
        "duyen": Role.COORDINATOR,
    }
    assert all(user.invited_at and not user.has_usable_password() for user in people.values())
    assert [letter.to for letter in mail.outbox] == [["duyen@mh.example"]]
    assert people["duyen"].events.get().act == UserAct.INVITED


def test_known_people_are_changed_and_it_is_written_down(admin):
    person = UserFactory(agency=admin.agency, username="tuanlm", email="tuan@mh.example", full_name="Lê Tuấn")
    other = AgencyFactory(locality=admin.agency.locality, name="Sở Y tế")

    page = preview(
        admin,
        ("Lê Minh Tuấn", "TUANLM", "", "", "leader"),
        ("Vũ Đức Thắng", "", "THANG@mh.example", "Sở Y tế", ""),
    )
    assert [row.changed for row in page.context["preview"].rows] == [["name", "role"], ["email", "agency"]]
    write(admin, page)

    person.refresh_from_db(), admin.refresh_from_db()
    assert (person.full_name, person.role, person.email) == ("Lê Minh Tuấn", Role.LEADER, "tuan@mh.example")
    assert admin.agency == other
    assert person.events.get().act == UserAct.CHANGED


def test_the_workbook_of_what_there_is_changes_nothing(admin):
    UserFactory(agency=admin.agency)
    locked = UserFactory(agency=admin.agency, is_active=False, full_name="Cà Văn Inh")
    content = admin.browser.get(f"{PAGE}?template").content

    page = admin.browser.get(admin.browser.post(PAGE, {"file": changed(content, lambda sheet: None)}).url)

    assert [row.outcome for row in page.context["preview"].rows] == [Outcome.UNCHANGED] * 2
    assert page.context["preview"].left == []
    locked.refresh_from_db()
    assert not locked.is_active


FAULTY = {
    "no name": (("", "", "", "Sở Nội vụ", ""), {"name"}),
    "no agency": (("Lò Thị Duyên", "", "", "", ""), {"agency"}),
    "an agency nobody knows": (("Lò Thị Duyên", "", "", "Sở Lạ", ""), {"agency"}),
    "an ended agency": (("Lò Thị Duyên", "", "", "Sở Cũ", ""), {"agency"}),
    "a foreign agency": (("Lò Thị Duyên", "", "", "Sở Ngoài", ""), {"agency"}),
    "no address": (("Lò Thị Duyên", "", "duyen", "Sở Nội vụ", ""), {"email"}),
    "anothers address": (("Lò Thị Duyên", "duyen", "thang@mh.example", "Sở Nội vụ", ""), {"email"}),
    "no role": (("Lò Thị Duyên", "", "", "Sở Nội vụ", "vua"), {"role"}),
    "a user name with spaces": (("Lò Thị Duyên", "lo duyen", "", "Sở Nội vụ", ""), {"username"}),
    "a user name of elsewhere": (("Lò Thị Duyên", "xa", "", "Sở Nội vụ", ""), {"username"}),
    "ones own role": (("Vũ Đức Thắng", "thang", "", "Sở Nội vụ", "leader"), {"role"}),
}


@pytest.mark.parametrize("case", FAULTY)
def test_a_faulty_row_holds_up_all_the_others(admin, case):
    AgencyFactory(locality=admin.agency.locality, name="Sở Cũ", valid_to=date(2025, 2, 28))
    UserFactory(agency=AgencyFactory(name="Sở Ngoài"), username="xa")
    row, keys = FAULTY[case]

    page = preview(admin, ("Vì Văn Thoại", "", "", "Sở Nội vụ", ""), row)

    assert faults(page) == [set(), keys]
    assert write(admin, page).status_code == 422
    assert User.objects.count() == 2


def test_one_person_in_two_rows(admin):
    page = preview(
        admin,
        ("Lò Thị Duyên", "duyen", "d@mh.example", "Sở Nội vụ", ""),
        ("Lò Thị Duyên", "DUYEN", "", "Sở Nội vụ", ""),
        ("Lò Thị Duyên", "", "D@mh.example", "Sở Nội vụ", ""),
        ("Vũ Đức Thắng", "thang", "", "", ""),
        ("Vũ Đức Thắng", "", "thang@mh.example", "", ""),
    )

    assert faults(page) == [set(), {"name"}, {"name"}, set(), {"name"}]


def test_the_last_administrator_stays(admin):
    other = UserFactory(role=Role.ADMINISTRATOR, agency=admin.agency, username="khac")
    other.set_unusable_password()
    other.save()
    other.browser = login(other)

    page = preview(other, ("Vũ Đức Thắng", "thang", "", "", "leader"))

    assert faults(page) == [{"role"}]


def test_people_not_in_the_workbook_stay(admin):
    page = preview(admin, ("Vì Văn Thoại", "", "", "Sở Nội vụ", ""))

    assert page.context["preview"].left == ["Vũ Đức Thắng"]
    write(admin, page)
    admin.refresh_from_db()
    assert admin.is_active


def test_a_name_taken_between_preview_and_writing(admin):
    page = preview(admin, ("Lò Thị Duyên", "duyen", "", "Sở Nội vụ", ""))
    UserFactory(username="duyen")

    response = write(admin, page)

    assert response.status_code == 422
    assert User.objects.count() == 2
