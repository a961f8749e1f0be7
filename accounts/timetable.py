"""What happens by the clock: the work that is due on a day is ordered once, on however many machines one asks."""

from datetime import time, timedelta

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django_tasks_db.models import DBTaskResult

from agencies import clock
from agencies.models import Locality

from .jobs import WORK, WORKER, order, work
from .models import Job, JobState, Notification

# kind of work: from what time of the day on, in each locality. A kind nobody has registered is left out.
IN_EACH_LOCALITY = {"reminders": time(7, 30), "sealed_files": time(1, 0)}
FOR_THE_PORTAL = {"prune": time(2, 0), "sealed_left_behind": time(3, 0)}

JOBS_KEPT = timedelta(days=90)
MESSAGES_OF_QUEUE_KEPT = timedelta(days=2)
NOTIFICATIONS_KEPT = timedelta(days=180)


def due(now, localities):
    """(kind, locality or None, key) of everything that is to have been ordered by `now` on its day."""
    day, hour = now.date().isoformat(), now.time()
    for kind, begins in FOR_THE_PORTAL.items():
        if hour >= begins and kind in WORK:
            yield kind, None, f"{kind}:{day}"
    for kind, begins in IN_EACH_LOCALITY.items():
        if hour >= begins and kind in WORK:
            for locality in localities:
                yield kind, locality, f"{kind}:{locality.pk}:{day}"


def order_due(now):
    """Order what is due by `now` (aware, in the portal's time zone) and not ordered yet; returns how many jobs."""
    wanted = {key: (kind, locality) for kind, locality, key in due(now, Locality.objects.order_by("pk"))}
    known = set(Job.objects.filter(key__in=wanted).values_list("key", flat=True))
    ordered = [
        order(kind, by=None, locality=locality, key=key, day=now.date().isoformat())
        for key, (kind, locality) in wanted.items()
        if key not in known
    ]
    return sum(job is not None for job in ordered)


@work("prune", label=gettext_lazy("Clearing away what is old"))
def prune(job, *, day):
    """Files past their day, jobs and notifications long over, messages of the queue that have been read."""
    now = clock.now()
    files = Job.objects.exclude(file="").filter(keep_until__lt=now.date())
    for name in files.values_list("file", flat=True):
        default_storage.delete(name)
    gone = files.update(file="")
    ended = Job.objects.filter(state__in=[JobState.DONE, JobState.FAILED], finished_at__lt=now - JOBS_KEPT, file="")
    ended.exclude(kind=WORKER).delete()
    Notification.objects.filter(at__lt=now - NOTIFICATIONS_KEPT).delete()
    DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - MESSAGES_OF_QUEUE_KEPT).delete()
    return _("%(n)s files cleared away.") % {"n": gone} if gone else ""
