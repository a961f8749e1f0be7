"""Which evidence belongs under which criterion: proposed by channel and year, taken, left out, still missing."""

from collections import defaultdict
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _, gettext_lazy

from activities.models import Activity, Evidence, ScanState, Status
from agencies.vietnamese import nfc

from ..models import Dossier, DossierDocument, DossierState, EvidenceTag

SHOWN = 12  # proposals on a page, and pieces of a criterion
ANY, PLAN, REPORTS = ":any", ":plan", ":reports"
LABELS = {
    ANY: gettext_lazy("At least one piece of evidence"),
    PLAN: gettext_lazy("The signed plan"),
    REPORTS: gettext_lazy("The issued reports of the year"),
}
LONGEST = 300  # of what a piece is said to prove
CLOSED = gettext_lazy("The dossier has been closed meanwhile: reopen it to change what is in it.")
RENEWED = gettext_lazy(
    "The dossier has been put on the next version of its criteria meanwhile: nothing has been saved. Open the criterion"
    " again, then repeat what you did."
)


class Wanted(NamedTuple):
    """A line of what a criterion wants: `key` is the line itself, or one of LABELS."""

    key: str

    @property
    def label(self):
        return LABELS.get(self.key, self.key)


class Documents(NamedTuple):
    """How many signed plans and issued reports the dossier has of itself."""

    plans: int
    reports: int


def wanted_of(criterion):
    """What the criterion wants as evidence: [Wanted]; nothing where it needs none."""
    if not criterion.needs_evidence:
        return []
    keys = [PLAN] * criterion.wants_plan + [REPORTS] * criterion.wants_reports + _lines(criterion)
    return [Wanted(key) for key in keys or [ANY]]


def _lines(criterion):
    lines = [" ".join(line.split())[:LONGEST] for line in criterion.evidence_wanted.splitlines()]
    return list(dict.fromkeys(line for line in lines if line))


def missing_of(criterion, counts, documents):
    """What the criterion wants and nothing stands for: (Wanted, ...).

    A criterion that wants one kind of piece takes any for it; of several kinds each needs its own.

    Args:
        counts: how many pieces are tagged, by what they are said to prove ("" for none in particular).
    """
    wanted = wanted_of(criterion)
    free = [each for each in wanted if each.key not in (PLAN, REPORTS)]
    there = {PLAN: documents.plans, REPORTS: documents.reports}
    if len(free) == 1:
        there[free[0].key] = sum(counts.values())
    return tuple(each for each in wanted if not (counts.get(each.key) or there.get(each.key)))


def pieces_of(criterion, counts, documents):
    """How many pieces stand under the criterion: what is tagged, the signed plan, the issued reports."""
    own = documents.plans * criterion.wants_plan + documents.reports * criterion.wants_reports
    return sum(counts.values()) + own


def live_evidence(dossier):
    """The evidence of approved updates of the dossier's plan and year, as far as it still stands."""
    return Evidence.objects.filter(
        progress__update__period__plan=dossier.plan_id,
        progress__update__period__year=dossier.year,
        progress__update__status=Status.APPROVED,
        progress__update__nothing_to_report=False,
        removed_at__isnull=True,
    ).exclude(scan=ScanState.REFUSED)


def proposals(dossier, criterion, *, everything=False, words=""):
    """Evidence that might belong under `criterion` and has neither been taken nor left out.

    Args:
        everything: all of the year; else only from activities on one of the criterion's channels.
        words: only what has these in its title, file name or link.
    """
    rows = live_evidence(dossier).exclude(
        Exists(EvidenceTag.objects.filter(dossier=dossier, criterion=criterion, evidence=OuterRef("pk")))
    )
    if not everything:
        on_channel = Activity.channels.through.objects.filter(
            activity=OuterRef("progress__activity"), channel__in=criterion.channels.values("pk")
        )
        rows = rows.filter(Exists(on_channel))
    if words := nfc(words).replace("\0", "").strip():
        rows = rows.filter(Q(caption__icontains=words) | Q(file_name__icontains=words) | Q(url__icontains=words))
    return rows.order_by("pk")


