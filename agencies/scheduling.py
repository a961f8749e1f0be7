"""A reorganisation before it happens: what is decided, what stands against it, entered and called off.

Nothing of an agency changes here but that a new one gets its row, valid from the day on; `activities.reorganising`
carries it out when the day has come.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError, Q, RestrictedError
from django.utils.translation import gettext as _

from .models import Agency, Locality, Reorganisation, ReorganisationStatus, Succession
from .naming import free_slug

DAY = timedelta(days=1)
ALIVE = (ReorganisationStatus.SCHEDULED, ReorganisationStatus.APPLIED)


class Link(NamedTuple):
    """One agency before, one after (unsaved where it is new, None where nobody carries on).

    A link that is not the main one hands over a part of the work: people and open work do not follow it.
    """

    predecessor: Agency
    successor: Agency | None
    is_main: bool = True


@dataclass(frozen=True)
class Change:
    """A reorganisation as decided, entered or not."""

    kind: str
    effective_on: date
    links: tuple[Link, ...]
    decision_number: str = ""
    decided_on: date | None = None
    set_key: str = ""

    @classmethod
    def of(cls, reorganisation):
        """An entered one, as it was decided."""
        successions = reorganisation.successions.select_related("predecessor", "successor")
        return cls(
            kind=reorganisation.kind,
            effective_on=reorganisation.effective_on,
            links=tuple(Link(each.predecessor, each.successor, each.is_main) for each in successions),
            decision_number=reorganisation.decision_number,
            decided_on=reorganisation.decided_on,
            set_key=reorganisation.set_key,
        )

    def decided(self, number):
        """The same change, by the decision with this number."""
        return replace(self, decision_number=number)

    @property
    def predecessors(self):
        """The agencies before, once each."""
        return _once(link.predecessor for link in self.links)

    @property
    def ending(self):
        """Those of them that end: whose people and open work go to somebody, or to nobody."""
        return _once(link.predecessor for link in self.links if link.is_main)

    @property
    def successors(self):
        """The agencies after, once each, the one that takes over first."""
        return _once(link.successor for link in self.links if link.successor)

    @property
    def main_successor(self):
        return next((link.successor for link in self.links if link.is_main), None)

    @property
    def eve(self):
        """The last day on which everything is as before."""
        return self.effective_on - DAY


def _once(agencies):
    """Each agency once, in order; unsaved ones have no key yet and are told apart as objects."""
    found = {}
    for agency in agencies:
        found.setdefault(agency.pk or id(agency), agency)
    return tuple(found.values())


def faults(change):
    """What stands against the change: (field, sentence) pairs; the fields are those of the form."""
    yield from _faults_of_the_ending(change)
    yield from _faults_of_the_successors(change)
    yield from _faults_with_others(change)


def _faults_of_the_ending(change):
    for agency in change.ending:
        if agency.valid_from and agency.valid_from >= change.effective_on:
            yield "predecessors", _says(_("%(agency)s begins only on %(day)s."), agency, agency.valid_from)
        elif agency.valid_to and agency.valid_to < change.eve:
            yield "predecessors", _says(_("%(agency)s has already ended on %(day)s."), agency, agency.valid_to)


def _faults_of_the_successors(change):
    ending = {agency.pk for agency in change.ending}
    for agency in change.successors:
        if agency.pk is None:
            continue
        if agency.pk in ending:
            yield "successor", _("%(agency)s cannot carry on for itself.") % {"agency": agency.name}
        elif agency.valid_from and agency.valid_from > change.effective_on:
            yield "successor", _says(_("%(agency)s begins only on %(day)s."), agency, agency.valid_from)
        elif agency.valid_to and agency.valid_to < change.effective_on:
            yield "successor", _says(_("%(agency)s has already ended on %(day)s."), agency, agency.valid_to)


def _faults_with_others(change):
    """Against the reorganisations entered before: nobody is reorganised twice, nobody carries on who has gone."""
    ending = {agency.pk for agency in change.ending}
    successors = {agency.pk for agency in change.successors}
    for other in _others(ending | successors):
        theirs, when = other.reorganisation, other.reorganisation.effective_on
        if other.is_main and other.predecessor_id in ending:
            yield "predecessors", _by(_("%(agency)s is already reorganised on %(day)s (%(decision)s)."), other)
        elif other.is_main and other.predecessor_id in successors and when <= change.effective_on:
            yield "successor", _by(_("%(agency)s itself ends on %(day)s (%(decision)s)."), other)
        elif other.successor_id in ending and when >= change.effective_on:
            sentence = _("%(agency)s takes over from another agency only on %(day)s (%(decision)s).")
            yield "predecessors", _says(sentence, other.successor, when, theirs.decision_number)


def _others(agencies):
    entered = Succession.objects.filter(reorganisation__status__in=ALIVE)
    entered = entered.filter(Q(predecessor__in=agencies) | Q(successor__in=agencies))
    return entered.select_related("reorganisation", "predecessor", "successor")


def _says(sentence, agency, day, decision=""):
    return sentence % {"agency": agency.name, "day": f"{day:%d/%m/%Y}", "decision": decision}


def _by(sentence, succession):
    theirs = succession.reorganisation
    return _says(sentence, succession.predecessor, theirs.effective_on, theirs.decision_number)


@transaction.atomic
def schedule(change, *, locality, by, at):
    """Enter `change`; new agencies get their row. Returns the Reorganisation.

    Raises:
        ValidationError: something stands against it (`faults`), by field.
    """
    Locality.objects.select_for_update().get(pk=locality.pk)
    against = {}
    for field, sentence in faults(change):
        against.setdefault(field, []).append(sentence)
    if against:
        raise ValidationError(against)
    reorganisation = Reorganisation.objects.create(
        locality=locality,
        kind=change.kind,
        decision_number=change.decision_number,
        decided_on=change.decided_on,
        effective_on=change.effective_on,
        set_key=change.set_key,
        by=by,
        by_name=str(by),
        created_at=at,
    )
    for agency in change.successors:
        if agency.pk is None:
            _found(agency, locality, change.effective_on if change.ending else None)
    Succession.objects.bulk_create(
        Succession(
            reorganisation=reorganisation,
            predecessor=link.predecessor,
            successor=link.successor,
            is_main=link.is_main,
        )
        for link in change.links
    )
    return reorganisation


def _found(agency, locality, day):
    """Give a new agency its row; it is valid, and can be obliged, from `day` on.

    One that only gets a part of another's work was there before, though the portal did not know it: no day.
    """
    agency.locality = locality
    agency.valid_from = day
    agency.slug = free_slug(agency.name, set(locality.agencies.values_list("slug", flat=True)))
    agency.save()


@transaction.atomic
def call_off(reorganisation, *, today):
    """Take back a reorganisation whose day has not come; its new agencies go. Returns False where it is too late.

    What it would have done stays in its note.
    """
    locked = Reorganisation.objects.select_for_update().get(pk=reorganisation.pk)
    if not can_be_called_off(locked, today):
        return False
    change = Change.of(locked)
    locked.status = ReorganisationStatus.CANCELLED
    locked.note = said(change)
    locked.save(update_fields=["status", "note"])
    locked.successions.all().delete()
    for agency in change.successors:
        if agency.valid_from == locked.effective_on:
            _delete_if_unused(agency)
    return True


def can_be_called_off(reorganisation, today):
    return reorganisation.status == ReorganisationStatus.SCHEDULED and reorganisation.effective_on > today


def said(change):
    """'Xã Bản Mới; Xã Suối Đá → Xã Suối Đá', as a line."""
    before = "; ".join(agency.name for agency in change.predecessors)
    after = "; ".join(agency.name for agency in change.successors)
    return f"{before} → {after or '–'}"


def _delete_if_unused(agency):
    try:
        with transaction.atomic():
            agency.delete()
    except (ProtectedError, RestrictedError):
        pass  # somebody has already built on it: it stays, and begins on its day
