"""Views of lists, kept under a name: a person's own, and nobody else's."""

import pytest
from django.urls import reverse

from accounts.models import SavedView
from accounts.tests.factories import UserFactory, login

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def portal(user):
    return login(user)


def kept(user, name="Quá hạn", page="plans:list", query="status=draft"):
    return SavedView.objects.create(user=user, page=page, name=name, query=query)


def save(portal, **said):
    return portal.post(
        reverse("accounts:view_save"), {"page": "plans:list", "query": "status=draft", "name": "Dự thảo", **said}
    )


def test_a_view_is_kept_and_shown(portal, user):
    response = save(portal, query="year=2026&sort=-title&page=3&export=csv&text=", name="  Năm   nay ")

    view = SavedView.objects.get()
    assert (view.user, view.page, view.name, view.query) == (user, "plans:list", "Năm nay", "sort=-title&year=2026")
    assert response.url == "/plans/?sort=-title&year=2026"
    page = portal.get(response.url).text
    assert "“Năm nay” is kept." in page
    assert "/plans/?sort=-title&amp;year=2026" in page


def test_a_name_the_person_has_means_the_new_filters(portal, user):
    view = kept(user, name="Dự thảo", query="year=2025")
    other = kept(UserFactory(agency=user.agency), name="Dự thảo", query="year=2024")

    save(portal)

    view.refresh_from_db()
    other.refresh_from_db()
    assert (view.query, other.query) == ("status=draft", "year=2024")


@pytest.mark.parametrize(
    "said, sentence",
    [
        ({"name": ""}, "This field is required"),
        ({"name": "   "}, "This field is required"),
        ({"name": "x" * 61}, "at most 60 characters"),
        ({"page": "accounts:home"}, "There is no such list."),
        ({"page": "https://example.org"}, "There is no such list."),
        ({"query": "text=" + "x" * 2000}, "at most 2000 characters"),
        ({"name": "a\x00b"}, "Null characters"),
    ],
)
def test_what_cannot_be_kept_is_answered_and_nothing_is_lost(portal, said, sentence):
    response = save(portal, **said)

    assert response.status_code == 200
    assert sentence in response.text
    assert f'value="{said.get("query", "status=draft")}"' in response.text
    assert not SavedView.objects.exists()


def test_the_list_of_views(portal, user):
    view = kept(user)
    kept(user, name="Của sở", page="activities:list", query="lead=3")
    theirs = kept(UserFactory(agency=user.agency), name="Của người khác")

    page = portal.get(reverse("accounts:views")).text

    assert "/plans/?status=draft" in page
    assert "/activities/?lead=3" in page
    assert view.name in page
    assert theirs.name not in page


def test_no_view_is_kept_yet(portal):
    assert "No view is kept yet" in portal.get(reverse("accounts:views")).text


def test_another_name(portal, user):
    view = kept(user)

    assert f'value="{view.name}"' in portal.get(reverse("accounts:view_rename", args=[view.pk])).text
    response = portal.post(reverse("accounts:view_rename", args=[view.pk]), {"name": "Chờ ban hành"})

    view.refresh_from_db()
    assert (response.url, view.name, view.query) == (reverse("accounts:views"), "Chờ ban hành", "status=draft")


def test_a_name_in_use_is_refused_with_a_sentence(portal, user):
    view, other = kept(user), kept(user, name="Khác")
    kept(user, name="Hoạt động", page="activities:list")
    rename = reverse("accounts:view_rename", args=[view.pk])

    assert "You already have a view with this name." in portal.post(rename, {"name": " Khác"}).text
    assert portal.post(rename, {"name": "Hoạt động"}).status_code == 302
    other.refresh_from_db()
    assert other.name == "Khác"


def test_a_view_is_deleted_and_the_rows_stay(portal, user):
    view = kept(user)
    delete = reverse("accounts:view_delete", args=[view.pk])

    assert portal.get(delete).status_code == 405
    assert "is deleted" in portal.post(delete, follow=True).text
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("name", ["view_rename", "view_delete"])
def test_a_colleagues_views_are_not_there(user, name):
    view = kept(user)
    address = reverse(f"accounts:{name}", args=[view.pk])

    for other in (UserFactory(agency=user.agency), UserFactory(agency__locality=user.agency.locality), UserFactory()):
        assert login(other).post(address, {"name": "Của tôi"}).status_code == 404
    view.refresh_from_db()
    assert view.name == "Quá hạn"
