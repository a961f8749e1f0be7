"""The administrator's pages about people."""

from datetime import date, datetime

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.jobs import run_waiting
from accounts.models import Role, User
from agencies.tests.factories import AgencyFactory
from agencies.tests.workbooks import read

from .factories import PASSWORD, UserFactory, login

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

AT = timezone.make_aware(datetime(2026, 9, 15, 8))
LIST = reverse("accounts:users")


@pytest.fixture(autouse=True)
def september(clock):
    clock(date(2026, 9, 17))


@pytest.fixture
def admin():
    person = UserFactory(role=Role.ADMINISTRATOR, full_name="Vũ Đức Thắng", username="thang")
    person.set_password(PASSWORD)
    person.save()
    person.browser = login(person)
    return person


@pytest.fixture
def person(admin):
    person = UserFactory(
        agency=AgencyFactory(locality=admin.agency.locality, name="Sở Tài chính"),
        full_name="Lê Minh Tuấn",
        username="tuanlm",
        last_login=AT,
    )
    person.set_password(PASSWORD)
    person.save()
    return person


def typed(person, **more):
    return {
        "full_name": person.full_name,
        "email": person.email,
        "agency": person.agency_id,
        "role": person.role,
        "username": person.username,
        **more,
    }


def save(admin, person, **more):
    return admin.browser.post(reverse("accounts:user", args=[person.pk]), typed(person, **more))


# The list


def names(page):
    return [person.full_name for person, _state, _expires in page.context["rows"]]


@pytest.mark.parametrize(
    "query, found",
    [
        ("text=le tuan", True),
        ("text=TUANLM", True),
        ("text=minhhoa.example tuan", True),
        ("text=thang", False),
        ("role=focal_point", True),
        ("role=leader", False),
        ("state=active", True),
        ("state=locked", False),
        ("state=invited", False),
        ("role=king", True),
    ],
)
def test_people_are_found_by_words_role_and_state(admin, person, query, found):
    assert ("Lê Minh Tuấn" in names(admin.browser.get(f"{LIST}?{query}"))) == found


def test_people_of_an_agency(admin, person):
    assert names(admin.browser.get(LIST, {"agency": person.agency_id})) == ["Lê Minh Tuấn"]


def test_people_in_dictionary_order(admin, person):
    for name in ("Đặng Văn Sơn", "Dương Văn An", "Ân Thị Bình"):
        UserFactory(agency=person.agency, full_name=name)

    assert names(admin.browser.get(f"{LIST}?sort=name")) == [
        "Ân Thị Bình",
        "Dương Văn An",
        "Đặng Văn Sơn",
        "Lê Minh Tuấn",
        "Vũ Đức Thắng",
    ]


def test_the_list_as_a_workbook_says_what_is_shown(admin, person):
    file = admin.browser.get(f"{LIST}?text=tuan&export=xlsx")

    rows = list(read(file.content).worksheets[0].values)
    assert rows[0][:2] == ("User", "User name")
    assert [row[0] for row in rows[1:]] == ["Lê Minh Tuấn"]


def test_people_of_other_localities_are_not_in_it(admin):
    UserFactory(full_name="Người Ngoài")

    assert names(admin.browser.get(LIST)) == ["Vũ Đức Thắng"]


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.FOCAL_POINT, Role.LEADER])
def test_others_are_told_who_looks_after_accounts(role, admin, person):
    browser = login(UserFactory(role=role, agency=person.agency))

    for name, args in {
        "accounts:users": [],
        "accounts:invite": [],
        "accounts:user_import": [],
        "accounts:invitation_links": [],
        "accounts:user": [person.pk],
        "accounts:hand_over": [person.pk],
        "agencies:users": [person.agency_id],
    }.items():
        response = browser.get(reverse(name, args=args))
        assert response.status_code == 403, name
        assert "looked after by the administrator" in response.text
    assert browser.post(reverse("accounts:user_move", args=[person.pk, "lock"])).status_code == 403


# One person


