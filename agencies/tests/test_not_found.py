import pytest


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("path", ["/nowhere/", "/plans/999999/"])
@pytest.mark.django_db
def test_the_demo_shows_the_same_page_as_the_office(client, settings, admin_user, debug, path):
    settings.DEBUG = debug
    client.force_login(admin_user)

    response = client.get(path)

    assert response.status_code == 404
    assert "404.html" in [template.name for template in response.templates]
    assert "URLconf" not in response.content.decode()


@pytest.mark.django_db
def test_a_missing_slash_still_leads_on(client, settings):
    settings.DEBUG = True

    assert client.get("/plans").status_code == 301
