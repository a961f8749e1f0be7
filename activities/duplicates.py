"""The same link or file put forward twice: by two agencies, or for two periods. For the reviewer, who asks about it."""

from collections import defaultdict
from typing import NamedTuple

from django.db.models import F, Q

from agencies.models import Agency

from .links import spellings
from .models import Activity, Evidence, EvidenceKind, QuarterlyUpdate, ReportingPeriod, ScanState, Status


class Claim(NamedTuple):
    """Where else the same is put forward: the other piece of evidence and where it stands."""

    evidence: Evidence
    update: QuarterlyUpdate
    agency: Agency
    period: ReportingPeriod
    activity: Activity

    @property
    def url(self):
        """The other update; the file itself is behind it."""
        return self.update.get_absolute_url()


def of(update, proofs=None):
    """{key of a piece of `update`'s evidence: [Claim]}, newest period first; without those nobody else claims.

    Only what other updates were sent with counts: a draft is nobody's business yet. Two queries, one where the
    update's evidence has been read already (`proofs`).
    """
    if proofs is None:
        proofs = Evidence.objects.filter(progress__update=update, removed_at__isnull=True)
    mine = [each for each in proofs if not each.is_refused]
    if not mine:
        return {}
    claims = defaultdict(list)
    for other in _others(update, mine):
        for item in mine:
            if _is_same(item, other):
                line = other.progress
                claims[item.pk].append(Claim(other, line.update, line.update.agency, line.update.period, line.activity))
    return dict(claims)


def _standing(evidence):
    return evidence.filter(removed_at__isnull=True).exclude(scan=ScanState.REFUSED)


def _others(update, mine):
    """What was sent elsewhere in the locality and is the same as one of `mine`."""
    addresses = {spelling for item in mine if item.url for spelling in spellings(item.url)}
    hashes = {item.sha256 for item in mine if item.sha256}
    rows = Evidence.objects.filter(Q(url__in=addresses) | Q(sha256__in=hashes))
    rows = rows.filter(progress__update__period__plan__locality=update.period.plan.locality_id)
    rows = rows.exclude(progress__update=update).exclude(progress__update__status=Status.DRAFT)
    rows = rows.exclude(
        progress__update__status=Status.RETURNED, added_at__gt=F("progress__update__submitted_at")
    )  # the corrections of a returned update are not sent yet
    related = ("progress__update__agency", "progress__update__period", "progress__activity")
    return _standing(rows).select_related(*related).order_by("-progress__update__period__ends_on", "pk")


def _is_same(item, other):
    if item.kind != other.kind:
        return False
    if item.kind == EvidenceKind.FILE:
        return item.sha256 == other.sha256
    return other.url in spellings(item.url)