def with_total(rows, start=0):
    """SHOWN of the proposals from `start` on, with `total`, how many there are; one query."""
    rows = rows.select_related("progress__activity", "progress__update__agency")
    return list(rows.annotate(total=Window(Count("pk")))[start : start + SHOWN])


class Tags(NamedTuple):
    """What stands under a criterion: how many pieces by what they prove, the first SHOWN taken, the first left out.

    `own`: the documents that hang on the dossier itself.
    """

    counts: dict
    taken: list
    left_out: list
    own: list

    @property
    def total(self):
        """How many pieces of updates were taken."""
        return sum(self.counts.values()) - len(self.own)


def no_tags():
    return Tags({}, [], [], [])


def tags_of(dossier):
    """What stands under each criterion of the dossier and still stands: {criterion_id: Tags}. Two queries."""
    kinds = [F("criterion"), F("is_left_out"), F("proves")]
    live = EvidenceTag.objects.filter(dossier=dossier, evidence__in=live_evidence(dossier))
    rows = live.annotate(
        n=Window(Count("pk"), partition_by=kinds), place=Window(RowNumber(), partition_by=kinds, order_by="pk")
    ).filter(place__lte=SHOWN)
    found = defaultdict(no_tags)
    for tag in rows.select_related("evidence__progress__activity", "evidence__progress__update__agency"):
        tags = found[tag.criterion_id]
        if not tag.is_left_out:
            tags.counts[tag.proves] = tag.n
        (tags.left_out if tag.is_left_out else tags.taken).append(tag)
    for document in documents_of(dossier):
        tags = found[document.criterion_id]
        tags.counts[document.proves] = tags.counts.get(document.proves, 0) + 1
        tags.own.append(document)
    return found


def documents_of(dossier):
    """The documents that hang on the dossier itself and still stand, in the order in which they came."""
    rows = DossierDocument.objects.filter(dossier=dossier, removed_at__isnull=True)
    return rows.exclude(scan=ScanState.REFUSED).order_by("pk")


@transaction.atomic
def take(dossier, criterion, keys, *, proves="", is_left_out=False, by, at):
    """Put the evidence with these keys under `criterion`, or note that it does not belong there; how many.

    What is not live evidence of the dossier is passed over; what was decided before is decided anew.

    Raises:
        ValidationError: the dossier was closed or put on other criteria meanwhile, or `proves` is nothing that the
            criterion wants.
    """
    lock_open(dossier, criterion)
    check_wanted(criterion, proves)
    there = list(live_evidence(dossier).filter(pk__in=keys).values_list("pk", flat=True))
    EvidenceTag.objects.filter(dossier=dossier, criterion=criterion, evidence__in=there).delete()
    facts = {"dossier": dossier, "criterion": criterion, "is_left_out": is_left_out, "proves": proves}
    EvidenceTag.objects.bulk_create(
        (EvidenceTag(evidence_id=key, by=by, at=at, **facts) for key in there), batch_size=500
    )
    return len(there)


def take_all(dossier, criterion, *, everything=False, words="", **facts):
    """Take all that is proposed: how many."""
    keys = list(proposals(dossier, criterion, everything=everything, words=words).values_list("pk", flat=True))
    return take(dossier, criterion, keys, **facts)


@transaction.atomic
def untag(dossier, criterion, keys):
    """What was taken or left out is proposed again; how many.

    Raises:
        ValidationError: the dossier was closed or put on other criteria meanwhile.
    """
    lock_open(dossier, criterion)
    rows = EvidenceTag.objects.filter(dossier=dossier, criterion=criterion, evidence__in=keys)
    return rows.delete()[0]


def check_wanted(criterion, proves):
    """Raises ValidationError where `proves` is neither empty nor anything that the criterion wants."""
    if proves and Wanted(proves) not in wanted_of(criterion):
        raise ValidationError(_("This is not among the evidence the criterion asks for. Choose a line of the list."))


def lock_open(dossier, criterion=None):
    """Hold the dossier until the end of the transaction.

    Raises:
        ValidationError: it has been closed, or put on criteria of which `criterion` is none.
    """
    locked = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
    if locked.state != DossierState.OPEN:
        raise ValidationError(CLOSED)
    if criterion is not None and criterion.set_id != locked.criteria_id:
        raise ValidationError(RENEWED)
