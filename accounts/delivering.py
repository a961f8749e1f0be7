"""What leaves the portal for one person: letters by SMTP, messages to telephones through the office's gateway.

    send(letter)       in a job: raises CannotDo with what the mail server said
    absolute(path)

A message needs no call of its own: `notifying.tell` orders it for whoever wants urgent news on the telephone.
Both go by job: nobody waits for a slow server, what fails is tried again, and what fails for good is seen in the list
of jobs.
"""

import hashlib
import hmac
import json
import logging
import smtplib
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections import defaultdict

from django.conf import settings
from django.utils.translation import gettext as _, gettext_lazy, override

from .jobs import CannotDo, order_many, work

log = logging.getLogger(__name__)

SECONDS_TO_ANSWER = 10


def absolute(path):
    """The address of a page in a letter or message: `path` at the portal (settings.PORTAL_URL)."""
    return f"{settings.PORTAL_URL}{path}" if path.startswith("/") else path


def send(letter):
    """Send an e-mail now. Raises CannotDo with what the mail server said."""
    try:
        letter.send()
    except smtplib.SMTPRecipientsRefused as error:
        said = "; ".join(_answer(*refusal) for refusal in error.recipients.values())
        raise CannotDo(
            _("The mail server refuses the address: %(answer)s") % {"answer": said},
            final=all(code >= 500 for code, _said in error.recipients.values()),
        ) from error
    except smtplib.SMTPResponseException as error:
        said = _answer(error.smtp_code, error.smtp_error)
        raise CannotDo(_("The mail server refuses: %(answer)s") % {"answer": said}) from error
    except OSError as error:
        raise CannotDo(_("The mail server does not answer: %(answer)s") % {"answer": in_words(error)}) from error


# What an error of the connection says to people; the first that fits.
CONNECTION = (
    (ConnectionRefusedError, gettext_lazy("it refuses the connection")),
    (TimeoutError, gettext_lazy("no answer in time")),
    (socket.gaierror, gettext_lazy("there is no computer of this name")),
    (ssl.SSLCertVerificationError, gettext_lazy("its certificate is not trusted")),
    (ssl.SSLError, gettext_lazy("no secure connection could be made")),
    ((ConnectionError, smtplib.SMTPServerDisconnected), gettext_lazy("the connection was closed")),
)


def in_words(error):
    """Why a connection failed (an OSError), in words; the error itself goes to the log."""
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    log.warning("A connection failed: %r", cause)
    return next((words for kind, words in CONNECTION if isinstance(cause, kind)), _("the network failed"))


def _answer(code, said):
    return f"{code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"


def send_messages_later(wanted, kind, *, key, url, at, facts):
    """Send each (person, telephone) of `wanted` the sentence of `kind` by job, once per `key`.

    Nothing without a gateway. The text is written when it is sent; `key` names the message for the gateway, too.
    """
    if not settings.WEBHOOK_URL:
        return
    jobs = defaultdict(list)
    for person, phone in wanted:
        name = hashlib.sha256(f"{person.pk}:{key}".encode()).hexdigest()[:32]
        job = {
            "subject": f"{person}, {phone}"[:300],
            "key": f"message:{name}",
            "id": name,
            "event": str(kind),
            "to": phone,
            "url": absolute(url),
            "at": at.isoformat(),
            "facts": facts,
        }
        jobs[person.agency.locality].append(job)
    for locality, of_locality in jobs.items():
        order_many("message", of_locality, by=None, locality=locality)


@work("message", label=gettext_lazy("Message to a telephone"), tries=5, small=True)
def send_message(job, *, id, event, to, url, at, facts):
    from .notifying import sentence  # which orders messages itself

    with override(settings.LANGUAGE_CODE):
        text = ". ".join(filter(None, sentence(event, facts)))
    post({"id": id, "event": event, "to": to, "text": text, "url": url, "at": at})


def post(facts):
    """Send `facts` to the gateway, signed. Raises CannotDo where it does not take them."""
    body = json.dumps(facts, ensure_ascii=False).encode()
    stamp = str(int(time.time()))
    asked = urllib.request.Request(
        settings.WEBHOOK_URL,
        data=body,
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "X-ReformComms-Timestamp": stamp,
            "X-ReformComms-Signature": f"sha256={signature(stamp, body)}",
        },
    )
    try:
        with urllib.request.urlopen(asked, timeout=SECONDS_TO_ANSWER):
            pass
    except urllib.error.HTTPError as error:
        error.close()
        raise CannotDo(_("The message gateway refuses: %(answer)s") % {"answer": error.code}) from error
    except OSError as error:
        raise CannotDo(_("The message gateway does not answer: %(answer)s") % {"answer": in_words(error)}) from error


def signature(stamp, body):
    """HMAC-SHA256, in hexadecimal, of `stamp`.`body` (bytes) under the secret shared with the gateway."""
    return hmac.new(settings.WEBHOOK_SECRET.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
