"""The link: seven days, once, and only the last one."""

from datetime import date, datetime, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.invitations import expires_at, invited, link_to, send_invitations
from accounts.jobs import run_waiting
from accounts.models import Job, Role, User, UserAct
from accounts.views import invitations

from .factories import PASSWORD, UserFactory, login

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

DAY = date(2026, 9, 17)
AT = timezone.make_aware(datetime(2026, 9, 17, 0, 1))
TYPED = {"new_password1": PASSWORD, "new_password2": PASSWORD}
OVER = "This link is no longer good"


@pytest.fixture(autouse=True)
def september(clock):
    clock(DAY)


@pytest.fixture
def person():
    person = UserFactory(invited_at=AT, full_name="Vì Văn Thoại", username="thoaivv")
    person.set_unusable_password()
    person.save()
    return person


def test_whoever_holds_the_link_sets_the_password_and_is_in(person):
    browser = login()
    page = browser.get(link_to(person))
    assert "Vì Văn Thoại" in page.text and "thoaivv" in page.text

    response = browser.post(link_to(person), TYPED)

    assert response.url == reverse("accounts:home")
    assert browser.get(reverse("plans:list")).wsgi_request.user == person
    person.refresh_from_db()
    assert person.check_password(PASSWORD) and person.invited_at is None
    assert person.events.get().act == UserAct.ENTERED


def test_the_link_is_good_once(person):
    link = link_to(person)
    login().post(link, TYPED)

    again = login().get(link)

    assert (again.status_code, OVER in again.text) == (404, True)
    assert login().post(link, TYPED).status_code == 404


def test_two_who_use_the_link_at_once_are_one(person, monkeypatch):
    link, first = link_to(person), User.objects.get(pk=person.pk)
    login().post(link, TYPED)
    monkeypatch.setattr(invitations, "invited", lambda uidb64, token: first)

    late = login().post(link, {"new_password1": f"{PASSWORD}-2", "new_password2": f"{PASSWORD}-2"})

    assert (late.status_code, "used already" in late.text) == (403, True)
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


@pytest.mark.parametrize("days, good", [(0, True), (6, True), (8, False)])
def test_the_link_is_good_for_seven_days(person, clock, days, good):
    link = link_to(person)
    assert expires_at(person) == AT + timedelta(days=7)

    clock(DAY + timedelta(days=days))
    assert (login().get(link).status_code == 200) == good


def test_a_new_invitation_makes_the_earlier_link_void(person):
    earlier = link_to(person)
    person.invited_at = AT + timedelta(seconds=1)
    person.save()

    assert login().get(earlier).status_code == 404
    assert login().get(link_to(person)).status_code == 200


@pytest.mark.parametrize("gone", [{"is_active": False}, {"invited_at": None}])
def test_a_locked_account_cannot_be_entered(person, gone):
    link = link_to(person)
    User.objects.filter(pk=person.pk).update(**gone)

    assert login().get(link).status_code == login().post(link, TYPED).status_code == 404


@pytest.mark.parametrize("uid, token", [("MQ", "x"), ("%00", "a-b"), ("🦊", "a-b"), ("OTk5OTk5", "a-b"), ("_w", "a-b")])
def test_what_is_no_link_says_so(uid, token):
    response = login().get(f"/invitations/{uid}/{token}/")

    assert (response.status_code, OVER in response.text) == (404, True)


def test_another_persons_link_with_ones_own_token_is_none(person):
    other = UserFactory(invited_at=AT)
    _empty, _invitations, uid, *_rest = link_to(other).split("/")
    *_rest, token, _empty = link_to(person).split("/")

    assert invited(uid, token) is None


@pytest.mark.parametrize(
    "typed, field",
    [
        ({"new_password1": PASSWORD, "new_password2": "x"}, "new_password2"),
        ({"new_password1": "123", "new_password2": "123"}, "new_password2"),
        ({"new_password1": "thoaivv-1", "new_password2": "thoaivv-1"}, "new_password2"),
        ({}, "new_password1"),
    ],
)
def test_a_poor_password_is_refused_beside_its_field(person, typed, field):
    response = login().post(link_to(person), typed)

    assert (response.status_code, field in response.context["form"].errors) == (422, True)
    person.refresh_from_db()
    assert not person.has_usable_password()


def test_a_link_for_a_new_password_leaves_the_old_one_until_it_is_used(person):
    person.set_password("cu-1234567")
    person.save()

    assert login().post("/", {"username": "thoaivv", "password": "cu-1234567"}).url == reverse("accounts:home")
    assert login().get(link_to(person)).status_code == 200
    login().post(link_to(person), TYPED)

    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_a_letter_goes_to_whoever_has_an_address(person):
    silent = UserFactory(invited_at=AT, email="")
    admin = UserFactory(role=Role.ADMINISTRATOR, full_name="Vũ Đức Thắng")

    send_invitations([person, silent], by=admin, absolute=lambda path: f"https://cchc.example{path}")
    assert mail.outbox == []
    run_waiting()

    [letter] = mail.outbox
    assert letter.to == [person.email]
    assert f"https://cchc.example{link_to(person)}" in letter.body
    assert "Vì Văn Thoại" in letter.body and "Vũ Đức Thắng" in letter.body and "thoaivv" in letter.body
    assert "&" not in letter.body and "\n\n\n\n" not in letter.body


def test_a_name_cannot_break_the_letter(person):
    person.agency.locality.name = "Tỉnh\r\nBcc: ai@example"
    person.agency.locality.save()

    send_invitations([person], by=person, absolute=str)
    run_waiting()

    assert "\n" not in mail.outbox[0].subject


def test_an_invitation_that_is_over_is_not_sent(person):
    send_invitations([person], by=person, absolute=str)
    person.invited_at = AT + timedelta(hours=1)
    person.save()

    run_waiting()

    assert mail.outbox == []
    assert Job.objects.get().state == "done"


def test_no_secret_lies_in_the_queue(person):
    send_invitations([person], by=person, absolute=str)

    token = link_to(person).strip("/").split("/")[-1]
    assert token not in str(Job.objects.get().arguments)


def test_a_network_without_mail_is_no_fault(person, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    send_invitations([person], by=person, absolute=str)
    run_waiting()

    job = Job.objects.get()
    assert (job.state, job.attempts) == ("waiting", 1)
    assert "từ chối kết nối" in job.error
