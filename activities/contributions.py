"""What cooperating agencies add to the activities that others lead, and what they may still add."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from accounts.models import NotificationKind
from accounts.notifying import tell

from .models import Activity, Contribution, ContributionEvidence, QuarterlyUpdate, ReportingPeriod
from .permissions import OVER
from .workmates import people_of

KEPT_PROOFS = Prefetch("evidence", queryset=ContributionEvidence.objects.filter(removed_at__isnull=True))


@dataclass(frozen=True)
class Part:
    """An activity that the agency cooperates in, in a period that is open for it; with what it has added, or None."""

    period: ReportingPeriod
    activity: Activity
    contribution: Contribution | None


def parts_to_add(agency, periods, duties, extensions, *, today):
    """The parts that `agency` may add or change on `today`, period by period. One query, none where there are none."""
    found = [
        (period, activity)
        for period in periods
        if period.starts_on <= today and period.plan.status not in OVER and extensions.is_open(period, agency.pk, today)
        for activity in duties.helped_by(agency, period.plan, period.ends_on)
    ]
    if not found:
        return []
    there = Contribution.objects.filter(agency=agency, period__in={period for period, _activity in found})
    added = {(each.period_id, each.activity_id): each for each in there}
    return [Part(period, activity, added.get((period.pk, activity.pk))) for period, activity in found]


def contributions_to(update, activities):
    """What cooperating agencies have added to the update's activities: {activity_id: [Contribution]}. Two queries."""
    rows = Contribution.objects.filter(period=update.period_id, activity__in=activities).exclude(
        agency=update.agency_id
    )
    found = {}
    for row in rows.select_related("agency").prefetch_related(KEPT_PROOFS).order_by("agency__name_sort", "pk"):
        found.setdefault(row.activity_id, []).append(row)
    return found


class ChangedMeanwhile(Exception):
    """A colleague saved the same part; `there` is what stands now."""

    def __init__(self, there):
        self.there = there


@transaction.atomic
def keep_part(period, activity, agency, *, words, quantity, version, leads, by, at):
    """Keep the agency's part as it was typed on a page that showed `version` (0: nothing yet); tells the leads.

    The same person's same words a second time (a double tap, an answer that was lost) change nothing.

    Raises:
        ChangedMeanwhile: a colleague has saved it since.
    """
    row = _locked(period, activity, agency, words=words, by=by, at=at)
    if row.version != version:
        if (row.by_id, row.words, row.quantity) == (by.pk, words, quantity):
            return row
        raise ChangedMeanwhile(row)
    row.words, row.quantity, row.version = words, quantity, version + 1
    row.by, row.by_name, row.agency_name, row.saved_at = by, str(by), agency.name, at
    row.save()
    _tell(row, leads, at)
    return row


def _locked(period, activity, agency, *, words, by, at):
    """The row, held until the transaction ends; a new one has version 0."""
    place = {"period": period, "activity": activity, "agency": agency}
    facts = {"words": words, "by": by, "by_name": str(by), "agency_name": agency.name, "saved_at": at, "version": 0}
    try:
        with transaction.atomic():
            Contribution.objects.get_or_create(**place, defaults=facts)
    except IntegrityError:  # a colleague was a moment quicker
        pass
    return Contribution.objects.select_for_update().get(**place)


def _tell(row, leads, at):
    """Each lead hears of a part once a day, however often it is saved."""
    updates = QuarterlyUpdate.objects.filter(period=row.period_id, agency__in=leads)
    pages = {update.agency_id: update.get_absolute_url() for update in updates}
    for agency in leads:
        tell(
            people_of([agency.pk]),
            NotificationKind.CONTRIBUTED,
            key=f"contribution-{row.pk}-{timezone.localtime(at).date():%Y%m%d}",
            url=pages.get(agency.pk, reverse("activities:updates")),
            at=at,
            agency=row.agency_name,
            activity=str(row.activity.number),
            period=row.period.label,
        )
