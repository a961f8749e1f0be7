"""Which of the reported lines that tell of work are proven: have evidence that is on them."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from activities.models import ActivityProgress, Evidence, ProgressState, QuarterlyUpdate
from activities.progress import REPORTED
from activities.readings import keys_then, live_on
from activities.shares import share


@dataclass(frozen=True)
class Coverage:
    """Reported lines that tell of work, as whole numbers."""

    lines: int = 0
    proven: int = 0

    @property
    def missing(self):
        return self.lines - self.proven

    @property
    def rate(self):
        """Percent proven, one decimal; None where nothing was reported."""
        return share(self.proven, self.lines)


def working_lines(rows, periods, known_on=None):
    """Of `rows` (lines) those of sent updates of `periods` that tell of work; each knows whether it `is_proven`.

    Args:
        known_on: what had been sent, and what evidence there was, at the end of this earlier day.
    """
    rows = rows.filter(update__period__in=periods, update__nothing_to_report=False, nothing_in_period=False)
    rows = rows.filter(state__in=(ProgressState.IN_PROGRESS, ProgressState.DONE))
    rows = rows.exclude(state=ProgressState.DONE, completed_on__isnull=True)  # of an activity taken from the agency
    if known_on:
        written = QuarterlyUpdate.objects.filter(period__in=periods)
        rows = rows.filter(update__in=keys_then(written, known_on, REPORTED))
    else:
        rows = rows.filter(update__status__in=REPORTED)
    evidence = Evidence.objects.filter(live_on(known_on), progress=OuterRef("pk"))
    return rows.annotate(is_proven=Exists(evidence))


def pieces_on(known_on=None):
    """How many pieces of evidence a line has (with `known_on`: had at the end of that day), to annotate lines with."""
    pieces = Evidence.objects.filter(live_on(known_on), progress=OuterRef("pk")).order_by().values("progress")
    return Coalesce(Subquery(pieces.annotate(n=Count("pk")).values("n")), 0)


def coverage_of(periods, known_on=None):
    """{key of a period: Coverage} of `periods`. One query."""
    rows = working_lines(ActivityProgress.objects.all(), periods, known_on).order_by()
    counted = rows.values("update__period").annotate(lines=Count("pk"), proven=Count("pk", filter=Q(is_proven=True)))
    return {row["update__period"]: Coverage(row["lines"], row["proven"]) for row in counted}


def together(coverages, periods):
    """The Coverage of `periods` (`coverages`: `coverage_of`) as one."""
    found = [coverages[period.pk] for period in periods if period.pk in coverages]
    return Coverage(sum(each.lines for each in found), sum(each.proven for each in found))
