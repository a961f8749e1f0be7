"""A form in an encoding that is none of the portal's is refused at the door."""

from wsgiref.util import setup_testing_defaults

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory, login
from reformcomms.wsgi import application

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"


def post(browser, content_type, address="accounts:notification_settings"):
    return browser.generic("POST", reverse(address), b"words=a", content_type=content_type)


@pytest.mark.parametrize(
    "charset",
    ["rot13", "hex", "base64", "zlib", "undefined", "idna", "unicode_escape", "utf-16", "utf-7", '"latin-1"', "none"],
)
@pytest.mark.parametrize("kind", [FORM, "multipart/form-data; boundary=x", "text/plain"])
def test_another_encoding_is_refused(charset, kind):
    response = post(login(UserFactory()), f"{kind}; charset={charset}")

    assert response.status_code == 400
    assert "400.html" in [template.name for template in response.templates]
    assert "Content-Security-Policy" in response.headers


@pytest.mark.parametrize(
    "content_type", ["text/plain; charset=rot13", "text/plain; x*=nope''%41", f"{FORM}; charset=hex"]
)
def test_an_address_is_not_read_by_it_either(content_type):
    """Django does that before any middleware."""
    environ = {"CONTENT_TYPE": content_type, "QUERY_STRING": "q=a", "HTTP_HOST": "testserver"}
    setup_testing_defaults(environ)
    said = []

    page = application(environ, lambda status, headers: said.append(status))

    assert said == ["400 Bad Request"]
    assert b"Bad request" in b"".join(page)


@pytest.mark.parametrize(
    "content_type", [FORM, f"{FORM}; charset=UTF-8", f'{FORM}; charset="utf-8"', f"{FORM};charset=", ""]
)
def test_what_browsers_send_is_read(content_type):
    assert post(login(UserFactory()), content_type).status_code != 400
