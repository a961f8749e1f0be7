"""What is said of an agency because of reorganisations: whom it took over, who takes over from it, and when."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from .models import Agency, Reorganisation, ReorganisationKind, ReorganisationStatus, Succession
from .successions import DAY
from .validity import is_in_force

IN_EFFECT_OR_COMING = (ReorganisationStatus.SCHEDULED, ReorganisationStatus.APPLIED)


@dataclass(frozen=True)
class Coming:
    """A reorganisation that has not come into effect, drawn as boxes: from these to those."""

    reorganisation: Reorganisation
    before: tuple[Agency, ...]
    after: tuple[Agency, ...]
    eve: date  # the last day on which everything is as before


class History:
    """The reorganisations of a locality as its list of agencies tells them."""

    def __init__(self, successions):
        self._as_successor, self._as_predecessor = defaultdict(list), defaultdict(list)
        for succession in successions:
            self._as_predecessor[succession.predecessor_id].append(succession)
            if succession.successor_id:
                self._as_successor[succession.successor_id].append(succession)

    @classmethod
    def of(cls, user):
        """Those of the person's locality, in one query."""
        return cls(
            Succession.objects.visible_to(user)
            .filter(reorganisation__status__in=IN_EFFECT_OR_COMING)
            .select_related("reorganisation", "predecessor", "successor")
            .order_by("reorganisation__effective_on", "pk")
        )

    def exists_on(self, agency, day):
        """The agency is there on `day`, what is decided and has not come into effect counted in."""
        ends = [each.reorganisation.effective_on for each in self._as_predecessor[agency.pk] if each.is_main]
        return is_in_force(agency, day) and not any(end <= day for end in ends)

    def notes(self, agency, today):
        """Sentences that stand under its name."""
        return [*map(_took_over, self._as_successor[agency.pk]), *self._goes_on(agency, today)]

    def predecessors(self, agency):
        return [(each.predecessor, each.reorganisation) for each in self._as_successor[agency.pk]]

    def successors(self, agency):
        """(agency or None, reorganisation) of each that carries on."""
        return [(each.successor, each.reorganisation) for each in self._as_predecessor[agency.pk]]

    def coming(self, today):
        """What is decided and still to come, the nearest first."""
        found = defaultdict(list)
        for successions in self._as_predecessor.values():
            for each in successions:
                if each.reorganisation.effective_on > today:
                    found[each.reorganisation].append(each)
        return sorted(map(_coming, found.items()), key=lambda coming: coming.reorganisation.effective_on)

    def _goes_on(self, agency, today):
        for each in self._as_predecessor[agency.pk]:
            yield _goes_into(each, today)


def _coming(item):
    reorganisation, successions = item
    before = {each.predecessor_id: each.predecessor for each in successions}
    after = {each.successor_id: each.successor for each in successions if each.successor}
    return Coming(reorganisation, tuple(before.values()), tuple(after.values()), reorganisation.effective_on - DAY)


def _took_over(succession):
    words = {"agency": succession.predecessor.name, "day": f"{succession.reorganisation.effective_on:%d/%m/%Y}"}
    if not succession.is_main:
        return _("took over work of %(agency)s on %(day)s") % words
    if succession.reorganisation.kind == ReorganisationKind.RENAME:
        return _("%(agency)s until %(day)s") % words
    return _("with %(agency)s since %(day)s") % words


def _goes_into(succession, today):
    day = succession.reorganisation.effective_on
    words = {"agency": succession.successor and succession.successor.name, "day": f"{day:%d/%m/%Y}"}
    if succession.successor is None:
        return _("abolished on %(day)s") % words
    if not succession.is_main:
        return _("hands over work to %(agency)s on %(day)s") % words
    return (_("becomes %(agency)s on %(day)s") if day > today else _("became %(agency)s on %(day)s")) % words
