"""Who carries on for whom: agencies renamed, merged, split or abolished, read forwards and backwards in time."""

from datetime import timedelta

from .models import ReorganisationStatus, Succession

DAY = timedelta(days=1)


class Successors:
    """The successions that have come into effect. An agency ends once, so each has one main successor, or none."""

    def __init__(self, successions):
        self._end = {each.predecessor_id: each for each in successions}

    @classmethod
    def of(cls, locality):
        """Those of `locality` (or its key), in one query; a split agency is carried on by its main successor."""
        return cls(
            Succession.objects.filter(
                reorganisation__locality=locality,
                reorganisation__status=ReorganisationStatus.APPLIED,
                is_main=True,
            ).select_related("reorganisation", "successor")
        )

    def __bool__(self):
        return bool(self._end)

    def now(self, agency):
        """Today's agency that carries on for `agency`: itself while it stands, and where nobody carries on."""
        *_before, last = [agency, *(step.successor for step in self._steps(agency.pk) if step.successor)]
        return last

    def is_abolished(self, agency):
        """It has ended, or whoever carried on for it has, and nobody carries on."""
        return any(step.successor is None for step in self._steps(agency.pk))

    def on(self, agency_id, day):
        """The key of the agency that carries on for it on `day`."""
        if agency_id not in self._end:
            return agency_id
        for step in self._steps(agency_id):
            if step.successor_id is None or step.reorganisation.effective_on > day:
                break
            agency_id = step.successor_id
        return agency_id

    def superseded(self, last_said):
        """Agencies whose last word counts no more, because a successor has spoken since: {agency_id}.

        Args:
            last_said: {agency_id: the last day of the period in which it last said something}.
        """
        return {
            agency_id
            for agency_id, said_on in last_said.items()
            if agency_id in self._end
            for step in self._steps(agency_id)
            if max(said_on, step.reorganisation.effective_on - DAY) < last_said.get(step.successor_id, said_on)
        }

    def with_predecessors(self, agency_id):
        """The agency's key and those of all it carries on for, at any remove."""
        found = {agency_id}
        while more := {key for key, step in self._end.items() if step.successor_id in found} - found:
            found |= more
        return frozenset(found)

    def _steps(self, agency_id):
        """The successions from the agency on to today's."""
        seen = set()
        while agency_id in self._end and agency_id not in seen:
            seen.add(agency_id)
            yield self._end[agency_id]
            agency_id = self._end[agency_id].successor_id


NONE = Successors(())