def test_an_account_is_changed_and_says_so(admin, person):
    other = AgencyFactory(locality=admin.agency.locality)

    response = save(admin, person, full_name="Lê  Minh  Tuấn", role=Role.LEADER, agency=other.pk, email="t@mh.example")

    assert response.url == reverse("accounts:user", args=[person.pk])
    person.refresh_from_db()
    assert (person.full_name, person.role, person.agency, person.email) == (
        "Lê Minh Tuấn",
        Role.LEADER,
        other,
        "t@mh.example",
    )
    page = admin.browser.get(response.url)
    assert "Sở Tài chính → " in page.text and "Vũ Đức Thắng" in page.text


FAULTY = {
    "full_name": [{"full_name": ""}, {"full_name": "x" * 151}],
    "email": [{"email": "không phải thư"}],
    "agency": [{"agency": ""}, {"agency": "0"}],
    "role": [{"role": ""}, {"role": "king"}],
    "username": [{"username": ""}, {"username": "có dấu cách"}, {"username": "x" * 151}],
}


@pytest.mark.parametrize("field, data", [(field, data) for field, cases in FAULTY.items() for data in cases])
def test_what_is_wrong_is_said_beside_its_field(admin, person, field, data):
    response = save(admin, person, **data)

    assert list(response.context["form"].errors) == [field]
    person.refresh_from_db()
    assert person.full_name == "Lê Minh Tuấn"


def test_names_and_addresses_are_ones_own(admin, person):
    UserFactory(username="HANH")
    colleague = UserFactory(agency=person.agency, email="Chung@minhhoa.example")
    elsewhere = UserFactory(email="xa@minhhoa.example")

    assert list(save(admin, person, username="hanh").context["form"].errors) == ["username"]
    assert list(save(admin, person, email="chung@MINHHOA.example").context["form"].errors) == ["email"]
    assert str(colleague) in save(admin, person, email=colleague.email).text
    assert save(admin, person, email=elsewhere.email).status_code == 302


def test_agencies_on_offer_are_those_of_today_and_the_persons_own(admin, person):
    ended = AgencyFactory(locality=admin.agency.locality, valid_to=date(2025, 2, 28))
    coming = AgencyFactory(locality=admin.agency.locality, valid_from=date(2026, 10, 1))
    stranger = AgencyFactory()
    for agency in (ended, coming, stranger):
        assert list(save(admin, person, agency=agency.pk).context["form"].errors) == ["agency"]

    User.objects.filter(pk=person.pk).update(agency=ended)
    assert save(admin, person, agency=ended.pk).status_code == 302


def test_nobody_changes_their_own_role(admin):
    response = save(admin, admin, role=Role.LEADER)

    assert list(response.context["form"].errors) == ["role"]
    assert save(admin, admin, full_name="Vũ Thắng").status_code == 302


def test_the_last_administrator_keeps_the_role(admin):
    """Said beside the field, whoever of several forms comes second."""
    other = UserFactory(role=Role.ADMINISTRATOR, agency=admin.agency, password="!")
    browser = login(other)

    response = browser.post(reverse("accounts:user", args=[admin.pk]), typed(admin, role=Role.LEADER))

    assert "only administrator" in str(response.context["form"].errors["role"])
    locked = browser.post(reverse("accounts:user_move", args=[admin.pk, "lock"]), follow=True)
    assert "only administrator" in locked.text
    admin.refresh_from_db()
    assert admin.is_active and admin.is_administrator


def test_locking_and_unlocking(admin, person):
    page = reverse("accounts:user", args=[person.pk])

    locked = admin.browser.post(reverse("accounts:user_move", args=[person.pk, "lock"]), follow=True)
    assert "is locked out" in locked.text and reverse("accounts:user_move", args=[person.pk, "unlock"]) in locked.text
    assert login().post("/", {"username": "tuanlm", "password": PASSWORD}).status_code == 200

    admin.browser.post(reverse("accounts:user_move", args=[person.pk, "unlock"]))
    assert login().post("/", {"username": "tuanlm", "password": PASSWORD}).status_code == 302
    assert page in admin.browser.get(LIST).text


