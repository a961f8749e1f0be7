"""Logging in and out, the first page of each role, theme and language; nothing else is open to strangers."""

import pytest
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse

from accounts.models import Role, User

from .factories import PASSWORD, UserFactory, login

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

WRONG = "The user name or the password is wrong."
FIRST_PAGE = {
    Role.FOCAL_POINT: "activities:updates",
    Role.COORDINATOR: "activities:updates",
    Role.LEADER: "reports:dashboard",
    Role.ADMINISTRATOR: "reports:dashboard",
}


@pytest.fixture
def person():
    person = UserFactory()
    person.set_password(PASSWORD)
    person.save()
    return person


def credentials(person, password=PASSWORD, **more):
    return {"username": person.username, "password": password, **more}


def test_the_root_is_the_login_form():
    response = login().get("/")

    assert response.status_code == 200
    assert "Log in" in response.text
    assert "novalidate" in response.text


def test_logging_in_leads_home(person):
    response = login().post("/", credentials(person))

    assert response.status_code == 302
    assert response.url == reverse("accounts:home")


def test_logging_in_leads_where_one_was_going(person):
    browser = login()
    asked = browser.get(reverse("plans:list") + "?year=2026")
    assert asked.url == "/?next=/plans/%3Fyear%3D2026"
    assert 'value="/plans/?year=2026"' in browser.get(asked.url).text

    response = browser.post("/", credentials(person, next="/plans/?year=2026"))

    assert response.url == "/plans/?year=2026"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere(person, elsewhere):
    assert login().post("/", credentials(person, next=elsewhere)).url == reverse("accounts:home")
    assert login().post(reverse("accounts:theme"), {"theme": "dark", "next": elsewhere}).url == "/"
    language = login().post(reverse("set_language"), {"language": "vi", "next": elsewhere})
    assert "evil" not in language.url and "javascript" not in language.url


@pytest.mark.parametrize("password", ["sai", "", PASSWORD.upper(), "\x00"])
def test_a_wrong_password_is_refused_kindly(person, password):
    response = login().post("/", credentials(person, password))

    assert response.status_code == 200
    assert "_auth_user_id" not in response.client.session
    assert WRONG in response.text or "This field is required." in response.text or "Null char" in response.text


@pytest.mark.parametrize("name", ["ai.do", "' OR 1=1 --", "<script>", "\x00", "ạ" * 151])
def test_an_unknown_name_is_refused_kindly(person, name):
    response = login().post("/", {"username": name, "password": PASSWORD})

    assert response.status_code == 200
    assert "<script>" not in response.text.replace("<script src", "")


def test_a_closed_account_does_not_log_in(person):
    person.is_active = False
    person.save()

    assert WRONG in login().post("/", credentials(person)).text


def test_closing_an_account_ends_its_sessions(person):
    browser = login(person)
    assert browser.get(reverse("plans:list")).status_code == 200

    User.objects.filter(pk=person.pk).update(is_active=False)

    assert browser.get(reverse("plans:list")).status_code == 302


def test_logging_out_is_a_post(person):
    browser = login(person)
    assert browser.get(reverse("accounts:logout")).status_code == 405

    assert browser.post(reverse("accounts:logout")).url == "/"
    assert browser.get(reverse("plans:list")).status_code == 302


@pytest.mark.parametrize("role", Role)
def test_everyone_lands_on_the_page_of_their_role(role):
    browser = login(UserFactory(role=role))

    assert browser.get(reverse("accounts:home")).url == reverse(FIRST_PAGE[role])
    assert browser.get("/").url == reverse("accounts:home")
    assert browser.get(reverse(FIRST_PAGE[role])).status_code == 200


@pytest.mark.parametrize("role", Role)
def test_a_superuser_without_an_agency_sees_an_explanation_and_no_rows(role):
    browser = login(User.objects.create_superuser("may-chu", full_name="Kỹ thuật", role=role))

    home = browser.get(reverse("accounts:home"))

    assert home.status_code == 403
    assert "This account belongs to no agency" in home.text
    for name in ("plans:list", "activities:list", "activities:updates", "reports:list", "plans:add"):
        assert browser.get(reverse(name)).status_code in (200, 403), name


@pytest.mark.parametrize("theme, kept", [("dark", "dark"), ("light", "light"), ("auto", "auto"), ("<b>", None)])
def test_the_theme_is_kept_in_a_cookie(theme, kept):
    browser = login()

    response = browser.post(reverse("accounts:theme"), {"theme": theme, "next": "/"})

    assert response.url == "/"
    assert (browser.cookies["theme"].value if "theme" in browser.cookies else None) == kept
    assert f'data-bs-theme="{kept or "auto"}"' in browser.get("/").text


def test_a_theme_nobody_offered_is_not_written_into_the_page():
    browser = login()
    browser.cookies["theme"] = '"><script>alert(1)</script>'

    assert 'data-bs-theme="auto"' in browser.get("/").text


def test_the_language_is_chosen(person):
    browser = login(person)

    browser.post(reverse("set_language"), {"language": "vi", "next": "/plans/"})

    assert '<html lang="vi"' in browser.get(reverse("plans:list")).text


@pytest.mark.parametrize("name", ["accounts:theme", "set_language"])
def test_choices_are_posts(name):
    assert login().get(reverse(name)).status_code in (302, 405)


def test_a_form_without_its_token_is_refused(person):
    browser = login()
    browser.handler.enforce_csrf_checks = True

    assert browser.post("/", credentials(person)).status_code == 403


def test_the_cookies_are_closed_to_scripts_and_other_sites(person):
    browser = login()
    browser.post("/", credentials(person))

    assert browser.cookies["sessionid"]["httponly"]
    assert browser.cookies["sessionid"]["samesite"] == "Lax"


def test_the_headers_of_a_page():
    headers = login().get("/").headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]


def test_a_person_changes_their_own_password(client):
    user = UserFactory()
    user.set_password("cu-1234567")
    user.save()
    client.force_login(user)
    typed = {"old_password": "cu-1234567", "new_password1": "moi-98765-x", "new_password2": "moi-98765-x"}

    wrong = client.post(reverse("accounts:password"), {**typed, "old_password": "sai"})
    right = client.post(reverse("accounts:password"), typed)

    assert wrong.status_code == 200 and "old_password" in wrong.context["form"].errors
    assert right.url == reverse("accounts:home")
    user.refresh_from_db()
    assert user.check_password("moi-98765-x")


@pytest.mark.parametrize("name, code", [("400.html", "Mã 400"), ("500.html", "Mã 500")])
def test_the_barest_pages_need_nothing(name, code):
    page = get_template(name).template.render(Context())

    assert code in page and "{%" not in page and "{#" not in page
