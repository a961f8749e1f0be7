"""How the portal is doing, for the administrator: what needs care on top."""

import platform
import shutil
import time
from datetime import timedelta
from typing import NamedTuple

import django
from django.conf import settings
from django.db import connection
from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from .job_board import how_long
from .models import Job, JobState
from .workers import last_seen, workers

LATE = timedelta(minutes=10)  # a job that waits for longer says that the workers do not keep up
LETTERS = ("letter", "invitation")
SLOW = 500  # milliseconds for the smallest question
LEAST_FREE = 10  # percent of the disk


class Sign(NamedTuple):
    """One line of the state of health."""

    name: str
    value: str
    detail: str
    is_well: bool = True


# What the floors above say of themselves: functions (locality, now) -> Sign.
SAID_ABOVE = []


def sign_of_health(function):
    """Register a function (locality, now) as one that gives a Sign."""
    SAID_ABOVE.append(function)
    return function


def state_of_health(now, locality):
    """Lines about workers, queue, letters, scan, database, disk, versions and more; what is not well first."""
    signs = [_workers(), *_queue_and_letters(now), _scan(), _database(), _disk(), _software()]
    signs += [say(locality, now) for say in SAID_ABOVE]
    return sorted(signs, key=lambda sign: sign.is_well)


def _workers():
    rows = list(workers())
    moment = timezone.now()
    alive = sum(row.leased_until > moment for row in rows)
    if not rows:
        return Sign(_("Workers"), "0", _("none has been seen yet: manage.py work"), False)
    seen = _("last seen %(span)s ago") % {"span": how_long((moment - last_seen(rows[0])).total_seconds())}
    return Sign(_("Workers"), str(alive), seen, alive > 0)


def _queue_and_letters(now):
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    is_waiting = Q(state=JobState.WAITING)
    is_later = is_waiting & Q(run_after__gt=now)
    today = Q(kind__in=LETTERS, finished_at__gte=midnight)
    facts = Job.objects.aggregate(
        waiting=Count("pk", filter=is_waiting),
        later=Count("pk", filter=is_later),
        oldest=Min("queued_at", filter=is_waiting & ~is_later),
        again=Count("pk", filter=is_waiting & Q(kind__in=LETTERS, attempts__gt=0)),
        sent=Count("pk", filter=today & Q(state=JobState.DONE)),
        failed=Count("pk", filter=today & Q(state=JobState.FAILED)),
    )
    yield _queue(facts, now)
    yield _letters(facts)


def _queue(facts, now):
    waiting = facts["waiting"]
    if not waiting:
        return Sign(_("Queue"), _("empty"), _("nothing waits"))
    value = ngettext("%(n)s job waits", "%(n)s jobs wait", waiting) % {"n": waiting}
    later = ngettext("%(n)s for a later time", "%(n)s for a later time", facts["later"]) % {"n": facts["later"]}
    if facts["oldest"] is None:
        return Sign(_("Queue"), value, later)
    span = now - facts["oldest"]
    oldest = _("the oldest for %(span)s") % {"span": how_long(span.total_seconds())}
    return Sign(_("Queue"), value, f"{oldest}, {later}" if facts["later"] else oldest, span < LATE)


def _letters(facts):
    sent = ngettext("%(n)s letter today", "%(n)s letters today", facts["sent"]) % {"n": facts["sent"]}
    if settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        return Sign(_("E-mail"), _("on the console"), _("no mail server is set: EMAIL_URL"), False)
    failed = ngettext("%(n)s not sent", "%(n)s not sent", facts["failed"]) % {"n": facts["failed"]}
    again = ngettext("%(n)s to be sent again", "%(n)s to be sent again", facts["again"]) % {"n": facts["again"]}
    said = [words for words, is_true in ((failed, facts["failed"]), (again, facts["again"])) if is_true]
    first, *others = [*said, sent]
    return Sign(_("E-mail"), first, ", ".join(others), not said)


def _scan():
    if settings.CLAMD_ADDRESS:
        return Sign(_("Virus scan"), _("on"), settings.CLAMD_ADDRESS)
    return Sign(_("Virus scan"), _("off"), _("files are not scanned: CLAMD_ADDRESS"), False)


def _database():
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    taken = round((time.perf_counter() - begun) * 1000)
    return Sign(_("Database"), f"{taken} ms", connection.display_name, taken < SLOW)


def _disk():
    disk = shutil.disk_usage(settings.DATA_DIR if settings.DATA_DIR.exists() else settings.BASE_DIR)
    used, total = ((each // 2**30) for each in (disk.used, disk.total))
    free = disk.free * 100 // disk.total
    return Sign(_("Disk"), f"{used}/{total} GB", _("%(n)s percent free") % {"n": free}, free >= LEAST_FREE)


def _software():
    return Sign(_("Versions"), f"Django {django.get_version()}", f"Python {platform.python_version()}")
