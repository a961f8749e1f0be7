"""Letters by SMTP and signed messages to the gateway: tried again, and failing in sight."""

import hashlib
import hmac
import json
import smtplib
import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.mail import EmailMessage
from django.utils.translation import gettext_lazy

from accounts.delivering import absolute, send, send_messages_later
from accounts.jobs import WORK, order, run_waiting, work
from accounts.models import Job, JobState, Notification, Role
from agencies import clock as portal_clock

from .factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

SECRET = "bí mật dùng chung"


@pytest.fixture
def person():
    return UserFactory()


@pytest.fixture(autouse=True)
def notes(monkeypatch):
    """Work that sends a letter, as invitations and reminders do."""
    monkeypatch.setitem(WORK, "note", None)  # taken out again after the test

    @work("note", label=gettext_lazy("Invitation by e-mail"), tries=5, small=True)
    def send_note(job):
        send(EmailMessage("Nhắc gửi báo cáo", "Còn 2 ngày.", to=["hoi@minhhoa.example"]))


def letter(by, locality):
    return order("note", by=by, locality=locality)


# E-mail


def test_a_letter_goes_by_job(person, mailoutbox):
    letter(person, person.agency.locality)
    assert mailoutbox == []

    run_waiting()

    [sent] = mailoutbox
    assert (sent.to, sent.subject, sent.body) == (["hoi@minhhoa.example"], "Nhắc gửi báo cáo", "Còn 2 ngày.")
    assert Job.objects.get().state == JobState.DONE
    assert Notification.objects.count() == 0


REFUSED = smtplib.SMTPRecipientsRefused({"hoi@minhhoa.example": (552, b"mailbox full")})


@pytest.mark.parametrize(
    "error, state, sentence",
    [
        (REFUSED, JobState.FAILED, "552 mailbox full"),
        (
            smtplib.SMTPRecipientsRefused({"hoi@minhhoa.example": (450, b"busy")}),
            JobState.WAITING,
            "450 busy",
        ),
        (smtplib.SMTPAuthenticationError(535, b"wrong password"), JobState.WAITING, "535 wrong password"),
        (ConnectionRefusedError(111, "Connection refused"), JobState.WAITING, "it refuses the connection"),
        (TimeoutError("timed out"), JobState.WAITING, "no answer in time"),
        (smtplib.SMTPServerDisconnected("closed"), JobState.WAITING, "the connection was closed"),
        (socket.gaierror(-2, "Name or service not known"), JobState.WAITING, "there is no computer of this name"),
        (ssl.SSLCertVerificationError("self-signed"), JobState.WAITING, "its certificate is not trusted"),
        (ssl.SSLError("wrong version"), JobState.WAITING, "no secure connection could be made"),
        (OSError(101, "Network is unreachable"), JobState.WAITING, "the network failed"),
    ],
)
def test_a_server_that_does_not_take_a_letter(person, monkeypatch, settings, error, state, sentence):
    settings.LANGUAGE_CODE = "en"  # in which what went wrong is written down

    def send(_letter):
        raise error

    monkeypatch.setattr("django.core.mail.EmailMessage.send", send)
    letter(person, person.agency.locality)

    run_waiting()

    job = Job.objects.get()
    assert job.state == state
    assert sentence in job.error
    assert "Errno" not in job.error  # nor the machine's own words


def test_a_letter_that_cannot_be_sent_is_told_to_whoever_sent_it(person, monkeypatch):
    def send(_letter):
        raise REFUSED

    monkeypatch.setattr("django.core.mail.EmailMessage.send", send)
    administrator = UserFactory(agency=person.agency, role=Role.ADMINISTRATOR)
    letter(person, person.agency.locality)
    letter(None, person.agency.locality)

    run_waiting()

    assert {told.person for told in Notification.objects.all()} == {person, administrator}
    # Each reads it in their own language.
    assert {told.facts["label"] for told in Notification.objects.all()} == {"Invitation by e-mail"}


def test_addresses_in_letters():
    assert absolute("/updates/3/") == "https://portal.example/updates/3/"
    assert absolute("https://minhhoa.example/") == "https://minhhoa.example/"


# The gateway


class Gateway(HTTPServer):
    """A gateway as an office would write it: it believes nobody who cannot sign."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Ear)
        self.heard, self.answers = [], []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/messages"


class Ear(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        stamp = self.headers["X-ReformComms-Timestamp"]
        expected = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        assert abs(time.time() - int(stamp)) < 60
        signed = hmac.compare_digest(self.headers["X-ReformComms-Signature"], f"sha256={expected}")
        self.server.heard.append((signed, json.loads(body)))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 204)
        self.end_headers()

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def gateway(settings):
    server = Gateway()
    settings.WEBHOOK_URL, settings.WEBHOOK_SECRET = server.url, SECRET
    listening = threading.Thread(target=server.serve_forever)
    listening.start()
    yield server
    server.shutdown()
    listening.join()
    server.server_close()


def message(person):
    facts = {"period": "Quý II/2026", "by": "Hạnh", "reason": "Thiếu minh chứng"}
    at = portal_clock.now()
    send_messages_later([(person, "0912345678")], "returned", key="k", url="/updates/3/", at=at, facts=facts)
    return at


def test_a_message_is_signed_and_says_what_and_where(person, gateway):
    at = message(person)
    message(person)

    run_waiting()

    [(signed, heard)] = gateway.heard
    assert signed
    text = heard.pop("text")
    assert "Quý II/2026" in text and "“Thiếu minh chứng”" in text
    assert len(heard.pop("id")) == 32
    assert heard == {
        "event": "returned",
        "to": "0912345678",
        "url": "https://portal.example/updates/3/",
        "at": at.isoformat(),
    }
    assert Job.objects.get().state == JobState.DONE


def test_a_message_is_sent_again_under_the_same_id(person, gateway):
    gateway.answers = [503]
    message(person)

    run_waiting()
    assert Job.objects.get().state == JobState.WAITING
    assert "503" in Job.objects.get().error
    Job.objects.update(run_after=None)
    run_waiting()

    [(_signed, first), (_again, second)] = gateway.heard
    assert first == second
    assert Job.objects.get().state == JobState.DONE


def test_another_secret_signs_otherwise(person, gateway, settings):
    settings.WEBHOOK_SECRET = "another"
    message(person)

    run_waiting()

    assert [signed for signed, _heard in gateway.heard] == [False]


def test_a_gateway_that_is_not_there(person, settings):
    settings.LANGUAGE_CODE = "en"
    settings.WEBHOOK_URL = "http://127.0.0.1:9/"
    message(person)

    run_waiting()

    job = Job.objects.get()
    assert (job.state, job.attempts) == (JobState.WAITING, 1)
    assert job.error == "The message gateway does not answer: it refuses the connection"
