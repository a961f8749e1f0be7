"""What the page shows on which a report is issued: the check, who did what so far, what was issued last."""

import hashlib
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models import JobState

from ..checking import check_report
from ..models import Confirmation
from ..quarterly.building import make_report
from .background import RUNNING, last_job
from .office_seal import seal_of

AT_ONCE = 150  # lines of updates: what has more takes longer than two seconds to set, and is issued in the background


class Asked(NamedTuple):
    """A finding that somebody has to stand by; `token` stands for its words, `is_ticked` on this page."""

    finding: object
    token: str
    is_ticked: bool


def check_of(report, today):
    """The Check of a report as it would be issued today."""
    return check_report(report, make_report(report, today=today))


def token_of(finding):
    """Stands for the very words of a finding: a figure that changes meanwhile is not what was ticked."""
    return hashlib.sha256("\n".join([finding.rule, finding.subject, finding.words]).encode()).hexdigest()[:24]


def asked_of(check, ticked=()):
    return [
        Asked(finding, token, finding.confirmation is not None or token in ticked)
        for finding in check.to_confirm
        for token in [token_of(finding)]
    ]


def open_findings(check, ticked=()):
    """What stands in the way of issuing once what was `ticked` (tokens) has been confirmed."""
    unticked = [each.finding for each in asked_of(check, ticked) if not each.is_ticked]
    return [*check.must_fix, *unticked]


@transaction.atomic
def stand_by(report, check, ticked, *, by, at):
    """Keep that the person `by` stands by the findings whose tokens were `ticked`."""
    for each in asked_of(check, ticked):
        if each.is_ticked and each.finding.confirmation is None:
            facts = {"words": each.finding.words, "by": by, "by_name": str(by), "at": at}
            key = {"report": report, "rule": each.finding.rule, "subject": each.finding.subject}
            Confirmation.objects.update_or_create(**key, defaults=facts)


def is_long(made):
    """Whether the files of a report (`building.Made`) take longer to make than anybody waits for."""
    return len(made.gathered.lines) > AT_ONCE


def issue_context(report, form, made, check, *, ticked=(), now):
    """The context of `reports/report_issue.html`; only one that is long is issued by a job."""
    job = last_job(report) if is_long(made) else None
    today = timezone.localdate(now)
    return {
        "report": report,
        "form": form,
        "check": check,
        "asked": asked_of(check, ticked),
        "unticked": [each for each in asked_of(check, ticked) if not each.is_ticked],
        "check_site": settings.PORTAL_URL,
        "checked_at": timezone.localtime(now),
        "today": today,
        "days_left": (report.due_on - today).days,
        "steps": _steps(report),
        "latest": form.latest,
        "job": job if job and job.state in RUNNING else None,
        "failed": job if job and job.state == JobState.FAILED else None,
    }


def seal_for(report, now):
    """The OfficeSeal of the agency that issues, or None."""
    return seal_of(report.agency, now)


SAID = {
    "begin": gettext_lazy("%(name)s began it"),
    "correct": gettext_lazy("%(name)s began the correction"),
    "submit": gettext_lazy("%(name)s submitted it to leadership"),
    "withdraw": gettext_lazy("%(name)s took it back"),
    "return": gettext_lazy("%(name)s returned it"),
    "approve": gettext_lazy("%(name)s approved it"),
    "reopen": gettext_lazy("%(name)s reopened it"),
}


class Step(NamedTuple):
    at: datetime
    words: str


def _steps(report):
    """Who did what with it so far."""
    return [
        Step(timezone.localtime(event.at), SAID[event.step] % {"name": event.by_name})
        for event in report.events.all()
        if event.step in SAID
    ]
