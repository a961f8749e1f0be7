"""Telling people something, once: at the bell, and on the telephone of whoever wants it there."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from .delivering import send_messages_later
from .models import JobState, Notification, NotificationKind, NotificationSettings

# What only this person can act on is always told.
ALWAYS = (NotificationKind.RETURNED, NotificationKind.ASKED)
# What is worth a message to the telephone.
URGENT = (NotificationKind.RETURNED, NotificationKind.ASKED, NotificationKind.REMINDER)


def tell(people: Iterable, kind, *, key: str, url: str, at: datetime, **facts):
    """Put a notification of `kind` (NotificationKind) at the bell of each of `people`; twice the same `key` is once.

    `facts` (JSON-ready) fill the kind's sentence. A person who has muted the kind is not told. What is urgent goes to
    the telephone, too, of whoever wants it there.
    """
    people = {person.pk: person for person in people}
    wishes = {each.person_id: each for each in NotificationSettings.objects.filter(person__in=people)}
    told = [pk for pk in people if kind in ALWAYS or pk not in wishes or kind not in wishes[pk].muted]
    rows = [Notification(person_id=pk, kind=kind, key=key, url=url, at=at, facts=facts) for pk in told]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    if kind in URGENT:
        wanted = [(people[pk], wishes[pk].phone) for pk in told if pk in wishes and wishes[pk].by_message]
        send_messages_later(wanted, kind, key=key, url=url, at=at, facts=facts)


class News(NamedTuple):
    """A notification as it is shown: a sign, a headline and a detail."""

    pk: int
    icon: str
    css: str
    headline: str
    detail: str
    at: datetime
    is_new: bool


def news_of(notifications):
    """Each notification in the reader's language."""
    return [
        News(each.pk, *_sign(each), *sentence(each.kind, each.facts), timezone.localtime(each.at), each.read_at is None)
        for each in notifications
    ]


SIGNS = {
    NotificationKind.RETURNED: ("back", "c-warn"),
    NotificationKind.APPROVED: ("okall", "sign st-done"),
    NotificationKind.SUBMITTED: ("review", ""),
    NotificationKind.REMINDER: ("clock", "c-warn"),
    NotificationKind.EXTENDED: ("cal", ""),
    NotificationKind.ASKED: ("qm", "c-warn"),
    NotificationKind.ANSWERED: ("report", ""),
    NotificationKind.CONTRIBUTED: ("people", ""),
    NotificationKind.REFUSED_FILE: ("warn", "c-bad"),
    NotificationKind.REPORT: ("report", ""),
}


def _sign(notification):
    if notification.kind == NotificationKind.JOB:
        failed = notification.facts.get("state") == JobState.FAILED
        return ("warn", "c-bad") if failed else ("ok", "sign st-done")
    return SIGNS[notification.kind]


class Facts(dict):
    """Facts by name; one that was not given is an empty text."""

    def __missing__(self, name):
        return ""


def sentence(kind, facts):
    """What a notification says, in the reader's language: (headline, detail)."""
    return SENTENCES[kind](Facts(facts))


def _returned(facts):
    return (
        _("%(period)s was returned to you by %(by)s") % facts,
        f"“{facts['reason']}”" if facts["reason"] else facts["plan"],
    )


def _approved(facts):
    return _("%(period)s was approved by %(by)s") % facts, facts["plan"]


def _submitted(facts):
    return _("%(agency)s sent %(period)s") % facts, facts["plan"]


def _reminder(facts):
    days = facts["days"] or 0
    if facts["again"]:
        said = _again(days)
    elif days > 0:
        said = ngettext("%(period)s is due in %(n)s day", "%(period)s is due in %(n)s days", days)
    elif days == 0:
        said = _("%(period)s is due today")
    else:
        said = ngettext("%(period)s is %(n)s day late", "%(period)s is %(n)s days late", -days)
    return said % {"period": facts["period"], "n": abs(days)}, facts["plan"]


def _again(days):
    """Of what was returned: the day is that of sending it again, not the deadline."""
    if days > 0:
        return ngettext(
            "%(period)s: %(n)s day left to send it again", "%(period)s: %(n)s days left to send it again", days
        )
    if days == 0:
        return _("%(period)s is to be sent again today")
    return ngettext(
        "%(period)s should have been sent again %(n)s day ago",
        "%(period)s should have been sent again %(n)s days ago",
        -days,
    )


def _extended(facts):
    if facts["act"] == "locked":
        locked = _("%(period)s is locked: nothing can be changed any more") % facts
        return locked, _("%(plan)s, locked by %(by)s") % facts
    until = {"period": facts["period"], "until": _day(facts["until"])}
    return _("%(period)s may be sent until %(until)s") % until, _("%(plan)s, allowed by %(by)s") % facts


def _asked(facts):
    asked = _("%(by)s asks you to explain: %(subject)s") % facts
    return asked, _("Answer by %(day)s") % {"day": _day(facts["answer_by"])}


def _day(fact):
    """A day among the facts, given in ISO's manner or already written out."""
    try:
        return f"{date.fromisoformat(fact):%d/%m/%Y}"
    except ValueError:
        return fact


def _answered(facts):
    said = {
        "answered": _("%(agency)s has explained: %(subject)s"),
        "concluded": _("The explanation is concluded: %(subject)s"),
        "withdrawn": _("The request for an explanation is withdrawn: %(subject)s"),
    }
    return said.get(facts["act"], _("News of the explanation: %(subject)s")) % facts, facts["agency"]


def _contributed(facts):
    return _("%(agency)s added its part to %(activity)s") % facts, facts["period"]


def _refused_file(facts):
    return _("The file %(file)s was refused by the virus scan") % facts, facts["activity"]


def _report(facts):
    said = {
        "submit": _("%(by)s submitted the report on %(label)s to leadership"),
        "withdraw": _("%(by)s took the report on %(label)s back to go on writing"),
        "return": _("The report on %(label)s was returned to you by %(by)s"),
        "approve": _("The report on %(label)s was approved by %(by)s"),
        "reopen": _("%(by)s opened the approved report on %(label)s again"),
        "issue": _("The report on %(label)s was issued: %(number)s"),
        "damaged": _("Sealed files are not what was sealed any more: %(number)s"),
        "whole": _("Sealed files are whole again: %(number)s"),
    }
    headline = said.get(facts["step"], _("News of the report on %(label)s")) % facts
    return headline, f"“{facts['reason']}”" if facts["reason"] else facts["plan"]


def _job(facts):
    label = _(facts["label"]) if facts["label"] else ""
    failed = facts["state"] == JobState.FAILED
    return (_("Failed: %(label)s") if failed else _("Done: %(label)s")) % {"label": label}, facts["subject"]


SENTENCES = {
    NotificationKind.RETURNED: _returned,
    NotificationKind.APPROVED: _approved,
    NotificationKind.SUBMITTED: _submitted,
    NotificationKind.REMINDER: _reminder,
    NotificationKind.EXTENDED: _extended,
    NotificationKind.ASKED: _asked,
    NotificationKind.ANSWERED: _answered,
    NotificationKind.CONTRIBUTED: _contributed,
    NotificationKind.REFUSED_FILE: _refused_file,
    NotificationKind.REPORT: _report,
    NotificationKind.JOB: _job,
}