def test_what_is_no_act_is_not_there(admin, person):
    assert admin.browser.post(reverse("accounts:user_move", args=[person.pk, "promote"])).status_code == 404


# Inviting


def invite(admin, **more):
    data = {"full_name": "Vì Văn Thoại", "email": "", "agency": admin.agency_id, "role": Role.FOCAL_POINT, **more}
    return admin.browser.post(reverse("accounts:invite"), data)


def test_an_invitation_makes_the_account_and_shows_the_link(admin):
    response = invite(admin, email="thoai.vv@muonglai.example")
    run_waiting()

    person = User.objects.get(username="thoai.vv")
    assert (person.agency, person.role, person.has_usable_password()) == (admin.agency, Role.FOCAL_POINT, False)
    page = admin.browser.get(response.url)
    assert page.context["link"] in page.text and page.context["link"].startswith("http://testserver/invitations/")
    assert page.context["link"] in mail.outbox[0].body
    assert login().get(page.context["link"]).status_code == 200


def test_without_an_address_the_link_is_passed_on(admin):
    response = invite(admin)
    run_waiting()

    assert "Pass the link below on" in admin.browser.get(response.url).text
    assert User.objects.get(username="thoaivv") and mail.outbox == []


def test_an_invitation_again_voids_the_first(admin, clock):
    invite(admin)
    person = User.objects.get(username="thoaivv")
    page = reverse("accounts:user", args=[person.pk])
    first = admin.browser.get(page).context["link"]

    clock(date(2026, 9, 18))
    admin.browser.post(reverse("accounts:user_move", args=[person.pk, "invite"]))

    second = admin.browser.get(page).context["link"]
    assert (login().get(first).status_code, login().get(second).status_code) == (404, 200)


def test_a_link_that_has_ended_is_not_shown(admin, clock):
    invite(admin)
    clock(date(2026, 9, 30))

    page = admin.browser.get(reverse("accounts:user", args=[User.objects.get(username="thoaivv").pk]))

    assert page.context["link"] == "" and "The link ended on 24/09/2026" in page.text


@pytest.mark.parametrize(
    "data, fields",
    [
        ({"full_name": ""}, ["full_name"]),
        ({"agency": ""}, ["agency"]),
        ({"role": "king"}, ["role"]),
        ({"username": "thang"}, ["username"]),
        ({"email": "x", "full_name": ""}, ["full_name", "email"]),
    ],
)
def test_a_faulty_invitation_loses_nothing(admin, data, fields):
    response = invite(admin, **{"email": "giu@lai.example", **data})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == fields
    assert "giu@lai.example" in response.text or "email" in data
    assert User.objects.count() == 1


def test_a_foreign_agency_invites_nobody(admin):
    response = invite(admin, agency=AgencyFactory().pk)

    assert list(response.context["form"].errors) == ["agency"]
    assert admin.browser.get(reverse("accounts:invite"), {"agency": AgencyFactory().pk}).context["form"].initial == {
        "agency": None
    }


def test_the_links_as_a_list_for_offices_without_mail(admin, clock):
    invite(admin)
    clock(date(2026, 9, 30))
    invite(admin, full_name="Lò Thị Duyên", email="duyen@mh.example")
    UserFactory(invited_at=AT)

    file = admin.browser.get(reverse("accounts:invitation_links"))

    rows = list(read(file.content).worksheets[0].values)
    assert [row[1] for row in rows[1:]] == ["Lò Thị Duyên"]
    assert login().get(rows[1][5]).status_code == 200


def test_two_who_take_one_user_name_at_the_same_moment(admin, person, monkeypatch):
    """The form found it free; the database says otherwise, and the form says that."""
    monkeypatch.setattr("accounts.forms.PersonForm.clean_username", lambda form: form.cleaned_data["username"])
    monkeypatch.setattr("accounts.forms.PersonForm.validate_unique", lambda form: None)

    assert list(invite(admin, username="tuanlm").context["form"].errors) == ["username"]
    assert list(save(admin, person, username="thang").context["form"].errors) == ["username"]
