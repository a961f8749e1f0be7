"""How a dossier moves: begun, closed, reopened, put on the next version of its criteria; and how a score is kept."""

from collections.abc import Callable
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agencies.access import require

from ..models import CriteriaSet, Dossier, DossierDocument, DossierState, EvidenceTag, SelfScore
from ..permissions import can_edit_dossier, can_reopen_dossier
from .measuring import to_keep
from .page import build_page, criteria_of, measures_of, with_documents
from .proposing import lock_open
from .words import blocking_words


class Transition(NamedTuple):
    target: DossierState
    allowed: Callable  # (user, dossier) -> bool; knows the role and the state


TRANSITIONS = {
    "close": Transition(DossierState.CLOSED, allowed=can_edit_dossier),
    "reopen": Transition(DossierState.OPEN, allowed=can_reopen_dossier),
    "renew": Transition(DossierState.OPEN, allowed=can_edit_dossier),
}


@transaction.atomic
def begin(plan, year, criteria_set, *, by, at):
    """A new dossier of `plan` for `year`.

    Raises:
        ValidationError: the plan has one for this year already.
    """
    try:
        with transaction.atomic():
            return Dossier.objects.create(plan=plan, year=year, criteria=criteria_set, begun_by=by, begun_at=at)
    except IntegrityError:
        raise ValidationError(_("The plan has a dossier for this year already.")) from None


@transaction.atomic
def move(dossier, name, *, by, at, periods):
    """Take `dossier` one step; returns it as stored.

    Args:
        name: a key of TRANSITIONS.
        periods: the reporting periods of its plan, for what is measured at the closing.

    Raises:
        PermissionDenied: the step is not this person's, or not now.
        ValidationError: something stands in the way, in sentences.
    """
    locked = with_documents(Dossier.objects.select_related("plan", "criteria"))
    dossier = locked.select_for_update(of=("self",)).get(pk=dossier.pk)
    step = TRANSITIONS[name]
    require(step.allowed(by, dossier), _("This step is not open to you, or the dossier has already moved on."))
    TAKEN[name](dossier, by, at, periods)
    dossier.state = step.target
    dossier.save()
    return dossier


def _closed(dossier, by, at, periods):
    today = at.date()
    page = build_page(dossier, periods, today=today)
    if page.blocking:
        raise ValidationError([blocking_words(row) for row in page.blocking])
    dossier.measured = to_keep(measures_of(dossier, list(criteria_of(dossier)), periods, today=today))
    dossier.closed_by, dossier.closed_at = by, at


def _reopened(dossier, by, at, periods):
    dossier.closed_by = dossier.closed_at = dossier.measured = None


def _renewed(dossier, by, at, periods):
    """Put on the latest version of the year's criteria: what was tagged and scored goes along by its number."""
    latest = newer_set(dossier)
    if latest is None:
        raise ValidationError(_("The dossier is on the latest version of the criteria already."))
    now = {each.code: each for each in latest.criteria.all()}
    _refuse_what_would_be_lost(dossier, now)
    for old in dossier.criteria.criteria.all():
        for rows in (old.tags, old.documents, old.scores):
            rows.filter(dossier=dossier).update(criterion=now.get(old.code))
    dossier.criteria = latest


def newer_set(dossier):
    """The latest version of the year's criteria, where it is not the one the dossier is on."""
    rows = CriteriaSet.objects.filter(locality=dossier.criteria.locality_id, year=dossier.year)
    return rows.filter(ordinal__gt=dossier.criteria.ordinal).order_by("-ordinal").first()


def _refuse_what_would_be_lost(dossier, now):
    used = {
        code
        for model in (EvidenceTag, DossierDocument, SelfScore)
        for code in model.objects.filter(dossier=dossier).values_list("criterion__code", flat=True)
    }
    if gone := sorted(used - now.keys()):
        raise ValidationError(
            _("These criteria are not in the new version but hold evidence or words: %(codes)s. Empty them first.")
            % {"codes": ", ".join(gone)}
        )


TAKEN = {"close": _closed, "reopen": _reopened, "renew": _renewed}


@transaction.atomic
def save_score(dossier, criterion, typed, *, missing, by, at):
    """Keep what the office says of itself under `criterion`.

    Args:
        typed: `points` (hundredths or None), `explanation`, `missing_reason`, and the `version` the person looked at.
        missing: keys of the wanted evidence that is missing now: what the reason explains.

    Raises:
        ValidationError: somebody saved meanwhile (code "stale"), or the dossier was closed or put on other criteria.
    """
    lock_open(dossier, criterion)
    score = score_now(dossier, criterion)
    if typed["version"] != score.version:
        raise ValidationError(_("Somebody else has saved this criterion meanwhile."), code="stale")
    score.points, score.explanation = typed["points"], typed["explanation"]
    score.missing_reason = typed["missing_reason"]
    score.missing_lines = list(missing) if typed["missing_reason"] else []
    score.version, score.by, score.by_name, score.at = score.version + 1, by, str(by), at
    score.save()
    return score


def score_now(dossier, criterion):
    """The SelfScore as it is stored; a new one where there is none yet."""
    there = SelfScore.objects.filter(dossier=dossier, criterion=criterion).first()
    return there or SelfScore(dossier=dossier, criterion=criterion)
